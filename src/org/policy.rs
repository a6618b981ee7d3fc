//! Who may read the organisation.

use crate::auth::{Actor, Role};

/// Whether `actor` reads who works where in the whole company. HR does, without reading anybody's figures.
pub fn reads_organisation(actor: &Actor) -> bool {
    actor.reads_everyone() || actor.role == Role::Hr
}
