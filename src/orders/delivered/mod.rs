//! What was delivered, added up in groups: how many orders or lines, how many kept their date, how long they took.
//!
//! The database keeps every day packed ([`packed`]), so that the figures of a whole company cost one row for each day, at any number
//! of orders; what they are grouped by ([`keys`]) and what comes of it ([`tally`]) is worked out here.

mod keeping;
mod keys;
mod packed;
mod store;
mod tally;

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

/// What was delivered.
#[derive(Clone, Debug, Default)]
pub(super) struct Tallies {
    /// By the key of its group; what belongs to several counts once for each.
    pub(super) groups: Vec<(i64, Tally)>,
    /// All together, each once.
    pub(super) all: Tally,
}

/// What was delivered, in groups and all together.
pub(super) async fn tallies(conn: &mut PgConnection, asked: &Asked<'_>, keys: Keys) -> Result<Tallies> {
    let mut counting = tally::Counting::new(asked.whose, keys);
    store::each_day(conn, asked, &counting.columns(), |day| counting.add(&day)).await?;
    Ok(counting.done())
}
