//! Data graphics: SVG made on the server, the same on screen, on paper and without script.
//!
//! Bars, marks and texts are placed in percent of an outer `<svg>` without `viewBox`, so that text never stretches; lines
//! go in a nested one that does. Colour is in the style sheet, never here.

mod bars;
mod bullet;
mod coverage;
mod progress;

use std::fmt;

pub use bars::{MiniBar, Sparkline};
pub use bullet::Bullet;
pub use coverage::Coverage;
pub use progress::{ProgressChart, ProgressRow};

use super::i18n::Localiser;

/// What a figure counts, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Minor units of a currency with this many decimals.
    Money {
        /// The currency's decimals.
        exponent: u32,
    },
    /// Things.
    Count,
    /// Tenths of a thing, where the pace stands between two of few.
    Tenths,
    /// Hundredths of a percent.
    Percent,
    /// Hundredths of a point.
    Points,
    /// Minutes.
    Minutes,
}

impl Unit {
    /// In three significant figures, without the currency.
    pub fn short(self, l: Localiser, value: i64) -> String {
        match self {
            Self::Money { exponent } => l.short(value, exponent),
            Self::Count => l.number(value),
            Self::Tenths => tenths(l, value),
            Self::Percent => l.pct2(value),
            Self::Points => l.decimal(value, 2_u32),
            Self::Minutes => minutes(l, value),
        }
    }

    /// To the last unit, without the currency.
    pub fn full(self, l: Localiser, value: i64) -> String {
        match self {
            Self::Money { exponent } => l.decimal(value, exponent),
            Self::Count => l.number(value),
            Self::Tenths => tenths(l, value),
            Self::Percent => l.pct2(value),
            Self::Points => l.decimal(value, 2_u32),
            Self::Minutes => minutes(l, value),
        }
    }

    fn tick(self, l: Localiser, value: i64) -> String {
        match self {
            Self::Money { exponent } => l.short_tick(value, exponent),
            Self::Count => l.number(value),
            Self::Tenths => tenths(l, value),
            Self::Percent => l.pct(value / 100),
            Self::Points => l.decimal(value / 10, 1_u32),
            Self::Minutes => minutes(l, value),
        }
    }

    /// The smallest step of an axis that is worth a line.
    fn smallest_step(self) -> i64 {
        match self {
            Self::Money { exponent } => 10_i64.pow(exponent.min(6)),
            Self::Count | Self::Minutes => 1,
            Self::Tenths | Self::Points => 10,
            Self::Percent => 100,
        }
    }
}

/// "3.3", but "3" where it is whole.
fn tenths(l: Localiser, value: i64) -> String {
    if value % 10 == 0 { l.number(value / 10) } else { l.decimal(value, 1_u32) }
}

/// "3 h 20 min", "45 min".
fn minutes(l: Localiser, value: i64) -> String {
    let (sign, size) = (if value < 0 { "−" } else { "" }, value.saturating_abs());
    let values = [("h", l.number(size / 60).into()), ("m", l.number(size % 60).into())];
    let key = match (size / 60, size % 60) {
        (0, _) => "unit-minutes",
        (_, 0) => "unit-hours",
        _ => "unit-hours-minutes",
    };
    format!("{sign}{}", l.tr(key, &values))
}

/// A place between 0 and 100, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(i64);

impl Place {
    const END: Self = Self(10_000);

    /// Where `value` stands on a scale from 0 to `max`; what is outside stands at the nearer end.
    fn of(value: i64, max: i64) -> Self {
        let place = i128::from(value) * 10_000 / i128::from(max.max(1));
        Self(i64::try_from(place.clamp(0, 10_000)).unwrap_or_default())
    }

    /// The same place counted from the other end, as heights are in SVG.
    const fn turned(self) -> Self {
        Self(10_000 - self.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// `value` × `percent` / 100, at most the largest number there is.
fn percent_of(value: i64, percent: i64) -> i64 {
    i64::try_from(i128::from(value) * i128::from(percent) / 100).unwrap_or(i64::MAX)
}

/// The colour class of a state's bar.
fn bar_class(status: &str) -> &'static str {
    match super::ui::look(status) {
        "reached" | "on" => "g-on",
        "risk" => "g-risk",
        "off" => "g-off",
        _ => "g-ink",
    }
}
