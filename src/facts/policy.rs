//! Who writes down facts.

use crate::auth::{Actor, Role};
use crate::goals::Subject;

/// Whether the actor notes facts of `subject`: administrators and executives anywhere, leads of the departments they lead and
/// the people in them. `department` is where a person belongs. Nobody notes their own.
pub fn may_record(
    actor: &Actor,
    subject: Subject,
    department: Option<crate::kernel::id::DepartmentId>,
) -> bool {
    if subject.employee().is_some() && subject.employee() == actor.employee {
        return false;
    }
    let place = subject.department().or(department);
    matches!(actor.role, Role::Executive | Role::Admin) || place.is_some_and(|id| actor.leads_department(id))
}
