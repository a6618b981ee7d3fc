//! Whose figures: a person by employee number, a department by code, or the company.

use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::store;
use crate::error::{Found, Result};
use crate::goals::{Goal, Subject, Viewer};

/// What kind of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
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

    const fn of(subject: Subject) -> Self {
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
pub async fn find(
    conn: &mut PgConnection,
    viewer: Viewer,
    kind: SubjectKind,
    reference: Option<&str>,
) -> Result<(Subject, SubjectRef)> {
    let found = match kind {
        SubjectKind::Person => {
            let person = store::find_person(conn, viewer, reference.found()?).await?;
            person.map(|(id, number, name)| (Subject::Person(id), number, name))
        }
        SubjectKind::Department => {
            let department = store::find_department(conn, viewer, reference.found()?).await?;
            department.map(|(id, code, name)| (Subject::Department(id), code, name))
        }
        SubjectKind::Company => {
            let company = store::find_company(conn, reference).await?;
            company.map(|(id, code, name)| (Subject::Company(id), code, name))
        }
    };
    let (subject, r#ref, name) = found.found()?;
    Ok((subject, SubjectRef { kind, r#ref, name }))
}
