//! The departments: as a tree, or, once they are searched, narrowed or sorted, as a list where each says where it
//! stands.
//!
//! Example: searching for "north" shows "Sales North" with "Nordhem › Sales" under its name.

use std::collections::HashMap;

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::pages::kind_choices;
use super::{DepartmentFilter, DepartmentRow, DepartmentView, find_departments, tree};
use crate::error::Result;
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Pager};

/// Nothing chosen is the tree.
const COLUMNS: [&str; 5] = ["tree", "name", "code", "own", "all"];

#[derive(Template)]
#[template(path = "org/departments.html")]
struct DepartmentsPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<PlacedRow>,
    pager: Pager,
    kinds: Vec<Choice>,
    tags: Vec<FilterTag>,
    /// Whether each row says where it stands, because its neighbours do not.
    flat: bool,
}

/// A department and the names of those above it.
#[derive(Clone, Debug)]
struct PlacedRow {
    row: DepartmentRow,
    place: String,
}

impl DepartmentsPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }

    /// The class that indents a row of the tree; deeper ones stand under the fifth level.
    fn level(&self, row: &DepartmentRow) -> &'static str {
        match row.department.depth {
            _ if self.flat => "",
            0 => "",
            1 => "lvl-1",
            2 => "lvl-2",
            3 => "lvl-3",
            _ => "lvl-4",
        }
    }
}

fn is_flat(query: &ListQuery) -> bool {
    query.narrowed_by(&["q", "kind"]) || query.sort(&COLUMNS).0 != "tree"
}

fn filter(query: &ListQuery) -> DepartmentFilter {
    DepartmentFilter {
        words: query.search().to_owned(),
        kind: query.get("kind").map(str::to_owned),
        by_code: query.sort(&COLUMNS).0 == "code",
    }
}

async fn rows(ctx: &Ctx, query: &ListQuery) -> Result<Vec<PlacedRow>> {
    let rows = tree(&ctx.company.organisation, ctx.today);
    if !is_flat(query) {
        return Ok(rows.into_iter().map(|row| PlacedRow { row, place: String::new() }).collect());
    }
    let order = find_departments(&mut *ctx.app.read().await?, &filter(query)).await?;
    let (column, descending) = query.sort(&COLUMNS);
    Ok(arranged(rows, &order, column, descending))
}

/// The rows that `order` names, in that order or by their number of people, each with its place.
fn arranged(
    tree: Vec<DepartmentRow>,
    order: &[DepartmentId],
    column: &str,
    descending: bool,
) -> Vec<PlacedRow> {
    let departments: Vec<DepartmentView> = tree.iter().map(|row| row.department.clone()).collect();
    let mut known: HashMap<DepartmentId, DepartmentRow> =
        tree.into_iter().map(|row| (row.department.id, row)).collect();
    let placed = |row: DepartmentRow| PlacedRow { place: place(&departments, &row.department), row };
    let mut rows: Vec<PlacedRow> = order.iter().filter_map(|id| known.remove(id)).map(placed).collect();
    match column {
        "own" => rows.sort_by_key(|placed| placed.row.people),
        "all" => rows.sort_by_key(|placed| placed.row.people_in_all),
        _ => {}
    }
    if descending {
        rows.reverse();
    }
    rows
}

/// The names of those above it, from the company down.
fn place(departments: &[DepartmentView], department: &DepartmentView) -> String {
    let above =
        |of: &DepartmentView| of.parent.and_then(|id| departments.iter().find(|known| known.id == id));
    let mut names: Vec<&str> =
        std::iter::successors(above(department), |at| above(at)).map(|at| at.name.as_str()).collect();
    names.reverse();
    names.join(" › ")
}

/// `GET /admin/departments`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let all = rows(&ctx, &query).await?;
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let skipped = usize::try_from(query.offset()).unwrap_or(usize::MAX);
    let shown = all.into_iter().skip(skipped).take(usize::try_from(PER_PAGE).unwrap_or_default()).collect();
    let paged = Paged::new(shown, total, &query);
    let (pager, rows) = (paged.pager(&query), paged.rows);
    let kinds = kind_choices(ctx.l);
    let tags = query.tags(ctx.l, &[("q", "search", &[]), ("kind", "org-kind", &kinds)]);
    let (shell, flat) = (ctx.shell("departments"), is_flat(&query));
    Ok(Page::ok(DepartmentsPage { shell, query, rows, pager, kinds, tags, flat }).into_response())
}

/// `GET /admin/departments.csv`
pub async fn csv(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let rows = rows(&ctx, &query).await?;
    let departments = super::departments(&mut *ctx.app.read().await?).await?;
    let heads =
        ["org-code", "org-name", "org-kind", "org-parent", "org-people-own", "org-people-all", "org-leads"];
    let mut file = CsvDownload::new("departments", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    for PlacedRow { row, .. } in rows {
        let above = departments.iter().find(|above| Some(above.id) == row.department.parent);
        file.row(&[
            row.department.code.clone(),
            row.department.name.clone(),
            ctx.l.t(row.department.kind.label()),
            above.map_or_else(String::new, |above| above.code.clone()),
            row.people.to_string(),
            row.people_in_all.to_string(),
            row.leads.join(", "),
        ])?;
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::DepartmentKind;

    fn row(id: i64, parent: i64, name: &str, people: i64) -> DepartmentRow {
        let (parent, kind) = ((parent > 0).then_some(DepartmentId(parent)), DepartmentKind::Sales);
        let (code, name, depth) = (String::new(), name.to_owned(), 0);
        let department = DepartmentView { id: DepartmentId(id), code, name, kind, parent, depth, version: 1 };
        DepartmentRow { department, people, people_in_all: people, leads: Vec::new() }
    }

    #[test]
    fn a_list_says_where_each_department_stands() {
        let tree = vec![row(1, 0, "Nordhem", 9), row(2, 1, "Sales", 3), row(3, 2, "North", 5)];
        let order = [DepartmentId(3), DepartmentId(2)];
        let seen = |rows: Vec<PlacedRow>| -> Vec<(i64, String)> {
            rows.into_iter().map(|placed| (placed.row.department.id.0, placed.place)).collect()
        };
        let (north, sales) = ((3, "Nordhem › Sales".to_owned()), (2, "Nordhem".to_owned()));
        assert_eq!(seen(arranged(tree.clone(), &order, "name", false)), [north.clone(), sales.clone()]);
        assert_eq!(seen(arranged(tree, &order, "own", false)), [sales, north]);
    }
}
