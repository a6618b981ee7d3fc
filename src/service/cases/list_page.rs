//! `/cases`: complaints and questions, what is late first.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::steps::State;
use super::{Case, Category, Filter, Severity, day, store};
use crate::error::Result;
use crate::service::follow_ups;
use crate::service::scope::Scope;
use crate::web::charts::Unit;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::Gate;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 4] = ["due", "opened", "customer", "owner"];

#[derive(Template)]
#[template(path = "service/cases.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    rows: Vec<Row>,
    pager: Pager,
    tags: Vec<FilterTag>,
    states: Vec<Choice>,
    categories: Vec<Choice>,
    severities: Vec<Choice>,
    adds: bool,
    leads: bool,
    administers: bool,
}

impl ListPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// A case in the list.
pub(in crate::service) struct Row {
    pub(in crate::service) href: String,
    pub(in crate::service) title: String,
    pub(in crate::service) customer: String,
    pub(in crate::service) what: String,
    pub(in crate::service) owner: String,
    pub(in crate::service) due: String,
    pub(in crate::service) overdue: bool,
    pub(in crate::service) opened: String,
    pub(in crate::service) state: String,
    pub(in crate::service) tone: &'static str,
}

/// What a state is called.
pub(super) fn state_name(ctx: &Ctx, state: State) -> String {
    ctx.l.t(&format!("service-case-is-{}", state.code()))
}

/// A case as lists show it.
pub(in crate::service) fn row(ctx: &Ctx, case: &Case) -> Row {
    let (standing, zone) = (&case.standing, ctx.company.zone);
    Row {
        href: format!("/cases/{}", case.id),
        title: case.title.clone(),
        customer: case.customer_name.clone(),
        what: format!("{} · {}", case.category.name(ctx.l), case.severity.name(ctx.l)),
        owner: case.whose().to_owned(),
        due: standing.due().map(|due| ctx.l.datetime(due, zone)).unwrap_or_default(),
        overdue: standing.is_overdue(ctx.now),
        opened: ctx.l.date_short(ctx.company.day_of(standing.opened_at)),
        state: state_name(ctx, standing.state),
        tone: standing.state.tone(),
    }
}

/// Whose are asked for: "mine", "team" or "all".
fn view(query: &ListQuery) -> &'static str {
    match query.get("view") {
        Some("mine") => "mine",
        Some("team") => "team",
        _ => "all",
    }
}

fn filter(ctx: &Ctx, query: &ListQuery) -> Filter {
    let state = query.get("state").unwrap_or("open");
    let known = |state: &&str| matches!(*state, "open" | "overdue") || State::from_code(state).is_some();
    Filter {
        scope: Scope::of(ctx),
        of: follow_ups::of_view(ctx, view(query)),
        state: Some(state).filter(known).map(ToOwned::to_owned),
        now: ctx.now,
        category: query.get("category").and_then(Category::from_code),
        severity: query.get("severity").and_then(Severity::from_code),
        opened: (day(ctx, query.parsed("from"), 0), day(ctx, query.parsed("last"), 1)),
        words: query.search().to_owned(),
        ..Filter::default()
    }
}

fn states(ctx: &Ctx) -> Vec<Choice> {
    let mut states = vec![
        Choice::new("open", ctx.l.t("service-case-open")),
        Choice::new("overdue", ctx.l.t("service-state-overdue")),
    ];
    states.extend(State::ALL.into_iter().map(|state| Choice::new(state.code(), state_name(ctx, state))));
    states.push(Choice::new("all", ctx.l.t("all")));
    states
}

/// The choices of what cases are about.
pub(super) fn categories(ctx: &Ctx) -> Vec<Choice> {
    Category::ALL.iter().map(|one| Choice::new(one.code(), one.name(ctx.l))).collect()
}

/// The choices of how bad they are.
pub(super) fn severities(ctx: &Ctx) -> Vec<Choice> {
    Severity::ALL.iter().map(|one| Choice::new(one.code(), one.name(ctx.l))).collect()
}

fn views(ctx: &Ctx, query: &ListQuery) -> Vec<Link> {
    let link = |code: &str| {
        let link = Link::new(query.with("view", code), ctx.l.t(&format!("service-view-{code}")));
        Link { current: code == view(query), ..link }
    };
    ["all", "mine", "team"].map(link).into()
}

/// `GET /cases?view=&state=&category=&severity=&q=&from=&last=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let filter = filter(&ctx, &query);
    let total = store::count(&mut conn, &filter).await?;
    let rows = store::list(&mut conn, &filter, query.sort(&COLUMNS), (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(rows.iter().map(|case| row(&ctx, case)).collect(), total, &query);
    let (states, categories, severities) = (states(&ctx), categories(&ctx), severities(&ctx));
    let page = ListPage {
        views: views(&ctx, &query),
        tags: query.tags(
            ctx.l,
            &[
                ("q", "search", &[]),
                ("state", "service-state", &states),
                ("category", "service-category", &categories),
                ("severity", "service-severity", &severities),
                ("from", "goals-from", &[]),
                ("last", "goals-last", &[]),
            ],
        ),
        pager: paged.pager(&query),
        rows: paged.rows,
        states,
        categories,
        severities,
        adds: ctx.actor.logs_deals(),
        leads: Gate::Leader.admits(Some(&ctx.actor)).is_ok(),
        administers: ctx.actor.is_admin(),
        shell: ctx.shell("cases"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /cases.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let heads = [
        "service-opened",
        "service-customer",
        "service-order",
        "service-title",
        "service-category",
        "service-severity",
        "service-owner",
        "service-department",
        "service-state",
        "service-reply-due",
        "service-replied",
        "service-reply-time",
        "service-solve-due",
        "service-solved",
        "service-solve-time",
    ];
    let mut file = CsvDownload::new("cases", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    let zone = ctx.company.zone;
    let at = |moment: Option<chrono::DateTime<chrono::Utc>>| {
        moment.map(|at| at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
    };
    let minutes = |minutes: Option<i64>| minutes.map(|count| count.to_string()).unwrap_or_default();
    for case in
        store::list(&mut conn, &filter(&ctx, &query), query.sort(&COLUMNS), (csv::ROWS_ASKED, 0)).await?
    {
        let standing = &case.standing;
        file.row(&[
            at(Some(standing.opened_at)),
            case.customer_name.clone(),
            case.order_no.clone().unwrap_or_default(),
            case.title.clone(),
            case.category.name(ctx.l),
            case.severity.name(ctx.l),
            case.owner_name.clone().unwrap_or_default(),
            case.department_name.clone(),
            state_name(&ctx, standing.state),
            at(Some(standing.reply_due)),
            at(standing.replied_at),
            minutes(standing.reply_minutes),
            at(Some(standing.solve_due)),
            at(standing.solved_at),
            minutes(standing.solve_minutes),
        ])?;
    }
    file.finish()
}

/// "2 h 30 min".
pub(super) fn time(ctx: &Ctx, minutes: i64) -> String {
    Unit::Minutes.full(ctx.l, minutes)
}
