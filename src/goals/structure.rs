//! The organisation as goals see it: departments, and the one department each person belongs to in a period.

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::policy::Place;
use super::{Subject, Viewer};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId};
use crate::kernel::period::Period;
use crate::org::{Organisation, Person};

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
    places: HashMap<Subject, usize>,
}

impl Structure {
    /// Of departments and people, both by name.
    pub fn new(departments: Vec<Department>, members: Vec<Member>) -> Self {
        let above = departments.iter().enumerate().map(|(at, department)| (department.subject(), at));
        let people = members.iter().enumerate().map(|(at, member)| (Subject::Person(member.id), at));
        let places = above.chain(people).collect();
        Self { departments, members, places }
    }

    /// The department of this id, if the viewer may know it.
    pub fn department(&self, id: DepartmentId) -> Option<&Department> {
        let place = |subject| self.places.get(&subject).copied();
        let place = place(Subject::Department(id)).or_else(|| place(Subject::Company(id)))?;
        self.departments.get(place)
    }

    fn member(&self, id: EmployeeId) -> Option<&Member> {
        self.places.get(&Subject::Person(id)).and_then(|place| self.members.get(*place))
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
            Subject::Person(person) => self.member(person)?.department,
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
            Subject::Person(id) => self.member(id).map_or("", |member| member.name.as_str()),
            Subject::Department(id) | Subject::Company(id) => {
                self.department(id).map_or("", |department| department.name.as_str())
            }
        }
    }
}

/// What the viewer may know. Somebody who moved within the period belongs where they are on its present day (before
/// it, the first; after it, the last), so that nobody's goal is counted in two places.
pub fn of(organisation: &Organisation, viewer: Viewer, period: &Period) -> Structure {
    let day = viewer.today.clamp(period.start, period.last_day());
    Structure::new(departments(organisation, viewer, day), members(organisation, viewer, period, day))
}

fn departments(organisation: &Organisation, viewer: Viewer, day: NaiveDate) -> Vec<Department> {
    let seen = organisation.visible_departments(viewer);
    let mut leads: HashMap<DepartmentId, Vec<String>> = HashMap::new();
    for person in organisation.people_on(day).filter(|person| person.lead) {
        leads.entry(person.department).or_default().push(person.name);
    }
    let mut departments: Vec<Department> = organisation
        .departments
        .iter()
        .filter(|department| seen.contains(&department.id))
        .map(|department| Department {
            id: department.id,
            name: department.name.clone(),
            kind: department.kind.code().to_owned(),
            above: department.parent,
            leads: leads.remove(&department.id).unwrap_or_default(),
        })
        .collect();
    departments.sort_by(|a, b| a.name.cmp(&b.name));
    departments
}

fn members(organisation: &Organisation, viewer: Viewer, period: &Period, day: NaiveDate) -> Vec<Member> {
    let seen = organisation.visible_people(viewer);
    let member = |person: &Person| {
        let within = || person.stays.iter().filter(|stay| stay.overlaps(period));
        let stay = within().find(|stay| stay.contains(day)).or_else(|| within().next_back())?;
        let (id, name) = (person.id, person.name.clone());
        Some(Member { id, name, department: stay.department, lead: stay.lead })
    };
    organisation.people.iter().filter(|person| seen.contains(&person.id)).filter_map(member).collect()
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
