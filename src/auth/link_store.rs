//! SQL of single-use links.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::UserId;

/// Stores a link for `user`, made by `by`.
pub(super) async fn insert(
    conn: &mut PgConnection,
    token_hash: &[u8],
    kind: &str,
    (user, by): (Option<UserId>, Option<UserId>),
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into one_time_links (token_hash, kind, user_id, created_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6)",
        token_hash,
        kind,
        user.map(|user| user.0),
        by.map(|user| user.0),
        now,
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes earlier unused links of the same kind and account void.
pub(super) async fn retire(
    conn: &mut PgConnection,
    kind: &str,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update one_time_links set expires_at = $3
        where kind = $1 and user_id is not distinct from $2 and used_at is null and expires_at > $3",
        kind,
        user.map(|user| user.0),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The account (if any) of a link that still works.
pub(super) async fn find(
    conn: &mut PgConnection,
    token_hash: &[u8],
    kind: &str,
    now: DateTime<Utc>,
) -> Result<Option<Option<UserId>>> {
    Ok(sqlx::query_scalar!(
        r#"select user_id as "user: UserId" from one_time_links
        where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3"#,
        token_hash,
        kind,
        now
    )
    .fetch_optional(conn)
    .await?)
}

/// Uses a link up; `None` when somebody else was first.
pub(super) async fn use_up(
    conn: &mut PgConnection,
    token_hash: &[u8],
    kind: &str,
    now: DateTime<Utc>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update one_time_links set used_at = $3
        where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3",
        token_hash,
        kind,
        now
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
