//! The outlook of a period: where it is likely to end, with a range, a chance and its own measured error (rule 19).
//!
//! Three methods stand beside each other. [`Method::RunRate`] is the plain one of [`super::forecast`]: the same rate to
//! the end. [`Method::Seasonal`] knows how the same point stood in earlier periods. [`Method::Counts`] does so for
//! deals that are few. Each is tried on the subject's own earlier periods, from the same point and with no later
//! knowledge; one of the latter two is used only where it was off less than plain run rate. Before that much is
//! known the outlook is the plain one, to the last unit.
//!
//! **Range** (8 of 10 outcomes) and **chance** follow from what the method says of itself and, ever more, from how
//! far it was off.
//!
//! **Open deals**, amount × probability, are a second forecast of what is still to come. The two are combined with the
//! inverse of their variances (Bates and Granger, 1969); as long as the past error of deals is not measured they
//! count for half at most, and narrow nothing.
//!
//! Example: a salesperson writes the orders of a month on its last days. On the 15th, run rate says 200 of 1000; the
//! last six months had 10 % in by then, and the outlook says 1100, measured to be off by 12 % against 78 %.
//!
//! Floats are allowed here; no figure of this module is ever added to a sum.

use chrono::NaiveDate;

use super::engine::PROJECTION_FROM_PCT;
use super::forecast::{Range, float, run_rate_range, tenths, whole};
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;

pub mod backtest;
mod counts;
mod deals;
mod history;
mod past;
mod predictive;
mod seasonal;
mod windows;

pub use deals::ByDeals;
use history::{Daily, Past, pasts};
use past::{MODEL_COUNTS, Rehearsals};
use predictive::{Predictive, Student};
use seasonal::Estimate;

/// What is known about a subject on a day. Amounts are minor units, or counts; in any order, days without
/// sales left out.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The period that is forecast.
    pub period: Period,
    /// The last day that is over.
    pub through: NaiveDate,
    /// Sales of the period so far, with those of a running day. Others are left out.
    pub present: &'a [(NaiveDate, i64)],
    /// Sales before the period. Others are left out.
    pub history: &'a [(NaiveDate, i64)],
    /// The day from which on every sale is known: the first of the ledger, or of the person in the company.
    pub known_from: NaiveDate,
    /// The days that are worked.
    pub calendar: &'a WorkingCalendar,
    /// What is summed.
    pub measure: Measure,
    /// Open deals that may close in the period: amount, and probability in hundredths of a percent.
    pub open_deals: Option<&'a [(i64, i64)]>,
}

/// What a figure is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Money, or units sold in lots.
    Amount,
    /// One for each deal: orders, new customers.
    Count,
}

/// How an outlook was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Actual ÷ elapsed working days × all working days.
    RunRate,
    /// By the shape and level of earlier periods.
    Seasonal,
    /// Gamma-Poisson, for few deals.
    Counts,
}

/// How far a method was off in earlier periods, forecast from the same point: the sum of absolute errors in
/// percent of the sum of outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastError {
    /// The method that is used.
    pub method: Pct,
    /// Plain run rate.
    pub run_rate: Pct,
    /// On how many earlier periods it was measured.
    pub forecasts: u32,
}

/// Where the period is likely to end: 8 of 10 outcomes lie between `low` and `high`.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// One outcome of ten is below.
    pub low: i64,
    /// The middle of what is expected.
    pub likely: i64,
    /// One outcome of ten is above.
    pub high: i64,
    /// How it was reached.
    pub method: Method,
    /// How far the method was off; none when nothing could be measured yet.
    pub past_error: Option<PastError>,
    /// How open deals moved it; none where there are none.
    pub by_deals: Option<ByDeals>,
    actual: i64,
    spread: Spread,
}

/// What chances are read from.
#[derive(Clone, Debug, PartialEq)]
enum Spread {
    Plain(Range),
    Measured(Predictive),
}

/// The outlook from these facts. None before a tenth of the working days has passed, and when neither run rate nor
/// anything better can say a thing.
pub fn outlook(facts: &Facts<'_>) -> Option<Outlook> {
    let seen = Seen::new(facts)?;
    seen.outlook(facts.measure, seen.plain(facts))
}

/// The same where the plain run rate is known already.
pub fn outlook_beside(facts: &Facts<'_>, run_rate: Option<Range>) -> Option<Outlook> {
    Seen::new(facts)?.outlook(facts.measure, run_rate)
}

/// The plain run rate, of which nothing has been measured.
impl From<Range> for Outlook {
    fn from(range: Range) -> Self {
        Self {
            low: range.low,
            likely: range.likely,
            high: range.high,
            method: Method::RunRate,
            past_error: None,
            by_deals: None,
            actual: range.actual(),
            spread: Spread::Plain(range),
        }
    }
}

impl Outlook {
    /// The chance to end at `target` or above, in tenths: 7 is "7 in 10". 10 only when it is reached already or
    /// nothing can change any more.
    pub fn chance(&self, target: i64) -> u8 {
        if self.actual >= target {
            return 10;
        }
        match &self.spread {
            Spread::Plain(range) => range.chance(target),
            Spread::Measured(Predictive::Certain(outcome)) => {
                if *outcome >= target {
                    10
                } else {
                    0
                }
            }
            Spread::Measured(spread) => tenths(spread.reaches(target)).min(9),
        }
    }

    fn new(method: Method, actual: i64, likely: i64, spread: Predictive) -> Self {
        let (low, high) = spread.range();
        Self {
            low: low.min(likely),
            likely,
            high: high.max(likely),
            method,
            past_error: None,
            by_deals: None,
            actual,
            spread: Spread::Measured(spread),
        }
    }
}

static EVERY_DAY: WorkingCalendar =
    WorkingCalendar { weekend: Vec::new(), holidays: std::collections::BTreeSet::new() };

/// The facts, brought into the form the methods need.
struct Seen<'a> {
    calendar: &'a WorkingCalendar,
    open_deals: &'a [(i64, i64)],
    present: Daily,
    actual: i64,
    elapsed: f64,
    has_returns: bool,
    /// Latest first.
    pasts: Vec<Past>,
}

impl<'a> Seen<'a> {
    /// None before a tenth of the weight has passed. A period without a working day is weighed by calendar days.
    fn new(facts: &Facts<'a>) -> Option<Self> {
        let period = facts.period;
        let calendar = if facts.calendar.working_days(&period) > 0 { facts.calendar } else { &EVERY_DAY };
        let until = facts.through.succ_opt()?.clamp(period.start, period.end);
        let passed = Period::new(period.start, until).map_or(0, |passed| calendar.working_days(&passed));
        if passed <= 0 || passed * 100 < calendar.working_days(&period) * PROJECTION_FROM_PCT {
            return None;
        }
        let present = Daily::new(facts.present.iter().copied().filter(|(date, _)| period.contains(*date)));
        let history = Daily::new(facts.history.iter().copied().filter(|(date, _)| *date < period.start));
        let windows = windows::earlier(period, until, facts.known_from, calendar);
        Some(Self {
            calendar,
            open_deals: facts.open_deals.unwrap_or_default(),
            actual: present.sum(period.start, period.end),
            elapsed: windows::elapsed_share(period, until, calendar),
            has_returns: present.has_returns() || history.has_returns(),
            pasts: pasts(&history, &windows, calendar),
            present,
        })
    }

    /// The plain run rate.
    fn plain(&self, facts: &Facts<'_>) -> Option<Range> {
        let elapsed = self.present.by_working_day(facts.period, facts.through, self.calendar);
        let working_days = self.calendar.working_days(&facts.period);
        run_rate_range(&elapsed, working_days - i64::try_from(elapsed.len()).ok()?, self.actual)
    }

    fn outlook(&self, measure: Measure, run_rate: Option<Range>) -> Option<Outlook> {
        let rehearsals = Rehearsals::new(&self.pasts);
        let better = match rehearsals.best(measure) {
            Method::RunRate => None,
            Method::Seasonal => self.seasonal(&rehearsals),
            Method::Counts => self.counts(&rehearsals),
        };
        let outlook = better.or_else(|| Some(self.run_rate(run_rate?, &rehearsals)))?;
        Some(Outlook { past_error: rehearsals.error(outlook.method), ..outlook })
    }

    fn seasonal(&self, rehearsals: &Rehearsals) -> Option<Outlook> {
        let estimate = seasonal::seasonal(float(self.actual), self.elapsed, &self.pasts)?;
        Some(self.student(Method::Seasonal, estimate, rehearsals))
    }

    fn counts(&self, rehearsals: &Rehearsals) -> Option<Outlook> {
        let more = counts::to_come(float(self.actual), self.elapsed, &self.pasts)?;
        let error = (more.variance() * rehearsals.overdispersion()).sqrt();
        let (mean, by_deals) = self.beside_deals(more.mean, error);
        let spread = Predictive::counts(self.actual, mean, error.powi(2).max(mean * 1.001));
        let outlook = Outlook::new(Method::Counts, self.actual, whole(float(self.actual) + mean), spread);
        Some(Outlook { by_deals, ..outlook })
    }

    /// As it is until something is measured; then as wide as it was off.
    fn run_rate(&self, range: Range, rehearsals: &Rehearsals) -> Outlook {
        let error = float(range.error());
        if rehearsals.len() > 0 {
            let estimate = Estimate { likely: float(range.likely), error };
            return self.student(Method::RunRate, estimate, rehearsals);
        }
        let more = float(range.likely.saturating_sub(self.actual));
        let (more, by_deals) = self.beside_deals(more, error);
        let likely = whole(float(self.actual) + more);
        let range = if likely == range.likely { range } else { range.around(likely) };
        Outlook { actual: self.actual, by_deals, ..range.into() }
    }

    fn student(&self, method: Method, estimate: Estimate, rehearsals: &Rehearsals) -> Outlook {
        let actual = float(self.actual);
        let (more, by_deals) = self.beside_deals(estimate.likely - actual, estimate.error);
        let likely = actual + more;
        let model = if likely == 0.0 { 0.0 } else { estimate.error / likely.abs() };
        let (scale, freedom) = rehearsals.spread(method, model, MODEL_COUNTS);
        let idle = if self.open_deals.is_empty() { history::idle(&self.pasts) } else { 0.0 };
        let spread = Predictive::student(Student {
            actual: self.actual,
            has_returns: self.has_returns,
            centre: actual + more / (1.0 - idle),
            scale: scale * likely.abs(),
            freedom,
            idle,
        });
        Outlook { by_deals, ..Outlook::new(method, self.actual, whole(likely), spread) }
    }

    /// What is to come by a forecast with this error, moved by open deals, and how they moved it.
    fn beside_deals(&self, to_come: f64, error: f64) -> (f64, Option<ByDeals>) {
        match deals::beside(error, self.open_deals) {
            Some(deals) => (deals.moves(to_come), Some(deals.said(float(self.actual), to_come))),
            None => (to_come, None),
        }
    }
}

fn count(value: usize) -> f64 {
    float(i64::try_from(value).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
