//! Whose person-level figures a reader may see, department by department.

use crate::auth::Actor;
use crate::kernel::id::DepartmentId;
use crate::org::Company;

/// Whether the reader sees the people of `department` one by one: those who read everyone, and who leads it.
pub fn sees_people_of(actor: &Actor, department: DepartmentId) -> bool {
    actor.reads_everyone() || actor.leads_department(department)
}

/// The department whose page `/team` opens: the one led, else the company for those who read everyone.
pub fn own_department(actor: &Actor, company: &Company) -> Option<DepartmentId> {
    let led = actor.department.as_ref().map(|(id, _)| *id).filter(|id| actor.leads_department(*id));
    led.or(company.root.filter(|_| actor.reads_everyone()))
}
