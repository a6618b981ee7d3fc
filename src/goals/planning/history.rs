//! The steps of a scenario: each is noted with what it changed, so that it can be taken back and done again.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::history_store::Changed;
use super::node::Change;
use super::planner::Planner;
use super::sheet::{self, Sheet};
use super::{Scenario, ScenarioId, forms, history_store, sees, store, table_page};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// Which version was looked at.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    version: i64,
}

/// Stores a step of a scenario that the caller holds: targets, step, version and record. Nothing changed is no step.
pub(super) async fn record<'a>(
    conn: &mut PgConnection,
    by: impl Into<Planner<'a>>,
    scenario: &mut Scenario,
    what: (&'static str, Option<DepartmentId>),
    changes: &[Change],
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let changed = Changed { targets: changes.to_vec(), names: None };
    keep(conn, by.into(), scenario, what, &changed).await
}

/// Stores a step that there is: what it changed, the version and the record.
async fn keep(
    conn: &mut PgConnection,
    by: Planner<'_>,
    scenario: &mut Scenario,
    what: (&'static str, Option<DepartmentId>),
    changed: &Changed,
) -> Result<()> {
    let stamp = (by.actor.user, by.now);
    scenario.at_change += 1;
    scenario.last_change = scenario.at_change;
    store::save_targets(conn, scenario.id, &changed.targets).await?;
    history_store::insert_step(conn, scenario.id, scenario.at_change, what, changed, stamp).await?;
    touch(conn, by, scenario).await?;
    let mut details = json!({ "step": what.0, "targets": changed.targets.len() });
    if let Some((from, to)) = &changed.names {
        details = json!({ "step": what.0, "from": from, "to": to });
    }
    note(conn, by, "plan.changed", scenario.id, details).await
}

/// Counts the version up, with the settings and the step that the scenario has now.
pub(super) async fn touch<'a>(
    conn: &mut PgConnection,
    by: impl Into<Planner<'a>>,
    scenario: &mut Scenario,
) -> Result<()> {
    let by = by.into();
    scenario.version += 1;
    store::touch(conn, scenario, scenario.at_change, (by.actor.user, by.now)).await
}

/// Writes into the record what was done to a scenario.
pub(super) async fn note<'a>(
    conn: &mut PgConnection,
    by: impl Into<Planner<'a>>,
    action: &'static str,
    id: ScenarioId,
    details: serde_json::Value,
) -> Result<()> {
    let by = by.into();
    audit::record(conn, Some(by.actor.user), by.now, Event::new(action, "plan", id.0).with(details)).await
}

/// `POST /plans/{id}/undo`: takes the last step back.
pub async fn undo(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let mut scenario = held(&mut tx, &ctx, id, form).await?;
    let step = history_store::find_step(&mut tx, id, scenario.at_change).await?;
    let changed = step.ok_or(AppError::Conflict("error-plan-no-step"))?;
    scenario.at_change -= 1;
    turn(&mut tx, &ctx, &mut scenario, changed.back()).await?;
    tx.commit().await?;
    let again = (format!("/plans/{id}/redo"), scenario.version.to_string());
    Ok(Notice::new("plans-toast-undone").undo(again.0, &[("version", again.1)]).redirect(&scenario.href()))
}

/// `POST /plans/{id}/redo`: does again what was taken back last.
pub async fn redo(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let mut scenario = held(&mut tx, &ctx, id, form).await?;
    let step = history_store::find_step(&mut tx, id, scenario.at_change + 1).await?;
    let changed = step.ok_or(AppError::Conflict("error-plan-no-step"))?;
    scenario.at_change += 1;
    turn(&mut tx, &ctx, &mut scenario, changed).await?;
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

/// Stores targets and name without a new step. What changes somebody's goal that the reader may not set is left to others.
async fn turn(conn: &mut PgConnection, ctx: &Ctx, scenario: &mut Scenario, changed: Changed) -> Result<()> {
    let changes = &changed.targets;
    let tree = Sheet::load_everybody(conn, ctx, scenario).await?.tree;
    let may = |change: &Change| tree.find(change.part).is_some_and(|at| tree.0[at].may_set);
    if let Some((_, name)) = changed.names {
        scenario.name = name;
    }
    if !changes.iter().all(may) {
        return Err(AppError::Conflict("error-plan-step-of-others"));
    }
    store::save_targets(conn, scenario.id, changes).await?;
    touch(conn, ctx, scenario).await?;
    let details = json!({ "step": scenario.at_change, "targets": changes.len() });
    note(conn, ctx, "plan.turned", scenario.id, details).await
}

/// Another name for a scenario.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NameForm {
    pub(super) name: String,
    pub(super) version: i64,
}

/// `POST /plans/{id}/rename`: a step like any other, so that it can be taken back.
pub async fn rename(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<NameForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let mut scenario = held(&mut tx, &ctx, id, VersionForm { version: form.version }).await?;
    let mut errors = FormErrors::default();
    let Some(name) = forms::name(&form.name, &mut errors) else {
        tx.rollback().await?;
        return table_page::with_name(&ctx, id, form, errors).await;
    };
    if name == scenario.name {
        return Ok(Notice::new("plans-toast-unchanged").redirect(&scenario.href()));
    }
    let before = std::mem::replace(&mut scenario.name, name.clone());
    let changed = Changed { targets: Vec::new(), names: Some((before, name.clone())) };
    keep(&mut tx, (&ctx).into(), &mut scenario, ("rename", None), &changed).await?;
    tx.commit().await?;
    let back = (format!("/plans/{id}/undo"), scenario.version.to_string());
    let notice = Notice::new("plans-toast-renamed").with("name", name);
    Ok(notice.undo(back.0, &[("version", back.1)]).redirect(&scenario.href()))
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
