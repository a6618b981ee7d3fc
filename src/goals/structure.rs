//! The organisation as goals see it: departments, and the one department each person belongs to in a period.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::policy::Place;
use super::{Subject, Viewer};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;

/// A department that the viewer may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its name.
    pub name: String,
    /// `company`, `sales`, …
    pub kind: String,
    /// The department above; nothing for the company.
    pub above: Option<DepartmentId>,
    /// Names of those who lead it.
    pub leads: Vec<String>,
}

impl Department {
    /// Whether it is the whole company.
    pub fn is_company(&self) -> bool {
        self.above.is_none()
    }

    /// The department as the subject of a goal.
    pub fn subject(&self) -> Subject {
        if self.is_company() { Subject::Company(self.id) } else { Subject::Department(self.id) }
    }
}

/// A person whom the viewer may see, in the department that counts for the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: EmployeeId,
    /// Their name.
    pub name: String,
    /// Where they belong.
    pub department: DepartmentId,
    /// Whether they lead it.
    pub lead: bool,
}

/// Departments and people as far as a viewer sees them, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// The departments.
    pub departments: Vec<Department>,
    /// The people who belong to one of them in the period.
    pub members: Vec<Member>,
}

impl Structure {
    /// The department of this id, if the viewer may know it.
    pub fn department(&self, id: DepartmentId) -> Option<&Department> {
        self.departments.iter().find(|department| department.id == id)
    }

    /// The company's root, if there is one.
    pub fn root(&self) -> Option<&Department> {
        self.departments.iter().find(|department| department.is_company())
    }

    /// The departments directly below.
    pub fn below(&self, id: DepartmentId) -> impl Iterator<Item = &Department> {
        self.departments.iter().filter(move |department| department.above == Some(id))
    }

    /// The people directly in a department.
    pub fn people_in(&self, id: DepartmentId) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.department == id)
    }

    /// The department a subject counts towards: a person's own, or the one above a department.
    pub fn above(&self, subject: Subject) -> Option<&Department> {
        let id = match subject {
            Subject::Person(person) => self.members.iter().find(|m| m.id == person)?.department,
            Subject::Department(id) | Subject::Company(id) => self.department(id)?.above?,
        };
        self.department(id)
    }

    /// The parts of a department's goal: the departments directly below it, then the people directly in it.
    pub fn parts(&self, id: DepartmentId) -> Vec<Subject> {
        let departments = self.below(id).map(Department::subject);
        departments.chain(self.people_in(id).map(|member| Subject::Person(member.id))).collect()
    }

    /// A department with everything below it.
    pub fn subtree(&self, id: DepartmentId) -> Vec<Subject> {
        let mut all: Vec<Subject> = self.department(id).map(Department::subject).into_iter().collect();
        for part in self.parts(id) {
            match part {
                Subject::Department(below) => all.extend(self.subtree(below)),
                other => all.push(other),
            }
        }
        all
    }

    /// The name of a subject; empty when the viewer does not know it.
    pub fn name(&self, subject: Subject) -> &str {
        match subject {
            Subject::Person(id) => self.members.iter().find(|m| m.id == id).map_or("", |m| m.name.as_str()),
            Subject::Department(id) | Subject::Company(id) => {
                self.department(id).map_or("", |department| department.name.as_str())
            }
        }
    }
}

/// Loads what the viewer may know. Somebody who moved within the period belongs where they are on its present day
/// (before it, the first; after it, the last), so that nobody's goal is counted in two places.
pub async fn load(conn: &mut PgConnection, viewer: Viewer, period: &Period) -> Result<Structure> {
    let day = viewer.today.clamp(period.start, period.last_day());
    let employee = viewer.employee.map(|id| id.0);
    let departments = sqlx::query_as!(
        Department,
        r#"select d.id as "id: DepartmentId", d.name, d.kind, d.parent_id as "above: DepartmentId",
            array(select e.name from memberships m join employees e on e.id = m.employee_id
                where m.department_id = d.id and m.lead and m.during @> $4::date order by e.name) as "leads!"
        from departments d
        join visible_departments($1, $2, $3) v on v.department_id = d.id
        order by d.name"#,
        employee,
        viewer.everyone,
        viewer.today,
        day
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut members = sqlx::query_as!(
        Member,
        r#"select distinct on (m.employee_id) m.employee_id as "id: EmployeeId", e.name,
            m.department_id as "department: DepartmentId", m.lead
        from memberships m
        join employees e on e.id = m.employee_id
        join visible_employees($1, $2, $3) v on v.employee_id = m.employee_id
        where m.during && daterange($4, $5)
        order by m.employee_id, (m.during @> $6::date) desc, lower(m.during) desc"#,
        employee,
        viewer.everyone,
        viewer.today,
        period.start,
        period.end,
        day
    )
    .fetch_all(conn)
    .await?;
    members.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    Ok(Structure { departments, members })
}

/// Where a person stands today; after they left, where they last stood.
pub async fn place_of(
    conn: &mut PgConnection,
    employee: EmployeeId,
    today: NaiveDate,
) -> Result<Option<Place>> {
    Ok(sqlx::query_as!(
        Place,
        r#"select m.department_id as "department: DepartmentId", d.parent_id as "above: DepartmentId",
            m.lead as leads
        from memberships m join departments d on d.id = m.department_id
        where m.employee_id = $1 and lower(m.during) <= $2
        order by lower(m.during) desc limit 1"#,
        employee.0,
        today
    )
    .fetch_optional(conn)
    .await?)
}
