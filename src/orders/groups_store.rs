//! SQL of delivered orders in groups.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::groups::Deliveries;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::{Grouping, Measures, Products};

const MEASURES: Measures = Measures {
    sums: &[
        ("orders", "count(*)"),
        ("owed", "count(e.on_time)"),
        ("on_time", "count(*) filter (where e.on_time)"),
    ],
    median: "lead",
};
/// What is delivered is kept with the order, so that no line is read.
const PRODUCTS: Products = Products::Kept("unnest(e.products)");

fn push_events(query: &mut QueryBuilder<Postgres>, days: &Period, people: Option<&[i64]>) {
    query.push(
        "select d.delivered_on as day, d.employee_id as person, d.customer_id as customer, d.on_time,
            d.delivered_products as products, d.delivered_on - d.ordered_on as took
        from deals d where d.delivered_on is not null and d.status = 'booked' and d.delivered_on >= ",
    );
    query.push_bind(days.start).push(" and d.delivered_on < ").push_bind(days.end);
    if let Some(people) = people {
        query.push(" and d.employee_id = any(").push_bind(people.to_vec()).push(")");
    }
}

pub(super) async fn deliveries(
    conn: &mut PgConnection,
    grouping: &Grouping,
    people: Option<&[i64]>,
) -> Result<HashMap<String, Deliveries>> {
    grouping.sums(conn, (&MEASURES, &PRODUCTS), |query, days| push_events(query, days, people)).await
}
