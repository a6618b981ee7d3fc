//! The required pace: where a goal should stand on a day, through every revision of its target.
//!
//! The line climbs by working days from zero to the target. From the day a revision takes effect it climbs
//! from where it stood to the new target at the end, so nobody is behind for a goal they did not have. It never
//! asks for more than the target in force: when a target falls below the line, the line falls to it.

use chrono::NaiveDate;

use super::engine::TargetVersion;
use super::fair::{Terms, Weights};
use super::series::Point;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;
use crate::kernel::ratio::Exact;

/// The required line of one goal.
#[derive(Clone, Debug)]
pub struct PaceLine<'a> {
    period: Period,
    weights: Weights<'a>,
    weight: i64,
    /// What the first version comes to.
    original: i64,
    /// What the last version comes to.
    agreed: i64,
    /// One after the other in the period; the first one from its start.
    stretches: Vec<Stretch>,
}

/// A target and the line to it.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: NaiveDate,
    /// Weight of the period that has passed at `from`.
    passed: i64,
    /// Where the line stands at `from`.
    base: Exact,
    /// What is asked for.
    target: i64,
    /// The same for a whole period.
    full: i64,
}

impl<'a> PaceLine<'a> {
    /// `versions` in the order they were recorded. A later version replaces every earlier one that would take
    /// effect on its day or after. The original holds from the start, as does what took effect before it.
    pub fn new(
        period: Period,
        versions: &[TargetVersion],
        calendar: &'a WorkingCalendar,
        terms: &Terms,
    ) -> Self {
        let weights = Weights::new(period, calendar, terms);
        let (weight, effective) = (weights.total(), weights.effective(versions));
        let original = effective.first().copied().unwrap_or(0);
        let agreed = effective.last().copied().unwrap_or(0);
        let mut line = Self { period, weights, weight, original, agreed, stretches: Vec::new() };
        for (version, target) in in_force(period, versions, &effective) {
            let passed = line.weight_before(version.effective_on);
            let base = if passed == 0 { Exact::whole(0) } else { line.at(version.effective_on) };
            let (from, base, full) = (version.effective_on, base.at_most(target), version.target);
            line.stretches.push(Stretch { from, passed, base, target, full });
        }
        line
    }

    /// What should be reached when `date` is over, rounded half to even.
    pub fn expected_on(&self, date: NaiveDate) -> i64 {
        self.at(date.succ_opt().unwrap_or(date)).round()
    }

    /// What should be reached when the day before `until` is over.
    pub(super) fn at(&self, until: NaiveDate) -> Exact {
        let Some(stretch) = self.stretch_at(until) else {
            return Exact::whole(0);
        };
        let step = self.weight_before(until) - stretch.passed;
        stretch.base.towards(stretch.target, step, self.weight - stretch.passed)
    }

    /// What is asked for by the target in force on `date`, held inside the period; zero when there is none.
    pub fn target_on(&self, date: NaiveDate) -> i64 {
        self.in_force_on(date).map_or(0, |stretch| stretch.target)
    }

    /// The full target in force on `date`, held inside the period; zero when there is none.
    pub fn full_on(&self, date: NaiveDate) -> i64 {
        self.in_force_on(date).map_or(0, |stretch| stretch.full)
    }

    /// What the first target comes to for the days that count.
    pub fn original(&self) -> i64 {
        self.original
    }

    fn in_force_on(&self, date: NaiveDate) -> Option<&Stretch> {
        let date = date.clamp(self.period.start, self.period.last_day());
        self.stretches.iter().rev().find(|stretch| stretch.from <= date)
    }

    /// What the days weigh.
    pub fn weights(&self) -> &Weights<'a> {
        &self.weights
    }

    /// Weight in all: working days where they weigh alike, all days of a period that has no working day.
    pub fn weight(&self) -> i64 {
        self.weight
    }

    /// The weight of the days before `until`.
    pub fn weight_before(&self, until: NaiveDate) -> i64 {
        self.weights.before(until)
    }

    /// The line for the chart: the start, then a point at the end of each working day.
    pub fn required(&self) -> Vec<Point> {
        let ends = self.working_dates().map(|date| (date, self.expected_on(date)));
        std::iter::once((self.period.start, 0))
            .chain(ends)
            .zip(0..)
            .map(|((date, value), index)| Point { index, date, value })
            .collect()
    }

    /// Where each target begins: the goal as a stepped line.
    pub fn targets(&self) -> Vec<Point> {
        let steps = self.stretches.iter();
        steps
            .map(|step| Point {
                index: self.weights.all_days_before(step.from),
                date: step.from,
                value: step.target,
            })
            .collect()
    }

    /// The working days, in order.
    pub fn working_dates(&self) -> impl Iterator<Item = NaiveDate> + use<'_> {
        self.weights.dates()
    }

    /// The working days on which anything is asked for, in order.
    pub fn active_dates(&self) -> impl Iterator<Item = NaiveDate> + use<'_> {
        self.weights.active_dates()
    }

    /// What the latest target comes to.
    pub fn agreed(&self) -> i64 {
        self.agreed
    }

    /// The period of the goal.
    pub fn period(&self) -> Period {
        self.period
    }

    /// The stretch that leads to the end of the day before `until`.
    fn stretch_at(&self, until: NaiveDate) -> Option<&Stretch> {
        self.stretches.iter().rev().find(|stretch| stretch.from < until).or(self.stretches.first())
    }
}

/// The versions that are ever in force in the period, each from its first day there; the original from the start.
fn in_force(period: Period, versions: &[TargetVersion], effective: &[i64]) -> Vec<(TargetVersion, i64)> {
    let mut kept: Vec<(TargetVersion, i64)> = Vec::new();
    for (number, (version, effective)) in versions.iter().zip(effective).enumerate() {
        let effective_on = if number == 0 { period.start } else { version.effective_on.max(period.start) };
        while kept.last().is_some_and(|(earlier, _)| earlier.effective_on >= effective_on) {
            kept.pop();
        }
        kept.push((TargetVersion { effective_on, ..*version }, *effective));
    }
    kept.retain(|(version, _)| version.effective_on < period.end);
    kept
}
