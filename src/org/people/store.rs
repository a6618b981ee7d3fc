//! SQL of people.

use chrono::NaiveDate;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{EmployeeView, NewEmployee, PeopleFilter, PersonRow, Standing};
use crate::kernel::id::EmployeeId;

type Sql<T> = std::result::Result<T, sqlx::Error>;

pub(super) async fn find(conn: &mut PgConnection, id: EmployeeId) -> Sql<Option<EmployeeView>> {
    sqlx::query_as!(
        EmployeeView,
        r#"select id as "id: EmployeeId", employee_no, name, email, job_title, hired_on, left_on, version
        from employees where id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewEmployee<'_>) -> Sql<EmployeeId> {
    sqlx::query_scalar!(
        r#"insert into employees (employee_no, name, email, job_title, hired_on, left_on)
        values ($1, $2, $3, $4, $5, $6) returning id as "id: EmployeeId""#,
        new.employee_no.trim(),
        new.name.trim(),
        new.email.map(str::trim),
        new.job_title.trim(),
        new.hired_on,
        new.left_on
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn save(
    conn: &mut PgConnection,
    id: EmployeeId,
    new: &NewEmployee<'_>,
    version: i64,
) -> Sql<Option<()>> {
    let saved = sqlx::query!(
        "update employees set employee_no = $2, name = $3, email = $4, job_title = $5, hired_on = $6,
            left_on = $7, version = version + 1
        where id = $1 and version = $8",
        id.0,
        new.employee_no.trim(),
        new.name.trim(),
        new.email.map(str::trim),
        new.job_title.trim(),
        new.hired_on,
        new.left_on,
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}

/// People as `filter` asks, `limit` of them after `offset`, as of `day`.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &PeopleFilter,
    day: NaiveDate,
    (limit, offset): (i64, i64),
) -> Sql<Vec<PersonRow>> {
    let mut query = QueryBuilder::new(
        "select e.id, e.employee_no, e.name, e.job_title, e.email, e.hired_on, e.left_on, d.name as department,
            coalesce(m.lead, false) as lead, u.role, u.password_hash is not null as has_password,
            u.disabled_at is not null as disabled, count(*) over () as total
        from employees e
        left join lateral (
            select n.department_id, n.lead, n.during from memberships n
            where n.employee_id = e.id and lower(n.during) <= ",
    );
    query.push_bind(day);
    query.push(" order by lower(n.during) desc limit 1) m on e.left_on < ").push_bind(day);
    query.push(" or m.during @> ").push_bind(day);
    query
        .push(" left join departments d on d.id = m.department_id left join users u on u.employee_id = e.id");
    narrow(&mut query, filter, day);
    let (column, descending) = filter.sort;
    query.push(match column {
        "number" => " order by e.employee_no",
        "department" => " order by lower(d.name) collate \"sv-x-icu\"",
        "hired" => " order by e.hired_on",
        _ => " order by lower(e.name) collate \"sv-x-icu\"",
    });
    query.push(if descending { " desc nulls last, e.id" } else { " asc nulls last, e.id" });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    query.build_query_as().fetch_all(conn).await
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &PeopleFilter, day: NaiveDate) {
    query.push(" where true");
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(concat_ws(' ', e.name, e.employee_no, e.email, e.job_title))) > 0");
    }
    if let Some(department) = filter.department {
        query.push(" and m.department_id in (select department_id from department_subtree(");
        query.push_bind(department.0).push("))");
    }
    if let Some(role) = &filter.role {
        query.push(" and u.role = ").push_bind(role.clone());
    }
    match filter.standing {
        Some(Standing::Left) => query.push(" and e.left_on < ").push_bind(day),
        Some(Standing::Employed) => {
            query.push(" and (e.left_on is null or e.left_on >= ").push_bind(day).push(")")
        }
        Some(Standing::NoAccount) => {
            query.push(" and u.id is null and (e.left_on is null or e.left_on >= ").push_bind(day).push(")")
        }
        None => query,
    };
}

/// Whether `viewer` sees the person on `day`.
pub(super) async fn is_visible(
    conn: &mut PgConnection,
    id: EmployeeId,
    viewer: Option<EmployeeId>,
    everyone: bool,
    day: NaiveDate,
) -> Sql<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from visible_employees($1, $2, $3) v where v.employee_id = $4) as "any!""#,
        viewer.map(|viewer| viewer.0),
        everyone,
        day,
        id.0
    )
    .fetch_one(conn)
    .await
}
