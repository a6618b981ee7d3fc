//! Who may do what with an order that they see. Pure.
//!
//! Those who make and deliver handle orders: members of departments of production and delivery, leads of the department that
//! answers for it, executives and administrators. The seller and those above them speak with the customer: they note that the
//! customer was told, what came back, and what was cancelled.

use super::Order;
use crate::auth::{Actor, Role};
use crate::kernel::id::DepartmentId;
use crate::org::{DepartmentKind, Organisation};
use crate::sales::policy::Reach;

/// What an actor may do with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Permits {
    /// Give dates, take steps, record deliveries, hand it over.
    pub handle: bool,
    /// Note that the customer was told, what came back and what was cancelled.
    pub speak: bool,
}

impl Permits {
    /// What `actor`, who writes deals of `reach`, may do with `order` now.
    pub fn of(organisation: &Organisation, actor: &Actor, reach: &Reach, order: &Order) -> Self {
        let standing = order.status.is_booked();
        let handles =
            standing && (handles_orders(organisation, actor) || is_handler(organisation, actor, order));
        let sells = standing && reach.covers(order.owner);
        Self { handle: handles, speak: handles || sells }
    }
}

/// Whether an actor handles orders at all: works in production or delivery, or reads and runs the whole company.
pub fn handles_orders(organisation: &Organisation, actor: &Actor) -> bool {
    match actor.role {
        Role::Executive | Role::Admin => true,
        Role::Hr | Role::Finance => false,
        Role::Salesperson | Role::Support | Role::Manager => {
            let of = actor.department.as_ref().map(|(id, _)| *id);
            let up = std::iter::successors(of, |id| organisation.department(*id)?.parent);
            let kinds = up.filter_map(|id| organisation.department(id)).map(|department| department.kind);
            kinds.into_iter().any(makes_or_brings)
                || actor
                    .led
                    .iter()
                    .filter_map(|id| organisation.department(*id))
                    .any(|it| makes_or_brings(it.kind))
        }
    }
}

const fn makes_or_brings(kind: DepartmentKind) -> bool {
    matches!(kind, DepartmentKind::Production | DepartmentKind::Delivery)
}

fn is_handler(organisation: &Organisation, actor: &Actor, order: &Order) -> bool {
    let own = order.handler.is_some() && order.handler == actor.employee;
    let led = answering(organisation, order).is_some_and(|id| actor.leads_department(id));
    (own || led) && !matches!(actor.role, Role::Hr | Role::Finance)
}

/// The department that answers for an order now: the one it was handed to, or production until it is ready and delivery from
/// then on.
pub fn answering(organisation: &Organisation, order: &Order) -> Option<DepartmentId> {
    let (making, bringing) = usual(organisation);
    order.handler_department.or(if order.state.is_on_its_way() { bringing } else { making })
}

/// The department that makes, and the one that brings: the first of their kind; one does both where there is no other.
pub fn usual(organisation: &Organisation) -> (Option<DepartmentId>, Option<DepartmentId>) {
    let first = |kind: DepartmentKind| {
        let ids = organisation.departments.iter().filter(|department| department.kind == kind);
        ids.map(|department| department.id).min()
    };
    let (making, bringing) = (first(DepartmentKind::Production), first(DepartmentKind::Delivery));
    (making.or(bringing), bringing.or(making))
}
