//! `/follow-ups/import`: follow-ups from a CSV file, all of them or none. The same file again changes nothing.

use axum::extract::Multipart;
use axum::response::Response;
use serde_json::json;

use super::{Draft, Origin, Raw, make, read};
use crate::audit::{self, Event};
use crate::error::Result;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Fault, Frame, Layout};

/// The columns of a file; the first three it must have. Without `source` it is "file".
const LAYOUT: Layout = Layout {
    columns: &["follow_up_no", "customer", "due", "order", "owner", "question", "source"],
    needed: 3,
};

fn frame(ctx: &Ctx) -> Frame {
    Frame {
        here: "follow-ups",
        back: Link::new("/follow-ups", ctx.l.t("nav-follow-ups")),
        keys: ("service-follow-ups-import", "service-follow-ups-import-intro"),
        action: "/follow-ups/import".into(),
        hint: String::new(),
        download: None,
    }
}

/// `GET /follow-ups/import`
pub async fn show(ctx: Ctx) -> Response {
    upload::page(&ctx, frame(&ctx), LAYOUT, Vec::new())
}

fn raw(cell: Cell<'_>) -> std::result::Result<(Raw, Origin), FormErrors> {
    let (number, source) = (cell("follow_up_no").trim().to_owned(), cell("source").trim().to_owned());
    if number.is_empty() {
        return Err(FormErrors::one("follow_up_no", "error-required"));
    }
    let source = if source.is_empty() { "file".to_owned() } else { source };
    let raw = Raw {
        customer: cell("customer"),
        order: cell("order"),
        owner: cell("owner"),
        due: cell("due"),
        question: cell("question"),
    };
    Ok((raw, Origin { source, number }))
}

/// `POST /follow-ups/import`
pub async fn import(ctx: Ctx, form: Multipart) -> Result<Response> {
    let bytes = upload::receive(form).await?;
    let rows = match upload::read_rows(&ctx, &bytes, LAYOUT, raw) {
        Ok(rows) => rows,
        Err(faults) => return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults)),
    };
    let mut tx = ctx.app.begin().await?;
    let (mut drafts, mut faults): (Vec<Draft>, Vec<Fault>) = (Vec::new(), Vec::new());
    for row in rows {
        let (raw, origin) = &row.read;
        match read(&mut tx, &ctx, raw, Some(origin.clone())).await? {
            Ok(draft) => drafts.push(draft),
            Err(errors) => faults.extend(row.faults(&ctx, &errors)),
        }
    }
    if !faults.is_empty() {
        return Ok(upload::page(&ctx, frame(&ctx), LAYOUT, faults));
    }
    let made = make(&mut tx, &drafts, Some(ctx.actor.user), ctx.now).await?.len();
    let event = Event::new("follow-up.imported", "follow-up", None)
        .with(json!({ "rows": drafts.len(), "new": made }));
    audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    tx.commit().await?;
    let same = drafts.len().saturating_sub(made);
    let notice = Notice::new("service-toast-imported").with("n", made.to_string());
    Ok(notice.with("same", same.to_string()).redirect("/follow-ups"))
}
