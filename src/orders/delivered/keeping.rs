//! Packs days of deliveries in the background once they are left alone.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;

use super::store;
use crate::error::Result;

/// Between two looks, and so long a day has been left alone before it is packed.
const PAUSE: Duration = Duration::from_secs(5);
/// So many days at a time: some seconds of work at ten thousand deliveries a day.
const AT_ONCE: i32 = 100;

/// Packs every day that has changed, however lately.
pub async fn keep(conn: &mut PgConnection) -> Result<()> {
    store::keep(conn, i64::MAX, i32::MAX).await.map(drop)
}

/// Packs days until `shutdown`. A failure is logged and tried again.
pub async fn keep_packing(db: PgPool, shutdown: CancellationToken) {
    let mut seen = 0;
    while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        match shutdown.run_until_cancelled(round(&db, seen)).await {
            Some(Ok(latest)) => seen = latest,
            Some(Err(error)) => {
                tracing::warn!(%error, "days of deliveries could not be packed; trying again");
            }
            None => return,
        }
    }
}

async fn round(db: &PgPool, seen: i64) -> Result<i64> {
    store::keep(&mut *db.acquire().await?, seen, AT_ONCE).await
}
