//! What of a whole target is asked of somebody in a period: days before they join, of learning and of leave take from it
//! (rule 14). A scenario deals in what is asked, so that parts add up; goals hold the target for a whole period.
//!
//! Example: Sara joins half-way through the quarter. Her part of the plan is 500,000; her goal is 1,000,000 for a whole
//! quarter, of which 500,000 are asked of her.

use crate::attainment::engine::TargetVersion;
use crate::attainment::fair::{Activity, Terms, WHOLE_DAY, Weights};
use crate::goals::Goal;
use crate::kernel::calendar::WorkingCalendar;
use crate::kernel::period::Period;
use crate::kernel::ratio::scale;
use crate::org::Company;

/// What is asked of somebody, in parts of a working day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Of them.
    pub parts: i64,
    /// Of somebody who is there all the time.
    pub whole: i64,
}

impl Asked {
    /// By the company's calendar and what is known of somebody's work; nothing known is all of the time.
    pub fn of(calendar: &WorkingCalendar, period: Period, activity: Option<Activity>) -> Self {
        let weights = Weights::new(period, calendar, &Terms { season: None, activity });
        let whole = weights.all_days_before(period.end).saturating_mul(WHOLE_DAY);
        // of a target of as many parts as there are, all that is asked for is what is asked
        let all = TargetVersion { target: whole, effective_on: period.start, from_here: false };
        Self { parts: weights.effective(&[all]).pop().unwrap_or(whole), whole }
    }

    /// Whether less than everything is asked.
    pub const fn is_less(self) -> bool {
        0 < self.parts && self.parts < self.whole
    }

    /// The target for a whole period of which `part` is asked. Where nothing is asked, it is the part itself.
    pub fn in_full(self, part: i64) -> i64 {
        if self.is_less() { scale(part, self.whole, self.parts).unwrap_or(part) } else { part }
    }
}

/// Whole working days.
pub(super) fn days(parts: i64) -> i64 {
    scale(parts, 1, WHOLE_DAY).unwrap_or(0)
}

/// What a goal asks for in the end.
pub(super) fn of_goal(company: &Company, goal: &Goal) -> i64 {
    let terms = goal.engine_terms(&company.organisation);
    let weights = Weights::new(goal.period, &company.calendar, &terms);
    weights.effective(&goal.targets()).pop().unwrap_or_else(|| goal.target())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attainment::fair::ramp;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// June 2026 has 22 working days.
    fn june(activity: Option<Activity>) -> Asked {
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let june = Period::from_inclusive(day("2026-06-01"), day("2026-06-30")).unwrap();
        Asked::of(&calendar, june, activity)
    }

    #[test]
    fn days_of_work_are_counted_with_the_ramp() {
        assert_eq!(june(None), Asked { parts: 220_000, whole: 220_000 });
        let joins = Activity { from: Some(day("2026-06-15")), ..Activity::default() };
        assert_eq!(days(june(Some(joins.clone())).parts), 12);
        let learns = Activity { ramp: ramp(day("2026-06-15"), &[50]), ..joins };
        assert_eq!(june(Some(learns)).parts, 60_000, "twelve days at half");
        let gone = Activity { end: Some(day("2026-06-01")), ..Activity::default() };
        assert_eq!(june(Some(gone)).parts, 0);
    }

    #[test]
    fn a_part_stands_for_a_whole_target() {
        let half = Asked { parts: 110_000, whole: 220_000 };
        assert_eq!(half.in_full(500_000), 1_000_000);
        assert_eq!(Asked { parts: 0, whole: 220_000 }.in_full(500), 500);
        assert_eq!(june(None).in_full(500), 500);
    }

    proptest! {
        #[test]
        fn what_is_asked_of_the_whole_is_the_part(part in 0..1_000_000_000_000_i64, parts in 1..620_000_i64) {
            let asked = Asked { parts, whole: 620_000 };
            prop_assert_eq!(scale(asked.in_full(part), parts, 620_000), Some(part));
        }
    }
}
