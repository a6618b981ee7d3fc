//! Goals for a person, a department or the company, with versions that are only ever added (rule 13).
//!
//! Example: Elias has 1,450,000 in orders to take in the fourth quarter. On 12 October it becomes 1,600,000 with a
//! reason; the original stays, and whoever reads a figure can say which version it used.

mod accord;
mod acknowledgement_store;
pub mod acknowledgements;
pub mod agreements;
mod allocation;
mod as_of_page;
mod assign_page;
mod cascade;
mod changes;
mod checks;
mod concerned;
mod copy_page;
mod detail_deals;
mod detail_page;
mod filter;
mod list_page;
mod measured;
mod new_page;
pub mod periods;
mod plan;
mod plan_page;
pub mod planning;
mod policy;
mod progress;
pub mod remembered;
mod removal;
mod revise_page;
mod store;
mod structure;
mod subjects;
mod talk;
pub mod terms;
mod terms_page;
mod tree_page;
mod wording;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::attainment::Metric;
use crate::error::{AppError, Found, OnConstraint, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, DepartmentId, EmployeeId, GoalId, UserId};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::market::{self, NoteId};
pub use crate::org::Viewer;
use crate::talks::{self, ThreadId};
use crate::web::form::FormErrors;
use crate::web::routes::{Gate, Routes};
pub use as_of_page::{as_they_stood, end_of, steps as steps_since};
pub use concerned::{owner_accounts, setter_accounts, setters};
use filter::Pick;
pub use filter::{GoalFilter, NamedKind, Slice};
pub use list_page::{View, views};
pub use policy::sees_parts;
pub use subjects::{may_set, resolve};
pub use talk::CommentForm;
pub use terms::GoalTerms;
pub use wording::bases;

/// Goals: the list, the cascade, one goal, and every way to set or change them.
pub fn routes() -> Routes {
    Routes::new()
        .get("/goals", Gate::SignedIn, list_page::show)
        .get("/goals.csv", Gate::SignedIn, list_page::download)
        .get("/goals/tree", Gate::SignedIn, tree_page::show)
        .get("/goals/subjects", Gate::Leader, subjects::suggest)
        .get("/goals/new", Gate::Leader, new_page::show)
        .post("/goals/new", Gate::Leader, new_page::create)
        .get("/goals/plan", Gate::Leader, plan_page::show)
        .post("/goals/plan", Gate::Leader, plan_page::save)
        .post("/goals/plan/sum", Gate::Leader, plan_page::sum)
        .get("/goals/copy", Gate::Leader, copy_page::show)
        .post("/goals/copy", Gate::Leader, copy_page::save)
        .get("/goals/{id}", Gate::SignedIn, detail_page::show)
        .get("/goals/{id}/as-of", Gate::SignedIn, as_of_page::show)
        .get("/goals/{id}/deals.csv", Gate::SignedIn, detail_deals::download)
        .get("/goals/{id}/revise", Gate::Leader, revise_page::show)
        .post("/goals/{id}/revise", Gate::Leader, revise_page::save)
        .get("/goals/{id}/terms", Gate::Leader, terms_page::show)
        .post("/goals/{id}/terms", Gate::Leader, terms_page::save)
        .get("/goals/{id}/assign", Gate::Leader, assign_page::show)
        .post("/goals/{id}/assign", Gate::Leader, assign_page::save)
        .post("/goals/{id}/acknowledge", Gate::SignedIn, talk::acknowledge)
        .post("/goals/{id}/comments", Gate::SignedIn, talk::write)
        .post("/goals/{id}/comments/{post}/remove", Gate::SignedIn, talk::remove)
        .post("/goals/{id}/comments/{post}/restore", Gate::SignedIn, talk::restore)
        .post("/goals/{id}/remove", Gate::Leader, removal::remove)
        .post("/goals/{id}/restore", Gate::Leader, removal::restore)
        .merge(agreements::routes())
        .merge(planning::routes())
}

/// Whose goal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    Person(EmployeeId),
    /// A department with everything below it.
    Department(DepartmentId),
    /// The whole company, by its root department.
    Company(DepartmentId),
}

impl Subject {
    /// The stored code of its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Department(_) => "department",
            Self::Company(_) => "company",
        }
    }

    /// The person, if it is one.
    pub const fn employee(self) -> Option<EmployeeId> {
        if let Self::Person(id) = self { Some(id) } else { None }
    }

    /// The department, or the company's root.
    pub const fn department(self) -> Option<DepartmentId> {
        match self {
            Self::Department(id) | Self::Company(id) => Some(id),
            Self::Person(_) => None,
        }
    }

    fn read(kind: &str, employee: Option<EmployeeId>, department: Option<DepartmentId>) -> Option<Self> {
        match kind {
            "person" => employee.map(Self::Person),
            "department" => department.map(Self::Department),
            "company" => department.map(Self::Company),
            _ => None,
        }
    }
}

/// Why a goal was revised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonClass {
    /// The person or department does better or worse than thought.
    Performance,
    /// The economy changed.
    Economy,
    /// A competitor acted.
    Competition,
    /// People or responsibilities changed.
    Organisation,
    /// The number was wrong.
    Correction,
}

impl ReasonClass {
    /// All, in the order they are offered.
    pub const ALL: [Self; 5] =
        [Self::Performance, Self::Economy, Self::Competition, Self::Organisation, Self::Correction];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Performance => "performance",
            Self::Economy => "economy",
            Self::Competition => "competition",
            Self::Organisation => "organisation",
            Self::Correction => "correction",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }
}

/// A target from a day on, with why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalVersion {
    /// 1 is the original.
    pub number: i32,
    /// Minor units for money metrics, else a count.
    pub target: i64,
    /// First day it holds.
    pub effective_on: NaiveDate,
    /// Whether it is for the days from then on only.
    pub from_here: bool,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// Nothing for the original.
    pub reason_class: Option<ReasonClass>,
    /// In words.
    pub reason: String,
    /// Name of who proposed it; nobody for imports.
    pub proposed_by: Option<String>,
    /// Name of who approved it.
    pub approved_by: Option<String>,
}

/// Who wanted a goal and who let it be.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// Nobody for imports.
    pub proposed_by: Option<UserId>,
    /// Who agreed, or the same one when it was set.
    pub approved_by: Option<UserId>,
    /// Why, in words; empty when it goes without saying.
    pub reason: String,
}

/// A goal with all its versions, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Its id.
    pub id: GoalId,
    /// Whose it is.
    pub subject: Subject,
    /// Name of the person or department.
    pub subject_name: String,
    /// Employee number or department code.
    pub subject_ref: String,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category, with its name.
    pub category: Option<(CategoryId, String)>,
    /// When it is counted.
    pub period: Period,
    /// Currency of the target, for money metrics.
    pub currency: Option<Currency>,
    /// At least one.
    pub versions: Vec<GoalVersion>,
    /// How it is measured.
    pub terms: GoalTerms,
    /// For stale-edit checks.
    pub version: i64,
}

impl Goal {
    /// The latest version.
    pub fn current(&self) -> Option<&GoalVersion> {
        self.versions.last()
    }

    /// The latest target; 0 only for a goal that somehow has no version.
    pub fn target(&self) -> i64 {
        self.current().map_or(0, |version| version.target)
    }
}

/// A goal to set.
#[derive(Clone, Debug)]
pub struct GoalDraft {
    /// Whose it is.
    pub subject: Subject,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category.
    pub category: Option<CategoryId>,
    /// When it is counted.
    pub period: Period,
    /// Minor units of the company's currency for money metrics, else a count.
    pub target: i64,
    /// Whether sales count when they are booked or as they are delivered; the company's choice when it is left open.
    pub basis: Option<Basis>,
}

/// A revision to add.
#[derive(Clone, Debug)]
pub struct RevisionDraft {
    /// The new target.
    pub target: i64,
    /// First day it holds.
    pub effective_on: NaiveDate,
    /// Whether it is for the days from then on only, and the days before keep what held then.
    pub from_here: bool,
    /// Why.
    pub class: ReasonClass,
    /// Why, in words.
    pub reason: String,
    /// What it rests on.
    pub evidence: Vec<NoteId>,
}

/// The goals a viewer may see, narrowed by `filter`; by period, subject and metric.
pub async fn list(conn: &mut PgConnection, viewer: Viewer, filter: &GoalFilter) -> Result<Vec<Goal>> {
    store::list(conn, viewer, filter, Pick::Present).await
}

/// What kinds of goals the viewer may see, latest period first.
pub async fn kinds(conn: &mut PgConnection, viewer: Viewer) -> Result<Vec<NamedKind>> {
    store::list_kinds(conn, viewer).await
}

/// One goal, if the viewer may see it.
pub async fn find(conn: &mut PgConnection, viewer: Viewer, id: GoalId) -> Result<Goal> {
    store::list(conn, viewer, &GoalFilter::default(), Pick::One(id)).await?.pop().found()
}

/// One goal that was taken away, if the viewer could see it.
pub async fn find_removed(conn: &mut PgConnection, viewer: Viewer, id: GoalId) -> Result<Goal> {
    store::list(conn, viewer, &GoalFilter::default(), Pick::Removed(id)).await?.pop().found()
}

/// Sets a goal. Fault: there is one for the same subject, metric, category and period (`period`).
pub async fn set(
    conn: &mut PgConnection,
    draft: &GoalDraft,
    currency: Currency,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<GoalId> {
    let approval = Approval { proposed_by: by, approved_by: by, reason: String::new() };
    set_approved(conn, draft, currency, &approval, now).await
}

/// Sets a goal that somebody proposed and somebody approved. Fault: as [`set`].
pub async fn set_approved(
    conn: &mut PgConnection,
    draft: &GoalDraft,
    currency: Currency,
    approval: &Approval,
    now: DateTime<Utc>,
) -> Result<GoalId> {
    let money = draft.metric.is_money().then_some(currency);
    let inserted = store::insert(conn, draft, money, approval.approved_by, now).await;
    let id = inserted.on_constraint(&[("goals_one_per_period", "period", "error-goal-exists")])?;
    store::insert_original(conn, id, draft, approval, now).await?;
    Ok(id)
}

/// Where the goal is talked about, opened when it is first needed.
pub async fn thread(conn: &mut PgConnection, id: GoalId) -> Result<ThreadId> {
    if let Some(thread) = store::find_thread(conn, id).await? {
        return Ok(thread);
    }
    let opened = talks::open(conn).await?;
    store::save_thread(conn, id, opened).await
}

/// Lets what was written while the goal was agreed on stand at the goal.
pub async fn keep_thread(conn: &mut PgConnection, id: GoalId, thread: ThreadId) -> Result<()> {
    store::save_thread(conn, id, thread).await.map(drop)
}

/// Adds a version. `version` is the row's version that was looked at; a conflict when it is no longer the present one.
/// Faults: an effective day outside the period (`effective_on`), an unchanged target (`target`). After a fault the
/// transaction is to be given up. Answers the number of the version.
pub async fn revise(
    conn: &mut PgConnection,
    goal: &Goal,
    version: i64,
    draft: &RevisionDraft,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<i32> {
    // first: faults would be about somebody else's change
    store::touch(conn, goal.id, version).await?.ok_or(AppError::Conflict("error-stale"))?;
    check_revision(goal, draft).map_err(AppError::Invalid)?;
    let number = goal.versions.iter().map(|v| v.number).max().unwrap_or(0) + 1;
    store::insert_version(conn, goal.id, number, draft, by, now).await?;
    market::cite(conn, goal.id, number, &draft.evidence).await?;
    Ok(number)
}

fn check_revision(goal: &Goal, draft: &RevisionDraft) -> std::result::Result<(), FormErrors> {
    let mut errors = FormErrors::default();
    if !goal.period.contains(draft.effective_on) {
        errors.add("effective_on", "error-goal-effective");
    }
    if draft.target == goal.target() {
        errors.add("target", "error-goal-unchanged");
    }
    if draft.reason.trim().is_empty() {
        errors.add("reason", "error-required");
    }
    errors.or(Some(()))
}

/// Changes how a goal is measured. A conflict when `version` is stale.
pub async fn set_terms(conn: &mut PgConnection, id: GoalId, version: i64, terms: &GoalTerms) -> Result<()> {
    store::save_terms(conn, id, version, terms).await?.ok_or(AppError::Conflict("error-stale"))
}

/// Takes a goal away, or brings it back; its versions stay. A conflict when `version` is stale.
pub async fn set_removed(
    conn: &mut PgConnection,
    id: GoalId,
    version: i64,
    removed: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let changed = store::save_removed(conn, id, version, removed.then_some(now)).await;
    let changed = changed.on_constraint(&[("goals_one_per_period", "period", "error-goal-exists")])?;
    changed.ok_or(AppError::Conflict("error-stale"))
}
