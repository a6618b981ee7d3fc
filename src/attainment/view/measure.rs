//! How the figures of one goal are written: money with its currency, counts without, few things in tenths.

use super::{Reader, state};
use crate::attainment::Metric;
use crate::attainment::engine::Attainment;
use crate::attainment::service::GoalFigures;
use crate::goals::Goal;
use crate::kernel::lang::Lang;
use crate::kernel::money::Currency;
use crate::kernel::ratio::Pct;
use crate::web::charts::{Bullet, Unit};
use crate::web::i18n::Localiser;

/// Below this goal a count's pace is told in tenths.
const FEW: i64 = 100;

/// Writes amounts of one metric.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    l: Localiser,
    currency: Option<Currency>,
    metric: Metric,
}

impl Measure {
    /// Of a goal, in its currency.
    pub fn of(reader: Reader<'_>, goal: &Goal) -> Self {
        Self { l: reader.l, currency: goal.currency, metric: goal.metric }
    }

    /// Of a metric, in the company's currency where it is money.
    pub fn new(reader: Reader<'_>, metric: Metric) -> Self {
        let currency = metric.is_money().then_some(reader.company.currency);
        Self { l: reader.l, currency, metric }
    }

    /// Whether it is money.
    pub const fn is_money(self) -> bool {
        self.currency.is_some()
    }

    /// The unit that charts draw in.
    pub fn unit(self) -> Unit {
        match (self.metric, self.currency) {
            (_, Some(currency)) => Unit::Money { exponent: currency.exponent() },
            (Metric::OnTimeDelivery | Metric::FollowUpsInTime, _) => Unit::Percent,
            (Metric::CustomerScore, _) => Unit::Points,
            (Metric::FirstReplyTime, _) => Unit::Minutes,
            _ => Unit::Count,
        }
    }

    /// In three significant figures with the currency: "SEK 1.02M"; a count as it is.
    pub fn amount(self, value: i64) -> String {
        match self.currency {
            Some(currency) => self.l.short_money(value, currency.code(), currency.exponent()),
            None => self.unit().short(self.l, value),
        }
    }

    /// In three significant figures: "1.02M".
    pub fn short(self, value: i64) -> String {
        self.unit().short(self.l, value)
    }

    /// In a sentence after an amount that named the currency: English leaves it out ("1.60M"), Swedish has no
    /// thousands without it ("160 tkr").
    pub fn said(self, value: i64) -> String {
        if self.l.lang() == Lang::En { self.short(value) } else { self.amount(value) }
    }

    /// A difference without its sign: "SEK 144k"; of percentages "0.61 percentage points", because a percent of a percent is
    /// another thing.
    pub fn difference(self, value: i64) -> String {
        let size = value.saturating_abs();
        if self.unit() == Unit::Percent {
            self.points(self.l.decimal(size, 2_u32))
        } else {
            self.amount(size)
        }
    }

    /// "0.61 percentage points".
    fn points(self, number: String) -> String {
        self.l.tr("attainment-percentage-points", &[("n", number.into())])
    }

    /// With its sign: "+144k"; of percentages "−0.61 percentage points".
    pub fn signed(self, value: i64) -> String {
        match self.currency {
            None if self.unit() == Unit::Percent => self.signed_exact(value),
            Some(currency) => self.l.signed_short(value, currency.exponent()),
            None if self.metric.adds_up() => self.l.signed_number(value),
            None => format!("{}{}", if value > 0 { "+" } else { "" }, self.unit().short(self.l, value)),
        }
    }

    /// To the last unit with the currency: "SEK 1,024,500.00".
    pub fn exact(self, value: i64) -> String {
        match self.currency {
            Some(currency) => self.l.money_exact(value, currency.code(), currency.exponent()),
            None => self.unit().full(self.l, value),
        }
    }

    /// To the last unit with its sign: "+1,000.00".
    pub fn signed_exact(self, value: i64) -> String {
        let sign = if value > 0 { "+" } else { "" };
        if self.unit() == Unit::Percent {
            return self.points(format!("{sign}{}", self.l.decimal(value, 2_u32)));
        }
        format!("{sign}{}", self.full(value))
    }

    /// The part of a ratio with its sign, in what it is made of: "+47" deliveries of all, "+38.00" points, "+300" minutes.
    pub fn signed_parts(self, part: i64) -> String {
        match self.unit() {
            Unit::Points => self.signed_exact(part),
            _ => self.l.signed_number(part),
        }
    }

    /// To the last unit without the currency, for tables: "1,024,500.00".
    pub fn full(self, value: i64) -> String {
        self.unit().full(self.l, value)
    }

    /// To the last unit for a spreadsheet: no separators of thousands, and the decimal mark of the language.
    pub fn plain(self, value: i64) -> String {
        let exponent = self.currency.map_or(self.metric.decimals(), Currency::exponent);
        self.with_mark(plain_decimal(value, exponent))
    }

    /// A percentage for a spreadsheet, with two decimals.
    pub fn plain_pct(self, pct: Pct) -> String {
        self.with_mark(pct.to_string_2())
    }

    fn with_mark(self, number: String) -> String {
        if self.l.lang() == Lang::Sv { number.replace('.', ",") } else { number }
    }

    /// A daily need, rounded up to three figures so that it suffices: "SEK 20,600".
    pub fn need(self, value: i64) -> String {
        match self.currency {
            Some(currency) => {
                let whole = 10_i64.pow(currency.exponent().min(6));
                let rounded = three_figures_up(value.max(0), whole);
                self.l.money(rounded, currency.code(), currency.exponent())
            }
            None => self.l.number(value),
        }
    }

    /// "1.49–1.86M": the step is said once where both share it.
    pub fn range(self, low: i64, high: i64) -> String {
        let (low, high) = (self.said(low), self.said(high));
        let step = |text: &str| text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
        let (low_at, high_at) = (step(&low), step(&high));
        let low = if low[low_at..] == high[high_at..] { &low[..low_at] } else { low.as_str() };
        // a word joiner keeps the range on one line
        if low.starts_with('\u{2212}') {
            format!("{low} – {high}")
        } else {
            format!("{low}–\u{2060}{high}")
        }
    }

    /// Actual less pace, and the same as charts and texts write it.
    pub(super) fn lead(self, at: &Attainment) -> Lead {
        if self.in_tenths(at) {
            Lead {
                value: at.actual.saturating_mul(10).saturating_sub(at.expected_tenths),
                unit: Unit::Tenths,
            }
        } else {
            Lead { value: at.against_pace, unit: self.unit() }
        }
    }

    /// The distance from the pace in words: "SEK 144k", "0.3".
    pub(super) fn distance(self, lead: Lead) -> String {
        let size = lead.value.saturating_abs();
        if lead.unit == Unit::Tenths { lead.unit.short(self.l, size) } else { self.difference(size) }
    }

    /// The distance with its sign: "+144k", "−0.3".
    pub(super) fn signed_lead(self, lead: Lead) -> String {
        match lead.unit {
            Unit::Tenths if lead.value > 0 => format!("+{}", lead.unit.short(self.l, lead.value)),
            Unit::Tenths => lead.unit.short(self.l, lead.value),
            _ => self.signed(lead.value),
        }
    }

    /// The bullet graph of a goal.
    pub(super) fn bullet(self, what: &str, goal: &GoalFigures) -> Bullet {
        let at = &goal.figures;
        let (unit, factor) = if self.in_tenths(at) { (Unit::Tenths, 10) } else { (self.unit(), 1) };
        let drawn = |value: i64| value.saturating_mul(factor);
        let pace = if factor == 1 { at.expected } else { at.expected_tenths };
        let open = at.remaining_working_days > 0 && at.elapsed_working_days > 0;
        let forecast = goal.range.as_ref().filter(|_| open);
        let forecast = forecast.map(|range| (drawn(range.low), drawn(range.likely), drawn(range.high)));
        Bullet::new(self.l, unit, what, drawn(at.actual), drawn(at.effective_target), state(at.status))
            .pace((open && at.basis.is_none()).then_some(pace))
            .forecast(forecast)
    }

    fn in_tenths(self, at: &Attainment) -> bool {
        self.currency.is_none() && self.metric.adds_up() && at.effective_target < FEW
    }
}

/// How far from the pace, and in what it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lead {
    pub(super) value: i64,
    pub(super) unit: Unit,
}

/// `plain_decimal(-1_234_50, 2)` is "-1234.50".
fn plain_decimal(value: i64, exponent: u32) -> String {
    if exponent == 0 {
        return value.to_string();
    }
    let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let unit = 10_u64.pow(exponent.min(18));
    format!("{sign}{}.{:0width$}", size / unit, size % unit, width = exponent as usize)
}

/// The next larger amount of at most three significant figures, in whole units of `whole`.
fn three_figures_up(value: i64, whole: i64) -> i64 {
    let mut step = whole;
    while value / step >= 1_000 {
        step *= 10;
    }
    (value / step + i64::from(value % step > 0)).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daily_need_is_rounded_up() {
        assert_eq!(three_figures_up(20_553_58, 100), 20_600_00);
        assert_eq!(three_figures_up(950_01, 100), 951_00);
        assert_eq!(three_figures_up(999_01, 100), 1_000_00);
        assert_eq!(three_figures_up(0, 1), 0);
    }

    #[test]
    fn spreadsheets_get_plain_numbers() {
        assert_eq!(plain_decimal(-1_234_05, 2), "-1234.05");
        assert_eq!((plain_decimal(7, 0), plain_decimal(-5, 2)), ("7".into(), "-0.05".into()));
    }
}
