//! What was delivered, added up in groups: how many orders or lines, how many kept their date, how long they took.
//!
//! The database keeps every day packed ([`packed`]), and what the days of a month come to ([`months`]), so that the figures of a
//! whole company cost a few rows at any number of orders; what they are grouped by ([`keys`]) and what comes of it ([`tally`]) is
//! worked out here.

mod keeping;
mod keys;
mod months;
mod packed;
mod store;
mod tally;

use chrono::NaiveDate;
use sqlx::PgConnection;

use self::months::By;
use self::store::Part;
use self::tally::Counting;
use crate::error::{AppError, Result};
use crate::kernel::period::Period;

pub use keeping::{keep, keep_packing};
pub(super) use keys::{Homes, Keys, month};
pub(super) use tally::Tally;

/// Days whose figures are not what their orders and lines say; none when all is right.
pub async fn wrong_days(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    store::wrong_days(conn).await
}

/// First days of months whose figures are not what their days come to; none when all is right.
pub async fn wrong_months(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    keeping::wrong_months(conn).await
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
    let counting = Counting::new(asked.whose, keys.clone());
    let counted_by = counting.counted_by();
    if let Some(tallies) = counted(conn, asked, counting, counted_by).await? {
        return Ok(tallies);
    }
    let by_days = counted(conn, asked, Counting::new(asked.whose, keys), None).await?;
    by_days.ok_or_else(|| AppError::internal("a day of deliveries belongs to several groups"))
}

async fn counted(
    conn: &mut PgConnection,
    asked: &Asked<'_>,
    mut counting: Counting,
    counted_by: Option<By>,
) -> Result<Option<Tallies>> {
    let columns = counting.columns();
    store::each_part(conn, asked, (counted_by, &columns), |part| match part {
        Part::Month(month) => counting.add_month(&month),
        Part::Day(day, times) => {
            counting.add(&day, times);
            Ok(())
        }
    })
    .await?;
    Ok(counting.done())
}
