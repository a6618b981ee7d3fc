//! SQL of people.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{EmployeeView, NewEmployee, PersonOn};
use crate::kernel::id::{DepartmentId, EmployeeId};

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
            version = version + 1
        where id = $1 and version = $7",
        id.0,
        new.employee_no.trim(),
        new.name.trim(),
        new.email.map(str::trim),
        new.job_title.trim(),
        new.hired_on,
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}

pub(super) async fn list_on(conn: &mut PgConnection, day: NaiveDate) -> Sql<Vec<PersonOn>> {
    sqlx::query_as!(
        PersonOn,
        r#"select e.id as "id: EmployeeId", e.employee_no, e.name, e.job_title,
            m.department_id as "department: DepartmentId", m.lead
        from employees e join memberships m on m.employee_id = e.id and m.during @> $1::date
        order by lower(e.name) collate "sv-x-icu", e.id"#,
        day
    )
    .fetch_all(conn)
    .await
}
