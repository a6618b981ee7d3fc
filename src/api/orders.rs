//! `/api/v1/orders`: how far orders have come, and giving dates and recording deliveries from other systems.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Body};
use super::envelope::{Amount, List};
use super::idempotency::Answer;
use super::once::{Once, Turn, written};
use super::query::{Paging, Params, Query, Read};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{DealId, LineId};
use crate::orders::{self, ApiFilter, Cause, Delivered, Listed, Order, PromiseDraft, State};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Which orders.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// Only in this state: `received`, `confirmed`, `in_production`, `ready`, `partly_delivered`,
    /// `delivered` or `closed`, which means that nothing will be delivered.
    #[param(required = false, value_type = String, example = "ready")]
    pub state: Option<State>,
    /// `open`: something is still to be delivered; `late`: it is owed already. All orders when left out.
    #[param(required = false, value_type = String, example = "late")]
    pub only: Option<Only>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

/// Which orders beside their state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// Something is still to be delivered.
    Open,
    /// Something is owed already.
    Late,
}

impl Only {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "open" => Some(Self::Open),
            "late" => Some(Self::Late),
            _ => None,
        }
    }
}

impl Read for OrdersQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            state: params.read("state", State::from_code, "api-choice"),
            only: params.read("only", Only::from_code, "api-choice"),
            limit,
            cursor: after,
        })
    }
}

/// An order in a list.
#[derive(Serialize, ToSchema)]
pub struct OrderItem {
    /// Its id, which is that of the sale.
    #[schema(value_type = i64, example = 17)]
    id: DealId,
    /// The system it comes from.
    source: String,
    /// Its number there.
    order_no: String,
    /// Who bought.
    customer: String,
    /// Number of the person who sold; null for a house sale.
    employee_no: Option<String>,
    /// The day it was ordered.
    ordered_on: NaiveDate,
    /// How far it has come.
    #[schema(example = "in_production")]
    state: &'static str,
    /// Against what is owed: `on-track`, `at-risk`, `late`, `delivered`, `delivered-late` or `without-date`.
    #[schema(example = "at-risk")]
    standing: &'static str,
    /// The earliest day that something open is owed by.
    owed_on: Option<NaiveDate>,
    /// The day all of it was delivered.
    delivered_on: Option<NaiveDate>,
    /// Whether every line came when it was owed; null before, and where nothing was promised.
    on_time: Option<bool>,
    /// Code of the department that answers for it now.
    department: Option<String>,
    /// What it counts in the company's currency; null where the token's owner does not see amounts.
    value: Option<Amount>,
}

impl OrderItem {
    fn new(ctx: &Ctx, row: Listed) -> Self {
        let organisation = &ctx.company.organisation;
        Self {
            id: row.id,
            source: row.source,
            order_no: row.order_no,
            customer: row.customer,
            employee_no: row.owner.and_then(|id| Some(organisation.person(id)?.employee_no.clone())),
            ordered_on: row.ordered_on,
            state: row.state.code(),
            standing: row.standing.code(),
            owed_on: row.due,
            delivered_on: row.delivered_on,
            on_time: row.on_time,
            department: row.department.and_then(|id| Some(organisation.department(id)?.code.clone())),
            value: row.value.map(|value| Amount::money(value, ctx.company.currency)),
        }
    }
}

/// An order with its lines.
#[derive(Serialize, ToSchema)]
pub struct OrderDetail {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    id: DealId,
    /// Its number.
    order_no: String,
    /// Who bought.
    customer: String,
    /// How far it has come.
    state: &'static str,
    /// The day all of it was delivered.
    delivered_on: Option<NaiveDate>,
    /// Whether every line came when it was owed.
    on_time: Option<bool>,
    /// In order of their number.
    lines: Vec<OrderLine>,
}

/// A line of an order.
#[derive(Serialize, ToSchema)]
pub struct OrderLine {
    /// Its number.
    line_no: i32,
    /// What is sold.
    product: String,
    /// Pieces.
    quantity: i64,
    /// Pieces that are still to be delivered.
    open: i64,
    /// Pieces that came back.
    returned: i64,
    /// Pieces that were cancelled before they were delivered.
    cancelled: i64,
    /// The day the customer asked for.
    requested_on: Option<NaiveDate>,
    /// The confirmed day, as it is now.
    promised_on: Option<NaiveDate>,
    /// The day that counts for being on time: the first that was confirmed, moved only by the customer.
    owed_on: Option<NaiveDate>,
    /// The day all of it was delivered.
    delivered_on: Option<NaiveDate>,
}

impl OrderDetail {
    fn new(order: Order) -> Self {
        let line = |line: orders::Line| OrderLine {
            open: line.open(),
            owed_on: line.due(),
            line_no: line.line_no,
            product: line.product,
            quantity: line.quantity,
            returned: line.returned,
            cancelled: line.cancelled,
            requested_on: line.requested_on,
            promised_on: line.promised_on,
            delivered_on: line.delivered_on,
        };
        Self {
            id: order.id,
            order_no: order.order_no,
            customer: order.customer_name,
            state: order.state.code(),
            delivered_on: order.delivered_on,
            on_time: order.on_time,
            lines: order.lines.into_iter().map(line).collect(),
        }
    }
}

/// List orders
///
/// In order of id. Salespeople see their own, leads those of their people; those who make, deliver and answer customers see
/// all, without amounts.
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "list_orders", tag = "Process", params(OrdersQuery),
    responses((status = 200, description = "A page of orders", body = List<OrderItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<OrdersQuery>) -> Result<Json<List<OrderItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let filter = ApiFilter {
        state: query.state,
        late: query.only == Some(Only::Late),
        open: query.only == Some(Only::Open),
        after: query.cursor,
        rows: paging.rows(),
    };
    let rows = orders::listed(&mut *ctx.app.read().await?, &ctx, &filter).await?;
    Ok(Json(List::page(rows, paging.len(), |row| row.id.0, |row| OrderItem::new(&ctx, row))))
}

/// Show one order with its lines
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "show_order", tag = "Process",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    responses((status = 200, description = "The order", body = OrderDetail),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Json<OrderDetail>> {
    let id: DealId = id.parse().ok().found()?;
    let order = orders::find(&mut *ctx.app.read().await?, &ctx, id, false).await?;
    Ok(Json(OrderDetail::new(order)))
}

/// A date to give the customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromiseInput {
    /// Numbers of the lines; every open one when left out.
    #[schema(example = json!([1]))]
    lines: Option<Vec<i32>>,
    /// The date.
    on: NaiveDate,
    /// Why a date is moved: `customer`, `material`, `capacity`, `quality`, `transport`, `planning`, `selling` or `other`. Left
    /// out for lines that have none yet.
    #[schema(example = "material")]
    cause: Option<String>,
    /// Code of the department that answers for the change; left out for the customer's own wish.
    #[schema(example = "PRODUCTION")]
    department: Option<String>,
    /// In words.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// What was taken to the customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryInput {
    /// The day; not after today.
    delivered_on: NaiveDate,
    /// Lines and pieces; all that is open when left out.
    lines: Option<Vec<DeliveredLine>>,
}

/// Pieces of a line that were delivered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveredLine {
    /// Number of the line.
    line_no: i32,
    /// Pieces.
    #[schema(minimum = 1)]
    quantity: i64,
}

/// The line of that number, or a fault at `field`.
fn line_of(order: &Order, line_no: i32, field: &str) -> Result<LineId> {
    let line = order.lines.iter().find(|line| line.line_no == line_no).map(|line| line.id);
    line.ok_or_else(|| AppError::Invalid(FormErrors::one(field, "orders-error-unknown")))
}

fn draft(ctx: &Ctx, order: &Order, input: PromiseInput) -> Result<PromiseDraft> {
    let lines = match input.lines {
        None => order.lines.iter().filter(|line| line.open() > 0).map(|line| line.id).collect(),
        Some(numbers) => {
            numbers.iter().map(|number| line_of(order, *number, "lines")).collect::<Result<Vec<_>>>()?
        }
    };
    let unknown = |field: &str| AppError::Invalid(FormErrors::one(field, "error-choice"));
    let cause = match input.cause {
        None => None,
        Some(code) => Some(Cause::from_code(&code).ok_or_else(|| unknown("cause"))?),
    };
    let place = |code: String| {
        let places = &ctx.company.organisation.departments;
        places
            .iter()
            .find(|place| place.code == code)
            .map(|place| place.id)
            .ok_or_else(|| unknown("department"))
    };
    let department = input.department.map(place).transpose()?;
    let note = input.note.unwrap_or_default().trim().to_owned();
    Ok(PromiseDraft { lines, to: input.on, cause, department, note, told: None })
}

/// Give an order a date
///
/// It goes on the promise trail, and the seller is told. Those who make and deliver may, and executives and administrators.
///
/// With an `Idempotency-Key` the same body gets the first answer again for 24 hours, refusals included; the same key with
/// another body is a conflict.
#[utoipa::path(post, path = "/api/v1/orders/{id}/promises", operation_id = "promise_order", tag = "Process",
    params(("id" = i64, Path, description = "The order", minimum = 1),
        ("Idempotency-Key" = Option<String>, Header, description = "Any text that is new for each date: up to \
        255 visible ASCII characters", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", nullable = false)),
    request_body(content = PromiseInput, description = "The date"),
    responses((status = 200, description = "The order as it is now", body = OrderDetail),
        (status = 403, response = super::openapi::Forbidden), (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict), (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn promise(
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(bytes): Body,
) -> Result<Response> {
    let once = Once::new(&ctx, &headers, format!("/api/v1/orders/{id}/promises"), &bytes)?;
    let mut tx = match once.begin(&ctx).await? {
        Turn::Before(answer) => return Ok(answer.into_response()),
        Turn::Now(tx) => tx,
    };
    let done = give_date(&mut tx, &ctx, &id, &bytes).await;
    Ok(once.end(&ctx, tx, done).await?.into_response())
}

async fn give_date(conn: &mut PgConnection, ctx: &Ctx, id: &str, bytes: &[u8]) -> Result<Answer> {
    let order = handled(conn, ctx, id).await?;
    let draft = draft(ctx, &order, body::parse(bytes)?)?;
    orders::promise(conn, ctx, &order, order.version, &draft).await?;
    as_it_is(conn, ctx, order.id).await
}

/// The order as it is now.
async fn as_it_is(conn: &mut PgConnection, ctx: &Ctx, id: DealId) -> Result<Answer> {
    let order = orders::find(conn, ctx, id, false).await?;
    written(StatusCode::OK, None, &OrderDetail::new(order))
}

/// Record a delivery
///
/// With an `Idempotency-Key` the same body gets the first answer again for 24 hours, refusals included, so that nothing is delivered
/// twice; the same key with another body is a conflict.
#[utoipa::path(post, path = "/api/v1/orders/{id}/deliveries", operation_id = "deliver_order", tag = "Process",
    params(("id" = i64, Path, description = "The order", minimum = 1),
        ("Idempotency-Key" = Option<String>, Header, description = "Any text that is new for each delivery: up to \
        255 visible ASCII characters", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", nullable = false)),
    request_body(content = DeliveryInput, description = "What was delivered"),
    responses((status = 200, description = "The order as it is now", body = OrderDetail),
        (status = 403, response = super::openapi::Forbidden), (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict), (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn deliver(
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(bytes): Body,
) -> Result<Response> {
    let once = Once::new(&ctx, &headers, format!("/api/v1/orders/{id}/deliveries"), &bytes)?;
    let mut tx = match once.begin(&ctx).await? {
        Turn::Before(answer) => return Ok(answer.into_response()),
        Turn::Now(tx) => tx,
    };
    let done = bring(&mut tx, &ctx, &id, &bytes).await;
    Ok(once.end(&ctx, tx, done).await?.into_response())
}

async fn bring(conn: &mut PgConnection, ctx: &Ctx, id: &str, bytes: &[u8]) -> Result<Answer> {
    let order = handled(conn, ctx, id).await?;
    let input: DeliveryInput = body::parse(bytes)?;
    let lines = match input.lines {
        None => {
            order.lines.iter().filter(|line| line.open() > 0).map(|line| (line.id, line.open())).collect()
        }
        Some(lines) => {
            let line = |line: &DeliveredLine| Ok((line_of(&order, line.line_no, "lines")?, line.quantity));
            lines.iter().map(line).collect::<Result<Vec<_>>>()?
        }
    };
    let delivered = Delivered { on: input.delivered_on, lines };
    orders::deliver(conn, ctx, &order, order.version, &delivered).await?;
    as_it_is(conn, ctx, order.id).await
}

/// An order that the token's owner handles.
async fn handled(conn: &mut PgConnection, ctx: &Ctx, id: &str) -> Result<Order> {
    let id: DealId = id.parse().ok().found()?;
    let order = orders::find(conn, ctx, id, true).await?;
    if orders::permits(ctx, &order).handle { Ok(order) } else { Err(AppError::Forbidden) }
}
