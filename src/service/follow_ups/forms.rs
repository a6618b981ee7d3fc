//! What is typed about a follow-up, the same in a form, a file and a program's request.

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;

use super::making::{Draft, Origin};
use super::steps::{Said, Standing, Step};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::money::Money;
use crate::sales::forms::read_amount;
use crate::service::{known, scope};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

const LONGEST: usize = 4_000;

/// A follow-up as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Raw {
    /// Name or number of the customer.
    pub customer: String,
    /// Number of an order of theirs; may be empty.
    pub order: String,
    /// Whose it is: name or employee number. Empty is one's own.
    pub owner: String,
    /// The day.
    pub due: String,
    /// What to ask; empty for the standard question.
    pub question: String,
}

/// What it says. Faults at its fields.
pub async fn read(
    conn: &mut PgConnection,
    ctx: &Ctx,
    raw: &Raw,
    origin: Option<Origin>,
) -> Result<std::result::Result<Draft, FormErrors>> {
    let mut errors = FormErrors::default();
    let due = errors.check("due", day(&raw.due, ctx.today));
    let owner = errors.check("owner", owner(ctx, &raw.owner));
    errors.check("question", text(&raw.question));
    let known = match known(conn, ctx, &raw.customer, &raw.order).await? {
        Ok(known) => Some(known),
        Err(found) => {
            found.iter().for_each(|error| errors.add(error.field.clone(), error.key));
            None
        }
    };
    let draft = known.zip(due).zip(owner).map(|((known, due_on), owner)| Draft {
        customer: known.customer,
        deal: known.deal,
        rule: None,
        owner: Some(owner),
        department: None,
        question: raw.question.trim().to_owned(),
        due_on,
        origin,
    });
    Ok(errors.or(draft))
}

fn owner(ctx: &Ctx, typed: &str) -> std::result::Result<EmployeeId, &'static str> {
    if typed.trim().is_empty() {
        ctx.actor.employee.ok_or("error-required")
    } else {
        scope::person(ctx, typed)
    }
}

/// A day that has not been.
fn day(typed: &str, today: NaiveDate) -> std::result::Result<NaiveDate, &'static str> {
    let day = typed.trim().parse::<NaiveDate>().map_err(|_| "error-date")?;
    let furthest = today + chrono::Days::new(3 * 366);
    if (today..=furthest).contains(&day) { Ok(day) } else { Err("service-error-past") }
}

fn text(typed: &str) -> std::result::Result<String, &'static str> {
    let typed = typed.trim();
    if typed.chars().count() > LONGEST { Err("error-talk-long") } else { Ok(typed.to_owned()) }
}

/// A score from 0 to 10, or nothing.
pub fn score(typed: &str) -> std::result::Result<Option<i16>, &'static str> {
    match typed.trim() {
        "" => Ok(None),
        typed => match typed.parse() {
            Ok(score) if (0..=10).contains(&score) => Ok(Some(score)),
            _ => Err("service-error-score"),
        },
    }
}

/// What a step says, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    pub(super) version: i64,
    pub(super) score: String,
    pub(super) words: String,
    pub(super) offer: String,
    pub(super) amount: String,
    pub(super) due: String,
    pub(super) owner: String,
    /// The list to come back to; the follow-up where it is empty.
    pub(super) back: String,
    /// Whether it changes what was said before: fields that the form does not have stay.
    pub(super) quick: String,
}

impl StepForm {
    /// The form of how it stands.
    pub(super) fn of(ctx: &Ctx, standing: &Standing, version: i64) -> Self {
        let amount = standing.amount.map(|minor| Money::new(minor, ctx.company.currency).to_decimal_string());
        Self {
            version,
            score: standing.score.map(|score| score.to_string()).unwrap_or_default(),
            words: standing.words.clone(),
            offer: standing.offer.clone(),
            amount: amount.unwrap_or_default(),
            due: standing.due_on.to_string(),
            ..Self::default()
        }
    }

    /// What was typed for `step`, with how it stands in the fields that other forms of the page have.
    pub(super) fn beside(self, step: Step, standing: Self) -> Self {
        match step {
            Step::Move => Self { due: self.due, words: self.words, ..standing },
            Step::Assign => Self { owner: self.owner, ..standing },
            _ => Self { due: standing.due, ..self },
        }
    }

    /// What it says for `step`. Faults at its fields.
    pub(super) fn read(
        &self,
        ctx: &Ctx,
        step: Step,
        standing: &Standing,
    ) -> std::result::Result<Said, FormErrors> {
        let mut errors = FormErrors::default();
        let score = errors.check("score", score(&self.score));
        let words = errors.check("words", text(&self.words));
        let offer = errors.check("offer", text(&self.offer));
        let amount = match self.amount.trim() {
            "" => Some(None),
            typed => errors.check("amount", read_amount(typed, ctx.company.currency).map(Some)),
        };
        if amount.flatten().is_some() && self.offer.trim().is_empty() && self.quick.is_empty() {
            errors.add("offer", "service-error-offer");
        }
        if step.needs_words() && self.words.trim().is_empty() {
            errors.add("words", "service-error-why");
        }
        let due_on = (step == Step::Move).then(|| errors.check("due", day(&self.due, ctx.today))).flatten();
        let owner = (step == Step::Assign).then(|| errors.check("owner", scope::person(ctx, &self.owner)));
        let said = score.zip(words).zip(offer).zip(amount).map(|(((score, words), offer), amount)| Said {
            score,
            words,
            offer,
            amount,
            due_on,
            owner: owner.flatten(),
        });
        let said = errors.or(said)?;
        if self.quick.is_empty() {
            return Ok(said);
        }
        let kept = |new: String, old: &String| if new.is_empty() { old.clone() } else { new };
        Ok(Said {
            words: kept(said.words, &standing.words),
            offer: kept(said.offer, &standing.offer),
            amount: said.amount.or(standing.amount),
            ..said
        })
    }
}
