//! SQL of what is noted of follow-ups for goals, and of what becomes of them when their orders change.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::FollowUpId;
use crate::error::Result;
use crate::facts::Facts;
use crate::goals::Subject;
use crate::kernel::id::{DealId, DepartmentId, EmployeeId};
use crate::service::measures;

/// Those that wait no more because their order does not stand, and that were noted as late; locked.
pub(super) async fn no_more(conn: &mut PgConnection, most: i64) -> Result<Vec<FollowUpId>> {
    Ok(sqlx::query_scalar!(
        r#"select x.id as "id: FollowUpId" from follow_ups x join deals d on d.id = x.deal_id
        where x.late_noted and x.state in ('open', 'not_reached') and d.status <> 'booked' limit $1 for update of x skip locked"#,
        most
    )
    .fetch_all(conn)
    .await?)
}

/// Takes away the open follow-ups of an order that rules asked for and nobody has touched.
pub(super) async fn delete_untouched(conn: &mut PgConnection, deal: DealId) -> Result<Vec<FollowUpId>> {
    Ok(sqlx::query_scalar!(
        r#"delete from follow_ups x where x.deal_id = $1 and x.rule_id is not null and x.state = 'open'
            and not exists (select from follow_up_steps s where s.follow_up_id = x.id)
            and not exists (select from feedback_links l where l.follow_up_id = x.id)
            and not exists (select from cases c where c.follow_up_id = x.id)
        returning x.id as "id: FollowUpId""#,
        deal.0
    )
    .fetch_all(conn)
    .await?)
}

/// Whose score it is, on which day and what, by the latest other call about the same order that has one.
pub(super) async fn other_score(
    conn: &mut PgConnection,
    id: FollowUpId,
    deal: Option<DealId>,
) -> Result<Option<(Subject, NaiveDate, Facts)>> {
    let row = sqlx::query!(
        r#"select owner_id as "owner: EmployeeId", department_id as "department: DepartmentId", done_on, score from follow_ups
        where deal_id = $2 and id <> $1 and score is not null and done_on is not null order by done_on desc, id desc limit 1"#,
        id.0,
        deal.map(|id| id.0)
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    let subject = measures::subject(row.owner, row.department);
    let score = row.score.map(measures::score);
    Ok(subject.zip(row.done_on).zip(score).map(|((subject, day), facts)| (subject, day, facts)))
}

/// Locks the follow-ups of some orders, in the order in which everybody locks them.
pub(super) async fn lock_of_deals(conn: &mut PgConnection, deals: &[i64]) -> Result<()> {
    sqlx::query!("select id from follow_ups where deal_id = any($1) order by id for update", deals)
        .fetch_all(conn)
        .await?;
    Ok(())
}

/// Says of some whether being late is noted.
pub(super) async fn save_late_noted(conn: &mut PgConnection, ids: &[FollowUpId], noted: bool) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!("update follow_ups set late_noted = $2 where id = any($1)", &ids, noted)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether being late was noted already.
pub(super) async fn is_late_noted(conn: &mut PgConnection, id: FollowUpId) -> Result<bool> {
    Ok(sqlx::query_scalar!("select late_noted from follow_ups where id = $1", id.0).fetch_one(conn).await?)
}
