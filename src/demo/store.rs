//! The few rows that filling an installation reads by itself.

use chrono::NaiveDate;
use sqlx::{PgConnection, PgPool};

use crate::error::Result;
use crate::kernel::id::{CategoryId, DealId, DepartmentId, LineId, UserId};

/// Whether nobody has entered anything. Whoever asks at the same time waits until the transaction ends.
pub(super) async fn is_empty(conn: &mut PgConnection) -> Result<bool> {
    sqlx::query!("select id from settings for update").fetch_one(&mut *conn).await?;
    let has_any = sqlx::query_scalar!(
        r#"select exists (select from users) or exists (select from employees) or exists (select from departments)
            or exists (select from products) or exists (select from customers) or exists (select from deals)
            or exists (select from goals) as "any!""#
    );
    Ok(!has_any.fetch_one(conn).await?)
}

/// The first line of a deal.
pub(super) async fn first_line(conn: &mut PgConnection, deal: DealId) -> Result<LineId> {
    let line = sqlx::query_scalar!(
        r#"select id as "id: LineId" from deal_lines where deal_id = $1 and not removed order by line_no limit 1"#,
        deal.0
    );
    Ok(line.fetch_one(conn).await?)
}

/// A product category by name.
pub(super) async fn category(conn: &mut PgConnection, name: &str) -> Result<CategoryId> {
    let category =
        sqlx::query_scalar!(r#"select id as "id: CategoryId" from product_categories where name = $1"#, name);
    Ok(category.fetch_one(conn).await?)
}

/// Lets the database count its tables, so that the first pages are planned as well as later ones.
pub(super) async fn analyze(pool: &PgPool) -> Result<()> {
    sqlx::query!("analyze").execute(pool).await?;
    Ok(())
}

/// Puts the dates of lines that are open, or were delivered in the last 120 days, on the promise trail. One in twenty was moved once,
/// a week later than first promised, for a cause that `department` answers for but for the customer's own wish.
pub(super) async fn give_dates(
    conn: &mut PgConnection,
    today: NaiveDate,
    department: DepartmentId,
    by: Option<UserId>,
) -> Result<()> {
    sqlx::query!(
        "with line as (
            select l.id, d.employee_id, d.ordered_on, l.promised_on, l.id % 20 = 0 and l.promised_on - 7 > d.ordered_on + 2 as moved,
                (array['material', 'capacity', 'customer', 'transport', 'planning'])[1 + l.id / 20 % 5] as cause
            from deal_lines l join deals d on d.id = l.deal_id
            where l.promised_on is not null and not l.removed and d.status = 'booked' and d.ordered_on < $1
                and (l.delivered_on is null or l.delivered_on > $1 - 120)
        ), owed as (
            update deal_lines l set owed_on = n.promised_on - 7 from line n where l.id = n.id and n.moved and n.cause <> 'customer'
        )
        insert into promises (line_id, number, from_on, to_on, cause, department_id, note, told_by, told_on, changed_on, promised_by,
            promised_at)
        select id, 1, null, promised_on - case when moved then 7 else 0 end, 'first', null, '', employee_id,
            case when employee_id is not null then ordered_on + 1 end, ordered_on + 1, $3::bigint, ordered_on + 1 + time '09:10'
        from line
        union all
        select id, 2, promised_on - 7, promised_on, cause, case when cause <> 'customer' then $2::bigint end, '',
            case when id % 40 = 0 then employee_id end, case when id % 40 = 0 and employee_id is not null then least(promised_on - 9, $1) end,
            least(promised_on - 9, $1), $3, least(promised_on - 9, $1) + time '13:40'
        from line where moved",
        today,
        department.0,
        by.map(|user| user.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes open orders with dates as far as their dates say: confirmed, in production three weeks before, ready five days before.
/// Answers those whose state has to be worked out anew.
pub(super) async fn take_orders(
    conn: &mut PgConnection,
    today: NaiveDate,
    by: Option<UserId>,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        r#"with due as (
            select l.deal_id, min(l.promised_on) as day from deal_lines l join deals d on d.id = l.deal_id
            where l.promised_on is not null and l.delivered_on is null and not l.removed and d.status = 'booked'
                and d.ordered_on < $1 group by 1
        ), taken as (
            update deals d set handling = case when u.day < $1 + 5 then 'ready' when u.day < $1 + 21 then 'in_production'
                else 'confirmed' end
            from due u where d.id = u.deal_id returning d.id, d.handling, d.ordered_on
        ), noted as (
            insert into order_steps (deal_id, step, handling, taken_by, taken_at)
            select id, case handling when 'ready' then 'finish' when 'in_production' then 'start' else 'confirm' end, handling, $2,
                ordered_on + 1 + time '09:10' from taken
        )
        select id as "id!" from taken
        union
        select l.deal_id from deal_lines l where l.owed_on is not null"#,
        today,
        by.map(|user| user.0)
    )
    .fetch_all(conn)
    .await?)
}
