//! The Dawid–Sebastiani score: a forecast judged by its mean and variance alone.

use crate::math::{Cholesky, ln};

/// By what the squared deviations of an ensemble are divided to make its variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VarianceDivisor {
    /// The number of draws, n: the variance of the draws as they are.
    #[default]
    Count,
    /// n - 1: without bias for the variance of the distribution sampled.
    CountLessOne,
}

impl VarianceDivisor {
    fn of(self, count: f64) -> f64 {
        match self {
            Self::Count => count,
            Self::CountLessOne => count - 1.0,
        }
    }
}

/// The Dawid–Sebastiani score of a forecast of this mean and standard deviation.
///
/// ```text
/// DSS = (y - μ)²/σ² + 2 ln σ
/// ```
///
/// Lower is better; it can be negative, and a change of the unit of `y` adds a constant. Proper for forecasts with two moments: it
/// is the logarithmic score of the normal forecast, doubled and without its constant. `None` unless `sd` is positive and all is
/// finite.
///
/// Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81.
#[must_use]
pub fn dawid_sebastiani(y: f64, mean: f64, sd: f64) -> Option<f64> {
    (sd > 0.0 && sd.is_finite() && mean.is_finite() && y.is_finite()).then(|| {
        let z = (y - mean) / sd;
        z * z + 2.0 * ln(sd)
    })
}

/// [`dawid_sebastiani`] of the mean and variance of an ensemble.
///
/// Packages differ in the divisor of the variance, so it is named. `None` for fewer than two draws, for draws that are all equal
/// (the score would be infinite on one side or the other), or where a number is not finite.
///
/// ```
/// use foretell::score::{VarianceDivisor, dawid_sebastiani_ensemble};
///
/// let score = dawid_sebastiani_ensemble(&[-1.0, 1.0], 0.0, VarianceDivisor::Count).expect("two draws");
/// assert!(score.abs() < 1e-15);
/// ```
#[must_use]
pub fn dawid_sebastiani_ensemble(draws: &[f64], y: f64, divisor: VarianceDivisor) -> Option<f64> {
    let count = draws.len() as f64;
    let divisor = divisor.of(count);
    if draws.len() < 2 {
        return None;
    }
    let mean = draws.iter().sum::<f64>() / count;
    let squares: f64 = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum();
    dawid_sebastiani(y, mean, (squares / divisor).sqrt())
}

/// The Dawid–Sebastiani score of the means, variances and covariances of an ensemble of vectors.
///
/// ```text
/// DSS = (y - m)' S⁻¹ (y - m) + ln det S        m the mean and S the covariance matrix of the draws
/// ```
///
/// Lower is better. `draws` holds one vector a draw. With one component it is [`dawid_sebastiani_ensemble`]. `None` when the lengths differ, a number is not finite, or the
/// covariance matrix has no inverse: with as many components as draws or more, or where one component follows from others.
///
/// Dawid and Sebastiani (1999), Ann. Stat. 27, 65–81.
#[must_use]
pub fn dawid_sebastiani_vectors(draws: &[Vec<f64>], outcome: &[f64], divisor: VarianceDivisor) -> Option<f64> {
    let (count, size) = (draws.len() as f64, outcome.len());
    let finite = |vector: &[f64]| vector.len() == size && vector.iter().all(|value| value.is_finite());
    if draws.len() < 2 || size == 0 || !finite(outcome) || !draws.iter().all(|draw| finite(draw)) {
        return None;
    }
    let mean: Vec<f64> = (0..size).map(|at| draws.iter().map(|draw| draw[at]).sum::<f64>() / count).collect();
    let covariance = |a: usize, b: usize| {
        draws.iter().map(|draw| (draw[a] - mean[a]) * (draw[b] - mean[b])).sum::<f64>() / divisor.of(count)
    };
    let matrix: Vec<f64> = (0..size * size).map(|at| covariance(at / size, at % size)).collect();
    let factor = Cholesky::new(size, &matrix)?;
    let miss: Vec<f64> = outcome.iter().zip(&mean).map(|(y, m)| y - m).collect();
    let distance: f64 = factor.solve(&miss).iter().zip(&miss).map(|(a, b)| a * b).sum();
    let ln_det: f64 = (0..size).map(|at| 2.0 * ln(factor.row(at)[at])).sum();
    Some(distance + ln_det)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_scored_by_their_covariance() {
        let draws = [-1.3, 0.2, 0.9, 2.0];
        let single: Vec<Vec<f64>> = draws.iter().map(|draw| vec![*draw]).collect();
        for divisor in [VarianceDivisor::Count, VarianceDivisor::CountLessOne] {
            let vector = dawid_sebastiani_vectors(&single, &[0.4], divisor).expect("four draws");
            let plain = dawid_sebastiani_ensemble(&draws, 0.4, divisor).expect("four draws");
            assert!((vector - plain).abs() < 1e-13, "{vector} against {plain}");
        }
        // Covariance ((2, 1), (1, 2))/3 by hand: its inverse is ((2, -1), (-1, 2)), its determinant 1/3.
        let draws = [vec![1.0, 0.0], vec![0.0, 1.0], vec![-1.0, -1.0]];
        let score =
            dawid_sebastiani_vectors(&draws, &[1.0, 2.0], VarianceDivisor::CountLessOne).expect("it has an inverse");
        let matrix = dawid_sebastiani_vectors(&draws, &[1.0, 2.0], VarianceDivisor::Count).expect("it has an inverse");
        // Over two the covariance is ((1, ½), (½, 1)): inverse 4/3 ((1, -½), (-½, 1)), determinant ¾.
        assert!((score - (4.0 / 3.0 * 3.0 + 0.75_f64.ln())).abs() < 1e-14, "{score}");
        assert!((matrix - (6.0 + (1.0_f64 / 3.0).ln())).abs() < 1e-14, "{matrix}");
        let follows = [vec![1.0, 2.0], vec![0.0, 0.0], vec![-1.0, -2.0]];
        assert_eq!(dawid_sebastiani_vectors(&follows, &[1.0, 2.0], VarianceDivisor::Count), None);
        assert_eq!(dawid_sebastiani_vectors(&draws, &[1.0], VarianceDivisor::Count), None);
    }

    #[test]
    fn the_true_moments_have_the_best_expected_score() {
        // y is 0 or 2 with equal chances: mean 1, standard deviation 1.
        let expected = |mean: f64, sd: f64| {
            [0.0, 2.0].map(|y| dawid_sebastiani(y, mean, sd).expect("a positive sd")).iter().sum::<f64>() / 2.0
        };
        for (mean, sd) in [(0.9, 1.0), (1.2, 1.0), (1.0, 0.9), (1.0, 1.1), (0.5, 1.5)] {
            assert!(expected(1.0, 1.0) < expected(mean, sd), "{mean} {sd}");
        }
    }

    #[test]
    fn draws_without_spread_have_no_score() {
        assert_eq!(dawid_sebastiani_ensemble(&[1.0, 1.0], 1.0, VarianceDivisor::Count), None);
        assert_eq!(dawid_sebastiani_ensemble(&[1.0], 1.0, VarianceDivisor::CountLessOne), None);
        assert_eq!(dawid_sebastiani_ensemble(&[1.0, f64::NAN], 1.0, VarianceDivisor::Count), None);
    }
}
