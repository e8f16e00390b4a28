//! The logarithmic score of laws on a half-line, and of shares.

use super::continuous::{is_sound, log_score_laplace, log_score_logistic};
use crate::math::beta::ln_beta;
use crate::math::gamma::HALF_LN_2_PI;
use crate::math::{ln, ln_1p, ln_gamma, powf};
use std::cmp::Ordering;
use std::f64::consts::LN_2;

fn is_positive(parameter: f64) -> bool {
    parameter > 0.0 && parameter.is_finite()
}

/// `weight * ln x`, 0 for no weight even where x is 0; `None` where that is infinitely good.
fn weighed_ln(weight: f64, x: f64) -> Option<f64> {
    if weight == 0.0 {
        return Some(0.0);
    }
    Some(weight * ln(x)).filter(|term| *term < f64::INFINITY)
}

/// The logarithmic score of a lognormal forecast.
///
/// ```text
/// S = ln y + ln σ + ½ ln 2π + ½ ((ln y - μ)/σ)²
/// ```
///
/// Infinite for `y` <= 0. `None` unless `sigma` is positive and both parameters are finite.
#[must_use]
pub fn log_score_lognormal(y: f64, mu: f64, sigma: f64) -> Option<f64> {
    is_sound(y, mu, sigma).then(|| {
        if y <= 0.0 {
            return f64::INFINITY;
        }
        let z = (ln(y) - mu) / sigma;
        ln(y) + ln(sigma) + HALF_LN_2_PI + 0.5 * z * z
    })
}

/// The logarithmic score of a log-logistic forecast, whose logarithm is logistic with this location and scale. Infinite for `y` < 0.
///
/// `None` unless `scale` is positive and both parameters are finite, and at 0 if `scale` > 1, where the density is infinite; with a scale of 1 the score
/// there is `location`, with a smaller one it is infinite.
#[must_use]
pub fn log_score_loglogistic(y: f64, location: f64, scale: f64) -> Option<f64> {
    of_logarithm(y, location, scale, |ln_y| log_score_logistic(ln_y, location, scale), 0.0)
}

/// The logarithmic score of a log-Laplace forecast, whose logarithm is Laplace with this location and scale. Infinite for `y` < 0.
///
/// `None` unless `scale` is positive and both parameters are finite, and at 0 if `scale` > 1, where the density is infinite; with a scale of 1 the score
/// there is `ln 2 + location`, with a smaller one it is infinite.
#[must_use]
pub fn log_score_loglaplace(y: f64, location: f64, scale: f64) -> Option<f64> {
    of_logarithm(y, location, scale, |ln_y| log_score_laplace(ln_y, location, scale), LN_2)
}

/// The score of a law from that of its logarithm, whose tail falls as `e^(x / scale)`: the density is that of `ln y`, divided by `y`. At 0 that is a power
/// of `y`; where it is none, the score is `location` more than `at_zero`.
fn of_logarithm(y: f64, location: f64, scale: f64, score: impl Fn(f64) -> Option<f64>, at_zero: f64) -> Option<f64> {
    if y <= 0.0 {
        // The parameters must be in range all the same.
        score(0.0)?;
        return match scale.total_cmp(&1.0) {
            _ if y < 0.0 => Some(f64::INFINITY),
            Ordering::Less => Some(f64::INFINITY),
            Ordering::Equal => Some(at_zero + location),
            Ordering::Greater => None,
        };
    }
    Some(score(ln(y))? + ln(y)).filter(|score| !score.is_nan())
}

/// The logarithmic score of an exponential forecast of this rate (mean `1 / rate`).
///
/// ```text
/// S = λ y - ln λ
/// ```
///
/// Infinite for `y` < 0. `None` unless `rate` is positive and finite.
#[must_use]
pub fn log_score_exponential(y: f64, rate: f64) -> Option<f64> {
    (is_positive(rate) && !y.is_nan()).then(|| if y < 0.0 { f64::INFINITY } else { rate * y - ln(rate) })
}

/// The logarithmic score of a gamma forecast of this shape and rate (mean `shape / rate`).
///
/// ```text
/// S = ln Γ(a) - a ln b - (a - 1) ln y + b y
/// ```
///
/// Infinite for `y` < 0. `None` unless both parameters are positive and finite; and for `y` = 0 with a shape below 1.
#[must_use]
pub fn log_score_gamma(y: f64, shape: f64, rate: f64) -> Option<f64> {
    if !(is_positive(shape) && is_positive(rate)) || y.is_nan() {
        return None;
    }
    if !(0.0..f64::INFINITY).contains(&y) {
        return Some(f64::INFINITY);
    }
    Some(ln_gamma(shape) - ln(rate) - weighed_ln(shape - 1.0, rate * y)? + rate * y)
}

/// The logarithmic score of a beta forecast.
///
/// ```text
/// S = ln B(a, b) - (a-1) ln y - (b-1) ln(1-y)
/// ```
///
/// Infinite outside of 0..=1. `None` when a parameter is not positive and finite; and at an end where the density is infinite.
#[must_use]
pub fn log_score_beta(y: f64, a: f64, b: f64) -> Option<f64> {
    if !(is_positive(a) && is_positive(b)) || y.is_nan() {
        return None;
    }
    if !(0.0..=1.0).contains(&y) {
        return Some(f64::INFINITY);
    }
    let upper = if y == 1.0 { weighed_ln(b - 1.0, 0.0)? } else { (b - 1.0) * ln_1p(-y) };
    Some(ln_beta(a, b) - weighed_ln(a - 1.0, y)? - upper)
}

/// The logarithmic score of a Weibull forecast.
///
/// ```text
/// S = ln(s/k) - (k-1) ln(y/s) + (y/s)^k        k the shape, s the scale
/// ```
///
/// Infinite for `y` < 0. `None` unless both parameters are positive and finite; and for `y` = 0 with a shape below 1.
#[must_use]
pub fn log_score_weibull(y: f64, shape: f64, scale: f64) -> Option<f64> {
    if !(is_positive(shape) && is_positive(scale)) || y.is_nan() {
        return None;
    }
    if !(0.0..f64::INFINITY).contains(&y) {
        return Some(f64::INFINITY);
    }
    Some(ln(scale) - ln(shape) - weighed_ln(shape - 1.0, y / scale)? + powf(y / scale, shape))
}

/// The logarithmic score of an inverse gamma forecast: `scale` divided by a gamma variable of this shape and rate 1.
///
/// ```text
/// S = ln Γ(a) - a ln b + (a+1) ln y + b/y        a the shape, b the scale
/// ```
///
/// Infinite for `y` <= 0. `None` unless both parameters are positive and finite.
#[must_use]
pub fn log_score_inverse_gamma(y: f64, shape: f64, scale: f64) -> Option<f64> {
    if !(is_positive(shape) && is_positive(scale)) || y.is_nan() {
        return None;
    }
    if !(y > 0.0 && y < f64::INFINITY) {
        return Some(f64::INFINITY);
    }
    Some(ln_gamma(shape) - shape * ln(scale) + (shape + 1.0) * ln(y) + scale / y)
}

/// The logarithmic score of a generalised Pareto forecast of this shape ξ, location and scale.
///
/// ```text
/// S = ln s + (1 + 1/ξ) ln(1 + ξ z), for ξ = 0 ln s + z        z = (y - location)/s >= 0
/// ```
///
/// Infinite below the location and, for a shape below 0, above the upper end. `None` unless `scale` is positive and all three parameters
/// are finite; and at the upper end of a shape below -1.
#[must_use]
pub fn log_score_generalised_pareto(y: f64, shape: f64, location: f64, scale: f64) -> Option<f64> {
    if !(is_sound(y, location, scale) && shape.is_finite()) {
        return None;
    }
    let z = (y - location) / scale;
    if z < 0.0 || z.is_infinite() || shape * z < -1.0 {
        return Some(f64::INFINITY);
    }
    if shape == 0.0 {
        return Some(ln(scale) + z);
    }
    let weight = -(1.0 + 1.0 / shape);
    let above = if shape * z == -1.0 { weighed_ln(weight, 0.0)? } else { weight * ln_1p(shape * z) };
    Some(ln(scale) - above)
}

#[cfg(test)]
mod tests {
    use super::super::continuous::tests::is_of_a_density;
    use super::*;

    #[test]
    fn every_law_has_a_density_that_sums_to_one() {
        is_of_a_density(|y| log_score_lognormal(y, 0.3, 0.7), 0.0);
        is_of_a_density(|y| log_score_loglogistic(y, 0.3, 0.2), 0.0);
        is_of_a_density(|y| log_score_loglaplace(y, 0.0, 0.2), 1.0);
        is_of_a_density(|y| log_score_exponential(y, 1.7), 0.0);
        is_of_a_density(|y| log_score_gamma(y, 2.5, 1.7), 0.0);
        is_of_a_density(|y| log_score_gamma(y, 1.0, 1.7), 0.0);
        is_of_a_density(|y| log_score_beta(y, 2.0, 3.5), 0.0);
        is_of_a_density(|y| log_score_beta(y, 1.0, 3.5), 0.0);
        is_of_a_density(|y| log_score_generalised_pareto(y, 0.2, 0.3, 0.7), 0.3);
        is_of_a_density(|y| log_score_generalised_pareto(y, -0.4, 0.3, 0.7), 0.3);
        is_of_a_density(|y| log_score_generalised_pareto(y, 0.0, 0.3, 0.7), 0.3);
    }

    #[test]
    fn ends_are_impossible_infinitely_likely_or_neither() {
        let infinite = Some(f64::INFINITY);
        assert_eq!((log_score_lognormal(0.0, 0.0, 1.0), log_score_lognormal(-1.0, 0.0, 1.0)), (infinite, infinite));
        // At 0 the density of a log-logistic law is k y^(k - 1) e^(-k location), k = 1/scale.
        assert_eq!(
            (log_score_loglogistic(0.0, 0.3, 1.0), log_score_loglaplace(0.0, 0.3, 1.0)),
            (Some(0.3), Some(LN_2 + 0.3))
        );
        assert_eq!((log_score_loglogistic(0.0, 0.0, 2.0), log_score_loglaplace(0.0, 0.0, 1.5)), (None, None));
        assert_eq!((log_score_loglogistic(0.0, 0.0, 0.5), log_score_loglaplace(-1.0, 0.0, 1.0)), (infinite, infinite));
        assert_eq!((log_score_gamma(0.0, 2.0, 1.0), log_score_gamma(f64::INFINITY, 0.5, 1.0)), (infinite, infinite));
        assert_eq!((log_score_gamma(0.0, 1.0, 1.0), log_score_gamma(0.0, 0.5, 1.0)), (Some(0.0), None));
        assert_eq!((log_score_beta(0.0, 2.0, 1.0), log_score_beta(1.0, 1.0, 2.0)), (infinite, infinite));
        assert_eq!((log_score_beta(0.0, 0.5, 1.0), log_score_beta(1.0, 1.0, 0.5)), (None, None));
        assert_eq!((log_score_beta(1.2, 0.5, 0.5), log_score_exponential(-0.1, 1.0)), (infinite, infinite));
        assert_eq!(log_score_generalised_pareto(2.0, -0.5, 0.0, 1.0), infinite);
        assert_eq!(log_score_generalised_pareto(0.5, -2.0, 0.0, 1.0), None);
        assert_eq!(log_score_generalised_pareto(1.0, -1.0, 0.0, 1.0), Some(0.0));
    }

    #[test]
    fn parameters_out_of_range_have_no_score() {
        assert_eq!((log_score_lognormal(1.0, 0.0, 0.0), log_score_lognormal(-1.0, 0.0, -1.0)), (None, None));
        assert_eq!((log_score_gamma(1.0, 0.0, 1.0), log_score_exponential(1.0, f64::INFINITY)), (None, None));
        assert_eq!((log_score_loglogistic(-1.0, 0.0, 0.0), log_score_beta(f64::NAN, 1.0, 1.0)), (None, None));
        assert_eq!(log_score_generalised_pareto(1.0, 0.1, 0.0, 0.0), None);
    }
}
