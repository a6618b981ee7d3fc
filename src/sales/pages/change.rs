//! What can be done to a stored deal: undo and redo, cancel and reinstate, note what came back.

use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

use super::desk;
use super::show::{self, Typed};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::kernel::id::{DealId, LineId};
use crate::kernel::number;
use crate::orders;
use crate::sales::booking::{self, Stamp};
use crate::sales::policy::Permits;
use crate::sales::view::{self, DealView};
use crate::sales::{DealStatus, Return, ReturnCause, Why, forms, returned_part};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::toast::Notice;

/// The version of the deal that was looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionForm {
    version: i64,
}

/// When and why a customer cancelled.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelForm {
    version: i64,
    #[serde(default)]
    on: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    cause: String,
}

/// What came back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnForm {
    version: i64,
    #[serde(default)]
    line: String,
    #[serde(default)]
    quantity: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    cause: String,
}

/// The cause that was chosen; another one where none was.
fn cause(code: &str) -> ReturnCause {
    ReturnCause::from_code(code).unwrap_or(ReturnCause::Other)
}

/// A visible deal and what the actor may do with it.
async fn open(app: &App, ctx: &Ctx, id: DealId) -> Result<(DealView, Permits)> {
    let mut conn = app.read().await?;
    let deal = view::find(&mut conn, desk::viewer(ctx), id).await?;
    let reach = desk::reach(ctx);
    let permits = Permits::of(&ctx.actor, &reach, &deal.standing(), ctx.now);
    Ok((deal, permits))
}

/// Refuses what the actor may not do; where only the deal's state forbids it, somebody else was first.
fn permit(allowed: bool, deal: &DealView, from: DealStatus) -> Result<()> {
    match allowed {
        true => Ok(()),
        false if deal.status != from => Err(AppError::Conflict("error-deal-status")),
        false => Err(AppError::Forbidden),
    }
}

async fn change(
    ctx: &Ctx,
    deal: &DealView,
    version: i64,
    next: (DealStatus, Option<NaiveDate>),
    (event, why): (Event, Option<Why<'_>>),
) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now };
    let makers = if why.is_some() { orders::makers(&mut tx, ctx, deal.id).await? } else { Vec::new() };
    booking::change_status(&mut tx, &ctx.company, deal.id, version, next, stamp).await?;
    if let Some(why) = why {
        booking::add_note(&mut tx, deal.id, why.words).await?;
        booking::note_cause(&mut tx, deal.id, why.cause).await?;
        orders::tell_cancelled(&mut tx, ctx, deal.id, (&makers, why.words)).await?;
    }
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(())
}

fn toast(ctx: &Ctx, key: &str, deal: &DealView) -> Notice {
    let amount = ctx.l.money(deal.amount(), deal.currency.code(), deal.currency.exponent());
    Notice::new(key).with("customer", deal.customer_name.as_str()).with("amount", amount)
}

fn next_version(version: i64) -> [(&'static str, String); 1] {
    [("version", (version + 1).to_string())]
}

/// `POST /deals/{id}/undo`
pub async fn undo(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let (deal, permits) = open(&ctx.app, &ctx, id).await?;
    if deal.standing().brought {
        return Err(AppError::Conflict("error-deal-brought"));
    }
    permit(permits.undo, &deal, DealStatus::Booked)?;
    let event = (Event::new("deal.undone", "deal", id.0), None);
    change(&ctx, &deal, form.version, (DealStatus::Undone, None), event).await?;
    Ok(toast(&ctx, "deals-toast-undone", &deal)
        .undo(format!("/deals/{id}/redo"), &next_version(form.version))
        .redirect("/deals"))
}

/// `POST /deals/{id}/redo`
pub async fn redo(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let (deal, permits) = open(&ctx.app, &ctx, id).await?;
    permit(permits.redo, &deal, DealStatus::Undone)?;
    let event = (Event::new("deal.redone", "deal", id.0), None);
    change(&ctx, &deal, form.version, (DealStatus::Booked, None), event).await?;
    Ok(toast(&ctx, "deals-toast-redone", &deal)
        .undo(format!("/deals/{id}/undo"), &next_version(form.version))
        .redirect(&format!("/deals/{id}")))
}

/// `POST /deals/{id}/reinstate`
pub async fn reinstate(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<VersionForm>) -> Result<Response> {
    let (deal, permits) = open(&ctx.app, &ctx, id).await?;
    permit(permits.reinstate, &deal, DealStatus::Cancelled)?;
    let event = (Event::new("deal.reinstated", "deal", id.0), None);
    change(&ctx, &deal, form.version, (DealStatus::Booked, None), event).await?;
    Ok(toast(&ctx, "deals-toast-reinstated", &deal).redirect(&format!("/deals/{id}")))
}

/// `POST /deals/{id}/cancel`: the reason is added to the deal's note.
pub async fn cancel(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<CancelForm>) -> Result<Response> {
    let (deal, permits) = open(&ctx.app, &ctx, id).await?;
    permit(permits.cancel, &deal, DealStatus::Booked)?;
    let mut errors = FormErrors::default();
    let on = errors.check("cancel-on", read_day(&form.on, &deal, ctx.today));
    if form.reason.trim().is_empty() {
        errors.add("cancel-reason", "error-required");
    } else if form.reason.chars().count() > 500 {
        errors.add("cancel-reason", "deals-error-long");
    }
    let Some(on) = on.filter(|_| errors.is_empty()) else {
        let CancelForm { on, reason, cause, .. } = form;
        let typed = Typed { form: "cancel", on, reason, cause, errors, ..Typed::default() };
        return show::answer(&mut *ctx.app.read().await?, &ctx, deal, typed).await;
    };
    let reason = form.reason.trim();
    let note =
        ctx.l.tr("deals-note-cancelled", &[("day", ctx.l.date_year(on).into()), ("reason", reason.into())]);
    let event = Event::new("deal.cancelled", "deal", id.0).with(json!({ "on": on }));
    change(
        &ctx,
        &deal,
        form.version,
        (DealStatus::Cancelled, Some(on)),
        (event, Some(Why { cause: cause(&form.cause), words: &note })),
    )
    .await?;
    Ok(toast(&ctx, "deals-toast-cancelled", &deal)
        .undo(format!("/deals/{id}/reinstate"), &next_version(form.version))
        .redirect(&format!("/deals/{id}")))
}

/// A day that is neither in the future nor before the deal.
fn read_day(text: &str, deal: &DealView, today: NaiveDate) -> Result<NaiveDate, &'static str> {
    match text.trim().parse::<NaiveDate>() {
        Ok(day) if day > today => Err("deals-error-future"),
        Ok(day) if day < deal.ordered_on => Err("error-return-date"),
        Ok(day) => Ok(day),
        Err(_) => Err("deals-error-date"),
    }
}

/// `POST /deals/{id}/returns`
pub async fn record_return(
    ctx: Ctx,
    Path(id): Path<DealId>,
    Form(form): Form<ReturnForm>,
) -> Result<Response> {
    let (deal, permits) = open(&ctx.app, &ctx, id).await?;
    permit(permits.cancel, &deal, DealStatus::Booked)?;
    let outcome = match read_return(&form, &deal, ctx.today) {
        Ok(returned) => save_return(&ctx, &deal, &form, &returned).await,
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match outcome {
        Ok(()) => Ok(Notice::new("deals-toast-returned").redirect(&format!("/deals/{id}"))),
        Err(AppError::Invalid(errors)) => {
            let ReturnForm { line, quantity, amount, on, reason, cause, .. } = form;
            let errors = at_return(&errors);
            let typed = Typed { form: "return", on, reason, cause, line, quantity, amount, errors };
            show::answer(&mut *ctx.app.read().await?, &ctx, deal, typed).await
        }
        Err(other) => Err(other),
    }
}

/// Moves the faults of a return to the ids of its form, which shares a page with others.
fn at_return(errors: &FormErrors) -> FormErrors {
    let mut moved = FormErrors::default();
    for error in errors.iter() {
        moved.add(format!("return-{}", error.field.trim_start_matches("return-")), error.key);
    }
    moved
}

fn read_return(form: &ReturnForm, deal: &DealView, today: NaiveDate) -> Result<Return, FormErrors> {
    let mut errors = FormErrors::default();
    let line = form.line.parse().ok().and_then(|id| deal.lines.iter().find(|line| line.id == LineId(id)));
    let line = errors.check("line", line.ok_or("deals-error-product"));
    let on = errors.check("on", read_day(&form.on, deal, today));
    let quantity = number::parse_count(&form.quantity).map_err(|_| "deals-error-quantity");
    let quantity = errors.check("quantity", quantity);
    let amount = errors.check("amount", forms::read_amount(&form.amount, deal.currency));
    if form.reason.chars().count() > 500 {
        errors.add("reason", "deals-error-long");
    }
    let read = line.zip(on).zip(quantity).zip(amount);
    errors.or(read.map(|(((line, on), quantity), amount)| Return {
        line: line.id,
        on,
        quantity,
        amount,
        cost: returned_part(
            line.cost,
            (line.returned_quantity - line.cancelled, line.returned_cost),
            quantity,
            (line.quantity - line.cancelled, line.quantity),
        ),
        cancels: false,
    }))
}

async fn save_return(ctx: &Ctx, deal: &DealView, form: &ReturnForm, returned: &Return) -> Result<()> {
    let mut tx = ctx.app.begin().await?;
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now };
    let what = (returned, Why { cause: cause(&form.cause), words: form.reason.trim() });
    booking::record_return(&mut tx, &ctx.company, deal.id, form.version, what, stamp).await?;
    let event = Event::new("deal.returned", "deal", deal.id.0).with(json!({ "line": returned.line,
        "on": returned.on, "quantity": returned.quantity, "amount": returned.amount }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    Ok(())
}
