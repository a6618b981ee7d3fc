//! A sale as programs write and read it: by customer number, employee number and product number.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::envelope::Amount;
use crate::kernel::id::DealId;
use crate::kernel::money::Currency;
use crate::kernel::ratio::Pct;
use crate::sales::{DealStatus, ShareKind};

/// What a sale says. Two sales are the same when this is equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The system it comes from.
    pub source: String,
    /// Its number there.
    pub order_no: String,
    /// Business date of the order.
    pub ordered_on: NaiveDate,
    /// Who bought.
    pub customer_no: String,
    /// Who sold; nobody for a house sale.
    pub employee_no: Option<String>,
    /// Currency of the lines.
    pub currency: Currency,
    /// In order of their number.
    pub lines: Vec<Line>,
    /// In order of kind and employee number.
    pub credits: Vec<Credit>,
}

/// A line of a sale, amounts for the whole line in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place within the sale.
    pub number: i32,
    /// What was sold.
    pub sku: String,
    /// Pieces.
    pub quantity: i64,
    /// Price.
    pub amount: i64,
    /// Cost.
    pub cost: i64,
}

/// A share of a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Whose.
    pub employee_no: String,
    /// How it counts.
    pub kind: ShareKind,
    /// Hundredths of a percent.
    pub share_bp: u32,
}

/// A sale that is stored.
#[derive(Clone, Debug)]
pub struct StoredSale {
    /// Its id.
    pub id: DealId,
    /// Where it stands.
    pub status: DealStatus,
    /// When it was logged.
    pub logged_at: DateTime<Utc>,
    /// What it says.
    pub sale: Sale,
}

/// Where a sale stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SaleStatus {
    /// It counts.
    Booked,
    /// The customer cancelled it.
    Cancelled,
    /// It was taken back right after it was logged.
    Undone,
}

/// How a share counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// Part of the sale; all direct shares are 100 percent together.
    Direct,
    /// Beside the sale, for a specialist who helped; counts for that person only.
    Overlay,
}

/// A sale as it is answered.
#[derive(Serialize, ToSchema)]
pub struct SaleItem {
    /// Its id.
    #[schema(value_type = i64, example = 4711)]
    id: DealId,
    /// The system it comes from.
    #[schema(example = "erp")]
    source: String,
    /// Its number there.
    #[schema(example = "SO-2026-1187")]
    order_no: String,
    /// Business date of the order.
    #[schema(example = "2026-11-17")]
    ordered_on: NaiveDate,
    /// Who bought.
    #[schema(example = "C-2001")]
    customer_no: String,
    /// Who sold; null for a house sale.
    #[schema(example = "E-1042")]
    employee_no: Option<String>,
    /// ISO 4217 code of the lines' currency.
    #[schema(example = "SEK", pattern = "^[A-Z]{3}$")]
    currency: &'static str,
    /// Where it stands.
    status: SaleStatus,
    /// The lines in order of their number.
    lines: Vec<SaleLineItem>,
    /// Shares of the sale; empty when the seller holds all of it.
    credits: Vec<SaleCreditItem>,
    /// When it was logged.
    logged_at: DateTime<Utc>,
}

/// A line of a sale as it is answered.
#[derive(Serialize, ToSchema)]
pub struct SaleLineItem {
    /// Number within the sale.
    #[schema(example = 1)]
    line_no: i32,
    /// What was sold.
    #[schema(example = "F400")]
    sku: String,
    /// Pieces.
    #[schema(example = 2)]
    quantity: i64,
    /// Price of the line.
    amount: Amount,
    /// Cost of the line.
    cost: Amount,
}

/// A share of a sale as it is answered.
#[derive(Serialize, ToSchema)]
pub struct SaleCreditItem {
    /// Whose it is.
    #[schema(example = "E-1042")]
    employee_no: String,
    /// How it counts.
    kind: CreditKind,
    /// Percent of the sale.
    #[schema(example = "60.00", pattern = r"^\d{1,3}\.\d{2}$")]
    share_pct: String,
}

impl From<StoredSale> for SaleItem {
    fn from(stored: StoredSale) -> Self {
        let StoredSale { id, status, logged_at, sale } = stored;
        let currency = sale.currency;
        Self {
            id,
            source: sale.source,
            order_no: sale.order_no,
            ordered_on: sale.ordered_on,
            customer_no: sale.customer_no,
            employee_no: sale.employee_no,
            currency: currency.code(),
            status: status.into(),
            lines: sale.lines.into_iter().map(|line| SaleLineItem::new(line, currency)).collect(),
            credits: sale.credits.into_iter().map(SaleCreditItem::from).collect(),
            logged_at,
        }
    }
}

impl SaleLineItem {
    fn new(line: Line, currency: Currency) -> Self {
        Self {
            line_no: line.number,
            sku: line.sku,
            quantity: line.quantity,
            amount: Amount::money(line.amount, currency),
            cost: Amount::money(line.cost, currency),
        }
    }
}

impl From<Credit> for SaleCreditItem {
    fn from(credit: Credit) -> Self {
        Self {
            employee_no: credit.employee_no,
            kind: credit.kind.into(),
            share_pct: Pct(credit.share_bp.into()).to_string_2(),
        }
    }
}

impl From<DealStatus> for SaleStatus {
    fn from(status: DealStatus) -> Self {
        match status {
            DealStatus::Booked => Self::Booked,
            DealStatus::Cancelled => Self::Cancelled,
            DealStatus::Undone => Self::Undone,
        }
    }
}

impl From<ShareKind> for CreditKind {
    fn from(kind: ShareKind) -> Self {
        match kind {
            ShareKind::Direct => Self::Direct,
            ShareKind::Overlay => Self::Overlay,
        }
    }
}

impl From<CreditKind> for ShareKind {
    fn from(kind: CreditKind) -> Self {
        match kind {
            CreditKind::Direct => Self::Direct,
            CreditKind::Overlay => Self::Overlay,
        }
    }
}
