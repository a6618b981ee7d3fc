//! How open deals were opened and decided in some days, in groups; and how far those that were opened have come.

use std::collections::HashMap;

use sqlx::{FromRow, PgConnection};

use super::{Scope, Stages, groups_store as store};
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::Grouping;

/// Open deals of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Decisions {
    /// How many were opened.
    pub opened: i64,
    /// How many were won, and their order stands.
    pub won: i64,
    /// How many were lost.
    pub lost: i64,
    /// Median of the days from the first call to the order of those that were won.
    pub cycle: Option<i32>,
}

/// What was opened, won and lost, by the key of the group, as far as `scope` shows it.
pub async fn decisions_by(
    conn: &mut PgConnection,
    grouping: &Grouping,
    scope: &Scope,
) -> Result<HashMap<String, Decisions>> {
    store::decisions(conn, grouping, scope.only().as_deref()).await
}

/// A step of the funnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Place of the stage among those in use, counted from 1; one more than there are for an order.
    pub place: usize,
    /// How many came as far as this, or further.
    pub count: i64,
}

/// Of those opened in `days` that `scope` shows, how many came as far as each stage or further, and how many became an order that
/// stands.
pub async fn funnel(
    conn: &mut PgConnection,
    stages: &Stages,
    days: &Period,
    scope: &Scope,
) -> Result<Vec<Reached>> {
    let furthest = store::furthest(conn, stages, days, scope.only().as_deref()).await?;
    let steps = 1..=stages.active().count() + 1;
    let count = |place: usize| furthest.iter().filter(|(at, _)| *at >= place).map(|(_, count)| count).sum();
    Ok(steps.map(|place| Reached { place, count: count(place) }).collect())
}
