//! The steps of a scenario: each is noted with what it changed, so that it can be taken back and done again.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::node::Change;
use super::sheet::{self, Sheet};
use super::{Scenario, ScenarioId, history_store, sees, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::form::Form;
use crate::web::toast::Notice;

/// Which version was looked at.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    version: i64,
}

/// Stores a step of a scenario that the caller holds: targets, step, version and record. Nothing changed is no step.
pub(super) async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    scenario: &mut Scenario,
    what: (&'static str, Option<DepartmentId>),
    changes: &[Change],
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let by = (ctx.actor.user, ctx.now);
    scenario.at_change += 1;
    scenario.last_change = scenario.at_change;
    store::save_targets(conn, scenario.id, changes).await?;
    history_store::insert_step(conn, scenario.id, scenario.at_change, what, changes, by).await?;
    touch(conn, ctx, scenario).await?;
    note(conn, ctx, "plan.changed", scenario.id, json!({ "step": what.0, "targets": changes.len() })).await
}

/// Counts the version up, with the settings and the step that the scenario has now.
pub(super) async fn touch(conn: &mut PgConnection, ctx: &Ctx, scenario: &mut Scenario) -> Result<()> {
    scenario.version += 1;
    store::touch(conn, scenario, scenario.at_change, (ctx.actor.user, ctx.now)).await
}

/// Writes into the record what was done to a scenario.
pub(super) async fn note(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    id: ScenarioId,
    details: serde_json::Value,
) -> Result<()> {
    audit::record(conn, Some(ctx.actor.user), ctx.now, Event::new(action, "plan", id.0).with(details)).await
}

/// `POST /plans/{id}/undo`: takes the last step back.
pub async fn undo(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let mut scenario = held(&mut tx, &ctx, id, form).await?;
    let step = history_store::find_step(&mut tx, id, scenario.at_change).await?;
    let changes = step.ok_or(AppError::Conflict("error-plan-no-step"))?;
    let changes: Vec<Change> = changes.into_iter().map(Change::back).collect();
    scenario.at_change -= 1;
    turn(&mut tx, &ctx, &mut scenario, &changes).await?;
    tx.commit().await?;
    let again = (format!("/plans/{id}/redo"), scenario.version.to_string());
    Ok(Notice::new("plans-toast-undone").undo(again.0, &[("version", again.1)]).redirect(&scenario.href()))
}

/// `POST /plans/{id}/redo`: does again what was taken back last.
pub async fn redo(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let mut scenario = held(&mut tx, &ctx, id, form).await?;
    let step = history_store::find_step(&mut tx, id, scenario.at_change + 1).await?;
    let changes = step.ok_or(AppError::Conflict("error-plan-no-step"))?;
    scenario.at_change += 1;
    turn(&mut tx, &ctx, &mut scenario, &changes).await?;
    tx.commit().await?;
    let back = (format!("/plans/{id}/undo"), scenario.version.to_string());
    Ok(Notice::new("plans-toast-redone").undo(back.0, &[("version", back.1)]).redirect(&scenario.href()))
}

/// The scenario, held, in the version that was looked at and open to change.
async fn held(conn: &mut PgConnection, ctx: &Ctx, id: ScenarioId, form: VersionForm) -> Result<Scenario> {
    let scenario = sheet::find(conn, ctx, id, true).await?;
    scenario.open()?;
    if scenario.version == form.version { Ok(scenario) } else { Err(AppError::Conflict("error-stale")) }
}

/// Stores targets without a new step. What changes somebody's goal that the reader may not set is left to others.
async fn turn(conn: &mut PgConnection, ctx: &Ctx, scenario: &mut Scenario, changes: &[Change]) -> Result<()> {
    let tree = Sheet::load_everybody(conn, ctx, scenario).await?.tree;
    let may = |change: &Change| tree.find(change.part).is_some_and(|at| tree.0[at].may_set);
    if !changes.iter().all(may) {
        return Err(AppError::Conflict("error-plan-step-of-others"));
    }
    store::save_targets(conn, scenario.id, changes).await?;
    touch(conn, ctx, scenario).await?;
    let details = json!({ "step": scenario.at_change, "targets": changes.len() });
    note(conn, ctx, "plan.turned", scenario.id, details).await
}

/// `POST /plans/{id}/remove`
pub async fn remove(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let scenario = held(&mut tx, &ctx, id, form).await?;
    store::save_removed(&mut tx, id, Some(ctx.now)).await?;
    note(&mut tx, &ctx, "plan.removed", id, json!({})).await?;
    tx.commit().await?;
    let (back, version) = (format!("/plans/{id}/restore"), (scenario.version + 1).to_string());
    let notice = Notice::new("plans-toast-removed").with("name", scenario.name);
    Ok(notice.undo(back, &[("version", version)]).redirect("/plans"))
}

/// `POST /plans/{id}/restore`
pub async fn restore(
    ctx: Ctx,
    Path(id): Path<ScenarioId>,
    Form(form): Form<VersionForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let scenario = store::find(&mut tx, id, true, true).await?.found()?;
    if !sees(&ctx.actor, &scenario.scope) {
        return Err(AppError::NotFound);
    }
    if scenario.version != form.version {
        return Err(AppError::Conflict("error-stale"));
    }
    store::save_removed(&mut tx, id, None).await?;
    note(&mut tx, &ctx, "plan.restored", id, json!({})).await?;
    tx.commit().await?;
    Ok(Notice::new("plans-toast-restored").with("name", scenario.name.clone()).redirect(&scenario.href()))
}
