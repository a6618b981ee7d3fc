//! Scenarios as programs read them.

use sqlx::PgConnection;

use super::sheet::{self, Sheet};
use super::store::{self, Filter};
use super::{Scenario, ScenarioId, sees_department};
use crate::attainment::Metric;
use crate::error::Result;
use crate::goals::Subject;
use crate::kernel::period::Period;
use crate::web::context::Ctx;

/// Scenarios of one comparison at most.
const MOST: i64 = 100;

/// A department or person of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartTarget {
    /// Who.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// Employee number or department code.
    pub reference: String,
    /// How far below the top.
    pub level: usize,
    /// What the goal asks for that they have.
    pub present: Option<i64>,
    /// What the scenario asks for.
    pub target: Option<i64>,
}

/// The scenarios that the reader plans, in order of id: those after `after`, `rows` at most.
pub async fn list(
    conn: &mut PgConnection,
    ctx: &Ctx,
    (metric, period): (Option<Metric>, Option<Period>),
    (after, rows): (i64, i64),
) -> Result<Vec<Scenario>> {
    let departments = ctx.company.organisation.departments.iter().map(|department| department.id);
    let filter = Filter {
        departments: departments.filter(|id| sees_department(&ctx.actor, *id)).collect(),
        metric,
        period,
        column: "id",
        slice: (rows, 0),
        after,
        ..Filter::default()
    };
    Ok(store::list(conn, &filter).await?.0)
}

/// A scenario, if the reader may know of it.
pub async fn find(conn: &mut PgConnection, ctx: &Ctx, id: ScenarioId) -> Result<Scenario> {
    sheet::find(conn, ctx, id, false).await
}

/// The scenarios that plan the same, in order of id, this one among them.
pub async fn siblings(conn: &mut PgConnection, scenario: &Scenario) -> Result<Vec<Scenario>> {
    let scope = scenario.scope;
    let filter = Filter {
        departments: vec![scope.department],
        metric: Some(scope.kind.metric),
        period: Some(scope.kind.period),
        column: "id",
        slice: (MOST, 0),
        ..Filter::default()
    };
    let (found, _) = store::list(conn, &filter).await?;
    Ok(found.into_iter().filter(|other| other.scope == scope).collect())
}

/// The parts of a scenario as its table shows them, each department before those below it.
pub async fn parts(conn: &mut PgConnection, ctx: &Ctx, scenario: &Scenario) -> Result<Vec<PartTarget>> {
    let tree = Sheet::load(conn, ctx, scenario).await?.tree;
    let part = |node: super::node::Node| PartTarget {
        subject: node.subject,
        name: node.name,
        reference: node.reference,
        level: node.level,
        present: node.present,
        target: node.target,
    };
    Ok(tree.0.into_iter().map(part).collect())
}
