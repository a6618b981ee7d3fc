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
use crate::web::upload::{self, Cell, Fault, Frame, Layout, Row};

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

/// A goal to propose, and what is said with it.
type Proposal = (GoalDraft, String);

/// `POST /agreements/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    let bytes = upload::receive(form).await?;
    let rows = match upload::read_rows(&ctx, &bytes, LAYOUT, |cell| proposal(&ctx, cell)) {
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
    rows: &[Row<Proposal>],
) -> Result<std::result::Result<usize, Vec<Fault>>> {
    let drafts: Vec<Proposal> = rows.iter().map(|row| row.read.clone()).collect();
    let known: HashSet<i64> = store::known(conn, &drafts).await?.into_iter().collect();
    let (mut new, mut faults) = (0, Vec::new());
    for (_, row) in (0_i64..).zip(rows).filter(|(place, _)| !known.contains(place)) {
        let mut point = conn.begin().await?;
        let (draft, message) = &row.read;
        match propose(&mut point, ctx, draft, Step::Propose, message).await {
            Ok(_) => {
                point.commit().await?;
                new += 1;
            }
            Err(AppError::Invalid(errors)) => {
                point.rollback().await?;
                faults.extend(row.faults(ctx, &in_columns(&errors)));
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

fn proposal(ctx: &Ctx, cell: Cell<'_>) -> std::result::Result<Proposal, FormErrors> {
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
    errors.or(draft.ok().map(|draft| (draft, cell("message"))))
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
