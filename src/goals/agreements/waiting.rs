//! What waits for a reader's answer: offers, and targets to acknowledge.

use sqlx::PgConnection;

use super::shown::{Shown, Sides};
use super::steps::{Side, State};
use super::store::{self, Filter};
use super::{Agreement, wording};
use crate::attainment::view::{Measure, Reader, goal_name, period_name};
use crate::error::Result;
use crate::goals::{self, GoalFilter, Viewer, acknowledgements};
use crate::web::context::Ctx;

/// One thing that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// The icon's name.
    pub icon: &'static str,
    /// Where it is answered.
    pub href: String,
    /// What it is.
    pub title: String,
    /// The goal it is about.
    pub text: String,
}

/// Everything that waits for the reader, longest first.
pub async fn of(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Waits>> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let shown = vec![Shown::Standing(State::Proposed), Shown::Standing(State::Countered)];
    let mut open = store::list(conn, &Filter { sides: Sides::of(ctx), shown, ..Filter::default() }).await?;
    open.retain(|agreement| agreement.waits_for(&ctx.company, &ctx.actor, ctx.today));
    let mut waits: Vec<Waits> = open.iter().rev().map(|agreement| offer(ctx, agreement)).collect();
    waits.extend(unseen(conn, ctx, viewer).await?);
    Ok(waits)
}

fn offer(ctx: &Ctx, agreement: &Agreement) -> Waits {
    let amount = wording::measure(ctx, agreement).amount(agreement.standing.target);
    let key = match (agreement.standing.state, agreement.standing.offered_by) {
        (State::Countered, _) => "agreements-waiting-counter",
        (_, Side::Setter) => "agreements-waiting-offer",
        (_, Side::Owner) => "agreements-waiting-wish",
    };
    let values = [("target", amount.into()), ("name", (&agreement.subject_name).into())];
    Waits {
        icon: "message-square",
        href: wording::href(agreement.id),
        title: ctx.l.tr(key, &values),
        text: wording::title(ctx, agreement),
    }
}

async fn unseen(conn: &mut PgConnection, ctx: &Ctx, viewer: Viewer) -> Result<Vec<Waits>> {
    let unseen = acknowledgements::unseen(conn, ctx.actor.user).await?;
    if unseen.is_empty() {
        return Ok(Vec::new());
    }
    let ids = Some(unseen.iter().map(|unseen| unseen.goal).collect());
    let goals = goals::list(conn, viewer, &GoalFilter { ids, ..GoalFilter::default() }).await?;
    // a goal that the reader has lost sight of waits no more
    let known =
        unseen.iter().filter_map(|unseen| Some((unseen, goals.iter().find(|g| g.id == unseen.goal)?)));
    let waits = known.map(|(unseen, goal)| {
        let amount = Measure::of(Reader::of(ctx), goal).amount(goal.target());
        let key = if unseen.number > 1 { "agreements-waiting-revised" } else { "agreements-waiting-set" };
        let period = period_name(ctx.l, ctx.company.fiscal, &goal.period);
        Waits {
            icon: "eye",
            href: format!("/goals/{}", goal.id),
            title: ctx.l.tr(key, &[("target", amount.into())]),
            text: format!("{} {period}, {}", goal_name(Reader::of(ctx), goal), goal.subject_name),
        }
    });
    Ok(waits.collect())
}
