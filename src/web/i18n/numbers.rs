//! Numbers, percentages and money as the reader writes them: "SEK 1.02M", "1,02 mn kr".
//!
//! Amounts are whole minor units; `exponent` is the currency's number of decimals (2 for SEK, 0 for JPY).
//! Spaces inside a figure never break a line, and minus is the real minus sign.

use std::sync::LazyLock;

use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_locale_core::{Locale, locale};

use super::{ByValue, Localiser};
use crate::kernel::lang::Lang;

const NBSP: char = '\u{a0}';
const MINUS: &str = "\u{2212}";

static ENGLISH: LazyLock<Option<DecimalFormatter>> = LazyLock::new(|| formatter(locale!("en-GB")));
static SWEDISH: LazyLock<Option<DecimalFormatter>> = LazyLock::new(|| formatter(locale!("sv")));

fn formatter(locale: Locale) -> Option<DecimalFormatter> {
    DecimalFormatter::try_new(locale.into(), icu_decimal::options::DecimalFormatterOptions::default()).ok()
}

/// A step of short amounts: one with three significant figures and a letter or word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    One,
    Thousand,
    Million,
    Billion,
}

impl Localiser {
    /// A whole number: "6,012" or "6 012".
    pub fn number(self, number: impl ByValue<i64>) -> String {
        let number = number.value();
        self.decimal(number, 0)
    }

    /// A number counted in its last decimal: `decimal(1234_50, 2)` is "1,234.50".
    pub fn decimal(self, scaled: impl ByValue<i64>, exponent: impl ByValue<u32>) -> String {
        let (scaled, exponent) = (scaled.value(), exponent.value());
        format!("{}{}", sign(scaled), self.plain(scaled.unsigned_abs(), exponent))
    }

    /// A whole percentage: "64%" or "64 %".
    pub fn pct(self, whole: impl ByValue<i64>) -> String {
        let whole = whole.value();
        format!("{}{}", self.number(whole), self.percent_sign())
    }

    /// A percentage counted in hundredths: `pct2(6403)` is "64.03%".
    pub fn pct2(self, hundredths: impl ByValue<i64>) -> String {
        let hundredths = hundredths.value();
        format!("{}{}", self.decimal(hundredths, 2), self.percent_sign())
    }

    /// A whole amount, with decimals only where there are any: "SEK 1,234,500", "1 234 500 kr".
    pub fn money(self, minor: impl ByValue<i64>, currency: &str, exponent: impl ByValue<u32>) -> String {
        let (minor, exponent) = (minor.value(), exponent.value());
        let unit = 10_i64.pow(exponent.min(6));
        if minor % unit == 0 {
            self.with_currency(minor, &self.plain(minor.unsigned_abs() / unit.unsigned_abs(), 0), currency)
        } else {
            self.money_exact(minor, currency, exponent)
        }
    }

    /// An amount with all the currency's decimals: "SEK 1,234,500.00".
    pub fn money_exact(
        self,
        minor: impl ByValue<i64>,
        currency: &str,
        exponent: impl ByValue<u32>,
    ) -> String {
        let (minor, exponent) = (minor.value(), exponent.value());
        self.with_currency(minor, &self.plain(minor.unsigned_abs(), exponent), currency)
    }

    /// An amount in three significant figures: "SEK 1.02M", "144 tkr".
    pub fn short_money(
        self,
        minor: impl ByValue<i64>,
        currency: &str,
        exponent: impl ByValue<u32>,
    ) -> String {
        let (minor, exponent) = (minor.value(), exponent.value());
        let (figure, step) = self.shortened(minor.unsigned_abs(), exponent);
        match self.lang() {
            Lang::En => format!("{}{currency}{NBSP}{figure}{}", sign(minor), step.english()),
            Lang::Sv => {
                let unit = swedish_unit(currency);
                // "tkr" and "tEUR" are single words; "mn kr" is two
                let gap = if step == Step::Thousand { String::new() } else { NBSP.to_string() };
                let step = step.swedish();
                format!("{}{figure}{step}{gap}{unit}", sign(minor))
            }
        }
    }

    /// An amount in three significant figures where the currency stands elsewhere: "1.02M", "1,02 mn". Swedish
    /// thousands are no word of their own, so there the company's currency stands with them: "932 tkr", "932 tEUR".
    pub fn short(self, minor: impl ByValue<i64>, exponent: impl ByValue<u32>) -> String {
        let (minor, exponent) = (minor.value(), exponent.value());
        let (figure, step) = self.shortened(minor.unsigned_abs(), exponent);
        let unit = match (self.lang(), step) {
            (Lang::Sv, Step::Thousand) => self.currency.as_ref().map_or("", |own| swedish_unit(own.code())),
            _ => "",
        };
        let step = match self.lang() {
            Lang::En => step.english(),
            Lang::Sv => step.swedish(),
        };
        format!("{}{figure}{step}{unit}", sign(minor))
    }

    /// A round amount for an axis, without zeros at the end: "1M", "1.5M", "500k".
    pub fn short_tick(self, minor: impl ByValue<i64>, exponent: impl ByValue<u32>) -> String {
        let (minor, exponent) = (minor.value(), exponent.value());
        let short = self.short(minor, exponent);
        let Some(at) = short.find(['.', ',']) else {
            return short;
        };
        let end = short[at + 1..].find(|c: char| !c.is_ascii_digit()).map_or(short.len(), |end| at + 1 + end);
        format!("{}{}", short[..end].trim_end_matches('0').trim_end_matches(['.', ',']), &short[end..])
    }

    /// [`Self::short`] with a plus before what is above zero: "+144k".
    pub fn signed_short(self, minor: impl ByValue<i64>, exponent: impl ByValue<u32>) -> String {
        let (minor, exponent) = (minor.value(), exponent.value());
        let plus = if minor > 0 { "+" } else { "" };
        format!("{plus}{}", self.short(minor, exponent))
    }

    /// A whole number with a plus before what is above zero: "+3".
    pub fn signed_number(self, number: impl ByValue<i64>) -> String {
        let number = number.value();
        let plus = if number > 0 { "+" } else { "" };
        format!("{plus}{}", self.number(number))
    }

    fn with_currency(self, minor: i64, figure: &str, currency: &str) -> String {
        let sign = sign(minor);
        match (self.lang(), currency) {
            (Lang::En, _) => format!("{sign}{currency}{NBSP}{figure}"),
            (Lang::Sv, "SEK") => format!("{sign}{figure}{NBSP}kr"),
            (Lang::Sv, _) => format!("{sign}{figure}{NBSP}{currency}"),
        }
    }

    fn percent_sign(self) -> &'static str {
        match self.lang() {
            Lang::En => "%",
            Lang::Sv => "\u{a0}%",
        }
    }

    fn plain(self, scaled: u64, exponent: u32) -> String {
        let mut decimal = Decimal::from(scaled);
        decimal.multiply_pow10(-i16::try_from(exponent).unwrap_or(0));
        let formatter = match self.lang() {
            Lang::En => &*ENGLISH,
            Lang::Sv => &*SWEDISH,
        };
        formatter
            .as_ref()
            .map_or_else(|| decimal.to_string(), |formatter| formatter.format(&decimal).to_string())
    }

    fn shortened(self, minor: u64, exponent: u32) -> (String, Step) {
        let one = 10_u128.pow(exponent);
        let minor = u128::from(minor);
        let step = Step::of(minor, one);
        let (digits, decimals) = three_figures(minor, one * step.size(), step);
        (self.plain(u64::try_from(digits).unwrap_or(u64::MAX), decimals), step)
    }
}

impl Step {
    fn of(minor: u128, one: u128) -> Self {
        // half a unit below the step already rounds up to it
        match 2 * minor / one {
            0..1_999 => Self::One,
            1_999..1_999_000 => Self::Thousand,
            1_999_000..1_999_000_000 => Self::Million,
            _ => Self::Billion,
        }
    }

    const fn size(self) -> u128 {
        match self {
            Self::One => 1,
            Self::Thousand => 1_000,
            Self::Million => 1_000_000,
            Self::Billion => 1_000_000_000,
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::One => "",
            Self::Thousand => "k",
            Self::Million => "M",
            Self::Billion => "bn",
        }
    }

    const fn swedish(self) -> &'static str {
        match self {
            Self::One => "",
            Self::Thousand => "\u{a0}t",
            Self::Million => "\u{a0}mn",
            Self::Billion => "\u{a0}md",
        }
    }
}

/// `amount / unit` as digits and their number of decimals, rounded half up; thousands drop trailing zeros ("38k").
fn three_figures(amount: u128, unit: u128, step: Step) -> (u128, u32) {
    let rounded = |decimals: u32| (amount * 10_u128.pow(decimals) + unit / 2) / unit;
    if step == Step::One {
        return (rounded(0), 0);
    }
    let (mut digits, mut decimals) = [2, 1]
        .into_iter()
        .map(|decimals| (rounded(decimals), decimals))
        .find(|(digits, _)| *digits < 1_000)
        .unwrap_or((rounded(0), 0));
    while step == Step::Thousand && decimals > 0 && digits % 10 == 0 {
        (digits, decimals) = (digits / 10, decimals - 1);
    }
    (digits, decimals)
}

/// How Swedish writes a currency after a figure.
fn swedish_unit(currency: &str) -> &str {
    if currency == "SEK" { "kr" } else { currency }
}

const fn sign(number: i64) -> &'static str {
    if number < 0 { MINUS } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::money::Currency;

    const EN: Localiser = Localiser::new(Lang::En);
    const SV: Localiser = Localiser::new(Lang::Sv);

    #[test]
    fn whole_amounts_show_decimals_only_where_there_are_any() {
        assert_eq!(EN.money(123_450_000, "SEK", 2), "SEK\u{a0}1,234,500");
        assert_eq!(SV.money(123_450_000, "SEK", 2), "1\u{a0}234\u{a0}500\u{a0}kr");
        assert_eq!(EN.money(-1_234_50, "EUR", 2), "−EUR\u{a0}1,234.50");
        assert_eq!(SV.money(-1_234_50, "EUR", 2), "−1\u{a0}234,50\u{a0}EUR");
        assert_eq!(EN.money_exact(5, "SEK", 2), "SEK\u{a0}0.05");
        assert_eq!(EN.money(5000, "JPY", 0), "JPY\u{a0}5,000");
    }

    #[test]
    fn short_amounts_have_three_significant_figures() {
        let cases: [(i64, &str, &str); 12] = [
            (0, "SEK 0", "0 kr"),
            (950_49, "SEK 950", "950 kr"),
            (999_50, "SEK 1k", "1 tkr"),
            (1_500_00, "SEK 1.5k", "1,5 tkr"),
            (20_640_00, "SEK 20.6k", "20,6 tkr"),
            (38_000_00, "SEK 38k", "38 tkr"),
            (-144_400_00, "−SEK 144k", "−144 tkr"),
            (999_499_99, "SEK 999k", "999 tkr"),
            (999_500_00, "SEK 1.00M", "1,00 mn kr"),
            (1_024_500_00, "SEK 1.02M", "1,02 mn kr"),
            (39_640_000_00, "SEK 39.6M", "39,6 mn kr"),
            (1_234_000_000_00, "SEK 1.23bn", "1,23 md kr"),
        ];
        for (minor, english, swedish) in cases {
            assert_eq!(EN.short_money(minor, "SEK", 2).replace('\u{a0}', " "), english);
            assert_eq!(SV.short_money(minor, "SEK", 2).replace('\u{a0}', " "), swedish);
        }
    }

    #[test]
    fn short_amounts_without_currency_and_with_sign() {
        assert_eq!(EN.signed_short(144_000_00, 2), "+144k");
        assert_eq!(EN.signed_short(0, 2), "0");
        assert_eq!(SV.signed_short(-1_020_000_00, 2), "−1,02\u{a0}mn");
        assert_eq!(SV.short_money(144_000_00, "EUR", 2), "144\u{a0}tEUR");
        let of = |code| SV.of_company(Currency::parse(code).unwrap());
        assert_eq!(of("SEK").short(932_000_00, 2), "932\u{a0}tkr");
        assert_eq!(of("EUR").signed_short(932_000_00, 2), "+932\u{a0}tEUR");
        assert_eq!(of("SEK").short(1_020_000_00, 2), "1,02\u{a0}mn");
        assert_eq!(EN.short_tick(1_500_000_00, 2), "1.5M");
        assert_eq!(SV.short_tick(20_000_000_00, 2), "20\u{a0}mn");
        assert_eq!(EN.short_tick(200_00, 2), "200");
        assert_eq!(EN.short(i64::MIN, 2), "−92,233,720bn");
    }

    #[test]
    fn percentages_and_counts() {
        assert_eq!((EN.pct(64), SV.pct(64)), ("64%".into(), "64\u{a0}%".into()));
        assert_eq!((EN.pct2(6403), SV.pct2(-50)), ("64.03%".into(), "−0,50\u{a0}%".into()));
        assert_eq!((EN.number(6012), SV.number(-6012)), ("6,012".into(), "−6\u{a0}012".into()));
    }
}
