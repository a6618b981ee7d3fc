//! How promises were kept in some days, for those who look at them beside other figures.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::list::Filter;
use super::{figures, figures_store};
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::period::Period;

/// Orders that were delivered in some days, and what is late now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InDays {
    /// How many were delivered.
    pub delivered: i64,
    /// Those of them that had a date.
    pub owed: i64,
    /// Those that kept it.
    pub on_time: i64,
    /// Lines whose date was moved for reasons of ours, counted once for each time.
    pub moved: i64,
    /// Lines that were owed and not delivered when the days were over, or are so today.
    pub late: i64,
}

/// How the orders of `people`, or of everybody, were delivered in `days`.
pub async fn in_days(
    conn: &mut PgConnection,
    people: Option<&[EmployeeId]>,
    days: &Period,
    today: NaiveDate,
) -> Result<InDays> {
    let only = people.map(|people| people.iter().map(|id| id.0).collect());
    let filter = Filter { only, days: Some(*days), ..Filter::default() };
    let kept = figures::kept(conn, &filter, *days).await?;
    let causes = figures_store::causes(conn, &filter).await?;
    let moved = causes.iter().filter(|(cause, ..)| cause != "customer").map(|(_, times, _)| times).sum();
    let late = figures::late_at(conn, &filter, days.end.min(today), today).await?;
    Ok(InDays { delivered: kept.count, owed: kept.owed, on_time: kept.on_time, moved, late })
}
