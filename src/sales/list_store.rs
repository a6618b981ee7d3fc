//! SQL of lists of deals: rows of the ledger that pass scope and filter, summed by deal.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::DealStatus;
use super::list::{DealRow, Filter, Holder, Scope, Sums};
use crate::attainment::Metric;
use crate::attainment::service::Totals;
use crate::error::{AppError, Result};
use crate::goals::Viewer;
use crate::kernel::basis::Basis;
use crate::kernel::id::{CustomerId, DealId, EmployeeId};

/// The people whose figures a viewer sees.
pub(super) async fn visible_people(conn: &mut PgConnection, viewer: Viewer) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        r#"select employee_id as "id!" from visible_employees($1, $2, $3)"#,
        viewer.employee.map(|id| id.0),
        viewer.everyone,
        viewer.today
    )
    .fetch_all(conn)
    .await?)
}

#[derive(FromRow)]
struct SumsRow {
    count: i64,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i64,
    new_customers: i64,
}

/// How many deals there are, and what they sum to.
pub(super) async fn sums(conn: &mut PgConnection, scope: &Scope, filter: &Filter) -> Result<Sums> {
    let mut query = hits(scope, filter);
    query.push(
        " select count(*) as count, coalesce(sum(revenue), 0)::bigint as revenue,
            coalesce(sum(margin), 0)::bigint as margin, coalesce(sum(units), 0)::bigint as units,
            coalesce(sum(orders), 0)::bigint as orders, coalesce(sum(new_customers), 0)::bigint as new_customers
        from hits",
    );
    let row: SumsRow = query.build_query_as().fetch_one(conn).await?;
    let SumsRow { count, revenue, margin, units, orders, new_customers } = row;
    Ok(Sums { count, totals: Totals { revenue, margin, units, orders, new_customers } })
}

#[derive(FromRow)]
struct Row {
    id: DealId,
    order_no: String,
    ordered_on: NaiveDate,
    status: String,
    customer: CustomerId,
    customer_name: String,
    owner: Option<EmployeeId>,
    owner_name: Option<String>,
    product: Option<String>,
    quantity: Option<i64>,
    lines: i64,
    is_first: bool,
    revenue: i64,
    margin: i64,
    units: i64,
    orders: i64,
    new_customers: i64,
}

impl TryFrom<Row> for DealRow {
    type Error = AppError;

    fn try_from(row: Row) -> Result<Self> {
        let Row { revenue, margin, units, orders, new_customers, .. } = row;
        Ok(Self {
            id: row.id,
            order_no: row.order_no,
            ordered_on: row.ordered_on,
            status: DealStatus::from_code(&row.status).ok_or_else(|| AppError::internal("unknown status"))?,
            customer: row.customer,
            customer_name: row.customer_name,
            owner: row.owner,
            owner_name: row.owner_name,
            product: row.product.unwrap_or_default(),
            quantity: row.quantity.unwrap_or(0),
            more_lines: (row.lines - 1).max(0),
            is_first: row.is_first,
            totals: Totals { revenue, margin, units, orders, new_customers },
        })
    }
}

/// Deals in order: `slice` is how many and after how many, or all of them.
pub(super) async fn rows(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
    (sort, descending): (&str, bool),
    slice: Option<(i64, i64)>,
) -> Result<Vec<DealRow>> {
    let mut query = hits(scope, filter);
    query.push(
        " select d.id, d.order_no, h.dated_on as ordered_on, d.status, d.customer_id as customer, c.name as customer_name,
            d.employee_id as owner, o.name as owner_name, l.product, l.quantity, l.lines,
            c.first_deal_id is not distinct from d.id as is_first,
            h.revenue, h.margin, h.units, h.orders, h.new_customers
        from (select hits.*, d.customer_id, d.employee_id from hits join deals d on d.id = hits.deal_id
            left join customers c on c.id = d.customer_id left join employees o on o.id = d.employee_id order by ",
    );
    let turn = if descending { " desc nulls last" } else { " asc nulls last" };
    let column = match sort {
        "amount" => "hits.revenue",
        "customer" => r#"lower(c.name) collate "sv-x-icu""#,
        "person" => r#"lower(o.name) collate "sv-x-icu""#,
        _ => "hits.dated_on",
    };
    query.push(column).push(turn).push(", hits.dated_on desc, d.id desc");
    if let Some((limit, offset)) = slice {
        query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset);
    }
    query.push(
        ") h join deals d on d.id = h.deal_id join customers c on c.id = d.customer_id
        left join employees o on o.id = d.employee_id
        cross join lateral (
            select count(*) as lines, (array_agg(p.name order by l.line_no))[1] as product,
                (array_agg(l.quantity order by l.line_no))[1] as quantity
            from deal_lines l join products p on p.id = l.product_id where l.deal_id = d.id and not l.removed
        ) l order by ",
    );
    let column = column.replace("hits.", "h.");
    query.push(column).push(turn).push(", h.dated_on desc, d.id desc");
    let rows: Vec<Row> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(DealRow::try_from).collect()
}

/// `with hits as (…)`: each deal that passes, with what its rows sum to and the day that it is listed by.
fn hits(scope: &Scope, filter: &Filter) -> QueryBuilder<Postgres> {
    let (orders, new_customers) = match filter.category {
        Some(_) => ("e.category_orders", "e.category_new_customers"),
        None => ("e.orders", "e.new_customers"),
    };
    let dated_on = match filter.basis {
        Basis::Booked => "min(d.ordered_on)",
        Basis::Delivered => "max(e.credit_date)",
    };
    let mut query = QueryBuilder::new(format!("with hits as (select e.deal_id, {dated_on} as dated_on"));
    let sums = [
        ("e.revenue", "revenue"),
        ("e.margin", "margin"),
        ("e.units", "units"),
        (orders, "orders"),
        (new_customers, "new_customers"),
    ];
    for (column, name) in sums {
        query.push(format!(", coalesce(sum({column}){}, 0)::bigint as {name}", counted(scope, filter)));
    }
    query.push(" from credit_entries e join deals d on d.id = e.deal_id where ");
    push_holder(&mut query, scope, filter);
    push_lines(&mut query, filter);
    push_deals(&mut query, filter);
    query.push(" group by e.deal_id having ");
    push_having(&mut query, filter, (orders, new_customers));
    query.push(")");
    query
}

/// Which of the rows that pass are summed: to somebody who leads, overlay credits of their people are no part of
/// the team's figure (rule 7).
fn counted(scope: &Scope, filter: &Filter) -> &'static str {
    let leads = scope.people.as_ref().is_some_and(|people| people.len() > 1);
    if filter.holder == Holder::Anybody && leads { " filter (where e.kind = 'direct')" } else { "" }
}

pub(super) fn push_holder(query: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &Filter) {
    match filter.holder {
        Holder::Anybody if scope.people.is_none() => {
            query.push("e.kind <> 'overlay'");
        }
        Holder::Anybody => {
            query.push("e.employee_id is not null");
        }
        Holder::Person(id) => {
            query.push("e.employee_id = ").push_bind(id.0);
        }
        Holder::Department(id) => {
            query
                .push(
                    "e.kind = 'direct' and exists (select from memberships m where m.employee_id = e.employee_id
                    and m.during @> e.credit_date and m.department_id in (select s.department_id from department_subtree(",
                )
                .push_bind(id.0)
                .push(") s))");
        }
    }
    push_people(query, scope);
}

pub(super) fn push_people(query: &mut QueryBuilder<Postgres>, scope: &Scope) {
    if let Some(people) = &scope.people {
        query.push(" and e.employee_id = any(").push_bind(people.clone()).push(")");
    }
}

pub(super) fn push_lines(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(" and e.basis = ").push_bind(filter.basis.number());
    if let Some(from) = filter.from {
        query.push(" and e.credit_date >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" and e.credit_date <= ").push_bind(until);
    }
    if let Some(event) = filter.event {
        query.push(" and e.event = ").push_bind(event.code());
    }
    if let Some(category) = filter.category {
        query.push(" and e.category_id = ").push_bind(category.0);
    }
    if let Some(product) = filter.product {
        query
            .push(" and exists (select from deal_lines l where l.id = e.line_id and l.product_id = ")
            .push_bind(product.0)
            .push(")");
    }
}

fn push_deals(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    if let Some(deals) = &filter.deals {
        query.push(" and e.deal_id = any(").push_bind(deals.clone()).push(")");
    }
    if let Some(customer) = filter.customer {
        query.push(" and d.customer_id = ").push_bind(customer.0);
    }
    match filter.status {
        Some(status) => query.push(" and d.status = ").push_bind(status.code()),
        None => query.push(" and d.status <> 'undone'"),
    };
    if !filter.words.is_empty() {
        let words = filter.words.to_lowercase();
        query
            .push(" and (starts_with(lower(d.order_no), ")
            .push_bind(words.clone())
            .push(") or position(")
            .push_bind(words.clone())
            .push(" in lower(d.note)) > 0 or d.customer_id in (select id from customers where position(")
            .push_bind(words)
            .push(" in lower(name)) > 0))");
    }
}

/// A deal is listed where it counts something; one that was cancelled or undone also on its own day, at nothing.
fn push_having(query: &mut QueryBuilder<Postgres>, filter: &Filter, (orders, new_customers): (&str, &str)) {
    let metric = |metric| match metric {
        Metric::Revenue => "e.revenue",
        Metric::Margin => "e.margin",
        Metric::Units => "e.units",
        Metric::Orders => orders,
        Metric::NewCustomers => new_customers,
        _ => "0", // has facts of its own, no deals
    };
    if let Some(wanted) = filter.metric {
        query.push(format!("sum({}) <> 0", metric(wanted)));
        return;
    }
    let counts = Metric::SALES.map(|each| format!("sum({}) <> 0", metric(each))).join(" or ");
    query.push(counts).push(" or (bool_or(d.status <> 'booked')");
    if let Some(from) = filter.from {
        query.push(" and min(d.ordered_on) >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" and min(d.ordered_on) <= ").push_bind(until);
    }
    query.push(")");
}

/// A customer's name, for the tag of the filter.
pub(super) async fn customer_name(conn: &mut PgConnection, id: Option<CustomerId>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(sqlx::query_scalar!("select name from customers where id = $1", id.0).fetch_optional(conn).await?)
}
