//! The stages on the way to an order: how likely an order is from each, and how long one usually stays.
//!
//! Example: of 40 opportunities that ever stood at "Offer made" and are decided, 18 were won, so an open one there counts
//! 45 % of its amount, whatever probability somebody has typed. With 12 decided the typed one is used.

use sqlx::PgConnection;

use super::stage_store as store;
use crate::define_id;
use crate::error::Result;
use crate::web::i18n::{ByValue, Localiser};

define_id!(
    /// A stage on the way to an order.
    StageId
);

/// So many must be decided before what is measured is used.
pub const ENOUGH_DECIDED: i64 = 20;
/// So many must have left a stage forward before their time in it is used.
const ENOUGH_STAYS: i64 = 5;
/// Days in a stage that are not too long while nothing is known.
const USUAL_DAYS: i64 = 30;
/// One, in hundredths of a percent.
const WHOLE: i128 = 10_000;

/// A stage with what is measured of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// Says its name in the reader's language while it has none of its own.
    pub code: Option<String>,
    /// The name somebody gave it, or nothing.
    pub name: String,
    /// Its place on the way.
    pub place: i32,
    /// The typed probability, in hundredths of a percent.
    pub typed_bp: i64,
    /// Whether nothing new comes into it.
    pub retired: bool,
    /// For stale-edit checks.
    pub version: i64,
    /// Opportunities that ever stood in it and are decided.
    pub decided: i64,
    /// Those of them that were won.
    pub won: i64,
    /// Days in it that are not too long.
    pub patience: i64,
}

/// How likely an order is, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probability {
    /// Hundredths of a percent.
    pub bp: i64,
    /// Whether it is measured.
    pub measured: bool,
}

/// The probability that is used: measured where at least [`ENOUGH_DECIDED`] are decided, else typed.
pub fn probability(typed_bp: i64, won: i64, decided: i64) -> Probability {
    match share(won, decided) {
        Some(bp) if decided >= ENOUGH_DECIDED => Probability { bp, measured: true },
        _ => Probability { bp: typed_bp, measured: false },
    }
}

/// The share that was won, in hundredths of a percent; none before anything is decided.
pub fn share(won: i64, decided: i64) -> Option<i64> {
    crate::kernel::ratio::scale(10_000, won, decided)
}

/// How many days in a stage are not too long: one and a half times the median of those that left it forward. Twice the
/// median is whole, as days are.
pub const fn patience(stays: i64, twice_median: i64) -> i64 {
    if stays >= ENOUGH_STAYS { twice_median * 3 / 4 } else { USUAL_DAYS }
}

/// The part of an amount that is to be expected, rounded once, half up. Amounts are not below zero.
pub fn weighted(amount: i64, bp: i64) -> i64 {
    i64::try_from((i128::from(amount) * i128::from(bp) + WHOLE / 2) / WHOLE).unwrap_or(i64::MAX)
}

/// A probability in words: "45%", "63.15%".
pub(super) fn percent(l: Localiser, bp: i64) -> String {
    if bp % 100 == 0 { l.pct(bp / 100) } else { l.pct2(bp) }
}

impl Stage {
    /// What it is called.
    pub fn name(&self, l: impl ByValue<Localiser>) -> String {
        match &self.code {
            Some(code) if self.name.is_empty() => l.value().t(&format!("pipeline-stage-{code}")),
            _ => self.name.clone(),
        }
    }

    /// The probability that is used.
    pub fn probability(&self) -> Probability {
        probability(self.typed_bp, self.won, self.decided)
    }
}

/// All stages, those in use first, in the order of the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages(pub Vec<Stage>);

impl Stages {
    /// A stage by its id.
    pub fn get(&self, id: StageId) -> Option<&Stage> {
        self.0.iter().find(|stage| stage.id == id)
    }

    /// Those that something new can come into.
    pub fn active(&self) -> impl Iterator<Item = &Stage> {
        self.0.iter().filter(|stage| !stage.retired)
    }

    /// A stage by its id, if something can come into it.
    pub fn open(&self, id: StageId) -> Option<&Stage> {
        self.active().find(|stage| stage.id == id)
    }

    /// What a stage is called.
    pub fn name(&self, l: impl ByValue<Localiser>, id: impl ByValue<StageId>) -> String {
        self.get(id.value()).map(|stage| stage.name(l)).unwrap_or_default()
    }

    /// The probability of a stage, in hundredths of a percent.
    pub fn bp(&self, id: StageId) -> i64 {
        self.get(id).map_or(0, |stage| stage.probability().bp)
    }

    /// For statements: ids, probabilities and the longest usual stay, in the same order.
    pub(super) fn columns(&self) -> (Vec<i64>, Vec<i64>, Vec<i64>) {
        let ids = self.0.iter().map(|stage| stage.id.0).collect();
        let bps = self.0.iter().map(|stage| stage.probability().bp).collect();
        (ids, bps, self.0.iter().map(|stage| stage.patience).collect())
    }
}

/// Every stage, with what is measured of it now.
pub async fn all(conn: &mut PgConnection) -> Result<Stages> {
    Ok(Stages(store::list(conn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_used_when_twenty_are_decided() {
        assert_eq!(probability(5_000, 9, 19), Probability { bp: 5_000, measured: false });
        assert_eq!(probability(5_000, 9, 20), Probability { bp: 4_500, measured: true });
        assert_eq!(probability(5_000, 0, 0), Probability { bp: 5_000, measured: false });
        assert_eq!(share(4_238, 6_711), Some(6_315), "63.15 %");
    }

    #[test]
    fn patience_is_one_and_a_half_medians_of_at_least_five() {
        assert_eq!(patience(4, 8), 30);
        assert_eq!(patience(5, 8), 6, "a median of 4 days");
        assert_eq!(patience(5, 7), 5, "3.5 days: longer than 5.25 begins on the sixth day");
    }

    #[test]
    fn a_weighted_amount_is_rounded_once() {
        assert_eq!(weighted(10_001, 5_000), 5_001);
        assert_eq!(weighted(i64::MAX, 10_000), i64::MAX);
        assert_eq!(weighted(0, 10_000), 0);
    }
}
