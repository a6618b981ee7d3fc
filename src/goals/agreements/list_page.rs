//! `/agreements`: what is being agreed on, and what was.

use std::cmp::Ordering;

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::shown::{Shown, Sides};
use super::store::{self, Filter};
use super::{Agreement, wording};
use crate::attainment::Metric;
use crate::attainment::view::{Reader, counted, on_basis, period_name};
use crate::error::Result;
use crate::goals::list_page::{View, views};
use crate::goals::wording::metrics;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

/// Columns that sort; the first is the order without a choice.
const COLUMNS: [&str; 5] = ["-changed", "subject", "period", "target", "state"];
const FILTERS: [&str; 4] = ["q", "metric", "state", "show"];

#[derive(Template)]
#[template(path = "agreements/list.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<Row>,
    pager: Pager,
    views: Vec<Link>,
    tabs: Vec<Link>,
    all: bool,
    tags: Vec<FilterTag>,
    metrics: Vec<Choice>,
    states: Vec<Choice>,
    narrowed: bool,
}

impl ListPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// An agreement as the table shows it.
struct Row {
    href: String,
    subject: String,
    what: String,
    period: String,
    target: String,
    state: String,
    look: &'static str,
    /// When and by whom the period of its goal was closed.
    closed: Option<String>,
    changed: String,
    waits: bool,
}

fn row(ctx: &Ctx, agreement: &Agreement) -> Row {
    let category = agreement.category.as_ref().map(|(_, name)| name.as_str());
    Row {
        href: wording::href(agreement.id),
        subject: agreement.subject_name.clone(),
        what: on_basis(
            Reader::of(ctx),
            counted(ctx.l, agreement.metric, category),
            (agreement.metric, agreement.basis),
        ),
        period: period_name(ctx.l, ctx.company.fiscal, &agreement.period),
        target: wording::measure(ctx, agreement).amount(agreement.standing.target),
        state: ctx.l.t(&format!("agreements-state-{}", Shown::of(agreement).code())),
        look: wording::look(agreement.standing.state),
        closed: agreement.closed.as_ref().map(|closed| wording::closed(ctx, closed)),
        changed: ctx.l.date_year(ctx.company.day_of(agreement.changed_at)),
        waits: agreement.waits_for(&ctx.company, &ctx.actor, ctx.today),
    }
}

/// Every agreement that the reader may know of and the query asks for, in its order.
async fn load(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<Vec<Agreement>> {
    let shown = match query.get("state").and_then(Shown::from_code) {
        Some(shown) => vec![shown],
        None if query.get("show") == Some("all") => Vec::new(),
        None => Shown::OPEN.into(),
    };
    let filter = Filter {
        sides: Sides::of(ctx),
        shown,
        words: query.search().to_owned(),
        metric: query.get("metric").and_then(Metric::from_code),
        slice: None,
    };
    let mut agreements = store::list(conn, &filter).await?;
    let (column, descending) = query.sort(&COLUMNS);
    agreements.sort_by(|a, b| {
        let order = order(column, a, b);
        if descending { order.reverse() } else { order }
    });
    Ok(agreements)
}

fn order(column: &str, a: &Agreement, b: &Agreement) -> Ordering {
    match column {
        "subject" => a.subject_name.cmp(&b.subject_name),
        "period" => a.period.cmp(&b.period),
        "target" => a.standing.target.cmp(&b.standing.target),
        "state" => Shown::of(a).code().cmp(Shown::of(b).code()),
        _ => (a.changed_at, a.id).cmp(&(b.changed_at, b.id)),
    }
}

/// `GET /agreements`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let all = load(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let offset = usize::try_from(query.offset()).unwrap_or_default();
    let size = usize::try_from(PER_PAGE).unwrap_or_default();
    let rows = all.iter().skip(offset).take(size).map(|agreement| row(&ctx, agreement)).collect();
    let paged = Paged::new(rows, total, &query);
    let states: Vec<Choice> = Shown::ALL
        .map(|shown| Choice::new(shown.code(), ctx.l.t(&format!("agreements-state-{}", shown.code()))))
        .into();
    let metrics = metrics(ctx.l);
    let page = ListPage {
        shell: ctx.shell("goals"),
        views: views(&ctx, View::Agreements),
        tabs: tabs(&ctx, &query),
        all: query.get("show") == Some("all"),
        tags: query
            .tags(ctx.l, &[("metric", "goals-metric", &metrics), ("state", "agreements-state", &states)]),
        pager: paged.pager(&query),
        rows: paged.rows,
        metrics,
        states,
        narrowed: query.narrowed_by(&FILTERS),
        query,
    };
    Ok(Page::ok(page).into_response())
}

fn tabs(ctx: &Ctx, query: &ListQuery) -> Vec<Link> {
    let all = query.get("show") == Some("all");
    vec![
        Link::new(query.without("show"), ctx.l.t("agreements-tab-open")).current(!all),
        Link::new(query.with("show", "all"), ctx.l.t("agreements-tab-all")).current(all),
    ]
}

/// `GET /agreements.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let all = load(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let header =
        ["name", "metric", "from", "to", "target", "currency"].map(|name| format!("goals-csv-{name}"));
    let header = header.iter().map(String::as_str).chain([
        "agreements-state",
        "agreements-changed",
        "agreements-csv-closed",
        "agreements-csv-closed-by",
    ]);
    let header: Vec<String> = header.map(|key| ctx.l.t(key)).collect();
    let mut file = CsvDownload::new("agreements", ctx.l, &header)?;
    for agreement in &all {
        let (row, unit) = (row(&ctx, agreement), wording::unit(&ctx.company, agreement));
        file.row(&[
            row.subject,
            row.what,
            agreement.period.start.to_string(),
            agreement.period.last_day().to_string(),
            unit.plain(agreement.standing.target),
            unit.code().to_owned(),
            row.state,
            ctx.company.day_of(agreement.changed_at).to_string(),
            agreement.closed.as_ref().map(|of| ctx.company.day_of(of.at).to_string()).unwrap_or_default(),
            agreement.closed.as_ref().map(|of| of.by.clone()).unwrap_or_default(),
        ])?;
    }
    file.finish()
}
