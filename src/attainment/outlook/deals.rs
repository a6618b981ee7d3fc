//! Open deals as a second forecast of what is still to come (rule 19).

use super::{float, whole};
use crate::kernel::ratio::Pct;

/// One in hundredths of a percent.
const WHOLE: f64 = 10_000.0;

/// How open deals moved a forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ByDeals {
    /// What is likely without them.
    pub alone: i64,
    /// What stands, and what they are expected to bring.
    pub with_deals: i64,
    /// How far they moved it from the one towards the other, in hundredths of a percent.
    pub share: Pct,
}

/// What open deals say beside a forecast.
pub(super) struct Beside {
    /// What they are expected to bring.
    expected: f64,
    /// How much they count.
    share: f64,
}

impl Beside {
    /// What is to come by both.
    pub(super) fn moves(&self, to_come: f64) -> f64 {
        to_come + self.share * (self.expected - to_come)
    }

    /// The same in words' figures.
    pub(super) fn said(&self, actual: f64, to_come: f64) -> ByDeals {
        let share = Pct(whole(self.share * WHOLE));
        ByDeals { alone: whole(actual + to_come), with_deals: whole(actual + self.expected), share }
    }
}

/// Open deals beside a forecast with this standard error, each an amount and a probability in hundredths of a percent. Deals
/// win or lose on their own: Σ a·p, with the variance Σ a²·p·(1 − p), but never surer than the forecast beside it, since deals
/// that nobody has opened yet are not among them. Nothing without deals.
pub(super) fn beside(error: f64, deals: &[(i64, i64)]) -> Option<Beside> {
    if deals.is_empty() {
        return None;
    }
    let each = || deals.iter().map(|&(amount, probability)| (float(amount), float(probability) / WHOLE));
    let expected: f64 = each().map(|(amount, probability)| amount * probability).sum();
    let variance: f64 =
        each().map(|(amount, probability)| amount.powi(2) * probability * (1.0 - probability)).sum();
    let own = error.powi(2);
    let share = if own > 0.0 { own / (own + variance.max(own)) } else { 0.0 };
    Some(Beside { expected, share })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combined(to_come: f64, error: f64, deals: &[(i64, i64)]) -> f64 {
        beside(error, deals).map_or(to_come, |deals| deals.moves(to_come))
    }

    #[test]
    fn a_forecast_says_how_deals_moved_it() {
        let said = beside(20.0, &[(80, 10_000)]).unwrap().said(1_000.0, 100.0);
        assert_eq!(said, ByDeals { alone: 1_100, with_deals: 1_080, share: Pct(5_000) });
    }

    #[test]
    fn deals_count_for_half_at_most() {
        let close = |left: f64, right: f64| (left - right).abs() < 1e-9;
        assert!(close(combined(100.0, 20.0, &[]), 100.0));
        // 80 certain: half way
        assert!(close(combined(100.0, 20.0, &[(80, 10_000)]), 90.0));
        // 200 at 50 %: variance 10 000 beside 400
        assert!(close(combined(50.0, 20.0, &[(200, 5000)]), 50.0 + 400.0 / 10_400.0 * 50.0));
        assert!(
            close(combined(100.0, 0.0, &[(80, 10_000)]), 100.0),
            "nothing is to be learnt about what is certain"
        );
    }
}
