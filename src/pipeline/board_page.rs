//! `/pipeline`: the board, a column for each stage.

use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;

use super::list::{self, Card, Sums};
use super::list_page::{self, Options};
use super::stages::{self, Stages};
use super::{State, list_store, policy};
use crate::error::Result;
use crate::web::context::Ctx;
use crate::web::i18n::ByValue;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::{Choice, FilterTag, Link};

/// Cards that a column shows; the rest are a link away.
const EACH: i64 = 25;

/// A stage with what stands in it.
struct Column {
    id: String,
    name: String,
    likely: String,
    sums: Sums,
    cards: Vec<BoardCard>,
    more: i64,
    href: String,
}

/// An opportunity on the board.
struct BoardCard {
    card: Card,
    stuck: Vec<&'static str>,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "pipeline/board.html")]
struct BoardPage {
    shell: Shell,
    query: ListQuery,
    views: Vec<Link>,
    options: Options,
    tags: Vec<FilterTag>,
    columns: Vec<Column>,
    total: Sums,
    stages: Vec<Choice>,
    may_move: bool,
    here: String,
    currency: String,
    exponent: u32,
    today: NaiveDate,
}

impl BoardPage {
    fn amount(&self, minor: impl ByValue<i64>) -> String {
        self.shell.l.short_money(minor, &self.currency, self.exponent)
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.shell.l.date_short_near(*day, self.today)
    }
}

/// `GET /pipeline?person=&department=&…`
pub async fn show(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (scope, stages) = (policy::scope(&ctx), stages::all(&mut conn).await?);
    let filter = super::Filter { state: Some(State::Open), ..list_page::read(&query) };
    let sums = list::sums(&mut conn, &scope, &stages, (&filter, ctx.today)).await?;
    let cards = list_store::board(&mut conn, &scope, &stages, (&filter, ctx.today), EACH).await?;
    let options = list_page::options(&mut conn, &ctx, &stages).await?;
    let page = BoardPage {
        shell: ctx.shell("pipeline"),
        views: list_page::views(&ctx, &query, "board"),
        tags: list_page::tags(&mut conn, &ctx, &query, &options).await?,
        total: list::total(&sums),
        columns: columns(&ctx, &query, &stages, &sums, &cards),
        stages: stages.active().map(|stage| Choice::new(stage.id.to_string(), stage.name(ctx.l))).collect(),
        may_move: ctx.actor.logs_deals(),
        here: ctx.here.clone(),
        currency: ctx.company.currency.to_string(),
        exponent: ctx.company.currency.exponent(),
        today: ctx.today,
        options,
        query,
    };
    Ok(Page::ok(page).into_response())
}

/// Every stage in use, and retired ones in which something still stands.
fn columns(
    ctx: &Ctx,
    query: &ListQuery,
    stages: &Stages,
    sums: &[(super::StageId, Sums)],
    cards: &[Card],
) -> Vec<Column> {
    let mut columns = Vec::new();
    for stage in &stages.0 {
        let sums = sums.iter().find(|(id, _)| *id == stage.id).map(|(_, sums)| *sums).unwrap_or_default();
        if stage.retired && sums.count == 0 {
            continue;
        }
        let here = cards.iter().filter(|card| card.stage == stage.id).cloned();
        let card = |card: Card| BoardCard {
            stuck: card.stuck(stages, ctx.today).into_iter().map(super::stuck::Stuck::label).collect(),
            overdue: card.next_on.is_some_and(|day| day < ctx.today),
            card,
        };
        let cards: Vec<BoardCard> = here.map(card).collect();
        let probability = stage.probability();
        let key = if probability.measured { "pipeline-measured-of" } else { "pipeline-typed" };
        let values = [("pct", stages::percent(ctx.l, probability.bp).into()), ("n", stage.decided.into())];
        let list = ListQuery::parse("/pipeline/list", query.at("").trim_start_matches('?'));
        columns.push(Column {
            id: stage.id.to_string(),
            name: stage.name(ctx.l),
            likely: ctx.l.tr(key, &values),
            more: sums.count - i64::try_from(cards.len()).unwrap_or(0),
            href: list.with("stage", &stage.id.to_string()),
            sums,
            cards,
        });
    }
    columns
}
