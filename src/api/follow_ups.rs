//! `/api/v1/follow-ups`: calls to customers after delivery.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Body};
use super::envelope::{Amount, List};
use super::query::{Paging, Params, Query, Read};
use crate::audit::{self, Event};
use crate::error::{AppError, Found, Result};
use crate::kernel::money::parse_decimal;
use crate::service::Hand;
use crate::service::follow_ups::steps::{Said, State, Step};
use crate::service::follow_ups::{self, Filter, FollowUp, FollowUpId, Origin, Raw};
use crate::service::scope::{self, Scope};
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Which follow-ups.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FollowUpsQuery {
    /// Only in this state.
    #[param(required = false, value_type = State)]
    pub state: Option<State>,
    /// Only due on this day or later.
    #[param(required = false, value_type = NaiveDate, example = "2026-11-01")]
    pub from: Option<NaiveDate>,
    /// Only due on this day or earlier.
    #[param(required = false, value_type = NaiveDate, example = "2026-11-30")]
    pub to: Option<NaiveDate>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for FollowUpsQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            state: params.read("state", State::from_code, "service-error-state"),
            from: params.date("from"),
            to: params.date("to"),
            limit,
            cursor: after,
        })
    }
}

/// A call to a customer after delivery.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FollowUpItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: FollowUpId,
    /// Whom to call.
    #[schema(example = "C-2001")]
    pub customer_no: String,
    /// About which order; null when about none.
    #[schema(example = "SO-2026-1187")]
    pub order_no: Option<String>,
    /// Whose it is; null while a department has not given it to anybody.
    #[schema(example = "E-1042")]
    pub employee_no: Option<String>,
    /// Code of the department that answers for it.
    #[schema(example = json!(null))]
    pub department: Option<String>,
    /// What to ask; empty for the standard question.
    #[schema(example = "")]
    pub question: String,
    /// When.
    pub due_on: NaiveDate,
    /// How far it has come.
    pub state: State,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
    /// The customer's score.
    #[schema(minimum = 0, maximum = 10, example = 9)]
    pub score: Option<i16>,
    /// What the customer said.
    #[schema(example = "Works as expected")]
    pub words: String,
    /// What could be offered next.
    #[schema(example = "Service agreement")]
    pub next_offer: String,
    /// What that is worth, about; null where there is no amount or the token's owner does not see it.
    pub next_offer_amount: Option<Amount>,
    /// For outcomes: the version that was looked at.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl FollowUpItem {
    fn of(ctx: &Ctx, one: FollowUp) -> Self {
        let (organisation, standing) = (&ctx.company.organisation, one.standing);
        let sees = scope::sight(ctx).shows_amounts(one.seller.or(standing.owner));
        let owner = standing.owner.and_then(|id| organisation.person(id));
        let department = standing.department.and_then(|id| organisation.department(id));
        let amount = standing.amount.filter(|_| sees);
        Self {
            id: one.id,
            customer_no: one.customer_no,
            order_no: one.order_no,
            employee_no: owner.map(|person| person.employee_no.clone()),
            department: department.map(|department| department.code.clone()),
            question: one.question,
            due_on: standing.due_on,
            state: standing.state,
            done_on: standing.done_on,
            score: standing.score,
            words: standing.words,
            next_offer: standing.offer,
            next_offer_amount: amount.map(|minor| Amount::money(minor, ctx.company.currency)),
            version: one.version,
        }
    }
}

/// List follow-ups
///
/// In order of id. Those who make, deliver and answer, executives, finance and administrators see all; sellers their own
/// and those of their sales, leads also those of the people they lead.
#[utoipa::path(get, path = "/api/v1/follow-ups", operation_id = "list_follow_ups", tag = "Service", params(FollowUpsQuery),
    responses((status = 200, description = "A page of follow-ups", body = List<FollowUpItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<FollowUpsQuery>) -> Result<Json<List<FollowUpItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let filter = Filter {
        scope: Scope::of(&ctx),
        state: query.state.map(|state| state.code().to_owned()),
        today: ctx.today,
        from: query.from,
        last: query.to,
        after: Some(query.cursor),
        ..Filter::default()
    };
    let mut conn = ctx.app.read().await?;
    let rows = follow_ups::list(&mut conn, &filter, ("id", false), (paging.rows(), 0)).await?;
    Ok(Json(List::page(rows, paging.len(), |one| one.id.0, |one| FollowUpItem::of(&ctx, one))))
}

/// A follow-up to make.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpInput {
    /// The system it comes from.
    #[schema(min_length = 1, max_length = 100, example = "crm")]
    pub source: String,
    /// Its number there. A number is made once.
    #[schema(min_length = 1, max_length = 100, example = "F-17")]
    pub follow_up_no: String,
    /// Whom to call.
    #[schema(min_length = 1, max_length = 100, example = "C-2001")]
    pub customer_no: String,
    /// About which order.
    #[schema(max_length = 100, example = "SO-2026-1187")]
    pub order_no: Option<String>,
    /// Whose it is; left out it is that of the token's owner.
    #[schema(max_length = 100, example = "E-1042")]
    pub employee_no: Option<String>,
    /// When; not before today.
    #[schema(example = "2026-12-01")]
    pub due_on: NaiveDate,
    /// What to ask; left out it is the standard question.
    #[schema(max_length = 4000)]
    pub question: Option<String>,
}

/// Make a follow-up
///
/// One that is known by `source` and `follow_up_no` is left as it is and answered with 200.
#[utoipa::path(post, path = "/api/v1/follow-ups", operation_id = "make_follow_up", tag = "Service",
    request_body(content = FollowUpInput, description = "The follow-up"),
    responses(
        (status = 200, description = "It was known", body = FollowUpItem),
        (status = 201, description = "It was made", body = FollowUpItem),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, Body(bytes): Body) -> Result<Response> {
    let input: FollowUpInput = body::parse(&bytes)?;
    let origin = origin(&input.source, "follow_up_no", &input.follow_up_no)?;
    let raw = Raw {
        customer: input.customer_no,
        order: input.order_no.unwrap_or_default(),
        owner: input.employee_no.unwrap_or_default(),
        due: input.due_on.to_string(),
        question: input.question.unwrap_or_default(),
    };
    let mut tx = ctx.app.begin().await?;
    let draft = follow_ups::read(&mut tx, &ctx, &raw, Some(origin.clone())).await?;
    let draft = draft.map_err(|errors| AppError::Invalid(renamed(&errors)))?;
    let made = follow_ups::make(&mut tx, &[draft], Some(ctx.actor.user), ctx.now).await?;
    for id in &made {
        let event = Event::new("follow-up.made", "follow-up", id.0).with(json!({ "source": origin.source }));
        audit::record(&mut tx, Some(ctx.actor.user), ctx.now, event).await?;
    }
    let id = follow_ups::of_origin(&mut tx, &origin).await?.found()?;
    let one = follow_ups::find(&mut tx, &ctx, id).await?;
    tx.commit().await?;
    let status = if made.is_empty() { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(FollowUpItem::of(&ctx, one))).into_response())
}

/// Where something comes from; a fault when the source or the number is empty or too long.
pub fn origin(source: &str, field: &str, number: &str) -> Result<Origin> {
    const LONGEST: usize = 100;
    for (name, text) in [("source", source), (field, number)] {
        if !(1..=LONGEST).contains(&text.trim().chars().count()) {
            return Err(AppError::Invalid(FormErrors::one(name, "api-text-length")));
        }
    }
    Ok(Origin { source: source.trim().to_owned(), number: number.trim().to_owned() })
}

/// Faults at the fields that programs know.
pub fn renamed(errors: &FormErrors) -> FormErrors {
    let mut named = FormErrors::default();
    for error in errors.iter() {
        let field = match error.field.as_str() {
            "customer" => "customer_no",
            "order" => "order_no",
            "owner" => "employee_no",
            "due" => "due_on",
            other => other,
        };
        named.add(field, error.key);
    }
    named
}

/// What became of a call.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The customer was talked to.
    Reached,
    /// Nobody answered; it is still to be done.
    NotReached,
    /// The customer was talked to and needs help.
    NeedsHelp,
    /// It was given up; `words` say why.
    Closed,
}

/// What became of a call, and what was said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeInput {
    /// The version that was looked at.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// The customer's score.
    #[schema(minimum = 0, maximum = 10, example = 9)]
    pub score: Option<i16>,
    /// What the customer said, or why it was given up.
    #[schema(max_length = 4000, example = "Works as expected")]
    pub words: Option<String>,
    /// What could be offered next.
    #[schema(max_length = 4000, example = "Service agreement")]
    pub next_offer: Option<String>,
    /// What that is worth, about, in the company's currency.
    #[schema(example = "9000.00", pattern = r"^\d+(\.\d+)?$")]
    pub next_offer_amount: Option<String>,
}

impl OutcomeInput {
    fn read(self, ctx: &Ctx) -> Result<(Step, Said)> {
        const LONGEST: usize = 4_000;
        let mut errors = FormErrors::default();
        let (words, offer) = (self.words.unwrap_or_default(), self.next_offer.unwrap_or_default());
        for (field, text) in [("words", &words), ("next_offer", &offer)] {
            if text.chars().count() > LONGEST {
                errors.add(field, "error-talk-long");
            }
        }
        if self.score.is_some_and(|score| !(0..=10).contains(&score)) {
            errors.add("score", "service-error-score");
        }
        let amount = self.next_offer_amount.map(|text| parse_decimal(&text, ctx.company.currency));
        let amount = match amount {
            None => None,
            Some(Ok(amount)) if amount >= 0 => Some(amount),
            Some(_) => errors.check("next_offer_amount", Err("facts-error-decimals")),
        };
        let step = match self.outcome {
            Outcome::Reached => Step::Reach,
            Outcome::NotReached => Step::Miss,
            Outcome::NeedsHelp => Step::Help,
            Outcome::Closed => Step::Close,
        };
        let words = words.trim().to_owned();
        if step.needs_words() && words.is_empty() {
            errors.add("words", "service-error-why");
        }
        let offer = offer.trim().to_owned();
        let said = Said { score: self.score, words, offer, amount, due_on: None, owner: None };
        Ok(errors.or(Some((step, said)))?)
    }
}

/// Say what became of a follow-up
///
/// By its owner, members and leads of the department that answers for it, managers of the owner, executives and
/// administrators.
#[utoipa::path(post, path = "/api/v1/follow-ups/{id}/outcome", operation_id = "end_follow_up", tag = "Service",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    request_body(content = OutcomeInput, description = "What became of it"),
    responses(
        (status = 200, description = "It is noted", body = FollowUpItem),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn outcome(ctx: Ctx, Path(id): Path<String>, Body(bytes): Body) -> Result<Json<FollowUpItem>> {
    let id: FollowUpId = id.parse().ok().found()?;
    let mut tx = ctx.app.begin().await?;
    let one = follow_ups::find(&mut tx, &ctx, id).await?;
    let input: OutcomeInput = body::parse(&bytes)?;
    let version = input.version;
    let (step, said) = input.read(&ctx)?;
    if !one.permits(&ctx, step) {
        return Err(AppError::Forbidden);
    }
    follow_ups::take(&mut tx, &Hand::of(&ctx), &one, version, step, &said).await?;
    let one = follow_ups::find(&mut tx, &ctx, id).await?;
    tx.commit().await?;
    Ok(Json(FollowUpItem::of(&ctx, one)))
}
