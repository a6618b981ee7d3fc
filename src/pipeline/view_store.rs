//! SQL of opportunities that are read: one with its names, its way, and what others ask of them.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use super::steps::State;
use super::{
    DoneStep, Draft, Line, Loss, LossReason, Move, NextStep, Opportunity, OrderLink, Origin, StageId,
};
use crate::error::{AppError, Result};
use crate::kernel::id::{CustomerId, DealId, EmployeeId, OpportunityId, ProductId, UserId};
use crate::kernel::money::Currency;
use crate::sales::DealStatus;
use crate::talks::ThreadId;

fn unreadable() -> AppError {
    AppError::internal("unreadable opportunity")
}

/// Steps that were done, latest first.
pub(super) async fn done_steps(conn: &mut PgConnection, id: OpportunityId) -> Result<Vec<DoneStep>> {
    Ok(sqlx::query_as!(
        DoneStep,
        r#"select s.step as what, s.due_on as due, s.done_on as day, u.name as "by?"
        from opportunity_steps s left join users u on u.id = s.done_by
        where s.opportunity_id = $1 order by s.id desc"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn moves(conn: &mut PgConnection, id: OpportunityId) -> Result<Vec<Move>> {
    let rows = sqlx::query!(
        r#"select m.number, m.stage_id as "stage: StageId", m.state, m.day, u.name as "by?", m.moved_at
        from opportunity_moves m left join users u on u.id = m.moved_by
        where m.opportunity_id = $1 order by m.number"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let read = |row: (i32, StageId, String, NaiveDate, Option<String>, DateTime<Utc>)| {
        let (number, stage, state, day, by, at) = row;
        let state = State::from_code(&state).ok_or_else(unreadable)?;
        Ok(Move { number, stage, state, day, by, at })
    };
    rows.into_iter()
        .map(|row| read((row.number, row.stage, row.state, row.day, row.by, row.moved_at)))
        .collect()
}

struct Row {
    id: OpportunityId,
    source: String,
    opportunity_no: String,
    customer: Option<CustomerId>,
    customer_name: Option<String>,
    segment: Option<String>,
    owner: Option<EmployeeId>,
    owner_name: Option<String>,
    currency: String,
    origin: String,
    technique: String,
    state: String,
    stage: StageId,
    stage_since: NaiveDate,
    opened_on: NaiveDate,
    expected_on: Option<NaiveDate>,
    next_step: String,
    next_on: Option<NaiveDate>,
    note: String,
    closed_on: Option<NaiveDate>,
    lost_reason: Option<String>,
    lost_text: String,
    lost_to: String,
    lost_price: Option<i64>,
    deal: Option<DealId>,
    order_no: Option<String>,
    order_status: Option<String>,
    amount: i64,
    own_amount: i64,
    thread: Option<ThreadId>,
    opened_by: Option<UserId>,
    version: i64,
}

/// One with names and lines.
pub(super) async fn find(conn: &mut PgConnection, id: OpportunityId) -> Result<Option<Opportunity>> {
    let row = sqlx::query_as!(
        Row,
        r#"select o.id as "id: OpportunityId", o.source, o.opportunity_no, o.customer_id as "customer: CustomerId",
            c.name as "customer_name?", c.segment as "segment?", o.employee_id as "owner: EmployeeId",
            e.name as "owner_name?", o.currency::text as "currency!", o.origin, o.technique, o.state,
            o.stage_id as "stage: StageId", o.stage_since, o.opened_on, o.expected_on, o.next_step, o.next_on, o.note,
            o.closed_on, o.lost_reason, o.lost_text, o.lost_to, o.lost_price, o.deal_id as "deal: DealId",
            d.order_no as "order_no?", d.status as "order_status?", o.amount, o.own_amount,
            o.thread_id as "thread: ThreadId", o.opened_by as "opened_by: UserId", o.version
        from opportunities o left join customers c on c.id = o.customer_id left join employees e on e.id = o.employee_id
        left join deals d on d.id = o.deal_id where o.id = $1"#,
        id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let lines = sqlx::query!(
        r#"select l.line_no, l.product_id as "product: ProductId", p.name, l.quantity, l.amount, l.cost
        from opportunity_lines l join products p on p.id = l.product_id where l.opportunity_id = $1 order by l.line_no"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let lines = lines.into_iter().map(|line| {
        let found = Line {
            line_no: line.line_no,
            product: line.product,
            quantity: line.quantity,
            amount: line.amount,
            cost: line.cost,
        };
        (found, line.name)
    });
    row.read(lines.unzip()).map(Some)
}

impl Row {
    fn read(self, (lines, products): (Vec<Line>, Vec<String>)) -> Result<Opportunity> {
        let loss = self.lost_reason.as_deref().and_then(LossReason::from_code).map(|reason| Loss {
            reason,
            text: self.lost_text,
            to: self.lost_to,
            price: self.lost_price,
        });
        let status = self.order_status.as_deref().and_then(DealStatus::from_code);
        let order = self.deal.zip(self.order_no).zip(status);
        Ok(Opportunity {
            id: self.id,
            draft: Draft {
                source: self.source,
                number: Some(self.opportunity_no),
                customer: self.customer,
                owner: self.owner,
                currency: Currency::parse(&self.currency).ok_or_else(unreadable)?,
                origin: Origin::from_code(&self.origin).ok_or_else(unreadable)?,
                technique: self.technique,
                opened_on: self.opened_on,
                expected_on: self.expected_on,
                next: NextStep { what: self.next_step, on: self.next_on },
                note: self.note,
                lines,
                form_key: None,
            },
            customer_name: self.customer_name.unwrap_or_default(),
            segment: self.segment.unwrap_or_default(),
            owner_name: self.owner_name,
            products,
            state: State::from_code(&self.state).ok_or_else(unreadable)?,
            stage: self.stage,
            stage_since: self.stage_since,
            closed_on: self.closed_on,
            loss,
            order: order.map(|((id, number), status)| OrderLink { id, number, status }),
            amount: self.amount,
            own_amount: self.own_amount,
            thread: self.thread,
            opened_by: self.opened_by,
            version: self.version,
        })
    }
}

/// The one a deal came of, and whose it is.
pub(super) async fn find_of_deal(
    conn: &mut PgConnection,
    deal: DealId,
) -> Result<Option<(OpportunityId, Option<EmployeeId>)>> {
    let row = sqlx::query!(
        r#"select id as "id: OpportunityId", employee_id as "owner: EmployeeId" from opportunities where deal_id = $1"#,
        deal.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.owner)))
}

/// Techniques that were typed before, by these people where they are given; most used first.
pub(super) async fn techniques(conn: &mut PgConnection, people: Option<&[i64]>) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select technique from opportunities where technique <> '' and ($1::bigint[] is null or employee_id = any($1))
        group by 1 order by count(*) desc, 1 limit 20",
        people
    )
    .fetch_all(conn)
    .await?)
}

/// To whom opportunities were lost before, by these people where they are given; most often first.
pub(super) async fn rivals(conn: &mut PgConnection, people: Option<&[i64]>) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select lost_to from opportunities where lost_to <> '' and ($1::bigint[] is null or employee_id = any($1))
        group by 1 order by count(*) desc, 1 limit 50",
        people
    )
    .fetch_all(conn)
    .await?)
}

/// An open opportunity within the span at a place, counted from 1.
pub(super) struct OpenRow {
    pub(super) place: i64,
    pub(super) id: OpportunityId,
    pub(super) stage: StageId,
    pub(super) revenue: i64,
    pub(super) margin: i64,
    pub(super) units: i64,
}

/// Spans column by column: kinds, people, departments, categories, first days, ends.
type SpanColumns<'a> = (&'a [String], &'a [i64], &'a [i64], &'a [i64], &'a [NaiveDate], &'a [NaiveDate]);

pub(super) async fn open_deals(
    conn: &mut PgConnection,
    (kinds, people, departments, categories, firsts, ends): SpanColumns<'_>,
    today: NaiveDate,
) -> Result<Vec<OpenRow>> {
    Ok(sqlx::query_file_as!(
        OpenRow,
        "sql/pipeline_open_deals.sql",
        kinds,
        people,
        departments,
        categories,
        firsts,
        ends,
        today
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn revision(conn: &mut PgConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!("select revision from pipeline_revision").fetch_one(conn).await?)
}

/// An open opportunity with something to do next.
pub(super) struct NextRow {
    pub(super) id: OpportunityId,
    pub(super) customer: Option<String>,
    pub(super) owner: Option<EmployeeId>,
    pub(super) own_amount: i64,
    pub(super) next_step: String,
    pub(super) next_on: Option<NaiveDate>,
    pub(super) expected_on: Option<NaiveDate>,
}

pub(super) async fn next_steps(conn: &mut PgConnection, people: &[i64]) -> Result<Vec<NextRow>> {
    Ok(sqlx::query_as!(
        NextRow,
        r#"select o.id as "id: OpportunityId", c.name as "customer?", o.employee_id as "owner: EmployeeId", o.own_amount,
            o.next_step, o.next_on, o.expected_on
        from opportunities o left join customers c on c.id = o.customer_id
        where o.state = 'open' and o.next_step <> '' and o.employee_id = any($1) order by o.next_on nulls last, o.id"#,
        people
    )
    .fetch_all(conn)
    .await?)
}
