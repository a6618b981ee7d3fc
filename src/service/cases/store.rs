//! SQL of cases and what is promised.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::promises::{Promise, PromiseId};
use super::steps::{Standing, State, Step};
use super::{Case, CaseId, Category, Channel, Draft, Filter, Severity};
use crate::error::{AppError, Result};
use crate::kernel::id::{CustomerId, DealId, DepartmentId, EmployeeId, LineId, UserId};
use crate::service::scope::Scope;
use crate::talks::ThreadId;

#[derive(FromRow)]
struct Row {
    id: CaseId,
    customer_id: CustomerId,
    customer: String,
    customer_no: String,
    deal_id: Option<DealId>,
    order_no: Option<String>,
    product: Option<String>,
    seller_id: Option<EmployeeId>,
    category: String,
    severity: String,
    title: String,
    description: String,
    channel: String,
    opener: Option<String>,
    owner_id: Option<EmployeeId>,
    owner: Option<String>,
    department_id: DepartmentId,
    department: String,
    state: String,
    opened_at: DateTime<Utc>,
    reply_due: DateTime<Utc>,
    solve_due: DateTime<Utc>,
    replied_at: Option<DateTime<Utc>>,
    solved_at: Option<DateTime<Utc>>,
    reply_minutes: Option<i64>,
    solve_minutes: Option<i64>,
    paused_since: Option<DateTime<Utc>>,
    paused_minutes: i64,
    thread_id: ThreadId,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Case> {
        let unreadable = || AppError::internal("unreadable case");
        let standing = Standing {
            state: State::from_code(&self.state).ok_or_else(unreadable)?,
            owner: self.owner_id,
            department: self.department_id,
            opened_at: self.opened_at,
            reply_due: self.reply_due,
            solve_due: self.solve_due,
            replied_at: self.replied_at,
            solved_at: self.solved_at,
            reply_minutes: self.reply_minutes,
            solve_minutes: self.solve_minutes,
            paused_since: self.paused_since,
            paused_minutes: self.paused_minutes,
        };
        Ok(Case {
            id: self.id,
            customer: self.customer_id,
            customer_name: self.customer,
            customer_no: self.customer_no,
            deal: self.deal_id,
            order_no: self.order_no,
            product: self.product,
            seller: self.seller_id,
            category: Category::from_code(&self.category).ok_or_else(unreadable)?,
            severity: Severity::from_code(&self.severity).ok_or_else(unreadable)?,
            title: self.title,
            description: self.description,
            channel: Channel::from_code(&self.channel).ok_or_else(unreadable)?,
            opened_by: self.opener,
            owner_name: self.owner,
            department_name: self.department,
            standing,
            thread: self.thread_id,
            version: self.version,
        })
    }
}

const SELECT: &str = "select x.id, x.customer_id, c.name as customer, c.customer_no, x.deal_id, d.order_no, t.name as product,
    d.employee_id as seller_id, x.category, x.severity, x.title, x.description, x.channel, u.name as opener, x.owner_id,
    e.name as owner, x.department_id, p.name as department, x.state, x.opened_at, x.reply_due, x.solve_due, x.replied_at,
    x.solved_at, x.reply_minutes, x.solve_minutes, x.paused_since, x.paused_minutes, x.thread_id, x.version";
const FROM: &str = " from cases x join customers c on c.id = x.customer_id join departments p on p.id = x.department_id
    left join deals d on d.id = x.deal_id left join employees e on e.id = x.owner_id left join users u on u.id = x.opened_by
    left join deal_lines i on i.id = x.line_id left join products t on t.id = i.product_id where true";
/// What is to be done next by when, as [`Standing::due`] says.
const DUE: &str = "case when x.state in ('waiting', 'solved', 'closed') then null
    when x.replied_at is null then least(x.reply_due, x.solve_due) else x.solve_due end";

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(FROM);
    filter.scope.narrow(query);
    if let Some((people, departments)) = &filter.of {
        query.push(" and (x.owner_id = any(").push_bind(people.clone());
        query.push(") or x.department_id = any(").push_bind(departments.clone()).push("))");
    }
    match filter.state.as_deref() {
        Some("open") => {
            query.push(" and x.state not in ('solved', 'closed')");
        }
        Some("overdue") => {
            query.push(" and x.state not in ('solved', 'closed') and ").push(DUE).push(" < ");
            query.push_bind(filter.now);
        }
        Some(state) => {
            query.push(" and x.state = ").push_bind(state.to_owned());
        }
        None => {}
    }
    if let Some(category) = filter.category {
        query.push(" and x.category = ").push_bind(category.code());
    }
    if let Some(severity) = filter.severity {
        query.push(" and x.severity = ").push_bind(severity.code());
    }
    if let Some(from) = filter.opened.0 {
        query.push(" and x.opened_at >= ").push_bind(from);
    }
    if let Some(until) = filter.opened.1 {
        query.push(" and x.opened_at < ").push_bind(until);
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
        query.push(") in lower(c.name || ' ' || x.title || ' ' || coalesce(d.order_no, '') || ' ' || coalesce(e.name, p.name))) > 0");
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
) -> Result<Vec<Case>> {
    let mut query = QueryBuilder::new(SELECT);
    narrow(&mut query, filter);
    query.push(" order by ").push(match column {
        "customer" => "lower(c.name)",
        "owner" => "lower(coalesce(e.name, p.name))",
        "opened" => "x.opened_at",
        "id" => "x.id",
        _ => DUE,
    });
    query.push(if descending { " desc nulls last, x.id desc" } else { " nulls last, x.id" });
    query.push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

pub(super) async fn find(conn: &mut PgConnection, scope: Option<&Scope>, id: CaseId) -> Result<Option<Case>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(FROM);
    if let Some(scope) = scope {
        scope.narrow(&mut query);
    }
    query.push(" and x.id = ").push_bind(id.0);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

/// `None` when the same number of the same source is there already.
pub(super) async fn insert(
    conn: &mut PgConnection,
    draft: &Draft,
    standing: &Standing,
    thread: ThreadId,
    by: Option<UserId>,
) -> Result<Option<CaseId>> {
    let origin = draft.origin.as_ref();
    let id = sqlx::query_scalar!(
        r#"insert into cases (customer_id, deal_id, line_id, source, external_no, category, severity, title, description,
            channel, opened_by, opened_at, follow_up_id, owner_id, department_id, state, reply_due, solve_due, thread_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        on conflict (source, external_no) do nothing returning id as "id: CaseId""#,
        draft.customer.0,
        draft.deal.map(|id| id.0),
        draft.line.map(|id| id.0),
        origin.map(|origin| origin.source.clone()),
        origin.map(|origin| origin.number.clone()),
        draft.category.code(),
        draft.severity.code(),
        draft.title,
        draft.description,
        draft.channel.code(),
        by.map(|user| user.0),
        standing.opened_at,
        draft.follow_up.map(|id| id.0),
        standing.owner.map(|id| id.0),
        standing.department.0,
        standing.state.code(),
        standing.reply_due,
        standing.solve_due,
        thread.0
    );
    Ok(id.fetch_optional(conn).await?)
}

/// The case of a source and number.
pub(super) async fn by_origin(conn: &mut PgConnection, source: &str, number: &str) -> Result<Option<CaseId>> {
    let id = sqlx::query_scalar!(
        r#"select id as "id: CaseId" from cases where source = $1 and external_no = $2"#,
        source,
        number
    );
    Ok(id.fetch_optional(conn).await?)
}

/// `None` when `version` is stale.
pub(super) async fn save(
    conn: &mut PgConnection,
    id: CaseId,
    version: i64,
    standing: &Standing,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update cases set state = $3, owner_id = $4, department_id = $5, solve_due = $6, replied_at = $7, solved_at = $8,
            reply_minutes = $9, solve_minutes = $10, paused_since = $11, paused_minutes = $12, version = version + 1
        where id = $1 and version = $2",
        id.0,
        version,
        standing.state.code(),
        standing.owner.map(|id| id.0),
        standing.department.0,
        standing.solve_due,
        standing.replied_at,
        standing.solved_at,
        standing.reply_minutes,
        standing.solve_minutes,
        standing.paused_since,
        standing.paused_minutes
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
pub(super) async fn steps(conn: &mut PgConnection, id: CaseId) -> Result<Vec<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"select s.number, s.step, u.name as "name?", s.taken_at as at, s.words, s.before, s.taken_back as undone
        from case_steps s left join users u on u.id = s.taken_by where s.case_id = $1 order by s.number"#,
        id.0
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: CaseId,
    (step, words): (Step, &str),
    before: &Standing,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = serde_json::to_value(before).map_err(AppError::internal)?;
    sqlx::query!(
        "insert into case_steps (case_id, number, step, taken_by, taken_at, words, before, taken_back)
        select $1, 1 + coalesce(max(number), 0), $2, $3, $4, $5, $6, $2 = 'back' from case_steps where case_id = $1",
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

pub(super) async fn save_taken_back(conn: &mut PgConnection, id: CaseId, number: i32) -> Result<()> {
    sqlx::query!("update case_steps set taken_back = true where case_id = $1 and number = $2", id.0, number)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lines of an order that a case can be about, with the names of their products.
pub(super) async fn lines(conn: &mut PgConnection, deal: DealId) -> Result<Vec<(LineId, String)>> {
    let rows = sqlx::query!(
        r#"select l.id as "id: LineId", p.name from deal_lines l join products p on p.id = l.product_id
        where l.deal_id = $1 and not l.removed order by l.line_no"#,
        deal.0
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The table of what is promised, the row for everything first.
pub(super) async fn promises(conn: &mut PgConnection) -> Result<Vec<Promise>> {
    let rows = sqlx::query!(
        r#"select id as "id: PromiseId", category, severity, reply_hours, solve_hours, version from case_promises
        order by category is not null, severity is not null, category, severity"#
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    Ok(rows
        .map(|row| Promise {
            id: row.id,
            category: row.category.as_deref().and_then(Category::from_code),
            severity: row.severity.as_deref().and_then(Severity::from_code),
            reply_hours: row.reply_hours,
            solve_hours: row.solve_hours,
            version: row.version,
        })
        .collect())
}

pub(super) async fn insert_promise(
    conn: &mut PgConnection,
    category: Option<Category>,
    severity: Option<Severity>,
    (reply_hours, solve_hours): (i32, i32),
) -> std::result::Result<PromiseId, sqlx::Error> {
    sqlx::query_scalar!(
        r#"insert into case_promises (category, severity, reply_hours, solve_hours) values ($1, $2, $3, $4)
        returning id as "id: PromiseId""#,
        category.map(Category::code),
        severity.map(Severity::code),
        reply_hours,
        solve_hours
    )
    .fetch_one(conn)
    .await
}

/// `None` when `version` is stale.
pub(super) async fn save_promise(
    conn: &mut PgConnection,
    id: PromiseId,
    version: i64,
    (reply_hours, solve_hours): (i32, i32),
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update case_promises set reply_hours = $3, solve_hours = $4, version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        reply_hours,
        solve_hours
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Takes a row away that is not the one for everything.
pub(super) async fn delete_promise(conn: &mut PgConnection, id: PromiseId) -> Result<Option<()>> {
    let done = sqlx::query!(
        "delete from case_promises where id = $1 and (category is not null or severity is not null)",
        id.0
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
