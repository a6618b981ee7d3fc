//! How orders were delivered in some days, in groups: how many kept their date, and how long they took.

use std::collections::HashMap;

use sqlx::{FromRow, PgConnection};

use super::groups_store as store;
use crate::error::Result;
use crate::process::grouping::Grouping;

/// Orders of a group that were wholly delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Deliveries {
    /// How many.
    pub orders: i64,
    /// Those that had a date.
    pub owed: i64,
    /// Those that kept it.
    pub on_time: i64,
    /// Median of the days from order to delivery.
    pub lead: Option<i32>,
}

/// What was wholly delivered, by the key of the group; of `people`, or of everybody.
pub async fn deliveries_by(
    conn: &mut PgConnection,
    grouping: &Grouping,
    people: Option<&[i64]>,
) -> Result<HashMap<String, Deliveries>> {
    store::deliveries(conn, grouping, people).await
}
