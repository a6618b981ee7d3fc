//! SQL that takes a figure apart into ledger rows.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Metric;
use super::service::Span;
use crate::error::Result;
use crate::goals::{Subject, Viewer};
use crate::kernel::id::DealId;

/// A ledger row, or all rows of a day by people whom the viewer may not see.
pub(super) struct EntryRow {
    pub(super) day: NaiveDate,
    pub(super) seen: bool,
    pub(super) deal: Option<DealId>,
    pub(super) order_no: Option<String>,
    pub(super) customer: Option<String>,
    pub(super) person: Option<String>,
    pub(super) product: Option<String>,
    pub(super) event: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) share_bp: Option<i32>,
    pub(super) origin: Option<NaiveDate>,
    pub(super) value: i64,
    pub(super) day_total: i64,
    pub(super) rows: i64,
    pub(super) total: i64,
}

const fn id_of(subject: Subject) -> i64 {
    match subject {
        Subject::Person(id) => id.0,
        Subject::Department(id) | Subject::Company(id) => id.0,
    }
}

/// The rows of a span from `offset` on, at most `limit`.
pub(super) async fn entries(
    conn: &mut PgConnection,
    viewer: Viewer,
    span: &Span,
    metric: Metric,
    (limit, offset): (Option<i64>, i64),
) -> Result<Vec<EntryRow>> {
    Ok(sqlx::query_file_as!(
        EntryRow,
        "sql/explain_entries.sql",
        span.subject.kind(),
        id_of(span.subject),
        metric.code(),
        span.category.map(|category| category.0),
        span.period.start,
        span.period.end,
        viewer.everyone,
        viewer.employee.map(|employee| employee.0),
        viewer.today,
        limit,
        offset,
        span.basis.number()
    )
    .fetch_all(conn)
    .await?)
}

/// What a person adds on a day.
pub(super) struct PersonDay {
    pub(super) day: NaiveDate,
    /// 0 for house sales.
    pub(super) employee: i64,
    pub(super) value: i64,
}

/// What everybody adds to a department's or the company's figure, by day.
pub(super) async fn person_days(
    conn: &mut PgConnection,
    span: &Span,
    metric: Metric,
) -> Result<Vec<PersonDay>> {
    Ok(sqlx::query_file_as!(
        PersonDay,
        "sql/explain_days.sql",
        span.subject.kind(),
        id_of(span.subject),
        metric.code(),
        span.category.map_or(0, |category| category.0),
        span.period.start,
        span.period.end,
        span.basis.number()
    )
    .fetch_all(conn)
    .await?)
}
