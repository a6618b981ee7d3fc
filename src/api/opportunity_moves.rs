//! `POST /api/v1/opportunities/{id}/moves`: to another stage, won, lost, taken up again.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::body::{self, Body};
use super::opportunities::{OpportunityItem, item};
use super::query::parse_date;
use crate::error::{AppError, Found, Result};
use crate::kernel::id::{DealId, OpportunityId};
use crate::pipeline::{self, Losing, Loss, LossReason, Opportunity, StageId, Stamp, Winning, policy, stages};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// What is done to an opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// To another stage.
    Stage,
    /// It becomes an order.
    Won,
    /// It will not.
    Lost,
    /// It is taken up again.
    Reopened,
}

/// A move.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInput {
    /// What is done.
    to: MoveKind,
    /// The version that was looked at.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// Id of the stage, for `stage`.
    #[schema(minimum = 1, example = 3)]
    stage: Option<i64>,
    /// The day of the order or of the loss; today when it is left out.
    #[schema(format = Date, example = "2026-11-18")]
    on: Option<String>,
    /// Why it was lost: `price`, `product`, `delivery_time`, `service`, `competitor`, `no_need` or `other`.
    #[schema(example = "price")]
    reason: Option<String>,
    /// In words; needed for `other`.
    #[schema(max_length = 2000)]
    text: Option<String>,
    /// The competitor who got it.
    #[schema(max_length = 200)]
    lost_to: Option<String>,
}

/// What came of a move.
#[derive(Serialize, ToSchema)]
pub struct MoveAnswer {
    /// The opportunity as it stands now.
    opportunity: OpportunityItem,
    /// Id of the sale that was booked, for `won`.
    #[schema(value_type = Option<i64>, example = 4711)]
    sale: Option<DealId>,
}

/// Move an opportunity
///
/// To another stage, won (which books the sale), lost with a reason, or reopened. A won one is reopened only after its sale
/// was cancelled or undone. 409 when the version is not the present one, or it is decided already.
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/moves", operation_id = "move_opportunity", tag = "Open deals",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    request_body(content = MoveInput, description = "The move"),
    responses(
        (status = 200, description = "It was moved", body = MoveAnswer),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, Path(id): Path<String>, Body(bytes): Body) -> Result<Json<MoveAnswer>> {
    let id: OpportunityId = id.parse().ok().found()?;
    let input: MoveInput = body::parse(&bytes)?;
    let mut tx = ctx.app.begin().await?;
    let one = pipeline::lock(&mut tx, &policy::scope(&ctx), id).await?;
    if !policy::reach(&ctx).covers(one.draft.owner) {
        return Err(AppError::Forbidden);
    }
    let sale = carry_out(&mut tx, &ctx, &one, &input).await?;
    let opportunity = item(&mut tx, &ctx, id).await?;
    tx.commit().await?;
    Ok(Json(MoveAnswer { opportunity, sale }))
}

async fn carry_out(
    conn: &mut PgConnection,
    ctx: &Ctx,
    one: &Opportunity,
    input: &MoveInput,
) -> Result<Option<DealId>> {
    let stamp = Stamp { by: Some(ctx.actor.user), at: ctx.now, day: ctx.today };
    let at = (one, input.version);
    let on = match &input.on {
        None => ctx.today,
        Some(text) => parse_date(text).ok_or_else(|| FormErrors::one("on", "api-date"))?,
    };
    match input.to {
        MoveKind::Stage => {
            let stage = input.stage.ok_or_else(|| FormErrors::one("stage", "api-required"))?;
            let known = stages::all(conn).await?;
            pipeline::move_to(conn, at, &known, StageId(stage), stamp).await?;
        }
        MoveKind::Won => {
            let winning = Winning { on, customer: None };
            return pipeline::win(conn, &ctx.company, at, winning, stamp).await.map(Some);
        }
        MoveKind::Lost => {
            pipeline::lose(conn, at, &Losing { on, loss: loss(input)? }, stamp).await?;
        }
        MoveKind::Reopened => pipeline::reopen(conn, at, stamp).await?,
    }
    Ok(None)
}

fn loss(input: &MoveInput) -> Result<Loss> {
    let code = input.reason.as_deref().ok_or_else(|| FormErrors::one("reason", "api-required"))?;
    let reason =
        LossReason::from_code(code).ok_or_else(|| FormErrors::one("reason", "error-pipeline-reason"))?;
    let text = input.text.clone().unwrap_or_default().trim().to_owned();
    if reason == LossReason::Other && text.is_empty() {
        return Err(FormErrors::one("text", "error-pipeline-other").into());
    }
    let to = input.lost_to.clone().unwrap_or_default().trim().to_owned();
    let long = [("text", &text, 2_000), ("lost_to", &to, 200)];
    if let Some((field, ..)) = long.into_iter().find(|(_, text, most)| text.chars().count() > *most) {
        return Err(FormErrors::one(field, "deals-error-long").into());
    }
    Ok(Loss { reason, text, to, price: None })
}
