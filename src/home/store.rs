//! SQL of the set-up's health: counts of what there is.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// What an installation holds.
pub(super) struct Counts {
    pub(super) departments: i64,
    pub(super) without_lead: i64,
    pub(super) people: i64,
    pub(super) without_account: i64,
    pub(super) products: i64,
    pub(super) holidays: i64,
    pub(super) goals: i64,
    pub(super) deals: i64,
    pub(super) last_deal: Option<NaiveDate>,
}

/// Counts as of a day; departments are those that sell.
pub(super) async fn counts(conn: &mut PgConnection, on: NaiveDate) -> Result<Counts> {
    Ok(sqlx::query_as!(
        Counts,
        r#"select
            (select count(*) from departments) as "departments!",
            (select count(*) from departments d where d.kind = 'sales' and not exists (
                select from memberships m where m.department_id = d.id and m.lead and m.during @> $1::date)
            ) as "without_lead!",
            (select count(*) from memberships where during @> $1::date) as "people!",
            (select count(*) from memberships m where m.during @> $1::date and not exists (
                select from users u where u.employee_id = m.employee_id)) as "without_account!",
            (select count(*) from products where active) as "products!",
            (select count(*) from holidays where extract(year from day) = extract(year from $1::date))
                as "holidays!",
            (select count(*) from goals where removed_at is null and period @> $1::date) as "goals!",
            (select count(*) from deals where status = 'booked') as "deals!",
            (select max(ordered_on) from deals where status = 'booked') as "last_deal""#,
        on
    )
    .fetch_one(conn)
    .await?)
}

/// An import as the short list shows it.
pub(super) struct ImportRow {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) file_name: String,
    pub(super) status: String,
    pub(super) added: i64,
    pub(super) changed: i64,
    pub(super) fault_count: i64,
    pub(super) started_at: DateTime<Utc>,
}

/// The latest imports that were not only a check.
pub(super) async fn latest_imports(conn: &mut PgConnection) -> Result<Vec<ImportRow>> {
    Ok(sqlx::query_as!(
        ImportRow,
        "select id, kind, file_name, status, added, changed, fault_count, started_at
        from imports where not dry_run order by started_at desc, id desc limit 5"
    )
    .fetch_all(conn)
    .await?)
}
