//! `/admin/stages`: the stages on the way to an order, for administrators.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::stage_store as store;
use super::stages::{self, Stage, StageId, Stages};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::ByValue;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

const PAGE: &str = "/admin/stages";

/// A stage as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StageForm {
    name: String,
    probability: String,
    version: i64,
}

impl StageForm {
    /// Name and probability in hundredths of a percent. Faults at `name` and `probability`, with `suffix`.
    fn read(&self, suffix: &str) -> Result<(String, i64), FormErrors> {
        let mut errors = FormErrors::default();
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            errors.add(format!("name{suffix}"), "error-required");
        } else if name.chars().count() > 60 {
            errors.add(format!("name{suffix}"), "deals-error-long");
        }
        let typed = self.probability.trim().trim_end_matches('%').trim().parse::<i64>().ok();
        let bp = typed.filter(|pct| (0..=100).contains(pct)).map(|pct| pct * 100);
        let bp = errors.check(&format!("probability{suffix}"), bp.ok_or("error-pipeline-probability"));
        errors.or(bp.map(|bp| (name, bp)))
    }
}

/// Which way, as a step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderForm {
    up: bool,
}

/// The version that was looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    version: i64,
}

#[derive(Template)]
#[template(path = "pipeline/stages.html")]
struct StagesPage {
    shell: Shell,
    stages: Stages,
    form: StageForm,
    changed: Option<StageId>,
    errors: FormErrors,
}

impl StagesPage {
    fn error(&self, field: &str, stage: &Stage) -> Option<String> {
        self.errors.of(&self.shell.l, &format!("{field}-{}", stage.id))
    }

    fn name(&self, stage: &Stage) -> String {
        if self.changed == Some(stage.id) { self.form.name.clone() } else { stage.name(self.shell.l) }
    }

    fn percent(&self, stage: &Stage) -> String {
        if self.changed == Some(stage.id) {
            self.form.probability.clone()
        } else {
            (stage.typed_bp / 100).to_string()
        }
    }

    fn measured(&self, stage: &Stage) -> String {
        let l = self.shell.l;
        let Some(share) = stages::share(stage.won, stage.decided) else {
            return l.t("pipeline-none-decided");
        };
        let values = [("pct", stages::percent(l, share).into()), ("n", stage.decided.into())];
        let key = if stage.probability().measured { "pipeline-measured-of" } else { "pipeline-measured-few" };
        l.tr(key, &values)
    }

    fn is_last(&self, index: impl ByValue<usize>) -> bool {
        index.value() + 1 == self.stages.active().count()
    }
}

async fn page(ctx: &Ctx, form: StageForm, changed: Option<StageId>, errors: FormErrors) -> Result<Response> {
    let stages = stages::all(&mut *ctx.app.read().await?).await?;
    let failed = !errors.is_empty();
    let page = StagesPage { shell: ctx.shell("stages"), stages, form, changed, errors };
    Ok(if failed { Page::invalid(page) } else { Page::ok(page) }.into_response())
}

/// `GET /admin/stages`
pub async fn show(ctx: Ctx) -> Result<Response> {
    page(&ctx, StageForm::default(), None, FormErrors::default()).await
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    id: StageId,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event::new(action, "stage", id.0).with(details);
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// `POST /admin/stages`
pub async fn add(ctx: Ctx, Form(form): Form<StageForm>) -> Result<Response> {
    let (name, bp) = match form.read("") {
        Ok(read) => read,
        Err(errors) => return page(&ctx, form, None, errors).await,
    };
    let mut tx = ctx.app.begin().await?;
    let id = store::insert(&mut tx, &name, bp).await?;
    record(&mut tx, &ctx, "stage.added", id, json!({ "name": name, "probability": bp })).await?;
    tx.commit().await?;
    Ok(Notice::new("pipeline-toast-stage-added")
        .with("stage", name)
        .undo(format!("{PAGE}/{id}/retire"), &[("version", "1".to_owned())])
        .redirect(PAGE))
}

async fn find(conn: &mut PgConnection, id: StageId) -> Result<Stage> {
    stages::all(conn).await?.get(id).cloned().found()
}

/// `POST /admin/stages/{id}`: a name that is what the language says keeps being said in each language.
pub async fn save(ctx: Ctx, Path(id): Path<StageId>, Form(form): Form<StageForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let stage = find(&mut tx, id).await?;
    let (name, bp) = match form.read(&format!("-{id}")) {
        Ok(read) => read,
        Err(errors) => return page(&ctx, form, Some(id), errors).await,
    };
    let unnamed = stage.name.is_empty() && name == stage.name(ctx.l);
    let kept = if unnamed { "" } else { name.as_str() };
    let saved = store::update(&mut tx, id, (kept, bp), form.version).await?;
    saved.ok_or(AppError::Conflict("error-stale"))?;
    record(&mut tx, &ctx, "stage.changed", id, json!({ "name": name, "probability": bp })).await?;
    tx.commit().await?;
    let before = [
        ("name", stage.name(ctx.l)),
        ("probability", (stage.typed_bp / 100).to_string()),
        ("version", (form.version + 1).to_string()),
    ];
    Ok(Notice::new("toast-saved").undo(format!("{PAGE}/{id}"), &before).redirect(PAGE))
}

/// `POST /admin/stages/{id}/move`: one place up or down.
pub async fn reorder(ctx: Ctx, Path(id): Path<StageId>, Form(form): Form<OrderForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let stages = stages::all(&mut tx).await?;
    let mut ids: Vec<i64> = stages.active().map(|stage| stage.id.0).collect();
    let place = ids.iter().position(|one| *one == id.0).found()?;
    let other = if form.up { place.checked_sub(1) } else { Some(place + 1).filter(|next| *next < ids.len()) };
    if let Some(other) = other {
        ids.swap(place, other);
        ids.extend(stages.0.iter().filter(|stage| stage.retired).map(|stage| stage.id.0));
        store::save_order(&mut tx, &ids).await?;
        record(&mut tx, &ctx, "stage.reordered", id, json!({ "place": other + 1 })).await?;
        tx.commit().await?;
    }
    let back = [("up", (!form.up).to_string())];
    Ok(Notice::new("toast-saved").undo(format!("{PAGE}/{id}/move"), &back).redirect(PAGE))
}

/// `POST /admin/stages/{id}/retire`: taken away where nothing ever stood in it, else out of use. One stage stays.
pub async fn retire(ctx: Ctx, Path(id): Path<StageId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let stages = stages::all(&mut tx).await?;
    let stage = stages.get(id).cloned().found()?;
    if stages.active().count() < 2 {
        return Err(AppError::Conflict("error-pipeline-last-stage"));
    }
    let used = store::is_used(&mut tx, id).await?;
    let saved = store::save_retired(&mut tx, id, form.version, Some(ctx.now)).await?;
    saved.ok_or(AppError::Conflict("error-stale"))?;
    if !used && stage.code.is_none() {
        store::delete(&mut tx, id).await?;
    }
    record(&mut tx, &ctx, "stage.retired", id, json!({ "name": stage.name(ctx.l) })).await?;
    tx.commit().await?;
    let notice = Notice::new("pipeline-toast-stage-retired").with("stage", stage.name(ctx.l));
    let version = [("version", (form.version + 1).to_string())];
    let stays = used || stage.code.is_some();
    let notice = if stays { notice.undo(format!("{PAGE}/{id}/restore"), &version) } else { notice };
    Ok(notice.redirect(PAGE))
}

/// `POST /admin/stages/{id}/restore`
pub async fn restore(ctx: Ctx, Path(id): Path<StageId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let stage = find(&mut tx, id).await?;
    let saved = store::save_retired(&mut tx, id, form.version, None).await?;
    saved.ok_or(AppError::Conflict("error-stale"))?;
    record(&mut tx, &ctx, "stage.restored", id, json!({ "name": stage.name(ctx.l) })).await?;
    tx.commit().await?;
    Ok(Notice::new("pipeline-toast-stage-restored").with("stage", stage.name(ctx.l)).redirect(PAGE))
}
