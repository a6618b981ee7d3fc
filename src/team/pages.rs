//! `/team`: a department's goal, what waits, the departments below it, and its people in a table.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::board::Board;
use super::choice::{self, Choice, Offer};
use super::rows::PeopleTable;
use super::table::{self, Row};
use super::waiting::{self, Waiting};
use super::{members, policy};
use crate::attainment::coverage::Covered;
use crate::attainment::engine::Status;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{self, GoalCard, Measure, Reader};
use crate::error::{AppError, Found, Result};
use crate::goals::{Viewer, periods};
use crate::kernel::id::DepartmentId;
use crate::org::{DepartmentKind, DepartmentView};
use crate::web::charts;
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

/// A tag that counts goals of one state and shows them.
pub struct Mix {
    /// `on`, `risk`, `off` or `reached`.
    pub state: &'static str,
    /// "2 behind".
    pub label: String,
    /// The table with only these.
    pub href: String,
}

/// The goal of a department and how its parts make it up.
pub struct Summary {
    /// The goal.
    pub card: Option<GoalCard>,
    /// "The 8 goals below add up to 12.4M, a buffer of SEK 400k."
    pub parts: Option<String>,
    /// The parts against the whole.
    pub coverage: Option<charts::Coverage>,
    /// How many people are in which state.
    pub mix: Vec<Mix>,
}

/// A department below the one that is looked at.
pub struct Branch {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Its goal, if it has one.
    pub card: Option<GoalCard>,
}

#[derive(Template)]
#[template(path = "team/show.html")]
struct TeamPage {
    shell: Shell,
    title: String,
    crumbs: Vec<Link>,
    departments: Vec<Link>,
    metrics: Vec<Link>,
    periods: Vec<Link>,
    period: String,
    what: String,
    goal_heading: String,
    cascade: String,
    /// The same as it stood on a past day.
    as_of: String,
    summary: Summary,
    waiting: Vec<Waiting>,
    branches: Vec<Branch>,
    people: PeopleTable,
}

#[derive(Template)]
#[template(path = "team/empty.html")]
struct EmptyPage {
    shell: Shell,
    title: String,
    departments: Vec<Link>,
    sets_goals: bool,
}

/// Everything about a department that its page and its download share.
pub struct Team {
    /// The department.
    pub department: DepartmentId,
    /// What is looked at.
    pub choice: Choice,
    /// The goals.
    pub board: Board,
    /// The people.
    pub rows: Vec<Row>,
}

impl Team {
    /// Loads a department for a reader who sees its people; nothing where there are no goals yet.
    pub async fn load(
        conn: &mut PgConnection,
        ctx: &Ctx,
        department: DepartmentId,
        query: &ListQuery,
    ) -> Result<Option<Self>> {
        let offers = choice::offers(conn, ctx, department).await?;
        let Some(choice) = Choice::of(offers.to_vec(), query, ctx.company.fiscal, ctx.today) else {
            return Ok(None);
        };
        let (viewer, kind) = (Viewer::new(&ctx.actor, ctx.today), choice.chosen.kind);
        let members = members::list(&ctx.company.organisation, viewer, department, kind.period);
        let at = (AsOf::now(ctx.today), kind);
        let board = Board::load(conn, ctx, at, department, &members).await?;
        let rows = table::rows(&board, members);
        Ok(Some(Self { department, choice, board, rows }))
    }
}

/// `GET /team`: the department one answers for, or the company.
pub async fn own(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let department = policy::own_department(&ctx.actor, &ctx.company).found()?;
    let query = ListQuery::parse(&format!("/team/{department}"), query.at("").trim_start_matches('?'));
    page(ctx, department, &query).await
}

/// `GET /team/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<DepartmentId>, query: ListQuery) -> Result<Response> {
    page(ctx, id, &query).await
}

/// The department, if the reader may see its people one by one.
pub fn permitted(ctx: &Ctx, id: DepartmentId) -> Result<DepartmentView> {
    if !policy::sees_people_of(&ctx.actor, id) {
        return Err(AppError::NotFound);
    }
    ctx.company.organisation.department(id).cloned().found()
}

async fn page(ctx: Ctx, id: DepartmentId, query: &ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let department = permitted(&ctx, id)?;
    let departments = siblings(&ctx, id);
    let Some(team) = Team::load(&mut conn, &ctx, id, query).await? else {
        let sets_goals = ctx.actor.leads_department(id) || ctx.actor.role.reads_everyone();
        let page = EmptyPage { shell: ctx.shell("team"), title: department.name, departments, sets_goals };
        return Ok(Page::ok(page).into_response());
    };
    let reader = Reader::of(&ctx);
    let chosen = &team.choice.chosen;
    let page = TeamPage {
        shell: ctx.shell("team"),
        crumbs: crumbs(&ctx, &team.board, id),
        metrics: team.choice.metrics(ctx.l, query),
        periods: team.choice.periods(ctx.l, ctx.company.fiscal, query),
        period: view::period_name(ctx.l, ctx.company.fiscal, &chosen.kind.period),
        what: chosen.name(ctx.l),
        goal_heading: goal_heading(&ctx, id, &chosen.name(ctx.l)),
        cascade: cascade(chosen),
        as_of: query.at(&format!("/team/{id}/as-of")),
        summary: summary(&mut conn, &ctx, &team, query).await?,
        waiting: waiting::list(&ctx, &team.board, id, &team.rows),
        branches: branches(reader, &team.board, id, query),
        people: PeopleTable::new(&mut conn, &ctx, &team, query).await?,
        title: department.name,
        departments,
    };
    Ok(Page::ok(page).into_response())
}

/// "Team goal, order intake".
pub(super) fn goal_heading(ctx: &Ctx, id: DepartmentId, what: &str) -> String {
    let is_company = ctx.company.root == Some(id);
    let key = if is_company { "team-company-goal-heading" } else { "team-goal-heading" };
    ctx.l.tr(key, &[("what", view::within(what).into())])
}

/// The tree of goals of the same sort.
fn cascade(chosen: &Offer) -> String {
    let kind = chosen.kind;
    let tree = ListQuery::parse("/goals/tree", &format!("metric={}", kind.metric.code()));
    let tree = tree.with("period", &periods::code(&kind.period));
    kind.category.map_or_else(|| tree.clone(), |category| format!("{tree}&category={category}"))
}

/// The other departments one may look at, for the menu; empty where there is only this one.
fn siblings(ctx: &Ctx, id: DepartmentId) -> Vec<Link> {
    let all = ctx.company.organisation.departments.iter();
    let seen: Vec<Link> = all
        .filter(|department| policy::sees_people_of(&ctx.actor, department.id))
        .map(|department| {
            let name = department.name.clone();
            Link::new(format!("/team/{}", department.id), name).current(department.id == id)
        })
        .collect();
    if seen.len() > 1 { seen } else { Vec::new() }
}

fn crumbs(ctx: &Ctx, board: &Board, id: DepartmentId) -> Vec<Link> {
    let link =
        |department: &&DepartmentView| Link::new(format!("/team/{}", department.id), department.name.clone());
    let seen = |department: &&DepartmentView| policy::sees_people_of(&ctx.actor, department.id);
    let path: Vec<Link> = board.path(id).into_iter().filter(|d| seen(d)).map(|d| link(&d)).collect();
    if path.len() > 1 { path } else { Vec::new() }
}

/// The departments directly below one that have a goal, or should have one because they sell.
pub fn branches(reader: Reader<'_>, board: &Board, id: DepartmentId, query: &ListQuery) -> Vec<Branch> {
    let branch = |department: &DepartmentView| Branch {
        name: department.name.clone(),
        href: query.at(&format!("/team/{}", department.id)),
        card: board.of_department(department.id).map(|goal| GoalCard::new(reader, goal)),
    };
    let matters = |department: &&DepartmentView| {
        department.kind == DepartmentKind::Sales || board.of_department(department.id).is_some()
    };
    board.below(id).filter(matters).map(branch).collect()
}

/// The summary of a department.
pub async fn summary(conn: &mut PgConnection, ctx: &Ctx, team: &Team, query: &ListQuery) -> Result<Summary> {
    let reader = Reader::of(ctx);
    let goal = team.board.of_department(team.department);
    let card = match goal {
        Some(goal) => {
            let goals = vec![goal.goal.clone()];
            let at = AsOf::now(ctx.today);
            let ranged = service::figures_with_range(conn, &ctx.company, at, goals).await?;
            ranged.first().map(|goal| GoalCard::new(reader, goal))
        }
        None => None,
    };
    let parts = goal.and_then(|goal| said_of_parts(reader, &team.board, team.department, goal));
    let coverage = goal.zip(parts.as_ref()).map(|(goal, label)| charts::Coverage {
        parts: team.board.parts(team.department),
        target: goal.figures.effective_target,
        label: label.clone(),
    });
    Ok(Summary { card, parts, coverage, mix: mix(ctx, &team.rows, query) })
}

/// "The 8 goals below add up to 12.4M, a buffer of SEK 400k."
fn said_of_parts(reader: Reader<'_>, board: &Board, id: DepartmentId, goal: &GoalFigures) -> Option<String> {
    let coverage = board.coverage(id)?;
    let measure = Measure::of(reader, &goal.goal);
    let (key, difference) = match coverage.state() {
        Covered::Exact => ("team-parts-exact", 0),
        Covered::Buffer(surplus) => ("team-parts-buffer", surplus),
        Covered::Unassigned(lack) => ("team-parts-lack", lack),
    };
    let values = [
        ("n", board.parts(id).len().into()),
        ("sum", measure.amount(coverage.parts).into()),
        ("amount", measure.amount(difference).into()),
    ];
    Some(reader.l.tr(key, &values))
}

fn mix(ctx: &Ctx, rows: &[Row], query: &ListQuery) -> Vec<Mix> {
    let tag = |state: &'static str| {
        let goals = rows.iter().filter(|row| row.look() == state && row.status() != Status::NotApplicable);
        let count = goals.count();
        (count > 0).then(|| Mix {
            state,
            label: ctx.l.tr(&format!("team-mix-{state}"), &[("n", count.into())]),
            href: query.with("status", state),
        })
    };
    ["reached", "on", "risk", "off"].into_iter().filter_map(tag).collect()
}
