//! The weighted score over several goals of one subject and period.

use crate::kernel::ratio::{Exact, Pct};

/// A goal's part in the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How far it is reached; nothing where it cannot be said.
    pub attainment: Option<Pct>,
    /// Its weight in percent.
    pub weight: i16,
}

/// Σ weight × attainment ÷ Σ weight, rounded once. Goals of which nothing can be said yet are left out with their weight;
/// nothing when that leaves none. Attainments are uncapped, as everywhere (rule 15).
pub fn weighted(parts: &[Part]) -> Option<Pct> {
    let known = || parts.iter().filter_map(|part| Some((part.attainment?.0, i64::from(part.weight))));
    let sum: i128 = known().map(|(attained, weight)| i128::from(attained) * i128::from(weight)).sum();
    let weights: i128 = known().map(|(_, weight)| i128::from(weight)).sum();
    Exact::ratio(sum, weights).map(|score| Pct(score.round()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(attained: i64, weight: i16) -> Part {
        Part { attainment: (attained >= 0).then_some(Pct(attained)), weight }
    }

    #[test]
    fn goals_count_by_their_weight() {
        assert_eq!(weighted(&[part(12_000, 60), part(5_000, 40)]), Some(Pct(9_200)));
        assert_eq!(
            weighted(&[part(12_000, 60), part(-1, 40)]),
            Some(Pct(12_000)),
            "nothing to say of the second"
        );
        assert_eq!(weighted(&[part(10_000, 1), part(5_000, 2)]), Some(Pct(6_667)), "weights need not be 100");
        assert_eq!((weighted(&[]), weighted(&[part(-1, 40)])), (None, None));
    }
}
