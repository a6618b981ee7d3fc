//! SQL of what follow-ups, cases and feedback are about.

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::{CustomerId, DealId, EmployeeId};

/// What orders are worth, by the ledger: minor units of the company's currency.
pub(super) async fn worth(conn: &mut PgConnection, deals: &[i64]) -> Result<HashMap<i64, i64>> {
    let rows = sqlx::query!(
        r#"select deal_id, sum(revenue)::bigint as "worth!" from credit_entries
        where deal_id = any($1) and basis = 0 and kind <> 'overlay' group by deal_id"#,
        deals
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.deal_id, row.worth)).collect())
}

/// Customers of a name, in any case, or a number; more than one only where two are called the same.
pub(super) async fn customers(conn: &mut PgConnection, typed: &str) -> Result<Vec<CustomerId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: CustomerId" from customers where customer_no = $1 or lower(name) = lower($1)
        order by customer_no <> $1, id limit 2"#,
        typed
    )
    .fetch_all(conn)
    .await?)
}

/// A booked order of a customer by its number, and who sold it; only of `people` where they are given.
pub(super) async fn order(
    conn: &mut PgConnection,
    customer: CustomerId,
    order_no: &str,
    people: Option<&[i64]>,
) -> Result<Option<(DealId, Option<EmployeeId>)>> {
    let row = sqlx::query!(
        r#"select d.id as "id: DealId", d.employee_id as "seller: EmployeeId" from deals d
        where d.customer_id = $1 and d.order_no = $2 and d.status = 'booked' and ($3::bigint[] is null
            or d.employee_id = any($3)
            or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any($3)))
        order by d.id desc limit 1"#,
        customer.0,
        order_no,
        people
    );
    Ok(row.fetch_optional(conn).await?.map(|row| (row.id, row.seller)))
}

/// Customer's name and number of an order, for a form that begins with one.
pub(super) async fn names(
    conn: &mut PgConnection,
    deal: DealId,
    people: Option<&[i64]>,
) -> Result<Option<(String, String)>> {
    let row = sqlx::query!(
        "select c.name, d.order_no from deals d join customers c on c.id = d.customer_id
        where d.id = $1 and ($2::bigint[] is null or d.employee_id = any($2)
            or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any($2)))",
        deal.0,
        people
    );
    Ok(row.fetch_optional(conn).await?.map(|row| (row.name, row.order_no)))
}

/// A customer's name.
pub(super) async fn customer_name(conn: &mut PgConnection, id: CustomerId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select name from customers where id = $1", id.0).fetch_optional(conn).await?)
}

/// One of the work in the background at a time, on whichever node.
pub(super) async fn is_alone(conn: &mut PgConnection) -> Result<bool> {
    const LOCK: i64 = 0x0073_6572_7669_6365; // "service"
    Ok(sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "alone!""#, LOCK)
        .fetch_one(conn)
        .await?)
}
