//! Pools level by level: the mean, the mean of logarithms, the median, the trimmed mean.

use super::QuantilePool;
use crate::math::{exp_m1, ln_1p};
use crate::pool::weighted_quantile;

/// The share of members that the trimmed mean leaves out on each side.
const TRIMMED: f64 = 0.2;

/// The weighted mean of quantiles, level by level (Vincent averaging).
///
/// ```text
/// q(τ) = sum_i w_i q_i(τ) / sum_i w_i
/// ```
///
/// Members of one family of location and scale give one of it, with the mean of their locations and of their scales. It does not decrease
/// from level to level when no member's quantiles do.
pub(super) fn mean(said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
    level_by_level(said, |values| {
        let total: f64 = weights.iter().sum();
        let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
        (total > 0.0).then_some(sum / total)
    })
}

/// A figure of what the members said at each level. `None` where there is none, or nobody said anything.
fn level_by_level(said: &[&[f64]], figure: impl Fn(&[f64]) -> Option<f64>) -> Option<Vec<f64>> {
    let count = said.first()?.len();
    (0..count)
        .map(|level| {
            let values: Option<Vec<f64>> = said.iter().map(|values| values.get(level).copied()).collect();
            figure(&values?)
        })
        .collect()
}

/// [`mean`] with equal weights.
#[derive(Debug)]
pub(super) struct Mean;

impl QuantilePool for Mean {
    fn id(&self) -> &'static str {
        "mean"
    }
    fn name(&self) -> &'static str {
        "the mean of quantiles"
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        mean(said, weights)
    }
}

/// The mean of `ln(1 + q)`, taken back: for numbers above -1.
#[derive(Debug)]
pub(super) struct LogMean;

impl QuantilePool for LogMean {
    fn id(&self) -> &'static str {
        "log-mean"
    }
    fn name(&self) -> &'static str {
        "the mean of ln(1 + quantile), taken back"
    }
    fn needs(&self) -> Option<&'static str> {
        Some("numbers above -1")
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        if said.iter().any(|values| values.iter().any(|value| *value <= -1.0)) {
            return None;
        }
        let logs: Vec<Vec<f64>> =
            said.iter().map(|values| values.iter().map(|value| ln_1p(*value)).collect()).collect();
        let logs: Vec<&[f64]> = logs.iter().map(Vec::as_slice).collect();
        mean(&logs, weights).map(|values| values.into_iter().map(exp_m1).collect())
    }
}

/// The median of quantiles.
#[derive(Debug)]
pub(super) struct Median;

impl QuantilePool for Median {
    fn id(&self) -> &'static str {
        "median"
    }
    fn name(&self) -> &'static str {
        "the median of quantiles"
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        level_by_level(said, |values| weighted_quantile(values, weights, 0.5))
    }
}

/// The mean of quantiles without the fifth of members that lies lowest and the fifth that lies highest, at each level.
#[derive(Debug)]
pub(super) struct Trimmed;

impl QuantilePool for Trimmed {
    fn id(&self) -> &'static str {
        "trimmed"
    }
    fn name(&self) -> &'static str {
        "the mean of quantiles without the lowest and the highest fifth"
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], _weights: &[f64]) -> Option<Vec<f64>> {
        level_by_level(said, |values| {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            let cut = (TRIMMED * sorted.len() as f64) as usize;
            let kept = sorted.get(cut..sorted.len() - cut).filter(|kept| !kept.is_empty())?;
            Some(kept.iter().sum::<f64>() / kept.len() as f64)
        })
    }
}
