//! SQL of scores.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{Filter, Given};
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::home;

/// What `pack_scores` packs, for the list.
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
            l.deal_id as thing, null::int as took, true as said, f.words, l.follow_up_id as call, f.id
        from feedback f join feedback_links l on l.id = f.link_id left join deals d on d.id = l.deal_id
        where l.opportunity_id is null
            and not exists (select from feedback_links n where n.deal_id = l.deal_id and n.answered_at > l.answered_at)",
    );
    of(query, ("f.answered_on", "coalesce(d.employee_id, l.owner_id)"));
    query.push(
        " union all select x.score, x.done_on, coalesce(d.employee_id, x.owner_id), x.customer_id, x.deal_id, null,
            false, x.words, x.id, x.id
        from follow_ups x left join deals d on d.id = x.deal_id
        where x.score is not null and not exists (select from feedback_links l where l.answered_at is not null
            and (l.deal_id = x.deal_id or x.deal_id is null and l.follow_up_id = x.id))
            and not exists (select from follow_ups n where n.deal_id = x.deal_id and n.score is not null
                and (n.done_on, n.id) > (x.done_on, x.id))",
    );
    of(query, ("x.done_on", "coalesce(d.employee_id, x.owner_id)"));
}

/// The scores of a filter, with what they are of.
fn push_given(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(" from (");
    push_events(query, &filter.days, filter.only.as_deref());
    query.push(") e join customers c on c.id = e.customer left join deals d on d.id = e.thing");
    query.push(" left join employees p on p.id = e.person where true");
    if let Some(person) = filter.person {
        query.push(" and e.person = ").push_bind(person.0);
    }
    if let Some(department) = filter.department {
        query.push(format!(
            " and {} in (select t.department_id from department_subtree(",
            home("e.person", "e.day")
        ));
        query.push_bind(department.0).push(") t)");
    }
    if let Some(product) = filter.product {
        query.push(" and exists (select from deal_lines i where i.deal_id = e.thing and not i.removed and i.product_id = ");
        query.push_bind(product.0).push(")");
    }
    if let Some(segment) = &filter.segment {
        query.push(" and c.segment = ").push_bind(segment.clone());
    }
}

/// How many there are of each score.
pub(super) async fn by_score(conn: &mut PgConnection, filter: &Filter) -> Result<Vec<(i16, i64)>> {
    let mut query = QueryBuilder::new("select e.score, count(*)");
    push_given(&mut query, filter);
    query.push(" group by 1 order by 1");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    (limit, offset): (i64, i64),
) -> Result<Vec<Given>> {
    let mut query = QueryBuilder::new(
        "select e.day, e.score, e.said, e.words, e.customer, c.name as customer_name, e.thing as deal, d.order_no, e.call,
            p.name as person_name",
    );
    push_given(&mut query, filter);
    let by = match column {
        "score" => "e.score",
        "customer" => r#"lower(c.name) collate "sv-x-icu""#,
        "person" => r#"lower(p.name) collate "sv-x-icu""#,
        _ => "e.day",
    };
    let turn = if descending { " desc nulls last" } else { " asc nulls last" };
    query.push(" order by ").push(by).push(turn).push(", e.day desc, e.said, e.id desc limit ");
    query.push_bind(limit).push(" offset ").push_bind(offset);
    Ok(query.build_query_as().fetch_all(conn).await?)
}
