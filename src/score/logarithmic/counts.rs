//! The logarithmic score of laws of counts: minus the logarithm of the probability of what was counted, in nats. What is no whole number cannot be counted: its
//! score is infinite.

use crate::math::beta::{ln_beta, ln_choose};
use crate::math::gamma::{deviance, stirling_error};
use crate::math::{ln, ln_1p};
use std::f64::consts::PI;

/// `weight * x`, 0 for no weight even where x is infinite.
fn weighed(weight: f64, x: f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * x }
}

/// Whether it can be counted.
fn is_count(y: f64) -> bool {
    (0.0..f64::INFINITY).contains(&y) && y.fract() == 0.0
}

/// The score of what is counted, infinite for anything else.
fn of_count(y: f64, score: impl Fn(f64) -> f64) -> Option<f64> {
    // 0 rather than -0, and no gain by rounding.
    (!y.is_nan()).then(|| if is_count(y) { score(y).max(0.0) } else { f64::INFINITY })
}

/// The logarithmic score of a Poisson forecast.
///
/// ```text
/// S = λ - k ln λ + ln k!
/// ```
///
/// Computed from the deviance, so that large counts cost no digits: Loader (2000), Fast and accurate computation of binomial probabilities.
/// `None` unless `mean` is positive and finite.
#[must_use]
pub fn log_score_poisson(y: f64, mean: f64) -> Option<f64> {
    let score = |k: f64| {
        if k == 0.0 { mean } else { 0.5 * ln(2.0 * PI * k) + stirling_error(k) + deviance(k, mean) }
    };
    (mean > 0.0 && mean.is_finite()).then_some(())?;
    of_count(y, score)
}

/// The logarithmic score of a binomial forecast: `trials` independent chances of `probability` each.
///
/// ```text
/// S = -ln (n over k) - k ln p - (n - k) ln(1 - p)
/// ```
///
/// Infinite for more than `trials`. `None` unless 0 <= `probability` <= 1.
#[must_use]
pub fn log_score_binomial(y: f64, trials: u64, probability: f64) -> Option<f64> {
    let n = trials as f64;
    let score = |k: f64| {
        if k > n {
            return f64::INFINITY;
        }
        -ln_choose(n, k) - weighed(k, ln(probability)) - weighed(n - k, ln_1p(-probability))
    };
    (0.0..=1.0).contains(&probability).then_some(())?;
    of_count(y, score)
}

/// The logarithmic score of a negative binomial forecast: failures before success number `size`, each trial succeeding with `probability`.
///
/// ```text
/// S = ln (k + size) + ln B(k + 1, size) - size ln p - k ln(1 - p)
/// ```
///
/// `None` unless `size` is positive and 0 < `probability` <= 1, both finite.
#[must_use]
pub fn log_score_negative_binomial(y: f64, size: f64, probability: f64) -> Option<f64> {
    let score = |k: f64| {
        let ways = if k == 0.0 { 0.0 } else { -ln(k + size) - ln_beta(k + 1.0, size) };
        -ways - size * ln(probability) - weighed(k, ln_1p(-probability))
    };
    (size > 0.0 && size.is_finite() && probability > 0.0 && probability <= 1.0).then_some(())?;
    of_count(y, score)
}

/// The logarithmic score of a hypergeometric forecast: how many of `marked` come up when `drawn` are drawn without replacement from `marked`
/// and `unmarked` together.
///
/// `None` when more are to be drawn than there are.
#[must_use]
pub fn log_score_hypergeometric(y: f64, marked: u64, unmarked: u64, drawn: u64) -> Option<f64> {
    let total = marked.checked_add(unmarked).filter(|total| drawn <= *total)? as f64;
    let least = drawn.saturating_sub(unmarked) as f64;
    let (marked, unmarked, drawn) = (marked as f64, unmarked as f64, drawn as f64);
    of_count(y, |k| {
        if k < least || k > marked.min(drawn) {
            return f64::INFINITY;
        }
        ln_choose(total, drawn) - ln_choose(marked, k) - ln_choose(unmarked, drawn - k)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp;

    /// Probabilities sum to 1 and have this mean.
    fn is_of_a_law(score: impl Fn(f64) -> Option<f64>, mean: f64) {
        let mass = |k: u32| exp(-score(f64::from(k)).expect("the parameters are in range"));
        let whole: f64 = (0..2_000).map(mass).sum();
        let moment: f64 = (0..2_000).map(|k| f64::from(k) * mass(k)).sum();
        assert!((whole - 1.0).abs() < 1e-12 && (moment / mean - 1.0).abs() < 1e-12, "{whole} and {moment} for {mean}");
    }

    #[test]
    fn every_law_sums_to_one_and_has_its_mean() {
        is_of_a_law(|k| log_score_poisson(k, 2.7), 2.7);
        is_of_a_law(|k| log_score_poisson(k, 450.0), 450.0);
        is_of_a_law(|k| log_score_binomial(k, 9, 0.3), 2.7);
        is_of_a_law(|k| log_score_binomial(k, 1, 1.0), 1.0);
        is_of_a_law(|k| log_score_negative_binomial(k, 2.5, 0.4), 2.5 * 0.6 / 0.4);
        is_of_a_law(|k| log_score_hypergeometric(k, 7, 9, 5), 5.0 * 7.0 / 16.0);
        is_of_a_law(|k| log_score_hypergeometric(k, 7, 2, 5), 5.0 * 7.0 / 9.0);
    }

    #[test]
    fn the_simplest_counts_are_known() {
        assert_eq!(log_score_poisson(0.0, 2.7), Some(2.7));
        let one = log_score_binomial(1.0, 1, 0.25).expect("in range");
        assert!((one - 4.0_f64.ln()).abs() < 1e-15);
        assert_eq!(log_score_binomial(0.0, 5, 0.0), Some(0.0));
        assert_eq!(log_score_negative_binomial(0.0, 3.0, 1.0), Some(0.0));
        // 10 of 20 drawn, 10 of 10 marked: 1 in 184,756.
        let all = log_score_hypergeometric(10.0, 10, 10, 10).expect("in range");
        assert!((exp(all) / 184_756.0 - 1.0).abs() < 1e-12);
        // A million expected, a million come: Stirling's formula.
        let many = log_score_poisson(1e6, 1e6).expect("in range");
        assert!((many - (0.5 * (2.0 * PI * 1e6).ln() + 1.0 / 12e6)).abs() < 1e-13);
    }

    #[test]
    fn what_cannot_be_counted_is_infinite_and_what_is_no_law_has_no_score() {
        let infinite = Some(f64::INFINITY);
        assert_eq!((log_score_poisson(1.5, 2.0), log_score_poisson(-1.0, 2.0)), (infinite, infinite));
        assert_eq!((log_score_binomial(6.0, 5, 0.5), log_score_binomial(1.0, 5, 0.0)), (infinite, infinite));
        assert_eq!(
            (log_score_hypergeometric(6.0, 7, 9, 5), log_score_negative_binomial(1.0, 1.0, 1.0)),
            (infinite, infinite)
        );
        assert_eq!((log_score_poisson(1.0, 0.0), log_score_poisson(f64::NAN, 1.0)), (None, None));
        assert_eq!((log_score_binomial(1.0, 5, 1.5), log_score_negative_binomial(1.0, 0.0, 0.5)), (None, None));
        assert_eq!(log_score_hypergeometric(1.0, 2, 3, 6), None);
    }
}
