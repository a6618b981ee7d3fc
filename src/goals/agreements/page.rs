//! `/agreements/{id}`: the offer on the table, how the period before went, the answers one can give, and the talk.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use sqlx::PgConnection;

use super::forms::StepForm;
use super::steps::{Side, Step};
use super::{Agreement, AgreementId, talk, wording};
use crate::attainment::view::Kind;
use crate::error::{AppError, Found, Result};
use crate::goals::new_page::{self, Earlier};
use crate::goals::talk::CommentForm;
use crate::notices;
use crate::talks::Talk;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

#[derive(Template)]
#[template(path = "agreements/show.html")]
struct ShowPage {
    shell: Shell,
    id: AgreementId,
    title: String,
    state: String,
    look: &'static str,
    offer: String,
    offered: String,
    reason: String,
    /// Whom it waits for; empty when it waits for nobody.
    waits: String,
    asked: bool,
    steps: Vec<Step>,
    form: StepForm,
    errors: FormErrors,
    currency: &'static str,
    before: Option<Earlier>,
    talk: Talk,
    conflict: bool,
}

impl ShowPage {
    fn can(&self, step: Step) -> bool {
        self.steps.contains(&step)
    }

    /// The steps that share the fields of amount and reason.
    fn naming(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.names_amount())
    }

    fn names_any(&self) -> bool {
        self.naming().next().is_some()
    }

    /// Where the form leads when Enter is pressed in it.
    fn first_naming(&self) -> &'static str {
        self.naming().next().map_or("", |step| step.code())
    }

    /// What the button of a step says.
    fn verb(&self, step: &Step) -> String {
        self.shell.l.t(&format!("agreements-do-{}", step.code()))
    }
}

/// `GET /agreements/{id}`: one that is settled is shown on its goal.
pub async fn show(ctx: Ctx, Path(id): Path<AgreementId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let agreement = super::find(&mut conn, id).await?;
    let side = agreement.seen_by(&ctx)?;
    let read = notices::seen(&mut conn, &ctx, &wording::href(id)).await?;
    if let Some(goal) = agreement.goal {
        return Ok(Redirect::to(&format!("/goals/{goal}")).into_response());
    }
    let form = offered_form(&ctx, &agreement);
    let page = page(&mut conn, &ctx, &agreement, side, form, FormErrors::default()).await?;
    Ok(Page::ok(ShowPage { shell: page.shell.after_reading(read), ..page }).into_response())
}

fn offered_form(ctx: &Ctx, agreement: &Agreement) -> StepForm {
    let unit = wording::unit(&ctx.company, agreement);
    StepForm {
        version: agreement.version,
        target: unit.typed(ctx.l, agreement.standing.target),
        reason: String::new(),
    }
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    agreement: &Agreement,
    side: Option<Side>,
    form: StepForm,
    errors: FormErrors,
) -> Result<ShowPage> {
    let history = super::history(conn, agreement.id).await?;
    let offer = history.iter().rev().find(|taken| taken.step.names_amount());
    let offered = offer.map(|taken| {
        let at = ctx.l.datetime(taken.at, ctx.company.zone);
        ctx.l.tr("agreements-offered", &[("who", (&taken.name).into()), ("at", at.into())])
    });
    let category = agreement.category.as_ref().map(|(id, _)| *id);
    let kind = Kind { metric: agreement.metric, category, period: agreement.period };
    let before = new_page::before(conn, ctx, agreement.subject, (kind, agreement.basis)).await?;
    let standing = &agreement.standing;
    let waits = standing.asks().map(|asked| match (asked, side) {
        (asked, Some(own)) if asked == own => ctx.l.t("agreements-waits-you"),
        (Side::Owner, _) => ctx.l.tr("agreements-waits", &[("name", (&agreement.subject_name).into())]),
        (Side::Setter, _) => ctx.l.t("agreements-waits-setter"),
    });
    Ok(ShowPage {
        shell: ctx.shell("goals"),
        id: agreement.id,
        title: wording::title(ctx, agreement),
        state: ctx.l.t(&format!("agreements-state-{}", standing.state.code())),
        look: wording::look(standing.state),
        offer: wording::measure(ctx, agreement).amount(standing.target),
        offered: offered.unwrap_or_default(),
        reason: offer.map(|taken| taken.reason.clone()).unwrap_or_default(),
        waits: waits.unwrap_or_default(),
        asked: side.is_some() && side == standing.asks(),
        steps: side.map(|side| standing.steps(side)).unwrap_or_default(),
        form,
        errors,
        currency: wording::unit(&ctx.company, agreement).code(),
        before,
        talk: talk::of(conn, ctx, agreement, side, &history).await?,
        conflict: false,
    })
}

/// `POST /agreements/{id}/steps/{step}`
pub async fn take_step(
    ctx: Ctx,
    Path((id, step)): Path<(AgreementId, String)>,
    Form(form): Form<StepForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let agreement = super::find(&mut tx, id).await?;
    agreement.seen_by(&ctx)?;
    let step = Step::from_code(&step).found()?;
    let after = match super::answer(&mut tx, &ctx, &agreement, step, &form).await {
        Ok(after) => after,
        Err(AppError::Invalid(errors)) => {
            tx.rollback().await?;
            return invalid(&ctx, id, form, errors).await;
        }
        Err(AppError::Conflict("error-stale")) => {
            tx.rollback().await?;
            return conflict(&ctx, id, form).await;
        }
        Err(other) => return Err(other),
    };
    tx.commit().await?;
    Ok(done(&after, step))
}

/// The page again with what is wrong with an answer.
async fn invalid(ctx: &Ctx, id: AgreementId, form: StepForm, errors: FormErrors) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let agreement = super::find(&mut conn, id).await?;
    let side = agreement.seen_by(ctx)?;
    Ok(Page::invalid(page(&mut conn, ctx, &agreement, side, form, errors).await?).into_response())
}

fn done(after: &Agreement, step: Step) -> Response {
    let here = wording::href(after.id);
    let notice = Notice::new(&format!("agreements-toast-{}", step.code())).with("name", &after.subject_name);
    let again = |notice: Notice, step: Step| {
        notice.undo(format!("{here}/steps/{}", step.code()), &[("version", after.version.to_string())])
    };
    match step {
        Step::Withdraw => again(notice, Step::Reopen).redirect(&here),
        _ => notice.redirect(&after.goal.map_or(here.clone(), |goal| format!("/goals/{goal}"))),
    }
}

/// Somebody else was first: shows how it stands now, with what was typed.
async fn conflict(ctx: &Ctx, id: AgreementId, typed: StepForm) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let agreement = super::find(&mut conn, id).await?;
    let side = agreement.seen_by(ctx)?;
    let form = StepForm { version: agreement.version, ..typed };
    let page = page(&mut conn, ctx, &agreement, side, form, FormErrors::default()).await?;
    Ok(Page::conflict(ShowPage { conflict: true, ..page }).into_response())
}

/// The page again with a comment that could not be written.
pub(super) async fn with_faults(
    ctx: Ctx,
    id: AgreementId,
    form: CommentForm,
    errors: &FormErrors,
) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let agreement = super::find(&mut conn, id).await?;
    let side = agreement.seen_by(&ctx)?;
    let offered = offered_form(&ctx, &agreement);
    let mut page = page(&mut conn, &ctx, &agreement, side, offered, FormErrors::default()).await?;
    page.talk.error = errors.of(&ctx.l, "body");
    page.talk.body = form.body;
    Ok(Page::invalid(page).into_response())
}
