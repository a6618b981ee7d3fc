//! Attainment: how far a goal is reached, where it should stand today, and where it is heading.
//!
//! Figures are pure: facts in, figures out. [`engine`] answers one goal, [`pace`] draws its required
//! line, [`forecast`] looks ahead, [`coverage`] compares a goal with the goals below it.
//! [`service`] reads the facts from the rollups of the ledger, which [`rollup`] keeps folded and [`verify`] checks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub mod books;
pub mod coverage;
pub mod engine;
pub mod explain;
pub mod explain_pages;
mod explain_store;
pub mod fair;
pub mod forecast;
pub mod pace;
pub mod rollup;
pub mod series;
pub mod service;
pub mod status;
mod store;
pub mod verify;
pub mod view;

/// What a goal counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Sales, in minor units.
    Revenue,
    /// Sales less cost, in minor units.
    Margin,
    /// Things sold.
    Units,
    /// Orders taken.
    Orders,
    /// First orders of a customer.
    NewCustomers,
}

impl Metric {
    /// All, in the order they are offered.
    pub const ALL: [Self; 5] = [Self::Revenue, Self::Margin, Self::Units, Self::Orders, Self::NewCustomers];

    /// The name in the database, in addresses and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Margin => "margin",
            Self::Units => "units",
            Self::Orders => "orders",
            Self::NewCustomers => "new_customers",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.code() == code)
    }

    /// Whether it is counted in minor units of a currency; otherwise in pieces.
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Revenue | Self::Margin)
    }
}
