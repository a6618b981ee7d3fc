//! Who takes part in a standing meeting, who leads it, and who reads it. Pure.

use chrono::NaiveDate;

use super::Series;
use crate::auth::{Actor, Role};
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::org::Organisation;

/// What somebody is in a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Reads.
    Reader,
    /// Takes part: writes notes and what is decided.
    Member,
    /// Leads it, or leads the department or above it, or may do everything.
    Chair,
}

/// Whether the actor makes standing meetings of `department`: who leads it or above, executives, administrators.
pub fn may_make(actor: &Actor, department: DepartmentId) -> bool {
    matches!(actor.role, Role::Executive | Role::Admin) || actor.leads_department(department)
}

/// What the actor is in the meetings of a series; nothing for those who must not know of it.
pub fn part(actor: &Actor, organisation: &Organisation, series: &Series, day: NaiveDate) -> Option<Part> {
    let own = actor.employee;
    if may_make(actor, series.department) || own.is_some() && own == series.leader {
        Some(Part::Chair)
    } else if own.is_some_and(|own| takes_part(organisation, series, own, day)) {
        Some(Part::Member)
    } else {
        actor.reads_everyone().then_some(Part::Reader)
    }
}

/// Whether somebody takes part: the department's own people, those who lead a department right below it, whoever leads
/// the meeting, and guests.
pub fn takes_part(organisation: &Organisation, series: &Series, person: EmployeeId, day: NaiveDate) -> bool {
    let stay = organisation.person(person).and_then(|person| person.stay_on(day));
    let Some(stay) = stay else { return false };
    let above = || organisation.department(stay.department).and_then(|department| department.parent);
    stay.department == series.department
        || stay.lead && above() == Some(series.department)
        || series.leader == Some(person)
        || series.guests.contains(&person)
}

/// Everybody who takes part, by name.
pub fn members(organisation: &Organisation, series: &Series, day: NaiveDate) -> Vec<(EmployeeId, String)> {
    let people = organisation.people_on(day);
    let inside = people.filter(|person| takes_part(organisation, series, person.id, day));
    inside.map(|person| (person.id, person.name)).collect()
}

/// Who leads it: whoever was chosen, else those who lead the department.
pub fn leaders(organisation: &Organisation, series: &Series, day: NaiveDate) -> Vec<(EmployeeId, String)> {
    let people = organisation.people_on(day);
    let leads = people.filter(|person| match series.leader {
        Some(leader) => person.id == leader,
        None => person.lead && person.department == series.department,
    });
    leads.map(|person| (person.id, person.name)).collect()
}
