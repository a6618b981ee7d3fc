//! What is done on the page of an order. A form with faults comes back on that page with what was typed.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use sqlx::PgConnection;

use super::show::{self, Typed};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::DealId;
use crate::orders::forms::{HandOverForm, PromiseForm, ReturnForm, date, read_delivery, text};
use crate::orders::{DeliveryId, Order, Permits, PromiseId, Step, change};
use crate::sales::{Why, booking};
use crate::web::context::Ctx;
use crate::web::form::Form;
use crate::web::toast::Notice;

/// An order that is about to be changed, where the actor has one of the permits.
async fn open(conn: &mut PgConnection, ctx: &Ctx, id: DealId, may: fn(Permits) -> bool) -> Result<Order> {
    let order = change::seen(conn, ctx, id, true).await?;
    if may(change::permits(ctx, &order)) { Ok(order) } else { Err(AppError::Forbidden) }
}

/// The page with what was typed and its faults, or whatever else went wrong.
async fn again(
    ctx: &Ctx,
    order: DealId,
    failed: AppError,
    typed: impl FnOnce(&mut Typed),
) -> Result<Response> {
    let AppError::Invalid(errors) = failed else { return Err(failed) };
    let mut shown = Typed { errors, ..Typed::default() };
    typed(&mut shown);
    let mut conn = ctx.app.read().await?;
    let order = change::seen(&mut conn, ctx, order, false).await?;
    show::answer(&mut conn, ctx, order, shown).await
}

/// `POST /orders/{id}/promises`
pub async fn promise(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<PromiseForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.handle).await?;
    let outcome = match form.read(&ctx, &order) {
        Ok(draft) => change::promise(&mut tx, &ctx, &order, form.version, &draft).await,
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match outcome {
        Ok(lines) => {
            tx.commit().await?;
            let notice = Notice::new("orders-toast-promised").with("n", lines.to_string());
            Ok(notice.redirect(&change::href(id)))
        }
        Err(failed) => again(&ctx, id, failed, |typed| typed.promise = Some(form)).await,
    }
}

/// Whether the customer was told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldForm {
    #[serde(default)]
    told: String,
}

/// `POST /orders/{id}/promises/{promise}/told`: the actor has told the customer; `told=no` takes it back.
pub async fn told(
    ctx: Ctx,
    Path((id, promise)): Path<(DealId, PromiseId)>,
    Form(form): Form<ToldForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.speak).await?;
    let by = ctx.actor.employee.filter(|_| form.told != "no");
    if form.told != "no" && by.is_none() {
        return Err(AppError::Forbidden);
    }
    change::told(&mut tx, &ctx, &order, promise, by).await?;
    tx.commit().await?;
    let notice = Notice::new(if by.is_some() { "orders-toast-told" } else { "orders-toast-untold" });
    let url = format!("/orders/{id}/promises/{promise}/told");
    let back = [("told", if by.is_some() { "no" } else { "yes" }.to_owned())];
    Ok(notice.undo(url, &back).redirect(&change::href(id)))
}

/// The day the customer asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedForm {
    version: i64,
    #[serde(default)]
    requested_on: String,
}

/// `POST /orders/{id}/requested`
pub async fn requested(
    ctx: Ctx,
    Path(id): Path<DealId>,
    Form(form): Form<RequestedForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.speak).await?;
    let on = match date(&form.requested_on) {
        Ok(on) if on < order.ordered_on => Err("orders-error-before"),
        read => read,
    };
    let on = match on {
        Ok(on) => on,
        Err(key) => {
            let errors = crate::web::form::FormErrors::one("requested_on", key);
            let keep = |typed: &mut Typed| typed.requested_on = Some(form.requested_on);
            return again(&ctx, id, AppError::Invalid(errors), keep).await;
        }
    };
    change::requested(&mut tx, &ctx, &order, form.version, on).await?;
    tx.commit().await?;
    Ok(Notice::new("orders-toast-requested").redirect(&change::href(id)))
}

/// Which step of which version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepForm {
    version: i64,
    step: String,
}

/// `POST /orders/{id}/steps`
pub async fn step(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<StepForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.handle).await?;
    let step = Step::from_code(&form.step).found()?;
    change::step(&mut tx, &ctx, &order, form.version, step).await?;
    tx.commit().await?;
    let notice = Notice::new(&format!("orders-toast-{}", step.code()));
    let undo = [("version", (form.version + 1).to_string()), ("step", Step::Back.code().to_owned())];
    let notice = match step {
        Step::Start | Step::Finish
            if order.handling.after(step).and_then(|at| at.after(Step::Back)) == Some(order.handling) =>
        {
            notice.undo(format!("/orders/{id}/steps"), &undo)
        }
        _ => notice,
    };
    Ok(notice.redirect(&change::href(id)))
}

/// `POST /orders/{id}/deliveries`
pub async fn deliver(
    ctx: Ctx,
    Path(id): Path<DealId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let version = text(&fields, "version").parse().map_err(|_| AppError::BadRequest("error-form"))?;
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.handle).await?;
    let outcome = match read_delivery(&order, &fields) {
        Ok(delivered) => change::deliver(&mut tx, &ctx, &order, version, &delivered).await,
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match outcome {
        Ok(made) => {
            tx.commit().await?;
            let notice = Notice::new("orders-toast-delivered");
            let notice = match made[..] {
                [only] => notice.undo(format!("/orders/{id}/deliveries/{only}/remove"), &[]),
                _ => notice,
            };
            Ok(notice.redirect(&change::href(id)))
        }
        Err(failed) => again(&ctx, id, failed, |typed| typed.delivery = Some(fields)).await,
    }
}

/// `POST /orders/{id}/deliveries/{delivery}/remove`
pub async fn undo_delivery(ctx: Ctx, Path((id, delivery)): Path<(DealId, DeliveryId)>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.handle).await?;
    change::undo_delivery(&mut tx, &ctx, &order, delivery).await?;
    tx.commit().await?;
    Ok(Notice::new("orders-toast-undelivered").redirect(&change::href(id)))
}

/// `POST /orders/{id}/returns`: goods that came back, or pieces that are cancelled before they are delivered.
pub async fn record_return(
    ctx: Ctx,
    Path(id): Path<DealId>,
    Form(form): Form<ReturnForm>,
) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    booking::lock_customer_of(&mut tx, id).await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.speak).await?;
    let cancels = form.kind == "cancellation";
    let outcome = match form.read(&order, ctx.today) {
        Ok((returned, cause)) => {
            let what = (&returned, Why { cause, words: form.reason.trim() });
            change::take_back(&mut tx, &ctx, &order, form.version, what).await
        }
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    match outcome {
        Ok(()) => {
            tx.commit().await?;
            let key = if cancels { "orders-toast-line-cancelled" } else { "deals-toast-returned" };
            Ok(Notice::new(key).redirect(&change::href(id)))
        }
        Err(failed) => again(&ctx, id, failed, |typed| typed.returned = Some(form)).await,
    }
}

/// `POST /orders/{id}/hand-over`
pub async fn hand_over(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<HandOverForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |permits| permits.handle).await?;
    let (department, person) = match form.read(&ctx) {
        Ok(read) => read,
        Err(errors) => return again(&ctx, id, AppError::Invalid(errors), |_| {}).await,
    };
    change::hand_over(&mut tx, &ctx, &order, (form.version, department, person)).await?;
    tx.commit().await?;
    Ok(Notice::new("orders-toast-handed-over").redirect(&change::href(id)))
}

/// What is noted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteForm {
    #[serde(default)]
    words: String,
}

/// `POST /orders/{id}/notes`: whoever sees the order asks or answers.
pub async fn note(ctx: Ctx, Path(id): Path<DealId>, Form(form): Form<NoteForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let order = open(&mut tx, &ctx, id, |_| true).await?;
    let words = match crate::talks::check(&form.words) {
        Ok(words) => words.to_owned(),
        Err(key) => {
            let errors = crate::web::form::FormErrors::one("words", key);
            return again(&ctx, id, AppError::Invalid(errors), |typed| typed.words = form.words).await;
        }
    };
    change::note(&mut tx, &ctx, &order, &words).await?;
    tx.commit().await?;
    Ok(Notice::new("orders-toast-noted").redirect(&change::href(id)))
}
