//! The connection pool and its guard.
//!
//! sqlx 0.9.0 can lose an acknowledged write (its issues 4385 and 4393): when a `begin` is cancelled half-way, as by a
//! client that disconnects, the connection goes back to the pool inside a transaction nobody knows of, and what the
//! next borrower writes is never committed. So every connection is asked, before it is lent again, whether it is in
//! a transaction (then `now()` stands still while `statement_timestamp()` moves) or its server has become a standby;
//! if so it is thrown away. The question replaces sqlx's own ping, so it costs nothing extra. It must use the simple
//! protocol: a prepared statement would be two round trips.

use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// True for a connection that must not be lent.
const UNFIT: &str = "select pg_is_in_recovery() or now() <> statement_timestamp()";

/// Bounds for every session of the application; set by statement, since poolers refuse them as start-up options.
const SESSION: &str = "set statement_timeout = '15s'; set lock_timeout = '5s'; \
    set idle_in_transaction_session_timeout = '30s'; set timezone = 'UTC'; set jit = off; \
    set plan_cache_mode = force_generic_plan";

/// Statements that a connection keeps prepared: all that the application has, so that none is ever planned twice.
const STATEMENTS: usize = 500;

/// Where the database is and how many connections to keep at most.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// Address, user and database.
    pub options: PgConnectOptions,
    /// The most connections open at a time.
    pub max_connections: u32,
}

/// Opens a guarded pool; fails when the database cannot be reached. Waiting for a connection ends after 3 seconds.
pub async fn connect(config: &DatabaseConfig) -> Result<PgPool> {
    // The pool would say that it timed out; a connection of its own says why.
    let probe = config.options.connect().await.context("cannot connect to the database")?;
    probe.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_fit(connection)))
        .after_connect(|connection, _| Box::pin(bound_session(connection)))
        .connect_lazy_with(
            config.options.clone().application_name("pacemark").statement_cache_capacity(STATEMENTS),
        );
    Ok(pool)
}

/// Brings the schema up to date. Safe from several nodes at once: they take turns behind an advisory lock.
pub async fn migrate(pool: &PgPool) -> Result<()> {
    // A connection of its own, since a migration may take longer than a request is allowed to.
    let mut connection = pool.connect_options().connect().await.context("cannot connect to the database")?;
    // Silences "already exists, skipping" about the table of migrations.
    sqlx::raw_sql("set client_min_messages = warning").execute(&mut connection).await?;
    sqlx::migrate!().run(&mut connection).await.context("cannot bring the database's schema up to date")?;
    Ok(connection.close().await?)
}

async fn is_fit(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let answer = sqlx::raw_sql(UNFIT).fetch_one(connection).await?;
    Ok(!answer.try_get::<bool, _>(0)?)
}

async fn bound_session(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(SESSION).execute(connection).await.map(|_| ())
}

/// Whether every migration this program knows has been applied.
pub async fn is_migrated(conn: &mut PgConnection) -> Result<()> {
    let newest = sqlx::migrate!().iter().map(|migration| migration.version).max().unwrap_or_default();
    let applied: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(conn).await?;
    anyhow::ensure!(applied >= Some(newest), "migrations are missing");
    Ok(())
}
