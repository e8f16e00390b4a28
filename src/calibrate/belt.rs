//! The test of the calibration belt: is a curve in the log-odds needed, and how far is it from the diagonal?

use super::Points;
use super::cox::{count_limited, limited};
use crate::math::quadrature::integrate;
use crate::math::regression::{log_likelihood, logistic_regression};
use crate::math::{erfc, exp, logit, normal};
use serde::Serialize;

/// The highest power of the log-odds that is tried.
const HIGHEST_DEGREE: usize = 4;
/// The level of the tests that add a power.
const SELECTION_LEVEL: f64 = 0.95;
/// The 95 % point of χ² with one degree of freedom: the square of the 97.5 % point of the normal distribution.
fn selection_threshold() -> f64 {
    let z = normal::quantile(0.5 + 0.5 * SELECTION_LEVEL);
    z * z
}

/// On what the forecasts were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Development {
    /// Without sight of these outcomes, as forecasts are: powers from 1 on are tried.
    #[default]
    External,
    /// By a logistic regression fitted to these very outcomes: powers from 2 on are tried.
    Internal,
}

/// A test of the calibration belt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BeltTest {
    /// Twice the gain in log-likelihood of the chosen polynomial over the stated probabilities.
    pub statistic: f64,
    /// The chance of a statistic as large for calibrated forecasts, given the degree that was chosen.
    pub p: f64,
    /// The degree of the polynomial chosen.
    pub degree: usize,
    /// Probabilities nearer to 0 or 1 than 10⁻⁶ that were moved there.
    pub limited: usize,
}

/// The calibration test of the calibration belt.
///
/// ```text
/// logit P(y = 1) = sum_{j=0}^{m} b_j logit(p)^j
/// ```
///
/// Starting at degree 1 (2 for [`Development::Internal`]), powers are added as long as the likelihood-ratio test of the next one is
/// significant at 95 %, up to 4. The statistic is the likelihood ratio against b = (0, 1, 0, …); its distribution is taken given the
/// chosen degree: with n powers added by the tests, of a free χ² (2 degrees of freedom; 1 for internal) plus n independent χ² of one
/// degree that each passed the threshold.
///
/// Takes every point for one independent question and does not look at weights. `None` when the first fit does not exist (see
/// [`cox_test`](super::cox_test)).
///
/// Nattino, Finazzi and Bertolini (2014), Stat. Med. 33, 2390–2407.
#[must_use]
pub fn calibration_belt_test(points: &Points, development: Development) -> Option<BeltTest> {
    let log_odds: Vec<f64> = points.probabilities().iter().map(|p| logit(limited(*p))).collect();
    let outcomes: Vec<f64> = points.iter().map(|(_, outcome, _)| outcome).collect();
    let ones = vec![1.0; outcomes.len()];
    let stated = log_likelihood(&log_odds, &outcomes, &ones);
    let first = match development {
        Development::External => 1,
        Development::Internal => 2,
    };
    let fitted = |degree: usize| {
        let mut columns = vec![ones.clone()];
        for power in 0..degree {
            columns.push(columns[power].iter().zip(&log_odds).map(|(of, x)| of * x).collect());
        }
        logistic_regression(&columns, &outcomes, &ones, None).map(|fit| fit.log_likelihood)
    };
    let threshold = selection_threshold();
    let mut degree = first;
    let mut likelihood = fitted(first)?;
    while degree < HIGHEST_DEGREE {
        // A power whose fit does not exist (few distinct probabilities) cannot be added.
        let Some(next) = fitted(degree + 1) else { break };
        if 2.0 * (next - likelihood) < threshold {
            break;
        }
        (degree, likelihood) = (degree + 1, next);
    }
    let statistic = (2.0 * (likelihood - stated)).max(0.0);
    let p = tail(statistic, degree - first, threshold, development);
    Some(BeltTest { statistic, p, degree, limited: count_limited(points) })
}

/// The chance that a free χ² and `added` independent χ² of one degree, each above the threshold, sum to more than `t`.
///
/// One of the squares is integrated at a time: with S_0 the tail of the free part and c² the threshold,
///
/// ```text
/// S_n(t) = ( ∫_c^L 2φ(u) S_{n-1}(t - u²) du + 2 Φ(-L) ) / P(u² > c²)        L² = t - (n - 1) c²
/// ```
///
/// which for n = 1 and a free part of two degrees is elementary, since `2φ(u) exp(-(t - u²)/2)` does not depend on u.
fn tail(t: f64, added: usize, threshold: f64, development: Development) -> f64 {
    if t <= added as f64 * threshold {
        return 1.0;
    }
    let nothing_free = 1.0 - SELECTION_LEVEL;
    match (added, development) {
        (0, Development::External) => return exp(-0.5 * t),
        (0, Development::Internal) => return erfc((0.5 * t).sqrt()),
        (1, Development::External) => {
            let inside = 2.0 * normal::density(t.sqrt()) * (t.sqrt() - threshold.sqrt());
            return ((inside + erfc((0.5 * t).sqrt())) / nothing_free).min(1.0);
        }
        _ => {}
    }
    let left = added - 1;
    let least = left as f64 * threshold;
    // Over what is left to the others, s = t - u², so that nothing cancels where it is least.
    let inner = integrate(
        |s| {
            let u = (t - s).sqrt();
            normal::density(u) / u * tail(s, left, threshold, development)
        },
        least,
        t - threshold,
        1e-9,
    );
    ((inner + 2.0 * normal::cdf(-(t - least).sqrt())) / nothing_free).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_one_added_power_it_is_the_integral_over_its_square() {
        let k = selection_threshold();
        for t in [4.0_f64, 4.84, 7.0, 15.0, 40.0] {
            let inside = integrate(|u| 2.0 * normal::density(u) * exp(-0.5 * (t - u * u)), k.sqrt(), t.sqrt(), 1e-13);
            let whole = (inside + 2.0 * normal::cdf(-t.sqrt())) / 0.05;
            let value = tail(t, 1, k, Development::External);
            assert!((value - whole).abs() < 1e-10 * whole, "{t}: {value} against {whole}");
        }
    }

    #[test]
    fn the_tail_starts_at_one_and_falls() {
        let k = selection_threshold();
        for development in [Development::External, Development::Internal] {
            for added in 0..=2 {
                let from = added as f64 * k;
                assert!((tail(from + 1e-9, added, k, development) - 1.0).abs() < 1e-3);
                assert!(tail(from + 3.0, added, k, development) > tail(from + 5.0, added, k, development));
            }
        }
    }

    #[test]
    fn two_added_powers_agree_with_a_sum_over_a_grid() {
        // P(A + B + C > t) with A ~ χ²(2), B and C ~ χ²(1) above k, by the midpoint rule over B and C.
        let (k, t) = (selection_threshold(), 12.0);
        let steps = 1500;
        let width = 12.0 / f64::from(steps);
        let us: Vec<f64> = (0..steps).map(|at| k.sqrt() + (f64::from(at) + 0.5) * width).collect();
        let mut sum = 0.0;
        for a in &us {
            for b in &us {
                let rest = t - a * a - b * b;
                let free = if rest > 0.0 { exp(-0.5 * rest) } else { 1.0 };
                sum += 4.0 * normal::density(*a) * normal::density(*b) * width * width * free;
            }
        }
        let value = tail(t, 2, k, Development::External);
        assert!((value - sum / 0.0025).abs() < 2e-4, "{value} against {}", sum / 0.0025);
    }
}
