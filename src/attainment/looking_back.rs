//! What had been reached at the end of a past day, as the ledger stood then, and what has come since.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::service::{Reached, Span};
use super::{Metric, store};
use crate::error::Result;
use crate::facts::{self, Facts};

/// An actual, taken apart: `reached + after + late` is what the ledger says now. What is only counted has no whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// What stood in the ledger at that moment, up to that day.
    pub reached: Facts,
    /// What is dated after the day.
    pub after: Facts,
    /// What is dated up to the day and was posted later.
    pub late: Facts,
}

impl Back {
    /// Of what only adds up.
    pub(super) fn of_sums(reached: i64, after: i64, late: i64) -> Self {
        let sum = |part| Facts { part, whole: 0 };
        Self { reached: sum(reached), after: sum(after), late: sum(late) }
    }

    /// What the ledger says now.
    pub fn now(&self) -> Facts {
        self.reached + self.after + self.late
    }

    /// Whether there was, and is, nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What stood then, as goals of `metric` are evaluated with it.
    pub fn then(&self, metric: Metric) -> Reached {
        Reached::of(metric, self.reached)
    }
}

/// The actuals of spans at the end of `day`, which is `moment`, in the order given: two statements, however many there are.
pub async fn back(
    conn: &mut PgConnection,
    spans: &[(Metric, Span)],
    (day, moment): (NaiveDate, DateTime<Utc>),
) -> Result<Vec<Back>> {
    let (sold, noted): (Vec<_>, Vec<_>) = spans.iter().copied().partition(|(metric, _)| metric.is_of_sales());
    let mut sold = store::as_of(conn, &sold, day, moment).await?.into_iter();
    let mut noted = facts::sums_as_of(conn, &noted, day, moment).await?.into_iter();
    let next = |(metric, _): &(Metric, Span)| if metric.is_of_sales() { sold.next() } else { noted.next() };
    Ok(spans.iter().filter_map(next).collect())
}
