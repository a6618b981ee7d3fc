//! Where a goal is heading: the plain run rate with an honest range (rule 19). Floats are allowed here, and only
//! here; no figure of this module is ever added to a sum.
//!
//! **Likely** is the run rate: actual ÷ elapsed working days × all working days.
//!
//! **Range**: the 80 % prediction interval for the sum of the `m` remaining days, given `n` elapsed days with
//! standard deviation `s`: likely ± t(0.90; n − 1) · s · √(m + m²/n). The first term is the spread of the days to
//! come, the second the uncertainty of the rate itself, so few days give a wide range, and `s`, being measured,
//! holds the days without a sale and the large deals alike. Source: Meeker, Hahn and Escobar, *Statistical
//! Intervals*, the prediction interval for the mean of m future observations from a normal sample, times m.
//! Days are taken as independent and alike. Without returns the low end is not below what is already sold.
//!
//! **Chance**: the probability that the same distribution reaches the target.
//!
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::engine::projection;

/// One outcome of ten is above the range.
const BELOW_HIGH: f64 = 0.9;

/// Where the period is likely to end: 8 of 10 outcomes lie between `low` and `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// One outcome of ten is below.
    pub low: i64,
    /// The plain run rate.
    pub likely: i64,
    /// One outcome of ten is above.
    pub high: i64,
    actual: i64,
    /// Standard error of the outcome, in units of the metric.
    error: f64,
    /// Degrees of freedom.
    freedom: f64,
}

/// The range for a period whose elapsed working days brought `daily` and that holds `actual` already, with
/// `remaining_days` to come. None before a tenth of the weight has passed, before there are two days to learn
/// from, and before the first sale.
pub fn run_rate_range(daily: &[i64], remaining_days: i64, actual: i64) -> Option<Range> {
    let elapsed = i64::try_from(daily.len()).ok()?;
    let remaining_days = remaining_days.max(0);
    if elapsed < 2 || daily.iter().all(|&day| day == 0) {
        return None;
    }
    let likely = projection(actual, elapsed, elapsed + remaining_days)?;
    let (days, left) = (float(elapsed), float(remaining_days));
    let error = deviation(daily) * (left + left * left / days).sqrt();
    let reach = student(days - 1.0)?.inverse_cdf(BELOW_HIGH) * error;
    let floor = if daily.iter().any(|&day| day < 0) { i64::MIN } else { actual };
    Some(Range {
        low: whole(float(likely) - reach).max(floor).min(likely),
        likely,
        high: whole(float(likely) + reach).max(likely),
        actual,
        error,
        freedom: days - 1.0,
    })
}

impl Range {
    /// The same spread around another likely outcome: where days do not weigh alike.
    #[must_use]
    pub fn around(self, likely: i64) -> Self {
        let by = likely.saturating_sub(self.likely);
        let low =
            self.low.saturating_add(by).max(if self.low >= self.actual { self.actual } else { i64::MIN });
        Self { low: low.min(likely), likely, high: self.high.saturating_add(by), ..self }
    }

    /// What is sold already.
    pub const fn actual(&self) -> i64 {
        self.actual
    }

    /// The standard error of the outcome, rounded.
    pub fn error(&self) -> i64 {
        whole(self.error)
    }

    /// The chance to end at `target` or above, in tenths: 7 is "7 in 10". 10 only when it is reached already or
    /// nothing can change any more.
    pub fn chance(&self, target: i64) -> u8 {
        if self.actual >= target {
            return 10;
        }
        if self.error <= 0.0 {
            return if self.likely >= target { 10 } else { 0 };
        }
        let distance = (float(target) - float(self.likely)) / self.error;
        tenths(student(self.freedom).map_or(0.0, |t| t.sf(distance))).min(9)
    }
}

/// The sample standard deviation of at least two values.
fn deviation(daily: &[i64]) -> f64 {
    let days: Vec<f64> = daily.iter().map(|&day| float(day)).collect();
    let count = days.iter().map(|_| 1.0).sum::<f64>();
    let mean = days.iter().sum::<f64>() / count;
    let squares: f64 = days.iter().map(|day| (day - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt()
}

/// Student's t with so many degrees of freedom; there is none with none.
fn student(freedom: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, freedom).ok()
}

#[expect(clippy::cast_precision_loss, reason = "an estimate needs no more than 15 digits")]
pub(super) fn float(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_possible_truncation, reason = "rounded, and held at the bounds of i64")]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability is 0 to 1")]
pub(super) fn tenths(probability: f64) -> u8 {
    (probability * 10.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_by_hand() {
        // ten days, mean 100, s = sqrt(10·50²/9) = 52.705; t(0.90; 9) = 1.383; 10 days to come: sqrt(20) = 4.472
        let daily = [50, 150, 50, 150, 50, 150, 50, 150, 50, 150];
        let range = run_rate_range(&daily, 10, 1000).unwrap();
        assert_eq!((range.low, range.likely, range.high), (1674, 2000, 2326));
        assert_eq!((range.chance(2000), range.chance(2326), range.chance(1674)), (5, 1, 9));
        assert_eq!((range.chance(1000), range.chance(100_000)), (10, 0));
    }

    #[test]
    fn too_little_is_known_for_a_forecast() {
        assert_eq!(run_rate_range(&[5], 3, 5), None, "one day has no spread");
        assert_eq!(run_rate_range(&[5, 6], 30, 11), None, "before a tenth");
        assert_eq!(run_rate_range(&[0, 0, 0], 3, 0), None, "no sale yet");
        assert!(run_rate_range(&[5, 6], 18, 11).is_some());
    }

    #[test]
    fn few_days_give_a_wide_range_and_no_days_left_none() {
        let width = |days: usize| {
            let daily: Vec<i64> = [80, 120].into_iter().cycle().take(days).collect();
            let range = run_rate_range(&daily, 10, daily.iter().sum()).unwrap();
            range.high - range.low
        };
        assert!(width(2) > 2 * width(10) && width(10) > width(40));
        let done = run_rate_range(&[80, 120], 0, 200).unwrap();
        assert_eq!((done.low, done.high, done.chance(200), done.chance(201)), (200, 200, 10, 0));
    }

    #[test]
    fn without_returns_the_low_end_holds_what_is_sold() {
        let range = run_rate_range(&[0, 1000, 0], 3, 1000).unwrap();
        assert_eq!(range.low, 1000);
        assert!(run_rate_range(&[0, 1000, -100], 3, 900).unwrap().low < 900);
    }
}
