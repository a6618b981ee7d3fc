//! `/plans`: the scenarios of the departments that the reader plans.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::store::{self, Filter};
use super::table::Writer;
use super::table_page::start_words;
use super::{Scenario, sees_department};
use crate::attainment::Metric;
use crate::attainment::view::{Reader, counted, on_basis, period_name};
use crate::error::Result;
use crate::goals::list_page::{View, views};
use crate::goals::{periods, wording};
use crate::kernel::id::DepartmentId;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

/// Columns that sort; the first is the order without a choice.
const COLUMNS: [&str; 6] = ["-changed", "name", "department", "period", "target", "state"];
const FILTERS: [&str; 5] = ["q", "department", "metric", "period", "state"];

#[derive(Template)]
#[template(path = "goals/planning/list.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<Row>,
    pager: Pager,
    tabs: Vec<Link>,
    tags: Vec<FilterTag>,
    departments: Vec<Choice>,
    metrics: Vec<Choice>,
    periods: Vec<Choice>,
    states: Vec<Choice>,
    narrowed: bool,
}

impl ListPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// A scenario as the table shows it.
struct Row {
    id: String,
    href: String,
    name: String,
    start: String,
    department: String,
    what: String,
    period: String,
    whole: String,
    people: String,
    author: String,
    changed: String,
    state: String,
    is_published: bool,
}

fn row(ctx: &Ctx, of: &Scenario) -> Row {
    let measure = Writer::new(ctx, of.unit(ctx)).measure();
    let kind = of.scope.kind;
    Row {
        id: of.id.to_string(),
        href: of.href(),
        name: of.name.clone(),
        start: start_words(ctx, of),
        department: of.department.clone(),
        what: on_basis(
            Reader::of(ctx),
            counted(ctx.l, kind.metric, of.category.as_deref()),
            (kind.metric, of.scope.basis),
        ),
        period: period_name(ctx.l, ctx.company.fiscal, &kind.period),
        whole: of.whole.map(|whole| measure.amount(whole)).unwrap_or_default(),
        people: measure.amount(of.people),
        author: of.author.clone(),
        changed: ctx.l.date_year(ctx.company.day_of(of.changed_at)),
        state: ctx.l.t(state_key(of.is_published())),
        is_published: of.is_published(),
    }
}

const fn state_key(published: bool) -> &'static str {
    if published { "plans-published" } else { "plans-open" }
}

/// The departments whose scenarios the reader sees.
fn planned(ctx: &Ctx) -> impl Iterator<Item = (DepartmentId, &str)> {
    let departments = ctx.company.organisation.departments.iter();
    departments
        .filter(|department| sees_department(&ctx.actor, department.id))
        .map(|department| (department.id, department.name.as_str()))
}

fn filter(ctx: &Ctx, query: &ListQuery, slice: (i64, i64)) -> Filter {
    let (column, descending) = query.sort(&COLUMNS);
    let column = COLUMNS.iter().map(|known| known.trim_start_matches('-')).find(|known| *known == column);
    Filter {
        departments: planned(ctx).map(|(id, _)| id).collect(),
        ids: None,
        words: query.search().to_owned(),
        metric: query.get("metric").and_then(Metric::from_code),
        period: periods::parse(query.text("period")),
        department: query.parsed("department"),
        published: query.get("state").map(|state| state == "published"),
        column: column.unwrap_or("changed"),
        descending,
        slice,
        after: 0,
    }
}

/// `GET /plans?q=&department=&metric=&period=&state=&sort=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (found, total) = store::list(&mut conn, &filter(&ctx, &query, (PER_PAGE, query.offset()))).await?;
    let paged = Paged::new(found.iter().map(|of| row(&ctx, of)).collect(), total, &query);
    let departments: Vec<Choice> =
        planned(&ctx).map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let (metrics, periods) = (wording::sales_metrics(ctx.l), period_choices(&mut conn, &ctx).await?);
    let states = [false, true].map(|published| {
        Choice::new(if published { "published" } else { "open" }, ctx.l.t(state_key(published)))
    });
    let page = ListPage {
        shell: ctx.shell("goals"),
        pager: paged.pager(&query),
        rows: paged.rows,
        tabs: views(&ctx, View::Plans),
        tags: query.tags(
            ctx.l,
            &[
                ("q", "plans-search", &[]),
                ("department", "goals-department", &departments),
                ("metric", "goals-metric", &metrics),
                ("period", "period", &periods),
                ("state", "plans-state", &states),
            ],
        ),
        departments,
        metrics,
        periods,
        states: states.into(),
        narrowed: query.narrowed_by(&FILTERS),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// The periods that there are scenarios for, latest first.
async fn period_choices(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Choice>> {
    let departments: Vec<DepartmentId> = planned(ctx).map(|(id, _)| id).collect();
    let known = store::periods(conn, &departments).await?;
    Ok(periods::choices(ctx.l, ctx.company.fiscal, &known, None))
}

/// `GET /plans.csv`: the whole list with the filters of the page.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let (found, _) =
        store::list(&mut *ctx.app.read().await?, &filter(&ctx, &query, (csv::ROWS_ASKED, 0))).await?;
    let header =
        ["name", "department", "metric", "from", "to", "whole", "people", "author", "changed", "state"];
    let header = header.map(|name| ctx.l.t(&format!("plans-csv-{name}")));
    let mut file = CsvDownload::new("scenarios", ctx.l, &header)?;
    for of in &found {
        let (row, unit, period) = (row(&ctx, of), of.unit(&ctx), of.scope.kind.period);
        file.row(&[
            row.name,
            row.department,
            row.what,
            period.start.to_string(),
            period.last_day().to_string(),
            of.whole.map(|whole| unit.plain(whole)).unwrap_or_default(),
            unit.plain(of.people),
            row.author,
            ctx.company.day_of(of.changed_at).to_string(),
            row.state,
        ])?;
    }
    file.finish()
}
