//! Open deals as a second forecast of what is still to come (rule 19).

use super::float;

/// One in hundredths of a percent.
const WHOLE: f64 = 10_000.0;

/// What is to come by a forecast with this standard error and by open deals, each an amount and a probability in
/// hundredths of a percent. Deals win or lose on their own: Σ a·p, with the variance Σ a²·p·(1 − p), but never surer
/// than the forecast beside it, since deals that nobody has opened yet are not among them. Unchanged without deals.
pub(super) fn combined(to_come: f64, error: f64, deals: &[(i64, i64)]) -> f64 {
    if deals.is_empty() {
        return to_come;
    }
    let each = || deals.iter().map(|&(amount, probability)| (float(amount), float(probability) / WHOLE));
    let expected: f64 = each().map(|(amount, probability)| amount * probability).sum();
    let variance: f64 =
        each().map(|(amount, probability)| amount.powi(2) * probability * (1.0 - probability)).sum();
    let own = error.powi(2);
    let by_deals = if own > 0.0 { own / (own + variance.max(own)) } else { 0.0 };
    to_come + by_deals * (expected - to_come)
}

#[cfg(test)]
mod tests {
    use super::*;

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
