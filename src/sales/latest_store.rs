//! SQL of the deals that counted latest: found by an index from the end, however many there are.

use sqlx::{PgConnection, QueryBuilder};

use super::list::{Filter, Holder, Scope};
use super::list_store::{push_holder, push_lines, push_people};
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
    let mut query = QueryBuilder::new("select e.deal_id from ");
    let most = if let Holder::Department(id) = filter.holder {
        query.push("(select distinct m.employee_id, m.during from department_subtree(").push_bind(id.0);
        query.push(
            ") s join memberships m on m.department_id = s.department_id) m
            cross join lateral (select e.deal_id, e.credit_date, e.id from credit_entries e
                where e.employee_id = m.employee_id and e.kind = 'direct' and m.during @> e.credit_date",
        );
        push_people(&mut query, scope);
        push_lines(&mut query, filter);
        // by the day only, which is how the index of a person's rows is ordered
        query.push(" order by e.credit_date desc limit ").push_bind(ROWS_OF_MEMBER).push(") e");
        ROWS_OF_MEMBER
    } else {
        query.push("credit_entries e where ");
        push_holder(&mut query, scope, filter);
        push_lines(&mut query, filter);
        ROWS
    };
    query.push(" order by e.credit_date desc, e.id desc limit ").push_bind(ROWS);
    let mut ids: Vec<i64> = query.build_query_scalar().fetch_all(conn).await?;
    let are_all = i64::try_from(ids.len()).is_ok_and(|rows| rows < most);
    ids.sort_unstable();
    ids.dedup();
    Ok(Candidates { ids, are_all })
}
