//! Setting and revising goals the way a page does it: saved, recorded, and told to those whom the goal is for, who are
//! asked to acknowledge it.

use serde_json::json;
use sqlx::PgConnection;

use super::{Approval, Goal, GoalDraft, RevisionDraft, Viewer, acknowledgements, concerned, find, talk};
use crate::audit::{self, Event};
use crate::error::Result;
use crate::kernel::id::GoalId;
use crate::notices::{self, Telling, Value};
use crate::web::context::Ctx;

/// Sets a goal without agreeing on it, perhaps with a reason. Faults: as [`super::set`]. Goals of periods that are over change nobody's work, so
/// nobody is told of them.
pub async fn set(conn: &mut PgConnection, ctx: &Ctx, draft: &GoalDraft, reason: &str) -> Result<GoalId> {
    let by = ctx.actor.user;
    let approval = Approval { proposed_by: Some(by), approved_by: Some(by), reason: reason.to_owned() };
    let id = super::set_approved(conn, draft, ctx.company.currency, &approval, ctx.now).await?;
    let details = json!({ "metric": draft.metric, "target": draft.target, "period": draft.period });
    audit::record(conn, Some(by), ctx.now, Event::new("goal.set", "goal", id.0).with(details)).await?;
    if draft.period.end > ctx.today {
        let goal = find(conn, Viewer::system(ctx.today), id).await?;
        acknowledgements::note(conn, id, 1, by, ctx.now).await?;
        announce(conn, ctx, &goal, 1, "notice-goal-set", Vec::new(), reason.trim()).await?;
    }
    Ok(id)
}

/// Revises a goal. Faults and conflict: as [`super::revise`].
pub async fn revise(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
    version: i64,
    draft: &RevisionDraft,
) -> Result<()> {
    let by = ctx.actor.user;
    let number = super::revise(conn, goal, version, draft, Some(by), ctx.now).await?;
    let details = json!({ "from": goal.target(), "to": draft.target, "effective_on": draft.effective_on,
        "reason_class": draft.class.code() });
    let event = Event::new("goal.revised", "goal", goal.id.0).with(details);
    audit::record(conn, Some(by), ctx.now, event).await?;
    let after = find(conn, Viewer::system(ctx.today), goal.id).await?;
    acknowledgements::note(conn, goal.id, number, by, ctx.now).await?;
    let from = ("from", Value::amount(goal.target(), goal.currency));
    announce(conn, ctx, &after, number, "notice-goal-revised", vec![from], draft.reason.trim()).await
}

async fn announce(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
    number: i32,
    message: &'static str,
    further: Vec<(&'static str, Value)>,
    reason: &str,
) -> Result<()> {
    let mut to = acknowledgements::ask(conn, &ctx.company, goal, number, ctx.now).await?;
    to.extend(concerned::setter_accounts(conn, &ctx.company, goal.subject, ctx.today).await?);
    let mut values = talk::values(goal);
    values.extend(further);
    values.push(("who", Value::text(&ctx.actor.name)));
    values.push(("target", Value::amount(goal.target(), goal.currency)));
    let href = format!("/goals/{}", goal.id);
    let telling = Telling { message, values, quote: reason.to_owned(), href };
    notices::tell(conn, &to, Some(ctx.actor.user), &telling, ctx.now).await
}
