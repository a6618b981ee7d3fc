//! The seasonal run rate: from what is sold so far to the whole period, by the shape of earlier periods.
//!
//! **Shape.** At the same point of earlier periods some share of the whole was in: the *percentage of completion*
//! of sales, the *development pattern* of insurers. Its mean is shrunk towards the even share (the working days
//! passed), the more so the fewer the periods and the more they differ. Source: James and Stein (1961) as positive-
//! part shrinkage in Morris, "Parametric Empirical Bayes Inference" (1983): weight d² ÷ (d² + v/n), with d
//! the distance from even, v the variance between the n periods. With few periods v leans on what n even, random
//! sales would give: u(1 − u) ÷ effective days.
//!
//! **Two forecasts of the whole.** *Chain ladder*: actual ÷ share (Mack, 1993). *Level*: the exponentially weighted
//! mean of earlier periods (Brown, 1959). They are combined with the inverse of their variances as weights (Bates
//! and Granger, "The Combination of Forecasts", 1969), so an early, lumpy period leans on the level and a late one
//! on itself. What is still to come is that whole × the share to come, added to what is sold: the *Bornhuetter-
//! Ferguson* method (1972).
//!
//! Example: half of the days are over, 300 sold. In earlier periods 60 % were in by then and 520 came in all. Chain
//! ladder says 500, level 520; equally sure, they give 510, and 300 + 0.4 × 510 = 504.

use super::history::Past;

/// How many periods the variance of even, random sales counts for in the variance of the shape.
const EVEN_COUNTS: f64 = 1.0;
/// What a period weighs in the level beside the next later one.
const LEVEL_DECAY: f64 = 0.7;
/// The relative error of the level before anything is measured, and how many measurements it counts for.
const LEVEL_ERROR: f64 = 0.3;
const LEVEL_ERROR_COUNTS: f64 = 4.0;
/// A share below this is taken as this.
const LEAST_SHARE: f64 = 0.001;

/// A forecast of the whole period, and its standard error, in units of the metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) likely: f64,
    pub(super) error: f64,
}

/// A share of the whole, 0 to 1, and the variance of a single period around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) mean: f64,
    pub(super) variance: f64,
    periods: f64,
}

/// Where the period is likely to end, when `actual` is sold and `elapsed` of its working days are over. `pasts` are
/// the earlier periods, latest first; none when nothing was sold in them.
pub(super) fn seasonal(actual: f64, elapsed: f64, pasts: &[Past]) -> Option<Estimate> {
    let (level, share) = (level(pasts)?.mean, share(elapsed, pasts)?);
    let by_share = share.variance * (1.0 + 1.0 / share.periods) / share.mean.powi(2);
    let by_level = level_variance(pasts);
    let trust = by_level / (by_level + by_share);
    let whole = trust * actual / share.mean + (1.0 - trust) * level;
    let error = whole.abs() * (trust * by_share).sqrt();
    Some(Estimate { likely: actual + (1.0 - share.mean) * whole, error })
}

/// The share that is in when `elapsed` of the working days are over; none when nothing was ever sold.
pub(super) fn share(elapsed: f64, pasts: &[Past]) -> Option<Share> {
    let sold = || pasts.iter().filter(|past| past.total > 0.0);
    let periods = super::count(sold().count());
    if periods < 1.0 {
        return None;
    }
    let mean = sold().map(|past| past.before / past.total).sum::<f64>() / periods;
    let even = sold().map(|past| elapsed * (1.0 - elapsed) / past.effective_days).sum::<f64>() / periods;
    let squares: f64 = sold().map(|past| (past.before / past.total - mean).powi(2)).sum();
    let variance = (EVEN_COUNTS * even + squares) / (EVEN_COUNTS + periods - 1.0);
    let distance = (mean - elapsed).powi(2);
    let weight = if distance > 0.0 { distance / (distance + variance / periods) } else { 0.0 };
    let mean = (elapsed + weight * (mean - elapsed)).clamp(LEAST_SHARE, 1.0);
    Some(Share { mean, variance, periods })
}

/// What a period brings, by the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    pub(super) mean: f64,
    /// How many whole periods it rests on, older ones counting for less.
    pub(super) periods: f64,
}

/// The level of earlier periods, latest first; none when it is not above zero.
pub(super) fn level(pasts: &[Past]) -> Option<Level> {
    let weights = std::iter::successors(Some(1.0), |weight| Some(weight * LEVEL_DECAY));
    let (sum, periods) = pasts
        .iter()
        .zip(weights)
        .fold((0.0, 0.0), |(sum, all), (past, weight)| (sum + weight * past.total, all + weight));
    (sum > 0.0).then(|| Level { mean: sum / periods, periods })
}

/// The squared relative error with which the level foretold each earlier period from those before it.
fn level_variance(pasts: &[Past]) -> f64 {
    let measured = pasts.iter().enumerate().filter_map(|(index, past)| {
        let foretold = level(pasts.get(index + 1..)?)?.mean;
        Some(relative(foretold, past.total).powi(2))
    });
    let (sum, count) = measured.fold((0.0, 0.0), |(sum, count), square| (sum + square, count + 1.0));
    (LEVEL_ERROR_COUNTS * LEVEL_ERROR.powi(2) + sum) / (LEVEL_ERROR_COUNTS + count)
}

/// The error of a forecast relative to the mean of forecast and outcome, from −2 to 2 for what is not negative;
/// zero when both are zero. Source: the symmetric percentage error of Armstrong (1985).
pub(super) fn relative(forecast: f64, outcome: f64) -> f64 {
    let size = f64::midpoint(forecast.abs(), outcome.abs());
    if size > 0.0 { (forecast - outcome) / size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(before: f64, total: f64) -> Past {
        Past { before, total, elapsed: 0.5, effective_days: 10.0 }
    }

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn the_level_by_hand() {
        // 100 + 0.7 × 200 + 0.49 × 300, over 2.19
        let got = level(&[past(0.0, 100.0), past(0.0, 200.0), past(0.0, 300.0)]).unwrap();
        assert!(near(got.mean, 387.0 / 2.19) && near(got.periods, 2.19));
        assert_eq!((level(&[]), level(&[past(0.0, 0.0)])), (None, None));
    }

    #[test]
    fn the_shape_by_hand() {
        // one period with 60 % in at half: even sales vary by ½ × ½ ÷ 10 = 0.025, d² = 0.01, weight 0.01 ÷ 0.035
        let one = share(0.5, &[past(60.0, 100.0)]).unwrap();
        assert!(near(one.mean, 0.5 + 0.1 / 3.5) && near(one.variance, 0.025));
        // four alike: v = 0.025 ÷ 4, v/n = 0.0015625, weight 0.01 ÷ 0.0115625
        let four = share(0.5, &[past(60.0, 100.0); 4]).unwrap();
        assert!(near(four.mean, 0.5 + 0.1 / 1.15625) && near(four.variance, 0.00625));
        assert!(near(share(0.5, &[past(50.0, 100.0)]).unwrap().mean, 0.5), "even stays even");
    }

    #[test]
    fn a_forecast_by_hand() {
        // even shape: variance 0.025 × 2 ÷ 0.25 = 0.2; level 100, variance 0.09: trust 0.09 ÷ 0.29
        let got = seasonal(80.0, 0.5, &[past(50.0, 100.0)]).unwrap();
        let trust = 0.09 / 0.29;
        let whole = trust * 160.0 + (1.0 - trust) * 100.0;
        assert!(near(got.likely, 80.0 + 0.5 * whole) && near(got.error, whole * (trust * 0.2_f64).sqrt()));
        assert_eq!(seasonal(80.0, 0.5, &[]), None);
        assert_eq!(seasonal(80.0, 0.5, &[past(0.0, 0.0)]), None);
    }

    #[test]
    fn a_steady_shape_is_learnt_and_little_history_hardly_moves() {
        let all_early = past(100.0, 100.0);
        let shares: Vec<f64> =
            (1..=8).map(|count| share(0.75, &vec![all_early; count]).unwrap().mean).collect();
        assert!(shares.is_sorted() && shares[7] > 0.99 && shares[0] > 0.75 && shares[0] < 0.95, "{shares:?}");
    }

    #[test]
    fn errors_are_symmetric() {
        assert!(near(relative(150.0, 50.0), 1.0) && near(relative(50.0, 150.0), -1.0));
        assert!(near(relative(0.0, 0.0), 0.0));
    }
}
