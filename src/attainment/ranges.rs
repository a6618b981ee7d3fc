//! Where goals are likely to end: their outlooks from the days so far, earlier periods, and open deals.

use std::sync::Arc;

use chrono::{Datelike, Days, Months, NaiveDate};
use sqlx::PgConnection;

use super::engine::Attainment;
use super::outlook::{self, Outlook};
use super::service::{AsOf, DayTotals, Span, line, measure, span};
use super::{books, forecast, series, store};
use crate::error::Result;
use crate::goals::Goal;
use crate::kernel::basis::Basis;
use crate::kernel::period::Period;
use crate::org::Company;
use crate::pipeline;

/// What is known of earlier periods, to learn from.
pub(super) struct Earlier {
    days: Arc<Vec<DayTotals>>,
    known_from: NaiveDate,
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

/// What a goal's metric may still get from each open deal, with its probability; nothing when looking back, as what was open
/// then is not known.
pub(super) async fn open_deals(
    conn: &mut PgConnection,
    at: AsOf,
    goals: &[Arc<Goal>],
) -> Result<Vec<Vec<(i64, i64)>>> {
    if at.is_over {
        return Ok(vec![Vec::new(); goals.len()]);
    }
    let spans: Vec<Span> = goals.iter().map(|goal| rest(goal, at.day)).collect();
    let found = pipeline::open_deals(conn, at.day, &spans).await?;
    let counted = |(goal, deals): (&Arc<Goal>, Vec<pipeline::OpenDeal>)| {
        // when an open deal would be delivered is not known
        let counts = goal.terms.basis == Basis::Booked;
        deals.iter().filter(|_| counts).filter_map(|deal| deal.of(goal.metric)).collect()
    };
    Ok(goals.iter().zip(found).map(counted).collect())
}

/// What is left of a goal's period, from `today` on.
pub(super) fn rest(goal: &Goal, today: NaiveDate) -> Span {
    let period = Period { start: today.clamp(goal.period.start, goal.period.end), end: goal.period.end };
    Span { period, ..goal.span() }
}

/// What an outlook is made from.
pub(super) struct Known<'a> {
    pub(super) daily: &'a [(NaiveDate, i64)],
    pub(super) earlier: &'a Earlier,
    pub(super) open: &'a [(i64, i64)],
}

/// The outlook of a goal; nothing while it is too early to say.
pub(super) fn range(
    company: &Company,
    at: AsOf,
    goal: &Goal,
    Known { daily, earlier, open }: Known<'_>,
    figures: &Attainment,
) -> Option<Outlook> {
    figures.projection?;
    let line = line(company, goal);
    let through = if at.is_over { at.day } else { at.day.pred_opt()? };
    let elapsed = series::by_working_day(&line, daily, through);
    let range = forecast::run_rate_range(&elapsed, figures.remaining_working_days, figures.actual);
    let range = range.map(|range| range.around(figures.projection.unwrap_or(range.likely)));
    // days that do not weigh alike are in the run rate already; earlier periods weighed otherwise
    let even = line.weights().are_even();
    let value = |day: &DayTotals| (day.day, day.totals.of(goal.metric));
    let history: Vec<(NaiveDate, i64)> = earlier.days.iter().filter(|_| even).map(value).collect();
    let facts = outlook::Facts {
        period: goal.period,
        through,
        present: daily,
        history: &history,
        known_from: earlier.known_from,
        calendar: company.measured_by(&goal.period).0,
        measure: measure(goal.metric),
        open_deals: Some(open),
    };
    outlook::outlook_beside(&facts, range)
}
