//! The mean with a weight for each forecaster, of probabilities or of log odds.

use super::linear::linear;
use super::log_odds::log_odds;
use super::method::{Pooling, SURE, Said, held, probabilities, weights_of};

/// What is averaged.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scale {
    Probability,
    LogOdds,
}

/// A pool of weights that were learned, summing to 1.
#[derive(Debug, Clone)]
pub(super) struct Weighted {
    weights: Vec<f64>,
    scale: Scale,
    learned: Option<String>,
}

impl Weighted {
    /// A weight for each forecaster.
    pub(super) const fn new(weights: Vec<f64>, scale: Scale) -> Self {
        Self { weights, scale, learned: None }
    }

    /// With what was learned besides, in words.
    pub(super) fn saying(self, learned: String) -> Self {
        Self { learned: Some(learned), ..self }
    }
}

impl Pooling for Weighted {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        let weights = weights_of(oldest_first, &self.weights);
        match self.scale {
            Scale::Probability => linear(&probabilities(oldest_first), Some(&weights)),
            Scale::LogOdds => log_odds(&held(oldest_first, SURE), Some(&weights)),
        }
    }

    fn weights(&self) -> Option<&[f64]> {
        Some(&self.weights)
    }

    fn learned(&self) -> Option<String> {
        self.learned.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::said;

    #[test]
    fn weights_are_scaled_to_those_who_are_there() {
        let pool = Weighted::new(vec![0.5, 0.25, 0.25], Scale::Probability);
        let three = said(&[0.2, 0.4, 0.8]);
        assert_eq!(pool.pool(&three), Some(0.4));
        assert!((pool.pool(&three[1..]).expect("two") - 0.6).abs() < 1e-15);
        let unknown = [Said { forecaster: 7, ..three[1] }];
        assert_eq!(pool.pool(&unknown), Some(0.4));
    }
}
