//! SQL of customers.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{CustomerFilter, CustomerRow, NewCustomer};
use crate::kernel::id::{CustomerId, EmployeeId};

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

/// Whose orders count for a reader: `(viewer, everyone, day)` of `visible_employees`.
pub(super) type Scope = (Option<EmployeeId>, bool, NaiveDate);

/// Customers as `filter` asks, `limit` of them after `offset`. Orders outside `scope` are as if they were not there.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &CustomerFilter,
    scope: Scope,
    (limit, offset): (i64, i64),
) -> Sql<Vec<CustomerRow>> {
    let mut query = select(scope);
    query.push(" where true");
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(concat_ws(' ', c.name, c.customer_no))) > 0");
    }
    if let Some(segment) = &filter.segment {
        query.push(" and c.segment = ").push_bind(segment.clone());
    }
    if let Some(region) = &filter.region {
        query.push(" and c.region = ").push_bind(region.clone());
    }
    let (column, descending) = filter.sort;
    query.push(match column {
        "number" => " order by c.customer_no",
        "segment" => " order by lower(c.segment) collate \"sv-x-icu\"",
        "region" => " order by lower(c.region) collate \"sv-x-icu\"",
        "order" => " order by o.last_order",
        _ => " order by lower(c.name) collate \"sv-x-icu\"",
    });
    query.push(if descending { " desc nulls last, c.id" } else { " asc nulls last, c.id" });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    query.build_query_as().fetch_all(conn).await
}

pub(super) async fn find(conn: &mut PgConnection, id: CustomerId, scope: Scope) -> Sql<Option<CustomerRow>> {
    let mut query = select(scope);
    query.push(" where c.id = ").push_bind(id.0);
    query.build_query_as().fetch_optional(conn).await
}

fn select((viewer, everyone, day): Scope) -> QueryBuilder<Postgres> {
    let mut query =
        QueryBuilder::new("with visible as materialized (select employee_id from visible_employees(");
    query.push_bind(viewer.map(|viewer| viewer.0)).push(", ").push_bind(everyone).push(", ").push_bind(day);
    query.push(
        ")), latest as (
            select d.customer_id, max(d.ordered_on) as last_order from deals d
            where d.status = 'booked' and (d.employee_id in (select employee_id from visible)
                or exists (select from deal_shares s join visible v using (employee_id) where s.deal_id = d.id)
                or d.employee_id is null and ",
    );
    query.push_bind(everyone);
    query.push(
        ") group by d.customer_id)
        select c.id, c.customer_no, c.name, c.segment, c.region, c.owner_id, c.created_at, o.last_order, c.version,
            count(*) over () as total
        from customers c left join latest o on o.customer_id = c.id",
    );
    query
}

/// Customers by their segment, without those that have none.
pub(super) async fn by_segment(conn: &mut PgConnection) -> Sql<Vec<(String, Vec<i64>)>> {
    let rows = sqlx::query!(
        r#"select segment, array_agg(id) as "customers!" from customers where segment <> '' group by segment"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.segment, row.customers)).collect())
}

pub(super) async fn segments(conn: &mut PgConnection) -> Sql<Vec<String>> {
    sqlx::query_scalar!("select distinct segment from customers where segment <> '' order by segment")
        .fetch_all(conn)
        .await
}

pub(super) async fn regions(conn: &mut PgConnection) -> Sql<Vec<String>> {
    sqlx::query_scalar!("select distinct region from customers where region <> '' order by region")
        .fetch_all(conn)
        .await
}

pub(super) async fn find_name(conn: &mut PgConnection, id: CustomerId) -> Sql<Option<String>> {
    sqlx::query_scalar!("select name from customers where id = $1", id.0).fetch_optional(conn).await
}

pub(super) async fn find_by_number(conn: &mut PgConnection, number: &str) -> Sql<Option<CustomerId>> {
    sqlx::query_scalar!(r#"select id as "id: CustomerId" from customers where customer_no = $1"#, number)
        .fetch_optional(conn)
        .await
}

/// Makes somebody answer for a customer, or nobody; `None` when `version` is stale.
pub(super) async fn save_owner(
    conn: &mut PgConnection,
    id: CustomerId,
    owner: Option<EmployeeId>,
    version: i64,
) -> Sql<Option<()>> {
    let saved = sqlx::query!(
        "update customers set owner_id = $2, version = version + 1 where id = $1 and version = $3",
        id.0,
        owner.map(|id| id.0),
        version
    )
    .execute(conn)
    .await?;
    Ok((saved.rows_affected() == 1).then_some(()))
}

/// Whether anybody but `people`, or the house, has or shares in an order of a customer, or answers for them.
pub(super) async fn is_sold_to_by_others(
    conn: &mut PgConnection,
    id: CustomerId,
    people: &HashSet<EmployeeId>,
) -> Sql<bool> {
    let people: Vec<i64> = people.iter().map(|id| id.0).collect();
    sqlx::query_scalar!(
        r#"select exists (select from deals d where d.customer_id = $1 and d.status <> 'undone'
                and (d.employee_id is null or d.employee_id <> all($2)
                    or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id <> all($2))))
            or exists (select from customers where id = $1 and owner_id <> all($2)) as "there!""#,
        id.0,
        &people
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn owner(conn: &mut PgConnection, id: CustomerId) -> Sql<Option<EmployeeId>> {
    let owner =
        sqlx::query_scalar!(r#"select owner_id as "id: EmployeeId" from customers where id = $1"#, id.0);
    Ok(owner.fetch_optional(conn).await?.flatten())
}
