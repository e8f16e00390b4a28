//! The median of probabilities.

use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::Past;
use super::penalty::Penalty;
use super::recency_median::weighted_quantile;

/// The median as a method: nothing to learn. Of an even number the mean of the two in the middle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Median;

impl PoolMethod for Median {
    fn name(&self) -> &'static str {
        "median"
    }

    fn about(&self) -> &'static str {
        "the median"
    }

    fn fit(&self, _: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        self.without_past()
    }

    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Self))
    }
}

impl Pooling for Median {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        let said = probabilities(oldest_first);
        weighted_quantile(&said, &vec![1.0; said.len()], 0.5).filter(|p| (0.0..=1.0).contains(p))
    }
}
