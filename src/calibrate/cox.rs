//! Cox's recalibration of log-odds: intercept and slope, and the test that both are as they should be.

use super::Points;
use crate::math::gamma;
use crate::math::logit;
use crate::math::regression::{log_likelihood, logistic_regression};
use crate::score::LOG_FLOOR;
use serde::Serialize;

/// How the log-odds would have to be bent, and whether that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CoxTest {
    /// The intercept a, 0 when calibrated; above 0 when yes came more often than was said.
    pub intercept: f64,
    /// Its standard error for independent cases.
    pub intercept_error: f64,
    /// The slope b, 1 when calibrated; below 1 for probabilities that are too extreme, above 1 for timid ones.
    pub slope: f64,
    /// Its standard error for independent cases.
    pub slope_error: f64,
    /// Twice the gain in log-likelihood over a = 0, b = 1.
    pub statistic: f64,
    /// Degrees of freedom: 2.
    pub degrees_of_freedom: u8,
    /// The chance of a statistic as large if the forecasts are calibrated.
    pub p: f64,
    /// Probabilities nearer to 0 or 1 than 10⁻⁶ that were moved there, since their log-odds are not usable.
    pub limited: usize,
}

/// A probability whose log-odds are usable.
pub(super) fn limited(probability: f64) -> f64 {
    probability.clamp(LOG_FLOOR, 1.0 - LOG_FLOOR)
}

/// How many of the points [`limited`] moves.
pub(super) fn count_limited(points: &Points) -> usize {
    points.probabilities().iter().filter(|p| limited(**p) != **p).count()
}

/// Cox's logistic recalibration and its likelihood-ratio test.
///
/// ```text
/// logit P(y = 1) = a + b logit(p)        statistic = 2 (ℓ(a, b) - ℓ(0, 1)) ~ χ² with 2 degrees of freedom
/// ```
///
/// Takes every point for one independent question and does not look at weights, so give it one forecast a question. `None` when
/// the probabilities do not differ, or when no finite a and b are best: all outcomes alike, or all yes above all no.
///
/// Cox (1958), Biometrika 45, 562–565; Miller, Hui and Tierney (1991), Stat. Med. 10, 1213–1226.
#[must_use]
pub fn cox_test(points: &Points) -> Option<CoxTest> {
    let log_odds: Vec<f64> = points.probabilities().iter().map(|p| logit(limited(*p))).collect();
    let outcomes: Vec<f64> = points.iter().map(|(_, outcome, _)| outcome).collect();
    let ones = vec![1.0; outcomes.len()];
    let stated = log_likelihood(&log_odds, &outcomes, &ones);
    let fit = logistic_regression(&[ones.clone(), log_odds], &outcomes, &ones, None)?;
    let statistic = (2.0 * (fit.log_likelihood - stated)).max(0.0);
    Some(CoxTest {
        intercept: fit.coefficients[0],
        intercept_error: fit.covariance[0][0].sqrt(),
        slope: fit.coefficients[1],
        slope_error: fit.covariance[1][1].sqrt(),
        statistic,
        degrees_of_freedom: 2,
        p: gamma::upper(1.0, 0.5 * statistic),
        limited: count_limited(points),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_that_fit_the_stated_probabilities_need_no_bending() {
        // Ten forecasts of 20 % with two yes, ten of 80 % with eight.
        let probabilities: Vec<f64> = (0..20).map(|at| if at < 10 { 0.2 } else { 0.8 }).collect();
        let happened: Vec<bool> = (0..20).map(|at| !(2..12).contains(&at)).collect();
        let test = cox_test(&Points::new(&probabilities, &happened).expect("twenty")).expect("a finite fit");
        assert!(test.intercept.abs() < 1e-9 && (test.slope - 1.0).abs() < 1e-9 && test.statistic < 1e-9);
        assert!((test.p - 1.0).abs() < 1e-9);
    }

    #[test]
    fn sure_forecasts_are_limited_and_counted() {
        let points = Points::new(&[0.0, 1.0, 0.5, 0.5], &[true, true, false, true]).expect("four pairs");
        assert_eq!(cox_test(&points).expect("a fit").limited, 2);
    }

    #[test]
    fn outcomes_that_the_probabilities_separate_have_no_fit() {
        let points = Points::new(&[0.1, 0.2, 0.7, 0.8], &[false, false, true, true]).expect("four pairs");
        assert_eq!(cox_test(&points), None);
        assert_eq!(cox_test(&Points::default()), None);
    }
}
