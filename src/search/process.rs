//! What is found of the process: each area looks through its own list, so that nothing is found that its list does not hold.

use sqlx::PgConnection;

use super::{Hit, Kind};
use crate::error::Result;
use crate::orders;
use crate::org::Viewer;
use crate::pipeline::{self, Card, Part, Stages, stages};
use crate::process::Sight;
use crate::service::cases;
use crate::service::scope::Scope;
use crate::web::context::Ctx;

/// Up to `limit` open deals, orders and cases of each.
pub(super) async fn search(conn: &mut PgConnection, ctx: &Ctx, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let mut hits = opportunities(conn, ctx, words, limit).await?;
    hits.extend(found_orders(conn, ctx, words, limit).await?);
    hits.extend(found_cases(conn, ctx, words, limit).await?);
    Ok(hits)
}

async fn opportunities(conn: &mut PgConnection, ctx: &Ctx, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let (scope, stages) = (pipeline::policy::scope(ctx), stages::all(conn).await?);
    let filter = pipeline::Filter { words: words.to_owned(), ..pipeline::Filter::default() };
    let latest = Part { sort: ("id", true), slice: (limit, 0) };
    let found = pipeline::list(conn, &scope, &stages, (&filter, ctx.today), latest).await?;
    Ok(found.into_iter().map(|card| opportunity(ctx, &stages, &card)).collect())
}

fn opportunity(ctx: &Ctx, stages: &Stages, card: &Card) -> Hit {
    let state = match card.state {
        pipeline::State::Open => stages.name(ctx.l, card.stage),
        decided => ctx.l.t(decided.label()),
    };
    Hit {
        kind: Kind::Opportunity,
        href: format!("/pipeline/{}", card.id),
        name: card.title(ctx.l),
        note: format!("{} · {} · {state}", card.number, card.what(ctx.l)),
    }
}

/// Orders by number, for those whom every order may wait for: whoever sees an order as a deal finds it there.
async fn found_orders(conn: &mut PgConnection, ctx: &Ctx, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    if !matches!(Sight::new(&ctx.company.organisation, &ctx.actor, viewer), Sight::Serving(_)) {
        return Ok(Vec::new());
    }
    let found = orders::numbered(conn, words, limit).await?;
    let hit = |(id, number, customer): (_, String, String)| Hit {
        kind: Kind::Order,
        href: format!("/orders/{id}"),
        name: number,
        note: customer,
    };
    Ok(found.into_iter().map(hit).collect())
}

async fn found_cases(conn: &mut PgConnection, ctx: &Ctx, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let filter = cases::Filter { scope: Scope::of(ctx), words: words.to_owned(), ..cases::Filter::default() };
    let found = cases::list(conn, &filter, ("opened", true), (limit, 0)).await?;
    let hit = |case: cases::Case| Hit {
        kind: Kind::Case,
        href: format!("/cases/{}", case.id),
        name: case.title,
        note: case.customer_name,
    };
    Ok(found.into_iter().map(hit).collect())
}
