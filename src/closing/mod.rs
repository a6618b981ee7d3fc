//! Periods whose figures are settled (rules 11, 12 and 20): open → in review → closed, and reopened by two people.
//!
//! Closed days are all days before one day (`closed_books.open_from`). The database itself keeps them: what is posted to
//! them later stands on the first open day with the day it belongs to; memberships, goals, holidays and leave of closed
//! days are refused (migration 27). A closing keeps a snapshot of every figure and every goal's final state, and
//! [`verify`] works both out again.

mod flow;
mod pages;
mod policy;
mod show_page;
mod snapshot;
mod store;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::define_id;
use crate::error::Result;
use crate::kernel::id::{GoalId, UserId};
use crate::kernel::period::Period;
use crate::web::routes::{Gate, Routes};

pub use flow::Closer;
pub use policy::closes as may_close;
pub use show_page::ended;
pub use snapshot::{Changed, Final, verify};

define_id!(
    /// The closing of a period.
    ClosingId
);

/// The list of closings, one closing, and every step.
pub fn routes() -> Routes {
    Routes::new()
        .get("/closing", Gate::SignedIn, pages::index)
        .post("/closing", Gate::SignedIn, pages::begin)
        .get("/closing/{id}", Gate::SignedIn, show_page::show)
        .get("/closing/{id}/goals.csv", Gate::SignedIn, show_page::download)
        .post("/closing/{id}/give-up", Gate::SignedIn, pages::give_up)
        .post("/closing/{id}/close", Gate::SignedIn, pages::close)
        .post("/closing/{id}/ask", Gate::SignedIn, pages::ask)
        .post("/closing/{id}/reopen", Gate::SignedIn, pages::reopen)
}

/// Where a closing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Figures are looked through; everything can still change.
    InReview,
    /// The review ended without a closing.
    GivenUp,
    /// Settled.
    Closed,
    /// Was closed, and is open again.
    Reopened,
}

impl State {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InReview => "in_review",
            Self::GivenUp => "given_up",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::InReview, Self::GivenUp, Self::Closed, Self::Reopened].into_iter().find(|s| s.code() == code)
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// The account.
    pub user: UserId,
    /// Its holder's name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The closing of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Its id.
    pub id: ClosingId,
    /// The period.
    pub period: Period,
    /// Where it stands.
    pub state: State,
    /// Who put it in review.
    pub begun: Did,
    /// Who closed it.
    pub closed: Option<Did>,
    /// Who wants it reopened, and why.
    pub asked: Option<(Did, String)>,
    /// Who reopened it.
    pub reopened: Option<Did>,
    /// For stale answers.
    pub version: i64,
}

/// Every closing, latest first.
pub async fn list(conn: &mut PgConnection) -> Result<Vec<Closing>> {
    store::list(conn).await
}

/// A figure that a closing keeps: of a person, a department by its own members, or the company. Money in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// `person`, `department` or `company`.
    pub holder: String,
    /// Employee number or department code.
    pub reference: String,
    /// Name.
    pub name: String,
    /// Only products of this category; nothing for all.
    pub category: Option<String>,
    /// Order intake.
    pub revenue: i64,
    /// Revenue less cost.
    pub margin: i64,
    /// Pieces.
    pub units: i64,
    /// Orders.
    pub orders: i64,
    /// Customers whose first order it was.
    pub new_customers: i64,
}

/// The figures that a closing keeps: the company first, then departments, then people; each for all products, then by category.
pub async fn figures(conn: &mut PgConnection, id: ClosingId) -> Result<Vec<Kept>> {
    store::figures(conn, id).await
}

/// Reviews and closes a period at once. Conflict: as a review.
pub async fn close(conn: &mut PgConnection, by: Closer<'_>, period: &Period) -> Result<ClosingId> {
    let id = flow::begin(conn, by, period).await?;
    flow::take(conn, by, id, (policy::Step::Close, 1), "").await?;
    Ok(id)
}

/// The closing that a goal's final state stands in; nothing while it is open.
pub async fn of_goal(conn: &mut PgConnection, goal: GoalId) -> Result<Option<Closing>> {
    store::of_goal(conn, goal).await
}
