//! Amounts and counts as people write them, in English and Swedish: `168 000`, `168k`, `168 tkr`, `0,168 mn`,
//! `1.02M`, `168 000:-`.
//!
//! How separators are read, in this order:
//! 1. Spaces and apostrophes only group thousands.
//! 2. With both point and comma the last one marks the decimals, the other groups thousands.
//! 3. One of them more than once groups thousands.
//! 4. One of them once groups thousands when it has one to three digits before it, not only a zero, and exactly
//!    three after it, and nothing else says otherwise: `168.000` and `168,000` are 168 thousand. It marks
//!    decimals before a multiplier (`1.020M`), after grouping spaces, and in currencies with three decimals.
//!
//! A group of thousands is always exactly three digits, so a slip of the finger is refused rather than guessed.

pub use super::money::AmountError;
use super::money::Currency;

/// Words for powers of ten, longest first where one ends in another. The unit of money is cut off before, so
/// `tkr` arrives as `t` and `mnkr` as `mn`.
const MULTIPLIERS: [(&str, u32); 20] = [
    ("miljarder", 9),
    ("miljard", 9),
    ("billion", 9),
    ("mdr", 9),
    ("md", 9),
    ("bn", 9),
    ("b", 9),
    ("miljoner", 6),
    ("miljon", 6),
    ("million", 6),
    ("milj.", 6),
    ("milj", 6),
    ("mio", 6),
    ("mn", 6),
    ("m", 6),
    ("thousand", 3),
    ("tusen", 3),
    ("t", 3),
    ("k", 3),
    ("", 0),
];

/// More digits than any amount has; keeps the arithmetic inside `i128`.
const MAX_DIGITS: usize = 24;

/// Reads an amount that is not negative, in minor units of `currency`.
pub fn parse_amount(text: &str, currency: Currency) -> Result<i64, AmountError> {
    parse_signed_amount(text, currency).and_then(refuse_negative)
}

/// Reads an amount that may be negative, in minor units of `currency`.
pub fn parse_signed_amount(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let (code, symbol) = (currency.code().to_lowercase(), currency.symbol().to_lowercase());
    read(text, currency.exponent(), &[&code, &symbol])
}

/// Reads a count of things: `1 200`, `1.2k`. Never negative, never a fraction.
pub fn parse_count(text: &str) -> Result<i64, AmountError> {
    read(text, 0, &[]).and_then(refuse_negative)
}

fn refuse_negative(value: i64) -> Result<i64, AmountError> {
    if value < 0 { Err(AmountError::Negative) } else { Ok(value) }
}

fn read(text: &str, exponent: u32, units: &[&str]) -> Result<i64, AmountError> {
    let plain = plain_spaces(text);
    let bare = plain.trim().trim_end_matches(":-").trim_end_matches(",-").trim_end();
    if plain.trim().is_empty() {
        return Err(AmountError::Empty);
    }
    let (outer, bare) = cut_sign(bare);
    let (inner, bare) = cut_sign(cut_unit(bare, units));
    if outer && inner {
        return Err(AmountError::NotANumber);
    }
    let (number, power) = cut_multiplier(bare);
    let (whole, decimals) = separate(number, power > 0 || exponent == 3)?;
    let size = shift(&whole, &decimals, exponent + power)?;
    let value = if outer || inner { -size } else { size };
    i64::try_from(value).map_err(|_| AmountError::TooLarge)
}

/// Every kind of space and apostrophe that groups thousands somewhere becomes a plain space.
fn plain_spaces(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.chars().map(|c| if c.is_whitespace() || matches!(c, '\'' | '’') { ' ' } else { c }).collect()
}

fn cut_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// Cuts the currency off, before or after the number.
fn cut_unit<'a>(text: &'a str, units: &[&str]) -> &'a str {
    // a sign that is also a multiplier (the kina's K) is read as the multiplier
    let words = units.iter().filter(|unit| !MULTIPLIERS.iter().any(|(word, _)| word == *unit));
    words
        .fold(text, |text, unit| {
            let text = text.strip_prefix(unit).unwrap_or(text).trim_start();
            text.strip_suffix('.').unwrap_or(text).strip_suffix(unit).unwrap_or(text)
        })
        .trim()
}

fn cut_multiplier(text: &str) -> (&str, u32) {
    let found = MULTIPLIERS.iter().find_map(|&(word, power)| Some((text.strip_suffix(word)?, power)));
    let (number, power) = found.unwrap_or((text, 0));
    (number.trim_end(), power)
}

/// Whole digits and decimals, by the rules at the top of the module.
fn separate(number: &str, decimals_for_sure: bool) -> Result<(String, String), AmountError> {
    let Some(last) = number.rfind(['.', ',']) else {
        return Ok((digits_of_groups(number, ' ')?, String::new()));
    };
    let (whole, rest) = (&number[..last], &number[last + 1..]);
    let mark = if number[last..].starts_with('.') { '.' } else { ',' };
    let other = if mark == '.' { ',' } else { '.' };
    if whole.contains(mark) {
        return Ok((digits_of_groups(number, mark)?, String::new()));
    }
    if rest.is_empty() || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    let groups = rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.trim_matches('0').is_empty();
    if groups && !decimals_for_sure && !whole.contains([other, ' ']) {
        return Ok((digits_of_groups(number, mark)?, String::new()));
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let group = if whole.contains(other) { other } else { ' ' };
    Ok((digits_of_groups(whole, group)?, rest.to_owned()))
}

/// The digits of a number that is grouped by threes, or not at all.
fn digits_of_groups(number: &str, group: char) -> Result<String, AmountError> {
    let mut parts = number.split(group);
    let first = parts.next().unwrap_or_default();
    let grouped = number.contains(group);
    let fits = !first.is_empty() && (!grouped || first.len() <= 3) && parts.all(|part| part.len() == 3);
    let digits: String = number.chars().filter(|&c| c != group).collect();
    if !fits || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    Ok(digits)
}

/// The number with its point moved `places` to the right; decimals that remain must be zeros.
fn shift(whole: &str, decimals: &str, places: u32) -> Result<i128, AmountError> {
    let places = places as usize;
    let (kept, cut) = decimals.split_at(decimals.len().min(places));
    if cut.bytes().any(|b| b != b'0') {
        return Err(AmountError::TooManyDecimals);
    }
    let digits = format!("{whole}{kept:0<places$}");
    let digits = digits.trim_start_matches('0');
    if digits.len() > MAX_DIGITS {
        return Err(AmountError::TooLarge);
    }
    format!("0{digits}").parse().map_err(|_| AmountError::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::AmountError::{Empty, Negative, NotANumber, TooLarge, TooManyDecimals};
    use super::*;

    fn sek(text: &str) -> Result<i64, AmountError> {
        parse_amount(text, Currency::parse("SEK").unwrap())
    }

    fn eur(text: &str) -> Result<i64, AmountError> {
        parse_amount(text, Currency::parse("EUR").unwrap())
    }

    #[test]
    fn every_common_way_to_write_168_thousand_is_understood() {
        for text in [
            "168 000",
            "168000",
            "168k",
            "168 K",
            "168 tkr",
            "168tkr",
            "168 t",
            "168 tusen kr",
            "0,168 mn",
            "0.168M",
            "0,168 mnkr",
            "0,168 mkr",
            "0,168 milj. kr",
            "0,168 MSEK",
            "168 000:-",
            "168 000,-",
            "168000 kr",
            "168 000 kr.",
            "kr 168 000",
            "SEK 168 000",
            "168,000 SEK",
            "168.000",
            "168,000",
            "168'000",
            "168’000",
            " 168\u{a0}000 ",
            "168\u{202f}000",
            "168\u{2009}000",
            "168 000,00",
            "168,000.00",
            "168.000,00",
            "168 000.0",
            "168 000,000",
            "168,0 tkr",
            "168 KSEK",
            "000168000",
        ] {
            assert_eq!(sek(text), Ok(16_800_000), "{text}");
        }
    }

    #[test]
    fn decimals_are_kept_exactly() {
        assert_eq!(sek("168 000,50"), Ok(16_800_050));
        assert_eq!(sek("168,000.50"), Ok(16_800_050));
        assert_eq!(sek("168.000,50 kr"), Ok(16_800_050));
        assert_eq!(sek("1.02M"), Ok(102_000_000));
        assert_eq!(sek("1.020M"), Ok(102_000_000));
        assert_eq!(sek("1,5"), Ok(150));
        assert_eq!(sek(",5 mn"), Ok(50_000_000));
        assert_eq!(sek("1.234.567"), Ok(123_456_700));
        assert_eq!(sek("0.29"), Ok(29));
        assert_eq!(sek("1,2 md"), Ok(120_000_000_000));
        assert_eq!(eur("€ 168k"), Ok(16_800_000));
        assert_eq!(eur("1.234,56 €"), Ok(123_456));
    }

    #[test]
    fn a_currency_decides_how_many_decimals_there_are() {
        let read = |text, code| parse_amount(text, Currency::parse(code).unwrap());
        assert_eq!(read("168 000", "JPY"), Ok(168_000));
        assert_eq!(read("1.5", "JPY"), Err(TooManyDecimals));
        assert_eq!(read("1.234", "KWD"), Ok(1234), "three decimals are decimals there");
        assert_eq!(sek("0,168"), Err(TooManyDecimals), "a zero is no thousand");
        assert_eq!(sek("1234,567"), Err(TooManyDecimals));
        assert_eq!(sek("1,2345678 tkr"), Err(TooManyDecimals));
    }

    #[test]
    fn what_is_unclear_is_refused() {
        for text in [
            "abc",
            "kr",
            "1 68000",
            "16 80 00",
            "1,2,3",
            "1.",
            "1,234.56.7",
            "12 5",
            "1.23,456",
            "1e5",
            "168 USD",
            "5 %",
            "--5",
            "-5-",
            "k",
            "1 2k",
            "1.2345.678",
            "- -5",
            ".",
            "1,,5",
            "1 234.567,8",
            "٣",
        ] {
            assert_eq!(sek(text), Err(NotANumber), "{text}");
        }
        assert_eq!(eur("168 tkr"), Err(NotANumber), "kronor are no euros");
        assert_eq!((sek(""), sek(" \u{a0} ")), (Err(Empty), Err(Empty)));
    }

    #[test]
    fn limits_are_errors() {
        assert_eq!(sek("92 233 720 368 547 758,07"), Ok(i64::MAX));
        assert_eq!(sek("92 233 720 368 547 758,08"), Err(TooLarge));
        assert_eq!(sek(&"9".repeat(400)), Err(TooLarge));
        assert_eq!(sek("99999999999999999999 md"), Err(TooLarge));
    }

    #[test]
    fn negative_amounts_are_read_only_when_asked_for() {
        let signed = |text| parse_signed_amount(text, Currency::parse("SEK").unwrap());
        for text in ["-5", "−5", "- 5 kr", "kr -5", "–5:-"] {
            assert_eq!((sek(text), signed(text)), (Err(Negative), Ok(-500)), "{text}");
        }
        assert_eq!(sek("-0"), Ok(0));
    }

    #[test]
    fn counts_are_whole() {
        assert_eq!(parse_count("1 200"), Ok(1200));
        assert_eq!(parse_count("1.2k"), Ok(1200));
        assert_eq!(parse_count("12,0"), Ok(12));
        assert_eq!(parse_count("12,5"), Err(TooManyDecimals));
        assert_eq!(parse_count("-1"), Err(Negative));
        assert_eq!(parse_count("12 kr"), Err(NotANumber));
    }
}
