//! Extremizing by a factor that follows from the number of forecasters.

use super::linear::linear;
use super::log_odds::mean_log_odds;
use super::method::{PoolMethod, Pooling, SURE, Said, held};
use super::past::Past;
use super::penalty::Penalty;
use crate::math::{logistic, logit};

/// By how much the mean of `n` forecasts is to be moved away from the prior.
///
/// ```text
/// d(n) = n (√(3n² - 3n + 1) - 2) / (n² - n - 1)        d(1) = 1
/// ```
///
/// About 1.29 for two, 1.53 for five, towards √3 for many: the best factor in the worst case over all ways in which forecasters may
/// share knowledge, if their knowledge is in no part replaceable. `None` for no forecasts.
///
/// Neyman and Roughgarden (2021), arXiv:2111.03153, theorem 4.1.
#[must_use]
pub fn neyman_factor(count: usize) -> Option<f64> {
    match count {
        0 => None,
        1 => Some(1.0),
        _ => {
            let n = count as f64;
            Some(n * ((3.0 * n * n - 3.0 * n + 1.0).sqrt() - 2.0) / (n * n - n - 1.0))
        }
    }
}

/// The mean of probabilities moved away from a prior by [`neyman_factor`], held to 0..=1: the form of the paper.
///
/// ```text
/// p = prior + d(n) (mean - prior)
/// ```
///
/// `None` when there are no probabilities, or one of them or the prior lies outside of 0..=1.
#[must_use]
pub fn neyman_linear(probabilities: &[f64], prior: f64) -> Option<f64> {
    let mean = linear(probabilities, None)?;
    let factor = neyman_factor(probabilities.len())?;
    (0.0..=1.0).contains(&prior).then(|| (prior + factor * (mean - prior)).clamp(0.0, 1.0))
}

/// The mean of log-odds moved away from a prior's log-odds by [`neyman_factor`]: the form that forecasting practice uses.
///
/// ```text
/// logit p = logit prior + d(n) (mean of logit p_i - logit prior)
/// ```
///
/// `None` when there are no probabilities, one lies outside of 0..=1, sure ones contradict each other, or the prior does not lie
/// strictly between 0 and 1.
///
/// Sevilla (2021), "Principled extremizing of aggregated forecasts".
#[must_use]
pub fn neyman_log_odds(probabilities: &[f64], prior: f64) -> Option<f64> {
    let mean = mean_log_odds(probabilities, None)?;
    let factor = neyman_factor(probabilities.len())?;
    (prior > 0.0 && prior < 1.0).then(|| logistic(logit(prior) + factor * (mean - logit(prior))))
}

/// The extremized mean of log-odds as a method, away from even odds: nothing to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neyman;

/// The pool of probabilities held this far away from 0 and 1.
#[derive(Debug, Clone, Copy)]
struct Held {
    sure: f64,
}

impl PoolMethod for Neyman {
    fn name(&self) -> &'static str {
        "neyman"
    }

    fn about(&self) -> &'static str {
        "the mean of log odds, moved away from even odds by Neyman and Roughgarden's factor"
    }

    fn fit(&self, _: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Held { sure: SURE }))
    }

    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Held { sure: 0.0 }))
    }
}

impl Pooling for Held {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        neyman_log_odds(&held(oldest_first, self.sure), 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_has_its_published_values() {
        for (count, expected) in [(1, 1.0), (2, 1.2915), (3, 1.4153), (5, 1.5290), (10, 1.6250)] {
            assert!((neyman_factor(count).expect("some") - expected).abs() < 5e-5, "{count}");
        }
        assert!((neyman_factor(10_000_000).expect("many") - 3.0_f64.sqrt()).abs() < 1e-6);
        assert_eq!(neyman_factor(0), None);
    }

    #[test]
    fn one_forecast_and_the_prior_itself_stay_where_they_are() {
        assert!((neyman_linear(&[0.3], 0.5).expect("one") - 0.3).abs() < 1e-15);
        assert!((neyman_log_odds(&[0.3; 7], 0.3).expect("seven") - 0.3).abs() < 1e-14);
        assert_eq!(neyman_linear(&[0.9; 5], 0.1), Some(1.0));
        assert_eq!((neyman_log_odds(&[0.5], 0.0), neyman_linear(&[0.5], 1.5)), (None, None));
    }
}
