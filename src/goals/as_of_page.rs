//! `/goals/{id}/as-of`: a goal as it stood at the end of a past day, with those below it by the organisation of that day,
//! and what has changed since, down to the last unit.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use sqlx::PgConnection;

use super::{Goal, GoalFilter, Subject, Viewer, find, list, policy, remembered};
use crate::attainment::looking_back::{self, Back};
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{GoalCard, Kind, Measure, Reader, goal_name, period_name};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::GoalId;
use crate::org::Company;
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;

#[derive(Template)]
#[template(path = "goals/as_of.html")]
struct AsOfPage {
    shell: Shell,
    id: GoalId,
    title: String,
    day: String,
    said_day: String,
    /// As it stood; nothing when it was not written down yet.
    then: Option<GoalCard>,
    now: GoalCard,
    /// From then to now.
    steps: Vec<(String, String)>,
    /// Targets that were written down since.
    versions: Vec<String>,
    parts: Vec<Part>,
}

/// Somebody below, as it stood.
struct Part {
    href: String,
    name: String,
    of: String,
    actual: String,
    percent: String,
}

/// `GET /goals/{id}/as-of?day=2026-11-01`
pub async fn show(ctx: Ctx, Path(id): Path<GoalId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let goal = find(&mut conn, Viewer::new(&ctx.actor, ctx.today), id).await?;
    if !goal.metric.is_of_sales() {
        return Err(AppError::NotFound);
    }
    // two days side by side would tell what one person sold between them
    if goal.subject.department().is_some_and(|id| !policy::sees_parts(&ctx.actor, id)) {
        return Err(AppError::Forbidden);
    }
    let yesterday = ctx.today.checked_sub_days(Days::new(1)).unwrap_or(ctx.today);
    let latest = yesterday.min(goal.period.last_day()).max(goal.period.start.min(yesterday));
    let day = query.parsed::<NaiveDate>("day").unwrap_or(latest).min(latest);
    Ok(Page::ok(page(&mut conn, &ctx, goal, day).await?).into_response())
}

/// The end of a day where the company is.
fn end_of(company: &Company, day: NaiveDate) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
    let start = next.and_local_timezone(company.zone).earliest();
    start.map_or_else(|| next.and_utc(), |start| start.to_utc())
}

async fn page(conn: &mut PgConnection, ctx: &Ctx, goal: Goal, day: NaiveDate) -> Result<AsOfPage> {
    let (reader, moment) = (Reader::of(ctx), end_of(&ctx.company, day));
    let measure = Measure::of(reader, &goal);
    let back = looking_back::actual(conn, &goal.span(), goal.metric, (day, moment)).await?;
    let then = as_it_stood(conn, ctx, goal.id, back, (day, moment)).await?;
    let parts = parts(conn, ctx, &goal, (day, moment)).await?;
    let now = service::figures(conn, &ctx.company, AsOf::now(ctx.today), vec![goal.clone()])
        .await?
        .pop()
        .found()?;
    Ok(AsOfPage {
        shell: ctx.shell("goals"),
        id: goal.id,
        title: format!(
            "{} {}, {}",
            goal_name(Reader::of(ctx), &goal),
            period_name(ctx.l, ctx.company.fiscal, &goal.period),
            goal.subject_name
        ),
        day: day.to_string(),
        said_day: ctx.l.date_year(day),
        steps: steps(ctx, measure, back),
        versions: since(ctx, measure, &goal, moment),
        then: then.map(|then| GoalCard::new(reader, &then)),
        now: GoalCard::new(reader, &now),
        parts,
    })
}

/// The goal with the targets that were known then; nothing when there were none.
async fn as_it_stood(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: GoalId,
    back: Back,
    (day, moment): (NaiveDate, DateTime<Utc>),
) -> Result<Option<GoalFigures>> {
    let filter = GoalFilter { ids: Some(vec![id]), recorded_until: Some(moment), ..GoalFilter::default() };
    let then = list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?.pop();
    Ok(then.map(|goal| {
        let figures = service::evaluate(&ctx.company, AsOf::end_of(day), &goal, back.reached);
        GoalFigures { goal: Arc::new(goal), figures, range: None, reached: back.reached.into() }
    }))
}

fn steps(ctx: &Ctx, measure: Measure, back: Back) -> Vec<(String, String)> {
    let row = |key: &str, value: String| (ctx.l.t(key), value);
    vec![
        row("goals-then", measure.exact(back.reached)),
        row("goals-since-after", measure.signed_exact(back.after)),
        row("goals-since-late", measure.signed_exact(back.late)),
        row("goals-now", measure.exact(back.now())),
    ]
}

/// The targets written down since, in words.
fn since(ctx: &Ctx, measure: Measure, goal: &Goal, moment: DateTime<Utc>) -> Vec<String> {
    let later = goal.versions.iter().filter(|version| version.recorded_at > moment);
    let said = |version: &super::GoalVersion| {
        let values = [
            ("target", measure.amount(version.target).into()),
            ("date", ctx.l.date_year(ctx.company.day_of(version.recorded_at)).into()),
            ("from", ctx.l.date_year(version.effective_on).into()),
        ];
        ctx.l.tr("goals-since-version", &values)
    };
    later.map(said).collect()
}

/// Departments and people right below, by the organisation of the day, as far as the reader sees all of them.
async fn parts(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
    (day, moment): (NaiveDate, DateTime<Utc>),
) -> Result<Vec<Part>> {
    let Some(department) = goal.subject.department().filter(|id| policy::sees_parts(&ctx.actor, *id)) else {
        return Ok(Vec::new());
    };
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let same = remembered::of_kind(conn, &ctx.app.goals, &ctx.company, viewer, Kind::of(goal)).await?;
    let organisation = &ctx.company.organisation;
    let below = organisation.departments.iter().filter(|place| place.parent == Some(department));
    let people = organisation.people_on(day).filter(|person| person.department == department);
    let subjects = below.map(|place| Subject::Department(place.id));
    let subjects: Vec<Subject> = subjects.chain(people.map(|person| Subject::Person(person.id))).collect();
    let mut parts = Vec::new();
    for part in subjects.iter().filter_map(|subject| same.iter().find(|goal| goal.subject == *subject)) {
        let back = looking_back::actual(conn, &part.span(), part.metric, (day, moment)).await?;
        if let Some(then) = as_it_stood(conn, ctx, part.id, back, (day, moment)).await? {
            let card = GoalCard::new(Reader::of(ctx), &then);
            let (name, href) = (card.subject, format!("/goals/{}/as-of?day={day}", part.id));
            let percent = card.percent.unwrap_or_else(|| "–".to_owned());
            parts.push(Part { href, name, of: card.target, actual: card.actual, percent });
        }
    }
    Ok(parts)
}
