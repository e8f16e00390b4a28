//! The CRPS of exponential and generalised Pareto forecasts, with or without a mass at their lower end.

use crate::math::{exp, exp_m1, ln_1p};

/// The CRPS of an exponential forecast of this rate (mean `1 / rate`).
///
/// ```text
/// CRPS = |y| - 2 F(y)/λ + 1/(2λ)        F(y) = 1 - exp(-λ y) for y >= 0
/// ```
///
/// `None` unless `rate` is positive and finite.
///
/// ```
/// use foretell::score::crps::crps_exponential;
///
/// assert_eq!(crps_exponential(0.0, 2.0), Some(0.25));
/// ```
#[must_use]
pub fn crps_exponential(y: f64, rate: f64) -> Option<f64> {
    (rate > 0.0 && rate.is_finite()).then_some(()).and_then(|()| crps_exponential_with_mass(y, 0.0, 1.0 / rate, 0.0))
}

/// The CRPS of an exponential forecast that starts at `location` and has the probability `mass` there: rain that may not fall.
///
/// ```text
/// CRPS = s (|z| - 2 (1 - M) F(z) + (1 - M)²/2)        z = (y - location)/s,  F(z) = 1 - exp(-z) for z >= 0
/// ```
///
/// `None` unless `scale` is positive and `mass` lies in 0..=1.
#[must_use]
pub fn crps_exponential_with_mass(y: f64, location: f64, scale: f64, mass: f64) -> Option<f64> {
    crps_generalised_pareto(y, 0.0, location, scale, mass)
}

/// The CRPS of a generalised Pareto forecast of this shape ξ, location and scale, with the probability `mass` at the location.
///
/// ```text
/// CRPS = s (|z| - 2 (1 - M)/(1 - ξ) (1 - (1 - F(z))^{1 - ξ}) + (1 - M)²/(2 - ξ))        1 - F(z) = (1 + ξ z)^{-1/ξ} for z >= 0
/// ```
///
/// A shape of 0 is the exponential. `None` unless `scale` is positive, `shape` < 1 (from there on no mean exists; the score,
/// which is finite below 2, is not computed), and `mass` lies in 0..=1.
///
/// Friederichs and Thorarinsdottir (2012), Environmetrics 23, 579–594.
#[must_use]
pub fn crps_generalised_pareto(y: f64, shape: f64, location: f64, scale: f64, mass: f64) -> Option<f64> {
    let sound = scale > 0.0 && scale.is_finite() && shape < 1.0 && shape.is_finite() && (0.0..=1.0).contains(&mass);
    sound.then(|| {
        let z = (y - location) / scale;
        // The logarithm of 1 - F; beyond the upper end of a negative shape it is minus infinity.
        let ln_above = if z <= 0.0 {
            0.0
        } else if shape == 0.0 {
            -z
        } else if shape * z <= -1.0 {
            f64::NEG_INFINITY
        } else {
            -ln_1p(shape * z) / shape
        };
        let rest = 1.0 - mass;
        let below = -exp_m1((1.0 - shape) * ln_above);
        scale * (z.abs() - 2.0 * rest / (1.0 - shape) * below + rest * rest / (2.0 - shape))
    })
}

/// The CRPS of a Laplace (double exponential) forecast.
///
/// ```text
/// CRPS = s (|z| + exp(-|z|) - 3/4)        z = (y - location)/s
/// ```
///
/// `None` unless `scale` is positive and finite.
#[must_use]
pub fn crps_laplace(y: f64, location: f64, scale: f64) -> Option<f64> {
    (scale > 0.0 && scale.is_finite()).then(|| {
        let z = ((y - location) / scale).abs();
        scale * (z + exp(-z) - 0.75)
    })
}

/// The CRPS of a two-piece exponential forecast: exponential on both sides of `location`, with a scale for each.
///
/// ```text
/// CRPS = |d| + 2 s²/(s_1 + s_2) (exp(-|d|/s) - 1) + (s_1³ + s_2³)/(2 (s_1 + s_2)²)        d = y - location
/// ```
///
/// where s is s_1 (`scale_below`) for d < 0 and s_2 (`scale_above`) otherwise; the density is continuous at the location, so the
/// probability below it is `s_1/(s_1 + s_2)`. `None` unless both scales are positive and finite.
#[must_use]
pub fn crps_two_piece_exponential(y: f64, location: f64, scale_below: f64, scale_above: f64) -> Option<f64> {
    let (first, second) = (scale_below, scale_above);
    (first > 0.0 && second > 0.0 && first.is_finite() && second.is_finite()).then(|| {
        let distance = y - location;
        let own = if distance < 0.0 { first } else { second };
        let both = first + second;
        let near = 2.0 * own * own / both * exp_m1(-distance.abs() / own);
        distance.abs() + near + (first * first * first + second * second * second) / (2.0 * both * both)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::definition;

    #[test]
    fn the_closed_forms_agree_with_the_definition() {
        for y in [-0.7, 0.0, 0.4, 1.3, 4.0] {
            let exponential = |x: f64| if x < 0.0 { 0.0 } else { 1.0 - exp(-1.6 * x) };
            definition::agrees(crps_exponential(y, 1.6), exponential, y, &[0.0], (-2.0, 40.0));
            let with_mass = |x: f64| if x < 0.1 { 0.0 } else { 0.3 + 0.7 * (1.0 - exp(-(x - 0.1) / 0.8)) };
            definition::agrees(crps_exponential_with_mass(y, 0.1, 0.8, 0.3), with_mass, y, &[0.1], (-2.0, 40.0));
            for (shape, end) in [(0.25, 1.0e9), (-0.4, 8.0)] {
                let pareto = |x: f64| {
                    let base = (1.0 + shape * (x - 0.1) / 0.8).max(0.0);
                    if x < 0.1 { 0.0 } else { 0.2 + 0.8 * (1.0 - crate::math::powf(base, -1.0 / shape)) }
                };
                let kinks = if shape < 0.0 { vec![0.1, 2.1] } else { vec![0.1, 10.0, 1.0e3, 1.0e5] };
                definition::agrees(crps_generalised_pareto(y, shape, 0.1, 0.8, 0.2), pareto, y, &kinks, (-2.0, end));
            }
            let laplace = |x: f64| if x < 0.2 { 0.5 * exp((x - 0.2) / 0.7) } else { 1.0 - 0.5 * exp((0.2 - x) / 0.7) };
            definition::agrees(crps_laplace(y, 0.2, 0.7), laplace, y, &[0.2], (-40.0, 40.0));
            let two = |x: f64| {
                if x < 0.2 { 0.5 / 1.7 * exp((x - 0.2) / 0.5) } else { 1.0 - 1.2 / 1.7 * exp((0.2 - x) / 1.2) }
            };
            definition::agrees(crps_two_piece_exponential(y, 0.2, 0.5, 1.2), two, y, &[0.2], (-30.0, 60.0));
        }
    }

    #[test]
    fn parameters_out_of_range_have_no_score() {
        assert_eq!(crps_exponential(1.0, 0.0), None);
        assert_eq!(crps_generalised_pareto(1.0, 1.0, 0.0, 1.0, 0.0), None);
        assert_eq!(crps_exponential_with_mass(1.0, 0.0, 1.0, 1.5), None);
        assert_eq!((crps_laplace(0.0, 0.0, -1.0), crps_two_piece_exponential(0.0, 0.0, 1.0, 0.0)), (None, None));
        // All mass at the location is a point forecast.
        assert_eq!(crps_generalised_pareto(3.0, 0.2, 1.0, 1.0, 1.0), Some(2.0));
    }
}
