//! Cooke's calibration score of experts who state quantiles.

use crate::math::{gamma, ln};

/// The shares that belong below 5 %, up to 50 %, up to 95 % and above.
pub const COOKE_SHARES: [f64; 4] = [0.05, 0.45, 0.45, 0.05];

/// Cooke's calibration score: the chance that answers would fall at least as unevenly between the stated quantiles if the quantiles
/// were right.
///
/// ```text
/// C = P(χ² > 2 N sum_i s_i ln(s_i / p_i))        s_i = count_i / N, degrees of freedom: cells - 1
/// ```
///
/// **Higher is better**, from 0 to 1. `counts` says how many answers fell into each cell between the stated quantiles, `shares` what
/// belongs there ([`COOKE_SHARES`] for the quantiles 5, 50 and 95 %). `None` when the lengths differ, there are fewer than two cells or
/// no answers, a count is negative, or a share is not positive.
///
/// ```
/// use foretell::calibrate::{COOKE_SHARES, cooke_calibration};
///
/// let even = cooke_calibration(&[1.0, 9.0, 9.0, 1.0], &COOKE_SHARES).expect("twenty answers");
/// assert!((even - 1.0).abs() < 1e-12);
/// ```
///
/// Cooke (1991), Experts in Uncertainty, chapter 12.
#[must_use]
pub fn cooke_calibration(counts: &[f64], shares: &[f64]) -> Option<f64> {
    let total: f64 = counts.iter().sum();
    let sound = counts.len() == shares.len()
        && counts.len() > 1
        && total > 0.0
        && total.is_finite()
        && counts.iter().all(|count| *count >= 0.0)
        && shares.iter().all(|share| *share > 0.0 && share.is_finite());
    sound.then(|| {
        let all: f64 = shares.iter().sum();
        let divergence: f64 = counts
            .iter()
            .zip(shares)
            .filter(|(count, _)| **count > 0.0)
            .map(|(count, share)| count / total * ln(count / total / (share / all)))
            .sum();
        gamma::upper(0.5 * (counts.len() as f64 - 1.0), total * divergence.max(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cells_are_the_likelihood_ratio_of_a_coin() {
        // 2 N KL for 7 of 10 against one half, one degree of freedom: erfc(sqrt(N KL)).
        let divergence = 0.7 * ln(1.4) + 0.3 * ln(0.6);
        let expected = crate::math::erfc((10.0 * divergence).sqrt());
        let score = cooke_calibration(&[7.0, 3.0], &[0.5, 0.5]).expect("two cells");
        assert!((score - expected).abs() < 1e-12);
        assert_eq!(cooke_calibration(&[0.0; 4], &COOKE_SHARES), None);
    }
}
