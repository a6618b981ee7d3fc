//! Who has seen a target: asked when it is set, imposed or revised, and answered with the time.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{acknowledgement_store as store, concerned};
use crate::error::Result;
use crate::goals::Goal;
use crate::kernel::id::{EmployeeId, GoalId, UserId};
use crate::org::Company;

/// Somebody who was asked to acknowledge a version of a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Which version.
    pub number: i32,
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// When they did; nothing while they have not.
    pub at: Option<DateTime<Utc>>,
}

/// A version that somebody has not acknowledged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The goal.
    pub goal: GoalId,
    /// Its latest version that waits.
    pub number: i32,
}

/// Somebody who has not acknowledged a goal yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The goal.
    pub goal: GoalId,
    /// Who was asked.
    pub employee: EmployeeId,
    /// Their name.
    pub name: String,
    /// When they were first asked.
    pub asked_at: DateTime<Utc>,
}

/// Notes that `user`, who made a version or agreed to it, knows it.
pub async fn note(
    conn: &mut PgConnection,
    goal: GoalId,
    number: i32,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    store::insert(conn, goal, number, &[user.0], at, Some(at)).await
}

/// Asks everybody whom the goal is for. Answers whom.
pub async fn ask(
    conn: &mut PgConnection,
    company: &Company,
    goal: &Goal,
    number: i32,
    now: DateTime<Utc>,
) -> Result<Vec<UserId>> {
    let asked = concerned::affected_accounts(conn, company, goal.subject, company.day_of(now)).await?;
    let ids: Vec<i64> = asked.iter().map(|user| user.0).collect();
    store::insert(conn, goal.id, number, &ids, now, None).await?;
    Ok(asked)
}

/// Everybody asked about a goal, by version, those who have not answered first.
pub async fn of_goal(conn: &mut PgConnection, goal: GoalId) -> Result<Vec<Acknowledgement>> {
    store::list(conn, goal).await
}

/// What waits for somebody: goals whose latest versions they have not acknowledged.
pub async fn unseen(conn: &mut PgConnection, user: UserId) -> Result<Vec<Unseen>> {
    store::list_unseen(conn, user).await
}

/// Who of `people` has not acknowledged which goals, those who were asked first first.
pub async fn waiting(conn: &mut PgConnection, people: &[EmployeeId]) -> Result<Vec<Waiting>> {
    store::list_waiting(conn, people).await
}

/// Acknowledges everything asked about a goal. Answers whether there was anything.
pub async fn acknowledge(
    conn: &mut PgConnection,
    goal: GoalId,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    store::save(conn, goal, user, now).await
}
