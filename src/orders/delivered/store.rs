//! SQL of packed days.

use chrono::NaiveDate;
use sqlx::{PgConnection, QueryBuilder, Row};
use tokio_stream::StreamExt;

use super::Asked;
use super::packed::{Column, Day};
use crate::error::Result;

/// Calls `each` with every day on which something was delivered, with the columns that are wanted.
pub(super) async fn each_day(
    conn: &mut PgConnection,
    asked: &Asked<'_>,
    columns: &[Column],
    mut each: impl FnMut(Day),
) -> Result<()> {
    let column =
        |wanted: Column, name: &'static str| if columns.contains(&wanted) { name } else { "''::bytea" };
    let mut query = QueryBuilder::new(format!(
        "select day, outcomes, {}, {}, {}, {} from delivered where of_lines = {} and day >= ",
        column(Column::People, "people"),
        column(Column::Customers, "customers"),
        column(Column::Departments, "departments"),
        column(Column::Products, "products"),
        asked.lines,
    ));
    query.push_bind(asked.days.start).push(" and day < ").push_bind(asked.days.end);
    let query = query.build();
    let mut rows = query.fetch(conn);
    while let Some(row) = rows.next().await {
        let row = row?;
        each(Day {
            date: row.try_get(0)?,
            outcomes: row.try_get(1)?,
            people: row.try_get(2)?,
            customers: row.try_get(3)?,
            departments: row.try_get(4)?,
            products: row.try_get(5)?,
        });
    }
    Ok(())
}

/// Packs days on which nothing has changed since the change `seen`, at most `most`; the latest change there is.
pub(super) async fn keep(conn: &mut PgConnection, seen: i64, most: i32) -> Result<i64> {
    Ok(sqlx::query_scalar!(r#"select keep_delivered($1, $2) as "seen!""#, seen, most).fetch_one(conn).await?)
}

/// Days that are not kept as what was delivered on them says.
pub(super) async fn wrong_days(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    Ok(sqlx::query_scalar!(
        r#"select distinct coalesce(k.day, p.day) as "day!"
        from delivered k full join (
            select * from pack_orders('-infinity', 'infinity') union all select * from pack_lines('-infinity', 'infinity')
        ) p on p.day = k.day and p.of_lines = k.of_lines
        where (k.outcomes, k.people, k.customers, k.departments, k.products)
            is distinct from (p.outcomes, p.people, p.customers, p.departments, p.products) order by 1"#
    )
    .fetch_all(conn)
    .await?)
}
