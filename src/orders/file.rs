//! `/deliveries/import`: what was delivered, from a CSV file, all of it or nothing. What is known already changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Multipart;
use axum::response::Response;
use chrono::NaiveDate;

use super::forms::date;
use super::{Delivered, Order, change, policy, store};
use crate::error::{AppError, Result};
use crate::kernel::id::{DealId, LineId};
use crate::kernel::number;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Fault, Frame, Layout};

const LAYOUT: Layout =
    Layout { columns: &["order_no", "line_no", "delivered_on", "quantity", "source"], needed: 3 };

/// A row of the file.
struct Row {
    source: String,
    order_no: String,
    line_no: i32,
    on: NaiveDate,
    /// All that is open where it is left out.
    quantity: Option<i64>,
}

/// Line of the file, line of the order, and pieces: all that is open where they are left out.
type Wanted = (u64, LineId, Option<i64>);

fn frame(ctx: &Ctx) -> Frame {
    Frame {
        here: "deliveries",
        back: Link::new("/deliveries", ctx.l.t("orders-deliveries")),
        keys: ("orders-import", "orders-import-intro"),
        action: "/deliveries/import".into(),
        hint: String::new(),
        download: Some(Link::new("/deliveries.csv?view=open", ctx.l.t("download-csv"))),
    }
}

fn may(ctx: &Ctx) -> Result<()> {
    if policy::handles_orders(&ctx.company.organisation, &ctx.actor) {
        Ok(())
    } else {
        Err(AppError::Forbidden)
    }
}

/// `GET /deliveries/import`
pub async fn show(ctx: Ctx) -> Result<Response> {
    may(&ctx)?;
    Ok(upload::page(&ctx, frame(&ctx), LAYOUT, Vec::new()))
}

fn row(cell: Cell<'_>, today: NaiveDate) -> Result<Row, FormErrors> {
    let mut errors = FormErrors::default();
    let line_no = errors.check("line_no", cell("line_no").trim().parse().map_err(|_| "deals-error-quantity"));
    let on = date(&cell("delivered_on"))
        .and_then(|on| if on > today { Err("deals-error-future") } else { Ok(on) });
    let on = errors.check("delivered_on", on);
    let quantity = match cell("quantity").trim() {
        "" => Some(None),
        typed => errors
            .check("quantity", number::parse_count(typed).map(Some).map_err(|_| "orders-error-quantity")),
    };
    let source = Some(cell("source").trim().to_owned()).filter(|source| !source.is_empty());
    errors.or(line_no.zip(on).zip(quantity).map(|((line_no, on), quantity)| Row {
        source: source.unwrap_or_else(|| crate::sales::OWN_SOURCE.to_owned()),
        order_no: cell("order_no").trim().to_owned(),
        line_no,
        on,
        quantity,
    }))
}

/// `POST /deliveries/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    may(&ctx)?;
    let bytes = upload::receive(form).await?;
    let rows = match upload::read_rows(&ctx, &bytes, LAYOUT, |cell| row(cell, ctx.today)) {
        Ok(rows) => rows,
        Err(faults) => return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults)),
    };
    let mut tx = ctx.app.begin().await?;
    let (mut faults, mut made, mut same) = (Vec::new(), 0_i64, 0_i64);
    // by order and day: what comes together is one delivery
    let mut wanted: BTreeMap<(DealId, NaiveDate), Vec<Wanted>> = BTreeMap::new();
    for row in &rows {
        let at = &row.read;
        match store::find_line(&mut tx, &at.source, &at.order_no, at.line_no).await? {
            Some((order, id)) => wanted.entry((order, at.on)).or_default().push((row.line, id, at.quantity)),
            None => faults.extend(row.faults(&ctx, &FormErrors::one("order_no", "orders-error-unknown"))),
        }
    }
    let orders: BTreeSet<DealId> = wanted.keys().map(|(id, _)| *id).collect();
    store::lock(&mut tx, &Vec::from_iter(orders)).await?;
    for ((id, on), lines) in wanted {
        let order = change::seen(&mut tx, &ctx, id, true).await?;
        let known = store::deliveries(&mut tx, id).await?;
        let new = lines.iter().filter(|(_, line, quantity)| {
            let same = |it: &super::Delivery| {
                it.line == *line && it.on == on && quantity.is_none_or(|q| q == it.quantity)
            };
            let delivered = order.lines.iter().any(|it| it.id == *line && it.delivered_on == Some(on));
            !(known.iter().any(same) || quantity.is_none() && delivered)
        });
        let new: Vec<_> = new.copied().collect();
        same += i64::try_from(lines.len() - new.len()).unwrap_or(0);
        if !new.is_empty() {
            made += i64::try_from(new.len()).unwrap_or(0);
            faults.extend(deliver(&mut tx, &ctx, &order, on, &new).await?);
        }
    }
    if !faults.is_empty() {
        return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults));
    }
    tx.commit().await?;
    let notice =
        Notice::new("orders-toast-imported").with("n", made.to_string()).with("same", same.to_string());
    Ok(notice.redirect("/deliveries"))
}

/// Records what is new of an order; the faults that it has at the lines of the file.
async fn deliver(
    conn: &mut sqlx::PgConnection,
    ctx: &Ctx,
    order: &Order,
    on: NaiveDate,
    new: &[Wanted],
) -> Result<Vec<Fault>> {
    let open = |id: LineId| order.lines.iter().find(|line| line.id == id).map_or(0, super::Line::open);
    let lines = new.iter().map(|(_, id, quantity)| (*id, quantity.unwrap_or_else(|| open(*id)))).collect();
    match change::deliver(conn, ctx, order, order.version, &Delivered { on, lines }).await {
        Ok(_) => Ok(Vec::new()),
        Err(AppError::Invalid(errors)) => {
            let at = |field: &str| new.iter().find(|(_, id, _)| field == format!("quantity-{id}"));
            let faults = errors.iter().map(|error| match at(&error.field) {
                Some((line, _, quantity)) => {
                    let value = quantity.map_or_else(String::new, |quantity| quantity.to_string());
                    fault(ctx, *line, "quantity", &value, error.key)
                }
                None => fault(
                    ctx,
                    new.first().map_or(0, |(line, ..)| *line),
                    "delivered_on",
                    &on.to_string(),
                    error.key,
                ),
            });
            Ok(faults.collect())
        }
        Err(other) => Err(other),
    }
}

fn fault(ctx: &Ctx, line: u64, column: &str, value: &str, key: &str) -> Fault {
    Fault { line, column: column.to_owned(), value: value.to_owned(), reason: ctx.l.t(key) }
}
