//! Which step leads where, and who may take it: two tables, and decisions that are pure.
//!
//! Meetings:
//!
//! | from | step | by | to |
//! |---|---|---|---|
//! | planned | move | the chair | planned |
//! | planned | hold, not before its day | the chair | held |
//! | held | take back, while the next one is empty | the chair | planned |
//! | held | correct a note | who takes part | held |
//!
//! What was decided:
//!
//! | from | step | by | to |
//! |---|---|---|---|
//! | open | change | the chair | open |
//! | open | finish | the owner, the chair | done |
//! | open | drop, with a reason | the chair | dropped |
//! | done, dropped | reopen | the owner, the chair | open |
//! | open | undo, as the first step | who wrote it | undone |

/// How far a meeting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to come, or goes on.
    Planned,
    /// It was held, and shows what it saw then.
    Held,
}

impl State {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Held => "held",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Planned, Self::Held].into_iter().find(|state| state.code() == code)
    }
}

/// What is done with a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is planned, by itself or with its series.
    Plan,
    /// It is put on another day.
    Move,
    /// It is over.
    Hold,
    /// A note of it is corrected.
    Correct,
    /// It is not over after all.
    TakeBack,
}

impl Step {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Move => "move",
            Self::Hold => "hold",
            Self::Correct => "correct",
            Self::TakeBack => "take_back",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Plan, Self::Move, Self::Hold, Self::Correct, Self::TakeBack]
            .into_iter()
            .find(|step| step.code() == code)
    }

    /// Where it leads from a state; nothing when the table has no such row.
    pub fn from(self, state: State) -> Option<State> {
        match (state, self) {
            (State::Planned, Self::Move) | (State::Held, Self::TakeBack) => Some(State::Planned),
            (State::Planned, Self::Hold) | (State::Held, Self::Correct) => Some(State::Held),
            _ => None,
        }
    }
}

/// Where what was decided stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is to be done.
    Open,
    /// It was done.
    Done,
    /// It will not be done, with the reason.
    Dropped,
    /// It was taken back right after it was written.
    Undone,
}

impl Outcome {
    /// Those that lists show, in order.
    pub const SHOWN: [Self; 3] = [Self::Open, Self::Done, Self::Dropped];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
            Self::Undone => "undone",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Dropped, Self::Undone].into_iter().find(|state| state.code() == code)
    }
}

/// What is done with something that was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It is decided.
    Decide,
    /// It is another thing, somebody else's, or due on another day.
    Change,
    /// It is done.
    Finish,
    /// It will not be done.
    Drop,
    /// It is open again.
    Reopen,
    /// It was not decided.
    Undo,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Whether they answer for it.
    pub owner: bool,
    /// Whether they lead the meeting, or stand above it.
    pub chair: bool,
    /// Whether they wrote it, and nothing was done with it since.
    pub writer: bool,
}

impl Act {
    /// All that can be done with it once it is decided.
    pub const ALL: [Self; 5] = [Self::Finish, Self::Change, Self::Drop, Self::Reopen, Self::Undo];

    /// The stored code, which is also how addresses name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Change => "change",
            Self::Finish => "finish",
            Self::Drop => "drop",
            Self::Reopen => "reopen",
            Self::Undo => "undo",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Decide]).find(|act| act.code() == code)
    }

    /// Where it leads from a state for somebody; nothing when the table has no such row.
    pub fn from(self, state: Outcome, side: Side) -> Option<Outcome> {
        match (state, self) {
            (Outcome::Open, Self::Change) if side.chair => Some(Outcome::Open),
            (Outcome::Open, Self::Finish) if side.owner || side.chair => Some(Outcome::Done),
            (Outcome::Open, Self::Drop) if side.chair => Some(Outcome::Dropped),
            (Outcome::Open, Self::Undo) if side.writer => Some(Outcome::Undone),
            (Outcome::Done | Outcome::Dropped, Self::Reopen) if side.owner || side.chair => {
                Some(Outcome::Open)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meeting_is_held_once_and_can_be_taken_back() {
        assert_eq!(Step::Hold.from(State::Planned), Some(State::Held));
        assert_eq!(Step::Hold.from(State::Held), None);
        assert_eq!(Step::Move.from(State::Held), None);
        assert_eq!(Step::TakeBack.from(State::Held), Some(State::Planned));
        assert_eq!(Step::Correct.from(State::Planned), None, "a note of a meeting to come is only written");
    }

    #[test]
    fn the_owner_finishes_and_only_the_chair_drops() {
        let owner = Side { owner: true, ..Side::default() };
        let chair = Side { chair: true, ..Side::default() };
        let able = |state, side| {
            Act::ALL.into_iter().filter(|act| act.from(state, side).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(able(Outcome::Open, owner), [Act::Finish]);
        assert_eq!(able(Outcome::Open, chair), [Act::Finish, Act::Change, Act::Drop]);
        assert_eq!(able(Outcome::Open, Side { writer: true, ..Side::default() }), [Act::Undo]);
        assert_eq!(able(Outcome::Done, owner), [Act::Reopen]);
        assert_eq!(able(Outcome::Dropped, Side::default()), []);
        assert_eq!(able(Outcome::Undone, chair), [], "what never was stays so");
    }
}
