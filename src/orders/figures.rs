//! How promises are kept: on-time share and lead time, by product, customer, department and month. An order is on time when each
//! of its lines came by the day it was owed ([`super::due`]); lead time is the days from order to delivery, and the one shown
//! is the median: half of them were quicker.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::figures_store as store;
use super::list::Filter;
use crate::error::Result;
use crate::kernel::period::Period;
use crate::org::Organisation;
use crate::process::packed::{self, Asked, Keys, Tally, What, Whose};
use crate::products;

/// At most so many groups.
const MOST: usize = 500;

/// What lines are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Month,
    Product,
    Category,
    Customer,
    Department,
}

impl Group {
    /// All, in the order they are offered.
    pub(super) const ALL: [Self; 5] =
        [Self::Month, Self::Product, Self::Category, Self::Customer, Self::Department];

    /// The code in addresses.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Product => "product",
            Self::Category => "category",
            Self::Customer => "customer",
            Self::Department => "department",
        }
    }

    /// Reads a code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }
}

/// Lines of a group.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Id or month; empty where nobody delivers.
    pub(super) key: String,
    pub(super) name: String,
    pub(super) tally: Tally,
}

/// What the filter's days and reader have to do with deliveries.
fn asked(filter: &Filter, days: Period, what: What) -> Asked<'_> {
    Asked { what, days, whose: filter.only.as_deref().map_or(Whose::Everybody, Whose::Of) }
}

/// Orders that were delivered in some days.
pub(super) async fn kept(conn: &mut PgConnection, filter: &Filter, days: Period) -> Result<Tally> {
    Ok(packed::tallies(conn, &asked(filter, days, What::Orders), Keys::None).await?.all)
}

/// How many lines were owed before `day` and not delivered by then, though perhaps since.
pub(super) async fn late_at(
    conn: &mut PgConnection,
    filter: &Filter,
    day: NaiveDate,
    today: NaiveDate,
) -> Result<i64> {
    let since = Period { start: day, end: today + Days::new(1) };
    let came = packed::tallies(conn, &asked(filter, since, What::Lines), Keys::OwedBefore(day)).await?;
    let came = came.groups.iter().map(|(_, tally)| tally.count).sum::<i64>();
    Ok(came + store::late(conn, filter.only.as_deref(), day).await?)
}

/// Lines that were delivered in some days, in groups: months latest first, of others those with the most lines.
pub(super) async fn groups(
    conn: &mut PgConnection,
    organisation: &Organisation,
    (filter, days): (&Filter, Period),
    group: Group,
) -> Result<Vec<Row>> {
    let keys = match group {
        Group::Month => Keys::Month,
        Group::Product => Keys::Product,
        Group::Category => Keys::OfProduct(store::categories(conn).await?),
        Group::Customer => Keys::Customer,
        Group::Department => Keys::Handler(filter.usual.1),
    };
    let mut tallies = packed::tallies(conn, &asked(filter, days, What::Lines), keys).await?.groups;
    tallies.sort_by_key(|(key, tally)| (Reverse(tally.count), Reverse(*key)));
    tallies.truncate(MOST);
    let names = names(conn, organisation, group, &tallies).await?;
    let row = |(key, tally)| {
        let month = || packed::month(key);
        let name = names.get(&key).cloned();
        match group {
            Group::Month => Row { key: month(), name: month(), tally },
            _ if key == 0 => Row { key: String::new(), name: String::new(), tally },
            _ => Row { key: key.to_string(), name: name.unwrap_or_default(), tally },
        }
    };
    let mut rows: Vec<Row> = tallies.into_iter().map(row).collect();
    match group {
        Group::Month => rows.sort_by(|a, b| b.key.cmp(&a.key)),
        _ => rows.sort_by(|a, b| b.tally.count.cmp(&a.tally.count).then_with(|| a.name.cmp(&b.name))),
    }
    Ok(rows)
}

/// What the keys of groups are called.
async fn names(
    conn: &mut PgConnection,
    organisation: &Organisation,
    group: Group,
    tallies: &[(i64, Tally)],
) -> Result<HashMap<i64, String>> {
    Ok(match group {
        Group::Month => HashMap::new(),
        Group::Product => products::names(conn).await?.into_iter().map(|(id, name)| (id.0, name)).collect(),
        Group::Category => {
            products::categories(conn).await?.into_iter().map(|(id, name)| (id.0, name)).collect()
        }
        Group::Customer => {
            let ids: Vec<i64> = tallies.iter().map(|(id, _)| *id).collect();
            store::customers(conn, &ids).await?
        }
        Group::Department => organisation.departments.iter().map(|it| (it.id.0, it.name.clone())).collect(),
    })
}
