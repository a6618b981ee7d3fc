//! `POST /api/v1/facts`: what goals of those who support sales are measured by, from other programs.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::body::{self, Body};
use crate::attainment::Metric;
use crate::audit::{self, Event};
use crate::error::Result;
use crate::facts::{self, FactId, Noted, Raw};
use crate::web::context::Ctx;

/// A fact: so many deliveries on time of so many, points over so many answers, minutes over so many replies, leads.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactInput {
    /// The system it comes from.
    #[schema(min_length = 1, max_length = 100, example = "wms")]
    pub source: String,
    /// Its number there. The same number again replaces what was noted.
    #[schema(min_length = 1, max_length = 100, example = "2026-W47-north")]
    pub fact_no: String,
    /// What is measured: `on_time_delivery`, `follow_ups_in_time`, `customer_score`, `first_reply_time`, `leads` or
    /// `training_completed`.
    pub metric: Metric,
    /// The day it belongs to; not after today.
    #[schema(example = "2026-11-17")]
    pub day: NaiveDate,
    /// Whose it is: a person by number, or a department by `department`.
    #[schema(example = "E-1042")]
    pub employee_no: Option<String>,
    /// A department by its code.
    pub department: Option<String>,
    /// How many on time, points, minutes or leads: a number as text.
    #[schema(example = "47", pattern = r"^\d+(\.\d{1,2})?$")]
    pub value: String,
    /// Of how many; left out it is one, and it is left out for leads and training.
    #[schema(minimum = 1, example = 50)]
    pub count: Option<u32>,
    /// In words.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactAnswer {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: FactId,
    /// Whether anything has changed: false when the same was noted before.
    pub changed: bool,
}

/// Note a fact
///
/// Administrators and executives note facts of anybody, leads those of the departments they lead and the people in
/// them, nobody their own. A fact that is known by `source` and `fact_no` is replaced when it says something else.
#[utoipa::path(post, path = "/api/v1/facts", operation_id = "note_fact", tag = "Attainment",
    request_body(content = FactInput, description = "The fact"),
    responses(
        (status = 200, description = "It was known", body = FactAnswer),
        (status = 201, description = "It was noted", body = FactAnswer),
        (status = 403, response = super::openapi::Forbidden),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, Body(bytes): Body) -> Result<Response> {
    let input: FactInput = body::parse(&bytes)?;
    let raw = Raw {
        metric: input.metric.code().to_owned(),
        day: input.day.to_string(),
        value: input.value,
        count: input.count.map(|count| count.to_string()).unwrap_or_default(),
        note: input.note.unwrap_or_default(),
    };
    let whose = (input.employee_no.unwrap_or_default(), input.department.unwrap_or_default());
    let draft = facts::draft(&ctx, input.source, &input.fact_no, &raw, &whose)?;
    let mut tx = ctx.app.begin().await?;
    let may = |whose| facts::records(&ctx, whose);
    let noted = facts::note(&mut tx, &draft, may, Some(ctx.actor.user), ctx.now).await?;
    let (status, id, changed) = match noted {
        Noted::New(id) => (StatusCode::CREATED, id, true),
        Noted::Changed(id) => (StatusCode::OK, id, true),
        Noted::Same(id) => (StatusCode::OK, id, false),
    };
    if changed {
        let details = json!({ "source": draft.source, "fact_no": draft.fact_no });
        let event = Event::new("fact.noted", "fact", id.0).with(details);
        audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    }
    tx.commit().await?;
    Ok((status, Json(FactAnswer { id, changed })).into_response())
}
