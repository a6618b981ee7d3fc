//! What may become of leave that was asked for, and who decides.

use chrono::NaiveDate;

use crate::auth::{Actor, Role};
use crate::kernel::id::{EmployeeId, UserId};
use crate::kernel::period::Period;

/// What became of leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for an answer; lowers nothing yet.
    Requested,
    /// Lowers targets.
    Approved,
    /// Was refused.
    Declined,
    /// Was taken back.
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Approved, Self::Declined, Self::Withdrawn];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where an answer leads; nothing when there is no such step.
    pub const fn after(self, answer: Answer) -> Option<Self> {
        match (self, answer) {
            (Self::Requested, Answer::Approve) => Some(Self::Approved),
            (Self::Requested, Answer::Decline) => Some(Self::Declined),
            (Self::Requested | Self::Approved, Answer::Withdraw) => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// The days of approved relief that ends with `last`. A fault: it is not before the present last day, or before the first one;
/// or days change that are closed, `open_from` being the first that is not.
pub fn ends(period: &Period, last: NaiveDate, open_from: Option<NaiveDate>) -> Result<Period, &'static str> {
    let shorter = Period::from_inclusive(period.start, last).filter(|shorter| shorter.end < period.end);
    let shorter = shorter.ok_or("capacity-error-end")?;
    if open_from.is_some_and(|open| shorter.end < open) {
        return Err("capacity-error-end-closed");
    }
    Ok(shorter)
}

/// What can be said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is granted.
    Approve,
    /// It is refused.
    Decline,
    /// It is taken back.
    Withdraw,
}

impl Answer {
    /// Reads what forms send.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "approve" => Some(Self::Approve),
            "decline" => Some(Self::Decline),
            "withdraw" => Some(Self::Withdraw),
            _ => None,
        }
    }
}

/// What somebody is to a person whose capacity it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// They are the person.
    pub themself: bool,
    /// They set the person's goals.
    pub sets_goals: bool,
}

impl Relation {
    /// What `actor` is to `person`; `sets_goals` says whether they set the person's goals.
    pub fn new(actor: &Actor, person: EmployeeId, sets_goals: bool) -> Self {
        let themself = actor.employee == Some(person);
        Self { themself, sets_goals: sets_goals && !themself }
    }

    /// Whether they see ramps and leave with its reasons.
    pub const fn sees(self) -> bool {
        self.themself || self.sets_goals
    }

    /// Whether they may ask for leave.
    pub const fn asks(self) -> bool {
        self.themself || self.sets_goals
    }

    /// Whether they may take a step with leave that `requested_by` asked for. Nobody approves what they asked for.
    pub fn takes(self, answer: Answer, actor: &Actor, requested_by: UserId) -> bool {
        match answer {
            Answer::Approve | Answer::Decline => self.sets_goals && actor.user != requested_by,
            Answer::Withdraw => self.themself || self.sets_goals || actor.user == requested_by,
        }
    }
}

/// Whether the actor answers leave of anybody.
pub fn answers_any(actor: &Actor) -> bool {
    actor.leads() || matches!(actor.role, Role::Executive | Role::Admin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relief_ends_earlier_and_only_on_open_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let leave = Period::from_inclusive(day("2026-09-21"), day("2026-10-30")).unwrap();
        let last = |last: &str, open: Option<&str>| {
            ends(&leave, day(last), open.map(day)).map(|period| period.last_day().to_string())
        };
        assert_eq!(last("2026-10-09", Some("2026-10-01")), Ok("2026-10-09".to_owned()));
        assert_eq!(
            last("2026-09-30", Some("2026-10-01")),
            Ok("2026-09-30".to_owned()),
            "all open days are given back"
        );
        assert_eq!(last("2026-09-29", Some("2026-10-01")), Err("capacity-error-end-closed"));
        assert_eq!(last("2026-09-29", None), Ok("2026-09-29".to_owned()));
        for wrong in ["2026-10-30", "2026-11-02", "2026-09-20"] {
            assert_eq!(last(wrong, None), Err("capacity-error-end"), "{wrong}");
        }
    }

    #[test]
    fn only_what_waits_is_answered_and_what_was_granted_can_be_taken_back() {
        let leads = |state: State| {
            [Answer::Approve, Answer::Decline, Answer::Withdraw].map(|answer| state.after(answer))
        };
        let all = [Some(State::Approved), Some(State::Declined), Some(State::Withdrawn)];
        assert_eq!(leads(State::Requested), all);
        assert_eq!(leads(State::Approved), [None, None, Some(State::Withdrawn)]);
        assert_eq!(leads(State::Declined), [None; 3]);
        assert_eq!(leads(State::Withdrawn), [None; 3]);
    }
}
