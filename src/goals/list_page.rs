//! `/goals`: every goal the reader may see, with how it stands.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::wording::{self, Denomination};
use super::{Goal, GoalFilter, NamedKind, Subject, Viewer, list, periods, policy, remembered};
use crate::attainment::Metric;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{GoalCard, Measure, Reader, metric_key, period_name, state};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::ratio::Pct;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

/// Columns that sort; the first is the order without a choice.
const COLUMNS: [&str; 6] = ["subject", "metric", "period", "target", "attainment", "pace"];
const FILTERS: [&str; 5] = ["q", "period", "metric", "of", "status"];

#[derive(Template)]
#[template(path = "goals/list.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<Row>,
    pager: Pager,
    tabs: Vec<Link>,
    tags: Vec<FilterTag>,
    periods: Vec<Choice>,
    metrics: Vec<Choice>,
    subjects: Vec<Choice>,
    statuses: Vec<Choice>,
    sets_goals: bool,
    narrowed: bool,
}

/// A goal as the table shows it.
struct Row {
    card: GoalCard,
    target: String,
    kind: String,
    is_person: bool,
}

impl Row {
    fn new(ctx: &Ctx, of: &GoalFigures) -> Self {
        let subject = of.goal.subject;
        let is_person = subject.employee().is_some();
        Self {
            card: GoalCard::new(Reader::of(ctx), of),
            target: Measure::of(Reader::of(ctx), &of.goal).amount(of.figures.effective_target),
            kind: kind_label(ctx, subject),
            is_person,
        }
    }
}

fn kind_label(ctx: &Ctx, subject: Subject) -> String {
    let own = subject.employee().is_some() && subject.employee() == ctx.actor.employee;
    ctx.l.t(if own { "goals-of-me" } else { kind_key(subject.kind()) })
}

fn kind_key(kind: &str) -> &'static str {
    match kind {
        "person" => "goals-of-person",
        "department" => "goals-of-department",
        _ => "goals-of-company",
    }
}

/// `GET /goals`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let all = list(&mut conn, Viewer::new(&ctx.actor, ctx.today), &filter(&ctx, &query)).await?;
    let known = remembered::kinds(&mut conn, &ctx).await?;
    let (rows, total) = one_page(&mut conn, &ctx, &query, all).await?;
    let rows: Vec<Row> = rows.iter().map(|of| Row::new(&ctx, of)).collect();
    let paged = Paged::new(rows, total, &query);
    let page = ListPage {
        shell: ctx.shell("goals"),
        pager: paged.pager(&query),
        rows: paged.rows,
        tabs: views(&ctx, View::List),
        tags: tags(&ctx, &query),
        periods: period_choices(&ctx, &known),
        metrics: wording::metrics(ctx.l),
        subjects: ["person", "department", "company"].map(|k| Choice::new(k, ctx.l.t(kind_key(k)))).into(),
        statuses: status_choices(&ctx),
        sets_goals: policy::sets_goals(&ctx.actor),
        narrowed: query.narrowed_by(&FILTERS) || !known.is_empty(),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// The views of goals, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Every goal.
    List,
    /// How goals are shared out.
    Cascade,
    /// What is being agreed on.
    Agreements,
    /// What goals of those who support sales are measured by.
    Facts,
    /// What is being planned.
    Plans,
    /// Which periods are settled.
    Closing,
}

/// The links between the views.
pub fn views(ctx: &Ctx, here: View) -> Vec<Link> {
    let link = |href: &str, key: &str, view| Link::new(href, ctx.l.t(key)).current(here == view);
    let mut views = vec![
        link("/goals", "goals-tab-list", View::List),
        link("/goals/tree", "goals-tab-tree", View::Cascade),
        link("/agreements", "agreements-title", View::Agreements),
        link("/facts", "facts-title", View::Facts),
    ];
    if policy::sets_goals(&ctx.actor) {
        views.push(link("/plans", "plans-title", View::Plans));
    }
    if crate::closing::may_close(&ctx.actor) {
        views.push(link("/closing", "closing-title", View::Closing));
    }
    views
}

fn filter(ctx: &Ctx, query: &ListQuery) -> GoalFilter {
    let asked = query.text("period");
    GoalFilter {
        metric: query.get("metric").and_then(Metric::from_code),
        period: periods::parse(asked),
        on: asked.is_empty().then_some(ctx.today),
        ..GoalFilter::default()
    }
}

/// Narrows by what is not asked of the database, sorts, and takes the page that is asked for with its figures.
/// Figures of all goals are needed only where the order or a filter depends on them.
async fn one_page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
    mut goals: Vec<Goal>,
) -> Result<(Vec<GoalFigures>, i64)> {
    goals.retain(|goal| wanted(query, goal));
    let (column, descending) = query.sort(&COLUMNS);
    let needs_figures = matches!(column, "attainment" | "pace") || query.get("status").is_some();
    let offset = usize::try_from(query.offset()).unwrap_or_default();
    let size = usize::try_from(PER_PAGE).unwrap_or_default();
    let at = AsOf::now(ctx.today);
    sort_goals(&mut goals, ctx.actor.employee, column, descending);
    if needs_figures {
        let mut rows = all_rows(conn, ctx, query, goals, column, descending).await?;
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        rows = rows.into_iter().skip(offset).take(size).collect();
        return Ok((rows, total));
    }
    let total = i64::try_from(goals.len()).unwrap_or(i64::MAX);
    let shown = goals.into_iter().skip(offset).take(size).collect();
    Ok((service::figures(conn, &ctx.company, at, shown).await?, total))
}

async fn all_rows(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
    goals: Vec<Goal>,
    column: &str,
    descending: bool,
) -> Result<Vec<GoalFigures>> {
    let mut rows = service::figures(conn, &ctx.company, AsOf::now(ctx.today), goals).await?;
    if let Some(status) = query.get("status") {
        rows.retain(|of| state(of.figures.status) == status);
    }
    match column {
        "attainment" => rows.sort_by_key(|of| of.figures.attainment),
        "pace" => rows.sort_by_key(|of| of.figures.pace),
        _ => return Ok(rows),
    }
    if descending {
        rows.reverse();
    }
    Ok(rows)
}

fn wanted(query: &ListQuery, goal: &Goal) -> bool {
    let words = query.search().to_lowercase();
    let named = goal.subject_name.to_lowercase().contains(&words) || goal.subject_ref.to_lowercase() == words;
    named && query.get("of").is_none_or(|kind| kind == goal.subject.kind())
}

/// Without a choice the reader's own goals come first, then from the company down.
fn sort_goals(goals: &mut [Goal], me: Option<EmployeeId>, column: &str, descending: bool) {
    match column {
        "metric" => goals.sort_by_key(|goal| goal.metric),
        "period" => goals.sort_by_key(|goal| goal.period),
        "target" => goals.sort_by_key(Goal::target),
        _ => goals.sort_by_cached_key(|goal| {
            let category = goal.category.is_some();
            (rank(goal.subject, me), goal.subject_name.clone(), category, goal.metric, goal.period)
        }),
    }
    if descending {
        goals.reverse();
    }
}

fn rank(subject: Subject, me: Option<EmployeeId>) -> u8 {
    match subject {
        Subject::Person(id) if Some(id) == me => 0,
        Subject::Company(_) => 1,
        Subject::Department(_) => 2,
        Subject::Person(_) => 3,
    }
}

fn period_choices(ctx: &Ctx, known: &[NamedKind]) -> Vec<Choice> {
    let mut periods: Vec<_> = known.iter().map(|named| named.kind.period).collect();
    periods.dedup();
    let mut choices = vec![Choice::new("all", ctx.l.t("goals-period-all"))];
    choices.extend(periods::choices(ctx.l, ctx.company.fiscal, &periods, None));
    choices
}

fn status_choices(ctx: &Ctx) -> Vec<Choice> {
    let states = ["reached", "on", "risk", "off", "not-started", "met", "exceeded", "missed"];
    states.map(|state| Choice::new(state, ctx.l.t(&format!("status-{state}")))).into()
}

fn tags(ctx: &Ctx, query: &ListQuery) -> Vec<FilterTag> {
    let label = |key: &str, value: &str| match key {
        "metric" => Metric::from_code(value).map(|metric| ctx.l.t(metric_key(metric))),
        "period" if value == "all" => Some(ctx.l.t("goals-period-all")),
        "period" => periods::parse(value).map(|period| period_name(ctx.l, ctx.company.fiscal, &period)),
        "of" => Some(ctx.l.t(kind_key(value))),
        "status" => Some(ctx.l.t(&format!("status-{value}"))),
        _ => Some(value.to_owned()),
    };
    let on = FILTERS.iter().filter_map(|key| Some((*key, query.get(key)?)));
    on.filter_map(|(key, value)| Some(FilterTag { label: label(key, value)?, href: query.without(key) }))
        .collect()
}

/// `GET /goals.csv`: the whole list with the filters of the page.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let mut goals = list(&mut conn, Viewer::new(&ctx.actor, ctx.today), &filter(&ctx, &query)).await?;
    goals.retain(|goal| wanted(&query, goal));
    let (column, descending) = query.sort(&COLUMNS);
    sort_goals(&mut goals, ctx.actor.employee, column, descending);
    let rows = all_rows(&mut conn, &ctx, &query, goals, column, descending).await?;
    let header = [
        "kind",
        "number",
        "name",
        "metric",
        "category",
        "basis",
        "from",
        "to",
        "target",
        "actual",
        "expected",
        "currency",
        "attainment",
        "pace",
        "status",
    ];
    let header = header.map(|name| ctx.l.t(&format!("goals-csv-{name}")));
    let mut file = CsvDownload::new("goals", ctx.l, &header)?;
    for of in &rows {
        file.row(&cells(&ctx, of))?;
    }
    file.finish()
}

fn cells(ctx: &Ctx, of: &GoalFigures) -> [String; 15] {
    let (goal, figures, unit) = (&of.goal, &of.figures, Denomination::of(&of.goal, &ctx.company));
    let pct = |pct: Option<Pct>| pct.map(Pct::to_string_2).unwrap_or_default();
    [
        ctx.l.t(kind_key(goal.subject.kind())),
        goal.subject_ref.clone(),
        goal.subject_name.clone(),
        ctx.l.t(metric_key(goal.metric)),
        goal.category.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        basis_cell(ctx, goal),
        goal.period.start.to_string(),
        goal.period.last_day().to_string(),
        unit.plain(figures.effective_target),
        unit.plain(figures.actual),
        unit.plain(figures.expected),
        unit.code().to_owned(),
        pct(figures.attainment),
        pct(figures.pace),
        ctx.l.t(&format!("status-{}", state(figures.status))),
    ]
}

/// When sales count; empty for what is not counted in them.
fn basis_cell(ctx: &Ctx, goal: &Goal) -> String {
    let basis = goal.metric.is_of_sales().then(|| ctx.l.t(&format!("basis-{}", goal.terms.basis.code())));
    basis.unwrap_or_default()
}
