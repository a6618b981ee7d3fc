//! What publishing a scenario comes to: which goals are new, which are revised, which stay, and what is left out.
//!
//! Pure. Somebody without a target in the scenario keeps the goal they have; nobody gets a new goal of nothing.

use std::collections::HashMap;

use super::node::Node;
use super::tree::{Summary, Tree};
use crate::goals::{Goal, Subject};

/// A goal that publishing makes or changes.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Whose.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// The goal that is revised; nothing for a new one.
    pub goal: Option<Goal>,
    /// What is asked for.
    pub target: i64,
    /// The target for a whole period, which the goal holds.
    pub full: i64,
}

/// What publishing comes to.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Goals to set.
    pub new: Vec<Item>,
    /// Goals to revise.
    pub revised: Vec<Item>,
    /// Goals that are as the scenario says.
    pub unchanged: usize,
    /// Goals that the one who publishes may not set; they are left out.
    pub refused: Vec<Item>,
    /// How the parts add up.
    pub summary: Summary,
}

impl Outcome {
    /// Compares a scenario with the goals that are there.
    pub fn of(tree: &Tree, goals: &HashMap<Subject, Goal>) -> Self {
        let mut outcome = Self { summary: tree.summary(), ..Self::default() };
        for node in &tree.0 {
            outcome.take(node, goals.get(&node.subject));
        }
        outcome
    }

    fn take(&mut self, node: &Node, goal: Option<&Goal>) {
        let Some(target) = node.target else { return };
        let full = node.asked.in_full(target);
        let item = Item { subject: node.subject, name: node.name.clone(), goal: goal.cloned(), target, full };
        match goal {
            Some(goal) if node.present == Some(target) || goal.target() == full => self.unchanged += 1,
            None if target == 0 => {}
            _ if !node.may_set => self.refused.push(item),
            Some(_) => self.revised.push(item),
            None => self.new.push(item),
        }
    }

    /// Whether there is nothing that the scenario would make of goals.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.revised.is_empty() && self.unchanged == 0
    }

    /// Which goals were there, in which version: what is shown is published only while this is the same.
    pub fn seen(&self) -> String {
        let goals = self.revised.iter().chain(&self.refused).filter_map(|item| item.goal.as_ref());
        let versions = goals.map(|goal| format!("{}-{}", goal.id, goal.version));
        let counts = [self.new.len().to_string(), self.unchanged.to_string()];
        counts.into_iter().chain(versions).collect::<Vec<_>>().join(".")
    }
}
