//! SQL of agreements and their steps.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::types::PgRange;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::flow::Hand;
use super::steps::{Side, Standing, State, Step};
use super::{Agreement, AgreementId, Taken};
use crate::attainment::Metric;
use crate::error::{AppError, Result};
use crate::goals::{GoalDraft, Subject};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, DepartmentId, EmployeeId, GoalId, UserId};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::talks::ThreadId;

type Sql<T> = std::result::Result<T, sqlx::Error>;

#[derive(FromRow)]
struct Row {
    id: AgreementId,
    subject_kind: String,
    employee_id: Option<EmployeeId>,
    department_id: Option<DepartmentId>,
    subject_name: String,
    metric: String,
    category_id: Option<CategoryId>,
    category_name: Option<String>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    currency: Option<String>,
    basis: Basis,
    state: String,
    begun_by: String,
    target: i64,
    offered_by: String,
    thread_id: ThreadId,
    goal_id: Option<GoalId>,
    changed_at: DateTime<Utc>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Agreement> {
        let unreadable = || AppError::internal("unreadable agreement");
        let side = |code: &str| Side::from_code(code).ok_or_else(unreadable);
        Ok(Agreement {
            id: self.id,
            subject: Subject::read(&self.subject_kind, self.employee_id, self.department_id)
                .ok_or_else(unreadable)?,
            subject_name: self.subject_name,
            metric: Metric::from_code(&self.metric).ok_or_else(unreadable)?,
            category: self.category_id.zip(self.category_name),
            period: Period::new(self.starts_on, self.ends_on).ok_or_else(unreadable)?,
            currency: self.currency.as_deref().and_then(Currency::parse),
            basis: self.basis,
            standing: Standing {
                state: State::from_code(&self.state).ok_or_else(unreadable)?,
                begun_by: side(&self.begun_by)?,
                offered_by: side(&self.offered_by)?,
                target: self.target,
            },
            thread: self.thread_id,
            goal: self.goal_id,
            changed_at: self.changed_at,
            version: self.version,
        })
    }
}

const SELECT: &str = "select a.id, a.subject_kind, a.employee_id, a.department_id,
        coalesce(e.name, d.name) as subject_name, a.metric, a.category_id, c.name as category_name,
        lower(a.period) as starts_on, upper(a.period) as ends_on, a.currency::text, a.basis, a.state, a.begun_by, a.target,
        a.offered_by, a.thread_id, a.goal_id, a.changed_at, a.version
    from agreements a
    left join employees e on e.id = a.employee_id
    left join departments d on d.id = a.department_id
    left join product_categories c on c.id = a.category_id
    where ";

/// Which agreements are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Only about goals of these; nothing for everybody's.
    pub(super) subjects: Option<(Vec<i64>, Vec<i64>)>,
    /// Only in these states; nothing for all.
    pub(super) states: Vec<State>,
    /// Only subjects whose name contains these words.
    pub(super) words: String,
    /// Only this metric.
    pub(super) metric: Option<Metric>,
}

pub(super) async fn list(conn: &mut PgConnection, filter: &Filter) -> Result<Vec<Agreement>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    query.push("true");
    if let Some((people, departments)) = &filter.subjects {
        query.push(" and (a.employee_id = any(").push_bind(people.clone());
        query.push(") or a.department_id = any(").push_bind(departments.clone()).push("))");
    }
    if !filter.states.is_empty() {
        let states: Vec<String> = filter.states.iter().map(|state| state.code().to_owned()).collect();
        query.push(" and a.state = any(").push_bind(states).push(")");
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(coalesce(e.name, d.name))) > 0");
    }
    if let Some(metric) = filter.metric {
        query.push(" and a.metric = ").push_bind(metric.code());
    }
    query.push(" order by a.changed_at desc, a.id desc");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

async fn one(conn: &mut PgConnection, mut query: QueryBuilder<Postgres>) -> Result<Option<Agreement>> {
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

pub(super) async fn find(conn: &mut PgConnection, id: AgreementId) -> Result<Option<Agreement>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push("a.id = ").push_bind(id.0);
    one(conn, query).await
}

pub(super) async fn find_of_goal(conn: &mut PgConnection, goal: GoalId) -> Result<Option<Agreement>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push("a.goal_id = ").push_bind(goal.0);
    one(conn, query).await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    draft: &GoalDraft,
    currency: Option<Currency>,
    standing: &Standing,
    thread: ThreadId,
    now: DateTime<Utc>,
) -> Sql<AgreementId> {
    sqlx::query_scalar!(
        r#"insert into agreements (subject_kind, employee_id, department_id, metric, category_id, period, currency,
            state, begun_by, target, offered_by, thread_id, changed_at, basis)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
            coalesce($14::smallint, (select basis from settings), 0::smallint)) returning id as "id: AgreementId""#,
        draft.subject.kind(),
        draft.subject.employee().map(|id| id.0),
        draft.subject.department().map(|id| id.0),
        draft.metric.code(),
        draft.category.map(|id| id.0),
        PgRange::from(draft.period.start..draft.period.end),
        currency.map(|currency| currency.code().to_owned()),
        standing.state.code(),
        standing.begun_by.code(),
        standing.target,
        standing.offered_by.code(),
        thread.0,
        now,
        draft.asked_basis().map(Basis::number)
    )
    .fetch_one(conn)
    .await
}

/// `None` when `version` is stale.
pub(super) async fn save(
    conn: &mut PgConnection,
    id: AgreementId,
    version: i64,
    standing: &Standing,
    goal: Option<GoalId>,
    now: DateTime<Utc>,
) -> Sql<Option<()>> {
    let done = sqlx::query!(
        "update agreements set state = $3, target = $4, offered_by = $5, goal_id = $6, changed_at = $7,
            version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        standing.state.code(),
        standing.target,
        standing.offered_by.code(),
        goal.map(|goal| goal.0),
        now
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// Keeps the agreement to oneself until the transaction ends; `None` when `version` is stale.
pub(super) async fn lock(conn: &mut PgConnection, id: AgreementId, version: i64) -> Result<Option<()>> {
    let found = sqlx::query_scalar!("select version from agreements where id = $1 for update", id.0)
        .fetch_optional(conn)
        .await?;
    Ok((found == Some(version)).then_some(()))
}

pub(super) async fn next_number(conn: &mut PgConnection, id: AgreementId) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(max(number), 0) + 1 as "n!" from agreement_steps where agreement_id = $1"#,
        id.0
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn insert_step(
    conn: &mut PgConnection,
    id: AgreementId,
    number: i32,
    step: Step,
    hand: &Hand,
    target: i64,
    reason: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into agreement_steps (agreement_id, number, step, taken_by, side, taken_at, target, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        number,
        step.code(),
        hand.user.0,
        hand.side.code(),
        hand.at,
        target,
        reason.trim()
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn list_steps(conn: &mut PgConnection, id: AgreementId) -> Result<Vec<Taken>> {
    let rows = sqlx::query!(
        r#"select s.step, s.side, s.taken_by as "by: UserId", u.name, s.taken_at, s.target, s.reason
        from agreement_steps s join users u on u.id = s.taken_by where s.agreement_id = $1 order by s.number"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().filter_map(|row| {
        Some(Taken {
            step: Step::from_code(&row.step)?,
            side: Side::from_code(&row.side)?,
            by: row.by,
            name: row.name,
            at: row.taken_at,
            target: row.target,
            reason: row.reason,
        })
    });
    Ok(taken.collect())
}

/// Who made the offer that is on the table, and when.
pub(super) async fn latest_offer(
    conn: &mut PgConnection,
    id: AgreementId,
) -> Result<(UserId, DateTime<Utc>)> {
    let row = sqlx::query!(
        r#"select taken_by as "by: UserId", taken_at from agreement_steps
        where agreement_id = $1 and step in ('draft', 'propose', 'change', 'counter')
        order by number desc limit 1"#,
        id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.by, row.taken_at))
}
