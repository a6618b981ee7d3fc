//! Goal rows. Their statements write the tables of goals from here for as long as goals cannot take many at once.

use sqlx::PgConnection;

use super::{Counts, Faults, Kind, staging};
use crate::error::Result;

/// Finds unknown subjects, foreign money, duplicates.
pub(super) async fn check(conn: &mut PgConnection) -> Result<Faults> {
    staging::check(conn, Kind::Goals).await
}

/// Sets new goals; another target becomes the next version of a goal.
pub(super) async fn write(conn: &mut PgConnection) -> Result<Counts> {
    staging::write(conn, Kind::Goals).await
}
