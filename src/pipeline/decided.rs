//! How open deals were decided in some days: won, lost, and what share was won.

use sqlx::PgConnection;

use super::store;
use crate::error::Result;
use crate::kernel::id::EmployeeId;
use crate::kernel::period::Period;

/// Open deals that were opened and decided in some days, with sums in minor units of the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// How many were opened.
    pub opened: i64,
    /// How many were won.
    pub won: i64,
    /// What they are worth.
    pub won_amount: i64,
    /// How many were lost.
    pub lost: i64,
    /// What those would have been worth.
    pub lost_amount: i64,
    /// The median of the days from the first call to the decision of what was won.
    pub cycle: Option<i32>,
}

/// How the open deals of `people`, or of everybody, were decided in `days`.
pub async fn decided(
    conn: &mut PgConnection,
    people: Option<&[EmployeeId]>,
    days: &Period,
) -> Result<Decided> {
    store::decided(conn, people, days).await
}
