//! SQL of the administration.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// What there is and what is missing, in figures.
pub(super) struct Inventory {
    pub(super) departments: i64,
    pub(super) without_lead: i64,
    pub(super) people: i64,
    pub(super) without_department: i64,
    pub(super) without_account: i64,
    pub(super) products: i64,
    pub(super) without_cost: i64,
    pub(super) goals: i64,
    pub(super) holidays: i64,
    pub(super) last_holiday: Option<NaiveDate>,
    pub(super) bytes: i64,
}

pub(super) async fn inventory(conn: &mut PgConnection, day: NaiveDate) -> Result<Inventory> {
    Ok(sqlx::query_as!(
        Inventory,
        r#"with present as (select id from employees where left_on is null or left_on >= $1),
        placed as (select employee_id, department_id, lead from memberships where during @> $1::date)
        select
            (select count(*) from departments) as "departments!",
            (select count(*) from departments d
                where not exists (select from placed p where p.department_id = d.id and p.lead)) as "without_lead!",
            (select count(*) from present) as "people!",
            (select count(*) from present
                where id not in (select employee_id from placed)) as "without_department!",
            (select count(*) from present where id not in
                (select employee_id from users where employee_id is not null)) as "without_account!",
            (select count(*) from products where active) as "products!",
            (select count(*) from products where active and unit_cost = 0) as "without_cost!",
            (select count(*) from goals where removed_at is null and period @> $1::date) as "goals!",
            (select count(*) from holidays where extract(year from day) = extract(year from $1::date)) as "holidays!",
            (select max(day) from holidays) as last_holiday,
            pg_database_size(current_database()) as "bytes!""#,
        day
    )
    .fetch_one(conn)
    .await?)
}

/// The latest import that was no dry run.
pub(super) struct LastImport {
    pub(super) file_name: String,
    pub(super) status: String,
    pub(super) started_at: DateTime<Utc>,
}

pub(super) async fn last_import(conn: &mut PgConnection) -> Result<Option<LastImport>> {
    Ok(sqlx::query_as!(
        LastImport,
        "select file_name, status, started_at from imports where not dry_run order by id desc limit 1"
    )
    .fetch_optional(conn)
    .await?)
}

/// An API token that works.
pub(super) struct TokenRow {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) email: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
}

pub(super) async fn tokens(conn: &mut PgConnection) -> Result<Vec<TokenRow>> {
    Ok(sqlx::query_as!(
        TokenRow,
        "select t.id, t.name, u.name as owner, u.email, t.created_at, t.last_used_at
        from api_tokens t join users u on u.id = t.user_id where t.revoked_at is null order by t.id desc"
    )
    .fetch_all(conn)
    .await?)
}

/// The name of the token that does not work any more; `None` when there is no such live token.
pub(super) async fn revoke(conn: &mut PgConnection, id: i64, now: DateTime<Utc>) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null returning name",
        id,
        now
    )
    .fetch_optional(conn)
    .await?)
}
