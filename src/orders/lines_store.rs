//! SQL of lists of lines that are to be delivered.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::list::{Filter, LineRow, View};
use super::list_store::{Kind, push_answering, push_filter, push_whose, state};
use crate::error::Result;
use crate::kernel::id::{DealId, DepartmentId, LineId};

/// What is owed of a line.
const DUE: &str = "coalesce(l.owed_on, l.promised_on)";
/// What is open of a line, of an order that stands.
const OPEN: &str =
    "l.delivered_on is null and not l.removed and l.quantity > l.cancelled and l.stage <> 'off'";
/// What is known of lines `l`. What a count does not look at is not joined either, as these are left joins.
const JOINS: &str = "left join deals d on d.id = l.deal_id left join customers c on c.id = d.customer_id
    left join products p on p.id = l.product_id left join employees h on h.id = d.handler_id";

/// Lines that are in danger, as a view holds them: owed soon and not ready, or with a date that slipped. Each kind has its index.
fn push_at_risk(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(format!(
        "(select * from deal_lines l where {OPEN} and l.promised_on is not null and (l.stage = 'making' or l.promised_on > {DUE}) and {DUE} >= "
    ));
    query.push_bind(filter.today).push(format!(" and {DUE} < ")).push_bind(filter.soon);
    query.push(format!(
        " union all select * from deal_lines l where {OPEN} and l.owed_on < l.promised_on and {DUE} >= "
    ));
    query.push_bind(filter.soon).push(") l");
}

fn push_lines(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(" from ");
    match filter.view {
        View::AtRisk => push_at_risk(query, filter),
        _ => {
            query.push("deal_lines l");
        }
    }
    query.push(format!(" {JOINS} where "));
    match filter.view {
        View::Done => {
            query.push(
                "l.delivered_on is not null and not l.removed and d.status = 'booked' and l.delivered_on >= ",
            );
            query.push_bind(filter.days.map_or(filter.since, |days| days.start));
        }
        View::Due | View::Late => {
            let before = if filter.view == View::Late { filter.today } else { filter.until };
            query.push(format!("{OPEN} and l.promised_on is not null and {DUE} < ")).push_bind(before);
        }
        View::AtRisk | View::Waiting | View::WithoutDate | View::All => {
            query.push(OPEN).push(" and l.promised_on is not null");
        }
    }
    if filter.view != View::Done {
        push_whose(query, filter, Kind::Owed);
    }
    push_filter(query, filter);
    if let Some(product) = filter.product {
        query.push(" and l.product_id = ").push_bind(product);
    }
    if let Some(days) = filter.days {
        let day = if filter.view == View::Done { "l.delivered_on" } else { DUE };
        query.push(format!(" and {day} >= ")).push_bind(days.start);
        query.push(format!(" and {day} < ")).push_bind(days.end);
    }
}

/// How many lines there are.
pub(super) async fn count_lines(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*)");
    push_lines(&mut query, filter);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

#[derive(FromRow)]
struct LineColumns {
    id: LineId,
    deal_id: DealId,
    order_no: String,
    line_no: i32,
    product: String,
    customer: String,
    quantity: i64,
    open: i64,
    order_state: String,
    promised_on: Option<NaiveDate>,
    due: Option<NaiveDate>,
    delivered_on: Option<NaiveDate>,
    handler_name: Option<String>,
    answering: Option<DepartmentId>,
}

/// Lines in the order of a column.
pub(super) async fn lines(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<LineRow>> {
    let mut query = QueryBuilder::new(format!(
        "select l.id, l.deal_id, d.order_no, l.line_no, p.name as product, c.name as customer, l.quantity,
            case when l.delivered_on is null then greatest(l.quantity - l.cancelled
                - coalesce((select sum(v.quantity) from deliveries v where v.line_id = l.id), 0), 0) else 0 end::bigint as open,
            d.order_state, l.promised_on, {DUE} as due, l.delivered_on, h.name as handler_name, "
    ));
    push_answering(&mut query, filter);
    let turn = if descending { "desc" } else { "asc" };
    let by = match column {
        "customer" => r#"lower(c.name) collate "sv-x-icu""#,
        "product" => r#"lower(p.name) collate "sv-x-icu""#,
        "order" => "d.order_no",
        _ if filter.view == View::Done => "l.delivered_on",
        _ => DUE,
    };
    let order = format!(" order by {by} {turn}, l.id {turn}");
    // the page is cut out before anything is joined to it
    query.push(" as answering from (select l.*");
    push_lines(&mut query, filter);
    query.push(&order).push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    query.push(format!(") l {JOINS}")).push(order);
    let rows: Vec<LineColumns> = query.build_query_as().fetch_all(conn).await?;
    let rows = rows.into_iter().map(|row| {
        Ok(LineRow {
            id: row.id,
            order: row.deal_id,
            order_no: row.order_no,
            line_no: row.line_no,
            product: row.product,
            customer: row.customer,
            quantity: row.quantity,
            open: row.open,
            ready: state(&row.order_state)?.is_on_its_way(),
            promised_on: row.promised_on,
            due: row.due,
            delivered_on: row.delivered_on,
            handler_name: row.handler_name,
            answering: row.answering,
        })
    });
    rows.collect()
}
