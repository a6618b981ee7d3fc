//! `/api/v1/agreements`: goals that are being agreed on, for programs that read, propose and answer.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use super::agreement::{AgreementItem, AgreementState};
use super::body::{self, Body};
use super::envelope::List;
use super::idempotency::Answer;
use super::once::{Once, Turn, written};
use super::query::{Paging, Params, Query, Read};
use super::subject::{self, SubjectKind};
use crate::attainment::Metric;
use crate::error::{AppError, Found, Result};
use crate::goals::agreements::steps::Step;
use crate::goals::agreements::{self, Agreement, AgreementId, Raw, Shown, StepForm, Wanted};
use crate::goals::{CommentForm, Subject, Viewer};
use crate::products;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Where agreements are, for answers that say so.
const PATH: &str = "/api/v1/agreements";

/// Which agreements.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgreementsQuery {
    /// Only those that stand like this.
    #[param(required = false, value_type = AgreementState)]
    pub state: Option<Shown>,
    /// Only about goals of the subject with this employee number or department code.
    #[param(required = false, value_type = String, max_length = 200, example = "E-1042")]
    pub subject: Option<String>,
    /// Only periods that begin on this day.
    #[param(required = false, value_type = NaiveDate, example = "2027-01-01")]
    pub from: Option<NaiveDate>,
    /// Only periods with this last day.
    #[param(required = false, value_type = NaiveDate, example = "2027-03-31")]
    pub to: Option<NaiveDate>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for AgreementsQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            state: params.read("state", Shown::from_code, "api-choice"),
            subject: params.text("subject"),
            from: params.date("from"),
            to: params.date("to"),
            limit,
            cursor: after,
        })
    }
}

/// List agreements
///
/// In order of id, each with its steps. Both sides see theirs, drafts only the side that prepares them; administrators,
/// executives and finance see all but drafts of others.
#[utoipa::path(get, path = "/api/v1/agreements", operation_id = "list_agreements", tag = "Agreements",
    params(AgreementsQuery),
    responses((status = 200, description = "A page of agreements", body = List<AgreementItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<AgreementsQuery>) -> Result<Json<List<AgreementItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let wanted = Wanted {
        shown: query.state,
        subject: query.subject,
        starts_on: query.from,
        last_day: query.to,
        after: paging.after,
        rows: paging.rows(),
    };
    let mut conn = ctx.app.read().await?;
    let found = agreements::list(&mut conn, &ctx, wanted).await?;
    let page = List::page(found, paging.len(), |agreement| agreement.id.0, |agreement| agreement);
    let ids: Vec<AgreementId> = page.items.iter().map(|agreement| agreement.id).collect();
    let mut steps = agreements::histories(&mut conn, &ids).await?;
    let item = |agreement: Agreement| {
        let side = agreement.seen_by(&ctx)?;
        let steps = steps.remove(&agreement.id).unwrap_or_default();
        Ok(AgreementItem::new(&ctx, agreement, side, steps))
    };
    let items = page.items.into_iter().map(item).collect::<Result<_>>()?;
    Ok(Json(List { items, next_cursor: page.next_cursor }))
}

/// Show one agreement with its steps
#[utoipa::path(get, path = "/api/v1/agreements/{id}", operation_id = "show_agreement", tag = "Agreements",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    responses((status = 200, description = "The agreement", body = AgreementItem),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Json<AgreementItem>> {
    let id: AgreementId = id.parse().ok().found()?;
    Ok(Json(item(&mut *ctx.app.read().await?, &ctx, id).await?))
}

async fn item(conn: &mut PgConnection, ctx: &Ctx, id: AgreementId) -> Result<AgreementItem> {
    let agreement = agreements::find(conn, id).await?;
    let side = agreement.seen_by(ctx)?;
    let steps = agreements::history(conn, id).await?;
    Ok(AgreementItem::new(ctx, agreement, side, steps))
}

/// A goal to propose.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementInput {
    /// A person or a department; the company's goal is set, not agreed on.
    subject_kind: SubjectKind,
    /// Employee number or department code.
    #[schema(min_length = 1, max_length = 200, example = "E-1042")]
    subject: String,
    /// What is counted.
    metric: Metric,
    /// Only products of this category, by its name.
    #[schema(min_length = 1, max_length = 200, example = json!(null))]
    category: Option<String>,
    /// First day that counts.
    #[schema(example = "2027-01-01")]
    from: NaiveDate,
    /// Last day that counts.
    #[schema(example = "2027-03-31")]
    to: NaiveDate,
    /// The amount in the company's currency, or the count, as text.
    #[schema(pattern = r"^\d{1,12}(\.\d{1,2})?$", example = "1450000.00")]
    target: String,
    /// Why; the other side reads it.
    #[schema(max_length = 1000, example = "Plus 5 percent for the new area")]
    message: Option<String>,
    /// Keep it as a draft that the other side does not see yet.
    #[serde(default)]
    draft: bool,
}

/// Propose a goal
///
/// To the one whose goal it would be, or one's own to the lead above, as on the page. It counts nowhere before it is accepted.
///
/// With an `Idempotency-Key` the same body gets the first answer again for 24 hours, refusals included; the same key with
/// another body is a conflict.
#[utoipa::path(post, path = "/api/v1/agreements", operation_id = "propose_goal", tag = "Agreements",
    params(("Idempotency-Key" = Option<String>, Header, description = "Any text that is new for each proposal: up to \
        255 visible ASCII characters", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", nullable = false)),
    request_body(content = AgreementInput, description = "The proposal"),
    responses(
        (status = 201, description = "It was proposed", body = AgreementItem,
            headers(("Location" = String, description = "Where the agreement is")),
            links(("Agreement" = (operation_id = "show_agreement", parameters(("id" = "$response.body#/id")))))),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn create(ctx: Ctx, headers: HeaderMap, Body(bytes): Body) -> Result<Response> {
    let once = Once::new(&ctx, &headers, PATH.to_owned(), &bytes)?;
    let mut tx = match once.begin(&ctx).await? {
        Turn::Before(answer) => return Ok(answer.into_response()),
        Turn::Now(tx) => tx,
    };
    let done = propose(&mut tx, &ctx, &bytes).await;
    Ok(once.end(&ctx, tx, done).await?.into_response())
}

async fn propose(conn: &mut PgConnection, ctx: &Ctx, bytes: &[u8]) -> Result<Answer> {
    let input: AgreementInput = body::parse(bytes)?;
    let subject = whose(ctx, &input)?;
    let category = match &input.category {
        None => None,
        Some(name) => {
            let known = products::categories(conn).await?.into_iter().find(|(_, known)| known == name);
            let missing = || FormErrors::one("category", "error-goal-category");
            Some(known.map(|(id, _)| id).ok_or_else(missing)?)
        }
    };
    let raw = Raw {
        metric: input.metric.code().to_owned(),
        category,
        from: input.from.to_string(),
        last: input.to.to_string(),
        target: plain(&input.target)?,
    };
    let draft = raw.read(ctx, subject).map_err(|errors| renamed(&errors))?;
    let step = if input.draft { Step::Draft } else { Step::Propose };
    let message = input.message.unwrap_or_default();
    let begun = agreements::propose(conn, ctx, &draft, step, &message).await;
    let id = begun.map_err(|failure| match failure {
        AppError::Invalid(errors) => AppError::Invalid(renamed(&errors)),
        other => other,
    })?;
    let item = item(conn, ctx, id).await?;
    written(StatusCode::CREATED, Some(format!("{PATH}/{id}")), &item)
}

fn whose(ctx: &Ctx, input: &AgreementInput) -> Result<Subject> {
    let (organisation, viewer) = (&ctx.company.organisation, Viewer::new(&ctx.actor, ctx.today));
    let found = subject::find(organisation, viewer, input.subject_kind, Some(&input.subject));
    found.map(|(subject, _)| subject).map_err(|_| FormErrors::one("subject", "error-goal-nobody").into())
}

/// An amount as programs write it: digits, and at most two decimals after a point. What people may write beside would be
/// ambiguous here.
fn plain(text: &str) -> Result<String> {
    let (whole, decimals) = text.split_once('.').map_or((text, "0"), |(whole, decimals)| (whole, decimals));
    let digits =
        |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if digits(whole, 12) && digits(decimals, 2) {
        Ok(text.to_owned())
    } else {
        Err(FormErrors::one("target", "error-goal-number").into())
    }
}

/// The faults under the names that bodies have.
fn renamed(errors: &FormErrors) -> FormErrors {
    let mut renamed = FormErrors::default();
    for error in errors.iter() {
        let field = match error.field.as_str() {
            "period" => "from",
            "last" => "to",
            "reason" | "body" => "message",
            same => same,
        };
        renamed.add_with(field, error.key, error.args.clone());
    }
    renamed
}

/// What can be done with an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// Take the offer.
    Accept,
    /// Answer with another amount.
    Counter,
    /// Put a draft to the other side.
    Propose,
    /// Make one's own offer another.
    Change,
    /// Set the goal without agreement.
    Impose,
    /// Give it up.
    Withdraw,
    /// Take it up again.
    Reopen,
    /// Write to the other side; nothing else changes.
    Comment,
}

impl StepName {
    /// The step; nothing for a comment.
    const fn step(self) -> Option<Step> {
        match self {
            Self::Accept => Some(Step::Accept),
            Self::Counter => Some(Step::Counter),
            Self::Propose => Some(Step::Propose),
            Self::Change => Some(Step::Change),
            Self::Impose => Some(Step::Impose),
            Self::Withdraw => Some(Step::Withdraw),
            Self::Reopen => Some(Step::Reopen),
            Self::Comment => None,
        }
    }
}

/// A step to take.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepInput {
    /// What to do.
    step: StepName,
    /// The version that was looked at; a comment needs none.
    #[schema(minimum = 1, example = 1)]
    version: Option<i64>,
    /// The amount, for `propose`, `change`, `counter` and `impose`.
    #[schema(pattern = r"^\d{1,12}(\.\d{1,2})?$", example = "1450000.00")]
    target: Option<String>,
    /// Why; `counter`, `impose` and `comment` need it.
    #[schema(max_length = 4000, example = "Leave in March")]
    message: Option<String>,
}

/// Take a step of an agreement, or write to the other side
///
/// What the page allows: `next_steps` says what the token's owner can do. When it settles, the goal counts from then on.
///
/// With an `Idempotency-Key` the same body gets the first answer again for 24 hours, refusals included.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/steps", operation_id = "take_step", tag = "Agreements",
    params(("id" = i64, Path, description = "The agreement's id", minimum = 1),
        ("Idempotency-Key" = Option<String>, Header, description = "Any text that is new for each step: up to 255 \
        visible ASCII characters", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$", nullable = false)),
    request_body(content = StepInput, description = "The step"),
    responses(
        (status = 200, description = "How it stands then", body = AgreementItem),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound),
        (status = 409, response = super::openapi::Conflict),
        (status = 413, response = super::openapi::TooLarge),
        (status = 415, response = super::openapi::UnsupportedMedia)))]
pub async fn step(
    ctx: Ctx,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(bytes): Body,
) -> Result<Response> {
    let id: AgreementId = id.parse().ok().found()?;
    let once = Once::new(&ctx, &headers, format!("{PATH}/{id}/steps"), &bytes)?;
    let mut tx = match once.begin(&ctx).await? {
        Turn::Before(answer) => return Ok(answer.into_response()),
        Turn::Now(tx) => tx,
    };
    let done = take(&mut tx, &ctx, id, &bytes).await;
    Ok(once.end(&ctx, tx, done).await?.into_response())
}

async fn take(conn: &mut PgConnection, ctx: &Ctx, id: AgreementId, bytes: &[u8]) -> Result<Answer> {
    let agreement = agreements::find(conn, id).await?;
    agreement.seen_by(ctx)?;
    let input: StepInput = body::parse(bytes)?;
    let message = input.message.unwrap_or_default();
    let Some(step) = input.step.step() else {
        let form = CommentForm { body: message };
        agreements::comment(conn, ctx, &agreement, &form).await?.map_err(|errors| renamed(&errors))?;
        return written(StatusCode::OK, None, &item(conn, ctx, id).await?);
    };
    let version = input.version.ok_or_else(|| FormErrors::one("version", "api-required"))?;
    let target = input.target.as_deref().map(plain).transpose()?.unwrap_or_default();
    let form = StepForm { version, target, reason: message };
    let taken = agreements::answer(conn, ctx, &agreement, step, &form).await;
    taken.map_err(|failure| match failure {
        AppError::Invalid(errors) => AppError::Invalid(renamed(&errors)),
        other => other,
    })?;
    written(StatusCode::OK, None, &item(conn, ctx, id).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_plain_numbers() {
        for text in ["0", "1450000", "1450000.5", "1450000.00"] {
            assert_eq!(plain(text).unwrap(), text);
        }
        for text in ["", "1.6M", "1,450,000", "1450000.", ".5", "1.500", "-1", "1 000", "1234567890123"] {
            assert!(plain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn faults_have_the_names_of_the_body() {
        let mut errors = FormErrors::one("period", "error-goal-exists");
        errors.add("last", "error-goal-order");
        errors.add("reason", "error-talk-long");
        let fields: Vec<String> = renamed(&errors).iter().map(|error| error.field.clone()).collect();
        assert_eq!(fields, ["from", "to", "message"]);
    }
}
