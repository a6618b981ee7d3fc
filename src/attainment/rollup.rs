//! Folds what has been posted into the totals by day and by month, in the background.
//!
//! Whoever books a deal only appends to what is pending (`credit_pending`), so sellers never wait for each other's
//! totals; every read adds what is pending, so figures are exact before and after. Folding keeps that remainder short.
//! Several nodes may fold: they take turns.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::error::Result;

/// Between two rounds: under load long enough that many deals of one person and day become one change of a total,
/// and short enough that little is pending.
const PAUSE: Duration = Duration::from_secs(1);
/// The table is tidied when so many rows have gone through it.
const TIDY_AFTER: i64 = 2_000;

/// Folds everything that is pending now; answers how many rows that were.
pub async fn fold(conn: &mut PgConnection) -> Result<i64> {
    if store::is_anything_pending(conn).await? { store::fold(conn).await } else { Ok(0) }
}

/// Folds every second until `shutdown`, and tells `changes` when totals have changed, whichever node has folded them. A
/// failure is logged and tried again.
pub async fn keep_folding(db: PgPool, changes: watch::Sender<i64>, shutdown: CancellationToken) {
    let mut since_tidied = 0;
    while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        match shutdown.run_until_cancelled(round(&db, &changes, &mut since_tidied)).await {
            Some(Err(error)) => tracing::warn!(%error, "totals could not be folded; trying again"),
            Some(Ok(())) => {}
            None => return,
        }
    }
}

async fn round(db: &PgPool, changes: &watch::Sender<i64>, since_tidied: &mut i64) -> Result<()> {
    let mut conn = db.acquire().await?;
    let folded = fold(&mut conn).await;
    let revision = store::revision(&mut conn).await?;
    changes.send_if_modified(|known| std::mem::replace(known, revision) != revision);
    *since_tidied += folded?;
    if *since_tidied >= TIDY_AFTER {
        *since_tidied = 0;
        store::tidy(&mut conn).await?;
    }
    Ok(())
}
