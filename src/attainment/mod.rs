//! Attainment: how far a goal is reached, where it should stand today, and where it is heading.
//!
//! Figures are pure: facts in, figures out. [`engine`] answers one goal, [`pace`] draws its required
//! line, [`forecast`] looks ahead, [`coverage`] compares a goal with the goals below it.
//! [`service`] reads the facts from the rollups of the ledger, which [`rollup`] keeps folded and [`verify`] checks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub mod backtest;
pub mod books;
pub mod coverage;
pub mod engine;
pub mod explain;
mod explain_forecast;
pub mod explain_pages;
mod explain_store;
pub mod fair;
pub mod forecast;
pub mod looking_back;
pub mod outlook;
pub mod pace;
mod ranges;
pub mod ratio;
mod reached;
pub mod rollup;
pub mod score;
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
    /// Deliveries on time, of all: hundredths of a percent.
    OnTimeDelivery,
    /// Follow-ups done in time, of all: hundredths of a percent.
    FollowUpsInTime,
    /// What customers say, on average: hundredths of a point.
    CustomerScore,
    /// Until the first reply, on average: minutes. Less is better.
    FirstReplyTime,
    /// Leads found.
    Leads,
    /// Courses completed.
    TrainingCompleted,
}

/// How a metric comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Grows day by day, and parts add up.
    Sum,
    /// A part × `scale` ÷ a whole. Never added up or averaged: it is worked out anew from its own facts (rule 15).
    Ratio {
        /// What one whole is in the metric's unit.
        scale: i64,
        /// Whether less is better.
        lower_is_better: bool,
    },
}

impl Metric {
    /// All, in the order they are offered.
    pub const ALL: [Self; 11] = [
        Self::Revenue,
        Self::Margin,
        Self::Units,
        Self::Orders,
        Self::NewCustomers,
        Self::OnTimeDelivery,
        Self::FollowUpsInTime,
        Self::CustomerScore,
        Self::FirstReplyTime,
        Self::Leads,
        Self::TrainingCompleted,
    ];

    /// Those that are counted in sales.
    pub const SALES: [Self; 5] = [Self::Revenue, Self::Margin, Self::Units, Self::Orders, Self::NewCustomers];

    /// The name in the database, in addresses and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Revenue => "revenue",
            Self::Margin => "margin",
            Self::Units => "units",
            Self::Orders => "orders",
            Self::NewCustomers => "new_customers",
            Self::OnTimeDelivery => "on_time_delivery",
            Self::FollowUpsInTime => "follow_ups_in_time",
            Self::CustomerScore => "customer_score",
            Self::FirstReplyTime => "first_reply_time",
            Self::Leads => "leads",
            Self::TrainingCompleted => "training_completed",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.code() == code)
    }

    /// How it comes about.
    pub const fn nature(self) -> Nature {
        match self {
            Self::OnTimeDelivery | Self::FollowUpsInTime => {
                Nature::Ratio { scale: 10_000, lower_is_better: false }
            }
            Self::CustomerScore => Nature::Ratio { scale: 1, lower_is_better: false },
            Self::FirstReplyTime => Nature::Ratio { scale: 1, lower_is_better: true },
            _ => Nature::Sum,
        }
    }

    /// Whether parts of it add up.
    pub const fn adds_up(self) -> bool {
        matches!(self.nature(), Nature::Sum)
    }

    /// Whether it is counted in sales; otherwise by facts of its own ([`crate::facts`]).
    pub const fn is_of_sales(self) -> bool {
        matches!(self, Self::Revenue | Self::Margin | Self::Units | Self::Orders | Self::NewCustomers)
    }

    /// Decimals of its unit, for metrics that are no money: percent and points have two.
    pub const fn decimals(self) -> u32 {
        match self {
            Self::OnTimeDelivery | Self::FollowUpsInTime | Self::CustomerScore => 2,
            _ => 0,
        }
    }

    /// Whether it is counted in minor units of a currency; otherwise in pieces.
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Revenue | Self::Margin)
    }
}
