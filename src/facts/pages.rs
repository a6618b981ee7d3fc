//! `/facts`: what goals of those who support sales are measured by, and the form that notes it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use super::forms::Parsed;
use super::store::{self, Filter, Of};
use super::{Fact, FactDraft, FactId, Facts, Noted, OWN_SOURCE, Raw, may_record, note};
use crate::attainment::view::{Measure, Reader, metric_key, metric_name, period_name};
use crate::attainment::{Metric, Nature};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::goals::{self, Subject, View, Viewer, views};
use crate::kernel::id::GoalId;
use crate::kernel::period::Period;
use crate::kernel::ratio::scale;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::{Form, FormErrors};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::Gate;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 3] = ["-day", "name", "metric"];

#[derive(Template)]
#[template(path = "facts/index.html")]
struct IndexPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    /// The goal that is asked about, and its page.
    goal: Option<Link>,
    /// What the facts shown come to, with the formula.
    sum: Option<String>,
    /// What those add to it whom the reader does not see one by one.
    others: Option<String>,
    rows: Vec<Row>,
    pager: Pager,
    tags: Vec<FilterTag>,
    metrics: Vec<Choice>,
    records: bool,
}

impl IndexPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// A fact in the list.
struct Row {
    href: String,
    day: String,
    name: String,
    metric: String,
    value: String,
    note: String,
}

fn metrics(ctx: &Ctx) -> Vec<Choice> {
    let own = Metric::ALL.into_iter().filter(|metric| !metric.is_of_sales());
    own.map(|metric| Choice::new(metric.code(), ctx.l.t(metric_key(metric)))).collect()
}

/// "47 of 50 = 94.00%", "4.50", "3".
pub fn said(ctx: &Ctx, metric: Metric, facts: Facts) -> String {
    let measure = Measure::new(Reader::of(ctx), metric);
    let Nature::Ratio { scale: unit, .. } = metric.nature() else { return measure.full(facts.part) };
    let value =
        scale(facts.part, unit, facts.whole).map_or_else(|| "–".to_owned(), |value| measure.full(value));
    match (unit, facts.whole) {
        (_, 1) if unit == 1 => value,
        (1, _) => format!("{} ÷ {} = {value}", measure.full(facts.part), ctx.l.number(facts.whole)),
        _ => format!("{} ÷ {} = {value}", ctx.l.number(facts.part), ctx.l.number(facts.whole)),
    }
}

fn row(ctx: &Ctx, fact: Fact) -> Row {
    Row {
        href: format!("/facts/{}", fact.id),
        day: ctx.l.date_year(fact.draft.day),
        metric: ctx.l.t(metric_key(fact.draft.metric)),
        value: said(ctx, fact.draft.metric, fact.draft.facts),
        name: fact.name,
        note: fact.draft.note,
    }
}

/// What the reader may see of what is asked for, and the goal it is about.
async fn asked(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
) -> Result<(Filter, Option<goals::Goal>)> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let organisation = &ctx.company.organisation;
    let seen = (!viewer.everyone).then(|| {
        let people = organisation.visible_people(viewer).into_iter().map(|id| id.0).collect();
        let departments = organisation.visible_departments(viewer).into_iter().map(|id| id.0).collect();
        (people, departments)
    });
    let days = match (query.parsed("from"), query.parsed("last")) {
        (Some(from), Some(last)) => Period::from_inclusive(from, last),
        _ => None,
    };
    let metric = query.get("metric").and_then(Metric::from_code);
    let filter = Filter { seen, metric, of: None, days, words: query.search().to_owned() };
    let Some(id) = query.parsed("goal").map(GoalId) else { return Ok((filter, None)) };
    let goal = goals::find(conn, viewer, id).await?;
    let of = match goal.subject {
        Subject::Person(id) => Some(Of::Person(id)),
        Subject::Department(id) => Some(Of::Department(id)),
        Subject::Company(_) => None,
    };
    // no search: what others add would be what somebody adds
    let (metric, days, words) = (Some(goal.metric), Some(goal.period), String::new());
    let filter = Filter { metric, of, days, words, ..filter };
    Ok((filter, Some(goal)))
}

/// `GET /facts?q=&metric=&from=&last=&goal=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (filter, goal) = asked(&mut conn, &ctx, &query).await?;
    let (total, seen) = store::count(&mut conn, &filter).await?;
    // a goal's figure is of everybody it counts, also of those whom its reader does not see one by one
    let facts = match &goal {
        Some(goal) => sum_of(&mut conn, goal).await?,
        None => seen,
    };
    let hidden = Facts { part: facts.part - seen.part, whole: facts.whole - seen.whole };
    let (column, descending) = query.sort(&COLUMNS);
    let rows = store::list(&mut conn, &filter, (column, descending), (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(rows.into_iter().map(|fact| row(&ctx, fact)).collect(), total, &query);
    let metrics = metrics(&ctx);
    let parts = goal.as_ref().and_then(|goal| goal.subject.department());
    let sees_parts = parts.is_some_and(|id| goals::sees_parts(&ctx.actor, id));
    let others = filter.metric.filter(|_| sees_parts && hidden != Facts::default());
    let others =
        others.map(|metric| ctx.l.tr("facts-others", &[("value", said(&ctx, metric, hidden).into())]));
    let sum = filter.metric.filter(|_| facts != Facts::default()).map(|metric| {
        ctx.l.tr(
            "facts-sum-plain",
            &[("what", ctx.l.t(metric_key(metric)).into()), ("value", said(&ctx, metric, facts).into())],
        )
    });
    let page = IndexPage {
        views: views(&ctx, View::Facts),
        goal: goal.map(|goal| {
            let period = period_name(ctx.l, ctx.company.fiscal, &goal.period);
            let name = format!("{} {period}, {}", metric_name(ctx.l, &goal), goal.subject_name);
            Link::new(format!("/goals/{}", goal.id), name)
        }),
        sum,
        others,
        tags: query.tags(
            ctx.l,
            &[("metric", "facts-metric", &metrics), ("from", "goals-from", &[]), ("last", "goals-last", &[])],
        ),
        pager: paged.pager(&query),
        rows: paged.rows,
        metrics,
        records: Gate::Leader.admits(Some(&ctx.actor)).is_ok(),
        shell: ctx.shell("goals"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// What a goal counts, as the ledger of facts has it.
async fn sum_of(conn: &mut PgConnection, goal: &goals::Goal) -> Result<Facts> {
    Ok(super::sums(conn, &[(goal.metric, goal.span())]).await?.pop().unwrap_or_default())
}

/// `GET /facts.csv`: the columns that an import takes.
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (filter, _) = asked(&mut conn, &ctx, &query).await?;
    let (column, descending) = query.sort(&COLUMNS);
    let mut file = CsvDownload::new("facts", ctx.l, super::file::LAYOUT.columns)?;
    for fact in store::list(&mut conn, &filter, (column, descending), (csv::ROWS_ASKED, 0)).await? {
        let raw = Raw::of(&fact);
        let person = matches!(fact.draft.subject, Subject::Person(_));
        let (employee, department) =
            if person { (fact.reference, String::new()) } else { (String::new(), fact.reference) };
        file.row(&[
            fact.fact_no,
            raw.metric,
            raw.day,
            employee,
            department,
            raw.value,
            raw.count,
            raw.note,
            fact.draft.source,
        ])?;
    }
    file.finish()
}

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactForm {
    subject: String,
    metric: String,
    day: String,
    value: String,
    count: String,
    note: String,
    version: i64,
}

impl FactForm {
    fn raw(&self) -> Raw {
        let form = self.clone();
        Raw { metric: form.metric, day: form.day, value: form.value, count: form.count, note: form.note }
    }

    fn of(fact: &Fact) -> Self {
        let raw = Raw::of(fact);
        Self {
            subject: format!("{} · {}", fact.name, fact.reference),
            metric: raw.metric,
            day: raw.day,
            value: raw.value,
            count: raw.count,
            note: raw.note,
            version: fact.version,
        }
    }
}

#[derive(Template)]
#[template(path = "facts/form.html")]
struct FormPage {
    shell: Shell,
    id: Option<FactId>,
    form: FactForm,
    errors: FormErrors,
    metrics: Vec<Choice>,
    may_change: bool,
    source: String,
}

fn page(ctx: &Ctx, fact: Option<&Fact>, form: FactForm, errors: FormErrors) -> FormPage {
    FormPage {
        shell: ctx.shell("goals"),
        id: fact.map(|fact| fact.id),
        form,
        errors,
        metrics: metrics(ctx),
        may_change: fact.is_none_or(|fact| records(ctx, fact.draft.subject)),
        source: fact.map(|fact| fact.draft.source.clone()).filter(|s| s != OWN_SOURCE).unwrap_or_default(),
    }
}

/// Whether the reader notes facts of a subject.
pub fn records(ctx: &Ctx, subject: Subject) -> bool {
    let stay = subject.employee().and_then(|id| ctx.company.organisation.person(id)?.last_stay(ctx.today));
    may_record(&ctx.actor, subject, stay.map(|stay| stay.department))
}

/// `GET /facts/new`
pub async fn new(ctx: Ctx, query: ListQuery) -> Response {
    let form = FactForm {
        metric: query.get("metric").unwrap_or("on_time_delivery").to_owned(),
        day: ctx.today.to_string(),
        ..FactForm::default()
    };
    Page::ok(page(&ctx, None, form, FormErrors::default())).into_response()
}

/// What the form says, or everything that is wrong with it.
async fn read(
    conn: &mut PgConnection,
    ctx: &Ctx,
    form: &FactForm,
) -> Result<std::result::Result<(Parsed, Subject), FormErrors>> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let parsed = form.raw().read(ctx.today);
    let found = goals::resolve(conn, viewer, &form.subject).await?;
    let subject = found.and_then(|found| {
        if records(ctx, found.subject) { Ok(found.subject) } else { Err("facts-error-unknown") }
    });
    Ok(match (parsed, subject) {
        (Ok(parsed), Ok(subject)) => Ok((parsed, subject)),
        (parsed, subject) => {
            let mut errors = FormErrors::default();
            if let Err(key) = subject {
                errors.add("subject", key);
            }
            for error in parsed.err().iter().flat_map(FormErrors::iter) {
                errors.add(error.field.clone(), error.key);
            }
            Err(errors)
        }
    })
}

fn draft((parsed, subject): (Parsed, Subject)) -> FactDraft {
    let Parsed { metric, day, facts, note } = parsed;
    FactDraft { source: OWN_SOURCE.to_owned(), fact_no: None, metric, subject, day, facts, note }
}

/// `POST /facts/new`
pub async fn create(ctx: Ctx, Form(form): Form<FactForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let draft = match read(&mut tx, &ctx, &form).await? {
        Ok(read) => draft(read),
        Err(errors) => return Ok(Page::invalid(page(&ctx, None, form, errors)).into_response()),
    };
    let (Noted::New(id) | Noted::Changed(id) | Noted::Same(id)) =
        note(&mut tx, &draft, |whose| records(&ctx, whose), Some(ctx.actor.user), ctx.now).await?;
    record(&mut tx, &ctx, "fact.noted", id, &draft).await?;
    tx.commit().await?;
    Ok(Notice::new("facts-toast-noted").undo(format!("/facts/{id}/remove"), &[]).redirect("/facts"))
}

async fn record(
    conn: &mut PgConnection,
    ctx: &Ctx,
    action: &'static str,
    id: FactId,
    draft: &FactDraft,
) -> Result<()> {
    let details = json!({ "metric": draft.metric, "day": draft.day, "part": draft.facts.part, "whole": draft.facts.whole });
    let event = Event::new(action, "fact", id.0).with(details);
    audit::record(conn, Some(ctx.actor.user), ctx.now, event).await
}

/// A fact that the reader sees.
async fn visible(conn: &mut PgConnection, ctx: &Ctx, id: FactId, removed: bool) -> Result<Fact> {
    let fact = store::find(conn, id, removed).await?.found()?;
    let (viewer, organisation) = (Viewer::new(&ctx.actor, ctx.today), &ctx.company.organisation);
    let seen = match fact.draft.subject {
        Subject::Person(id) => organisation.shows_person(viewer, id),
        Subject::Department(id) | Subject::Company(id) => organisation.shows_department(viewer, id),
    };
    if seen { Ok(fact) } else { Err(AppError::NotFound) }
}

async fn permitted(conn: &mut PgConnection, ctx: &Ctx, id: FactId, removed: bool) -> Result<Fact> {
    let fact = visible(conn, ctx, id, removed).await?;
    if records(ctx, fact.draft.subject) { Ok(fact) } else { Err(AppError::Forbidden) }
}

/// `GET /facts/{id}`: to read, and to change for those who may.
pub async fn edit(ctx: Ctx, Path(id): Path<FactId>) -> Result<Response> {
    let fact = visible(&mut *ctx.app.read().await?, &ctx, id, false).await?;
    Ok(Page::ok(page(&ctx, Some(&fact), FactForm::of(&fact), FormErrors::default())).into_response())
}

/// `POST /facts/{id}`
pub async fn save(ctx: Ctx, Path(id): Path<FactId>, Form(form): Form<FactForm>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let fact = permitted(&mut tx, &ctx, id, false).await?;
    let draft = match read(&mut tx, &ctx, &form).await? {
        Ok(read) => draft(read),
        Err(errors) => return Ok(Page::invalid(page(&ctx, Some(&fact), form, errors)).into_response()),
    };
    store::update(&mut tx, id, form.version, &draft).await?.ok_or(AppError::Conflict("error-stale"))?;
    store::post(&mut tx, &[id], ctx.now).await?;
    record(&mut tx, &ctx, "fact.changed", id, &draft).await?;
    tx.commit().await?;
    Ok(Notice::new("toast-saved").redirect("/facts"))
}

/// `POST /facts/{id}/remove`
pub async fn remove(ctx: Ctx, Path(id): Path<FactId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let fact = permitted(&mut tx, &ctx, id, false).await?;
    store::save_removed(&mut tx, id, Some(ctx.now)).await?;
    store::post(&mut tx, &[id], ctx.now).await?;
    record(&mut tx, &ctx, "fact.removed", id, &fact.draft).await?;
    tx.commit().await?;
    Ok(Notice::new("facts-toast-removed").undo(format!("/facts/{id}/restore"), &[]).redirect("/facts"))
}

/// `POST /facts/{id}/restore`
pub async fn restore(ctx: Ctx, Path(id): Path<FactId>) -> Result<Response> {
    let mut tx = ctx.app.begin().await?;
    let fact = permitted(&mut tx, &ctx, id, true).await?;
    store::save_removed(&mut tx, id, None).await?;
    store::post(&mut tx, &[id], ctx.now).await?;
    record(&mut tx, &ctx, "fact.restored", id, &fact.draft).await?;
    tx.commit().await?;
    Ok(Notice::new("facts-toast-restored").redirect("/facts"))
}
