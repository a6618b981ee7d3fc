//! SQL of scenarios and their targets.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::types::PgRange;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::methods::Method;
use super::node::{Change, Part};
use super::{Scenario, ScenarioId, Scope, Settings, Start};
use crate::attainment::Metric;
use crate::attainment::view::Kind;
use crate::error::{AppError, Result};
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, DepartmentId, EmployeeId, UserId};
use crate::kernel::period::Period;

/// A scenario to begin.
pub(super) struct Draft {
    pub name: String,
    pub scope: Scope,
    pub settings: Settings,
    pub start: Start,
    pub copied_from: Option<ScenarioId>,
}

/// Which scenarios to list, in what order.
#[derive(Default)]
pub(super) struct Filter {
    /// Only of these departments.
    pub departments: Vec<DepartmentId>,
    pub ids: Option<Vec<ScenarioId>>,
    pub words: String,
    pub metric: Option<Metric>,
    pub period: Option<Period>,
    pub department: Option<DepartmentId>,
    pub published: Option<bool>,
    pub column: &'static str,
    pub descending: bool,
    /// Rows at most, and rows to skip.
    pub slice: (i64, i64),
    /// Only those with a higher id.
    pub after: i64,
}

#[derive(FromRow)]
struct Row {
    id: ScenarioId,
    name: String,
    department_id: DepartmentId,
    department: String,
    metric: String,
    category_id: Option<CategoryId>,
    category: Option<String>,
    basis: Basis,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    method: String,
    percent: i64,
    step: i64,
    began_with: String,
    copied_from: Option<String>,
    author: String,
    created_at: DateTime<Utc>,
    changed_by: String,
    changed_at: DateTime<Utc>,
    at_change: i32,
    last_change: i32,
    published_at: Option<DateTime<Utc>>,
    published_by: Option<String>,
    whole: Option<i64>,
    people: i64,
    version: i64,
}

const SELECT: &str = "select s.id, s.name, s.department_id, d.name as department, s.metric, s.category_id,
        c.name as category, s.basis, lower(s.period) as starts_on, upper(s.period) as ends_on, s.method, s.percent, s.step,
        s.began_with, o.name as copied_from, a.name as author, s.created_at, b.name as changed_by, s.changed_at, s.at_change,
        coalesce((select max(number) from scenario_changes x where x.scenario_id = s.id), 0) as last_change,
        s.published_at, p.name as published_by, w.target as whole,
        coalesce((select sum(t.target) from scenario_targets t where t.scenario_id = s.id
            and t.employee_id is not null), 0)::bigint as people, s.version";
const FROM: &str = " from scenarios s
    join departments d on d.id = s.department_id
    left join product_categories c on c.id = s.category_id
    left join scenarios o on o.id = s.copied_from
    join users a on a.id = s.created_by
    join users b on b.id = s.changed_by
    left join users p on p.id = s.published_by
    left join scenario_targets w on w.scenario_id = s.id and w.department_id = s.department_id";

impl Row {
    fn read(self) -> Result<Scenario> {
        let unreadable = || AppError::internal("unreadable scenario");
        let kind = Kind {
            metric: Metric::from_code(&self.metric).ok_or_else(unreadable)?,
            category: self.category_id,
            period: Period::new(self.starts_on, self.ends_on).ok_or_else(unreadable)?,
        };
        let method = Method::from_code(&self.method).ok_or_else(unreadable)?;
        Ok(Scenario {
            id: self.id,
            name: self.name,
            scope: Scope { department: self.department_id, kind, basis: self.basis },
            department: self.department,
            category: self.category,
            settings: Settings { method, percent: self.percent, step: self.step },
            start: Start::from_code(&self.began_with).ok_or_else(unreadable)?,
            copied_from: self.copied_from,
            author: self.author,
            created_at: self.created_at,
            changed_by: self.changed_by,
            changed_at: self.changed_at,
            at_change: self.at_change,
            last_change: self.last_change,
            published: self.published_at.zip(self.published_by),
            whole: self.whole,
            people: self.people,
            version: self.version,
        })
    }
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    let departments: Vec<i64> = filter.departments.iter().map(|id| id.0).collect();
    query.push(" where s.removed_at is null and s.department_id = any(").push_bind(departments).push(")");
    query.push(" and s.id > ").push_bind(filter.after);
    if let Some(ids) = &filter.ids {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        query.push(" and s.id = any(").push_bind(ids).push(")");
    }
    if !filter.words.is_empty() {
        query.push(" and strpos(lower(s.name), lower(").push_bind(filter.words.clone()).push(")) > 0");
    }
    if let Some(metric) = filter.metric {
        query.push(" and s.metric = ").push_bind(metric.code());
    }
    if let Some(period) = filter.period {
        query.push(" and s.period = ").push_bind(PgRange::from(period.start..period.end));
    }
    if let Some(department) = filter.department {
        query.push(" and s.department_id = ").push_bind(department.0);
    }
    if let Some(published) = filter.published {
        query.push(" and (s.published_at is not null) = ").push_bind(published);
    }
}

/// The scenarios that `filter` lets through, and how many there are without its slice.
pub(super) async fn list(conn: &mut PgConnection, filter: &Filter) -> Result<(Vec<Scenario>, i64)> {
    let mut count = QueryBuilder::new("select count(*) from scenarios s");
    narrow(&mut count, filter);
    let total: i64 = count.build_query_scalar().fetch_one(&mut *conn).await?;
    let mut query = QueryBuilder::new(SELECT);
    query.push(FROM);
    narrow(&mut query, filter);
    query.push(" order by ").push(match filter.column {
        "name" => "lower(s.name)",
        "department" => "lower(d.name)",
        "period" => "s.period",
        "target" => "coalesce(w.target, 0)",
        "state" => "(s.published_at is not null)",
        "id" => "s.id",
        _ => "s.changed_at",
    });
    query.push(if filter.descending { " desc, s.id desc" } else { ", s.id" });
    query.push(" limit ").push_bind(filter.slice.0).push(" offset ").push_bind(filter.slice.1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    Ok((rows.into_iter().map(Row::read).collect::<Result<_>>()?, total))
}

/// The periods that departments have scenarios for, latest first.
pub(super) async fn periods(conn: &mut PgConnection, departments: &[DepartmentId]) -> Result<Vec<Period>> {
    let departments: Vec<i64> = departments.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select distinct lower(period) as "start!", upper(period) as "end!" from scenarios
        where removed_at is null and department_id = any($1) order by 1 desc, 2 desc"#,
        &departments
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(|row| Period::new(row.start, row.end)).collect())
}

/// One scenario, or one that was taken away; held until the transaction ends when `hold`.
pub(super) async fn find(
    conn: &mut PgConnection,
    id: ScenarioId,
    removed: bool,
    hold: bool,
) -> Result<Option<Scenario>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    query.push(FROM).push(" where s.id = ").push_bind(id.0);
    query.push(" and (s.removed_at is not null) = ").push_bind(removed);
    if hold {
        query.push(" for update of s");
    }
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    draft: &Draft,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<ScenarioId> {
    let Scope { department, kind, basis } = draft.scope;
    Ok(sqlx::query_scalar!(
        r#"insert into scenarios (name, department_id, metric, category_id, period, method, percent, step, began_with,
            copied_from, created_by, created_at, changed_by, changed_at, basis)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12, $13) returning id as "id: ScenarioId""#,
        draft.name,
        department.0,
        kind.metric.code(),
        kind.category.map(|id| id.0),
        PgRange::from(kind.period.start..kind.period.end),
        draft.settings.method.code(),
        draft.settings.percent,
        draft.settings.step,
        draft.start.code(),
        draft.copied_from.map(|id| id.0),
        by.0,
        now,
        basis.number()
    )
    .fetch_one(conn)
    .await?)
}

fn part(employee: Option<i64>, department: Option<i64>) -> Option<Part> {
    let person = employee.map(|id| Part::Person(EmployeeId(id)));
    person.or_else(|| department.map(|id| Part::Department(DepartmentId(id))))
}

/// The targets of scenarios.
pub(super) async fn targets(
    conn: &mut PgConnection,
    ids: &[ScenarioId],
) -> Result<HashMap<ScenarioId, Vec<(Part, i64)>>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select scenario_id as "scenario: ScenarioId", employee_id, department_id, target
        from scenario_targets where scenario_id = any($1)"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    let mut targets: HashMap<ScenarioId, Vec<(Part, i64)>> = HashMap::new();
    for row in rows {
        let part = part(row.employee_id, row.department_id);
        targets.entry(row.scenario).or_default().extend(part.map(|part| (part, row.target)));
    }
    Ok(targets)
}

/// Columns of people, departments and targets, for statements over many at once.
type Columns = (Vec<Option<i64>>, Vec<Option<i64>>, Vec<Option<i64>>);

fn columns(changes: &[Change]) -> Columns {
    let column = |change: &Change| match change.part {
        Part::Person(id) => (Some(id.0), None, change.to),
        Part::Department(id) => (None, Some(id.0), change.to),
    };
    let mut columns = Columns::default();
    for (person, department, target) in changes.iter().map(column) {
        columns.0.push(person);
        columns.1.push(department);
        columns.2.push(target);
    }
    columns
}

/// Stores what became of targets.
pub(super) async fn save_targets(conn: &mut PgConnection, id: ScenarioId, changes: &[Change]) -> Result<()> {
    let (people, departments, targets) = columns(changes);
    sqlx::query!(
        "delete from scenario_targets t using unnest($2::bigint[], $3::bigint[], $4::bigint[]) as u (person, department, target)
        where t.scenario_id = $1 and u.target is null
            and (t.employee_id = u.person or t.department_id = u.department)",
        id.0,
        &people as &[Option<i64>],
        &departments as &[Option<i64>],
        &targets as &[Option<i64>]
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into scenario_targets (scenario_id, employee_id, department_id, target)
        select $1, u.person, u.department, u.target
        from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as u (person, department, target) where u.target is not null
        on conflict on constraint scenario_targets_once do update set target = excluded.target",
        id.0,
        &people as &[Option<i64>],
        &departments as &[Option<i64>],
        &targets as &[Option<i64>]
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts the version up, with the name, the settings and the change in force that the scenario has now. The caller holds the
/// row.
pub(super) async fn touch(
    conn: &mut PgConnection,
    scenario: &Scenario,
    at_change: i32,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<()> {
    let Settings { method, percent, step } = scenario.settings;
    sqlx::query!(
        "update scenarios set version = version + 1, at_change = $2, method = $3, percent = $4, step = $5, changed_by = $6,
            changed_at = $7, name = $8
        where id = $1",
        scenario.id.0,
        at_change,
        method.code(),
        percent,
        step,
        by.0,
        now,
        scenario.name
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a scenario as published. The caller holds the row.
pub(super) async fn save_published(
    conn: &mut PgConnection,
    id: ScenarioId,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<()> {
    sqlx::query!(
        "update scenarios set version = version + 1, published_by = $2, published_at = $3 where id = $1",
        id.0,
        by.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a scenario away, or brings it back. The caller holds the row.
pub(super) async fn save_removed(
    conn: &mut PgConnection,
    id: ScenarioId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!("update scenarios set version = version + 1, removed_at = $2 where id = $1", id.0, at)
        .execute(conn)
        .await?;
    Ok(())
}
