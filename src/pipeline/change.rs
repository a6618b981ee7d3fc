//! What can be done to a stored opportunity: move, win, lose, take up again, its next step.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use sqlx::{PgConnection, Postgres, Transaction};

use super::flow::{self, Winning};
use super::form_page::stamp;
use super::forms::{LossForm, read_day, read_next, short};
use super::policy;
use super::show_page::{self, Typed};
use super::{Opportunity, StageId, list, stages};
use crate::customers;
use crate::error::{AppError, Result};
use crate::kernel::id::OpportunityId;
use crate::org::Viewer;
use crate::sales;
use crate::sales::policy::Permits as DealPermits;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// Where to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveForm {
    version: i64,
    stage: StageId,
    /// The page to come back to, when it is not the opportunity's.
    #[serde(default)]
    back: String,
}

/// The order it becomes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WinForm {
    pub(super) version: i64,
    pub(super) won_on: String,
    pub(super) customer: String,
}

/// The versions of opportunity and order that were looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeBackForm {
    version: i64,
    order_version: i64,
}

/// The version that was looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    version: i64,
}

/// What is to be done next, and whether what was to be done is done.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NextForm {
    pub(super) version: i64,
    pub(super) done: Option<String>,
    pub(super) next_step: String,
    pub(super) next_on: String,
}

/// One that the actor may change, locked.
async fn begin(ctx: &Ctx, id: OpportunityId) -> Result<(Transaction<'static, Postgres>, Opportunity)> {
    let mut tx = ctx.app.begin().await?;
    let one = flow::lock(&mut tx, &policy::scope(ctx), id).await?;
    if policy::reach(ctx).covers(one.draft.owner) { Ok((tx, one)) } else { Err(AppError::Forbidden) }
}

fn named(ctx: &Ctx, key: &str, one: &Opportunity) -> Notice {
    Notice::new(key).with("customer", list::title(ctx.l, &one.customer_name))
}

/// The page of the opportunity with what was wrong, or the error.
async fn refused(ctx: Ctx, id: OpportunityId, typed: Typed, error: AppError) -> Result<Response> {
    match error {
        AppError::Invalid(errors) => show_page::with_faults(ctx, id, Typed { errors, ..typed }).await,
        other => Err(other),
    }
}

/// `POST /pipeline/{id}/move`
pub async fn move_to(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(form): Form<MoveForm>,
) -> Result<Response> {
    let (mut tx, one) = begin(&ctx, id).await?;
    let stages = stages::all(&mut tx).await?;
    let moved = flow::move_to(&mut tx, (&one, form.version), &stages, form.stage, stamp(&ctx)).await;
    if let Err(error) = moved {
        return refused(ctx, id, Typed::default(), error).await;
    }
    tx.commit().await?;
    let local = form.back.starts_with("/pipeline") && !form.back.contains(['\\', '\n', '\r']);
    // back to where the card stands now, and not to the top
    let back = if local {
        format!("{}#o-{id}", form.back.split('#').next().unwrap_or_default())
    } else {
        format!("/pipeline/{id}")
    };
    let undo = [
        ("version", (form.version + 1).to_string()),
        ("stage", one.stage.to_string()),
        ("back", back.clone()),
    ];
    let notice = named(&ctx, "pipeline-toast-moved", &one).with("stage", stages.name(ctx.l, form.stage));
    let moved = form.stage != one.stage && stages.open(one.stage).is_some();
    let notice = if moved { notice.undo(format!("/pipeline/{id}/move"), &undo) } else { notice };
    Ok(notice.redirect(&back))
}

/// `POST /pipeline/{id}/win`
pub async fn win(ctx: Ctx, Path(id): Path<OpportunityId>, Form(form): Form<WinForm>) -> Result<Response> {
    let (mut tx, one) = begin(&ctx, id).await?;
    match book(&mut tx, &ctx, &one, &form).await {
        Ok(deal) => {
            let viewer = Viewer::new(&ctx.actor, ctx.today);
            let order = sales::view::find(&mut tx, viewer, deal).await?;
            tx.commit().await?;
            let amount = ctx.l.money(one.amount, one.draft.currency.code(), one.draft.currency.exponent());
            let undo =
                [("version", (form.version + 1).to_string()), ("order_version", order.version.to_string())];
            Ok(Notice::new("pipeline-toast-won")
                .with("customer", order.customer_name)
                .with("amount", amount)
                .undo(format!("/pipeline/{id}/take-back"), &undo)
                .redirect(&format!("/pipeline/{id}")))
        }
        Err(error) => {
            tx.rollback().await?;
            refused(ctx, id, Typed { form: "win", win: form, ..Typed::default() }, error).await
        }
    }
}

async fn book(
    conn: &mut PgConnection,
    ctx: &Ctx,
    one: &Opportunity,
    form: &WinForm,
) -> Result<crate::kernel::id::DealId> {
    let mut errors = FormErrors::default();
    let on = errors.check("won_on", read_day(&form.won_on)).flatten().unwrap_or(ctx.today);
    let name = errors.check("customer", short(&form.customer)).unwrap_or_default();
    errors.or(Some(()))?;
    let customer = match (one.draft.customer, name.as_str()) {
        (Some(known), _) => Some(known),
        (None, "") => None,
        (None, name) => Some(customers::find_or_create_by_name(conn, name, ctx.now).await?),
    };
    flow::win(conn, &ctx.company, (one, form.version), Winning { on, customer }, stamp(ctx)).await
}

/// `POST /pipeline/{id}/take-back`: the order is undone and the opportunity open again.
pub async fn take_back(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(form): Form<TakeBackForm>,
) -> Result<Response> {
    let (mut tx, one) = begin(&ctx, id).await?;
    let order = one.order.as_ref().ok_or(AppError::Conflict("error-pipeline-open"))?;
    let deal = sales::view::find(&mut tx, Viewer::new(&ctx.actor, ctx.today), order.id).await?;
    if !DealPermits::of(&ctx.actor, &policy::reach(&ctx), &deal.standing(), ctx.now).undo {
        return Err(AppError::Conflict("error-pipeline-order"));
    }
    flow::take_back(&mut tx, &ctx.company, (&one, form.version), form.order_version, stamp(&ctx)).await?;
    tx.commit().await?;
    Ok(named(&ctx, "pipeline-toast-taken-back", &one).redirect(&format!("/pipeline/{id}")))
}

/// `POST /pipeline/{id}/lose`
pub async fn lose(ctx: Ctx, Path(id): Path<OpportunityId>, Form(form): Form<LossForm>) -> Result<Response> {
    let (mut tx, one) = begin(&ctx, id).await?;
    let lost = match form.read(one.draft.currency, ctx.today) {
        Ok(losing) => flow::lose(&mut tx, (&one, form.version), &losing, stamp(&ctx)).await,
        Err(errors) => Err(errors.into()),
    };
    if let Err(error) = lost {
        tx.rollback().await?;
        return refused(ctx, id, Typed { form: "lose", lose: form, ..Typed::default() }, error).await;
    }
    tx.commit().await?;
    let undo = [("version", (form.version + 1).to_string())];
    Ok(named(&ctx, "pipeline-toast-lost", &one)
        .undo(format!("/pipeline/{id}/reopen"), &undo)
        .redirect(&format!("/pipeline/{id}")))
}

/// `POST /pipeline/{id}/reopen`
pub async fn reopen(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(form): Form<VersionForm>,
) -> Result<Response> {
    let (mut tx, one) = begin(&ctx, id).await?;
    flow::reopen(&mut tx, (&one, form.version), stamp(&ctx)).await?;
    tx.commit().await?;
    Ok(named(&ctx, "pipeline-toast-reopened", &one).redirect(&format!("/pipeline/{id}")))
}

/// `POST /pipeline/{id}/next`
pub async fn next_step(
    ctx: Ctx,
    Path(id): Path<OpportunityId>,
    Form(form): Form<NextForm>,
) -> Result<Response> {
    let (mut tx, one) = begin(&ctx, id).await?;
    let mut errors = FormErrors::default();
    let next = read_next(&form.next_step, &form.next_on, &mut errors);
    let done = form.done.is_some();
    if !done && next.what.is_empty() && errors.is_empty() {
        errors.add("next_step", "error-pipeline-replace");
    }
    if next.on.is_some_and(|on| on < ctx.today) {
        errors.add("next_on", "error-pipeline-past");
    }
    let saved = match errors.or(Some(())) {
        Ok(()) => flow::next_step(&mut tx, (&one, form.version), (done, &next), stamp(&ctx)).await,
        Err(errors) => Err(errors.into()),
    };
    if let Err(error) = saved {
        tx.rollback().await?;
        return refused(ctx, id, Typed { form: "next", next: form, ..Typed::default() }, error).await;
    }
    tx.commit().await?;
    let key = if done { "pipeline-toast-done" } else { "toast-saved" };
    Ok(Notice::new(key).redirect(&format!("/pipeline/{id}")))
}
