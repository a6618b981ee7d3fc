//! What forecasts are learnt from: the days before the period of a goal.

use std::sync::Arc;

use chrono::{Datelike, Days, Months, NaiveDate};
use sqlx::PgConnection;

use super::service::{AsOf, DayTotals, Span, span};
use super::{books, store};
use crate::error::Result;
use crate::goals::Goal;
use crate::kernel::period::Period;
use crate::org::Company;

/// What is known of earlier periods, to learn from.
pub(super) struct Earlier {
    /// The days.
    pub(super) days: Arc<Vec<DayTotals>>,
    /// The first day of which anything can be known.
    pub(super) known_from: NaiveDate,
}

/// How far back one learns: two years, and at least four periods.
const LEARNT_MONTHS: u32 = 24;
const LEARNT_PERIODS: i32 = 4;

/// The days before the period of each goal. They are learnt from once a day: a forecast is no sum, and what is booked
/// late to earlier periods may wait until tomorrow.
pub(super) async fn earlier(
    conn: &mut PgConnection,
    company: &Company,
    at: AsOf,
    goals: &[Arc<Goal>],
) -> Result<Vec<Earlier>> {
    let first = match goals {
        [] => return Ok(Vec::new()),
        _ => store::first_day(conn).await?.unwrap_or(at.day),
    };
    let spans: Vec<Span> =
        goals.iter().map(|goal| Span { period: before(goal.period, first), ..span(goal, at) }).collect();
    // a shelf of its own: what is remembered by the day must not stand among what is remembered by editions
    let (shelf, learnt) =
        (&company.books.earlier, Some((company.revision, at.day.num_days_from_ce().into())));
    let known = books::known(shelf, learnt, &spans);
    let read = store::days(conn, &books::unknown(&spans, &known)).await?;
    let days = books::filled(shelf, learnt, spans, known, read);
    let hired = |goal: &Goal| company.organisation.person(goal.subject.employee()?)?.hired_on;
    let earlier = goals.iter().zip(days).map(|(goal, days)| {
        let known_from = hired(goal).map_or(first, |hired| hired.max(first));
        Earlier { days, known_from }
    });
    Ok(earlier.collect())
}

/// The days to learn from before `period`.
fn before(period: Period, first: NaiveDate) -> Period {
    let months = period.start.checked_sub_months(Months::new(LEARNT_MONTHS)).unwrap_or(period.start);
    let periods = period.start - Days::new((period.days() * i64::from(LEARNT_PERIODS)).unsigned_abs());
    let from = months.min(periods).max(first);
    // without a day when nothing is known from before
    Period { start: from.min(period.start), end: period.start }
}
