//! The chain of seals. The seal of a row is the SHA-256 of the seal before it and of the row itself.

use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, PgPool};
use tokio_util::sync::CancellationToken;

use super::store::{self, Link};
use crate::error::Result;

/// Rows sealed or checked at a time.
const BATCH: i64 = 2_000;
/// How long a row waits for its seal at most, when nobody is in the way.
const PAUSE: Duration = Duration::from_secs(5);

fn seal_of(before: &[u8], row: &Link) -> Vec<u8> {
    Sha256::new().chain_update(before).chain_update(row.text.as_bytes()).finalize().to_vec()
}

/// Seals what has been recorded and not been sealed, and answers how many rows that were. None when another node
/// is sealing, or when changes are under way.
pub async fn seal(conn: &mut PgConnection) -> Result<u64> {
    let Some(last) = store::settled(conn).await? else { return Ok(0) };
    let mut sealed = 0;
    loop {
        let done = seal_batch(conn, last).await?;
        sealed += done;
        if done < BATCH.unsigned_abs() {
            return Ok(sealed);
        }
    }
}

async fn seal_batch(conn: &mut PgConnection, last: i64) -> Result<u64> {
    let mut tx = conn.begin().await?;
    if !store::may_seal(&mut tx).await? {
        return Ok(0);
    }
    let mut before = store::last_seal(&mut tx).await?.unwrap_or_default();
    let (mut ids, mut seals) = (Vec::new(), Vec::new());
    for row in store::unsealed(&mut tx, last, BATCH).await? {
        before = seal_of(&before, &row);
        ids.push(row.id);
        seals.push(before.clone());
    }
    store::save_seals(&mut tx, &ids, &seals).await?;
    tx.commit().await?;
    Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

/// Follows the chain from its beginning. `None` when it holds, else the first row that does not fit: it was changed,
/// or what stood before it was.
pub async fn check_chain(conn: &mut PgConnection) -> Result<Option<i64>> {
    let (mut before, mut after) = (Vec::new(), i64::MIN);
    loop {
        let rows = store::chain(conn, after, BATCH).await?;
        for row in &rows {
            let expected = seal_of(&before, row);
            if row.seal.as_ref() != Some(&expected) {
                return Ok(Some(row.id));
            }
            before = expected;
        }
        match rows.last() {
            Some(row) => after = row.id,
            None => return Ok(None),
        }
    }
}

/// Seals every few seconds until `shutdown`. A failure is logged and tried again.
pub async fn keep_sealing(db: PgPool, shutdown: CancellationToken) {
    while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        let round = async { seal(&mut *db.acquire().await?).await };
        match shutdown.run_until_cancelled(round).await {
            Some(Err(error)) => tracing::warn!(%error, "the record could not be sealed; trying again"),
            Some(Ok(_)) => {}
            None => return,
        }
    }
}
