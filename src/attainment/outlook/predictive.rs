//! The distribution of the outcome: its range and its chances.
//!
//! **Continuous.** Student's t around the likely outcome. Where sales come on few days, some earlier periods
//! brought nothing more after this point; that share, n₀ ÷ (n + 1), is the chance that nothing more comes, and the t is
//! for the other periods. Source: the hurdle of Cragg, "Some Statistical Models for Limited Dependent Variables"
//! (1971). **Counts.** Negative binomial for the deals to come. Both distributions are `statrs`'.

use statrs::distribution::{ContinuousCDF, DiscreteCDF, NegativeBinomial, StudentsT};

use super::{float, whole};

/// One outcome of ten lies below the range, and one above.
const TAIL: f64 = 0.1;

/// How the outcome of a period is spread.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Predictive {
    /// Student's t with a hurdle.
    Student(Student),
    /// `actual` and a negative binomial count to come.
    Counts {
        /// In already.
        actual: i64,
        /// To come.
        to_come: NegativeBinomial,
    },
    /// Nothing can change any more.
    Certain(i64),
}

/// Student's t around `centre`, for the case that anything more comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Student {
    /// Sold already: the lowest outcome, unless sales can be returned.
    pub(super) actual: i64,
    pub(super) has_returns: bool,
    pub(super) centre: f64,
    pub(super) scale: f64,
    pub(super) freedom: f64,
    /// The chance that nothing more comes, 0 to below 1.
    pub(super) idle: f64,
}

impl Predictive {
    /// Certain when there is no spread.
    pub(super) fn student(student: Student) -> Self {
        if student.scale > 0.0 && student.scale.is_finite() && student.freedom > 0.0 {
            Self::Student(student)
        } else {
            Self::Certain(whole(student.centre))
        }
    }

    /// Negative binomial with the given mean and variance; the variance is above the mean.
    pub(super) fn counts(actual: i64, mean: f64, variance: f64) -> Self {
        let spread = || NegativeBinomial::new(mean * mean / (variance - mean), mean / variance).ok();
        let to_come = if mean > 0.0 && variance > mean { spread() } else { None };
        to_come.map_or(Self::Certain(actual), |to_come| Self::Counts { actual, to_come })
    }

    /// The outcomes that one of ten is below and above.
    pub(super) fn range(&self) -> (i64, i64) {
        match self {
            Self::Student(student) => student.range(),
            Self::Counts { actual, to_come } => {
                let at = |p| actual.saturating_add_unsigned(to_come.inverse_cdf(p));
                (at(TAIL), at(1.0 - TAIL))
            }
            Self::Certain(outcome) => (*outcome, *outcome),
        }
    }

    /// The probability of an outcome of `target`, which is above the actual, or more.
    pub(super) fn reaches(&self, target: i64) -> f64 {
        match self {
            Self::Student(student) => student.reaches(target),
            Self::Counts { actual, to_come } => {
                let missing = target.saturating_sub(*actual).max(1).unsigned_abs();
                to_come.sf(missing - 1)
            }
            Self::Certain(outcome) => f64::from(u8::from(*outcome >= target)),
        }
    }
}

impl Student {
    fn range(&self) -> (i64, i64) {
        let low = if self.idle >= TAIL {
            self.actual
        } else {
            self.quantile((TAIL - self.idle) / (1.0 - self.idle))
        };
        let tail = TAIL / (1.0 - self.idle);
        let high = if tail >= 1.0 { self.actual } else { self.quantile(1.0 - tail) };
        (low, high)
    }

    fn reaches(&self, target: i64) -> f64 {
        let distance = (float(target) - self.centre) / self.scale;
        (1.0 - self.idle) * self.standard().map_or(0.5, |t| t.sf(distance))
    }

    /// Not below what is sold, unless sales can be returned.
    fn quantile(&self, p: f64) -> i64 {
        let outcome = self.centre + self.scale * self.standard().map_or(0.0, |t| t.inverse_cdf(p));
        whole(outcome).max(if self.has_returns { i64::MIN } else { self.actual })
    }

    fn standard(&self) -> Option<StudentsT> {
        StudentsT::new(0.0, 1.0, self.freedom).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn student() -> Student {
        Student { actual: 1000, has_returns: false, centre: 2000.0, scale: 100.0, freedom: 9.0, idle: 0.0 }
    }

    #[test]
    fn the_range_of_a_t_by_the_printed_table() {
        // t(0.90; 9) = 1.383
        assert_eq!(student().range(), (1862, 2138));
        assert!(
            (student().reaches(2138) - 0.1).abs() < 0.001 && (student().reaches(2000) - 0.5).abs() < 1e-9
        );
        let wide = Student { scale: 10_000.0, ..student() };
        assert_eq!(wide.range().0, 1000, "what is sold stays sold");
        assert!(Student { has_returns: true, ..wide }.range().0 < 0);
    }

    #[test]
    fn what_may_stand_still_does_so_at_its_chance() {
        let half = Student { idle: 0.5, ..student() };
        // one of ten in all is one of five of the rest: t(0.80; 9) = 0.883
        assert_eq!(half.range(), (1000, 2088));
        assert!((half.reaches(2000) - 0.25).abs() < 1e-9);
        assert_eq!(Student { idle: 0.95, ..student() }.range(), (1000, 1000));
    }

    #[test]
    fn counts_by_hand() {
        // mean 2, variance 4: r = 2, p = ½; P(0) = ¼, P(1) = ¼, P(2) = 3/16, P(3) = 1/8, P(4) = 5/64, P(5) = 3/64
        let counts = Predictive::counts(10, 2.0, 4.0);
        assert!((counts.reaches(11) - 0.75).abs() < 1e-9 && (counts.reaches(12) - 0.5).abs() < 1e-9);
        assert_eq!(counts.range(), (10, 15), "0.89 up to four, 0.94 up to five");
        assert_eq!(Predictive::counts(10, 0.0, 0.0), Predictive::Certain(10));
    }
}
