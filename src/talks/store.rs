//! SQL of threads.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Post, PostId, ThreadId};
use crate::error::Result;
use crate::kernel::id::UserId;

pub(super) async fn insert_thread(conn: &mut PgConnection) -> Result<ThreadId> {
    Ok(sqlx::query_scalar!(r#"insert into threads default values returning id as "id: ThreadId""#)
        .fetch_one(conn)
        .await?)
}

pub(super) async fn list(conn: &mut PgConnection, thread: ThreadId) -> Result<Vec<Post>> {
    Ok(sqlx::query_as!(
        Post,
        r#"select p.id as "id: PostId", p.posted_by as "by: UserId", u.name, p.posted_at as at, p.body
        from thread_posts p join users u on u.id = p.posted_by
        where p.thread_id = $1 and p.removed_at is null order by p.id"#,
        thread.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn list_writers(conn: &mut PgConnection, thread: ThreadId) -> Result<Vec<UserId>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct posted_by as "by: UserId" from thread_posts
        where thread_id = $1 and removed_at is null"#,
        thread.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    thread: ThreadId,
    by: UserId,
    body: &str,
    at: DateTime<Utc>,
) -> Result<PostId> {
    Ok(sqlx::query_scalar!(
        r#"insert into thread_posts (thread_id, posted_by, posted_at, body) values ($1, $2, $3, $4)
        returning id as "id: PostId""#,
        thread.0,
        by.0,
        at,
        body
    )
    .fetch_one(conn)
    .await?)
}

/// `None` when there is no such post of theirs.
pub(super) async fn save_removed(
    conn: &mut PgConnection,
    thread: ThreadId,
    post: PostId,
    by: UserId,
    removed_at: Option<DateTime<Utc>>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update thread_posts set removed_at = $4 where id = $1 and thread_id = $2 and posted_by = $3",
        post.0,
        thread.0,
        by.0,
        removed_at
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
