//! SQL of deals, lines, shares and returns.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::booking::Stamp;
use super::{
    BookedDeal, BookedLine, DealDraft, DealStatus, Delivery, LineDraft, Return, ReturnCause, Share,
    ShareKind, Why,
};
use crate::error::{AppError, Result};
use crate::kernel::id::{CategoryId, CustomerId, DealId, EmployeeId, LineId, ProductId};
use crate::kernel::money::Currency;

/// The deal that has the draft's form key or its number within the source.
pub(super) async fn find_same(conn: &mut PgConnection, draft: &DealDraft) -> Result<Option<DealId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: DealId" from deals where form_key = $1 or (source = $2 and order_no = $3)"#,
        draft.form_key as Option<Uuid>,
        draft.source,
        draft.order_no.as_deref()
    )
    .fetch_optional(conn)
    .await?)
}

/// Changes the head of a deal; `None` when `version` is stale.
pub(super) async fn update_deal(
    conn: &mut PgConnection,
    id: DealId,
    version: i64,
    draft: &DealDraft,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update deals set customer_id = $3, employee_id = $4, ordered_on = $5, currency = $6, channel = $7, note = $8,
            version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        draft.customer.0,
        draft.owner.map(|owner| owner.0),
        draft.ordered_on,
        draft.currency.code(),
        draft.channel,
        draft.note
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Changes where a deal stands; `None` when `version` is stale.
pub(super) async fn update_status(
    conn: &mut PgConnection,
    id: DealId,
    version: i64,
    status: DealStatus,
    cancelled_on: Option<NaiveDate>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update deals set status = $3, cancelled_on = $4, version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        status.code(),
        cancelled_on
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Notes that a deal has changed beside its head; `None` when `version` is stale.
pub(super) async fn touch(conn: &mut PgConnection, id: DealId, version: i64) -> Result<Option<()>> {
    let done =
        sqlx::query!("update deals set version = version + 1 where id = $1 and version = $2", id.0, version)
            .execute(conn)
            .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Adds a remark to a deal.
pub(super) async fn append_note(conn: &mut PgConnection, id: DealId, note: &str) -> Result<()> {
    sqlx::query!(
        "update deals set note = concat_ws(e'\n', nullif(note, ''), $2::text) where id = $1",
        id.0,
        note
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Inserts the lines of a new deal.
pub(super) async fn insert_lines(conn: &mut PgConnection, deal: DealId, lines: &[LineDraft]) -> Result<()> {
    let column = |value: fn(&LineDraft) -> i64| lines.iter().map(value).collect::<Vec<_>>();
    sqlx::query!(
        "insert into deal_lines
            (deal_id, line_no, product_id, quantity, amount, cost, promised_on, delivered_on)
        select $1, l.* from unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::date[],
            $8::date[]) l
        on conflict (deal_id, line_no) do update set product_id = excluded.product_id, quantity = excluded.quantity,
            amount = excluded.amount, cost = excluded.cost, promised_on = excluded.promised_on,
            delivered_on = excluded.delivered_on, removed = false",
        deal.0,
        &lines.iter().map(|line| line.line_no).collect::<Vec<_>>(),
        &column(|line| line.product.0),
        &column(|line| line.quantity),
        &column(|line| line.amount),
        &column(|line| line.cost),
        &lines.iter().map(|line| line.promised_on).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &lines.iter().map(|line| line.delivered_on).collect::<Vec<_>>() as &[Option<NaiveDate>]
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes `lines` the lines of a deal. Lines that are gone stay as removed, because the ledger points to them.
pub(super) async fn replace_lines(conn: &mut PgConnection, deal: DealId, lines: &[LineDraft]) -> Result<()> {
    let kept: Vec<i32> = lines.iter().map(|line| line.line_no).collect();
    sqlx::query!(
        "update deal_lines set removed = true where deal_id = $1 and line_no <> all($2)",
        deal.0,
        &kept
    )
    .execute(&mut *conn)
    .await?;
    insert_lines(conn, deal, lines).await
}

/// The lines of a deal of which something was taken to the customer or cancelled, each with so many pieces; all of the line
/// where it is only known that it was delivered.
pub(super) async fn handled(conn: &mut PgConnection, deal: DealId) -> Result<Vec<(i32, i64)>> {
    let rows = sqlx::query!(
        r#"select l.line_no, (l.cancelled + coalesce(sum(v.quantity), 0))::bigint as "pieces!"
        from deal_lines l left join deliveries v on v.line_id = l.id
        where l.deal_id = $1 and not l.removed group by l.id having l.cancelled > 0 or count(v.id) > 0"#,
        deal.0
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.line_no, row.pieces)).collect())
}

/// The highest number of a line that a deal has or ever had.
pub(super) async fn last_line_no(conn: &mut PgConnection, deal: DealId) -> Result<i32> {
    let last = sqlx::query_scalar!(
        r#"select coalesce(max(line_no), 0) as "last!" from deal_lines where deal_id = $1"#,
        deal.0
    );
    Ok(last.fetch_one(conn).await?)
}

/// Inserts the shares of a new deal.
pub(super) async fn insert_shares(conn: &mut PgConnection, deal: DealId, shares: &[Share]) -> Result<()> {
    if shares.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into deal_shares (deal_id, employee_id, kind, share_bp)
        select $1, s.* from unnest($2::bigint[], $3::text[], $4::int[]) s",
        deal.0,
        &shares.iter().map(|share| share.employee.0).collect::<Vec<_>>(),
        &shares.iter().map(|share| share.kind.code().to_owned()).collect::<Vec<_>>(),
        &shares.iter().map(|share| share.bp()).collect::<Vec<_>>()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes `shares` the shares of a deal.
pub(super) async fn replace_shares(conn: &mut PgConnection, deal: DealId, shares: &[Share]) -> Result<()> {
    sqlx::query!("delete from deal_shares where deal_id = $1", deal.0).execute(&mut *conn).await?;
    insert_shares(conn, deal, shares).await
}

/// Records a return.
pub(super) async fn insert_return(
    conn: &mut PgConnection,
    returned: &Return,
    why: Why<'_>,
    stamp: Stamp,
) -> Result<()> {
    sqlx::query!(
        "insert into deal_returns (line_id, returned_on, quantity, amount, cost, reason, recorded_at, recorded_by, kind,
            cause)
        values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 then 'cancellation' else 'return' end, $10)",
        returned.line.0,
        returned.on,
        returned.quantity,
        returned.amount,
        returned.cost,
        why.words,
        stamp.at,
        stamp.by.map(|user| user.0),
        returned.cancels,
        why.cause.code()
    )
    .execute(&mut *conn)
    .await?;
    if returned.cancels {
        sqlx::query!(
            "update deal_lines set cancelled = cancelled + $2 where id = $1",
            returned.line.0,
            returned.quantity
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Locks customers until the transaction ends, in a statement of its own: what is read after it sees what those
/// who held the lock have written.
pub(super) async fn lock_customers(conn: &mut PgConnection, customers: &[CustomerId]) -> Result<()> {
    let ids: Vec<i64> = customers.iter().map(|id| id.0).collect();
    sqlx::query!("select id from customers where id = any($1) order by id for no key update", &ids)
        .fetch_all(conn)
        .await?;
    Ok(())
}

/// Who bought a deal.
pub(super) async fn find_customer(conn: &mut PgConnection, id: DealId) -> Result<Option<CustomerId>> {
    Ok(sqlx::query_scalar!(r#"select customer_id as "id: CustomerId" from deals where id = $1"#, id.0)
        .fetch_optional(conn)
        .await?)
}

/// Works out which deal is each customer's first booked one (earliest date, then source and number, so that the
/// order of arrival does not matter) and answers the deals whose standing changed by that. The customers are locked.
pub(super) async fn settle_first_deals(
    conn: &mut PgConnection,
    customers: &[CustomerId],
) -> Result<Vec<DealId>> {
    let ids: Vec<i64> = customers.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"with found as (
            select l.id, l.first_deal_id as old_id, (
                select d.id from deals d where d.customer_id = l.id and d.status = 'booked'
                order by d.ordered_on, d.source, d.order_no limit 1
            ) as new_id
            from customers l where l.id = any($1)
        ), changed as (
            update customers c set first_deal_id = f.new_id from found f
            where c.id = f.id and f.old_id is distinct from f.new_id
        )
        select old_id as "old: DealId", new_id as "new?: DealId" from found where old_id is distinct from new_id"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    let mut affected: Vec<DealId> = rows.into_iter().flat_map(|row| [row.old, row.new]).flatten().collect();
    affected.sort_unstable();
    affected.dedup();
    Ok(affected)
}

struct DealRow {
    id: DealId,
    status: String,
    cancelled_on: Option<NaiveDate>,
    customer: CustomerId,
    owner: Option<EmployeeId>,
    ordered_on: NaiveDate,
    currency: String,
    is_first_of_customer: bool,
    version: i64,
}

/// A deal with everything that decides what it is worth, locked until the transaction ends.
pub(super) async fn find_for_update(conn: &mut PgConnection, id: DealId) -> Result<Option<BookedDeal>> {
    let row = sqlx::query_as!(
        DealRow,
        r#"select d.id as "id: DealId", d.status, d.cancelled_on, d.customer_id as "customer: CustomerId",
            d.employee_id as "owner: EmployeeId", d.ordered_on, d.currency,
            c.first_deal_id is not distinct from d.id as "is_first_of_customer!", d.version
        from deals d join customers c on c.id = d.customer_id
        where d.id = $1 for update of d"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let lines = list_lines(conn, id).await?;
    let shares = list_shares(conn, id).await?;
    let returns = list_returns(conn, id).await?;
    let deliveries = deliveries_of(conn, id).await?;
    Ok(Some(BookedDeal {
        id: row.id,
        status: DealStatus::from_code(&row.status).ok_or_else(|| AppError::internal("unknown status"))?,
        cancelled_on: row.cancelled_on,
        customer: row.customer,
        owner: row.owner,
        ordered_on: row.ordered_on,
        currency: Currency::parse(&row.currency).ok_or_else(|| AppError::internal("unknown currency"))?,
        lines,
        shares,
        returns,
        deliveries,
        is_first_of_customer: row.is_first_of_customer,
        version: row.version,
    }))
}

async fn list_lines(conn: &mut PgConnection, id: DealId) -> Result<Vec<BookedLine>> {
    Ok(sqlx::query_as!(
        BookedLine,
        r#"select l.id as "id: LineId", l.line_no, l.product_id as "product: ProductId",
            p.category_id as "category: CategoryId", l.quantity, l.amount, l.cost
        from deal_lines l join products p on p.id = l.product_id
        where l.deal_id = $1 and not l.removed order by l.line_no"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

async fn list_shares(conn: &mut PgConnection, id: DealId) -> Result<Vec<Share>> {
    let rows = sqlx::query!(
        r#"select employee_id as "employee: EmployeeId", kind, share_bp from deal_shares
        where deal_id = $1 order by kind, employee_id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let shares = rows.into_iter().map(|row| {
        let kind = ShareKind::from_code(&row.kind).ok_or_else(|| AppError::internal("unknown share"))?;
        Ok(Share { employee: row.employee, kind, share_bp: row.share_bp.unsigned_abs() })
    });
    shares.collect()
}

async fn list_returns(conn: &mut PgConnection, id: DealId) -> Result<Vec<Return>> {
    Ok(sqlx::query_as!(
        Return,
        r#"select r.line_id as "line: LineId", r.returned_on as "on", r.quantity, r.amount, r.cost, r.kind = 'cancellation' as "cancels!"
        from deal_returns r join deal_lines l on l.id = r.line_id
        where l.deal_id = $1 and not l.removed order by r.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Works out what follows from lines and deliveries of orders: how far they have come, whether they were on time.
pub(super) async fn settle_orders(
    conn: &mut PgConnection,
    ids: &[i64],
    today: NaiveDate,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("select settle_orders($1, $2, $3)", ids, today, at).fetch_one(conn).await?;
    Ok(())
}

/// What was delivered of a deal, in the order of the days.
async fn deliveries_of(conn: &mut PgConnection, deal: DealId) -> Result<Vec<Delivery>> {
    Ok(sqlx::query_as!(
        Delivery,
        r#"select v.line_id as "line!: LineId", v.delivered_on as "on!", v.quantity as "quantity!"
        from deal_lines l join line_deliveries v on v.line_id = l.id
        where l.deal_id = $1 and not l.removed order by v.delivered_on, l.line_no"#,
        deal.0
    )
    .fetch_all(conn)
    .await?)
}

/// Notes why a deal was cancelled.
pub(super) async fn save_cancel_cause(conn: &mut PgConnection, id: DealId, cause: ReturnCause) -> Result<()> {
    sqlx::query!("update deals set cancel_cause = $2 where id = $1", id.0, cause.code())
        .execute(conn)
        .await?;
    Ok(())
}
