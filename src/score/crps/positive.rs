//! The CRPS of forecasts of positive numbers – on a logarithmic scale, Weibull, inverse gamma – and of shares.

use crate::math::beta::{ln_beta, regularised};
use crate::math::{exp, gamma, ln, ln_gamma, logistic, powf};
use std::f64::consts::LN_2;

/// The CRPS of a log-logistic forecast: its logarithm is logistic with this location μ and scale σ.
///
/// ```text
/// CRPS = y (2F(y) - 1) - e^μ B(1 + σ, 1 - σ) (2 I(F(y); 1 + σ, 1 - σ) + σ - 1)        I the regularised incomplete beta function
/// ```
///
/// `None` unless 0 < `scale` < 1 (above, the mean is infinite).
#[must_use]
pub fn crps_loglogistic(y: f64, location: f64, scale: f64) -> Option<f64> {
    (scale > 0.0 && scale < 1.0 && location.is_finite()).then(|| {
        let below = if y > 0.0 { logistic((ln(y) - location) / scale) } else { 0.0 };
        let (a, b) = (1.0 + scale, 1.0 - scale);
        y * (2.0 * below - 1.0) - exp(location + ln_beta(a, b)) * (2.0 * regularised(a, b, below) + scale - 1.0)
    })
}

/// The CRPS of a log-Laplace forecast: its logarithm is Laplace with this location μ and scale σ.
///
/// ```text
/// CRPS = y (2F(y) - 1) + e^μ (σ/(4 - σ²) + A)
/// A = (1 - (2F)^{1 + σ})/(1 + σ) below e^μ,  -(1 - (2(1 - F))^{1 - σ})/(1 - σ) above it
/// ```
///
/// `None` unless 0 < `scale` < 1.
#[must_use]
pub fn crps_loglaplace(y: f64, location: f64, scale: f64) -> Option<f64> {
    (scale > 0.0 && scale < 1.0 && location.is_finite()).then(|| {
        let z = if y > 0.0 { (ln(y) - location) / scale } else { f64::NEG_INFINITY };
        let tail = exp(-z.abs());
        let (below, a) = if z < 0.0 {
            (0.5 * tail, (1.0 - powf(tail, 1.0 + scale)) / (1.0 + scale))
        } else {
            (1.0 - 0.5 * tail, -(1.0 - powf(tail, 1.0 - scale)) / (1.0 - scale))
        };
        y * (2.0 * below - 1.0) + exp(location) * (scale / (4.0 - scale * scale) + a)
    })
}

/// The CRPS of a beta forecast on `lower..=upper`.
///
/// ```text
/// CRPS = w (z (2F_{a,b} - 1) + a/(a + b) (1 - 2F_{a+1,b} - 2 B(2a, 2b)/(a B(a, b)²)))        z = (y - lower)/w, w the width
/// ```
///
/// `None` unless both parameters are positive and `lower` < `upper`.
#[must_use]
pub fn crps_beta(y: f64, a: f64, b: f64, lower: f64, upper: f64) -> Option<f64> {
    let width = upper - lower;
    (a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() && width > 0.0 && width.is_finite()).then(|| {
        let z = (y - lower) / width;
        let held = z.clamp(0.0, 1.0);
        let spread = 2.0 * exp(ln_beta(2.0 * a, 2.0 * b) - 2.0 * ln_beta(a, b)) / a;
        let mean = a / (a + b);
        let inside = 2.0 * regularised(a, b, held) - 1.0;
        width * (z * inside + mean * (1.0 - 2.0 * regularised(a + 1.0, b, held) - spread))
    })
}

/// The CRPS of a Weibull forecast.
///
/// ```text
/// CRPS = y (2F(y) - 1) - 2m P(1 + 1/k, (y/s)^k) + m 2^{-1/k}        m = s Γ(1 + 1/k),  F(y) = 1 - exp(-(y/s)^k)
/// ```
///
/// with k the shape, s the scale and P the regularised lower incomplete gamma function: the smaller of two draws is Weibull of the scale
/// `2^{-1/k} s`. `None` unless both parameters are positive and finite, and the mean is.
#[must_use]
pub fn crps_weibull(y: f64, shape: f64, scale: f64) -> Option<f64> {
    if !(shape > 0.0 && shape.is_finite() && scale > 0.0 && scale.is_finite()) {
        return None;
    }
    let inverse = 1.0 / shape;
    let ln_mean = ln_gamma(1.0 + inverse);
    let mean = scale * exp(ln_mean);
    mean.is_finite().then(|| {
        let x = powf((y / scale).max(0.0), shape);
        let of_less = -2.0 * mean * gamma::lower(1.0 + inverse, x);
        y * (1.0 - 2.0 * exp(-x)) + of_less + scale * exp(ln_mean - inverse * LN_2)
    })
}

/// The CRPS of an inverse gamma forecast: `scale` divided by a gamma variable of this shape and rate 1.
///
/// ```text
/// CRPS = y (2 Q(a, b/y) - 1) + b/(a-1) (1 - 2 Q(a-1, b/y)) - b/((a-1)² B(1/2, a-1))
/// ```
///
/// with a the shape, b the scale and Q the regularised upper incomplete gamma function: weighted by its inverse, a gamma variable of
/// shape a has the shape a-1. `None` unless `shape` > 1 (below, the mean is infinite) and `scale` > 0, both finite.
#[must_use]
pub fn crps_inverse_gamma(y: f64, shape: f64, scale: f64) -> Option<f64> {
    (shape > 1.0 && shape.is_finite() && scale > 0.0 && scale.is_finite()).then(|| {
        let less = shape - 1.0;
        let below = |shape: f64| if y > 0.0 { gamma::upper(shape, scale / y) } else { 0.0 };
        let spread = exp(-ln_beta(0.5, less)) / less;
        y * (2.0 * below(shape) - 1.0) + scale / less * (1.0 - 2.0 * below(less) - spread)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::definition;

    #[test]
    fn the_closed_forms_agree_with_the_definition() {
        // On the scale of u = ln x the far tail is short: pieces by powers of ten.
        let pieces = [0.0, 1.0, 10.0, 1.0e2, 1.0e4, 1.0e6, 1.0e8];
        for y in [-0.5, 0.3, 1.2, 5.0] {
            let loglogistic = |x: f64| if x > 0.0 { logistic((ln(x) - 0.2) / 0.3) } else { 0.0 };
            definition::agrees(crps_loglogistic(y, 0.2, 0.3), loglogistic, y, &pieces, (-2.0, 1.0e9));
            let loglaplace = |x: f64| {
                let z = if x > 0.0 { (ln(x) - 0.2) / 0.3 } else { f64::NEG_INFINITY };
                if z < 0.0 { 0.5 * exp(z) } else { 1.0 - 0.5 * exp(-z) }
            };
            let kinks: Vec<f64> = pieces.iter().copied().chain([exp(0.2)]).collect();
            definition::agrees(crps_loglaplace(y, 0.2, 0.3), loglaplace, y, &kinks, (-2.0, 1.0e9));
            let beta = |x: f64| regularised(2.0, 3.5, ((x + 1.0) / 3.0).clamp(0.0, 1.0));
            definition::agrees(crps_beta(y, 2.0, 3.5, -1.0, 2.0), beta, y, &[-1.0, 2.0], (-3.0, 8.0));
        }
    }

    #[test]
    fn a_flat_beta_is_uniform_and_parameters_out_of_range_have_no_score() {
        let uniform = crate::score::crps::crps_uniform(0.3, 0.0, 1.0).expect("in range");
        assert!((crps_beta(0.3, 1.0, 1.0, 0.0, 1.0).expect("in range") - uniform).abs() < 1e-13);
        assert_eq!((crps_loglogistic(1.0, 0.0, 1.0), crps_loglaplace(1.0, 0.0, 1.0)), (None, None));
        assert_eq!(crps_beta(0.5, 1.0, 1.0, 1.0, 0.0), None);
    }
}
