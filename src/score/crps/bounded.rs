//! The CRPS of logistic and Student's t forecasts between two bounds, with what lies outside cut off or put at the bounds.

use crate::math::{ln_1p_exp, logistic, student};

/// Where a forecast is bounded, and what sits at the bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The lower bound; may be minus infinity.
    pub lower: f64,
    /// The upper bound; may be infinity.
    pub upper: f64,
    /// The probability of the lower bound itself, 0 if it is infinite.
    pub lower_mass: f64,
    /// The probability of the upper bound itself, 0 if it is infinite.
    pub upper_mass: f64,
}

/// A standardised, symmetric distribution with the integrals of its cdf and of its square from minus infinity.
struct Body<'a> {
    cdf: &'a dyn Fn(f64) -> f64,
    integral: &'a dyn Fn(f64) -> f64,
    integral_of_square: &'a dyn Fn(f64) -> f64,
}

/// What the bounds are to hold of the distribution.
#[derive(Debug, Clone, Copy)]
enum Outside {
    /// Nothing: the rest is scaled up.
    CutOff,
    /// What lies beyond them.
    AtTheBounds,
    /// These masses.
    Given(f64, f64),
}

impl Body<'_> {
    /// The standardised score, with the forecast cdf `G = L + a (F - F(l))` inside of `l..u`:
    ///
    /// ```text
    /// CRPS = |y - z| + ∫_l^z G² + ∫_z^u (1 - G)²        z = y held to l..u,  a = (1 - L - U)/(F(u) - F(l))
    /// ```
    ///
    /// The second integral is the first one seen from the other side, since the distribution is symmetric.
    fn score(&self, y: f64, bounds: (f64, f64), outside: Outside) -> Option<f64> {
        let (l, u) = bounds;
        if l.is_nan() || u.is_nan() || l >= u || y.is_nan() {
            return None;
        }
        let (below, above) = ((self.cdf)(l), (self.cdf)(-u));
        let (lower_mass, upper_mass) = match outside {
            Outside::CutOff => (0.0, 0.0),
            Outside::AtTheBounds => (below, above),
            Outside::Given(lower, upper) => (lower, upper),
        };
        let rest = 1.0 - lower_mass - upper_mass;
        // From the nearer tail, so that a bound far out keeps its digits.
        let inside = if l > 0.0 { (self.cdf)(-l) - above } else { (self.cdf)(u) - below };
        let proper = lower_mass >= 0.0 && upper_mass >= 0.0 && rest >= -1e-12;
        let reachable = (l.is_finite() || lower_mass == 0.0) && (u.is_finite() || upper_mass == 0.0);
        if !(proper && reachable && inside > 0.0) {
            return None;
        }
        let a = rest.max(0.0) / inside;
        let z = y.clamp(l, u);
        let side = |from: f64, to: f64, mass: f64, beyond: f64| {
            // G = c + a F between `from` and `to`; from minus infinity c is 0.
            let c = mass - a * beyond;
            let part = |of: &dyn Fn(f64) -> f64| of(to) - if from.is_finite() { of(from) } else { 0.0 };
            let constant = if from.is_finite() { c * c * (to - from) + 2.0 * a * c * part(self.integral) } else { 0.0 };
            constant + a * a * part(self.integral_of_square)
        };
        Some((y - z).abs() + side(l, z, lower_mass, below) + side(-u, -z, upper_mass, above))
    }
}

/// The standard logistic distribution: ∫ F = ln(1 + e^x), ∫ F² = ln(1 + e^x) - F.
fn of_logistic(y: f64, bounds: (f64, f64), outside: Outside) -> Option<f64> {
    Body { cdf: &logistic, integral: &ln_1p_exp, integral_of_square: &|x| ln_1p_exp(x) - logistic(x) }
        .score(y, bounds, outside)
}

/// Student's t: with g = f (n + x²)/(n - 1), whose slope is -x f,
///
/// ```text
/// ∫ F = x F + g        ∫ F² = x F² + 2 g F - 2 ∫ g f
/// ```
///
/// and g f is a multiple of the density of Student's t with 2n - 1 degrees of freedom at x √((2n - 1)/n).
fn of_student(y: f64, degrees: f64, bounds: (f64, f64), outside: Outside) -> Option<f64> {
    let n = degrees;
    if !(n > 1.0 && n.is_finite()) {
        return None;
    }
    let stretch = ((2.0 * n - 1.0) / n).sqrt();
    let at_centre = student::density(n, 0.0);
    let factor = n / (n - 1.0) * at_centre * at_centre / (stretch * student::density(2.0 * n - 1.0, 0.0));
    let g = |x: f64| student::density(n, x) * (n + x * x) / (n - 1.0);
    let cdf = |x: f64| student::cdf(n, x);
    let integral = |x: f64| x * cdf(x) + g(x);
    let square = |x: f64| {
        let below = cdf(x);
        x * below * below + 2.0 * g(x) * below - 2.0 * factor * student::cdf(2.0 * n - 1.0, x * stretch)
    };
    Body { cdf: &cdf, integral: &integral, integral_of_square: &square }.score(y, bounds, outside)
}

/// Standardises, scores, and scales back.
fn scaled(
    y: f64,
    location: f64,
    scale: f64,
    bounds: (f64, f64),
    score: impl Fn(f64, (f64, f64)) -> Option<f64>,
) -> Option<f64> {
    let standard = |x: f64| (x - location) / scale;
    if !(scale > 0.0 && scale.is_finite() && location.is_finite()) {
        return None;
    }
    score(standard(y), (standard(bounds.0), standard(bounds.1))).map(|score| scale * score)
}

/// The CRPS of a logistic forecast cut off to `lower..=upper`: what lies outside is left out and the rest scaled up.
///
/// Either bound may be infinite. `None` unless `scale` > 0 and the interval holds some probability.
#[must_use]
pub fn crps_truncated_logistic(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    scaled(y, location, scale, (lower, upper), |y, bounds| of_logistic(y, bounds, Outside::CutOff))
}

/// The CRPS of a logistic forecast censored to `lower..=upper`: what lies outside sits at the bounds.
///
/// Either bound may be infinite. `None` unless `scale` > 0 and `lower` < `upper`.
#[must_use]
pub fn crps_censored_logistic(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    scaled(y, location, scale, (lower, upper), |y, bounds| of_logistic(y, bounds, Outside::AtTheBounds))
}

/// The CRPS of a logistic forecast between bounds that hold the given masses; the rest follows the logistic distribution inside.
///
/// `None` unless `scale` > 0, the interval holds some probability, the masses are not negative and sum to 1 at most, and an infinite
/// bound has none.
#[must_use]
pub fn crps_bounded_logistic(y: f64, location: f64, scale: f64, bounds: Bounds) -> Option<f64> {
    let masses = Outside::Given(bounds.lower_mass, bounds.upper_mass);
    scaled(y, location, scale, (bounds.lower, bounds.upper), |y, ends| of_logistic(y, ends, masses))
}

/// The CRPS of a Student's t forecast cut off to `lower..=upper`: what lies outside is left out and the rest scaled up.
///
/// Either bound may be infinite. `None` unless `degrees` > 1, `scale` > 0 and the interval holds some probability.
#[must_use]
pub fn crps_truncated_student_t(
    y: f64,
    degrees: f64,
    location: f64,
    scale: f64,
    lower: f64,
    upper: f64,
) -> Option<f64> {
    scaled(y, location, scale, (lower, upper), |y, bounds| of_student(y, degrees, bounds, Outside::CutOff))
}

/// The CRPS of a Student's t forecast censored to `lower..=upper`: what lies outside sits at the bounds.
///
/// Either bound may be infinite. `None` unless `degrees` > 1, `scale` > 0 and `lower` < `upper`.
#[must_use]
pub fn crps_censored_student_t(y: f64, degrees: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    scaled(y, location, scale, (lower, upper), |y, bounds| of_student(y, degrees, bounds, Outside::AtTheBounds))
}

/// The CRPS of a Student's t forecast between bounds that hold the given masses.
///
/// `None` as for [`crps_bounded_logistic`], and unless `degrees` > 1.
#[must_use]
pub fn crps_bounded_student_t(y: f64, degrees: f64, location: f64, scale: f64, bounds: Bounds) -> Option<f64> {
    let masses = Outside::Given(bounds.lower_mass, bounds.upper_mass);
    scaled(y, location, scale, (bounds.lower, bounds.upper), |y, ends| of_student(y, degrees, ends, masses))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::crps::{crps_logistic, crps_student_t, definition};

    /// The cdf with given masses at the bounds, from the cdf without bounds.
    fn bounded(cdf: impl Fn(f64) -> f64, bounds: Bounds) -> impl Fn(f64) -> f64 {
        let (below, above) = (cdf(bounds.lower), cdf(bounds.upper));
        move |x| {
            if x < bounds.lower {
                0.0
            } else if x >= bounds.upper {
                1.0
            } else {
                let rest = 1.0 - bounds.lower_mass - bounds.upper_mass;
                bounds.lower_mass + rest * (cdf(x) - below) / (above - below)
            }
        }
    }

    #[test]
    fn bounded_forms_agree_with_the_definition() {
        let logistic_cdf = |x: f64| logistic((x - 0.2) / 0.8);
        let student_cdf = |x: f64| student::cdf(4.5, (x - 0.2) / 0.8);
        let cut = Bounds { lower: -1.0, upper: 2.5, lower_mass: 0.0, upper_mass: 0.0 };
        let given = Bounds { lower_mass: 0.15, upper_mass: 0.3, ..cut };
        let kinks = [cut.lower, cut.upper];
        for y in [-3.0, -1.0, -0.2, 0.9, 2.5, 4.0] {
            let agrees = |score: Option<f64>, cdf: &dyn Fn(f64) -> f64| {
                definition::agrees(score, cdf, y, &kinks, (-6.0, 6.0));
            };
            agrees(crps_truncated_logistic(y, 0.2, 0.8, -1.0, 2.5), &bounded(logistic_cdf, cut));
            agrees(crps_truncated_student_t(y, 4.5, 0.2, 0.8, -1.0, 2.5), &bounded(student_cdf, cut));
            agrees(crps_bounded_logistic(y, 0.2, 0.8, given), &bounded(logistic_cdf, given));
            agrees(crps_bounded_student_t(y, 4.5, 0.2, 0.8, given), &bounded(student_cdf, given));
            let own = |cdf: &dyn Fn(f64) -> f64| Bounds { lower_mass: cdf(-1.0), upper_mass: 1.0 - cdf(2.5), ..cut };
            agrees(crps_censored_logistic(y, 0.2, 0.8, -1.0, 2.5), &bounded(logistic_cdf, own(&logistic_cdf)));
            agrees(crps_censored_student_t(y, 4.5, 0.2, 0.8, -1.0, 2.5), &bounded(student_cdf, own(&student_cdf)));
        }
    }

    #[test]
    fn without_bounds_they_are_the_plain_forms_and_one_bound_is_enough() {
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        for y in [-3.0, 0.1, 2.0] {
            let near = |a: Option<f64>, b: Option<f64>| (a.expect("in range") - b.expect("in range")).abs() < 1e-12;
            assert!(near(crps_censored_logistic(y, 0.3, 0.7, low, high), crps_logistic(y, 0.3, 0.7)));
            assert!(near(crps_truncated_student_t(y, 3.0, 0.3, 0.7, low, high), crps_student_t(y, 3.0, 0.3, 0.7)));
            let cdf = |x: f64| if x < 0.0 { 0.0 } else { logistic((x - 0.3) / 0.7) };
            definition::agrees(crps_censored_logistic(y, 0.3, 0.7, 0.0, high), cdf, y, &[0.0], (-6.0, 40.0));
        }
    }

    #[test]
    fn a_bound_at_infinity_holds_no_mass() {
        let bounds = Bounds { lower: f64::NEG_INFINITY, upper: 1.0, lower_mass: 0.1, upper_mass: 0.0 };
        assert_eq!(crps_bounded_logistic(0.0, 0.0, 1.0, bounds), None);
        assert_eq!(crps_truncated_student_t(0.0, 1.0, 0.0, 1.0, -1.0, 1.0), None);
        assert_eq!(crps_truncated_logistic(0.0, 0.0, 1.0, 1.0, -1.0), None);
    }
}
