//! SQL that stores new deals, any number of them at once.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::DealDraft;
use super::booking::Order;
use crate::error::Result;
use crate::kernel::id::{CategoryId, DealId, LineId};

/// A deal that was stored.
pub(super) struct Stored {
    /// Its id.
    pub(super) id: DealId,
    /// Its lines and their product categories, in order of their number.
    pub(super) lines: Vec<(LineId, CategoryId)>,
}

/// Stores deals, and answers for each, in the order given, what was stored: nothing when its form key or its number
/// within the source is known already.
pub(super) async fn insert_deals(
    conn: &mut PgConnection,
    orders: &[Order<'_>],
) -> Result<Vec<Option<Stored>>> {
    let (heads, lines, shares) = (Heads::of(orders), Lines::of(orders), Shares::of(orders));
    let rows = sqlx::query_file!(
        "sql/book_deals.sql",
        &heads.source,
        &heads.order_no as &[Option<String>],
        &heads.customer,
        &heads.owner as &[Option<i64>],
        &heads.ordered_on,
        &heads.currency,
        &heads.channel,
        &heads.note,
        &heads.by as &[Option<i64>],
        &heads.at,
        &heads.form_key as &[Option<Uuid>],
        &lines.place,
        &lines.line_no,
        &lines.product,
        &lines.quantity,
        &lines.amount,
        &lines.cost,
        &lines.promised_on as &[Option<NaiveDate>],
        &lines.delivered_on as &[Option<NaiveDate>],
        &shares.place,
        &shares.employee,
        &shares.kind,
        &shares.share_bp
    )
    .fetch_all(conn)
    .await?;
    let mut stored: Vec<Option<Stored>> = orders.iter().map(|_| None).collect();
    for row in rows {
        let lines = row.lines.into_iter().map(LineId).zip(row.categories.into_iter().map(CategoryId));
        let place = usize::try_from(row.place - 1).ok().and_then(|place| stored.get_mut(place));
        if let Some(place) = place {
            *place = Some(Stored { id: row.id, lines: lines.collect() });
        }
    }
    Ok(stored)
}

/// The orders with their places in the list, counted from 1 as the database does.
fn numbered<'a>(orders: &'a [Order<'a>]) -> impl Iterator<Item = (i64, &'a DealDraft)> {
    (1..).zip(orders.iter().map(|order| order.draft))
}

#[derive(Default)]
struct Heads {
    source: Vec<String>,
    order_no: Vec<Option<String>>,
    customer: Vec<i64>,
    owner: Vec<Option<i64>>,
    ordered_on: Vec<NaiveDate>,
    currency: Vec<String>,
    channel: Vec<String>,
    note: Vec<String>,
    by: Vec<Option<i64>>,
    at: Vec<DateTime<Utc>>,
    form_key: Vec<Option<Uuid>>,
}

impl Heads {
    fn of(orders: &[Order<'_>]) -> Self {
        let mut columns = Self::default();
        for Order { draft, stamp } in orders {
            columns.source.push(draft.source.clone());
            columns.order_no.push(draft.order_no.clone());
            columns.customer.push(draft.customer.0);
            columns.owner.push(draft.owner.map(|owner| owner.0));
            columns.ordered_on.push(draft.ordered_on);
            columns.currency.push(draft.currency.code().to_owned());
            columns.channel.push(draft.channel.clone());
            columns.note.push(draft.note.clone());
            columns.by.push(stamp.by.map(|user| user.0));
            columns.at.push(stamp.at);
            columns.form_key.push(draft.form_key);
        }
        columns
    }
}

#[derive(Default)]
struct Lines {
    place: Vec<i64>,
    line_no: Vec<i32>,
    product: Vec<i64>,
    quantity: Vec<i64>,
    amount: Vec<i64>,
    cost: Vec<i64>,
    promised_on: Vec<Option<NaiveDate>>,
    delivered_on: Vec<Option<NaiveDate>>,
}

impl Lines {
    fn of(orders: &[Order<'_>]) -> Self {
        let mut columns = Self::default();
        for (place, draft) in numbered(orders) {
            for line in &draft.lines {
                columns.place.push(place);
                columns.line_no.push(line.line_no);
                columns.product.push(line.product.0);
                columns.quantity.push(line.quantity);
                columns.amount.push(line.amount);
                columns.cost.push(line.cost);
                columns.promised_on.push(line.promised_on);
                columns.delivered_on.push(line.delivered_on);
            }
        }
        columns
    }
}

#[derive(Default)]
struct Shares {
    place: Vec<i64>,
    employee: Vec<i64>,
    kind: Vec<String>,
    share_bp: Vec<i32>,
}

impl Shares {
    fn of(orders: &[Order<'_>]) -> Self {
        let mut columns = Self::default();
        for (place, draft) in numbered(orders) {
            for share in &draft.shares {
                columns.place.push(place);
                columns.employee.push(share.employee.0);
                columns.kind.push(share.kind.code().to_owned());
                columns.share_bp.push(share.bp());
            }
        }
        columns
    }
}
