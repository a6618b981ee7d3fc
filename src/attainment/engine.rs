//! One goal, evaluated: attainment, pace, what is needed, status and plain projection (rules 13 to 19).
//! Whole numbers only; each figure is rounded once.

use chrono::NaiveDate;

use super::fair::Terms;
use super::pace::PaceLine;
pub use super::status::{Status, StatusRules};
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;
use crate::kernel::ratio::{Exact, Pct, scale};

/// No projection before this much of the weight has passed, in percent (rule 19).
pub(super) const PROJECTION_FROM_PCT: i64 = 10;

/// A target from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetVersion {
    /// Minor units, or a count; not negative.
    pub target: i64,
    /// The first day it holds.
    pub effective_on: NaiveDate,
    /// Whether it is for the days from then on only, and the days before keep what held then.
    pub from_here: bool,
}

/// What is known about a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalFacts {
    /// The days that count.
    pub period: Period,
    /// The targets in the order they were recorded; the first is the original and holds from the start.
    pub versions: Vec<TargetVersion>,
    /// How it is measured.
    pub terms: Terms,
    /// What was reached in the period up to now.
    pub actual: i64,
    /// The business date.
    pub today: NaiveDate,
    /// Whether today counts as elapsed.
    pub today_is_over: bool,
}

/// The figures of a goal. Amounts are in minor units, or counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attainment {
    /// The full target in force today; before the period at its start, after it at its end.
    pub target: i64,
    /// The full target first agreed.
    pub original_target: i64,
    /// What the first agreed target would come to for the days that count (rule 14).
    pub original_effective: i64,
    /// What the latest target comes to, also before it is in force.
    pub agreed: i64,
    /// The target one is measured against: what the full one comes to for the days that count (rule 14).
    pub effective_target: i64,
    /// What was reached.
    pub actual: i64,
    /// Actual of effective target, uncapped; none when the target is zero.
    pub attainment: Option<Pct>,
    /// What should be reached today.
    pub expected: i64,
    /// The same in tenths, for small counts: 3 of 3.3.
    pub expected_tenths: i64,
    /// Actual less expected.
    pub against_pace: i64,
    /// Actual of the unrounded expected; none while nothing is expected.
    pub pace: Option<Pct>,
    /// What is left to the target, not below zero.
    pub remaining: i64,
    /// Working days left on which anything is asked for. In a period without working days every day counts as one.
    pub remaining_working_days: i64,
    /// Working days passed.
    pub elapsed_working_days: i64,
    /// Working days in all.
    pub working_days: i64,
    /// What each remaining working day must bring, rounded up so that it suffices; none when no day remains.
    pub needed_per_day: Option<i64>,
    /// What each elapsed working day brought; none before the first.
    pub achieved_per_day: Option<i64>,
    /// How it stands.
    pub status: Status,
    /// Where the plain run rate leads; none before a tenth of the weight has passed.
    pub projection: Option<i64>,
    /// Elapsed share of the weight.
    pub elapsed_weight: Pct,
}

/// What the status is judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    pub(super) target: i64,
    pub(super) actual: i64,
    pub(super) expected: Exact,
    pub(super) elapsed: i64,
    pub(super) weight: i64,
    pub(super) has_begun: bool,
    pub(super) is_over: bool,
}

/// The figures of one goal.
pub fn evaluate(facts: &GoalFacts, calendar: &WorkingCalendar, rules: &StatusRules) -> Attainment {
    let line = PaceLine::new(facts.period, &facts.versions, calendar, &facts.terms);
    let at = progress(facts, &line);
    let (days, passed) = (line.weights().days(), line.weights().days_before(until(facts)));
    let (left, days_left) = (at.target.saturating_sub(at.actual).max(0), days - passed);
    let expected = at.expected.round();
    Attainment {
        target: line.full_on(facts.today),
        original_target: facts.versions.first().map_or(0, |original| original.target),
        original_effective: line.original(),
        agreed: line.agreed(),
        effective_target: at.target,
        actual: at.actual,
        attainment: Pct::of(at.actual, at.target),
        expected,
        expected_tenths: at.expected.round_tenths(),
        against_pace: at.actual.saturating_sub(expected),
        pace: at.expected.pct_reached_by(at.actual),
        remaining: left,
        remaining_working_days: days_left,
        elapsed_working_days: passed,
        working_days: days,
        needed_per_day: (days_left > 0).then(|| divide_up(left, days_left)),
        achieved_per_day: scale(at.actual, 1, passed),
        status: rules.judge(&at),
        projection: projection(at.actual, at.elapsed, at.weight),
        elapsed_weight: Pct::of(at.elapsed, at.weight).unwrap_or(Pct(0)),
    }
}

/// Where `actual` leads at the same rate; none before a tenth of the weight has passed.
pub(super) fn projection(actual: i64, elapsed: i64, weight: i64) -> Option<i64> {
    let enough = elapsed > 0 && elapsed * 100 >= weight * PROJECTION_FROM_PCT;
    enough.then(|| scale(actual, weight, elapsed))?
}

/// The first day that has not elapsed.
fn until(facts: &GoalFacts) -> NaiveDate {
    let tomorrow = facts.today.succ_opt().unwrap_or(facts.today);
    if facts.today_is_over { tomorrow } else { facts.today }
}

fn progress(facts: &GoalFacts, line: &PaceLine<'_>) -> Progress {
    let until = until(facts);
    Progress {
        target: line.target_on(facts.today),
        actual: facts.actual,
        expected: line.at(until),
        elapsed: line.weight_before(until),
        weight: line.weight(),
        has_begun: facts.today >= facts.period.start,
        is_over: until >= facts.period.end,
    }
}

/// Rounded up. `amount` is not negative, `days` is positive.
fn divide_up(amount: i64, days: i64) -> i64 {
    amount / days + i64::from(amount % days > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn nordhem() -> WorkingCalendar {
        let holidays = ["2026-12-24", "2026-12-25", "2026-12-31"].map(day).into();
        WorkingCalendar { weekend: vec![6, 7], holidays }
    }

    /// Q4 2026 with 63 working days: 1.45 million, revised to 1.60 million on 12 October.
    fn elias(today: &str, today_is_over: bool, actual: i64) -> GoalFacts {
        GoalFacts {
            period: Period::from_inclusive(day("2026-10-01"), day("2026-12-31")).unwrap(),
            versions: vec![
                TargetVersion { target: 145_000_000, effective_on: day("2026-10-01"), from_here: false },
                TargetVersion { target: 160_000_000, effective_on: day("2026-10-12"), from_here: false },
            ],
            terms: Terms::default(),
            actual,
            today: day(today),
            today_is_over,
        }
    }

    fn figures(facts: &GoalFacts) -> Attainment {
        evaluate(facts, &nordhem(), &StatusRules::default())
    }

    #[test]
    fn a_revised_goal_by_hand() {
        // 7 of 63 days to 1.45M leave 161 111.11; 28 of the other 56 days are half the way to 1.60M
        let got = figures(&elias("2026-11-18", true, 102_450_000));
        assert_eq!((got.elapsed_working_days, got.working_days, got.remaining_working_days), (35, 63, 28));
        assert_eq!((got.target, got.original_target), (160_000_000, 145_000_000));
        assert_eq!((got.expected, got.against_pace), (88_055_556, 14_394_444));
        assert_eq!((got.attainment, got.pace), (Some(Pct(6403)), Some(Pct(11_635))));
        assert_eq!((got.remaining, got.needed_per_day), (57_550_000, Some(2_055_358)));
        assert_eq!((got.achieved_per_day, got.projection), (Some(2_927_143), Some(184_410_000)));
        assert_eq!((got.status, got.elapsed_weight), (Status::OnTrack, Pct(5556)));
    }

    #[test]
    fn the_line_does_not_jump_on_the_day_of_revision() {
        let (facts, calendar) = (elias("2026-10-12", false, 0), nordhem());
        let line = PaceLine::new(facts.period, &facts.versions, &calendar, &facts.terms);
        assert_eq!(line.expected_on(day("2026-09-30")), 0);
        assert_eq!(line.expected_on(day("2026-10-01")), 2_301_587, "1.45M / 63");
        assert_eq!(line.expected_on(day("2026-10-11")), 16_111_111, "Sunday: 7 days to 1.45M");
        assert_eq!(line.expected_on(day("2026-10-12")), 18_680_556, "plus a 56th of the rest to 1.60M");
        assert_eq!(line.expected_on(day("2026-12-31")), 160_000_000);
        assert_eq!(
            line.targets().iter().map(|p| (p.index, p.value)).collect::<Vec<_>>(),
            [(0, 145_000_000), (7, 160_000_000)]
        );
        assert_eq!(figures(&facts).target, 160_000_000, "in force from the day itself");
        assert_eq!(figures(&elias("2026-10-11", true, 0)).target, 145_000_000);
    }

    #[test]
    fn today_counts_when_it_is_over() {
        assert_eq!(figures(&elias("2026-10-01", false, 0)).elapsed_working_days, 0);
        assert_eq!(figures(&elias("2026-10-01", true, 0)).elapsed_working_days, 1);
        let last = figures(&elias("2026-12-31", false, 0));
        assert_eq!(
            (last.status, last.remaining_working_days),
            (Status::Behind, 0),
            "a holiday, but not over"
        );
        assert_eq!(last.needed_per_day, None);
        assert_eq!(figures(&elias("2026-12-31", true, 0)).status, Status::Missed);
    }

    #[test]
    fn a_version_from_the_start_or_before_replaces_the_base() {
        let mut facts = elias("2026-11-18", true, 0);
        facts.versions[1].effective_on = day("2026-09-01");
        assert_eq!(figures(&facts).expected, 88_888_889, "35 of 63 days to 1.60M");
        facts.versions.push(TargetVersion {
            target: 63_000,
            effective_on: day("2026-10-01"),
            from_here: false,
        });
        let got = figures(&facts);
        assert_eq!((got.expected, got.target, got.original_target), (35_000, 63_000, 145_000_000));
    }

    #[test]
    fn a_later_word_replaces_what_was_to_come() {
        let mut facts = elias("2026-12-31", true, 0);
        facts.versions.push(TargetVersion { target: 100, effective_on: day("2026-10-12"), from_here: false });
        assert_eq!(figures(&facts).target, 100);
        facts.versions.push(TargetVersion { target: 200, effective_on: day("2027-01-01"), from_here: false });
        assert_eq!(figures(&facts).target, 100, "never in force in the period");
    }

    #[test]
    fn a_lowered_target_is_the_most_that_is_asked_for() {
        let mut facts = elias("2026-12-18", true, 0);
        facts.versions[1] =
            TargetVersion { target: 50_000_000, effective_on: day("2026-11-19"), from_here: false };
        assert_eq!(figures(&facts).expected, 50_000_000, "the line stood at 80.6M");
    }

    #[test]
    fn no_target_is_not_applicable() {
        let mut facts = elias("2026-12-31", true, 5);
        facts.versions = vec![TargetVersion { target: 0, effective_on: day("2026-10-01"), from_here: false }];
        let got = figures(&facts);
        assert_eq!((got.status, got.attainment, got.pace), (Status::NotApplicable, None, None));
        facts.versions.clear();
        assert_eq!(figures(&facts).status, Status::NotApplicable);
    }

    #[test]
    fn a_period_without_working_days_is_weighed_by_calendar_days() {
        let facts = GoalFacts {
            period: Period::from_inclusive(day("2026-12-24"), day("2026-12-27")).unwrap(),
            versions: vec![TargetVersion { target: 400, effective_on: day("2026-12-24"), from_here: false }],
            terms: Terms::default(),
            actual: 100,
            today: day("2026-12-24"),
            today_is_over: true,
        };
        let got = figures(&facts);
        assert_eq!((got.expected, got.working_days, got.needed_per_day), (100, 4, Some(100)));
    }

    #[test]
    fn small_counts_are_judged_unrounded() {
        let facts = GoalFacts {
            versions: vec![TargetVersion { target: 6, effective_on: day("2026-10-01"), from_here: false }],
            ..elias("2026-11-18", true, 3)
        };
        let got = figures(&facts);
        assert_eq!((got.expected, got.expected_tenths, got.pace), (3, 33, Some(Pct(9000))), "3 of 3.33");
        assert_eq!(got.status, Status::AtRisk);
    }
}
