//! `/feedback`: what customers say. Everybody reads it; who sold, and to whom, only those who see that anyway.

use askama::Template;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;

use super::{Area, Feedback, Filter, store};
use crate::error::Result;
use crate::kernel::id::DepartmentId;
use crate::org::Viewer;
use crate::process::Sight;
use crate::products;
use crate::service::scope;
use crate::web::charts::MiniBar;
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link, Pager};

const COLUMNS: [&str; 2] = ["-day", "score"];
/// Bands of scores, by how people are told apart by them.
const BANDS: [(&str, (i16, i16)); 3] = [("high", (9, 10)), ("middle", (7, 8)), ("low", (0, 6))];

#[derive(Template)]
#[template(path = "service/feedback.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    rows: Vec<Row>,
    pager: Pager,
    tags: Vec<FilterTag>,
    areas: Vec<Choice>,
    bands: Vec<Choice>,
    products: Vec<Choice>,
    departments: Vec<Choice>,
    average: String,
    bars: Vec<Bar>,
}

impl ListPage {
    fn columns(&self) -> &'static [&'static str] {
        &COLUMNS
    }
}

/// How many gave a score.
pub(in crate::service) struct Bar {
    pub(in crate::service) score: i16,
    pub(in crate::service) picture: MiniBar,
    pub(in crate::service) count: String,
}

/// What a customer said, as the list shows it.
pub(in crate::service) struct Row {
    pub(in crate::service) day: String,
    pub(in crate::service) score: String,
    pub(in crate::service) tone: &'static str,
    pub(in crate::service) about: String,
    pub(in crate::service) words: String,
    pub(in crate::service) good: String,
    pub(in crate::service) bad: String,
    pub(in crate::service) lost: bool,
    /// The order or the lost deal that it is about, where the reader sees who said it.
    pub(in crate::service) href: Option<String>,
    /// Customer and seller, where the reader sees the seller.
    pub(in crate::service) from: Option<Link>,
    pub(in crate::service) seller: String,
}

/// Colour of a score.
pub(in crate::service) const fn tone(score: i16) -> &'static str {
    match score {
        9.. => "on",
        7..=8 => "risk",
        _ => "off",
    }
}

fn href(one: &Feedback) -> Option<String> {
    let lost = one.lost.map(|id| format!("/pipeline/{id}"));
    lost.or_else(|| one.deal.map(|id| format!("/orders/{id}")))
}

pub(in crate::service) fn row(ctx: &Ctx, sight: &Sight, one: &Feedback) -> Row {
    let names = |areas: &[Area]| areas.iter().map(|area| area.name(ctx.l)).collect::<Vec<_>>().join(", ");
    let sees = one.shows_from(sight);
    let from = sees.then(|| Link::new(format!("/customers/{}", one.customer), one.customer_name.clone()));
    Row {
        day: ctx.l.date_short_year(one.answered_on),
        score: one.said.score.to_string(),
        tone: tone(one.said.score),
        about: one.about.clone(),
        words: one.said.words.clone(),
        good: names(&one.said.good),
        bad: names(&one.said.bad),
        lost: one.lost.is_some(),
        href: if sees { href(one) } else { None },
        from,
        seller: one.seller_name.clone().filter(|_| sees).unwrap_or_default(),
    }
}

fn departments(ctx: &Ctx) -> Vec<(DepartmentId, String)> {
    let organisation = &ctx.company.organisation;
    let seen = organisation.visible_departments(Viewer::new(&ctx.actor, ctx.today));
    let shown = organisation.departments.iter().filter(|one| seen.contains(&one.id));
    shown.map(|one| (one.id, one.name.clone())).collect()
}

fn filter(ctx: &Ctx, query: &ListQuery) -> Filter {
    let band = query.get("score").and_then(|code| BANDS.iter().find(|(known, _)| *known == code));
    let department =
        query.parsed("department").filter(|id| departments(ctx).iter().any(|(one, _)| one == id));
    Filter {
        area: query.get("area").and_then(Area::from_code),
        scores: band.map(|(_, scores)| *scores),
        product: query.parsed("product"),
        department,
        from: query.parsed("from"),
        last: query.parsed("last"),
        opportunity: query.parsed("opportunity"),
        ..Filter::default()
    }
}

fn average(ctx: &Ctx, scores: &[(i16, i64)]) -> String {
    let count: i64 = scores.iter().map(|(_, count)| count).sum();
    let sum: i64 = scores.iter().map(|(score, count)| i64::from(*score) * count).sum();
    if count == 0 {
        return String::new();
    }
    let average = ctx.l.decimal((sum * 10 + count / 2) / count, 1_u32);
    ctx.l.tr("service-average", &[("average", average.into()), ("n", count.into())])
}

/// A bar for each score from 10 down to 0.
pub(in crate::service) fn bars(ctx: &Ctx, scores: &[(i16, i64)]) -> Vec<Bar> {
    let of = |score: i16| scores.iter().find(|(one, _)| *one == score).map_or(0, |(_, count)| *count);
    let max = scores.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let bar = |score: i16| {
        let values = [("score", i64::from(score).into()), ("n", of(score).into())];
        let label = ctx.l.tr("service-bar", &values);
        let picture = MiniBar { value: of(score), max, colour: tone(score), label };
        Bar { score, picture, count: ctx.l.number(of(score)) }
    };
    (0..=10).rev().map(bar).collect()
}

async fn page(conn: &mut PgConnection, ctx: &Ctx, query: ListQuery) -> Result<ListPage> {
    let filter = filter(ctx, &query);
    let scores = store::scores(conn, &filter).await?;
    let total = scores.iter().map(|(_, count)| count).sum();
    let sight = scope::sight(ctx);
    let rows = store::list(conn, &filter, query.sort(&COLUMNS), (PER_PAGE, query.offset())).await?;
    let paged = Paged::new(rows.iter().map(|one| row(ctx, &sight, one)).collect(), total, &query);
    let areas: Vec<Choice> = Area::ALL.map(|area| Choice::new(area.code(), area.name(ctx.l))).into();
    let band = |code: &str| Choice::new(code, ctx.l.t(&format!("service-band-{code}")));
    let bands: Vec<Choice> = BANDS.iter().map(|(code, _)| band(code)).collect();
    let products = products::list_active(conn).await?.into_iter();
    let products: Vec<Choice> = products.map(|one| Choice::new(one.id.to_string(), one.name)).collect();
    let departments: Vec<Choice> =
        departments(ctx).into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    Ok(ListPage {
        tags: query.tags(
            ctx.l,
            &[
                ("area", "service-area", &areas),
                ("score", "service-score", &bands),
                ("product", "deals-product", &products),
                ("department", "service-department", &departments),
                ("from", "goals-from", &[]),
                ("last", "goals-last", &[]),
                ("opportunity", "pipeline-one", &[]),
            ],
        ),
        average: average(ctx, &scores),
        bars: bars(ctx, &scores),
        pager: paged.pager(&query),
        rows: paged.rows,
        areas,
        bands,
        products,
        departments,
        shell: ctx.shell("follow-ups"),
        query,
    })
}

/// `GET /feedback?area=&score=&product=&department=&from=&last=&sort=`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    Ok(Page::ok(page(&mut conn, &ctx, query).await?).into_response())
}

/// `GET /feedback.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let heads = [
        "deals-date",
        "service-score",
        "service-about",
        "service-good",
        "service-bad",
        "service-words",
        "service-customer",
        "service-seller",
    ];
    let mut file = CsvDownload::new("feedback", ctx.l, &heads.map(|key| ctx.l.t(key)))?;
    let sight = scope::sight(&ctx);
    for one in
        store::list(&mut conn, &filter(&ctx, &query), query.sort(&COLUMNS), (csv::ROWS_ASKED, 0)).await?
    {
        let row = row(&ctx, &sight, &one);
        let from = row.from.map(|link| link.label).unwrap_or_default();
        let day = one.answered_on.to_string();
        file.row(&[day, row.score, row.about, row.good, row.bad, row.words, from, row.seller])?;
    }
    file.finish()
}
