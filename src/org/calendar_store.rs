//! SQL of the lists of holidays and exchange rates.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::company::{HolidayFilter, HolidayRow, RateFilter, RateRow};
use crate::error::Result;

/// Holidays as `filter` asks, `limit` of them after `offset`.
pub(super) async fn list_holidays(
    conn: &mut PgConnection,
    filter: &HolidayFilter,
    (limit, offset): (i64, i64),
) -> Result<Vec<HolidayRow>> {
    let mut query: QueryBuilder<Postgres> =
        QueryBuilder::new("select day, name, count(*) over () as total from holidays where true");
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone()).push(") in lower(name)) > 0");
    }
    if let Some(year) = filter.year {
        query.push(" and extract(year from day) = ").push_bind(year);
    }
    let (column, descending) = filter.sort;
    query.push(if column == "name" { " order by lower(name) collate \"sv-x-icu\"" } else { " order by day" });
    query.push(if descending { " desc, day desc" } else { ", day" });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// The years that have holidays, latest first.
pub(super) async fn holiday_years(conn: &mut PgConnection) -> Result<Vec<i32>> {
    let years = "select distinct extract(year from day)::int as year from holidays order by year desc";
    Ok(sqlx::query_scalar(years).fetch_all(conn).await?)
}

/// Exchange rates as `filter` asks, `limit` of them after `offset`.
pub(super) async fn list_rates(
    conn: &mut PgConnection,
    filter: &RateFilter,
    (limit, offset): (i64, i64),
) -> Result<Vec<RateRow>> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select currency, valid_from, rate, count(*) over () as total from exchange_rates where true",
    );
    if let Some(currency) = &filter.currency {
        query.push(" and currency = ").push_bind(currency.clone());
    }
    if let Some(year) = filter.year {
        query.push(" and extract(year from valid_from) = ").push_bind(year);
    }
    let (column, descending) = filter.sort;
    query.push(match column {
        "currency" => " order by currency",
        "rate" => " order by rate",
        _ => " order by valid_from",
    });
    query.push(if descending { " desc" } else { "" }).push(", valid_from desc, currency");
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// The currencies and the years that have rates.
pub(super) async fn rate_choices(conn: &mut PgConnection) -> Result<(Vec<String>, Vec<i32>)> {
    let currencies = sqlx::query_scalar("select distinct currency from exchange_rates order by currency");
    let currencies = currencies.fetch_all(&mut *conn).await?;
    let years =
        "select distinct extract(year from valid_from)::int as year from exchange_rates order by year desc";
    Ok((currencies, sqlx::query_scalar(years).fetch_all(conn).await?))
}
