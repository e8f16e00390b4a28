//! The logarithmic score of laws that are cut off: what lies outside of two bounds is left out, and the rest scaled up.

use super::continuous::{log_score_logistic, log_score_normal, log_score_student_t};
use crate::math::{ln, logistic, normal, student};
use crate::score::crps::between::Between;
use crate::score::crps::bounded::{log_density_of_logistic, log_density_of_normal, log_density_of_student};

/// Less than this between the bounds is not the difference of two cdfs, which would lose its digits.
const LITTLE: f64 = 1e-3;

/// The score of a law cut off to these bounds, from its score and its cdf by standard scores; the law is symmetric.
fn truncated(
    y: f64,
    whole: Option<f64>,
    (lower, upper): (f64, f64),
    standard: impl Fn(f64) -> f64,
    cdf: impl Fn(f64) -> f64,
    log_density: &dyn Fn(f64) -> f64,
) -> Option<f64> {
    let whole = whole?;
    if lower.is_nan() || upper.is_nan() || lower >= upper {
        return None;
    }
    if !(lower..=upper).contains(&y) {
        return Some(f64::INFINITY);
    }
    let (l, u) = (standard(lower), standard(upper));
    // Bounds may be nearer than numbers of this size can tell.
    if l >= u {
        return None;
    }
    // Above the middle the upper tails have the digits.
    let inside = if l > 0.0 { cdf(-l) - cdf(-u) } else { cdf(u) - cdf(l) };
    if inside > LITTLE {
        return Some(whole + ln(inside));
    }
    Some(whole + Between::new(log_density, (l, u), &[]).log_mass()).filter(|score| !score.is_nan())
}

/// The logarithmic score of a normal forecast cut off to `lower..=upper`; either bound may be infinite.
///
/// Infinite outside. `None` unless `scale` is positive, both parameters are finite and `lower` < `upper`.
#[must_use]
pub fn log_score_truncated_normal(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    truncated(
        y,
        log_score_normal(y, location, scale),
        (lower, upper),
        |x| (x - location) / scale,
        normal::cdf,
        &log_density_of_normal,
    )
}

/// The logarithmic score of a logistic forecast cut off to `lower..=upper`; as [`log_score_truncated_normal`].
#[must_use]
pub fn log_score_truncated_logistic(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    truncated(
        y,
        log_score_logistic(y, location, scale),
        (lower, upper),
        |x| (x - location) / scale,
        logistic,
        &log_density_of_logistic,
    )
}

/// The logarithmic score of a forecast by Student's t cut off to `lower..=upper`; as [`log_score_truncated_normal`].
#[must_use]
pub fn log_score_truncated_student_t(
    y: f64,
    degrees: f64,
    location: f64,
    scale: f64,
    lower: f64,
    upper: f64,
) -> Option<f64> {
    let whole = log_score_student_t(y, degrees, location, scale);
    truncated(
        y,
        whole,
        (lower, upper),
        |x| (x - location) / scale,
        |z| student::cdf(degrees, z),
        &log_density_of_student(degrees),
    )
}

#[cfg(test)]
mod tests {
    use super::super::continuous::tests::is_of_a_density;
    use super::*;

    #[test]
    fn every_law_has_a_density_that_sums_to_one() {
        is_of_a_density(|y| log_score_truncated_normal(y, 0.0, 1.0, 0.5, 1.5), 0.5);
        is_of_a_density(|y| log_score_truncated_logistic(y, 0.0, 1.0, -0.5, f64::INFINITY), -0.5);
        is_of_a_density(|y| log_score_truncated_student_t(y, 4.0, 0.0, 1.0, -0.5, 2.5), -0.5);
        // Far out in the upper tail, where the cdf is 1 to every digit.
        is_of_a_density(|y| log_score_truncated_normal(y, 0.0, 1.0, 20.0, 21.0), 20.0);
    }

    #[test]
    fn no_bounds_change_nothing_and_bounds_out_of_order_have_no_score() {
        let (infinite, whole) = (f64::INFINITY, log_score_normal(0.3, 0.0, 1.0));
        assert_eq!(log_score_truncated_normal(0.3, 0.0, 1.0, -infinite, infinite), whole);
        assert_eq!(log_score_truncated_normal(3.0, 0.0, 1.0, -1.0, 1.0), Some(infinite));
        assert_eq!(log_score_truncated_logistic(0.0, 0.0, 1.0, 1.0, 1.0), None);
        // scipy.stats.truncnorm: 35.8358 at 40 between 39 and 41.
        let far = log_score_truncated_normal(40.0, 0.0, 1.0, 39.0, 41.0).expect("it has a score");
        assert!((far - 35.8358).abs() < 1e-4, "{far}");
        assert_eq!(log_score_truncated_normal(1.0, 1e20, 1.0, 0.0, 2.0), None, "both bounds are one number");
        // Cut off to almost nothing it is uniform.
        let near = log_score_truncated_logistic(2.0 + 1e-7, 0.0, 1.0, 2.0, 2.0 + 2e-7).expect("it has a score");
        assert!((near - ln(2e-7)).abs() < 1e-6, "{near}");
    }
}
