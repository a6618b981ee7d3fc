//! `/follow-ups`: whom to call, by due date.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;

use super::steps::{Said, State, Step};
use super::{Filter, FollowUp, FollowUpId, find, store, take};
use crate::error::{AppError, Result};
use crate::org::Viewer;
use crate::process::serves;
use crate::service::Hand;
use crate::service::scope::{self, Scope};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::Form;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::Gate;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 4] = ["due", "customer", "owner", "score"];

#[derive(Template)]
#[template(path = "service/follow_ups.html")]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each button")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    rows: Vec<Row>,
    pager: Pager,
    tags: Vec<FilterTag>,
    states: Vec<Choice>,
    assigns: bool,
    adds: bool,
    leads: bool,
    administers: bool,
}

impl ListPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// A follow-up in the list.
struct Row {
    id: FollowUpId,
    href: String,
    customer: String,
    order: String,
    owner: String,
    due: String,
    overdue: bool,
    state: String,
    tone: &'static str,
    score: String,
    writes: bool,
}

/// What a state is called.
pub(in crate::service) fn state_name(ctx: &Ctx, state: State) -> String {
    ctx.l.t(&format!("service-state-{}", state.code()))
}

fn row(ctx: &Ctx, one: &FollowUp) -> Row {
    let standing = &one.standing;
    let owner = one.owner_name.clone().or_else(|| one.department_name.clone());
    Row {
        id: one.id,
        href: format!("/follow-ups/{}", one.id),
        customer: one.customer_name.clone(),
        order: one.order_no.clone().unwrap_or_default(),
        owner: owner.unwrap_or_default(),
        due: ctx.l.date_short(standing.due_on),
        overdue: standing.is_overdue(ctx.today),
        state: state_name(ctx, standing.state),
        tone: standing.state.tone(),
        score: standing.score.map(|score| score.to_string()).unwrap_or_default(),
        writes: standing.state.is_open() && one.is_written_by(ctx),
    }
}

/// Whose are asked for: "mine", "team" or "all".
fn view(ctx: &Ctx, query: &ListQuery) -> &'static str {
    match query.get("view") {
        Some("team") => "team",
        Some("all") => "all",
        Some("mine") => "mine",
        _ if ctx.actor.employee.is_some() && !ctx.actor.reads_everyone() => "mine",
        _ => "all",
    }
}

/// The people and departments of a view; nothing for all.
pub(in crate::service) fn of_view(ctx: &Ctx, view: &str) -> Option<(Vec<i64>, Vec<i64>)> {
    let own: Vec<i64> = ctx.actor.employee.into_iter().map(|id| id.0).collect();
    match view {
        "mine" => Some((own, Vec::new())),
        "team" => {
            let organisation = &ctx.company.organisation;
            let mut people: Vec<i64> = organisation
                .visible_people(Viewer::new(&ctx.actor, ctx.today))
                .into_iter()
                .map(|id| id.0)
                .collect();
            let home = ctx.actor.department.as_ref().map(|(id, _)| *id);
            if let Some(home) = home.filter(|id| serves(organisation, *id)) {
                people.extend(scope::members(organisation, home, ctx.today).into_iter().map(|id| id.0));
            }
            let departments = home.into_iter().chain(ctx.actor.led.iter().copied()).map(|id| id.0);
            Some((people, departments.collect()))
        }
        _ => None,
    }
}

fn filter(ctx: &Ctx, query: &ListQuery) -> Filter {
    let state = query.get("state").unwrap_or("to_do");
    let known = |state: &&str| matches!(*state, "to_do" | "overdue") || State::from_code(state).is_some();
    Filter {
        scope: Scope::of(ctx),
        of: of_view(ctx, view(ctx, query)),
        state: Some(state).filter(known).map(ToOwned::to_owned),
        today: ctx.today,
        from: query.parsed("from"),
        last: query.parsed("last"),
        words: query.search().to_owned(),
        ..Filter::default()
    }
}

fn states(ctx: &Ctx) -> Vec<Choice> {
    let mut states = vec![
        Choice::new("to_do", ctx.l.t("service-state-to-do")),
        Choice::new("overdue", ctx.l.t("service-state-overdue")),
    ];
    let others = State::ALL.into_iter().filter(|state| *state != State::Open);
    states.extend(others.map(|state| Choice::new(state.code(), state_name(ctx, state))));
    states.push(Choice::new("all", ctx.l.t("all")));
    states
}

fn views(ctx: &Ctx, query: &ListQuery) -> Vec<Link> {
    let here = view(ctx, query);
    let link = |code: &str| {
        let link = Link::new(query.with("view", code), ctx.l.t(&format!("service-view-{code}")));
        Link { current: code == here, ..link }
    };
    ["mine", "team", "all"].map(link).into()
}

async fn page(conn: &mut PgConnection, ctx: &Ctx, query: ListQuery) -> Result<ListPage> {
    let filter = filter(ctx, &query);
    let total = store::count(conn, &filter).await?;
    let rows = store::list(conn, &filter, query.sort(&COLUMNS), (PER_PAGE, query.offset())).await?;
    let rows: Vec<Row> = rows.iter().map(|one| row(ctx, one)).collect();
    let states = states(ctx);
    let paged = Paged::new(rows, total, &query);
    Ok(ListPage {
        views: views(ctx, &query),
        tags: query.tags(
            ctx.l,
            &[
                ("q", "search", &[]),
                ("state", "service-state", &states),
                ("from", "goals-from", &[]),
                ("last", "goals-last", &[]),
            ],
        ),
        pager: paged.pager(&query),
        assigns: paged.rows.iter().any(|row| row.writes),
        rows: paged.rows,
        states,
        adds: ctx.actor.logs_deals(),
        leads: Gate::Leader.admits(Some(&ctx.actor)).is_ok(),
        administers: ctx.actor.is_admin(),
        shell: ctx.shell("follow-ups"),
        query,
    })
}

/// `GET /follow-ups?view=&state=&q=&from=&last=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    Ok(Page::ok(page(&mut conn, &ctx, query).await?).into_response())
}

/// `GET /follow-ups.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let heads = [
        "service-due",
        "service-customer",
        "service-order",
        "service-owner",
        "service-state",
        "service-done",
        "service-score",
        "service-words",
        "service-offer",
    ];
    let mut file = CsvDownload::new("follow-ups", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    let rows =
        store::list(&mut conn, &filter(&ctx, &query), query.sort(&COLUMNS), (csv::ROWS_ASKED, 0)).await?;
    for one in rows {
        let shown = row(&ctx, &one);
        let standing = one.standing;
        file.row(&[
            standing.due_on.to_string(),
            shown.customer,
            shown.order,
            shown.owner,
            shown.state,
            standing.done_on.map(|day| day.to_string()).unwrap_or_default(),
            shown.score,
            standing.words,
            standing.offer,
        ])?;
    }
    file.finish()
}

/// What the form under the list sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AssignForm {
    id: Vec<i64>,
    owner: String,
}

/// `POST /follow-ups/assign`: gives several to somebody else, all of them or none.
pub async fn assign(ctx: Ctx, Form(form): Form<AssignForm>) -> Result<Response> {
    let owner = scope::person(&ctx, &form.owner).map_err(AppError::Conflict)?;
    if form.id.is_empty() {
        return Err(AppError::Conflict("service-error-none"));
    }
    let said = Said { owner: Some(owner), ..Said::default() };
    let mut tx = ctx.app.begin().await?;
    for id in &form.id {
        let one = find(&mut tx, &ctx, FollowUpId(*id)).await?;
        if !one.permits(&ctx, Step::Assign) {
            return Err(AppError::Forbidden);
        }
        take(&mut tx, &Hand::of(&ctx), &one, one.version, Step::Assign, &said).await?;
    }
    tx.commit().await?;
    Ok(Notice::new("service-toast-assigned").with("n", form.id.len().to_string()).redirect("/follow-ups"))
}
