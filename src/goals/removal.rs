//! Taking a goal away and bringing it back. Its versions stay whatever happens.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::{Goal, Viewer, find, find_removed, set_removed, subjects};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::id::GoalId;
use crate::notices;
use crate::web::context::Ctx;
use crate::web::form::Form;
use crate::web::toast::Notice;

/// Which state of the goal was looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    version: i64,
}

/// `POST /goals/{id}/remove`
pub async fn remove(ctx: Ctx, Path(id): Path<GoalId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let goal = find(&mut tx, Viewer::new(&ctx.actor, ctx.today), id).await?;
    change(&mut tx, &ctx, &goal, form.version, true).await?;
    tx.commit().await?;
    let version = (form.version + 1).to_string();
    let back = format!("/goals/{id}/restore");
    Ok(Notice::new("goals-toast-removed")
        .with("name", goal.subject_name)
        .undo(back, &[("version", version)])
        .redirect("/goals"))
}

/// `POST /goals/{id}/restore`
pub async fn restore(ctx: Ctx, Path(id): Path<GoalId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let goal = find_removed(&mut tx, Viewer::new(&ctx.actor, ctx.today), id).await?;
    change(&mut tx, &ctx, &goal, form.version, false).await?;
    tx.commit().await?;
    let notice = Notice::new("goals-toast-restored").with("name", goal.subject_name);
    Ok(notice.redirect(&format!("/goals/{id}")))
}

async fn change(conn: &mut PgConnection, ctx: &Ctx, goal: &Goal, version: i64, removed: bool) -> Result<()> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    if !subjects::may_set(conn, &ctx.actor, viewer, goal.subject).await? {
        return Err(AppError::Forbidden);
    }
    // of a goal that was set anew meanwhile there can be only one
    let done = set_removed(conn, goal.id, version, removed, ctx.now).await;
    done.map_err(|error| match error {
        AppError::Invalid(_) => AppError::Conflict("error-goal-exists"),
        other => other,
    })?;
    if removed {
        notices::forget(conn, &format!("/goals/{}", goal.id)).await?;
    }
    let action = if removed { "goal.removed" } else { "goal.restored" };
    let event = Event::new(action, "goal", goal.id.0).with(json!({ "target": goal.target() }));
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}
