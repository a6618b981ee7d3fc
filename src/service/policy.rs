//! Who writes follow-ups and cases.

use chrono::NaiveDate;

use crate::auth::{Actor, Role};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::{Organisation, Viewer};
use crate::service::scope;

/// Whether `actor` takes steps with something of `owner` for which `department` is responsible: its owner, members and
/// leads of the department, managers of the owner, executives and administrators. HR and finance only what is their own.
pub fn may_write(
    organisation: &Organisation,
    actor: &Actor,
    today: NaiveDate,
    owner: Option<EmployeeId>,
    department: Option<DepartmentId>,
) -> bool {
    if actor.employee.is_some() && actor.employee == owner {
        return true;
    }
    match actor.role {
        Role::Executive | Role::Admin => true,
        Role::Hr | Role::Finance => false,
        Role::Salesperson | Role::Support | Role::Manager => {
            department.is_some_and(|id| belongs(organisation, actor, id))
                || owner.is_some_and(|id| manages(organisation, actor, today, id))
        }
    }
}

/// Whether `actor` takes things away that need not be done: leads of whose it is, executives and administrators.
pub fn may_withdraw(
    organisation: &Organisation,
    actor: &Actor,
    today: NaiveDate,
    owner: Option<EmployeeId>,
    department: Option<DepartmentId>,
) -> bool {
    matches!(actor.role, Role::Executive | Role::Admin)
        || department.is_some_and(|id| actor.leads_department(id))
        || owner.is_some_and(|id| actor.employee != owner && manages(organisation, actor, today, id))
}

fn belongs(organisation: &Organisation, actor: &Actor, department: DepartmentId) -> bool {
    let own = actor.department.as_ref().map(|(id, _)| *id);
    actor.leads_department(department)
        || own.is_some_and(|own| scope::below(organisation, department).contains(&own))
}

fn manages(organisation: &Organisation, actor: &Actor, today: NaiveDate, owner: EmployeeId) -> bool {
    actor.leads() && organisation.visible_people(Viewer::new(actor, today)).contains(&owner)
}
