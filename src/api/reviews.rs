//! `/api/v1/reviews` and `/api/v1/decisions`: standing meetings, and what they decide.

use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Body};
use super::envelope::List;
use super::query::{Paging, Params, Query, Read};
use crate::error::{AppError, Found, Result};
use crate::reviews::steps::{Act, Outcome, State};
use crate::reviews::{self, Decision, DecisionId, Listed, ReviewId, Said, SeriesId};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Which meetings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for ReviewsQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self { limit, cursor: after })
    }
}

/// How far a meeting has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeetingState {
    /// It is to come.
    Planned,
    /// It was held.
    Held,
}

/// A meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: ReviewId,
    /// The standing meeting it is one of.
    #[schema(value_type = i64, example = 3)]
    pub series: SeriesId,
    /// What it is called.
    #[schema(example = "Sales North monthly")]
    pub name: String,
    /// Code of the department whose meeting it is.
    #[schema(example = "NORTH")]
    pub department: String,
    /// Its day.
    pub day: NaiveDate,
    /// The first day that it looks at; the last is the one before it.
    pub covers_from: NaiveDate,
    /// How far it has come.
    pub state: MeetingState,
    /// How much it decided.
    #[schema(minimum = 0)]
    pub decisions: i64,
    /// How much of that is open.
    #[schema(minimum = 0)]
    pub open_decisions: i64,
}

/// List meetings
///
/// In order of id. Those that the token's owner takes part in or leads, and all for those who read the whole company.
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "list_reviews", tag = "Reviews", params(ReviewsQuery),
    responses((status = 200, description = "A page of meetings", body = List<ReviewItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<ReviewsQuery>) -> Result<Json<List<ReviewItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let rows = reviews::after(&mut *ctx.app.read().await?, &ctx, paging.after, paging.rows()).await?;
    let item = |listed: Listed| {
        let department = ctx.company.organisation.department(listed.department_id);
        ReviewItem {
            id: listed.id,
            series: listed.series_id,
            name: listed.name,
            department: department.map(|department| department.code.clone()).unwrap_or_default(),
            day: listed.meets_on,
            covers_from: listed.covers_from,
            state: if listed.state == State::Held.code() {
                MeetingState::Held
            } else {
                MeetingState::Planned
            },
            decisions: listed.decisions,
            open_decisions: listed.open,
        }
    };
    Ok(Json(List::page(rows, paging.len(), |row| row.id.0, item)))
}

/// Where a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionState {
    /// It is to be done.
    Open,
    /// It was done.
    Done,
    /// It will not be done.
    Dropped,
}

impl DecisionState {
    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Open => Self::Open,
            Outcome::Done => Self::Done,
            Outcome::Dropped | Outcome::Undone => Self::Dropped,
        }
    }

    fn read(code: &str) -> Option<Outcome> {
        Outcome::from_code(code).filter(|outcome| Outcome::SHOWN.contains(outcome))
    }
}

/// Which decisions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DecisionsQuery {
    /// Only in this state.
    #[param(required = false, value_type = DecisionState)]
    pub state: Option<Outcome>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for DecisionsQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let state = params.read("state", DecisionState::read, "api-choice");
        let Paging { limit, after } = params.paging();
        Some(Self { state, limit, cursor: after })
    }
}

/// Something that was decided.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: DecisionId,
    /// What is to be done.
    #[schema(example = "Call the three customers that have not ordered since May")]
    pub what: String,
    /// Employee number of who answers for it.
    #[schema(example = "E-1042")]
    pub owner: String,
    /// Their name.
    #[schema(example = "Elias Sandberg")]
    pub owner_name: String,
    /// The day it should be done by.
    pub due: NaiveDate,
    /// Where it stands.
    pub state: DecisionState,
    /// Whether it is open and should have been done by yesterday.
    pub overdue: bool,
    /// The meeting that decided it; null for those who may not see that.
    #[schema(value_type = Option<i64>, example = 17)]
    pub review: Option<ReviewId>,
    /// What the meeting is called.
    #[schema(example = "Sales North monthly")]
    pub meeting: String,
    /// The day of the meeting.
    pub day: NaiveDate,
    /// Number of its version, for the next step.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
}

fn item(ctx: &Ctx, decision: Decision, meeting: bool) -> DecisionItem {
    let owner = ctx.company.organisation.person(decision.owner);
    DecisionItem {
        id: decision.id,
        owner: owner.map(|person| person.employee_no.clone()).unwrap_or_default(),
        overdue: decision.is_overdue(ctx.today),
        what: decision.what,
        owner_name: decision.owner_name,
        due: decision.due,
        state: DecisionState::of(decision.outcome),
        review: meeting.then_some(decision.review),
        meeting: decision.meeting,
        day: decision.on,
        version: decision.version,
    }
}

/// List decisions
///
/// In order of id: those of meetings that the token's owner may see, and those that the people whom they see answer for.
#[utoipa::path(get, path = "/api/v1/decisions", operation_id = "list_decisions", tag = "Reviews", params(DecisionsQuery),
    responses((status = 200, description = "A page of decisions", body = List<DecisionItem>)))]
pub async fn decisions(ctx: Ctx, Query(query): Query<DecisionsQuery>) -> Result<Json<List<DecisionItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let asked = (query.state, paging.after, paging.rows());
    let rows = reviews::decisions_after(&mut *ctx.app.read().await?, &ctx, asked).await?;
    let view = |(decision, meeting)| item(&ctx, decision, meeting);
    Ok(Json(List::page(rows, paging.len(), |(decision, _)| decision.id.0, view)))
}

/// What can be done with a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionStep {
    /// It was done: by who answers for it, or who leads the meeting.
    Finish,
    /// It will not be done, with the reason: by who leads the meeting.
    Drop,
    /// It is open again.
    Reopen,
}

/// A step of a decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepInput {
    /// What is done.
    pub step: DecisionStep,
    /// The version that was looked at.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// Why; needed to drop it.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// Take a step of a decision
///
/// A step that was taken before is a conflict, because the version is another then.
#[utoipa::path(post, path = "/api/v1/decisions/{id}/steps", operation_id = "take_decision_step", tag = "Reviews",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    request_body(content = StepInput, description = "The step"),
    responses(
        (status = 200, description = "How it stands then", body = DecisionItem),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn step(ctx: Ctx, Path(id): Path<String>, Body(bytes): Body) -> Result<Json<DecisionItem>> {
    let id: DecisionId = id.parse().ok().found()?;
    let input: StepInput = body::parse(&bytes)?;
    let reason = input.reason.unwrap_or_default();
    if reason.chars().count() > 1_000 {
        return Err(AppError::Invalid(FormErrors::one("reason", "error-talk-long")));
    }
    let act = match input.step {
        DecisionStep::Finish => Act::Finish,
        DecisionStep::Drop if reason.trim().is_empty() => {
            return Err(AppError::Invalid(FormErrors::one("reason", "error-required")));
        }
        DecisionStep::Drop => Act::Drop,
        DecisionStep::Reopen => Act::Reopen,
    };
    let said = Said { version: input.version, reason, wanted: None };
    let mut tx = ctx.app.begin().await?;
    let (decision, meeting) = reviews::take_for(&mut tx, &ctx, id, (act, &said)).await?;
    tx.commit().await?;
    Ok(Json(item(&ctx, decision, meeting)))
}
