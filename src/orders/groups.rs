//! How orders were delivered in some days, in groups: how many kept their date, and how long they took.

use sqlx::PgConnection;

use crate::error::Result;
use crate::process::grouping::{Grouped, Grouping};
use crate::process::packed::{Tally, What};

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

/// What was wholly delivered, by the key of the group, and all together; what `people` sold, or everybody.
pub async fn deliveries_by(
    conn: &mut PgConnection,
    grouping: &Grouping<'_>,
    people: Option<&[i64]>,
) -> Result<Grouped<Deliveries>> {
    let (groups, all) = grouping.tallies(conn, What::Orders, people).await?;
    Ok((groups.into_iter().map(|(key, tally)| (key, tally.into())).collect(), all.into()))
}
