//! SQL of scores in groups.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::scores::Scores;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::Grouping;

fn push_events(query: &mut QueryBuilder<Postgres>, days: &Period, people: Option<&[i64]>) {
    let of = |query: &mut QueryBuilder<Postgres>, (day, person): (&str, &str)| {
        query.push(format!(" and {day} >= ")).push_bind(days.start);
        query.push(format!(" and {day} < ")).push_bind(days.end);
        if let Some(people) = people {
            query.push(format!(" and {person} = any(")).push_bind(people.to_vec()).push(")");
        }
    };
    query.push(
        "select f.score, f.answered_on as day, coalesce(d.employee_id, l.owner_id) as person, l.customer_id as customer,
            l.deal_id as thing
        from feedback f join feedback_links l on l.id = f.link_id left join deals d on d.id = l.deal_id
        where l.opportunity_id is null
            and not exists (select from feedback_links n where n.deal_id = l.deal_id and n.answered_at > l.answered_at)",
    );
    of(query, ("f.answered_on", "coalesce(d.employee_id, l.owner_id)"));
    query.push(
        " union all select x.score, x.done_on, coalesce(d.employee_id, x.owner_id), x.customer_id, x.deal_id
        from follow_ups x left join deals d on d.id = x.deal_id
        where x.score is not null and not exists (select from feedback_links l where l.answered_at is not null
            and (l.deal_id = x.deal_id or x.deal_id is null and l.follow_up_id = x.id))
            and not exists (select from follow_ups n where n.deal_id = x.deal_id and n.score is not null
                and (n.done_on, n.id) > (x.done_on, x.id))",
    );
    of(query, ("x.done_on", "coalesce(d.employee_id, x.owner_id)"));
}

pub(super) async fn scores(
    conn: &mut PgConnection,
    grouping: &Grouping,
    people: Option<&[i64]>,
) -> Result<HashMap<String, Scores>> {
    let measures = "count(*) as answers, coalesce(sum(e.score), 0)::bigint as sum";
    let lines = "deal_lines i where i.deal_id = e.thing and not i.removed";
    grouping.sums(conn, (measures, lines), |query, days| push_events(query, days, people)).await
}
