//! `/deliveries/figures`: how promises are kept, by month, product, customer and department, and why dates were moved.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Months, NaiveDate};

use super::deliveries::said;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::orders::figures::{Group, Row};
use crate::orders::list::Filter;
use crate::orders::{Cause, figures_store};
use crate::web::charts::MiniBar;
use crate::web::context::Ctx;
use crate::web::csv::CsvDownload;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Link;

#[derive(Template)]
#[template(path = "orders/figures.html")]
struct FiguresPage {
    shell: Shell,
    query: ListQuery,
    from: String,
    last: String,
    groups: Vec<Link>,
    facts: Vec<(String, String)>,
    formula: String,
    rows: Vec<RowView>,
    causes: Vec<CauseView>,
}

/// A group of lines.
struct RowView {
    name: String,
    href: Option<String>,
    lines: String,
    share: String,
    bar: Option<MiniBar>,
    formula: String,
    lead: String,
    slowest: String,
}

/// How often dates were moved for a reason.
struct CauseView {
    name: String,
    bar: MiniBar,
    times: String,
}

fn period(ctx: &Ctx, query: &ListQuery) -> Period {
    let year = || {
        let start = ctx.today.with_day(1).and_then(|day| day.checked_sub_months(Months::new(11)));
        Period { start: start.unwrap_or(ctx.today), end: ctx.today + chrono::Days::new(1) }
    };
    query.days("from", "last").unwrap_or_else(year)
}

fn asked(ctx: &Ctx, query: &ListQuery) -> (Filter, Group) {
    let group = query.get("by").and_then(Group::from_code).unwrap_or(Group::Month);
    (Filter { days: Some(period(ctx, query)), ..Filter::of(ctx) }, group)
}

fn days(ctx: &Ctx, days: Option<i32>) -> String {
    days.map_or_else(|| "–".to_owned(), |days| ctx.l.tr("orders-days", &[("n", i64::from(days).into())]))
}

fn row(ctx: &Ctx, group: Group, period: Period, row: Row) -> RowView {
    let share = row.share();
    let month = format!("{}-01", row.key).parse::<NaiveDate>().ok().filter(|_| group == Group::Month);
    let name = month.map_or(row.name, |day| ctx.l.month_label(day.year(), day.month()));
    let shown = share.map_or_else(|| "–".to_owned(), |share| ctx.l.pct2(share.0));
    RowView {
        href: match group {
            Group::Product => {
                let (from, last) = (period.start, period.last_day());
                Some(format!("/deliveries?view=done&product={}&from={from}&last={last}", row.key))
            }
            Group::Customer => Some(format!("/customers/{}", row.key)),
            Group::Month | Group::Category | Group::Department => None,
        },
        lines: ctx.l.number(row.lines),
        bar: share.map(|_| MiniBar {
            value: row.on_time,
            max: row.owed,
            colour: "ink",
            label: format!("{name}: {shown}"),
        }),
        formula: format!("{} ÷ {}", ctx.l.number(row.on_time), ctx.l.number(row.owed)),
        share: shown,
        lead: days(ctx, row.lead),
        slowest: days(ctx, row.slowest),
        name,
    }
}

/// `GET /deliveries/figures?by=&from=&last=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let (filter, group) = asked(&ctx, &query);
    let mut conn = ctx.app.read().await?;
    let kept = figures_store::kept(&mut conn, &filter).await?;
    let rows = figures_store::groups(&mut conn, &filter, group).await?;
    let causes = figures_store::causes(&mut conn, &filter).await?;
    let most = causes.iter().map(|(_, times, _)| *times).max().unwrap_or(1);
    let cause = |(code, times, lines): (String, i64, i64)| {
        let known = Cause::from_code(&code).unwrap_or(Cause::Other);
        let name = ctx.l.t(&format!("orders-cause-{}", known.code()));
        let said = [
            ctx.l.tr("orders-moved-times", &[("n", times.into())]),
            ctx.l.tr("orders-moved-lines", &[("n", lines.into())]),
        ]
        .join(", ");
        CauseView {
            bar: MiniBar { value: times, max: most, colour: "ink", label: format!("{name}: {said}") },
            name,
            times: said,
        }
    };
    let days = period(&ctx, &query);
    let counted = [
        ("on_time", kept.on_time.into()),
        ("owed", kept.owed.into()),
        ("orders", kept.orders.into()),
        ("late", (kept.owed - kept.on_time).into()),
    ];
    let link = |it: &Group| {
        Link::new(query.with("by", it.code()), ctx.l.t(&format!("orders-by-{}", it.code())))
            .current(*it == group)
    };
    let page = FiguresPage {
        from: days.start.to_string(),
        last: days.last_day().to_string(),
        groups: Group::ALL.iter().map(link).collect(),
        facts: said(&ctx, &kept, "orders-on-time"),
        formula: ctx.l.tr("orders-figures-formula", &counted),
        rows: rows.into_iter().map(|it| row(&ctx, group, days, it)).collect(),
        causes: causes.into_iter().map(cause).collect(),
        shell: ctx.shell("deliveries"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /deliveries/figures.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let (filter, group) = asked(&ctx, &query);
    let rows = figures_store::groups(&mut *ctx.app.read().await?, &filter, group).await?;
    let header = [group.code(), "lines", "with_date", "on_time", "on_time_pct", "lead_days", "slowest_days"];
    let mut file = CsvDownload::new("on-time", ctx.l, &header)?;
    let number = |days: Option<i32>| days.map_or_else(String::new, |days| days.to_string());
    for row in rows {
        let share = row.share().map_or_else(String::new, |share| ctx.l.decimal(share.0, 2));
        let (lead, slowest) = (number(row.lead), number(row.slowest));
        file.row(&[
            row.name,
            row.lines.to_string(),
            row.owed.to_string(),
            row.on_time.to_string(),
            share,
            lead,
            slowest,
        ])?;
    }
    file.finish()
}
