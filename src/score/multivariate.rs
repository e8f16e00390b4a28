//! Scores of joint forecasts: energy score and variogram score of an ensemble of vectors.
//!
//! A vector may be several numbers of one forecast, or indicators of several questions in one world: then the scores judge the
//! dependence that single questions do not show.

use crate::math::powf;
use serde::Serialize;

/// How the mean over pairs of draws is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnsembleEstimator {
    /// The score of the draws as they are: pairs of a draw with itself count
    #[default]
    Empirical,
    /// Without bias for the score of the distribution sampled: only pairs of distinct draws count
    Fair,
}

/// Whether every draw is a finite vector of the outcome's length.
fn fits(draws: &[Vec<f64>], outcome: &[f64]) -> bool {
    let finite = |vector: &[f64]| vector.iter().all(|value| value.is_finite());
    !draws.is_empty() && finite(outcome) && draws.iter().all(|draw| draw.len() == outcome.len() && finite(draw))
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// The energy score of an ensemble of vectors.
///
/// ```text
/// ES = 1/M sum_i |x_i - y| - 1/(2 M²) sum_ij |x_i - x_j|        | | the Euclidean length
/// fair: the second divisor is 2 M (M - 1)
/// ```
///
/// Lower is better; in the common unit of the components, so scale them first if they differ. With one component it is the CRPS.
/// `draws` holds one vector a draw. `None` when there are no draws (fewer than two for the fair one), the lengths differ or a
/// number is not finite. Takes time in proportion to the square of the number of draws.
///
/// ```
/// use foretell::score::{EnsembleEstimator, energy_score};
///
/// let draws = [vec![0.0, 0.0], vec![3.0, 4.0]];
/// assert_eq!(energy_score(&draws, &[0.0, 0.0], EnsembleEstimator::Fair), Some(0.0));
/// assert_eq!(energy_score(&draws, &[0.0, 0.0], EnsembleEstimator::Empirical), Some(1.25));
/// ```
///
/// Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378; fair: Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.
#[must_use]
pub fn energy_score(draws: &[Vec<f64>], outcome: &[f64], estimator: EnsembleEstimator) -> Option<f64> {
    let count = draws.len() as f64;
    let pairs = match estimator {
        EnsembleEstimator::Empirical => count * count,
        EnsembleEstimator::Fair => count * (count - 1.0),
    };
    if !fits(draws, outcome) || pairs == 0.0 {
        return None;
    }
    let near: f64 = draws.iter().map(|draw| distance(draw, outcome)).sum();
    // Each pair once: half of the sum over ordered pairs.
    let between: f64 =
        draws.iter().enumerate().map(|(at, a)| draws[..at].iter().map(|b| distance(a, b)).sum::<f64>()).sum();
    Some(near / count - between / pairs)
}

/// The variogram score of an ensemble of vectors.
///
/// ```text
/// VS = sum_ij w_ij (|y_i - y_j|^p - 1/M sum_k |x_k,i - x_k,j|^p)²        over all i and j, so that each pair counts twice
/// fair: less the variance of the mean over k, s²/M with s² over M - 1
/// ```
///
/// Lower is better. Blind to a shift of all components together; sharp for wrong dependence, where the energy score is dull.
/// `order` is p, usually 1/2 or 1. `weights` holds one row for each component, 1 everywhere if it is absent. `None` when there are
/// no draws (fewer than two for the fair one), the lengths differ, a number is not finite or p is not positive.
///
/// Scheuerer and Hamill (2015), Mon. Weather Rev. 143, 1321–1334.
#[must_use]
pub fn variogram_score(
    draws: &[Vec<f64>],
    outcome: &[f64],
    order: f64,
    weights: Option<&[Vec<f64>]>,
    estimator: EnsembleEstimator,
) -> Option<f64> {
    let length = outcome.len();
    let weighted = weights.is_none_or(|rows| {
        rows.len() == length
            && rows.iter().all(|row| row.len() == length && row.iter().all(|weight| weight.is_finite()))
    });
    let enough = estimator == EnsembleEstimator::Empirical || draws.len() > 1;
    if !(fits(draws, outcome) && weighted && enough && order > 0.0 && order.is_finite()) {
        return None;
    }
    let count = draws.len() as f64;
    let mut score = 0.0;
    for i in 0..length {
        for j in 0..length {
            let seen = powf((outcome[i] - outcome[j]).abs(), order);
            let said = |draw: &Vec<f64>| powf((draw[i] - draw[j]).abs(), order);
            let mean = draws.iter().map(said).sum::<f64>() / count;
            let mut miss = (seen - mean) * (seen - mean);
            if estimator == EnsembleEstimator::Fair {
                let squares: f64 = draws.iter().map(|draw| (said(draw) - mean) * (said(draw) - mean)).sum();
                miss -= squares / (count * (count - 1.0));
            }
            score += weights.map_or(1.0, |rows| rows[i][j]) * miss;
        }
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::{crps_ensemble, crps_ensemble_fair};

    #[test]
    fn with_one_component_the_energy_score_is_the_crps() {
        let draws = [-0.8, 0.1, 0.35, 1.2, 2.05];
        let vectors: Vec<Vec<f64>> = draws.iter().map(|draw| vec![*draw]).collect();
        for (estimator, crps) in [
            (EnsembleEstimator::Empirical, crps_ensemble(&draws, 0.9)),
            (EnsembleEstimator::Fair, crps_ensemble_fair(&draws, 0.9)),
        ] {
            let energy = energy_score(&vectors, &[0.9], estimator).expect("five draws");
            assert!((energy - crps.expect("five draws")).abs() < 1e-14);
        }
    }

    /// The mean of a score over every ensemble of three draws from four equally likely vectors.
    fn over_all_ensembles(score: impl Fn(&[Vec<f64>]) -> f64) -> f64 {
        let mut sum = 0.0;
        for at in 0..64_usize {
            let draws: Vec<Vec<f64>> = [at % 4, at / 4 % 4, at / 16].iter().map(|k| worlds()[*k].clone()).collect();
            sum += score(&draws) / 64.0;
        }
        sum
    }

    fn worlds() -> [Vec<f64>; 4] {
        [vec![0.0, 1.0], vec![2.0, 2.5], vec![-1.0, 1.0], vec![0.5, 0.0]]
    }

    #[test]
    fn fair_scores_average_to_the_score_of_the_distribution_sampled() {
        let outcome = [0.3, 0.9];
        let whole = energy_score(&worlds(), &outcome, EnsembleEstimator::Empirical).expect("four");
        let mean = over_all_ensembles(|draws| energy_score(draws, &outcome, EnsembleEstimator::Fair).expect("three"));
        assert!((whole - mean).abs() < 1e-13, "{whole} against {mean}");
        let variogram =
            |draws: &[Vec<f64>], estimator| variogram_score(draws, &outcome, 0.5, None, estimator).expect("draws");
        let whole = variogram(&worlds(), EnsembleEstimator::Empirical);
        let mean = over_all_ensembles(|draws| variogram(draws, EnsembleEstimator::Fair));
        assert!((whole - mean).abs() < 1e-13, "{whole} against {mean}");
    }

    #[test]
    fn what_does_not_fit_has_no_score() {
        let draws = [vec![0.0, 1.0]];
        assert_eq!(energy_score(&draws, &[0.0], EnsembleEstimator::Empirical), None);
        assert_eq!(energy_score(&draws, &[0.0, 1.0], EnsembleEstimator::Fair), None);
        assert_eq!(energy_score(&[], &[], EnsembleEstimator::Empirical), None);
        assert_eq!(variogram_score(&draws, &[0.0, f64::NAN], 1.0, None, EnsembleEstimator::Empirical), None);
    }
}
