//! The test of the calibration belt: is a curve in the log-odds needed, and how far is it from the diagonal?

use super::Points;
use super::cox::{count_limited, limited};
use crate::math::quadrature::integrate;
use crate::math::regression::{log_likelihood, logistic_regression};
use crate::math::root::find_root;
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
    let curve = belt_curve(points, development)?;
    let stated = log_likelihood(&curve.log_odds, &curve.outcomes, &curve.ones);
    let statistic = (2.0 * (curve.likelihood - stated)).max(0.0);
    let degree = curve.degree();
    let p = tail(statistic, degree - lowest_degree(development), selection_threshold(), development);
    Some(BeltTest { statistic, p, degree, limited: count_limited(points) })
}

/// The degree that is tried first.
const fn lowest_degree(development: Development) -> usize {
    match development {
        Development::External => 1,
        Development::Internal => 2,
    }
}

/// The polynomial in the log-odds that the forward tests choose, with what it was fitted to.
#[derive(Debug)]
pub(super) struct BeltCurve {
    log_odds: Vec<f64>,
    outcomes: Vec<f64>,
    ones: Vec<f64>,
    /// From the intercept on.
    coefficients: Vec<f64>,
    likelihood: f64,
}

/// Chooses and fits the polynomial. `None` when the first fit does not exist.
pub(super) fn belt_curve(points: &Points, development: Development) -> Option<BeltCurve> {
    let log_odds: Vec<f64> = points.probabilities().iter().map(|p| logit(limited(*p))).collect();
    let outcomes: Vec<f64> = points.iter().map(|(_, outcome, _)| outcome).collect();
    let ones = vec![1.0; outcomes.len()];
    let fitted = |degree: usize| {
        let mut columns = vec![ones.clone()];
        for power in 0..degree {
            columns.push(columns[power].iter().zip(&log_odds).map(|(of, x)| of * x).collect());
        }
        logistic_regression(&columns, &outcomes, &ones, None)
    };
    let threshold = selection_threshold();
    let mut degree = lowest_degree(development);
    let mut fit = fitted(degree)?;
    while degree < HIGHEST_DEGREE {
        // A power whose fit does not exist (few distinct probabilities) cannot be added.
        let Some(next) = fitted(degree + 1) else { break };
        if 2.0 * (next.log_likelihood - fit.log_likelihood) < threshold {
            break;
        }
        (degree, fit) = (degree + 1, next);
    }
    let (coefficients, likelihood) = (fit.coefficients, fit.log_likelihood);
    Some(BeltCurve { log_odds, outcomes, ones, coefficients, likelihood })
}

impl BeltCurve {
    /// The degree of the polynomial.
    pub(super) fn degree(&self) -> usize {
        self.coefficients.len() - 1
    }

    /// The log-odds of the curve at a stated log-odds.
    pub(super) fn value(&self, x: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |value, coefficient| value * x + coefficient)
    }

    /// Twice the log-likelihood that is lost where the polynomial has to pass through these log-odds at this place; `None` if no finite
    /// fit does.
    pub(super) fn ratio_through(&self, place: f64, eta: f64) -> Option<f64> {
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut at_place = 1.0;
        let mut powers = self.ones.clone();
        for _ in 0..self.degree() {
            at_place *= place;
            powers.iter_mut().zip(&self.log_odds).for_each(|(power, x)| *power *= x);
            columns.push(powers.iter().map(|power| power - at_place).collect());
        }
        let offset = vec![eta; self.ones.len()];
        let fit = logistic_regression(&columns, &self.outcomes, &self.ones, Some(&offset))?;
        Some(2.0 * (self.likelihood - fit.log_likelihood))
    }
}

/// The point that the likelihood ratio of the true curve exceeds with a chance of `1 - level`, given the degree that was chosen for
/// forecasts made without sight of the outcomes. `None` if `level` lies outside of 0..1.
pub(super) fn belt_threshold(degree: usize, level: f64) -> Option<f64> {
    let added = degree.checked_sub(lowest_degree(Development::External))?;
    let least = added as f64 * selection_threshold();
    let wanted = 1.0 - level;
    if !(0.0 < wanted && wanted < 1.0) {
        return None;
    }
    let excess = |t: f64| tail(t, added, selection_threshold(), Development::External) - wanted;
    find_root(excess, least, least + 100.0, 1e-9)
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
