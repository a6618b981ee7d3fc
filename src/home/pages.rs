//! `/`: the parts that a reader's role calls for, in the order of what they came for.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::Timelike;
use sqlx::PgConnection;

use super::actions::{self, Actions};
use super::mine::{self, Mine, Quick, Recent};
use super::overview::{self, Around, Company, Led, Risk};
use super::served::{self, Served};
use super::setup::{self, Setup};
use crate::attainment::view;
use crate::auth::Role;
use crate::error::Result;
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::period::{Period, PeriodKind};
use crate::team::pages::Branch;
use crate::team::waiting::Waiting;
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

#[derive(Template)]
#[template(path = "home/show.html")]
struct HomePage {
    shell: Shell,
    greeting: String,
    today: String,
    periods: Vec<Link>,
    period: String,
    setup: Option<Setup>,
    led: Vec<Led>,
    company: Option<Company>,
    branches: Vec<Branch>,
    what: String,
    mine: Option<Mine>,
    quick: Option<Quick>,
    actions: Vec<Actions>,
    served: Option<Served>,
    waiting: Option<Vec<Waiting>>,
    risks: Vec<Risk>,
    around: Vec<Around>,
    recent: Option<Vec<Recent>>,
}

/// What the parts of the page are told.
pub(super) struct Scene<'a> {
    /// The request.
    pub(super) ctx: &'a Ctx,
    /// Month, quarter, half or year.
    pub(super) kind: PeriodKind,
    /// The present period of that kind.
    pub(super) period: Period,
    /// Present goals of the reader, their department and the company.
    pub(super) goals: Vec<Goal>,
}

impl Scene<'_> {
    /// The present goals whose period is of the kind shown.
    pub(super) fn goals_of_period(&self) -> Vec<Goal> {
        let fits = |goal: &&Goal| view::kind_of(self.ctx.company.fiscal, &goal.period) == self.kind;
        self.goals.iter().filter(fits).cloned().collect()
    }
}

/// `GET /`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let goals = present_goals(&mut conn, &ctx).await?;
    let kinds = kinds(&ctx, &goals);
    let asked = query.get("period").and_then(PeriodKind::from_code);
    let kind = asked.or(kinds.first().copied()).unwrap_or(PeriodKind::Quarter);
    let period = ctx.company.fiscal.containing(kind, ctx.today);
    let scene = Scene { ctx: &ctx, kind, period, goals };
    let overview = overview::load(&mut conn, &scene).await?;
    let waiting = waiting(&mut conn, &ctx, overview.waiting).await?;
    let page = HomePage {
        shell: ctx.shell("home"),
        greeting: greeting(&ctx),
        today: today(&scene),
        periods: periods(&ctx, kind, &kinds),
        period: view::period_name(ctx.l, ctx.company.fiscal, &period),
        setup: if ctx.actor.is_admin() { Some(setup::load(&mut conn, &ctx).await?) } else { None },
        mine: mine::load(&mut conn, &scene).await?,
        quick: mine::quick(&mut conn, &ctx).await?,
        recent: mine::recent(&mut conn, &ctx).await?,
        led: overview.led,
        company: overview.company,
        branches: overview.branches,
        what: overview.what,
        actions: actions::load(&mut conn, &ctx).await?,
        served: served::load(&mut conn, &ctx).await?,
        waiting,
        risks: overview.risks,
        around: overview.around,
    };
    Ok(Page::ok(page).into_response())
}

/// What waits for the reader: offers to answer and targets to acknowledge first, then what their departments lack.
/// Nothing for those for whom nothing waits and who lead nobody.
async fn waiting(
    conn: &mut PgConnection,
    ctx: &Ctx,
    of_departments: Option<Vec<Waiting>>,
) -> Result<Option<Vec<Waiting>>> {
    let mut answers = goals::agreements::waiting::of(conn, ctx).await?;
    answers.extend(crate::capacity::waiting(conn, ctx).await?);
    let mut all: Vec<Waiting> = answers
        .into_iter()
        .map(|waits| Waiting { icon: waits.icon, href: waits.href, title: waits.title, text: waits.text })
        .collect();
    let always = of_departments.is_some() || sells(ctx.actor.role);
    all.extend(of_departments.unwrap_or_default());
    Ok((always || !all.is_empty()).then_some(all))
}

async fn present_goals(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Goal>> {
    let own = ctx.actor.employee.map(Subject::Person);
    let department = ctx.actor.department.as_ref().map(|(id, _)| Subject::Department(*id));
    let company = ctx.company.root.map(Subject::Company);
    let subjects = own.into_iter().chain(department).chain(company).collect();
    let filter = GoalFilter { subjects: Some(subjects), on: Some(ctx.today), ..GoalFilter::default() };
    // their own, their department's and the company's are everybody's to see
    goals::list(conn, Viewer::system(ctx.today), &filter).await
}

/// The lengths of present goals that matter to the reader, the usual one first.
fn kinds(ctx: &Ctx, goals: &[Goal]) -> Vec<PeriodKind> {
    let own = ctx.actor.employee.map(Subject::Person);
    let personal = own.is_some_and(|own| goals.iter().any(|goal| goal.subject == own));
    let counts = |goal: &&Goal| match goal.subject {
        Subject::Department(id) => !personal && ctx.actor.leads_department(id),
        Subject::Company(_) => !personal,
        Subject::Person(_) => true,
    };
    let there: Vec<PeriodKind> =
        goals.iter().filter(counts).map(|goal| view::kind_of(ctx.company.fiscal, &goal.period)).collect();
    let usual = [PeriodKind::Quarter, PeriodKind::Month, PeriodKind::Half, PeriodKind::Year];
    usual.into_iter().filter(|kind| there.contains(kind)).collect()
}

/// Month, quarter and year; half years where somebody has goals for them.
fn periods(ctx: &Ctx, chosen: PeriodKind, kinds: &[PeriodKind]) -> Vec<Link> {
    let offered = |kind: &PeriodKind| *kind != PeriodKind::Half || kinds.contains(kind) || chosen == *kind;
    let link = |kind: PeriodKind| {
        let period = ctx.company.fiscal.containing(kind, ctx.today);
        let name = match kind {
            PeriodKind::Month => capitalised(&ctx.l.month_name(chrono::Datelike::month(&ctx.today))),
            _ => view::period_name(ctx.l, ctx.company.fiscal, &period),
        };
        Link::new(format!("/?period={}", kind.code()), name).current(kind == chosen)
    };
    PeriodKind::ALL.into_iter().filter(offered).map(link).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// "Good morning, Elias".
fn greeting(ctx: &Ctx) -> String {
    let key = match ctx.now.with_timezone(&ctx.company.zone).hour() {
        4..10 => "home-morning",
        10..12 => "home-forenoon",
        12..18 => "home-afternoon",
        _ => "home-evening",
    };
    let first = ctx.actor.name.split_whitespace().next().unwrap_or(&ctx.actor.name).to_owned();
    ctx.l.tr(key, &[("name", first.into())])
}

/// "Wednesday 18 November · week 47 · 28 working days left in Q4 2026".
fn today(scene: &Scene<'_>) -> String {
    let (l, ctx) = (scene.ctx.l, scene.ctx);
    let rest =
        Period::new(ctx.today, scene.period.end).map_or(0, |rest| ctx.company.calendar.working_days(&rest));
    let name = match scene.kind {
        PeriodKind::Month => l.month_name(chrono::Datelike::month(&ctx.today)),
        _ => view::period_name(l, ctx.company.fiscal, &scene.period),
    };
    let left = l.tr("home-days-left", &[("n", rest.into()), ("period", name.into())]);
    let day = format!("{} {}", capitalised(&l.weekday(ctx.today)), l.date(ctx.today));
    format!("{day} · {} · {left}", l.week(ctx.today))
}

/// Whether somebody of this role is expected to have goals of their own.
pub(super) const fn sells(role: Role) -> bool {
    matches!(role, Role::Salesperson)
}
