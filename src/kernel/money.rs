//! Money: whole minor units and a currency. Sums are checked, divisions lose nothing (rules 1, 4 and 5).

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ratio::div_half_even;

/// A share of the whole is 10 000 basis points.
pub const WHOLE_BP: u32 = 10_000;

/// An ISO 4217 currency in which one can pay, so gold and test codes are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Reads a three-letter code in capitals.
    pub fn parse(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code).filter(|iso| iso.exponent().is_some()).map(Self)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the minor unit is: 2 for SEK, 0 for JPY.
    pub fn exponent(self) -> u32 {
        self.0.exponent().unwrap_or_default().into()
    }

    /// The sign people write: "kr", "€".
    pub fn symbol(self) -> String {
        self.0.symbol().to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is no currency code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no ISO 4217 currency: {0}")]
pub struct UnknownCurrency(pub String);

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or(UnknownCurrency(code))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// Why a calculation with money has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// The result is larger than can be kept.
    #[error("the amount is too large")]
    Overflow,
    /// Two currencies were added.
    #[error("{0} and {1} do not add up")]
    CurrencyMismatch(Currency, Currency),
    /// A rate of exchange is above zero.
    #[error("the rate of exchange is not above zero")]
    InvalidRate,
}

/// Why a text is no amount; each reader says it in their own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing was written.
    #[error("no amount")]
    Empty,
    /// Something else than a number was written, or a number with misplaced separators.
    #[error("not a number")]
    NotANumber,
    /// More decimals than the currency has.
    #[error("too many decimals")]
    TooManyDecimals,
    /// Larger than can be kept.
    #[error("too large")]
    TooLarge,
    /// Below zero where that makes no sense.
    #[error("negative")]
    Negative,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units: öre, cents.
    pub minor: i64,
    /// What they are units of.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The sum. Fails on overflow and between currencies.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference. Fails on overflow and between currencies.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(self, other: Self, with: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let minor = with(self.minor, other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount with a point and all decimals of its currency: "1234.50". [`parse_decimal`] reads it back.
    pub fn to_decimal_string(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let size = self.minor.unsigned_abs();
        match self.currency.exponent() as usize {
            0 => format!("{sign}{size}"),
            decimals => {
                let digits = format!("{size:0>width$}", width = decimals + 1);
                let (whole, rest) = digits.split_at(digits.len() - decimals);
                format!("{sign}{whole}.{rest}")
            }
        }
    }
}

/// Reads an amount as programs write it: digits, perhaps a minus, perhaps a point and no more decimals than
/// the currency has. People are read by [`super::number::parse_amount`].
pub fn parse_decimal(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let (sign, size) = text.strip_prefix('-').map_or(("", text), |size| ("-", size));
    let (whole, decimals) = size.split_once('.').map_or((size, None), |(whole, rest)| (whole, Some(rest)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    if !all_digits(whole) || !decimals.is_none_or(all_digits) {
        return Err(AmountError::NotANumber);
    }
    let (decimals, places) = (decimals.unwrap_or_default(), currency.exponent() as usize);
    if decimals.len() > places {
        return Err(AmountError::TooManyDecimals);
    }
    format!("{sign}{whole}{decimals:0<places$}").parse().map_err(|_| AmountError::TooLarge)
}

/// `minor` units of `from` in minor units of `to`, where `rate` units of `to` are paid for one unit of `from`.
/// Rounded once, half to even.
pub fn convert(minor: i64, rate: Decimal, from: Currency, to: Currency) -> Result<i64, MoneyError> {
    if rate <= Decimal::ZERO {
        return Err(MoneyError::InvalidRate);
    }
    let rate = rate.normalize();
    let shift = i64::from(to.exponent()) - i64::from(from.exponent()) - i64::from(rate.scale());
    let power = 10_i128.checked_pow(u32::try_from(shift.unsigned_abs()).map_err(|_| MoneyError::Overflow)?);
    let power = power.ok_or(MoneyError::Overflow)?;
    let product = i128::from(minor).checked_mul(rate.mantissa()).ok_or(MoneyError::Overflow)?;
    let converted = if shift < 0 { Some(div_half_even(product, power)) } else { product.checked_mul(power) };
    converted.and_then(|exact| exact.try_into().ok()).ok_or(MoneyError::Overflow)
}

/// Divides `total` by shares in basis points, each at most the whole, by largest remainder: when the shares
/// are 10 000 in all, the parts sum to `total` exactly; otherwise to their own rounded share of it. Ties go to
/// the earlier share. A negative total is divided as its positive mirror.
pub fn split(total: i64, shares_bp: &[u32]) -> Vec<i64> {
    let whole = i128::from(WHOLE_BP);
    let size = i128::from(total).abs();
    let products: Vec<i128> = shares_bp.iter().map(|&bp| size * i128::from(bp.min(WHOLE_BP))).collect();
    let mut parts: Vec<i128> = products.iter().map(|product| product / whole).collect();
    let left = div_half_even(products.iter().sum(), whole) - parts.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(products[i] % whole));
    for i in by_remainder.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        parts[i] += 1;
    }
    let sign = i128::from(total.signum());
    parts.into_iter().map(|part| super::ratio::saturate(part * sign)).collect()
}

/// What `part` of `whole` pieces are of `total`, when it is divided between them and the rest by largest remainder; a tie
/// goes to the part. All of it when nothing is left over, none of it for no pieces.
pub fn portion(total: i64, part: i64, whole: i64) -> i64 {
    if part >= whole {
        return total;
    }
    let (part, whole) = (i128::from(part.max(0)), i128::from(whole.max(1)));
    let size = (i128::from(total).abs() * part * 2 + whole) / (whole * 2);
    super::ratio::saturate(size * i128::from(total.signum()))
}

/// The overlay share `bp`, at most the whole, of `total`: rounded half to even, on its own.
pub fn share_of(total: i64, bp: u32) -> i64 {
    let product = i128::from(total) * i128::from(bp.min(WHOLE_BP));
    super::ratio::saturate(div_half_even(product, WHOLE_BP.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cur(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn only_currencies_one_can_pay_in_are_known() {
        assert_eq!((cur("SEK").exponent(), cur("JPY").exponent(), cur("KWD").exponent()), (2, 0, 3));
        for none in ["", "sek", "SE", "ABC", "XAU", "XXX"] {
            assert_eq!(Currency::parse(none), None, "{none}");
        }
        assert_eq!(serde_json::to_string(&cur("EUR")).unwrap(), "\"EUR\"");
        assert!(serde_json::from_str::<Currency>("\"kr\"").is_err());
    }

    #[test]
    fn sums_are_checked() {
        let (max, one) = (Money::new(i64::MAX, cur("SEK")), Money::new(1, cur("SEK")));
        assert_eq!(max.checked_add(one), Err(MoneyError::Overflow));
        assert_eq!(one.checked_sub(max).map(|m| m.minor), Ok(1 - i64::MAX));
        let euro = Money::new(1, cur("EUR"));
        assert_eq!(one.checked_add(euro), Err(MoneyError::CurrencyMismatch(cur("SEK"), cur("EUR"))));
    }

    #[test]
    fn decimal_text_follows_the_currency() {
        let text = |minor, code| Money::new(minor, cur(code)).to_decimal_string();
        assert_eq!(text(123_450, "SEK"), "1234.50");
        assert_eq!(text(-5, "SEK"), "-0.05");
        assert_eq!(text(1234, "JPY"), "1234");
        assert_eq!(text(1234, "KWD"), "1.234");
        assert_eq!(text(i64::MIN, "SEK"), "-92233720368547758.08");
    }

    #[test]
    fn program_text_is_read_strictly() {
        let read = |text| parse_decimal(text, cur("SEK"));
        assert_eq!(read("1234.5"), Ok(123_450));
        assert_eq!(read("-0.05"), Ok(-5));
        assert_eq!(read(""), Err(AmountError::Empty));
        assert_eq!(read("1.234"), Err(AmountError::TooManyDecimals));
        assert_eq!(read("92233720368547758.08"), Err(AmountError::TooLarge));
        for text in ["1 234", "1,234", "1.", ".5", "+5", "--5", "1e3", "-", " 5", "٣"] {
            assert_eq!(read(text), Err(AmountError::NotANumber), "{text}");
        }
    }

    #[test]
    fn conversion_rounds_half_to_even_and_minds_the_exponents() {
        let rate = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(convert(10_000, rate("11.2345"), cur("EUR"), cur("SEK")), Ok(112_345));
        assert_eq!(convert(1, rate("2.5"), cur("EUR"), cur("SEK")), Ok(2));
        assert_eq!(convert(1, rate("3.5"), cur("EUR"), cur("SEK")), Ok(4));
        assert_eq!(convert(-1, rate("2.5"), cur("EUR"), cur("SEK")), Ok(-2));
        assert_eq!(convert(1000, rate("0.07"), cur("JPY"), cur("SEK")), Ok(7000), "1000 yen are 70.00 kr");
        assert_eq!(convert(7000, rate("14.285714"), cur("SEK"), cur("JPY")), Ok(1000));
        assert_eq!(convert(1, rate("0"), cur("EUR"), cur("SEK")), Err(MoneyError::InvalidRate));
        assert_eq!(convert(i64::MAX, rate("1.5"), cur("EUR"), cur("SEK")), Err(MoneyError::Overflow));
        assert_eq!(convert(i64::MAX, Decimal::MAX, cur("EUR"), cur("SEK")), Err(MoneyError::Overflow));
    }

    #[test]
    fn a_split_loses_nothing() {
        assert_eq!(split(100, &[3333, 3333, 3334]), [33, 33, 34]);
        assert_eq!(split(1, &[5000, 5000]), [1, 0]);
        assert_eq!(split(-1, &[5000, 5000]), [-1, 0]);
        assert_eq!(split(10_001, &[2500, 2500, 5000]), [2500, 2500, 5001]);
        assert_eq!(split(i64::MIN, &[10_000, 0]), [i64::MIN, 0]);
        assert_eq!(split(100, &[]), Vec::<i64>::new());
    }

    #[test]
    fn a_portion_and_the_rest_are_the_whole() {
        assert_eq!((portion(100, 1, 3), portion(100, 2, 3), portion(100, 3, 3)), (33, 67, 100));
        assert_eq!((portion(-100, 1, 3), portion(5, 1, 2), portion(-5, 1, 2)), (-33, 3, -3));
        assert_eq!((portion(7, 0, 4), portion(7, 5, 4), portion(7, 0, 0)), (0, 7, 7));
        assert_eq!(portion(i64::MIN, i64::MAX - 1, i64::MAX), i64::MIN + 1, "no overflow on the way");
    }

    #[test]
    fn an_overlay_share_is_rounded_on_its_own() {
        assert_eq!((share_of(5, 5000), share_of(7, 5000), share_of(-5, 5000)), (2, 4, -2));
        assert_eq!(share_of(i64::MIN, 10_000), i64::MIN);
    }
}
