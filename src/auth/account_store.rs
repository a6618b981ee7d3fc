//! SQL of accounts.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Role;
use super::accounts::{AccountView, Holder, NewAccount};
use crate::kernel::id::{EmployeeId, UserId};

type Sql<T> = Result<T, sqlx::Error>;

pub(super) async fn any(conn: &mut PgConnection) -> Sql<bool> {
    sqlx::query_scalar!(r#"select exists (select from users) as "any!""#).fetch_one(conn).await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    account: &NewAccount<'_>,
    password_hash: Option<&str>,
    now: DateTime<Utc>,
) -> Sql<UserId> {
    sqlx::query_scalar!(
        r#"insert into users (employee_id, email, name, role, password_hash, created_at)
        values ($1, $2, $3, $4, $5, $6) returning id as "id: UserId""#,
        account.employee.map(|employee| employee.0),
        account.email.trim().to_lowercase(),
        account.name.trim(),
        account.role.code(),
        password_hash,
        now
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn find(conn: &mut PgConnection, user: UserId) -> Sql<Option<AccountView>> {
    sqlx::query_as!(
        AccountView,
        r#"select id as "user: UserId", employee_id as "employee: EmployeeId", email, name, role,
            password_hash is not null as "has_password!", disabled_at is not null as "disabled!", version
        from users where id = $1"#,
        user.0
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn find_of_employee(
    conn: &mut PgConnection,
    employee: EmployeeId,
) -> Sql<Option<AccountView>> {
    sqlx::query_as!(
        AccountView,
        r#"select id as "user: UserId", employee_id as "employee: EmployeeId", email, name, role,
            password_hash is not null as "has_password!", disabled_at is not null as "disabled!", version
        from users where employee_id = $1"#,
        employee.0
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn find_by_email(conn: &mut PgConnection, email: &str) -> Sql<Option<AccountView>> {
    sqlx::query_as!(
        AccountView,
        r#"select id as "user: UserId", employee_id as "employee: EmployeeId", email, name, role,
            password_hash is not null as "has_password!", disabled_at is not null as "disabled!", version
        from users where email = $1"#,
        email
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn find_employee(
    conn: &mut PgConnection,
    employee_no: &str,
) -> Sql<Option<(EmployeeId, String)>> {
    let row = sqlx::query!(
        r#"select id as "id: EmployeeId", name from employees where employee_no = $1"#,
        employee_no
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.name)))
}

/// Accounts that may sign in, of some people or of a role.
pub(super) async fn list_holders(
    conn: &mut PgConnection,
    people: Option<&[i64]>,
    role: Option<&str>,
) -> Sql<Vec<Holder>> {
    let rows = sqlx::query!(
        r#"select id as "user: UserId", employee_id as "employee: EmployeeId", name, role from users
        where disabled_at is null and ($1::bigint[] is null or employee_id = any($1))
            and ($2::text is null or role = $2) order by id"#,
        people,
        role
    )
    .fetch_all(conn)
    .await?;
    let holder = |row: (UserId, Option<EmployeeId>, String, String)| {
        let (user, employee, name, role) = row;
        Some(Holder { user, employee, name, role: Role::from_code(&role)? })
    };
    Ok(rows.into_iter().filter_map(|row| holder((row.user, row.employee, row.name, row.role))).collect())
}

/// Makes those who change administrators wait for each other, so that two cannot remove the last two.
pub(super) async fn lock_admins(conn: &mut PgConnection) -> Sql<()> {
    sqlx::query!("select id from users where role = 'admin' for update").fetch_all(conn).await.map(drop)
}

pub(super) async fn count_admins(conn: &mut PgConnection) -> Sql<i64> {
    sqlx::query_scalar!(r#"select count(*) as "n!" from users where role = 'admin' and disabled_at is null"#)
        .fetch_one(conn)
        .await
}

pub(super) async fn save_role(conn: &mut PgConnection, user: UserId, role: &str) -> Sql<()> {
    sqlx::query!("update users set role = $2, version = version + 1 where id = $1", user.0, role)
        .execute(conn)
        .await
        .map(drop)
}

pub(super) async fn save_disabled(
    conn: &mut PgConnection,
    user: UserId,
    at: Option<DateTime<Utc>>,
) -> Sql<()> {
    sqlx::query!("update users set disabled_at = $2, version = version + 1 where id = $1", user.0, at)
        .execute(conn)
        .await
        .map(drop)
}

pub(super) async fn end_sessions(conn: &mut PgConnection, user: UserId) -> Sql<()> {
    sqlx::query!("delete from sessions where user_id = $1", user.0).execute(conn).await.map(drop)
}
