//! Figures of many measurements.

use std::time::Duration;

/// How long the requests of a run took.
#[derive(Clone, Debug, Default)]
pub struct Times {
    sorted: Vec<Duration>,
}

impl Times {
    /// Sorts what was measured.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { sorted: times }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// What `percent` of them do not exceed; zero when there are none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// What half of them do not exceed.
    pub fn p50(&self) -> Duration {
        self.percentile(50)
    }

    /// What 99 of 100 do not exceed.
    pub fn p99(&self) -> Duration {
        self.percentile(99)
    }
}

/// The middle of several runs; of an even number, the mean of the middle two. Zero of none.
pub fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.len() % 2, sorted.get(middle)) {
        (_, None) => 0.0,
        (1, Some(value)) => *value,
        (_, Some(value)) => f64::midpoint(sorted[middle - 1], *value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let times = Times::of((1..=200).rev().map(Duration::from_millis).collect());
        assert_eq!((times.p50(), times.p99()), (Duration::from_millis(100), Duration::from_millis(198)));
        assert_eq!(Times::default().p99(), Duration::ZERO);
    }

    #[test]
    fn the_median_ignores_one_odd_run() {
        assert!((median(&[900.0, 10.0, 12.0]) - 12.0).abs() < f64::EPSILON);
        assert!((median(&[1.0, 3.0]) - 2.0).abs() < f64::EPSILON);
    }
}
