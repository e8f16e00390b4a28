//! The CRPS of normal forecasts, whole, in pieces and mixtures; between bounds they are among the others that are.

use super::bounded::{Bounds, crps_bounded_normal};
use crate::math::normal::{cdf, density};
use std::f64::consts::{PI, SQRT_2};

/// The CRPS of a normal forecast.
///
/// ```text
/// CRPS = σ (z (2Φ(z) - 1) + 2φ(z) - 1/√π)        z = (y - μ)/σ
/// ```
///
/// `None` unless `sigma` > 0.
///
/// ```
/// use foretell::score::crps::crps_normal;
///
/// let at_the_mean = crps_normal(0.0, 0.0, 1.0).expect("sigma is positive");
/// assert!((at_the_mean - 0.23370).abs() < 1e-5);
/// ```
///
/// Gneiting et al. (2005), Mon. Weather Rev. 133, 1098–1118.
#[must_use]
pub fn crps_normal(y: f64, mu: f64, sigma: f64) -> Option<f64> {
    (sigma > 0.0).then(|| {
        let z = (y - mu) / sigma;
        sigma * (z * (2.0 * cdf(z) - 1.0) + 2.0 * density(z) - 1.0 / PI.sqrt())
    })
}

/// The CRPS of the draws smoothed by a normal kernel of this bandwidth (standard deviation): of an equal mixture of normals.
///
/// ```text
/// CRPS = 1/M sum_i A(y - x_i, h²) - 1/(2M²) sum_ij A(x_i - x_j, 2h²)
/// A(m, s²) = E|N(m, s²)| = 2s φ(m/s) + m (2Φ(m/s) - 1)
/// ```
///
/// `None` when `draws` is empty or `bandwidth` is not positive. Takes time in proportion to the square of the number of draws.
///
/// Grimit, Gneiting, Berrocal and Johnson (2006), Q. J. R. Meteorol. Soc. 132, 2925–2942.
#[must_use]
pub fn crps_normal_kernel(draws: &[f64], bandwidth: f64, y: f64) -> Option<f64> {
    let mean_distance = |m: f64, s: f64| 2.0 * s * density(m / s) + m * (2.0 * cdf(m / s) - 1.0);
    (!draws.is_empty() && bandwidth > 0.0).then(|| {
        let count = draws.len() as f64;
        let to_outcome: f64 = draws.iter().map(|draw| mean_distance(y - draw, bandwidth)).sum();
        let wide = SQRT_2 * bandwidth;
        let between: f64 = draws.iter().map(|a| draws.iter().map(|b| mean_distance(a - b, wide)).sum::<f64>()).sum();
        to_outcome / count - between / (2.0 * count * count)
    })
}

/// The CRPS of a mixture of normals.
///
/// ```text
/// CRPS = sum_i w_i A(y - μ_i, σ_i²) - ½ sum_ij w_i w_j A(μ_i - μ_j, σ_i² + σ_j²)
/// A(m, s²) = E|N(m, s²)| = 2s φ(m/s) + m (2Φ(m/s) - 1)
/// ```
///
/// Each component is its weight, mean and standard deviation; weights need not sum to 1. `None` without components, with a standard
/// deviation that is not positive, or with weights that are negative or all 0. Takes time in proportion to the square of the number
/// of components.
///
/// Grimit, Gneiting, Berrocal and Johnson (2006), Q. J. R. Meteorol. Soc. 132, 2925–2942.
#[must_use]
pub fn crps_normal_mixture(y: f64, components: &[(f64, f64, f64)]) -> Option<f64> {
    let total: f64 = components.iter().map(|(weight, _, _)| weight).sum();
    let sound = components.iter().all(|(weight, mu, sigma)| *weight >= 0.0 && mu.is_finite() && *sigma > 0.0);
    let mean_distance = |m: f64, s: f64| 2.0 * s * density(m / s) + m * (2.0 * cdf(m / s) - 1.0);
    (sound && total > 0.0 && total.is_finite()).then(|| {
        let near: f64 = components.iter().map(|(weight, mu, sigma)| weight * mean_distance(y - mu, *sigma)).sum();
        let between: f64 = components
            .iter()
            .map(|(weight, mu, sigma)| {
                let to = |(other, nu, tau): &(f64, f64, f64)| {
                    other * mean_distance(mu - nu, (sigma * sigma + tau * tau).sqrt())
                };
                weight * components.iter().map(to).sum::<f64>()
            })
            .sum();
        near / total - between / (2.0 * total * total)
    })
}

/// The CRPS of a two-piece normal forecast: half normals on both sides of `location`, with a scale for each.
///
/// The density is continuous at the location, which is the mode; the probability below it is `s_1/(s_1 + s_2)`. Each side is a normal
/// cut off at the location, with the probability of the other side put there. `None` unless both scales are positive.
#[must_use]
pub fn crps_two_piece_normal(y: f64, location: f64, scale_below: f64, scale_above: f64) -> Option<f64> {
    let both = scale_below + scale_above;
    if !(scale_below > 0.0 && scale_above > 0.0 && both.is_finite()) {
        return None;
    }
    let (infinite, half) = (f64::INFINITY, |scale: f64| scale / both);
    let lower = Bounds { lower: -infinite, upper: location, lower_mass: 0.0, upper_mass: half(scale_above) };
    let upper = Bounds { lower: location, upper: infinite, lower_mass: half(scale_below), upper_mass: 0.0 };
    let below = crps_bounded_normal(y.min(location), location, scale_below, lower)?;
    let above = crps_bounded_normal(y.max(location), location, scale_above, upper)?;
    Some(below + above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::continuous::tests::integrated;
    use crate::score::crps::{crps_censored_normal, crps_truncated_normal};

    #[test]
    fn the_closed_forms_agree_with_the_integral() {
        for y in [-2.5, 0.0, 0.3, 1.9, 3.5] {
            let (location, scale, lower, upper) = (0.5, 1.2, -1.0, 2.0);
            let whole = |x: f64| cdf((x - location) / scale);
            let held = |x: f64| {
                if x < lower {
                    0.0
                } else if x >= upper {
                    1.0
                } else {
                    whole(x)
                }
            };
            let cut = |x: f64| ((whole(x) - whole(lower)) / (whole(upper) - whole(lower))).clamp(0.0, 1.0);
            let cases = [
                (crps_normal(y, location, scale), integrated(whole, y, -12.0, 12.0)),
                (crps_censored_normal(y, location, scale, lower, upper), integrated(held, y, -12.0, 12.0)),
                (crps_truncated_normal(y, location, scale, lower, upper), integrated(cut, y, -12.0, 12.0)),
            ];
            for (closed, integral) in cases {
                let closed = closed.expect("the parameters are in range");
                assert!((closed - integral).abs() < 2e-4, "{y}: {closed} against {integral}");
            }
        }
    }

    #[test]
    fn a_kernel_around_one_draw_is_the_normal() {
        let kernel = crps_normal_kernel(&[0.2], 1.5, 1.0).expect("in range");
        assert!((kernel - crps_normal(1.0, 0.2, 1.5).expect("in range")).abs() < 1e-14);
        assert_eq!(crps_normal_kernel(&[], 1.0, 0.0), None);
    }

    #[test]
    fn infinite_bounds_give_the_whole_normal() {
        let (minus, plus) = (f64::NEG_INFINITY, f64::INFINITY);
        let whole = crps_normal(1.3, 0.2, 2.0).expect("in range");
        for bounded in
            [crps_truncated_normal(1.3, 0.2, 2.0, minus, plus), crps_censored_normal(1.3, 0.2, 2.0, minus, plus)]
        {
            assert!((bounded.expect("in range") - whole).abs() < 1e-14);
        }
    }

    #[test]
    fn a_scale_that_is_not_positive_has_no_score() {
        assert_eq!(crps_normal(0.0, 0.0, 0.0), None);
        assert_eq!(crps_truncated_normal(0.0, 0.0, 1.0, 2.0, 1.0), None);
    }

    #[test]
    fn mixtures_and_two_pieces_agree_with_the_definition() {
        use crate::score::crps::definition;
        for y in [-2.0, 0.2, 0.9, 3.0] {
            let mixture = |x: f64| 0.3 * cdf((x + 1.0) / 0.5) + 0.7 * cdf((x - 1.0) / 1.2);
            let score = crps_normal_mixture(y, &[(0.6, -1.0, 0.5), (1.4, 1.0, 1.2)]);
            definition::agrees(score, mixture, y, &[], (-15.0, 15.0));
            let two = |x: f64| {
                let (s1, s2) = (0.6, 1.5);
                if x < 0.2 {
                    2.0 * s1 / (s1 + s2) * cdf((x - 0.2) / s1)
                } else {
                    1.0 - 2.0 * s2 / (s1 + s2) * cdf((0.2 - x) / s2)
                }
            };
            definition::agrees(crps_two_piece_normal(y, 0.2, 0.6, 1.5), two, y, &[0.2], (-10.0, 20.0));
        }
        assert_eq!((crps_normal_mixture(0.0, &[]), crps_two_piece_normal(0.0, 0.0, 1.0, 0.0)), (None, None));
    }
}
