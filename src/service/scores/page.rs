//! `/scores`: every score that customers gave in some days, said by themselves or heard on the phone. The figures of the process
//! lead here.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::Days;
use sqlx::PgConnection;

use super::{Filter, Given, Scores, store};
use crate::error::Result;
use crate::kernel::id::{DepartmentId, EmployeeId, ProductId};
use crate::kernel::period::Period;
use crate::process::Named;
use crate::service::feedback::{Bar, bars, tone};
use crate::service::scope;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{FilterTag, Link, Pager, SortLink};

const COLUMNS: [&str; 4] = ["-day", "score", "customer", "person"];
/// The days that are looked at unless others are asked for.
const LOOKS_BACK: Days = Days::new(89);

#[derive(Template)]
#[template(path = "service/scores.html")]
struct ScoresPage {
    shell: Shell,
    query: ListQuery,
    from: String,
    last: String,
    tags: Vec<FilterTag>,
    average: String,
    bars: Vec<Bar>,
    rows: Vec<RowView>,
    pager: Pager,
}

impl ScoresPage {
    fn head(&self, column: &str) -> SortLink {
        self.query.sort_head(column, &COLUMNS)
    }
}

/// A score as the list shows it.
struct RowView {
    day: String,
    score: String,
    tone: &'static str,
    source: String,
    words: String,
    customer: Link,
    about: Option<Link>,
    person: String,
}

fn row(ctx: &Ctx, given: Given) -> RowView {
    let about = match (given.deal.zip(given.order_no), given.call) {
        (Some((id, number)), _) => {
            Some(Link::new(format!("/orders/{id}"), ctx.l.tr("service-of-order", &[("no", number.into())])))
        }
        (None, Some(id)) => Some(Link::new(format!("/follow-ups/{id}"), ctx.l.t("service-of-call"))),
        (None, None) => None,
    };
    RowView {
        day: ctx.l.date_short_year(given.day),
        score: given.score.to_string(),
        tone: tone(given.score),
        source: ctx.l.t(if given.said { "service-said-by-customer" } else { "service-heard" }),
        words: given.words,
        customer: Link::new(format!("/customers/{}", given.customer), given.customer_name),
        about,
        person: given.person_name.unwrap_or_else(|| ctx.l.t("deals-house")),
    }
}

fn filter(ctx: &Ctx, query: &ListQuery) -> Filter {
    let lately = || Period { start: ctx.today - LOOKS_BACK, end: ctx.today + Days::new(1) };
    Filter {
        only: scope::sight(ctx).only(),
        days: query.days("from", "last").unwrap_or_else(lately),
        person: query.parsed("person").map(EmployeeId),
        department: query.parsed("department").map(DepartmentId),
        product: query.parsed("product").map(ProductId),
        segment: query.get("segment").map(str::to_owned),
    }
}

async fn tags(conn: &mut PgConnection, ctx: &Ctx, query: &ListQuery) -> Result<Vec<FilterTag>> {
    let named = Named::of(conn, ctx, query).await?;
    let filters = [
        ("from", "goals-from", &[][..]),
        ("last", "goals-last", &[]),
        ("person", "service-seller", &named.person),
        ("department", "service-department", &named.department),
        ("product", "deals-product", &named.product),
        ("segment", "customers-segment", &[]),
    ];
    Ok(query.tags(ctx.l, &filters))
}

fn average(ctx: &Ctx, by_score: &[(i16, i64)]) -> String {
    let answers = by_score.iter().map(|(_, count)| count).sum();
    let sum = by_score.iter().map(|(score, count)| i64::from(*score) * count).sum();
    let average = Scores { answers, sum }.average().map(|average| ctx.l.decimal(average, 2_u32));
    let values =
        [("average", average.unwrap_or_default().into()), ("sum", sum.into()), ("n", answers.into())];
    ctx.l.tr("service-average-of", &values)
}

/// `GET /scores?person=&department=&product=&segment=&from=&last=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let filter = filter(&ctx, &query);
    let by_score = store::by_score(&mut conn, &filter).await?;
    let total = by_score.iter().map(|(_, count)| count).sum();
    let rows = store::list(&mut conn, &filter, query.sort(&COLUMNS), (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(rows.into_iter().map(|given| row(&ctx, given)).collect(), total, &query);
    let page = ScoresPage {
        from: filter.days.start.to_string(),
        last: filter.days.last_day().to_string(),
        tags: tags(&mut conn, &ctx, &query).await?,
        average: average(&ctx, &by_score),
        bars: bars(&ctx, &by_score),
        pager: paged.pager(&query),
        rows: paged.rows,
        shell: ctx.shell("process"),
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// `GET /scores.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let rows =
        store::list(&mut conn, &filter(&ctx, &query), query.sort(&COLUMNS), (csv::ROWS_ASKED, 0)).await?;
    let heads = [
        "deals-date",
        "service-score",
        "service-source",
        "service-words",
        "service-customer",
        "service-order",
        "service-seller",
    ];
    let mut file = CsvDownload::new("scores", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    for given in rows {
        let (day, order) = (given.day.to_string(), given.order_no.clone().unwrap_or_default());
        let row = row(&ctx, given);
        file.row(&[day, row.score, row.source, row.words, row.customer.label, order, row.person])?;
    }
    file.finish()
}
