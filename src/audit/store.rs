//! SQL of the audit record.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use sqlx::{Connection, PgConnection, Postgres, QueryBuilder};

use super::Entry;
use crate::error::Result;

#[derive(Default)]
struct Columns {
    at: Vec<DateTime<Utc>>,
    by: Vec<Option<i64>>,
    action: Vec<String>,
    kind: Vec<String>,
    subject: Vec<Option<i64>>,
    details: Vec<Value>,
}

impl Columns {
    fn of(entries: Vec<Entry>) -> Self {
        let mut columns = Self::default();
        for Entry { by, at, event } in entries {
            columns.at.push(at);
            columns.by.push(by.map(|user| user.0));
            columns.action.push(event.action.to_owned());
            columns.kind.push(event.subject_kind.to_owned());
            columns.subject.push(event.subject_id);
            columns.details.push(event.details);
        }
        columns
    }
}

pub(super) async fn insert_all(conn: &mut PgConnection, entries: Vec<Entry>) -> Result<()> {
    let c = Columns::of(entries);
    sqlx::query!(
        "insert into audit_log (at, user_id, action, subject_kind, subject_id, details)
        select * from unnest($1::timestamptz[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[])",
        &c.at,
        &c.by as &[Option<i64>],
        &c.action,
        &c.kind,
        &c.subject as &[Option<i64>],
        &c.details
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A row as the chain sees it: every column but the seal, as text that stays the same.
pub(super) struct Link {
    pub(super) id: i64,
    pub(super) text: String,
    pub(super) seal: Option<Vec<u8>>,
}

/// The last row of which all before it are settled: committed or gone for good. Rows get their number when they are
/// written and show when their transaction ends, so a later one may show first; the lock waits for those under way,
/// for a moment, and holds up nobody longer than that. `None` when it is not to be had now.
pub(super) async fn settled(conn: &mut PgConnection) -> Result<Option<i64>> {
    let mut tx = conn.begin().await?;
    sqlx::query!("set local lock_timeout = '100ms'").execute(&mut *tx).await?;
    let locked = sqlx::query!("lock table audit_log in share row exclusive mode").execute(&mut *tx).await;
    if let Err(sqlx::Error::Database(cause)) = &locked
        && cause.code().as_deref() == Some("55P03")
    {
        return Ok(None);
    }
    locked?;
    let last = sqlx::query_scalar!("select max(id) from audit_log").fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(last)
}

/// Whether this transaction is the one that seals; there is one at a time in the whole installation.
pub(super) async fn may_seal(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(7240114) as "got!""#).fetch_one(conn).await?)
}

/// The seal of the last sealed row.
pub(super) async fn last_seal(conn: &mut PgConnection) -> Result<Option<Vec<u8>>> {
    let seal =
        sqlx::query_scalar!("select seal from audit_log where seal is not null order by id desc limit 1");
    Ok(seal.fetch_optional(conn).await?.flatten())
}

/// Unsealed rows up to `last`, oldest first.
pub(super) async fn unsealed(conn: &mut PgConnection, last: i64, limit: i64) -> Result<Vec<Link>> {
    Ok(sqlx::query_as!(
        Link,
        r#"select id, seal, concat_ws('|', id, extract(epoch from at)::numeric(20, 6), coalesce(user_id::text, '-'),
            action, subject_kind, coalesce(subject_id::text, '-'), details::text) as "text!"
        from audit_log where seal is null and id <= $1 order by id limit $2"#,
        last,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Rows after `after` up to the last sealed one, oldest first.
pub(super) async fn chain(conn: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<Link>> {
    Ok(sqlx::query_as!(
        Link,
        r#"select id, seal, concat_ws('|', id, extract(epoch from at)::numeric(20, 6), coalesce(user_id::text, '-'),
            action, subject_kind, coalesce(subject_id::text, '-'), details::text) as "text!"
        from audit_log where id > $1 and id <= (select max(id) from audit_log where seal is not null)
        order by id limit $2"#,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn save_seals(conn: &mut PgConnection, ids: &[i64], seals: &[Vec<u8>]) -> Result<()> {
    sqlx::query!(
        "update audit_log a set seal = s.seal from unnest($1::bigint[], $2::bytea[]) s(id, seal) where a.id = s.id",
        ids,
        seals
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which rows of the log.
#[derive(Debug, Clone, Default)]
pub(super) struct LogFilter {
    /// Part of the name or address of who acted.
    pub(super) who: String,
    pub(super) action: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) from: Option<NaiveDate>,
    pub(super) until: Option<NaiveDate>,
    /// Where days begin and end.
    pub(super) zone: Tz,
}

/// A row of the log with the names of today.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct LogRow {
    pub(super) id: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) who: Option<String>,
    pub(super) action: String,
    pub(super) subject_kind: String,
    pub(super) subject_id: Option<i64>,
    pub(super) subject: Option<String>,
    pub(super) details: Value,
    pub(super) total: i64,
}

/// The log as `filter` asks, latest first, `limit` rows after `offset`.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &LogFilter,
    (limit, offset): (i64, i64),
) -> Result<Vec<LogRow>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select a.id, a.at, u.name as who, a.action, a.subject_kind, a.subject_id, a.details,
            count(*) over () as total,
            case a.subject_kind
                when 'employee' then (select name from employees where id = a.subject_id)
                when 'user' then (select name from users where id = a.subject_id)
                when 'department' then (select name from departments where id = a.subject_id)
                when 'product' then (select name from products where id = a.subject_id)
                when 'customer' then (select name from customers where id = a.subject_id)
                when 'deal' then (select order_no from deals where id = a.subject_id)
            end as subject
        from audit_log a left join users u on u.id = a.user_id where true",
    );
    if !filter.who.is_empty() {
        query.push(" and position(lower(").push_bind(filter.who.clone());
        query.push(") in lower(concat_ws(' ', u.name, u.email))) > 0");
    }
    if let Some(action) = &filter.action {
        query.push(" and a.action = ").push_bind(action.clone());
    }
    if let Some(kind) = &filter.kind {
        query.push(" and a.subject_kind = ").push_bind(kind.clone());
    }
    if let Some(from) = filter.from {
        query.push(" and a.at >= (").push_bind(from).push("::date::timestamp at time zone ");
        query.push_bind(filter.zone.name()).push(")");
    }
    if let Some(until) = filter.until {
        query.push(" and a.at < ((").push_bind(until).push("::date + 1)::timestamp at time zone ");
        query.push_bind(filter.zone.name()).push(")");
    }
    query.push(" order by a.id desc limit ").push_bind(limit).push(" offset ").push_bind(offset);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Actions and kinds that occur.
pub(super) async fn vocabulary(conn: &mut PgConnection) -> Result<(Vec<String>, Vec<String>)> {
    let actions = sqlx::query_scalar!("select distinct action from audit_log order by action");
    let actions = actions.fetch_all(&mut *conn).await?;
    let kinds = sqlx::query_scalar!("select distinct subject_kind from audit_log order by subject_kind");
    Ok((actions, kinds.fetch_all(conn).await?))
}
