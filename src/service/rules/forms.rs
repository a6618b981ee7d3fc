//! What is typed about a rule.

use serde::Deserialize;

use super::{Bought, Rule, RuleDraft, Who};
use crate::kernel::id::{CategoryId, DepartmentId, ProductId};
use crate::web::form::FormErrors;

const LONGEST: usize = 1_000;

/// A rule as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleForm {
    pub(super) days: String,
    /// "", "category-5" or "product-7".
    pub(super) bought: String,
    /// "seller", or the id of a department.
    pub(super) who: String,
    /// "lead" or "fewest".
    pub(super) assigns: String,
    pub(super) question: String,
    pub(super) active: Option<String>,
    pub(super) version: i64,
}

impl RuleForm {
    /// The empty form.
    pub(super) fn new() -> Self {
        let (days, who, assigns, active) = ("7".into(), "seller".into(), "lead".into(), Some("on".into()));
        Self { days, who, assigns, active, ..Self::default() }
    }

    /// The form of a rule that is there.
    pub(super) fn of(rule: &Rule) -> Self {
        let draft = &rule.draft;
        let (who, assigns) = match draft.who {
            Who::Seller => ("seller".to_owned(), "lead"),
            Who::Lead(id) => (id.to_string(), "lead"),
            Who::Fewest(id) => (id.to_string(), "fewest"),
        };
        Self {
            days: draft.days_after.to_string(),
            bought: code(draft.bought),
            who,
            assigns: assigns.to_owned(),
            question: draft.question.clone(),
            active: draft.active.then(|| "on".to_owned()),
            version: rule.version,
        }
    }

    /// What it says. Faults at its fields.
    pub(super) fn read(&self) -> Result<RuleDraft, FormErrors> {
        let mut errors = FormErrors::default();
        let days = self.days.trim().parse::<i32>().ok().filter(|days| (1..=1000).contains(days));
        let days = errors.check("days", days.ok_or("service-error-days"));
        let bought = errors.check("bought", bought(&self.bought).ok_or("error-required"));
        let who = match (self.who.as_str(), self.assigns.as_str()) {
            ("seller", _) => Some(Who::Seller),
            (id, "fewest") => id.parse().ok().map(|id| Who::Fewest(DepartmentId(id))),
            (id, _) => id.parse().ok().map(|id| Who::Lead(DepartmentId(id))),
        };
        let who = errors.check("who", who.ok_or("error-required"));
        if self.question.chars().count() > LONGEST {
            errors.add("question", "error-talk-long");
        }
        let draft = days.zip(bought).zip(who).map(|((days_after, bought), who)| RuleDraft {
            days_after,
            bought,
            who,
            question: self.question.trim().to_owned(),
            active: self.active.is_some(),
        });
        errors.or(draft)
    }
}

/// How the form names what is bought.
pub(super) fn code(bought: Bought) -> String {
    match bought {
        Bought::Anything => String::new(),
        Bought::Category(id) => format!("category-{id}"),
        Bought::Product(id) => format!("product-{id}"),
    }
}

fn bought(code: &str) -> Option<Bought> {
    match code.split_once('-') {
        None if code.is_empty() => Some(Bought::Anything),
        Some(("category", id)) => id.parse().ok().map(|id| Bought::Category(CategoryId(id))),
        Some(("product", id)) => id.parse().ok().map(|id| Bought::Product(ProductId(id))),
        _ => None,
    }
}
