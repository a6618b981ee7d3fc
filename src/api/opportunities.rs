//! `/api/v1/opportunities`: open deals and those that are decided, and what is done to them.

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
use super::idempotency::{self, Answer, Claim, Claimed};
use super::query::{Paging, Params, Query, Read};
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{EmployeeId, OpportunityId};
use crate::kernel::ratio::Pct;
use crate::pipeline::program::{self, Sent, SentLine};
use crate::pipeline::{self, Card, Filter, Part, Stage, StageId, Stages, State, policy, stages};
use crate::web::context::Ctx;

/// Which opportunities.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OpportunitiesQuery {
    /// Only in this state: `open`, `won` or `lost`.
    #[param(required = false, value_type = String, example = "open")]
    pub state: Option<State>,
    /// Only in the stage with this id.
    #[param(required = false, value_type = i64, minimum = 1, example = 3)]
    pub stage: Option<StageId>,
    /// Only of this person.
    #[param(required = false, value_type = String, max_length = 200, example = "E-1042")]
    pub employee_no: Option<String>,
    /// Only expected to be decided on this day or later.
    #[param(required = false, value_type = NaiveDate, example = "2026-10-01")]
    pub expected_from: Option<NaiveDate>,
    /// Only expected to be decided on this day or earlier.
    #[param(required = false, value_type = NaiveDate, example = "2026-12-31")]
    pub expected_to: Option<NaiveDate>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

/// An id is a whole number from 1.
fn stage_id(text: &str) -> Option<StageId> {
    text.parse().ok().filter(|id: &StageId| id.0 > 0)
}

impl Read for OpportunitiesQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            state: params.read("state", State::from_code, "error-pipeline-state"),
            stage: params.read("stage", stage_id, "error-pipeline-stage"),
            employee_no: params.text("employee_no"),
            expected_from: params.date("expected_from"),
            expected_to: params.date("expected_to"),
            limit,
            cursor: after,
        })
    }
}

/// A stage on the way to an order.
#[derive(Serialize, ToSchema)]
pub struct StageItem {
    /// Its id.
    #[schema(value_type = i64, example = 3)]
    id: StageId,
    /// Its name, in the language of the token's owner.
    #[schema(example = "Offer made")]
    name: String,
    /// How likely an order is from here, in percent: measured once enough is decided, else typed.
    #[schema(example = "50.00", pattern = r"^\d{1,3}\.\d{2}$")]
    probability_pct: String,
}

impl StageItem {
    fn new(ctx: &Ctx, stage: &Stage) -> Self {
        let probability_pct = Pct(stage.probability().bp).to_string_2();
        Self { id: stage.id, name: stage.name(ctx.l), probability_pct }
    }
}

/// An opportunity.
#[derive(Serialize, ToSchema)]
pub struct OpportunityItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    id: OpportunityId,
    /// Number within its source.
    #[schema(example = "1001")]
    number: String,
    /// Who may buy; null while that is not known.
    #[schema(example = "Holmen Skog")]
    customer: Option<String>,
    /// Number of the owner; null for nobody yet.
    #[schema(example = "E-1042")]
    employee_no: Option<String>,
    /// `open`, `won` or `lost`.
    #[schema(example = "open")]
    state: &'static str,
    /// Where it stands, or stood when it was decided.
    stage: Option<StageItem>,
    /// Since when it stands there.
    stage_since: NaiveDate,
    /// Product of the first line.
    #[schema(example = "Ventus 12")]
    product: String,
    /// What all lines come to.
    amount: Amount,
    /// How it came about.
    #[schema(example = "inbound")]
    origin: &'static str,
    /// With which sales technique.
    technique: String,
    /// The day it was opened.
    opened_on: NaiveDate,
    /// The day it is expected to be decided.
    expected_on: Option<NaiveDate>,
    /// The day it was decided.
    closed_on: Option<NaiveDate>,
    /// What is to be done next.
    next_step: String,
    /// By which day.
    next_on: Option<NaiveDate>,
    /// Send it with the next move.
    #[schema(example = 1)]
    version: i64,
}

impl OpportunityItem {
    fn new(ctx: &Ctx, stages: &Stages, card: Card) -> Self {
        let number = |id: EmployeeId| Some(ctx.company.organisation.person(id)?.employee_no.clone());
        Self {
            id: card.id,
            number: card.number,
            customer: Some(card.customer).filter(|name| !name.is_empty()),
            employee_no: card.owner.and_then(number),
            state: card.state.code(),
            stage: stages.get(card.stage).map(|stage| StageItem::new(ctx, stage)),
            stage_since: card.since,
            product: card.product,
            amount: Amount::money(card.amount, card.currency),
            origin: card.origin.code(),
            technique: card.technique,
            opened_on: card.opened_on,
            expected_on: card.expected_on,
            closed_on: card.closed_on,
            next_step: card.next,
            next_on: card.next_on,
            version: card.version,
        }
    }
}

/// List opportunities
///
/// In order of id. Those of people that the token's owner may see; whoever reads the whole company sees those without an
/// owner too.
#[utoipa::path(get, path = "/api/v1/opportunities", operation_id = "list_opportunities", tag = "Open deals",
    params(OpportunitiesQuery),
    responses((status = 200, description = "A page of opportunities", body = List<OpportunityItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<OpportunitiesQuery>) -> Result<Json<List<OpportunityItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let person = |number: &String| {
        let people = &ctx.company.organisation.people;
        people.iter().find(|person| person.employee_no == *number).map(|person| person.id)
    };
    let filter = Filter {
        state: query.state,
        stage: query.stage,
        owners: query.employee_no.as_ref().map(|number| person(number).into_iter().collect()),
        from: query.expected_from,
        until: query.expected_to,
        after: Some(query.cursor),
        ..Filter::default()
    };
    let mut conn = ctx.app.read().await?;
    let stages = stages::all(&mut conn).await?;
    let part = Part { sort: ("id", false), slice: (paging.rows(), 0) };
    let scope = policy::scope(&ctx);
    let rows = pipeline::list(&mut conn, &scope, &stages, (&filter, ctx.today), part).await?;
    let item = |card| OpportunityItem::new(&ctx, &stages, card);
    Ok(Json(List::page(rows, paging.len(), |row| row.id.0, item)))
}

/// One as it is answered.
pub(super) async fn item(conn: &mut PgConnection, ctx: &Ctx, id: OpportunityId) -> Result<OpportunityItem> {
    let card = pipeline::cards(conn, &policy::scope(ctx), &[id]).await?.pop().found()?;
    Ok(OpportunityItem::new(ctx, &stages::all(conn).await?, card))
}

/// Show one opportunity
#[utoipa::path(get, path = "/api/v1/opportunities/{id}", operation_id = "show_opportunity", tag = "Open deals",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    responses((status = 200, description = "The opportunity", body = OpportunityItem),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Json<OpportunityItem>> {
    let id: OpportunityId = id.parse().ok().found()?;
    Ok(Json(item(&mut *ctx.app.read().await?, &ctx, id).await?))
}

/// A line of an opportunity to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityLineInput {
    /// What may be sold.
    #[schema(min_length = 1, max_length = 100, example = "F400")]
    sku: String,
    /// Pieces; one when it is left out.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 2)]
    quantity: Option<i64>,
    /// Estimated price of the whole line.
    #[schema(pattern = r"^\d{1,12}(\.\d{1,2})?$", example = "41000.00")]
    amount: String,
    /// Cost of the whole line; the product's when it is left out.
    #[schema(pattern = r"^\d{1,12}(\.\d{1,2})?$", example = "24000.00")]
    cost: Option<String>,
}

/// An opportunity to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityInput {
    /// Who may buy; null while that is not known.
    #[schema(min_length = 1, max_length = 100, example = "C-2001")]
    customer_no: Option<String>,
    /// Whose it is; null for nobody yet, which administrators and executives may say.
    #[schema(min_length = 1, max_length = 100, example = "E-1042")]
    employee_no: Option<String>,
    /// Id of the stage it begins in; the first when it is left out.
    #[schema(minimum = 1, example = 1)]
    stage: Option<i64>,
    /// ISO 4217 code; the company's currency when it is left out.
    #[schema(pattern = "^[A-Z]{3}$", example = "SEK")]
    currency: Option<String>,
    /// `inbound`, `outbound`, `referral`, `campaign`, `existing` or `other`.
    #[schema(example = "inbound")]
    origin: String,
    /// The sales technique used.
    #[schema(max_length = 200)]
    technique: Option<String>,
    /// The day it was opened; today when it is left out.
    #[schema(format = Date, example = "2026-11-17")]
    opened_on: Option<String>,
    /// The day it is expected to be decided.
    #[schema(format = Date, example = "2026-12-10")]
    expected_on: Option<String>,
    /// What is to be done next.
    #[schema(max_length = 200, example = "Call about the drawings")]
    next_step: Option<String>,
    /// By which day.
    #[schema(format = Date, example = "2026-11-20")]
    next_on: Option<String>,
    /// A remark.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// At least one.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<OpportunityLineInput>,
}

impl From<OpportunityInput> for Sent {
    fn from(input: OpportunityInput) -> Self {
        let line = |line: OpportunityLineInput| SentLine {
            sku: line.sku,
            quantity: line.quantity.unwrap_or(1),
            amount: line.amount,
            cost: line.cost.unwrap_or_default(),
        };
        Self {
            employee_no: input.employee_no,
            customer_no: input.customer_no,
            stage: input.stage.map(|stage| stage.to_string()).unwrap_or_default(),
            currency: input.currency.unwrap_or_default(),
            origin: input.origin,
            technique: input.technique.unwrap_or_default(),
            opened_on: input.opened_on.unwrap_or_default(),
            expected_on: input.expected_on.unwrap_or_default(),
            next_step: input.next_step.unwrap_or_default(),
            next_on: input.next_on.unwrap_or_default(),
            note: input.note.unwrap_or_default(),
            lines: input.lines.into_iter().map(line).collect(),
        }
    }
}

/// Open an opportunity
///
/// People open their own, leads also those of the people they lead, administrators and executives anybody's. With an
/// `Idempotency-Key` the same body gets the first answer again for 24 hours.
#[utoipa::path(post, path = "/api/v1/opportunities", operation_id = "open_opportunity", tag = "Open deals",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text that is new for each opportunity: up to \
        255 visible ASCII characters", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", nullable = false)),
    request_body(content = OpportunityInput, description = "The opportunity"),
    responses(
        (status = 201, description = "It was opened", body = OpportunityItem,
            headers(("Location" = String, description = "Where it is"))),
        (status = 403, response = super::openapi::Forbidden),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, headers: HeaderMap, Body(bytes): Body) -> Result<Response> {
    let claim = Claim::of(&headers, &bytes, ctx.actor.user, ctx.now)?;
    let mut tx = ctx.app.begin().await?;
    if let Some(claim) = &claim {
        let mut claimed = idempotency::take_all(&mut tx, std::slice::from_ref(claim)).await?;
        if let Some(Claimed::Before(first)) = claimed.pop().transpose()? {
            return Ok(first.into_response());
        }
    }
    let input: OpportunityInput = body::parse(&bytes)?;
    let id = program::open_sent(&mut tx, &ctx, &input.into()).await?.id();
    let shown = item(&mut tx, &ctx, id).await?;
    let answer = Answer {
        status: StatusCode::CREATED.as_u16(),
        location: Some(format!("/api/v1/opportunities/{id}")),
        body: serde_json::to_string(&shown).map_err(AppError::internal)?,
    };
    if let Some(claim) = &claim {
        let kept = Ok(answer.clone());
        idempotency::keep_all(&mut tx, idempotency::kept(std::iter::once((Some(claim), &kept)))).await?;
    }
    tx.commit().await?;
    Ok(answer.into_response())
}
