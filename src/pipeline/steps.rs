//! Which step leads where: one table, and decisions that are pure.
//!
//! | from | step | to | and |
//! |---|---|---|---|
//! | open | move to another stage | open | |
//! | open | win | won | its order is booked |
//! | open | lose | lost | with a reason |
//! | lost | reopen | open | |
//! | won | reopen | open | only after its order was undone or cancelled |

use crate::sales::DealStatus;

/// Whether an opportunity is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Not decided yet.
    Open,
    /// It became an order.
    Won,
    /// It will not become an order.
    Lost,
}

impl State {
    /// All, in order.
    pub const ALL: [Self; 3] = [Self::Open, Self::Won, Self::Lost];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Catalogue key of the state.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "pipeline-state-open",
            Self::Won => "pipeline-state-won",
            Self::Lost => "pipeline-state-lost",
        }
    }

    /// Colour of its tag.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Won => "on",
            Self::Lost => "off",
        }
    }

    /// Whether it is not decided.
    pub fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

/// What is done to an opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// To another stage.
    Move,
    /// It becomes an order.
    Win,
    /// It will not.
    Lose,
    /// It is taken up again.
    Reopen,
}

impl Step {
    /// All.
    pub const ALL: [Self; 4] = [Self::Move, Self::Win, Self::Lose, Self::Reopen];
}

/// Where `step` leads from `state`; the key of why it cannot be taken otherwise. `order` is where the order of a won one
/// stands.
pub fn next(state: State, step: Step, order: Option<DealStatus>) -> Result<State, &'static str> {
    let order_stands = order == Some(DealStatus::Booked);
    match (state, step) {
        (State::Won, Step::Reopen) if order_stands => Err("error-pipeline-order"),
        (State::Open, Step::Move) | (State::Won | State::Lost, Step::Reopen) => Ok(State::Open),
        (State::Open, Step::Win) => Ok(State::Won),
        (State::Open, Step::Lose) => Ok(State::Lost),
        (State::Won, _) => Err("error-pipeline-won"),
        (State::Lost, _) => Err("error-pipeline-lost"),
        (State::Open, Step::Reopen) => Err("error-pipeline-open"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_for_every_state_and_step() {
        let booked = Some(DealStatus::Booked);
        let to = |state, order| Step::ALL.map(|step| next(state, step, order).ok());
        assert_eq!(
            to(State::Open, None),
            [Some(State::Open), Some(State::Won), Some(State::Lost), None],
            "move, win, lose, reopen"
        );
        assert_eq!(to(State::Lost, None), [None, None, None, Some(State::Open)]);
        assert_eq!(to(State::Won, booked), [None; 4], "its order stands");
        for gone in [DealStatus::Cancelled, DealStatus::Undone] {
            assert_eq!(to(State::Won, Some(gone)), [None, None, None, Some(State::Open)]);
        }
    }
}
