//! `/closing`: which periods are settled, and the forms that settle and reopen them.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::policy::{self, Step};
use super::{Closer, Closing, ClosingId, Did, State, flow, show_page, store};
use crate::attainment::view::period_name;
use crate::error::{AppError, Result};
use crate::goals::periods;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

#[derive(Template)]
#[template(path = "closing/index.html")]
struct IndexPage {
    shell: Shell,
    views: Vec<Link>,
    open_from: Option<String>,
    rows: Vec<Row>,
    next: Vec<Choice>,
    in_review: bool,
}

/// A closing in the list.
pub(super) struct Row {
    pub(super) id: ClosingId,
    pub(super) period: String,
    pub(super) state: String,
    pub(super) look: &'static str,
    pub(super) story: Vec<String>,
}

pub(super) fn row(ctx: &Ctx, closing: &Closing) -> Row {
    let (state, look) = match closing.state {
        State::InReview => ("closing-state-in_review", "tag--risk"),
        State::Closed => ("closing-state-closed", "tag--on"),
        State::GivenUp => ("closing-state-given_up", ""),
        State::Reopened => ("closing-state-reopened", ""),
    };
    let said = |key: &str, did: &Did| {
        let at = ctx.l.datetime(did.at, ctx.company.zone);
        ctx.l.tr(key, &[("name", (&did.name).into()), ("at", at.into())])
    };
    let steps = [
        Some(said("closing-begun", &closing.begun)),
        closing.closed.as_ref().map(|did| said("closing-closed-by", did)),
        closing.asked.as_ref().map(|(did, reason)| format!("{}: “{reason}”", said("closing-asked", did))),
        closing.reopened.as_ref().map(|did| said("closing-reopened-by", did)),
    ];
    Row {
        id: closing.id,
        period: period_name(ctx.l, ctx.company.fiscal, &closing.period),
        state: ctx.l.t(state),
        look,
        story: steps.into_iter().flatten().collect(),
    }
}

/// Forbidden for those who do not close periods.
pub(super) fn permit(ctx: &Ctx) -> Result<()> {
    if policy::closes(&ctx.actor) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// `GET /closing`
pub async fn index(ctx: Ctx) -> Result<Response> {
    permit(&ctx)?;
    let closings = store::list(&mut *ctx.app.read().await?).await?;
    let name = |period: &_| period_name(ctx.l, ctx.company.fiscal, period);
    let next = policy::next(ctx.company.fiscal, ctx.company.open_from, ctx.today);
    let page = IndexPage {
        views: crate::goals::views(&ctx, crate::goals::View::Closing),
        open_from: ctx.company.open_from.map(|day| ctx.l.date_year(day)),
        rows: closings.iter().map(|closing| row(&ctx, closing)).collect(),
        next: next.iter().map(|period| Choice::new(periods::code(period), name(period))).collect(),
        in_review: closings.iter().any(|closing| closing.state == State::InReview),
        shell: ctx.shell("goals"),
    };
    Ok(Page::ok(page).into_response())
}

/// Which period.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodForm {
    period: String,
}

/// `POST /closing`: puts a period in review.
pub async fn begin(ctx: Ctx, Form(form): Form<PeriodForm>) -> Result<Response> {
    permit(&ctx)?;
    let period = periods::parse(&form.period).ok_or(AppError::Conflict("closing-error-next"))?;
    let mut tx = ctx.app.begin().await?;
    let id = flow::begin(&mut tx, Closer::of(&ctx), &period).await?;
    tx.commit().await?;
    let name = period_name(ctx.l, ctx.company.fiscal, &period);
    Ok(Notice::new("closing-toast-review").with("period", name).redirect(&format!("/closing/{id}")))
}

/// Which state of the closing was looked at, and why.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    pub(super) version: i64,
    pub(super) reason: String,
}

async fn take(ctx: &Ctx, id: ClosingId, step: Step, form: &StepForm) -> Result<Closing> {
    permit(ctx)?;
    let mut tx = ctx.app.begin().await?;
    let closing = flow::take(&mut tx, Closer::of(ctx), id, (step, form.version), form.reason.trim()).await?;
    tx.commit().await?;
    Ok(closing)
}

fn done(ctx: &Ctx, closing: &Closing, key: &str) -> Response {
    let name = period_name(ctx.l, ctx.company.fiscal, &closing.period);
    Notice::new(key).with("period", name).redirect(&format!("/closing/{}", closing.id))
}

/// `POST /closing/{id}/give-up`
pub async fn give_up(ctx: Ctx, Path(id): Path<ClosingId>, Form(form): Form<StepForm>) -> Result<Response> {
    let closing = take(&ctx, id, Step::GiveUp, &form).await?;
    Ok(done(&ctx, &closing, "closing-toast-given-up"))
}

/// `POST /closing/{id}/close`
pub async fn close(ctx: Ctx, Path(id): Path<ClosingId>, Form(form): Form<StepForm>) -> Result<Response> {
    let closing = take(&ctx, id, Step::Close, &form).await?;
    Ok(done(&ctx, &closing, "closing-toast-closed"))
}

/// `POST /closing/{id}/ask`: asks for a closing to be reopened, with a reason.
pub async fn ask(ctx: Ctx, Path(id): Path<ClosingId>, Form(form): Form<StepForm>) -> Result<Response> {
    permit(&ctx)?;
    if form.reason.trim().is_empty() {
        let errors = FormErrors::one("reason", "error-required");
        return show_page::with_faults(&mut *ctx.app.read().await?, &ctx, id, errors).await;
    }
    let closing = take(&ctx, id, Step::Ask, &form).await?;
    Ok(done(&ctx, &closing, "closing-toast-asked"))
}

/// `POST /closing/{id}/reopen`
pub async fn reopen(ctx: Ctx, Path(id): Path<ClosingId>, Form(form): Form<StepForm>) -> Result<Response> {
    let closing = take(&ctx, id, Step::Reopen, &form).await?;
    Ok(done(&ctx, &closing, "closing-toast-reopened"))
}
