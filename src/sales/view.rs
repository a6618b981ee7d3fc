//! A deal with names, as pages show it, and what has happened to it.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use super::credit::{CreditEvent, CreditKind};
use super::policy::Standing;
use super::{DealStatus, ShareKind, list_store, view_store};
use crate::error::{Found, Result};
use crate::goals::Viewer;
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, CustomerId, DealId, EmployeeId, EntryId, LineId, ProductId, UserId};
use crate::kernel::money::Currency;

/// A stored deal with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealView {
    /// Its id.
    pub id: DealId,
    /// Number within its source.
    pub order_no: String,
    /// Where it comes from.
    pub source: String,
    /// Where it stands.
    pub status: DealStatus,
    /// When the customer cancelled.
    pub cancelled_on: Option<NaiveDate>,
    /// Who bought.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Whether it is the customer's first order.
    pub is_first: bool,
    /// Who sold; nobody for a house sale.
    pub owner: Option<EmployeeId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// Business date of the order.
    pub ordered_on: NaiveDate,
    /// Currency of the lines.
    pub currency: Currency,
    /// How it was sold.
    pub channel: String,
    /// A remark.
    pub note: String,
    /// The account that logged it.
    pub logged_by: Option<UserId>,
    /// When.
    pub logged_at: DateTime<Utc>,
    /// For stale-edit checks.
    pub version: i64,
    /// How far the order has come to the customer.
    pub order_state: String,
    /// In order of their number, without removed ones.
    pub lines: Vec<LineView>,
    /// Direct before overlay; empty when the owner holds the whole.
    pub shares: Vec<ShareView>,
    /// In the order they were recorded.
    pub returns: Vec<ReturnView>,
}

/// A line of a deal; amounts in minor units of the deal's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineView {
    /// Its id.
    pub id: LineId,
    /// Number within the deal.
    pub line_no: i32,
    /// What is sold.
    pub product: ProductId,
    /// Its name.
    pub product_name: String,
    /// Its category.
    pub category: CategoryId,
    /// The category's name.
    pub category_name: String,
    /// Pieces.
    pub quantity: i64,
    /// Price of the line.
    pub amount: i64,
    /// Cost of the line.
    pub cost: i64,
    /// When delivery was promised.
    pub promised_on: Option<NaiveDate>,
    /// When it was delivered.
    pub delivered_on: Option<NaiveDate>,
    /// Pieces that came back or were cancelled.
    pub returned_quantity: i64,
    /// What was taken off the price for them.
    pub returned_amount: i64,
    /// Those of them that were cancelled before they were delivered.
    pub cancelled: i64,
    /// What was taken off the cost for what came back.
    pub returned_cost: i64,
}

impl LineView {
    /// Price less cost.
    pub const fn margin(&self) -> i64 {
        self.amount - self.cost
    }
}

/// A person's share of a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareView {
    /// Who.
    pub employee: EmployeeId,
    /// Their name.
    pub name: String,
    /// How it counts.
    pub kind: ShareKind,
    /// Hundredths of a percent.
    pub share_bp: i32,
}

impl ShareView {
    /// Whether it stands beside the deal.
    pub fn is_overlay(&self) -> bool {
        self.kind == ShareKind::Overlay
    }
}

/// Goods that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnView {
    /// What came back.
    pub product_name: String,
    /// On which day.
    pub on: NaiveDate,
    /// Pieces.
    pub quantity: i64,
    /// What was taken off the price.
    pub amount: i64,
    /// Why.
    pub reason: String,
}

/// A row of the ledger with the holder's name; amounts in minor units of the company's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryView {
    /// Its id.
    pub id: EntryId,
    /// Whether it counts when the deal is booked or as it is delivered.
    pub basis: Basis,
    /// Whose it is; nobody for a house sale.
    pub employee: Option<EmployeeId>,
    /// Their name.
    pub name: Option<String>,
    /// Whose it is.
    pub kind: CreditKind,
    /// Hundredths of a percent of the line.
    pub share_bp: i32,
    /// Why it was posted.
    pub event: CreditEvent,
    /// The day it counts on.
    pub date: NaiveDate,
    /// The closed day that it belongs to, when it came after the closing.
    pub origin: Option<NaiveDate>,
    /// Order intake.
    pub revenue: i64,
    /// Revenue less cost.
    pub margin: i64,
    /// Pieces.
    pub units: i64,
    /// Orders.
    pub orders: i64,
    /// First orders.
    pub new_customers: i64,
    /// Category of the line.
    pub category: CategoryId,
    /// Orders within the category.
    pub category_orders: i64,
    /// First orders within the category.
    pub category_new_customers: i64,
    /// Name of the product.
    pub product_name: String,
    /// The row it takes back.
    pub reverses: Option<EntryId>,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
}

/// Something that was done to a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; nobody for the system.
    pub by: Option<String>,
    /// What, such as `deal.logged`.
    pub action: String,
    /// With which details.
    pub details: Value,
}

impl DealView {
    /// What decides who may do what with it.
    pub fn standing(&self) -> Standing {
        Standing {
            owner: self.owner,
            status: self.status,
            logged_by: self.logged_by,
            logged_at: self.logged_at,
            brought: matches!(self.order_state.as_str(), "partly_delivered" | "delivered"),
        }
    }

    /// The price of all lines, in minor units of the deal's currency.
    pub fn amount(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The cost of all lines.
    pub fn cost(&self) -> i64 {
        self.lines.iter().map(|line| line.cost).sum()
    }
}

/// A deal, if the viewer sees its owner or somebody who shares it.
pub async fn find(conn: &mut PgConnection, viewer: Viewer, id: DealId) -> Result<DealView> {
    let deal = view_store::find(conn, id).await?.found()?;
    if viewer.everyone {
        return Ok(deal);
    }
    let people = list_store::visible_people(conn, viewer).await?;
    let mut holders = deal.owner.into_iter().chain(deal.shares.iter().map(|share| share.employee));
    holders.any(|holder| people.contains(&holder.0)).then_some(deal).found()
}

/// Every row of the ledger of a deal, in the order they were posted.
pub async fn entries(conn: &mut PgConnection, id: DealId) -> Result<Vec<EntryView>> {
    view_store::entries(conn, id).await
}

/// What was done to a deal, latest first.
pub async fn happenings(conn: &mut PgConnection, id: DealId) -> Result<Vec<Happening>> {
    view_store::happenings(conn, id).await
}
