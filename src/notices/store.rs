//! SQL of notices and of the letters that tell of them.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::letter::Letter;
use super::{NoticeId, Telling};
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;

/// A notice as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: NoticeId,
    pub(super) told_at: DateTime<Utc>,
    pub(super) message: String,
    pub(super) details: Json,
    pub(super) quote: String,
    pub(super) read_at: Option<DateTime<Utc>>,
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    to: &[i64],
    caused_by: Option<UserId>,
    telling: &Telling,
    now: DateTime<Utc>,
) -> Result<()> {
    let details: serde_json::Map<String, Json> = telling
        .values
        .iter()
        .map(|(name, value)| Ok(((*name).to_owned(), serde_json::to_value(value)?)))
        .collect::<std::result::Result<_, serde_json::Error>>()
        .map_err(AppError::internal)?;
    sqlx::query!(
        "insert into notices (user_id, caused_by, told_at, message, details, quote, href, mail_wanted)
        select u.id, $2, $3, $4, $5, $6, $7, u.mail_mode <> 'off'
        from users u where u.id = any($1) and u.disabled_at is null",
        to,
        caused_by.map(|user| user.0),
        now,
        telling.message,
        Json::Object(details),
        telling.quote,
        telling.href
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks as read what leads to `href`.
pub(super) async fn save_seen(
    conn: &mut PgConnection,
    user: UserId,
    href: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    let done = sqlx::query!(
        "update notices set read_at = $3 where user_id = $1 and read_at is null
            and split_part(href, '#', 1) = $2",
        user.0,
        href,
        now
    )
    .execute(conn)
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// Deletes what leads to `href` and nobody has read; a letter that told of it is only unlinked.
pub(super) async fn delete_unread(conn: &mut PgConnection, href: &str) -> Result<()> {
    sqlx::query!("delete from notices where read_at is null and split_part(href, '#', 1) = $1", href)
        .execute(conn)
        .await?;
    Ok(())
}

/// A page of somebody's inbox, latest first, and how long the whole is.
pub(super) async fn list(
    conn: &mut PgConnection,
    user: UserId,
    only_unread: bool,
    oldest_first: bool,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Row>, i64)> {
    let total = sqlx::query_scalar!(
        r#"select count(*) as "n!" from notices where user_id = $1 and (read_at is null or not $2)"#,
        user.0,
        only_unread
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select id, told_at, message, details, quote, read_at from notices where user_id = ",
    );
    query.push_bind(user.0);
    if only_unread {
        query.push(" and read_at is null");
    }
    query.push(if oldest_first { " order by told_at, id" } else { " order by told_at desc, id desc" });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    Ok((query.build_query_as().fetch_all(conn).await?, total))
}

/// Where a notice of somebody leads.
pub(super) async fn find_href(conn: &mut PgConnection, user: UserId, id: NoticeId) -> Result<Option<String>> {
    let sql = sqlx::query_scalar!("select href from notices where id = $1 and user_id = $2", id.0, user.0);
    Ok(sql.fetch_optional(conn).await?)
}

/// Marks one notice of somebody as read.
pub(super) async fn save_read(
    conn: &mut PgConnection,
    user: UserId,
    id: NoticeId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update notices set read_at = $3 where id = $1 and user_id = $2 and read_at is null",
        id.0,
        user.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks everything up to `now` as read. Answers how much that was.
pub(super) async fn save_all_read(conn: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<u64> {
    let done =
        sqlx::query!("update notices set read_at = $2 where user_id = $1 and read_at is null", user.0, now)
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}

/// Takes back what was marked as read at that moment.
pub(super) async fn save_unread(conn: &mut PgConnection, user: UserId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update notices set read_at = null where user_id = $1 and read_at = $2", user.0, at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Who gets a letter, and how often.
pub(super) struct Reader {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) language: Option<String>,
    pub(super) token: Uuid,
}

/// Those for whom a letter is due. At once: the oldest notice was told before `settled`, so that what is taken back at
/// once is not mailed. Daily: it was told before `cut`, the moment of today's letter.
pub(super) async fn due(
    conn: &mut PgConnection,
    settled: DateTime<Utc>,
    cut: DateTime<Utc>,
) -> Result<Vec<Reader>> {
    Ok(sqlx::query_as!(
        Reader,
        r#"select u.id as "user: UserId", u.name, u.email, u.language, u.mail_token as token
        from users u
        where u.mail_mode <> 'off' and u.disabled_at is null and exists (
            select from notices n where n.user_id = u.id and n.mail_wanted and n.read_at is null
                and n.told_at <= case when u.mail_mode = 'daily' then $2::timestamptz else $1::timestamptz end)
        order by u.id limit 100"#,
        settled,
        cut
    )
    .fetch_all(conn)
    .await?)
}

/// Takes what waits to be mailed to somebody, so that no other node does. What they have read meanwhile is left out.
pub(super) async fn take(conn: &mut PgConnection, user: UserId, until: DateTime<Utc>) -> Result<Vec<Row>> {
    let mut rows = sqlx::query_as!(
        Row,
        r#"with taken as (
            select id from notices where user_id = $1 and mail_wanted and told_at <= $2 order by id for update skip locked
        )
        update notices n set mail_wanted = false from taken where n.id = taken.id
        returning n.id as "id: NoticeId", n.told_at, n.message, n.details, n.quote, n.read_at"#,
        user.0,
        until
    )
    .fetch_all(conn)
    .await?;
    rows.retain(|row| row.read_at.is_none());
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

pub(super) async fn insert_letter(
    conn: &mut PgConnection,
    user: UserId,
    letter: &Letter,
    notices: &[i64],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "with mail as (
            insert into mails (user_id, message_id, address, subject, plain, html, written_at, next_try_at)
            values ($1, $2, $3, $4, $5, $6, $7, $7) returning id
        )
        update notices set mail_id = mail.id from mail where notices.id = any($8)",
        user.0,
        letter.message_id,
        letter.address,
        letter.subject,
        letter.plain,
        letter.html,
        now,
        notices
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the next letter to send, until `until`: if this process dies, another tries then.
pub(super) async fn next_letter(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Letter>> {
    Ok(sqlx::query_as!(
        Letter,
        "with next as (
            select id from mails where sent_at is null and given_up_at is null and next_try_at <= $1
            order by next_try_at, id limit 1 for update skip locked
        )
        update mails m set next_try_at = $2, tries = tries + 1 from next, users u
        where m.id = next.id and u.id = m.user_id
        returning m.id, m.message_id, m.address, m.subject, m.plain, m.html, m.tries, u.mail_token as token",
        now,
        until
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn save_sent(conn: &mut PgConnection, id: i64, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update mails set sent_at = $2, last_error = '' where id = $1", id, at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes why a letter could not be sent, and when it is tried again; never again without a moment.
pub(super) async fn save_failed(
    conn: &mut PgConnection,
    id: i64,
    error: &str,
    next: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update mails set last_error = $2, next_try_at = coalesce($3, next_try_at),
            given_up_at = case when $3::timestamptz is null then $4::timestamptz end
        where id = $1",
        id,
        error,
        next,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn find_mode(conn: &mut PgConnection, user: UserId) -> Result<String> {
    Ok(sqlx::query_scalar!("select mail_mode from users where id = $1", user.0).fetch_one(conn).await?)
}

/// Sets what mail an account wants; what waited for it is not mailed any more when it wants none.
pub(super) async fn save_mode(conn: &mut PgConnection, user: UserId, mode: &str) -> Result<()> {
    sqlx::query!("update users set mail_mode = $2 where id = $1", user.0, mode).execute(&mut *conn).await?;
    if mode == "off" {
        sqlx::query!("update notices set mail_wanted = false where user_id = $1 and mail_wanted", user.0)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Whose letters end with this token.
pub(super) async fn find_by_mail_token(conn: &mut PgConnection, token: Uuid) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar!(r#"select id as "id: UserId" from users where mail_token = $1"#, token)
        .fetch_optional(conn)
        .await?)
}
