//! `/inbox`: what the reader was told, unread first at hand.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{NoticeId, letter, store};
use crate::error::{AppError, Found, Result};
use crate::web::context::Ctx;
use crate::web::csv::{self, CsvDownload};
use crate::web::form::Form;
use crate::web::list::{ListQuery, PER_PAGE, Paged};
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::toast::Notice;
use crate::web::ui::{Link, Pager};

/// The order of the list: latest first, or the other way around.
const COLUMNS: [&str; 1] = ["-date"];

#[derive(Template)]
#[template(path = "notices/inbox.html")]
struct InboxPage {
    shell: Shell,
    query: ListQuery,
    tabs: Vec<Link>,
    rows: Vec<Row>,
    pager: Pager,
    unread: i64,
    only_unread: bool,
    order: Link,
}

impl InboxPage {
    /// Key of what an empty list says.
    fn nothing(&self) -> &'static str {
        if self.only_unread { "notices-none-unread" } else { "notices-none" }
    }
}

/// A notice as the page shows it.
struct Row {
    id: NoticeId,
    text: String,
    quote: String,
    when: String,
    unread: bool,
}

impl Row {
    fn icon(&self) -> &'static str {
        if self.unread { "message-square" } else { "check" }
    }
}

fn only_unread(query: &ListQuery) -> bool {
    query.get("show") != Some("all")
}

/// `GET /inbox?show=all&sort=date`
pub async fn index(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let (unread_only, oldest_first) = (only_unread(&query), !query.sort(&COLUMNS).1);
    let slice = (PER_PAGE, query.offset());
    let (rows, total) = store::list(&mut conn, ctx.actor.user, unread_only, oldest_first, slice).await?;
    let rows: Vec<Row> = rows.into_iter().map(|row| view(&ctx, &row)).collect();
    let paged = Paged::new(rows, total, &query);
    let turned = if oldest_first { ("", "notices-latest-first") } else { ("date", "notices-oldest-first") };
    let page = InboxPage {
        shell: ctx.shell("inbox"),
        tabs: vec![
            Link::new(query.with("show", ""), ctx.l.t("notices-unread")).current(unread_only),
            Link::new(query.with("show", "all"), ctx.l.t("notices-all")).current(!unread_only),
        ],
        order: Link::new(query.with("sort", turned.0), ctx.l.t(turned.1)),
        pager: paged.pager(&query),
        rows: paged.rows,
        unread: ctx.actor.unread,
        only_unread: unread_only,
        query,
    };
    Ok(Page::ok(page).into_response())
}

fn view(ctx: &Ctx, row: &store::Row) -> Row {
    Row {
        id: row.id,
        text: letter::words(ctx.l, &ctx.company, row),
        quote: row.quote.clone(),
        when: ctx.l.datetime(row.told_at, ctx.company.zone),
        unread: row.read_at.is_none(),
    }
}

/// `GET /inbox.csv`
pub async fn download(ctx: Ctx, query: ListQuery) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let oldest_first = !query.sort(&COLUMNS).1;
    let of = only_unread(&query);
    let (rows, _) = store::list(&mut conn, ctx.actor.user, of, oldest_first, (csv::ROWS_ASKED, 0)).await?;
    let header = ["notices-csv-date", "notices-csv-text", "notices-csv-quote", "notices-csv-read"];
    let mut file = CsvDownload::new("inbox", ctx.l, &header.map(|key| ctx.l.t(key)))?;
    for row in rows {
        let moment =
            |at: DateTime<Utc>| at.with_timezone(&ctx.company.zone).format("%Y-%m-%d %H:%M").to_string();
        file.row(&[
            moment(row.told_at),
            letter::words(ctx.l, &ctx.company, &row),
            row.quote.clone(),
            row.read_at.map(moment).unwrap_or_default(),
        ])?;
    }
    file.finish()
}

/// `GET /inbox/{id}`: to what it is about. Following it is reading it.
pub async fn open(ctx: Ctx, Path(id): Path<NoticeId>) -> Result<Response> {
    let mut conn = ctx.app.read().await?;
    let href = store::find_href(&mut conn, ctx.actor.user, id).await?.found()?;
    if !ctx.app.room.is_low() {
        store::save_read(&mut conn, ctx.actor.user, id, ctx.now).await?;
    }
    Ok(Redirect::to(&href).into_response())
}

/// `POST /inbox/read`
pub async fn read_all(ctx: Ctx) -> Result<Response> {
    let read = store::save_all_read(&mut *ctx.app.read().await?, ctx.actor.user, ctx.now).await?;
    let at = ctx.now.to_rfc3339();
    let notice =
        Notice::new("notices-toast-read").with("n", read.to_string()).undo("/inbox/unread", &[("at", at)]);
    Ok(notice.redirect("/inbox"))
}

/// When they were marked as read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnreadForm {
    at: String,
}

/// `POST /inbox/unread`: takes that back.
pub async fn unread(ctx: Ctx, Form(form): Form<UnreadForm>) -> Result<Response> {
    let at = DateTime::parse_from_rfc3339(&form.at).map_err(|_| AppError::BadRequest("error-form"))?;
    store::save_unread(&mut *ctx.app.read().await?, ctx.actor.user, at.to_utc()).await?;
    Ok(Redirect::to("/inbox").into_response())
}
