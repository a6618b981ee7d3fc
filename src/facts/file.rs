//! `/facts/import`: facts from a CSV file, all of them or none.

use axum::extract::Multipart;
use axum::response::Response;
use serde_json::json;

use super::pages::records;
use super::{FactDraft, Noted, PROCESS_SOURCE, Raw, note};
use crate::audit::{self, Event};
use crate::error::Result;
use crate::goals::{Subject, Viewer};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Frame, Layout};

/// The columns of a file; the first three it must have. Without `source` it is "file".
pub(super) const LAYOUT: Layout = Layout {
    columns: &["fact_no", "metric", "day", "employee_no", "department", "value", "count", "note", "source"],
    needed: 3,
};
const DEFAULT_SOURCE: &str = "file";

fn frame(ctx: &Ctx) -> Frame {
    Frame {
        here: "goals",
        back: Link::new("/facts", ctx.l.t("facts-title")),
        keys: ("facts-import", "facts-import-intro"),
        action: "/facts/import".into(),
        hint: String::new(),
        download: None,
    }
}

/// `GET /facts/import`
pub async fn show(ctx: Ctx) -> Response {
    upload::page(&ctx, frame(&ctx), LAYOUT, Vec::new())
}

/// `POST /facts/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    let bytes = upload::receive(form).await?;
    let drafts = match upload::read(&ctx, &bytes, LAYOUT, |cell| draft_of(&ctx, cell)) {
        Ok(drafts) => drafts,
        Err(faults) => return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults)),
    };
    let mut tx = ctx.app.begin().await?;
    let (mut new, mut changed, mut same) = (0_i64, 0_i64, 0_i64);
    for draft in &drafts {
        match note(&mut tx, draft, |whose| records(&ctx, whose), Some(ctx.actor.user), ctx.now).await? {
            Noted::New(_) => new += 1,
            Noted::Changed(_) => changed += 1,
            Noted::Same(_) => same += 1,
        }
    }
    let details = json!({ "rows": drafts.len(), "new": new, "changed": changed });
    let event = Event::new("fact.imported", "fact", None).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let counts = [("n", new), ("changed", changed), ("same", same)];
    let notice = Notice::new("facts-toast-imported");
    let notice = counts.iter().fold(notice, |notice, (name, count)| notice.with(name, count.to_string()));
    Ok(notice.redirect("/facts"))
}

fn draft_of(ctx: &Ctx, cell: Cell<'_>) -> std::result::Result<FactDraft, FormErrors> {
    let raw = Raw {
        metric: cell("metric"),
        day: cell("day"),
        value: cell("value"),
        count: cell("count"),
        note: cell("note"),
    };
    let source = Some(cell("source").trim().to_owned()).filter(|source| !source.is_empty());
    draft(ctx, source.unwrap_or_else(|| DEFAULT_SOURCE.to_owned()), &cell("fact_no"), &raw, &whose(cell))
}

/// Employee number and department code, one of which is empty.
fn whose(cell: Cell<'_>) -> (String, String) {
    (cell("employee_no"), cell("department"))
}

/// A draft of what a file or a program says, about somebody the actor notes facts of. Faults at its fields.
pub fn draft(
    ctx: &Ctx,
    source: String,
    fact_no: &str,
    raw: &Raw,
    (employee_no, department): &(String, String),
) -> std::result::Result<FactDraft, FormErrors> {
    let mut errors = FormErrors::default();
    let number = Some(fact_no.trim().to_owned()).filter(|number| !number.is_empty());
    let number = errors.check("fact_no", number.ok_or("facts-error-no"));
    if source == PROCESS_SOURCE {
        errors.add("source", "facts-error-process");
    }
    let parsed = raw.read(ctx.today).map_err(|found| {
        for error in found.iter() {
            errors.add(error.field.clone(), error.key);
        }
    });
    let subject = match (employee_no.trim(), department.trim()) {
        ("", "") => Err(("employee_no", "facts-error-who")),
        (number, "") => person(ctx, number).ok_or(("employee_no", "facts-error-unknown")),
        ("", code) => place(ctx, code).ok_or(("department", "facts-error-unknown")),
        _ => Err(("department", "facts-error-who")),
    };
    let subject = subject.map_err(|(field, key)| errors.add(field, key)).ok();
    let draft = number.zip(parsed.ok()).zip(subject).map(|((fact_no, parsed), subject)| FactDraft {
        source,
        fact_no: Some(fact_no),
        metric: parsed.metric,
        subject,
        day: parsed.day,
        facts: parsed.facts,
        note: parsed.note,
    });
    errors.or(draft)
}

fn person(ctx: &Ctx, number: &str) -> Option<Subject> {
    let (organisation, viewer) = (&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today));
    let person = organisation.people.iter().find(|person| person.employee_no == number)?;
    let subject = Subject::Person(person.id);
    (organisation.shows_person(viewer, person.id) && records(ctx, subject)).then_some(subject)
}

fn place(ctx: &Ctx, code: &str) -> Option<Subject> {
    let department = ctx.company.organisation.departments.iter().find(|place| place.code == code)?;
    let is_company = department.parent.is_none();
    let subject =
        if is_company { Subject::Company(department.id) } else { Subject::Department(department.id) };
    records(ctx, subject).then_some(subject)
}
