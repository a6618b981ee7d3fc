//! SQL of lists of orders.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::State;
use super::list::{Filter, Row, View};
use crate::error::{AppError, Result};
use crate::kernel::id::{DealId, DepartmentId, EmployeeId};
use crate::process::action::Whose;
use crate::process::grouping::home;

/// The department that answers for an order now.
pub(super) fn push_answering(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
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

/// Orders of people or departments, by how these have to do with them: `column = any(`.
type Source = (&'static str, Vec<i64>);

fn handed_to(whose: &Whose) -> Vec<Source> {
    vec![
        ("select d.id from deals d where d.handler_id", whose.people.iter().map(|id| id.0).collect()),
        (
            "select d.id from deals d where d.handler_department_id",
            whose.departments.iter().map(|id| id.0).collect(),
        ),
    ]
}

/// What they sold, handle, share in, or answer for as owner of the customer: what [`push_filter`] asks of every order, from the other
/// side. Both change together.
fn of(people: &[i64]) -> Vec<Source> {
    let sources = [
        "select d.id from deals d where d.employee_id",
        "select d.id from deals d where d.handler_id",
        "select d.id from customers c join deals d on d.customer_id = c.id where c.owner_id",
        "select d.id from deal_shares s join deals d on d.id = s.deal_id where s.employee_id",
    ];
    sources.into_iter().map(|source| (source, people.to_vec())).collect()
}

/// Only orders that were handed to somebody, or are of somebody: found by whose they are, not among all that are open.
pub(super) fn push_whose(query: &mut QueryBuilder<Postgres>, filter: &Filter, kind: Kind) {
    let sources = match (handed(filter), &filter.only) {
        (Some(whose), _) => handed_to(whose),
        (None, Some(people)) => of(people),
        (None, None) => return,
    };
    let mut before = " and d.id in (";
    for (source, ids) in &sources {
        query.push(format!("{before}{source} = any(")).push_bind(ids.clone()).push(") and ");
        kind.push(query, filter);
        before = " union ";
    }
    query.push(")");
}

/// Orders that an index finds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Something open is owed by a day.
    Owed,
    /// No date was given for anything, lately.
    Dateless,
    /// Something open has no date, lately.
    Undated,
    /// Something is owed and not delivered.
    Late,
    /// Nothing is late, and the date has slipped or is soon and the order not ready.
    AtRisk,
    /// All of it was delivered.
    Done,
    /// All but what was undone.
    Any,
}

impl Kind {
    /// What a view holds.
    const fn of(view: View) -> &'static [Self] {
        match view {
            View::Waiting | View::Due => &[Self::Owed, Self::Dateless],
            View::WithoutDate => &[Self::Undated],
            View::Late => &[Self::Late],
            View::AtRisk => &[Self::AtRisk],
            View::Done => &[Self::Done],
            View::All => &[Self::Any],
        }
    }

    /// Whether something is still to be done.
    const fn waits(self) -> bool {
        !matches!(self, Self::Done | Self::Any)
    }

    /// A day that something is owed by says by itself that the order waits: the planner knows how few have one.
    fn push(self, query: &mut QueryBuilder<Postgres>, filter: &Filter) {
        match self {
            Self::Owed | Self::Late | Self::AtRisk => query.push("d.due_on is not null"),
            Self::Dateless | Self::Undated => {
                query.push("d.order_state not in ('delivered', 'closed') and d.status = 'booked' and d.ordered_on >= ");
                query.push_bind(filter.since)
            }
            Self::Done => query.push("d.delivered_on is not null and d.status = 'booked'"),
            Self::Any => query.push("d.status <> 'undone'"),
        };
        match self {
            Self::Dateless => query.push(" and d.due_on is null"),
            Self::Undated => query.push(" and d.undated"),
            Self::Late => query.push(" and d.due_on < ").push_bind(filter.today),
            Self::AtRisk => query
                .push(" and d.due_on >= ")
                .push_bind(filter.today)
                .push(" and (d.slipped or d.order_state in ('received', 'confirmed', 'in_production') and d.due_on < ")
                .push_bind(filter.soon)
                .push(")"),
            Self::Owed | Self::Done | Self::Any => query,
        };
    }
}

/// What is seen and asked for of orders `d` of customers `c`.
pub(super) fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
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
    if let Some(day) = filter.due_before {
        query.push(" and coalesce(d.due_on, d.ordered_on) < ").push_bind(day);
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

/// What is asked for of the orders of a kind, as `d`, with their customer `c` and seller `o`. What a count does not look at is not
/// joined either, as these are left joins.
fn push_orders(query: &mut QueryBuilder<Postgres>, filter: &Filter, kind: Kind) {
    query.push(" from deals d left join customers c on c.id = d.customer_id left join employees o on o.id = d.employee_id where ");
    kind.push(query, filter);
    if kind.waits() {
        push_whose(query, filter, kind);
    }
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
    let mut query = QueryBuilder::new("select 0");
    for kind in Kind::of(filter.view) {
        query.push(" + (select count(*)");
        push_orders(&mut query, filter, *kind);
        query.push(")");
    }
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

pub(super) fn state(code: &str) -> Result<State> {
    State::from_code(code).ok_or_else(|| AppError::internal("unknown state of an order"))
}

/// What orders `d` of customers `c` and sellers `o` are sorted by; those of a kind without dates by what comes after them.
fn order_of(column: &str, descending: bool, view: View, kind: Option<Kind>) -> String {
    let by = match column {
        "customer" => r#"lower(c.name) collate "sv-x-icu""#,
        "order" => "d.order_no",
        "person" => r#"lower(o.name) collate "sv-x-icu""#,
        "date" => "d.ordered_on",
        "id" => "d.id",
        _ if matches!(kind, Some(Kind::Dateless)) => return "d.ordered_on, d.id".to_owned(),
        _ if view == View::Done => "d.delivered_on",
        _ if view == View::All => "coalesce(d.delivered_on, d.due_on)",
        _ => "d.due_on",
    };
    // a column that is never empty has no word about it, so that its index is read either way
    let full = match column {
        "order" | "date" | "id" => true,
        "customer" | "person" => false,
        _ => view == View::Done,
    };
    let empty = if full { "" } else { " nulls last" };
    format!("{by} {}{empty}, d.ordered_on, d.id", if descending { "desc" } else { "asc" })
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
            as value from (",
    );
    for (place, kind) in Kind::of(filter.view).iter().enumerate() {
        query.push(if place > 0 { " union all (select d.*" } else { "(select d.*" });
        push_orders(&mut query, filter, *kind);
        // no more than the page needs, before anything is joined to it
        let order = order_of(column, descending, filter.view, Some(*kind));
        query.push(format!(" order by {order} limit ")).push_bind(slice.0 + slice.1).push(")");
    }
    query.push(
        ") d join customers c on c.id = d.customer_id left join employees o on o.id = d.employee_id
        cross join lateral (select min(coalesce(l.owed_on, l.promised_on)) as due, max(l.promised_on) as promised_on,
                bool_or(l.owed_on < l.promised_on) as slipped
            from deal_lines l where l.deal_id = d.id and not l.removed and l.quantity > l.cancelled
                and (l.delivered_on is null or d.delivered_on is not null)) w",
    );
    let order = order_of(column, descending, filter.view, None);
    query.push(format!(" order by {order} limit ")).push_bind(slice.0).push(" offset ").push_bind(slice.1);
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
