//! `/deliveries/figures`: how promises are kept, by month, product, customer and department, and why dates were moved.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Months, NaiveDate};
use sqlx::PgConnection;

use super::deliveries::said;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::orders::figures::{Group, Row};
use crate::orders::list::Filter;
use crate::orders::{Cause, figures, figures_store};
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

/// The rows of the group that is asked for, in the days that are.
async fn rows(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<(Group, Vec<Row>)> {
    let group = query.get("by").and_then(Group::from_code).unwrap_or(Group::Month);
    let of = (&Filter::of(ctx), period(ctx, query));
    Ok((group, figures::groups(conn, &ctx.company.organisation, of, group).await?))
}

fn days(ctx: &Ctx, days: Option<i32>) -> String {
    days.map_or_else(|| "–".to_owned(), |days| ctx.l.tr("orders-days", &[("n", i64::from(days).into())]))
}

fn row(ctx: &Ctx, group: Group, period: Period, row: Row) -> RowView {
    let tally = &row.tally;
    let share = tally.share();
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
        lines: ctx.l.number(tally.count),
        bar: share.map(|_| MiniBar {
            value: tally.on_time,
            max: tally.owed,
            colour: "ink",
            label: format!("{name}: {shown}"),
        }),
        formula: format!("{} ÷ {}", ctx.l.number(tally.on_time), ctx.l.number(tally.owed)),
        share: shown,
        lead: days(ctx, tally.lead()),
        slowest: days(ctx, tally.slowest()),
        name,
    }
}

/// `GET /deliveries/figures?by=&from=&last=`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let days = period(&ctx, &query);
    let filter = Filter { days: Some(days), ..Filter::of(&ctx) };
    let kept = figures::kept(&mut conn, &filter, days).await?;
    let (group, rows) = rows(&mut conn, &ctx, &query).await?;
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
    let counted = [
        ("on_time", kept.on_time.into()),
        ("owed", kept.owed.into()),
        ("orders", kept.count.into()),
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
    let (group, rows) = rows(&mut *ctx.app.read().await?, &ctx, &query).await?;
    let header = [group.code(), "lines", "with_date", "on_time", "on_time_pct", "lead_days", "slowest_days"];
    let mut file = CsvDownload::new("on-time", ctx.l, &header)?;
    let number = |days: Option<i32>| days.map_or_else(String::new, |days| days.to_string());
    for Row { name, tally, .. } in rows {
        let share = tally.share().map_or_else(String::new, |share| ctx.l.decimal(share.0, 2));
        let (lead, slowest) = (number(tally.lead()), number(tally.slowest()));
        file.row(&[
            name,
            tally.count.to_string(),
            tally.owed.to_string(),
            tally.on_time.to_string(),
            share,
            lead,
            slowest,
        ])?;
    }
    file.finish()
}
