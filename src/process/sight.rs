//! Who sees what of orders, deliveries, follow-ups and cases.

use std::collections::HashSet;

use crate::auth::Actor;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::{DepartmentKind, Organisation, Viewer};

/// What a reader sees of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Everything with its amounts: executives, finance, administrators.
    Everything,
    /// Everything that may wait for their department, or one that they lead, without the amounts of others' sales: production, delivery and service.
    /// With amounts, of these people.
    Serving(HashSet<EmployeeId>),
    /// What is of these people: oneself, and those of the departments one leads.
    Of(HashSet<EmployeeId>),
}

impl Sight {
    /// What `actor` sees as `viewer`.
    pub fn new(organisation: &Organisation, actor: &Actor, viewer: Viewer) -> Self {
        if viewer.everyone {
            return Self::Everything;
        }
        let people = organisation.visible_people(viewer);
        let own = actor.department.as_ref().map(|(id, _)| *id);
        if own.into_iter().chain(actor.led.iter().copied()).any(|id| serves(organisation, id)) {
            Self::Serving(people)
        } else {
            Self::Of(people)
        }
    }

    /// The people whose steps are all that is seen, for statements; nothing where every step is.
    pub fn only(&self) -> Option<Vec<i64>> {
        match self {
            Self::Everything | Self::Serving(_) => None,
            Self::Of(people) => Some(people.iter().map(|id| id.0).collect()),
        }
    }

    /// Whether something that is of `people` is seen: its owner, who shares in it, whose task it is.
    pub fn shows(&self, people: impl IntoIterator<Item = EmployeeId>) -> bool {
        match self {
            Self::Everything | Self::Serving(_) => true,
            Self::Of(seen) => people.into_iter().any(|id| seen.contains(&id)),
        }
    }

    /// Whether the amounts of a deal of `owner` are seen; nobody's are a house sale's.
    pub fn shows_amounts(&self, owner: Option<EmployeeId>) -> bool {
        match self {
            Self::Everything => true,
            Self::Serving(seen) | Self::Of(seen) => owner.is_some_and(|id| seen.contains(&id)),
        }
    }
}

/// Whether all orders may wait for a department: it, or one that it belongs to, makes, delivers or answers customers.
pub fn serves(organisation: &Organisation, id: DepartmentId) -> bool {
    let up = std::iter::successors(Some(id), |id| organisation.department(*id)?.parent);
    up.filter_map(|id| organisation.department(id)).any(|department| {
        matches!(
            department.kind,
            DepartmentKind::Production | DepartmentKind::Delivery | DepartmentKind::Service
        )
    })
}
