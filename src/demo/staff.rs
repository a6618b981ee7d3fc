//! Employs the people of the demo company: departments, memberships over time, and who answers for whom.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::people::{COMPANY, Course, PEOPLE, PLACES, email_of};
use super::timeline::Timeline;
use crate::error::{AppError, Result};
use crate::kernel::id::{DepartmentId, EmployeeId, UserId};
use crate::org::{self, NewDepartment, NewEmployee};

/// The people and departments as they are stored.
pub(super) struct Staff {
    /// In the order of [`PEOPLE`].
    pub(super) people: Vec<EmployeeId>,
    departments: HashMap<&'static str, DepartmentId>,
    /// Accounts, by place in [`PEOPLE`].
    pub(super) users: HashMap<usize, UserId>,
}

impl Staff {
    /// The department of a code.
    pub(super) fn department(&self, code: &str) -> Option<DepartmentId> {
        self.departments.get(code).copied()
    }

    /// The person of a name, by place in [`PEOPLE`] and id.
    pub(super) fn named(&self, name: &str) -> Option<(usize, EmployeeId)> {
        let index = PEOPLE.iter().position(|person| person.name == name)?;
        Some((index, *self.people.get(index)?))
    }

    /// The account of the company's head.
    pub(super) fn executive(&self) -> Option<UserId> {
        self.leader_of(COMPANY)
    }

    /// The account of whoever leads a department, or of the company's head.
    pub(super) fn manager_of(&self, department: &str) -> Option<UserId> {
        self.leader_of(department).or_else(|| self.executive())
    }

    fn leader_of(&self, department: &str) -> Option<UserId> {
        let index = PEOPLE.iter().position(|person| person.lead && person.department == department)?;
        self.users.get(&index).copied()
    }
}

/// Makes departments and people, and lets everybody join, move and leave on their days.
pub(super) async fn create(conn: &mut PgConnection, timeline: &Timeline<'_>) -> Result<Staff> {
    let root = timeline.company.root.ok_or(AppError::NotFound)?;
    let mut departments = HashMap::from([(COMPANY, root)]);
    for place in PLACES {
        let parent = departments.get(place.above.unwrap_or(COMPANY)).copied();
        let new = NewDepartment { code: place.code, name: place.name, kind: place.kind, parent };
        departments.insert(place.code, org::create_department(conn, &new).await?);
    }
    let mut staff = Staff { people: Vec::new(), departments, users: HashMap::new() };
    for index in 0..PEOPLE.len() {
        let id = employ(conn, timeline, &staff, index).await?;
        staff.people.push(id);
    }
    Ok(staff)
}

async fn employ(
    conn: &mut PgConnection,
    timeline: &Timeline<'_>,
    staff: &Staff,
    index: usize,
) -> Result<EmployeeId> {
    let person = &PEOPLE[index];
    let (began, left) = timeline.employment(person, u32::try_from(index * 7 % 13).unwrap_or_default() + 1);
    let (number, email) = (format!("{}", 101 + index), email_of(person.name));
    let new = NewEmployee {
        employee_no: &number,
        name: person.name,
        email: Some(&email),
        job_title: person.title,
        hired_on: Some(began),
        left_on: None,
    };
    let id = org::create_employee(conn, &new).await?;
    let place = |code: &str| staff.department(code).ok_or(AppError::NotFound);
    let present = place(person.department)?;
    let first = if let Course::From(code) = person.course { place(code)? } else { present };
    org::join(conn, id, first, person.lead, began, None).await?;
    if first != present {
        org::transfer(conn, id, present, person.lead, timeline.transfer_day()).await?;
    }
    if let Some(left) = left {
        org::leave(conn, id, left).await?;
    }
    Ok(id)
}
