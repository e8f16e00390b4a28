//! The extremized log-odds pool: the mean of log-odds pushed away from one half.

use super::log_odds::mean_log_odds;
use crate::math::logistic;

/// The log-odds pool moved away from 1/2 by a factor.
///
/// ```text
/// logit p = a · mean of logit p_i
/// ```
///
/// `factor` is a, above 1 to extremize, about 1.2 to 2.5 in tournaments and to be fitted on past questions. Forecasters who know
/// different things should be pushed further than any of them goes. `None` as for [`log_odds`](super::log_odds()), and when the factor is
/// not finite.
///
/// Satopää, Baron, Foster, Mellers, Tetlock and Ungar (2014), Int. J. Forecast. 30, 344–356; Baron et al. (2014), Decis. Anal. 11,
/// 133–145.
#[must_use]
pub fn extremized_log_odds(probabilities: &[f64], weights: Option<&[f64]>, factor: f64) -> Option<f64> {
    let mean = mean_log_odds(probabilities, weights)?;
    let moved = factor * mean;
    (factor.is_finite() && !moved.is_nan()).then(|| logistic(moved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::log_odds;

    #[test]
    fn a_factor_of_one_changes_nothing_and_of_zero_says_one_half() {
        let said = [0.1, 0.3, 0.35];
        assert_eq!(extremized_log_odds(&said, None, 1.0), log_odds(&said, None));
        assert_eq!(extremized_log_odds(&said, None, 0.0), Some(0.5));
        assert!(extremized_log_odds(&said, None, 2.0) < log_odds(&said, None));
        assert_eq!(extremized_log_odds(&said, None, f64::NAN), None);
    }
}
