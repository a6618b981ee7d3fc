//! Whom a goal concerns: who answers for it, who sets it, who is told when it changes. From the organisation alone.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::Subject;
use super::policy::Place;
use crate::auth::accounts::{self, Holder};
use crate::auth::{Actor, Role};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId, UserId};
use crate::org::{Company, Organisation, PersonOn, Viewer};

/// Where a person stands on `day`; after they left, where they last stood.
pub fn place_of(organisation: &Organisation, person: EmployeeId, day: NaiveDate) -> Option<Place> {
    let stay = organisation.person(person)?.last_stay(day)?;
    let above = organisation.department(stay.department)?.parent;
    Some(Place { department: stay.department, above, leads: stay.lead })
}

/// The people who lead `department` itself.
fn leads_of(organisation: &Organisation, department: DepartmentId, day: NaiveDate) -> Vec<EmployeeId> {
    let leads = |person: &PersonOn| person.lead && person.department == department;
    organisation.people_on(day).filter(leads).map(|person| person.id).collect()
}

/// Who answers for the goal: the person, or those who lead the department. Nobody for the company: its goal is set, not
/// agreed.
pub fn owners(organisation: &Organisation, subject: Subject, day: NaiveDate) -> Vec<EmployeeId> {
    match subject {
        Subject::Person(person) => vec![person],
        Subject::Department(department) => leads_of(organisation, department, day),
        Subject::Company(_) => Vec::new(),
    }
}

/// Who sets the goal in the first place: those who lead the nearest department above that anybody else leads. Empty
/// where nobody does: then it is the executives.
pub fn setters(organisation: &Organisation, subject: Subject, day: NaiveDate) -> Vec<EmployeeId> {
    let first = match subject {
        Subject::Person(person) => place_of(organisation, person, day)
            .and_then(|at| if at.leads { at.above } else { Some(at.department) }),
        Subject::Department(id) => organisation.department(id).and_then(|department| department.parent),
        Subject::Company(_) => None,
    };
    let chain = std::iter::successors(first, |id| organisation.department(*id)?.parent);
    let others = |id| {
        let mut leads = leads_of(organisation, id, day);
        leads.retain(|lead| Some(*lead) != subject.employee());
        leads
    };
    chain.map(others).find(|leads| !leads.is_empty()).unwrap_or_default()
}

/// Whom the goal is for, and who is to know when it changes: the person, everybody in the department and below it, or
/// everybody in the company.
pub fn affected(organisation: &Organisation, subject: Subject, day: NaiveDate) -> Vec<EmployeeId> {
    let Some(top) = subject.department() else { return owners(organisation, subject, day) };
    let inside = organisation.with_below([top]);
    organisation.people_on(day).filter(|person| inside.contains(&person.department)).map(|p| p.id).collect()
}

/// Whether `actor` is one of those who set the goal in the first place.
pub fn is_setter(organisation: &Organisation, actor: &Actor, subject: Subject, day: NaiveDate) -> bool {
    let setters = setters(organisation, subject, day);
    match actor.employee {
        Some(own) if setters.contains(&own) => true,
        own => {
            setters.is_empty()
                && actor.role == Role::Executive
                && (own.is_none() || own != subject.employee())
        }
    }
}

/// The accounts of those who answer for the goal.
pub async fn owner_accounts(
    conn: &mut PgConnection,
    company: &Company,
    subject: Subject,
    day: NaiveDate,
) -> Result<Vec<UserId>> {
    users(conn, &owners(&company.organisation, subject, day)).await
}

/// The accounts of those who set the goal in the first place: executives, then administrators, where nobody leads.
pub async fn setter_accounts(
    conn: &mut PgConnection,
    company: &Company,
    subject: Subject,
    day: NaiveDate,
) -> Result<Vec<UserId>> {
    let mut found = accounts::of_people(conn, &setters(&company.organisation, subject, day)).await?;
    for role in [Role::Executive, Role::Admin] {
        if found.is_empty() {
            found = accounts::of_role(conn, role).await?;
            found.retain(|holder| holder.employee.is_none() || holder.employee != subject.employee());
        }
    }
    Ok(found.into_iter().map(|holder| holder.user).collect())
}

/// The accounts of everybody whom the goal is for.
pub async fn affected_accounts(
    conn: &mut PgConnection,
    company: &Company,
    subject: Subject,
    day: NaiveDate,
) -> Result<Vec<UserId>> {
    users(conn, &affected(&company.organisation, subject, day)).await
}

async fn users(conn: &mut PgConnection, people: &[EmployeeId]) -> Result<Vec<UserId>> {
    Ok(accounts::of_people(conn, people).await?.into_iter().map(|holder| holder.user).collect())
}

/// Everybody with an account who may see goals of `subject`.
pub async fn readers(
    conn: &mut PgConnection,
    company: &Company,
    subject: Subject,
    day: NaiveDate,
) -> Result<Vec<Holder>> {
    let mut holders = accounts::all_active(conn).await?;
    holders.retain(|holder| {
        let viewer = Viewer { employee: holder.employee, everyone: holder.role.reads_everyone(), today: day };
        match subject {
            Subject::Person(id) => company.organisation.shows_person(viewer, id),
            Subject::Department(id) | Subject::Company(id) => {
                company.organisation.shows_department(viewer, id)
            }
        }
    });
    Ok(holders)
}
