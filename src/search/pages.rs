//! Search as a page, and as the list items of the palette.

use askama::Template;
use axum::http::HeaderMap;
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};

use super::store::{self, Viewer};
use super::{Hit, Kind, process};
use crate::error::Result;
use crate::org::policy;
use crate::web::context::Ctx;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;

const IN_PALETTE: i64 = 5;
const ON_PAGE: i64 = 25;

#[derive(Template)]
#[template(path = "search/page.html")]
struct SearchPage {
    shell: Shell,
    words: String,
    groups: Vec<(Kind, Vec<Hit>)>,
}

#[derive(Template)]
#[template(path = "search/items.html")]
struct PaletteItems {
    shell: Shell,
    words: String,
    hits: Vec<Hit>,
}

/// `GET /search?q=`: the palette's items when the palette asks, else a page.
pub async fn search(ctx: Ctx, query: ListQuery, headers: HeaderMap) -> Result<Response> {
    let asked_by = headers.get("hx-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let in_palette = asked_by.ends_with("pal-r");
    let words = query.search().to_owned();
    let limit = if in_palette { IN_PALETTE } else { ON_PAGE };
    let hits = if words.is_empty() { Vec::new() } else { find(&ctx, &words, limit).await? };
    let shell = ctx.shell("search");
    let page = if in_palette {
        Page::ok(PaletteItems { shell, words, hits }).into_response()
    } else {
        let groups =
            hits.chunk_by(|a, b| a.kind == b.kind).map(|hits| (hits[0].kind, hits.to_vec())).collect();
        Page::ok(SearchPage { shell, words, groups }).into_response()
    };
    Ok(([(VARY, "hx-target")], page).into_response())
}

async fn find(ctx: &Ctx, words: &str, limit: i64) -> Result<Vec<Hit>> {
    let viewer = Viewer {
        employee: ctx.actor.employee,
        figures: ctx.actor.reads_everyone(),
        organisation: policy::reads_organisation(&ctx.actor),
        administers: ctx.actor.is_admin(),
        day: ctx.today,
    };
    let mut conn = ctx.app.read().await?;
    let mut hits = store::search(&mut conn, &viewer, words, limit).await?;
    hits.extend(process::search(&mut conn, ctx, words, limit).await?);
    Ok(hits)
}
