//! SQL of delivered orders in groups.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::groups::Deliveries;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::Grouping;

const MEASURES: &str =
    "count(*) as orders, count(e.on_time) as owed, count(*) filter (where e.on_time) as on_time,
    (percentile_disc(0.5) within group (order by e.took))::int as lead";

fn push_events(query: &mut QueryBuilder<Postgres>, days: &Period, people: Option<&[i64]>) {
    query.push(
        "select d.delivered_on as day, d.employee_id as person, d.customer_id as customer, d.id as thing, d.on_time,
            d.delivered_on - d.ordered_on as took
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
    let lines = "deal_lines i where i.deal_id = e.thing and not i.removed";
    grouping.sums(conn, (MEASURES, lines), |query, days| push_events(query, days, people)).await
}
