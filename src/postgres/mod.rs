//! The database: Pacemark's own PostgreSQL server or an external one, and the pool to it.
//!
//! Without `DATABASE_URL`, Pacemark starts the PostgreSQL programs installed on the machine as a private server
//! inside the data directory: no network port, nothing shared with other databases, stopped together with Pacemark.
//! ```text
//! data/pacemark.lock    held by the process that runs the server; holds its process id
//! data/postgres/        the database itself (PGDATA)
//! data/postgres.log     what the server reports
//! data/reserve          room on the disk that is given up when there is no other (see `room`)
//! data/run/             its unix socket (a short directory under /tmp when the path is too long for one)
//! ```

mod account;
mod binaries;
pub mod cluster;
mod layout;
pub mod pool;
mod remains;
mod room;
mod server;
mod supervisor;

use anyhow::{Context, Result, anyhow};
use sqlx::PgPool;

pub use cluster::Cluster;
pub use layout::data_dir;
pub use pool::{DatabaseConfig, is_migrated};
pub use room::Room;

use crate::config::Config;

/// An open database: the pool and, when it is Pacemark's own, the server behind it.
#[derive(Debug)]
pub struct Database {
    /// Guarded connections (see [`pool`]), to a database with the current schema.
    pub pool: PgPool,
    cluster: Option<Cluster>,
}

impl Database {
    /// For the server process: starts the private server, or connects to `DATABASE_URL`, and brings the schema up
    /// to date. Refused when another process runs on the same data directory.
    pub async fn own(config: &Config) -> Result<Self> {
        match &config.database_url {
            Some(url) => Self::external(url, config).await,
            None => Self::embedded(Cluster::start(&layout::data_dir(config)?).await?, config).await,
        }
    }

    /// For a command: like [`Database::own`], but connects to the private server of a Pacemark that already runs.
    pub async fn attach_or_own(config: &Config) -> Result<Self> {
        match &config.database_url {
            Some(url) => Self::external(url, config).await,
            None => Self::embedded(Cluster::attach_or_start(&layout::data_dir(config)?).await?, config).await,
        }
    }

    /// Whether there is room on the disk of the private database.
    pub fn room(&self) -> Room {
        self.cluster.as_ref().map(Cluster::room).unwrap_or_default()
    }

    /// Closes the pool, then stops the private server if this process started it.
    pub async fn close(self) -> Result<()> {
        self.pool.close().await;
        match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }

    async fn external(url: &str, config: &Config) -> Result<Self> {
        let options = url.parse().map_err(|error| {
            anyhow!("DATABASE_URL is not an address like postgres://user:password@host/database: {error}")
        })?;
        let pool = open(&DatabaseConfig { options, max_connections: config.database_connections })
            .await
            .context("cannot use the database that DATABASE_URL names")?;
        Ok(Self { pool, cluster: None })
    }

    async fn embedded(cluster: Cluster, config: &Config) -> Result<Self> {
        let options = cluster.options();
        let pool = open(&DatabaseConfig { options, max_connections: config.database_connections }).await?;
        Ok(Self { pool, cluster: Some(cluster) })
    }
}

async fn open(config: &DatabaseConfig) -> Result<PgPool> {
    let pool = pool::connect(config).await?;
    pool::migrate(&pool).await?;
    Ok(pool)
}
