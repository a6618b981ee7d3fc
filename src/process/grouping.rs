//! What happened in some days, put into groups: by whose it was, where, what was sold, to what kind of customer, or when.
//!
//! Each area counts its own events and says of each `day`, `person`, `customer`, the order or open deal (`thing`) it is of, and the
//! days that it `took`, null where that is not asked. A person's department is the one they belonged to on the day, with everything
//! above it; house sales are the company's.

use std::collections::HashMap;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};

use crate::error::Result;
use crate::kernel::period::Period;
use crate::org::Organisation;

/// What events are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// All of them in one.
    All,
    /// Whose deal or order it was.
    Person,
    /// Where they belonged on the day.
    Department,
    /// What was sold. Something with several products counts once for each.
    Product,
    /// The kind of customer.
    Segment,
    /// The month.
    Month,
}

impl By {
    /// What can be chosen, in the order it is offered.
    pub const OFFERED: [Self; 5] =
        [Self::Month, Self::Person, Self::Department, Self::Product, Self::Segment];

    /// The code in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Person => "person",
            Self::Department => "department",
            Self::Product => "product",
            Self::Segment => "segment",
            Self::Month => "month",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|by| by.code() == code)
    }

    /// The key of a group, which `text` writes; null for nobody's.
    const fn key(self) -> &'static str {
        match self {
            Self::All => "''::text",
            Self::Person => "e.person",
            Self::Department => "up.above",
            Self::Product => "i.product_id",
            Self::Segment => "coalesce(c.segment, '')",
            Self::Month => "date_trunc('month', e.day)",
        }
    }

    /// The key as text: an id, a segment, `2026-11`; empty for nobody's, or without a segment.
    const fn text(self) -> &'static str {
        match self {
            Self::Month => "to_char(key, 'YYYY-MM')",
            _ => "coalesce(key::text, '')",
        }
    }
}

/// The department that a person belonged to on a day, as an expression; the company's where they belonged to none, and for house
/// sales. Lists that figures lead to ask for the same.
pub fn home(person: &str, day: &str) -> String {
    format!(
        "coalesce((select m.department_id from memberships m where m.employee_id = {person} and m.during @> {day}),
            (select r.id from departments r where r.parent_id is null))"
    )
}

/// What is asked of a group.
pub struct Measures<'a> {
    /// Names and sums over its events, whole numbers: `("orders", "count(*)")`.
    pub sums: &'a [(&'a str, &'a str)],
    /// The name of the median of the days that its events took.
    pub median: &'a str,
}

impl Measures<'_> {
    /// Within a group and the days that something took. So there are few rows to put in order, and the rest is added up as it
    /// is read, by several at once.
    fn inner(&self) -> String {
        let sums = self.sums.iter().map(|(name, sum)| format!("{sum} as {name}, "));
        format!("{}e.took, count(e.took) as times", sums.collect::<String>())
    }

    /// Over the days that something took.
    fn outer(&self) -> String {
        let sums = self.sums.iter().map(|(name, _)| format!("coalesce(sum({name}), 0)::bigint as {name}, "));
        format!(
            "{}min(took) filter (where times > 0 and 2 * up_to >= whole) as {}",
            sums.collect::<String>(),
            self.median
        )
    }
}

/// How events are grouped, and which count.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// By what.
    pub by: By,
    /// On which days.
    pub days: Period,
    /// Departments, and each of those above them beside it, itself included.
    above: (Vec<i64>, Vec<i64>),
    /// The company, for which house sales count.
    root: Option<i64>,
}

impl Grouping {
    /// Events of `days`, grouped by `by`.
    pub fn new(organisation: &Organisation, by: By, days: Period) -> Self {
        let mut above = (Vec::new(), Vec::new());
        for department in &organisation.departments {
            let up = std::iter::successors(Some(department.id), |id| organisation.department(*id)?.parent);
            for id in up {
                above.0.push(department.id.0);
                above.1.push(id.0);
            }
        }
        let root = organisation.departments.iter().find(|department| department.parent.is_none());
        Self { by, days, above, root: root.map(|root| root.id.0) }
    }

    /// What `measures` come to for each group, by its key. `events` writes a statement with the columns that the module names, and
    /// `lines` where the products of one are found: `deal_lines i where i.deal_id = e.thing`.
    pub async fn sums<T>(
        &self,
        conn: &mut PgConnection,
        (measures, lines): (&Measures<'_>, &str),
        events: impl FnOnce(&mut QueryBuilder<Postgres>, &Period),
    ) -> Result<HashMap<String, T>>
    where
        T: for<'r> FromRow<'r, PgRow>,
    {
        let rows = self.select(measures, lines, events).build().fetch_all(conn).await?;
        rows.iter().map(|row| Ok((row.try_get("key")?, T::from_row(row)?))).collect()
    }

    fn select(
        &self,
        measures: &Measures<'_>,
        lines: &str,
        events: impl FnOnce(&mut QueryBuilder<Postgres>, &Period),
    ) -> QueryBuilder<Postgres> {
        let mut query = QueryBuilder::new(format!(
            "select {} as key, {} from (
                select *, sum(times) over (partition by key order by took) as up_to, sum(times) over (partition by key) as whole from (
                    select {} as key, {} from (",
            self.by.text(),
            measures.outer(),
            self.by.key(),
            measures.inner()
        ));
        events(&mut query, &self.days);
        query.push(") e");
        match self.by {
            By::Department => {
                query.push(
                    " left join memberships m on m.employee_id = e.person and m.during @> e.day join unnest(",
                );
                query.push_bind(self.above.0.clone()).push("::bigint[], ").push_bind(self.above.1.clone());
                query.push("::bigint[]) up (id, above) on up.id = coalesce(m.department_id, ");
                query.push_bind(self.root).push("::bigint)");
            }
            By::Product => {
                query.push(format!(" cross join lateral (select distinct i.product_id from {lines}) i"));
            }
            By::Segment => {
                query.push(" left join customers c on c.id = e.customer");
            }
            _ => {}
        }
        query.push(" group by 1, e.took) counted) put_in_order group by key");
        query
    }
}
