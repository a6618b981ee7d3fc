//! When an open opportunity has come to a stand.

use chrono::NaiveDate;

/// Why it is stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// It stays in its stage longer than those that went on.
    Stage,
    /// Its next step is overdue.
    NextStep,
    /// The day it was expected to be decided has passed.
    Expected,
}

impl Stuck {
    /// Catalogue key of the reason.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Stage => "pipeline-stuck-stage",
            Self::NextStep => "pipeline-stuck-next",
            Self::Expected => "pipeline-stuck-expected",
        }
    }
}

/// What decides it. Dates are business days.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Since when it stands in its stage.
    pub since: NaiveDate,
    /// Days in that stage that are not too long.
    pub patience: i64,
    /// The day of the next step.
    pub next_on: Option<NaiveDate>,
    /// The day it is expected to be decided.
    pub expected_on: Option<NaiveDate>,
}

/// Every reason why it is stuck today. The list of opportunities says the same in SQL.
pub fn reasons(one: &Standing, today: NaiveDate) -> Vec<Stuck> {
    let passed = |day: Option<NaiveDate>| day.is_some_and(|day| day < today);
    let each = [
        (Stuck::Stage, (today - one.since).num_days() > one.patience),
        (Stuck::NextStep, passed(one.next_on)),
        (Stuck::Expected, passed(one.expected_on)),
    ];
    each.into_iter().filter(|(_, is)| *is).map(|(why, _)| why).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn each_reason_begins_the_day_after() {
        let one =
            Standing { since: day(1), patience: 10, next_on: Some(day(12)), expected_on: Some(day(13)) };
        assert_eq!(reasons(&one, day(11)), []);
        assert_eq!(reasons(&one, day(12)), [Stuck::Stage]);
        assert_eq!(reasons(&one, day(13)), [Stuck::Stage, Stuck::NextStep]);
        assert_eq!(reasons(&one, day(14)), [Stuck::Stage, Stuck::NextStep, Stuck::Expected]);
    }
}
