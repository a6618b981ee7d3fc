//! The columns of each kind of file. Their order here is the order of the staging table's columns.

use super::Kind;

/// What a cell must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Words; an empty cell is an empty text.
    Text,
    /// A name of something else, or an address; an empty cell is nothing.
    Code,
    /// `YYYY-MM-DD`.
    Date,
    /// A whole number from `i32`, at least 1.
    Number,
    /// A whole number, negative for returns.
    Quantity,
    /// Money in the currency of the row, with a decimal point.
    Amount,
    /// Money that is not negative.
    Price,
    /// An ISO 4217 code.
    Currency,
    /// `yes` or `no`.
    Flag,
    /// One of some words.
    Choice(&'static [&'static str]),
    /// A target: money for revenue and margin, else a count.
    Target,
}

/// A column of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What its cells hold.
    pub cell: Cell,
    /// Whether every row must fill it.
    pub required: bool,
    /// Whether the file may leave the column out.
    pub optional: bool,
}

const fn must(name: &'static str, cell: Cell) -> Column {
    Column { name, cell, required: true, optional: false }
}

const fn may(name: &'static str, cell: Cell) -> Column {
    Column { name, cell, required: false, optional: false }
}

const DEPARTMENTS: &[Column] = &[
    must("code", Cell::Code),
    must("name", Cell::Text),
    must("kind", Cell::Code),
    may("parent", Cell::Code),
];

const EMPLOYEES: &[Column] = &[
    must("employee_no", Cell::Code),
    must("name", Cell::Text),
    may("email", Cell::Code),
    may("job_title", Cell::Text),
    may("hired_on", Cell::Date),
    may("left_on", Cell::Date),
];

const MEMBERSHIPS: &[Column] = &[
    must("employee_no", Cell::Code),
    must("department", Cell::Code),
    must("lead", Cell::Flag),
    must("from", Cell::Date),
    may("to", Cell::Date),
];

const PRODUCTS: &[Column] = &[
    must("sku", Cell::Code),
    must("name", Cell::Text),
    must("category", Cell::Text),
    may("subcategory", Cell::Text),
    must("unit_cost", Cell::Price),
    must("list_price", Cell::Price),
    must("currency", Cell::Currency),
];

const CUSTOMERS: &[Column] = &[
    must("customer_no", Cell::Code),
    must("name", Cell::Text),
    may("segment", Cell::Text),
    may("region", Cell::Text),
];

const SALES: &[Column] = &[
    must("order_no", Cell::Code),
    must("line_no", Cell::Number),
    must("ordered_on", Cell::Date),
    may("promised_on", Cell::Date),
    may("delivered_on", Cell::Date),
    must("customer_no", Cell::Code),
    may("employee_no", Cell::Code),
    must("sku", Cell::Code),
    must("quantity", Cell::Quantity),
    must("amount", Cell::Amount),
    must("cost", Cell::Amount),
    must("currency", Cell::Currency),
    may("channel", Cell::Text),
];

const SUBJECT_KINDS: &[&str] = &["person", "department", "company"];
/// The column that says whether a target is money.
pub(super) const METRIC: &str = "metric";
const METRICS: &[&str] = &[
    "revenue",
    "margin",
    "gross_margin",
    "units",
    "orders",
    "new_customers",
    "on_time_delivery",
    "follow_ups_in_time",
    "customer_score",
    "first_reply_time",
    "leads",
    "training_completed",
];

const BASES: &[&str] = &["booked", "delivered"];

const GOALS: &[Column] = &[
    must("subject_kind", Cell::Choice(SUBJECT_KINDS)),
    must("subject", Cell::Code),
    must(METRIC, Cell::Choice(METRICS)),
    must("from", Cell::Date),
    must("to", Cell::Date),
    must("target", Cell::Target),
    may("currency", Cell::Currency),
    Column { name: "category", cell: Cell::Code, required: false, optional: true },
    Column { name: "basis", cell: Cell::Choice(BASES), required: false, optional: true },
];

impl Kind {
    /// The columns of a file of this kind.
    pub(super) const fn columns(self) -> &'static [Column] {
        match self {
            Self::Departments => DEPARTMENTS,
            Self::Employees => EMPLOYEES,
            Self::Memberships => MEMBERSHIPS,
            Self::Products => PRODUCTS,
            Self::Customers => CUSTOMERS,
            Self::Sales => SALES,
            Self::Goals => GOALS,
        }
    }
}
