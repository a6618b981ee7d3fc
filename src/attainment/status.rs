//! The status of a goal: computed, never picked (rule 17).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::engine::Progress;

/// How a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The target is reached before the period is over.
    Reached,
    /// At the required pace, or near enough.
    OnTrack,
    /// Somewhat below the required pace.
    AtRisk,
    /// Clearly below the required pace.
    Behind,
    /// The period has not begun.
    NotStarted,
    /// There is no target to compare with.
    NotApplicable,
    /// The period is over and the target was reached.
    Met,
    /// The period is over and the target was clearly surpassed.
    Exceeded,
    /// The period is over and the target was not reached.
    Missed,
}

impl Status {
    /// All, best known by their [`Self::code`].
    pub const ALL: [Self; 9] = [
        Self::Reached,
        Self::OnTrack,
        Self::AtRisk,
        Self::Behind,
        Self::NotStarted,
        Self::NotApplicable,
        Self::Met,
        Self::Exceeded,
        Self::Missed,
    ];

    /// The name in addresses, style classes and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::OnTrack => "on_track",
            Self::AtRisk => "at_risk",
            Self::Behind => "behind",
            Self::NotStarted => "not_started",
            Self::NotApplicable => "not_applicable",
            Self::Met => "met",
            Self::Exceeded => "exceeded",
            Self::Missed => "missed",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// The company's boundaries, in whole percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRules {
    /// On track from this pace on.
    pub on_track_pct: i64,
    /// At risk from this pace on, behind below it.
    pub at_risk_pct: i64,
    /// A goal of a past period is exceeded from this attainment on.
    pub exceeded_pct: i64,
    /// Nobody is behind before this much of the period's weight has passed.
    pub grace_pct: i64,
}

impl Default for StatusRules {
    fn default() -> Self {
        Self { on_track_pct: 97, at_risk_pct: 85, exceeded_pct: 110, grace_pct: 5 }
    }
}

impl StatusRules {
    /// The status. Boundaries are decided on unrounded values.
    pub(super) fn judge(&self, at: &Progress) -> Status {
        if at.target == 0 {
            Status::NotApplicable
        } else if at.is_over {
            self.judge_result(at)
        } else if at.actual >= at.target {
            Status::Reached
        } else if !at.has_begun {
            Status::NotStarted
        } else {
            self.judge_pace(at)
        }
    }

    fn judge_result(&self, at: &Progress) -> Status {
        let share = i128::from(at.actual) * 100;
        if share >= i128::from(at.target) * i128::from(self.exceeded_pct) {
            Status::Exceeded
        } else if at.actual >= at.target {
            Status::Met
        } else {
            Status::Missed
        }
    }

    fn judge_pace(&self, at: &Progress) -> Status {
        let in_grace = at.elapsed * 100 < at.weight * self.grace_pct;
        if at.expected.is_reached_by(at.actual, self.on_track_pct) {
            Status::OnTrack
        } else if in_grace || at.expected.is_reached_by(at.actual, self.at_risk_pct) {
            Status::AtRisk
        } else {
            Status::Behind
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ratio::Exact;

    fn judge(actual: i64, elapsed: i64) -> Status {
        let expected = Exact::whole(0).towards(10_000, elapsed, 100);
        let at = Progress {
            target: 10_000,
            actual,
            expected,
            elapsed,
            weight: 100,
            has_begun: true,
            is_over: false,
        };
        StatusRules::default().judge(&at)
    }

    #[test]
    fn boundaries_belong_to_the_better_status() {
        assert_eq!((judge(4850, 50), judge(4849, 50)), (Status::OnTrack, Status::AtRisk));
        assert_eq!((judge(4250, 50), judge(4249, 50)), (Status::AtRisk, Status::Behind));
        assert_eq!((judge(10_000, 50), judge(9999, 50)), (Status::Reached, Status::OnTrack));
    }

    #[test]
    fn nobody_is_behind_before_a_twentieth_has_passed() {
        assert_eq!((judge(0, 4), judge(0, 5)), (Status::AtRisk, Status::Behind));
        assert_eq!((judge(0, 0), judge(-1, 0)), (Status::OnTrack, Status::AtRisk));
    }
}
