//! SQL of what came back.

use sqlx::PgConnection;

use super::ReturnCause;
use crate::error::Result;
use crate::kernel::period::Period;

/// What the ledger took back for returns and for cancellations, without what was corrected since.
pub(super) async fn sums(
    conn: &mut PgConnection,
    departments: Option<&[i64]>,
    period: Period,
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select coalesce(-sum(e.revenue) filter (where e.event = 'return'), 0)::bigint as "returned!",
            coalesce(-sum(e.revenue) filter (where e.event = 'cancellation'), 0)::bigint as "cancelled!"
        from credit_entries e
        where e.basis = 0 and e.event in ('return', 'cancellation') and e.kind <> 'overlay'
            and e.credit_date >= $1 and e.credit_date < $2
            and not exists (select from credit_entries c where c.reverses_id = e.id)
            and ($3::bigint[] is null or exists (select from memberships m
                where m.employee_id = e.employee_id and m.during @> e.credit_date and m.department_id = any($3)))"#,
        period.start,
        period.end,
        departments
    )
    .fetch_one(conn)
    .await?;
    Ok((row.returned, row.cancelled))
}

/// How often things came back, by cause, most often first.
pub(super) async fn causes(
    conn: &mut PgConnection,
    departments: Option<&[i64]>,
    period: Period,
) -> Result<Vec<(ReturnCause, i64)>> {
    let rows = sqlx::query!(
        r#"select r.cause, count(*) as "times!"
        from deal_returns r join deal_lines l on l.id = r.line_id join deals d on d.id = l.deal_id
        where r.kind = 'return' and r.returned_on >= $1 and r.returned_on < $2 and d.status <> 'undone'
            and ($3::bigint[] is null or exists (select from memberships m
                where m.employee_id = d.employee_id and m.during @> r.returned_on and m.department_id = any($3)))
        group by r.cause order by count(*) desc, r.cause"#,
        period.start,
        period.end,
        departments
    )
    .fetch_all(conn)
    .await?;
    let cause = |code: &str| ReturnCause::from_code(code).unwrap_or(ReturnCause::Other);
    Ok(rows.into_iter().map(|row| (cause(&row.cause), row.times)).collect())
}
