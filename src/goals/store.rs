//! SQL of goals and their versions.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::types::PgRange;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::{
    Approval, Goal, GoalDraft, GoalFilter, GoalTerms, GoalVersion, NamedKind, Pick, ReasonClass,
    RevisionDraft, Slice, Subject, Viewer,
};
use crate::attainment::Metric;
use crate::attainment::fair::Season;
use crate::attainment::view::Kind;
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, DepartmentId, EmployeeId, GoalId, UserId};
use crate::kernel::money::Currency;
use crate::kernel::period::Period;
use crate::talks::ThreadId;

type Sql<T> = std::result::Result<T, sqlx::Error>;

#[derive(FromRow)]
struct GoalRow {
    id: GoalId,
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
    prorated: bool,
    season: Option<Vec<i16>>,
    weight: Option<i16>,
    basis: Basis,
    version: i64,
}

const SELECT: &str = "select g.id, g.subject_kind, g.employee_id, g.department_id,
        coalesce(e.name, d.name) as subject_name, coalesce(e.employee_no, d.code) as subject_ref, g.metric,
        g.category_id, c.name as category_name, lower(g.period) as starts_on, upper(g.period) as ends_on,
        g.currency::text, g.prorated, g.season, g.weight, g.basis, g.version
    from goals g
    left join employees e on e.id = g.employee_id
    left join departments d on d.id = g.department_id
    left join product_categories c on c.id = g.category_id
    where ";

const ORDER: &str =
    " order by lower(g.period), upper(g.period), g.subject_kind, subject_name, g.metric, g.id";

pub(super) async fn list(
    conn: &mut PgConnection,
    viewer: Viewer,
    filter: &GoalFilter,
    pick: Pick,
) -> Result<Vec<Goal>> {
    let mut query = QueryBuilder::new(SELECT);
    match pick {
        Pick::Present => query.push("g.removed_at is null"),
        Pick::One(id) => query.push("g.removed_at is null and g.id = ").push_bind(id.0),
        Pick::Removed(id) => query.push("g.removed_at is not null and g.id = ").push_bind(id.0),
    };
    narrow_to_viewer(&mut query, viewer);
    narrow(&mut query, filter);
    if let Some(slice) = &filter.slice {
        cut(&mut query, slice);
    } else {
        query.push(ORDER);
    }
    let rows: Vec<GoalRow> = query.build_query_as().fetch_all(&mut *conn).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let mut versions = list_versions(conn, &ids, filter.recorded_until).await?;
    let goals = rows.into_iter().map(|row| {
        let versions = versions.remove(&row.id).unwrap_or_default();
        read_goal(row, versions)
    });
    let mut goals = goals.collect::<Result<Vec<Goal>>>()?;
    goals.retain(|goal| !goal.versions.is_empty());
    Ok(goals)
}

#[derive(FromRow)]
struct KindRow {
    metric: String,
    category_id: Option<CategoryId>,
    category_name: Option<String>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
}

/// What kinds of goals a viewer sees, latest period first.
pub(super) async fn list_kinds(conn: &mut PgConnection, viewer: Viewer) -> Result<Vec<NamedKind>> {
    let mut query = QueryBuilder::new(
        "select distinct g.metric, g.category_id, c.name as category_name, lower(g.period) as starts_on,
            upper(g.period) as ends_on
        from goals g left join product_categories c on c.id = g.category_id where g.removed_at is null",
    );
    narrow_to_viewer(&mut query, viewer);
    query.push(" order by starts_on desc, ends_on desc, category_name nulls first");
    let rows: Vec<KindRow> = query.build_query_as().fetch_all(conn).await?;
    let kind = |row: KindRow| {
        let period = Period::new(row.starts_on, row.ends_on)?;
        let kind = Kind { metric: Metric::from_code(&row.metric)?, category: row.category_id, period };
        Some(NamedKind { kind, category: row.category_name })
    };
    Ok(rows.into_iter().filter_map(kind).collect())
}

/// A person's goals are for those who may see the person; totals for those who may see the department.
fn narrow_to_viewer(query: &mut QueryBuilder<Postgres>, viewer: Viewer) {
    if viewer.everyone {
        return;
    }
    let employee = viewer.employee.map(|id| id.0);
    query.push(" and (g.employee_id in (select v.employee_id from visible_employees(");
    query.push_bind(employee).push(", false, ").push_bind(viewer.today).push(") v) or g.department_id in (");
    query.push("select v.department_id from visible_departments(");
    query.push_bind(employee).push(", false, ").push_bind(viewer.today).push(") v))");
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &GoalFilter) {
    if let Some(ids) = &filter.ids {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        query.push(" and g.id = any(").push_bind(ids).push(")");
    }
    if let Some(subjects) = &filter.subjects {
        let people: Vec<i64> = subjects.iter().filter_map(|s| s.employee()).map(|id| id.0).collect();
        let departments: Vec<i64> = subjects.iter().filter_map(|s| s.department()).map(|id| id.0).collect();
        query.push(" and (g.employee_id = any(").push_bind(people);
        query.push(") or g.department_id = any(").push_bind(departments).push("))");
    }
    if let Some(metric) = filter.metric {
        query.push(" and g.metric = ").push_bind(metric.code());
    }
    if let Some(category) = filter.category {
        query.push(" and g.category_id is not distinct from ").push_bind(category.map(|id| id.0));
    }
    if let Some(period) = filter.period {
        query.push(" and g.period = ").push_bind(PgRange::from(period.start..period.end));
    }
    if let Some(day) = filter.on {
        query.push(" and g.period @> ").push_bind(day);
    }
}

fn cut(query: &mut QueryBuilder<Postgres>, slice: &Slice) {
    query.push(" and g.id > ").push_bind(slice.after);
    if let Some(kind) = slice.kind {
        query.push(" and g.subject_kind = ").push_bind(kind);
    }
    if let Some(subject) = &slice.subject {
        query.push(" and coalesce(e.employee_no, d.code) = ").push_bind(subject.clone());
    }
    if let Some(day) = slice.starts_on {
        query.push(" and lower(g.period) = ").push_bind(day);
    }
    if let Some(day) = slice.last_day {
        query.push(" and upper(g.period) - 1 = ").push_bind(day);
    }
    query.push(" order by g.id limit ").push_bind(slice.rows);
}

fn read_goal(row: GoalRow, versions: Vec<GoalVersion>) -> Result<Goal> {
    let unreadable = || AppError::internal("unreadable goal");
    Ok(Goal {
        id: row.id,
        subject: Subject::read(&row.subject_kind, row.employee_id, row.department_id)
            .ok_or_else(unreadable)?,
        subject_name: row.subject_name,
        subject_ref: row.subject_ref,
        metric: Metric::from_code(&row.metric).ok_or_else(unreadable)?,
        category: row.category_id.zip(row.category_name),
        period: Period::new(row.starts_on, row.ends_on).ok_or_else(unreadable)?,
        currency: row.currency.as_deref().and_then(Currency::parse),
        versions,
        terms: GoalTerms {
            prorated: row.prorated,
            season: row.season.as_deref().and_then(Season::read),
            weight: row.weight,
            basis: row.basis,
        },
        version: row.version,
    })
}

async fn list_versions(
    conn: &mut PgConnection,
    goals: &[i64],
    until: Option<DateTime<Utc>>,
) -> Result<HashMap<GoalId, Vec<GoalVersion>>> {
    let rows = sqlx::query!(
        r#"select v.goal_id as "goal: GoalId", v.number, v.target, v.effective_on, v.from_here, v.recorded_at, v.reason_class,
            v.reason, u.name as "proposed_by?", a.name as "approved_by?"
        from goal_versions v left join users u on u.id = v.proposed_by left join users a on a.id = v.approved_by
        where v.goal_id = any($1) and ($2::timestamptz is null or v.recorded_at <= $2)
        order by v.goal_id, v.number"#,
        goals,
        until
    )
    .fetch_all(conn)
    .await?;
    let mut versions: HashMap<GoalId, Vec<GoalVersion>> = HashMap::new();
    for row in rows {
        versions.entry(row.goal).or_default().push(GoalVersion {
            number: row.number,
            target: row.target,
            effective_on: row.effective_on,
            from_here: row.from_here,
            recorded_at: row.recorded_at,
            reason_class: row.reason_class.as_deref().and_then(ReasonClass::from_code),
            reason: row.reason,
            proposed_by: row.proposed_by,
            approved_by: row.approved_by,
        });
    }
    Ok(versions)
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    draft: &GoalDraft,
    currency: Option<Currency>,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Sql<GoalId> {
    sqlx::query_scalar!(
        r#"insert into goals (subject_kind, employee_id, department_id, metric, category_id, period, currency,
            created_by, created_at, prorated, basis)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $1 = 'person', coalesce($10::smallint, (select basis from settings), 0::smallint)) returning id as "id: GoalId""#,
        draft.subject.kind(),
        draft.subject.employee().map(|id| id.0),
        draft.subject.department().map(|id| id.0),
        draft.metric.code(),
        draft.category.map(|id| id.0),
        PgRange::from(draft.period.start..draft.period.end),
        currency.map(|currency| currency.code().to_owned()),
        by.map(|user| user.0),
        now,
        draft.asked_basis().map(Basis::number)
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert_original(
    conn: &mut PgConnection,
    id: GoalId,
    draft: &GoalDraft,
    approval: &Approval,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into goal_versions
            (goal_id, number, target, effective_on, recorded_at, proposed_by, approved_by, reason)
        values ($1, 1, $2, $3, $4, $5, $6, $7)",
        id.0,
        draft.target,
        draft.period.start,
        now,
        approval.proposed_by.map(|user| user.0),
        approval.approved_by.map(|user| user.0),
        approval.reason.trim()
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn insert_version(
    conn: &mut PgConnection,
    id: GoalId,
    number: i32,
    draft: &RevisionDraft,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into goal_versions
            (goal_id, number, target, effective_on, recorded_at, reason_class, reason, proposed_by, approved_by,
            from_here)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        id.0,
        number,
        draft.target,
        draft.effective_on,
        now,
        draft.class.code(),
        draft.reason.trim(),
        by.map(|user| user.0),
        draft.from_here
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// `None` when `version` is stale.
pub(super) async fn save_terms(
    conn: &mut PgConnection,
    id: GoalId,
    version: i64,
    terms: &GoalTerms,
) -> Result<Option<()>> {
    let season = terms.season.map(|season| season.0.to_vec());
    let done = sqlx::query!(
        "update goals set prorated = $3, season = $4, weight = $5, basis = $6, version = version + 1
        where id = $1 and version = $2 and removed_at is null",
        id.0,
        version,
        terms.prorated,
        season.as_deref(),
        terms.weight,
        terms.basis.number()
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

pub(super) async fn find_thread(conn: &mut PgConnection, id: GoalId) -> Result<Option<ThreadId>> {
    Ok(sqlx::query_scalar!(r#"select thread_id as "id: ThreadId" from goals where id = $1"#, id.0)
        .fetch_one(conn)
        .await?)
}

/// Gives a goal its thread, unless it has one; answers the one it has then.
pub(super) async fn save_thread(conn: &mut PgConnection, id: GoalId, thread: ThreadId) -> Result<ThreadId> {
    Ok(sqlx::query_scalar!(
        r#"update goals set thread_id = coalesce(thread_id, $2) where id = $1 returning thread_id as "id!: ThreadId""#,
        id.0,
        thread.0
    )
    .fetch_one(conn)
    .await?)
}

/// Counts the row's version up; `None` when `version` is stale.
pub(super) async fn touch(conn: &mut PgConnection, id: GoalId, version: i64) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update goals set version = version + 1 where id = $1 and version = $2 and removed_at is null",
        id.0,
        version
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

/// `None` when `version` is stale.
pub(super) async fn save_removed(
    conn: &mut PgConnection,
    id: GoalId,
    version: i64,
    at: Option<DateTime<Utc>>,
) -> Sql<Option<()>> {
    let done = sqlx::query!(
        "update goals set removed_at = $3, version = version + 1 where id = $1 and version = $2",
        id.0,
        version,
        at
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}
