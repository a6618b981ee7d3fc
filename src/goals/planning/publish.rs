//! `/plans/{id}/publish`: what a scenario makes of the goals, and making it so: all of it in one transaction.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::asked;
use super::outcome::{Item, Outcome};
use super::sheet::{self, Sheet};
use super::store;
use super::table::Writer;
use super::table_page::tree_href;
use super::{Scenario, ScenarioId, history};
use crate::error::{AppError, Result};
use crate::goals::{GoalDraft, ReasonClass, RevisionDraft, changes, wording};
use crate::web::context::Ctx;
use crate::web::form::{Form, FormErrors};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublishForm {
    class: String,
    reason: String,
    version: i64,
    seen: String,
}

#[derive(Template)]
#[template(path = "goals/planning/publish.html")]
struct PublishPage {
    shell: Shell,
    id: ScenarioId,
    name: String,
    what: String,
    version: i64,
    seen: String,
    facts: Vec<(String, String)>,
    count: usize,
    rows: Vec<Row>,
    refused: Vec<String>,
    revises: bool,
    classes: Vec<Choice>,
    form: PublishForm,
    errors: FormErrors,
    stale: bool,
}

/// A goal that is set or revised.
struct Row {
    name: String,
    is_new: bool,
    now: String,
    then: String,
    difference: String,
}

/// `GET /plans/{id}/publish`: what will change.
pub async fn show(ctx: Ctx, Path(id): Path<ScenarioId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, &ctx, id, false).await?;
    scenario.open()?;
    let outcome = outcome(&mut conn, &ctx, &scenario).await?;
    let form = PublishForm { class: ReasonClass::Organisation.code().to_owned(), ..PublishForm::default() };
    Ok(Page::ok(page(&ctx, &scenario, &outcome, form, FormErrors::default(), false)).into_response())
}

async fn outcome(conn: &mut PgConnection, ctx: &Ctx, scenario: &Scenario) -> Result<Outcome> {
    let sheet = Sheet::load(conn, ctx, scenario).await?;
    Ok(Outcome::of(&sheet.tree, &sheet.goals))
}

fn page(
    ctx: &Ctx,
    scenario: &Scenario,
    outcome: &Outcome,
    form: PublishForm,
    errors: FormErrors,
    stale: bool,
) -> PublishPage {
    let (l, writer) = (ctx.l, Writer::new(ctx, scenario.unit(ctx)));
    let count = |n: usize| l.number(i64::try_from(n).unwrap_or(i64::MAX));
    let amount = |value: i64| writer.measure().amount(value);
    let class = |class: ReasonClass| Choice::new(class.code(), l.t(&format!("goals-class-{}", class.code())));
    PublishPage {
        shell: ctx.shell("goals"),
        id: scenario.id,
        name: scenario.name.clone(),
        what: format!("{}, {}", scenario.department, scenario.what(ctx)),
        version: scenario.version,
        seen: outcome.seen(),
        facts: vec![
            (l.t("plans-new-goals"), count(outcome.new.len())),
            (l.t("plans-revised-goals"), count(outcome.revised.len())),
            (l.t("plans-unchanged-goals"), count(outcome.unchanged)),
            (l.t("plans-unassigned"), amount(outcome.summary.unassigned)),
            (l.t("plans-buffers"), amount(outcome.summary.buffer)),
            (l.t("plans-without"), count(outcome.summary.without)),
        ],
        count: outcome.new.len() + outcome.revised.len(),
        rows: outcome.new.iter().chain(&outcome.revised).map(|item| row(writer, item)).collect(),
        refused: outcome.refused.iter().map(|item| item.name.clone()).collect(),
        revises: !outcome.revised.is_empty(),
        classes: ReasonClass::ALL.into_iter().map(class).collect(),
        form,
        errors,
        stale,
    }
}

fn row(writer: Writer<'_>, item: &Item) -> Row {
    let measure = writer.measure();
    let now = item.goal.as_ref().map(|goal| asked::of_goal(&writer.ctx.company, goal));
    Row {
        name: item.name.clone(),
        is_new: now.is_none(),
        now: now.map(|now| measure.amount(now)).unwrap_or_default(),
        then: measure.amount(item.target),
        difference: now.map(|now| measure.signed(item.target.saturating_sub(now))).unwrap_or_default(),
    }
}

/// `POST /plans/{id}/publish`: every goal that was shown is set or revised, or none is.
pub async fn save(ctx: Ctx, Path(id): Path<ScenarioId>, Form(form): Form<PublishForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let scenario = sheet::find(&mut tx, &ctx, id, true).await?;
    scenario.open()?;
    let outcome = outcome(&mut tx, &ctx, &scenario).await?;
    if form.version != scenario.version || form.seen != outcome.seen() {
        return Ok(changed_meanwhile(&ctx, &scenario, &outcome, form));
    }
    let class = match check(&ctx, &scenario, &form, &outcome) {
        Ok(class) => class,
        Err(errors) => {
            return Ok(Page::invalid(page(&ctx, &scenario, &outcome, form, errors, false)).into_response());
        }
    };
    match publish(&mut tx, &ctx, &scenario, &outcome, (class, form.reason.trim())).await {
        Ok(()) => {}
        Err(AppError::Conflict("error-stale" | "error-goal-exists") | AppError::Invalid(_)) => {
            tx.rollback().await?;
            return again(&ctx, id, form).await;
        }
        Err(other) => return Err(other),
    }
    tx.commit().await?;
    let notice = Notice::new("plans-toast-published").with("name", scenario.name.clone());
    let n = outcome.new.len() + outcome.revised.len();
    Ok(notice.with("n", n.to_string()).redirect(&tree_href(&scenario)))
}

fn check(
    ctx: &Ctx,
    scenario: &Scenario,
    form: &PublishForm,
    outcome: &Outcome,
) -> std::result::Result<ReasonClass, FormErrors> {
    let mut errors = FormErrors::default();
    if ctx.company.has_closed(&scenario.scope.kind.period) {
        errors.add("publish", "error-plan-closed");
    }
    if outcome.is_empty() {
        errors.add("publish", "error-plan-empty");
    }
    let class = errors.check("class", ReasonClass::from_code(&form.class).ok_or("error-required"));
    if !outcome.revised.is_empty() && form.reason.trim().is_empty() {
        errors.add("reason", "error-goal-plan-reason");
    }
    errors.or(class)
}

/// The goals from the top down, then the scenario itself. Faults: as of setting and revising one goal.
async fn publish(
    conn: &mut PgConnection,
    ctx: &Ctx,
    scenario: &Scenario,
    outcome: &Outcome,
    (class, reason): (ReasonClass, &str),
) -> Result<()> {
    for item in outcome.new.iter().chain(&outcome.revised) {
        match &item.goal {
            Some(goal) => {
                let draft = revision(ctx, scenario, item.full, (class, reason));
                changes::revise(conn, ctx, goal, goal.version, &draft).await?;
            }
            None => {
                changes::set(conn, ctx, &goal(scenario, item), reason).await?;
            }
        }
    }
    store::save_published(conn, scenario.id, (ctx.actor.user, ctx.now)).await?;
    let details = json!({ "new": outcome.new.len(), "revised": outcome.revised.len(), "unchanged": outcome.unchanged,
        "left_out": outcome.refused.len(), "unassigned": outcome.summary.unassigned, "buffer": outcome.summary.buffer });
    history::note(conn, ctx, "plan.published", scenario.id, details).await
}

fn goal(scenario: &Scenario, item: &Item) -> GoalDraft {
    let kind = scenario.scope.kind;
    GoalDraft {
        subject: item.subject,
        metric: kind.metric,
        category: kind.category,
        period: kind.period,
        target: item.full,
        basis: Some(scenario.scope.basis),
    }
}

fn revision(
    ctx: &Ctx,
    scenario: &Scenario,
    target: i64,
    (class, reason): (ReasonClass, &str),
) -> RevisionDraft {
    RevisionDraft {
        target,
        effective_on: wording::effective_day(&scenario.scope.kind.period, ctx.today),
        from_here: false,
        class,
        reason: reason.to_owned(),
        evidence: Vec::new(),
    }
}

/// What would change now, beside what was typed; sending it again is then a decision.
fn changed_meanwhile(ctx: &Ctx, scenario: &Scenario, outcome: &Outcome, form: PublishForm) -> Response {
    Page::conflict(page(ctx, scenario, outcome, form, FormErrors::default(), true)).into_response()
}

async fn again(ctx: &Ctx, id: ScenarioId, form: PublishForm) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let scenario = sheet::find(&mut conn, ctx, id, false).await?;
    let outcome = outcome(&mut conn, ctx, &scenario).await?;
    Ok(changed_meanwhile(ctx, &scenario, &outcome, form))
}
