//! SQL of packed days and counted months.

use chrono::NaiveDate;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use tokio_stream::StreamExt;

use super::days::{Column, Day};
use super::months::{By, Month};
use super::{Asked, What};
use crate::error::Result;

/// A month of something.
#[derive(Clone, Debug)]
pub(super) struct MonthOf {
    /// Its first day.
    pub(super) first: NaiveDate,
    pub(super) what: String,
}

/// What figures are read from.
pub(super) enum Part<'a> {
    /// Everything that happened in a month, as its days were kept.
    Month(Month<'a>),
    /// A day so many times: -1 for one that has changed and is in its month as it was.
    Day(Day<'a>, i32),
}

/// Calls `each` with parts that make up what is asked: months that are counted so, where it is said how, days for the rest,
/// of days with the columns that are wanted. One statement, so that all of them are of one moment.
pub(super) async fn each_part(
    conn: &mut PgConnection,
    asked: &Asked<'_>,
    (counted_by, columns): (Option<By>, &[Column]),
    mut each: impl FnMut(Part) -> Result<()>,
) -> Result<()> {
    let parts = sqlx::AssertSqlSafe(parts(asked.what, counted_by, columns));
    let query = sqlx::query(parts).bind(asked.days.start).bind(asked.days.end);
    let mut rows = query.fetch(conn);
    while let Some(row) = rows.next().await {
        let row = row?;
        let times: i32 = row.try_get(0)?;
        each(match counted_by.filter(|_| times == 0) {
            Some(by) => Part::Month(Month { by, first: row.try_get(1)?, groups: row.try_get(2)? }),
            None => Part::Day(day(&row)?, times),
        })?;
    }
    Ok(())
}

/// A row for each part from the day $1 up to $2: how often it counts, 0 for a month, then the day with what is packed of it.
fn parts(what: What, counted_by: Option<By>, columns: &[Column]) -> String {
    let wanted =
        Column::ALL.map(|column| if columns.contains(&column) { column.name() } else { "''::bytea" });
    let (wanted, what, by) = (wanted.join(", "), what.code(), counted_by.map_or("", By::name));
    format!(
        "with counted as (
            select first, last, groups from packed_months
            where what = '{what}' and counted_by = '{by}' and first >= $1 and last < $2
        ),
        changed as (select distinct day from packed_changes where what = '{what}' and day >= $1 and day < $2)
        select 0, first, groups, ''::bytea, ''::bytea, ''::bytea, ''::bytea from counted
        union all
        select 1, d.day, d.outcomes, {wanted} from packed d
        where d.what = '{what}' and d.day >= $1 and d.day < $2 and (d.day in (select day from changed)
            or not exists (select from counted c where d.day between c.first and c.last))
        union all
        select -1, d.day, d.outcomes, {wanted} from packed_days d
        where d.what = '{what}' and d.day in (select day from changed)
            and exists (select from counted c where d.day between c.first and c.last)"
    )
}

fn day(row: &PgRow) -> Result<Day<'_>, sqlx::Error> {
    Ok(Day {
        date: row.try_get(1)?,
        outcomes: row.try_get(2)?,
        people: row.try_get(3)?,
        customers: row.try_get(4)?,
        departments: row.try_get(5)?,
        products: row.try_get(6)?,
    })
}

/// Packs days on which nothing has changed since the change `seen`, at most `most`; the latest change there is.
pub(super) async fn keep(conn: &mut PgConnection, seen: i64, most: i32) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select keep_packed($1, $2) as "seen!""#, seen, most).fetch_one(conn).await?)
}

/// Days that are not kept as what happened on them says.
pub(super) async fn wrong_days(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct coalesce(k.day, p.day) as "day!"
        from packed k full join (
            select p.* from unnest(array['orders', 'lines', 'opened', 'won', 'lost', 'scores']) kind
            cross join lateral pack(kind, '-infinity', 'infinity') p
        ) p on p.day = k.day and p.what = k.what
        where (k.outcomes, k.people, k.customers, k.departments, k.products)
            is distinct from (p.outcomes, p.people, p.customers, p.departments, p.products) order by 1"#
    )
    .fetch_all(conn)
    .await?)
}

/// Whether nobody else packs days or counts months until the transaction is over.
pub(super) async fn is_alone(conn: &mut PgConnection) -> Result<bool> {
    let alone = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(7240116) as "alone!""#);
    Ok(alone.fetch_one(conn).await?)
}

/// The latest month that is not counted.
pub(super) async fn uncounted(conn: &mut PgConnection) -> Result<Option<MonthOf>> {
    let month = sqlx::query!(
        r#"select date_trunc('month', d.day)::date as "first!", d.what from packed_days d
        where not exists (
            select from packed_months m where m.month = date_trunc('month', d.day)::date and m.what = d.what
        ) order by d.day desc limit 1"#
    );
    Ok(month.fetch_optional(conn).await?.map(|month| MonthOf { first: month.first, what: month.what }))
}

/// Calls `each` with every day of a month as it is kept, in order; the first and the last.
pub(super) async fn kept_days(
    conn: &mut PgConnection,
    month: &MonthOf,
    mut each: impl FnMut(Day),
) -> Result<(NaiveDate, NaiveDate)> {
    let query = sqlx::query(
        "select 1, day, outcomes, people, customers, departments, products from packed_days
        where what = $2 and day >= $1 and day < $1 + interval '1 month' order by day",
    );
    let mut rows = query.bind(month.first).bind(&month.what).fetch(conn);
    let mut days: Option<(NaiveDate, NaiveDate)> = None;
    while let Some(row) = rows.next().await {
        let row = row?;
        let day = day(&row)?;
        days = Some((days.map_or(day.date, |(first, _)| first), day.date));
        each(day);
    }
    Ok(days.unwrap_or((month.first, month.first)))
}

/// Keeps what a month comes to.
pub(super) async fn put_month(
    conn: &mut PgConnection,
    month: &MonthOf,
    (first, last): (NaiveDate, NaiveDate),
    (by, groups): (By, &[u8]),
) -> Result<()> {
    sqlx::query!(
        "insert into packed_months (month, what, counted_by, first, last, groups) values ($1, $2, $3, $4, $5, $6)",
        month.first,
        month.what,
        by.name(),
        first,
        last,
        groups
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Months that are counted.
pub(super) async fn counted_months(conn: &mut PgConnection) -> Result<Vec<MonthOf>> {
    let months =
        sqlx::query_as!(MonthOf, "select distinct month as first, what from packed_months order by 1, 2");
    Ok(months.fetch_all(conn).await?)
}

/// The first day of a month on which something happened, and what the month comes to; nothing when it is not counted.
pub(super) async fn month(
    conn: &mut PgConnection,
    month: &MonthOf,
    by: By,
) -> Result<Option<(NaiveDate, Vec<u8>)>> {
    let kept = sqlx::query!(
        "select first, groups from packed_months where month = $1 and what = $2 and counted_by = $3",
        month.first,
        month.what,
        by.name()
    );
    Ok(kept.fetch_optional(conn).await?.map(|kept| (kept.first, kept.groups)))
}

/// Forgets what a month comes to.
pub(super) async fn forget(conn: &mut PgConnection, month: &MonthOf) -> Result<()> {
    let months =
        sqlx::query!("delete from packed_months where month = $1 and what = $2", month.first, month.what);
    months.execute(conn).await?;
    Ok(())
}
