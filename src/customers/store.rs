//! SQL of customers.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::NewCustomer;
use crate::kernel::id::CustomerId;

type Sql<T> = std::result::Result<T, sqlx::Error>;

/// The next number that no customer has; imports may have used some already.
pub(super) async fn next_number(conn: &mut PgConnection) -> Sql<String> {
    loop {
        let free = sqlx::query_scalar!(
            r#"with next as materialized (select nextval('customer_numbers')::text as number)
            select number as "number!" from next
            where not exists (select from customers c where c.customer_no = next.number)"#
        )
        .fetch_optional(&mut *conn)
        .await?;
        if let Some(number) = free {
            return Ok(number);
        }
    }
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    new: &NewCustomer<'_>,
    number: &str,
    now: DateTime<Utc>,
) -> Sql<CustomerId> {
    sqlx::query_scalar!(
        r#"insert into customers (customer_no, name, segment, region, created_at)
        values ($1, $2, $3, $4, $5) returning id as "id: CustomerId""#,
        number,
        new.name.trim(),
        new.segment.trim(),
        new.region.trim(),
        now
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn save(
    conn: &mut PgConnection,
    id: CustomerId,
    new: &NewCustomer<'_>,
    version: i64,
) -> Sql<Option<()>> {
    let saved = sqlx::query!(
        "update customers set customer_no = coalesce(nullif($2, ''), customer_no), name = $3, segment = $4,
            region = $5, version = version + 1
        where id = $1 and version = $6",
        id.0,
        new.customer_no.map(str::trim),
        new.name.trim(),
        new.segment.trim(),
        new.region.trim(),
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}

/// Makes those who name the same customer wait for each other, until the transaction ends.
pub(super) async fn lock_name(conn: &mut PgConnection, name: &str) -> Sql<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('customer:' || lower($1), 0))", name)
        .fetch_one(conn)
        .await
        .map(drop)
}

pub(super) async fn find_by_name(conn: &mut PgConnection, name: &str) -> Sql<Option<CustomerId>> {
    sqlx::query_scalar!(
        r#"select id as "id: CustomerId" from customers where lower(name) = lower($1) order by id limit 1"#,
        name
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn suggest(
    conn: &mut PgConnection,
    words: &str,
    limit: i64,
) -> Sql<Vec<(CustomerId, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id: CustomerId", name from customers
        where position(lower($1) in lower(name)) > 0
        order by not starts_with(lower(name), lower($1)), lower(name) collate "sv-x-icu", id limit $2"#,
        words,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
