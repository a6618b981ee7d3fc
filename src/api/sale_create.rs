//! `POST /api/v1/sales`: logs a sale once, whatever the network does.
//!
//! Example: the ERP sends order SO-1187 and loses the connection before the answer. It sends it again: with the same
//! `Idempotency-Key` it gets the very same answer; without one it gets the sale that is there, with status 200.

use std::collections::HashMap;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use super::body::{self, Body};
use super::idempotency::{Answer, Claim, Claimed};
use super::query::Paging;
use super::sale::{Sale, SaleItem, StoredSale};
use super::sale_input::SaleInput;
use super::sale_store::{self as store, SaleFilter};
use crate::audit::{self, Event};
use crate::auth::{Actor, Role};
use crate::error::{AppError, Found, Result};
use crate::goals::Viewer;
use crate::kernel::id::EmployeeId;
use crate::sales::booking::{self, Booked, Stamp};
use crate::sales::{DealDraft, LineDraft, Share};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

const PATH: &str = "/api/v1/sales";

/// Log a sale
///
/// People log their own sales, leads also those of the people they lead, administrators and executives
/// anybody's and house sales.
///
/// An order that is known already, by `source` and `order_no`, is answered with 200 and the sale that is there when
/// it says the same, and with 409 when it says something else: sales are not changed through the API.
///
/// With an `Idempotency-Key` the same body gets the first answer again for 24 hours, byte for byte, refusals
/// included; the same key with another body is a conflict.
#[utoipa::path(post, path = "/api/v1/sales", operation_id = "log_sale", tag = "Sales",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text that is new for each sale: up to \
        255 visible ASCII characters", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", nullable = false)),
    request_body(content = SaleInput, description = "The sale"),
    responses(
        (status = 200, description = "The same sale was logged before; nothing has changed", body = SaleItem),
        (status = 201, description = "The sale was logged", body = SaleItem,
            headers(("Location" = String, description = "Where the sale is")),
            links(("Sale" = (operation_id = "show_sale", parameters(("id" = "$response.body#/id")))))),
        (status = 403, response = super::openapi::Forbidden),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, headers: HeaderMap, Body(bytes): Body) -> Result<Response> {
    let claim = Claim::of(&headers, &bytes, ctx.actor.user, ctx.now)?;
    let mut tx = ctx.app.begin().await?;
    if let Some(claim) = &claim
        && let Claimed::Before(answer) = claim.take(&mut tx).await?
    {
        return Ok(answer.into_response());
    }
    let mut attempt = tx.begin().await?;
    let answer = match log(&mut attempt, &ctx, &bytes).await {
        Ok(answer) => {
            attempt.commit().await?;
            answer
        }
        Err(failure) => {
            attempt.rollback().await?;
            Answer::refusal(&failure, PATH).ok_or(failure)?
        }
    };
    if let Some(claim) = &claim {
        claim.keep(&mut tx, &answer).await?;
    }
    tx.commit().await?;
    Ok(answer.into_response())
}

async fn log(conn: &mut PgConnection, ctx: &Ctx, bytes: &[u8]) -> Result<Answer> {
    let sale = body::parse::<SaleInput>(bytes)?.check(ctx.today).map_err(AppError::Invalid)?;
    permit(&ctx.actor, &sale)?;
    let draft = resolve(conn, Viewer::new(&ctx.actor, ctx.today), &sale).await?;
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now };
    let booked = booking::book(conn, &ctx.company, &draft, stamp).await?;
    let stored = find(conn, Viewer::system(ctx.today), booked).await?;
    match booked {
        Booked::New(id) => {
            let details = json!({ "source": sale.source, "order_no": sale.order_no });
            let event = Event::new("deal.logged", "deal", id.0).with(details);
            audit::record(conn, Some(ctx.actor.user), ctx.now, event).await?;
            answer(StatusCode::CREATED, Some(format!("{PATH}/{id}")), stored)
        }
        Booked::Already(_) if stored.sale == sale => answer(StatusCode::OK, None, stored),
        Booked::Already(_) => Err(AppError::Conflict("api-sale-exists")),
    }
}

/// House sales are for those who answer for the whole company; whose sales others may log is a matter of
/// whom they see.
fn permit(actor: &Actor, sale: &Sale) -> Result<()> {
    let anybody = matches!(actor.role, Role::Admin | Role::Executive);
    if sale.employee_no.is_some() || anybody { Ok(()) } else { Err(AppError::Forbidden) }
}

async fn find(conn: &mut PgConnection, viewer: Viewer, booked: Booked) -> Result<StoredSale> {
    let filter = SaleFilter { id: Some(booked.id()), ..SaleFilter::default() };
    store::list(conn, viewer, &filter, Paging { after: 0, limit: 1 }).await?.pop().found()
}

fn answer(status: StatusCode, location: Option<String>, stored: StoredSale) -> Result<Answer> {
    let body = serde_json::to_string(&SaleItem::from(stored)).map_err(AppError::internal)?;
    Ok(Answer { status: status.as_u16(), location, body })
}

/// The deal behind a sale, with ids for numbers. The owner must be somebody the viewer sees; shares may go to anybody.
async fn resolve(conn: &mut PgConnection, viewer: Viewer, sale: &Sale) -> Result<DealDraft> {
    let customer = store::find_customer(conn, &sale.customer_no).await?;
    let skus: Vec<String> = sale.lines.iter().map(|line| line.sku.clone()).collect();
    let products = store::find_products(conn, &skus).await?;
    let credited = sale.credits.iter().map(|credit| credit.employee_no.clone());
    let numbers: Vec<String> = sale.employee_no.iter().cloned().chain(credited).collect();
    let people = store::find_people(conn, viewer, &numbers).await?;

    let mut errors = FormErrors::default();
    let customer = errors.check("customer_no", customer.ok_or("api-unknown-customer"));
    let owner = sale.employee_no.as_ref().and_then(|number| {
        let seen = people.get(number).filter(|(_, visible)| *visible);
        errors.check("employee_no", seen.map(|(id, _)| *id).ok_or("api-unknown-employee"))
    });
    let lines = sale.lines.iter().enumerate().filter_map(|(i, line)| {
        let product = products.get(&line.sku).copied().ok_or("api-unknown-product");
        Some(LineDraft {
            line_no: line.number,
            product: errors.check(&format!("lines[{i}].sku"), product)?,
            quantity: line.quantity,
            amount: line.amount,
            cost: line.cost,
            promised_on: None,
            delivered_on: None,
        })
    });
    let lines = lines.collect();
    let shares = shares(&mut errors, sale, &people);
    let draft = customer.map(|customer| DealDraft {
        source: sale.source.clone(),
        order_no: Some(sale.order_no.clone()),
        customer,
        owner,
        ordered_on: sale.ordered_on,
        currency: sale.currency,
        channel: String::new(),
        note: String::new(),
        lines,
        shares,
        form_key: None,
    });
    errors.or(draft).map_err(AppError::Invalid)
}

fn shares(errors: &mut FormErrors, sale: &Sale, people: &HashMap<String, (EmployeeId, bool)>) -> Vec<Share> {
    let rows = sale.credits.iter().enumerate().filter_map(|(i, credit)| {
        let person = people.get(&credit.employee_no).map(|(id, _)| *id).ok_or("api-unknown-employee");
        let employee = errors.check(&format!("credits[{i}].employee_no"), person)?;
        Some(Share { employee, kind: credit.kind, share_bp: credit.share_bp })
    });
    rows.collect()
}
