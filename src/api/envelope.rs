//! The shapes that all answers share: a page of a list, an amount, a percentage.

use serde::Serialize;
use utoipa::ToSchema;

use super::cursor;
use crate::attainment::Metric;
use crate::kernel::money::{Currency, Money};
use crate::kernel::ratio::Pct;

/// A page of a list, in a stable order.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; null on the last.
    #[schema(example = "0000000000000064")]
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// The page of `limit` rows out of `rows`, which were asked for with one more than the limit.
    pub fn page<R>(mut rows: Vec<R>, limit: usize, id: impl Fn(&R) -> i64, view: impl Fn(R) -> T) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| cursor::encode(id(last)));
        Self { items: rows.into_iter().map(view).collect(), next_cursor }
    }
}

/// A figure of a metric. Money metrics have a currency and all its decimals: `{"amount": "1234.50", "currency":
/// "SEK"}`. Metrics that count things have whole numbers and no currency: `{"amount": "12", "currency": null}`; shares
/// are percent and scores points with two decimals, reply times are whole minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// The number, with a decimal point and no thousands separators.
    #[schema(example = "1234.50", pattern = r"^-?\d+(\.\d+)?$")]
    pub amount: String,
    /// ISO 4217 code, or null when things are counted.
    #[schema(example = "SEK", pattern = "^[A-Z]{3}$")]
    pub currency: Option<&'static str>,
}

impl Amount {
    /// Money.
    pub fn money(minor: i64, currency: Currency) -> Self {
        Self { amount: Money::new(minor, currency).to_decimal_string(), currency: Some(currency.code()) }
    }

    /// A figure of `metric`, in minor units of `currency` when it is money.
    pub fn of(metric: Metric, value: i64, currency: Currency) -> Self {
        if metric.is_money() {
            Self::money(value, currency)
        } else if metric.decimals() == 2 {
            Self { amount: Pct(value).to_string_2(), currency: None }
        } else {
            Self { amount: value.to_string(), currency: None }
        }
    }
}
