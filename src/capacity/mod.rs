//! What can be asked of people in a period: how those who are new come up to a full target (ramp), and leave with approval
//! (relief). Goals that are prorated follow from it (rule 14); see [`crate::attainment::fair`].
//!
//! Example: Sara asks for leave from 14 to 27 September; Karin approves it, and Sara's goal for the quarter is 10 of 66
//! working days smaller. Nobody approves their own.

mod ending;
mod forms;
mod pages;
mod policy;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::{AppError, OnConstraint, Result};
use crate::goals::Viewer;
use crate::goals::agreements::waiting::Waits;
use crate::kernel::id::{EmployeeId, UserId};
use crate::kernel::period::Period;
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};

pub use policy::{Answer, State};

define_id!(
    /// Some days on which less is asked of somebody.
    ReliefId
);

/// A person's ramps and leave.
pub fn routes() -> Routes {
    Routes::new()
        .get("/people/{id}/capacity", Gate::SignedIn, pages::show)
        .post("/people/{id}/relief", Gate::SignedIn, pages::ask)
        .post("/people/{id}/relief/{relief}", Gate::SignedIn, pages::answer)
        .post("/people/{id}/relief/{relief}/end", Gate::SignedIn, ending::end)
        .post("/people/{id}/ramp", Gate::Leader, pages::set_ramp)
        .post("/people/{id}/ramp/remove", Gate::Leader, pages::remove_ramp)
}

/// Why less is asked of somebody. Deliberately coarse: what ails people is nobody's business here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReliefKind {
    /// Away.
    Leave,
    /// Works fewer hours.
    ReducedHours,
    /// Works on something else.
    OtherDuty,
}

impl ReliefKind {
    /// All, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Leave, Self::ReducedHours, Self::OtherDuty];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::ReducedHours => "reduced_hours",
            Self::OtherDuty => "other_duty",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Some days on which less is to be asked of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReliefDraft {
    /// Which days.
    pub period: Period,
    /// How much of them is not asked for, 1 to 100 percent.
    pub pct: i16,
    /// Why.
    pub kind: ReliefKind,
    /// In words; may be empty.
    pub reason: String,
}

/// The same as it was asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relief {
    /// Its id.
    pub id: ReliefId,
    /// Whose.
    pub person: EmployeeId,
    /// What was asked for.
    pub draft: ReliefDraft,
    /// What became of it.
    pub state: State,
    /// The last day that was approved, where it ended before that.
    pub granted_to: Option<NaiveDate>,
    /// The account that asked, and the name of who holds it.
    pub requested_by: (UserId, String),
    /// Who approved or declined it.
    pub decided_by: Option<String>,
    /// For stale answers.
    pub version: i64,
}

/// How somebody comes up to a full target: percent in each month from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// The first day.
    pub starts_on: NaiveDate,
    /// Percent in each month.
    pub steps: Vec<i16>,
}

/// Asks for relief; it lowers nothing until somebody else approves it.
pub async fn ask(
    conn: &mut PgConnection,
    person: EmployeeId,
    draft: &ReliefDraft,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<ReliefId> {
    store::insert(conn, person, draft, by, now).await
}

/// Answers relief that was asked for. Conflicts: `version` is stale, or some of the days are relieved already.
pub async fn answer(
    conn: &mut PgConnection,
    id: ReliefId,
    version: i64,
    answer: Answer,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<State> {
    let state = store::state(conn, id).await?.after(answer).ok_or(AppError::Conflict("error-stale"))?;
    let saved = store::save_state(conn, id, version, state, by, now).await;
    let saved = saved.on_constraint(&[("reliefs_no_overlap", "from", "capacity-error-overlap")]);
    let saved = saved.map_err(|error| match error {
        AppError::Invalid(_) => AppError::Conflict("capacity-error-overlap"),
        other => other,
    })?;
    saved.map(|()| state).ok_or(AppError::Conflict("error-stale"))
}

/// Lets approved relief end with an earlier day, which [`policy::ends`] has let pass. Conflict: `version` is stale, or days of
/// closed goals would change.
async fn end(
    conn: &mut PgConnection,
    relief: &Relief,
    version: i64,
    period: &Period,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<()> {
    let saved = store::save_end(conn, relief.id, version, period, by, now).await?;
    saved.ok_or(AppError::Conflict("error-stale"))
}

/// Sets how somebody comes up to a full target from a day on.
pub async fn set_ramp(
    conn: &mut PgConnection,
    person: EmployeeId,
    ramp: &Ramp,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    store::save_ramp(conn, person, ramp, by, now).await
}

/// Where a person's capacity is seen and answered.
pub fn href(person: EmployeeId) -> String {
    format!("/people/{person}/capacity")
}

/// Whether the reader may look at a person's capacity, whom they see.
pub async fn sees(conn: &mut PgConnection, ctx: &Ctx, person: EmployeeId) -> Result<bool> {
    pages::sees(conn, ctx, person).await
}

/// Leave that waits for the reader's answer, longest first.
pub async fn waiting(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Waits>> {
    if !policy::answers_any(&ctx.actor) {
        return Ok(Vec::new());
    }
    let mut waits = Vec::new();
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let seen = ctx.company.organisation.visible_people(viewer);
    for relief in store::requested(conn).await? {
        if seen.contains(&relief.person) && pages::may_answer(conn, ctx, &relief).await? {
            waits.extend(pages::waits(ctx, &relief));
        }
    }
    Ok(waits)
}
