//! The body of `POST /api/v1/sales`: read strictly, checked by itself, every fault with its place.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::query::parse_date;
use super::sale::{Credit, CreditKind, Line, Sale};
use crate::kernel::money::{AmountError, Currency, WHOLE_BP, parse_decimal};
use crate::sales::{OWN_SOURCE, ShareKind};
use crate::web::form::FormErrors;

/// Most lines, and most shares, of a sale.
const MAX_ROWS: usize = 1000;
/// Longest name of a source.
const MAX_SOURCE: usize = 50;
/// Longest number of an order, customer, person or product.
const MAX_NUMBER: usize = 100;
/// Most pieces of a line.
const MAX_QUANTITY: i64 = 1_000_000_000;
/// Most minor units of a line.
const MAX_AMOUNT: i64 = 100_000_000_000_000;

/// A sale to log.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaleInput {
    /// The system it comes from; `pacemark` is kept for deals that are logged in Pacemark itself.
    #[schema(min_length = 1, max_length = 50, example = "erp")]
    source: String,
    /// Its number there. A number is logged once.
    #[schema(min_length = 1, max_length = 100, example = "SO-2026-1187")]
    order_no: String,
    /// Business date of the order, today at the latest.
    #[schema(format = Date, example = "2026-11-17")]
    ordered_on: String,
    /// Who bought.
    #[schema(min_length = 1, max_length = 100, example = "C-2001")]
    customer_no: String,
    /// Who sold. Null is a house sale, which counts for the company only; administrators and executives may log it.
    #[schema(min_length = 1, max_length = 100, example = "E-1042")]
    employee_no: Option<String>,
    /// ISO 4217 code of the lines' currency.
    #[schema(pattern = "^[A-Z]{3}$", example = "SEK")]
    currency: String,
    /// At least one.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<LineInput>,
    /// Shares of the sale. Direct shares are 100 percent together; without any the seller holds all of it.
    #[serde(default)]
    #[schema(max_items = 1000)]
    credits: Vec<CreditInput>,
}

/// A line of a sale to log.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineInput {
    /// Number within the sale.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    line_no: i64,
    /// What was sold.
    #[schema(min_length = 1, max_length = 100, example = "F400")]
    sku: String,
    /// Pieces.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 2)]
    quantity: i64,
    /// Price of the whole line.
    amount: AmountInput,
    /// Cost of the whole line.
    cost: AmountInput,
}

/// An amount in the currency of the sale: the number alone, or with its currency.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = "41000.00")]
pub enum AmountInput {
    /// The number alone.
    Number(DecimalText),
    /// The same with its currency, which must be the sale's.
    Money(MoneyInput),
}

/// A decimal number with no more decimals than the currency has.
#[derive(Deserialize, ToSchema)]
#[schema(pattern = r"^\d{1,12}(\.\d{1,2})?$", example = "41000.00")]
pub struct DecimalText(String);

/// An amount with its currency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyInput {
    /// The number.
    amount: DecimalText,
    /// ISO 4217 code.
    #[schema(pattern = "^[A-Z]{3}$", example = "SEK")]
    currency: String,
}

/// A share of a sale to log.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditInput {
    /// Whose it is.
    #[schema(min_length = 1, max_length = 100, example = "E-1042")]
    employee_no: String,
    /// How it counts.
    kind: CreditKind,
    /// Percent of the sale, above 0 and up to 100.
    share_pct: PercentInput,
}

/// A percentage: text with up to two decimals, or a whole number.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = "100.00")]
pub enum PercentInput {
    /// Text with up to two decimals.
    Text(PercentText),
    /// A whole number.
    Whole(WholePercent),
}

/// A percentage with up to two decimals.
#[derive(Deserialize, ToSchema)]
#[schema(pattern = r"^\d{1,3}(\.\d{1,2})?$", example = "100.00")]
pub struct PercentText(String);

/// A percentage without decimals.
#[derive(Deserialize, ToSchema)]
#[schema(minimum = 1, maximum = 100, example = 100)]
pub struct WholePercent(u32);

impl SaleInput {
    /// The sale as of `today`, as far as it can be told without looking anything up.
    pub fn check(&self, today: NaiveDate) -> Result<Sale, FormErrors> {
        let mut errors = FormErrors::default();
        let source = name(&mut errors, "source", &self.source, MAX_SOURCE);
        if self.source == OWN_SOURCE {
            errors.add("source", "api-own-source");
        }
        let order_no = name(&mut errors, "order_no", &self.order_no, MAX_NUMBER);
        let ordered_on = errors.check("ordered_on", day_of_order(&self.ordered_on, today));
        let customer_no = name(&mut errors, "customer_no", &self.customer_no, MAX_NUMBER);
        let employee_no =
            self.employee_no.as_deref().map(|number| name(&mut errors, "employee_no", number, MAX_NUMBER));
        let currency = errors.check("currency", Currency::parse(&self.currency).ok_or("error-currency"));
        let lines = self.check_lines(&mut errors, currency);
        let credits = self.check_credits(&mut errors);
        let sale = ordered_on.zip(currency).map(|(ordered_on, currency)| Sale {
            source,
            order_no,
            ordered_on,
            customer_no,
            employee_no,
            currency,
            lines,
            credits,
        });
        errors.or(sale)
    }

    fn check_lines(&self, errors: &mut FormErrors, currency: Option<Currency>) -> Vec<Line> {
        if !(1..=MAX_ROWS).contains(&self.lines.len()) {
            errors.add("lines", "api-line-count");
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let rows = self.lines.iter().enumerate();
        let mut lines: Vec<Line> = rows
            .filter_map(|(i, line)| line.check(errors, &format!("lines[{i}]"), currency, &mut seen))
            .collect();
        lines.sort_by_key(|line| line.number);
        lines
    }

    fn check_credits(&self, errors: &mut FormErrors) -> Vec<Credit> {
        if self.credits.len() > MAX_ROWS {
            errors.add("credits", "api-line-count");
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let rows = self.credits.iter().enumerate();
        let mut credits: Vec<Credit> = rows
            .filter_map(|(i, credit)| credit.check(errors, &format!("credits[{i}]"), &mut seen))
            .collect();
        let direct = || credits.iter().filter(|credit| credit.kind == ShareKind::Direct);
        if direct().next().is_some() && direct().map(|credit| credit.share_bp).sum::<u32>() != WHOLE_BP {
            errors.add("credits", "api-shares-total");
        }
        credits.sort_by(|a, b| (a.kind.code(), &a.employee_no).cmp(&(b.kind.code(), &b.employee_no)));
        credits
    }
}

impl LineInput {
    fn check(
        &self,
        errors: &mut FormErrors,
        at: &str,
        currency: Option<Currency>,
        seen: &mut HashSet<i64>,
    ) -> Option<Line> {
        let sku = name(errors, &format!("{at}.sku"), &self.sku, MAX_NUMBER);
        let number = i32::try_from(self.line_no).ok().filter(|number| *number > 0);
        let line_no = errors.check(&format!("{at}.line_no"), number.ok_or("api-line-no"));
        if !seen.insert(self.line_no) {
            errors.add(format!("{at}.line_no"), "api-repeated");
        }
        if !(1..=MAX_QUANTITY).contains(&self.quantity) {
            errors.add(format!("{at}.quantity"), "api-quantity");
        }
        let amount = errors.check(&format!("{at}.amount"), self.amount.minor(currency?));
        let cost = errors.check(&format!("{at}.cost"), self.cost.minor(currency?));
        Some(Line { number: line_no?, sku, quantity: self.quantity, amount: amount?, cost: cost? })
    }
}

impl AmountInput {
    /// Minor units of `currency`, or the message key of what is wrong.
    fn minor(&self, currency: Currency) -> Result<i64, &'static str> {
        let text = match self {
            Self::Number(DecimalText(text)) => text,
            Self::Money(money) if money.currency == currency.code() => &money.amount.0,
            Self::Money(_) => return Err("api-other-currency"),
        };
        match parse_decimal(text, currency) {
            Ok(minor) if minor < 0 || text.starts_with('-') => Err("api-negative"),
            Ok(minor) if minor > MAX_AMOUNT => Err("error-amount-too-large"),
            Ok(minor) => Ok(minor),
            Err(AmountError::TooLarge) => Err("error-amount-too-large"),
            Err(_) => Err("api-amount"),
        }
    }
}

impl CreditInput {
    fn check(
        &self,
        errors: &mut FormErrors,
        at: &str,
        seen: &mut HashSet<(String, &'static str)>,
    ) -> Option<Credit> {
        let kind = ShareKind::from(self.kind);
        let employee_no = name(errors, &format!("{at}.employee_no"), &self.employee_no, MAX_NUMBER);
        if !seen.insert((employee_no.clone(), kind.code())) {
            errors.add(format!("{at}.employee_no"), "api-repeated");
        }
        let share =
            errors.check(&format!("{at}.share_pct"), self.share_pct.basis_points().ok_or("api-share"));
        Some(Credit { employee_no, kind, share_bp: share? })
    }
}

impl PercentInput {
    fn basis_points(&self) -> Option<u32> {
        let points = match self {
            Self::Whole(WholePercent(percent)) => percent.checked_mul(100)?,
            Self::Text(PercentText(text)) => {
                let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
                let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
                let short = digits(whole) && digits(decimals) && whole.len() <= 3 && decimals.len() <= 2;
                if short { format!("{whole}{decimals:0<2}").parse().ok()? } else { return None }
            }
        };
        (1..=WHOLE_BP).contains(&points).then_some(points)
    }
}

/// The day of an order; nothing is sold in days to come.
fn day_of_order(text: &str, today: NaiveDate) -> Result<NaiveDate, &'static str> {
    let day = parse_date(text).ok_or("api-date")?;
    if day > today { Err("api-future") } else { Ok(day) }
}

/// Text that names something: not blank, not too long, without control characters.
fn name(errors: &mut FormErrors, field: &str, value: &str, longest: usize) -> String {
    if value.trim().is_empty() {
        errors.add(field, "api-required");
    } else if value.chars().count() > longest {
        errors.add(field, "api-text-length");
    } else if value.contains(char::is_control) {
        errors.add(field, "api-control");
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_as_text_or_whole_numbers() {
        let points = |text: &str| PercentInput::Text(PercentText(text.to_owned())).basis_points();
        let whole = |percent| PercentInput::Whole(WholePercent(percent));
        assert_eq!((points("60"), points("60.5"), points("33.33")), (Some(6000), Some(6050), Some(3333)));
        assert_eq!((points("100.00"), whole(100).basis_points()), (Some(10_000), Some(10_000)));
        for text in ["0", "100.01", "1.234", "", ".5", "5.", "-1", "1e1", "٣"] {
            assert_eq!(points(text), None, "{text}");
        }
        assert_eq!(whole(u32::MAX).basis_points(), None);
    }

    #[test]
    fn every_fault_has_its_place() {
        let body = serde_json::json!({
            "source": "pacemark", "order_no": " ", "ordered_on": "2026-02-30", "customer_no": "C\n1",
            "employee_no": null, "currency": "SEK",
            "lines": [{"line_no": 1, "sku": "A", "quantity": 0, "amount": "1.234", "cost": "-0"},
                {"line_no": 1, "sku": "B", "quantity": 1, "amount": {"amount": "1", "currency": "EUR"}, "cost": "1"}],
            "credits": [{"employee_no": "1", "kind": "direct", "share_pct": "60"}],
        });
        let errors = serde_json::from_value::<SaleInput>(body).unwrap().check(NaiveDate::MAX).unwrap_err();
        let faults: Vec<_> = errors.iter().map(|fault| (fault.field.as_str(), fault.key)).collect();
        assert_eq!(
            faults,
            [
                ("source", "api-own-source"),
                ("order_no", "api-required"),
                ("ordered_on", "api-date"),
                ("customer_no", "api-control"),
                ("lines[0].quantity", "api-quantity"),
                ("lines[0].amount", "api-amount"),
                ("lines[0].cost", "api-negative"),
                ("lines[1].line_no", "api-repeated"),
                ("lines[1].amount", "api-other-currency"),
                ("credits", "api-shares-total"),
            ]
        );
    }
}
