//! `/decisions/{id}`: what was decided, why, and what became of it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;

use super::deciding::{self, Said};
use super::forms::DecisionForm;
use super::say::{self, DecisionRow};
use super::steps::{Act, Side};
use super::{Decision, DecisionId, Hand, policy, store};
use crate::error::{AppError, Found, Result};
use crate::notices;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::stale::Clash;
use crate::web::toast::Notice;

#[derive(Template)]
#[template(path = "reviews/decision.html")]
struct DecisionPage {
    shell: Shell,
    id: DecisionId,
    version: i64,
    decision: DecisionRow,
    /// The question of the agenda it came from.
    why: String,
    history: Vec<(String, String)>,
    may: May,
    form: DecisionForm,
    reason: String,
    people: Vec<String>,
    errors: FormErrors,
    clashes: Vec<Clash>,
    stale: bool,
}

/// What the reader may do.
#[expect(clippy::struct_excessive_bools, reason = "each is a button")]
struct May {
    finish: bool,
    change: bool,
    drop: bool,
    reopen: bool,
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    (decision, meeting): &(Decision, bool),
    (form, errors): (DecisionForm, FormErrors),
) -> Result<DecisionPage> {
    let side = deciding::side(conn, ctx, decision).await?;
    let may = |act: Act| act.from(decision.outcome, side).is_some();
    let people = if may(Act::Change) { near(conn, ctx, decision).await? } else { Vec::new() };
    let why =
        if decision.section.is_empty() { String::new() } else { say::question(ctx.l, &decision.section) };
    Ok(DecisionPage {
        shell: ctx.shell("reviews"),
        id: decision.id,
        version: decision.version,
        decision: say::decision_row(ctx, decision, *meeting),
        why,
        history: history(conn, ctx, decision.id).await?,
        may: May {
            finish: may(Act::Finish),
            change: may(Act::Change),
            drop: may(Act::Drop),
            reopen: may(Act::Reopen),
        },
        people: people.into_iter().map(|(_, name)| name).collect(),
        form,
        reason: String::new(),
        errors,
        clashes: Vec::new(),
        stale: false,
    })
}

/// Those who take part in the meeting.
async fn near(
    conn: &mut PgConnection,
    ctx: &Ctx,
    decision: &Decision,
) -> Result<Vec<(crate::kernel::id::EmployeeId, String)>> {
    let series = store::find_series(conn, decision.series).await?.found()?;
    Ok(policy::members(&ctx.company.organisation, &series, ctx.today))
}

/// What was done with it, each with the reason that was given.
async fn history(conn: &mut PgConnection, ctx: &Ctx, id: DecisionId) -> Result<Vec<(String, String)>> {
    let steps = deciding::history(conn, id).await?;
    let said = steps.into_iter().map(|taken| {
        let key = match taken.act {
            Act::Decide => "decision-step-decide",
            Act::Change => "decision-step-change",
            Act::Finish => "decision-step-finish",
            Act::Drop => "decision-step-drop",
            Act::Reopen => "decision-step-reopen",
            Act::Undo => "decision-step-undo",
        };
        let values = [
            ("name", taken.name.into()),
            ("at", ctx.l.datetime(taken.at, ctx.company.zone).into()),
            ("owner", taken.owner.into()),
            ("due", ctx.l.date_year(taken.due).into()),
        ];
        (ctx.l.tr(key, &values), taken.reason)
    });
    Ok(said.collect())
}

/// `GET /decisions/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<DecisionId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let found = deciding::find(&mut conn, &ctx, id).await?;
    let read = notices::seen(&mut conn, &ctx, &deciding::href(id)).await?;
    let form = DecisionForm::of(&found.0);
    let page = page(&mut conn, &ctx, &found, (form, FormErrors::default())).await?;
    let shell = page.shell.after_reading(read);
    Ok(Page::ok(DecisionPage { shell, ..page }).into_response())
}

/// `POST /decisions/{id}`: another thing, somebody else, another day.
pub async fn change(
    ctx: Ctx,
    Path(id): Path<DecisionId>,
    Form(form): Form<DecisionForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let found = deciding::find(&mut tx, &ctx, id).await?;
    let side = deciding::side(&mut tx, &ctx, &found.0).await?;
    if Act::Change.from(found.0.outcome, side).is_none() {
        return Err(AppError::Forbidden);
    }
    let near = near(&mut tx, &ctx, &found.0).await?;
    let wanted = match form.read(&ctx.company.organisation, (ctx.today, found.0.due.min(ctx.today)), &near) {
        Ok(wanted) => wanted,
        Err(errors) => {
            let page = page(&mut tx, &ctx, &found, (form, errors)).await?;
            return Ok(Page::invalid(page).into_response());
        }
    };
    if form.version != found.0.version {
        let clashes = form.clashes(ctx.l, &found.0);
        let form = DecisionForm { version: found.0.version, ..form };
        let page = page(&mut tx, &ctx, &found, (form, FormErrors::default())).await?;
        return Ok(Page::conflict(DecisionPage { stale: true, clashes, ..page }).into_response());
    }
    let said = Said { version: form.version, wanted: Some(wanted), ..Said::default() };
    deciding::take(&mut tx, &Hand::of(&ctx), side, &found.0, (Act::Change, &said)).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect(&deciding::href(id)))
}

/// Which state was looked at, and why it is dropped.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    version: i64,
    reason: String,
}

/// `POST /decisions/{id}/steps/{step}`
pub async fn take_step(
    ctx: Ctx,
    Path((id, step)): Path<(DecisionId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response> {
    let act = Act::ALL.into_iter().find(|act| act.code() == step && *act != Act::Change).found()?;
    let mut tx = ctx.app.begin().await?;
    let found = deciding::find(&mut tx, &ctx, id).await?;
    let side: Side = deciding::side(&mut tx, &ctx, &found.0).await?;
    let takes = act.from(found.0.outcome, side).is_some();
    if act == Act::Drop && takes && form.reason.trim().is_empty() {
        let typed = (DecisionForm::of(&found.0), FormErrors::one("reason", "error-required"));
        return Ok(Page::invalid(page(&mut tx, &ctx, &found, typed).await?).into_response());
    }
    let said = Said { version: form.version, reason: form.reason, wanted: None };
    deciding::take(&mut tx, &Hand::of(&ctx), side, &found.0, (act, &said)).await?;
    tx.commit().await?;
    let again = [("version", (form.version + 1).to_string())];
    let reopen = format!("{}/steps/reopen", deciding::href(id));
    Ok(match act {
        Act::Finish => {
            Notice::new("decision-toast-finished").undo(reopen, &again).redirect(&deciding::href(id))
        }
        Act::Drop => Notice::new("decision-toast-dropped").undo(reopen, &again).redirect(&deciding::href(id)),
        Act::Undo => Notice::new("decision-toast-undone").redirect(&super::href(found.0.review)),
        _ => Notice::new("decision-toast-reopened").redirect(&deciding::href(id)),
    })
}
