//! Ratios without floating point: percentages, and the one division that rounds, half to even (rule 5).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A ratio in hundredths of a percent: 119.59 % is `Pct(11959)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pct(pub i64);

impl Pct {
    /// `part` of `whole`, rounded half to even; none when `whole` is zero. Held at the bounds of `i64`.
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        Exact::ratio(part.into(), whole.into()).map(Exact::pct)
    }

    /// The percentage with two decimals and a point: "119.59".
    pub fn to_string_2(self) -> String {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        format!("{sign}{}.{:02}", size / 100, size % 100)
    }

    /// Whole percent, rounded half to even.
    pub fn whole(self) -> i64 {
        saturate(div_half_even(self.0.into(), 100))
    }
}

impl fmt::Display for Pct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string_2())
    }
}

/// `amount` × `numerator` ÷ `denominator`, rounded once, half to even; none when the denominator is zero or
/// the result is no `i64`.
pub fn scale(amount: i64, numerator: i64, denominator: i64) -> Option<i64> {
    let product = i128::from(amount) * i128::from(numerator);
    (denominator != 0).then(|| div_half_even(product, denominator.into()))?.try_into().ok()
}

/// Division rounded half to even. The caller sees to it that `denominator` is not zero.
pub(crate) fn div_half_even(numerator: i128, denominator: i128) -> i128 {
    let floor = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator).unsigned_abs();
    let half = rest.cmp(&(denominator.unsigned_abs() - rest));
    // the euclidean quotient is the lower neighbour for a positive denominator and the upper for a negative one
    let away = denominator.signum();
    match half {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + away,
        std::cmp::Ordering::Equal => floor + away * (floor & 1),
    }
}

pub(crate) fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// A fraction carried unrounded between two steps of a calculation, so that rounding happens once, at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact {
    numerator: i128,
    denominator: i128,
}

impl Exact {
    /// Larger denominators are brought back to this one, so that no later product leaves `i128`.
    const FINEST: i128 = 1_000_000_000;

    pub(crate) fn whole(value: i64) -> Self {
        Self { numerator: value.into(), denominator: 1 }
    }

    /// None when `denominator` is zero.
    pub(crate) fn ratio(numerator: i128, denominator: i128) -> Option<Self> {
        let common = i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()?;
        let common = common * denominator.signum();
        (denominator != 0).then(|| Self { numerator: numerator / common, denominator: denominator / common })
    }

    /// The value `step` of `steps` on the way from `self` to `goal`; `goal` when there are no steps.
    pub(crate) fn towards(self, goal: i64, step: i64, steps: i64) -> Self {
        let (done, left) = (i128::from(step), i128::from(steps - step));
        let numerator = self.numerator * left + i128::from(goal) * self.denominator * done;
        let Some(exact) = Self::ratio(numerator, self.denominator * i128::from(steps)) else {
            return Self::whole(goal);
        };
        exact.coarse()
    }

    fn coarse(self) -> Self {
        if self.denominator <= Self::FINEST {
            return self;
        }
        let (whole, rest) =
            (self.numerator.div_euclid(self.denominator), self.numerator.rem_euclid(self.denominator));
        let fine = div_half_even(rest * Self::FINEST, self.denominator);
        Self { numerator: whole * Self::FINEST + fine, denominator: Self::FINEST }
    }

    /// The smaller of the two.
    pub(crate) fn at_most(self, limit: i64) -> Self {
        if self.numerator > i128::from(limit) * self.denominator { Self::whole(limit) } else { self }
    }

    /// Rounded half to even, held at the bounds of `i64`.
    pub(crate) fn round(self) -> i64 {
        saturate(div_half_even(self.numerator, self.denominator))
    }

    /// In tenths, rounded half to even, held at the bounds of `i64`.
    pub(crate) fn round_tenths(self) -> i64 {
        saturate(div_half_even(self.numerator * 10, self.denominator))
    }

    /// As a percentage of `whole`, rounded half to even; none when it is zero.
    pub(crate) fn pct_of(self, whole: i64) -> Option<Pct> {
        Self::ratio(self.numerator, self.denominator * i128::from(whole)).map(Self::pct)
    }

    /// As a percentage of one.
    fn pct(self) -> Pct {
        Pct(saturate(div_half_even(self.numerator * 10_000, self.denominator)))
    }

    /// `part` ÷ `self`; none when `self` is zero.
    pub(crate) fn pct_reached_by(self, part: i64) -> Option<Pct> {
        Self::ratio(i128::from(part) * self.denominator, self.numerator).map(Self::pct)
    }

    /// Whether `part` is at least `percent` of `self`, decided on the unrounded value.
    pub(crate) fn is_reached_by(self, part: i64, percent: i64) -> bool {
        i128::from(part) * 100 * self.denominator >= i128::from(percent) * self.numerator
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_half_to_even() {
        assert_eq!(Pct::of(1_435_080, 1_200_000).unwrap().to_string_2(), "119.59");
        assert_eq!(Pct::of(1, 3), Some(Pct(3333)));
        assert_eq!(Pct::of(1, 20_000), Some(Pct(0)), "0.005 % goes to the even 0.00");
        assert_eq!(Pct::of(3, 20_000), Some(Pct(2)), "0.015 % goes to the even 0.02");
        assert_eq!(Pct::of(-3, 20_000), Some(Pct(-2)));
        assert_eq!(Pct::of(3, -20_000), Some(Pct(-2)));
        assert_eq!(Pct::of(5, 0), None);
        assert_eq!(Pct::of(i64::MAX, 1), Some(Pct(i64::MAX)), "held at the bound");
    }

    #[test]
    fn percentages_are_written_with_their_sign() {
        assert_eq!(Pct(-5).to_string_2(), "-0.05");
        assert_eq!(Pct(10_000).to_string_2(), "100.00");
        assert_eq!((Pct(9650).whole(), Pct(9750).whole(), Pct(-150).whole()), (96, 98, -2));
    }

    #[test]
    fn scaling_rounds_once_and_refuses_overflow() {
        assert_eq!(scale(100, 35, 63), Some(56));
        assert_eq!(scale(5, 1, 2), Some(2));
        assert_eq!(scale(7, 1, 2), Some(4));
        assert_eq!(scale(1, 1, 0), None);
        assert_eq!(scale(i64::MAX, 2, 1), None);
    }

    #[test]
    fn a_fraction_is_rounded_only_when_asked() {
        let third = Exact::whole(0).towards(1, 1, 3);
        assert!(third.is_reached_by(1, 300) && !third.is_reached_by(0, 1));
        assert_eq!(third.towards(1, 1, 2).round(), 1, "two thirds");
        assert_eq!(third.pct_reached_by(1), Some(Pct(30_000)));
        assert_eq!(third.round_tenths(), 3);
    }
}
