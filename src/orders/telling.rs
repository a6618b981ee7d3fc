//! Who is told what of an order: its sellers of dates and deliveries, those who make and deliver of what is cancelled.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::change::{PromiseDraft, href};
use super::{Cause, Line, Order, policy, store};
use crate::auth::accounts;
use crate::error::{Found, Result};
use crate::kernel::id::{DealId, EmployeeId, UserId};
use crate::notices::{self, Telling, Value};
use crate::sales::{Return, Why};
use crate::web::context::Ctx;

/// The accounts of the seller, of those who share in the order, and of whose customer it is.
pub(super) async fn sellers(conn: &mut PgConnection, order: &Order) -> Result<Vec<UserId>> {
    let people =
        [order.owner, order.customer_owner].into_iter().flatten().chain(order.holders.iter().copied());
    let people: Vec<EmployeeId> = people.collect();
    let accounts = accounts::of_people(conn, &people).await?;
    Ok(accounts.into_iter().map(|holder| holder.user).collect())
}

/// Tells the sellers of dates that were given or moved.
pub(super) async fn of_dates(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    changes: &[(&Line, Cause)],
    draft: &PromiseDraft,
) -> Result<()> {
    let moved = changes.iter().find_map(|(line, _)| line.promised_on);
    let message = if moved.is_some() { "notice-order-moved" } else { "notice-order-confirmed" };
    let values = vec![
        ("who", Value::text(&ctx.actor.name)),
        ("order", Value::text(&order.order_no)),
        ("customer", Value::text(&order.customer_name)),
        ("from", Value::Day { day: moved.unwrap_or(draft.to) }),
        ("to", Value::Day { day: draft.to }),
    ];
    let telling = Telling { message, values, quote: draft.note.clone(), href: href(order.id) };
    let to = sellers(conn, order).await?;
    notices::tell(conn, &to, Some(ctx.actor.user), &telling, ctx.now).await
}

/// Tells the sellers that all of it was delivered.
pub(super) async fn of_delivery(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    on: NaiveDate,
) -> Result<()> {
    let values = vec![
        ("order", Value::text(&order.order_no)),
        ("customer", Value::text(&order.customer_name)),
        ("on", Value::Day { day: on }),
    ];
    let telling =
        Telling { message: "notice-order-delivered", values, quote: String::new(), href: href(order.id) };
    let to = sellers(conn, order).await?;
    notices::tell(conn, &to, Some(ctx.actor.user), &telling, ctx.now).await
}

/// The accounts of whoever answers for an order, and of those who lead the department that does.
pub(super) async fn handlers(conn: &mut PgConnection, ctx: &Ctx, order: &Order) -> Result<Vec<UserId>> {
    let organisation = &ctx.company.organisation;
    let leads = policy::answering(organisation, order).map(|id| organisation.leads(id, ctx.today));
    let people: Vec<EmployeeId> = order.handler.into_iter().chain(leads.into_iter().flatten()).collect();
    Ok(accounts::of_people(conn, &people).await?.into_iter().map(|holder| holder.user).collect())
}

/// Those who have an order at hand now, to tell them once it is cancelled: it is nobody's then.
pub async fn makers(conn: &mut PgConnection, ctx: &Ctx, id: DealId) -> Result<Vec<UserId>> {
    let order = store::find(conn, id, false).await?;
    match order {
        Some(order) => handlers(conn, ctx, &order).await,
        None => Ok(Vec::new()),
    }
}

/// Tells its makers that an order was cancelled, with the words of who did it.
pub async fn tell_cancelled(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: DealId,
    (makers, words): (&[UserId], &str),
) -> Result<()> {
    let order = store::find(conn, id, false).await?.found()?;
    of_order(conn, ctx, &order, makers, ("notice-order-cancelled", words)).await
}

/// Tells some accounts of something about an order, with words that may be empty.
pub(super) async fn of_order(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    to: &[UserId],
    (message, words): (&'static str, &str),
) -> Result<()> {
    let values = vec![
        ("who", Value::text(&ctx.actor.name)),
        ("order", Value::text(&order.order_no)),
        ("customer", Value::text(&order.customer_name)),
    ];
    let telling = Telling { message, values, quote: words.to_owned(), href: href(order.id) };
    notices::tell(conn, to, Some(ctx.actor.user), &telling, ctx.now).await
}

/// Tells the sellers what came back or was cancelled, and those who make and deliver of the latter.
pub(super) async fn of_taken_back(
    conn: &mut PgConnection,
    ctx: &Ctx,
    order: &Order,
    (returned, why): (&Return, Why<'_>),
) -> Result<()> {
    let values = vec![
        ("who", Value::text(&ctx.actor.name)),
        ("order", Value::text(&order.order_no)),
        ("customer", Value::text(&order.customer_name)),
        ("n", Value::Count { count: returned.quantity }),
    ];
    let message = if returned.cancels { "notice-order-line-cancelled" } else { "notice-order-returned" };
    let telling = Telling { message, values, quote: why.words.to_owned(), href: href(order.id) };
    let mut to = sellers(conn, order).await?;
    if returned.cancels {
        to.extend(handlers(conn, ctx, order).await?);
    }
    notices::tell(conn, &to, Some(ctx.actor.user), &telling, ctx.now).await
}
