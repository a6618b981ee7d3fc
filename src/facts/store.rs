//! SQL of facts and what counts of them.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::{Fact, FactDraft, FactId, Facts, Later, Noted};
use crate::attainment::Metric;
use crate::attainment::looking_back::Back;
use crate::attainment::service::Span;
use crate::error::{AppError, Result};
use crate::goals::Subject;
use crate::kernel::id::{DepartmentId, EmployeeId, UserId};
use crate::kernel::period::Period;

/// Sums of facts of every span, in the order given.
pub(super) async fn sums(conn: &mut PgConnection, spans: &[(Metric, Span)]) -> Result<Vec<Facts>> {
    let (places, metrics, kinds, ids, starts, ends) = columns(spans);
    let rows = sqlx::query_file!("sql/fact_sums.sql", &places, &metrics, &kinds, &ids, &starts, &ends);
    let mut sums = vec![Facts::default(); spans.len()];
    for row in rows.fetch_all(conn).await? {
        if let Some(sum) = usize::try_from(row.place).ok().and_then(|place| sums.get_mut(place)) {
            *sum = Facts { part: row.part, whole: row.whole };
        }
    }
    Ok(sums)
}

/// Spans as columns: place, metric, kind of subject, its id, first day, first day no more.
type Columns = (Vec<i64>, Vec<String>, Vec<String>, Vec<i64>, Vec<NaiveDate>, Vec<NaiveDate>);

const fn id_of(subject: Subject) -> i64 {
    match subject {
        Subject::Person(id) => id.0,
        Subject::Department(id) | Subject::Company(id) => id.0,
    }
}

fn columns(spans: &[(Metric, Span)]) -> Columns {
    (
        (0_i64..).zip(spans).map(|(place, _)| place).collect(),
        spans.iter().map(|(metric, _)| metric.code().to_owned()).collect(),
        spans.iter().map(|(_, span)| span.subject.kind().to_owned()).collect(),
        spans.iter().map(|(_, span)| id_of(span.subject)).collect(),
        spans.iter().map(|(_, span)| span.period.start).collect(),
        spans.iter().map(|(_, span)| span.period.end).collect(),
    )
}

/// Sums of facts of every span as they stood at the end of a day, and what came afterwards, in the order given.
pub(super) async fn sums_as_of(
    conn: &mut PgConnection,
    spans: &[(Metric, Span)],
    day: NaiveDate,
    moment: DateTime<Utc>,
) -> Result<Vec<Back>> {
    let (places, metrics, kinds, ids, starts, ends) = columns(spans);
    let rows = sqlx::query_file!(
        "sql/facts_as_of.sql",
        &places,
        &metrics,
        &kinds,
        &ids,
        &starts,
        &ends,
        day,
        moment
    );
    let mut backs = vec![Back::default(); spans.len()];
    for row in rows.fetch_all(conn).await? {
        if let Some(back) = usize::try_from(row.place).ok().and_then(|place| backs.get_mut(place)) {
            *back = Back {
                reached: Facts { part: row.part, whole: row.whole },
                after: Facts { part: row.after_part, whole: row.after_whole },
                late: Facts { part: row.late_part, whole: row.late_whole },
            };
        }
    }
    Ok(backs)
}

/// What has come to a span since the end of a day, the latest first.
pub(super) async fn since(
    conn: &mut PgConnection,
    (metric, span): (Metric, &Span),
    (day, moment): (NaiveDate, DateTime<Utc>),
    most: i64,
) -> Result<Vec<Later>> {
    let rows = sqlx::query_file!(
        "sql/facts_since.sql",
        metric.code(),
        span.subject.kind(),
        id_of(span.subject),
        span.period.start,
        span.period.end,
        day,
        moment,
        most
    );
    let later = rows.fetch_all(conn).await?.into_iter().map(|row| Later {
        person: row.person,
        name: row.name,
        day: row.day,
        facts: Facts { part: row.part, whole: row.whole },
        posted_at: row.posted_at,
        note: row.note,
    });
    Ok(later.collect())
}

/// Posts the difference between what counts of facts and what they say.
pub(super) async fn post(conn: &mut PgConnection, ids: &[FactId], now: DateTime<Utc>) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!("select post_facts($1, $2)", &ids, now).fetch_one(conn).await?;
    Ok(())
}

/// Stores a fact, or changes the one of the same source and number. One that was taken away comes back.
pub(super) async fn upsert(
    conn: &mut PgConnection,
    draft: &FactDraft,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<Noted> {
    let row = sqlx::query!(
        r#"with before as (
            select id from facts where source = $1 and fact_no = $2
        )
        insert into facts as f (source, fact_no, metric, employee_id, department_id, day, part, whole, note, recorded_by,
            recorded_at)
        values ($1, coalesce($2, 'F-' || nextval('fact_numbers')), $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (source, fact_no) do update set metric = $3, employee_id = $4, department_id = $5, day = $6, part = $7,
            whole = $8, note = $9, removed_at = null, version = f.version + 1
        where (f.metric, f.employee_id, f.department_id, f.day, f.part, f.whole, f.note, f.removed_at)
            is distinct from ($3, $4, $5, $6, $7, $8, $9, null::timestamptz)
        returning id as "id: FactId", exists (select from before) as "known!""#,
        draft.source,
        draft.fact_no,
        draft.metric.code(),
        draft.subject.employee().map(|id| id.0),
        draft.subject.department().map(|id| id.0),
        draft.day,
        draft.facts.part,
        draft.facts.whole,
        draft.note,
        by.map(|user| user.0),
        now
    )
    .fetch_optional(&mut *conn)
    .await?;
    match row {
        Some(row) if row.known => Ok(Noted::Changed(row.id)),
        Some(row) => Ok(Noted::New(row.id)),
        None => {
            let id = sqlx::query_scalar!(
                r#"select id as "id: FactId" from facts where source = $1 and fact_no = $2"#,
                draft.source,
                draft.fact_no
            );
            Ok(Noted::Same(id.fetch_one(conn).await?))
        }
    }
}

/// Whose a fact of this source and number is, kept from changing until the transaction ends.
pub(super) async fn subject_of(
    conn: &mut PgConnection,
    source: &str,
    fact_no: &str,
) -> Result<Option<Subject>> {
    let row = sqlx::query!(
        r#"select f.employee_id as "employee: EmployeeId", f.department_id as "department: DepartmentId",
            exists (select from departments d where d.id = f.department_id and d.kind = 'company') as "is_company!"
        from facts f where f.source = $1 and f.fact_no = $2 for update"#,
        source,
        fact_no
    );
    Ok(row.fetch_optional(conn).await?.and_then(|row| match (row.employee, row.department) {
        (Some(id), _) => Some(Subject::Person(id)),
        (_, Some(id)) if row.is_company => Some(Subject::Company(id)),
        (_, Some(id)) => Some(Subject::Department(id)),
        _ => None,
    }))
}

/// `None` when `version` is stale.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: FactId,
    version: i64,
    draft: &FactDraft,
) -> Result<Option<()>> {
    let done = sqlx::query!(
        "update facts set metric = $3, employee_id = $4, department_id = $5, day = $6, part = $7, whole = $8, note = $9,
            version = version + 1
        where id = $1 and version = $2 and removed_at is null",
        id.0,
        version,
        draft.metric.code(),
        draft.subject.employee().map(|id| id.0),
        draft.subject.department().map(|id| id.0),
        draft.day,
        draft.facts.part,
        draft.facts.whole,
        draft.note
    )
    .execute(conn)
    .await?;
    Ok((done.rows_affected() == 1).then_some(()))
}

pub(super) async fn save_removed(
    conn: &mut PgConnection,
    id: FactId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!("update facts set removed_at = $2, version = version + 1 where id = $1", id.0, at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes away what is there of a source and number; `None` when nothing is.
pub(super) async fn remove_noted(
    conn: &mut PgConnection,
    source: &str,
    fact_no: &str,
    at: DateTime<Utc>,
) -> Result<Option<FactId>> {
    let removed = sqlx::query_scalar!(
        r#"update facts set removed_at = $3, version = version + 1
        where source = $1 and fact_no = $2 and removed_at is null returning id as "id: FactId""#,
        source,
        fact_no,
        at
    );
    Ok(removed.fetch_optional(conn).await?)
}

#[derive(FromRow)]
struct Row {
    id: FactId,
    source: String,
    fact_no: String,
    metric: String,
    employee_id: Option<EmployeeId>,
    department_id: Option<DepartmentId>,
    is_company: Option<bool>,
    name: String,
    reference: String,
    day: NaiveDate,
    part: i64,
    whole: i64,
    note: String,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Fact> {
        let unreadable = || AppError::internal("unreadable fact");
        let subject = match (self.employee_id, self.department_id) {
            (Some(id), _) => Subject::Person(id),
            (_, Some(id)) if self.is_company == Some(true) => Subject::Company(id),
            (_, Some(id)) => Subject::Department(id),
            _ => return Err(unreadable()),
        };
        let draft = FactDraft {
            source: self.source,
            fact_no: Some(self.fact_no.clone()),
            metric: Metric::from_code(&self.metric).ok_or_else(unreadable)?,
            subject,
            day: self.day,
            facts: Facts { part: self.part, whole: self.whole },
            note: self.note,
        };
        let (fact_no, name, reference) = (self.fact_no, self.name, self.reference);
        Ok(Fact { id: self.id, fact_no, name, reference, draft, version: self.version })
    }
}

const SELECT: &str = "select f.id, f.source, f.fact_no, f.metric, f.employee_id, f.department_id,
        d.kind = 'company' as is_company, coalesce(e.name, d.name) as name,
        coalesce(e.employee_no, d.code) as reference, f.day, f.part, f.whole, f.note, f.version";
const FROM: &str = " from facts f left join employees e on e.id = f.employee_id
        left join departments d on d.id = f.department_id where f.removed_at is null";

/// Which facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// People and departments; everything when absent.
    pub(super) seen: Option<(Vec<i64>, Vec<i64>)>,
    pub(super) metric: Option<Metric>,
    /// People and departments that are asked about, beside what is seen.
    pub(super) of: Option<Of>,
    pub(super) days: Option<Period>,
    pub(super) words: String,
}

/// Whose facts count for a subject.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Person(EmployeeId),
    Department(DepartmentId),
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(FROM);
    if let Some((people, departments)) = &filter.seen {
        query.push(" and (f.employee_id = any(").push_bind(people.clone());
        query.push(") or f.department_id = any(").push_bind(departments.clone()).push("))");
    }
    if let Some(metric) = filter.metric {
        query.push(" and f.metric = ").push_bind(metric.code());
    }
    match filter.of {
        Some(Of::Person(id)) => {
            query.push(" and f.employee_id = ").push_bind(id.0);
        }
        Some(Of::Department(id)) => {
            query.push(" and (f.department_id in (select t.department_id from department_subtree(");
            query
                .push_bind(id.0)
                .push(") t) or exists (select from memberships m where m.employee_id = f.employee_id");
            query.push(" and m.during @> f.day and m.department_id in (select t.department_id from department_subtree(");
            query.push_bind(id.0).push(") t)))");
        }
        None => {}
    }
    if let Some(days) = filter.days {
        query.push(" and f.day >= ").push_bind(days.start).push(" and f.day < ").push_bind(days.end);
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(coalesce(e.name, d.name) || ' ' || f.note || ' ' || f.fact_no)) > 0");
    }
}

/// How many facts there are, and what they come to.
pub(super) async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<(i64, Facts)> {
    let mut query = QueryBuilder::new(
        "select count(*), coalesce(sum(f.part), 0)::bigint, coalesce(sum(f.whole), 0)::bigint",
    );
    narrow(&mut query, filter);
    let (count, part, whole): (i64, i64, i64) = query.build_query_as().fetch_one(conn).await?;
    Ok((count, Facts { part, whole }))
}

/// Facts in the order of a column; `slice` is how many and after how many.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Fact>> {
    let mut query = QueryBuilder::new(SELECT);
    narrow(&mut query, filter);
    query.push(match column {
        "name" => " order by lower(coalesce(e.name, d.name))",
        "metric" => " order by f.metric",
        _ => " order by f.day",
    });
    query.push(if descending { " desc, f.id desc" } else { ", f.id" });
    query.push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

/// A fact that is there, or one that was taken away.
pub(super) async fn find(conn: &mut PgConnection, id: FactId, removed: bool) -> Result<Option<Fact>> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(FROM.replace("f.removed_at is null", "true"));
    query.push(" and f.id = ").push_bind(id.0).push(" and (f.removed_at is not null) = ").push_bind(removed);
    let row: Option<Row> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}
