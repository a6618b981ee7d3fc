//! What is typed about an opportunity, read into a draft whose customer is still a name.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::{Draft, Line, LossReason, NextStep, Opportunity, Origin, StageId, Stages};
use crate::kernel::id::{CustomerId, EmployeeId, ProductId};
use crate::kernel::money::{Currency, Money};
use crate::kernel::number;
use crate::products::ProductView;
use crate::sales::OWN_SOURCE;
use crate::sales::forms::read_amount;
use crate::sales::policy::Reach;
use crate::web::form::FormErrors;

/// The owner field of an opportunity that is nobody's yet.
pub(super) const NOBODY: &str = "nobody";
/// Lines that a form may have.
const MOST_LINES: usize = 200;
/// The longest technique, next step or name; and the longest note.
const LONGEST: (usize, usize) = (200, 2_000);

/// The fields of the form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpportunityForm {
    /// One per form shown.
    pub form_key: String,
    /// The version that was looked at, on edits.
    pub version: String,
    /// Name of the customer; empty while they are not known.
    pub customer: String,
    /// Id of the owner, or [`NOBODY`]; the actor when absent.
    #[serde(deserialize_with = "sent")]
    pub owner: Option<String>,
    /// The stage it begins in.
    pub stage: String,
    /// Currency; the company's when absent.
    pub currency: Option<String>,
    /// How it came about.
    pub origin: String,
    /// With which technique.
    pub technique: String,
    /// The day it was opened; today when absent.
    pub opened_on: String,
    /// The day it is expected to be decided.
    pub expected_on: String,
    /// What is to be done next.
    pub next_step: String,
    /// By which day.
    pub next_on: String,
    /// A remark.
    pub note: String,
    /// Product id of each line.
    pub product: Vec<String>,
    /// Pieces of each line; 1 when empty.
    pub quantity: Vec<String>,
    /// Price of each line.
    pub amount: Vec<String>,
    /// Cost of each line; from the product when empty.
    pub cost: Vec<String>,
    /// The button that adds a line instead of saving.
    pub more: Option<String>,
}

/// A field that was sent, even empty.
fn sent<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    String::deserialize(value).map(Some)
}

/// What a form is read against.
pub(super) struct Known<'a> {
    pub(super) own: Currency,
    pub(super) today: NaiveDate,
    pub(super) actor: Option<EmployeeId>,
    pub(super) reach: &'a Reach,
    pub(super) people: &'a [(EmployeeId, String)],
    pub(super) products: &'a [ProductView],
    pub(super) stages: &'a Stages,
}

/// A form without fault.
pub(super) struct Checked {
    /// Name of the customer, perhaps empty.
    pub(super) customer: String,
    pub(super) stage: Option<StageId>,
    pub(super) draft: Draft,
    /// Places of the lines whose cost is to be taken from the product.
    pub(super) open_costs: Vec<usize>,
}

impl Checked {
    /// The draft with its customer.
    pub(super) fn with_customer(self, customer: Option<CustomerId>) -> Draft {
        Draft { customer, ..self.draft }
    }
}

fn at(values: &[String], index: usize) -> &str {
    values.get(index).map_or("", String::as_str).trim()
}

/// A text of at most so many characters.
pub(super) fn short(typed: &str) -> Result<String, &'static str> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if typed.chars().count() > LONGEST.0 { Err("deals-error-long") } else { Ok(typed) }
}

/// A day, or nothing where nothing was typed.
pub(super) fn read_day(typed: &str) -> Result<Option<NaiveDate>, &'static str> {
    match typed.trim() {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| "deals-error-date"),
    }
}

/// A next step; a day without one is a fault at `next_step`.
pub(super) fn read_next(what: &str, on: &str, errors: &mut FormErrors) -> NextStep {
    let what = errors.check("next_step", short(what)).unwrap_or_default();
    let on = errors.check("next_on", read_day(on)).flatten();
    if what.is_empty() && on.is_some() && !errors.has("next_step") {
        errors.add("next_step", "error-pipeline-next");
    }
    NextStep { what, on }
}

impl OpportunityForm {
    /// An empty form.
    pub(super) fn fresh(today: NaiveDate) -> Self {
        Self {
            form_key: Uuid::now_v7().to_string(),
            origin: Origin::Outbound.code().to_owned(),
            opened_on: today.to_string(),
            ..Self::default()
        }
    }

    /// The form that would make a stored one.
    pub(super) fn of(one: &Opportunity) -> Self {
        let draft = &one.draft;
        let amount = |minor| Money::new(minor, draft.currency).to_decimal_string();
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let each = |value: &dyn Fn(&Line) -> String| draft.lines.iter().map(value).collect::<Vec<_>>();
        Self {
            version: one.version.to_string(),
            customer: one.customer_name.clone(),
            owner: Some(draft.owner.map_or_else(|| NOBODY.to_owned(), |id| id.to_string())),
            currency: Some(draft.currency.to_string()),
            origin: draft.origin.code().to_owned(),
            technique: draft.technique.clone(),
            opened_on: draft.opened_on.to_string(),
            expected_on: day(draft.expected_on),
            next_step: draft.next.what.clone(),
            next_on: day(draft.next.on),
            note: draft.note.clone(),
            product: each(&|line| line.product.to_string()),
            quantity: each(&|line| line.quantity.to_string()),
            amount: each(&|line| amount(line.amount)),
            cost: each(&|line| amount(line.cost)),
            ..Self::default()
        }
    }

    /// How many lines were sent; at least one.
    pub(super) fn lines(&self) -> usize {
        self.product.len().max(self.amount.len()).clamp(1, MOST_LINES)
    }

    /// What was typed in a field of a line.
    pub(super) fn line(&self, field: &str, index: usize) -> &str {
        let values = match field {
            "product" => &self.product,
            "quantity" => &self.quantity,
            "amount" => &self.amount,
            _ => &self.cost,
        };
        values.get(index).map_or("", String::as_str)
    }

    /// Reads the form; `begins` when it is a new one, which begins in a stage. Faults are at the ids of its fields.
    pub(super) fn check(&self, known: &Known<'_>, begins: bool) -> Result<Checked, FormErrors> {
        let mut errors = FormErrors::default();
        let customer = errors.check("customer", short(&self.customer));
        let owner = errors.check("owner", self.read_owner(known));
        let stage = if begins { errors.check("stage", self.read_stage(known)) } else { None };
        let currency = errors.check("currency", self.read_currency(known.own)).unwrap_or(known.own);
        let (lines, open_costs) = self.read_lines(currency, known.products, &mut errors);
        let origin = Origin::from_code(self.origin.trim()).ok_or("error-pipeline-origin");
        let origin = errors.check("origin", origin);
        let technique = errors.check("technique", short(&self.technique));
        let opened_on = errors.check("opened_on", self.read_opened(known.today));
        let expected_on = errors.check("expected_on", read_day(&self.expected_on));
        let next = read_next(&self.next_step, &self.next_on, &mut errors);
        if begins && opened_on == Some(known.today) {
            let past = |day: Option<NaiveDate>| day.is_some_and(|day| day < known.today);
            let days = [("expected_on", expected_on.flatten()), ("next_on", next.on)];
            for (field, _) in days.into_iter().filter(|(_, day)| past(*day)) {
                errors.add(field, "error-pipeline-past");
            }
        }
        let note = self.note.trim().to_owned();
        if note.chars().count() > LONGEST.1 {
            errors.add("note", "deals-error-long");
        }
        let checked = || {
            let draft = Draft {
                source: OWN_SOURCE.to_owned(),
                number: None,
                customer: None,
                owner: owner?,
                currency,
                origin: origin?,
                technique: technique?,
                opened_on: opened_on?,
                expected_on: expected_on?,
                next,
                note,
                lines,
                form_key: Uuid::parse_str(&self.form_key).ok(),
            };
            Some(Checked { customer: customer?, stage, draft, open_costs })
        };
        let checked = checked();
        errors.or(checked)
    }

    fn read_stage(&self, known: &Known<'_>) -> Result<StageId, &'static str> {
        if self.stage.trim().is_empty() {
            return known.stages.active().next().map(|stage| stage.id).ok_or("error-pipeline-stage");
        }
        let id = self.stage.trim().parse().map_err(|_| "error-pipeline-stage")?;
        known.stages.open(id).map(|stage| stage.id).ok_or("error-pipeline-stage")
    }

    fn read_currency(&self, own: Currency) -> Result<Currency, &'static str> {
        match self.currency.as_deref().map(str::trim) {
            None | Some("") => Ok(own),
            Some(code) => Currency::parse(&code.to_uppercase()).ok_or("error-currency"),
        }
    }

    fn read_opened(&self, today: NaiveDate) -> Result<NaiveDate, &'static str> {
        match read_day(&self.opened_on)? {
            Some(day) if day > today => Err("deals-error-future"),
            day => Ok(day.unwrap_or(today)),
        }
    }

    fn read_owner(&self, known: &Known<'_>) -> Result<Option<EmployeeId>, &'static str> {
        let owner = match self.owner.as_deref().map(str::trim) {
            None | Some("") => known.actor,
            Some(NOBODY) => None,
            Some(id) => Some(id.parse().map_err(|_| "error-pipeline-owner")?),
        };
        let exists = owner.is_none_or(|owner| known.people.iter().any(|(id, _)| *id == owner));
        if exists && known.reach.covers(owner) { Ok(owner) } else { Err("error-pipeline-owner") }
    }

    fn read_lines(
        &self,
        currency: Currency,
        products: &[ProductView],
        errors: &mut FormErrors,
    ) -> (Vec<Line>, Vec<usize>) {
        let (mut lines, mut open) = (Vec::new(), Vec::new());
        for index in 0..self.lines() {
            let empty =
                ["product", "amount", "cost"].iter().all(|field| self.line(field, index).trim().is_empty());
            if empty && index > 0 {
                continue;
            }
            let product = errors.check(&format!("product-{index}"), self.read_product(index, products));
            let quantity = errors.check(&format!("quantity-{index}"), self.read_quantity(index));
            let amount = read_amount(at(&self.amount, index), currency);
            let amount = errors.check(&format!("amount-{index}"), amount);
            let typed = at(&self.cost, index);
            let cost = if typed.is_empty() { Ok(0) } else { read_amount(typed, currency) };
            let cost = errors.check(&format!("cost-{index}"), cost);
            if let (Some(product), Some(quantity), Some(amount), Some(cost)) =
                (product, quantity, amount, cost)
            {
                if typed.is_empty() {
                    open.push(lines.len());
                }
                let line_no = i32::try_from(lines.len() + 1).unwrap_or(i32::MAX);
                lines.push(Line { line_no, product, quantity, amount, cost });
            }
        }
        (lines, open)
    }

    fn read_product(&self, index: usize, products: &[ProductView]) -> Result<ProductId, &'static str> {
        let id = at(&self.product, index).parse().map_err(|_| "deals-error-product")?;
        products.iter().map(|product| product.id).find(|known| *known == id).ok_or("deals-error-product")
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
}

/// Why and to whom one was lost, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LossForm {
    /// The version that was looked at.
    pub version: i64,
    /// The day.
    pub lost_on: String,
    /// The reason.
    pub reason: String,
    /// In words.
    pub lost_text: String,
    /// Name of the competitor.
    pub lost_to: String,
    /// What they asked.
    pub lost_price: String,
}

impl LossForm {
    /// What it says. Faults at its fields.
    pub(super) fn read(&self, currency: Currency, today: NaiveDate) -> Result<super::Losing, FormErrors> {
        let mut errors = FormErrors::default();
        let on = errors.check("lost_on", read_day(&self.lost_on)).flatten().unwrap_or(today);
        let reason = LossReason::from_code(self.reason.trim()).ok_or("error-pipeline-reason");
        let reason = errors.check("reason", reason);
        let text = self.lost_text.trim();
        if reason == Some(LossReason::Other) && text.is_empty() {
            errors.add("lost_text", "error-pipeline-other");
        } else if text.chars().count() > LONGEST.1 {
            errors.add("lost_text", "deals-error-long");
        }
        let to = errors.check("lost_to", short(&self.lost_to));
        let price = match self.lost_price.trim() {
            "" => Some(None),
            typed => errors.check("lost_price", read_amount(typed, currency)).map(Some),
        };
        let read = reason.zip(to).zip(price);
        errors.or(read.map(|((reason, to), price)| {
            let loss = super::Loss { reason, text: text.to_owned(), to, price };
            super::Losing { on, loss }
        }))
    }
}
