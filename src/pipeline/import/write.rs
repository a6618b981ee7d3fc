//! Rows that were read into the database, set by set.

use std::collections::HashSet;

use sqlx::PgConnection;

use super::read::Row;
use super::{Origin, Outcome, store};
use crate::error::Result;
use crate::kernel::id::DealId;
use crate::org::Company;
use crate::pipeline::State;
use crate::pipeline::flow::order_of_draft;
use crate::pipeline::worth::{self, Priced};
use crate::products::{self, ProductView};
use crate::sales::DealDraft;
use crate::sales::booking::{self, Order};

/// Orders that are booked, and rows that are stored, by one statement.
const AT_ONCE: usize = 500;

/// A row with its worth and the order that came of it.
pub(super) struct Ready {
    pub(super) row: Row,
    pub(super) line: Priced,
    pub(super) deal: Option<DealId>,
}

/// Stores the rows that are not known yet; those that were won with their orders, earliest first.
pub(super) async fn write(
    conn: &mut PgConnection,
    company: &Company,
    rows: Vec<Row>,
    origin: Origin<'_>,
) -> Result<Outcome> {
    store::take_turn(conn).await?;
    let known: HashSet<String> = store::known_numbers(conn, origin.source).await?.into_iter().collect();
    let mut outcome = Outcome::default();
    let products = products::list_active(conn).await?;
    let mut ready = Vec::with_capacity(rows.len());
    for row in rows {
        if row.draft.number.as_ref().is_some_and(|number| known.contains(number)) {
            outcome.known += 1;
        } else {
            ready.push(price(conn, company, &products, row, origin).await?);
        }
    }
    ready.sort_by_key(|one| (one.row.closed_on, one.row.draft.opened_on));
    book(conn, company, &mut ready, origin).await?;
    for chunk in ready.chunks(AT_ONCE) {
        store::insert(conn, chunk, origin).await?;
    }
    for one in &ready {
        let (count, sum) = outcome.added.entry(one.row.state.code().to_owned()).or_default();
        *count += 1;
        *sum += one.line.own_amount;
    }
    Ok(outcome)
}

async fn price(
    conn: &mut PgConnection,
    company: &Company,
    products: &[ProductView],
    mut row: Row,
    origin: Origin<'_>,
) -> Result<Ready> {
    let (own, currency, day) = (company.currency, row.draft.currency, origin.stamp.day);
    worth::fill_costs(conn, (own, currency), day, products, (&mut row.draft.lines, &[0])).await?;
    let mut lines = worth::price(conn, (currency, own), day, &row.draft.lines).await?;
    let line = lines.remove(0);
    Ok(Ready { row, line, deal: None })
}

/// Books the orders of those that were won. An order of the same source and number that is known is that order.
async fn book(
    conn: &mut PgConnection,
    company: &Company,
    ready: &mut [Ready],
    origin: Origin<'_>,
) -> Result<()> {
    let won: Vec<usize> = (0..ready.len()).filter(|place| ready[*place].row.state == State::Won).collect();
    for places in won.chunks(AT_ONCE) {
        let drafts: Vec<DealDraft> = places.iter().filter_map(|place| order(&ready[*place].row)).collect();
        let stamp = origin.stamp.into();
        let orders: Vec<Order<'_>> = drafts.iter().map(|draft| Order { draft, stamp }).collect();
        let booked = booking::book_all(conn, company, &orders).await?;
        for (place, booked) in places.iter().zip(booked) {
            ready[*place].deal = Some(booked.id());
        }
    }
    Ok(())
}

/// The order that a row became.
fn order(row: &Row) -> Option<DealDraft> {
    let (draft, on) = (&row.draft, row.closed_on?);
    let order = order_of_draft(draft, draft.customer?, on);
    Some(DealDraft { source: draft.source.clone(), order_no: draft.number.clone(), ..order })
}
