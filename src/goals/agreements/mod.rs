//! Agreeing on a goal: an offer, an answer, perhaps another amount, until both want it or it is imposed openly.
//!
//! Example: Karin proposes 1.6 million to Elias for the first quarter; he counters with 1.45 because of a leave; she
//! accepts, and only then there is a goal. Who may do what, when, is the table in [`steps`].

mod acting;
mod file;
mod flow;
mod forms;
mod list_page;
mod new_page;
mod page;
mod policy;
mod shown;
pub mod steps;
mod store;
mod talk;
pub mod waiting;
mod wording;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

pub use acting::{Raw, answer, propose};
pub use flow::{Answer, Hand, begin, take};
pub use forms::StepForm;
pub use shown::Shown;
use shown::Sides;
use steps::{Side, Standing, State, Step};
pub use talk::comment;

use super::Subject;
use super::concerned;
use crate::attainment::Metric;
use crate::auth::Actor;
use crate::auth::accounts::Holder;
use crate::define_id;
use crate::error::{Found, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, GoalId, UserId};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::org::{Company, Organisation};
use crate::talks::ThreadId;
use crate::web::context::Ctx;
use crate::web::routes::{Gate, Routes};

define_id!(
    /// An agreement about a goal, under way or settled.
    AgreementId
);

/// An agreement about a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Whose goal it is about: a person's or a department's.
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
    /// When sales count.
    pub basis: Basis,
    /// How it stands: the state and the offer on the table.
    pub standing: Standing,
    /// Where it is talked about.
    pub thread: ThreadId,
    /// The goal it led to.
    pub goal: Option<GoalId>,
    /// Who closed the period of that goal, and when.
    pub closed: Option<Closed>,
    /// When the last step was taken.
    pub changed_at: DateTime<Utc>,
    /// For stale-edit checks.
    pub version: i64,
}

/// The closing of the period of an agreement's goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Name of who closed it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What was done.
    pub step: Step,
    /// For which side.
    pub side: Side,
    /// By whom.
    pub by: UserId,
    /// Their name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The offer after it.
    pub target: i64,
    /// Why, in words.
    pub reason: String,
}

/// The side of `actor` in agreements about goals of `subject`.
pub fn side_of(organisation: &Organisation, actor: &Actor, subject: Subject, day: NaiveDate) -> Option<Side> {
    let place = subject.employee().and_then(|person| concerned::place_of(organisation, person, day));
    let above = subject.department().and_then(|id| organisation.department(id)?.parent);
    policy::side(actor, subject, place, above)
}

impl Agreement {
    /// The side of a reader who may know of it, `None` for one who only reads; not found for everybody else.
    pub fn seen_by(&self, ctx: &Ctx) -> Result<Option<Side>> {
        let side = side_of(&ctx.company.organisation, &ctx.actor, self.subject, ctx.today);
        let shown = match side {
            Some(side) => self.standing.is_shown_to(side),
            None => ctx.actor.reads_everyone() && self.standing.state != State::Draft,
        };
        shown.then_some(side).found()
    }

    /// Whether the actor is among those whose answer it waits for.
    pub fn waits_for(&self, company: &Company, actor: &Actor, day: NaiveDate) -> bool {
        let side = side_of(&company.organisation, actor, self.subject, day);
        match self.standing.asks() {
            Some(Side::Owner) => side == Some(Side::Owner),
            Some(Side::Setter) => concerned::is_setter(&company.organisation, actor, self.subject, day),
            None => false,
        }
    }
}

/// Everybody with an account who may read agreements about `subject`: of a person, those who read the person's goals; of a
/// department, those who lead it or above, and who reads everything.
async fn readers(
    conn: &mut PgConnection,
    company: &Company,
    subject: Subject,
    day: NaiveDate,
) -> Result<Vec<Holder>> {
    let mut holders = concerned::readers(conn, company, subject, day).await?;
    if let Some(department) = subject.department() {
        holders.retain(|holder| {
            let leads = holder.employee.map(|own| company.organisation.led_by(own, day));
            holder.role.reads_everyone() || leads.is_some_and(|led| led.contains(&department))
        });
    }
    Ok(holders)
}

/// Which agreements programs ask for, a slice at a time.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only in this state.
    pub shown: Option<Shown>,
    /// Only about goals of the person or department with this number or code.
    pub subject: Option<String>,
    /// Only periods with this first day.
    pub starts_on: Option<NaiveDate>,
    /// Only periods with this last day.
    pub last_day: Option<NaiveDate>,
    /// Only those with a higher id.
    pub after: i64,
    /// This many at most.
    pub rows: i64,
}

/// The agreements that the reader may know of and that are wanted, in order of id.
pub async fn list(conn: &mut PgConnection, ctx: &Ctx, wanted: Wanted) -> Result<Vec<Agreement>> {
    let shown = wanted.shown.into_iter().collect();
    let filter =
        store::Filter { sides: Sides::of(ctx), shown, slice: Some(wanted), ..store::Filter::default() };
    store::list(conn, &filter).await
}

/// An agreement by its id, whoever asks.
pub async fn find(conn: &mut PgConnection, id: AgreementId) -> Result<Agreement> {
    store::find(conn, id).await?.found()
}

/// The agreement that led to a goal.
pub async fn of_goal(conn: &mut PgConnection, goal: GoalId) -> Result<Option<Agreement>> {
    store::find_of_goal(conn, goal).await
}

/// Every step that was taken, in order.
pub async fn history(conn: &mut PgConnection, id: AgreementId) -> Result<Vec<Taken>> {
    Ok(store::list_steps(conn, &[id]).await?.into_iter().map(|(_, taken)| taken).collect())
}

/// Every step that was taken in some agreements, each in order.
pub async fn histories(
    conn: &mut PgConnection,
    ids: &[AgreementId],
) -> Result<HashMap<AgreementId, Vec<Taken>>> {
    let mut histories: HashMap<AgreementId, Vec<Taken>> = HashMap::new();
    for (id, taken) in store::list_steps(conn, ids).await? {
        histories.entry(id).or_default().push(taken);
    }
    Ok(histories)
}

/// The steps of an agreement as events of its thread, and the page of an agreement.
pub use wording::{events, href};

/// Agreements: the list, one of them, and every step.
pub fn routes() -> Routes {
    Routes::new()
        .get("/agreements", Gate::SignedIn, list_page::show)
        .get("/agreements.csv", Gate::SignedIn, list_page::download)
        .get("/agreements/new", Gate::SignedIn, new_page::show)
        .post("/agreements/new", Gate::SignedIn, new_page::create)
        .get("/agreements/import", Gate::SignedIn, file::show)
        .post("/agreements/import", Gate::SignedIn, file::import)
        .get("/agreements/{id}", Gate::SignedIn, page::show)
        .post("/agreements/{id}/steps/{step}", Gate::SignedIn, page::take_step)
        .post("/agreements/{id}/comments", Gate::SignedIn, talk::write)
        .post("/agreements/{id}/comments/{post}/remove", Gate::SignedIn, talk::remove)
        .post("/agreements/{id}/comments/{post}/restore", Gate::SignedIn, talk::restore)
}
