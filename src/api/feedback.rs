//! `GET /api/v1/feedback`: what customers say.

use axum::Json;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::envelope::List;
use super::query::{Paging, Params, Query, Read};
use crate::error::Result;
use crate::service::feedback::{self, Area, Feedback, FeedbackId, Filter};
use crate::service::scope;
use crate::web::context::Ctx;

/// Which answers.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedbackQuery {
    /// Only of this day or later.
    #[param(required = false, value_type = NaiveDate, example = "2026-11-01")]
    pub from: Option<NaiveDate>,
    /// Only of this day or earlier.
    #[param(required = false, value_type = NaiveDate, example = "2026-11-30")]
    pub to: Option<NaiveDate>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for FeedbackQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self { from: params.date("from"), to: params.date("to"), limit, cursor: after })
    }
}

/// What a customer said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedbackItem {
    /// Its id.
    #[schema(value_type = i64, example = 7)]
    pub id: FeedbackId,
    /// On which day.
    pub answered_on: NaiveDate,
    /// The score.
    #[schema(minimum = 0, maximum = 10, example = 9)]
    pub score: i16,
    /// What was good.
    pub good: Vec<Area>,
    /// What was not.
    pub bad: Vec<Area>,
    /// In their words.
    #[schema(example = "On time and quiet")]
    pub words: String,
    /// What was bought, or nearly.
    #[schema(example = "Ventus 12")]
    pub about: String,
    /// Whether it was said after a lost deal.
    pub lost: bool,
    /// Number of the order; null where there is none or the token's owner does not see who sold it.
    #[schema(example = "SO-2026-1187")]
    pub order_no: Option<String>,
    /// Who said it; null where the token's owner does not see who sold it.
    #[schema(example = "Holmen Skog")]
    pub customer: Option<String>,
}

/// List what customers say
///
/// In order of id. Everybody reads scores and words; customer and order only those who see the sale.
#[utoipa::path(get, path = "/api/v1/feedback", operation_id = "list_feedback", tag = "Service", params(FeedbackQuery),
    responses((status = 200, description = "A page of answers", body = List<FeedbackItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<FeedbackQuery>) -> Result<Json<List<FeedbackItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let filter = Filter { from: query.from, last: query.to, after: Some(query.cursor), ..Filter::default() };
    let mut conn = ctx.app.read().await?;
    let rows = feedback::list(&mut conn, &filter, ("id", false), (paging.rows(), 0)).await?;
    let sight = scope::sight(&ctx);
    let item = |one: Feedback| {
        let sees = one.shows_from(&sight);
        FeedbackItem {
            id: one.id,
            answered_on: one.answered_on,
            score: one.said.score,
            good: one.said.good,
            bad: one.said.bad,
            words: one.said.words,
            about: one.about,
            lost: one.lost.is_some(),
            order_no: one.order_no.filter(|_| sees),
            customer: sees.then_some(one.customer_name),
        }
    };
    Ok(Json(List::page(rows, paging.len(), |one| one.id.0, item)))
}
