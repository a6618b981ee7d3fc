//! Sales: deals (which are orders once booked), and the append-only ledger of credits they give rise to.
//!
//! Example: Elias logs a deal of 168,000 with Holmen Skog. The deal is stored as it is; [`worth`] says what it is
//! worth to whom, and when; [`booking`] stores it and posts the credits in one transaction.

pub mod booking;
pub mod came_back;
mod came_back_store;
mod checks;
pub mod credit;
mod delivered;
pub mod effect;
pub mod forms;
mod insert_store;
mod latest_store;
mod ledger_store;
pub mod list;
mod list_store;
pub mod pages;
pub mod policy;
mod store;
pub mod view;
mod view_store;
mod why;
pub mod worth;

pub use list::{Contribution, contributions, latest_contributions, recent_of_customer};
pub use why::{ReturnCause, Why, cancelled_part, returned_part};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::kernel::id::{CategoryId, CustomerId, DealId, EmployeeId, LineId, ProductId};
use crate::kernel::money::Currency;

/// Source of deals that are logged here rather than imported.
pub const OWN_SOURCE: &str = "pacemark";

/// Where a deal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DealStatus {
    /// It counts.
    Booked,
    /// The customer cancelled it on a day; until then it counted.
    Cancelled,
    /// Taken back by the one who logged it, as if it had never been.
    Undone,
}

impl DealStatus {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
            Self::Undone => "undone",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Booked, Self::Cancelled, Self::Undone].into_iter().find(|status| status.code() == code)
    }

    /// Catalogue key of the status.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Booked => "deals-status-booked",
            Self::Cancelled => "deals-status-cancelled",
            Self::Undone => "deals-status-undone",
        }
    }

    /// Colour of its tag.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Booked => "",
            Self::Cancelled => "off",
            Self::Undone => "risk",
        }
    }

    /// Whether it counts.
    pub fn is_booked(&self) -> bool {
        *self == Self::Booked
    }

    /// Which changes of status there are.
    pub const fn can_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Booked, Self::Cancelled | Self::Undone) | (Self::Cancelled | Self::Undone, Self::Booked)
        )
    }
}

/// How a share counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShareKind {
    /// Part of the deal; all direct shares together are the whole.
    Direct,
    /// Beside the deal, for a specialist who helped.
    Overlay,
}

impl ShareKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Overlay => "overlay",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Direct, Self::Overlay].into_iter().find(|kind| kind.code() == code)
    }
}

/// A person's share of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub employee: EmployeeId,
    /// How it counts.
    pub kind: ShareKind,
    /// Hundredths of a percent, 1 to 10,000.
    pub share_bp: u32,
}

impl Share {
    /// The share as it is stored.
    pub fn bp(self) -> i32 {
        i32::try_from(self.share_bp).unwrap_or(i32::MAX)
    }
}

/// A line to store. Amounts are for the whole line, in minor units of the deal's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// Number within the deal.
    pub line_no: i32,
    /// What is sold.
    pub product: ProductId,
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
}

/// A deal to store, already checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealDraft {
    /// Where it comes from, [`OWN_SOURCE`] for deals logged here.
    pub source: String,
    /// Number within the source; given by us when absent.
    pub order_no: Option<String>,
    /// Who bought.
    pub customer: CustomerId,
    /// Who sold; nobody for a house sale.
    pub owner: Option<EmployeeId>,
    /// Business date of the order.
    pub ordered_on: NaiveDate,
    /// Currency of the lines.
    pub currency: Currency,
    /// How it was sold, free text.
    pub channel: String,
    /// A remark.
    pub note: String,
    /// At least one line.
    pub lines: Vec<LineDraft>,
    /// Empty when the owner holds the whole; else direct shares total 10,000.
    pub shares: Vec<Share>,
    /// One per form shown, so that a double click makes one deal.
    pub form_key: Option<Uuid>,
}

/// A line as booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedLine {
    /// Its id.
    pub id: LineId,
    /// Number within the deal.
    pub line_no: i32,
    /// What is sold.
    pub product: ProductId,
    /// Its category, for goals scoped to one.
    pub category: CategoryId,
    /// Pieces.
    pub quantity: i64,
    /// Price of the line.
    pub amount: i64,
    /// Cost of the line.
    pub cost: i64,
}

/// Goods that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// The line they were sold on.
    pub line: LineId,
    /// The day they came back.
    pub on: NaiveDate,
    /// Pieces.
    pub quantity: i64,
    /// What is taken off the price of the line, positive.
    pub amount: i64,
    /// What is taken off its cost, positive.
    pub cost: i64,
    /// Whether they were cancelled before they were delivered, and so never came.
    pub cancels: bool,
}

/// Pieces of a line that were delivered on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The line they were sold on.
    pub line: LineId,
    /// The day of delivery.
    pub on: NaiveDate,
    /// Pieces; all of the line when it was delivered at once.
    pub quantity: i64,
}

/// A stored deal with everything that decides what it is worth to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedDeal {
    /// Its id.
    pub id: DealId,
    /// Where it stands.
    pub status: DealStatus,
    /// When the customer cancelled.
    pub cancelled_on: Option<NaiveDate>,
    /// Who bought.
    pub customer: CustomerId,
    /// Who sold.
    pub owner: Option<EmployeeId>,
    /// Business date of the order.
    pub ordered_on: NaiveDate,
    /// Currency of the lines.
    pub currency: Currency,
    /// Lines in order of their number, without removed ones.
    pub lines: Vec<BookedLine>,
    /// Shares; empty when the owner holds the whole.
    pub shares: Vec<Share>,
    /// Returns in the order they were recorded.
    pub returns: Vec<Return>,
    /// What was delivered, in the order of the days.
    pub deliveries: Vec<Delivery>,
    /// Whether it is the customer's earliest booked deal.
    pub is_first_of_customer: bool,
    /// For stale-edit checks.
    pub version: i64,
}
