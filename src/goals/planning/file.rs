//! The targets of a scenario as a file: `subject_kind,subject,name,target`, out and in. A file comes in whole or not at all,
//! with every fault named by line and column; the same file again changes nothing.

use std::collections::HashSet;

use axum::extract::{Multipart, Path};
use axum::response::Response;

use super::node::Node;
use super::sheet::{self, Sheet};
use super::{Scenario, ScenarioId, history};
use crate::error::Result;
use crate::goals::wording::Denomination;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::form::FormErrors;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Frame, Layout};

/// The columns of a file; the name, which may be missing, is for people and is not read.
const LAYOUT: Layout = Layout { columns: &["subject_kind", "subject", "target", "name"], needed: 3 };

/// `GET /plans/{id}/targets.csv`: whoever has a target in the scenario, in the columns that an import takes.
pub async fn download(ctx: Ctx, Path(id): Path<ScenarioId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, &ctx, id, false).await?;
    let (sheet, unit) = (Sheet::load(&mut conn, &ctx, &scenario).await?, scenario.unit(&ctx));
    let mut file = CsvDownload::new("targets", ctx.l, &["subject_kind", "subject", "name", "target"])?;
    for node in &sheet.tree.0 {
        if let Some(target) = node.target {
            file.row(&[node.subject.kind(), &node.reference, &node.name, &unit.plain(target)])?;
        }
    }
    file.finish()
}

fn frame(ctx: &Ctx, scenario: &Scenario) -> Frame {
    Frame {
        here: "goals",
        back: Link::new(scenario.href(), scenario.name.clone()),
        keys: ("plans-import-title", "plans-import-intro"),
        action: format!("{}/import", scenario.href()),
        hint: ctx.l.t("plans-file-hint"),
        download: Some(Link::new(format!("{}/targets.csv", scenario.href()), ctx.l.t("plans-file-now"))),
    }
}

/// `GET /plans/{id}/import`
pub async fn show(ctx: Ctx, Path(id): Path<ScenarioId>) -> Result<Response> {
    let scenario = sheet::find(&mut *ctx.app.read().await?, &ctx, id, false).await?;
    scenario.open()?;
    Ok(upload::page(&ctx, frame(&ctx, &scenario), LAYOUT, Vec::new()))
}

/// `POST /plans/{id}/import`
pub async fn import(ctx: Ctx, Path(id): Path<ScenarioId>, form: Multipart) -> Result<Response> {
    let bytes = upload::receive(form).await?;
    let mut tx = ctx.app.begin().await?;
    let mut scenario = sheet::find(&mut tx, &ctx, id, true).await?;
    scenario.open()?;
    let mut sheet = Sheet::load_everybody(&mut tx, &ctx, &scenario).await?;
    let (unit, mut seen) = (scenario.unit(&ctx), HashSet::new());
    let targets = match upload::read(&ctx, &bytes, LAYOUT, |cell| read(&sheet.tree.0, unit, &mut seen, cell))
    {
        Ok(targets) => targets,
        Err(faults) => return Ok(upload::page(&ctx, frame(&ctx, &scenario), LAYOUT, faults)),
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

/// Who is meant, by place among `nodes`, and the target. `seen` holds those that stood in the file before.
fn read(
    nodes: &[Node],
    unit: Denomination,
    seen: &mut HashSet<usize>,
    cell: Cell<'_>,
) -> std::result::Result<(usize, Option<i64>), FormErrors> {
    // downloads make text harmless that a spreadsheet would take for a formula
    let [kind, subject, target] = ["subject_kind", "subject", "target"]
        .map(|column| cell(column).trim().trim_start_matches('\'').to_owned());
    let mut errors = FormErrors::default();
    let wanted = if target.is_empty() { Ok(None) } else { unit.read(&target).map(Some) };
    let wanted = errors.check("target", wanted);
    let place = place(nodes, &kind, &subject).map_err(|(column, key)| errors.add(column, key)).ok();
    if let Some(at) = place {
        if wanted.is_some_and(|wanted| !nodes[at].may_set && wanted != nodes[at].target) {
            errors.add("subject", "error-goal-not-yours");
        }
        if !seen.insert(at) {
            errors.add("subject", "error-plan-twice");
        }
    }
    errors.or(place.zip(wanted))
}

/// Where somebody stands, or the column and the key of what is wrong with it.
fn place(
    nodes: &[Node],
    kind: &str,
    subject: &str,
) -> std::result::Result<usize, (&'static str, &'static str)> {
    if !["person", "department", "company"].contains(&kind) {
        return Err(("subject_kind", "error-plan-kind"));
    }
    let meant =
        |node: &Node| node.subject.kind() == kind && node.reference.to_lowercase() == subject.to_lowercase();
    nodes.iter().position(meant).ok_or(("subject", "error-plan-nobody"))
}
