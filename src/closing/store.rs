//! SQL of closings and their snapshots.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;

use super::snapshot::Final;
use super::{Closing, ClosingId, Did, Kept, State};
use crate::attainment::engine::Status;
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{GoalId, UserId};
use crate::kernel::period::Period;
use crate::kernel::ratio::Pct;

type Sql<T> = std::result::Result<T, sqlx::Error>;

struct Row {
    id: ClosingId,
    from: NaiveDate,
    end: NaiveDate,
    state: String,
    begun_by: UserId,
    begun_name: String,
    begun_at: DateTime<Utc>,
    closed_by: Option<UserId>,
    closed_name: Option<String>,
    closed_at: Option<DateTime<Utc>>,
    asked_by: Option<UserId>,
    asked_name: Option<String>,
    asked_at: Option<DateTime<Utc>>,
    reason: String,
    reopened_by: Option<UserId>,
    reopened_name: Option<String>,
    reopened_at: Option<DateTime<Utc>>,
    version: i64,
}

fn did(user: Option<UserId>, name: Option<String>, at: Option<DateTime<Utc>>) -> Option<Did> {
    Some(Did { user: user?, name: name?, at: at? })
}

fn read(row: Row) -> Result<Closing> {
    let unreadable = || AppError::internal("unreadable closing");
    Ok(Closing {
        id: row.id,
        period: Period::new(row.from, row.end).ok_or_else(unreadable)?,
        state: State::from_code(&row.state).ok_or_else(unreadable)?,
        begun: Did { user: row.begun_by, name: row.begun_name, at: row.begun_at },
        closed: did(row.closed_by, row.closed_name, row.closed_at),
        asked: did(row.asked_by, row.asked_name, row.asked_at).map(|did| (did, row.reason)),
        reopened: did(row.reopened_by, row.reopened_name, row.reopened_at),
        version: row.version,
    })
}

/// Every closing, latest first.
pub(super) async fn list(conn: &mut PgConnection) -> Result<Vec<Closing>> {
    select(conn, None, None).await
}

/// One closing.
pub(super) async fn find(conn: &mut PgConnection, id: ClosingId) -> Result<Option<Closing>> {
    Ok(select(conn, Some(id), None).await?.pop())
}

/// The standing closing that has a goal's final state.
pub(super) async fn of_goal(conn: &mut PgConnection, goal: GoalId) -> Result<Option<Closing>> {
    Ok(select(conn, None, Some(goal)).await?.pop())
}

async fn select(
    conn: &mut PgConnection,
    id: Option<ClosingId>,
    goal: Option<GoalId>,
) -> Result<Vec<Closing>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select c.id as "id: ClosingId", lower(c.period) as "from!", upper(c.period) as "end!", c.state,
            c.begun_by as "begun_by: UserId", b.name as begun_name, c.begun_at,
            c.closed_by as "closed_by: UserId", f.name as "closed_name?", c.closed_at,
            c.reopen_asked_by as "asked_by: UserId", a.name as "asked_name?", c.reopen_asked_at as asked_at,
            c.reopen_reason as reason, c.reopened_by as "reopened_by: UserId", o.name as "reopened_name?",
            c.reopened_at, c.version
        from closings c join users b on b.id = c.begun_by left join users f on f.id = c.closed_by
        left join users a on a.id = c.reopen_asked_by left join users o on o.id = c.reopened_by
        where ($1::bigint is null or c.id = $1) and ($2::bigint is null or c.state = 'closed' and exists (
            select from closing_goals g where g.closing_id = c.id and g.goal_id = $2))
        order by c.id desc"#,
        id.map(|id| id.0),
        goal.map(|id| id.0)
    );
    rows.fetch_all(conn).await?.into_iter().map(read).collect()
}

/// Lets nobody post, and nobody else close, until the transaction ends. In a statement of its own: the next one sees
/// what whoever posted has written.
pub(super) async fn lock(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(7240116)").fetch_one(conn).await?;
    Ok(())
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    period: &Period,
    by: UserId,
    now: DateTime<Utc>,
) -> Sql<ClosingId> {
    sqlx::query_scalar!(
        r#"insert into closings (period, state, begun_by, begun_at) values ($1, 'in_review', $2, $3)
        returning id as "id: ClosingId""#,
        PgRange::from(period.start..period.end),
        by.0,
        now
    )
    .fetch_one(conn)
    .await
}

/// Saves where a closing has come, by whom and when; `None` when `version` is stale. Closing keeps the settings that it
/// is judged by.
pub(super) async fn save(
    conn: &mut PgConnection,
    id: ClosingId,
    version: i64,
    state: State,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update closings c set state = $3, version = c.version + 1,
            closed_by = case when $3 = 'closed' then $4 else closed_by end,
            closed_at = case when $3 = 'closed' then $5 else closed_at end,
            exceeded_pct = case when $3 = 'closed' then s.exceeded_pct else c.exceeded_pct end,
            weekend = case when $3 = 'closed' then s.weekend else c.weekend end,
            reopened_by = case when $3 = 'reopened' then $4 end,
            reopened_at = case when $3 = 'reopened' then $5 end
        from settings s where c.id = $1 and c.version = $2",
        id.0,
        version,
        state.code(),
        by.0,
        now
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Saves who wants a closing reopened; `None` when `version` is stale.
pub(super) async fn save_wish(
    conn: &mut PgConnection,
    id: ClosingId,
    version: i64,
    by: UserId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update closings set reopen_asked_by = $3, reopen_asked_at = $4, reopen_reason = $5, version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        by.0,
        now,
        reason
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Moves the first open day.
pub(super) async fn save_open_from(conn: &mut PgConnection, day: Option<NaiveDate>) -> Result<()> {
    sqlx::query!("update closed_books set open_from = $1", day).execute(conn).await?;
    Ok(())
}

/// Keeps every figure of the period, from the ledger itself.
pub(super) async fn insert_figures(conn: &mut PgConnection, id: ClosingId, period: &Period) -> Result<u64> {
    let done = sqlx::query!(
        "insert into closing_figures (closing_id, holder, holder_id, category_id, revenue, margin, units, orders,
            new_customers, basis)
        select $1, f.* from ledger_figures($2) f",
        id.0,
        PgRange::from(period.start..period.end)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Keeps the final states of goals.
pub(super) async fn insert_goals(conn: &mut PgConnection, id: ClosingId, finals: &[Final]) -> Result<()> {
    let column = |of: fn(&Final) -> i64| finals.iter().map(of).collect::<Vec<i64>>();
    let status: Vec<String> = finals.iter().map(|row| row.status.code().to_owned()).collect();
    let version: Vec<i32> = finals.iter().map(|row| row.version).collect();
    let attainment: Vec<Option<i64>> = finals.iter().map(|row| row.attainment.map(|pct| pct.0)).collect();
    sqlx::query!(
        "insert into closing_goals (closing_id, goal_id, version, target, effective_target, original_target, actual,
            attainment, status)
        select $1, g.* from unnest($2::bigint[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::text[]) g",
        id.0,
        &column(|row| row.goal.0),
        &version,
        &column(|row| row.target),
        &column(|row| row.effective_target),
        &column(|row| row.original_target),
        &column(|row| row.actual),
        &attainment as &[Option<i64>],
        &status
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The final states that a closing keeps.
pub(super) async fn goals_of(conn: &mut PgConnection, id: ClosingId) -> Result<Vec<Final>> {
    let rows = sqlx::query!(
        r#"select goal_id as "goal: GoalId", version, target, effective_target, original_target, actual, attainment,
            status
        from closing_goals where closing_id = $1 order by goal_id"#,
        id.0
    );
    let read = rows.fetch_all(conn).await?.into_iter().map(|row| {
        Some(Final {
            goal: row.goal,
            version: row.version,
            target: row.target,
            effective_target: row.effective_target,
            original_target: row.original_target,
            actual: row.actual,
            attainment: row.attainment.map(Pct),
            status: Status::from_code(&row.status)?,
        })
    });
    read.collect::<Option<Vec<_>>>().ok_or_else(|| AppError::internal("unreadable final state"))
}

/// The goals that end by the end of a period and whose final state no standing closing has.
pub(super) async fn unsettled(conn: &mut PgConnection, period: &Period) -> Result<Vec<GoalId>> {
    Ok(sqlx::query_scalar!(
        r#"select g.id as "id: GoalId" from goals g
        where g.removed_at is null and upper(g.period) <= $1 and not exists (
            select from closing_goals f join closings c on c.id = f.closing_id
            where f.goal_id = g.id and c.state = 'closed')
        order by g.id"#,
        period.end
    )
    .fetch_all(conn)
    .await?)
}

/// A figure that is not what it was when the period was closed.
pub(super) struct Moved {
    pub(super) holder: String,
    pub(super) holder_id: i64,
    pub(super) category_id: i64,
    pub(super) basis: Basis,
    pub(super) kept: Vec<i64>,
    pub(super) now: Vec<i64>,
}

/// The figures of a closing that the ledger does not come to any more.
pub(super) async fn moved(conn: &mut PgConnection, closing: &Closing) -> Result<Vec<Moved>> {
    Ok(sqlx::query_as!(
        Moved,
        r#"select coalesce(k.holder, n.holder) as "holder!", coalesce(k.holder_id, n.holder_id) as "holder_id!",
            coalesce(k.category_id, n.category_id) as "category_id!", coalesce(k.basis, n.basis) as "basis!: Basis",
            array[coalesce(k.revenue, 0), coalesce(k.margin, 0), coalesce(k.units, 0), coalesce(k.orders, 0),
                coalesce(k.new_customers, 0)] as "kept!: Vec<i64>",
            array[coalesce(n.revenue, 0), coalesce(n.margin, 0), coalesce(n.units, 0), coalesce(n.orders, 0),
                coalesce(n.new_customers, 0)] as "now!: Vec<i64>"
        from (select holder, holder_id, category_id, basis, revenue, margin, units, orders, new_customers
            from closing_figures where closing_id = $1) k
        full join ledger_figures($2) n
            on n.holder = k.holder and n.holder_id = k.holder_id and n.category_id = k.category_id and n.basis = k.basis
        where (k.revenue, k.margin, k.units, k.orders, k.new_customers)
            is distinct from (n.revenue, n.margin, n.units, n.orders, n.new_customers)"#,
        closing.id.0,
        PgRange::from(closing.period.start..closing.period.end)
    )
    .fetch_all(conn)
    .await?)
}

/// What came to a closed period after its closing: on which basis, order number, the day it belongs to, the day it stands on, and revenue.
pub(super) struct Late {
    pub(super) basis: Basis,
    pub(super) deal: i64,
    pub(super) order_no: String,
    pub(super) origin: NaiveDate,
    pub(super) stands_on: NaiveDate,
    pub(super) revenue: i64,
}

/// Late corrections of a period, latest first. Overlay shares stand beside and are left out.
pub(super) async fn late(conn: &mut PgConnection, period: &Period) -> Result<Vec<Late>> {
    Ok(sqlx::query_as!(
        Late,
        r#"select e.basis as "basis: Basis", d.id as deal, d.order_no, e.origin_date as "origin!", e.credit_date as stands_on,
            sum(e.revenue)::bigint as "revenue!"
        from credit_entries e join deals d on d.id = e.deal_id
        where e.origin_date >= $1 and e.origin_date < $2 and e.kind <> 'overlay'
        group by e.basis, d.id, d.order_no, e.origin_date, e.credit_date order by e.credit_date desc, d.id desc limit 200"#,
        period.start,
        period.end
    )
    .fetch_all(conn)
    .await?)
}

/// The figures that a closing keeps.
pub(super) async fn figures(conn: &mut PgConnection, id: ClosingId) -> Result<Vec<Kept>> {
    Ok(sqlx::query_as!(
        Kept,
        r#"select f.holder, coalesce(e.employee_no, d.code, r.code) as "reference!",
            coalesce(e.name, d.name, r.name) as "name!", c.name as "category?", f.revenue, f.margin, f.units, f.orders,
            f.new_customers
        from closing_figures f
        left join employees e on f.holder = 'person' and e.id = f.holder_id
        left join departments d on f.holder = 'department' and d.id = f.holder_id
        left join departments r on f.holder = 'company' and r.kind = 'company'
        left join product_categories c on c.id = f.category_id
        where f.closing_id = $1
        order by f.holder = 'person', f.holder = 'department', 2, c.name nulls first"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}
