//! The extremized log-odds pool: the mean of log-odds pushed away from one half.

use super::log_odds::{log_odds, mean_log_odds};
use super::method::{PoolMethod, Pooling, SURE, Said, held};
use super::past::Past;
use super::penalty::Penalty;
use super::pulled::pulled_logistic;
use crate::math::{logistic, logit};

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

/// The factor where it is not fitted.
const USUAL_FACTOR: f64 = 1.5;

/// Extremized log-odds by the usual factor as a method: nothing to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extremized;

/// Extremized log-odds by a factor fitted to the past.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExtremizedFitted;

#[derive(Debug, Clone, Copy)]
struct Factor {
    factor: f64,
    sure: f64,
    /// What fits the past best, before it is bounded.
    fitted: Option<f64>,
}

impl PoolMethod for Extremized {
    fn name(&self) -> &'static str {
        "extremized"
    }

    fn about(&self) -> &'static str {
        "the mean of log odds times 1.5"
    }

    fn fit(&self, _: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Factor { factor: USUAL_FACTOR, sure: SURE, fitted: None }))
    }

    fn without_past(&self) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Factor { factor: USUAL_FACTOR, sure: 0.0, fitted: None }))
    }
}

impl PoolMethod for ExtremizedFitted {
    fn name(&self) -> &'static str {
        "extremized-fitted"
    }

    fn about(&self) -> &'static str {
        "the mean of log odds times a factor fitted to the past, pulled towards 1, not below 0"
    }

    /// By maximum likelihood with a normal prior about 1, as [`pulled_logistic`] has it, and not below 0: whoever points the wrong way is not turned
    /// round. The loss is convex in the factor, so that 0 is the best that is left where the best lies below.
    fn fit(&self, past: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        let mean = |said: &[Said]| log_odds(&held(said, SURE), None).map(logit);
        let means: Vec<f64> = past.questions.iter().map(|question| mean(&question.said)).collect::<Option<_>>()?;
        let fit = pulled_logistic(&[means], &past.happened(), None, &[1.0])?;
        Some(Box::new(Factor { factor: fit[0].max(0.0), sure: SURE, fitted: Some(fit[0]) }))
    }
}

impl Pooling for Factor {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        extremized_log_odds(&held(oldest_first, self.sure), None, self.factor)
    }

    fn learned(&self) -> Option<String> {
        let fitted = self.fitted?;
        Some(if fitted < 0.0 {
            format!(
                "factor 0: the past went against what was said (it is fitted best by {fitted:.3}), so that even odds are left"
            )
        } else {
            format!("factor {fitted:.3}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::ln;
    use crate::pool::log_odds;
    use crate::pool::past::testing::{history, said};

    #[test]
    fn a_factor_of_one_changes_nothing_and_of_zero_says_one_half() {
        let said = [0.1, 0.3, 0.35];
        assert_eq!(extremized_log_odds(&said, None, 1.0), log_odds(&said, None));
        assert_eq!(extremized_log_odds(&said, None, 0.0), Some(0.5));
        assert!(extremized_log_odds(&said, None, 2.0) < log_odds(&said, None));
        assert_eq!(extremized_log_odds(&said, None, f64::NAN), None);
    }

    /// All say the same log odds, and so many of 20 are right: the best factor is where the data and the pull balance,
    /// `20 L (share right - logistic(f L)) = 10 (f - 1)`.
    #[test]
    fn the_factor_is_where_data_and_pull_balance_and_not_below_0() {
        let fitted = |right: usize, said: f64| {
            let (yes, no) = ([said, said], [1.0 - said, 1.0 - said]);
            let row = |at: usize| if at.is_multiple_of(2) { (&yes[..], at < right) } else { (&no[..], at >= right) };
            let rows: Vec<(&[f64], bool)> = (0..20).map(row).collect();
            ExtremizedFitted.fit(&history(&rows).past(), Penalty::Brier).expect("a fit")
        };
        let log_odds = ln(4.0);
        // Nineteen of twenty where four of five were said.
        let bold = fitted(19, 0.8);
        let factor = logit(bold.pool(&said(&[0.8])).expect("one")) / log_odds;
        let balance = 20.0 * log_odds * (0.95 - logistic(factor * log_odds)) - 10.0 * (factor - 1.0);
        assert!(factor > 1.0 && balance.abs() < 1e-6, "{factor} {balance}");
        assert_eq!(bold.learned(), Some(format!("factor {factor:.3}")));
        // None of twenty: at a factor of 0 the data still pull further down than the prior pulls up.
        let wrong = fitted(0, 0.99);
        assert!(20.0 * ln(99.0) * (0.0 - 0.5) + 10.0 < 0.0);
        for p in [0.01, 0.3, 0.99] {
            assert_eq!(wrong.pool(&said(&[p])), Some(0.5));
        }
        let words = wrong.learned().expect("it has learned something");
        assert!(words.starts_with("factor 0: ") && words.contains("best by -"), "{words}");
    }
}
