//! SQL of idempotency keys.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::idempotency::{Answer, Claim};
use crate::error::Result;
use crate::kernel::id::UserId;

/// Claims as columns.
#[derive(Default)]
pub(super) struct Claims {
    user: Vec<i64>,
    key: Vec<String>,
    hash: Vec<Vec<u8>>,
    at: Vec<DateTime<Utc>>,
}

impl<'a> FromIterator<&'a Claim> for Claims {
    fn from_iter<I: IntoIterator<Item = &'a Claim>>(claims: I) -> Self {
        let mut columns = Self::default();
        for claim in claims {
            columns.user.push(claim.user.0);
            columns.key.push(claim.key.clone());
            columns.hash.push(claim.body_hash.clone());
            columns.at.push(claim.now);
        }
        columns
    }
}

/// Inserts the claims whose keys are free, and answers which those are; waits for transactions that are about to take
/// one of them.
pub(super) async fn insert_all(conn: &mut PgConnection, claims: Claims) -> Result<HashSet<(UserId, String)>> {
    let rows = sqlx::query!(
        r#"insert into idempotency_keys (user_id, key, request_hash, created_at)
        select user_id, key, hash, at
        from unnest($1::bigint[], $2::text[], $3::bytea[], $4::timestamptz[]) as c (user_id, key, hash, at)
        -- always in this order, so that writers who meet wait for each other instead of deadlocking
        order by user_id, key
        on conflict do nothing returning user_id as "user: UserId", key"#,
        &claims.user,
        &claims.key,
        &claims.hash,
        &claims.at
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user, row.key)).collect())
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

/// Answers to keep, as columns.
#[derive(Default)]
pub(super) struct Answers {
    user: Vec<i64>,
    key: Vec<String>,
    status: Vec<i16>,
    location: Vec<Option<String>>,
    body: Vec<String>,
}

impl<'a> FromIterator<(&'a Claim, &'a Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (&'a Claim, &'a Answer)>>(answers: I) -> Self {
        let mut columns = Self::default();
        for (claim, answer) in answers {
            columns.user.push(claim.user.0);
            columns.key.push(claim.key.clone());
            columns.status.push(answer.status.cast_signed());
            columns.location.push(answer.location.clone());
            columns.body.push(answer.body.clone());
        }
        columns
    }
}

/// Stores the answers of claims that were taken. An answer that stands already stays.
pub(super) async fn save_all(conn: &mut PgConnection, answers: Answers) -> Result<()> {
    if answers.user.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update idempotency_keys k set status = a.status, location = a.location, answer = a.answer
        from unnest($1::bigint[], $2::text[], $3::smallint[], $4::text[], $5::text[])
            as a (user_id, key, status, location, answer)
        where k.user_id = a.user_id and k.key = a.key and k.status is null",
        &answers.user,
        &answers.key,
        &answers.status,
        &answers.location as &[Option<String>],
        &answers.body
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a few old answers, more than so many requests add.
pub(super) async fn delete_older(
    conn: &mut PgConnection,
    limit: DateTime<Utc>,
    requests: usize,
) -> Result<()> {
    sqlx::query!(
        "delete from idempotency_keys where (user_id, key) in (
            select user_id, key from idempotency_keys where created_at < $1
            order by created_at limit 10 * $2::int for update skip locked)",
        limit,
        i32::try_from(requests).unwrap_or(1)
    )
    .execute(conn)
    .await?;
    Ok(())
}
