//! What had been reached at the end of a past day, as the ledger stood then, and what has come since.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::Metric;
use super::service::Span;
use crate::error::Result;
use crate::goals::Subject;

/// An actual, taken apart: `reached + after + late` is what the ledger says now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// What stood in the ledger at that moment, up to that day.
    pub reached: i64,
    /// What is dated after the day.
    pub after: i64,
    /// What is dated up to the day and was posted later.
    pub late: i64,
}

impl Back {
    /// What the ledger says now.
    pub const fn now(&self) -> i64 {
        self.reached + self.after + self.late
    }
}

/// The actual of a metric that is counted in sales, at the end of `day`, which is `moment`.
pub async fn actual(
    conn: &mut PgConnection,
    span: &Span,
    metric: Metric,
    (day, moment): (NaiveDate, DateTime<Utc>),
) -> Result<Back> {
    let id = match span.subject {
        Subject::Person(id) => id.0,
        Subject::Department(id) | Subject::Company(id) => id.0,
    };
    let category = span.category.map(|id| id.0);
    let row = sqlx::query_file!(
        "sql/as_of.sql",
        span.subject.kind(),
        id,
        metric.code(),
        category,
        span.period.start,
        span.period.end,
        day,
        moment,
        span.basis.number()
    );
    let row = row.fetch_one(conn).await?;
    Ok(Back { reached: row.reached, after: row.after, late: row.late })
}
