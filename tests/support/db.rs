//! Databases for tests. `#[sqlx::test]` makes one per test from `migrations/`; what it hands out is a bare pool.

use pacemark::postgres::{DatabaseConfig, pool};
use sqlx::PgPool;

/// The application's own guarded pool, of `max_connections`, to the database of a `#[sqlx::test]`.
pub async fn guarded(test: &PgPool, max_connections: u32) -> PgPool {
    let options = test.connect_options().as_ref().clone();
    pool::connect(&DatabaseConfig { options, max_connections }).await.unwrap()
}
