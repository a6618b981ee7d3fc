//! Pacemark's private PostgreSQL server, as the rest of the program sees it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{task, time};

use super::{layout::Layout, room::Room, server::NAME, supervisor::Supervisor};

/// How long a command waits for a server that another process is just starting or stopping.
const ATTACH_ATTEMPTS: u32 = 75;
const ATTACH_PAUSE: Duration = Duration::from_millis(200);

/// A running private server: started by this process, or found running.
#[derive(Debug)]
pub struct Cluster {
    socket_dir: PathBuf,
    room: Room,
    supervisor: Option<Supervisor>,
}

impl Cluster {
    /// Starts the server in `data_dir`, created on first use; survives whatever an earlier crash left there, and is
    /// started again should it die. Dropping the cluster stops it. Errors say what to do, as when another process
    /// runs on the same directory or PostgreSQL is not installed.
    pub async fn start(data_dir: &Path) -> Result<Self> {
        let layout = Layout::prepare(data_dir)?;
        match Self::try_start(&layout).await? {
            Some(cluster) => Ok(cluster),
            None => Err(layout.taken()),
        }
    }

    /// The server of the Pacemark that runs on `data_dir`, or a started one when none does.
    pub async fn attach_or_start(data_dir: &Path) -> Result<Self> {
        let layout = Layout::prepare(data_dir)?;
        for _ in 0..ATTACH_ATTEMPTS {
            if let Some(started) = Self::try_start(&layout).await? {
                return Ok(started);
            }
            let running = Self { socket_dir: layout.socket_dir(), room: Room::default(), supervisor: None };
            if let Ok(connection) = running.options().connect().await {
                connection.close().await?;
                return Ok(running);
            }
            time::sleep(ATTACH_PAUSE).await;
        }
        Err(layout.taken().context("the database server of a running Pacemark does not answer"))
    }

    /// How to connect: the application's database over the private socket.
    pub fn options(&self) -> PgConnectOptions {
        connect_options(&self.socket_dir).database(NAME)
    }

    /// Whether there is room on the disk; always, as far as a process knows that did not start the server.
    pub fn room(&self) -> Room {
        self.room.clone()
    }

    /// Stops the server and waits for it, if this process started it.
    pub async fn stop(mut self) -> Result<()> {
        let supervisor = self.supervisor.take();
        task::spawn_blocking(move || drop(supervisor)).await.context("stopping the database server failed")
    }

    async fn try_start(layout: &Layout) -> Result<Option<Self>> {
        let Some(lock) = layout.try_lock()? else {
            return Ok(None);
        };
        let room = Room::default();
        let supervisor = Supervisor::start(layout.clone(), lock, room.clone()).await?;
        let cluster = Self { socket_dir: layout.socket_dir(), room, supervisor: Some(supervisor) };
        cluster.create_database().await.context("cannot create the application's database")?;
        Ok(Some(cluster))
    }

    async fn create_database(&self) -> Result<()> {
        let mut connection: PgConnection =
            connect_options(&self.socket_dir).database("postgres").connect().await?;
        let present: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = 'pacemark')")
                .fetch_one(&mut connection)
                .await?;
        if !present {
            sqlx::query("create database pacemark").execute(&mut connection).await?;
        }
        Ok(connection.close().await?)
    }
}

/// Every value is given: the defaults would come from the PG* variables of the environment.
fn connect_options(socket_dir: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket_dir)
        .port(5432)
        .username(NAME)
        .password("")
        .ssl_mode(PgSslMode::Disable)
}
