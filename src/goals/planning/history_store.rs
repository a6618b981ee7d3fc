//! SQL of the steps of scenarios.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::ScenarioId;
use super::node::Change;
use crate::error::Result;
use crate::kernel::id::{DepartmentId, UserId};

/// A step of a scenario.
pub(super) struct Step {
    pub number: i32,
    pub action: String,
    pub department: Option<String>,
    pub by: String,
    pub at: DateTime<Utc>,
    pub changes: Vec<Change>,
    /// The name before and after, where that is what was changed.
    pub names: Option<(String, String)>,
}

/// What a step changed.
#[derive(Default)]
pub(super) struct Changed {
    pub targets: Vec<Change>,
    /// The name before and after.
    pub names: Option<(String, String)>,
}

impl Changed {
    /// The same the other way round.
    pub fn back(self) -> Self {
        Self {
            targets: self.targets.into_iter().map(Change::back).collect(),
            names: self.names.map(|(from, to)| (to, from)),
        }
    }
}

/// Notes a step after `number - 1`; steps that were taken back before are gone then.
pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: ScenarioId,
    number: i32,
    (action, department): (&str, Option<DepartmentId>),
    changed: &Changed,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<()> {
    let names = changed.names.as_ref();
    sqlx::query!("delete from scenario_changes where scenario_id = $1 and number >= $2", id.0, number)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into scenario_changes (scenario_id, number, action, department_id, made_by, made_at, parts, name_from,
            name_to)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        number,
        action,
        department.map(|id| id.0),
        by.0,
        now,
        Json(&changed.targets) as _,
        names.map(|(from, _)| from.as_str()),
        names.map(|(_, to)| to.as_str())
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The latest steps of a scenario, latest first.
pub(super) async fn steps(conn: &mut PgConnection, id: ScenarioId, most: i64) -> Result<Vec<Step>> {
    let rows = sqlx::query!(
        r#"select c.number, c.action, d.name as "department?", u.name as by, c.made_at, c.parts as "parts: Json<Vec<Change>>",
            c.name_from, c.name_to
        from scenario_changes c join users u on u.id = c.made_by left join departments d on d.id = c.department_id
        where c.scenario_id = $1 order by c.number desc limit $2"#,
        id.0,
        most
    )
    .fetch_all(conn)
    .await?;
    let steps = rows.into_iter().map(|row| Step {
        number: row.number,
        action: row.action,
        department: row.department,
        by: row.by,
        at: row.made_at,
        changes: row.parts.0,
        names: row.name_from.zip(row.name_to),
    });
    Ok(steps.collect())
}

/// What one step changed.
pub(super) async fn find_step(
    conn: &mut PgConnection,
    id: ScenarioId,
    number: i32,
) -> Result<Option<Changed>> {
    let found = sqlx::query!(
        r#"select parts as "parts: Json<Vec<Change>>", name_from, name_to from scenario_changes where scenario_id = $1 and number = $2"#,
        id.0,
        number
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| Changed { targets: row.parts.0, names: row.name_from.zip(row.name_to) }))
}
