//! `/goals/{id}/as-of`: a goal as it stood at the end of a past day, with those below it by the organisation of that day,
//! and what has changed since, down to the last unit.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use sqlx::PgConnection;

use super::{Goal, GoalFilter, Subject, Viewer, find, list, policy};
use crate::attainment::looking_back::{self, Back};
use crate::attainment::ratio;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{GoalCard, Kind, Measure, Reader, goal_name, period_name};
use crate::error::{AppError, Found, Result};
use crate::facts::{self, Facts, Later};
use crate::kernel::basis::Basis;
use crate::kernel::id::{EmployeeId, GoalId};
use crate::org::{Company, organisation};
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;

/// Facts that came later, of which so many are listed.
const LISTED: i64 = 100;

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
    /// Facts that came since, in words, with their amounts.
    facts: Vec<(String, String)>,
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
pub fn end_of(company: &Company, day: NaiveDate) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
    let start = next.and_local_timezone(company.zone).earliest();
    start.map_or_else(|| next.and_utc(), |start| start.to_utc())
}

async fn page(conn: &mut PgConnection, ctx: &Ctx, goal: Goal, day: NaiveDate) -> Result<AsOfPage> {
    let (reader, moment) = (Reader::of(ctx), end_of(&ctx.company, day));
    let mut subjects = vec![goal.subject];
    subjects.extend(below(ctx, &goal, day));
    let mut stood =
        as_they_stood(conn, ctx, (Kind::of(&goal), goal.terms.basis), &subjects, (day, moment)).await?;
    let (back, then) = stood.remove(&goal.subject).found()?;
    let facts = since_noted(conn, ctx, &goal, (day, moment)).await?;
    let now = service::figures(conn, &ctx.company, AsOf::now(ctx.today), vec![goal.clone()])
        .await?
        .pop()
        .found()?;
    let parts = subjects.iter().filter_map(|subject| Some(part(ctx, stood.get(subject)?.1.as_ref()?, day)));
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
        steps: steps(ctx, &goal, back),
        versions: since(ctx, Measure::of(reader, &goal), &goal, moment),
        facts,
        then: then.map(|then| GoalCard::new(reader, &then)),
        now: GoalCard::new(reader, &now),
        parts: parts.collect(),
    })
}

/// What subjects had reached at the end of a day, and their goals of a sort as they were written down then, where they had one:
/// by the targets, leave and learning time that were known. A few statements, however many there are.
pub async fn as_they_stood(
    conn: &mut PgConnection,
    ctx: &Ctx,
    (kind, basis): (Kind, Basis),
    subjects: &[Subject],
    (day, moment): (NaiveDate, DateTime<Utc>),
) -> Result<HashMap<Subject, (Back, Option<GoalFigures>)>> {
    let span = |subject: &Subject| {
        let span = service::Span { subject: *subject, category: kind.category, basis, period: kind.period };
        (kind.metric, span)
    };
    let spans: Vec<_> = subjects.iter().map(span).collect();
    let backs = looking_back::back(conn, &spans, (day, moment)).await?;
    let filter = GoalFilter {
        subjects: Some(subjects.to_vec()),
        recorded_until: Some(moment),
        ..GoalFilter::of_kind(kind)
    };
    let goals = list(conn, Viewer::new(&ctx.actor, ctx.today), &filter).await?;
    let goals = goals.into_iter().filter(|goal| goal.terms.basis == basis);
    let mut goals: HashMap<Subject, Goal> = goals.map(|goal| (goal.subject, goal)).collect();
    let people: Vec<EmployeeId> = goals.keys().filter_map(|subject| subject.employee()).collect();
    let company = &ctx.company;
    let then = organisation::as_recorded(conn, &company.organisation, &people, moment).await?;
    let at = AsOf::end_of(day);
    let stood = subjects.iter().zip(backs).map(|(subject, back)| {
        let reached = back.then(kind.metric);
        let figures = goals.remove(subject).map(|goal| {
            let figures = service::evaluate_in(company, &then, at, &goal, reached);
            GoalFigures { goal: goal.into(), figures, range: None, reached }
        });
        (*subject, (back, figures))
    });
    Ok(stood.collect())
}

/// From then to now: sums are added up, ratios worked out anew from what they are made of.
pub fn steps(ctx: &Ctx, goal: &Goal, back: Back) -> Vec<(String, String)> {
    let (measure, metric) = (Measure::of(Reader::of(ctx), goal), goal.metric);
    let row = |key: &str, value: String| (ctx.l.t(key), value);
    if metric.adds_up() {
        let keys = if metric.is_of_sales() {
            ("goals-since-after", "goals-since-late")
        } else {
            ("goals-since-noted-after", "goals-since-noted-late")
        };
        return vec![
            row("goals-as-of-then", measure.exact(back.reached.part)),
            row(keys.0, measure.signed_exact(back.after.part)),
            row(keys.1, measure.signed_exact(back.late.part)),
            row("goals-now", measure.exact(back.now().part)),
        ];
    }
    let added = |facts: Facts| {
        if facts == Facts::default() { "–".to_owned() } else { added_words(ctx, goal, facts) }
    };
    let value = |facts: Facts| ratio::value(metric.nature(), facts);
    let difference = value(back.now()).zip(value(back.reached)).map(|(now, then)| now.saturating_sub(then));
    let mut rows = vec![
        row("goals-as-of-then", facts::said(ctx, metric, back.reached)),
        row("goals-since-noted-after", added(back.after)),
        row("goals-since-noted-late", added(back.late)),
        row("goals-now", facts::said(ctx, metric, back.now())),
    ];
    rows.extend(difference.map(|value| row("goals-since-difference", measure.signed_exact(value))));
    rows
}

/// The facts that explain the difference. Those of people whom the reader does not see one by one are one row.
async fn since_noted(
    conn: &mut PgConnection,
    ctx: &Ctx,
    goal: &Goal,
    at: (NaiveDate, DateTime<Utc>),
) -> Result<Vec<(String, String)>> {
    if goal.metric.is_of_sales() {
        return Ok(Vec::new());
    }
    let later = facts::since(conn, (goal.metric, &goal.span()), at, LISTED).await?;
    let seen = ctx.company.organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    let (shown, others): (Vec<Later>, Vec<Later>) =
        later.into_iter().partition(|later| later.person.is_none_or(|person| seen.contains(&person)));
    let mut rows: Vec<(String, String)> = shown.iter().map(|later| later_row(ctx, goal, later)).collect();
    if !others.is_empty() {
        let sum = others.iter().fold(Facts::default(), |sum, later| sum + later.facts);
        rows.push((ctx.l.t("goals-since-others"), added_words(ctx, goal, sum)));
    }
    Ok(rows)
}

fn later_row(ctx: &Ctx, goal: &Goal, later: &Later) -> (String, String) {
    let posted = ctx.l.date_year(ctx.company.day_of(later.posted_at));
    let values =
        [("name", (&later.name).into()), ("day", ctx.l.date_year(later.day).into()), ("at", posted.into())];
    let words = ctx.l.tr("goals-since-fact", &values);
    let words = if later.note.is_empty() { words } else { format!("{words} {}", later.note) };
    (words, added_words(ctx, goal, later.facts))
}

/// "+30 ÷ +90", or "+3" of what is only counted.
fn added_words(ctx: &Ctx, goal: &Goal, facts: Facts) -> String {
    let measure = Measure::of(Reader::of(ctx), goal);
    if goal.metric.adds_up() {
        return measure.signed_exact(facts.part);
    }
    format!("{} ÷ {}", measure.signed_parts(facts.part), ctx.l.signed_number(facts.whole))
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
fn below(ctx: &Ctx, goal: &Goal, day: NaiveDate) -> Vec<Subject> {
    let Some(department) = goal.subject.department().filter(|id| policy::sees_parts(&ctx.actor, *id)) else {
        return Vec::new();
    };
    let organisation = &ctx.company.organisation;
    let below = organisation.departments.iter().filter(|place| place.parent == Some(department));
    let people = organisation.people_on(day).filter(|person| person.department == department);
    let subjects = below.map(|place| Subject::Department(place.id));
    subjects.chain(people.map(|person| Subject::Person(person.id))).collect()
}

fn part(ctx: &Ctx, then: &GoalFigures, day: NaiveDate) -> Part {
    let card = GoalCard::new(Reader::of(ctx), then);
    Part {
        href: format!("/goals/{}/as-of?day={day}", card.id),
        name: card.subject,
        of: card.target,
        actual: card.actual,
        percent: card.percent.unwrap_or_else(|| "–".to_owned()),
    }
}
