//! Which cases came and were solved in some days.

use chrono_tz::Tz;
use sqlx::PgConnection;

use super::counts_store as store;
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::period::Period;

/// Cases of some days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CasesInDays {
    /// How many came.
    pub opened: i64,
    /// How many were solved.
    pub solved: i64,
    /// How many got their first reply.
    pub replied: i64,
    /// Those that got it when it was promised.
    pub in_time: i64,
}

/// The cases of customers of `people`, or of everybody, in `days` of the company's zone.
pub async fn cases_in_days(
    conn: &mut PgConnection,
    people: Option<&[EmployeeId]>,
    days: &Period,
    zone: Tz,
) -> Result<CasesInDays> {
    store::in_days(conn, people, days, zone).await
}
