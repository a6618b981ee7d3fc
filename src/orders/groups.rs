//! How orders were delivered in some days, in groups: how many kept their date, and how long they took.

use std::collections::HashMap;

use rustc_hash::FxHashMap;
use sqlx::PgConnection;

use super::delivered::{self, Asked, Homes, Keys, Tally, Whose, month};
use crate::customers;
use crate::error::Result;
use crate::org::Organisation;
use crate::process::grouping::{By, Grouping};

/// Orders of a group that were wholly delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// How many.
    pub orders: i64,
    /// Those that had a date.
    pub owed: i64,
    /// Those that kept it.
    pub on_time: i64,
    /// Median of the days from order to delivery.
    pub lead: Option<i32>,
}

impl From<Tally> for Deliveries {
    fn from(tally: Tally) -> Self {
        Self { orders: tally.count, owed: tally.owed, on_time: tally.on_time, lead: tally.lead() }
    }
}

/// What was wholly delivered, by the key of the group as [`By`] writes it, and all together; what `people` sold, or everybody.
pub async fn deliveries_by(
    conn: &mut PgConnection,
    organisation: &Organisation,
    grouping: &Grouping,
    people: Option<&[i64]>,
) -> Result<(HashMap<String, Deliveries>, Deliveries)> {
    let segments = match grouping.by {
        By::Segment => customers::by_segment(conn).await?,
        _ => Vec::new(),
    };
    let keys = match grouping.by {
        By::All => Keys::None,
        By::Person => Keys::Seller,
        By::Department => Keys::Department(Homes::new(organisation)),
        By::Product => Keys::Product,
        By::Segment => Keys::OfCustomer(numbered(&segments)),
        By::Month => Keys::Month,
    };
    let asked =
        Asked { lines: false, days: grouping.days, whose: people.map_or(Whose::Everybody, Whose::SoldBy) };
    let name = |key: i64| match grouping.by {
        By::All => String::new(),
        By::Month => month(key),
        By::Segment => named(&segments, key),
        _ if key == 0 => String::new(),
        _ => key.to_string(),
    };
    let tallies = delivered::tallies(conn, &asked, keys).await?;
    let groups = match grouping.by {
        By::Department => Homes::with_above(organisation, tallies.groups),
        _ => tallies.groups,
    };
    let groups = groups.into_iter().map(|(key, tally)| (name(key), tally.into()));
    Ok((groups.collect(), tallies.all.into()))
}

/// The number of each customer's segment, from 1.
fn numbered(segments: &[(String, Vec<i64>)]) -> FxHashMap<i64, i64> {
    let of = |(number, customers): (i64, &Vec<i64>)| {
        customers.iter().map(move |id| (*id, number)).collect::<Vec<_>>()
    };
    (1..).zip(segments).flat_map(|(number, (_, customers))| of((number, customers))).collect()
}

/// The segment of a number; empty for 0.
fn named(segments: &[(String, Vec<i64>)], number: i64) -> String {
    let place = usize::try_from(number - 1).ok();
    place.and_then(|place| segments.get(place)).map(|(segment, _)| segment.clone()).unwrap_or_default()
}
