//! The logarithmic score of laws that are cut off: what lies outside of two bounds is left out, and the rest scaled up.

use super::continuous::{log_score_logistic, log_score_normal, log_score_student_t};
use crate::math::{ln, logistic, normal, student};

/// The score of a law cut off to these bounds, from its score and its cdf by standard scores; the law is symmetric.
fn truncated(
    y: f64,
    whole: Option<f64>,
    (lower, upper): (f64, f64),
    standard: impl Fn(f64) -> f64,
    cdf: impl Fn(f64) -> f64,
) -> Option<f64> {
    let whole = whole?;
    if lower.is_nan() || upper.is_nan() || lower >= upper {
        return None;
    }
    if !(lower..=upper).contains(&y) {
        return Some(f64::INFINITY);
    }
    let (l, u) = (standard(lower), standard(upper));
    // Above the middle the upper tails have the digits.
    let inside = if l > 0.0 { cdf(-l) - cdf(-u) } else { cdf(u) - cdf(l) };
    (inside > 0.0).then(|| whole + ln(inside))
}

/// The logarithmic score of a normal forecast cut off to `lower..=upper`; either bound may be infinite.
///
/// Infinite outside. `None` unless `scale` is positive, both parameters are finite and `lower` < `upper`; and where the bounds hold so little of the
/// normal law that it cannot be told from none (below about 1e-308).
#[must_use]
pub fn log_score_truncated_normal(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    truncated(y, log_score_normal(y, location, scale), (lower, upper), |x| (x - location) / scale, normal::cdf)
}

/// The logarithmic score of a logistic forecast cut off to `lower..=upper`; as [`log_score_truncated_normal`].
#[must_use]
pub fn log_score_truncated_logistic(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    truncated(y, log_score_logistic(y, location, scale), (lower, upper), |x| (x - location) / scale, logistic)
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
    truncated(y, whole, (lower, upper), |x| (x - location) / scale, |z| student::cdf(degrees, z))
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
        assert_eq!(log_score_truncated_normal(50.0, 0.0, 1.0, 49.0, 51.0), None);
    }
}
