//! Half the member who did best in the past, half the plain mean, level by level.

use super::QuantilePool;
use super::by_quantile::mean;
use super::loss::Past;
use super::skill::best_member;

/// Half the best member, half [`mean`] of all with equal weights.
///
/// ```text
/// q(τ) = 1/2 q_best(τ) + 1/2 mean_i q_i(τ)
/// ```
///
/// The best is [`best_member`]. Where the best is absent it is the plain mean. It is for members of very different skill who forecast everything, and is taken
/// only where it is named.
#[derive(Debug)]
pub(super) struct BestAndMean;

impl QuantilePool for BestAndMean {
    fn id(&self) -> &'static str {
        "best-and-mean"
    }
    fn name(&self) -> &'static str {
        "half whoever scored best, half the mean of quantiles; the mean alone where the best is absent"
    }
    fn is_tried(&self) -> bool {
        false
    }
    fn learns(&self) -> bool {
        true
    }
    /// Shares of the whole where everybody speaks.
    fn weights(&self, past: &Past<'_>) -> Vec<f64> {
        let count = past.panel.members.len();
        let mut weights = vec![1.0; count];
        if let Some(best) = best_member(past) {
            weights[best] += count as f64;
        }
        weights
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        let all = mean(said, &vec![1.0; said.len()])?;
        // The best is the only one who weighs more than the others.
        let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
        match said.iter().zip(weights).find(|(_, weight)| **weight > least) {
            Some((best, _)) => mean(&[*best, all.as_slice()], &[1.0, 1.0]),
            None => Some(all),
        }
    }
}
