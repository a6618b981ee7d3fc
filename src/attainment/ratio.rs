//! A goal of a ratio, evaluated (rule 15): on-time share, scores, reply times. Nothing is collected day by day, so there
//! is no pace to keep up with: what was reached is compared with the target itself, at any time.

use super::Nature;
use super::engine::{Attainment, GoalFacts, Status, StatusRules, until};
use super::pace::PaceLine;
use crate::facts::Facts;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::ratio::{Exact, Pct, scale};

/// What facts come to: a part × scale ÷ the whole, rounded once, or the sum of what adds up. Nothing without a whole.
pub fn value(nature: Nature, facts: Facts) -> Option<i64> {
    match nature {
        Nature::Ratio { scale: unit, .. } => scale(facts.part, unit, facts.whole),
        Nature::Sum => Some(facts.part),
    }
}

/// The figures of a goal that is a ratio of facts. What was reached is worked out once from all of them. Without any fact
/// there is nothing to compare yet.
pub fn evaluate(
    goal: &GoalFacts,
    facts: Facts,
    nature: Nature,
    calendar: &WorkingCalendar,
    rules: &StatusRules,
) -> Attainment {
    let line = PaceLine::new(goal.period, &goal.versions, calendar, &goal.terms.in_full());
    let target = line.full_on(goal.today);
    let original = goal.versions.first().map_or(0, |version| version.target);
    let (scale, lower) = match nature {
        Nature::Ratio { scale, lower_is_better } => (scale, lower_is_better),
        Nature::Sum => (1, false),
    };
    let value = Exact::ratio(i128::from(facts.part) * i128::from(scale), facts.whole.into());
    let actual = value.map_or(0, Exact::round);
    let attainment = value.and_then(|value| attained(value, target, lower));
    let (days, passed) = (line.weights().days(), line.weights().days_before(until(goal)));
    let lack = if lower { actual.saturating_sub(target) } else { target.saturating_sub(actual) };
    Attainment {
        target,
        original_target: original,
        original_effective: original,
        agreed: goal.versions.last().map_or(0, |version| version.target),
        effective_target: target,
        actual,
        attainment,
        expected: target,
        expected_tenths: target.saturating_mul(10),
        against_pace: actual.saturating_sub(target),
        pace: attainment,
        remaining: if value.is_some() { lack.max(0) } else { 0 },
        remaining_working_days: days - passed,
        elapsed_working_days: passed,
        working_days: days,
        needed_per_day: None,
        achieved_per_day: None,
        status: judge(goal, attainment, target, rules),
        projection: None,
        elapsed_weight: Pct::of(passed, days).unwrap_or(Pct(0)),
        basis: Some(facts.whole),
    }
}

/// Actual ÷ target; for lower-is-better max(0, 2 − actual ÷ target). Nothing without a target.
fn attained(value: Exact, target: i64, lower_is_better: bool) -> Option<Pct> {
    let reached = value.pct_of(target)?;
    Some(if lower_is_better { Pct((20_000 - reached.0).max(0)) } else { reached })
}

fn judge(goal: &GoalFacts, attainment: Option<Pct>, target: i64, rules: &StatusRules) -> Status {
    let is_over = until(goal) >= goal.period.end;
    let Some(Pct(reached)) = attainment else {
        return if target == 0 || is_over { Status::NotApplicable } else { Status::NotStarted };
    };
    let at_least = |pct: i64| reached >= pct * 100;
    match is_over {
        true if at_least(rules.exceeded_pct) => Status::Exceeded,
        true if at_least(100) => Status::Met,
        true => Status::Missed,
        false if at_least(rules.on_track_pct) => Status::OnTrack,
        false if at_least(rules.at_risk_pct) => Status::AtRisk,
        false => Status::Behind,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::Metric;
    use super::super::engine::TargetVersion;
    use super::super::fair::Terms;
    use super::*;
    use crate::kernel::period::Period;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn figures(metric: Metric, target: i64, part: i64, whole: i64, today: &str) -> Attainment {
        let period = Period::from_inclusive(day("2026-10-01"), day("2026-12-31")).unwrap();
        let goal = GoalFacts {
            period,
            versions: vec![TargetVersion { target, effective_on: period.start, from_here: false }],
            terms: Terms::default(),
            actual: 0,
            today: day(today),
            today_is_over: false,
        };
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        evaluate(&goal, Facts { part, whole }, metric.nature(), &calendar, &StatusRules::default())
    }

    #[test]
    fn a_share_is_compared_with_its_target_at_any_time() {
        // 47 of 50 on time are 94 %, of 95 %
        let got = figures(Metric::OnTimeDelivery, 9_500, 47, 50, "2026-10-02");
        assert_eq!((got.actual, got.attainment, got.status), (9_400, Some(Pct(9_895)), Status::OnTrack));
        assert_eq!(
            (got.remaining, got.needed_per_day, got.projection, got.basis),
            (100, None, None, Some(50))
        );
        // 2 of 3 are 66.67 % when shown, and 70.1754 % of the target unrounded
        let got = figures(Metric::OnTimeDelivery, 9_500, 2, 3, "2026-11-18");
        assert_eq!((got.actual, got.attainment, got.status), (6_667, Some(Pct(7_018)), Status::Behind));
    }

    #[test]
    fn less_is_better_for_reply_times() {
        // 2 − 150 ÷ 120 = 75 %, 2 − 90 ÷ 120 = 125 %, 2 − 300 ÷ 120 is below zero
        let at = |minutes| figures(Metric::FirstReplyTime, 120, minutes, 1, "2026-11-18");
        assert_eq!((at(150).attainment, at(150).status), (Some(Pct(7_500)), Status::Behind));
        assert_eq!(
            (at(90).attainment, at(90).status, at(90).remaining),
            (Some(Pct(12_500)), Status::OnTrack, 0)
        );
        assert_eq!(at(300).attainment, Some(Pct(0)));
        assert_eq!(figures(Metric::FirstReplyTime, 120, 90, 1, "2027-01-01").status, Status::Exceeded);
    }

    #[test]
    fn without_facts_there_is_nothing_to_compare() {
        let got = figures(Metric::CustomerScore, 425, 0, 0, "2026-11-18");
        assert_eq!((got.actual, got.attainment, got.status, got.remaining), (0, None, Status::NotStarted, 0));
        assert_eq!(figures(Metric::CustomerScore, 425, 0, 0, "2027-01-01").status, Status::NotApplicable);
        assert_eq!(figures(Metric::CustomerScore, 0, 850, 2, "2026-11-18").status, Status::NotApplicable);
    }
}
