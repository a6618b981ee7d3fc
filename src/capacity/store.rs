//! SQL of ramps and leave.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;

use super::{Ramp, Relief, ReliefDraft, ReliefId, ReliefKind, State};
use crate::error::{AppError, Result};
use crate::kernel::id::{EmployeeId, UserId};
use crate::kernel::period::Period;

type Sql<T> = std::result::Result<T, sqlx::Error>;

struct Row {
    id: ReliefId,
    person: EmployeeId,
    from: NaiveDate,
    end: NaiveDate,
    pct: i16,
    kind: String,
    reason: String,
    state: String,
    granted: Option<NaiveDate>,
    requested_by: UserId,
    requested_by_name: String,
    decided_by: Option<String>,
    version: i64,
}

fn read(row: Row) -> Result<Relief> {
    let unreadable = || AppError::internal("unreadable relief");
    Ok(Relief {
        id: row.id,
        person: row.person,
        draft: ReliefDraft {
            period: Period::new(row.from, row.end).ok_or_else(unreadable)?,
            pct: row.pct,
            kind: ReliefKind::from_code(&row.kind).ok_or_else(unreadable)?,
            reason: row.reason,
        },
        state: State::from_code(&row.state).ok_or_else(unreadable)?,
        granted_to: row.granted.and_then(|end| end.pred_opt()),
        requested_by: (row.requested_by, row.requested_by_name),
        decided_by: row.decided_by,
        version: row.version,
    })
}

/// A person's leave, latest first.
pub(super) async fn of_person(conn: &mut PgConnection, person: EmployeeId) -> Result<Vec<Relief>> {
    select(conn, Some(person), None).await
}

/// Leave that waits for an answer, longest first.
pub(super) async fn requested(conn: &mut PgConnection) -> Result<Vec<Relief>> {
    let mut waiting = select(conn, None, Some(State::Requested)).await?;
    waiting.sort_by_key(|relief| relief.id);
    Ok(waiting)
}

async fn select(
    conn: &mut PgConnection,
    person: Option<EmployeeId>,
    state: Option<State>,
) -> Result<Vec<Relief>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select r.id as "id: ReliefId", r.employee_id as "person: EmployeeId", lower(r.during) as "from!",
            upper(r.during) as "end!", r.relieved_pct as pct, r.kind, r.reason, r.state, upper(r.granted) as granted,
            r.requested_by as "requested_by: UserId", u.name as requested_by_name, d.name as "decided_by?", r.version
        from reliefs r join users u on u.id = r.requested_by left join users d on d.id = r.decided_by
        where ($1::bigint is null or r.employee_id = $1) and ($2::text is null or r.state = $2)
        order by lower(r.during) desc, r.id desc"#,
        person.map(|id| id.0),
        state.map(State::code)
    );
    rows.fetch_all(conn).await?.into_iter().map(read).collect()
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    person: EmployeeId,
    draft: &ReliefDraft,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<ReliefId> {
    Ok(sqlx::query_scalar!(
        r#"insert into reliefs (employee_id, during, relieved_pct, kind, reason, state, requested_by, requested_at)
        values ($1, $2, $3, $4, $5, 'requested', $6, $7) returning id as "id: ReliefId""#,
        person.0,
        PgRange::from(draft.period.start..draft.period.end),
        draft.pct,
        draft.kind.code(),
        draft.reason,
        by.0,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// What became of relief so far.
pub(super) async fn state(conn: &mut PgConnection, id: ReliefId) -> Result<State> {
    let code = sqlx::query_scalar!("select state from reliefs where id = $1", id.0).fetch_one(conn).await?;
    State::from_code(&code).ok_or_else(|| AppError::internal("unreadable relief"))
}

/// `None` when `version` is stale.
pub(super) async fn save_state(
    conn: &mut PgConnection,
    id: ReliefId,
    version: i64,
    state: State,
    by: UserId,
    now: DateTime<Utc>,
) -> Sql<Option<()>> {
    let decides = matches!(state, State::Approved | State::Declined);
    let done = sqlx::query!(
        "update reliefs set state = $3, version = version + 1,
            decided_by = case when $4 then $5 else decided_by end,
            decided_at = case when $4 then $6 else decided_at end,
            withdrawn_at = case when $3 = 'withdrawn' then $6 end
        where id = $1 and version = $2",
        id.0,
        version,
        state.code(),
        decides,
        by.0,
        now
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Keeps the days that were approved beside those that are left; `None` when `version` is stale.
pub(super) async fn save_end(
    conn: &mut PgConnection,
    id: ReliefId,
    version: i64,
    period: &Period,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update reliefs set during = $3, granted = coalesce(granted, during), ended_by = $4, ended_at = $5,
            version = version + 1
        where id = $1 and version = $2 and state = 'approved'",
        id.0,
        version,
        PgRange::from(period.start..period.end),
        by.0,
        now
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// A person's ramps, latest first.
pub(super) async fn ramps(conn: &mut PgConnection, person: EmployeeId) -> Result<Vec<Ramp>> {
    Ok(sqlx::query_as!(
        Ramp,
        "select starts_on, steps from ramps where employee_id = $1 order by starts_on desc",
        person.0
    )
    .fetch_all(conn)
    .await?)
}

/// Sets the ramp of a day, instead of the one that it may have.
pub(super) async fn save_ramp(
    conn: &mut PgConnection,
    person: EmployeeId,
    ramp: &Ramp,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into ramps (employee_id, starts_on, steps, set_by, set_at) values ($1, $2, $3, $4, $5)
        on conflict (employee_id, starts_on)
        do update set steps = excluded.steps, set_by = excluded.set_by, set_at = excluded.set_at",
        person.0,
        ramp.starts_on,
        &ramp.steps,
        by.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a ramp away and answers its steps.
pub(super) async fn delete_ramp(
    conn: &mut PgConnection,
    person: EmployeeId,
    starts_on: NaiveDate,
) -> Result<Option<Vec<i16>>> {
    Ok(sqlx::query_scalar!(
        "delete from ramps where employee_id = $1 and starts_on = $2 returning steps",
        person.0,
        starts_on
    )
    .fetch_optional(conn)
    .await?)
}
