//! SQL of memberships.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Membership, MembershipId};
use crate::kernel::id::{DepartmentId, EmployeeId};

type Sql<T> = std::result::Result<T, sqlx::Error>;

pub(super) async fn list(conn: &mut PgConnection, employee: EmployeeId) -> Sql<Vec<Membership>> {
    sqlx::query_as!(
        Membership,
        r#"select m.id as "id: MembershipId", m.employee_id as "employee: EmployeeId",
            m.department_id as "department: DepartmentId", d.name as department_name, m.lead,
            lower(m.during) as "from!", upper(m.during) - 1 as until, m.version
        from memberships m join departments d on d.id = m.department_id
        where m.employee_id = $1 order by lower(m.during) desc"#,
        employee.0
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn find(conn: &mut PgConnection, id: MembershipId) -> Sql<Option<Membership>> {
    sqlx::query_as!(
        Membership,
        r#"select m.id as "id: MembershipId", m.employee_id as "employee: EmployeeId",
            m.department_id as "department: DepartmentId", d.name as department_name, m.lead,
            lower(m.during) as "from!", upper(m.during) - 1 as until, m.version
        from memberships m join departments d on d.id = m.department_id where m.id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await
}

/// The last day of a person's employment; `None` when there is no such person.
pub(super) async fn left_on(conn: &mut PgConnection, employee: EmployeeId) -> Sql<Option<Option<NaiveDate>>> {
    sqlx::query_scalar!("select left_on from employees where id = $1", employee.0).fetch_optional(conn).await
}

/// Like [`left_on`], and makes those who move the same person wait for each other.
pub(super) async fn lock_person(
    conn: &mut PgConnection,
    employee: EmployeeId,
) -> Sql<Option<Option<NaiveDate>>> {
    sqlx::query_scalar!("select left_on from employees where id = $1 for update", employee.0)
        .fetch_optional(conn)
        .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    employee: EmployeeId,
    (department, lead): (DepartmentId, bool),
    from: NaiveDate,
    until: Option<NaiveDate>,
) -> Sql<MembershipId> {
    sqlx::query_scalar!(
        r#"insert into memberships (employee_id, department_id, lead, during)
        values ($1, $2, $3, daterange($4, $5::date, '[]')) returning id as "id: MembershipId""#,
        employee.0,
        department.0,
        lead,
        from,
        until
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn close(conn: &mut PgConnection, id: MembershipId, last_day: NaiveDate) -> Sql<()> {
    sqlx::query!(
        "update memberships set during = daterange(lower(during), $2, '[]'), version = version + 1 where id = $1",
        id.0,
        last_day
    )
    .execute(conn)
    .await
    .map(drop)
}

pub(super) async fn reopen(conn: &mut PgConnection, id: MembershipId) -> Sql<()> {
    sqlx::query!(
        "update memberships set during = daterange(lower(during), null), version = version + 1 where id = $1",
        id.0
    )
    .execute(conn)
    .await
    .map(drop)
}

pub(super) async fn save(conn: &mut PgConnection, corrected: &Membership, version: i64) -> Sql<Option<()>> {
    let saved = sqlx::query!(
        "update memberships set department_id = $2, lead = $3, during = daterange($4, $5::date, '[]'),
            version = version + 1
        where id = $1 and version = $6",
        corrected.id.0,
        corrected.department.0,
        corrected.lead,
        corrected.from,
        corrected.until,
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}

pub(super) async fn delete(conn: &mut PgConnection, id: MembershipId) -> Sql<()> {
    sqlx::query!("delete from memberships where id = $1", id.0).execute(conn).await.map(drop)
}

pub(super) async fn save_left(conn: &mut PgConnection, employee: EmployeeId, left: NaiveDate) -> Sql<()> {
    sqlx::query!("update employees set left_on = $2, version = version + 1 where id = $1", employee.0, left)
        .execute(conn)
        .await
        .map(drop)
}
