//! SQL of follow-ups.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::making::{Delivered, Draft};
use super::steps::{Standing, State, Step};
use super::{Filter, FollowUp, FollowUpId};
use crate::error::{AppError, Result};
use crate::kernel::id::{CategoryId, CustomerId, DealId, DepartmentId, EmployeeId, ProductId, UserId};
use crate::service::scope::Scope;

/// So many orders are looked at in one go.
const ORDERS_AT_A_TIME: i64 = 1_000;

#[derive(FromRow)]
struct Row {
    id: FollowUpId,
    customer_id: CustomerId,
    customer: String,
    customer_no: String,
    deal_id: Option<DealId>,
    order_no: Option<String>,
    seller_id: Option<EmployeeId>,
    owner_id: Option<EmployeeId>,
    owner: Option<String>,
    department_id: Option<DepartmentId>,
    department: Option<String>,
    question: String,
    state: String,
    due_on: NaiveDate,
    counts_by: NaiveDate,
    done_on: Option<NaiveDate>,
    score: Option<i16>,
    words: String,
    offer: String,
    amount: Option<i64>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<FollowUp> {
        let state =
            State::from_code(&self.state).ok_or_else(|| AppError::internal("unreadable follow-up"))?;
        let standing = Standing {
            state,
            owner: self.owner_id,
            department: self.department_id,
            due_on: self.due_on,
            counts_by: self.counts_by,
            done_on: self.done_on,
            score: self.score,
            words: self.words,
            offer: self.offer,
            amount: self.amount,
        };
        Ok(FollowUp {
            id: self.id,
            customer: self.customer_id,
            customer_name: self.customer,
            customer_no: self.customer_no,
            deal: self.deal_id,
            order_no: self.order_no,
            seller: self.seller_id,
            owner_name: self.owner,
            department_name: self.department,
            question: self.question,
            standing,
            version: self.version,
        })
    }
}

const SELECT: &str = "select x.id, x.customer_id, c.name as customer, c.customer_no, x.deal_id, d.order_no, d.employee_id as seller_id,
    x.owner_id, e.name as owner, x.department_id, p.name as department, x.question, x.state, x.due_on, x.counts_by,
    x.done_on, x.score, x.words, x.offer, x.amount, x.version";
const FROM: &str =
    " from follow_ups x join customers c on c.id = x.customer_id left join deals d on d.id = x.deal_id
    left join employees e on e.id = x.owner_id left join departments p on p.id = x.department_id where true";

/// Of people or departments. What waits for people is found by whose it is, and not among all that waits, however soon it is due.
fn push_of(query: &mut QueryBuilder<Postgres>, people: &[i64], departments: &[i64], waits: bool) {
    if waits && departments.is_empty() {
        query.push(" and x.id = any(array(select id from follow_ups where state in ('open', 'not_reached') and owner_id = any(");
        query.push_bind(people.to_vec()).push(")))");
        return;
    }
    query.push(" and (x.department_id = any(").push_bind(departments.to_vec()).push(")");
    if !people.is_empty() {
        query.push(" or x.owner_id = any(").push_bind(people.to_vec()).push(")");
    }
    query.push(")");
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(FROM);
    filter.scope.narrow(query);
    if let Some((people, departments)) = &filter.of {
        push_of(query, people, departments, matches!(filter.state.as_deref(), Some("to_do" | "overdue")));
    }
    match filter.state.as_deref() {
        Some("to_do") => {
            // what nobody has ordered any more is not followed up
            query.push(" and x.state in ('open', 'not_reached') and coalesce(d.status, 'booked') = 'booked'");
        }
        Some("overdue") => {
            query.push(" and x.state in ('open', 'not_reached') and coalesce(d.status, 'booked') = 'booked'");
            query.push(" and x.due_on < ").push_bind(filter.today);
        }
        Some(state) => {
            query.push(" and x.state = ").push_bind(state.to_owned());
        }
        None => {}
    }
    if let Some(from) = filter.from {
        query.push(" and x.due_on >= ").push_bind(from);
    }
    if let Some(last) = filter.last {
        query.push(" and x.due_on <= ").push_bind(last);
    }
    if let Some(id) = filter.customer {
        query.push(" and x.customer_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.deal {
        query.push(" and x.deal_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.after {
        query.push(" and x.id > ").push_bind(id);
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(
            ") in lower(c.name || ' ' || coalesce(d.order_no, '') || ' ' || coalesce(e.name, p.name))) > 0",
        );
    }
}

pub(super) async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*)");
    narrow(&mut query, filter);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<FollowUp>> {
    let mut query = QueryBuilder::new(SELECT);
    narrow(&mut query, filter);
    query.push(match column {
        "customer" => " order by lower(c.name)",
        "owner" => " order by lower(coalesce(e.name, p.name))",
        "score" => " order by x.score",
        "id" => " order by x.id",
        _ => " order by x.due_on",
    });
    query.push(if descending { " desc nulls last, x.id desc" } else { ", x.id" });
    query.push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

pub(super) async fn find(conn: &mut PgConnection, scope: &Scope, id: FollowUpId) -> Result<Option<FollowUp>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(FROM);
    scope.narrow(&mut query);
    query.push(" and x.id = ").push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

/// `None` when `version` is stale.
pub(super) async fn save(
    conn: &mut PgConnection,
    id: FollowUpId,
    version: i64,
    standing: &Standing,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update follow_ups set state = $3, owner_id = $4, department_id = $5, due_on = $6, counts_by = $7, done_on = $8,
            score = $9, words = $10, offer = $11, amount = $12, version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        standing.state.code(),
        standing.owner.map(|id| id.0),
        standing.department.map(|id| id.0),
        standing.due_on,
        standing.counts_by,
        standing.done_on,
        standing.score,
        standing.words,
        standing.offer,
        standing.amount
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// A step that was taken.
pub(super) struct Taken {
    pub(super) number: i32,
    pub(super) step: String,
    pub(super) name: Option<String>,
    pub(super) at: DateTime<Utc>,
    pub(super) words: String,
    pub(super) before: serde_json::Value,
    pub(super) undone: bool,
}

/// Oldest first.
pub(super) async fn steps(conn: &mut PgConnection, id: FollowUpId) -> Result<Vec<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"select s.number, s.step, u.name as "name?", s.taken_at as at, s.words, s.before, s.taken_back as undone
        from follow_up_steps s left join users u on u.id = s.taken_by where s.follow_up_id = $1 order by s.number"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: FollowUpId,
    (step, words): (Step, &str),
    before: &Standing,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = serde_json::to_value(before).map_err(AppError::internal)?;
    sqlx::query!(
        "insert into follow_up_steps (follow_up_id, number, step, taken_by, taken_at, words, before, taken_back)
        select $1, 1 + coalesce(max(number), 0), $2, $3, $4, $5, $6, $2 = 'back' from follow_up_steps where follow_up_id = $1",
        id.0,
        step.code(),
        by.map(|user| user.0),
        now,
        words,
        before
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether the latest step that still stands was this account's.
pub(super) async fn took_latest(conn: &mut PgConnection, id: FollowUpId, user: UserId) -> Result<bool> {
    let latest = sqlx::query_scalar!(
        "select taken_by from follow_up_steps where follow_up_id = $1 and not taken_back order by number desc limit 1",
        id.0
    );
    Ok(latest.fetch_optional(conn).await?.flatten() == Some(user.0))
}

pub(super) async fn save_taken_back(conn: &mut PgConnection, id: FollowUpId, number: i32) -> Result<()> {
    sqlx::query!(
        "update follow_up_steps set taken_back = true where follow_up_id = $1 and number = $2",
        id.0,
        number
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Orders that were wholly delivered since a day, by today, and have no follow-up by a rule yet, with what was bought; only one order
/// where one is asked for.
pub(super) async fn delivered(
    conn: &mut PgConnection,
    deal: Option<DealId>,
    (since, today): (NaiveDate, NaiveDate),
    after: DealId,
) -> Result<Vec<Delivered>> {
    let deal = deal.map(|id| id.0);
    let rows = sqlx::query_file!("sql/delivered_deals.sql", deal, since, today, after.0, ORDERS_AT_A_TIME);
    let pair = |(product, category): (i64, i64)| (ProductId(product), CategoryId(category));
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows
        .map(|row| Delivered {
            deal: row.deal,
            customer: row.customer,
            seller: row.seller,
            on: row.delivered_on,
            bought: row.products.into_iter().zip(row.categories).map(pair).collect(),
        })
        .collect())
}

/// Keeps a follow-up from being changed by anybody else until the transaction ends.
pub(super) async fn lock(conn: &mut PgConnection, id: FollowUpId) -> Result<()> {
    sqlx::query!("select id from follow_ups where id = $1 for update", id.0).fetch_optional(conn).await?;
    Ok(())
}

/// How many open ones everybody has.
pub(super) async fn open_counts(conn: &mut PgConnection) -> Result<HashMap<EmployeeId, i64>> {
    let rows = sqlx::query!(
        r#"select owner_id as "owner!: EmployeeId", count(*) as "open!" from follow_ups
        where state in ('open', 'not_reached') and owner_id is not null group by owner_id"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.owner, row.open)).collect())
}

/// Stores drafts; those that are there already, by order and rule or by source and number, are left as they are.
pub(super) async fn insert_all(
    conn: &mut PgConnection,
    drafts: &[Draft],
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Vec<(FollowUpId, Option<EmployeeId>)>> {
    let ids = |id: fn(&Draft) -> Option<i64>| drafts.iter().map(id).collect::<Vec<_>>();
    let rows = sqlx::query!(
        r#"insert into follow_ups (customer_id, deal_id, rule_id, owner_id, department_id, question, due_on, counts_by,
            source, external_no, opened_by, opened_at)
        select d.customer, d.deal, d.rule, d.owner, d.department, d.question, d.due, d.due, d.source, d.no, $10, $11
        from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::date[],
            $8::text[], $9::text[]) d (customer, deal, rule, owner, department, question, due, source, no)
        on conflict do nothing returning id as "id: FollowUpId", owner_id as "owner: EmployeeId""#,
        &drafts.iter().map(|draft| draft.customer.0).collect::<Vec<_>>(),
        &ids(|draft| draft.deal.map(|id| id.0)) as &[Option<i64>],
        &ids(|draft| draft.rule.map(|id| id.0)) as &[Option<i64>],
        &ids(|draft| draft.owner.map(|id| id.0)) as &[Option<i64>],
        &ids(|draft| draft.department.map(|id| id.0)) as &[Option<i64>],
        &drafts.iter().map(|draft| draft.question.clone()).collect::<Vec<_>>(),
        &drafts.iter().map(|draft| draft.due_on).collect::<Vec<_>>(),
        &drafts.iter().map(|draft| draft.origin.as_ref().map(|o| o.source.clone())).collect::<Vec<_>>()
            as &[Option<String>],
        &drafts.iter().map(|draft| draft.origin.as_ref().map(|o| o.number.clone())).collect::<Vec<_>>()
            as &[Option<String>],
        by.map(|user| user.0),
        now
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.owner)).collect())
}

/// The follow-up of a source and number.
pub(super) async fn by_origin(
    conn: &mut PgConnection,
    source: &str,
    number: &str,
) -> Result<Option<FollowUpId>> {
    Ok(sqlx::query_scalar!(
        r#"select id as "id: FollowUpId" from follow_ups where source = $1 and external_no = $2"#,
        source,
        number
    )
    .fetch_optional(conn)
    .await?)
}

/// Open ones whose day is over and of which that was not noted, kept from changing until the transaction ends.
pub(super) async fn late(conn: &mut PgConnection, today: NaiveDate, most: i64) -> Result<Vec<FollowUp>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    query.push(FROM).push(" and x.state in ('open', 'not_reached') and not x.late_noted and x.counts_by < ");
    query.push_bind(today).push(" and coalesce(d.status, 'booked') = 'booked' order by x.counts_by limit ");
    query.push_bind(most).push(" for update of x skip locked");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}
