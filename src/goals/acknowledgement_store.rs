//! SQL of acknowledgements.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::acknowledgements::{Acknowledgement, Unseen, Waiting};
use crate::error::Result;
use crate::kernel::id::{EmployeeId, GoalId, UserId};

pub(super) async fn insert(
    conn: &mut PgConnection,
    goal: GoalId,
    number: i32,
    users: &[i64],
    asked_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "insert into acknowledgements (goal_id, number, user_id, asked_at, acknowledged_at)
        select $1, $2, u, $4, $5 from unnest($3::bigint[]) u on conflict do nothing",
        goal.0,
        number,
        users,
        asked_at,
        acknowledged_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn list(conn: &mut PgConnection, goal: GoalId) -> Result<Vec<Acknowledgement>> {
    Ok(sqlx::query_as!(
        Acknowledgement,
        r#"select a.number, a.user_id as "user: UserId", u.name, a.acknowledged_at as at
        from acknowledgements a join users u on u.id = a.user_id where a.goal_id = $1
        order by a.number, a.acknowledged_at nulls first, u.name"#,
        goal.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn list_unseen(conn: &mut PgConnection, user: UserId) -> Result<Vec<Unseen>> {
    Ok(sqlx::query_as!(
        Unseen,
        r#"select a.goal_id as "goal: GoalId", max(a.number) as "number!"
        from acknowledgements a join goals g on g.id = a.goal_id
        where a.user_id = $1 and a.acknowledged_at is null and g.removed_at is null
        group by a.goal_id order by max(a.asked_at) desc limit 50"#,
        user.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn list_waiting(conn: &mut PgConnection, people: &[EmployeeId]) -> Result<Vec<Waiting>> {
    let people: Vec<i64> = people.iter().map(|id| id.0).collect();
    Ok(sqlx::query_as!(
        Waiting,
        r#"select a.goal_id as "goal: GoalId", e.id as "employee: EmployeeId", e.name, min(a.asked_at) as "asked_at!"
        from employees e join users u on u.employee_id = e.id join acknowledgements a on a.user_id = u.id
        join goals g on g.id = a.goal_id
        where e.id = any($1) and u.disabled_at is null and a.acknowledged_at is null and g.removed_at is null
        group by a.goal_id, e.id, e.name order by min(a.asked_at), e.name limit 200"#,
        &people
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn save(
    conn: &mut PgConnection,
    goal: GoalId,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update acknowledgements set acknowledged_at = $3
        where goal_id = $1 and user_id = $2 and acknowledged_at is null",
        goal.0,
        user.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
