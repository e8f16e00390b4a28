//! The Dawid–Sebastiani score: a forecast judged by its mean and variance alone.

use crate::math::ln;

/// By what the squared deviations of an ensemble are divided to make its variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VarianceDivisor {
    /// The number of draws, n: the variance of the draws as they are.
    #[default]
    Count,
    /// n - 1: without bias for the variance of the distribution sampled.
    CountLessOne,
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
    let divisor = match divisor {
        VarianceDivisor::Count => count,
        VarianceDivisor::CountLessOne => count - 1.0,
    };
    if draws.len() < 2 {
        return None;
    }
    let mean = draws.iter().sum::<f64>() / count;
    let squares: f64 = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum();
    dawid_sebastiani(y, mean, (squares / divisor).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

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
