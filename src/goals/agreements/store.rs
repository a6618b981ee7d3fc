//! SQL of agreements and their steps.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::types::PgRange;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::flow::Hand;
use super::shown::{Shown, Sides, Whose};
use super::steps::{Side, Standing, State, Step};
use super::{Agreement, AgreementId, Closed, Taken, Wanted};
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
    subject_ref: String,
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
    closed_by: Option<String>,
    closed_at: Option<DateTime<Utc>>,
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
            subject_ref: self.subject_ref,
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
            closed: self.closed_by.zip(self.closed_at).map(|(by, at)| Closed { by, at }),
            changed_at: self.changed_at,
            version: self.version,
        })
    }
}

const SELECT: &str = "select a.id, a.subject_kind, a.employee_id, a.department_id,
        coalesce(e.name, d.name) as subject_name, coalesce(e.employee_no, d.code) as subject_ref, a.metric, a.category_id, c.name as category_name,
        lower(a.period) as starts_on, upper(a.period) as ends_on, a.currency::text, a.basis, a.state, a.begun_by, a.target,
        a.offered_by, a.thread_id, a.goal_id, k.closed_by, k.closed_at, a.changed_at, a.version
    from agreements a
    left join employees e on e.id = a.employee_id
    left join departments d on d.id = a.department_id
    left join product_categories c on c.id = a.category_id
    left join lateral (
        select u.name as closed_by, o.closed_at from closing_goals f join closings o on o.id = f.closing_id
        join users u on u.id = o.closed_by where f.goal_id = a.goal_id and o.state = 'closed' limit 1
    ) k on true
    where ";

/// Which agreements are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Only those that somebody on these sides may know of.
    pub(super) sides: Sides,
    /// Only those shown like this; nothing for all.
    pub(super) shown: Vec<Shown>,
    /// Only subjects whose name contains these words.
    pub(super) words: String,
    /// Only this metric.
    pub(super) metric: Option<Metric>,
    /// A slice of them in order of id, instead of all by their last step.
    pub(super) slice: Option<Wanted>,
}

pub(super) async fn list(conn: &mut PgConnection, filter: &Filter) -> Result<Vec<Agreement>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    narrow_to_sides(&mut query, &filter.sides);
    if !filter.shown.is_empty() {
        narrow_to_shown(&mut query, &filter.shown);
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(coalesce(e.name, d.name))) > 0");
    }
    if let Some(metric) = filter.metric {
        query.push(" and a.metric = ").push_bind(metric.code());
    }
    match &filter.slice {
        Some(wanted) => cut(&mut query, wanted),
        None => {
            query.push(" order by a.changed_at desc, a.id desc");
        }
    }
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

/// A draft is for the side that prepares it; whoever reads everything reads no drafts.
fn narrow_to_sides(query: &mut QueryBuilder<Postgres>, sides: &Sides) {
    let mut of = |whose: &Whose, side: Side| {
        query.push(if side == Side::Owner { "((" } else { " or (" });
        query.push("(a.employee_id = any(").push_bind(whose.people.clone());
        query.push(") or a.department_id = any(").push_bind(whose.departments.clone());
        query.push(")) and (a.state <> 'draft' or a.begun_by = ").push_bind(side.code()).push("))");
    };
    of(&sides.owner, Side::Owner);
    of(&sides.setter, Side::Setter);
    query.push(if sides.onlooker { " or a.state <> 'draft')" } else { ")" });
}

fn narrow_to_shown(query: &mut QueryBuilder<Postgres>, shown: &[Shown]) {
    let standing = |shown: &Shown| match shown {
        Shown::Standing(state) => Some(state.code().to_owned()),
        Shown::Closed => None,
    };
    let states: Vec<String> = shown.iter().filter_map(standing).collect();
    query.push(" and (k.closed_at is null and a.state = any(").push_bind(states);
    query.push(if shown.contains(&Shown::Closed) { ") or k.closed_at is not null)" } else { "))" });
}

fn cut(query: &mut QueryBuilder<Postgres>, wanted: &Wanted) {
    query.push(" and a.id > ").push_bind(wanted.after);
    if let Some(subject) = &wanted.subject {
        query.push(" and coalesce(e.employee_no, d.code) = ").push_bind(subject.clone());
    }
    if let Some(day) = wanted.starts_on {
        query.push(" and lower(a.period) = ").push_bind(day);
    }
    if let Some(day) = wanted.last_day {
        query.push(" and upper(a.period) - 1 = ").push_bind(day);
    }
    query.push(" order by a.id limit ").push_bind(wanted.rows);
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

/// The steps of some agreements, each in order.
pub(super) async fn list_steps(
    conn: &mut PgConnection,
    ids: &[AgreementId],
) -> Result<Vec<(AgreementId, Taken)>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select s.agreement_id as "agreement: AgreementId", s.step, s.side, s.taken_by as "by: UserId", u.name, s.taken_at, s.target, s.reason
        from agreement_steps s join users u on u.id = s.taken_by where s.agreement_id = any($1)
        order by s.agreement_id, s.number"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().filter_map(|row| {
        let taken = Taken {
            step: Step::from_code(&row.step)?,
            side: Side::from_code(&row.side)?,
            by: row.by,
            name: row.name,
            at: row.taken_at,
            target: row.target,
            reason: row.reason,
        };
        Some((row.agreement, taken))
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

/// Which of some proposals are known: the place in `drafts` of each that was proposed before with the same amount and the same
/// words, whatever has become of it.
pub(super) async fn known(conn: &mut PgConnection, drafts: &[(GoalDraft, String)]) -> Result<Vec<i64>> {
    let column = |read: &dyn Fn(&GoalDraft) -> Option<i64>| -> Vec<Option<i64>> {
        drafts.iter().map(|(draft, _)| read(draft)).collect()
    };
    let places: Vec<i64> = (0_i64..).zip(drafts).map(|(place, _)| place).collect();
    let people = column(&|draft| draft.subject.employee().map(|id| id.0));
    let departments = column(&|draft| draft.subject.department().map(|id| id.0));
    let metrics: Vec<String> = drafts.iter().map(|(draft, _)| draft.metric.code().to_owned()).collect();
    let starts: Vec<NaiveDate> = drafts.iter().map(|(draft, _)| draft.period.start).collect();
    let ends: Vec<NaiveDate> = drafts.iter().map(|(draft, _)| draft.period.end).collect();
    let targets: Vec<i64> = drafts.iter().map(|(draft, _)| draft.target).collect();
    let reasons: Vec<String> = drafts.iter().map(|(_, reason)| reason.trim().to_owned()).collect();
    Ok(sqlx::query_scalar!(
        r#"select distinct u.place as "place!"
        from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::date[], $6::date[], $7::bigint[], $8::text[])
            as u (place, person, department, metric, starts, ends, target, reason)
        join agreements a on (a.employee_id = u.person or a.department_id = u.department) and a.metric = u.metric
            and a.category_id is null and a.period = daterange(u.starts, u.ends)
        join agreement_steps s on s.agreement_id = a.id and s.step = 'propose' and s.target = u.target
            and s.reason = u.reason"#,
        &places,
        &people as &[Option<i64>],
        &departments as &[Option<i64>],
        &metrics,
        &starts,
        &ends,
        &targets,
        &reasons
    )
    .fetch_all(conn)
    .await?)
}
