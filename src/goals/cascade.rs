//! The cascade: the company's goal, the departments' below it, the people's below those, and whether they add up.

use std::collections::HashMap;

use super::Subject;
use super::policy::Place;
use super::structure::{Department, Member, Structure};
use crate::attainment::service::GoalFigures;
use crate::kernel::id::DepartmentId;

/// A department or person of the cascade, with the goal they have or lack.
#[derive(Clone, Debug)]
pub struct Node {
    /// Who.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// Who leads a department; nobody for people, and for a department without a lead.
    pub leads: Vec<String>,
    /// People directly in a department.
    pub people: usize,
    /// Where a person stands.
    pub place: Option<Place>,
    /// Their goal; none when nobody has set one.
    pub goal: Option<GoalFigures>,
    /// What is below, departments first.
    pub children: Vec<Node>,
}

impl Node {
    /// The target, or zero without a goal.
    pub fn target(&self) -> i64 {
        self.goal.as_ref().map_or(0, |of| of.figures.agreed)
    }

    /// The targets of the goals directly below.
    pub fn parts(&self) -> Vec<i64> {
        self.children.iter().filter_map(|child| child.goal.as_ref()).map(|of| of.figures.agreed).collect()
    }

    /// This node and all below it, from the top.
    pub fn walk(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.children.iter().flat_map(Self::walk)).collect()
    }

    /// The department, unless it is a person.
    pub fn department(&self) -> Option<DepartmentId> {
        self.subject.department()
    }
}

/// Puts goals of one metric, category and period into the organisation. What has no goal is left out, unless it sells:
/// sales departments, and the people in them who lead nobody, show that theirs is missing.
pub fn build(structure: &Structure, goals: Vec<GoalFigures>) -> Option<Node> {
    let mut goals: HashMap<Subject, GoalFigures> =
        goals.into_iter().map(|of| (of.goal.subject, of)).collect();
    structure.root().map(|root| department(structure, &mut goals, root))
}

fn department(structure: &Structure, goals: &mut HashMap<Subject, GoalFigures>, of: &Department) -> Node {
    let mut children = Vec::new();
    for below in structure.below(of.id) {
        let node = department(structure, goals, below);
        if below.kind == "sales" || node.goal.is_some() || !node.children.is_empty() {
            children.push(node);
        }
    }
    for member in structure.people_in(of.id) {
        let node = person(goals, member, of);
        if node.goal.is_some() || of.kind == "sales" && !member.lead {
            children.push(node);
        }
    }
    Node {
        subject: of.subject(),
        name: of.name.clone(),
        leads: of.leads.clone(),
        people: structure.people_in(of.id).count(),
        place: None,
        goal: goals.remove(&of.subject()),
        children,
    }
}

fn person(goals: &mut HashMap<Subject, GoalFigures>, member: &Member, of: &Department) -> Node {
    let subject = Subject::Person(member.id);
    Node {
        subject,
        name: member.name.clone(),
        leads: Vec::new(),
        people: 0,
        place: Some(Place { department: of.id, above: of.above, leads: member.lead }),
        goal: goals.remove(&subject),
        children: Vec::new(),
    }
}
