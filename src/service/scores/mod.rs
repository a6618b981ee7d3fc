//! The scores that customers gave in some days, in groups. Of an order, or a call about none, one score counts: what the
//! customer said themselves, or else what somebody heard from them.

use std::collections::HashMap;

use sqlx::{FromRow, PgConnection};

use super::scores_store as store;
use crate::error::Result;
use crate::process::grouping::Grouping;

/// Scores of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Scores {
    /// How many.
    pub answers: i64,
    /// Their sum; each is 0 to 10.
    pub sum: i64,
}

/// What customers gave, by the key of the group; about sales of `people`, or of everybody.
pub async fn scores_by(
    conn: &mut PgConnection,
    grouping: &Grouping,
    people: Option<&[i64]>,
) -> Result<HashMap<String, Scores>> {
    store::scores(conn, grouping, people).await
}
