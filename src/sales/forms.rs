//! What people type when they log or change a deal, and the draft it becomes.
//!
//! The quick form sends customer, value and product; the full form everything. Both are read here, and what was typed
//! is kept word for word until it is right.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::policy::Reach;
use super::view::DealView;
use super::{DealDraft, LineDraft, OWN_SOURCE, Share, ShareKind};
use crate::kernel::id::{CustomerId, EmployeeId, ProductId};
use crate::kernel::money::{AmountError, Currency, Money, WHOLE_BP};
use crate::kernel::number;
use crate::org::Company;
use crate::products::ProductView;
use crate::web::form::FormErrors;

/// More than any line is worth, so that sums of millions of lines can still be counted: ten trillion.
const MOST: i64 = 1_000_000_000_000_000;
/// More lines than any form has.
const MOST_LINES: usize = 200;
/// The value of the owner field for a house sale.
pub const HOUSE: &str = "house";

/// The fields of both forms, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DealForm {
    /// One per form shown.
    pub form_key: String,
    /// Present when the full form was asked for or sent.
    #[serde(deserialize_with = "sent")]
    pub full: Option<String>,
    /// The version that was looked at, on edits.
    pub version: String,
    /// Name of the customer.
    pub customer: String,
    /// A recent customer that was tapped instead of typed.
    pub pick: Option<String>,
    /// Business date; today when absent.
    #[serde(deserialize_with = "sent")]
    pub ordered_on: Option<String>,
    /// Id of the owner, or [`HOUSE`]; the actor when absent.
    #[serde(deserialize_with = "sent")]
    pub owner: Option<String>,
    /// Currency; the company's when absent.
    pub currency: Option<String>,
    /// How it was sold.
    pub channel: String,
    /// A remark.
    pub note: String,
    /// Number of each line within the deal; empty for new ones.
    pub line_no: Vec<String>,
    /// Product id of each line.
    pub product: Vec<String>,
    /// Pieces of each line; 1 when absent.
    pub quantity: Vec<String>,
    /// Price of each line.
    pub amount: Vec<String>,
    /// Cost of each line; from the product when empty.
    pub cost: Vec<String>,
    /// Employee id of each share.
    pub share_person: Vec<String>,
    /// `direct` or `overlay`.
    pub share_kind: Vec<String>,
    /// Percent of each share.
    pub share_pct: Vec<String>,
    /// A button that adds a row instead of saving: `line` or `share`.
    pub more: Option<String>,
}

/// A field that was sent, even empty: a date that was cleared is not a date that was never asked for.
fn sent<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    String::deserialize(value).map(Some)
}

/// What a form is read against.
pub struct Facts<'a> {
    /// The company.
    pub company: &'a Company,
    /// The business date.
    pub today: NaiveDate,
    /// The person who logs, if they are one.
    pub own: Option<EmployeeId>,
    /// Whose deals may be written.
    pub reach: &'a Reach,
    /// What is sold.
    pub products: &'a [ProductView],
    /// Who may own or share a deal, with names.
    pub people: &'a [(EmployeeId, String)],
    /// The highest number of a line that the deal ever had, so that a new line never takes over what was delivered of one that was
    /// taken off; 0 for a new deal.
    pub last_line: i32,
}

impl Facts<'_> {
    fn knows(&self, person: EmployeeId) -> bool {
        self.people.iter().any(|(known, _)| *known == person)
    }
}

/// A form that was read without fault. The customer is still a name, and costs that were left empty are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedDeal {
    /// Name of the customer.
    pub customer: String,
    /// Who sold; nobody for a house sale.
    pub owner: Option<EmployeeId>,
    /// Business date.
    pub ordered_on: NaiveDate,
    /// Currency of the lines.
    pub currency: Currency,
    /// How it was sold.
    pub channel: String,
    /// A remark.
    pub note: String,
    /// The lines; `cost` is 0 where it is open.
    pub lines: Vec<LineDraft>,
    /// Places of the lines whose cost is to be taken from the product.
    pub open_costs: Vec<usize>,
    /// Shares.
    pub shares: Vec<Share>,
    /// The form's key.
    pub form_key: Option<Uuid>,
}

impl CheckedDeal {
    /// The draft, once the customer is known.
    pub fn draft(self, customer: CustomerId) -> DealDraft {
        DealDraft {
            source: OWN_SOURCE.to_owned(),
            order_no: None,
            customer,
            owner: self.owner,
            ordered_on: self.ordered_on,
            currency: self.currency,
            channel: self.channel,
            note: self.note,
            lines: self.lines,
            shares: self.shares,
            form_key: self.form_key,
        }
    }
}

fn at(values: &[String], index: usize) -> &str {
    values.get(index).map_or("", String::as_str).trim()
}

impl DealForm {
    /// An empty form.
    pub fn fresh() -> Self {
        Self { form_key: Uuid::now_v7().to_string(), ..Self::default() }
    }

    /// The form that would make a stored deal.
    pub fn of(deal: &DealView) -> Self {
        let amount = |minor| Money::new(minor, deal.currency).to_decimal_string();
        let lines = || deal.lines.iter();
        Self {
            full: Some("1".to_owned()),
            version: deal.version.to_string(),
            customer: deal.customer_name.clone(),
            ordered_on: Some(deal.ordered_on.to_string()),
            owner: Some(deal.owner.map_or_else(|| HOUSE.to_owned(), |id| id.to_string())),
            currency: Some(deal.currency.to_string()),
            channel: deal.channel.clone(),
            note: deal.note.clone(),
            line_no: lines().map(|line| line.line_no.to_string()).collect(),
            product: lines().map(|line| line.product.to_string()).collect(),
            quantity: lines().map(|line| line.quantity.to_string()).collect(),
            amount: lines().map(|line| amount(line.amount)).collect(),
            cost: lines().map(|line| amount(line.cost)).collect(),
            share_person: deal.shares.iter().map(|share| share.employee.to_string()).collect(),
            share_kind: deal.shares.iter().map(|share| share.kind.code().to_owned()).collect(),
            share_pct: deal.shares.iter().map(|share| percent(share.share_bp)).collect(),
            ..Self::default()
        }
    }

    /// How many lines were sent; at least one.
    pub fn lines(&self) -> usize {
        self.product.len().max(self.amount.len()).clamp(1, MOST_LINES)
    }

    /// How many shares were sent.
    pub fn shares(&self) -> usize {
        self.share_person.len().min(MOST_LINES)
    }

    /// What was typed in a field of a line.
    pub fn line<'a>(&'a self, field: &str, index: usize) -> &'a str {
        let values = match field {
            "line_no" => &self.line_no,
            "product" => &self.product,
            "quantity" => &self.quantity,
            "amount" => &self.amount,
            _ => &self.cost,
        };
        values.get(index).map_or("", String::as_str)
    }

    /// Reads the form. Faults are at the ids of its fields, such as `amount-0`.
    pub fn check(&self, facts: &Facts<'_>) -> Result<CheckedDeal, FormErrors> {
        let mut errors = FormErrors::default();
        let customer = errors.check("customer", self.read_customer());
        let currency = errors.check("currency", self.read_currency(facts.company.currency));
        let lines = self.read_lines(currency.unwrap_or(facts.company.currency), facts, &mut errors);
        let ordered_on = errors.check("ordered_on", self.read_date(facts.today));
        let owner = errors.check("owner", self.read_owner(facts));
        let shares = self.read_shares(facts, &mut errors);
        let (channel, note) = (self.channel.trim().to_owned(), self.note.trim().to_owned());
        if note.chars().count() > 2000 {
            errors.add("note", "deals-error-long");
        }
        if channel.chars().count() > 100 {
            errors.add("channel", "deals-error-long");
        }
        let (lines, open_costs) = lines;
        let form_key = Uuid::parse_str(&self.form_key).ok();
        let read = customer.zip(currency).zip(ordered_on).zip(owner);
        errors.or(read.map(|(((customer, currency), ordered_on), owner)| CheckedDeal {
            customer,
            owner,
            ordered_on,
            currency,
            channel,
            note,
            lines,
            open_costs,
            shares,
            form_key,
        }))
    }

    fn read_customer(&self) -> Result<String, &'static str> {
        let name = self.customer.split_whitespace().collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => Err("deals-error-customer"),
            1..=200 => Ok(name),
            _ => Err("deals-error-long"),
        }
    }

    fn read_currency(&self, own: Currency) -> Result<Currency, &'static str> {
        match self.currency.as_deref().map(str::trim) {
            None | Some("") => Ok(own),
            Some(code) => Currency::parse(&code.to_uppercase()).ok_or("error-currency"),
        }
    }

    /// The business date as far as it can be read; today when the form does not ask.
    pub fn read_date(&self, today: NaiveDate) -> Result<NaiveDate, &'static str> {
        match self.ordered_on.as_deref().map(str::trim) {
            None => Ok(today),
            Some(text) => match text.parse::<NaiveDate>() {
                Ok(date) if date > today => Err("deals-error-future"),
                Ok(date) => Ok(date),
                Err(_) => Err("deals-error-date"),
            },
        }
    }

    /// The owner: somebody whose deals the actor may write.
    pub fn read_owner(&self, facts: &Facts<'_>) -> Result<Option<EmployeeId>, &'static str> {
        let owner = match self.owner.as_deref().map(str::trim) {
            None => facts.own,
            Some(HOUSE) => None,
            Some(id) => Some(id.parse().map_err(|_| "deals-error-owner")?),
        };
        let exists = owner.is_none_or(|owner| facts.knows(owner));
        if exists && facts.reach.covers(owner) { Ok(owner) } else { Err("deals-error-owner") }
    }

    fn read_lines(
        &self,
        currency: Currency,
        facts: &Facts<'_>,
        errors: &mut FormErrors,
    ) -> (Vec<LineDraft>, Vec<usize>) {
        let (mut lines, mut open) = (Vec::new(), Vec::new());
        let sent = self.line_no.iter().filter_map(|no| no.trim().parse::<i32>().ok());
        let mut next = sent.fold(facts.last_line, i32::max);
        for index in 0..self.lines() {
            let empty =
                ["product", "amount", "cost"].iter().all(|field| self.line(field, index).trim().is_empty());
            if empty && index > 0 {
                continue;
            }
            let line_no = at(&self.line_no, index).parse().ok().filter(|no| *no > 0).unwrap_or_else(|| {
                next += 1;
                next
            });
            let cost = at(&self.cost, index);
            if cost.is_empty() {
                open.push(lines.len());
            }
            let product = errors.check(&format!("product-{index}"), self.read_product(index, facts.products));
            let quantity = errors.check(&format!("quantity-{index}"), self.read_quantity(index));
            let amount = read_amount(at(&self.amount, index), currency);
            let amount = errors.check(&format!("amount-{index}"), amount);
            let cost = if cost.is_empty() { Ok(0) } else { read_amount(cost, currency) };
            let cost = errors.check(&format!("cost-{index}"), cost);
            if let (Some(product), Some(quantity), Some(amount), Some(cost)) =
                (product, quantity, amount, cost)
            {
                let (promised_on, delivered_on) = (None, None);
                lines.push(LineDraft { line_no, product, quantity, amount, cost, promised_on, delivered_on });
            }
        }
        (lines, open)
    }

    fn read_product(&self, index: usize, products: &[ProductView]) -> Result<ProductId, &'static str> {
        let id = at(&self.product, index).parse().map_err(|_| "deals-error-product")?;
        products
            .iter()
            .find(|product| product.id == id)
            .map(|product| product.id)
            .ok_or("deals-error-product")
    }

    fn read_quantity(&self, index: usize) -> Result<i64, &'static str> {
        match at(&self.quantity, index) {
            "" => Ok(1),
            text => match number::parse_count(text) {
                Ok(count @ 1..=1_000_000_000) => Ok(count),
                _ => Err("deals-error-quantity"),
            },
        }
    }

    fn read_shares(&self, facts: &Facts<'_>, errors: &mut FormErrors) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        for index in 0..self.shares() {
            let (person, pct) = (at(&self.share_person, index), at(&self.share_pct, index));
            if person.is_empty() && pct.is_empty() {
                continue;
            }
            let kind = ShareKind::from_code(at(&self.share_kind, index)).unwrap_or(ShareKind::Direct);
            let employee = person.parse().ok().filter(|id| facts.knows(*id)).ok_or("deals-error-person");
            let employee = errors.check(&format!("share_person-{index}"), employee);
            let share_bp = errors.check(&format!("share_pct-{index}"), read_percent(pct));
            if let (Some(employee), Some(share_bp)) = (employee, share_bp) {
                if shares.iter().any(|known| known.employee == employee && known.kind == kind) {
                    errors.add(format!("share_person-{index}"), "deals-error-person-twice");
                }
                shares.push(Share { employee, kind, share_bp });
            }
        }
        let direct = || shares.iter().filter(|share| share.kind == ShareKind::Direct);
        if direct().next().is_some() && direct().map(|share| share.share_bp).sum::<u32>() != WHOLE_BP {
            let total = direct().map(|share| i64::from(share.share_bp)).sum::<i64>();
            let total = percent(i32::try_from(total).unwrap_or(i32::MAX));
            errors.add_with("share_pct-0", "deals-error-shares", vec![("total", total)]);
        }
        shares
    }
}

/// An amount as typed, in minor units.
pub fn read_amount(text: &str, currency: Currency) -> Result<i64, &'static str> {
    match number::parse_amount(text, currency) {
        Ok(amount) if amount > MOST => Err("error-amount-too-large"),
        Ok(amount) => Ok(amount),
        Err(AmountError::TooLarge) => Err("error-amount-too-large"),
        Err(AmountError::TooManyDecimals) => Err("deals-error-decimals"),
        Err(AmountError::Negative) => Err("deals-error-negative"),
        Err(AmountError::Empty | AmountError::NotANumber) => Err("deals-error-amount"),
    }
}

/// A percentage as typed, in hundredths of a percent: "33,33" is 3333.
fn read_percent(text: &str) -> Result<u32, &'static str> {
    let (whole, decimals) = match text.trim_end_matches('%').trim().split_once(['.', ',']) {
        Some((whole, decimals)) => (whole, decimals),
        None => (text.trim_end_matches('%').trim(), ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return Err("deals-error-percent");
    }
    let hundredths = format!("{whole}{decimals:0<2}").parse().map_err(|_| "deals-error-percent")?;
    if (1..=WHOLE_BP).contains(&hundredths) { Ok(hundredths) } else { Err("deals-error-percent") }
}

/// Hundredths of a percent as people type them: "33.33", "60".
pub fn percent(share_bp: i32) -> String {
    let (whole, rest) = (share_bp / 100, share_bp % 100);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") }
}
