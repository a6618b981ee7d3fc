//! A scenario as a tree: whole departments with their parts, what each has, and whether the parts add up.
//!
//! Pure. Where a scenario has no target for somebody, the goal they have stays and counts.

use super::methods::{Rule, divide};
use super::node::{Change, Node, Part};
use crate::attainment::coverage::{Coverage, Covered};

/// What can be done to a department and its parts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Spread what is on nobody over the parts.
    Assign,
    /// Divide the target over the parts.
    Share,
    /// The same, and each part over its own, down to the people.
    ShareDown,
    /// Set the target to the sum of the parts.
    Lower,
    /// Set the target to what was reached and some percent more.
    Raise,
}

impl Action {
    /// All, in the order they are offered.
    pub const ALL: [Self; 5] = [Self::Assign, Self::Share, Self::ShareDown, Self::Lower, Self::Raise];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Share => "share",
            Self::ShareDown => "share_down",
            Self::Lower => "lower",
            Self::Raise => "raise",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// What a tree comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The target of the top.
    pub whole: i64,
    /// The targets of the people, summed.
    pub from_below: i64,
    /// What of the departments' targets is on nobody.
    pub unassigned: i64,
    /// What the parts have beyond their departments' targets.
    pub buffer: i64,
    /// Those who sell and have no target.
    pub without: usize,
}

/// Everybody below a department, itself first, each followed by those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree(pub Vec<Node>);

impl Tree {
    /// Where somebody stands.
    pub fn find(&self, part: Part) -> Option<usize> {
        self.0.iter().position(|node| node.part() == part)
    }

    /// Where those directly below stand.
    pub fn below(&self, at: usize) -> Vec<usize> {
        let after = self.0.iter().enumerate().skip(at + 1);
        after.filter(|(_, node)| node.above == Some(at)).map(|(place, _)| place).collect()
    }

    /// The targets directly below, summed.
    pub fn parts(&self, at: usize) -> i64 {
        self.sum(&self.below(at))
    }

    fn sum(&self, places: &[usize]) -> i64 {
        places.iter().fold(0, |sum, place| sum.saturating_add(self.0[*place].value()))
    }

    /// The targets of everybody at the end of the branches below, summed; its own where there is nobody.
    pub fn total_below(&self, at: usize) -> i64 {
        let below = self.below(at);
        if below.is_empty() {
            return self.0[at].value();
        }
        below.into_iter().fold(0, |sum, place| sum.saturating_add(self.total_below(place)))
    }

    /// Whether the parts add up; nothing for those without parts.
    pub fn covered(&self, at: usize) -> Option<Covered> {
        let below = self.below(at);
        let parts = self.sum(&below);
        (!below.is_empty()).then(|| Coverage { parent: self.0[at].value(), parts }.state())
    }

    /// What the whole comes to.
    pub fn summary(&self) -> Summary {
        if self.0.is_empty() {
            return Summary::default();
        }
        let mut summary =
            Summary { whole: self.0[0].value(), from_below: self.total_below(0), ..Summary::default() };
        for (at, node) in self.0.iter().enumerate() {
            summary.without += usize::from(node.lacks_target());
            match self.covered(at) {
                Some(Covered::Unassigned(lack)) => {
                    summary.unassigned = summary.unassigned.saturating_add(lack);
                }
                Some(Covered::Buffer(more)) => summary.buffer = summary.buffer.saturating_add(more),
                Some(Covered::Exact) | None => {}
            }
        }
        summary
    }

    /// What became of `before`, which is the same tree earlier.
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let pairs = before.0.iter().zip(&self.0).filter(|(before, after)| before.target != after.target);
        pairs.map(|(b, a)| Change { part: a.part(), from: b.target, to: a.target }).collect()
    }

    /// Does `action` to the department at `at`. Faults are keys of messages.
    pub fn apply(&mut self, action: Action, at: usize, rule: Rule) -> Result<(), &'static str> {
        match action {
            Action::Assign => self.assign(at, rule),
            Action::Share => self.share(at, rule),
            Action::ShareDown => self.share_down(at, rule),
            Action::Lower => self.lower(at),
            Action::Raise => self.raise(at, rule),
        }
    }

    /// The parts whose targets the reader may set.
    fn open_parts(&self, at: usize) -> Result<Vec<usize>, &'static str> {
        let mut parts = self.below(at);
        parts.retain(|place| self.0[*place].may_set);
        if parts.is_empty() { Err("error-plan-no-parts") } else { Ok(parts) }
    }

    fn shares(&self, parts: &[usize], total: i64, rule: Rule) -> Vec<i64> {
        let weights: Vec<i64> = parts.iter().map(|place| self.0[*place].past.weight(rule.method)).collect();
        divide(total, &weights, rule.step)
    }

    fn assign(&mut self, at: usize, rule: Rule) -> Result<(), &'static str> {
        let open = self.open_parts(at)?;
        let Some(Covered::Unassigned(lack)) = self.covered(at) else { return Err("error-plan-nothing-left") };
        for (place, more) in open.iter().zip(self.shares(&open, lack, rule)) {
            if more > 0 {
                self.0[*place].target = Some(self.0[*place].value().saturating_add(more));
            }
        }
        Ok(())
    }

    fn share(&mut self, at: usize, rule: Rule) -> Result<(), &'static str> {
        let open = self.open_parts(at)?;
        if self.0[at].value() == 0 {
            return Err("error-plan-nothing-to-share");
        }
        self.spread(at, &open, rule);
        Ok(())
    }

    /// What cannot be set stays and is taken off first.
    fn spread(&mut self, at: usize, open: &[usize], rule: Rule) {
        let fixed = self.parts(at).saturating_sub(self.sum(open));
        let left = self.0[at].value().saturating_sub(fixed);
        for (place, part) in open.iter().zip(self.shares(open, left, rule)) {
            self.0[*place].target = Some(part);
        }
    }

    fn share_down(&mut self, at: usize, rule: Rule) -> Result<(), &'static str> {
        self.share(at, rule)?;
        self.spread_below(at, rule);
        Ok(())
    }

    /// Also a part of nothing is divided, so that nobody below keeps what they had.
    fn spread_below(&mut self, at: usize, rule: Rule) {
        for place in self.below(at) {
            if let Ok(open) = self.open_parts(place) {
                self.spread(place, &open, rule);
            }
            self.spread_below(place, rule);
        }
    }

    fn lower(&mut self, at: usize) -> Result<(), &'static str> {
        if self.below(at).is_empty() {
            return Err("error-plan-no-parts");
        }
        self.set(at, self.parts(at))
    }

    fn raise(&mut self, at: usize, rule: Rule) -> Result<(), &'static str> {
        let target = self.0[at].past.raised(rule).ok_or("error-plan-no-past")?;
        self.set(at, target)
    }

    fn set(&mut self, at: usize, target: i64) -> Result<(), &'static str> {
        if !self.0[at].may_set {
            return Err("error-goal-not-yours");
        }
        self.0[at].target = Some(target);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::Subject;
    use crate::goals::planning::asked::Asked;
    use crate::goals::planning::methods::{Method, Past};
    use crate::kernel::id::{DepartmentId, EmployeeId};
    use proptest::prelude::*;

    /// A company of two departments: North with a lead and two sellers, South with one.
    fn tree() -> Tree {
        let node = |subject, level, above, last_year, may_set| Node {
            subject,
            name: String::new(),
            reference: String::new(),
            level,
            above,
            sells: true,
            may_set,
            past: Past { last_year, people: 1, ..Past::default() },
            asked: Asked::default(),
            present: None,
            target: None,
        };
        let (department, person) =
            (|id| Subject::Department(DepartmentId(id)), |id| Subject::Person(EmployeeId(id)));
        Tree(vec![
            node(Subject::Company(DepartmentId(1)), 0, None, 1000, true),
            node(department(2), 1, Some(0), 750, true),
            node(person(1), 2, Some(1), 100, false),
            node(person(2), 2, Some(1), 400, true),
            node(person(3), 2, Some(1), 250, true),
            node(department(3), 1, Some(0), 250, true),
            node(person(4), 2, Some(5), 250, true),
        ])
    }

    fn targets(tree: &Tree) -> Vec<Option<i64>> {
        tree.0.iter().map(|node| node.target).collect()
    }

    const RULE: Rule = Rule { method: Method::LastYear, percent: 1000, step: 10 };

    #[test]
    fn the_whole_goes_down_to_the_people() {
        let mut tree = tree();
        assert_eq!(tree.apply(Action::ShareDown, 0, RULE), Err("error-plan-nothing-to-share"));
        tree.apply(Action::Raise, 0, RULE).unwrap();
        tree.0[2].present = Some(60);
        tree.apply(Action::ShareDown, 0, RULE).unwrap();
        // 1000 and 10 % is 1100; 825 and 275 in tens are 830 and 270 (ties to the earlier); 60 of North stay with the lead
        let expected = [Some(1100), Some(830), None, Some(470), Some(300), Some(270), Some(270)];
        assert_eq!(targets(&tree), expected);
        let summary = Summary { whole: 1100, from_below: 1100, ..Summary::default() };
        assert_eq!(tree.summary(), summary);
    }

    #[test]
    fn what_is_on_nobody_is_spread_and_a_whole_follows_its_parts() {
        let mut tree = tree();
        (tree.0[1].target, tree.0[3].target, tree.0[6].target) = (Some(500), Some(330), Some(90));
        let summary = tree.summary();
        assert_eq!((summary.unassigned, summary.buffer, summary.without), (170, 590, 4));
        assert_eq!(summary.from_below, 420);
        let equal = Rule { method: Method::Equal, ..RULE };
        tree.apply(Action::Assign, 1, equal).unwrap();
        assert_eq!((tree.0[3].target, tree.0[4].target), (Some(420), Some(80)), "170 in tens: 90 and 80");
        assert_eq!(tree.apply(Action::Assign, 1, equal), Err("error-plan-nothing-left"));
        tree.apply(Action::Lower, 5, equal).unwrap();
        tree.apply(Action::Lower, 0, equal).unwrap();
        assert_eq!((tree.0[5].target, tree.0[0].target), (Some(90), Some(590)));
        assert_eq!(tree.apply(Action::Share, 6, equal), Err("error-plan-no-parts"));
        assert_eq!(tree.apply(Action::Raise, 2, equal), Err("error-goal-not-yours"));
    }

    #[test]
    fn changes_are_what_they_were_and_became() {
        let (before, mut after) = (tree(), tree());
        after.0[3].target = Some(5);
        let change = Change { part: Part::Person(EmployeeId(2)), from: None, to: Some(5) };
        assert_eq!(after.changes_since(&before), [change]);
        assert_eq!(before.changes_since(&after), [change.back()]);
        assert_eq!(Part::read(&change.part.key()), Some(change.part));
        assert_eq!(Part::read("company-1"), None);
    }

    #[test]
    fn nobody_below_a_part_of_nothing_keeps_what_they_had() {
        let mut tree = tree();
        (tree.0[0].target, tree.0[6].target, tree.0[5].past.last_year) = (Some(100), Some(50), 0);
        tree.apply(Action::ShareDown, 0, RULE).unwrap();
        assert_eq!((tree.0[5].target, tree.0[6].target), (Some(0), Some(0)));
        assert_eq!(tree.summary().buffer, 0);
    }

    proptest! {
        #[test]
        fn sharing_down_leaves_nothing_on_nobody(whole in 1..1_000_000_000_i64, step in 1..10_000_i64,
            pasts in prop::collection::vec(0..1_000_000_i64, 7)) {
            let mut tree = tree();
            tree.0[0].target = Some(whole);
            for (node, past) in tree.0.iter_mut().zip(pasts) {
                node.past.last_year = past;
            }
            tree.apply(Action::ShareDown, 0, Rule { step, ..RULE }).unwrap();
            let summary = tree.summary();
            prop_assert_eq!((summary.unassigned, summary.buffer, summary.from_below), (0, 0, whole));
        }
    }
}
