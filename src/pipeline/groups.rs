//! How open deals were opened and decided in some days, in groups; and how far those that were opened have come.

use sqlx::PgConnection;

use super::{Scope, Stages};
use crate::error::Result;
use crate::kernel::period::Period;
use crate::process::grouping::{Grouped, Grouping};
use crate::process::packed::{self, Asked, Keys, Tally, What, Whose};

/// Open deals of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// What was opened, won and lost, by the key of the group, and all together, as far as `scope` shows it.
pub async fn decisions_by(
    conn: &mut PgConnection,
    grouping: &Grouping<'_>,
    scope: &Scope,
) -> Result<Grouped<Decisions>> {
    let (mut groups, mut all): Grouped<Decisions> = Grouped::default();
    let only = scope.only();
    for what in [What::Opened, What::Won, What::Lost] {
        let (tallies, together) = grouping.tallies(conn, what, only.as_deref()).await?;
        all.add(what, &together);
        for (key, tally) in tallies {
            groups.entry(key).or_default().add(what, &tally);
        }
    }
    Ok((groups, all))
}

impl Decisions {
    fn add(&mut self, what: What, tally: &Tally) {
        match what {
            What::Opened => self.opened = tally.count,
            What::Won => (self.won, self.cycle) = (tally.count, tally.lead()),
            What::Lost => self.lost = tally.count,
            _ => {}
        }
    }
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
    let only = scope.only();
    let whose = only.as_deref().map_or(Whose::Everybody, Whose::SoldBy);
    let opened = Asked { what: What::Opened, days: *days, whose };
    let opened = packed::tallies(conn, &opened, Keys::None).await?.all;
    let won = stages.active().count() + 1;
    let place = |place: i32| usize::try_from(place).ok().filter(|place| *place > 0).unwrap_or(won);
    let furthest: Vec<(usize, i64)> =
        opened.spread().map(|(at, count)| (place(at), i64::from(count))).collect();
    let count = |place: usize| furthest.iter().filter(|(at, _)| *at >= place).map(|(_, count)| count).sum();
    Ok((1..=won).map(|place| Reached { place, count: count(place) }).collect())
}
