//! `/cases/import`: cases from a CSV file, all of them or none. The same file again changes nothing.

use axum::extract::Multipart;
use axum::response::Response;

use super::{Draft, Raw, open, read};
use crate::error::Result;
use crate::service::Hand;
use crate::service::follow_ups::Origin;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;
use crate::web::toast::Notice;
use crate::web::ui::Link;
use crate::web::upload::{self, Cell, Fault, Frame, Layout};

/// The columns of a file; the first five it must have. Without `source` it is "file".
const LAYOUT: Layout = Layout {
    columns: &[
        "case_no",
        "customer",
        "category",
        "severity",
        "title",
        "order",
        "description",
        "channel",
        "owner",
        "department",
        "source",
    ],
    needed: 5,
};

fn frame(ctx: &Ctx) -> Frame {
    Frame {
        here: "cases",
        back: Link::new("/cases", ctx.l.t("nav-cases")),
        keys: ("service-cases-import", "service-cases-import-intro"),
        action: "/cases/import".into(),
        hint: String::new(),
        download: None,
    }
}

/// `GET /cases/import`
pub async fn show(ctx: Ctx) -> Response {
    upload::page(&ctx, frame(&ctx), LAYOUT, Vec::new())
}

fn raw(cell: Cell<'_>) -> std::result::Result<(Raw, Origin), FormErrors> {
    let or = |column: &str, default: &str| {
        let cell = cell(column).trim().to_owned();
        if cell.is_empty() { default.to_owned() } else { cell }
    };
    let number = cell("case_no").trim().to_owned();
    if number.is_empty() {
        return Err(FormErrors::one("case_no", "error-required"));
    }
    let raw = Raw {
        customer: cell("customer"),
        order: cell("order"),
        category: cell("category"),
        severity: cell("severity"),
        title: cell("title"),
        description: cell("description"),
        channel: or("channel", "other"),
        owner: cell("owner"),
        department: cell("department"),
        ..Raw::default()
    };
    Ok((raw, Origin { source: or("source", "file"), number }))
}

/// `POST /cases/import`
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
    let mut new = 0_usize;
    for draft in &drafts {
        new += usize::from(open(&mut tx, &Hand::of(&ctx), draft).await?.1);
    }
    tx.commit().await?;
    let notice = Notice::new("service-toast-imported").with("n", new.to_string());
    Ok(notice.with("same", drafts.len().saturating_sub(new).to_string()).redirect("/cases"))
}
