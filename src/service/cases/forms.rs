//! What is typed about a case, the same in a form, a file and a program's request.

use serde::Deserialize;
use sqlx::PgConnection;

use super::steps::{Said, Step};
use super::{Case, Category, Channel, Draft, Severity, store};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, LineId};
use crate::service::follow_ups::{FollowUpId, Origin};
use crate::service::known::Known;
use crate::service::{known, scope};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// The longest title, and the longest of other texts.
const LONGEST: (usize, usize) = (160, 4_000);

/// A case as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Raw {
    /// Name or number of the customer.
    pub customer: String,
    /// Number of an order of theirs; may be empty.
    pub order: String,
    /// Id of a line of it; may be empty.
    pub line: String,
    /// What it is about.
    pub category: String,
    /// How bad it is.
    pub severity: String,
    /// In one line.
    pub title: String,
    /// In more words.
    pub description: String,
    /// How it came in.
    pub channel: String,
    /// Who answers it: name or employee number. Empty leaves it to the department.
    pub owner: String,
    /// Id or code of the department that answers for it; empty is the one that answers customers.
    pub department: String,
    /// The follow-up it came of.
    pub follow_up: String,
}

/// What it says. Faults at its fields.
pub async fn read(
    conn: &mut PgConnection,
    ctx: &Ctx,
    raw: &Raw,
    origin: Option<Origin>,
) -> Result<std::result::Result<Draft, FormErrors>> {
    let mut errors = FormErrors::default();
    let category = Category::from_code(raw.category.trim()).ok_or("service-error-category");
    let category = errors.check("category", category);
    let severity = Severity::from_code(raw.severity.trim()).ok_or("service-error-severity");
    let severity = errors.check("severity", severity);
    let channel = Channel::from_code(raw.channel.trim()).ok_or("service-error-channel");
    let channel = errors.check("channel", channel);
    let title = errors.check("title", title(&raw.title));
    let description = errors.check("description", text(&raw.description));
    let owner = match raw.owner.trim() {
        "" => Some(None),
        typed => errors.check("owner", scope::person(ctx, typed).map(Some)),
    };
    let department = errors.check("department", department(ctx, &raw.department));
    let known = match known(conn, ctx, &raw.customer, &raw.order).await? {
        Ok(known) => Some(known),
        Err(found) => {
            found.iter().for_each(|error| errors.add(error.field.clone(), error.key));
            None
        }
    };
    let line = match &known {
        Some(known) => errors.check("line", line(conn, known, &raw.line).await?),
        None => None,
    };
    let draft = || {
        let known = known?;
        Some(Draft {
            customer: known.customer,
            deal: known.deal,
            line: line?,
            category: category?,
            severity: severity?,
            title: title?,
            description: description?,
            channel: channel?,
            owner: owner?,
            department: department?,
            follow_up: raw.follow_up.parse().ok().map(FollowUpId),
            origin,
        })
    };
    let draft = draft();
    Ok(errors.or(draft))
}

/// A line of the order that is meant, or none.
async fn line(
    conn: &mut PgConnection,
    known: &Known,
    typed: &str,
) -> Result<std::result::Result<Option<LineId>, &'static str>> {
    let (typed, Some(deal)) = (typed.trim(), known.deal) else { return Ok(Ok(None)) };
    if typed.is_empty() {
        return Ok(Ok(None));
    }
    let lines = store::lines(conn, deal).await?;
    let found = lines.iter().find(|(id, _)| id.to_string() == typed);
    Ok(found.map(|(id, _)| Some(*id)).ok_or("service-error-line"))
}

pub(super) fn department(ctx: &Ctx, typed: &str) -> std::result::Result<DepartmentId, &'static str> {
    let (organisation, typed) = (&ctx.company.organisation, typed.trim());
    if typed.is_empty() {
        return scope::service_department(organisation).ok_or("error-required");
    }
    let same = |id: DepartmentId, code: &str| id.to_string() == typed || code.eq_ignore_ascii_case(typed);
    let found = organisation.departments.iter().find(|one| same(one.id, &one.code));
    found.map(|one| one.id).ok_or("service-error-department")
}

fn title(typed: &str) -> std::result::Result<String, &'static str> {
    match typed.trim() {
        "" => Err("error-required"),
        long if long.chars().count() > LONGEST.0 => Err("error-talk-long"),
        title => Ok(title.to_owned()),
    }
}

fn text(typed: &str) -> std::result::Result<String, &'static str> {
    let typed = typed.trim();
    if typed.chars().count() > LONGEST.1 { Err("error-talk-long") } else { Ok(typed.to_owned()) }
}

/// What a step says, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    pub(super) version: i64,
    pub(super) words: String,
    pub(super) owner: String,
    pub(super) department: String,
}

impl StepForm {
    /// What it says for `step`. Faults at its fields.
    pub(super) fn read(&self, ctx: &Ctx, step: Step, case: &Case) -> std::result::Result<Said, FormErrors> {
        let mut errors = FormErrors::default();
        let words = errors.check("words", text(&self.words));
        if step.needs_words() && self.words.trim().is_empty() {
            errors.add("words", "error-required");
        }
        // whoever takes the first step owns what is nobody's
        let mut said = Said { words: String::new(), owner: ctx.actor.employee, department: None };
        if step == Step::Assign {
            said.owner = match self.owner.trim() {
                "" => None,
                typed => errors.check("owner", scope::person(ctx, typed)),
            };
            said.department = if self.department.trim().is_empty() {
                Some(case.standing.department)
            } else {
                errors.check("department", department(ctx, &self.department))
            };
        }
        errors.or(words.map(|words| Said { words, ..said }))
    }
}
