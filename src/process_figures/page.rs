//! `/process`: the figures of the process, and the funnel.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::{Days, Months, NaiveDate};
use sqlx::PgConnection;

use super::row::{self, COLUMNS, Row};
use super::{Figures, figures, names};
use crate::error::Result;
use crate::kernel::period::{Period, PeriodKind};
use crate::kernel::ratio::Pct;
use crate::pipeline::{self, Reached, Stages};
use crate::process::grouping::By;
use crate::service::Scores;
use crate::web::charts::MiniBar;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Link, Pager, SortLink};

/// The days that are looked at unless others are asked for.
const LOOKS_BACK: Days = Days::new(89);

#[derive(Template)]
#[template(path = "process/figures.html")]
struct FiguresPage {
    shell: Shell,
    query: ListQuery,
    from: String,
    last: String,
    /// What is wrong with the days that were typed.
    turned: Option<String>,
    spans: Vec<Link>,
    groups: Vec<Link>,
    facts: Vec<Fact>,
    formulas: Vec<String>,
    steps: Vec<StepView>,
    /// Whether there are open deals that the reader sees.
    decides: bool,
    by: String,
    columns: [&'static str; 10],
    rows: Vec<RowView>,
    pager: Pager,
}

impl FiguresPage {
    fn head(&self, column: &str) -> SortLink {
        self.query.sort_head(column, &self.columns)
    }
}

/// A figure of everything together, with where its rows are.
struct Fact {
    label: String,
    value: String,
    href: String,
}

/// A step of the funnel.
struct StepView {
    name: String,
    bar: MiniBar,
    count: Link,
    /// The share of those of the step before that came here, in words.
    on: String,
}

/// A group as the table shows it. A count without rows to lead to has no address.
struct RowView {
    name: String,
    opened: Link,
    won: Link,
    lost: Link,
    rate: String,
    bar: Option<MiniBar>,
    cycle: String,
    delivered: Link,
    on_time: String,
    on_time_bar: Option<MiniBar>,
    lead: String,
    score: Link,
}

/// What an address asks for.
struct Asked {
    by: By,
    days: Period,
    /// The days that were typed end before they begin.
    turned: bool,
}

impl Asked {
    fn of(ctx: &Ctx, query: &ListQuery) -> Self {
        let days = query.parsed::<NaiveDate>("from").zip(query.parsed::<NaiveDate>("last"));
        let typed = query.days("from", "last");
        Self {
            by: query.get("by").and_then(By::from_code).unwrap_or(By::Month),
            turned: days.is_some() && typed.is_none(),
            days: typed.unwrap_or_else(|| since(ctx, ctx.today - LOOKS_BACK)),
        }
    }
}

/// From a day up to today.
fn since(ctx: &Ctx, start: NaiveDate) -> Period {
    Period { start, end: ctx.today + Days::new(1) }
}

/// Where the rows of a group are: among what happened in the days, and of the group alone.
struct Rows {
    days: Period,
    /// `&person=7`; nothing where the lists know no such filter.
    only: Option<String>,
    /// What narrows the list of orders to the same: whoever sees some people's also sees orders that these share in or handle.
    sold: &'static str,
}

impl Rows {
    fn of(ctx: &Ctx, by: By, key: &str, days: Period) -> Self {
        let sold = if super::sees_all(ctx) { "" } else { "&sold=seen" };
        let only = match by {
            By::All => Some(String::new()),
            By::Month => {
                let month = format!("{key}-01").parse::<NaiveDate>().ok();
                let month = month
                    .and_then(|start| Some(Period { start, end: start.checked_add_months(Months::new(1))? }));
                let inside = month.unwrap_or(days);
                let days = Period { start: inside.start.max(days.start), end: inside.end.min(days.end) };
                return Self { days, only: Some(String::new()), sold };
            }
            _ if key.is_empty() => None,
            _ => {
                let value: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
                Some(format!("&{}={value}", by.code()))
            }
        };
        Self { days, only, sold }
    }

    fn link(&self, count: i64, label: String, path: &str, (from, last): (&str, &str)) -> Link {
        let href = self.only.as_ref().filter(|_| count > 0).map(|only| {
            let and = if path.contains('?') { '&' } else { '?' };
            format!("{path}{and}{from}={}&{last}={}{only}", self.days.start, self.days.last_day())
        });
        Link::new(href.unwrap_or_default(), label)
    }

    fn opened(&self, ctx: &Ctx, count: i64) -> Link {
        let days = ("opened_from", "opened_to");
        self.link(count, ctx.l.number(count), "/pipeline/list?state=all", days)
    }

    fn closed(&self, ctx: &Ctx, count: i64, state: &str) -> Link {
        let path = format!("/pipeline/list?state={state}");
        self.link(count, ctx.l.number(count), &path, ("closed_from", "closed_to"))
    }

    fn delivered(&self, ctx: &Ctx, count: i64) -> Link {
        let path = format!("/orders?view=done{}", self.sold);
        self.link(count, ctx.l.number(count), &path, ("from", "last"))
    }

    fn scored(&self, ctx: &Ctx, scores: &Scores) -> Link {
        let average = scores.average().map(|average| ctx.l.decimal(average, 2_u32));
        let label = average.unwrap_or_else(|| "–".to_owned());
        self.link(scores.answers, label, "/scores", ("from", "last"))
    }
}

fn share(ctx: &Ctx, share: Option<Pct>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| ctx.l.pct2(share.0))
}

fn days(ctx: &Ctx, days: Option<i32>) -> String {
    days.map_or_else(|| "–".to_owned(), |days| ctx.l.tr("orders-days", &[("n", i64::from(days).into())]))
}

fn view(ctx: &Ctx, asked: &Asked, row: Row) -> RowView {
    let Row { key, name, figures, .. } = row;
    let rows = Rows::of(ctx, asked.by, &key, asked.days);
    let (decisions, deliveries) = (&figures.decisions, &figures.deliveries);
    let bar = |part: i64, whole: i64, shown: &str| {
        let label = format!("{name}: {shown}");
        (whole > 0).then_some(MiniBar { value: part, max: whole, colour: "ink", label })
    };
    let (rate, on_time) = (share(ctx, figures.win_rate()), share(ctx, figures.on_time()));
    RowView {
        opened: rows.opened(ctx, decisions.opened),
        won: rows.closed(ctx, decisions.won, "won"),
        lost: rows.closed(ctx, decisions.lost, "lost"),
        bar: bar(decisions.won, decisions.won + decisions.lost, &rate),
        rate,
        cycle: days(ctx, decisions.cycle),
        delivered: rows.delivered(ctx, deliveries.orders),
        on_time_bar: bar(deliveries.on_time, deliveries.owed, &on_time),
        on_time,
        lead: days(ctx, deliveries.lead),
        score: rows.scored(ctx, &figures.scores),
        name,
    }
}

/// The figures of everything together, and how the three rates come about.
fn facts(ctx: &Ctx, asked: &Asked, all: &Figures) -> (Vec<Fact>, Vec<String>) {
    let rows = Rows::of(ctx, By::All, "", asked.days);
    let (decisions, deliveries) = (&all.decisions, &all.deliveries);
    let fact = |key: &str, value: String, link: Link| Fact { label: ctx.l.t(key), value, href: link.href };
    let decided = decisions.won + decisions.lost;
    let scored = rows.scored(ctx, &all.scores);
    let facts = vec![
        fact("process-opened", ctx.l.number(decisions.opened), rows.opened(ctx, decisions.opened)),
        fact("process-rate", share(ctx, all.win_rate()), rows.closed(ctx, decided, "all")),
        fact("process-cycle", days(ctx, decisions.cycle), rows.closed(ctx, decisions.won, "won")),
        fact("process-on-time", share(ctx, all.on_time()), rows.delivered(ctx, deliveries.orders)),
        fact("process-lead", days(ctx, deliveries.lead), rows.delivered(ctx, deliveries.orders)),
        fact("process-score", scored.label.clone(), scored),
    ];
    let formula = |key: &str, values: [(&'static str, i64); 3]| {
        ctx.l.tr(key, &values.map(|(name, value)| (name, value.into())))
    };
    let formulas = vec![
        formula("process-rate-of", [("won", decisions.won), ("decided", decided), ("lost", decisions.lost)]),
        formula(
            "process-on-time-of",
            [("kept", deliveries.on_time), ("owed", deliveries.owed), ("orders", deliveries.orders)],
        ),
        formula("process-score-of", [("sum", all.scores.sum), ("answers", all.scores.answers), ("n", 0)]),
    ];
    (facts, formulas)
}

fn steps(ctx: &Ctx, stages: &Stages, days: Period, funnel: &[Reached]) -> Vec<StepView> {
    let rows = Rows::of(ctx, By::All, "", days);
    let most = funnel.first().map_or(0, |first| first.count);
    let before = std::iter::once(None).chain(funnel.iter().map(|step| Some(step.count)));
    let view = |(step, before): (&Reached, Option<i64>)| {
        let stage = step.place.checked_sub(1).and_then(|place| stages.active().nth(place));
        let name = stage.map_or_else(|| ctx.l.t("process-order"), |stage| stage.name(ctx.l));
        let count = ctx.l.number(step.count);
        let on = before.and_then(|before| Pct::of(step.count, before));
        StepView {
            bar: MiniBar { value: step.count, max: most, colour: "ink", label: format!("{name}: {count}") },
            on: on.map_or_else(String::new, |share| {
                ctx.l.tr("process-went-on", &[("share", ctx.l.pct2(share.0).into())])
            }),
            name,
            count: rows.link(
                step.count,
                count,
                &format!("/pipeline/list?state=all&reached={}", step.place),
                ("opened_from", "opened_to"),
            ),
        }
    };
    funnel.iter().zip(before).map(view).collect()
}

/// Spans of time that are looked at often.
fn spans(ctx: &Ctx, query: &ListQuery, asked: &Asked) -> Vec<Link> {
    let fiscal = ctx.company.fiscal;
    let spans = [
        ("process-span-90", since(ctx, ctx.today - LOOKS_BACK)),
        ("process-span-quarter", fiscal.containing(PeriodKind::Quarter, ctx.today)),
        ("process-span-year", fiscal.containing(PeriodKind::Year, ctx.today)),
    ];
    let link = |(key, days): (&str, Period)| {
        let last = days.last_day().min(ctx.today);
        let here = asked.days.start == days.start && asked.days.last_day() == last;
        let by = query.text("by");
        let by = if by.is_empty() { String::new() } else { format!("&by={by}") };
        Link::new(format!("/process?from={}&last={last}{by}", days.start), ctx.l.t(key)).current(here)
    };
    spans.map(link).into()
}

/// What the table is sorted by, and first by which: months latest first.
fn columns(by: By) -> [&'static str; 10] {
    let mut columns = COLUMNS;
    if by == By::Month {
        columns[0] = "-name";
    }
    columns
}

/// The rows, and the deliveries of all of them together.
async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    query: &ListQuery,
    asked: &Asked,
) -> Result<(Vec<Row>, Figures)> {
    let (found, all) = figures(conn, ctx, asked.by, asked.days).await?;
    let mut rows = names::rows(conn, ctx, asked.by, found).await?;
    row::sort(&mut rows, query.sort(&columns(asked.by)));
    Ok((rows, all))
}

/// `GET /process?by=&from=&last=&sort=&page=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let asked = Asked::of(&ctx, &query);
    let mut conn = ctx.app.read().await?;
    let (rows, all) = load(&mut conn, &ctx, &query, &asked).await?;
    let stages = pipeline::stages::all(&mut conn).await?;
    let scope = pipeline::policy::scope(&ctx);
    let funnel = pipeline::funnel(&mut conn, &stages, &asked.days, &scope).await?;
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let skipped = usize::try_from(query.offset()).unwrap_or(usize::MAX);
    let shown = rows.into_iter().skip(skipped).take(usize::try_from(PER_PAGE).unwrap_or(usize::MAX));
    let paged = Paged::new(shown.map(|row| view(&ctx, &asked, row)).collect(), total, &query);
    let (facts, formulas) = facts(&ctx, &asked, &all);
    let group = |by: &By| {
        Link::new(query.with("by", by.code()), ctx.l.t(&format!("process-by-{}", by.code())))
            .current(*by == asked.by)
    };
    let decisions = &all.decisions;
    let page = FiguresPage {
        from: if asked.turned { query.text("from").to_owned() } else { asked.days.start.to_string() },
        last: if asked.turned { query.text("last").to_owned() } else { asked.days.last_day().to_string() },
        turned: asked.turned.then(|| ctx.l.t("process-error-turned")),
        spans: spans(&ctx, &query, &asked),
        groups: By::OFFERED.iter().map(group).collect(),
        facts,
        formulas,
        steps: steps(&ctx, &stages, asked.days, &funnel),
        decides: decisions.opened + decisions.won + decisions.lost > 0,
        by: ctx.l.t(&format!("process-by-{}", asked.by.code())),
        columns: columns(asked.by),
        pager: paged.pager(&query),
        rows: paged.rows,
        shell: ctx.shell("process"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /process.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let asked = Asked::of(&ctx, &query);
    let (rows, _) = load(&mut *ctx.app.read().await?, &ctx, &query, &asked).await?;
    let header = [
        asked.by.code(),
        "opened",
        "won",
        "lost",
        "win_rate_pct",
        "cycle_days",
        "delivered",
        "with_date",
        "on_time",
        "on_time_pct",
        "lead_days",
        "answers",
        "score",
    ];
    let mut file = CsvDownload::new("process", ctx.l, &header)?;
    let rate = |share: Option<Pct>| share.map_or_else(String::new, |share| ctx.l.decimal(share.0, 2));
    let count = |days: Option<i32>| days.map_or_else(String::new, |days| days.to_string());
    for Row { name, figures, .. } in rows {
        let (decisions, deliveries) = (&figures.decisions, &figures.deliveries);
        file.row(&[
            name,
            decisions.opened.to_string(),
            decisions.won.to_string(),
            decisions.lost.to_string(),
            rate(figures.win_rate()),
            count(decisions.cycle),
            deliveries.orders.to_string(),
            deliveries.owed.to_string(),
            deliveries.on_time.to_string(),
            rate(figures.on_time()),
            count(deliveries.lead),
            figures.scores.answers.to_string(),
            figures.scores.average().map_or_else(String::new, |score| ctx.l.decimal(score, 2_u32)),
        ])?;
    }
    file.finish()
}
