//! `/api/v1/cases`: what customers complain of and ask about.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Body};
use super::envelope::List;
use super::follow_ups::{origin, renamed};
use super::query::{Paging, Params, Query, Read};
use crate::error::{AppError, Found, Result};
use crate::service::Hand;
use crate::service::cases::steps::{Said, State, Step};
use crate::service::cases::{self, Case, CaseId, Category, Channel, Filter, Raw, Severity};
use crate::service::scope::Scope;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Which cases.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CasesQuery {
    /// Only in this state.
    #[param(required = false, value_type = State)]
    pub state: Option<State>,
    /// Only about this.
    #[param(required = false, value_type = Category)]
    pub category: Option<Category>,
    /// Only so bad.
    #[param(required = false, value_type = Severity)]
    pub severity: Option<Severity>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for CasesQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            state: params.read("state", State::from_code, "service-error-state"),
            category: params.read("category", Category::from_code, "service-error-category"),
            severity: params.read("severity", Severity::from_code, "service-error-severity"),
            limit,
            cursor: after,
        })
    }
}

/// A complaint or a question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseItem {
    /// Its id.
    #[schema(value_type = i64, example = 12)]
    pub id: CaseId,
    /// Whose it is.
    #[schema(example = "C-2001")]
    pub customer_no: String,
    /// About which order; null when about none.
    #[schema(example = "SO-2026-1187")]
    pub order_no: Option<String>,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// In one line.
    #[schema(example = "The unit is noisy at night")]
    pub title: String,
    /// In more words.
    #[schema(example = "")]
    pub description: String,
    /// How it came in.
    pub channel: Channel,
    /// Who answers it; null while nobody has taken it on.
    #[schema(example = "E-2001")]
    pub employee_no: Option<String>,
    /// Code of the department that answers for it.
    #[schema(example = "SERVICE")]
    pub department: Option<String>,
    /// How far it has come.
    pub state: State,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By when the customer is promised a first reply.
    pub reply_due: DateTime<Utc>,
    /// By when it is promised to be solved.
    pub solve_due: DateTime<Utc>,
    /// When the customer had a first reply.
    pub replied_at: Option<DateTime<Utc>>,
    /// When it was solved.
    pub solved_at: Option<DateTime<Utc>>,
    /// Minutes of working days until the first reply.
    #[schema(example = 90)]
    pub reply_minutes: Option<i64>,
    /// Minutes of working days until it was solved, without those in which it waited for the customer.
    #[schema(example = 480)]
    pub solve_minutes: Option<i64>,
    /// For steps: the version that was looked at.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl CaseItem {
    fn of(ctx: &Ctx, case: Case) -> Self {
        let (organisation, standing) = (&ctx.company.organisation, case.standing);
        let owner = standing.owner.and_then(|id| organisation.person(id));
        let department = organisation.department(standing.department);
        Self {
            id: case.id,
            customer_no: case.customer_no,
            order_no: case.order_no,
            category: case.category,
            severity: case.severity,
            title: case.title,
            description: case.description,
            channel: case.channel,
            employee_no: owner.map(|person| person.employee_no.clone()),
            department: department.map(|department| department.code.clone()),
            state: standing.state,
            opened_at: standing.opened_at,
            reply_due: standing.reply_due,
            solve_due: standing.solve_due,
            replied_at: standing.replied_at,
            solved_at: standing.solved_at,
            reply_minutes: standing.reply_minutes,
            solve_minutes: standing.solve_minutes,
            version: case.version,
        }
    }
}

/// List cases
///
/// In order of id. Those who make, deliver and answer, executives, finance and administrators see all; others those that
/// they opened, own, or sold.
#[utoipa::path(get, path = "/api/v1/cases", operation_id = "list_cases", tag = "Service", params(CasesQuery),
    responses((status = 200, description = "A page of cases", body = List<CaseItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<CasesQuery>) -> Result<Json<List<CaseItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let filter = Filter {
        scope: Scope::of(&ctx),
        state: query.state.map(|state| state.code().to_owned()),
        now: ctx.now,
        category: query.category,
        severity: query.severity,
        after: Some(query.cursor),
        ..Filter::default()
    };
    let mut conn = ctx.app.read().await?;
    let rows = cases::list(&mut conn, &filter, ("id", false), (paging.rows(), 0)).await?;
    Ok(Json(List::page(rows, paging.len(), |case| case.id.0, |case| CaseItem::of(&ctx, case))))
}

/// A case to open.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseInput {
    /// The system it comes from.
    #[schema(min_length = 1, max_length = 100, example = "helpdesk")]
    pub source: String,
    /// Its number there. A number is opened once.
    #[schema(min_length = 1, max_length = 100, example = "T-1187")]
    pub case_no: String,
    /// Whose it is.
    #[schema(min_length = 1, max_length = 100, example = "C-2001")]
    pub customer_no: String,
    /// About which order.
    #[schema(max_length = 100, example = "SO-2026-1187")]
    pub order_no: Option<String>,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// In one line.
    #[schema(min_length = 1, max_length = 160, example = "The unit is noisy at night")]
    pub title: String,
    /// In more words.
    #[schema(max_length = 4000)]
    pub description: Option<String>,
    /// How it came in; left out it is another way.
    pub channel: Option<Channel>,
    /// Who answers it; left out the department gives it to somebody.
    #[schema(max_length = 100, example = "E-2001")]
    pub employee_no: Option<String>,
    /// Code of the department that answers for it; left out it is the one that answers customers.
    #[schema(max_length = 100, example = "SERVICE")]
    pub department: Option<String>,
}

/// Open a case
///
/// One that is known by `source` and `case_no` is left as it is and answered with 200.
#[utoipa::path(post, path = "/api/v1/cases", operation_id = "open_case", tag = "Service",
    request_body(content = CaseInput, description = "The case"),
    responses(
        (status = 200, description = "It was known", body = CaseItem),
        (status = 201, description = "It was opened", body = CaseItem),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, Body(bytes): Body) -> Result<Response> {
    let input: CaseInput = body::parse(&bytes)?;
    let origin = origin(&input.source, "case_no", &input.case_no)?;
    let raw = Raw {
        customer: input.customer_no,
        order: input.order_no.unwrap_or_default(),
        category: input.category.code().to_owned(),
        severity: input.severity.code().to_owned(),
        title: input.title,
        description: input.description.unwrap_or_default(),
        channel: input.channel.unwrap_or(Channel::Other).code().to_owned(),
        owner: input.employee_no.unwrap_or_default(),
        department: input.department.unwrap_or_default(),
        ..Raw::default()
    };
    let mut tx = ctx.app.begin().await?;
    let draft = cases::read(&mut tx, &ctx, &raw, Some(origin)).await?;
    let draft = draft.map_err(|errors| AppError::Invalid(renamed(&errors)))?;
    let (id, new) = cases::open(&mut tx, &Hand::of(&ctx), &draft).await?;
    let case = cases::find(&mut tx, &ctx, id).await?;
    tx.commit().await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(CaseItem::of(&ctx, case))).into_response())
}

/// A step with a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseStepInput {
    /// The version that was looked at.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// What is done; `assign` is for pages only.
    pub step: Step,
    /// What was answered or done: for `reply`, `solve` and `reopen`.
    #[schema(max_length = 4000, example = "A technician comes on Tuesday")]
    pub words: Option<String>,
}

/// Take a step with a case
///
/// By its owner, members and leads of the department that answers for it, managers of the owner, executives and
/// administrators.
#[utoipa::path(post, path = "/api/v1/cases/{id}/steps", operation_id = "take_case_step", tag = "Service",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    request_body(content = CaseStepInput, description = "The step"),
    responses(
        (status = 200, description = "It is taken", body = CaseItem),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn step(ctx: Ctx, Path(id): Path<String>, Body(bytes): Body) -> Result<Json<CaseItem>> {
    const LONGEST: usize = 4_000;
    let id: CaseId = id.parse().ok().found()?;
    let mut tx = ctx.app.begin().await?;
    let case = cases::find(&mut tx, &ctx, id).await?;
    let input: CaseStepInput = body::parse(&bytes)?;
    let words = input.words.unwrap_or_default().trim().to_owned();
    if words.chars().count() > LONGEST {
        return Err(AppError::Invalid(FormErrors::one("words", "error-talk-long")));
    }
    if input.step.needs_words() && words.is_empty() {
        return Err(AppError::Invalid(FormErrors::one("words", "error-required")));
    }
    if !case.is_written_by(&ctx) {
        return Err(AppError::Forbidden);
    }
    let said = Said { words, owner: ctx.actor.employee, department: None };
    cases::take(&mut tx, &Hand::of(&ctx), &case, input.version, input.step, &said).await?;
    let case = cases::find(&mut tx, &ctx, id).await?;
    tx.commit().await?;
    Ok(Json(CaseItem::of(&ctx, case)))
}
