//! SQL that writes opportunities: what they say, their lines, their way and their steps.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::flow::Stamp;
use super::steps::State;
use super::worth::Priced;
use super::{Draft, Loss, NextStep, StageId};
use crate::error::Result;
use crate::kernel::id::{CustomerId, DealId, EmployeeId, OpportunityId};
use crate::kernel::period::Period;
use crate::talks::ThreadId;

/// Stores a new one in a stage, with the first step of its way; `None` when its form key or its number within the source is
/// known already.
pub(super) async fn insert(
    conn: &mut PgConnection,
    draft: &Draft,
    lines: &[Priced],
    stage: StageId,
    stamp: Stamp,
) -> Result<Option<OpportunityId>> {
    let amount: i64 = lines.iter().map(|priced| priced.line.amount).sum();
    let own_amount: i64 = lines.iter().map(|priced| priced.own_amount).sum();
    let id = sqlx::query_scalar!(
        r#"insert into opportunities (source, opportunity_no, customer_id, employee_id, currency, origin, technique, stage_id,
            stage_since, opened_on, expected_on, next_step, next_on, note, amount, own_amount, form_key, opened_by, opened_at)
        values ($1, coalesce($2, nextval('opportunity_numbers')::text), $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13,
            $14, $15, $16, $17, $18)
        on conflict do nothing returning id as "id: OpportunityId""#,
        draft.source,
        draft.number as _,
        draft.customer.map(|id| id.0),
        draft.owner.map(|id| id.0),
        draft.currency.code(),
        draft.origin.code(),
        draft.technique,
        stage.0,
        draft.opened_on,
        draft.expected_on,
        draft.next.what,
        draft.next.on,
        draft.note,
        amount,
        own_amount,
        draft.form_key,
        stamp.by.map(|user| user.0),
        stamp.at
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(id) = id else { return Ok(None) };
    insert_lines(conn, id, lines).await?;
    insert_move(conn, id, (stage, State::Open), draft.opened_on, stamp).await?;
    Ok(Some(id))
}

/// The one that the same form or the same number made before.
pub(super) async fn find_same(conn: &mut PgConnection, draft: &Draft) -> Result<Option<OpportunityId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: OpportunityId" from opportunities
        where form_key = $1 or source = $2 and opportunity_no = $3"#,
        draft.form_key,
        draft.source,
        draft.number as _
    )
    .fetch_optional(conn)
    .await?)
}

async fn insert_lines(conn: &mut PgConnection, id: OpportunityId, lines: &[Priced]) -> Result<()> {
    let each = |value: fn(&Priced) -> i64| lines.iter().map(value).collect::<Vec<i64>>();
    sqlx::query!(
        "insert into opportunity_lines (opportunity_id, line_no, product_id, quantity, amount, cost, own_amount, own_cost)
        select $1, l.line_no::integer, l.product, l.quantity, l.amount, l.cost, l.own_amount, l.own_cost
        from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
            as l (line_no, product, quantity, amount, cost, own_amount, own_cost)",
        id.0,
        &each(|priced| priced.line.line_no.into()),
        &each(|priced| priced.line.product.0),
        &each(|priced| priced.line.quantity),
        &each(|priced| priced.line.amount),
        &each(|priced| priced.line.cost),
        &each(|priced| priced.own_amount),
        &each(|priced| priced.own_cost)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The next step of its way.
pub(super) async fn insert_move(
    conn: &mut PgConnection,
    id: OpportunityId,
    (stage, state): (StageId, State),
    day: NaiveDate,
    stamp: Stamp,
) -> Result<()> {
    sqlx::query!(
        "insert into opportunity_moves (opportunity_id, number, stage_id, state, day, moved_by, moved_at, deal_id)
        select $1, coalesce(max(number), 0) + 1, $2, $3, greatest($4::date, max(day)), $5, $6,
            (select deal_id from opportunities where id = $1)
        from opportunity_moves where opportunity_id = $1",
        id.0,
        stage.0,
        state.code(),
        day,
        stamp.by.map(|user| user.0),
        stamp.at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Rewrites what it says; `None` when `version` is stale.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: OpportunityId,
    draft: &Draft,
    lines: &[Priced],
    version: i64,
) -> Result<Option<()>> {
    let amount: i64 = lines.iter().map(|priced| priced.line.amount).sum();
    let own_amount: i64 = lines.iter().map(|priced| priced.own_amount).sum();
    let done = sqlx::query!(
        "update opportunities set customer_id = $2, employee_id = $3, currency = $4, origin = $5, technique = $6,
            expected_on = $7, next_step = $8, next_on = $9, note = $10, amount = $11, own_amount = $12,
            version = version + 1
        where id = $1 and version = $13 and state = 'open'",
        id.0,
        draft.customer.map(|id| id.0),
        draft.owner.map(|id| id.0),
        draft.currency.code(),
        draft.origin.code(),
        draft.technique,
        draft.expected_on,
        draft.next.what,
        draft.next.on,
        draft.note,
        amount,
        own_amount,
        version
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query!("delete from opportunity_lines where opportunity_id = $1", id.0).execute(&mut *conn).await?;
    insert_lines(conn, id, lines).await?;
    Ok(Some(()))
}

/// Where one comes to stand.
pub(super) struct Outcome<'a> {
    pub(super) state: State,
    pub(super) stage: StageId,
    pub(super) since: NaiveDate,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) loss: Option<&'a Loss>,
    pub(super) deal: Option<DealId>,
}

/// Saves where it stands now; `None` when `version` is stale.
pub(super) async fn save_outcome(
    conn: &mut PgConnection,
    id: OpportunityId,
    version: i64,
    outcome: &Outcome<'_>,
) -> Result<Option<()>> {
    let loss = outcome.loss;
    let done = sqlx::query!(
        "update opportunities set state = $3, stage_id = $4, stage_since = $5, closed_on = $6, lost_reason = $7,
            lost_text = $8, lost_to = $9, lost_price = $10, deal_id = $11, version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        outcome.state.code(),
        outcome.stage.0,
        outcome.since,
        outcome.closed_on,
        loss.map(|loss| loss.reason.code()),
        loss.map_or("", |loss| loss.text.as_str()),
        loss.map_or("", |loss| loss.to.as_str()),
        loss.and_then(|loss| loss.price),
        outcome.deal.map(|deal| deal.0)
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Another next step; `None` when `version` is stale.
pub(super) async fn save_next(
    conn: &mut PgConnection,
    id: OpportunityId,
    version: i64,
    next: &NextStep,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update opportunities set next_step = $3, next_on = $4, version = version + 1
        where id = $1 and version = $2 and state = 'open'",
        id.0,
        version,
        next.what,
        next.on
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

pub(super) async fn insert_done(
    conn: &mut PgConnection,
    id: OpportunityId,
    step: &NextStep,
    stamp: Stamp,
) -> Result<()> {
    sqlx::query!(
        "insert into opportunity_steps (opportunity_id, step, due_on, done_on, done_by, done_at)
        values ($1, $2, $3, $4, $5, $6)",
        id.0,
        step.what,
        step.on,
        stamp.day,
        stamp.by.map(|user| user.0),
        stamp.at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks it against other writers.
pub(super) async fn lock(conn: &mut PgConnection, id: OpportunityId) -> Result<()> {
    sqlx::query!("select from opportunities where id = $1 for update", id.0).fetch_optional(conn).await?;
    Ok(())
}

pub(super) async fn save_thread(conn: &mut PgConnection, id: OpportunityId, thread: ThreadId) -> Result<()> {
    sqlx::query!("update opportunities set thread_id = $2 where id = $1", id.0, thread.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Who buys, once that is known.
pub(super) async fn save_customer(
    conn: &mut PgConnection,
    id: OpportunityId,
    customer: CustomerId,
) -> Result<()> {
    sqlx::query!("update opportunities set customer_id = $2 where id = $1", id.0, customer.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// How open deals were decided in some days.
pub(super) async fn decided(
    conn: &mut PgConnection,
    people: Option<&[EmployeeId]>,
    days: &Period,
) -> Result<super::Decided> {
    let people: Option<Vec<i64>> = people.map(|people| people.iter().map(|id| id.0).collect());
    Ok(sqlx::query_as!(
        super::Decided,
        r#"with decided as (
            select o.opened_on, o.own_amount, o.closed_on, case when o.state = 'won' and d.status <> 'booked' then 'open' else o.state end
                as state
            from opportunities o left join deals d on d.id = o.deal_id
            where (o.opened_on >= $2 and o.opened_on < $3 or o.closed_on >= $2 and o.closed_on < $3)
                and ($1::bigint[] is null or o.employee_id = any($1))
        )
        select count(*) filter (where opened_on >= $2 and opened_on < $3) as "opened!",
            count(*) filter (where state = 'won' and closed_on >= $2 and closed_on < $3) as "won!",
            coalesce(sum(own_amount) filter (where state = 'won' and closed_on >= $2 and closed_on < $3), 0)::bigint as "won_amount!",
            count(*) filter (where state = 'lost' and closed_on >= $2 and closed_on < $3) as "lost!",
            coalesce(sum(own_amount) filter (where state = 'lost' and closed_on >= $2 and closed_on < $3), 0)::bigint as "lost_amount!",
            (percentile_disc(0.5) within group (order by closed_on - opened_on)
                filter (where state = 'won' and closed_on >= $2 and closed_on < $3))::int as cycle
        from decided"#,
        people.as_deref(),
        days.start,
        days.end
    )
    .fetch_one(conn)
    .await?)
}
