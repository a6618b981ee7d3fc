//! What was reached: so much, or so much of a whole.

use super::Metric;
use crate::facts::Facts;

/// What was reached, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// So much.
    Sum(i64),
    /// So much of a whole.
    Ratio(Facts),
}

impl From<i64> for Reached {
    fn from(sum: i64) -> Self {
        Self::Sum(sum)
    }
}

impl Reached {
    /// Of facts, as the metric counts them.
    pub(super) fn of(metric: Metric, facts: Facts) -> Self {
        if metric.adds_up() { Self::Sum(facts.part) } else { Self::Ratio(facts) }
    }
}
