//! What was sold and came back or was cancelled, in total and by cause.

use sqlx::PgConnection;

use super::{ReturnCause, came_back_store as store};
use crate::error::Result;
use crate::kernel::period::Period;

/// What came back on some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameBack {
    /// What was returned, minor units of the company's currency.
    pub returned: i64,
    /// What was cancelled, likewise.
    pub cancelled: i64,
    /// How often things were returned for which cause, most often first.
    pub causes: Vec<(ReturnCause, i64)>,
}

/// What came back on the days of `period`: of those who were members of one of `departments` on the day, or in the whole
/// company. It stands on the day that it came back, whenever it was sold.
pub async fn came_back(
    conn: &mut PgConnection,
    departments: Option<&[i64]>,
    period: Period,
) -> Result<CameBack> {
    let (returned, cancelled) = store::sums(conn, departments, period).await?;
    let causes = store::causes(conn, departments, period).await?;
    Ok(CameBack { returned, cancelled, causes })
}
