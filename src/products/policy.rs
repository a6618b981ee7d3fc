//! Who may see what a product costs.

use crate::auth::{Actor, Role};

/// Whether `actor` reads what products cost: those who answer for margins.
pub(super) fn sees_cost(actor: &Actor) -> bool {
    actor.reads_everyone() || actor.role == Role::Manager || actor.leads()
}
