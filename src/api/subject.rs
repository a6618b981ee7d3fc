//! Whose figures: a person by employee number, a department by code, or the company.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Found, Result};
use crate::goals::{Goal, Subject};
use crate::org::{DepartmentView, Organisation, Viewer};

/// What kind of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A person, by employee number.
    Person,
    /// A department with everything below it, by code.
    Department,
    /// The company, by the code of its root department.
    Company,
}

impl SubjectKind {
    /// The name in addresses and answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Department => "department",
            Self::Company => "company",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Person, Self::Department, Self::Company].into_iter().find(|kind| kind.code() == code)
    }

    /// The kind of `subject`.
    pub const fn of(subject: Subject) -> Self {
        match subject {
            Subject::Person(_) => Self::Person,
            Subject::Department(_) => Self::Department,
            Subject::Company(_) => Self::Company,
        }
    }
}

/// Whose figure it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubjectRef {
    /// What kind of subject.
    pub kind: SubjectKind,
    /// Employee number or department code.
    #[schema(example = "E-1042")]
    pub r#ref: String,
    /// Name of the person or department.
    #[schema(example = "Elias Sandberg")]
    pub name: String,
}

impl SubjectRef {
    /// The subject of a goal.
    pub fn of_goal(goal: &Goal) -> Self {
        Self {
            kind: SubjectKind::of(goal.subject),
            r#ref: goal.subject_ref.clone(),
            name: goal.subject_name.clone(),
        }
    }
}

/// A subject that `viewer` may see, by number or code; the company needs none.
pub fn find(
    organisation: &Organisation,
    viewer: Viewer,
    kind: SubjectKind,
    reference: Option<&str>,
) -> Result<(Subject, SubjectRef)> {
    let found = match kind {
        SubjectKind::Person => {
            let number = reference.found()?;
            let person = organisation.people.iter().find(|person| person.employee_no == number);
            let seen = person.filter(|person| organisation.shows_person(viewer, person.id));
            seen.map(|person| (Subject::Person(person.id), person.employee_no.clone(), person.name.clone()))
        }
        SubjectKind::Department | SubjectKind::Company => {
            let is_company = kind == SubjectKind::Company;
            let asked = |department: &&DepartmentView| {
                department.parent.is_none() == is_company
                    && reference.map_or(is_company, |code| department.code == code)
            };
            let department = organisation.departments.iter().find(asked);
            let seen = department.filter(|department| organisation.shows_department(viewer, department.id));
            seen.map(|department| (subject(department), department.code.clone(), department.name.clone()))
        }
    };
    let (subject, r#ref, name) = found.found()?;
    Ok((subject, SubjectRef { kind, r#ref, name }))
}

fn subject(department: &DepartmentView) -> Subject {
    match department.parent {
        None => Subject::Company(department.id),
        Some(_) => Subject::Department(department.id),
    }
}
