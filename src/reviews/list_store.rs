//! SQL of lists of meetings.

use chrono::NaiveDate;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

use super::steps::State;
use super::{ReviewId, SeriesId};
use crate::error::Result;
use crate::kernel::id::DepartmentId;

/// Which meetings are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of these standing meetings.
    pub series: Vec<i64>,
    /// Only of this department.
    pub department: Option<DepartmentId>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only with these words in the name.
    pub words: String,
    /// In order of id, after this one, for programs.
    pub after: Option<i64>,
}

/// A meeting in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Listed {
    /// The meeting.
    pub id: ReviewId,
    /// The standing meeting it is one of.
    pub series_id: SeriesId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub department_id: DepartmentId,
    /// Its day.
    pub meets_on: NaiveDate,
    /// The first day it looks at.
    pub covers_from: NaiveDate,
    /// Stored code of how far it has come.
    pub state: String,
    /// What it decided.
    pub decisions: i64,
    /// What of that is open.
    pub open: i64,
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(" from reviews r join review_series s on s.id = r.series_id where r.series_id = any(");
    query.push_bind(filter.series.clone()).push(")");
    if let Some(department) = filter.department {
        query.push(" and s.department_id = ").push_bind(department.0);
    }
    if let Some(state) = filter.state {
        query.push(" and r.state = ").push_bind(state.code());
    }
    if !filter.words.is_empty() {
        query.push(" and position(lower(").push_bind(filter.words.clone()).push(") in lower(s.name)) > 0");
    }
    if let Some(after) = filter.after {
        query.push(" and r.id > ").push_bind(after);
    }
}

pub(super) async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64> {
    let mut query = QueryBuilder::new("select count(*)");
    narrow(&mut query, filter);
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// Meetings in order; `slice` is how many and after how many.
pub(super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    (column, descending): (&str, bool),
    slice: (i64, i64),
) -> Result<Vec<Listed>> {
    let mut query = QueryBuilder::new(
        "select p.id, p.series_id, p.name, p.department_id, p.meets_on, p.covers_from, p.state,
            coalesce(c.decisions, 0) as decisions, coalesce(c.open, 0) as open from (
            select r.id, r.series_id, s.name, s.department_id, r.meets_on, r.covers_from, r.state,
                row_number() over (order by ",
    );
    let order = match (column, descending) {
        ("name", false) => "lower(s.name), r.meets_on desc, r.id",
        ("name", true) => "lower(s.name) desc, r.meets_on desc, r.id",
        ("id", _) => "r.id",
        (_, false) => "r.meets_on, r.id",
        (_, true) => "r.meets_on desc, r.id desc",
    };
    query.push(order).push(") as place");
    narrow(&mut query, filter);
    query.push(" order by place limit ").push_bind(slice.0).push(" offset ").push_bind(slice.1);
    query.push(
        ") p left join lateral (
            select count(*) as decisions, count(*) filter (where d.state = 'open') as open
            from decisions d where d.review_id = p.id and d.state <> 'undone'
        ) c on true order by p.place",
    );
    Ok(query.build_query_as().fetch_all(conn).await?)
}
