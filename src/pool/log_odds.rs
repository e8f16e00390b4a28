//! The log-odds pool: the weighted mean of log-odds, which is the geometric mean of odds.

use super::method::{PoolMethod, Pooling, SURE, Said, held};
use super::past::Past;
use super::penalty::Penalty;
use super::shares;
use crate::math::{logistic, logit};

/// The probability whose log-odds are the weighted mean of the log-odds of several probabilities.
///
/// ```text
/// logit p = sum_i w_i logit p_i / sum_i w_i
/// ```
///
/// Weights need not sum to 1; without them all count alike. One sure forecast of any weight decides. `None` when there are no
/// probabilities, one lies outside of 0..=1, the weights do not fit, or one is sure of yes and another of no.
///
/// ```
/// let pooled = foretell::pool::log_odds(&[0.2, 0.8], None).expect("two probabilities");
/// assert!((pooled - 0.5).abs() < 1e-15);
/// ```
///
/// Genest and Zidek (1986), Stat. Sci. 1, 114–135.
#[must_use]
pub fn log_odds(probabilities: &[f64], weights: Option<&[f64]>) -> Option<f64> {
    mean_log_odds(probabilities, weights).map(logistic)
}

/// The weighted mean of log-odds; infinite where a forecast of weight is sure.
pub(super) fn mean_log_odds(probabilities: &[f64], weights: Option<&[f64]>) -> Option<f64> {
    let shares = shares(probabilities, weights)?;
    // A sure forecast of no weight counts nothing: infinity times 0 has to be 0 here.
    let terms = probabilities.iter().zip(shares).filter(|(_, share)| *share > 0.0);
    let mean: f64 = terms.map(|(p, share)| share * logit(*p)).sum();
    (!mean.is_nan()).then_some(mean)
}

/// The mean of log-odds as a method: nothing to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogOdds;

/// The mean of the log-odds of probabilities held this far away from 0 and 1.
#[derive(Debug, Clone, Copy)]
struct Held {
    sure: f64,
}

impl PoolMethod for LogOdds {
    fn name(&self) -> &'static str {
        "log-odds"
    }

    fn about(&self) -> &'static str {
        "the mean of log odds"
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
        log_odds(&held(oldest_first, self.sure), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_forecast_decides_and_two_that_contradict_have_no_pool() {
        assert_eq!(log_odds(&[0.2, 1.0], None), Some(1.0));
        assert_eq!(log_odds(&[0.0, 1.0], None), None);
        assert_eq!(log_odds(&[0.0, 0.5], Some(&[0.0, 1.0])), Some(0.5));
    }

    #[test]
    fn it_is_the_geometric_mean_of_odds() {
        let odds: f64 = [0.1_f64, 0.5, 0.9, 0.7].iter().map(|p| p / (1.0 - p)).product();
        let expected = odds.sqrt().sqrt() / (1.0 + odds.sqrt().sqrt());
        assert!((log_odds(&[0.1, 0.5, 0.9, 0.7], None).expect("four") - expected).abs() < 1e-14);
    }
}
