//! The CRPS of other continuous families in closed form.

use crate::math::beta::ln_beta;
use crate::math::{EULER_GAMMA, erfc, exp, exponential_integral, gamma, ln, ln_1p, ln_gamma, normal, powf, student};
use std::f64::consts::LN_2;

/// The CRPS of a lognormal forecast whose logarithm has mean `mu` and standard deviation `sigma`.
///
/// ```text
/// CRPS = y (2Φ(w) - 1) - 2 exp(μ + σ²/2) (Φ(w - σ) + Φ(σ/√2) - 1)        w = (ln y - μ)/σ
/// ```
///
/// `None` unless `sigma` > 0.
///
/// Baran and Lerch (2015), Q. J. R. Meteorol. Soc. 141, 2289–2299.
#[must_use]
pub fn crps_lognormal(y: f64, mu: f64, sigma: f64) -> Option<f64> {
    if sigma.is_nan() || sigma <= 0.0 {
        return None;
    }
    let mean = exp(mu + 0.5 * sigma * sigma);
    // 1 - Φ(σ/√2) = ½ erfc(σ/2), without cancellation for a wide forecast.
    let near_the_mean = 0.5 * erfc(0.5 * sigma);
    let w = if y > 0.0 { (ln(y) - mu) / sigma } else { f64::NEG_INFINITY };
    Some(y * (2.0 * normal::cdf(w) - 1.0) - 2.0 * mean * (normal::cdf(w - sigma) - near_the_mean))
}

/// The CRPS of a logistic forecast.
///
/// ```text
/// CRPS = s (z - 2 ln F(z) - 1)        z = (y - μ)/s,  F(z) = 1/(1 + e^-z)
/// ```
///
/// `None` unless `scale` > 0.
#[must_use]
pub fn crps_logistic(y: f64, location: f64, scale: f64) -> Option<f64> {
    (scale > 0.0).then(|| {
        // The score is even in z; on this side nothing overflows.
        let z = ((y - location) / scale).abs();
        scale * (z + 2.0 * ln_1p(exp(-z)) - 1.0)
    })
}

/// Beyond so many scales from the centre the score of Student's t is the distance to the last bit: what is taken off that is less than 2n/(n - 1) scales, and so
/// less than 1e17 of them, however close to 1 the degrees of freedom are.
const FAR: f64 = 1e100;

/// The CRPS of a forecast by Student's t with `degrees` of freedom, moved and scaled.
///
/// ```text
/// CRPS = s (z (2F(z) - 1) + 2f(z) (n + z²)/(n - 1) - 2√n/(n - 1) B(1/2, n - 1/2) / B(1/2, n/2)²)
/// ```
///
/// `None` unless `degrees` > 1 (up to there no mean exists; the score, which is finite above ½, is not computed) and `scale` > 0.
#[must_use]
pub fn crps_student_t(y: f64, degrees: f64, location: f64, scale: f64) -> Option<f64> {
    (degrees > 1.0 && scale > 0.0).then(|| {
        let n = degrees;
        let z = (y - location) / scale;
        if z.abs() > FAR {
            // The square of z need not be a number.
            return (y - location).abs();
        }
        let ratio = exp(ln_beta(0.5, n - 0.5) - 2.0 * ln_beta(0.5, 0.5 * n));
        let near = z * (2.0 * student::cdf(n, z) - 1.0) + 2.0 * student::density(n, z) * (n + z * z) / (n - 1.0);
        scale * (near - 2.0 * n.sqrt() / (n - 1.0) * ratio)
    })
}

/// The CRPS of a gamma forecast of this shape and rate (mean `shape / rate`).
///
/// ```text
/// CRPS = y (2F_a(y) - 1) - a/b (2F_{a+1}(y) - 1) - 1/(b B(1/2, a))
/// ```
///
/// `None` unless both parameters are positive.
#[must_use]
pub fn crps_gamma(y: f64, shape: f64, rate: f64) -> Option<f64> {
    (shape > 0.0 && rate > 0.0).then(|| {
        let below = |shape: f64| gamma::lower(shape, (rate * y).max(0.0));
        y * (2.0 * below(shape) - 1.0)
            - shape / rate * (2.0 * below(shape + 1.0) - 1.0)
            - exp(-ln_beta(0.5, shape)) / rate
    })
}

/// The CRPS of a uniform forecast.
///
/// ```text
/// CRPS = (b - a) (|z - c| + c² - c + 1/3)        z = (y - a)/(b - a),  c = z held to 0..1
/// ```
///
/// `None` unless `lower` < `upper`.
#[must_use]
pub fn crps_uniform(y: f64, lower: f64, upper: f64) -> Option<f64> {
    (lower < upper).then(|| {
        let width = upper - lower;
        let z = (y - lower) / width;
        let c = z.clamp(0.0, 1.0);
        width * ((z - c).abs() + c * c - c + 1.0 / 3.0)
    })
}

/// The CRPS of a triangular forecast, which rises in a line from `low` to `mode` and falls in a line to `high`.
///
/// ```text
/// CRPS = |y - c| + (s³ + t³)/(5w²) + d - 2/(3ws) (s³ - (s - d)³)
/// ```
///
/// where c is y held to `low..=high`, w = `high` - `low`, d how far c is from the mode, and s and t the lengths of the sides on which c lies and does not.
/// `None` unless `low` <= `mode` <= `high` and `low` < `high`.
#[must_use]
pub fn crps_triangular(y: f64, low: f64, mode: f64, high: f64) -> Option<f64> {
    let width = high - low;
    (low <= mode && mode <= high && width > 0.0 && width.is_finite()).then(|| {
        let held = y.clamp(low, high);
        let (side, other) = if held < mode { (mode - low, high - mode) } else { (high - mode, mode - low) };
        let from_mode = (held - mode).abs();
        let rest = side - from_mode;
        // (s³ - (s - d)³)/s, whose numerator holds d as a factor; on a side without length nothing lies.
        let between = if side > 0.0 { from_mode * (side * side + side * rest + rest * rest) / side } else { 0.0 };
        let ends = (side * side * side + other * other * other) / (5.0 * width * width);
        (y - held).abs() + ends + from_mode - 2.0 * between / (3.0 * width)
    })
}

/// Shapes closer to 0 than this are interpolated between their neighbours: the closed form divides by the shape.
const NEAR_GUMBEL: f64 = 1e-3;

/// The CRPS of a forecast by the generalised extreme value distribution of this shape ξ, location and scale.
///
/// ```text
/// CRPS = (μ - σ/ξ - y) (1 - 2F(y)) - σ/ξ (2^ξ Γ(1 - ξ) - 2 γ(1 - ξ, -ln F(y)))        ξ < 1, ξ ≠ 0
/// CRPS = μ - y + σ (C - ln 2) + 2σ E₁(-ln F(y))                                        ξ = 0, Gumbel's law
/// ```
///
/// where γ is the lower incomplete gamma function, C Euler's constant and E₁ the exponential integral. Shapes within 0.001 of 0 are interpolated
/// by a polynomial of degree four in the shape, which loses no digit that counts. `None` unless `scale` > 0 and `shape` < 1
/// (from there on no mean exists; the score, which is finite below 2, is not computed).
///
/// Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594.
#[must_use]
pub fn crps_gev(y: f64, shape: f64, location: f64, scale: f64) -> Option<f64> {
    if !(scale > 0.0 && scale.is_finite() && shape < 1.0 && shape.is_finite() && location.is_finite() && y.is_finite())
    {
        return None;
    }
    let z = (y - location) / scale;
    // Far out a small shape makes a difference after all.
    if shape.abs() < NEAR_GUMBEL && (shape * z).abs() < 0.1 && (NEAR_GUMBEL * z).abs() < 0.2 {
        return Some(scale * near_gumbel(shape, z));
    }
    Some(if shape == 0.0 { scale * gumbel(z) } else { scale * extreme(shape, z) })
}

/// Gumbel's law, standardised.
fn gumbel(z: f64) -> f64 {
    EULER_GAMMA - LN_2 - z + 2.0 * exponential_integral(exp(-z))
}

/// The closed form for a shape that is not 0, standardised.
fn extreme(shape: f64, z: f64) -> f64 {
    let base = 1.0 + shape * z;
    // -ln F(y); outside of the support F is 0 below and 1 above.
    let minus_ln = if base > 0.0 {
        powf(base, -1.0 / shape)
    } else if shape > 0.0 {
        f64::INFINITY
    } else {
        0.0
    };
    let below = exp(-minus_ln);
    let whole = exp(ln_gamma(1.0 - shape));
    let part = whole * gamma::lower(1.0 - shape, minus_ln);
    let factor = 1.0 / shape;
    (-factor - z) * (1.0 - 2.0 * below) - factor * (exp(shape * LN_2) * whole - 2.0 * part)
}

/// Lagrange's polynomial in the shape through Gumbel's law and two shapes on both sides of it.
fn near_gumbel(shape: f64, z: f64) -> f64 {
    let at = shape / NEAR_GUMBEL;
    let nodes = [-2.0, -1.0, 0.0, 1.0, 2.0];
    nodes
        .iter()
        .map(|node| {
            let weight: f64 =
                nodes.iter().filter(|other| *other != node).map(|other| (at - other) / (node - other)).product();
            let value = if *node == 0.0 { gumbel(z) } else { extreme(node * NEAR_GUMBEL, z) };
            weight * value
        })
        .sum()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::score::crps::definition;

    /// The defining integral by the midpoint rule, fine enough for four digits.
    pub(in crate::score::crps) fn integrated(cdf: impl Fn(f64) -> f64, y: f64, low: f64, high: f64) -> f64 {
        let steps = 200_000;
        let width = (high - low) / f64::from(steps);
        (0..steps)
            .map(|at| {
                let x = low + (f64::from(at) + 0.5) * width;
                let miss = cdf(x) - f64::from(u8::from(x >= y));
                miss * miss * width
            })
            .sum()
    }

    fn agrees(closed: Option<f64>, integral: f64) {
        let closed = closed.expect("the parameters are in range");
        assert!((closed - integral).abs() < 5e-4, "{closed} against {integral}");
    }

    #[test]
    fn the_closed_forms_agree_with_the_integral() {
        for y in [-0.7, 0.4, 1.0, 3.0] {
            let lognormal = |x: f64| if x > 0.0 { normal::cdf((ln(x) - 0.2) / 0.5) } else { 0.0 };
            agrees(crps_lognormal(y, 0.2, 0.5), integrated(lognormal, y, -5.0, 60.0));
            agrees(crps_logistic(y, 0.2, 0.8), integrated(|x| 1.0 / (1.0 + exp(-(x - 0.2) / 0.8)), y, -30.0, 30.0));
            agrees(
                crps_student_t(y, 5.0, 0.2, 0.9),
                integrated(|x| student::cdf(5.0, (x - 0.2) / 0.9), y, -50.0, 50.0),
            );
            agrees(crps_gamma(y, 3.0, 1.5), integrated(|x| gamma::lower(3.0, 1.5 * x.max(0.0)), y, -5.0, 40.0));
            agrees(crps_uniform(y, -0.5, 2.0), integrated(|x| ((x + 0.5) / 2.5).clamp(0.0, 1.0), y, -5.0, 5.0));
            for shape in [0.2, -0.3] {
                let gev = |x: f64| {
                    let base = 1.0 + shape * (x - 0.5) / 0.8;
                    if base > 0.0 { exp(-powf(base, -1.0 / shape)) } else { f64::from(u8::from(shape < 0.0)) }
                };
                agrees(crps_gev(y, shape, 0.5, 0.8), integrated(gev, y, -20.0, 180.0));
            }
        }
    }

    #[test]
    fn student_t_far_out_is_its_distance_less_a_constant() {
        // mpmath 1.3 with 60 digits, by the closed form.
        for (z, degrees, known) in [
            (50.0, 1.5, 48.506_978_548_738_52),
            (1e6, 1.5, 999_998.295_188_973_3),
            (1e4, 3.0, 9_999.173_006_667_894),
            (1e8, 1.01, 99_999_989.071_246_71),
            (1e3, 30.0, 999.418_698_852_998_5),
        ] {
            for y in [z, -z] {
                let score = crps_student_t(y, degrees, 0.0, 1.0).expect("in range");
                assert!((score / known - 1.0).abs() < 1e-14, "{y}, {degrees}: {score} for {known}");
            }
        }
        // Where the constant is far below the last digit; on both sides of where the closed form ends, and where squares are no numbers.
        for degrees in [1.0 + f64::EPSILON, 1.01, 3.0, 1e6] {
            for z in [1e60, 0.99e100, 1.01e100, 1e154, 1.4e154, 1e200, 1e308] {
                let score = crps_student_t(-z, degrees, 0.0, 1.0).expect("in range");
                assert!((score / z - 1.0).abs() < 1e-14, "{z}, {degrees}: {score}");
            }
        }
        assert_eq!(crps_student_t(1.0, 3.0, 0.0, 1e-300), Some(1.0));
        assert_eq!(crps_student_t(1.0, 3.0, 0.0, f64::MIN_POSITIVE / 4.0), Some(1.0));
        assert_eq!(crps_student_t(f64::NEG_INFINITY, 3.0, 0.0, 1.0), Some(f64::INFINITY));
    }

    #[test]
    fn shapes_near_gumbel_agree_with_the_definition_and_with_their_neighbours() {
        for y in [-1.5, 0.2, 1.7, 6.0] {
            for shape in [0.0, 1e-12, -3e-4, 9e-4, -0.01] {
                let gev = |x: f64| {
                    let z = (x - 0.5) / 0.8;
                    exp(-exp(if shape == 0.0 { -z } else { -ln_1p(shape * z) / shape }))
                };
                definition::agrees(crps_gev(y, shape, 0.5, 0.8), gev, y, &[0.5, 3.0, 9.0], (-6.0, 45.0));
            }
            let at = |shape: f64| crps_gev(y, shape, 0.5, 0.8).expect("in range");
            // The polynomial meets the closed form where one takes over from the other, and is smooth between.
            assert!((at(9.999_999e-4) - at(1.000_000_1e-3)).abs() < 1e-9);
            assert!((at(1e-9) - at(0.0)).abs() < 1e-8 && (at(1e-9) - 2.0 * at(0.0) + at(-1e-9)).abs() < 1e-12);
        }
        // Far out, where the support ends or the tail is long, it is the closed form all the same.
        let far = crps_gev(2_000.0, -9e-4, 0.0, 1.0).expect("in range");
        assert!((far - 1_998.73).abs() < 0.01, "{far}");
        assert_eq!((crps_gev(1.0, 1.0, 0.0, 1.0), crps_gev(f64::NAN, 0.0, 0.0, 1.0)), (None, None));
    }

    #[test]
    fn a_wide_lognormal_keeps_its_digits() {
        // E|X - y| and E|X - X'|/2 both go to the mean; the difference stays positive.
        assert!(crps_lognormal(1.0, 0.0, 6.0).expect("in range") > 0.0);
    }
}
