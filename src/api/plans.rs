//! `/api/v1/plans`: scenarios of periods that are being planned, read only.

use axum::Json;
use axum::extract::Path;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::agreement::Done;
use super::envelope::{Amount, List};
use super::query::{Paging, Params, Query, Read};
use super::subject::{SubjectKind, SubjectRef};
use crate::attainment::Metric;
use crate::error::{Found, Result};
use crate::goals::planning::{self, PartTarget, Scenario, ScenarioId};
use crate::kernel::period::Period;
use crate::web::context::Ctx;

/// Which scenarios.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlansQuery {
    /// Only this metric.
    #[param(required = false, value_type = Metric)]
    pub metric: Option<Metric>,
    /// Only the period with this first day; `to` belongs to it.
    #[param(required = false, value_type = NaiveDate, example = "2027-01-01")]
    pub from: Option<NaiveDate>,
    /// Only the period with this last day; `from` belongs to it.
    #[param(required = false, value_type = NaiveDate, example = "2027-03-31")]
    pub to: Option<NaiveDate>,
    /// Rows of a page.
    #[param(required = false, minimum = 1, maximum = 500, default = 100)]
    pub limit: i64,
    /// `next_cursor` of the page before.
    #[param(required = false, value_type = String, pattern = "^[0-9a-f]{16}$")]
    pub cursor: i64,
}

impl Read for PlansQuery {
    fn read(params: &mut Params) -> Option<Self> {
        let Paging { limit, after } = params.paging();
        let (from, to) = (params.date("from"), params.date("to"));
        if from.is_some() {
            params.require("to", to);
        }
        if to.is_some() {
            params.require("from", from);
        }
        let metric = params.read("metric", Metric::from_code, "api-choice");
        Some(Self { metric, from, to, limit, cursor: after })
    }
}

/// A scenario: what would be asked of everybody below a department. It counts nowhere until it is published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanItem {
    /// Its id.
    #[schema(value_type = i64, example = 17)]
    pub id: ScenarioId,
    /// What it is called.
    #[schema(example = "Careful")]
    pub name: String,
    /// The department at the top.
    pub department: SubjectRef,
    /// What is counted.
    pub metric: Metric,
    /// Only products of this category; null when all products count.
    #[schema(example = json!(null))]
    pub category: Option<String>,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// The target of the whole; null where it has none.
    pub whole: Option<Amount>,
    /// The targets of people, summed.
    pub people: Amount,
    /// Who made it, and when.
    pub created: Done,
    /// Who changed it last, and when.
    pub changed: Done,
    /// Who published it, and when; null while it can be changed.
    pub published: Option<Done>,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// A scenario with those beside it and its parts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanDetail {
    /// The scenario.
    pub plan: PlanItem,
    /// Every scenario that plans the same department, metric and period, this one among them.
    pub scenarios: Vec<PlanItem>,
    /// Departments and people, each department before those below it.
    pub parts: Vec<PlanPart>,
}

/// A department or person of a scenario.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanPart {
    /// Who.
    pub subject: SubjectRef,
    /// How far below the top, which is 0.
    #[schema(minimum = 0)]
    pub level: usize,
    /// What the goal asks for that is there now.
    pub present: Option<Amount>,
    /// What the scenario asks for; null where it leaves the present goal as it is.
    pub target: Option<Amount>,
}

fn done(by: &str, at: DateTime<Utc>) -> Done {
    Done { by: by.to_owned(), at }
}

impl PlanItem {
    fn new(ctx: &Ctx, scenario: &Scenario) -> Self {
        let kind = scenario.scope.kind;
        let amount = |value| Amount::of(kind.metric, value, ctx.company.currency);
        let top = ctx.company.organisation.department(scenario.scope.department);
        let is_company = top.is_some_and(|top| top.parent.is_none());
        Self {
            id: scenario.id,
            name: scenario.name.clone(),
            department: SubjectRef {
                kind: if is_company { SubjectKind::Company } else { SubjectKind::Department },
                r#ref: top.map(|top| top.code.clone()).unwrap_or_default(),
                name: scenario.department.clone(),
            },
            metric: kind.metric,
            category: scenario.category.clone(),
            from: kind.period.start,
            to: kind.period.last_day(),
            whole: scenario.whole.map(amount),
            people: amount(scenario.people),
            created: done(&scenario.author, scenario.created_at),
            changed: done(&scenario.changed_by, scenario.changed_at),
            published: scenario.published.as_ref().map(|(at, by)| done(by, *at)),
            version: scenario.version,
        }
    }
}

/// List scenarios
///
/// In order of id: those of departments that the token's owner plans, which are those they lead, and all of them for
/// executives and administrators.
#[utoipa::path(get, path = "/api/v1/plans", operation_id = "list_plans", tag = "Planning", params(PlansQuery),
    responses((status = 200, description = "A page of scenarios", body = List<PlanItem>),
        (status = 403, response = super::openapi::Forbidden)))]
pub async fn index(ctx: Ctx, Query(query): Query<PlansQuery>) -> Result<Json<List<PlanItem>>> {
    let paging = Paging { limit: query.limit, after: query.cursor };
    let period = match query.from.zip(query.to) {
        None => None,
        Some((from, to)) => match Period::from_inclusive(from, to) {
            // no period ends before it begins
            None => return Ok(Json(List { items: Vec::new(), next_cursor: None })),
            known => known,
        },
    };
    let slice = (paging.after, paging.rows());
    let found = planning::list(&mut *ctx.app.read().await?, &ctx, (query.metric, period), slice).await?;
    Ok(Json(List::page(found, paging.len(), |of| of.id.0, |of| PlanItem::new(&ctx, &of))))
}

/// Show one scenario with its parts
#[utoipa::path(get, path = "/api/v1/plans/{id}", operation_id = "show_plan", tag = "Planning",
    params(("id" = i64, Path, description = "Its id", minimum = 1)),
    responses((status = 200, description = "The scenario", body = PlanDetail),
        (status = 403, response = super::openapi::Forbidden),
        (status = 404, response = super::openapi::NotFound)))]
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Json<PlanDetail>> {
    let id: ScenarioId = id.parse().ok().found()?;
    let mut conn = ctx.app.read().await?;
    let scenario = planning::find(&mut conn, &ctx, id).await?;
    let scenarios = planning::siblings(&mut conn, &scenario).await?;
    let parts = planning::parts(&mut conn, &ctx, &scenario).await?;
    let amount = |value| Amount::of(scenario.scope.kind.metric, value, ctx.company.currency);
    let part = |part: PartTarget| PlanPart {
        subject: SubjectRef { kind: SubjectKind::of(part.subject), r#ref: part.reference, name: part.name },
        level: part.level,
        present: part.present.map(amount),
        target: part.target.map(amount),
    };
    Ok(Json(PlanDetail {
        plan: PlanItem::new(&ctx, &scenario),
        scenarios: scenarios.iter().map(|of| PlanItem::new(&ctx, of)).collect(),
        parts: parts.into_iter().map(part).collect(),
    }))
}
