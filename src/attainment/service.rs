//! Figures of goals, and of any span without a goal: the rollup of the ledger put through the engine.

use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Metric;
use super::books::{self, FigureKey};
use super::engine::{self, Attainment, GoalFacts};
use super::forecast::{self, Range};
use super::pace::PaceLine;
use super::{series, store};
use crate::error::Result;
use crate::goals::{Goal, Subject};
use crate::kernel::id::{CategoryId, EmployeeId};
use crate::kernel::period::Period;
use crate::org::Company;

/// What is summed: a subject over some days, all products or one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Whose credits.
    pub subject: Subject,
    /// Which products.
    pub category: Option<CategoryId>,
    /// Which days.
    pub period: Period,
}

/// The sums of a span, money in minor units of the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Order intake.
    pub revenue: i64,
    /// Revenue less cost.
    pub margin: i64,
    /// Pieces.
    pub units: i64,
    /// Orders.
    pub orders: i64,
    /// Customers whose first order it was.
    pub new_customers: i64,
}

impl Totals {
    /// The sum of one metric.
    pub const fn of(&self, metric: Metric) -> i64 {
        match metric {
            Metric::Revenue => self.revenue,
            Metric::Margin => self.margin,
            Metric::Units => self.units,
            Metric::Orders => self.orders,
            Metric::NewCustomers => self.new_customers,
        }
    }
}

/// The sums of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotals {
    /// The day the credits count on.
    pub day: NaiveDate,
    /// Its sums.
    pub totals: Totals,
}

/// The day that figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AsOf {
    /// The business date.
    pub day: NaiveDate,
    /// Whether that day is over: false for today, true when looking back at a past day.
    pub is_over: bool,
}

impl AsOf {
    /// Figures as they stand now.
    pub const fn now(today: NaiveDate) -> Self {
        Self { day: today, is_over: false }
    }

    /// Figures as they stood at the end of a past day.
    pub const fn end_of(day: NaiveDate) -> Self {
        Self { day, is_over: true }
    }

    /// The part of a period that has been by then: nothing after `day` counts when looking back.
    fn seen(self, period: Period) -> Period {
        let end = self.day.succ_opt().unwrap_or(self.day).min(period.end).max(period.start);
        if self.is_over { Period { start: period.start, end } } else { period }
    }
}

/// A goal with its figures.
#[derive(Clone, Debug)]
pub struct GoalFigures {
    /// The goal.
    pub goal: Arc<Goal>,
    /// What the engine says of it.
    pub figures: Attainment,
    /// Where it is likely to land, in 8 of 10 outcomes; nothing while it is too early to say.
    pub range: Option<Range>,
}

impl GoalFigures {
    /// The chance to reach the goal, in tenths.
    pub fn chance(&self) -> Option<u8> {
        self.range.as_ref().map(|range| range.chance(self.figures.effective_target))
    }
}

/// Sums of every span, in the order given.
pub async fn totals(conn: &mut PgConnection, spans: &[Span]) -> Result<Vec<Totals>> {
    store::totals(conn, spans).await
}

/// Sums by day of every span, in the order given; days without sales are left out.
pub async fn days(
    conn: &mut PgConnection,
    company: &Company,
    spans: &[Span],
) -> Result<Vec<Arc<Vec<DayTotals>>>> {
    let (shelf, edition) = (&company.books.days, books::edition(conn, company.revision).await?);
    let known = books::known(shelf, edition, spans);
    let read = store::days(conn, &books::unknown(spans, &known)).await?;
    Ok(books::filled(shelf, edition, spans.to_vec(), known, read))
}

/// What each of `people` has sold in each week of `period`, oldest first: minor units of the company's currency, or a
/// count. A week under way ends with the period.
pub async fn weeks(
    conn: &mut PgConnection,
    company: &Company,
    people: &[EmployeeId],
    (metric, category): (Metric, Option<CategoryId>),
    period: Period,
) -> Result<Vec<Arc<Vec<i64>>>> {
    let (shelf, edition) = (&company.books.weeks, books::edition(conn, company.revision).await?);
    let keys: Vec<_> = people.iter().map(|person| (*person, metric, category, period)).collect();
    let known = books::known(shelf, edition, &keys);
    let read = store::weeks(conn, &books::unknown(people, &known), (metric, category), period).await?;
    Ok(books::filled(shelf, edition, keys, known, read))
}

/// Figures of goals without a forecast range, for long lists.
pub async fn figures<G: Into<Arc<Goal>>>(
    conn: &mut PgConnection,
    company: &Company,
    at: AsOf,
    goals: Vec<G>,
) -> Result<Vec<GoalFigures>> {
    Ok(figures_and_totals(conn, company, at, (goals, &[])).await?.0)
}

/// Figures of goals, and sums of other spans beside them, read at once.
pub async fn figures_and_totals<G: Into<Arc<Goal>>>(
    conn: &mut PgConnection,
    company: &Company,
    at: AsOf,
    (goals, others): (Vec<G>, &[Span]),
) -> Result<(Vec<GoalFigures>, Vec<Totals>)> {
    let goals: Vec<Arc<Goal>> = goals.into_iter().map(Into::into).collect();
    let (shelves, edition) = (&company.books, books::edition(conn, company.revision).await?);
    let keys = figure_keys(&goals, at, false);
    let known = books::known(&shelves.figures, edition, &keys);
    let known_totals = books::known(&shelves.totals, edition, others);
    let new = books::unknown(&goals, &known);
    let mut asked = spans(&new, at);
    asked.extend(books::unknown(others, &known_totals));
    let mut read = totals(conn, &asked).await?;
    let read_totals = read.split_off(new.len());
    let figures = new.into_iter().zip(read).map(|(goal, totals)| {
        let figures = evaluate(company, at, &goal, totals.of(goal.metric));
        GoalFigures { goal, figures, range: None }
    });
    let figures = books::filled(&shelves.figures, edition, keys, known, figures.collect());
    let totals = books::filled(&shelves.totals, edition, others.to_vec(), known_totals, read_totals);
    Ok((owned(figures), totals.iter().map(|totals| **totals).collect()))
}

/// Figures of goals with the forecast range, which takes the days of each.
pub async fn figures_with_range<G: Into<Arc<Goal>>>(
    conn: &mut PgConnection,
    company: &Company,
    at: AsOf,
    goals: Vec<G>,
) -> Result<Vec<GoalFigures>> {
    let goals: Vec<Arc<Goal>> = goals.into_iter().map(Into::into).collect();
    let (shelf, edition) = (&company.books.figures, books::edition(conn, company.revision).await?);
    let keys = figure_keys(&goals, at, true);
    let known = books::known(shelf, edition, &keys);
    let new = books::unknown(&goals, &known);
    let days = store::days(conn, &spans(&new, at)).await?;
    let figures = new.into_iter().zip(days).map(|(goal, days)| {
        let daily: Vec<(NaiveDate, i64)> =
            days.iter().map(|day| (day.day, day.totals.of(goal.metric))).collect();
        let actual = daily.iter().map(|(_, value)| value).sum();
        let figures = evaluate(company, at, &goal, actual);
        let range = range(company, at, &goal, &daily, &figures);
        GoalFigures { goal, figures, range }
    });
    Ok(owned(books::filled(shelf, edition, keys, known, figures.collect())))
}

fn figure_keys(goals: &[Arc<Goal>], at: AsOf, ranged: bool) -> Vec<FigureKey> {
    goals.iter().map(|goal| books::figure_key(goal, at, ranged)).collect()
}

fn owned(figures: Vec<Arc<GoalFigures>>) -> Vec<GoalFigures> {
    figures.into_iter().map(Arc::unwrap_or_clone).collect()
}

fn spans(goals: &[Arc<Goal>], at: AsOf) -> Vec<Span> {
    let span = |goal: &Arc<Goal>| Span {
        subject: goal.subject,
        category: goal.category.as_ref().map(|(id, _)| *id),
        period: at.seen(goal.period),
    };
    goals.iter().map(span).collect()
}

/// The figures of a goal whose actual is known.
pub fn evaluate(company: &Company, at: AsOf, goal: &Goal, actual: i64) -> Attainment {
    let facts = GoalFacts {
        period: goal.period,
        versions: goal.targets(),
        terms: goal.engine_terms(&company.organisation),
        actual,
        today: at.day,
        today_is_over: at.is_over,
    };
    let (calendar, rules) = company.measured_by(&goal.period);
    engine::evaluate(&facts, calendar, rules)
}

/// The required line of a goal.
pub fn line<'a>(company: &'a Company, goal: &Goal) -> PaceLine<'a> {
    let terms = goal.engine_terms(&company.organisation);
    PaceLine::new(goal.period, &goal.targets(), company.measured_by(&goal.period).0, &terms)
}

fn range(
    company: &Company,
    at: AsOf,
    goal: &Goal,
    daily: &[(NaiveDate, i64)],
    figures: &Attainment,
) -> Option<Range> {
    figures.projection?;
    let line = line(company, goal);
    let through = if at.is_over { at.day } else { at.day.pred_opt()? };
    let elapsed = series::by_working_day(&line, daily, through);
    let range = forecast::run_rate_range(&elapsed, figures.remaining_working_days, figures.actual)?;
    Some(range.around(figures.projection?))
}
