//! Storing deals and posting what they are worth. Callers own the transaction, the permission and the audit row;
//! everything here keeps deal, ledger, rollup and first orders in step.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::checks::{check_delivered, check_return, check_returned};
use super::credit::{self, CreditEvent, Entry, Posting};
use super::insert_store::{self, Stored};
use super::worth::{self, Exchange};
use super::{
    BookedDeal, BookedLine, DealDraft, DealStatus, Delivery, LineDraft, Return, ReturnCause, Why,
    ledger_store, store,
};
use crate::error::{AppError, Found, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CustomerId, DealId, UserId};
use crate::kernel::money::{Currency, MoneyError};
use crate::org::Company;
use crate::web::form::FormErrors;

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// A new deal.
    New(DealId),
    /// The same form or the same order number was sent before; nothing has changed.
    Already(DealId),
}

impl Booked {
    /// The deal, new or old.
    pub const fn id(self) -> DealId {
        match self {
            Self::New(id) | Self::Already(id) => id,
        }
    }
}

/// Who writes and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The account; nobody for the command line.
    pub by: Option<UserId>,
    /// The moment.
    pub at: DateTime<Utc>,
}

/// A deal to book, and who books it when.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The deal.
    pub draft: &'a DealDraft,
    /// Who and when.
    pub stamp: Stamp,
}

/// Books a deal and posts its credits. A draft whose form key or `(source, order_no)` is known already changes
/// nothing (rule 12). Faults: a missing rate (`currency`), a sum beyond what can be counted (`amount`).
pub async fn book(
    conn: &mut PgConnection,
    company: &Company,
    draft: &DealDraft,
    stamp: Stamp,
) -> Result<Booked> {
    book_all(conn, company, &[Order { draft, stamp }]).await?.pop().found()
}

/// Books deals in as few statements as one takes, and answers for each, in the order given. A fault in one is a
/// fault in all of them.
pub async fn book_all(
    conn: &mut PgConnection,
    company: &Company,
    orders: &[Order<'_>],
) -> Result<Vec<Booked>> {
    let customers: Vec<CustomerId> = orders.iter().map(|order| order.draft.customer).collect();
    store::lock_customers(conn, &customers).await?;
    let stored = insert_store::insert_deals(conn, orders).await?;
    let firsts = store::settle_first_deals(conn, &customers).await?;
    let mut postings = Vec::new();
    for (place, order) in orders.iter().enumerate() {
        let Some(stored) = &stored[place] else { continue };
        let deal = as_booked(order.draft, stored, firsts.contains(&stored.id));
        let exchange = exchange_for(conn, company, &deal, &[], Rate::Anew).await?;
        let credits = worth::credits_of(&deal, &exchange).map_err(too_large)?;
        postings.extend(credits.into_iter().map(|credit| (deal.id, order.stamp.at, Posting::new(credit))));
    }
    ledger_store::post(conn, company.currency, &postings).await?;
    for other in others(firsts, &stored) {
        settle_deal(conn, company, other, orders[0].stamp).await?;
    }
    settle_dated(conn, company, orders, &stored).await?;
    let mut booked = Vec::with_capacity(orders.len());
    for (place, order) in orders.iter().enumerate() {
        booked.push(match &stored[place] {
            Some(stored) => Booked::New(stored.id),
            None => Booked::Already(store::find_same(conn, order.draft).await?.found()?),
        });
    }
    Ok(booked)
}

/// Works out how far the new orders have come that bring dates of delivery with them.
async fn settle_dated(
    conn: &mut PgConnection,
    company: &Company,
    orders: &[Order<'_>],
    stored: &[Option<Stored>],
) -> Result<()> {
    let dated =
        |draft: &DealDraft| draft.lines.iter().any(|l| l.promised_on.is_some() || l.delivered_on.is_some());
    let new = orders.iter().zip(stored).filter(|(order, _)| dated(order.draft));
    let ids: Vec<i64> = new.filter_map(|(_, stored)| Some(stored.as_ref()?.id.0)).collect();
    match orders.first() {
        Some(first) if !ids.is_empty() => settle_orders(conn, company, &ids, first.stamp.at).await,
        _ => Ok(()),
    }
}

/// Works out, from lines and deliveries, how far orders have come and whether they were on time.
pub async fn settle_orders(
    conn: &mut PgConnection,
    company: &Company,
    ids: &[i64],
    at: DateTime<Utc>,
) -> Result<()> {
    store::settle_orders(conn, ids, company.day_of(at), at).await
}

/// The deals among `ids` that were stored before.
fn others(mut ids: Vec<DealId>, stored: &[Option<Stored>]) -> Vec<DealId> {
    ids.retain(|id| !stored.iter().flatten().any(|stored| stored.id == *id));
    ids
}

/// A draft as it stands once it is stored.
fn as_booked(draft: &DealDraft, stored: &Stored, is_first_of_customer: bool) -> BookedDeal {
    let mut lines: Vec<&LineDraft> = draft.lines.iter().collect();
    lines.sort_by_key(|line| line.line_no);
    let delivered = lines.iter().zip(&stored.lines).filter_map(|(line, (id, _))| {
        Some(Delivery { line: *id, on: line.delivered_on?, quantity: line.quantity })
    });
    let deliveries = delivered.collect();
    let lines = lines.into_iter().zip(&stored.lines).map(|(line, (id, category))| BookedLine {
        id: *id,
        line_no: line.line_no,
        product: line.product,
        category: *category,
        quantity: line.quantity,
        amount: line.amount,
        cost: line.cost,
    });
    BookedDeal {
        id: stored.id,
        status: DealStatus::Booked,
        cancelled_on: None,
        customer: draft.customer,
        owner: draft.owner,
        ordered_on: draft.ordered_on,
        currency: draft.currency,
        lines: lines.collect(),
        shares: draft.shares.clone(),
        returns: Vec::new(),
        deliveries,
        is_first_of_customer,
        version: 1,
    }
}

/// Rewrites a deal; reversals and new rows are posted for what changed.
/// Conflict when `version` is no longer the present one. Fault: a line falls below what came back of it, or below what was
/// delivered and cancelled of it (`lines`).
pub async fn amend(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    version: i64,
    draft: &DealDraft,
    stamp: Stamp,
) -> Result<()> {
    let before = lock_deal(conn, id, &[draft.customer]).await?;
    store::update_deal(conn, id, version, draft).await?.ok_or(AppError::Conflict("error-stale"))?;
    check_returned(&before, draft)?;
    check_delivered(&before, draft, &store::handled(conn, id).await?)?;
    store::replace_lines(conn, id, &draft.lines).await?;
    store::replace_shares(conn, id, &draft.shares).await?;
    let rate = if before.currency == draft.currency { Rate::AsPosted } else { Rate::Anew };
    post(conn, company, id, &[before.customer, draft.customer], rate, stamp).await
}

/// Locks a deal and, before it, the customers whose first order it may change: always in this order, so that
/// writers who meet wait for each other instead of deadlocking.
async fn lock_deal(conn: &mut PgConnection, id: DealId, others: &[CustomerId]) -> Result<BookedDeal> {
    let customer = store::find_customer(conn, id).await?.found()?;
    store::lock_customers(conn, &[&[customer], others].concat()).await?;
    let deal = store::find_for_update(conn, id).await?.found()?;
    if deal.customer == customer { Ok(deal) } else { Err(AppError::Conflict("error-busy")) }
}

/// Locks the customer of a deal, for whoever locks the deal before something comes back of it: customers come first everywhere.
pub async fn lock_customer_of(conn: &mut PgConnection, id: DealId) -> Result<()> {
    let customer = store::find_customer(conn, id).await?.found()?;
    store::lock_customers(conn, &[customer]).await
}

/// The highest number of a line that a deal has or ever had.
pub async fn last_line_no(conn: &mut PgConnection, id: DealId) -> Result<i32> {
    store::last_line_no(conn, id).await
}

/// Adds a remark to a deal, on a line of its own; why it was cancelled, for one.
pub async fn add_note(conn: &mut PgConnection, id: DealId, note: &str) -> Result<()> {
    store::append_note(conn, id, note).await
}

/// Notes why a deal was cancelled.
pub async fn note_cause(conn: &mut PgConnection, id: DealId, cause: ReturnCause) -> Result<()> {
    store::save_cancel_cause(conn, id, cause).await
}

/// Changes where a deal stands: undoing, cancelling on a day, or taking either back.
pub async fn change_status(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    version: i64,
    (next, cancelled_on): (DealStatus, Option<NaiveDate>),
    stamp: Stamp,
) -> Result<()> {
    let deal = lock_deal(conn, id, &[]).await?;
    if !deal.status.can_become(next) {
        return Err(AppError::Conflict("error-deal-status"));
    }
    let changed = store::update_status(conn, id, version, next, cancelled_on).await?;
    changed.ok_or(AppError::Conflict("error-stale"))?;
    post(conn, company, id, &[deal.customer], Rate::AsPosted, stamp).await
}

/// Records goods that came back and posts the negative rows on that day. Conflict when `version` is stale.
/// Faults: more came back than was sold (`quantity`), or a sum above the line's (`amount`).
pub async fn record_return(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    version: i64,
    (returned, why): (&Return, Why<'_>),
    stamp: Stamp,
) -> Result<()> {
    let deal = lock_deal(conn, id, &[]).await?;
    if deal.status != DealStatus::Booked {
        return Err(AppError::Conflict("error-deal-status"));
    }
    check_return(&deal, returned)?;
    store::touch(conn, id, version).await?.ok_or(AppError::Conflict("error-stale"))?;
    store::insert_return(conn, returned, why, stamp).await?;
    post(conn, company, id, &[deal.customer], Rate::AsPosted, stamp).await
}

/// Which rates of exchange a deal is posted at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rate {
    /// The rates its rows were posted at, so that later edits of rates never alter them (rule 4).
    AsPosted,
    /// Looked up anew, because nothing is posted yet or because the deal is in another currency now.
    Anew,
}

/// Brings the ledger in step with a deal and with the first orders of the customers it touches.
async fn post(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    customers: &[CustomerId],
    rate: Rate,
    stamp: Stamp,
) -> Result<()> {
    for other in store::settle_first_deals(conn, customers).await? {
        if other != id {
            settle_deal(conn, company, other, stamp).await?;
        }
    }
    settle_orders(conn, company, &[id.0], stamp.at).await?;
    settle_at(conn, company, id, rate, stamp).await
}

/// Posts the difference between what the ledger says of a deal and what it should say: for whoever has changed what decides
/// that, such as its deliveries.
pub async fn settle_deal(conn: &mut PgConnection, company: &Company, id: DealId, stamp: Stamp) -> Result<()> {
    settle_at(conn, company, id, Rate::AsPosted, stamp).await
}

async fn settle_at(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    rate: Rate,
    stamp: Stamp,
) -> Result<()> {
    let mut deal = store::find_for_update(conn, id).await?.found()?;
    let entries = ledger_store::list_of_deal(conn, id).await?;
    if deal.status == DealStatus::Cancelled {
        deal.is_first_of_customer = was_first(&entries);
    }
    let exchange = exchange_for(conn, company, &deal, &entries, rate).await?;
    let desired = worth::credits_of(&deal, &exchange).map_err(too_large)?;
    let (related, postings): (Vec<_>, Vec<_>) =
        credit::settle(&entries, desired).into_iter().partition(Posting::relates);
    let mark = |postings: Vec<Posting>| postings.into_iter().map(|p| (id, stamp.at, p)).collect::<Vec<_>>();
    ledger_store::post(conn, company.currency, &mark(postings)).await?;
    if related.is_empty() {
        return Ok(());
    }
    // what came back is posted after the sale it is linked to, whose rows are known only then
    let standing = ledger_store::list_of_deal(conn, id).await?;
    ledger_store::post(conn, company.currency, &mark(credit::relate(related, &standing))).await
}

/// Whether a deal counted as the customer's first until it was cancelled: what has been stays as it was.
fn was_first(entries: &[Entry]) -> bool {
    let taken_back = |entry: &Entry| entries.iter().any(|later| later.reverses == Some(entry.id));
    entries.iter().any(|entry| {
        entry.credit.event == CreditEvent::Sale
            && entry.credit.basis == Basis::Booked
            && entry.reverses.is_none()
            && entry.credit.figures.new_customers != 0
            && !taken_back(entry)
    })
}

/// The rates on the day of the order and on each day of delivery: those that sales of these days were posted at, where they
/// are to stay, or else as they are now.
async fn exchange_for(
    conn: &mut PgConnection,
    company: &Company,
    deal: &BookedDeal,
    entries: &[Entry],
    rate: Rate,
) -> Result<Exchange> {
    let (from, to) = (deal.currency, company.currency);
    let entries = if rate == Rate::AsPosted { entries } else { &[] };
    let days = deal.deliveries.iter().map(|delivery| (Basis::Delivered, delivery.on));
    let (mut booked, mut delivered) = (Decimal::ONE, BTreeMap::new());
    for (basis, day) in std::iter::once((Basis::Booked, deal.ordered_on)).chain(days) {
        let rate = match posted_rate(entries, basis, day) {
            _ if from == to => Decimal::ONE,
            Some(rate) => rate,
            None => find_rate(conn, from, day).await?,
        };
        match basis {
            Basis::Booked => booked = rate,
            Basis::Delivered => drop(delivered.insert(day, rate)),
        }
    }
    Ok(Exchange { from, to, booked, delivered })
}

/// The rate of the latest sale posted for a day.
fn posted_rate(entries: &[Entry], basis: Basis, day: NaiveDate) -> Option<Decimal> {
    let sale = |entry: &&Entry| {
        entry.reverses.is_none()
            && entry.credit.event == CreditEvent::Sale
            && (entry.credit.basis, entry.credit.date) == (basis, day)
    };
    entries.iter().rfind(sale).map(|entry| entry.credit.rate)
}

/// Units of the company's currency for one of `currency` on a day. A fault at `currency` when there is none.
pub async fn find_rate(conn: &mut PgConnection, currency: Currency, on: NaiveDate) -> Result<Decimal> {
    let rate = ledger_store::find_rate(conn, currency, on).await?;
    rate.ok_or_else(|| AppError::Invalid(FormErrors::one("currency", "error-no-rate")))
}

fn too_large(_: MoneyError) -> AppError {
    AppError::Invalid(FormErrors::one("amount", "error-amount-too-large"))
}
