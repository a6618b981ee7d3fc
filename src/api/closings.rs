//! `/api/v1/closings`: periods that are closed, with what was kept of them, read only.

use axum::Json;
use axum::extract::Path;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::agreement::Done;
use super::catalogue::PageQuery;
use super::envelope::{Amount, List};
use super::query::Query;
use super::subject::SubjectRef;
use crate::attainment::Metric;
use crate::attainment::engine::Status;
use crate::closing::{self, Closing, ClosingId, Did, Final, Kept};
use crate::error::{AppError, Found, Result};
use crate::goals::Goal;
use crate::kernel::id::GoalId;
use crate::kernel::ratio::Pct;
use crate::web::context::Ctx;

/// The closing of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosingItem {
    /// Its id.
    #[schema(value_type = i64, example = 3)]
    pub id: ClosingId,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// `in_review`, `given_up`, `closed` or `reopened`.
    #[schema(example = "closed")]
    pub state: &'static str,
    /// Who put it in review, and when.
    pub begun: Done,
    /// Who closed it, and when.
    pub closed: Option<Done>,
    /// Who asked for it to be reopened, and when.
    pub reopening_asked: Option<Done>,
    /// Why, in words.
    #[schema(example = json!(null))]
    pub reopening_reason: Option<String>,
    /// Who reopened it, and when.
    pub reopened: Option<Done>,
}

/// A closing with what was kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosingDetail {
    /// The closing.
    pub closing: ClosingItem,
    /// How every goal ended; while it is in review, how it would end now.
    pub goals: Vec<FinalItem>,
    /// Every figure that was kept: the company's first, then those of departments by their own members, then of people;
    /// empty while it is in review.
    pub figures: Vec<KeptItem>,
}

/// How a goal ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FinalItem {
    /// The goal.
    #[schema(value_type = i64, example = 17)]
    pub goal_id: GoalId,
    /// Whose goal it is.
    pub subject: SubjectRef,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category; null when all products count.
    #[schema(example = json!(null))]
    pub category: Option<String>,
    /// First day that counts.
    pub from: NaiveDate,
    /// Last day that counts.
    pub to: NaiveDate,
    /// Number of the goal's version in force at the end.
    #[schema(minimum = 1)]
    pub version: i32,
    /// Its full target.
    pub target: Amount,
    /// The target that was measured against.
    pub effective_target: Amount,
    /// The target first agreed.
    pub original_target: Amount,
    /// What was reached.
    pub actual: Amount,
    /// Actual of effective target in percent, not capped; null when the target is zero.
    #[schema(example = "95.00", pattern = r"^-?\d+\.\d{2}$")]
    pub attainment_pct: Option<String>,
    /// How it ended.
    pub status: Status,
}

/// A figure that was kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeptItem {
    /// `person`, `department` (its own members) or `company`.
    #[schema(example = "person")]
    pub holder: String,
    /// Employee number or department code.
    #[schema(example = "E-1042")]
    pub r#ref: String,
    /// Name of the person or department.
    #[schema(example = "Elias Sandberg")]
    pub name: String,
    /// Only products of this category; null for all products.
    #[schema(example = json!(null))]
    pub category: Option<String>,
    /// Order intake.
    pub revenue: Amount,
    /// Revenue less cost.
    pub margin: Amount,
    /// Pieces.
    pub units: i64,
    /// Orders.
    pub orders: i64,
    /// Customers whose first order it was.
    pub new_customers: i64,
}

fn done(did: &Did) -> Done {
    Done { by: did.name.clone(), at: did.at }
}

impl From<&Closing> for ClosingItem {
    fn from(closing: &Closing) -> Self {
        Self {
            id: closing.id,
            from: closing.period.start,
            to: closing.period.last_day(),
            state: closing.state.code(),
            begun: done(&closing.begun),
            closed: closing.closed.as_ref().map(done),
            reopening_asked: closing.asked.as_ref().map(|(did, _)| done(did)),
            reopening_reason: closing.asked.as_ref().map(|(_, reason)| reason.clone()),
            reopened: closing.reopened.as_ref().map(done),
        }
    }
}

fn ended(ctx: &Ctx, (row, goal): &(Final, Goal)) -> FinalItem {
    let currency = goal.currency.unwrap_or(ctx.company.currency);
    let amount = |value| Amount::of(goal.metric, value, currency);
    FinalItem {
        goal_id: row.goal,
        subject: SubjectRef::of_goal(goal),
        metric: goal.metric,
        category: goal.category.as_ref().map(|(_, name)| name.clone()),
        from: goal.period.start,
        to: goal.period.last_day(),
        version: row.version,
        target: amount(row.target),
        effective_target: amount(row.effective_target),
        original_target: amount(row.original_target),
        actual: amount(row.actual),
        attainment_pct: row.attainment.map(Pct::to_string_2),
        status: row.status,
    }
}

fn kept(ctx: &Ctx, kept: Kept) -> KeptItem {
    let money = |value| Amount::money(value, ctx.company.currency);
    KeptItem {
        holder: kept.holder,
        r#ref: kept.reference,
        name: kept.name,
        category: kept.category,
        revenue: money(kept.revenue),
        margin: money(kept.margin),
        units: kept.units,
        orders: kept.orders,
        new_customers: kept.new_customers,
    }
}

/// Forbidden for those who do not close periods, as on the pages.
fn permit(ctx: &Ctx) -> Result<()> {
    if closing::may_close(&ctx.actor) { Ok(()) } else { Err(AppError::Forbidden) }
}

/// List closings
///
/// In order of id, for those who close periods: executives, finance and administrators.
#[utoipa::path(get, path = "/api/v1/closings", operation_id = "list_closings", tag = "Closing", params(PageQuery),
    responses((status = 200, description = "A page of closings", body = List<ClosingItem>),
        (status = 403, response = super::openapi::Forbidden)))]
pub async fn index(ctx: Ctx, Query(query): Query<PageQuery>) -> Result<Json<List<ClosingItem>>> {
    permit(&ctx)?;
    let paging = query.paging();
    let mut all = closing::list(&mut *ctx.app.read().await?).await?;
    all.reverse();
    all.retain(|closing| closing.id.0 > paging.after);
    Ok(Json(List::page(all, paging.len(), |closing| closing.id.0, |closing| ClosingItem::from(&closing))))
}

/// Show one closing with what was kept
#[utoipa::path(get, path = "/api/v1/closings/{id}", operation_id = "show_closing", tag = "Closing",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    responses((status = 200, description = "The closing", body = ClosingDetail),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Json<ClosingDetail>> {
    permit(&ctx)?;
    let id: ClosingId = id.parse().ok().found()?;
    let mut conn = ctx.app.read().await?;
    let closing = closing::list(&mut conn).await?.into_iter().find(|closing| closing.id == id).found()?;
    let goals = closing::ended(&mut conn, &ctx, &closing).await?;
    let figures = closing::figures(&mut conn, id).await?;
    Ok(Json(ClosingDetail {
        closing: ClosingItem::from(&closing),
        goals: goals.iter().map(|row| ended(&ctx, row)).collect(),
        figures: figures.into_iter().map(|row| kept(&ctx, row)).collect(),
    }))
}
