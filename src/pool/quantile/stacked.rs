//! Stacking: the weights that would have scored best, held near equal ones.

use super::QuantilePool;
use super::by_quantile::mean;
use super::loss::Past;
use crate::math::{exp, ln};

/// What a nat of divergence from equal weights costs, as a share of the loss of the plain mean.
const PRICE: f64 = 0.05;

/// Steps of the search.
const STEPS: usize = 200;

/// Twice the mean pinball loss of the weighted mean of quantiles over the past, least on the simplex, with a price for leaving equal weights.
///
/// ```text
/// min_w  mean_t L(sum_i w_i q_ti, y_t) + price L(equal) KL(w || equal)        w_i >= 0, sum_i w_i = 1
/// ```
///
/// Where a member said nothing its weight is shared out among the others. Exponentiated gradient, with steps that shrink like `1/√k`, from
/// equal weights; the mean of the second half of the iterates is taken. Quantiles stand on the natural scale, losses on that of the past.
///
/// Stacking of quantiles under the weighted interval score: Ray et al. (2023), Int. J. Forecast. 39, 1366–1383; exponentiated gradient: Kivinen and Warmuth (1997), Inf.
/// Comput. 132, 1–63.
#[derive(Debug)]
pub(super) struct Stacked;

impl QuantilePool for Stacked {
    fn id(&self) -> &'static str {
        "stacked"
    }
    fn name(&self) -> &'static str {
        "the mean of quantiles with the weights that scored best, held near equal ones"
    }
    fn learns(&self) -> bool {
        true
    }
    fn weights(&self, past: &Past<'_>) -> Vec<f64> {
        stack(past, PRICE)
    }
    fn combine(&self, _levels: &[f64], said: &[&[f64]], weights: &[f64]) -> Option<Vec<f64>> {
        mean(said, weights)
    }
}

/// See [`Stacked`]; `price` as there.
pub(super) fn stack(past: &Past<'_>, price: f64) -> Vec<f64> {
    let count = past.panel.members.len();
    let equal = vec![1.0 / count as f64; count];
    let (start, slopes) = loss_and_slopes(past, &equal);
    let steepest = slopes.iter().fold(0.0, |most: f64, slope| most.max(slope.abs()));
    if steepest <= 0.0 {
        return vec![1.0; count];
    }
    let mut weights = equal.clone();
    let mut sum = vec![0.0; count];
    for step in 1..=STEPS {
        let (_, mut slopes) = loss_and_slopes(past, &weights);
        for (slope, weight) in slopes.iter_mut().zip(&weights) {
            *slope += price * start * ln(weight * count as f64);
        }
        let mean: f64 = slopes.iter().zip(&weights).map(|(slope, weight)| slope * weight).sum();
        let pace = 1.0 / (steepest * (step as f64).sqrt());
        for (weight, slope) in weights.iter_mut().zip(&slopes) {
            // No weight leaves the range in which its logarithm is a number.
            *weight = (*weight * exp((-pace * (slope - mean)).clamp(-2.0, 2.0))).max(1e-12);
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        if step > STEPS / 2 {
            sum.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum += weight);
        }
    }
    sum
}

/// The mean loss of the weighted mean of quantiles, and its slope along each weight (before these are scaled to sum to 1).
fn loss_and_slopes(past: &Past<'_>, weights: &[f64]) -> (f64, Vec<f64>) {
    let (levels, scale) = (&past.panel.levels, past.losses.scale);
    let mut slopes = vec![0.0; weights.len()];
    let mut total = 0.0;
    let mut rows = 0.0;
    for at in &past.targets {
        let target = &past.panel.targets[*at];
        let Some(outcome) = target.outcome else { continue };
        let said: Vec<(usize, &[f64])> =
            target.said.iter().enumerate().filter_map(|(at, said)| Some((at, said.as_deref()?))).collect();
        let whole: f64 = said.iter().map(|(at, _)| weights[*at]).sum();
        if whole <= 0.0 {
            continue;
        }
        rows += 1.0;
        let y = scale.of(outcome);
        for (place, level) in levels.iter().enumerate() {
            let pooled = said.iter().map(|(at, said)| weights[*at] / whole * said[place]).sum::<f64>();
            let value = scale.of(pooled);
            let steep = if y < value { 1.0 - level } else { -level };
            total += 2.0 * steep * (value - y) / levels.len() as f64;
            let slope = 2.0 * steep * scale.slope(pooled) / (levels.len() as f64 * whole);
            said.iter().for_each(|(at, said)| slopes[*at] += slope * (said[place] - pooled));
        }
    }
    if rows > 0.0 {
        total /= rows;
        slopes.iter_mut().for_each(|slope| *slope /= rows);
    }
    (total, slopes)
}
