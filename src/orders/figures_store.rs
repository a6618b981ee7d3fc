//! SQL of how promises are kept.

use std::collections::HashMap;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::list::Filter;
use crate::error::Result;

/// What is seen, and delivered in the days asked for by `day`.
fn push_seen(query: &mut QueryBuilder<Postgres>, filter: &Filter, day: &str) {
    if let Some(people) = &filter.only {
        query.push(" and (d.employee_id = any(").push_bind(people.clone());
        query.push(") or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any(");
        query.push_bind(people.clone()).push(")))");
    }
    if let Some(days) = filter.days {
        query.push(format!(" and {day} >= ")).push_bind(days.start);
        query.push(format!(" and {day} < ")).push_bind(days.end);
    }
}

/// How often dates were moved in the period, by cause: (cause, how often, lines).
pub(super) async fn causes(conn: &mut PgConnection, filter: &Filter) -> Result<Vec<(String, i64, i64)>> {
    let mut query = QueryBuilder::new(
        "select p.cause, count(*), count(distinct p.line_id) from promises p join deal_lines l on l.id = p.line_id
        join deals d on d.id = l.deal_id where p.cause <> 'first' and d.status = 'booked'",
    );
    push_seen(&mut query, filter, "p.changed_on");
    query.push(" group by 1 order by 2 desc, 1");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// How many lines of the orders of `people`, or of all, were owed before `day` and are not delivered yet.
pub(super) async fn late(conn: &mut PgConnection, people: Option<&[i64]>, day: NaiveDate) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "late!" from deal_lines l left join deals d on d.id = l.deal_id
        where l.delivered_on is null and l.promised_on is not null and not l.removed and l.quantity > l.cancelled
            and l.stage <> 'off' and coalesce(l.owed_on, l.promised_on) < $2 and ($1::bigint[] is null or d.employee_id = any($1)
                or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any($1)))"#,
        people,
        day
    )
    .fetch_one(conn)
    .await?)
}

/// What customers of these ids are called.
pub(super) async fn customers(conn: &mut PgConnection, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let rows = sqlx::query!("select id, name from customers where id = any($1)", ids);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The category of each product.
pub(super) async fn categories(conn: &mut PgConnection) -> Result<FxHashMap<i64, i64>> {
    let rows = sqlx::query!("select id, category_id from products").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.category_id)).collect())
}
