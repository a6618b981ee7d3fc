//! People of the organisation. A person is not a login: people exist without accounts and keep their history when
//! they leave.

pub(super) mod account;
mod forms;
pub(super) mod list;
pub(super) mod pages;
mod store;

pub(super) use list::department_choices;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::memberships;
use crate::error::{Found, OnConstraint, Result};
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
/// [`create_employee`]. Nothing the person belongs to outlasts their last day employed.
pub async fn update_employee(
    conn: &mut PgConnection,
    id: EmployeeId,
    new: &NewEmployee<'_>,
    version: i64,
) -> Result<Option<()>> {
    let before = store::find(conn, id).await?.found()?.left_on;
    let saved = store::save(conn, id, new, version).await.on_constraint(RULES)?;
    if saved.is_some() && before != new.left_on {
        memberships::follow_leaving(conn, id, before, new.left_on).await?;
    }
    Ok(saved)
}

/// How a person stands to the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Works here, or will.
    Employed,
    /// Has left.
    Left,
    /// Works here and has no account.
    NoAccount,
}

impl Standing {
    /// Reads the code that addresses carry.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "employed" => Some(Self::Employed),
            "left" => Some(Self::Left),
            "no-account" => Some(Self::NoAccount),
            _ => None,
        }
    }
}

/// Which people, in which order.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Part of the name, the number or the address.
    pub words: String,
    /// A department with everything below it.
    pub department: Option<DepartmentId>,
    /// Code of the account's role.
    pub role: Option<String>,
    /// How they stand to the company.
    pub standing: Option<Standing>,
    /// Column and whether it is descending.
    pub sort: (&'static str, bool),
}

/// A person as administrators see them in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonRow {
    /// The person.
    pub id: EmployeeId,
    /// The company's own number for them.
    pub employee_no: String,
    /// Full name.
    pub name: String,
    /// Title, perhaps empty.
    pub job_title: String,
    /// Where they get mail, if known.
    pub email: Option<String>,
    /// First day employed, if known.
    pub hired_on: Option<NaiveDate>,
    /// Last day employed.
    pub left_on: Option<NaiveDate>,
    /// Name of the department they belong to, or belonged to when they left.
    pub department: Option<String>,
    /// Whether they lead it.
    pub lead: bool,
    /// Code of the account's role, if there is an account.
    pub role: Option<String>,
    /// Whether the account has a password.
    pub has_password: bool,
    /// Whether the account is barred.
    pub disabled: bool,
    /// Rows in the whole list.
    pub total: i64,
}

impl PersonRow {
    /// Catalogue key of the account's state.
    pub fn account_state(&self) -> &'static str {
        match (&self.role, self.disabled, self.has_password) {
            (None, ..) => "org-account-none",
            (_, true, _) => "org-account-disabled",
            (_, _, true) => "org-account-active",
            _ => "org-account-invited",
        }
    }
}
