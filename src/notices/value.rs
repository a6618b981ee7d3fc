//! What a notice mentions, kept by kind so that it can be said in any language.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::attainment::Metric;
use crate::attainment::view::{counted, period_name, within};
use crate::kernel::money::Currency;
use crate::kernel::period::{FiscalCalendar, Period};
use crate::web::i18n::{self, Localiser};

/// A value in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Value {
    /// A name or other words, the same in every language.
    Text {
        /// The words.
        text: String,
    },
    /// Minor units with their currency.
    Money {
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
    },
    /// How many.
    Count {
        /// The number.
        count: i64,
    },
    /// A day.
    Day {
        /// The day.
        day: NaiveDate,
    },
    /// Some days that may have a name in the company's calendar.
    Period {
        /// The first.
        start: NaiveDate,
        /// The first no more.
        end: NaiveDate,
    },
    /// What a goal counts.
    Counted {
        /// Code of the metric.
        metric: String,
        /// Only products of the category of this name.
        category: Option<String>,
    },
}

impl Value {
    /// Words as they are.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// An amount of money where there is a currency, else a count.
    pub fn amount(amount: i64, currency: Option<Currency>) -> Self {
        match currency {
            Some(currency) => Self::Money { amount, currency: currency.code().to_owned() },
            None => Self::Count { count: amount },
        }
    }

    /// A period.
    pub const fn period(period: &Period) -> Self {
        Self::Period { start: period.start, end: period.end }
    }

    /// What a goal counts.
    pub fn counted(metric: Metric, category: Option<&str>) -> Self {
        Self::Counted { metric: metric.code().to_owned(), category: category.map(ToOwned::to_owned) }
    }

    /// How it is said.
    pub fn say(&self, l: Localiser, fiscal: FiscalCalendar) -> i18n::Value {
        match self {
            Self::Text { text } => text.into(),
            Self::Money { amount, currency } => match Currency::parse(currency) {
                Some(currency) => l.short_money(*amount, currency.code(), currency.exponent()).into(),
                None => l.number(*amount).into(),
            },
            Self::Count { count } => count.into(),
            Self::Day { day } => l.date_year(*day).into(),
            Self::Period { start, end } => match Period::new(*start, *end) {
                Some(period) => period_name(l, fiscal, &period).into(),
                None => i18n::Value::Text(String::new()),
            },
            Self::Counted { metric, category } => match Metric::from_code(metric) {
                Some(metric) => within(&counted(l, metric, category.as_deref())).into(),
                None => i18n::Value::Text(metric.clone()),
            },
        }
    }
}
