//! SQL of idempotency keys.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::idempotency::{Answer, Claim};
use crate::error::Result;

/// False when the key is taken; waits for a transaction that is about to take it.
pub(super) async fn insert(conn: &mut PgConnection, claim: &Claim) -> Result<bool> {
    let done = sqlx::query!(
        "insert into idempotency_keys (user_id, key, request_hash, created_at) values ($1, $2, $3, $4)
        on conflict do nothing",
        claim.user.0,
        claim.key,
        claim.body_hash,
        claim.now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Hash of the body and the answer that a key was used for.
pub(super) async fn find(conn: &mut PgConnection, claim: &Claim) -> Result<Option<(Vec<u8>, Answer)>> {
    let row = sqlx::query!(
        r#"select request_hash, status as "status!", location, answer as "answer!" from idempotency_keys
        where user_id = $1 and key = $2 and status is not null and answer is not null"#,
        claim.user.0,
        claim.key
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let answer = Answer { status: row.status.unsigned_abs(), location: row.location, body: row.answer };
        (row.request_hash, answer)
    }))
}

/// Stores the answer of a claim that was taken.
pub(super) async fn save(conn: &mut PgConnection, claim: &Claim, answer: &Answer) -> Result<()> {
    sqlx::query!(
        "update idempotency_keys set status = $3, location = $4, answer = $5 where user_id = $1 and key = $2",
        claim.user.0,
        claim.key,
        answer.status.cast_signed(),
        answer.location,
        answer.body
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a few old answers, more than one request adds.
pub(super) async fn delete_older(conn: &mut PgConnection, limit: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "delete from idempotency_keys where (user_id, key) in (
            select user_id, key from idempotency_keys where created_at < $1
            order by created_at limit 10 for update skip locked)",
        limit
    )
    .execute(conn)
    .await?;
    Ok(())
}
