//! `/market/import`: notes from a CSV file, all of them or none. The same file again changes nothing.

use askama::Template;
use axum::extract::Multipart;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::forms::NoteForm;
use super::{NoteDraft, store};
use crate::audit::{self, Event};
use crate::error::{AppError, Result};
use crate::web::context::Ctx;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

/// The columns a file may have; the first three it must have.
const COLUMNS: [&str; 8] = ["kind", "date", "title", "about", "value", "unit", "text", "source"];
const NEEDED: usize = 3;
/// No file of notes is larger.
const LARGEST: usize = 2 << 20;
/// Faults that are named before the rest is counted.
const NAMED: usize = 100;

/// What is wrong with a file, and where.
struct Fault {
    line: u64,
    column: String,
    value: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "market/import.html")]
struct ImportPage {
    shell: Shell,
    columns: String,
    faults: Vec<Fault>,
    more: usize,
}

fn page(ctx: &Ctx, mut faults: Vec<Fault>) -> ImportPage {
    let more = faults.len().saturating_sub(NAMED);
    faults.truncate(NAMED);
    ImportPage { shell: ctx.shell("market"), columns: COLUMNS.join(","), faults, more }
}

/// `GET /market/import`
pub async fn show(ctx: Ctx) -> Response {
    Page::ok(page(&ctx, Vec::new())).into_response()
}

/// `POST /market/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    let bytes = receive(form).await?;
    let drafts = match read(&ctx, &bytes) {
        Ok(drafts) => drafts,
        Err(faults) => return Ok(Page::invalid(page(&ctx, faults)).into_response()),
    };
    let mut tx = ctx.app.begin().await?;
    let mut added = 0;
    for draft in &drafts {
        added += i64::from(store::insert(&mut tx, draft, Some(ctx.actor.user), ctx.now).await?.is_some());
    }
    let event =
        Event::new("market.imported", "market", None).with(json!({ "rows": drafts.len(), "added": added }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let same = i64::try_from(drafts.len()).unwrap_or(i64::MAX) - added;
    let notice =
        Notice::new("market-toast-imported").with("n", added.to_string()).with("same", same.to_string());
    Ok(notice.redirect("/market"))
}

async fn receive(mut form: Multipart) -> Result<Vec<u8>> {
    let broken = |_| AppError::BadRequest("error-form");
    let mut bytes = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            return Err(AppError::BadRequest("error-form"));
        }
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(AppError::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

fn read(ctx: &Ctx, bytes: &[u8]) -> std::result::Result<Vec<NoteDraft>, Vec<Fault>> {
    let fault = |line: u64, column: &str, value: &str, key: &str| Fault {
        line,
        column: column.to_owned(),
        value: value.to_owned(),
        reason: ctx.l.t(key),
    };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| vec![fault(1, "", "", "error-market-text")])?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') { b';' } else { b',' };
    let mut lines = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = lines.headers().map_err(|_| vec![fault(1, "", "", "error-market-line")])?.clone();
    let mut faults: Vec<Fault> = Vec::new();
    faults.extend(
        header.iter().filter(|n| !COLUMNS.contains(n)).map(|n| fault(1, n, "", "error-market-column")),
    );
    let missing = COLUMNS[..NEEDED].iter().filter(|name| !header.iter().any(|there| there == **name));
    faults.extend(missing.map(|name| fault(1, name, "", "error-market-missing")));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut drafts = Vec::new();
    for record in lines.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(fault(line, "", "", "error-market-line"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let at = header.iter().position(|there| there == name);
            at.and_then(|at| record.get(at)).unwrap_or_default().to_owned()
        };
        match form_of(cell).read() {
            Ok(draft) => drafts.push(draft),
            Err(errors) => {
                faults.extend(
                    errors.iter().map(|error| fault(line, &error.field, &cell(&error.field), error.key)),
                );
            }
        }
    }
    if faults.is_empty() { Ok(drafts) } else { Err(faults) }
}

fn form_of(cell: impl Fn(&str) -> String) -> NoteForm {
    NoteForm {
        kind: cell("kind"),
        date: cell("date"),
        title: cell("title"),
        about: cell("about"),
        value: cell("value"),
        unit: cell("unit"),
        text: cell("text"),
        source: cell("source"),
        version: 0,
    }
}
