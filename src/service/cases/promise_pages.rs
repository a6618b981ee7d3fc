//! `/admin/case-promises`: how fast customers are answered.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::list_page::{categories, severities};
use super::promises::{Promise, PromiseId};
use super::{Category, Severity, store};
use crate::audit::{self, Event};
use crate::error::{AppError, OnConstraint, Result};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

const HERE: &str = "/admin/case-promises";

#[derive(Template)]
#[template(path = "service/promises.html")]
struct PromisesPage {
    shell: Shell,
    rows: Vec<Row>,
    categories: Vec<Choice>,
    severities: Vec<Choice>,
    form: PromiseForm,
    errors: FormErrors,
}

/// A row of the table.
struct Row {
    id: PromiseId,
    version: i64,
    name: String,
    reply: i32,
    solve: i32,
    removable: bool,
}

/// What the forms send.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromiseForm {
    category: String,
    severity: String,
    reply: String,
    solve: String,
    version: i64,
}

impl PromiseForm {
    fn hours(&self) -> std::result::Result<(i32, i32), FormErrors> {
        let mut errors = FormErrors::default();
        let hours = |text: &str, most: i32| {
            text.trim()
                .parse::<i32>()
                .ok()
                .filter(|hours| (1..=most).contains(hours))
                .ok_or("service-error-hours")
        };
        let reply = errors.check("reply", hours(&self.reply, 1_000));
        let solve = errors.check("solve", hours(&self.solve, 10_000));
        if reply.zip(solve).is_some_and(|(reply, solve)| solve < reply) {
            errors.add("solve", "service-error-hours-order");
        }
        errors.or(reply.zip(solve))
    }
}

fn name(ctx: &Ctx, category: Option<Category>, severity: Option<Severity>) -> String {
    let parts = [category.map(|one| one.name(ctx.l)), severity.map(|one| one.name(ctx.l))];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { ctx.l.t("service-promise-all") } else { parts.join(" · ") }
}

fn row(ctx: &Ctx, promise: &Promise) -> Row {
    Row {
        id: promise.id,
        version: promise.version,
        name: name(ctx, promise.category, promise.severity),
        reply: promise.reply_hours,
        solve: promise.solve_hours,
        removable: promise.category.is_some() || promise.severity.is_some(),
    }
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    form: PromiseForm,
    errors: FormErrors,
) -> Result<PromisesPage> {
    let rows = store::promises(conn).await?;
    Ok(PromisesPage {
        shell: ctx.shell("cases"),
        rows: rows.iter().map(|promise| row(ctx, promise)).collect(),
        categories: categories(ctx),
        severities: severities(ctx),
        form,
        errors,
    })
}

/// `GET /admin/case-promises`
pub async fn index(ctx: Ctx) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let page = page(&mut conn, &ctx, PromiseForm::default(), FormErrors::default()).await?;
    Ok(Page::ok(page).into_response())
}

/// `POST /admin/case-promises`
pub async fn add(ctx: Ctx, Form(form): Form<PromiseForm>) -> Result<Response> {
    let added = match form.hours() {
        Ok(hours) => insert(&ctx, &form, hours).await,
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match added {
        Ok(()) => Ok(Notice::new("toast-saved").redirect(HERE)),
        Err(AppError::Invalid(errors)) => {
            let page = page(&mut *ctx.app.read().await?, &ctx, form, errors).await?;
            Ok(Page::invalid(page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn insert(ctx: &Ctx, form: &PromiseForm, hours: (i32, i32)) -> Result<()> {
    let (category, severity) = (Category::from_code(&form.category), Severity::from_code(&form.severity));
    let mut tx = ctx.app.begin().await?;
    let id = store::insert_promise(&mut tx, category, severity, hours).await;
    let id = id.on_constraint(&[("case_promises_once", "category", "service-error-promise")])?;
    record(&mut tx, ctx, "case-promise.added", id, hours).await?;
    tx.commit().await?;
    Ok(())
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    id: PromiseId,
    (reply, solve): (i32, i32),
) -> Result<()> {
    let event = Event::new(action, "case-promise", id.0).with(json!({ "reply": reply, "solve": solve }));
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// `POST /admin/case-promises/{id}`
pub async fn save(ctx: Ctx, Path(id): Path<PromiseId>, Form(form): Form<PromiseForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let hours = match form.hours() {
        Ok(hours) => hours,
        Err(errors) => {
            return Ok(Page::invalid(page(&mut tx, &ctx, form, errors).await?).into_response());
        }
    };
    let saved = store::save_promise(&mut tx, id, form.version, hours).await?;
    saved.ok_or(AppError::Conflict("error-stale"))?;
    record(&mut tx, &ctx, "case-promise.changed", id, hours).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect(HERE))
}

/// `POST /admin/case-promises/{id}/remove`
pub async fn remove(ctx: Ctx, Path(id): Path<PromiseId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    store::delete_promise(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    record(&mut tx, &ctx, "case-promise.removed", id, (0, 0)).await?;
    tx.commit().await?;
    Ok(Notice::new("service-toast-promise-removed").redirect(HERE))
}
