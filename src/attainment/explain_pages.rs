//! `/explain`: every figure of a goal taken apart until it can be checked by hand.

use askama::Template;
use axum::http::HeaderMap;
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::engine::Attainment;
use super::explain::{self, Part, Parts, Source, Window};
use super::explain_forecast::forecast;
use super::service::{self, AsOf, GoalFigures};
use super::view::{GoalCard, Measure, Reader};
use crate::error::{Found, Result};
use crate::goals::{self, Goal, Subject, Viewer};
use crate::kernel::id::GoalId;
use crate::pipeline;
use crate::team::policy;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::routes::{Gate, Routes};
use crate::web::shell::Shell;
use crate::web::ui::Pager;

/// `/explain?goal=` and its download.
pub fn routes() -> Routes {
    Routes::new().get("/explain", Gate::SignedIn, show).get("/explain.csv", Gate::SignedIn, download)
}

/// A share of the whole deal, in hundredths of a percent.
const WHOLE: i32 = 10_000;

/// A day with its parts.
struct DayRows {
    date: String,
    total: String,
    rows: Vec<PartRow>,
}

/// A part of the actual as the table shows it.
struct PartRow {
    what: String,
    href: Option<String>,
    note: String,
    value: String,
}

/// A step of the required pace.
struct StepRow {
    from: String,
    target: String,
    passed: String,
    formula: String,
    reached: String,
}

/// The explanation of one goal.
struct Explained {
    order: Vec<&'static str>,
    card: GoalCard,
    actual: String,
    by_person: bool,
    days: Vec<DayRows>,
    pager: Pager,
    csv: String,
    expected: String,
    steps: Vec<StepRow>,
    elapsed: String,
    attainment: String,
    version: String,
    forecast: Option<(String, String)>,
    open: Vec<OpenRow>,
}

/// An open deal that the forecast knows of.
struct OpenRow {
    href: String,
    what: String,
    likely: String,
    value: String,
}

#[derive(Template)]
#[template(path = "explain/page.html")]
struct ExplainPage {
    shell: Shell,
    e: Explained,
}

#[derive(Template)]
#[template(path = "explain/panel.html")]
struct ExplainPanel {
    l: crate::web::i18n::Localiser,
    e: Explained,
}

/// What the request asks about, checked against what the reader may see.
struct Asked {
    goal: Goal,
    viewer: Viewer,
    by_person: bool,
}

/// `GET /explain?goal=7`: the page, or the panel alone for a page that shows it in place.
async fn show(ctx: Ctx, headers: HeaderMap, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let asked = asked(&mut conn, &ctx, &query).await?;
    let e = explain(&mut conn, &ctx, asked, &query).await?;
    let answer = if headers.contains_key("hx-request") {
        Page::ok(ExplainPanel { l: ctx.l, e }).into_response()
    } else {
        Page::ok(ExplainPage { shell: ctx.shell("goals"), e }).into_response()
    };
    Ok(([(VARY, "HX-Request")], answer).into_response())
}

/// `GET /explain.csv?goal=7`: every row behind the actual.
async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let asked = asked(&mut conn, &ctx, &query).await?;
    let measure = Measure::of(Reader::of(&ctx), &asked.goal);
    let parts = parts(&mut conn, &asked, Window { offset: 0, limit: None }).await?;
    let columns = ["date", "order", "customer", "product", "person", "event", "share", "value"];
    let header: Vec<String> = columns.iter().map(|name| ctx.l.t(&format!("explain-csv-{name}"))).collect();
    let mut file = CsvDownload::new("explain", ctx.l, &header)?;
    for part in parts.parts {
        file.row(&csv_cells(&ctx, measure, &part))?;
    }
    file.finish()
}

async fn asked(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<Asked> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let id = query.parsed("goal").map(GoalId).found()?;
    let goal = goals::find(conn, viewer, id).await?;
    let by_person = match goal.subject {
        Subject::Person(_) => true,
        Subject::Department(id) | Subject::Company(id) => policy::sees_people_of(&ctx.actor, id),
    };
    Ok(Asked { goal, viewer, by_person })
}

async fn parts(conn: &mut PgConnection, asked: &Asked, window: Window) -> Result<Parts> {
    let goal = &asked.goal;
    let span = goal.span();
    if asked.by_person {
        explain::entries(conn, asked.viewer, &span, goal.metric, window).await
    } else {
        explain::days(conn, &span, goal.metric, window).await
    }
}

async fn explain(conn: &mut PgConnection, ctx: &Ctx, asked: Asked, query: &ListQuery) -> Result<Explained> {
    let parts = parts(conn, &asked, Window { offset: query.offset(), limit: Some(PER_PAGE) }).await?;
    let by_person = asked.by_person;
    let at = AsOf::now(ctx.today);
    let figures =
        service::figures_with_range(conn, &ctx.company, at, vec![asked.goal]).await?.pop().found()?;
    let measure = Measure::of(Reader::of(ctx), &figures.goal);
    let paged = Paged::new(parts.parts, parts.count, query);
    Ok(Explained {
        order: order(query.text("figure")),
        card: GoalCard::new(Reader::of(ctx), &figures),
        actual: measure.exact(figures.figures.actual),
        by_person,
        pager: paged.pager(query),
        days: by_day(ctx, measure, paged.rows),
        csv: query.at("/explain.csv"),
        expected: measure.exact(figures.figures.expected),
        steps: steps(ctx, measure, &figures.goal),
        elapsed: elapsed(ctx, &figures.figures),
        attainment: attainment(ctx, measure, &figures.figures),
        version: version(ctx, measure, &figures),
        forecast: forecast(ctx, measure, &figures),
        open: if by_person { open_rows(conn, ctx, measure, &figures.goal).await? } else { Vec::new() },
    })
}

/// The open deals that the forecast knows of, for readers who see its people one by one; those that they do not see
/// themselves are left out.
async fn open_rows(
    conn: &mut PgConnection,
    ctx: &Ctx,
    measure: Measure,
    goal: &Goal,
) -> Result<Vec<OpenRow>> {
    let found = pipeline::open_deals(conn, ctx.today, &[super::ranges::rest(goal, ctx.today)]).await?;
    let deals: Vec<_> = found.into_iter().flatten().collect();
    let ids: Vec<_> = deals.iter().map(|deal| deal.id).collect();
    let cards = pipeline::cards(conn, &pipeline::policy::scope(ctx), &ids).await?;
    let rows = deals.iter().filter_map(|deal| {
        let ((value, bp), card) = (deal.of(goal.metric)?, cards.iter().find(|card| card.id == deal.id)?);
        Some(OpenRow {
            href: format!("/pipeline/{}", deal.id),
            what: format!("{} · {}", card.title(ctx.l), card.what(ctx.l)),
            likely: ctx.l.pct2(bp),
            value: measure.full(value),
        })
    });
    Ok(rows.collect())
}

/// The figures of a goal, the one that was asked for first.
fn order(asked: &str) -> Vec<&'static str> {
    let mut order = vec!["attainment", "expected", "projection", "actual"];
    order.sort_by_key(|figure| *figure != asked);
    order
}

fn by_day(ctx: &Ctx, measure: Measure, parts: Vec<Part>) -> Vec<DayRows> {
    let mut days: Vec<(NaiveDate, DayRows)> = Vec::new();
    for part in parts {
        let row = part_row(ctx, measure, &part);
        match days.last_mut() {
            Some((day, rows)) if *day == part.day => rows.rows.push(row),
            _ => {
                let (date, total) = (ctx.l.span(part.from, part.day), measure.full(part.day_total));
                days.push((part.day, DayRows { date, total, rows: vec![row] }));
            }
        }
    }
    days.into_iter().map(|(_, rows)| rows).collect()
}

fn part_row(ctx: &Ctx, measure: Measure, part: &Part) -> PartRow {
    let value = measure.full(part.value);
    let Some(source) = &part.source else {
        let what = ctx.l.t("explain-together");
        return PartRow { what, href: None, note: String::new(), value };
    };
    PartRow {
        what: format!("{} · {}", source.order_no, source.customer),
        href: Some(format!("/deals/{}", source.deal)),
        note: note(ctx, source),
        value,
    }
}

/// "FTX 400 · Elias Sandberg · Return · 60% share".
fn note(ctx: &Ctx, source: &Source) -> String {
    let person = source.person.clone().unwrap_or_else(|| ctx.l.t("explain-house"));
    let event = (source.event != "sale").then(|| ctx.l.t(&format!("explain-event-{}", source.event)));
    let share = (source.share_bp != WHOLE && source.kind != "house").then(|| {
        let key = if source.kind == "overlay" { "explain-overlay" } else { "explain-share" };
        ctx.l.tr(key, &[("share", ctx.l.pct(i64::from(source.share_bp / 100)).into())])
    });
    let origin =
        source.origin.map(|day| ctx.l.tr("explain-origin", &[("date", ctx.l.date_year(day).into())]));
    let parts = [source.product.clone(), person].into_iter().chain(event).chain(share).chain(origin);
    parts.collect::<Vec<_>>().join(" · ")
}

fn csv_cells(ctx: &Ctx, measure: Measure, part: &Part) -> [String; 8] {
    let value = measure.plain(part.value);
    let date = if part.from == part.day {
        ctx.l.date_iso(part.day)
    } else {
        format!("{} – {}", part.from, part.day)
    };
    match &part.source {
        None => [
            date,
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            value,
        ],
        Some(source) => [
            date,
            source.order_no.clone(),
            source.customer.clone(),
            source.product.clone(),
            source.person.clone().unwrap_or_else(|| ctx.l.t("explain-house")),
            ctx.l.t(&format!("explain-event-{}", source.event)),
            ctx.l.decimal(i64::from(source.share_bp), 2_u32),
            value,
        ],
    }
}

fn steps(ctx: &Ctx, measure: Measure, goal: &Goal) -> Vec<StepRow> {
    let row = |step: explain::PaceStep| {
        let values = [
            ("base", measure.full(step.base).into()),
            ("target", measure.full(step.target).into()),
            ("passed", step.passed.into()),
            ("days", step.days.into()),
            ("reached", measure.full(step.reached).into()),
        ];
        let key = if step.base == 0 { "explain-step-first" } else { "explain-step" };
        StepRow {
            from: ctx.l.date_short_year(step.from),
            target: measure.full(step.target),
            passed: ctx.l.tr(if step.even { "explain-days-of" } else { "explain-weight-of" }, &values[2..4]),
            formula: ctx.l.tr(key, &values),
            reached: measure.full(step.reached),
        }
    };
    let steps = explain::pace_steps(goal, &ctx.company, AsOf::now(ctx.today));
    steps.into_iter().map(row).collect()
}

fn elapsed(ctx: &Ctx, at: &Attainment) -> String {
    let values = [("passed", at.elapsed_working_days.into()), ("days", at.working_days.into())];
    ctx.l.tr("explain-elapsed", &values)
}

fn attainment(ctx: &Ctx, measure: Measure, at: &Attainment) -> String {
    let values =
        [("actual", measure.full(at.actual).into()), ("target", measure.full(at.effective_target).into())];
    match at.attainment {
        Some(pct) => {
            let pct = ctx.l.pct2(pct.0);
            ctx.l.tr("explain-attainment-formula", &[&values[..], &[("pct", pct.into())]].concat())
        }
        None => ctx.l.t("attainment-no-target"),
    }
}

/// Which version of the goal is used.
fn version(ctx: &Ctx, measure: Measure, goal: &GoalFigures) -> String {
    let l = ctx.l;
    let used = goal.goal.versions.iter().rev().find(|version| version.target == goal.figures.target);
    let Some(used) = used else { return String::new() };
    let values = [
        ("n", used.number.into()),
        ("of", goal.goal.versions.len().into()),
        ("target", measure.full(used.target).into()),
        ("date", l.date_year(used.effective_on).into()),
        ("recorded", l.datetime(used.recorded_at, ctx.company.zone).into()),
    ];
    let said = l.tr("explain-version", &values);
    if used.reason.is_empty() {
        said
    } else {
        format!("{said} {}", l.tr("explain-reason", &[("reason", used.reason.clone().into())]))
    }
}
