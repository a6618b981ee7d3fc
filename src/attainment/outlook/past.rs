//! How far each method was off in earlier periods, seen from the same point: the choice between them rests on it.
//!
//! In each earlier period every method stands where the present one stands, knows only the periods before, and
//! is compared with how it ended. Sources: Tashman, "Out-of-sample tests of forecasting accuracy" (2000) for the rolling
//! origin; Kolassa and Schütz, "Advantages of the MAD/MEAN ratio over the MAPE" (2007) for the sum of absolute
//! errors over the sum of outcomes, which a period without sales does not break and small ones do not rule.

use super::counts;
use super::history::Past;
use super::seasonal::{relative, seasonal};
use super::{Measure, Method, PastError, whole};
use crate::kernel::ratio::Pct;

/// How many measurements the spread of the model itself counts for beside the errors measured.
pub(super) const MODEL_COUNTS: f64 = 2.0;

/// An earlier period, forecast from the same point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rehearsal {
    outcome: f64,
    run_rate: f64,
    seasonal: f64,
    /// Likely outcome and variance by the count model.
    counts: Option<(f64, f64)>,
}

/// Every earlier period that has one before it, latest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rehearsals(Vec<Rehearsal>);

impl Rehearsals {
    /// `pasts` are the earlier periods, latest first.
    pub(super) fn new(pasts: &[Past]) -> Self {
        let rehearse = |(index, past): (usize, &Past)| rehearsal(past, pasts.get(index + 1..)?);
        Self(pasts.iter().enumerate().filter_map(rehearse).collect())
    }

    /// The method that was off least; plain run rate unless another one beat it.
    pub(super) fn best(&self, measure: Measure) -> Method {
        let others: &[Method] = match measure {
            Measure::Amount => &[Method::Seasonal],
            Measure::Count => &[Method::Counts, Method::Seasonal],
        };
        let mut best = (Method::RunRate, self.off(Method::RunRate).unwrap_or(f64::MAX));
        for &method in others {
            match self.off(method) {
                Some(off) if off < best.1 => best = (method, off),
                _ => {}
            }
        }
        best.0
    }

    /// The measured error of a method beside plain run rate's; none when nothing is measured.
    pub(super) fn error(&self, method: Method) -> Option<PastError> {
        let outcomes: f64 = self.0.iter().map(|past| past.outcome.abs()).sum();
        let percent =
            |method| (outcomes > 0.0).then_some(Pct(whole(self.off(method)? / outcomes * 10_000.0)));
        Some(PastError {
            method: percent(method)?,
            run_rate: percent(Method::RunRate)?,
            forecasts: u32::try_from(self.0.len()).ok()?,
        })
    }

    /// The relative standard error and its degrees of freedom: what the model says, as so many measurements
    /// (`counts_for`), and what was measured. Source: Williams and Goodman, "A Simple Method for the Construction of
    /// Empirical Confidence Limits for Economic Forecasts" (1971), with the model as prior.
    pub(super) fn spread(&self, method: Method, model: f64, counts_for: f64) -> (f64, f64) {
        let errors = self.0.iter().filter_map(|past| Some(relative(past.by(method)?, past.outcome).powi(2)));
        let (sum, count) = errors.fold((0.0, 0.0), |(sum, count), square| (sum + square, count + 1.0));
        let freedom = counts_for + count;
        (((counts_for * model.powi(2) + sum) / freedom).sqrt(), freedom)
    }

    /// By how much the counts varied more than the count model says; at least 1.
    pub(super) fn overdispersion(&self) -> f64 {
        let ratios = self.0.iter().filter_map(|past| {
            let (likely, variance) = past.counts?;
            (variance > 0.0).then(|| (past.outcome - likely).powi(2) / variance)
        });
        let (sum, count) =
            ratios.fold((MODEL_COUNTS, MODEL_COUNTS), |(sum, all), ratio| (sum + ratio, all + 1.0));
        (sum / count).max(1.0)
    }

    /// How many were measured.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The sum of absolute errors; none when the method was not there every time, or never.
    fn off(&self, method: Method) -> Option<f64> {
        let errors: Option<Vec<f64>> =
            self.0.iter().map(|past| Some((past.by(method)? - past.outcome).abs())).collect();
        errors.filter(|errors| !errors.is_empty()).map(|errors| errors.iter().sum())
    }
}

impl Rehearsal {
    fn by(&self, method: Method) -> Option<f64> {
        match method {
            Method::RunRate => Some(self.run_rate),
            Method::Seasonal => Some(self.seasonal),
            Method::Counts => self.counts.map(|(likely, _)| likely),
        }
    }
}

/// None when nothing is known from before, or no working day had passed.
fn rehearsal(past: &Past, before: &[Past]) -> Option<Rehearsal> {
    let seasonal = seasonal(past.before, past.elapsed, before)?.likely;
    let counts = counts::to_come(past.before, past.elapsed, before);
    (past.elapsed > 0.0).then(|| Rehearsal {
        outcome: past.total,
        run_rate: past.before / past.elapsed,
        seasonal,
        counts: counts.map(|more| (past.before + more.mean, more.variance())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(before: f64, total: f64) -> Past {
        Past { before, total, elapsed: 0.5, effective_days: 10.0 }
    }

    #[test]
    fn the_method_that_was_off_less_is_taken() {
        // all is sold by half time: run rate is off by 100 each time, the shape ever less
        let early = Rehearsals::new(&[past(100.0, 100.0); 4]);
        assert_eq!((early.best(Measure::Amount), early.len()), (Method::Seasonal, 3));
        let error = early.error(Method::Seasonal).unwrap();
        assert!(error.method < Pct(5000) && error.run_rate == Pct(10_000) && error.forecasts == 3);
        // a growing and even series: run rate is exact, and the level lags behind
        let even = Rehearsals::new(&[past(200.0, 400.0), past(100.0, 200.0), past(50.0, 100.0)]);
        assert_eq!(even.best(Measure::Amount), Method::RunRate);
        assert_eq!(even.error(Method::RunRate).unwrap().method, Pct(0));
    }

    #[test]
    fn nothing_measured_is_plain_run_rate() {
        for pasts in [&[][..], &[past(10.0, 10.0)]] {
            let none = Rehearsals::new(pasts);
            assert_eq!((none.best(Measure::Count), none.error(Method::RunRate)), (Method::RunRate, None));
        }
    }

    #[test]
    fn the_spread_leans_on_the_model_until_errors_are_measured() {
        let none = Rehearsals::default().spread(Method::Seasonal, 0.25, 2.0);
        assert_eq!(none, (0.25, 2.0));
        // run rate 200 for 100, three times: relative error 100 ÷ 150
        let (scale, freedom) = Rehearsals::new(&[past(100.0, 100.0); 4]).spread(Method::RunRate, 0.0, 2.0);
        assert!((scale - (3.0_f64 * 4.0 / 9.0 / 5.0).sqrt()).abs() < 1e-12 && (freedom - 5.0).abs() < 1e-12);
    }
}
