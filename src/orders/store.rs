//! SQL of one order: what it is, its promises, deliveries and steps.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::{Cause, Delivery, DeliveryId, Handling, Line, Order, Promise, PromiseId, State};
use crate::error::{AppError, Result};
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, LineId, UserId};
use crate::kernel::money::Currency;
use crate::sales::DealStatus;

/// An order with its lines; undone deals are none. Locked until the transaction ends where something will be `changed`.
pub(super) async fn find(conn: &mut PgConnection, id: DealId, changed: bool) -> Result<Option<Order>> {
    if changed {
        sqlx::query!("select id from deals where id = $1 for update", id.0)
            .fetch_optional(&mut *conn)
            .await?;
    }
    let row = sqlx::query!(
        r#"select d.id as "id: DealId", d.order_no, d.source, d.status, d.handling, d.order_state,
            d.customer_id as "customer: CustomerId", c.name as customer_name, c.owner_id as "customer_owner: EmployeeId",
            d.employee_id as "owner: EmployeeId", o.name as "owner_name?", d.ordered_on, d.currency,
            d.handler_department_id as "handler_department: DepartmentId", d.handler_id as "handler: EmployeeId",
            d.delivered_on, d.on_time, d.version,
            array(select s.employee_id from deal_shares s where s.deal_id = d.id) as "holders!: Vec<EmployeeId>"
        from deals d join customers c on c.id = d.customer_id left join employees o on o.id = d.employee_id
        where d.id = $1 and d.status <> 'undone'"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let unreadable = || AppError::internal("unreadable order");
    Ok(Some(Order {
        id: row.id,
        order_no: row.order_no,
        source: row.source,
        status: DealStatus::from_code(&row.status).ok_or_else(unreadable)?,
        handling: Handling::from_code(&row.handling).ok_or_else(unreadable)?,
        state: State::from_code(&row.order_state).ok_or_else(unreadable)?,
        customer: row.customer,
        customer_name: row.customer_name,
        customer_owner: row.customer_owner,
        owner: row.owner,
        owner_name: row.owner_name,
        holders: row.holders,
        ordered_on: row.ordered_on,
        currency: Currency::parse(&row.currency).ok_or_else(unreadable)?,
        handler_department: row.handler_department,
        handler: row.handler,
        delivered_on: row.delivered_on,
        on_time: row.on_time,
        version: row.version,
        lines: lines(conn, id).await?,
    }))
}

async fn lines(conn: &mut PgConnection, id: DealId) -> Result<Vec<Line>> {
    Ok(sqlx::query_as!(
        Line,
        r#"select l.id as "id: LineId", l.line_no, p.name as product, l.quantity, l.amount, l.cost, l.requested_on, l.promised_on,
            l.owed_on, l.delivered_on,
            coalesce((select sum(v.quantity) from deliveries v where v.line_id = l.id), 0)::bigint as "delivered!",
            l.cancelled, coalesce(sum(r.quantity) filter (where r.kind = 'return'), 0)::bigint as "returned!",
            coalesce(sum(r.amount) filter (where r.kind = 'return'), 0)::bigint as "returned_amount!",
            coalesce(sum(r.cost) filter (where r.kind = 'return'), 0)::bigint as "returned_cost!",
            coalesce(sum(r.amount), 0)::bigint as "taken_off!"
        from deal_lines l join products p on p.id = l.product_id left join deal_returns r on r.line_id = l.id
        where l.deal_id = $1 and not l.removed group by l.id, p.name order by l.line_no"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Locks orders until the transaction ends, always in this order, so that those who change several wait for each other.
pub(super) async fn lock(conn: &mut PgConnection, ids: &[DealId]) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!("select id from deals where id = any($1) order by id for update", &ids)
        .fetch_all(conn)
        .await?;
    Ok(())
}

/// The promise trail of an order, oldest first.
pub(super) async fn promises(conn: &mut PgConnection, id: DealId) -> Result<Vec<Promise>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PromiseId", p.line_id as "line: LineId", p.from_on, p.to_on, p.cause,
            p.department_id as "department: DepartmentId", p.note, p.told_by as "told_by: EmployeeId", p.told_on,
            u.name as "by?", p.promised_at
        from promises p join deal_lines l on l.id = p.line_id left join users u on u.id = p.promised_by
        where l.deal_id = $1 order by p.promised_at, p.id"#,
        id.0
    );
    let promises = rows.fetch_all(conn).await?.into_iter().map(|row| {
        Ok(Promise {
            id: row.id,
            line: row.line,
            from_on: row.from_on,
            to_on: row.to_on,
            cause: Cause::from_code(&row.cause).ok_or_else(|| AppError::internal("unknown cause"))?,
            department: row.department,
            note: row.note,
            told: row.told_by.zip(row.told_on),
            by: row.by,
            at: row.promised_at,
        })
    });
    promises.collect()
}

/// What was taken to the customer of an order, oldest first.
pub(super) async fn deliveries(conn: &mut PgConnection, id: DealId) -> Result<Vec<Delivery>> {
    Ok(sqlx::query_as!(
        Delivery,
        r#"select v.id as "id: DeliveryId", v.line_id as "line: LineId", v.delivered_on as "on", v.quantity, u.name as "by?",
            v.recorded_at as at
        from deliveries v join deal_lines l on l.id = v.line_id left join users u on u.id = v.recorded_by
        where l.deal_id = $1 order by v.delivered_on, v.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// A step that was taken, or a note.
pub(super) struct Taken {
    /// Which, or `note` or `hand_over`.
    pub(super) step: String,
    /// Where it led.
    pub(super) handling: String,
    /// By whom.
    pub(super) by: Option<String>,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// What was said.
    pub(super) note: String,
}

/// The steps of an order, oldest first.
pub(super) async fn steps(conn: &mut PgConnection, id: DealId) -> Result<Vec<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"select s.step, s.handling, u.name as "by?", s.taken_at as at, s.note from order_steps s
        left join users u on u.id = s.taken_by where s.deal_id = $1 order by s.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Who writes, and when.
#[derive(Clone, Copy)]
pub(super) struct Writer {
    pub(super) by: UserId,
    pub(super) at: DateTime<Utc>,
    pub(super) today: NaiveDate,
}

/// Notes that an order has changed; `None` when `version` is stale.
pub(super) async fn touch(conn: &mut PgConnection, id: DealId, version: i64) -> Result<Option<()>> {
    let done =
        sqlx::query!("update deals set version = version + 1 where id = $1 and version = $2", id.0, version)
            .execute(conn)
            .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Takes a step, or notes something where the handling stays.
pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: DealId,
    (step, handling): (&str, Handling),
    note: &str,
    writer: Writer,
) -> Result<()> {
    sqlx::query!("update deals set handling = $2 where id = $1 and handling <> $2", id.0, handling.code())
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into order_steps (deal_id, step, handling, taken_by, taken_at, note) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        step,
        handling.code(),
        writer.by.0,
        writer.at,
        note
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A date to put on the trail.
pub(super) struct NewPromise<'a> {
    pub(super) line: LineId,
    pub(super) from_on: Option<NaiveDate>,
    pub(super) to_on: NaiveDate,
    pub(super) owed_on: Option<NaiveDate>,
    pub(super) cause: Cause,
    pub(super) department: Option<DepartmentId>,
    pub(super) note: &'a str,
    pub(super) told: Option<(EmployeeId, NaiveDate)>,
}

/// Gives a line another date and puts it on the trail.
pub(super) async fn insert_promise(
    conn: &mut PgConnection,
    new: &NewPromise<'_>,
    writer: Writer,
) -> Result<()> {
    sqlx::query!(
        "update deal_lines set promised_on = $2, owed_on = $3 where id = $1",
        new.line.0,
        new.to_on,
        new.owed_on
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into promises (line_id, number, from_on, to_on, cause, department_id, note, told_by, told_on, promised_by,
            promised_at, changed_on)
        select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from promises where line_id = $1",
        new.line.0,
        new.from_on,
        new.to_on,
        new.cause.code(),
        new.department.map(|id| id.0),
        new.note,
        new.told.map(|(by, _)| by.0),
        new.told.map(|(_, on)| on),
        writer.by.0,
        writer.at,
        writer.today
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes who told the customer of a date, and when; nothing takes it back. `None` where the order has no such promise.
pub(super) async fn save_told(
    conn: &mut PgConnection,
    order: DealId,
    promise: PromiseId,
    told: Option<(EmployeeId, NaiveDate)>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update promises p set told_by = $3, told_on = $4 from deal_lines l where p.id = $2 and l.id = p.line_id and l.deal_id = $1",
        order.0,
        promise.0,
        told.map(|(by, _)| by.0),
        told.map(|(_, on)| on)
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Notes the day a customer asked for.
pub(super) async fn save_requested(conn: &mut PgConnection, lines: &[LineId], on: NaiveDate) -> Result<()> {
    let ids: Vec<i64> = lines.iter().map(|id| id.0).collect();
    sqlx::query!("update deal_lines set requested_on = $2 where id = any($1)", &ids, on)
        .execute(conn)
        .await?;
    Ok(())
}

/// Records what was taken to the customer.
pub(super) async fn insert_deliveries(
    conn: &mut PgConnection,
    lines: &[(LineId, i64)],
    on: NaiveDate,
    writer: Writer,
) -> Result<Vec<DeliveryId>> {
    let (ids, quantities): (Vec<i64>, Vec<i64>) =
        lines.iter().map(|(id, quantity)| (id.0, *quantity)).unzip();
    Ok(sqlx::query_scalar!(
        r#"insert into deliveries (line_id, delivered_on, quantity, recorded_by, recorded_at)
        select n.line_id, $3, n.quantity, $4, $5 from unnest($1::bigint[], $2::bigint[]) n (line_id, quantity)
        returning id as "id: DeliveryId""#,
        &ids,
        &quantities,
        on,
        writer.by.0,
        writer.at
    )
    .fetch_all(conn)
    .await?)
}

/// Takes a delivery away again; `None` where the order has none such. A line without any other is not delivered any more.
pub(super) async fn delete_delivery(
    conn: &mut PgConnection,
    order: DealId,
    id: DeliveryId,
) -> Result<Option<(LineId, NaiveDate, i64)>> {
    let gone = sqlx::query!(
        r#"delete from deliveries v using deal_lines l where v.id = $2 and l.id = v.line_id and l.deal_id = $1
        returning v.line_id as "line: LineId", v.delivered_on, v.quantity"#,
        order.0,
        id.0
    );
    let Some(gone) = gone.fetch_optional(&mut *conn).await? else { return Ok(None) };
    sqlx::query!(
        "update deal_lines l set delivered_on = null where l.id = $1
            and not exists (select from deliveries v where v.line_id = l.id)",
        gone.line.0
    )
    .execute(conn)
    .await?;
    Ok(Some((gone.line, gone.delivered_on, gone.quantity)))
}

/// Hands an order to a department and perhaps a person; nothing is the usual one.
pub(super) async fn save_handler(
    conn: &mut PgConnection,
    id: DealId,
    department: Option<DepartmentId>,
    person: Option<EmployeeId>,
) -> Result<()> {
    sqlx::query!(
        "update deals set handler_department_id = $2, handler_id = $3 where id = $1",
        id.0,
        department.map(|id| id.0),
        person.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Open orders that were owed before `today` and do not count as late yet.
pub(super) async fn newly_late(conn: &mut PgConnection, today: NaiveDate) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "select d.id from deals d where d.due_on is not null and d.due_on < $1
            and not exists (select from facts f where f.source = 'process' and f.fact_no = 'order-' || d.id
                and f.removed_at is null)
        order by d.due_on, d.id limit 5000",
        today
    )
    .fetch_all(conn)
    .await?)
}

/// Something that came back, or was cancelled before it was delivered.
pub(super) struct TakenBack {
    pub(super) product: String,
    pub(super) on: NaiveDate,
    pub(super) quantity: i64,
    pub(super) cancels: bool,
    pub(super) cause: String,
    pub(super) reason: String,
    pub(super) by: Option<String>,
    pub(super) at: DateTime<Utc>,
}

/// What came back of an order or was cancelled, oldest first.
pub(super) async fn taken_back(conn: &mut PgConnection, id: DealId) -> Result<Vec<TakenBack>> {
    Ok(sqlx::query_as!(
        TakenBack,
        r#"select p.name as product, r.returned_on as "on", r.quantity, r.kind = 'cancellation' as "cancels!", r.cause, r.reason,
            u.name as "by?", r.recorded_at as at
        from deal_returns r join deal_lines l on l.id = r.line_id join products p on p.id = l.product_id
        left join users u on u.id = r.recorded_by
        where l.deal_id = $1 and not l.removed order by r.id"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

/// An order and one of its lines by their numbers.
pub(super) async fn find_line(
    conn: &mut PgConnection,
    source: &str,
    order_no: &str,
    line_no: i32,
) -> Result<Option<(DealId, LineId)>> {
    let row = sqlx::query!(
        r#"select d.id as "order: DealId", l.id as "line: LineId" from deals d join deal_lines l on l.deal_id = d.id
        where d.source = $1 and d.order_no = $2 and l.line_no = $3 and not l.removed and d.status = 'booked'"#,
        source,
        order_no,
        line_no
    );
    Ok(row.fetch_optional(conn).await?.map(|row| (row.order, row.line)))
}

/// The day the last of an order was delivered.
pub(super) async fn delivered_on(conn: &mut PgConnection, id: DealId) -> Result<Option<NaiveDate>> {
    let day = sqlx::query_scalar!("select delivered_on from deals where id = $1 and status = 'booked'", id.0);
    Ok(day.fetch_optional(conn).await?.flatten())
}
