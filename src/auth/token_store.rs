//! SQL of API tokens.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::UserId;

type Moment = DateTime<Utc>;

pub(super) async fn insert(
    conn: &mut PgConnection,
    user: UserId,
    name: &str,
    token_hash: &[u8],
    now: Moment,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "insert into api_tokens (user_id, name, token_hash, created_at) values ($1, $2, $3, $4) returning id",
        user.0,
        name,
        token_hash,
        now
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn touch(conn: &mut PgConnection, token_hash: &[u8], now: Moment) -> Result<()> {
    sqlx::query!("update api_tokens set last_used_at = $2 where token_hash = $1", token_hash, now)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn list(
    conn: &mut PgConnection,
    user: UserId,
) -> Result<Vec<(i64, String, Moment, Option<Moment>)>> {
    let rows = sqlx::query!(
        "select id, name, created_at, last_used_at from api_tokens
        where user_id = $1 and revoked_at is null order by id desc",
        user.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.created_at, row.last_used_at)).collect())
}

/// `None` when there is no such live token of that account.
pub(super) async fn revoke(
    conn: &mut PgConnection,
    id: i64,
    user: UserId,
    now: Moment,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update api_tokens set revoked_at = $3 where id = $1 and user_id = $2 and revoked_at is null",
        id,
        user.0,
        now
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
