//! `/market/import`: notes from a CSV file, all of them or none. The same file again changes nothing.

use axum::extract::Multipart;
use axum::response::Response;
use serde_json::json;

use super::forms::NoteForm;
use super::store;
use crate::audit::{self, Event};
use crate::error::Result;
use crate::web::context::Ctx;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Frame, Layout};

/// The first three columns a file must have.
const LAYOUT: Layout =
    Layout { columns: &["kind", "date", "title", "about", "value", "unit", "text", "source"], needed: 3 };

fn frame(ctx: &Ctx) -> Frame {
    Frame {
        here: "market",
        back: Link::new("/market", ctx.l.t("nav-market")),
        keys: ("market-import", "market-import-intro"),
        action: "/market/import".into(),
        hint: String::new(),
        download: None,
    }
}

/// `GET /market/import`
pub async fn show(ctx: Ctx) -> Response {
    upload::page(&ctx, frame(&ctx), LAYOUT, Vec::new())
}

/// `POST /market/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    let bytes = upload::receive(form).await?;
    let drafts = match upload::read(&ctx, &bytes, LAYOUT, |cell| form_of(cell).read()) {
        Ok(drafts) => drafts,
        Err(faults) => return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults)),
    };
    let mut tx = ctx.app.begin().await?;
    let mut added = 0;
    for draft in &drafts {
        added += i64::from(store::insert(&mut tx, draft, Some(ctx.actor.user), ctx.now).await?.is_some());
    }
    let event =
        Event::new("market.imported", "market", None).with(json!({ "rows": drafts.len(), "added": added }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let same = i64::try_from(drafts.len()).unwrap_or(i64::MAX) - added;
    let notice =
        Notice::new("market-toast-imported").with("n", added.to_string()).with("same", same.to_string());
    Ok(notice.redirect("/market"))
}

fn form_of(cell: Cell<'_>) -> NoteForm {
    NoteForm {
        kind: cell("kind"),
        date: cell("date"),
        title: cell("title"),
        about: cell("about"),
        value: cell("value"),
        unit: cell("unit"),
        text: cell("text"),
        source: cell("source"),
        version: 0,
    }
}
