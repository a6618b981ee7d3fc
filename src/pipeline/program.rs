//! Opportunities that programs open: numbers instead of names, and the same checks as the form's.

use sqlx::PgConnection;

use super::form_page::{Desk, complete, stamp};
use super::forms::{NOBODY, OpportunityForm};
use super::{Opened, flow};
use crate::customers;
use crate::error::{AppError, Result};
use crate::org::Viewer;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// A line as a program sends it; amounts as decimal text, an absent cost is the product's.
#[derive(Clone, Debug, Default)]
pub struct SentLine {
    /// Number of the product.
    pub sku: String,
    /// Pieces.
    pub quantity: i64,
    /// Price of the line.
    pub amount: String,
    /// Cost of the line.
    pub cost: String,
}

/// An opportunity as a program sends it; texts are empty where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Number of the owner; nobody's where it is absent.
    pub employee_no: Option<String>,
    /// Number of the customer.
    pub customer_no: Option<String>,
    /// Id of the stage it begins in.
    pub stage: String,
    /// Currency.
    pub currency: String,
    /// Code of how it came about.
    pub origin: String,
    /// With which technique.
    pub technique: String,
    /// Days as `YYYY-MM-DD`.
    pub opened_on: String,
    /// The day it is expected to be decided.
    pub expected_on: String,
    /// What is to be done next.
    pub next_step: String,
    /// By which day.
    pub next_on: String,
    /// A remark.
    pub note: String,
    /// The lines.
    pub lines: Vec<SentLine>,
}

/// Opens what a program sent. Every fault at the place in its body; people whom the actor does not see are unknown.
pub async fn open_sent(conn: &mut PgConnection, ctx: &Ctx, sent: &Sent) -> Result<Opened> {
    let desk = Desk::load(conn, ctx, None).await?;
    let mut errors = FormErrors::default();
    let owner = match &sent.employee_no {
        None => NOBODY.to_owned(),
        Some(number) => {
            let organisation = &ctx.company.organisation;
            let person = organisation.people.iter().find(|person| person.employee_no == *number);
            let seen = Viewer::new(&ctx.actor, ctx.today);
            let person = person.filter(|person| organisation.shows_person(seen, person.id));
            errors
                .check(
                    "employee_no",
                    person.map(|person| person.id.to_string()).ok_or("api-unknown-employee"),
                )
                .unwrap_or_default()
        }
    };
    let customer = match &sent.customer_no {
        None => None,
        Some(number) => errors
            .check("customer_no", customers::by_number(conn, number).await?.ok_or("api-unknown-customer")),
    };
    let product = |line: &SentLine| {
        let known = desk.products().iter().find(|product| product.sku == line.sku);
        known.map(|product| product.id.to_string()).unwrap_or_default()
    };
    let form = OpportunityForm {
        owner: Some(owner),
        stage: sent.stage.clone(),
        currency: Some(sent.currency.clone()),
        origin: sent.origin.clone(),
        technique: sent.technique.clone(),
        opened_on: sent.opened_on.clone(),
        expected_on: sent.expected_on.clone(),
        next_step: sent.next_step.clone(),
        next_on: sent.next_on.clone(),
        note: sent.note.clone(),
        product: sent.lines.iter().map(product).collect(),
        quantity: sent.lines.iter().map(|line| line.quantity.to_string()).collect(),
        amount: sent.lines.iter().map(|line| line.amount.clone()).collect(),
        cost: sent.lines.iter().map(|line| line.cost.clone()).collect(),
        ..OpportunityForm::default()
    };
    let checked = match form.check(&desk.known(ctx), true) {
        Ok(checked) if errors.is_empty() => checked,
        Ok(_) => return Err(errors.into()),
        Err(faults) => {
            for fault in faults.iter() {
                errors.add(place(&fault.field), fault.key);
            }
            return Err(errors.into());
        }
    };
    let stage = checked.stage.ok_or(AppError::BadRequest("error-form"))?;
    let mut draft = complete(conn, ctx, &desk, checked).await?;
    draft.customer = customer;
    flow::open(conn, &ctx.company, &draft, stage, stamp(ctx)).await
}

/// Where a field of the form stands in a program's body: "amount-0" is `lines[0].amount`.
fn place(field: &str) -> String {
    match field.split_once('-') {
        Some(("product", index)) => format!("lines[{index}].sku"),
        Some((name, index)) if index.parse::<usize>().is_ok() => format!("lines[{index}].{name}"),
        _ if field == "owner" => "employee_no".to_owned(),
        _ => field.to_owned(),
    }
}
