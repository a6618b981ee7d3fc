//! SQL of lists of orders and of lines to be delivered.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::State;
use super::list::{Filter, LineRow, Row, View};
use crate::error::{AppError, Result};
use crate::kernel::id::{DealId, DepartmentId, EmployeeId, LineId};
use crate::process::action::Whose;
use crate::process::grouping::home;

/// What is owed of a line.
const DUE: &str = "coalesce(l.owed_on, l.promised_on)";
/// What is open of a line.
const OPEN: &str =
    "l.delivered_on is null and not l.removed and l.quantity > l.cancelled and d.status = 'booked'
    and d.order_state not in ('delivered', 'closed')";

/// The department that answers for an order now.
fn push_answering(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query
        .push("coalesce(d.handler_department_id, case when d.order_state in ('ready', 'partly_delivered') then ")
        .push_bind(filter.usual.1.map(|id| id.0))
        .push("::bigint else ")
        .push_bind(filter.usual.0.map(|id| id.0))
        .push("::bigint end)");
}

/// Whether what is asked for waits for named people and departments alone, and not for those that answer for whatever is handed to
/// nobody: few orders then, however many are open.
fn handed(filter: &Filter) -> Option<&Whose> {
    let usual = [filter.usual.0, filter.usual.1];
    filter.whose.as_ref().filter(|whose| !usual.iter().flatten().any(|id| whose.departments.contains(id)))
}

/// Open orders that were handed to people or departments, as [`View::Waiting`] holds them.
fn push_handed(query: &mut QueryBuilder<Postgres>, whose: &Whose, since: NaiveDate) {
    let waits = "d.order_state not in ('delivered', 'closed') and d.status = 'booked' and (exists (select from deal_lines l
        where l.deal_id = d.id and l.promised_on is not null and l.delivered_on is null and not l.removed and l.quantity > l.cancelled)
        or d.ordered_on >= ";
    let to = [
        ("handler_id", whose.people.iter().map(|id| id.0).collect::<Vec<_>>()),
        ("handler_department_id", whose.departments.iter().map(|id| id.0).collect()),
    ];
    for (place, (column, ids)) in to.into_iter().enumerate() {
        query
            .push(if place > 0 { " union " } else { "" })
            .push(format!("select d.id from deals d where d.{column} = any("));
        query.push_bind(ids).push(") and ").push(waits).push_bind(since).push(")");
    }
}

/// Which orders a view holds, as ids. What is open is found by the index of what is owed, and by that of open orders.
fn push_hits(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    if let Some(whose) = handed(filter).filter(|_| filter.view == View::Waiting) {
        return push_handed(query, whose, filter.since);
    }
    let with_date = format!(
        "select l.deal_id from deal_lines l join deals d on d.id = l.deal_id where l.promised_on is not null and {OPEN}"
    );
    let open = "d.order_state not in ('delivered', 'closed') and d.status = 'booked' and d.ordered_on >= ";
    match filter.view {
        View::Waiting | View::Due => {
            query
                .push(with_date)
                .push(" union select d.id from deals d where ")
                .push(open)
                .push_bind(filter.since);
        }
        View::WithoutDate => {
            query.push("select d.id from deals d where ").push(open).push_bind(filter.since);
            query.push(" and exists (select from deal_lines l where l.deal_id = d.id and l.promised_on is null and l.delivered_on is null and not l.removed and l.quantity > l.cancelled)");
        }
        View::Late => {
            query.push(with_date).push(format!(" and {DUE} < ")).push_bind(filter.today);
            query.push(" group by 1");
        }
        View::AtRisk => {
            query.push(with_date).push(format!(" and {DUE} >= ")).push_bind(filter.today);
            query.push(format!(" and (l.promised_on > {DUE} or d.order_state in ('received', 'confirmed', 'in_production') and {DUE} < "));
            query.push_bind(filter.soon).push(") group by 1");
        }
        View::Done => {
            query.push("select d.id from deals d where d.delivered_on is not null and d.status = 'booked'");
        }
        View::All => {
            query.push("select d.id from deals d where d.status <> 'undone'");
        }
    }
}

/// What is seen and asked for of orders `d` of customers `c`.
fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    if let Some(people) = &filter.only {
        query.push(" and (d.employee_id = any(").push_bind(people.clone());
        query.push(") or d.handler_id = any(").push_bind(people.clone());
        query.push(") or c.owner_id = any(").push_bind(people.clone());
        query.push(") or exists (select from deal_shares s where s.deal_id = d.id and s.employee_id = any(");
        query.push_bind(people.clone()).push(")))");
    }
    if let Some(whose) = &filter.whose {
        query
            .push(" and (d.handler_id = any(")
            .push_bind(whose.people.iter().map(|id| id.0).collect::<Vec<_>>());
        query.push(") or ");
        push_answering(query, filter);
        query
            .push(" = any(")
            .push_bind(whose.departments.iter().map(|id| id.0).collect::<Vec<_>>())
            .push("))");
    }
    if let Some(after) = filter.after {
        query.push(" and d.id > ").push_bind(after);
    }
    if let Some(state) = filter.state {
        query.push(" and d.order_state = ").push_bind(state.code());
    }
    if let Some(people) = filter.only.as_ref().filter(|_| filter.sold) {
        query.push(" and d.employee_id = any(").push_bind(people.clone()).push(")");
    }
    if let Some(owner) = filter.owner {
        query.push(" and d.employee_id = ").push_bind(owner.0);
    }
    if let Some(customer) = filter.customer {
        query.push(" and d.customer_id = ").push_bind(customer.0);
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone());
        query.push(") in lower(d.order_no || ' ' || c.name)) > 0");
    }
}

fn push_orders(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(" from (");
    push_hits(query, filter);
    query.push(
        ") hit (id) join deals d on d.id = hit.id left join customers c on c.id = d.customer_id where true",
    );
    push_filter(query, filter);
    match filter.product {
        Some(product) if filter.view == View::Done => {
            query.push(" and ").push_bind(product).push(" = any(d.delivered_products)");
        }
        Some(product) => {
            query.push(" and exists (select from deal_lines l where l.deal_id = d.id and not l.removed and l.product_id = ");
            query.push_bind(product).push(")");
        }
        None => {}
    }
    let day = if filter.view == View::Done { "d.delivered_on" } else { "d.ordered_on" };
    if let Some(days) = filter.days {
        query.push(format!(" and {day} >= ")).push_bind(days.start);
        query.push(format!(" and {day} < ")).push_bind(days.end);
    }
    if let Some(department) = filter.department {
        query.push(format!(
            " and {} in (select t.department_id from department_subtree(",
            home("d.employee_id", day)
        ));
        query.push_bind(department.0).push(") t)");
    }
    if let Some(segment) = &filter.segment {
        query.push(" and c.segment = ").push_bind(segment.clone());
    }
}

/// How many orders there are.
pub(super) async fn count_orders(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*)");
    push_orders(&mut query, filter);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

#[derive(FromRow)]
struct OrderRow {
    id: DealId,
    order_no: String,
    source: String,
    customer: String,
    owner: Option<EmployeeId>,
    owner_name: Option<String>,
    ordered_on: NaiveDate,
    order_state: String,
    due: Option<NaiveDate>,
    promised_on: Option<NaiveDate>,
    slipped: bool,
    delivered_on: Option<NaiveDate>,
    on_time: Option<bool>,
    handler: Option<EmployeeId>,
    answering: Option<DepartmentId>,
    value: i64,
}

fn state(code: &str) -> Result<State> {
    State::from_code(code).ok_or_else(|| AppError::internal("unknown state of an order"))
}

/// Orders in the order of a column.
pub(super) async fn orders(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Row>> {
    let mut query = QueryBuilder::new(
        "select d.id, d.order_no, d.source, c.name as customer, d.employee_id as owner, o.name as owner_name, d.ordered_on,
            d.order_state, w.due, w.promised_on, coalesce(w.slipped, false) as slipped, d.delivered_on, d.on_time,
            d.handler_id as handler, ",
    );
    push_answering(&mut query, filter);
    query.push(
        " as answering, coalesce((select sum(e.revenue) from credit_entries e where e.deal_id = d.id and e.basis = 0 and e.kind <> 'overlay'), 0)::bigint
            as value from (select d.id, d.order_no, d.source, d.customer_id, d.employee_id, d.ordered_on, d.order_state, d.delivered_on,
            d.on_time, d.handler_id, d.handler_department_id, c.name as customer_name",
    );
    push_orders(&mut query, filter);
    query.push(") d join customers c on c.id = d.customer_id left join employees o on o.id = d.employee_id
        cross join lateral (select min(coalesce(l.owed_on, l.promised_on)) as due, max(l.promised_on) as promised_on,
                bool_or(l.owed_on < l.promised_on) as slipped
            from deal_lines l where l.deal_id = d.id and not l.removed and l.quantity > l.cancelled
                and (l.delivered_on is null or d.delivered_on is not null)) w order by ");
    let turn = if descending { " desc nulls last" } else { " asc nulls last" };
    let by = match column {
        "customer" => r#"lower(d.customer_name) collate "sv-x-icu""#,
        "order" => "d.order_no",
        "person" => r#"lower(o.name) collate "sv-x-icu""#,
        "date" => "d.ordered_on",
        "id" => "d.id",
        _ if filter.view == View::Done => "d.delivered_on",
        _ => "w.due",
    };
    query
        .push(by)
        .push(turn)
        .push(", d.ordered_on, d.id limit ")
        .push_bind(slice.0)
        .push(" offset ")
        .push_bind(slice.1);
    let rows: Vec<OrderRow> = query.build_query_as().fetch_all(conn).await?;
    let rows = rows.into_iter().map(|row| {
        Ok(Row {
            id: row.id,
            order_no: row.order_no,
            source: row.source,
            customer: row.customer,
            owner: row.owner,
            owner_name: row.owner_name,
            ordered_on: row.ordered_on,
            state: state(&row.order_state)?,
            due: row.due,
            promised_on: row.promised_on,
            slipped: row.slipped,
            delivered_on: row.delivered_on,
            on_time: row.on_time,
            handler: row.handler,
            answering: row.answering,
            value: Some(row.value),
        })
    });
    rows.collect()
}

fn push_lines(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(
        // what a count does not look at is not joined either, as these are left joins
        " from deal_lines l join deals d on d.id = l.deal_id left join customers c on c.id = d.customer_id
        left join products p on p.id = l.product_id left join employees h on h.id = d.handler_id where ",
    );
    if filter.view == View::Done {
        query.push(
            "l.delivered_on is not null and not l.removed and d.status = 'booked' and l.delivered_on >= ",
        );
        query.push_bind(filter.days.map_or(filter.since, |days| days.start));
    } else {
        query.push(OPEN).push(" and l.promised_on is not null");
    }
    match filter.view {
        View::Due => {
            query.push(format!(" and {DUE} < ")).push_bind(filter.until);
        }
        View::Late => {
            query.push(format!(" and {DUE} < ")).push_bind(filter.today);
        }
        View::AtRisk => {
            query.push(format!(" and {DUE} >= ")).push_bind(filter.today);
            query.push(format!(" and (l.promised_on > {DUE} or d.order_state in ('received', 'confirmed', 'in_production') and {DUE} < "));
            query.push_bind(filter.soon).push(")");
        }
        View::Waiting | View::WithoutDate | View::Done | View::All => {}
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
    query.push(" as answering");
    push_lines(&mut query, filter);
    let turn = if descending { " desc nulls last" } else { " asc nulls last" };
    let by = match column {
        "customer" => r#"lower(c.name) collate "sv-x-icu""#,
        "product" => r#"lower(p.name) collate "sv-x-icu""#,
        "order" => "d.order_no",
        _ if filter.view == View::Done => "l.delivered_on",
        _ => DUE,
    };
    query.push(" order by ").push(by).push(turn).push(", d.order_no, l.line_no, l.id");
    query.push(" limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
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

pub(super) async fn numbered(
    conn: &mut PgConnection,
    words: &str,
    limit: i64,
) -> Result<Vec<(DealId, String, String)>> {
    let rows = sqlx::query!(
        r#"select d.id as "id: DealId", d.order_no, c.name from deals d join customers c on c.id = d.customer_id
        where starts_with(lower(d.order_no) collate "C", lower($1)) and d.status <> 'undone'
        order by d.ordered_on desc, d.id desc limit $2"#,
        words,
        limit
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.order_no, row.name)).collect())
}
