//! SQL of how promises are kept.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::figures::{Group, Kept, Row};
use super::list::Filter;
use crate::error::Result;
use crate::kernel::id::EmployeeId;

#[derive(FromRow)]
struct Columns {
    key: String,
    name: String,
    lines: i64,
    owed: i64,
    on_time: i64,
    lead: Option<i32>,
    slowest: Option<i32>,
}

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

/// Orders that were delivered in the period: how many, how many of them had a date, how many kept it.
pub(super) async fn kept(conn: &mut PgConnection, filter: &Filter) -> Result<Kept> {
    let mut query = QueryBuilder::new(
        "select count(*), count(*) filter (where d.on_time is not null), count(*) filter (where d.on_time),
            (percentile_disc(0.5) within group (order by d.delivered_on - d.ordered_on))::int
        from deals d where d.delivered_on is not null and d.status = 'booked'",
    );
    push_seen(&mut query, filter, "d.delivered_on");
    let (orders, owed, on_time, lead): (i64, i64, i64, Option<i32>) =
        query.build_query_as().fetch_one(conn).await?;
    Ok(Kept { orders, owed, on_time, lead })
}

/// Lines that were delivered in the period, in groups.
pub(super) async fn groups(conn: &mut PgConnection, filter: &Filter, group: Group) -> Result<Vec<Row>> {
    let (key, name, join) = match group {
        Group::Month => ("to_char(l.delivered_on, 'YYYY-MM')", "to_char(l.delivered_on, 'YYYY-MM')", ""),
        Group::Product => ("p.id::text", "p.name", "join products p on p.id = l.product_id"),
        Group::Category => (
            "g.id::text",
            "g.name",
            "join products p on p.id = l.product_id join product_categories g on g.id = p.category_id",
        ),
        Group::Customer => ("c.id::text", "c.name", "join customers c on c.id = d.customer_id"),
        Group::Department => (
            "coalesce(h.id, u.id)::text",
            "coalesce(h.name, u.name, '')",
            "left join departments h on h.id = d.handler_department_id",
        ),
    };
    let mut query = QueryBuilder::new(format!(
        "select coalesce({key}, '') as key, {name} as name, count(*) as lines,
            count(*) filter (where l.promised_on is not null) as owed,
            count(*) filter (where l.delivered_on <= coalesce(l.owed_on, l.promised_on)) as on_time,
            (percentile_disc(0.5) within group (order by l.delivered_on - d.ordered_on))::int as lead,
            max(l.delivered_on - d.ordered_on) as slowest
        from deal_lines l join deals d on d.id = l.deal_id {join} "
    ));
    if group == Group::Department {
        query.push("left join departments u on u.id = ").push_bind(filter.usual.1.map(|id| id.0));
    }
    query.push(" where l.delivered_on is not null and not l.removed and d.status = 'booked'");
    push_seen(&mut query, filter, "l.delivered_on");
    query
        .push(" group by 1, 2 order by ")
        .push(if group == Group::Month { "1 desc" } else { "3 desc, 2" })
        .push(" limit 500");
    let rows: Vec<Columns> = query.build_query_as().fetch_all(conn).await?;
    let row = |row: Columns| Row {
        key: row.key,
        name: row.name,
        lines: row.lines,
        owed: row.owed,
        on_time: row.on_time,
        lead: row.lead,
        slowest: row.slowest,
    };
    Ok(rows.into_iter().map(row).collect())
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

/// How many lines of the orders of `people`, or of all, were owed before `day` and not delivered by then.
pub(super) async fn late_at(
    conn: &mut PgConnection,
    people: Option<&[EmployeeId]>,
    day: NaiveDate,
) -> Result<i64> {
    let people: Option<Vec<i64>> = people.map(|people| people.iter().map(|id| id.0).collect());
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "late!" from (
            select l.deal_id from deal_lines l where l.delivered_on is null and l.promised_on is not null and not l.removed
                and l.quantity > l.cancelled and coalesce(l.owed_on, l.promised_on) < $2
            union all
            select l.deal_id from deal_lines l where l.delivered_on >= $2 and not l.removed and coalesce(l.owed_on, l.promised_on) < $2
        ) l join deals d on d.id = l.deal_id
        where d.status = 'booked' and ($1::bigint[] is null or d.employee_id = any($1)
                or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any($1)))"#,
        people.as_deref(),
        day
    )
    .fetch_one(conn)
    .await?)
}
