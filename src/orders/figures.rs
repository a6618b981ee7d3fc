//! How promises are kept: on-time share and lead time, by product, customer, department and month. An order is on time when each
//! of its lines came by the day it was owed ([`super::due`]); lead time is the days from order to delivery, and the one shown
//! is the median: half of them were quicker.

use crate::kernel::ratio::Pct;

/// What lines are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Month,
    Product,
    Category,
    Customer,
    Department,
}

impl Group {
    /// All, in the order they are offered.
    pub(super) const ALL: [Self; 5] =
        [Self::Month, Self::Product, Self::Category, Self::Customer, Self::Department];

    /// The code in addresses.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Product => "product",
            Self::Category => "category",
            Self::Customer => "customer",
            Self::Department => "department",
        }
    }

    /// Reads a code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }
}

/// Orders that were delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// How many.
    pub(super) orders: i64,
    /// Those that had a date.
    pub(super) owed: i64,
    /// Those that kept it.
    pub(super) on_time: i64,
    /// Median of the days from order to delivery.
    pub(super) lead: Option<i32>,
}

impl Kept {
    /// The share that was on time; nothing where none had a date.
    pub(super) fn share(&self) -> Option<Pct> {
        Pct::of(self.on_time, self.owed)
    }
}

/// Lines of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) lines: i64,
    pub(super) owed: i64,
    pub(super) on_time: i64,
    pub(super) lead: Option<i32>,
    pub(super) slowest: Option<i32>,
}

impl Row {
    /// The share that was on time; nothing where none had a date.
    pub(super) fn share(&self) -> Option<Pct> {
        Pct::of(self.on_time, self.owed)
    }
}
