//! `/agreements/new`: proposes a goal to the one whose goal it would be, or one's own to the lead above.

use axum::response::{IntoResponse, Response};

use super::acting::hand;
use super::steps::Step;
use super::wording;
use crate::error::{AppError, Result};
use crate::goals::new_page::{self, GoalForm};
use crate::goals::{Viewer, policy, subjects};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::toast::Notice;

/// `GET /agreements/new`: the form of a new goal; one's own for those who set none.
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let form = GoalForm::of(&query, &ctx).for_next_period(&query, &ctx);
    let own = ctx.actor.employee.and_then(|id| ctx.company.organisation.person(id));
    let form = match own.filter(|_| form.subject().is_empty() && !policy::sets_goals(&ctx.actor)) {
        Some(own) => form.for_subject(format!("{} · {}", own.name, own.employee_no)),
        None => form,
    };
    Ok(Page::ok(new_page::page(ctx, form, FormErrors::default()).await?).into_response())
}

/// `POST /agreements/new`
pub async fn create(ctx: Ctx, Form(form): Form<GoalForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let mut errors = FormErrors::default();
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let whose = errors.check("subject", subjects::resolve(&mut tx, viewer, form.subject()).await?);
    if whose.as_ref().is_some_and(|candidate| hand(&ctx, candidate.subject).is_err()) {
        errors.add("subject", "error-goal-not-yours");
    }
    let checked = form.check(&ctx, &mut errors, whose.as_ref().map(|candidate| candidate.subject));
    let (candidate, draft) = match errors.or(whose.zip(checked)) {
        Ok(valid) => valid,
        Err(errors) => return again(ctx, form, errors).await,
    };
    let step = if form.how == "draft" { Step::Draft } else { Step::Propose };
    match super::propose(&mut tx, &ctx, &draft, step, &form.reason).await {
        Ok(id) => {
            tx.commit().await?;
            let here = wording::href(id);
            let undo = format!("{here}/steps/{}", Step::Withdraw.code());
            Ok(Notice::new(&format!("agreements-toast-{}", step.code()))
                .with("name", candidate.name)
                .undo(undo, &[("version", "1".to_owned())])
                .redirect(&here))
        }
        Err(AppError::Invalid(errors)) => {
            tx.rollback().await?;
            again(ctx, form, errors).await
        }
        Err(other) => Err(other),
    }
}

async fn again(ctx: Ctx, form: GoalForm, errors: FormErrors) -> Result<Response> {
    Ok(Page::invalid(new_page::page(ctx, form, errors).await?).into_response())
}
