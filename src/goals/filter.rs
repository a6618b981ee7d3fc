//! Which goals are read.

use chrono::{DateTime, NaiveDate, Utc};

use super::Subject;
use crate::attainment::Metric;
use crate::attainment::view::Kind;
use crate::kernel::id::{CategoryId, GoalId};
use crate::kernel::period::Period;

/// Which goals to list. Everything empty lists all that the viewer may see.
#[derive(Clone, Debug, Default)]
pub struct GoalFilter {
    /// Only these goals.
    pub ids: Option<Vec<GoalId>>,
    /// Only these subjects.
    pub subjects: Option<Vec<Subject>>,
    /// Only this metric.
    pub metric: Option<Metric>,
    /// `Some(None)`: only goals for all products; `Some(Some(c))`: only that category.
    pub category: Option<Option<CategoryId>>,
    /// Only exactly this period.
    pub period: Option<Period>,
    /// Only periods that hold this day.
    pub on: Option<NaiveDate>,
    /// Only versions recorded up to this moment, for looking back.
    pub recorded_until: Option<DateTime<Utc>>,
    /// A slice of the list in order of id, instead of the whole.
    pub slice: Option<Slice>,
}

impl GoalFilter {
    /// All goals of a sort.
    pub fn of_kind(kind: Kind) -> Self {
        let Kind { metric, category, period } = kind;
        Self { metric: Some(metric), category: Some(category), period: Some(period), ..Self::default() }
    }
}

/// Goals narrowed by what programs know of them, in order of id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Only subjects of this kind, by [`Subject::kind`].
    pub kind: Option<&'static str>,
    /// Only the subject with this employee number or department code.
    pub subject: Option<String>,
    /// Only periods with this first day.
    pub starts_on: Option<NaiveDate>,
    /// Only periods with this last day.
    pub last_day: Option<NaiveDate>,
    /// Only goals with a higher id.
    pub after: i64,
    /// This many at most.
    pub rows: i64,
}

/// A metric, category and period that there are goals for, with the category's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKind {
    /// What belongs to one cascade.
    pub kind: Kind,
    /// Name of the category; nothing for all products.
    pub category: Option<String>,
}

/// Which goals are read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pick {
    /// Those that have not been taken away.
    Present,
    /// One of those.
    One(GoalId),
    /// One that has been taken away.
    Removed(GoalId),
}
