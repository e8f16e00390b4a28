//! The logarithmic score of laws on the whole line.

use crate::math::beta::ln_beta;
use crate::math::gamma::HALF_LN_2_PI;
use crate::math::{exp, ln, ln_1p, log_sum_exp};
use std::cmp::Ordering;
use std::f64::consts::LN_2;

/// Whether these say where a law lies and how wide it is, and `y` is a number.
pub(super) fn is_sound(y: f64, location: f64, scale: f64) -> bool {
    !y.is_nan() && location.is_finite() && scale > 0.0 && scale.is_finite()
}

/// The logarithmic score of a normal forecast.
///
/// ```text
/// S = ½ z² + ln σ + ½ ln 2π        z = (y - μ)/σ
/// ```
///
/// `None` unless `sigma` is positive and both parameters are finite.
///
/// ```
/// use foretell::score::log_score_normal;
///
/// let score = log_score_normal(1.0, 0.0, 1.0).expect("the parameters are in range");
/// assert!((score - 1.418_938_533_204_672_8).abs() < 1e-15);
/// ```
#[must_use]
pub fn log_score_normal(y: f64, mu: f64, sigma: f64) -> Option<f64> {
    is_sound(y, mu, sigma).then(|| {
        let z = (y - mu) / sigma;
        0.5 * z * z + ln(sigma) + HALF_LN_2_PI
    })
}

/// The logarithmic score of a logistic forecast.
///
/// ```text
/// S = |z| + 2 ln(1 + e^-|z|) + ln s        z = (y - location)/s
/// ```
///
/// `None` unless `scale` is positive and both parameters are finite.
#[must_use]
pub fn log_score_logistic(y: f64, location: f64, scale: f64) -> Option<f64> {
    is_sound(y, location, scale).then(|| {
        let z = ((y - location) / scale).abs();
        z + 2.0 * ln_1p(exp(-z)) + ln(scale)
    })
}

/// The logarithmic score of a Laplace (double exponential) forecast.
///
/// ```text
/// S = |y - location|/s + ln 2s
/// ```
///
/// `None` unless `scale` is positive and both parameters are finite.
#[must_use]
pub fn log_score_laplace(y: f64, location: f64, scale: f64) -> Option<f64> {
    is_sound(y, location, scale).then(|| ((y - location) / scale).abs() + ln(scale) + LN_2)
}

/// The logarithmic score of a forecast by Student's t with `degrees` of freedom, moved and scaled.
///
/// ```text
/// S = ½ (n + 1) ln(1 + z²/n) + ½ ln n + ln B(½, ½n) + ln s        z = (y - location)/s
/// ```
///
/// `None` unless `degrees` and `scale` are positive and all three parameters are finite.
#[must_use]
pub fn log_score_student_t(y: f64, degrees: f64, location: f64, scale: f64) -> Option<f64> {
    (is_sound(y, location, scale) && degrees > 0.0 && degrees.is_finite()).then(|| {
        let z = ((y - location) / scale).abs();
        // z² would overflow beyond about 1e154.
        let tail = if z < 1e100 { ln_1p(z * z / degrees) } else { 2.0 * ln(z) - ln(degrees) };
        0.5 * (degrees + 1.0) * tail + 0.5 * ln(degrees) + ln_beta(0.5, 0.5 * degrees) + ln(scale)
    })
}

/// The logarithmic score of a triangular forecast, which rises in a line from `low` to `mode` and falls in a line to `high`.
///
/// ```text
/// S = ln w + ln s - ln 2 - ln d        w = high - low, s the length of the side on which y lies, d how far y is from its end
/// ```
///
/// Infinite outside and at the ends, but for one that is the mode. `None` unless `low` <= `mode` <= `high`, `low` < `high`, and all is finite.
#[must_use]
pub fn log_score_triangular(y: f64, low: f64, mode: f64, high: f64) -> Option<f64> {
    let width = high - low;
    (is_sound(y, low, width) && high.is_finite() && low <= mode && mode <= high).then(|| {
        let (side, rest) = if y < mode { (mode - low, y - low) } else { (high - mode, high - y) };
        if y == mode {
            ln(width) - LN_2
        } else if rest > 0.0 {
            ln(width) + ln(side) - LN_2 - ln(rest)
        } else {
            f64::INFINITY
        }
    })
}

/// The logarithmic score of a uniform forecast: the logarithm of its width, and infinite outside.
///
/// `None` unless `lower` < `upper`, both finite.
#[must_use]
pub fn log_score_uniform(y: f64, lower: f64, upper: f64) -> Option<f64> {
    (is_sound(y, lower, upper - lower) && upper.is_finite())
        .then(|| if (lower..=upper).contains(&y) { ln(upper - lower) } else { f64::INFINITY })
}

/// The logarithmic score of a forecast by the generalised extreme value distribution of this shape ξ, location and scale.
///
/// ```text
/// S = ln s - (ξ + 1) ln t + t        ln t = -ln(1 + ξ z)/ξ, for ξ = 0 it is -z;  z = (y - location)/s
/// ```
///
/// Infinite where `1 + ξ z < 0`, and for an infinite `y`. At the end, where it is 0, the score is infinite for a shape above -1 and `ln s` for one of -1, as
/// that of a uniform law is at its ends; below -1 the density there is infinite, and the score `None`. `None` also unless `scale` is positive and all three
/// parameters are finite.
///
/// Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594.
#[must_use]
pub fn log_score_gev(y: f64, shape: f64, location: f64, scale: f64) -> Option<f64> {
    if !(is_sound(y, location, scale) && shape.is_finite()) {
        return None;
    }
    let z = (y - location) / scale;
    if z.is_infinite() || shape * z < -1.0 {
        return Some(f64::INFINITY);
    }
    if shape * z == -1.0 {
        return match shape.total_cmp(&-1.0) {
            Ordering::Less => None,
            Ordering::Equal => Some(ln(scale)),
            Ordering::Greater => Some(f64::INFINITY),
        };
    }
    let ln_t = if shape == 0.0 { -z } else { -ln_1p(shape * z) / shape };
    Some(ln(scale) - (shape + 1.0) * ln_t + exp(ln_t))
}

/// The logarithmic score of a two-piece normal forecast: half normals on both sides of `location`, with a scale for each.
///
/// ```text
/// S = ½ z² + ln(½ (s_1 + s_2)) + ½ ln 2π        z = (y - location)/s, s the scale on the side of y
/// ```
///
/// `None` unless both scales are positive and all three parameters are finite.
#[must_use]
pub fn log_score_two_piece_normal(y: f64, location: f64, scale_below: f64, scale_above: f64) -> Option<f64> {
    let both = scale_below + scale_above;
    (is_sound(y, location, scale_below) && scale_above > 0.0 && both.is_finite()).then(|| {
        let z = (y - location) / if y < location { scale_below } else { scale_above };
        0.5 * z * z + ln(0.5 * both) + HALF_LN_2_PI
    })
}

/// The logarithmic score of a two-piece exponential forecast: exponential on both sides of `location`, with a scale for each.
///
/// ```text
/// S = |y - location|/s + ln(s_1 + s_2)        s the scale on the side of y
/// ```
///
/// `None` unless both scales are positive and all three parameters are finite.
#[must_use]
pub fn log_score_two_piece_exponential(y: f64, location: f64, scale_below: f64, scale_above: f64) -> Option<f64> {
    let both = scale_below + scale_above;
    (is_sound(y, location, scale_below) && scale_above > 0.0 && both.is_finite())
        .then(|| (y - location).abs() / if y < location { scale_below } else { scale_above } + ln(both))
}

/// The logarithmic score of a mixture of normals, each by its weight, mean and standard deviation. The weights need not sum to 1.
///
/// `None` unless there are components with weights that are not negative, one of them positive, and standard deviations that are positive.
#[must_use]
pub fn log_score_normal_mixture(y: f64, components: &[(f64, f64, f64)]) -> Option<f64> {
    let total: f64 = components.iter().map(|(weight, ..)| weight).sum();
    if !(total > 0.0 && total.is_finite()) || components.iter().any(|(weight, ..)| *weight < 0.0) {
        return None;
    }
    let terms: Option<Vec<f64>> = components
        .iter()
        .map(|(weight, mu, sigma)| log_score_normal(y, *mu, *sigma).map(|score| ln(weight / total) - score))
        .collect();
    Some(-log_sum_exp(&terms?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::math::quadrature::integrate;
    use crate::math::{normal, student};

    /// A score is minus the logarithm of a density: its integral on both sides of a kink is 1.
    pub(in crate::score::logarithmic) fn is_of_a_density(score: impl Fn(f64) -> Option<f64>, kink: f64) {
        let density = |x: f64| exp(-score(x).expect("the parameters are in range"));
        let edges = [0.0, 0.3, 1.0, 3.0, 10.0, 100.0, 1e4, 1e6];
        let whole: f64 = edges
            .windows(2)
            .flat_map(|pair| [-1.0, 1.0].map(|side| integrate(|x| density(kink + side * x), pair[0], pair[1], 1e-11)))
            .sum();
        assert!((whole - 1.0).abs() < 1e-7, "the density sums to {whole}");
    }

    #[test]
    fn every_law_has_a_density_that_sums_to_one() {
        is_of_a_density(|y| log_score_normal(y, 0.3, 0.7), 0.3);
        is_of_a_density(|y| log_score_logistic(y, 0.3, 0.7), 0.3);
        is_of_a_density(|y| log_score_laplace(y, 0.3, 0.7), 0.3);
        is_of_a_density(|y| log_score_student_t(y, 4.5, 0.3, 0.7), 0.3);
        is_of_a_density(|y| log_score_two_piece_normal(y, 0.3, 0.7, 1.6), 0.3);
        is_of_a_density(|y| log_score_two_piece_exponential(y, 0.3, 0.7, 1.6), 0.3);
        is_of_a_density(|y| log_score_normal_mixture(y, &[(2.0, 0.0, 0.5), (1.0, 1.0, 1.5), (0.0, 9.0, 1.0)]), 0.3);
        is_of_a_density(|y| log_score_gev(y, 0.0, 0.3, 0.7), 0.3);
        for shape in [-0.3, 0.2, 1e-9] {
            is_of_a_density(|y| log_score_gev(y, shape, 0.3, 0.7), if shape < -0.1 { 0.3 + 0.7 / 0.3 } else { 0.3 });
        }
    }

    #[test]
    fn scores_are_those_of_known_densities() {
        let normal = log_score_normal(1.2, 0.0, 1.0).expect("in range");
        assert!((normal + ln(normal::density(1.2))).abs() < 1e-14);
        let student = log_score_student_t(1.2, 3.0, 0.0, 1.0).expect("in range");
        assert!((student + ln(student::density(3.0, 1.2))).abs() < 1e-13);
        // A t of one degree is Cauchy's law, here a million scales out.
        let cauchy = log_score_student_t(1e6, 1.0, 0.0, 1.0).expect("in range");
        assert!((cauchy - ln(std::f64::consts::PI * (1.0 + 1e12))).abs() < 1e-12);
        assert_eq!(log_score_uniform(2.0, 1.0, 3.0), Some(LN_2));
        assert_eq!(log_score_uniform(3.5, 1.0, 3.0), Some(f64::INFINITY));
    }

    #[test]
    fn what_cannot_be_is_infinite_and_what_is_no_law_has_no_score() {
        assert_eq!(log_score_gev(-9.0, 0.5, 0.0, 1.0), Some(f64::INFINITY));
        assert_eq!(log_score_gev(9.0, -0.5, 0.0, 1.0), Some(f64::INFINITY));
        assert_eq!(log_score_gev(0.5, -2.0, 0.0, 1.0), None);
        assert_eq!(log_score_gev(0.7, -2.0, 0.0, 1.0), Some(f64::INFINITY));
        assert_eq!(log_score_gev(f64::INFINITY, 0.5, 0.0, 1.0), Some(f64::INFINITY));
        for shape in [-1.5, -1.0, -0.5, 0.0, 0.5] {
            assert_eq!(log_score_gev(f64::NEG_INFINITY, shape, 0.0, 1.0), Some(f64::INFINITY), "{shape}");
        }
        // The density exp(z - 1) / s of a shape of -1 ends at 1 / s.
        assert_eq!(log_score_gev(2.0, -1.0, 0.0, 2.0), Some(ln(2.0)));
        assert_eq!(log_score_normal(f64::NAN, 0.0, 1.0), None);
        assert_eq!(log_score_normal(0.0, 0.0, 0.0), None);
        assert_eq!(log_score_student_t(0.0, 0.0, 0.0, 1.0), None);
        assert_eq!(log_score_uniform(0.0, 1.0, 1.0), None);
        assert_eq!(log_score_normal_mixture(0.0, &[]), None);
        assert_eq!(log_score_normal_mixture(0.0, &[(1.0, 0.0, 1.0), (-1.0, 0.0, 1.0)]), None);
        assert_eq!(log_score_two_piece_normal(0.0, 0.0, 1.0, 0.0), None);
    }
}
