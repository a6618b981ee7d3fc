//! `GET /api/v1/attainment`: one figure for any span, whether there is a goal for it or not.

use axum::Json;
use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use super::envelope::Amount;
use super::goals::{Forecast, GoalItem, as_of};
use super::query::{Params, Query, Read};
use super::subject::{self, SubjectKind, SubjectRef};
use crate::attainment::Metric;
use crate::attainment::engine::Status;
use crate::attainment::service::{self, AsOf, Span};
use crate::error::{AppError, Found, Result};
use crate::goals::{self, Goal, GoalFilter, Subject, Viewer};
use crate::kernel::basis::Basis;
use crate::kernel::id::GoalId;
use crate::kernel::period::Period;
use crate::web::context::Ctx;
use crate::web::form::FormErrors;

/// Which figure.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AttainmentQuery {
    /// What kind of subject.
    pub subject_kind: SubjectKind,
    /// Employee number or department code; may be left out for the company.
    #[param(required = false, value_type = String, max_length = 200, example = "E-1042")]
    pub subject: Option<String>,
    /// What is counted.
    pub metric: Metric,
    /// First day that counts.
    #[param(example = "2026-10-01")]
    pub from: NaiveDate,
    /// Last day that counts.
    #[param(example = "2026-12-31")]
    pub to: NaiveDate,
    /// Figures as they stood at the end of this past day.
    #[param(required = false, value_type = NaiveDate, example = "2026-11-18")]
    pub as_of: Option<NaiveDate>,
    /// Whether sales count when they are booked or as they are delivered. Otherwise as the goal has it, or without a goal
    /// as is usual in the company.
    #[param(required = false, value_type = Basis)]
    pub basis: Option<Basis>,
}

impl Read for AttainmentQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let kind = params.read("subject_kind", SubjectKind::from_code, "api-choice");
        let metric = params.read("metric", Metric::from_code, "api-choice");
        let (from, to) = (params.date("from"), params.date("to"));
        let subject = params.text("subject");
        let as_of = params.date("as_of");
        let basis = params.read("basis", Basis::from_code, "api-choice");
        if kind.is_some_and(|kind| kind != SubjectKind::Company) {
            params.require("subject", subject.as_ref());
        }
        let kind = params.require("subject_kind", kind);
        let metric = params.require("metric", metric);
        let (from, to) = (params.require("from", from), params.require("to", to));
        Some(Self { subject_kind: kind?, subject, metric: metric?, from: from?, to: to?, as_of, basis })
    }
}

/// A figure of a span. Everything that needs a goal is null when there is none for exactly this span.
#[derive(Serialize, ToSchema)]
pub struct Figure {
    /// Whose figure it is.
    pub subject: SubjectRef,
    /// What is counted.
    pub metric: Metric,
    /// First day that counts.
    pub from: NaiveDate,
    /// Last day that counts.
    pub to: NaiveDate,
    /// When sales count: `booked` or `delivered`; null for metrics that are not counted in sales.
    pub basis: Option<Basis>,
    /// What was reached.
    pub actual: Amount,
    /// The goal for exactly this subject, metric and span.
    #[schema(value_type = Option<i64>)]
    pub goal_id: Option<GoalId>,
    /// The target in force on `as_of`.
    pub target: Option<Amount>,
    /// The target that is measured against.
    pub effective_target: Option<Amount>,
    /// Actual of effective target in percent, not capped.
    #[schema(example = "119.59", pattern = r"^-?\d+\.\d{2}$")]
    pub attainment_pct: Option<String>,
    /// What should be reached by `as_of`.
    pub expected: Option<Amount>,
    /// Actual of expected in percent.
    #[schema(example = "102.30", pattern = r"^-?\d+\.\d{2}$")]
    pub pace_pct: Option<String>,
    /// How the goal stands.
    pub status: Option<Status>,
    /// Where it is heading.
    pub forecast: Option<Forecast>,
    /// The day that the figures are of.
    pub as_of: NaiveDate,
    /// Number of the goal's version.
    pub version: Option<i32>,
}

impl From<GoalItem> for Figure {
    fn from(goal: GoalItem) -> Self {
        Self {
            subject: goal.subject,
            metric: goal.metric,
            from: goal.from,
            to: goal.to,
            basis: goal.basis,
            actual: goal.actual,
            goal_id: Some(goal.id),
            target: Some(goal.target),
            effective_target: Some(goal.effective_target),
            attainment_pct: goal.attainment_pct,
            expected: Some(goal.expected),
            pace_pct: goal.pace_pct,
            status: Some(goal.status),
            forecast: goal.forecast,
            as_of: goal.as_of,
            version: Some(goal.version),
        }
    }
}

/// Show what was reached in any span of days
///
/// With the goal for exactly that span, if there is one.
#[utoipa::path(get, path = "/api/v1/attainment", operation_id = "show_attainment", tag = "Attainment", params(AttainmentQuery),
    responses((status = 200, description = "The figure", body = Figure),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Query(query): Query<AttainmentQuery>) -> Result<Json<Figure>> {
    let period = Period::from_inclusive(query.from, query.to)
        .ok_or_else(|| AppError::Invalid(FormErrors::one("to", "api-span")))?;
    let at = as_of(query.as_of, ctx.today)?;
    let mut conn = ctx.app.read().await?;
    let viewer = Viewer::new(&ctx.actor, ctx.today);
    let (subject, reference) =
        subject::find(&ctx.company.organisation, viewer, query.subject_kind, query.subject.as_deref())?;
    let goal = find_goal(&mut conn, viewer, subject, query.metric, period).await?;
    let asked = query.basis.filter(|_| query.metric.is_of_sales());
    if let Some(goal) = goal.filter(|goal| asked.is_none_or(|basis| basis == goal.terms.basis)) {
        let row =
            service::figures_with_range(&mut conn, &ctx.company, at, vec![goal]).await?.pop().found()?;
        return Ok(Json(GoalItem::new(&row, ctx.company.currency, at).into()));
    }
    let basis = asked.unwrap_or(ctx.company.basis);
    let span = Span { subject, category: None, period: seen(period, at), basis };
    let totals = service::totals(&mut conn, &[span]).await?.pop().found()?;
    let actual = Amount::of(query.metric, totals.of(query.metric), ctx.company.currency);
    Ok(Json(without_goal(&query, reference, (actual, basis), at)))
}

async fn find_goal(
    conn: &mut PgConnection,
    viewer: Viewer,
    subject: Subject,
    metric: Metric,
    period: Period,
) -> Result<Option<Goal>> {
    let filter = GoalFilter {
        subjects: Some(vec![subject]),
        metric: Some(metric),
        category: Some(None),
        period: Some(period),
        ..GoalFilter::default()
    };
    let goals = goals::list(conn, viewer, &filter).await?;
    Ok(goals.into_iter().find(|goal| goal.subject == subject))
}

/// The days of `period` that count when looking back: none after the day.
fn seen(period: Period, at: AsOf) -> Period {
    let next = at.day.succ_opt().unwrap_or(at.day);
    if at.is_over { Period { end: next.clamp(period.start, period.end), ..period } } else { period }
}

fn without_goal(
    query: &AttainmentQuery,
    subject: SubjectRef,
    (actual, basis): (Amount, Basis),
    at: AsOf,
) -> Figure {
    Figure {
        subject,
        metric: query.metric,
        from: query.from,
        to: query.to,
        basis: query.metric.is_of_sales().then_some(basis),
        actual,
        goal_id: None,
        target: None,
        effective_target: None,
        attainment_pct: None,
        expected: None,
        pace_pct: None,
        status: None,
        forecast: None,
        as_of: at.day,
        version: None,
    }
}
