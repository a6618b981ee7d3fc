//! Dividing a target over its parts: by what, in round figures, and to the last unit (rules 5 and 16).
//!
//! Example: 1,000,000 over three people alike in whole thousands is 334,000 + 333,000 + 333,000.

use std::cmp::Reverse;

use crate::goals::allocation;

/// By what a target is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// In proportion to what each reached in the same period a year before.
    LastYear,
    /// In proportion to what each reached in the period before.
    LastPeriod,
    /// Alike for each person.
    Equal,
    /// In proportion to the days each can work in the period.
    Capacity,
}

impl Method {
    /// All, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::LastYear, Self::LastPeriod, Self::Equal, Self::Capacity];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LastYear => "last_year",
            Self::LastPeriod => "last_period",
            Self::Equal => "equal",
            Self::Capacity => "capacity",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

/// How shares are worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// By what.
    pub method: Method,
    /// Hundredths of a percent more than before, where a target starts from what was reached.
    pub percent: i64,
    /// Shares are multiples of so many minor units, or things.
    pub step: i64,
}

/// What is known of somebody who gets a share. Of a department: the sum of those below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Reached in the same period a year before.
    pub last_year: i64,
    /// Reached in the period before.
    pub last_period: i64,
    /// Work in the period that is planned, in parts of a day.
    pub capacity: i64,
    /// Themselves, or the people of a department.
    pub people: i64,
}

impl Past {
    /// What the share of somebody is in proportion to; never below nothing.
    pub fn weight(&self, method: Method) -> i64 {
        let weight = match method {
            Method::LastYear => self.last_year,
            Method::LastPeriod => self.last_period,
            Method::Equal => self.people,
            Method::Capacity => self.capacity,
        };
        weight.max(0)
    }

    /// What was reached and the rule's percentage more, in the rule's round figures. Nothing where nothing was reached,
    /// or where it is too large.
    pub fn raised(&self, rule: Rule) -> Option<i64> {
        let base = if rule.method == Method::LastPeriod { self.last_period } else { self.last_year };
        allocation::raise(base, rule.percent, rule.step).filter(|target| *target > 0)
    }
}

/// Divides `total` in proportion to `weights` in whole `step`s by largest remainder; what is less than a step goes to the
/// next remainder in line. The parts sum to `total` exactly. Without any weight all parts are alike. Ties go to the
/// earlier. A total below nothing is nothing.
pub fn divide(total: i64, weights: &[i64], step: i64) -> Vec<i64> {
    let (total, step) = (i128::from(total.max(0)), i128::from(step.max(1)));
    let mut weights: Vec<i128> = weights.iter().map(|weight| i128::from((*weight).max(0))).collect();
    if weights.iter().sum::<i128>() == 0 {
        weights.fill(1);
    }
    let whole = weights.iter().sum::<i128>().max(1);
    let mut parts: Vec<i128> = weights.iter().map(|weight| total * weight / whole / step * step).collect();
    let remainder = |place: &usize| Reverse(total * weights[*place] - parts[*place] * whole);
    let mut line: Vec<usize> = (0..parts.len()).collect();
    line.sort_by_key(remainder);
    let mut left = total - parts.iter().sum::<i128>();
    // each is short of its share by less than a step, so once down the line is enough
    for place in line {
        let more = left.min(step);
        parts[place] += more;
        left -= more;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_goes_to_the_largest_remainders() {
        assert_eq!(divide(1_000_000, &[1, 1, 1], 1_000), [334_000, 333_000, 333_000]);
        assert_eq!(divide(100, &[5, 3, 2], 10), [50, 30, 20]);
        // 47.5, 28.5 and 19: whole tens are 40, 20 and 10; the third lacks most, then the second; 5 are left for the first
        assert_eq!(divide(95, &[5, 3, 2], 10), [45, 30, 20]);
        assert_eq!(divide(7, &[0, 0], 5), [5, 2], "nobody has any weight: alike, ties to the earlier");
        assert_eq!(divide(100, &[0, 4], 1), [0, 100]);
        assert_eq!(divide(-5, &[1, 1], 1), [0, 0]);
        assert_eq!(divide(5, &[], 1), Vec::<i64>::new());
    }

    #[test]
    fn a_target_starts_from_what_was_reached() {
        let past = Past { last_year: 138_000_000, last_period: 100_000, capacity: 60, people: 1 };
        let rule = |method, percent| Rule { method, percent, step: 100_000 };
        assert_eq!(past.raised(rule(Method::LastYear, 500)), Some(144_900_000), "1.38M and 5 %");
        assert_eq!(past.raised(rule(Method::LastPeriod, -5_000)), None, "half a step");
        assert_eq!(past.raised(rule(Method::Capacity, 0)), Some(138_000_000));
        assert_eq!(Past::default().raised(rule(Method::LastYear, 500)), None);
        assert_eq!(Past { last_year: -7, ..past }.weight(Method::LastYear), 0, "returns weigh nothing");
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(total in 0..i64::MAX, weights in prop::collection::vec(0..i64::MAX / 64, 1..30),
            step in 1_i64..10_000_000) {
            let parts = divide(total, &weights, step);
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
        }

        #[test]
        fn all_parts_but_one_are_round(total in 0..1_000_000_000_i64, weights in prop::collection::vec(0..1_000_000_i64, 1..30),
            step in 1_i64..100_000) {
            let parts = divide(total, &weights, step);
            prop_assert!(parts.iter().filter(|part| **part % step != 0).count() <= 1);
        }

        #[test]
        fn nobody_is_further_than_a_step_from_their_share(total in 0..1_000_000_000_i64,
            weights in prop::collection::vec(1..1_000_000_i64, 1..30), step in 1_i64..100_000) {
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in divide(total, &weights, step).into_iter().zip(&weights) {
                let exact = i128::from(total) * i128::from(*weight);
                prop_assert!((i128::from(part) * whole - exact).abs() < 2 * i128::from(step) * whole);
            }
        }
    }
}
