//! Orders on their way to the customer: who answers for them, what was promised, what was delivered, what came back.
//!
//! A booked deal is an order. People take it from received over confirmed and in production to ready ([`steps`]); that it is partly
//! or wholly delivered follows from what was delivered. Every date that is given to a customer stands on the **promise
//! trail** with its cause, the department that answers for it and who told the customer ([`due`]).
//!
//! Example: 20 units are promised for 10 March. On 5 March production moves 8 of them to 17 March for want of material: the
//! seller is told at once, the order is late by the first promise, and the trail says why.

mod actions;
mod api_view;
mod cause;
mod change;
pub mod due;
mod figures;
mod figures_store;
mod file;
mod forms;
mod groups;
mod in_days;
mod lines_store;
mod list;
mod list_store;
mod pages;
mod policy;
mod settle;
pub mod steps;
mod store;
mod telling;

use chrono::{DateTime, NaiveDate, Utc};

use crate::define_id;
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, LineId};
use crate::kernel::money::Currency;
use crate::sales::DealStatus;

pub use actions::actions;
pub use api_view::{ApiFilter, Listed, find, listed, permits};
pub use cause::Cause;
pub use change::{Delivered, PromiseDraft, deliver, promise};
pub use groups::{Deliveries, deliveries_by};
pub use in_days::{InDays, in_days};
pub use list::numbered;
pub use pages::routes;
pub use policy::Permits;
pub use settle::{settle, settle_late};
pub use steps::{Handling, State, Step};
pub use telling::{makers, tell_cancelled};

define_id!(
    /// Something that was taken to a customer.
    DeliveryId
);
define_id!(
    /// A date that was given for a line.
    PromiseId
);

/// An order with everything that its page and its decisions need. Amounts are minor units of its currency.
#[derive(Clone, Debug)]
pub struct Order {
    /// The booked deal.
    pub id: DealId,
    /// Number within its source.
    pub order_no: String,
    /// Where it comes from.
    pub source: String,
    /// Whether it stands or was cancelled.
    pub status: DealStatus,
    /// How far people have taken it.
    pub handling: Handling,
    /// How far it has come.
    pub state: State,
    /// Who bought.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Who answers for the customer, beside the seller.
    pub customer_owner: Option<EmployeeId>,
    /// Who sold; nobody for a house sale.
    pub owner: Option<EmployeeId>,
    /// Their name.
    pub owner_name: Option<String>,
    /// Who shares in it.
    pub holders: Vec<EmployeeId>,
    /// The day it was ordered.
    pub ordered_on: NaiveDate,
    /// Currency of the lines.
    pub currency: Currency,
    /// The department that it was handed to, where it is not the usual one.
    pub handler_department: Option<DepartmentId>,
    /// The person who answers for it.
    pub handler: Option<EmployeeId>,
    /// The day the last of it was delivered.
    pub delivered_on: Option<NaiveDate>,
    /// Whether all of it came when it was owed; nothing before, and where nothing was promised.
    pub on_time: Option<bool>,
    /// For stale-edit checks.
    pub version: i64,
    /// In order of their number.
    pub lines: Vec<Line>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// Number within the order.
    pub line_no: i32,
    /// What is sold.
    pub product: String,
    /// Pieces.
    pub quantity: i64,
    /// Price of the line.
    pub amount: i64,
    /// Cost of the line.
    pub cost: i64,
    /// The day the customer asked for.
    pub requested_on: Option<NaiveDate>,
    /// The confirmed day, as it is now.
    pub promised_on: Option<NaiveDate>,
    /// The day that counts for being on time, where it is not the confirmed one.
    pub owed_on: Option<NaiveDate>,
    /// The day the last of it was delivered.
    pub delivered_on: Option<NaiveDate>,
    /// Pieces that were delivered, as far as each delivery was recorded.
    pub delivered: i64,
    /// Pieces that came back.
    pub returned: i64,
    /// Pieces that were cancelled before they were delivered.
    pub cancelled: i64,
    /// What was taken off the price for what came back.
    pub returned_amount: i64,
    /// What was taken off the cost for what came back.
    pub returned_cost: i64,
    /// What was taken off the price for both.
    pub taken_off: i64,
}

impl Line {
    /// The day it is owed by: what counts for being on time.
    pub fn due(&self) -> Option<NaiveDate> {
        self.owed_on.or(self.promised_on)
    }

    /// Pieces that are still to be delivered.
    pub const fn open(&self) -> i64 {
        let left = self.quantity - self.cancelled - self.delivered;
        if self.delivered_on.is_some() || left < 0 { 0 } else { left }
    }

    /// Pieces that can come back.
    pub const fn returnable(&self) -> i64 {
        self.brought() - self.returned
    }

    /// Pieces that were taken to the customer.
    pub const fn brought(&self) -> i64 {
        if self.delivered_on.is_some() { self.quantity - self.cancelled } else { self.delivered }
    }
}

impl Order {
    /// The price of all lines, without what was taken off.
    pub fn amount(&self) -> i64 {
        self.lines.iter().map(|line| line.amount - line.taken_off).sum()
    }

    /// Whether it stands and something of it is still to be delivered.
    pub fn is_open(&self) -> bool {
        self.status.is_booked() && !matches!(self.state, State::Delivered | State::Closed)
    }

    /// Whether people take it further step by step: what follows on the first delivery follows from deliveries.
    pub fn is_handled(&self) -> bool {
        self.is_open() && matches!(self.state, State::Handled(_))
    }

    /// Everybody whose order it is: who sold it, who shares in it, whose customer it is, who answers for it now.
    pub fn people(&self) -> impl Iterator<Item = EmployeeId> {
        let one = [self.owner, self.customer_owner, self.handler];
        one.into_iter().flatten().chain(self.holders.iter().copied())
    }
}

/// A date on the promise trail.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its id.
    pub id: PromiseId,
    /// The line it is about.
    pub line: LineId,
    /// The date before; nothing on the first.
    pub from_on: Option<NaiveDate>,
    /// The date that was given.
    pub to_on: NaiveDate,
    /// Why it was changed.
    pub cause: Cause,
    /// The department that answers for the change.
    pub department: Option<DepartmentId>,
    /// More words.
    pub note: String,
    /// Who told the customer, and when.
    pub told: Option<(EmployeeId, NaiveDate)>,
    /// Who gave it; nobody for an import.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that was taken to the customer.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Of which line.
    pub line: LineId,
    /// The day.
    pub on: NaiveDate,
    /// Pieces.
    pub quantity: i64,
    /// Who recorded it.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}
