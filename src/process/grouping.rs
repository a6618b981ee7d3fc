//! What happened in some days, put into groups: by whose it was, where, what was sold, to what kind of customer, or when.
//!
//! A person's department is the one they belonged to on the day, with everything above it; house sales are the company's.

use std::collections::HashMap;

use rustc_hash::FxHashMap;
use sqlx::PgConnection;

use super::packed::{self, Asked, Homes, Keys, Tally, What, Whose, month};
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
}

/// The department that a person belonged to on a day, as an expression; the company's where they belonged to none, and for house
/// sales. Lists that figures lead to ask for the same.
pub fn home(person: &str, day: &str) -> String {
    format!(
        "coalesce((select m.department_id from memberships m where m.employee_id = {person} and m.during @> {day}),
            (select r.id from departments r where r.parent_id is null))"
    )
}

/// How events are grouped, and which count.
#[derive(Clone, Debug)]
pub struct Grouping<'a> {
    by: By,
    days: Period,
    organisation: &'a Organisation,
    /// Segments with their customers, where they are grouped by.
    segments: &'a [(String, Vec<i64>)],
}

/// What groups come to by their keys, and everything together, each once.
pub type Grouped<T> = (HashMap<String, T>, T);

impl<'a> Grouping<'a> {
    /// Events of `days`, grouped by `by`; `segments` are asked for when that is [`By::Segment`].
    pub const fn new(
        organisation: &'a Organisation,
        by: By,
        days: Period,
        segments: &'a [(String, Vec<i64>)],
    ) -> Self {
        Self { by, days, organisation, segments }
    }

    /// What happened, of `people` or of everybody.
    pub async fn tallies(
        &self,
        conn: &mut PgConnection,
        what: What,
        people: Option<&[i64]>,
    ) -> Result<Grouped<Tally>> {
        let asked = Asked { what, days: self.days, whose: people.map_or(Whose::Everybody, Whose::SoldBy) };
        let tallies = packed::tallies(conn, &asked, self.keys()).await?;
        let groups = match self.by {
            By::Department => Homes::with_above(self.organisation, tallies.groups),
            _ => tallies.groups,
        };
        let groups = groups.into_iter().map(|(key, tally)| (self.name(key), tally));
        Ok((groups.collect(), tallies.all))
    }

    fn keys(&self) -> Keys {
        match self.by {
            By::All => Keys::None,
            By::Person => Keys::Seller,
            By::Department => Keys::Department(Homes::new(self.organisation)),
            By::Product => Keys::Product,
            By::Segment => Keys::OfCustomer(numbered(self.segments)),
            By::Month => Keys::Month,
        }
    }

    /// The key of a group as addresses have it: an id, a segment, `2026-11`; empty for nobody's, or without a segment.
    fn name(&self, key: i64) -> String {
        match self.by {
            By::All => String::new(),
            By::Month => month(key),
            By::Segment => named(self.segments, key),
            _ if key == 0 => String::new(),
            _ => key.to_string(),
        }
    }
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
