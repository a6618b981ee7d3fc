//! The department tree, whose root is the company.

mod forms;
pub(super) mod list;
pub(super) mod pages;
mod store;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::error::{AppError, OnConstraint, Result};
use crate::kernel::id::DepartmentId;
use crate::org::{Organisation, PersonOn};
use crate::web::form::FormErrors;

/// What a department does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DepartmentKind {
    /// The root of the tree.
    Company,
    /// Sells.
    Sales,
    /// Makes what is sold.
    Production,
    /// Brings it to the customer.
    Delivery,
    /// Answers customers afterwards.
    Service,
    /// Finds those who might buy.
    Marketing,
    /// Decides what there is to sell.
    Product,
    /// Human resources.
    Hr,
    /// Accounts and payments.
    Finance,
    /// Anything else.
    Other,
}

impl DepartmentKind {
    /// All kinds but the root's, in the order they are offered.
    pub const BELOW_ROOT: [Self; 9] = [
        Self::Sales,
        Self::Production,
        Self::Delivery,
        Self::Service,
        Self::Marketing,
        Self::Product,
        Self::Hr,
        Self::Finance,
        Self::Other,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Sales => "sales",
            Self::Production => "production",
            Self::Delivery => "delivery",
            Self::Service => "service",
            Self::Marketing => "marketing",
            Self::Product => "product",
            Self::Hr => "hr",
            Self::Finance => "finance",
            Self::Other => "other",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Company].into_iter().chain(Self::BELOW_ROOT).find(|kind| kind.code() == code)
    }

    /// Catalogue key of the kind's name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Company => "org-kind-company",
            Self::Sales => "org-kind-sales",
            Self::Production => "org-kind-production",
            Self::Delivery => "org-kind-delivery",
            Self::Service => "org-kind-service",
            Self::Marketing => "org-kind-marketing",
            Self::Product => "org-kind-product",
            Self::Hr => "org-kind-hr",
            Self::Finance => "org-kind-finance",
            Self::Other => "org-kind-other",
        }
    }
}

/// A department as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentView {
    /// Its id.
    pub id: DepartmentId,
    /// Short, unique code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: DepartmentKind,
    /// The department it belongs to; the company belongs to none.
    pub parent: Option<DepartmentId>,
    /// Steps below the company, which has 0.
    pub depth: i32,
    /// For stale-edit checks.
    pub version: i64,
}

/// What a department is made of.
#[derive(Clone, Debug)]
pub struct NewDepartment<'a> {
    /// Short, unique code.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it does.
    pub kind: DepartmentKind,
    /// The department it belongs to; only the company has none.
    pub parent: Option<DepartmentId>,
}

const RULES: &[(&str, &str, &str)] = &[
    ("departments_code_key", "code", "org-code-taken"),
    ("departments_one_company", "kind", "org-one-company"),
    ("departments_check", "parent", "org-parent-required"),
    ("departments_parent_id_fkey", "parent", "org-parent-required"),
];

/// Every department, each followed by those below it, siblings by name.
pub async fn departments(conn: &mut PgConnection) -> Result<Vec<DepartmentView>> {
    store::list(conn).await
}

/// Which departments a list shows, and in what order.
#[derive(Clone, Debug)]
pub struct DepartmentFilter {
    /// Part of the name or the code.
    pub words: String,
    /// Code of the one kind.
    pub kind: Option<String>,
    /// By code rather than by name.
    pub by_code: bool,
}

/// The departments that `filter` finds, in its order.
pub async fn find_departments(
    conn: &mut PgConnection,
    filter: &DepartmentFilter,
) -> Result<Vec<DepartmentId>> {
    Ok(store::find(conn, filter).await?)
}

/// A department by its id.
pub async fn find_department(conn: &mut PgConnection, id: DepartmentId) -> Result<Option<DepartmentView>> {
    Ok(departments(conn).await?.into_iter().find(|department| department.id == id))
}

/// Makes a department. Faults: the code is taken (`code`), there is a company already (`kind`), or the parent is
/// missing (`parent`).
pub async fn create_department(conn: &mut PgConnection, new: &NewDepartment<'_>) -> Result<DepartmentId> {
    store::insert(conn, new).await.on_constraint(RULES)
}

/// Stores `new` over the department of `version`; `None` when somebody else has changed it since. A department
/// cannot come to stand below itself (fault at `parent`).
pub async fn update_department(
    conn: &mut PgConnection,
    id: DepartmentId,
    new: &NewDepartment<'_>,
    version: i64,
) -> Result<Option<()>> {
    store::lock_tree(conn).await?;
    let inside = store::subtree(conn, id).await?;
    if new.parent.is_some_and(|parent| inside.contains(&parent)) {
        return Err(AppError::Invalid(FormErrors::one("parent", "org-cycle")));
    }
    store::save(conn, id, new, version).await.on_constraint(RULES)
}

/// A department in the tree, with who is in it on a day.
#[derive(Clone, Debug)]
pub struct DepartmentRow {
    /// The department.
    pub department: DepartmentView,
    /// People who belong to it itself.
    pub people: i64,
    /// People who belong to it or to anything below it.
    pub people_in_all: i64,
    /// Names of its leads.
    pub leads: Vec<String>,
}

/// The tree on `day`.
pub fn tree(organisation: &Organisation, day: NaiveDate) -> Vec<DepartmentRow> {
    let people: Vec<PersonOn> = organisation.people_on(day).collect();
    let departments = organisation.departments.iter().cloned();
    let own = |id: DepartmentId| people.iter().filter(move |person| person.department == id);
    let mut rows: Vec<DepartmentRow> = departments
        .map(|department| {
            let count = i64::try_from(own(department.id).count()).unwrap_or(i64::MAX);
            let leads =
                own(department.id).filter(|person| person.lead).map(|person| person.name.clone()).collect();
            DepartmentRow { department, people: count, people_in_all: count, leads }
        })
        .collect();
    add_up(&mut rows);
    rows
}

/// Adds each department's people to all above it. Children stand after their parents, so one pass from the end does.
fn add_up(rows: &mut [DepartmentRow]) {
    for at in (0..rows.len()).rev() {
        let (parent, people) = (rows[at].department.parent, rows[at].people_in_all);
        if let Some(above) = rows.iter_mut().find(|row| Some(row.department.id) == parent) {
            above.people_in_all += people;
        }
    }
}
