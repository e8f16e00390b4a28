//! Pools in which members weigh by their past scores.

use super::QuantilePool;
use super::by_cdf::quantiles_of_mixture;
use super::by_quantile::mean;
use super::loss::Past;
use super::skill::weights_of_skill;

/// The mean of quantiles with [`weights_of_skill`].
#[derive(Debug)]
pub(super) struct Weighted;

impl QuantilePool for Weighted {
    fn id(&self) -> &'static str {
        "weighted"
    }
    fn name(&self) -> &'static str {
        "the mean of quantiles, weighed by past scores"
    }
    fn learns(&self) -> bool {
        true
    }
    fn weights(&self, past: &Past<'_>) -> Vec<f64> {
        weights_of_skill(past)
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        mean(said, weights)
    }
}

/// The mixture of the members with [`weights_of_skill`].
#[derive(Debug)]
pub(super) struct WeightedLinear;

impl QuantilePool for WeightedLinear {
    fn id(&self) -> &'static str {
        "weighted-linear"
    }
    fn name(&self) -> &'static str {
        "the mixture of the members, weighed by past scores"
    }
    fn learns(&self) -> bool {
        true
    }
    fn weights(&self, past: &Past<'_>) -> Vec<f64> {
        weights_of_skill(past)
    }
    fn combine(&self, levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        quantiles_of_mixture(levels, said, weights)
    }
}
