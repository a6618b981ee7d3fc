//! What is done with orders: decided, saved, recorded and told, for pages and programs alike. Callers own the transaction.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::json;
use sqlx::PgConnection;

use super::settle::follow_up;
use super::store::{self, NewPromise, Writer};
use super::{Cause, DeliveryId, Handling, Line, Order, Permits, PromiseId, Step, due, settle, telling};
use crate::audit::{self, Event};
use crate::auth::accounts;
use crate::error::{AppError, Found, Result};
use crate::goals::Viewer;
use crate::kernel::id::{DealId, DepartmentId, EmployeeId, LineId, UserId};
use crate::process::Sight;
use crate::sales::booking::{self, Stamp};
use crate::sales::policy::Reach;
use crate::sales::{Return, Why};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// No customer is given a day further ahead than this: it is a year that was mistyped.
const FURTHEST: Days = Days::new(5 * 366);

/// A date to give for some lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseDraft {
    /// Which lines.
    pub lines: Vec<LineId>,
    /// The date.
    pub to: NaiveDate,
    /// Why it is changed; nothing for lines that have none yet.
    pub cause: Option<Cause>,
    /// The department that answers for the change.
    pub department: Option<DepartmentId>,
    /// More words.
    pub note: String,
    /// Who told the customer, and when.
    pub told: Option<(EmployeeId, NaiveDate)>,
}

/// What was taken to the customer on a day: lines and pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The day.
    pub on: NaiveDate,
    /// Lines and pieces.
    pub lines: Vec<(LineId, i64)>,
}

pub(super) fn href(id: DealId) -> String {
    format!("/orders/{id}")
}

/// An order, if the actor sees it; locked where it will be `changed`.
pub(super) async fn seen(conn: &mut PgConnection, ctx: &Ctx, id: DealId, changed: bool) -> Result<Order> {
    let order = store::find(conn, id, changed).await?.found()?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let sight = Sight::new(&ctx.company.organisation, &ctx.actor, viewer);
    sight.shows(order.people()).then_some(order).found()
}

/// What the actor may do with an order that they see.
pub(super) fn permits(ctx: &Ctx, order: &Order) -> Permits {
    let organisation = &ctx.company.organisation;
    let seen = organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    let reach = Reach::of(&ctx.actor, seen.into_iter().collect());
    Permits::of(organisation, &ctx.actor, &reach, order)
}

fn writer(ctx: &Ctx) -> Writer {
    Writer { by: ctx.actor.user, at: ctx.now, today: ctx.today }
}

/// Bumps the version that was looked at; a conflict when it is stale.
async fn claim(conn: &mut PgConnection, order: &Order, version: i64) -> Result<()> {
    store::touch(conn, order.id, version).await?.ok_or(AppError::Conflict("error-stale"))
}

async fn settle_one(conn: &mut PgConnection, ctx: &Ctx, id: DealId) -> Result<()> {
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now };
    settle(conn, &ctx.company, &[id], stamp).await
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    id: DealId,
    what: serde_json::Value,
) -> Result<()> {
    let event = Event::new(action, "deal", id.0).with(what);
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// Gives lines of an order a date, puts it on the trail, and tells the seller and whose customer it is. The first date of the
/// last line without one confirms the order. Faults at `on`, `cause`, `department` and `line`. Answers how many changed.
pub async fn promise(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    version: i64,
    draft: &PromiseDraft,
) -> Result<usize> {
    let changes = decide(order, draft, ctx.today).map_err(AppError::Invalid)?;
    claim(conn, order, version).await?;
    for (line, cause) in &changes {
        let new = NewPromise {
            line: line.id,
            from_on: line.promised_on,
            to_on: draft.to,
            owed_on: due::owed_after(line, draft.to, *cause),
            cause: *cause,
            department: draft.department.filter(|_| cause.is_ours()),
            note: &draft.note,
            told: draft.told,
        };
        store::insert_promise(conn, &new, writer(ctx)).await?;
    }
    let given =
        |line: &Line| line.promised_on.is_some() || changes.iter().any(|(changed, _)| changed.id == line.id);
    let confirmed = order.lines.iter().filter(|line| line.open() > 0).all(given);
    if confirmed
        && let Some(next) =
            order.handling.after(Step::Confirm).filter(|_| order.handling == Handling::Received)
    {
        store::insert_step(conn, order.id, (Step::Confirm.code(), next), "", writer(ctx)).await?;
    }
    settle_one(conn, ctx, order.id).await?;
    let lines: Vec<LineId> = changes.iter().map(|(line, _)| line.id).collect();
    let cause = draft.cause.unwrap_or(Cause::First).code();
    record(conn, ctx, "order.promised", order.id, json!({ "lines": lines, "on": draft.to, "cause": cause }))
        .await?;
    telling::of_dates(conn, ctx, order, &changes, draft).await?;
    Ok(changes.len())
}

/// The lines whose date changes, each with the cause that goes on the trail.
fn decide<'a>(
    order: &'a Order,
    draft: &PromiseDraft,
    today: NaiveDate,
) -> Result<Vec<(&'a Line, Cause)>, FormErrors> {
    let mut errors = FormErrors::default();
    let chosen = order.lines.iter().filter(|line| draft.lines.contains(&line.id) && line.open() > 0);
    let changed: Vec<&Line> = chosen.filter(|line| line.promised_on != Some(draft.to)).collect();
    if changed.is_empty() {
        errors.add("on", "orders-error-same-date");
    }
    if draft.to < order.ordered_on {
        errors.add("on", "orders-error-before");
    }
    if draft.to > today + FURTHEST {
        errors.add("on", "orders-error-far");
    }
    let moved = changed.iter().any(|line| line.promised_on.is_some());
    let cause = draft.cause.filter(|cause| *cause != Cause::First);
    if moved && cause.is_none() {
        errors.add("cause", "orders-error-cause");
    }
    if moved && cause.is_some_and(Cause::is_ours) && draft.department.is_none() {
        errors.add("department", "error-required");
    }
    if draft.note.chars().count() > 1_000 {
        errors.add("note", "deals-error-long");
    }
    let with_cause = |line: &'a Line| {
        (line, if line.promised_on.is_some() { cause.unwrap_or(Cause::Other) } else { Cause::First })
    };
    errors.or(Some(changed.into_iter().map(with_cause).collect()))
}

/// Takes a step. A conflict where it leads nowhere from here.
pub(super) async fn step(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    version: i64,
    step: Step,
) -> Result<()> {
    let next = order.handling.after(step).filter(|_| order.is_handled() && step != Step::Confirm);
    let next = next.ok_or(AppError::Conflict("error-deal-status"))?;
    claim(conn, order, version).await?;
    store::insert_step(conn, order.id, (step.code(), next), "", writer(ctx)).await?;
    settle_one(conn, ctx, order.id).await?;
    record(conn, ctx, "order.stepped", order.id, json!({ "step": step.code(), "to": next.code() })).await
}

/// Records what was taken to the customer. Faults at `on` and at `quantity-LINE`. The seller is told when all of it is there.
pub async fn deliver(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    version: i64,
    delivered: &Delivered,
) -> Result<Vec<DeliveryId>> {
    check_delivery(order, delivered, ctx.today).map_err(AppError::Invalid)?;
    claim(conn, order, version).await?;
    let ids = store::insert_deliveries(conn, &delivered.lines, delivered.on, writer(ctx)).await?;
    settle_one(conn, ctx, order.id).await?;
    let what = json!({ "on": delivered.on, "lines": delivered.lines });
    record(conn, ctx, "order.delivered", order.id, what).await?;
    let brought = |line: &Line| -> i64 {
        delivered.lines.iter().filter(|(id, _)| *id == line.id).map(|(_, quantity)| quantity).sum()
    };
    if order.lines.iter().all(|line| line.open() <= brought(line)) {
        telling::of_delivery(conn, ctx, order, delivered.on).await?;
    }
    Ok(ids)
}

fn check_delivery(order: &Order, delivered: &Delivered, today: NaiveDate) -> Result<(), FormErrors> {
    let mut errors = FormErrors::default();
    if delivered.on > today {
        errors.add("delivered_on", "deals-error-future");
    } else if delivered.on < order.ordered_on {
        errors.add("delivered_on", "orders-error-before");
    }
    if delivered.lines.is_empty() {
        match order.lines.iter().find(|line| line.open() > 0) {
            Some(first) => errors.add(format!("quantity-{}", first.id), "orders-error-pieces"),
            None => errors.add("delivered_on", "orders-error-nothing"),
        }
    }
    let mut left: BTreeMap<LineId, i64> = order.lines.iter().map(|line| (line.id, line.open())).collect();
    for (id, quantity) in &delivered.lines {
        match left.get_mut(id).filter(|left| (1..=**left).contains(quantity)) {
            // a line that is named twice is brought both times
            Some(left) => *left -= quantity,
            None => errors.add(format!("quantity-{id}"), "orders-error-quantity"),
        }
    }
    errors.or(Some(()))
}

/// Takes a delivery away again.
pub(super) async fn undo_delivery(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    id: DeliveryId,
) -> Result<()> {
    let (line, on, quantity) = store::delete_delivery(conn, order.id, id).await?.found()?;
    claim(conn, order, order.version).await?;
    settle_one(conn, ctx, order.id).await?;
    record(
        conn,
        ctx,
        "order.delivery-removed",
        order.id,
        json!({ "line": line, "on": on, "quantity": quantity }),
    )
    .await
}

/// Notes who told the customer of a date, today; `None` takes it back.
pub(super) async fn told(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    promise: PromiseId,
    by: Option<EmployeeId>,
) -> Result<()> {
    store::save_told(conn, order.id, promise, by.map(|by| (by, ctx.today))).await?.found()?;
    record(conn, ctx, "order.told", order.id, json!({ "promise": promise, "by": by })).await
}

/// Hands an order over, and tells the one who is to answer for it.
pub(super) async fn hand_over(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    (version, department, person): (i64, Option<DepartmentId>, Option<EmployeeId>),
) -> Result<()> {
    if !order.is_open() {
        return Err(AppError::Conflict("error-deal-status"));
    }
    claim(conn, order, version).await?;
    store::save_handler(conn, order.id, department, person).await?;
    let organisation = &ctx.company.organisation;
    let names = [
        person.and_then(|id| Some(organisation.person(id)?.name.clone())),
        department.and_then(|id| Some(organisation.department(id)?.name.clone())),
    ];
    let to = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
    store::insert_step(conn, order.id, ("hand_over", order.handling), &to, writer(ctx)).await?;
    settle_one(conn, ctx, order.id).await?;
    record(conn, ctx, "order.handed-over", order.id, json!({ "department": department, "person": person }))
        .await?;
    let accounts = accounts::of_people(conn, &Vec::from_iter(person)).await?;
    let accounts: Vec<UserId> = accounts.into_iter().map(|holder| holder.user).collect();
    telling::of_order(conn, ctx, order, &accounts, ("notice-order-yours", "")).await
}

/// Notes something on an order and tells the other side: the seller, or who answers for it.
pub(super) async fn note(conn: &mut PgConnection, ctx: &Ctx, order: &Order, words: &str) -> Result<()> {
    store::insert_step(conn, order.id, ("note", order.handling), words, writer(ctx)).await?;
    record(conn, ctx, "order.noted", order.id, json!({})).await?;
    let mut to = telling::sellers(conn, order).await?;
    to.extend(telling::handlers(conn, ctx, order).await?);
    telling::of_order(conn, ctx, order, &to, ("notice-order-note", words)).await
}

/// Notes the day that the customer asked for.
pub(super) async fn requested(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    version: i64,
    on: NaiveDate,
) -> Result<()> {
    claim(conn, order, version).await?;
    let open: Vec<LineId> = order.lines.iter().filter(|line| line.open() > 0).map(|line| line.id).collect();
    store::save_requested(conn, &open, on).await?;
    record(conn, ctx, "order.requested", order.id, json!({ "on": on })).await
}

/// Records what came back, or what is cancelled before it is delivered, with its cause.
pub(super) async fn take_back(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    version: i64,
    (returned, why): (&Return, Why<'_>),
) -> Result<()> {
    let (stamp, cancels) = (Stamp { by: Some(ctx.actor.user), at: ctx.now }, returned.cancels);
    booking::record_return(conn, &ctx.company, order.id, version, (returned, why), stamp).await?;
    follow_up(conn, &ctx.company, order.id, stamp.at).await?;
    let what = json!({ "line": returned.line, "on": returned.on, "quantity": returned.quantity, "amount": returned.amount,
        "cause": why.cause.code() });
    record(conn, ctx, if cancels { "deal.line-cancelled" } else { "deal.returned" }, order.id, what).await?;
    telling::of_taken_back(conn, ctx, order, (returned, why)).await
}
