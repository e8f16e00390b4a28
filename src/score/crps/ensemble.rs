//! The CRPS of an ensemble of draws.

use serde::Serialize;

/// The sums behind the scores: mean shortfalls on both sides of `y` and `sum_ij |x_i - x_j|`. `None` for no draws or a NaN.
fn sums(draws: &[f64], y: f64) -> Option<(f64, f64, f64)> {
    if draws.is_empty() || draws.iter().any(|draw| draw.is_nan()) || y.is_nan() {
        return None;
    }
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let below: f64 = sorted.iter().map(|draw| (y - draw).max(0.0)).sum();
    let above: f64 = sorted.iter().map(|draw| (draw - y).max(0.0)).sum();
    let pairs: f64 = sorted.iter().enumerate().map(|(at, draw)| (2.0 * at as f64 + 1.0 - count) * draw).sum();
    Some((below / count, above / count, 2.0 * pairs))
}

/// The CRPS of the empirical distribution of the draws.
///
/// ```text
/// CRPS = 1/M sum_i |x_i - y| - 1/(2M²) sum_ij |x_i - x_j|
/// ```
///
/// Lower is better; in the unit of `y`. It is the score of the draws as they are; as an estimate of the score of the
/// distribution they come from it is too high by about 1/M of its spread: see [`crps_ensemble_fair`]. `None` when `draws` is empty or holds NaN.
#[must_use]
pub fn crps_ensemble(draws: &[f64], y: f64) -> Option<f64> {
    let (below, above, pairs) = sums(draws, y)?;
    let count = draws.len() as f64;
    Some(below + above - pairs / (2.0 * count * count))
}

/// The fair CRPS of an ensemble: without bias for the score of the distribution sampled.
///
/// ```text
/// CRPS = 1/M sum_i |x_i - y| - 1/(2M(M-1)) sum_ij |x_i - x_j|
/// ```
///
/// Lower is better; in the unit of `y`; can be negative for small ensembles. The estimator by probability-weighted moments is
/// the same number. `None` for fewer than two draws or a NaN.
///
/// Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.
#[must_use]
pub fn crps_ensemble_fair(draws: &[f64], y: f64) -> Option<f64> {
    let (below, above, pairs) = sums(draws, y).filter(|_| draws.len() > 1)?;
    let count = draws.len() as f64;
    Some(below + above - pairs / (2.0 * count * (count - 1.0)))
}

/// The CRPS that an ensemble of `size` draws of the same distribution would have on average, estimated from these draws.
///
/// ```text
/// CRPS = 1/M sum_i |x_i - y| - (1 - 1/m)/(2M(M-1)) sum_ij |x_i - x_j|        m = size
/// ```
///
/// Lower is better; in the unit of `y`. With `size` the number of draws it is [`crps_ensemble`], with an infinite one [`crps_ensemble_fair`]: so ensembles of different
/// sizes can be compared as if they had one. `None` for fewer than two draws, a NaN, or a size below 1.
///
/// Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24.
#[must_use]
pub fn crps_ensemble_resized(draws: &[f64], y: f64, size: f64) -> Option<f64> {
    let (below, above, pairs) = sums(draws, y).filter(|_| draws.len() > 1 && size >= 1.0)?;
    let count = draws.len() as f64;
    Some(below + above - pairs * (1.0 - 1.0 / size) / (2.0 * count * (count - 1.0)))
}

/// Where the CRPS of an ensemble comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EnsembleParts {
    /// The score: `below + above - spread`.
    pub total: f64,
    /// Mean distance of the draws below `y` (forecast too low).
    pub below: f64,
    /// Mean distance of the draws above `y` (forecast too high).
    pub above: f64,
    /// Half the mean distance between two draws.
    pub spread: f64,
}

/// [`crps_ensemble`] with the parts it is made of. `None` when `draws` is empty or holds NaN.
#[must_use]
pub fn crps_ensemble_parts(draws: &[f64], y: f64) -> Option<EnsembleParts> {
    let (below, above, pairs) = sums(draws, y)?;
    let count = draws.len() as f64;
    let spread = pairs / (2.0 * count * count);
    Some(EnsembleParts { total: below + above - spread, below, above, spread })
}

/// The threshold-weighted CRPS of an ensemble: only what lies between `lower` and `upper` counts.
///
/// ```text
/// twCRPS = ∫_a^b (F(x) - 1{x >= y})² dx
/// ```
///
/// Lower is better; in the unit of `y`. A bound may be infinite. `None` when `draws` is empty or holds NaN, or `lower` > `upper`.
///
/// Gneiting and Ranjan (2011), J. Bus. Econ. Stat. 29, 411–422.
#[must_use]
pub fn crps_ensemble_threshold(draws: &[f64], y: f64, lower: f64, upper: f64) -> Option<f64> {
    if lower.is_nan() || upper.is_nan() || lower > upper {
        return None;
    }
    let held: Vec<f64> = draws.iter().map(|draw| draw.clamp(lower, upper)).collect();
    crps_ensemble(&held, y.clamp(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::brier;

    #[test]
    fn the_sorted_sum_agrees_with_the_sum_over_pairs() {
        let draws: [f64; 5] = [3.0, -1.0, 2.5, 2.5, 0.0];
        let pairs: f64 = draws.iter().flat_map(|a| draws.iter().map(move |b| (a - b).abs())).sum();
        let direct = draws.iter().map(|draw| (draw - 1.0_f64).abs()).sum::<f64>() / 5.0 - pairs / 50.0;
        assert!((crps_ensemble(&draws, 1.0).expect("five draws") - direct).abs() < 1e-14);
    }

    #[test]
    fn the_fair_score_averages_to_the_score_of_the_distribution_sampled() {
        // Ensembles of three draws of a coin with p = 0.3, whose CRPS is its Brier score.
        let p: f64 = 0.3;
        let mean: f64 = (0..8_u32)
            .map(|bits| {
                let draws: Vec<f64> = (0..3).map(|at| f64::from((bits >> at) & 1)).collect();
                let ones = bits.count_ones() as i32;
                p.powi(ones) * (1.0 - p).powi(3 - ones) * crps_ensemble_fair(&draws, 1.0).expect("three draws")
            })
            .sum();
        assert!((mean - brier(p, true)).abs() < 1e-14);
    }

    #[test]
    fn a_larger_ensemble_is_expected_to_score_what_it_does() {
        // All ensembles of two and of four draws of a coin with p = 0.3.
        let p: f64 = 0.3;
        let mean = |size: u32, score: &dyn Fn(&[f64]) -> f64| -> f64 {
            (0..1_u32 << size)
                .map(|bits| {
                    let draws: Vec<f64> = (0..size).map(|at| f64::from((bits >> at) & 1)).collect();
                    let ones = bits.count_ones() as i32;
                    p.powi(ones) * (1.0 - p).powi(size as i32 - ones) * score(&draws)
                })
                .sum()
        };
        let of_four = mean(4, &|draws| crps_ensemble(draws, 1.0).expect("four draws"));
        let from_two = mean(2, &|draws| crps_ensemble_resized(draws, 1.0, 4.0).expect("two draws"));
        assert!((of_four - from_two).abs() < 1e-14, "{of_four} against {from_two}");
        let draws = [3.0, -1.0, 2.5];
        let same = crps_ensemble_resized(&draws, 1.0, 3.0).expect("three draws");
        assert!((same - crps_ensemble(&draws, 1.0).expect("three draws")).abs() < 1e-15);
        assert_eq!(crps_ensemble_resized(&draws, 1.0, f64::INFINITY), crps_ensemble_fair(&draws, 1.0));
        assert_eq!((crps_ensemble_resized(&draws, 1.0, 0.5), crps_ensemble_resized(&[1.0], 1.0, 2.0)), (None, None));
    }

    #[test]
    fn no_draws_or_a_nan_have_no_score() {
        assert_eq!(crps_ensemble(&[], 1.0), None);
        assert_eq!(crps_ensemble(&[1.0, f64::NAN], 1.0), None);
        assert_eq!(crps_ensemble_fair(&[1.0], 1.0), None);
    }
}
