//! Who closes, what can be closed next, and which step leads where.

use chrono::NaiveDate;

use super::{Closing, State};
use crate::auth::{Actor, Role};
use crate::kernel::id::UserId;
use crate::kernel::period::{FiscalCalendar, Period, PeriodKind};

/// Whether the actor reviews, closes and reopens periods.
pub fn closes(actor: &Actor) -> bool {
    matches!(actor.role, Role::Executive | Role::Finance | Role::Admin)
}

/// What can be closed next: periods that are over and begin where what is closed ends; while nothing is closed, the
/// last of each length.
pub fn next(fiscal: FiscalCalendar, open_from: Option<NaiveDate>, today: NaiveDate) -> Vec<Period> {
    let candidate = |kind| match open_from {
        Some(open) => Some(fiscal.containing(kind, open)).filter(|period| period.start == open),
        None => Some(fiscal.previous(kind, &fiscal.containing(kind, today))),
    };
    let mut periods: Vec<Period> =
        PeriodKind::ALL.into_iter().filter_map(candidate).filter(|period| period.end <= today).collect();
    periods.dedup();
    periods
}

/// A step with a closing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// End the review without closing.
    GiveUp,
    /// Settle the figures.
    Close,
    /// Ask for it to be reopened.
    Ask,
    /// Reopen it.
    Reopen,
}

/// Where a step leads; nothing when it cannot be taken. Only what was closed last can be opened (`is_last`), and not by
/// the one who asked for it.
pub fn after(closing: &Closing, step: Step, by: UserId, is_last: bool) -> Option<State> {
    let asked_by = closing.asked.as_ref().map(|(did, _)| did.user);
    match (closing.state, step) {
        (State::InReview, Step::GiveUp) => Some(State::GivenUp),
        (State::InReview, Step::Close) => Some(State::Closed),
        (State::Closed, Step::Ask) if is_last && asked_by.is_none() => Some(State::Closed),
        (State::Closed, Step::Reopen) if is_last && asked_by.is_some_and(|asked| asked != by) => {
            Some(State::Reopened)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::{ClosingId, Did};
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn codes(open_from: Option<&str>, today: &str) -> Vec<String> {
        let periods = next(FiscalCalendar { start_month: 1 }, open_from.map(day), day(today));
        periods.iter().map(|period| format!("{} {}", period.start, period.last_day())).collect()
    }

    #[test]
    fn what_is_over_and_comes_next_can_be_closed() {
        let first = [
            "2026-10-01 2026-10-31",
            "2026-07-01 2026-09-30",
            "2026-01-01 2026-06-30",
            "2025-01-01 2025-12-31",
        ];
        assert_eq!(codes(None, "2026-11-18"), first);
        assert_eq!(codes(Some("2026-10-01"), "2026-11-18"), ["2026-10-01 2026-10-31"], "the quarter goes on");
        assert_eq!(
            codes(Some("2026-10-01"), "2027-01-01"),
            ["2026-10-01 2026-10-31", "2026-10-01 2026-12-31"]
        );
        assert_eq!(codes(Some("2026-11-01"), "2026-11-18"), Vec::<String>::new());
    }

    #[test]
    fn reopening_takes_two() {
        let did = |user| Did { user: UserId(user), name: String::new(), at: DateTime::UNIX_EPOCH };
        let period = Period::new(day("2026-07-01"), day("2026-10-01")).unwrap();
        let closing = |state, asked: Option<i64>| Closing {
            id: ClosingId(1),
            period,
            state,
            begun: did(1),
            closed: Some(did(1)),
            asked: asked.map(|user| (did(user), "Because".to_owned())),
            reopened: None,
            version: 1,
        };
        let (one, two) = (UserId(1), UserId(2));
        assert_eq!(after(&closing(State::Closed, None), Step::Reopen, two, true), None, "nobody asked");
        assert_eq!(after(&closing(State::Closed, Some(1)), Step::Reopen, one, true), None);
        let open = after(&closing(State::Closed, Some(1)), Step::Reopen, two, true);
        assert_eq!(open, Some(State::Reopened));
        assert_eq!(after(&closing(State::Closed, Some(1)), Step::Reopen, two, false), None, "not the last");
        assert_eq!(after(&closing(State::Closed, Some(1)), Step::Ask, two, true), None, "once is enough");
        assert_eq!(after(&closing(State::Reopened, Some(1)), Step::Close, two, true), None);
        assert_eq!(after(&closing(State::InReview, None), Step::Close, one, true), Some(State::Closed));
    }
}
