//! The linear pool: the weighted mean of probabilities.

use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::Past;
use super::penalty::Penalty;
use super::shares;

/// The weighted mean of several probabilities.
///
/// ```text
/// p = sum_i w_i p_i / sum_i w_i
/// ```
///
/// Weights need not sum to 1; without them all count alike. A mean of calibrated, differing forecasts is always too timid. `None` when
/// there are no probabilities, one lies outside of 0..=1, or the weights do not fit.
///
/// ```
/// assert_eq!(foretell::pool::linear(&[0.2, 0.6], None), Some(0.4));
/// ```
///
/// Stone (1961), Ann. Math. Stat. 32, 1339–1342; timid: Ranjan and Gneiting (2010), J. R. Stat. Soc. B 72, 71–91.
#[must_use]
pub fn linear(probabilities: &[f64], weights: Option<&[f64]>) -> Option<f64> {
    let shares = shares(probabilities, weights)?;
    let mean: f64 = probabilities.iter().zip(shares).map(|(p, share)| p * share).sum();
    Some(mean.clamp(0.0, 1.0))
}

/// The plain mean as a method: nothing to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean;

impl PoolMethod for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn about(&self) -> &'static str {
        "the mean of probabilities"
    }

    fn fit(&self, _: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        self.without_past()
    }

    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Self))
    }
}

impl Pooling for Mean {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        linear(&probabilities(oldest_first), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_probability_or_weight_has_no_pool() {
        assert_eq!(linear(&[], None), None);
        assert_eq!(linear(&[1.2], None), None);
        assert_eq!(linear(&[0.2, 0.4], Some(&[1.0])), None);
        assert_eq!(linear(&[0.2, 0.4], Some(&[0.0, 0.0])), None);
        assert_eq!(linear(&[0.25, 0.75], Some(&[3.0, 1.0])), Some(0.375));
    }
}
