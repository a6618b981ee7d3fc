//! Sharing a target out: in proportion, in round figures, and to the last unit (rules 5 and 16).

use crate::kernel::ratio::scale;

/// Divides `total` in proportion to `weights` by largest remainder, in whole `step`s; what is less than a step goes to
/// the first share. The parts sum to `total` exactly. Without any weight all parts are alike. Ties go to the earlier.
pub fn apportion(total: i64, weights: &[i64], step: i64) -> Vec<i64> {
    let step = i128::from(step.max(1));
    let total = i128::from(total.max(0));
    let (steps, rest) = (total / step, total % step);
    let mut weights: Vec<i128> = weights.iter().map(|weight| i128::from((*weight).max(0))).collect();
    if weights.iter().sum::<i128>() == 0 {
        weights.fill(1);
    }
    let whole = weights.iter().sum::<i128>().max(1);
    let mut parts: Vec<i128> = weights.iter().map(|weight| steps * weight / whole).collect();
    let left = usize::try_from(steps - parts.iter().sum::<i128>()).unwrap_or_default();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(steps * weights[i] % whole));
    for i in by_remainder.into_iter().take(left) {
        parts[i] += 1;
    }
    for part in &mut parts {
        *part *= step;
    }
    if let Some(first) = parts.first_mut() {
        *first += rest;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

/// `base` and `percent` hundredths of a percent more, rounded to the nearest `step`; nothing when it is too large.
pub fn raise(base: i64, percent: i64, step: i64) -> Option<i64> {
    let step = step.max(1);
    let raised = scale(base.max(0), 10_000_i64.checked_add(percent)?, 10_000)?.max(0);
    scale(raised, 1, step)?.checked_mul(step)
}

/// The step that keeps shares of `total` round: a thousandth to a ten-thousandth of it, at least one.
pub fn round_step(total: i64, one: i64) -> i64 {
    let mut step = one.max(1);
    while step.saturating_mul(10_000) <= total {
        step = step.saturating_mul(10);
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_round_and_sum_to_the_whole() {
        assert_eq!(apportion(9_000, &[2_400, 2_100, 1_900, 1_700], 100), [2_700, 2_300, 2_100, 1_900]);
        assert_eq!(apportion(100, &[1, 1, 1], 1), [34, 33, 33]);
        assert_eq!(apportion(105, &[1, 1], 10), [55, 50], "the odd five to the first");
        assert_eq!(apportion(10, &[0, 0], 1), [5, 5]);
        assert_eq!(apportion(10, &[], 1), Vec::<i64>::new());
    }

    #[test]
    fn raising_rounds_to_the_step() {
        assert_eq!(raise(138_000_000, 500, 5_000_000), Some(145_000_000), "1.38M and 5 % is 1.449M");
        assert_eq!(raise(1_000, -1_000, 1), Some(900));
        assert_eq!(raise(1_000, -20_000, 1), Some(0), "never below nothing");
        assert_eq!(raise(i64::MAX, 1, 1), None);
    }

    #[test]
    fn steps_follow_the_size() {
        assert_eq!(round_step(900_000_000, 100), 100_000);
        assert_eq!(round_step(12, 1), 1);
        assert_eq!(round_step(0, 100), 100);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(total in 0..i64::MAX / 2, weights in prop::collection::vec(0..i64::MAX / 64, 1..20),
            step in 1_i64..1_000_000) {
            prop_assert_eq!(apportion(total, &weights, step).iter().sum::<i64>(), total);
        }
    }
}
