//! SQL of open deals in groups.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::Stages;
use super::groups::Decisions;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::{Grouping, Measures};

const MEASURES: Measures = Measures {
    sums: &[
        ("opened", "count(*) filter (where e.what = 'opened')"),
        ("won", "count(*) filter (where e.what = 'won')"),
        ("lost", "count(*) filter (where e.what = 'lost')"),
    ],
    median: "cycle",
};
const LINES: &str = "opportunity_lines i where i.opportunity_id = e.thing";

fn push_events(query: &mut QueryBuilder<Postgres>, days: &Period, people: Option<&[i64]>) {
    let of = |query: &mut QueryBuilder<Postgres>, day: &str| {
        query.push(format!(" where {day} >= ")).push_bind(days.start);
        query.push(format!(" and {day} < ")).push_bind(days.end);
        if let Some(people) = people {
            query.push(" and o.employee_id = any(").push_bind(people.to_vec()).push(")");
        }
    };
    query.push(
        "select 'opened' as what, o.opened_on as day, o.employee_id as person, o.customer_id as customer, o.id as thing,
            null::int as took from opportunities o",
    );
    of(query, "o.opened_on");
    query.push(
        " union all select o.state, o.closed_on, o.employee_id, o.customer_id, o.id,
            case when o.state = 'won' then o.closed_on - o.opened_on end
        from opportunities o left join deals d on d.id = o.deal_id",
    );
    of(query, "o.closed_on");
    query.push(" and o.state <> 'open' and (o.state = 'lost' or d.status = 'booked')");
}

pub(super) async fn decisions(
    conn: &mut PgConnection,
    grouping: &Grouping,
    people: Option<&[i64]>,
) -> Result<HashMap<String, Decisions>> {
    grouping.sums(conn, (&MEASURES, LINES), |query, days| push_events(query, days, people)).await
}

/// How many of those opened in `days` came as far as which place and no further; one more than there are stages for those that
/// became an order.
pub(super) async fn furthest(
    conn: &mut PgConnection,
    stages: &Stages,
    days: &Period,
    people: Option<&[i64]>,
) -> Result<Vec<(usize, i64)>> {
    let ids: Vec<i64> = stages.active().map(|stage| stage.id.0).collect();
    let rows = sqlx::query!(
        r#"select case when won then cardinality($1::bigint[]) + 1 else place end as "place!", count(*) as "count!" from (
            -- whoever stood in stages alone that are used no more has at least begun
            select o.state = 'won' and d.status = 'booked' as won, coalesce(greatest(
                array_position($1, o.stage_id),
                (select max(array_position($1, m.stage_id)) from opportunity_moves m where m.opportunity_id = o.id)
            ), 1) as place
            from opportunities o left join deals d on d.id = o.deal_id
            where o.opened_on >= $2 and o.opened_on < $3 and ($4::bigint[] is null or o.employee_id = any($4))
        ) furthest group by 1"#,
        &ids,
        days.start,
        days.end,
        people
    );
    let place = |place: i32| usize::try_from(place).unwrap_or(0);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (place(row.place), row.count)).collect())
}
