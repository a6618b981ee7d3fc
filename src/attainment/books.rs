//! Figures that were worked out before and still hold, because nothing has been booked since.
//!
//! They hold for one edition: the company's revision (goals, calendar, people) and that of the rollups. While anything is
//! pending there is no edition, and every figure is read anew; what is pending is folded within a second, which makes a
//! new edition. So a figure from here is what the database would say now.

use std::hash::Hash;
use std::sync::Arc;

use sqlx::PgConnection;

use super::service::{AsOf, DayTotals, GoalFigures, Span, Totals};
use super::{Metric, store};
use crate::error::Result;
use crate::goals::Goal;
use crate::kernel::basis::Basis;
use crate::kernel::id::{CategoryId, EmployeeId, GoalId};
use crate::kernel::period::Period;
use crate::kernel::remembered::Remembered;

/// Revision of the company and of the rollups.
pub(super) type Edition = (i64, i64);

/// A goal in a version with so many targets known, as of a day, and with its range by the revision of the open deals.
pub(super) type FigureKey = (GoalId, (i64, usize), AsOf, Option<i64>);

/// The key of a goal's figures; `ranged` is the revision of the open deals that the range knows.
pub(super) fn figure_key(goal: &Goal, at: AsOf, ranged: Option<i64>) -> FigureKey {
    (goal.id, (goal.version, goal.versions.len()), at, ranged)
}

/// A person's weeks: whose, what is counted, which days, and on which basis.
pub(super) type WeeksKey = (EmployeeId, Metric, Option<CategoryId>, Period, Basis);

/// What a process remembers of figures. Clones share it.
#[derive(Clone, Debug)]
pub struct Books {
    pub(super) figures: Remembered<FigureKey, GoalFigures, Edition>,
    pub(super) totals: Remembered<Span, Totals, Edition>,
    pub(super) days: Remembered<Span, Vec<DayTotals>, Edition>,
    pub(super) weeks: Remembered<WeeksKey, Vec<i64>, Edition>,
    /// What forecasts are learnt from, by the company's revision and the number of the day instead of an edition.
    pub(super) earlier: Remembered<Span, Vec<DayTotals>, Edition>,
}

impl Default for Books {
    /// Room for the pages that a large company looks at in a day: some ten megabytes.
    fn default() -> Self {
        Self {
            figures: Remembered::with_room_for(20_000),
            totals: Remembered::with_room_for(20_000),
            days: Remembered::with_room_for(500),
            weeks: Remembered::with_room_for(10_000),
            earlier: Remembered::with_room_for(1_000),
        }
    }
}

/// The edition that holds now; nothing while anything is pending. Not to be asked within a transaction that has changed
/// memberships: what it sees may never come to be.
pub(super) async fn edition(conn: &mut PgConnection, company: i64) -> Result<Option<Edition>> {
    Ok(store::settled_revision(conn).await?.map(|rollups| (company, rollups)))
}

/// What is known of each of `keys`; nothing without an edition.
pub(super) fn known<K: Eq + Hash, V>(
    shelf: &Remembered<K, V, Edition>,
    edition: Option<Edition>,
    keys: &[K],
) -> Vec<Option<Arc<V>>> {
    keys.iter().map(|key| shelf.at(edition?, key)).collect()
}

/// Those of which nothing is known.
pub(super) fn unknown<T: Clone, V>(asked: &[T], known: &[Option<Arc<V>>]) -> Vec<T> {
    asked.iter().zip(known).filter(|(_, known)| known.is_none()).map(|(asked, _)| asked.clone()).collect()
}

/// Fills the gaps of `known` with what was `read` for them, in order, and keeps that for those who come later.
pub(super) fn filled<K: Eq + Hash, V>(
    shelf: &Remembered<K, V, Edition>,
    edition: Option<Edition>,
    keys: Vec<K>,
    known: Vec<Option<Arc<V>>>,
    read: Vec<V>,
) -> Vec<Arc<V>> {
    let mut read = read.into_iter();
    let value = |(key, known): (K, Option<Arc<V>>)| {
        known.or_else(|| {
            let value = read.next()?;
            Some(match edition {
                Some(edition) => shelf.keep(edition, key, value),
                None => Arc::new(value),
            })
        })
    };
    keys.into_iter().zip(known).filter_map(value).collect()
}
