//! How a case goes on: one table, and decisions that are pure.
//!
//! | from | step | to |
//! |---|---|---|
//! | new, replied, waiting, reopened | reply | replied; the first one is measured |
//! | replied, reopened | wait | waiting for the customer: the clock stands |
//! | waiting | resume | replied |
//! | new, replied, waiting, reopened | solve | solved; it is a reply too where there was none |
//! | solved, closed | reopen | reopened |
//! | solved | close | closed |
//! | new, replied, waiting, reopened | assign | the same, of somebody else or another department |
//! | any | back | as it was before the latest step |

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::service::hours::Hours;

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CaseState)]
pub enum State {
    /// Nobody has answered.
    New,
    /// The customer has an answer.
    Replied,
    /// The customer is to answer.
    Waiting,
    /// Thought to be done.
    Solved,
    /// It was not.
    Reopened,
    /// Done.
    Closed,
}

impl State {
    /// All, in order.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Replied, Self::Waiting, Self::Solved, Self::Reopened, Self::Closed];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Replied => "replied",
            Self::Waiting => "waiting",
            Self::Solved => "solved",
            Self::Reopened => "reopened",
            Self::Closed => "closed",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether something is still to be done, by us or the customer.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Solved | Self::Closed)
    }

    /// Whether its clock stands.
    const fn is_paused(self) -> bool {
        matches!(self, Self::Waiting | Self::Solved | Self::Closed)
    }

    /// Colour of its tag.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::New | Self::Reopened => "off",
            Self::Replied => "risk",
            Self::Waiting | Self::Closed => "",
            Self::Solved => "on",
        }
    }
}

/// What somebody does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CaseStep)]
pub enum Step {
    /// Answers the customer.
    Reply,
    /// Waits for the customer.
    Wait,
    /// The customer has answered.
    Resume,
    /// Says that it is done.
    Solve,
    /// It is not.
    Reopen,
    /// Ends it.
    Close,
    /// Gives it to somebody else, or another department.
    Assign,
    /// Takes the latest step back.
    Back,
}

impl Step {
    /// All, in the order they are offered.
    pub const ALL: [Self; 8] = [
        Self::Reply,
        Self::Solve,
        Self::Wait,
        Self::Resume,
        Self::Reopen,
        Self::Close,
        Self::Assign,
        Self::Back,
    ];

    /// The stored code, which is also how addresses name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Wait => "wait",
            Self::Resume => "resume",
            Self::Solve => "solve",
            Self::Reopen => "reopen",
            Self::Close => "close",
            Self::Assign => "assign",
            Self::Back => "back",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Whether it must say what was answered, done or is missing.
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Reply | Self::Solve | Self::Reopen)
    }

    const fn from(self) -> &'static [State] {
        const OPEN: &[State] = &[State::New, State::Replied, State::Waiting, State::Reopened];
        match self {
            Self::Reply | Self::Solve | Self::Assign => OPEN,
            Self::Wait => &[State::Replied, State::Reopened],
            Self::Resume => &[State::Waiting],
            Self::Reopen => &[State::Solved, State::Closed],
            Self::Close => &[State::Solved],
            Self::Back => &[],
        }
    }

    const fn to(self) -> Option<State> {
        match self {
            Self::Reply | Self::Resume => Some(State::Replied),
            Self::Wait => Some(State::Waiting),
            Self::Solve => Some(State::Solved),
            Self::Reopen => Some(State::Reopened),
            Self::Close => Some(State::Closed),
            Self::Assign | Self::Back => None,
        }
    }
}

/// What a step says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What was answered or done, or why.
    pub words: String,
    /// Whom it is given to; whoever answers first where it was nobody's.
    pub owner: Option<EmployeeId>,
    /// The department it is given to.
    pub department: Option<DepartmentId>,
}

/// Everything about a case that steps change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How far it has come.
    pub state: State,
    /// Whose it is.
    pub owner: Option<EmployeeId>,
    /// The department that answers for it.
    pub department: DepartmentId,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By when the customer has a first answer.
    pub reply_due: DateTime<Utc>,
    /// By when it is solved.
    pub solve_due: DateTime<Utc>,
    /// When the customer had a first answer.
    pub replied_at: Option<DateTime<Utc>>,
    /// When it was solved.
    pub solved_at: Option<DateTime<Utc>>,
    /// Minutes of working days until the first answer.
    pub reply_minutes: Option<i64>,
    /// Minutes of working days until it was solved, without those in which its clock stood.
    pub solve_minutes: Option<i64>,
    /// Since when its clock stands.
    pub paused_since: Option<DateTime<Utc>>,
    /// For how many minutes of working days it stood before.
    pub paused_minutes: i64,
}

impl Standing {
    /// The steps that can be taken now, without taking one back.
    pub fn steps(&self) -> Vec<Step> {
        Step::ALL.into_iter().filter(|step| step.from().contains(&self.state)).collect()
    }

    /// Where `step` leads; nothing when the table has no such row, or the step does not say what it must.
    pub fn after(&self, step: Step, said: &Said, hours: Hours<'_>, now: DateTime<Utc>) -> Option<Self> {
        if !step.from().contains(&self.state) || (step.needs_words() && said.words.is_empty()) {
            return None;
        }
        let mut next = Self { state: step.to().unwrap_or(self.state), ..self.clone() };
        match step {
            Step::Assign => {
                next.owner = said.owner;
                next.department = said.department?;
            }
            _ => next.owner = self.owner.or(said.owner),
        }
        if matches!(step, Step::Reply | Step::Solve) && self.replied_at.is_none() {
            next.replied_at = Some(now);
            next.reply_minutes = Some(hours.minutes(self.opened_at, now));
        }
        next.run_clock(hours, now);
        (next.solved_at, next.solve_minutes) = match next.state {
            State::Solved => (Some(now), Some(next.minutes_worked(hours, now))),
            State::Closed => (self.solved_at, self.solve_minutes),
            _ => (None, None),
        };
        Some(next)
    }

    /// Lets the clock stand or go on; what it stood is added to the time that was promised.
    fn run_clock(&mut self, hours: Hours<'_>, now: DateTime<Utc>) {
        match (self.paused_since, self.state.is_paused()) {
            (None, true) => self.paused_since = Some(now),
            (Some(since), false) => {
                let stood = hours.minutes(since, now);
                self.paused_minutes += stood;
                self.solve_due = hours.after(self.solve_due, stood);
                self.paused_since = None;
            }
            _ => {}
        }
    }

    fn minutes_worked(&self, hours: Hours<'_>, now: DateTime<Utc>) -> i64 {
        let stands = self.paused_since.map_or(0, |since| hours.minutes(since, now));
        hours.minutes(self.opened_at, now) - self.paused_minutes - stands
    }

    /// What is to be done next by when; nothing while it waits for the customer or is done.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        match self.state {
            State::Waiting | State::Solved | State::Closed => None,
            _ if self.replied_at.is_none() => Some(self.reply_due.min(self.solve_due)),
            _ => Some(self.solve_due),
        }
    }

    /// Whether that should have been done by `now`.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.due().is_some_and(|due| due < now)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::kernel::calendar::WorkingCalendar;

    fn at(text: &str) -> DateTime<Utc> {
        let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        chrono_tz::Europe::Stockholm.from_local_datetime(&local).unwrap().to_utc()
    }

    /// A case of Wednesday at ten: a first answer within 8 hours, solved within 45.
    fn opened() -> Standing {
        Standing {
            state: State::New,
            owner: None,
            department: DepartmentId(1),
            opened_at: at("2026-11-18 10:00"),
            reply_due: at("2026-11-19 09:00"),
            solve_due: at("2026-11-25 10:00"),
            replied_at: None,
            solved_at: None,
            reply_minutes: None,
            solve_minutes: None,
            paused_since: None,
            paused_minutes: 0,
        }
    }

    fn take(standing: &Standing, step: Step, when: &str) -> Option<Standing> {
        let calendar = WorkingCalendar { weekend: vec![6, 7], ..WorkingCalendar::default() };
        let hours = Hours { calendar: &calendar, zone: chrono_tz::Europe::Stockholm };
        let said = Said { words: "Called".into(), owner: Some(EmployeeId(7)), department: None };
        standing.after(step, &said, hours, at(when))
    }

    #[test]
    fn the_first_answer_is_measured_once_and_whoever_gives_it_owns_the_case() {
        let replied = take(&opened(), Step::Reply, "2026-11-18 16:30").unwrap();
        assert_eq!((replied.state, replied.owner), (State::Replied, Some(EmployeeId(7))));
        assert_eq!(replied.reply_minutes, Some(390));
        let again = take(&replied, Step::Reply, "2026-11-20 09:00").unwrap();
        assert_eq!((again.reply_minutes, again.replied_at), (Some(390), replied.replied_at));
        assert_eq!(opened().due(), Some(at("2026-11-19 09:00")));
        assert_eq!(again.due(), Some(at("2026-11-25 10:00")));
    }

    #[test]
    fn waiting_for_the_customer_costs_nobody_time() {
        let replied = take(&opened(), Step::Reply, "2026-11-18 11:00").unwrap();
        let waiting = take(&replied, Step::Wait, "2026-11-18 12:00").unwrap();
        assert_eq!((waiting.due(), waiting.is_overdue(at("2027-01-01 12:00"))), (None, false));
        let resumed = take(&waiting, Step::Resume, "2026-11-20 12:00").unwrap();
        assert_eq!(resumed.paused_minutes, 18 * 60, "two working days");
        assert_eq!(resumed.solve_due, at("2026-11-27 10:00"), "two working days later");
        let solved = take(&resumed, Step::Solve, "2026-11-20 13:00").unwrap();
        assert_eq!(solved.solve_minutes, Some(180), "10 to 12 on the first day, 12 to 13 on the last");
        let at_once = take(&waiting, Step::Solve, "2026-11-20 13:00").unwrap();
        assert_eq!(at_once.solve_minutes, Some(120), "it waited to the end");
    }

    #[test]
    fn what_was_not_solved_is_opened_again_and_goes_on_where_it_was() {
        let solved = take(&opened(), Step::Solve, "2026-11-18 12:00").unwrap();
        assert_eq!((solved.reply_minutes, solved.solve_minutes), (Some(120), Some(120)), "an answer too");
        let closed = take(&solved, Step::Close, "2026-11-19 12:00").unwrap();
        assert_eq!(closed.solve_minutes, Some(120));
        let reopened = take(&closed, Step::Reopen, "2026-11-20 12:00").unwrap();
        assert_eq!((reopened.state, reopened.solve_minutes), (State::Reopened, None));
        let again = take(&reopened, Step::Solve, "2026-11-20 14:00").unwrap();
        assert_eq!((again.reply_minutes, again.solve_minutes), (Some(120), Some(240)));
    }

    #[test]
    fn steps_that_the_table_does_not_have_are_not_taken() {
        assert_eq!(opened().steps(), [Step::Reply, Step::Solve, Step::Assign]);
        assert!(take(&opened(), Step::Close, "2026-11-18 12:00").is_none());
        assert!(take(&opened(), Step::Wait, "2026-11-18 12:00").is_none(), "answer first");
        let solved = take(&opened(), Step::Solve, "2026-11-18 12:00").unwrap();
        assert_eq!(solved.steps(), [Step::Reopen, Step::Close]);
    }
}
