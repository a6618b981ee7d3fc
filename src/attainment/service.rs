//! Figures of goals, and of any span without a goal: the rollup of the ledger put through the engine.

use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Metric;
use super::books::{self, FigureKey};
use super::engine::{self, Attainment, GoalFacts};
use super::outlook::{Measure, Outlook};
use super::pace::PaceLine;
use super::ranges::{self, Known};
pub use super::reached::Reached;
use super::{ratio, store};
use crate::error::Result;
use crate::facts;
use crate::goals::{Goal, Subject};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, EmployeeId};
use crate::kernel::period::Period;
use crate::org::{Company, Organisation};
use crate::pipeline;

/// What is summed: a subject over some days, all products or one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Whose credits.
    pub subject: Subject,
    /// Which products.
    pub category: Option<CategoryId>,
    /// Which days.
    pub period: Period,
    /// Whether they count when they are booked or as they are delivered.
    pub basis: Basis,
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
    /// The sum of one metric that is counted in sales; 0 for others.
    pub const fn of(&self, metric: Metric) -> i64 {
        match metric {
            Metric::Revenue => self.revenue,
            Metric::Margin => self.margin,
            Metric::Units => self.units,
            Metric::Orders => self.orders,
            Metric::NewCustomers => self.new_customers,
            _ => 0, // has facts of its own
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
    pub(super) fn seen(self, period: Period) -> Period {
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
    pub range: Option<Outlook>,
    /// What the actual is made of.
    pub reached: Reached,
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
    (period, basis): (Period, Basis),
) -> Result<Vec<Arc<Vec<i64>>>> {
    if !metric.is_of_sales() {
        return Ok(vec![Arc::default(); people.len()]);
    }
    let (shelf, edition) = (&company.books.weeks, books::edition(conn, company.revision).await?);
    let keys: Vec<_> = people.iter().map(|person| (*person, metric, category, period, basis)).collect();
    let known = books::known(shelf, edition, &keys);
    let read =
        store::weeks(conn, &books::unknown(people, &known), (metric, category), (period, basis)).await?;
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
    let keys = figure_keys(&goals, at, None);
    let known = books::known(&shelves.figures, edition, &keys);
    let known_totals = books::known(&shelves.totals, edition, others);
    let new = books::unknown(&goals, &known);
    let (read, read_totals) = reached(conn, &new, at, &books::unknown(others, &known_totals)).await?;
    let figures = new.into_iter().zip(read).map(|(goal, reached)| {
        let figures = evaluate(company, at, &goal, reached);
        GoalFigures { goal, figures, range: None, reached }
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
    let keys = figure_keys(&goals, at, Some(pipeline::revision(conn).await?));
    let known = books::known(shelf, edition, &keys);
    let new = books::unknown(&goals, &known);
    let (sold, other): (Vec<_>, Vec<_>) = new.iter().cloned().partition(|goal| goal.metric.is_of_sales());
    let mut days = store::days(conn, &spans(&sold, at)).await?.into_iter();
    let mut facts = facts_of(conn, &other, at).await?.into_iter();
    let mut learnt = ranges::earlier(conn, company, at, &sold).await?.into_iter();
    let mut open = ranges::open_deals(conn, at, &sold).await?.into_iter();
    let figures = new.into_iter().filter_map(|goal| {
        if !goal.metric.is_of_sales() {
            let reached = facts.next()?;
            let figures = evaluate(company, at, &goal, reached);
            return Some(GoalFigures { goal, figures, range: None, reached });
        }
        let daily: Vec<(NaiveDate, i64)> =
            days.next()?.iter().map(|day| (day.day, day.totals.of(goal.metric))).collect();
        let actual: i64 = daily.iter().map(|(_, value)| value).sum();
        let figures = evaluate(company, at, &goal, actual);
        let known = Known { daily: &daily, earlier: &learnt.next()?, open: &open.next()? };
        let range = ranges::range(company, at, &goal, known, &figures);
        Some(GoalFigures { goal, figures, range, reached: actual.into() })
    });
    let figures: Vec<GoalFigures> = figures.collect();
    Ok(owned(books::filled(shelf, edition, keys, known, figures)))
}

fn figure_keys(goals: &[Arc<Goal>], at: AsOf, ranged: Option<i64>) -> Vec<FigureKey> {
    goals.iter().map(|goal| books::figure_key(goal, at, ranged)).collect()
}

fn owned(figures: Vec<Arc<GoalFigures>>) -> Vec<GoalFigures> {
    figures.into_iter().map(Arc::unwrap_or_clone).collect()
}

fn spans(goals: &[Arc<Goal>], at: AsOf) -> Vec<Span> {
    goals.iter().map(|goal| span(goal, at)).collect()
}

pub(super) fn span(goal: &Goal, at: AsOf) -> Span {
    Span { period: at.seen(goal.period), ..goal.span() }
}

/// What goals have reached, in their order, and the sums of other spans, read at once.
pub async fn reached(
    conn: &mut PgConnection,
    goals: &[Arc<Goal>],
    at: AsOf,
    others: &[Span],
) -> Result<(Vec<Reached>, Vec<Totals>)> {
    let (sold, other): (Vec<_>, Vec<_>) = goals.iter().cloned().partition(|goal| goal.metric.is_of_sales());
    let mut asked = spans(&sold, at);
    asked.extend(others);
    let mut totals = totals(conn, &asked).await?;
    let others = totals.split_off(sold.len());
    let (mut totals, mut facts) = (totals.into_iter(), facts_of(conn, &other, at).await?.into_iter());
    let one = |goal: &Arc<Goal>| {
        if goal.metric.is_of_sales() {
            totals.next().map(|totals| Reached::Sum(totals.of(goal.metric)))
        } else {
            facts.next()
        }
    };
    Ok((goals.iter().filter_map(one).collect(), others))
}

/// What goals with facts of their own have reached, in their order.
async fn facts_of(conn: &mut PgConnection, goals: &[Arc<Goal>], at: AsOf) -> Result<Vec<Reached>> {
    let asked: Vec<(Metric, Span)> = goals.iter().map(|goal| (goal.metric, span(goal, at))).collect();
    let facts = facts::sums(conn, &asked).await?;
    Ok(goals.iter().zip(facts).map(|(goal, facts)| Reached::of(goal.metric, facts)).collect())
}

/// The figures of a goal whose actual is known.
pub fn evaluate(company: &Company, at: AsOf, goal: &Goal, reached: impl Into<Reached>) -> Attainment {
    evaluate_in(company, &company.organisation, at, goal, reached)
}

/// The same by what another organisation says of the work of people: as it was known on a past day, say.
pub fn evaluate_in(
    company: &Company,
    organisation: &Organisation,
    at: AsOf,
    goal: &Goal,
    reached: impl Into<Reached>,
) -> Attainment {
    let reached = reached.into();
    let actual = if let Reached::Sum(actual) = reached { actual } else { 0 };
    let facts = GoalFacts {
        period: goal.period,
        versions: goal.targets(),
        terms: goal.engine_terms(organisation),
        actual,
        today: at.day,
        today_is_over: at.is_over,
    };
    let (calendar, rules) = company.measured_by(&goal.period);
    match reached {
        Reached::Sum(_) => engine::evaluate(&facts, calendar, rules),
        Reached::Ratio(of) => ratio::evaluate(&facts, of, goal.metric.nature(), calendar, rules),
    }
}

/// The required line of a goal.
pub fn line<'a>(company: &'a Company, goal: &Goal) -> PaceLine<'a> {
    let terms = goal.engine_terms(&company.organisation);
    PaceLine::new(goal.period, &goal.targets(), company.measured_by(&goal.period).0, &terms)
}

/// Orders and first orders come one by one; money and pieces in lots.
pub(super) const fn measure(metric: Metric) -> Measure {
    match metric {
        Metric::Orders | Metric::NewCustomers => Measure::Count,
        _ => Measure::Amount,
    }
}
