//! `/reviews`: the meetings that somebody knows of, what comes next and what waits for them.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::list_store::{self, Filter, Listed};
use super::policy::Part;
use super::say::{self, DecisionRow};
use super::steps::State;
use super::{Series, decision_store, href, series_of};
use crate::error::Result;
use crate::kernel::period::Period;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::Gate;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 2] = ["-day", "name"];
/// What waits is shown up to so many.
const WAITING: usize = 5;

#[derive(Template)]
#[template(path = "reviews/index.html")]
struct IndexPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    rows: Vec<Row>,
    pager: Pager,
    tags: Vec<FilterTag>,
    departments: Vec<Choice>,
    states: Vec<Choice>,
    /// What the reader has to do.
    mine: Vec<DecisionRow>,
    /// Standing meetings, with what they are.
    series: Vec<(Link, String)>,
    makes: bool,
}

impl IndexPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// A meeting in the list.
struct Row {
    href: String,
    day: String,
    name: String,
    department: String,
    covers: String,
    state: String,
    tag: &'static str,
    decisions: String,
}

/// The two lists of the area.
pub(super) fn views(ctx: &Ctx, decisions: bool) -> Vec<Link> {
    vec![
        Link::new("/reviews", ctx.l.t("review-meetings")).current(!decisions),
        Link::new("/decisions", ctx.l.t("decision-title")).current(decisions),
    ]
}

fn filter(query: &ListQuery, series: &[(Series, Part)]) -> Filter {
    Filter {
        series: series.iter().map(|(series, _)| series.id.0).collect(),
        department: query.parsed("department"),
        state: query.get("state").and_then(State::from_code),
        words: query.search().to_owned(),
        after: None,
    }
}

fn department(ctx: &Ctx, id: crate::kernel::id::DepartmentId) -> String {
    ctx.company.organisation.department(id).map(|department| department.name.clone()).unwrap_or_default()
}

fn state(ctx: &Ctx, listed: &Listed) -> (String, &'static str) {
    if listed.state == State::Held.code() {
        (ctx.l.t("review-state-held"), "tag--on")
    } else if listed.meets_on < ctx.today {
        (ctx.l.t("review-state-late"), "tag--risk")
    } else {
        (ctx.l.t("review-state-planned"), "")
    }
}

fn row(ctx: &Ctx, listed: &Listed) -> Row {
    let (state, tag) = state(ctx, listed);
    let covers = Period::new(listed.covers_from, listed.meets_on);
    let counts = [("n", listed.decisions.into()), ("open", listed.open.into())];
    Row {
        href: href(listed.id),
        day: ctx.l.date_year(listed.meets_on),
        name: listed.name.clone(),
        department: department(ctx, listed.department_id),
        covers: covers.map(|period| say::span(ctx.l, &period)).unwrap_or_default(),
        state,
        tag,
        decisions: if listed.decisions == 0 {
            String::new()
        } else {
            ctx.l.tr("review-decided-open", &counts)
        },
    }
}

/// What is open of the reader, most urgent first.
async fn mine(conn: &mut PgConnection, ctx: &Ctx, series: &[(Series, Part)]) -> Result<Vec<DecisionRow>> {
    let Some(own) = ctx.actor.employee else { return Ok(Vec::new()) };
    let open = decision_store::open_of(conn, &[own]).await?;
    let shows = |id| series.iter().any(|(series, _)| series.id == id);
    let rows = open.iter().take(WAITING);
    Ok(rows.map(|decision| say::decision_row(ctx, decision, shows(decision.series))).collect())
}

/// "Weekly on Monday", "Monthly on working day 3", "Monthly on the 15th".
fn rhythm(ctx: &Ctx, series: &Series) -> String {
    let said =
        ctx.l.tr(&format!("review-said-{}", series.rhythm.code()), &[("on", series.rhythm.on().into())]);
    if series.ended { format!("{said} · {}", ctx.l.t("review-ended")) } else { said }
}

/// `GET /reviews?q=&department=&state=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let series = series_of(&mut conn, &ctx).await?;
    let filter = filter(&query, &series);
    let total = list_store::count(&mut conn, &filter).await?;
    let listed =
        list_store::list(&mut conn, &filter, query.sort(&COLUMNS), (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(listed.iter().map(|listed| row(&ctx, listed)).collect(), total, &query);
    let mut departments: Vec<Choice> = series
        .iter()
        .map(|(series, _)| Choice::new(series.department.to_string(), department(&ctx, series.department)))
        .collect();
    departments.sort_by(|a, b| a.label.cmp(&b.label));
    departments.dedup();
    let states = [State::Planned, State::Held];
    let states: Vec<Choice> = states
        .map(|state| Choice::new(state.code(), ctx.l.t(&format!("review-state-{}", state.code()))))
        .into();
    let link = |series: &Series| Link::new(format!("/reviews/series/{}", series.id), series.name.clone());
    let page = IndexPage {
        shell: ctx.shell("reviews"),
        views: views(&ctx, false),
        pager: paged.pager(&query),
        rows: paged.rows,
        tags: query.tags(
            ctx.l,
            &[("department", "review-department", &departments), ("state", "review-state", &states)],
        ),
        departments,
        states,
        mine: mine(&mut conn, &ctx, &series).await?,
        series: series.iter().map(|(series, _)| (link(series), rhythm(&ctx, series))).collect(),
        makes: Gate::Leader.admits(Some(&ctx.actor)).is_ok(),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /reviews.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let series = series_of(&mut conn, &ctx).await?;
    let filter = filter(&query, &series);
    let listed = list_store::list(&mut conn, &filter, query.sort(&COLUMNS), (csv::ROWS_ASKED, 0)).await?;
    let columns = ["day", "name", "department", "covers", "state", "decisions", "open"];
    let header = columns.map(|column| ctx.l.t(&format!("review-csv-{column}")));
    let mut file = CsvDownload::new("reviews", ctx.l, &header)?;
    for listed in &listed {
        file.row(&[
            listed.meets_on.to_string(),
            listed.name.clone(),
            department(&ctx, listed.department_id),
            listed.covers_from.to_string(),
            state(&ctx, listed).0,
            listed.decisions.to_string(),
            listed.open.to_string(),
        ])?;
    }
    file.finish()
}
