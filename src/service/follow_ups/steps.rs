//! How a follow-up goes on: one table, and decisions that are pure.
//!
//! | from | step | to |
//! |---|---|---|
//! | open, not reached, reached, needs help | reach | reached |
//! | open, not reached | miss | not reached, which is still to be done |
//! | open, not reached, reached, needs help | help | needs help |
//! | open, not reached | close | closed: given up without having reached the customer |
//! | open, not reached | move | the same, on another day |
//! | open, not reached | assign | the same, of somebody else |
//! | open, not reached | withdraw | withdrawn: it need not be done |
//! | withdrawn | restore | open |
//! | any | back | as it was before the latest step |

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::service::measures;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FollowUpState)]
pub enum State {
    /// To be done.
    Open,
    /// Tried; still to be done.
    NotReached,
    /// The customer was talked to.
    Reached,
    /// The customer was talked to and needs help.
    NeedsHelp,
    /// Given up.
    Closed,
    /// It need not be done; it counts nowhere.
    Withdrawn,
}

impl State {
    /// All, in the order they are offered.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::NotReached, Self::Reached, Self::NeedsHelp, Self::Closed, Self::Withdrawn];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::NotReached => "not_reached",
            Self::Reached => "reached",
            Self::NeedsHelp => "needs_help",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::NotReached)
    }

    /// Whether the customer was talked to.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Reached | Self::NeedsHelp)
    }

    /// Colour of its tag.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Open | Self::Withdrawn => "",
            Self::NotReached => "risk",
            Self::Reached => "on",
            Self::NeedsHelp | Self::Closed => "off",
        }
    }
}

/// What somebody does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Talked to the customer.
    Reach,
    /// Tried.
    Miss,
    /// Talked to the customer, who needs help.
    Help,
    /// Gives it up.
    Close,
    /// Puts it on another day.
    Move,
    /// Gives it to somebody else.
    Assign,
    /// Says that it need not be done.
    Withdraw,
    /// Says that it is to be done after all.
    Restore,
    /// Takes the latest step back.
    Back,
}

impl Step {
    /// All, in the order they are offered.
    pub const ALL: [Self; 9] = [
        Self::Reach,
        Self::Miss,
        Self::Help,
        Self::Close,
        Self::Move,
        Self::Assign,
        Self::Withdraw,
        Self::Restore,
        Self::Back,
    ];

    /// The stored code, which is also how addresses name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Miss => "miss",
            Self::Help => "help",
            Self::Close => "close",
            Self::Move => "move",
            Self::Assign => "assign",
            Self::Withdraw => "withdraw",
            Self::Restore => "restore",
            Self::Back => "back",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Whether it must say why.
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Close | Self::Move | Self::Withdraw)
    }

    const fn from(self) -> &'static [State] {
        const TALKING: &[State] = &[State::Open, State::NotReached, State::Reached, State::NeedsHelp];
        const OPEN: &[State] = &[State::Open, State::NotReached];
        match self {
            Self::Reach | Self::Help => TALKING,
            Self::Miss | Self::Close | Self::Move | Self::Assign | Self::Withdraw => OPEN,
            Self::Restore => &[State::Withdrawn],
            Self::Back => &[],
        }
    }

    const fn to(self) -> Option<State> {
        match self {
            Self::Reach => Some(State::Reached),
            Self::Miss => Some(State::NotReached),
            Self::Help => Some(State::NeedsHelp),
            Self::Close => Some(State::Closed),
            Self::Withdraw => Some(State::Withdrawn),
            Self::Restore => Some(State::Open),
            Self::Move | Self::Assign | Self::Back => None,
        }
    }
}

/// What a step says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The customer's score, 0 to 10.
    pub score: Option<i16>,
    /// What the customer said, or why.
    pub words: String,
    /// What could be offered next.
    pub offer: String,
    /// Worth about, minor units of the company's currency.
    pub amount: Option<i64>,
    /// The new day.
    pub due_on: Option<NaiveDate>,
    /// Whom it is given to.
    pub owner: Option<EmployeeId>,
}

/// Everything about a follow-up that steps change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How far it has come.
    pub state: State,
    /// Whose it is.
    pub owner: Option<EmployeeId>,
    /// The department that answers for it.
    pub department: Option<DepartmentId>,
    /// When it is to be done.
    pub due_on: NaiveDate,
    /// The due date that decides whether it was in time.
    pub counts_by: NaiveDate,
    /// When it was.
    pub done_on: Option<NaiveDate>,
    /// The customer's score, 0 to 10.
    pub score: Option<i16>,
    /// What the customer said, or why it was given up.
    pub words: String,
    /// What could be offered next.
    pub offer: String,
    /// Worth about, minor units of the company's currency.
    pub amount: Option<i64>,
}

impl Standing {
    /// The steps that can be taken now, without taking one back.
    pub fn steps(&self) -> Vec<Step> {
        Step::ALL.into_iter().filter(|step| step.from().contains(&self.state)).collect()
    }

    /// Where `step` leads; nothing when the table has no such row, or the step does not say what it must.
    pub fn after(&self, step: Step, said: &Said, today: NaiveDate) -> Option<Self> {
        if !step.from().contains(&self.state) || (step.needs_words() && said.words.is_empty()) {
            return None;
        }
        let mut next = Self { state: step.to().unwrap_or(self.state), ..self.clone() };
        match step {
            Step::Move => {
                next.due_on = said.due_on?;
                // what was late stays late
                if self.counts_by >= today {
                    next.counts_by = next.due_on;
                }
            }
            Step::Assign => next.owner = Some(said.owner?),
            Step::Withdraw | Step::Restore | Step::Back => {}
            Step::Reach | Step::Miss | Step::Help | Step::Close => next.say(step, said, today),
        }
        Some(next)
    }

    fn say(&mut self, step: Step, said: &Said, today: NaiveDate) {
        self.done_on = (step != Step::Miss).then(|| self.done_on.unwrap_or(today));
        self.score = said.score.filter(|_| self.state.is_done());
        said.words.clone_into(&mut self.words);
        said.offer.clone_into(&mut self.offer);
        self.amount = said.amount;
    }

    /// What it counts for follow-ups in time: on which day and what. Late is late on the day after its due date, also when
    /// it is done since; given up is not done. Nothing while there is time, and when it need not be done.
    pub fn in_time(&self, today: NaiveDate) -> Option<(NaiveDate, Facts)> {
        let said = |day, part| Some((day, Facts { part, whole: 1 }));
        let late = || said(self.counts_by.succ_opt().unwrap_or(self.counts_by), 0);
        match (self.state, self.done_on) {
            (State::Withdrawn, _) => None,
            (_, Some(done)) if done <= self.counts_by => said(done, i64::from(self.state.is_done())),
            (_, Some(_)) => late(),
            (_, None) if today > self.counts_by => late(),
            (_, None) => None,
        }
    }

    /// What the customer's score counts: on which day and what.
    pub fn scored(&self) -> Option<(NaiveDate, Facts)> {
        self.done_on.zip(self.score).map(|(day, score)| (day, measures::score(score)))
    }

    /// Whether it should have been done before `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.state.is_open() && self.due_on < today
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn open() -> Standing {
        Standing {
            state: State::Open,
            owner: Some(EmployeeId(1)),
            department: None,
            due_on: day("2026-11-18"),
            counts_by: day("2026-11-18"),
            done_on: None,
            score: None,
            words: String::new(),
            offer: String::new(),
            amount: None,
        }
    }

    fn words(words: &str) -> Said {
        Said { words: words.into(), ..Said::default() }
    }

    #[test]
    fn reached_in_time_counts_one_of_one_and_late_none_of_one() {
        let score = Said { score: Some(9), ..words("Works well") };
        let in_time = open().after(Step::Reach, &score, day("2026-11-18")).unwrap();
        assert_eq!(
            in_time.in_time(day("2026-12-01")),
            Some((day("2026-11-18"), Facts { part: 1, whole: 1 }))
        );
        assert_eq!(in_time.scored(), Some((day("2026-11-18"), Facts { part: 900, whole: 1 })));
        let late = open().after(Step::Reach, &score, day("2026-11-25")).unwrap();
        assert_eq!(late.in_time(day("2026-12-01")), Some((day("2026-11-19"), Facts { part: 0, whole: 1 })));
        assert_eq!(open().in_time(day("2026-11-18")), None, "there is time until the day is over");
        assert_eq!(open().in_time(day("2026-11-19")), Some((day("2026-11-19"), Facts { part: 0, whole: 1 })));
    }

    #[test]
    fn trying_is_not_doing_and_giving_up_counts_as_not_done() {
        let tried = open().after(Step::Miss, &Said::default(), day("2026-11-17")).unwrap();
        assert_eq!(
            (tried.state, tried.done_on, tried.in_time(day("2026-11-18"))),
            (State::NotReached, None, None)
        );
        assert_eq!(open().after(Step::Close, &Said::default(), day("2026-11-17")), None, "why?");
        let closed = tried.after(Step::Close, &words("Moved abroad"), day("2026-11-17")).unwrap();
        assert_eq!(closed.in_time(day("2026-11-18")), Some((day("2026-11-17"), Facts { part: 0, whole: 1 })));
        let withdrawn = open().after(Step::Withdraw, &words("Bankrupt"), day("2026-11-25")).unwrap();
        assert_eq!(withdrawn.in_time(day("2026-12-01")), None);
        assert_eq!(withdrawn.steps(), [Step::Restore]);
    }

    #[test]
    fn moving_what_is_late_does_not_mend_it() {
        let said = Said { due_on: Some(day("2026-12-01")), ..words("On holiday until then") };
        let moved = open().after(Step::Move, &said, day("2026-11-18")).unwrap();
        assert_eq!((moved.due_on, moved.counts_by), (day("2026-12-01"), day("2026-12-01")));
        let late = open().after(Step::Move, &said, day("2026-11-19")).unwrap();
        assert_eq!((late.due_on, late.counts_by), (day("2026-12-01"), day("2026-11-18")));
        assert!(open().after(Step::Move, &words("Later"), day("2026-11-18")).is_none(), "to which day?");
    }

    #[test]
    fn what_the_customer_said_can_be_completed_afterwards() {
        let reached =
            open().after(Step::Reach, &Said { score: Some(9), ..Said::default() }, day("2026-11-17"));
        let more = Said { score: Some(8), offer: "Service agreement".into(), ..words("Noisy at night") };
        let later = reached.unwrap().after(Step::Help, &more, day("2026-11-20")).unwrap();
        assert_eq!(
            (later.state, later.done_on, later.score),
            (State::NeedsHelp, Some(day("2026-11-17")), Some(8))
        );
    }
}
