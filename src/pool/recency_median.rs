//! The recency-weighted median: a crowd's forecast that follows the newest of its members.

use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::Past;
use super::penalty::Penalty;
use crate::score::platform::metaculus::recency_weights;

/// The weighted quantile of probabilities, those given later weighing more, as Metaculus forms its community prediction.
///
/// ```text
/// w_i = exp(√i - √N)        i = 1 for the oldest, N for the newest; all alike when N <= 2
/// ```
///
/// `oldest_first` holds the latest forecast of each forecaster in the order in which they were made; `level` is 1/2 for the median, 1/4
/// and 3/4 for the range shown. For several options take it for each option and scale the results to sum to 1. `None` as for
/// [`weighted_quantile`].
///
/// Source: the platform's published code (`utils/the_math/aggregations.py`).
#[must_use]
pub fn recency_weighted_quantile(oldest_first: &[f64], level: f64) -> Option<f64> {
    weighted_quantile(oldest_first, &recency_weights(oldest_first.len()), level)
}

/// The least value up to which the values weigh the share `level` of all; the mean of it and the next where they weigh exactly that.
///
/// `None` when there are no values, a value is NaN, the weights do not fit (one a value, none negative, not all 0), or the level lies
/// outside of 0..=1.
#[must_use]
pub fn weighted_quantile(values: &[f64], weights: &[f64], level: f64) -> Option<f64> {
    let sound = values.len() == weights.len()
        && values.iter().all(|value| !value.is_nan())
        && weights.iter().all(|weight| *weight >= 0.0)
        && (0.0..=1.0).contains(&level);
    if !sound {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> =
        values.iter().copied().zip(weights.iter().copied()).filter(|(_, weight)| *weight > 0.0).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = pairs.iter().map(|(_, weight)| weight).sum();
    if !total.is_finite() {
        return None;
    }
    let wanted = level * total;
    // Sums of weights that differ from the wanted one by rounding alone are equal to it.
    let rounding = 4.0 * f64::EPSILON * total;
    let mut below = 0.0;
    for (at, (value, weight)) in pairs.iter().enumerate() {
        below += weight;
        if below >= wanted - rounding {
            let exactly = (below - wanted).abs() <= rounding;
            let next = pairs.get(at + 1).map_or(*value, |next| next.0);
            return Some(if exactly && level > 0.0 { 0.5 * (value + next) } else { *value });
        }
    }
    pairs.last().map(|last| last.0)
}

/// The recency-weighted median as a method: nothing to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recency;

impl PoolMethod for Recency {
    fn name(&self) -> &'static str {
        "recency"
    }

    fn about(&self) -> &'static str {
        "the median with more weight for recent forecasts, as on Metaculus"
    }

    fn fit(&self, _: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        self.without_past()
    }

    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Self))
    }
}

impl Pooling for Recency {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        recency_weighted_quantile(&probabilities(oldest_first), 0.5).filter(|p| (0.0..=1.0).contains(p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_give_the_plain_median() {
        assert_eq!(weighted_quantile(&[0.4, 0.1, 0.2], &[1.0; 3], 0.5), Some(0.2));
        assert!((weighted_quantile(&[0.4, 0.1, 0.2, 0.3], &[1.0; 4], 0.5).expect("four") - 0.25).abs() < 1e-15);
        assert_eq!(recency_weighted_quantile(&[0.25, 0.75], 0.5), Some(0.5));
    }

    #[test]
    fn values_without_weight_do_not_count_and_nothing_has_no_quantile() {
        assert_eq!(weighted_quantile(&[0.1, 0.2, 0.9], &[1.0, 0.0, 1.0], 0.5), Some(0.5));
        assert_eq!(weighted_quantile(&[], &[], 0.5), None);
        assert_eq!(weighted_quantile(&[0.1], &[0.0], 0.5), None);
        assert_eq!(weighted_quantile(&[0.1], &[1.0], 1.5), None);
        assert_eq!(weighted_quantile(&[0.1, 0.7], &[1.0, 2.0], 1.0), Some(0.7));
    }
}
