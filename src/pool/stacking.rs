//! Stacking: the weights with which the weighted mean would have scored best, pulled towards equal ones.

use super::linear::linear;
use super::method::{PoolMethod, Pooling, Said, probabilities, weights_of};
use super::past::Past;
use super::penalty::Penalty;
use crate::math::{exp, ln};

/// The pull of the method, in questions: as if so many questions had been met best by equal weights.
const USUAL_PULL: f64 = 1.0;

const MOST_STEPS: usize = 2000;
/// A step that lessens the loss by less than this share of it is the last.
const LEAST_GAIN: f64 = 1e-10;
/// A weight does not fall below this, so that its logarithm stays finite.
const LEAST_WEIGHT: f64 = 1e-12;

/// The weights of forecasters, none negative and summing to 1, that lessen the mean score of the weighted mean most.
///
/// ```text
/// minimise  1/n sum_i S(p_i(w), y_i) + pull/n sum_j w_j ln(J w_j)        p_i(w) = sum_j w_j p_ij / sum_j w_j, j those on question i
/// ```
///
/// `S` is the Brier or the logarithmic score, n the number of questions, J that of forecasters. Where all answer every question the problem is
/// convex. By exponentiated gradients from equal weights, with steps that shorten where the loss would rise. A question on which somebody is
/// missing counts with the weights of the others scaled up. `None` without questions or forecasters, or when `pull` is negative.
///
/// Weighted means fitted so: Breiman (1996), Mach. Learn. 24, 49–64; the log score: Hall and Mitchell (2007), Int. J. Forecast. 23, 1–13;
/// exponentiated gradients: Kivinen and Warmuth (1997), Inf. Comput. 132, 1–63.
#[must_use]
pub fn stacking_weights(past: &Past<'_>, penalty: Penalty, pull: f64) -> Option<Vec<f64>> {
    let count = past.forecasters;
    if count == 0 || past.questions.is_empty() || pull.is_nan() || pull < 0.0 {
        return None;
    }
    let mut weights = vec![1.0 / count as f64; count];
    let mut gradient = vec![0.0; count];
    let mut step = 1.0;
    let mut least = loss(past, penalty, pull, &weights, &mut gradient);
    let mut tried_gradient = vec![0.0; count];
    for _ in 0..MOST_STEPS {
        let lowest = gradient.iter().copied().fold(f64::INFINITY, f64::min);
        let raw: Vec<f64> = weights.iter().zip(&gradient).map(|(w, g)| w * exp(-step * (g - lowest))).collect();
        let total: f64 = raw.iter().sum();
        let tried: Vec<f64> = raw.into_iter().map(|weight| (weight / total).max(LEAST_WEIGHT)).collect();
        let found = loss(past, penalty, pull, &tried, &mut tried_gradient);
        if found <= least {
            let gain = least - found;
            std::mem::swap(&mut gradient, &mut tried_gradient);
            (weights, least) = (tried, found);
            step *= 1.5;
            if gain <= LEAST_GAIN * least.abs() {
                break;
            }
        } else {
            step *= 0.5;
            if step < 1e-12 {
                break;
            }
        }
    }
    let total: f64 = weights.iter().sum();
    Some(weights.into_iter().map(|weight| weight / total).collect())
}

/// What is minimised, and its gradient.
fn loss(past: &Past<'_>, penalty: Penalty, pull: f64, weights: &[f64], gradient: &mut [f64]) -> f64 {
    let n = past.questions.len() as f64;
    let count = weights.len() as f64;
    let mut total = 0.0;
    for (weight, slope) in weights.iter().zip(gradient.iter_mut()) {
        let apart = ln(weight * count);
        total += pull / n * weight * apart;
        *slope = pull / n * (apart + 1.0);
    }
    for question in &past.questions {
        let (mut sum, mut present) = (0.0, 0.0);
        for said in &question.said {
            sum += weights[said.forecaster] * said.probability;
            present += weights[said.forecaster];
        }
        let pooled = (sum / present).clamp(0.0, 1.0);
        total += penalty.of(pooled, question.happened) / n;
        let rise = penalty.slope(pooled, question.happened) / (n * present);
        for said in &question.said {
            gradient[said.forecaster] += rise * (said.probability - pooled);
        }
    }
    total
}

/// Stacking as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stacking;

#[derive(Debug, Clone)]
struct Stacked {
    weights: Vec<f64>,
}

impl PoolMethod for Stacking {
    fn name(&self) -> &'static str {
        "stacking"
    }

    fn about(&self) -> &'static str {
        "the mean weighted so that it would have scored best, pulled towards equal weights"
    }

    fn needs(&self) -> Option<&'static str> {
        Some("as many clusters of questions as forecasters at least; --members and --without say who is in the pool")
    }

    /// `None` with more forecasters than clusters: there would be a weight to each question.
    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>> {
        if past.forecasters > past.cluster_count() {
            return None;
        }
        Some(Box::new(Stacked { weights: stacking_weights(past, penalty, USUAL_PULL)? }))
    }
}

impl Pooling for Stacked {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        linear(&probabilities(oldest_first), Some(&weights_of(oldest_first, &self.weights)))
    }

    fn weights(&self) -> Option<&[f64]> {
        Some(&self.weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::history;

    const ROWS: [([f64; 3], bool); 8] = [
        ([0.8, 0.6, 0.3], true),
        ([0.3, 0.2, 0.6], false),
        ([0.6, 0.9, 0.4], true),
        ([0.1, 0.4, 0.2], false),
        ([0.7, 0.3, 0.8], true),
        ([0.4, 0.5, 0.1], false),
        ([0.5, 0.7, 0.6], true),
        ([0.6, 0.2, 0.5], false),
    ];

    fn rows() -> Vec<(&'static [f64], bool)> {
        ROWS.iter().map(|(row, yes)| (row.as_slice(), *yes)).collect()
    }

    #[test]
    fn the_weights_are_those_of_a_fine_grid() {
        let history = history(&rows());
        for penalty in [Penalty::Brier, Penalty::Log] {
            for pull in [0.0, 0.5, 4.0] {
                let found = stacking_weights(&history.past(), penalty, pull).expect("eight questions");
                let mut slope = vec![0.0; 3];
                let mut best = (f64::INFINITY, [0.0; 3]);
                for a in 0..=200 {
                    for b in 0..=200 - a {
                        let grid = [f64::from(a), f64::from(b), f64::from(200 - a - b)].map(|w| (w / 200.0).max(1e-12));
                        let at = loss(&history.past(), penalty, pull, &grid, &mut slope);
                        if at < best.0 {
                            best = (at, grid);
                        }
                    }
                }
                let reached = loss(&history.past(), penalty, pull, &found, &mut slope);
                assert!(reached <= best.0 + 1e-7, "{penalty:?} {pull}: {reached} {best:?}");
                assert!(found.iter().zip(best.1).all(|(w, grid)| (w - grid).abs() < 0.02), "{found:?} {best:?}");
                assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_strong_pull_leaves_equal_weights_and_missing_forecasters_do_no_harm() {
        let all = history(&rows());
        let found = stacking_weights(&all.past(), Penalty::Brier, 1e9).expect("eight questions");
        assert!(found.iter().all(|weight| (weight - 1.0 / 3.0).abs() < 1e-6), "{found:?}");
        let gaps: [(&[f64], bool); 3] = [(&[0.9, f64::NAN], true), (&[f64::NAN, 0.4], true), (&[0.2, 0.7], false)];
        let found = stacking_weights(&history(&gaps).past(), Penalty::Brier, 0.0).expect("three questions");
        assert!(found[0] > 0.99, "{found:?}");
    }
}
