//! `/team/{id}/as-of`: a department as it stood at the end of a past day, by the organisation of that day: its goal, the
//! departments right below it and its people, with what they had then, what they have now, and the difference.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::choice::{self, Choice};
use super::pages::{goal_heading, permitted};
use crate::attainment::looking_back::Back;
use crate::attainment::ratio;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::attainment::view::{self, GoalCard, Measure, Reader};
use crate::error::{AppError, Result};
use crate::goals::{self, Subject, Viewer, remembered, steps_since};
use crate::kernel::id::DepartmentId;
use crate::kernel::ratio::Pct;
use crate::org::{DepartmentKind, DepartmentView, PersonOn};
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

#[derive(Template)]
#[template(path = "team/as_of.html")]
struct AsOfPage {
    shell: Shell,
    id: DepartmentId,
    title: String,
    day: String,
    said_day: String,
    /// What the form of the day keeps of the address.
    kept: Vec<(&'static str, String)>,
    metrics: Vec<Link>,
    periods: Vec<Link>,
    period: String,
    goal_heading: String,
    then: Option<GoalCard>,
    now: Option<GoalCard>,
    /// From then to now.
    steps: Vec<(String, String)>,
    departments: Vec<LineRow>,
    people: Vec<LineRow>,
    sums: Option<LineRow>,
    /// How many belonged here whom the reader does not see one by one any more.
    hidden: usize,
    csv: String,
}

/// A department or person as the tables show them.
struct LineRow {
    name: String,
    href: String,
    then: Cells,
    now: Cells,
    difference: String,
}

/// What somebody had, and of what.
#[derive(Default)]
struct Cells {
    actual: String,
    target: String,
    percent: String,
}

/// A department or person then and now.
struct Line {
    subject: Subject,
    name: String,
    reference: String,
    back: Back,
    then: Option<GoalFigures>,
    now: Option<GoalFigures>,
}

impl Line {
    /// The actual now, less what it was.
    fn difference(&self, metric: crate::attainment::Metric) -> Option<i64> {
        let value = |facts| ratio::value(metric.nature(), facts);
        value(self.back.now()).zip(value(self.back.reached)).map(|(now, then)| now.saturating_sub(then))
    }
}

/// A department on a past day.
struct Past {
    choice: Choice,
    day: NaiveDate,
    top: Line,
    departments: Vec<Line>,
    people: Vec<Line>,
    hidden: usize,
}

/// Whom the page is about.
struct Members {
    departments: Vec<DepartmentView>,
    people: Vec<PersonOn>,
    hidden: usize,
}

/// The departments right below, and everybody who belonged to the department or below it on `day`.
fn members(ctx: &Ctx, id: DepartmentId, day: NaiveDate) -> Members {
    let organisation = &ctx.company.organisation;
    let inside = organisation.with_below([id]);
    let seen = organisation.visible_people(Viewer::new(&ctx.actor, ctx.today));
    let there = organisation.people_on(day).filter(|person| inside.contains(&person.department));
    let (people, hidden): (Vec<_>, Vec<_>) = there.partition(|person| seen.contains(&person.id));
    let below = organisation.departments.iter().filter(|place| place.parent == Some(id));
    Members { departments: below.cloned().collect(), people, hidden: hidden.len() }
}

/// Loads a department as it stood; nothing where there are no goals yet.
async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    department: &DepartmentView,
    query: &ListQuery,
) -> Result<Option<Past>> {
    let yesterday = ctx.today.checked_sub_days(Days::new(1)).unwrap_or(ctx.today);
    let day = query.parsed::<NaiveDate>("day").unwrap_or(yesterday).min(yesterday);
    let offers = choice::offers(conn, ctx, department.id).await?;
    let Some(choice) = Choice::of(offers.to_vec(), query, ctx.company.fiscal, day) else { return Ok(None) };
    let kind = choice.chosen.kind;
    let members = members(ctx, department.id, day);
    let top = subject_of(department);
    let mut subjects = vec![top];
    subjects.extend(members.departments.iter().map(subject_of));
    subjects.extend(members.people.iter().map(|person| Subject::Person(person.id)));
    let at = (day, goals::end_of(&ctx.company, day));
    let mut stood = goals::as_they_stood(conn, ctx, (kind, ctx.company.basis), &subjects, at).await?;
    let mut now = present(conn, ctx, kind, &subjects).await?;
    let mut line = |subject: Subject, name: &str, reference: &str| {
        let (back, then) = stood.remove(&subject).unwrap_or_default();
        let (name, reference) = (name.to_owned(), reference.to_owned());
        Line { subject, name, reference, back, then, now: now.remove(&subject) }
    };
    let top = line(top, &department.name, &department.code);
    let departments = members.departments.iter().map(|place| {
        let line = line(subject_of(place), &place.name, &place.code);
        (place.kind == DepartmentKind::Sales, line)
    });
    let departments: Vec<(bool, Line)> = departments.collect();
    let people = members.people.iter().map(|person| {
        let line = line(Subject::Person(person.id), &person.name, &person.employee_no);
        (expected_to_sell(ctx, person), line)
    });
    let people: Vec<(bool, Line)> = people.collect();
    Ok(Some(Past {
        choice,
        day,
        top,
        departments: who_matters(departments),
        people: who_matters(people),
        hidden: members.hidden,
    }))
}

fn subject_of(department: &DepartmentView) -> Subject {
    match department.parent {
        None => Subject::Company(department.id),
        Some(_) => Subject::Department(department.id),
    }
}

/// Who sells by their place; leads need not.
fn expected_to_sell(ctx: &Ctx, person: &PersonOn) -> bool {
    let place = ctx.company.organisation.department(person.department);
    !person.lead && place.is_some_and(|place| place.kind == DepartmentKind::Sales)
}

/// Those with a goal, then or now, with anything reached, or who should have either.
fn who_matters(lines: Vec<(bool, Line)>) -> Vec<Line> {
    let matters = |(expected, line): &(bool, Line)| {
        *expected || line.then.is_some() || line.now.is_some() || !line.back.is_empty()
    };
    lines.into_iter().filter(matters).map(|(_, line)| line).collect()
}

/// The goals of subjects as they stand now.
async fn present(
    conn: &mut PgConnection,
    ctx: &Ctx,
    kind: view::Kind,
    subjects: &[Subject],
) -> Result<HashMap<Subject, GoalFigures>> {
    let asked: HashSet<Subject> = subjects.iter().copied().collect();
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let mut goals = remembered::of_kind(conn, &ctx.app.goals, &ctx.company, viewer, kind).await?;
    // on the basis that what stood then is worked out on; a goal on another would be measured in something else
    goals.retain(|goal| asked.contains(&goal.subject) && goal.terms.basis == ctx.company.basis);
    let figures = service::figures(conn, &ctx.company, AsOf::now(ctx.today), goals).await?;
    Ok(figures.into_iter().map(|goal| (goal.goal.subject, goal)).collect())
}

/// `GET /team/{id}/as-of?day=2026-11-01&metric=&category=&period=`
pub async fn show(ctx: Ctx, Path(id): Path<DepartmentId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let department = permitted(&ctx, id)?;
    let past = load(&mut conn, &ctx, &department, &query).await?.ok_or(AppError::NotFound)?;
    let (reader, chosen) = (Reader::of(&ctx), &past.choice.chosen);
    let measure = Measure::new(reader, chosen.kind.metric);
    let row = |line: &Line| line_row(&ctx, measure, &past, line);
    let kept = ["metric", "category", "period"];
    let page = AsOfPage {
        shell: ctx.shell("team"),
        id,
        title: department.name.clone(),
        day: past.day.to_string(),
        said_day: ctx.l.date_year(past.day),
        kept: kept.map(|name| (name, query.text(name).to_owned())).into(),
        metrics: past.choice.metrics(ctx.l, &query),
        periods: past.choice.periods(ctx.l, ctx.company.fiscal, &query),
        period: view::period_name(ctx.l, ctx.company.fiscal, &chosen.kind.period),
        goal_heading: goal_heading(&ctx, id, &chosen.name(ctx.l)),
        then: past.top.then.as_ref().map(|goal| GoalCard::new(reader, goal)),
        now: past.top.now.as_ref().map(|goal| GoalCard::new(reader, goal)),
        steps: past
            .top
            .now
            .as_ref()
            .map(|goal| steps_since(&ctx, &goal.goal, past.top.back))
            .unwrap_or_default(),
        departments: past.departments.iter().map(row).collect(),
        people: past.people.iter().map(row).collect(),
        sums: sums(&ctx, measure, &past),
        hidden: past.hidden,
        csv: query.at(&format!("/team/{id}/as-of.csv")),
    };
    Ok(Page::ok(page).into_response())
}

fn line_row(ctx: &Ctx, measure: Measure, past: &Past, line: &Line) -> LineRow {
    let metric = past.choice.chosen.kind.metric;
    let short = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), |value| measure.short(value));
    let cells = |goal: Option<&GoalFigures>, facts| Cells {
        actual: short(ratio::value(metric.nature(), facts)),
        target: short(goal.map(|goal| goal.figures.effective_target)),
        percent: percent(ctx, goal.and_then(|goal| goal.figures.attainment)),
    };
    LineRow {
        name: line.name.clone(),
        href: match line.subject {
            Subject::Person(id) => format!("/people/{id}"),
            Subject::Department(id) | Subject::Company(id) => format!("/team/{id}/as-of?day={}", past.day),
        },
        then: cells(line.then.as_ref(), line.back.reached),
        now: cells(line.now.as_ref(), line.back.now()),
        difference: line.difference(metric).map_or_else(|| "–".to_owned(), |value| measure.signed(value)),
    }
}

fn percent(ctx: &Ctx, attainment: Option<Pct>) -> String {
    attainment.map_or_else(|| "–".to_owned(), |pct| ctx.l.pct(pct.whole()))
}

/// What people with a goal have together, then and now; nothing of ratios, which never add up.
fn sums(ctx: &Ctx, measure: Measure, past: &Past) -> Option<LineRow> {
    if !past.choice.chosen.kind.metric.adds_up() {
        return None;
    }
    let sum = |goals: Vec<&GoalFigures>| {
        let target: i64 = goals.iter().map(|goal| goal.figures.effective_target).sum();
        let actual: i64 = goals.iter().map(|goal| goal.figures.actual).sum();
        let cells = Cells {
            actual: measure.short(actual),
            target: measure.short(target),
            percent: percent(ctx, Pct::of(actual, target)),
        };
        (!goals.is_empty()).then_some((actual, cells))
    };
    let then = sum(past.people.iter().filter_map(|line| line.then.as_ref()).collect());
    let now = sum(past.people.iter().filter_map(|line| line.now.as_ref()).collect());
    let difference = now.as_ref().zip(then.as_ref()).map(|((now, _), (then, _))| now.saturating_sub(*then));
    then.as_ref().or(now.as_ref())?;
    Some(LineRow {
        name: ctx.l.t("team-as-of-sum"),
        href: String::new(),
        then: then.map(|(_, cells)| cells).unwrap_or_default(),
        now: now.map(|(_, cells)| cells).unwrap_or_default(),
        difference: difference.map(|value| measure.signed(value)).unwrap_or_default(),
    })
}

/// `GET /team/{id}/as-of.csv`: amounts to the last unit.
pub async fn download(ctx: Ctx, Path(id): Path<DepartmentId>, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let department = permitted(&ctx, id)?;
    let past = load(&mut conn, &ctx, &department, &query).await?.ok_or(AppError::NotFound)?;
    let columns = ["kind", "number", "name"].map(|name| ctx.l.t(&format!("goals-csv-{name}")));
    let further = [
        "day",
        "then-goal",
        "then-actual",
        "then-attainment",
        "now-goal",
        "now-actual",
        "now-attainment",
        "difference",
    ];
    let further = further.map(|name| ctx.l.t(&format!("team-as-of-csv-{name}")));
    let header: Vec<String> = columns.into_iter().chain(further).collect();
    let mut file = CsvDownload::new("team-as-of", ctx.l, &header)?;
    let measure = Measure::new(Reader::of(&ctx), past.choice.chosen.kind.metric);
    for line in std::iter::once(&past.top).chain(&past.departments).chain(&past.people) {
        file.row(&cells(&ctx, measure, &past, line))?;
    }
    file.finish()
}

fn cells(ctx: &Ctx, measure: Measure, past: &Past, line: &Line) -> [String; 11] {
    let metric = past.choice.chosen.kind.metric;
    let plain = |value: Option<i64>| value.map(|value| measure.plain(value)).unwrap_or_default();
    let target = |goal: &Option<GoalFigures>| plain(goal.as_ref().map(|goal| goal.figures.effective_target));
    let actual = |facts| plain(ratio::value(metric.nature(), facts));
    let attained = |goal: &Option<GoalFigures>| {
        let attainment = goal.as_ref().and_then(|goal| goal.figures.attainment);
        attainment.map(|pct| measure.plain_pct(pct)).unwrap_or_default()
    };
    [
        ctx.l.t(&format!("goals-of-{}", line.subject.kind())),
        line.reference.clone(),
        line.name.clone(),
        past.day.to_string(),
        target(&line.then),
        actual(line.back.reached),
        attained(&line.then),
        target(&line.now),
        actual(line.back.now()),
        attained(&line.now),
        plain(line.difference(metric)),
    ]
}
