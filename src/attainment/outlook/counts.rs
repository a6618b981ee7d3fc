//! The count model: where deals are few, and each is one.
//!
//! Deals come at a rate that differs between periods by a gamma distribution and at random within one (Poisson), so
//! what is still to come is negative binomial. The gamma is taken from the earlier periods by moments: with their
//! level m and mean square s² around it, its rate is b = m ÷ (s² − m) periods, its shape a = b·m; b is at most the
//! number of periods the level rests on, also where they differ no more than chance explains. After `actual`
//! deals in a share F of the period the shape is a + actual and the rate b + F, and the rest, 1 − F, brings
//! (a + actual) ÷ (b + F) × (1 − F) deals. F is the share, and m the level, of [`super::seasonal`]. Sources:
//! Clayton and Kaldor, "Empirical Bayes Estimates" (1987) for the moments; Gelman et al., *Bayesian Data Analysis*,
//! 2.6 for the posterior and its predictive distribution.
//!
//! Example: the two earlier periods had 10 orders each, so b = 1.7 and a = 17. Half the period is over, 8 are in:
//! 25 ÷ 2.2 × 0.5 = 5.7 to come.

use super::history::Past;
use super::seasonal::{Level, level, share};

/// More than so many in a period are no longer few.
const FEW: f64 = 200.0;

/// What is still to come: negative binomial with this mean and this shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ToCome {
    pub(super) mean: f64,
    pub(super) shape: f64,
}

impl ToCome {
    /// Of a negative binomial.
    pub(super) fn variance(&self) -> f64 {
        if self.shape > 0.0 { self.mean + self.mean.powi(2) / self.shape } else { self.mean }
    }
}

/// Deals to come when `actual` are in and `elapsed` of the working days are over; none before anything was sold
/// in earlier periods, or when deals are not few.
pub(super) fn to_come(actual: f64, elapsed: f64, pasts: &[Past]) -> Option<ToCome> {
    if actual > FEW {
        return None;
    }
    let share = share(elapsed, pasts)?.mean;
    let (rate, shape) = prior(pasts)?;
    let shape = shape + actual.max(0.0);
    Some(ToCome { mean: shape / (rate + share) * (1.0 - share), shape })
}

/// The gamma distribution of the counts of earlier periods: rate and shape.
fn prior(pasts: &[Past]) -> Option<(f64, f64)> {
    let Level { mean, periods } = level(pasts).filter(|level| level.mean <= FEW)?;
    let squares: f64 = pasts.iter().map(|past| (past.total - mean).powi(2)).sum();
    let excess = squares / (super::count(pasts.len()) - 1.0).max(1.0) - mean;
    let rate = if excess > 0.0 { (mean / excess).min(periods) } else { periods };
    Some((rate, rate * mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasts(totals: &[f64]) -> Vec<Past> {
        let even =
            |total: &f64| Past { before: total / 2.0, total: *total, elapsed: 0.5, effective_days: 10.0 };
        totals.iter().map(even).collect()
    }

    #[test]
    fn deals_to_come_by_hand() {
        let got = to_come(8.0, 0.5, &pasts(&[10.0, 10.0])).unwrap();
        assert!((got.mean - 25.0 / 2.2 * 0.5).abs() < 1e-12 && (got.shape - 25.0).abs() < 1e-12);
        assert!((got.variance() - got.mean * (1.0 + got.mean / 25.0)).abs() < 1e-12);
        // 4, before that 24: m = (4 + 0.7 × 24) ÷ 1.7, s² = (4 − m)² + (24 − m)²
        let uneven = to_come(8.0, 0.5, &pasts(&[4.0, 24.0])).unwrap();
        let mean: f64 = 20.8 / 1.7;
        let rate = mean / ((4.0 - mean).powi(2) + (24.0 - mean).powi(2) - mean);
        assert!((uneven.mean - (mean * rate + 8.0) / (rate + 0.5) * 0.5).abs() < 1e-9);
    }

    #[test]
    fn many_are_not_few_and_none_tell_nothing() {
        assert_eq!(to_come(8.0, 0.5, &pasts(&[8000.0])), None);
        assert_eq!(to_come(8000.0, 0.5, &pasts(&[8.0])), None);
        assert_eq!(to_come(8.0, 0.5, &[]), None);
        assert_eq!(to_come(8.0, 0.5, &pasts(&[0.0])), None);
    }
}
