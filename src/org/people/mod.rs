//! People of the organisation. A person is not a login: people exist without accounts and keep their history when
//! they leave.

mod store;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::error::{OnConstraint, Result};
use crate::kernel::id::{DepartmentId, EmployeeId};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeView {
    /// The person.
    pub id: EmployeeId,
    /// The company's own number for them.
    pub employee_no: String,
    /// Full name.
    pub name: String,
    /// Where they get mail, if known.
    pub email: Option<String>,
    /// Title, perhaps empty.
    pub job_title: String,
    /// First day employed, if known.
    pub hired_on: Option<NaiveDate>,
    /// Last day employed, inclusive.
    pub left_on: Option<NaiveDate>,
    /// For stale-edit checks.
    pub version: i64,
}

/// What a person is made of.
#[derive(Clone, Debug, Default)]
pub struct NewEmployee<'a> {
    /// The company's own number for them, unique.
    pub employee_no: &'a str,
    /// Full name.
    pub name: &'a str,
    /// Where they get mail, if known.
    pub email: Option<&'a str>,
    /// Title, perhaps empty.
    pub job_title: &'a str,
    /// First day employed, if known.
    pub hired_on: Option<NaiveDate>,
    /// Last day employed, inclusive.
    pub left_on: Option<NaiveDate>,
}

/// A person in the department they belong to on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonOn {
    /// The person.
    pub id: EmployeeId,
    /// The company's own number for them.
    pub employee_no: String,
    /// Full name.
    pub name: String,
    /// Title, perhaps empty.
    pub job_title: String,
    /// Where they belong that day.
    pub department: DepartmentId,
    /// Whether they lead it that day.
    pub lead: bool,
}

const RULES: &[(&str, &str, &str)] = &[
    ("employees_employee_no_key", "employee_no", "org-number-taken"),
    ("employees_dates", "left_on", "org-left-before-hired"),
];

/// A person by id.
pub async fn find_employee(conn: &mut PgConnection, id: EmployeeId) -> Result<Option<EmployeeView>> {
    Ok(store::find(conn, id).await?)
}

/// Makes a person. Faults: the number is taken (`employee_no`), or they leave before they come (`left_on`).
pub async fn create_employee(conn: &mut PgConnection, new: &NewEmployee<'_>) -> Result<EmployeeId> {
    store::insert(conn, new).await.on_constraint(RULES)
}

/// Stores `new` over the person of `version`; `None` when somebody else has changed them since. Faults as for
/// [`create_employee`]. The last day employed is not changed here but by [`super::memberships::leave`].
pub async fn update_employee(
    conn: &mut PgConnection,
    id: EmployeeId,
    new: &NewEmployee<'_>,
    version: i64,
) -> Result<Option<()>> {
    store::save(conn, id, new, version).await.on_constraint(RULES)
}

/// Everybody who belongs to a department on `day`, by name.
pub async fn people_on(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<PersonOn>> {
    Ok(store::list_on(conn, day).await?)
}
