//! `/plans/{id}`: the whole tree in one table, and what can be done to it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::forms::{Input, STEPS, Typed, percent_text};
use super::methods::Method;
use super::sheet::{self, Sheet};
use super::store::{self, Filter};
use super::table::{Line, SumView, SummaryView, Writer};
use super::tree::Action;
use super::{Scenario, ScenarioId, history, history_store};
use crate::attainment::view::period_name;
use crate::error::Result;
use crate::goals::periods;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Choice, Link};

/// Steps shown below the table.
const SHOWN: i64 = 12;

#[derive(Template)]
#[template(path = "goals/planning/table.html")]
struct TablePage {
    shell: Shell,
    scenario: Scenario,
    what: String,
    made: String,
    published: Option<String>,
    tree_href: String,
    compare_href: String,
    copy_href: String,
    siblings: Vec<Link>,
    currency: &'static str,
    last_year: String,
    last_period: String,
    methods: Vec<Choice>,
    steps: Vec<Choice>,
    method: String,
    percent: String,
    step: String,
    summary: SummaryView,
    lines: Vec<Line>,
    has_present: bool,
    history: Vec<StepLine>,
    /// The name as it is typed anew.
    new_name: String,
    errors: FormErrors,
    stale: Option<String>,
}

/// A step as the list of steps shows it.
struct StepLine {
    words: String,
    by: String,
    is_back: bool,
}

#[derive(Template)]
#[template(path = "goals/planning/sums.html")]
struct Sums {
    summary: SummaryView,
    sums: Vec<SumView>,
}

/// `GET /plans/{id}`
pub async fn show(ctx: Ctx, Path(id): Path<ScenarioId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, &ctx, id, false).await?;
    let sheet = Sheet::load(&mut conn, &ctx, &scenario).await?;
    let page = page(&mut conn, &ctx, scenario, &sheet, None, FormErrors::default(), false).await?;
    Ok(Page::ok(page).into_response())
}

async fn page(
    conn: &mut PgConnection,
    ctx: &Ctx,
    scenario: Scenario,
    sheet: &Sheet,
    typed: Option<&Typed>,
    errors: FormErrors,
    stale: bool,
) -> Result<TablePage> {
    let (l, fiscal, kind) = (ctx.l, ctx.company.fiscal, scenario.scope.kind);
    let writer = Writer::new(ctx, scenario.unit(ctx));
    let name = |period| period_name(l, fiscal, &period);
    let field = |name: &str, stored: String| typed.map_or(stored, |typed| typed.get(name).to_owned());
    let siblings = siblings(conn, ctx, &scenario).await?;
    let ids: Vec<String> = siblings.iter().take(3).map(|(id, _)| id.to_string()).collect();
    let published = scenario.published.as_ref();
    let published = published.map(|(at, by)| by_whom(ctx, "plans-published-by", *at, by));
    let steps = history_store::steps(conn, scenario.id, SHOWN).await?;
    Ok(TablePage {
        shell: ctx.shell("goals"),
        what: format!("{}, {}", scenario.department, scenario.what(ctx)),
        made: made(ctx, &scenario),
        published,
        tree_href: tree_href(&scenario),
        compare_href: format!("/plans/compare?ids={}", ids.join(",")),
        copy_href: format!("/plans/new?copy={}", scenario.id),
        siblings: siblings.into_iter().map(|(_, link)| link).collect(),
        currency: writer.unit.code(),
        last_year: name(periods::year_before(&kind.period).unwrap_or(kind.period)),
        last_period: name(periods::previous(fiscal, &kind.period).unwrap_or(kind.period)),
        methods: methods(ctx),
        steps: step_choices(ctx),
        method: field("method", scenario.settings.method.code().to_owned()),
        percent: field("percent", percent_text(l, scenario.settings.percent)),
        step: field("step", scenario.settings.step.to_string()),
        summary: writer.summary(&sheet.tree),
        lines: writer.lines(sheet, typed, &errors, stale),
        has_present: !sheet.goals.is_empty(),
        history: steps.iter().map(|step| step_line(ctx, &scenario, step)).collect(),
        stale: stale.then(|| by_whom(ctx, "plans-changed-by", scenario.changed_at, &scenario.changed_by)),
        errors,
        new_name: scenario.name.clone(),
        scenario,
    })
}

/// Ways to divide, as choices.
pub(super) fn methods(ctx: &Ctx) -> Vec<Choice> {
    let name = |method: Method| ctx.l.t(&format!("plans-method-{}", method.code().replace('_', "-")));
    Method::ALL.into_iter().map(|method| Choice::new(method.code(), name(method))).collect()
}

/// Whole units to round to, as choices.
pub(super) fn step_choices(ctx: &Ctx) -> Vec<Choice> {
    STEPS.into_iter().map(|step| Choice::new(step.to_string(), ctx.l.number(step))).collect()
}

/// The cascade that published targets stand in.
pub(super) fn tree_href(scenario: &Scenario) -> String {
    let kind = scenario.scope.kind;
    let category = kind.category.map(|id| format!("&category={id}")).unwrap_or_default();
    let (metric, period) = (kind.metric.code(), periods::code(&kind.period));
    format!("/goals/tree?metric={metric}&period={period}{category}&at={}", scenario.scope.department)
}

fn by_whom(ctx: &Ctx, key: &str, at: chrono::DateTime<chrono::Utc>, name: &str) -> String {
    let at = ctx.l.datetime(at, ctx.company.zone);
    ctx.l.tr(key, &[("at", at.into()), ("name", name.into())])
}

/// "By Anders Nilsson, 18 November; began with last year and 5 %."
fn made(ctx: &Ctx, scenario: &Scenario) -> String {
    let by = by_whom(ctx, "plans-made-by", scenario.created_at, &scenario.author);
    format!("{by} · {}", start_words(ctx, scenario))
}

/// What a scenario began with, in words.
pub(super) fn start_words(ctx: &Ctx, scenario: &Scenario) -> String {
    match &scenario.copied_from {
        Some(name) => ctx.l.tr("plans-start-copy", &[("name", name.into())]),
        None => ctx.l.t(&format!("plans-start-{}", scenario.start.code().replace('_', "-"))),
    }
}

/// The scenarios of the same department, measure and period, this one among them.
async fn siblings(
    conn: &mut PgConnection,
    ctx: &Ctx,
    scenario: &Scenario,
) -> Result<Vec<(ScenarioId, Link)>> {
    let scope = scenario.scope;
    let filter = Filter {
        departments: vec![scope.department],
        metric: Some(scope.kind.metric),
        period: Some(scope.kind.period),
        column: "name",
        slice: (20, 0),
        ..Filter::default()
    };
    let (found, _) = store::list(conn, &filter).await?;
    let same = found.into_iter().filter(|other| other.scope == scope);
    let label = |other: &Scenario| {
        let published = other.is_published().then(|| format!(" ({})", ctx.l.t("plans-published")));
        format!("{}{}", other.name, published.unwrap_or_default())
    };
    Ok(same
        .map(|other| (other.id, Link::new(other.href(), label(&other)).current(other.id == scenario.id)))
        .collect())
}

fn step_line(ctx: &Ctx, scenario: &Scenario, step: &history_store::Step) -> StepLine {
    let key = format!("plans-step-{}", step.action.replace('_', "-"));
    let n = i64::try_from(step.changes.len()).unwrap_or(i64::MAX);
    let name = step.department.clone().unwrap_or_default();
    let (from, to) = step.names.clone().unwrap_or_default();
    let values = [("n", n.into()), ("name", name.into()), ("from", from.into()), ("to", to.into())];
    StepLine {
        words: ctx.l.tr(&key, &values),
        by: by_whom(ctx, "plans-step-by", step.at, &step.by),
        is_back: step.number > scenario.at_change,
    }
}

/// `POST /plans/{id}/sum`: what the parts add up to while somebody types.
pub async fn sum(
    ctx: Ctx,
    Path(id): Path<ScenarioId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, &ctx, id, false).await?;
    let mut sheet = Sheet::load(&mut conn, &ctx, &scenario).await?;
    let writer = Writer::new(&ctx, scenario.unit(&ctx));
    Typed::new(fields).over(&mut sheet, writer.unit);
    let (summary, sums) = (writer.summary(&sheet.tree), writer.sums(&sheet.tree));
    Ok(Page::ok(Sums { summary, sums }).into_response())
}

/// `POST /plans/{id}`: what was typed, and what is to be done with it, each as a step; or nothing of both.
pub async fn save(
    ctx: Ctx,
    Path(id): Path<ScenarioId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let typed = Typed::new(fields);
    let mut tx = ctx.app.begin().await?;
    let mut scenario = sheet::find(&mut tx, &ctx, id, true).await?;
    scenario.open()?;
    let mut sheet = Sheet::load(&mut tx, &ctx, &scenario).await?;
    if typed.version() != Some(scenario.version) {
        let page = page(&mut tx, &ctx, scenario, &sheet, Some(&typed), FormErrors::default(), true).await?;
        return Ok(Page::conflict(page).into_response());
    }
    let input = typed.read(&sheet, scenario.unit(&ctx));
    let done = match input {
        Ok(input) => apply(&mut tx, &ctx, &mut scenario, &mut sheet, &input).await?,
        Err(errors) => Err(errors),
    };
    match done {
        Ok(notice) => {
            tx.commit().await?;
            Ok(notice.redirect(&back(&scenario, typed.get("act"))))
        }
        Err(errors) => {
            tx.rollback().await?;
            refused(&ctx, id, &typed, errors).await
        }
    }
}

/// The page again with a name that it cannot have.
pub(super) async fn with_name(
    ctx: &Ctx,
    id: ScenarioId,
    form: history::NameForm,
    errors: FormErrors,
) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, ctx, id, false).await?;
    let sheet = Sheet::load(&mut conn, ctx, &scenario).await?;
    let page = page(&mut conn, ctx, scenario, &sheet, None, errors, false).await?;
    Ok(Page::invalid(TablePage { new_name: form.name, ..page }).into_response())
}

async fn refused(ctx: &Ctx, id: ScenarioId, typed: &Typed, errors: FormErrors) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, ctx, id, false).await?;
    let sheet = Sheet::load(&mut conn, ctx, &scenario).await?;
    let page = page(&mut conn, ctx, scenario, &sheet, Some(typed), errors, false).await?;
    Ok(Page::invalid(page).into_response())
}

/// Back to the row where something was done.
fn back(scenario: &Scenario, act: &str) -> String {
    match act.split_once(':') {
        Some((_, key)) => format!("{}#r-{key}", scenario.href()),
        None => scenario.href(),
    }
}

/// Faults of what is to be done stand at the row's field.
async fn apply(
    conn: &mut PgConnection,
    ctx: &Ctx,
    scenario: &mut Scenario,
    sheet: &mut Sheet,
    input: &Input,
) -> Result<std::result::Result<Notice, FormErrors>> {
    if scenario.settings != input.settings {
        scenario.settings = input.settings;
        history::touch(conn, ctx, scenario).await?;
    }
    let typed = sheet.enter(&input.targets);
    history::record(conn, ctx, scenario, ("typed", None), &typed).await?;
    let mut changed = typed.len();
    if let Some((action, at)) = input.action {
        match act(conn, ctx, scenario, sheet, (action, at)).await? {
            Ok(more) => changed += more,
            Err(key) => {
                let field = format!("t-{}", sheet.tree.0[at].part().key());
                return Ok(Err(FormErrors::one(&field, key)));
            }
        }
    }
    let notice = match changed {
        0 => Notice::new("plans-toast-unchanged"),
        n => Notice::new("plans-toast-changed")
            .with("n", n.to_string())
            .undo(format!("{}/undo", scenario.href()), &[("version", scenario.version.to_string())]),
    };
    Ok(Ok(notice))
}

async fn act(
    conn: &mut PgConnection,
    ctx: &Ctx,
    scenario: &mut Scenario,
    sheet: &mut Sheet,
    (action, at): (Action, usize),
) -> Result<std::result::Result<usize, &'static str>> {
    let before = sheet.tree.clone();
    if let Err(key) = sheet.tree.apply(action, at, scenario.rule(ctx)) {
        return Ok(Err(key));
    }
    let changes = sheet.tree.changes_since(&before);
    let department = sheet.tree.0[at].subject.department();
    history::record(conn, ctx, scenario, (action.code(), department), &changes).await?;
    Ok(Ok(changes.len()))
}
