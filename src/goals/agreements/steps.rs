//! Which step leads where, and who may take it: one table, and decisions that are pure.
//!
//! | from | step | by | to |
//! |---|---|---|---|
//! | draft | propose | the side that began | proposed |
//! | draft, proposed, countered | withdraw | the side that began | withdrawn |
//! | withdrawn | reopen | the side that began | draft |
//! | draft, proposed, countered | change the offer | the side whose offer it is | the same |
//! | proposed, countered | accept | the other side | agreed |
//! | proposed, countered | counter | the other side | countered |
//! | proposed, countered | impose | the one who sets goals | imposed |

/// The two who agree on a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who sets goals: a lead above, an executive, an administrator.
    Setter,
    /// Whose goal it is: the person, or who leads the department.
    Owner,
}

impl Side {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Setter => "setter",
            Self::Owner => "owner",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Setter, Self::Owner].into_iter().find(|side| side.code() == code)
    }

    /// The one it agrees with.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Setter => Self::Owner,
            Self::Owner => Self::Setter,
        }
    }
}

/// How far an agreement has come. A goal is active once it is agreed or imposed and its period runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Being prepared; the other side does not see it.
    Draft,
    /// An offer waits for the other side.
    Proposed,
    /// The other side wants another amount, and waits in turn.
    Countered,
    /// Both want it.
    Agreed,
    /// Set without agreement, with the reason.
    Imposed,
    /// Given up before it was settled.
    Withdrawn,
}

impl State {
    /// All, in order.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Proposed, Self::Countered, Self::Agreed, Self::Imposed, Self::Withdrawn];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Countered => "countered",
            Self::Agreed => "agreed",
            Self::Imposed => "imposed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether an offer waits for an answer.
    pub const fn is_on_the_table(self) -> bool {
        matches!(self, Self::Proposed | Self::Countered)
    }

    /// Whether there is a goal now.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Agreed | Self::Imposed)
    }
}

/// What a side does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Begins, for itself.
    Draft,
    /// Puts the offer to the other side.
    Propose,
    /// Makes its own offer another.
    Change,
    /// Answers with another amount.
    Counter,
    /// Takes the offer.
    Accept,
    /// Sets the goal without agreement.
    Impose,
    /// Gives it up.
    Withdraw,
    /// Takes it up again.
    Reopen,
}

impl Step {
    /// All that can be taken once it has begun, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Accept,
        Self::Counter,
        Self::Propose,
        Self::Change,
        Self::Impose,
        Self::Withdraw,
        Self::Reopen,
    ];

    /// The stored code, which is also how addresses name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Propose => "propose",
            Self::Change => "change",
            Self::Counter => "counter",
            Self::Accept => "accept",
            Self::Impose => "impose",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Draft]).find(|step| step.code() == code)
    }

    /// Whether it names an amount.
    pub const fn names_amount(self) -> bool {
        matches!(self, Self::Draft | Self::Propose | Self::Change | Self::Counter | Self::Impose)
    }

    /// Whether it must say why.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Counter | Self::Impose)
    }
}

/// Who may take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The side that began.
    Beginner,
    /// The side whose offer is on the table.
    Offering,
    /// The side that is asked.
    Asked,
    /// The side that sets goals.
    Setter,
}

/// One row of the table; `to` is nothing where the state stays.
struct Rule {
    from: &'static [State],
    step: Step,
    by: By,
    to: Option<State>,
}

const OPEN: &[State] = &[State::Draft, State::Proposed, State::Countered];
const ON_THE_TABLE: &[State] = &[State::Proposed, State::Countered];

const RULES: [Rule; 7] = [
    Rule { from: &[State::Draft], step: Step::Propose, by: By::Beginner, to: Some(State::Proposed) },
    Rule { from: OPEN, step: Step::Withdraw, by: By::Beginner, to: Some(State::Withdrawn) },
    Rule { from: &[State::Withdrawn], step: Step::Reopen, by: By::Beginner, to: Some(State::Draft) },
    Rule { from: OPEN, step: Step::Change, by: By::Offering, to: None },
    Rule { from: ON_THE_TABLE, step: Step::Accept, by: By::Asked, to: Some(State::Agreed) },
    Rule { from: ON_THE_TABLE, step: Step::Counter, by: By::Asked, to: Some(State::Countered) },
    Rule { from: ON_THE_TABLE, step: Step::Impose, by: By::Setter, to: Some(State::Imposed) },
];

/// What the table looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far it has come.
    pub state: State,
    /// Which side began.
    pub begun_by: Side,
    /// Whose offer is on the table.
    pub offered_by: Side,
    /// What is offered.
    pub target: i64,
}

impl Standing {
    /// The side that is to answer, while an offer is on the table.
    pub fn asks(&self) -> Option<Side> {
        self.state.is_on_the_table().then(|| self.offered_by.other())
    }

    /// Whether `side` may know of it: a draft is for those who prepare it.
    pub fn is_shown_to(&self, side: Side) -> bool {
        side == self.begun_by || !matches!(self.state, State::Draft)
    }

    fn allows(&self, rule: &Rule, side: Side) -> bool {
        let by = match rule.by {
            By::Beginner => self.begun_by,
            By::Offering => self.offered_by,
            By::Asked => self.offered_by.other(),
            By::Setter => Side::Setter,
        };
        rule.from.contains(&self.state) && by == side
    }

    /// What `side` can do now.
    pub fn steps(&self, side: Side) -> Vec<Step> {
        Step::ALL.into_iter().filter(|step| self.rule(*step, side).is_some()).collect()
    }

    fn rule(&self, step: Step, side: Side) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.step == step && self.allows(rule, side))
    }

    /// Where `step` leads; nothing when the table has no such row. `target` is the amount the step names, if it does.
    pub fn after(&self, step: Step, side: Side, target: Option<i64>) -> Option<Self> {
        let rule = self.rule(step, side)?;
        let named = target.filter(|_| step.names_amount());
        Some(Self {
            state: rule.to.unwrap_or(self.state),
            begun_by: self.begun_by,
            offered_by: if step.names_amount() { side } else { self.offered_by },
            target: named.unwrap_or(self.target),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: State, begun_by: Side, offered_by: Side) -> Standing {
        Standing { state, begun_by, offered_by, target: 100 }
    }

    #[test]
    fn an_offer_is_answered_by_the_other_side_only() {
        let offer = standing(State::Proposed, Side::Setter, Side::Setter);
        assert_eq!(offer.asks(), Some(Side::Owner));
        assert_eq!(offer.steps(Side::Owner), [Step::Accept, Step::Counter]);
        assert_eq!(offer.steps(Side::Setter), [Step::Change, Step::Impose, Step::Withdraw]);
        assert_eq!(offer.after(Step::Accept, Side::Setter, None), None, "nobody agrees with themselves");
        let agreed = offer.after(Step::Accept, Side::Owner, Some(7)).unwrap();
        assert_eq!((agreed.state, agreed.target), (State::Agreed, 100), "accepting names no amount");
    }

    #[test]
    fn a_counter_turns_the_table() {
        let offer = standing(State::Proposed, Side::Setter, Side::Setter);
        let countered = offer.after(Step::Counter, Side::Owner, Some(90)).unwrap();
        assert_eq!((countered.state, countered.target), (State::Countered, 90));
        assert_eq!(countered.asks(), Some(Side::Setter));
        assert_eq!(countered.steps(Side::Owner), [Step::Change]);
        assert_eq!(
            countered.steps(Side::Setter),
            [Step::Accept, Step::Counter, Step::Impose, Step::Withdraw]
        );
        let again = countered.after(Step::Counter, Side::Setter, Some(95)).unwrap();
        assert_eq!((again.asks(), again.target), (Some(Side::Owner), 95));
    }

    #[test]
    fn what_a_person_proposes_is_answered_by_their_lead() {
        let wish = standing(State::Proposed, Side::Owner, Side::Owner);
        assert_eq!(wish.steps(Side::Setter), [Step::Accept, Step::Counter, Step::Impose]);
        assert_eq!(wish.steps(Side::Owner), [Step::Change, Step::Withdraw]);
        let imposed = wish.after(Step::Impose, Side::Setter, Some(120)).unwrap();
        assert_eq!((imposed.state, imposed.target), (State::Imposed, 120));
    }

    #[test]
    fn what_is_settled_stays_settled() {
        for state in [State::Agreed, State::Imposed] {
            for side in [Side::Setter, Side::Owner] {
                assert!(standing(state, Side::Setter, Side::Setter).steps(side).is_empty());
            }
        }
    }

    #[test]
    fn a_draft_is_for_the_side_that_began() {
        let draft = standing(State::Draft, Side::Setter, Side::Setter);
        assert!(draft.is_shown_to(Side::Setter) && !draft.is_shown_to(Side::Owner));
        assert_eq!(draft.steps(Side::Setter), [Step::Propose, Step::Change, Step::Withdraw]);
        let gone = draft.after(Step::Withdraw, Side::Setter, None).unwrap();
        assert_eq!(gone.steps(Side::Setter), [Step::Reopen]);
        assert_eq!(gone.after(Step::Reopen, Side::Setter, None).unwrap().state, State::Draft);
    }
}
