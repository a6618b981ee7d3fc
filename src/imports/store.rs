//! SQL of the list of imports.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::run::Order;
use super::{Fault, Progress, Report};
use crate::error::{AppError, Result};

/// First key of our advisory locks. With an import's id as the second it says that the import is alive.
const LOCKS: i32 = 0x0070_6d69;
/// Second key of the lock that only one import holds at a time.
const TURN: i32 = 0;

/// How an import ended.
pub(super) struct Outcome {
    status: &'static str,
    rows: i64,
    report: Report,
}

impl Outcome {
    /// With a report.
    pub fn of(report: &Report, rows: u64) -> Self {
        let status = if report.faults.is_empty() { "done" } else { "refused" };
        Self { status, rows: i64::try_from(rows).unwrap_or(i64::MAX), report: report.clone() }
    }

    /// By a fault of ours, or of the database.
    pub fn failed() -> Self {
        Self { status: "failed", rows: 0, report: Report::default() }
    }
}

/// Makes the row of an import that is about to run, and holds the lock that shows that it is alive.
pub(super) async fn insert(conn: &mut PgConnection, order: &Order, now: DateTime<Utc>) -> Result<i64> {
    let id =
        sqlx::query_scalar!(r#"select nextval('imports_id_seq') as "id!""#).fetch_one(&mut *conn).await?;
    sqlx::query_scalar!("select 1 as one from pg_advisory_lock($1, $2)", LOCKS, lock_key(id)?)
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into imports (id, kind, source, file_name, dry_run, status, started_by, started_at)
        overriding system value values ($1, $2, $3, $4, $5, 'running', $6, $7)",
        id,
        order.kind_code(),
        order.source,
        order.file_name,
        order.dry_run,
        order.by.map(|user| user.0),
        now
    )
    .execute(conn)
    .await?;
    Ok(id)
}

fn lock_key(id: i64) -> Result<i32> {
    i32::try_from(id).map_err(AppError::internal)
}

/// Waits until no other import is running, and keeps others waiting until the transaction ends.
pub(super) async fn take_turn(conn: &mut PgConnection) -> Result<()> {
    sqlx::query_scalar!("select 1 as one from pg_advisory_xact_lock($1, $2)", LOCKS, TURN)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Notes how far an import has come.
pub(super) async fn save_progress(conn: &mut PgConnection, id: i64, progress: Progress) -> Result<()> {
    sqlx::query!(
        "update imports set rows_read = $2, rows_total = $3 where id = $1 and status = 'running'",
        id,
        i64::try_from(progress.rows).unwrap_or(i64::MAX),
        progress.estimated_rows()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes how an import ended.
pub(super) async fn finish(
    conn: &mut PgConnection,
    id: i64,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<()> {
    let counts = outcome.report.counts();
    let faults = serde_json::to_value(&outcome.report.faults.first).map_err(AppError::internal)?;
    sqlx::query!(
        "update imports set status = $2, rows_read = greatest(rows_read, $3), rows_total = greatest(rows_read, $3),
            added = $4, changed = $5, unchanged = $6, fault_count = $7, faults = $8, ended_at = $9
        where id = $1",
        id,
        outcome.status,
        outcome.rows,
        counts.added,
        counts.changed,
        counts.unchanged,
        i64::try_from(outcome.report.faults.count).unwrap_or(i64::MAX),
        faults,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An import as it is listed and shown.
#[derive(sqlx::FromRow)]
pub(super) struct ImportRow {
    pub id: i64,
    pub kind: String,
    pub source: String,
    pub file_name: String,
    pub dry_run: bool,
    pub status: String,
    /// Whether a process still works on it.
    pub alive: bool,
    pub rows_read: i64,
    pub rows_total: Option<i64>,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub fault_count: i64,
    faults: Value,
    pub started_by: Option<String>,
    pub started_at: DateTime<Utc>,
    pub total: i64,
}

impl ImportRow {
    /// The first faults.
    pub fn faults(&self) -> Vec<Fault> {
        serde_json::from_value(self.faults.clone()).unwrap_or_default()
    }
}

/// What a list of imports can be narrowed to.
pub(super) struct Filter<'a> {
    /// Part of the file name or the source.
    pub search: &'a str,
    /// One kind.
    pub kind: Option<&'a str>,
    /// One status.
    pub status: Option<&'a str>,
    /// One import.
    pub id: Option<i64>,
    /// Column, and whether descending.
    pub sort: (&'a str, bool),
}

/// Imports as `filter` asks, with the number of all that it finds.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<ImportRow>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select i.id, i.kind, i.source, i.file_name, i.dry_run, i.status,
            exists (
                select from pg_locks l
                where l.locktype = 'advisory' and l.objid::bigint = i.id
                    and l.database = (select oid from pg_database where datname = current_database())
                    and l.classid::bigint = ",
    );
    query.push_bind(i64::from(LOCKS)).push(
        ") as alive, i.rows_read, i.rows_total, i.added, i.changed, i.unchanged, i.fault_count, i.faults,
            u.name as started_by, i.started_at, count(*) over () as total
        from imports i left join users u on u.id = i.started_by where true",
    );
    narrow(&mut query, filter);
    let (column, descending) = filter.sort;
    query.push(match column {
        "file" => " order by lower(i.file_name) collate \"sv-x-icu\"",
        "kind" => " order by i.kind",
        "added" => " order by i.added",
        "changed" => " order by i.changed",
        "status" => " order by i.status",
        _ => " order by i.started_at",
    });
    query.push(if descending { " desc, i.id desc" } else { ", i.id desc" });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter<'_>) {
    if !filter.search.is_empty() {
        query.push(" and position(lower(").push_bind(filter.search.to_owned());
        query.push(") in lower(concat_ws(' ', i.file_name, i.source))) > 0");
    }
    if let Some(kind) = filter.kind {
        query.push(" and i.kind = ").push_bind(kind.to_owned());
    }
    if let Some(status) = filter.status {
        query.push(" and i.status = ").push_bind(status.to_owned());
    }
    if let Some(id) = filter.id {
        query.push(" and i.id = ").push_bind(id);
    }
}

/// One import.
pub(super) async fn find(conn: &mut PgConnection, id: i64) -> Result<Option<ImportRow>> {
    let filter = Filter { search: "", kind: None, status: None, id: Some(id), sort: ("started", true) };
    Ok(list(conn, &filter, 1, 0).await?.into_iter().next())
}
