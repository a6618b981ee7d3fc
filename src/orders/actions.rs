//! What waits for those who make and deliver: orders without a date, and orders that are owed.

use sqlx::PgConnection;

use super::list::{self, Filter, Row, View};
use super::policy;
use crate::error::Result;
use crate::process::action::{Action, Whose};
use crate::web::context::Ctx;

/// Open orders that wait for these people or departments: a date to be given, or goods that are owed.
pub async fn actions(conn: &mut PgConnection, ctx: &Ctx, whose: &Whose) -> Result<Vec<Action>> {
    if whose.people.is_empty() && whose.departments.is_empty() {
        return Ok(Vec::new());
    }
    let usual = policy::usual(&ctx.company.organisation);
    let (whose_orders, due_before) = (Some(whose.clone()), whose.overdue);
    let filter = Filter { view: View::Waiting, whose: whose_orders, due_before, usual, ..Filter::of(ctx) };
    let rows = list::rows(conn, ctx, &filter, ("due", false), (whose.most(), 0)).await?;
    Ok(rows.iter().map(|row| action(ctx, row)).collect())
}

fn action(ctx: &Ctx, row: &Row) -> Action {
    let values = [("order", row.order_no.as_str().into()), ("customer", row.customer.as_str().into())];
    let key = match (row.due, row.state.is_on_its_way()) {
        (None, _) => "orders-action-date",
        (Some(_), true) => "orders-action-deliver",
        (Some(_), false) => "orders-action-make",
    };
    Action {
        kind: "order",
        id: row.id.0,
        icon: if row.state.is_on_its_way() { "truck" } else { "factory" },
        href: format!("/orders/{}", row.id),
        title: ctx.l.t(key),
        text: ctx.l.tr("orders-action-text", &values),
        due: row.due.or(Some(row.ordered_on)),
        value: row.value.unwrap_or(0),
        owner: row.handler,
        department: row.answering,
    }
}
