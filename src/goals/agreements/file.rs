//! `/agreements/import`: proposals from a CSV file, all of them or none. The same file again changes nothing.

use std::collections::HashSet;

use axum::extract::Multipart;
use axum::response::Response;
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::acting::{Raw, hand};
use super::steps::Step;
use super::{propose, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::goals::{GoalDraft, Subject, Viewer};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Fault, Frame, Layout};

/// The columns of a file; it may leave out the message.
const LAYOUT: Layout =
    Layout { columns: &["subject", "metric", "from", "last", "target", "message"], needed: 5 };

fn frame(ctx: &Ctx) -> Frame {
    Frame {
        here: "goals",
        back: Link::new("/agreements", ctx.l.t("agreements-title")),
        keys: ("agreements-import", "agreements-import-intro"),
        action: "/agreements/import".into(),
        hint: ctx.l.t("agreements-import-hint"),
        download: None,
    }
}

/// `GET /agreements/import`
pub async fn show(ctx: Ctx) -> Response {
    upload::page(&ctx, frame(&ctx), LAYOUT, Vec::new())
}

/// A proposal, and what stands in the file.
struct Row {
    line: u64,
    draft: GoalDraft,
    message: String,
    cells: Vec<(&'static str, String)>,
}

/// `POST /agreements/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    let bytes = upload::receive(form).await?;
    let rows = match upload::read_lines(&ctx, &bytes, LAYOUT, |line, cell| row(&ctx, line, cell)) {
        Ok(rows) => rows,
        Err(faults) => return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults)),
    };
    let mut tx = ctx.app.begin().await?;
    let new = match begin_all(&mut tx, &ctx, &rows).await? {
        Ok(new) => new,
        Err(faults) => {
            tx.rollback().await?;
            return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults));
        }
    };
    let details = json!({ "rows": rows.len(), "new": new });
    let event = Event::new("agreement.imported", "agreement", None).with(details);
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let notice = Notice::new("agreements-toast-imported").with("n", new.to_string());
    Ok(notice.with("same", (rows.len() - new).to_string()).redirect("/agreements"))
}

/// Proposes what is not known yet; answers how many that were, or what is wrong with which lines. A line that fails does not
/// keep the lines after it from being looked at.
async fn begin_all(
    conn: &mut PgConnection,
    ctx: &Ctx,
    rows: &[Row],
) -> Result<std::result::Result<usize, Vec<Fault>>> {
    let drafts: Vec<_> = rows.iter().map(|row| (row.draft.clone(), row.message.clone())).collect();
    let known: HashSet<i64> = store::known(conn, &drafts).await?.into_iter().collect();
    let (mut new, mut faults) = (0, Vec::new());
    for (_, row) in (0_i64..).zip(rows).filter(|(place, _)| !known.contains(place)) {
        let mut point = conn.begin().await?;
        match propose(&mut point, ctx, &row.draft, Step::Propose, &row.message).await {
            Ok(_) => {
                point.commit().await?;
                new += 1;
            }
            Err(AppError::Invalid(errors)) => {
                point.rollback().await?;
                let cell = |column: &str| {
                    let cell = row.cells.iter().find(|(name, _)| *name == column);
                    cell.map(|(_, text)| text.clone()).unwrap_or_default()
                };
                faults.extend(upload::faults(ctx, row.line, &in_columns(&errors), &cell));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(if faults.is_empty() { Ok(new) } else { Err(faults) })
}

/// The faults where the file has them: it names days instead of a period, and calls a reason a message.
fn in_columns(errors: &FormErrors) -> FormErrors {
    let mut renamed = FormErrors::default();
    for error in errors.iter() {
        let column = match error.field.as_str() {
            "period" => "from",
            "reason" => "message",
            same => same,
        };
        renamed.add_with(column, error.key, error.args.clone());
    }
    renamed
}

fn row(ctx: &Ctx, line: u64, cell: Cell<'_>) -> std::result::Result<Row, FormErrors> {
    let mut errors = FormErrors::default();
    let subject = errors.check("subject", subject(ctx, &cell("subject")).ok_or("error-goal-nobody"));
    if subject.is_some_and(|subject| hand(ctx, subject).is_err()) {
        errors.add("subject", "error-goal-not-yours");
    }
    let raw = Raw {
        metric: cell("metric"),
        category: None,
        from: cell("from"),
        last: cell("last"),
        target: cell("target"),
    };
    // what is wrong with the rest is said even where nobody is meant
    let anybody = Subject::Company(crate::kernel::id::DepartmentId(0));
    let draft = raw.read(ctx, subject.unwrap_or(anybody)).map_err(|found| {
        for error in found.iter() {
            errors.add_with(error.field.clone(), error.key, error.args.clone());
        }
    });
    let cells = LAYOUT.columns.iter().map(|column| (*column, cell(column))).collect();
    let message = cell("message");
    errors.or(draft.ok().map(|draft| Row { line, draft, message, cells }))
}

/// Whom an employee number or a department's code means, of those whom the reader sees.
fn subject(ctx: &Ctx, reference: &str) -> Option<Subject> {
    let (organisation, viewer) = (&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today));
    let same = |known: &str| known.to_lowercase() == reference.trim().to_lowercase();
    let person = organisation.people.iter().find(|person| same(&person.employee_no));
    let person = person.filter(|person| organisation.shows_person(viewer, person.id));
    let place = || {
        let place = organisation.departments.iter().find(|place| same(&place.code))?;
        let shown = organisation.shows_department(viewer, place.id);
        let is_company = place.parent.is_none();
        let subject = if is_company { Subject::Company(place.id) } else { Subject::Department(place.id) };
        shown.then_some(subject)
    };
    person.map(|person| Subject::Person(person.id)).or_else(place)
}
