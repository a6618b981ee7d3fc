//! Storing deals and posting what they are worth. Callers own the transaction, the permission and the audit row;
//! everything here keeps deal, ledger, rollup and first orders in step.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::credit::{self, Conversion};
use super::{BookedDeal, DealDraft, DealStatus, Return, ledger_store, store};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{CustomerId, DealId, UserId};
use crate::kernel::money::MoneyError;
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

/// Books a deal and posts its credits. A draft whose form key or `(source, order_no)` is known already changes
/// nothing (rule 12). Faults: a missing rate (`currency`), a sum beyond what can be counted (`amount`).
pub async fn book(
    conn: &mut PgConnection,
    company: &Company,
    draft: &DealDraft,
    stamp: Stamp,
) -> Result<Booked> {
    let Some(id) = store::insert_deal(conn, draft, stamp).await? else {
        return store::find_same(conn, draft).await?.found().map(Booked::Already);
    };
    store::insert_lines(conn, id, &draft.lines).await?;
    store::insert_shares(conn, id, &draft.shares).await?;
    post(conn, company, id, &[draft.customer], stamp).await?;
    Ok(Booked::New(id))
}

/// Rewrites a deal; reversals and new rows are posted for what changed.
/// Conflict when `version` is no longer the present one.
pub async fn amend(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    version: i64,
    draft: &DealDraft,
    stamp: Stamp,
) -> Result<()> {
    let before = store::find_for_update(conn, id).await?.found()?;
    store::update_deal(conn, id, version, draft).await?.ok_or(AppError::Conflict("error-stale"))?;
    store::replace_lines(conn, id, &draft.lines).await?;
    store::replace_shares(conn, id, &draft.shares).await?;
    post(conn, company, id, &[before.customer, draft.customer], stamp).await
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
    let deal = store::find_for_update(conn, id).await?.found()?;
    if !deal.status.can_become(next) {
        return Err(AppError::Conflict("error-deal-status"));
    }
    let changed = store::update_status(conn, id, version, next, cancelled_on).await?;
    changed.ok_or(AppError::Conflict("error-stale"))?;
    post(conn, company, id, &[deal.customer], stamp).await
}

/// Records goods that came back and posts the negative rows on that day.
/// Faults: more came back than was sold (`quantity`), or a sum above the line's (`amount`).
pub async fn record_return(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    (returned, reason): (&Return, &str),
    stamp: Stamp,
) -> Result<()> {
    let deal = store::find_for_update(conn, id).await?.found()?;
    if deal.status != DealStatus::Booked {
        return Err(AppError::Conflict("error-deal-status"));
    }
    check_return(&deal, returned)?;
    store::insert_return(conn, returned, reason, stamp).await?;
    post(conn, company, id, &[deal.customer], stamp).await
}

fn check_return(deal: &BookedDeal, returned: &Return) -> Result<()> {
    let line = deal.lines.iter().find(|line| line.id == returned.line).ok_or(AppError::NotFound)?;
    let before = |count: fn(&Return) -> i64| -> i64 {
        deal.returns.iter().filter(|earlier| earlier.line == line.id).map(count).sum()
    };
    let mut errors = FormErrors::default();
    if returned.quantity < 1 || before(|r| r.quantity) + returned.quantity > line.quantity {
        errors.add("quantity", "error-return-quantity");
    }
    if returned.amount < 0 || before(|r| r.amount) + returned.amount > line.amount {
        errors.add("amount", "error-return-amount");
    }
    if returned.on < deal.ordered_on {
        errors.add("on", "error-return-date");
    }
    errors.or(Some(())).map_err(AppError::Invalid)
}

/// Brings the ledger in step with a deal and with the first orders of the customers it touches.
async fn post(
    conn: &mut PgConnection,
    company: &Company,
    id: DealId,
    customers: &[CustomerId],
    stamp: Stamp,
) -> Result<()> {
    let mut affected = store::settle_first_deals(conn, customers).await?;
    affected.retain(|other| *other != id);
    affected.push(id);
    for deal in affected {
        settle_deal(conn, company, deal, stamp).await?;
    }
    Ok(())
}

/// Posts the difference between what the ledger says of a deal and what it should say.
pub async fn settle_deal(conn: &mut PgConnection, company: &Company, id: DealId, stamp: Stamp) -> Result<()> {
    let deal = store::find_for_update(conn, id).await?.found()?;
    let entries = ledger_store::list_of_deal(conn, id).await?;
    let conversion = conversion_for(conn, company, &deal).await?;
    let desired = credit::credits_of(&deal, &conversion).map_err(too_large)?;
    let postings = credit::settle(&entries, desired, deal.cancelled_on);
    ledger_store::post(conn, id, company.currency, &postings, stamp.at).await
}

async fn conversion_for(conn: &mut PgConnection, company: &Company, deal: &BookedDeal) -> Result<Conversion> {
    let (from, to) = (deal.currency, company.currency);
    let rate = if from == to {
        Decimal::ONE
    } else {
        let rate = ledger_store::find_rate(conn, from, deal.ordered_on).await?;
        rate.ok_or_else(|| AppError::Invalid(FormErrors::one("currency", "error-no-rate")))?
    };
    Ok(Conversion { from, to, rate })
}

fn too_large(_: MoneyError) -> AppError {
    AppError::Invalid(FormErrors::one("amount", "error-amount-too-large"))
}
