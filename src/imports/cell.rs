//! One cell of a file: what stands there becomes what PostgreSQL's COPY takes, or the reason why it cannot.

use chrono::NaiveDate;

use super::columns::{Cell, Column};
use crate::attainment::Metric;
use crate::kernel::money::{self, AmountError, Currency};

/// A longer cell is no value but a mistake, such as a quotation mark that is never closed.
pub(super) const MAX_BYTES: usize = 10 * 1024;
/// In minor units. Larger amounts are slips, and a day of them could not be summed.
const MAX_AMOUNT: u64 = 1_000_000_000_000_000;

/// What the other cells of a row say about its amounts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowContext {
    /// The row's currency, where it has a valid one.
    pub currency: Option<Currency>,
    /// What a target counts, where the row has a valid metric.
    pub metric: Option<Metric>,
}

/// Appends `cell` to `out` in the text form of COPY; the key of the reason when it cannot be.
pub(super) fn encode(
    column: &Column,
    cell: &str,
    row: RowContext,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    if cell.len() > MAX_BYTES {
        return Err("import-fault-too-long");
    }
    if cell.contains('\0') {
        return Err("import-fault-nul");
    }
    if cell.is_empty() {
        return encode_empty(column, row, out);
    }
    match column.cell {
        Cell::Text | Cell::Code => escape(cell, out),
        Cell::Date => out.extend_from_slice(date(cell)?.as_bytes()),
        Cell::Number => put(number(cell)?, out),
        Cell::Quantity => put(quantity(cell)?, out),
        Cell::Currency => {
            out.extend_from_slice(Currency::parse(cell).ok_or("import-fault-currency")?.code().as_bytes());
        }
        Cell::Flag => out.push(flag(cell)?),
        Cell::Choice(words) if words.contains(&cell) => out.extend_from_slice(cell.as_bytes()),
        Cell::Choice(_) => return Err("import-fault-choice"),
        Cell::Amount | Cell::Price | Cell::Target => put_amount(column.cell, cell, row, out)?,
    }
    Ok(())
}

fn encode_empty(column: &Column, row: RowContext, out: &mut Vec<u8>) -> Result<(), &'static str> {
    if column.required || (column.cell == Cell::Currency && row.metric.is_some_and(Metric::is_money)) {
        return Err("import-fault-required");
    }
    if column.cell != Cell::Text {
        out.extend_from_slice(b"\\N");
    }
    Ok(())
}

/// The characters that mean something to COPY.
fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            other => out.push(other),
        }
    }
}

/// The date as it stands when it is a day of the calendar within living memory or foresight.
fn date(text: &str) -> Result<&str, &'static str> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        let part = bytes.get(range)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, b| sum * 10 + u32::from(b - b'0')))
    };
    let parts = (bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-')
        .then(|| Some((digits(0..4)?, digits(5..7)?, digits(8..10)?)))
        .flatten();
    let (year, month, day) = parts.ok_or("import-fault-date")?;
    let known =
        (1900..2200).contains(&year) && NaiveDate::from_ymd_opt(year.cast_signed(), month, day).is_some();
    known.then_some(text).ok_or("import-fault-date")
}

fn number(text: &str) -> Result<i64, &'static str> {
    let number = text.parse::<i32>().ok().filter(|number| *number >= 1 && !text.starts_with('+'));
    number.map(i64::from).ok_or("import-fault-number")
}

fn quantity(text: &str) -> Result<i64, &'static str> {
    let number =
        text.parse::<i64>().ok().filter(|_| !text.starts_with('+')).ok_or("import-fault-whole-number")?;
    within_bounds(number)
}

fn within_bounds(number: i64) -> Result<i64, &'static str> {
    if number.unsigned_abs() > MAX_AMOUNT { Err("import-fault-too-large") } else { Ok(number) }
}

fn flag(text: &str) -> Result<u8, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "yes" => Ok(b't'),
        "no" => Ok(b'f'),
        _ => Err("import-fault-flag"),
    }
}

/// Money in minor units. Without a valid currency or metric the fault is told there, and the amount is let be.
fn put_amount(cell: Cell, text: &str, row: RowContext, out: &mut Vec<u8>) -> Result<(), &'static str> {
    let amount = match (cell, row.metric, row.currency) {
        (Cell::Target, Some(metric), _) if !metric.is_money() => count(metric, text)?,
        (Cell::Target, None, _) | (_, _, None) => return Ok(()),
        (_, _, Some(currency)) => within_bounds(money::parse_decimal(text, currency).map_err(reason)?)?,
    };
    if amount < 0 && cell != Cell::Amount {
        return Err("import-fault-negative");
    }
    put(amount, out);
    Ok(())
}

/// A target that is no money: a whole number, or percent or points with two decimals.
fn count(metric: Metric, text: &str) -> Result<i64, &'static str> {
    // read like an amount of a currency with two decimals
    match Currency::parse("EUR").filter(|_| metric.decimals() == 2) {
        Some(two) => within_bounds(money::parse_decimal(text, two).map_err(reason)?),
        None => quantity(text),
    }
}

const fn reason(error: AmountError) -> &'static str {
    match error {
        AmountError::Empty => "import-fault-required",
        AmountError::NotANumber => "import-fault-amount",
        AmountError::TooManyDecimals => "import-fault-decimals",
        AmountError::TooLarge => "import-fault-too-large",
        AmountError::Negative => "import-fault-negative",
    }
}

fn put(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(number.to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: Cell, text: &str) -> Result<String, &'static str> {
        let column = Column { name: "x", cell, required: false, optional: false };
        let row = RowContext { currency: Currency::parse("SEK"), metric: Some(Metric::Revenue) };
        let mut out = Vec::new();
        encode(&column, text, row, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        assert_eq!(read(Cell::Date, "2028-02-29").as_deref(), Ok("2028-02-29"));
        for text in
            ["2027-02-29", "2027-2-9", "27-02-09", "2027/02/09", "0000-01-01", "2027-02-09x", "２027-02-09"]
        {
            assert_eq!(read(Cell::Date, text), Err("import-fault-date"), "{text}");
        }
    }

    #[test]
    fn amounts_are_exact_and_bounded() {
        assert_eq!(read(Cell::Amount, "-2024.99").as_deref(), Ok("-202499"));
        assert_eq!(read(Cell::Amount, "3886000").as_deref(), Ok("388600000"));
        assert_eq!(read(Cell::Amount, "1.234"), Err("import-fault-decimals"));
        assert_eq!(read(Cell::Amount, "1,234"), Err("import-fault-amount"));
        assert_eq!(read(Cell::Amount, "1e5"), Err("import-fault-amount"));
        assert_eq!(read(Cell::Amount, "10000000000000.01"), Err("import-fault-too-large"));
        assert_eq!(read(Cell::Price, "-0.01"), Err("import-fault-negative"));
    }

    #[test]
    fn text_reaches_copy_unharmed() {
        assert_eq!(read(Cell::Text, "=1+1\\N\ta\nb").as_deref(), Ok("=1+1\\\\N\\ta\\nb"));
        assert_eq!(read(Cell::Text, "a\0b"), Err("import-fault-nul"));
        assert_eq!(read(Cell::Text, &"x".repeat(MAX_BYTES + 1)), Err("import-fault-too-long"));
        assert_eq!((read(Cell::Text, "").as_deref(), read(Cell::Code, "").as_deref()), (Ok(""), Ok("\\N")));
    }

    #[test]
    fn numbers_and_flags_are_strict() {
        assert_eq!(read(Cell::Number, "12").as_deref(), Ok("12"));
        for text in ["0", "-1", "+1", "1.0", "2147483648", "x"] {
            assert_eq!(read(Cell::Number, text), Err("import-fault-number"), "{text}");
        }
        assert_eq!(
            (read(Cell::Flag, "yes").as_deref(), read(Cell::Flag, "no").as_deref()),
            (Ok("t"), Ok("f"))
        );
        assert_eq!(read(Cell::Flag, "1"), Err("import-fault-flag"));
    }
}
