//! When a sale counts: the day it is ordered or the day it is delivered (rule 9).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// On which day a sale counts. Each basis has credits of its own, which are never mixed; it is stored as a number.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[repr(i16)]
pub enum Basis {
    /// The day of the order.
    #[default]
    Booked = 0,
    /// The days of delivery, as far as it is delivered.
    Delivered = 1,
}

impl Basis {
    /// All, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::Booked, Self::Delivered];

    /// The name in forms, files and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Delivered => "delivered",
        }
    }

    /// Reads a [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }

    /// The stored number.
    pub const fn number(self) -> i16 {
        self as i16
    }
}
