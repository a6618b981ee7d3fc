//! `POST /api/v1/sales`: logs a sale once, whatever the network does.
//!
//! Example: the ERP sends order SO-1187 and loses the connection before the answer. It sends it again: with the same
//! `Idempotency-Key` it gets the very same answer; without one it gets the sale that is there, with status 200.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::body::{self, Body};
use super::idempotency::Claim;
use super::sale::SaleItem;
use super::sale_input::SaleInput;
use super::sale_intake::Request;
use crate::error::{AppError, Result};
use crate::web::context::Ctx;

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
    let sale =
        body::parse::<SaleInput>(&bytes).and_then(|input| input.check(ctx.today).map_err(AppError::Invalid));
    let Ctx { visit, actor } = ctx;
    let request = Request { actor, company: visit.company, now: visit.now, today: visit.today, claim, sale };
    Ok(visit.app.intake.hand_in(request).await?.into_response())
}
