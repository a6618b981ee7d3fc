//! Whoever is planned: a department or person with what is known of them, and how a target changed.

use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::methods::Past;
use crate::goals::Subject;
use crate::kernel::id::{DepartmentId, EmployeeId};

/// Somebody who can have a target: the company is a department here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A department, or the company by its root.
    Department(DepartmentId),
    /// A person.
    Person(EmployeeId),
}

impl Part {
    /// The part that a goal's subject is.
    pub const fn of(subject: Subject) -> Self {
        match subject {
            Subject::Person(id) => Self::Person(id),
            Subject::Department(id) | Subject::Company(id) => Self::Department(id),
        }
    }

    /// The end of its fields' names.
    pub fn key(self) -> String {
        match self {
            Self::Person(id) => format!("person-{id}"),
            Self::Department(id) => format!("department-{id}"),
        }
    }

    /// Reads a [`Self::key`].
    pub fn read(key: &str) -> Option<Self> {
        match key.split_once('-')? {
            ("person", id) => id.parse().ok().map(Self::Person),
            ("department", id) => id.parse().ok().map(Self::Department),
            _ => None,
        }
    }
}

/// A department or person of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Who.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// Employee number or department code.
    pub reference: String,
    /// How far below the top.
    pub level: usize,
    /// Where the department above stands; nothing for the top.
    pub above: Option<usize>,
    /// Whether it sells, so that a missing target is a fault.
    pub sells: bool,
    /// Whether the reader may set its goals.
    pub may_set: bool,
    /// What shares are worked out from.
    pub past: Past,
    /// What of a whole target is asked of a person.
    pub(super) asked: Asked,
    /// What the goal asks for that they have.
    pub present: Option<i64>,
    /// The target in the scenario.
    pub target: Option<i64>,
}

impl Node {
    /// The part that it is.
    pub const fn part(&self) -> Part {
        Part::of(self.subject)
    }

    /// The target that would hold: the scenario's, else the present goal's.
    pub fn value(&self) -> i64 {
        self.target.or(self.present).unwrap_or(0)
    }

    /// Whether it should have a target and has none.
    pub fn lacks_target(&self) -> bool {
        self.sells && self.value() == 0
    }
}

/// A part with what it was and what it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Whose target.
    pub part: Part,
    /// Nothing where there was none.
    pub from: Option<i64>,
    /// Nothing where there is none any more.
    pub to: Option<i64>,
}

impl Change {
    /// The same the other way round.
    #[must_use]
    pub const fn back(self) -> Self {
        Self { from: self.to, to: self.from, ..self }
    }
}
