//! SQL of deals with names, and of what the log-a-deal form offers.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::credit::{CreditEvent, CreditKind};
use super::view::{DealView, EntryView, Happening, LineView, ReturnView, ShareView};
use super::{DealStatus, ShareKind};
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, CustomerId, DealId, EmployeeId, EntryId, LineId, ProductId, UserId};
use crate::kernel::money::Currency;

/// A deal with everything that its page shows.
pub(super) async fn find(conn: &mut PgConnection, id: DealId) -> Result<Option<DealView>> {
    let row = sqlx::query!(
        r#"select d.id as "id: DealId", d.order_no, d.source, d.status, d.cancelled_on,
            d.customer_id as "customer: CustomerId", c.name as customer_name,
            c.first_deal_id is not distinct from d.id as "is_first!",
            d.employee_id as "owner: EmployeeId", o.name as "owner_name?", d.ordered_on, d.currency, d.channel, d.note,
            d.logged_by as "logged_by: UserId", d.logged_at, d.version, d.order_state
        from deals d join customers c on c.id = d.customer_id left join employees o on o.id = d.employee_id
        where d.id = $1"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(DealView {
        id: row.id,
        order_no: row.order_no,
        source: row.source,
        status: DealStatus::from_code(&row.status).ok_or_else(|| AppError::internal("unknown status"))?,
        cancelled_on: row.cancelled_on,
        customer: row.customer,
        customer_name: row.customer_name,
        is_first: row.is_first,
        owner: row.owner,
        owner_name: row.owner_name,
        ordered_on: row.ordered_on,
        currency: Currency::parse(&row.currency).ok_or_else(|| AppError::internal("unknown currency"))?,
        channel: row.channel,
        note: row.note,
        logged_by: row.logged_by,
        logged_at: row.logged_at,
        version: row.version,
        order_state: row.order_state,
        lines: lines(conn, id).await?,
        shares: shares(conn, id).await?,
        returns: returns(conn, id).await?,
    }))
}

async fn lines(conn: &mut PgConnection, id: DealId) -> Result<Vec<LineView>> {
    Ok(sqlx::query_as!(
        LineView,
        r#"select l.id as "id: LineId", l.line_no, l.product_id as "product: ProductId", p.name as product_name,
            p.category_id as "category: CategoryId", c.name as category_name, l.quantity, l.amount, l.cost, l.promised_on, l.delivered_on,
            coalesce(sum(r.quantity), 0)::bigint as "returned_quantity!",
            coalesce(sum(r.amount), 0)::bigint as "returned_amount!",
            l.cancelled,
            coalesce(sum(r.cost) filter (where r.kind = 'return'), 0)::bigint as "returned_cost!"
        from deal_lines l join products p on p.id = l.product_id join product_categories c on c.id = p.category_id
        left join deal_returns r on r.line_id = l.id
        where l.deal_id = $1 and not l.removed
        group by l.id, p.name, p.category_id, c.name order by l.line_no"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

async fn shares(conn: &mut PgConnection, id: DealId) -> Result<Vec<ShareView>> {
    let rows = sqlx::query!(
        r#"select s.employee_id as "employee: EmployeeId", e.name, s.kind, s.share_bp
        from deal_shares s join employees e on e.id = s.employee_id
        where s.deal_id = $1 order by s.kind, s.share_bp desc, s.employee_id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let shares = rows.into_iter().map(|row| {
        let kind = ShareKind::from_code(&row.kind).ok_or_else(|| AppError::internal("unknown share"))?;
        Ok(ShareView { employee: row.employee, name: row.name, kind, share_bp: row.share_bp })
    });
    shares.collect()
}

async fn returns(conn: &mut PgConnection, id: DealId) -> Result<Vec<ReturnView>> {
    Ok(sqlx::query_as!(
        ReturnView,
        r#"select p.name as product_name, r.returned_on as "on", r.quantity, r.amount, r.reason
        from deal_returns r join deal_lines l on l.id = r.line_id join products p on p.id = l.product_id
        where l.deal_id = $1 and not l.removed order by r.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Every row of the ledger of a deal.
pub(super) async fn entries(conn: &mut PgConnection, id: DealId) -> Result<Vec<EntryView>> {
    let rows = sqlx::query!(
        r#"select e.id as "id: EntryId", e.basis as "basis: Basis", e.employee_id as "employee: EmployeeId", o.name as "name?", e.kind, e.share_bp,
            e.event, e.credit_date, e.origin_date, e.revenue, e.margin, e.units, e.orders, e.new_customers,
            e.category_id as "category: CategoryId", e.category_orders, e.category_new_customers,
            p.name as product_name, e.reverses_id as "reverses: EntryId", e.posted_at
        from credit_entries e join deal_lines l on l.id = e.line_id join products p on p.id = l.product_id
        left join employees o on o.id = e.employee_id
        where e.deal_id = $1 order by e.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let entries = rows.into_iter().map(|row| {
        Ok(EntryView {
            id: row.id,
            basis: row.basis,
            employee: row.employee,
            name: row.name,
            kind: CreditKind::from_code(&row.kind).ok_or_else(|| AppError::internal("unknown kind"))?,
            share_bp: row.share_bp,
            event: CreditEvent::from_code(&row.event).ok_or_else(|| AppError::internal("unknown event"))?,
            date: row.credit_date,
            origin: row.origin_date,
            revenue: row.revenue,
            margin: row.margin,
            units: row.units,
            orders: row.orders.into(),
            new_customers: row.new_customers.into(),
            category: row.category,
            category_orders: row.category_orders.into(),
            category_new_customers: row.category_new_customers.into(),
            product_name: row.product_name,
            reverses: row.reverses,
            posted_at: row.posted_at,
        })
    });
    entries.collect()
}

/// What was done to a deal.
pub(super) async fn happenings(conn: &mut PgConnection, id: DealId) -> Result<Vec<Happening>> {
    Ok(sqlx::query_as!(
        Happening,
        r#"select a.at, u.name as "by?", a.action, a.details from audit_log a left join users u on u.id = a.user_id
        where a.subject_kind = 'deal' and a.subject_id = $1 order by a.id desc"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// The departments, up to the company, that people belonged to on days: (person, day, department).
pub(super) async fn departments_of(
    conn: &mut PgConnection,
    people: &[i64],
    days: &[NaiveDate],
) -> Result<Vec<(EmployeeId, NaiveDate, i64)>> {
    let rows = sqlx::query!(
        r#"with recursive above as (
            select q.employee_id, q.day, m.department_id as id
            from unnest($1::bigint[], $2::date[]) q (employee_id, day)
            join memberships m on m.employee_id = q.employee_id and m.during @> q.day
            union
            select a.employee_id, a.day, d.parent_id from above a join departments d on d.id = a.id
            where d.parent_id is not null
        )
        select employee_id as "employee!: EmployeeId", day as "day!", id as "department!" from above"#,
        people,
        days
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.employee, row.day, row.department)).collect())
}

/// Names of the customers a person has sold to most recently.
pub(super) async fn recent_customers(
    conn: &mut PgConnection,
    owner: EmployeeId,
    limit: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select c.name from (
            select d.customer_id, max(d.id) as latest from (
                select id, customer_id from deals where employee_id = $1 and status <> 'undone'
                order by ordered_on desc, id desc limit 200
            ) d group by d.customer_id
        ) r join customers c on c.id = r.customer_id order by r.latest desc limit $2",
        owner.0,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Products by how often they were on a person's latest deals, most often first.
pub(super) async fn frequent_products(conn: &mut PgConnection, owner: EmployeeId) -> Result<Vec<ProductId>> {
    Ok(sqlx::query_scalar!(
        r#"select l.product_id as "id: ProductId" from (
            select id from deals where employee_id = $1 and status <> 'undone' order by ordered_on desc, id desc limit 200
        ) d join deal_lines l on l.deal_id = d.id and not l.removed
        group by l.product_id order by count(*) desc, max(l.id) desc"#,
        owner.0
    )
    .fetch_all(conn)
    .await?)
}

/// Currencies that have a rate.
pub(super) async fn currencies(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select distinct currency from exchange_rates order by currency")
        .fetch_all(conn)
        .await?)
}

/// Whether a customer of that name exists.
pub(super) async fn is_known_customer(conn: &mut PgConnection, name: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from customers where lower(name) = lower($1)) as "known!""#,
        name.trim()
    )
    .fetch_one(conn)
    .await?)
}
