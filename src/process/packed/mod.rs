//! What happened in the process, added up in groups: how many, how many kept their date, how long they took, what they scored.
//!
//! The database keeps every day packed ([`days`]), and what the days of a month come to ([`months`]), so that the figures of a
//! whole company cost a few rows at any number of orders; what they are grouped by ([`keys`]) and what comes of it ([`tally`]) is
//! worked out here. What a day holds of each area follows from its tables, in the functions `pack_…` of migration 41.

mod days;
mod keeping;
mod keys;
mod months;
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
pub use keys::{Homes, Keys, month};
pub use tally::Tally;

/// Days whose figures are not what their rows say; none when all is right.
pub async fn wrong_days(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    store::wrong_days(conn).await
}

/// First days of months whose figures are not what their days come to; none when all is right.
pub async fn wrong_months(conn: &mut PgConnection) -> Result<Vec<NaiveDate>> {
    keeping::wrong_months(conn).await
}

/// What happens in the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// An order was wholly delivered; took the days since it was booked.
    Orders,
    /// A line was delivered; took the days since it was booked.
    Lines,
    /// An open deal was opened; took the place it came to among the stages in use, 0 once it is an order that stands.
    Opened,
    /// An open deal became an order that stands; took the days since it was opened.
    Won,
    /// An open deal was lost; took the days since it was opened.
    Lost,
    /// A customer gave a score, which is what it took.
    Scores,
}

impl What {
    /// What the database calls it.
    const fn code(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Lines => "lines",
            Self::Opened => "opened",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Scores => "scores",
        }
    }
}

/// Whose is looked at.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Everybody's.
    Everybody,
    /// What these people sold, or whose it is.
    SoldBy(&'a [i64]),
    /// What these people sold or share in.
    Of(&'a [i64]),
}

/// What is added up.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What happened.
    pub what: What,
    /// On which days.
    pub days: Period,
    /// Whose.
    pub whose: Whose<'a>,
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Tallies {
    /// By the key of its group; what belongs to several counts once for each.
    pub groups: Vec<(i64, Tally)>,
    /// All together, each once.
    pub all: Tally,
}

/// What happened, in groups and all together.
pub async fn tallies(conn: &mut PgConnection, asked: &Asked<'_>, keys: Keys) -> Result<Tallies> {
    let counting = Counting::new(asked.whose, keys.clone());
    let counted_by = counting.counted_by();
    if let Some(tallies) = counted(conn, asked, counting, counted_by).await? {
        return Ok(tallies);
    }
    let by_days = counted(conn, asked, Counting::new(asked.whose, keys), None).await?;
    by_days.ok_or_else(|| AppError::internal("a day belongs to several groups"))
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
