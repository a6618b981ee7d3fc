//! `/goals/plan`: the goals of a whole team in one table, saved all together or not at all.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::plan::{Change, Plan, Row, Setup, Typed};
use super::structure::{self, Structure};
use super::wording::{self, CoverageView, Denomination};
use super::{Goal, GoalDraft, ReasonClass, RevisionDraft, Subject, Viewer, changes, periods, policy};
use crate::attainment::view::{Measure, Reader, metric_key, period_name};
use crate::error::{AppError, Result};
use crate::kernel::ratio::Pct;
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// Whole units that proposals are rounded to.
const STEPS: [i64; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

#[derive(Template)]
#[template(path = "goals/plan.html")]
struct PlanPage {
    shell: Shell,
    setup: Setup,
    departments: Vec<Choice>,
    metrics: Vec<Choice>,
    periods: Vec<Choice>,
    steps: Vec<Choice>,
    bases: Vec<Choice>,
    heading: String,
    before: String,
    currency: &'static str,
    whole: Line,
    lines: Vec<Line>,
    cover: CoverageView,
    typed: Typed,
    errors: FormErrors,
    has_present: bool,
    changed: bool,
    copy_href: String,
}

/// A row as the table shows it.
struct Line {
    key: String,
    name: String,
    is_person: bool,
    below: Option<String>,
    last_target: String,
    last_actual: String,
    last_percent: String,
    present: String,
    version: String,
    typed: String,
    error: Option<String>,
    may_set: bool,
}

#[derive(Template)]
#[template(path = "goals/plan_sum.html")]
struct PlanSum {
    cover: CoverageView,
}

/// `GET /goals/plan?department=&metric=&period=&base=&percent=&step=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (setup, structure) = set_up(&ctx, &query)?;
    let plan = Plan::load(&mut conn, &ctx, &setup).await?;
    let typed = Typed::proposed(ctx.l, &plan, setup.unit(ctx.company.currency));
    Ok(Page::ok(page(&ctx, &structure, setup, &plan, typed, FormErrors::default())).into_response())
}

fn set_up(ctx: &Ctx, query: &ListQuery) -> Result<(Setup, Structure)> {
    let period = super::plan::period(ctx, query);
    let structure = structure::of(&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today), &period);
    Ok((Setup::read(ctx, query, &structure)?, structure))
}

fn page(
    ctx: &Ctx,
    structure: &Structure,
    setup: Setup,
    plan: &Plan,
    typed: Typed,
    errors: FormErrors,
) -> PlanPage {
    let (l, fiscal, unit) = (ctx.l, ctx.company.fiscal, setup.unit(ctx.company.currency));
    let name = period_name(l, fiscal, &setup.period);
    let before = periods::previous(fiscal, &setup.period).unwrap_or(setup.period);
    let line = |row: &Row| line(ctx, &setup, row, &typed, &errors);
    let step = |step: i64| Choice::new(step.to_string(), l.number(step));
    let from = periods::code(&before);
    PlanPage {
        shell: ctx.shell("goals"),
        departments: department_choices(ctx, structure),
        metrics: wording::sales_metrics(l),
        periods: periods::choices(l, fiscal, &periods::around(fiscal, ctx.today), Some(&setup.period)),
        steps: STEPS.into_iter().map(step).collect(),
        bases: ["actual", "target"].map(|base| Choice::new(base, l.t(&format!("goals-base-{base}")))).into(),
        heading: format!("{}, {} {name}", plan.whole.name, l.t(metric_key(setup.metric))),
        before: period_name(l, fiscal, &before),
        currency: unit.code(),
        whole: line(&plan.whole),
        lines: plan.parts.iter().map(line).collect(),
        cover: cover(ctx, plan, &typed, unit),
        has_present: plan.rows().any(|row| row.present.is_some()),
        changed: false,
        copy_href: format!(
            "/goals/copy?department={}&from={from}&to={}",
            setup.department,
            periods::code(&setup.period)
        ),
        setup,
        typed,
        errors,
    }
}

/// The departments that the reader plans, as choices.
pub fn department_choices(ctx: &Ctx, structure: &Structure) -> Vec<Choice> {
    let planned = structure.departments.iter().filter(|department| {
        (department.kind == "sales" || department.is_company()) && policy::may_plan(&ctx.actor, department.id)
    });
    planned.map(|department| Choice::new(department.id.to_string(), department.name.clone())).collect()
}

fn line(ctx: &Ctx, setup: &Setup, row: &Row, typed: &Typed, errors: &FormErrors) -> Line {
    let (measure, key) = (Measure::new(Reader::of(ctx), setup.metric), row.key());
    let percent = row.last_target.and_then(|target| Pct::of(row.last_actual, target));
    let below = match row.subject {
        Subject::Department(id) if id != setup.department => Some(format!(
            "/goals/plan?department={id}&metric={}&period={}",
            setup.metric.code(),
            periods::code(&setup.period)
        )),
        _ => None,
    };
    let amount = |value: Option<i64>| value.map(|value| measure.short(value)).unwrap_or_default();
    Line {
        name: row.name.clone(),
        is_person: row.subject.employee().is_some(),
        below,
        last_target: amount(row.last_target),
        last_actual: measure.short(row.last_actual),
        last_percent: percent.map(|pct| ctx.l.pct(pct.whole())).unwrap_or_default(),
        present: amount(row.present.as_ref().map(Goal::target)),
        version: row.present.as_ref().map(|goal| goal.version.to_string()).unwrap_or_default(),
        typed: typed.target(row).to_owned(),
        error: errors.of(&ctx.l, &format!("t-{key}")),
        may_set: row.may_set,
        key,
    }
}

fn cover(ctx: &Ctx, plan: &Plan, typed: &Typed, unit: Denomination) -> CoverageView {
    let (parts, whole) = typed.sums(plan, unit);
    wording::coverage(ctx.l, Measure::new(Reader::of(ctx), unit.metric), whole, parts)
}

/// The setup that a sent form carries beside the targets.
fn query_of(fields: &[(String, String)]) -> ListQuery {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let keys = ["department", "metric", "category", "period", "base", "percent", "step"];
    query.extend_pairs(fields.iter().filter(|(key, _)| keys.contains(&key.as_str())));
    ListQuery::parse("/goals/plan", &query.finish())
}

/// `POST /goals/plan/sum`: what the parts add up to while somebody types.
pub async fn sum(ctx: Ctx, Form(fields): Form<Vec<(String, String)>>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (setup, _) = set_up(&ctx, &query_of(&fields))?;
    let plan = Plan::load(&mut conn, &ctx, &setup).await?;
    let cover = cover(&ctx, &plan, &Typed::new(fields), setup.unit(ctx.company.currency));
    Ok(Page::ok(PlanSum { cover }).into_response())
}

/// `POST /goals/plan`: new goals are set, goals that are there get a revision, all with one reason; or nothing is.
pub async fn save(ctx: Ctx, Form(fields): Form<Vec<(String, String)>>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let (setup, structure) = set_up(&ctx, &query_of(&fields))?;
    let plan = Plan::load(&mut tx, &ctx, &setup).await?;
    let (typed, unit) = (Typed::new(fields), setup.unit(ctx.company.currency));
    let changes = match typed.changes(&plan, unit) {
        Ok(changes) => changes,
        Err(errors) => {
            return Ok(Page::invalid(page(&ctx, &structure, setup, &plan, typed, errors)).into_response());
        }
    };
    let is_fresh = changes.iter().all(|change| typed.is_fresh(change.row));
    if !is_fresh || apply(&mut tx, &ctx, &setup, &typed, &changes).await?.is_none() {
        tx.rollback().await?;
        return changed_meanwhile(&ctx, &structure, setup, typed).await;
    }
    tx.commit().await?;
    let back = format!(
        "/goals/tree?metric={}&period={}&at={}",
        setup.metric.code(),
        periods::code(&setup.period),
        setup.department
    );
    Ok(Notice::new("goals-toast-planned").with("n", changes.len().to_string()).redirect(&back))
}

/// None when somebody else was first; the caller rolls back.
async fn apply(
    conn: &mut PgConnection,
    ctx: &Ctx,
    setup: &Setup,
    typed: &Typed,
    changes: &[Change<'_>],
) -> Result<Option<()>> {
    for change in changes {
        let saved = match &change.row.present {
            Some(goal) => revise_one(conn, ctx, goal, change.target, typed.get("reason")).await,
            None => set_one(conn, ctx, setup, change).await,
        };
        match saved {
            Ok(()) => {}
            Err(AppError::Conflict(_) | AppError::Invalid(_)) => return Ok(None),
            Err(other) => return Err(other),
        }
    }
    Ok(Some(()))
}

async fn set_one(conn: &mut PgConnection, ctx: &Ctx, setup: &Setup, change: &Change<'_>) -> Result<()> {
    let (subject, target) = (change.row.subject, change.target);
    let Setup { metric, category, period, .. } = *setup;
    let draft = GoalDraft { subject, metric, category, period, target, basis: None };
    changes::set(conn, ctx, &draft, "").await.map(drop)
}

async fn revise_one(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
    target: i64,
    reason: &str,
) -> Result<()> {
    let draft = RevisionDraft {
        target,
        effective_on: wording::effective_day(&goal.period, ctx.today),
        from_here: false,
        class: ReasonClass::Organisation,
        reason: reason.to_owned(),
        evidence: Vec::new(),
    };
    changes::revise(conn, ctx, goal, goal.version, &draft).await
}

/// The table anew beside what was typed; sending it again is then a decision.
async fn changed_meanwhile(ctx: &Ctx, structure: &Structure, setup: Setup, typed: Typed) -> Result<Response> {
    let plan = Plan::load(&mut *ctx.app.read().await?, ctx, &setup).await?;
    let page = page(ctx, structure, setup, &plan, typed, FormErrors::default());
    Ok(Page::conflict(PlanPage { changed: true, ..page }).into_response())
}
