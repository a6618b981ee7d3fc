//! `/goals/copy`: all goals of a department and everything below it, from one period to another.

use askama::Template;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sqlx::PgConnection;

use super::structure::{self, Structure};
use super::wording::Denomination;
use super::{
    Goal, GoalDraft, GoalFilter, Viewer, allocation, changes, list, periods, plan, policy, subjects,
};
use crate::attainment::view::{Measure, Reader, goal_name, period_name};
use crate::error::{AppError, Result};
use crate::kernel::id::{CategoryId, DepartmentId};
use crate::kernel::period::Period;
use crate::web::context::Ctx;
use crate::web::form::Form;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::Choice;

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopyForm {
    department: String,
    from: String,
    to: String,
    percent: String,
}

impl CopyForm {
    fn of(query: &ListQuery) -> Self {
        let text = |key: &str| query.text(key).to_owned();
        Self { department: text("department"), from: text("from"), to: text("to"), percent: text("percent") }
    }

    fn query(&self) -> ListQuery {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let pairs = [
            ("department", &self.department),
            ("from", &self.from),
            ("to", &self.to),
            ("percent", &self.percent),
        ];
        query.extend_pairs(pairs);
        ListQuery::parse("/goals/copy", &query.finish())
    }
}

#[derive(Template)]
#[template(path = "goals/copy.html")]
struct CopyPage {
    shell: Shell,
    department: String,
    from: String,
    to: String,
    from_name: String,
    to_name: String,
    percent: String,
    departments: Vec<Choice>,
    periods: Vec<Choice>,
    rows: Vec<Line>,
    count: usize,
    skipped: usize,
}

/// A goal with what it becomes.
struct Line {
    name: String,
    what: String,
    now: String,
    then: String,
}

/// What is copied.
struct Copy {
    department: DepartmentId,
    from: Period,
    to: Period,
    percent_text: String,
    structure: Structure,
    /// Goals of the first period with their target in the second.
    rows: Vec<(Goal, i64)>,
    /// Goals that are there already or that the reader may not set.
    skipped: usize,
}

impl Copy {
    async fn load(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<Self> {
        let viewer = Viewer::new(&ctx.actor, ctx.today);
        let fiscal = ctx.company.fiscal;
        let to = periods::parse(query.text("to")).unwrap_or_else(|| plan::period(ctx, query));
        let before = || periods::previous(fiscal, &to).unwrap_or(to);
        let from = periods::parse(query.text("from")).unwrap_or_else(before);
        let structure = structure::of(&ctx.company.organisation, viewer, &to);
        let department = plan::department(ctx, query, &structure)?;
        let (percent, percent_text) = plan::percent(query);
        let subjects = structure.subtree(department);
        let of = |period| GoalFilter {
            subjects: Some(subjects.clone()),
            period: Some(period),
            ..GoalFilter::default()
        };
        let there = list(conn, viewer, &of(to)).await?;
        let key = |goal: &Goal| (goal.subject, goal.metric, category(goal));
        let (mut rows, mut skipped) = (Vec::new(), 0);
        for goal in list(conn, viewer, &of(from)).await? {
            let exists = from == to || there.iter().any(|other| key(other) == key(&goal));
            let may_set = subjects::may_set(conn, &ctx.actor, viewer, goal.subject).await?;
            let unit = Denomination::of(&goal, &ctx.company);
            let step = allocation::round_step(goal.target(), unit.one());
            match allocation::raise(goal.target(), percent, step).filter(|_| may_set && !exists) {
                Some(target) => rows.push((goal, target)),
                None => skipped += 1,
            }
        }
        Ok(Self { department, from, to, percent_text, structure, rows, skipped })
    }
}

fn category(goal: &Goal) -> Option<CategoryId> {
    goal.category.as_ref().map(|(id, _)| *id)
}

/// `GET /goals/copy?department=&from=&to=&percent=`: what would be set.
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let query = CopyForm::of(&query).query();
    let copy = Copy::load(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let (l, fiscal) = (ctx.l, ctx.company.fiscal);
    let line = |(goal, target): &(Goal, i64)| {
        let measure = Measure::of(Reader::of(&ctx), goal);
        Line {
            name: goal.subject_name.clone(),
            what: goal_name(Reader::of(&ctx), goal),
            now: measure.amount(goal.target()),
            then: measure.amount(*target),
        }
    };
    let planned = copy.structure.departments.iter().filter(|department| {
        (department.kind == "sales" || department.is_company()) && policy::may_plan(&ctx.actor, department.id)
    });
    let departments =
        planned.map(|department| Choice::new(department.id.to_string(), department.name.clone()));
    let mut periods = periods::around(fiscal, ctx.today);
    periods.extend(
        [copy.from, copy.to].into_iter().filter(|period| !periods.contains(period)).collect::<Vec<_>>(),
    );
    let page = CopyPage {
        shell: ctx.shell("goals"),
        department: copy.department.to_string(),
        from: periods::code(&copy.from),
        to: periods::code(&copy.to),
        from_name: period_name(l, fiscal, &copy.from),
        to_name: period_name(l, fiscal, &copy.to),
        percent: copy.percent_text.clone(),
        departments: departments.collect(),
        periods: periods::choices(l, fiscal, &periods, None),
        rows: copy.rows.iter().map(line).collect(),
        count: copy.rows.len(),
        skipped: copy.skipped,
    };
    Ok(Page::ok(page).into_response())
}

/// `POST /goals/copy`
pub async fn save(ctx: Ctx, Form(form): Form<CopyForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let copy = Copy::load(&mut tx, &ctx, &form.query()).await?;
    for (goal, target) in &copy.rows {
        let draft = GoalDraft {
            subject: goal.subject,
            metric: goal.metric,
            category: category(goal),
            period: copy.to,
            target: *target,
            basis: Some(goal.terms.basis),
        };
        let set = changes::set(&mut tx, &ctx, &draft, "").await;
        set.map_err(|error| match error {
            AppError::Invalid(_) => AppError::Conflict("error-goal-exists"),
            other => other,
        })?;
    }
    tx.commit().await?;
    let back = format!("/goals/tree?period={}&at={}", periods::code(&copy.to), copy.department);
    Ok(Notice::new("goals-toast-copied").with("n", copy.rows.len().to_string()).redirect(&back))
}
