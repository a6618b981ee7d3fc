//! The targets of a scenario as a file: `subject_kind,subject,name,target`, out and in. A file comes in whole or not at all,
//! with every fault named by line and column; the same file again changes nothing.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Multipart, Path};
use axum::response::{IntoResponse, Response};

use super::node::Node;
use super::sheet::{self, Sheet};
use super::{Scenario, ScenarioId, history};
use crate::error::{AppError, Result};
use crate::goals::wording::Denomination;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::i18n::Localiser;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;

/// The columns of a file; the name is for people and is not read.
const COLUMNS: [&str; 4] = ["subject_kind", "subject", "name", "target"];
/// No file of targets is larger.
const LARGEST: usize = 2 << 20;
/// Faults that are named before the rest is counted.
const NAMED: usize = 100;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    line: u64,
    column: &'static str,
    value: String,
    key: &'static str,
}

impl Fault {
    fn new(line: u64, column: &'static str, value: &str, key: &'static str) -> Self {
        Self { line, column, value: value.to_owned(), key }
    }

    fn reason(&self, l: Localiser) -> String {
        l.t(self.key)
    }
}

#[derive(Template)]
#[template(path = "goals/planning/import.html")]
struct ImportPage {
    shell: Shell,
    id: ScenarioId,
    name: String,
    columns: String,
    faults: Vec<Fault>,
    more: usize,
}

/// `GET /plans/{id}/targets.csv`: whoever has a target in the scenario, in the columns that an import takes.
pub async fn download(ctx: Ctx, Path(id): Path<ScenarioId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, &ctx, id, false).await?;
    let (sheet, unit) = (Sheet::load(&mut conn, &ctx, &scenario).await?, scenario.unit(&ctx));
    let mut file = CsvDownload::new("targets", ctx.l.lang(), &COLUMNS)?;
    for node in &sheet.tree.0 {
        if let Some(target) = node.target {
            file.row(&[node.subject.kind(), &node.reference, &node.name, &unit.plain(target)])?;
        }
    }
    file.finish()
}

fn page(ctx: &Ctx, scenario: &Scenario, mut faults: Vec<Fault>) -> ImportPage {
    let more = faults.len().saturating_sub(NAMED);
    faults.truncate(NAMED);
    ImportPage {
        shell: ctx.shell("goals"),
        id: scenario.id,
        name: scenario.name.clone(),
        columns: COLUMNS.join(","),
        faults,
        more,
    }
}

/// `GET /plans/{id}/import`
pub async fn show(ctx: Ctx, Path(id): Path<ScenarioId>) -> Result<Response> {
    let scenario = sheet::find(&mut *ctx.app.read().await?, &ctx, id, false).await?;
    scenario.open()?;
    Ok(Page::ok(page(&ctx, &scenario, Vec::new())).into_response())
}

/// `POST /plans/{id}/import`
pub async fn import(ctx: Ctx, Path(id): Path<ScenarioId>, form: Multipart) -> Result<Response> {
    let bytes = receive(form).await?;
    let mut tx = ctx.app.begin().await?;
    let mut scenario = sheet::find(&mut tx, &ctx, id, true).await?;
    scenario.open()?;
    let mut sheet = Sheet::load_everybody(&mut tx, &ctx, &scenario).await?;
    let targets = match read(&bytes, &sheet.tree.0, scenario.unit(&ctx)) {
        Ok(targets) => targets,
        Err(faults) => return Ok(Page::invalid(page(&ctx, &scenario, faults)).into_response()),
    };
    let changes = sheet.enter(&targets);
    history::record(&mut tx, &ctx, &mut scenario, ("import", None), &changes).await?;
    tx.commit().await?;
    if changes.is_empty() {
        return Ok(Notice::new("plans-toast-import-same").redirect(&scenario.href()));
    }
    let undo = (format!("{}/undo", scenario.href()), scenario.version.to_string());
    let notice = Notice::new("plans-toast-imported").with("n", changes.len().to_string());
    let same = (targets.len() - changes.len()).to_string();
    Ok(notice.with("same", same).undo(undo.0, &[("version", undo.1)]).redirect(&scenario.href()))
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

type Targets = Vec<(usize, Option<i64>)>;

fn read(bytes: &[u8], nodes: &[Node], unit: Denomination) -> std::result::Result<Targets, Vec<Fault>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| vec![Fault::new(1, "", "", "error-plan-file-text")])?;
    let delimiter = if text.lines().next().unwrap_or_default().contains(';') { b';' } else { b',' };
    let mut lines = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let header = lines.headers().map_err(|_| vec![Fault::new(1, "", "", "error-plan-file-line")])?;
    let mut rows = Rows::of(header, nodes, unit)?;
    for record in lines.records() {
        match record {
            Ok(record) => rows.take(&record),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                rows.faults.push(Fault::new(line, "", "", "error-plan-file-line"));
            }
        }
    }
    if rows.faults.is_empty() { Ok(rows.targets) } else { Err(rows.faults) }
}

/// Reads row after row, and keeps what is wrong.
struct Rows<'a> {
    nodes: &'a [Node],
    unit: Denomination,
    /// Where each column stands in the file.
    columns: [Option<usize>; 4],
    seen: HashMap<usize, u64>,
    targets: Targets,
    faults: Vec<Fault>,
}

impl<'a> Rows<'a> {
    fn of(
        header: &csv::StringRecord,
        nodes: &'a [Node],
        unit: Denomination,
    ) -> std::result::Result<Self, Vec<Fault>> {
        let place = |name: &str| header.iter().position(|there| there.trim() == name);
        let columns = COLUMNS.map(place);
        let unknown = header.iter().filter(|name| !COLUMNS.contains(&name.trim()));
        let mut faults: Vec<Fault> =
            unknown.map(|name| Fault::new(1, "", name, "error-plan-file-column")).collect();
        let missing = COLUMNS.iter().zip(columns).filter(|(name, place)| place.is_none() && **name != "name");
        faults.extend(missing.map(|(name, _)| Fault::new(1, name, "", "error-plan-file-missing")));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { nodes, unit, columns, seen: HashMap::new(), targets: Vec::new(), faults })
    }

    fn take(&mut self, record: &csv::StringRecord) {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: usize| {
            let place = self.columns.get(column).copied().flatten();
            // downloads make text harmless that a spreadsheet would take for a formula
            place.and_then(|place| record.get(place)).unwrap_or_default().trim().trim_start_matches('\'')
        };
        let (kind, subject, target) = (cell(0), cell(1), cell(3));
        let read = if target.is_empty() { Ok(None) } else { self.unit.read(target).map(Some) };
        let place = self.place(kind, subject);
        let before = self.faults.len();
        match (&read, place) {
            (Err(key), _) => self.faults.push(Fault::new(line, "target", target, key)),
            (Ok(read), Ok(at)) if !self.nodes[at].may_set && *read != self.nodes[at].target => {
                self.faults.push(Fault::new(line, "subject", subject, "error-goal-not-yours"));
            }
            _ => {}
        }
        match place {
            Err((column, value, key)) => self.faults.push(Fault::new(line, column, value, key)),
            Ok(at) if self.seen.insert(at, line).is_some() => {
                self.faults.push(Fault::new(line, "subject", subject, "error-plan-twice"));
            }
            Ok(at) if self.faults.len() == before => self.targets.push((at, read.unwrap_or(None))),
            Ok(_) => {}
        }
    }

    /// Where somebody stands, or the column, its value and the key of what is wrong with it.
    fn place<'t>(
        &self,
        kind: &'t str,
        subject: &'t str,
    ) -> std::result::Result<usize, (&'static str, &'t str, &'static str)> {
        if !["person", "department", "company"].contains(&kind) {
            return Err(("subject_kind", kind, "error-plan-kind"));
        }
        let meant = |node: &Node| {
            node.subject.kind() == kind && node.reference.to_lowercase() == subject.to_lowercase()
        };
        self.nodes.iter().position(meant).ok_or(("subject", subject, "error-plan-nobody"))
    }
}
