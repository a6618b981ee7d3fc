//! What was delivered, added up in groups: how many orders or lines, how many kept their date, how long they took.
//!
//! The database keeps every day packed ([`packed`]), so that the figures of a whole company cost one row for each day, at any number
//! of orders; what they are grouped by ([`keys`]) and what comes of it ([`tally`]) is worked out here.

mod keeping;
mod keys;
mod packed;
mod store;
mod tally;

use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::period::Period;

pub use keeping::{keep, keep_packing};
pub(super) use keys::{Homes, Keys, month};
pub(super) use tally::Tally;

/// Days whose figures are not what their orders and lines say; none when all is right.
pub async fn wrong_days(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    store::wrong_days(conn).await
}

/// Whose is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    /// Everybody's.
    Everybody,
    /// What these people sold.
    SoldBy(&'a [i64]),
    /// What these people sold or share in.
    Of(&'a [i64]),
}

/// What is added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// Lines by themselves, or whole orders.
    pub(super) lines: bool,
    /// The days on which they were delivered.
    pub(super) days: Period,
    /// Whose.
    pub(super) whose: Whose<'a>,
}

/// What was delivered, by the key of its group. What belongs to several counts once for each.
pub(super) async fn tallies(
    conn: &mut PgConnection,
    asked: &Asked<'_>,
    keys: Keys,
) -> Result<HashMap<i64, Tally>> {
    let mut counted = tally::Tallies::new(asked.whose, keys);
    store::each_day(conn, asked, &counted.columns(), |day| counted.add(&day)).await?;
    Ok(counted.groups)
}

/// What was delivered, all together.
pub(super) async fn tally(conn: &mut PgConnection, asked: &Asked<'_>) -> Result<Tally> {
    Ok(tallies(conn, asked, Keys::All).await?.remove(&0).unwrap_or_default())
}
