//! SQL of how many cases came and were solved.

use chrono_tz::Tz;
use sqlx::PgConnection;

use super::CasesInDays;
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::period::Period;

/// Cases of some days, of the customers of some people.
pub(super) async fn in_days(
    conn: &mut PgConnection,
    people: Option<&[EmployeeId]>,
    days: &Period,
    zone: Tz,
) -> Result<CasesInDays> {
    let people: Option<Vec<i64>> = people.map(|people| people.iter().map(|id| id.0).collect());
    Ok(sqlx::query_as!(
        CasesInDays,
        r#"with days as (select $2::date::timestamp at time zone $4 as starts, $3::date::timestamp at time zone $4 as ends)
        select count(*) filter (where c.opened_at >= s.starts and c.opened_at < s.ends) as "opened!",
            count(*) filter (where c.solved_at >= s.starts and c.solved_at < s.ends) as "solved!",
            count(*) filter (where c.replied_at >= s.starts and c.replied_at < s.ends) as "replied!",
            count(*) filter (where c.replied_at >= s.starts and c.replied_at < s.ends and c.replied_at <= c.reply_due) as "in_time!"
        from cases c cross join days s left join deals d on d.id = c.deal_id
        where ($1::bigint[] is null or d.employee_id = any($1) or c.owner_id = any($1))
            and (c.opened_at >= s.starts and c.opened_at < s.ends or c.solved_at >= s.starts and c.solved_at < s.ends
                or c.replied_at >= s.starts and c.replied_at < s.ends)"#,
        people.as_deref(),
        days.start,
        days.end,
        zone.name()
    )
    .fetch_one(conn)
    .await?)
}
