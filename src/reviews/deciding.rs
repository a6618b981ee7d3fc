//! What is decided and what becomes of it: load, permit, decide, save, record, tell.

use chrono::NaiveDate;
use serde_json::json;
use sqlx::PgConnection;

use super::decision_store::{self as store, New, Taken};
use super::policy::Part;
use super::steps::{Act, Outcome, Side};
use super::{Decision, DecisionId, Hand, Review, Seen, policy};
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{EmployeeId, UserId};
use crate::notices::{self, Telling, Value};
use crate::web::context::Ctx;

/// The page of a decision.
pub(super) fn href(id: DecisionId) -> String {
    format!("/decisions/{id}")
}

/// What is to be done, by whom and when, and the section of the agenda it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Section; empty for none.
    pub section: String,
    /// What is to be done.
    pub what: String,
    /// Who answers for it.
    pub owner: EmployeeId,
    /// By when.
    pub due: NaiveDate,
}

/// Writes down what a meeting decides, and tells the one who answers for it.
pub async fn decide(
    conn: &mut PgConnection,
    hand: &Hand,
    review: &Review,
    wanted: &Wanted,
) -> Result<DecisionId> {
    let Wanted { section, what, owner, due } = wanted.clone();
    let new = New { review: review.id, section, what, owner, due };
    let id = store::insert(conn, &new, hand).await?;
    store::insert_step(conn, id, Act::Decide, hand, (owner, due), "").await?;
    let decision = store::find(conn, id).await?.found()?;
    record(conn, hand, &decision, Act::Decide).await?;
    let owners = accounts_of(conn, owner).await?;
    tell(conn, hand, &decision, &owners, (Act::Decide, "")).await?;
    Ok(id)
}

/// A decision that the reader may see, and whether they also see the meeting; not found for everybody else.
pub(super) async fn find(conn: &mut PgConnection, ctx: &Ctx, id: DecisionId) -> Result<(Decision, bool)> {
    let decision = store::find(conn, id).await?.found()?;
    let seen = Seen::of(conn, ctx).await?;
    let shown = seen.shows(&decision);
    let meeting = seen.shows_meeting(decision.series);
    shown.then_some((decision, meeting)).found()
}

/// On which sides of a decision somebody is.
pub(super) async fn side(conn: &mut PgConnection, ctx: &Ctx, decision: &Decision) -> Result<Side> {
    let series = super::store::find_series(conn, decision.series).await?.found()?;
    let part = policy::part(&ctx.actor, &ctx.company.organisation, &series, ctx.today);
    Ok(Side {
        owner: ctx.actor.employee == Some(decision.owner),
        chair: part == Some(Part::Chair),
        writer: decision.by == ctx.actor.user && decision.version == 1,
    })
}

/// What is said with a step.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The version that was looked at.
    pub version: i64,
    /// Why, where it is asked for.
    pub reason: String,
    /// What is changed, of a change.
    pub wanted: Option<Wanted>,
}

/// Takes a step. Forbidden when the table has no such step for these sides, a conflict when the version is stale. Answers how
/// it stands then.
pub async fn take(
    conn: &mut PgConnection,
    hand: &Hand,
    side: Side,
    decision: &Decision,
    (act, said): (Act, &Said),
) -> Result<Decision> {
    if decision.version != said.version {
        return Err(AppError::Conflict("error-stale"));
    }
    let outcome = act.from(decision.outcome, side).ok_or(AppError::Forbidden)?;
    let closed = matches!(outcome, Outcome::Done | Outcome::Dropped).then_some(hand.at);
    let mut after = Decision { outcome, closed_at: closed, ..decision.clone() };
    if let Some(wanted) = &said.wanted {
        after.what.clone_from(&wanted.what);
        (after.owner, after.due) = (wanted.owner, wanted.due);
    }
    store::save(conn, &after).await?.ok_or(AppError::Conflict("error-stale"))?;
    store::insert_step(conn, after.id, act, hand, (after.owner, after.due), said.reason.trim()).await?;
    record(conn, hand, &after, act).await?;
    if act == Act::Undo {
        notices::forget(conn, &href(after.id)).await?;
        return Ok(after);
    }
    let after = store::find(conn, after.id).await?.found()?;
    let mut others = accounts_of(conn, after.owner).await?;
    if after.owner != decision.owner {
        others.extend(accounts_of(conn, decision.owner).await?);
    }
    others.push(after.by);
    tell(conn, hand, &after, &others, (act, said.reason.trim())).await?;
    Ok(after)
}

async fn accounts_of(conn: &mut PgConnection, person: EmployeeId) -> Result<Vec<UserId>> {
    Ok(accounts::of_people(conn, &[person]).await?.into_iter().map(|holder| holder.user).collect())
}

async fn record(conn: &mut PgConnection, hand: &Hand, decision: &Decision, act: Act) -> Result<()> {
    let action = match act {
        Act::Decide => "decision.made",
        Act::Change => "decision.changed",
        Act::Finish => "decision.finished",
        Act::Drop => "decision.dropped",
        Act::Reopen => "decision.reopened",
        Act::Undo => "decision.undone",
    };
    let details = json!({ "review": decision.review, "owner": decision.owner, "due": decision.due,
        "state": decision.outcome.code() });
    let event = Event::new(action, "decision", decision.id.0).with(details);
    audit::record(conn, Some(hand.user), hand.at, event).await
}

/// Tells those who have to do with it.
async fn tell(
    conn: &mut PgConnection,
    hand: &Hand,
    decision: &Decision,
    to: &[UserId],
    (act, reason): (Act, &str),
) -> Result<()> {
    let message = match act {
        Act::Decide => "notice-decision-made",
        Act::Change => "notice-decision-changed",
        Act::Finish => "notice-decision-finished",
        Act::Drop => "notice-decision-dropped",
        Act::Reopen => "notice-decision-reopened",
        Act::Undo => return Ok(()),
    };
    let values = vec![
        ("who", Value::text(&hand.name)),
        ("what", Value::text(&decision.what)),
        ("owner", Value::text(&decision.owner_name)),
        ("due", Value::Day { day: decision.due }),
        ("meeting", Value::text(&decision.meeting)),
    ];
    let telling = Telling { message, values, quote: reason.to_owned(), href: href(decision.id) };
    notices::tell(conn, to, Some(hand.user), &telling, hand.at).await
}

/// What was done with a decision, in order.
pub(super) async fn history(conn: &mut PgConnection, id: DecisionId) -> Result<Vec<Taken>> {
    store::list_steps(conn, id).await
}
