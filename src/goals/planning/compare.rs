//! `/plans/compare`: two or three scenarios of the same measure side by side, with what differs.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::node::Part;
use super::sheet::{self, Sheet};
use super::table::Writer;
use super::table_page::start_words;
use super::tree::{Summary, Tree};
use super::{Scenario, ScenarioId};
use crate::attainment::view::Measure;
use crate::error::{AppError, Result};
use crate::web::context::Ctx;
use crate::web::page::Page;
use crate::web::shell::Shell;

/// More than these are not taken in at a glance.
const MOST: usize = 3;

#[derive(Template)]
#[template(path = "goals/planning/compare.html")]
struct ComparePage {
    shell: Shell,
    heads: Vec<Head>,
    totals: Vec<(String, Vec<Cell>)>,
    rows: Vec<Row>,
    /// Why there is nothing to compare: the key of a message.
    fault: Option<&'static str>,
}

/// A scenario as the head of a column.
struct Head {
    name: String,
    href: String,
    author: String,
    start: String,
    what: String,
    is_published: bool,
}

struct Row {
    name: String,
    level: usize,
    is_person: bool,
    cells: Vec<Cell>,
}

/// A target, and how it differs from the first scenario's.
#[derive(Clone)]
struct Cell {
    amount: String,
    difference: Option<String>,
    class: &'static str,
}

/// `GET /plans/compare?ids=1,2` or `?ids=1&ids=2`
pub async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response> {
    let ids = ids(query.as_deref().unwrap_or_default());
    let mut conn = ctx.app.read().await?;
    let mut found = Vec::new();
    for id in ids.iter().take(MOST) {
        found.push(load(&mut conn, &ctx, *id).await?);
    }
    let fault = fault(&found, ids.len());
    let (totals, rows) = if fault.is_some() { (Vec::new(), Vec::new()) } else { compared(&ctx, &found) };
    let heads = found.iter().map(|(scenario, _)| head(&ctx, scenario)).collect();
    let page = ComparePage { shell: ctx.shell("goals"), heads, totals, rows, fault };
    Ok(Page::ok(page).into_response())
}

/// Every id once, in the order asked for.
fn ids(query: &str) -> Vec<ScenarioId> {
    let mut ids: Vec<ScenarioId> = Vec::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        for id in value.split(',').filter(|_| key == "ids").filter_map(|id| id.trim().parse().ok()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

async fn load(conn: &mut PgConnection, ctx: &Ctx, id: ScenarioId) -> Result<(Scenario, Tree)> {
    let scenario = sheet::find(conn, ctx, id, false).await.map_err(|error| match error {
        AppError::Forbidden => AppError::NotFound,
        other => other,
    })?;
    let tree = Sheet::load(conn, ctx, &scenario).await?.tree;
    Ok((scenario, tree))
}

fn fault(found: &[(Scenario, Tree)], asked: usize) -> Option<&'static str> {
    let metric = |(scenario, _): &(Scenario, Tree)| scenario.scope.kind.metric;
    let alike = found.iter().all(|one| found.first().map(metric) == Some(metric(one)));
    if found.len() < 2 {
        Some("plans-compare-few")
    } else if asked > MOST {
        Some("plans-compare-many")
    } else if !alike {
        Some("plans-compare-unlike")
    } else {
        None
    }
}

fn head(ctx: &Ctx, scenario: &Scenario) -> Head {
    Head {
        name: scenario.name.clone(),
        href: scenario.href(),
        author: scenario.author.clone(),
        start: start_words(ctx, scenario),
        what: format!("{}, {}", scenario.department, scenario.what(ctx)),
        is_published: scenario.is_published(),
    }
}

fn compared(ctx: &Ctx, found: &[(Scenario, Tree)]) -> (Vec<(String, Vec<Cell>)>, Vec<Row>) {
    let Some((first, _)) = found.first() else { return (Vec::new(), Vec::new()) };
    let measure = Writer::new(ctx, first.unit(ctx)).measure();
    let summaries: Vec<_> = found.iter().map(|(_, tree)| tree.summary()).collect();
    let total = |key: &str, of: fn(&Summary) -> i64| {
        let values: Vec<Option<i64>> = summaries.iter().map(|summary| Some(of(summary))).collect();
        (ctx.l.t(key), cells(measure, &values))
    };
    let totals = vec![
        total("plans-whole", |summary| summary.whole),
        total("plans-from-below", |summary| summary.from_below),
        total("plans-unassigned", |summary| summary.unassigned),
        total("plans-buffers", |summary| summary.buffer),
    ];
    (totals, rows(measure, found))
}

/// Everybody of the first tree in its order, then who is only in another.
fn rows(measure: Measure, found: &[(Scenario, Tree)]) -> Vec<Row> {
    let mut seen: Vec<Part> = Vec::new();
    let mut rows = Vec::new();
    for node in found.iter().flat_map(|(_, tree)| &tree.0) {
        let part = node.part();
        if seen.contains(&part) {
            continue;
        }
        seen.push(part);
        let values = found.iter().map(|(_, tree)| {
            let node = tree.find(part).map(|at| &tree.0[at]);
            node.and_then(|node| node.target.or(node.present))
        });
        rows.push(Row {
            name: node.name.clone(),
            level: node.level.min(4),
            is_person: node.subject.employee().is_some(),
            cells: cells(measure, &values.collect::<Vec<_>>()),
        });
    }
    rows
}

fn cells(measure: Measure, values: &[Option<i64>]) -> Vec<Cell> {
    let first = values.first().copied().flatten();
    let cell = |(place, value): (usize, &Option<i64>)| {
        let difference = value.unwrap_or(0).saturating_sub(first.unwrap_or(0));
        Cell {
            amount: value.map_or_else(|| "–".to_owned(), |value| measure.short(value)),
            difference: (place > 0 && difference != 0).then(|| measure.signed(difference)),
            class: if difference < 0 { "t-risk" } else { "t-on" },
        }
    };
    values.iter().enumerate().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_in_either_way_and_count_once() {
        let expected = [ScenarioId(3), ScenarioId(1), ScenarioId(2)];
        assert_eq!(ids("ids=3,1&ids=2&ids=1&x=9&ids=y"), expected);
        assert!(ids("").is_empty());
    }
}
