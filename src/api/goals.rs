//! `GET /api/v1/goals`: goals with their figures, as of now or of a past day.

use axum::Json;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::envelope::{Amount, List};
use super::query::{Paging, Params, Query, Read};
use super::subject::{SubjectKind, SubjectRef};
use crate::attainment::Metric;
use crate::attainment::engine::Status;
use crate::attainment::service::{self, AsOf, GoalFigures};
use crate::error::{AppError, Result};
use crate::goals::{self, GoalFilter, Slice, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::GoalId;
use crate::kernel::money::Currency;
use crate::kernel::ratio::Pct;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Which goals.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GoalsQuery {
    /// Only subjects of this kind.
    #[param(required = false, value_type = SubjectKind)]
    pub subject_kind: Option<SubjectKind>,
    /// Only the subject with this employee number or department code.
    #[param(required = false, value_type = String, max_length = 200, example = "E-1042")]
    pub subject: Option<String>,
    /// Only this metric.
    #[param(required = false, value_type = Metric)]
    pub metric: Option<Metric>,
    /// Only periods that begin on this day.
    #[param(required = false, value_type = NaiveDate, example = "2026-10-01")]
    pub from: Option<NaiveDate>,
    /// Only periods with this last day.
    #[param(required = false, value_type = NaiveDate, example = "2026-12-31")]
    pub to: Option<NaiveDate>,
    /// Figures as they stood at the end of this past day: sales dated up to it, and the target in force on it.
    #[param(required = false, value_type = NaiveDate, example = "2026-11-18")]
    pub as_of: Option<NaiveDate>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for GoalsQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        Some(Self {
            subject_kind: params.read("subject_kind", SubjectKind::from_code, "api-choice"),
            subject: params.text("subject"),
            metric: params.read("metric", Metric::from_code, "api-choice"),
            from: params.date("from"),
            to: params.date("to"),
            as_of: params.date("as_of"),
            limit,
            cursor: after,
        })
    }
}

impl GoalsQuery {
    fn filter(&self, rows: i64) -> GoalFilter {
        let slice = Slice {
            kind: self.subject_kind.map(SubjectKind::code),
            subject: self.subject.clone(),
            starts_on: self.from,
            last_day: self.to,
            after: self.cursor,
            rows,
        };
        GoalFilter { metric: self.metric, slice: Some(slice), ..GoalFilter::default() }
    }
}

/// A goal with its figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoalItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: GoalId,
    /// Whose goal it is.
    pub subject: SubjectRef,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category; null when all products count.
    #[schema(example = json!(null))]
    pub category: Option<String>,
    /// When sales count: `booked` or `delivered`; null for metrics that are not counted in sales.
    pub basis: Option<Basis>,
    /// First day that counts.
    pub from: NaiveDate,
    /// Last day that counts.
    pub to: NaiveDate,
    /// The target in force on `as_of`.
    pub target: Amount,
    /// The target that is measured against.
    pub effective_target: Amount,
    /// What was reached.
    pub actual: Amount,
    /// Actual of effective target in percent, not capped; null when the target is zero.
    #[schema(example = "119.59", pattern = r"^-?\d+\.\d{2}$")]
    pub attainment_pct: Option<String>,
    /// What should be reached by `as_of`.
    pub expected: Amount,
    /// Actual of expected in percent; null while nothing is expected.
    #[schema(example = "102.30", pattern = r"^-?\d+\.\d{2}$")]
    pub pace_pct: Option<String>,
    /// How it stands.
    pub status: Status,
    /// Where it is heading; null while it is too early to say.
    pub forecast: Option<Forecast>,
    /// The day that the figures are of.
    pub as_of: NaiveDate,
    /// Number of the goal's version whose target is in force on `as_of`; 1 is the original.
    #[schema(minimum = 1)]
    pub version: i32,
}

/// Where a goal is likely to land.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// The run rate.
    pub likely: Amount,
    /// One outcome of ten is lower.
    pub low: Amount,
    /// One outcome of ten is higher.
    pub high: Amount,
    /// The chance to reach the target: 7 is seven in ten.
    #[schema(minimum = 0, maximum = 10, example = 7)]
    pub chance: u8,
}

impl GoalItem {
    /// The goal as the API shows it.
    pub fn new(row: &GoalFigures, currency: Currency, at: AsOf) -> Self {
        let (goal, figures) = (&row.goal, &row.figures);
        let currency = goal.currency.unwrap_or(currency);
        let amount = |value| Amount::of(goal.metric, value, currency);
        Self {
            id: goal.id,
            subject: SubjectRef::of_goal(goal),
            metric: goal.metric,
            category: goal.category.as_ref().map(|(_, name)| name.clone()),
            basis: goal.metric.is_of_sales().then_some(goal.terms.basis),
            from: goal.period.start,
            to: goal.period.last_day(),
            target: amount(figures.target),
            effective_target: amount(figures.effective_target),
            actual: amount(figures.actual),
            attainment_pct: figures.attainment.map(Pct::to_string_2),
            expected: amount(figures.expected),
            pace_pct: figures.pace.map(Pct::to_string_2),
            status: figures.status,
            forecast: row.range.as_ref().map(|range| Forecast {
                likely: amount(range.likely),
                low: amount(range.low),
                high: amount(range.high),
                chance: range.chance(figures.effective_target),
            }),
            as_of: at.day,
            version: row.goal.version_on(at.day),
        }
    }
}

/// The day that was asked for, today when none was; a fault when it has not been yet.
pub fn as_of(asked: Option<NaiveDate>, today: NaiveDate) -> Result<AsOf> {
    match asked {
        None => Ok(AsOf::now(today)),
        Some(day) if day == today => Ok(AsOf::now(today)),
        Some(day) if day < today => Ok(AsOf::end_of(day)),
        Some(_) => Err(AppError::Invalid(FormErrors::one("as_of", "api-future"))),
    }
}

/// List goals with how far they are reached
///
/// In order of id. People see their own goals and those of their departments and
/// the company; leads also those of the people they lead; administrators, executives and finance see all.
#[utoipa::path(get, path = "/api/v1/goals", operation_id = "list_goals", tag = "Attainment", params(GoalsQuery),
    responses((status = 200, description = "A page of goals", body = List<GoalItem>)))]
pub async fn index(ctx: Ctx, Query(query): Query<GoalsQuery>) -> Result<Json<List<GoalItem>>> {
    let at = as_of(query.as_of, ctx.today)?;
    let paging = Paging { limit: query.limit, after: query.cursor };
    let mut conn = ctx.app.read().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let goals = goals::list(&mut conn, viewer, &query.filter(paging.rows())).await?;
    let rows = List::page(goals, paging.len(), |goal| goal.id.0, |goal| goal);
    let figures = service::figures_with_range(&mut conn, &ctx.company, at, rows.items).await?;
    let items = figures.iter().map(|row| GoalItem::new(row, ctx.company.currency, at)).collect();
    Ok(Json(List { items, next_cursor: rows.next_cursor }))
}
