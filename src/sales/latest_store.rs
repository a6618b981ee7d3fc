//! SQL of the deals that counted latest: found by an index from the end, however many there are.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::list::{Filter, Holder, Scope};
use crate::error::Result;

/// Rows of the ledger that are looked at, of everybody or of one person.
const ROWS: i64 = 80;
/// Rows of each member of a department that are looked at.
const ROWS_OF_MEMBER: i64 = 14;

/// Deals that may be among the latest.
pub(super) struct Candidates {
    /// The deals.
    pub(super) ids: Vec<i64>,
    /// Whether the list has no others.
    pub(super) are_all: bool,
}

/// The deals of the latest rows of the ledger that pass `filter`'s holder, category and days.
pub(super) async fn candidates(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &Filter,
) -> Result<Candidates> {
    let mut query = QueryBuilder::new("");
    let most = match filter.holder {
        Holder::Department(id) => {
            query.push(
                "select e.deal_id from (select distinct m.employee_id, m.during from department_subtree(",
            );
            query.push_bind(id.0).push(") s join memberships m on m.department_id = s.department_id) m");
            query.push(" cross join lateral (select e.deal_id, e.credit_date from credit_entries e");
            query.push(
                " where e.employee_id = m.employee_id and e.kind = 'direct' and m.during @> e.credit_date",
            );
            narrow(&mut query, scope, filter);
            ROWS_OF_MEMBER
        }
        Holder::Person(id) => {
            query.push("select e.deal_id from credit_entries e where e.employee_id = ").push_bind(id.0);
            narrow(&mut query, scope, filter);
            ROWS
        }
        Holder::Anybody => {
            let counts =
                if scope.people.is_none() { "e.kind <> 'overlay'" } else { "e.employee_id is not null" };
            query.push("select e.deal_id from credit_entries e where ").push(counts);
            narrow(&mut query, scope, filter);
            ROWS
        }
    };
    // by the day only, which is how the index of a person's rows is ordered
    query.push(" order by e.credit_date desc limit ").push_bind(most);
    if matches!(filter.holder, Holder::Department(_)) {
        query.push(") e order by e.credit_date desc limit ").push_bind(ROWS);
    }
    let mut ids: Vec<i64> = query.build_query_scalar().fetch_all(conn).await?;
    let are_all = i64::try_from(ids.len()).is_ok_and(|rows| rows < most);
    ids.sort_unstable();
    ids.dedup();
    Ok(Candidates { ids, are_all })
}

fn narrow(query: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &Filter) {
    if let Some(people) = &scope.people {
        query.push(" and e.employee_id = any(").push_bind(people.clone()).push(")");
    }
    if let Some(from) = filter.from {
        query.push(" and e.credit_date >= ").push_bind(from);
    }
    if let Some(until) = filter.until {
        query.push(" and e.credit_date <= ").push_bind(until);
    }
    if let Some(category) = filter.category {
        query.push(" and e.category_id = ").push_bind(category.0);
    }
}
