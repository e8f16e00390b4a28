//! The CRPS of normal, logistic and Student's t forecasts between two bounds, with what lies outside cut off or put at the bounds.

use super::between::Between;
use crate::math::{exp, ln, ln_1p, ln_1p_exp, logistic, normal, student};
use std::f64::consts::{PI, SQRT_2};

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

/// A law is scaled up by no more than this in closed form: the scale is squared, and what it multiplies nearly cancels.
const MOST_SCALED: f64 = 20.0;

/// A standardised, symmetric distribution with the integrals of its cdf and of its square from minus infinity.
struct Body<'a> {
    log_density: &'a dyn Fn(f64) -> f64,
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
    /// The second integral is the first one seen from the other side, since the distribution is symmetric. Where the bounds hold little of it, both are
    /// found by quadrature.
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
        if !(proper && reachable) {
            return None;
        }
        let z = y.clamp(l, u);
        // What lies outside at the bounds leaves the cdf between them as it is, however little is there.
        let a = if matches!(outside, Outside::AtTheBounds) { 1.0 } else { rest.max(0.0) / inside };
        if !(a <= MOST_SCALED && inside >= 0.0) {
            let squares = Between::new(self.log_density, (l, u), &[z]).squares(z, (lower_mass, upper_mass));
            return squares.is_finite().then(|| (y - z).abs() + squares);
        }
        let side = |from: f64, to: f64, mass: f64, beyond: f64| {
            // G = c + a F between `from` and `to`; from minus infinity c is 0.
            let c = if matches!(outside, Outside::AtTheBounds) { 0.0 } else { mass - a * beyond };
            let part = |of: &dyn Fn(f64) -> f64| of(to) - if from.is_finite() { of(from) } else { 0.0 };
            let constant = if from.is_finite() { c * c * (to - from) + 2.0 * a * c * part(self.integral) } else { 0.0 };
            constant + a * a * part(self.integral_of_square)
        };
        Some((y - z).abs() + side(l, z, lower_mass, below) + side(-u, -z, upper_mass, above))
    }
}

/// The logarithm of the density of the standard normal distribution.
pub(in crate::score) fn log_density_of_normal(x: f64) -> f64 {
    -0.5 * (x * x + ln(2.0 * PI))
}

/// The logarithm of the density of the standard logistic distribution.
pub(in crate::score) fn log_density_of_logistic(x: f64) -> f64 {
    -x.abs() - 2.0 * ln_1p_exp(-x.abs())
}

/// The logarithm of the density of Student's t.
pub(in crate::score) fn log_density_of_student(degrees: f64) -> impl Fn(f64) -> f64 {
    let at_centre = ln(student::density(degrees, 0.0));
    move |x: f64| at_centre - 0.5 * (degrees + 1.0) * ln_spread_of_student(degrees, x)
}

/// `ln(1 + x²/n)`, also where the square is too large for a number.
fn ln_spread_of_student(degrees: f64, x: f64) -> f64 {
    let far = x.abs() / degrees.sqrt();
    if far > 1e100 { 2.0 * ln(far) } else { ln_1p(far * far) }
}

/// The standard normal distribution: ∫ Φ = x Φ + φ, ∫ Φ² = x Φ² + 2 φ Φ - Φ(x √2)/√π.
fn of_normal(y: f64, bounds: (f64, f64), outside: Outside) -> Option<f64> {
    let square = |x: f64| {
        let (below, density) = (normal::cdf(x), normal::density(x));
        x * below * below + 2.0 * density * below - normal::cdf(x * SQRT_2) / PI.sqrt()
    };
    let integral = |x: f64| x * normal::cdf(x) + normal::density(x);
    Body { log_density: &log_density_of_normal, cdf: &normal::cdf, integral: &integral, integral_of_square: &square }
        .score(y, bounds, outside)
}

/// The standard logistic distribution: ∫ F = ln(1 + e^x), ∫ F² = ln(1 + e^x) - F.
fn of_logistic(y: f64, bounds: (f64, f64), outside: Outside) -> Option<f64> {
    Body {
        log_density: &log_density_of_logistic,
        cdf: &logistic,
        integral: &ln_1p_exp,
        integral_of_square: &|x| ln_1p_exp(x) - logistic(x),
    }
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
    // f (n + x²)/(n - 1), where f is its value at the centre times (1 + x²/n)^(-(n + 1)/2).
    let g = |x: f64| n / (n - 1.0) * at_centre * exp(-0.5 * (n - 1.0) * ln_spread_of_student(n, x));
    let cdf = |x: f64| student::cdf(n, x);
    let integral = |x: f64| x * cdf(x) + g(x);
    let square = |x: f64| {
        let below = cdf(x);
        x * below * below + 2.0 * g(x) * below - 2.0 * factor * student::cdf(2.0 * n - 1.0, x * stretch)
    };
    let log_density = log_density_of_student(n);
    Body { log_density: &log_density, cdf: &cdf, integral: &integral, integral_of_square: &square }
        .score(y, bounds, outside)
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

/// The CRPS of a normal forecast truncated to `lower..=upper`: what lies outside is left out and the rest scaled up.
///
/// Either bound may be infinite. `None` unless `scale` > 0 and `lower` < `upper`.
#[must_use]
pub fn crps_truncated_normal(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    scaled(y, location, scale, (lower, upper), |y, bounds| of_normal(y, bounds, Outside::CutOff))
}

/// The CRPS of a normal forecast censored to `lower..=upper`: what lies outside sits at the bounds.
///
/// Either bound may be infinite. `None` unless `scale` > 0 and `lower` < `upper`.
#[must_use]
pub fn crps_censored_normal(y: f64, location: f64, scale: f64, lower: f64, upper: f64) -> Option<f64> {
    scaled(y, location, scale, (lower, upper), |y, bounds| of_normal(y, bounds, Outside::AtTheBounds))
}

/// The CRPS of a normal forecast between bounds that hold the given masses; the rest follows the normal distribution inside.
///
/// `None` as for [`crps_bounded_logistic`].
pub(super) fn crps_bounded_normal(y: f64, location: f64, scale: f64, bounds: Bounds) -> Option<f64> {
    let masses = Outside::Given(bounds.lower_mass, bounds.upper_mass);
    scaled(y, location, scale, (bounds.lower, bounds.upper), |y, ends| of_normal(y, ends, masses))
}

/// The CRPS of a logistic forecast cut off to `lower..=upper`: what lies outside is left out and the rest scaled up.
///
/// Either bound may be infinite. `None` unless `scale` > 0 and `lower` < `upper`.
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
/// `None` unless `scale` > 0, `lower` < `upper`, the masses are not negative and sum to 1 at most, and an infinite
/// bound has none.
#[must_use]
pub fn crps_bounded_logistic(y: f64, location: f64, scale: f64, bounds: Bounds) -> Option<f64> {
    let masses = Outside::Given(bounds.lower_mass, bounds.upper_mass);
    scaled(y, location, scale, (bounds.lower, bounds.upper), |y, ends| of_logistic(y, ends, masses))
}

/// The CRPS of a Student's t forecast cut off to `lower..=upper`: what lies outside is left out and the rest scaled up.
///
/// Either bound may be infinite. `None` unless `degrees` > 1, `scale` > 0 and `lower` < `upper`.
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
    fn far_out_and_between_near_bounds_the_truncated_laws_keep_their_digits() {
        let infinite = f64::INFINITY;
        // By the definition, on a grid over the log density.
        for (score, known) in [
            (crps_truncated_normal(0.1, -3.0, 0.5, 0.0, infinite), 0.02563),
            (crps_truncated_normal(0.1, -4.0, 0.5, 0.0, infinite), 0.0321),
            (crps_truncated_normal(6.3, 0.0, 1.0, 6.0, 7.0), 0.10917),
            (crps_truncated_normal(5.3, 0.0, 1.0, 5.0, 6.0), 0.093726),
            (crps_truncated_normal(-30.3, 0.0, 1.0, -31.0, -30.0), 0.2501),
            (crps_truncated_logistic(20.3, 0.0, 1.0, 20.0, 21.0), 0.08587),
            (crps_truncated_logistic(30.3, 0.0, 1.0, 30.0, 31.0), 0.0859),
            (crps_truncated_student_t(7.3, 30.0, 0.0, 1.0, 7.0, 8.0), 0.06625),
            (crps_truncated_student_t(8.3, 30.0, 0.0, 1.0, 8.0, 9.0), 0.0662),
            (crps_truncated_student_t(100.3, 3.0, 0.0, 1.0, 100.0, 101.0), 0.1215),
        ] {
            let score = score.expect("it has a score");
            assert!((score / known - 1.0).abs() < 1e-3, "{score} for {known}");
        }
        // A law cut off to almost nothing is uniform: at the middle CRPS = width/12.
        for score in [
            crps_truncated_normal(0.5e-6, 0.0, 1.0, 0.0, 1e-6),
            crps_truncated_logistic(3.0 + 0.5e-6, 0.0, 1.0, 3.0, 3.0 + 1e-6),
            crps_truncated_student_t(-2.0 + 0.5e-6, 5.0, 0.0, 1.0, -2.0, -2.0 + 1e-6),
        ] {
            assert!((score.expect("it has a score") / 1e-6 - 1.0 / 12.0).abs() < 1e-6, "{score:?}");
        }
        // Both ways are the same where both are good, and both sides are.
        for (l, u) in [(1.0, 1.5), (-2.2, -1.7), (1.8, infinite)] {
            for y in [-3.0, l + 0.1, l + 0.4, 4.0] {
                let z = f64::clamp(y, l, u);
                let squares = Between::new(&log_density_of_normal, (l, u), &[z]).squares(z, (0.0, 0.0));
                let closed = crps_truncated_normal(y, 0.0, 1.0, l, u).expect("it has a score");
                assert!((closed - (y - z).abs() - squares).abs() < 1e-12, "{y} in {l} to {u}");
                let mirrored = crps_truncated_normal(-y, 0.0, 1.0, -u, -l).expect("it has a score");
                assert!((closed - mirrored).abs() < 1e-12, "{y} in {l} to {u}");
            }
        }
    }

    #[test]
    fn student_t_far_out_between_bounds_is_its_distance() {
        let infinite = f64::INFINITY;
        for z in [1e90, 1e150, 1e160, 1e300] {
            for score in [
                crps_truncated_student_t(z, 3.0, 0.0, 1.0, -infinite, infinite),
                crps_censored_student_t(-z, 3.0, 0.0, 1.0, -infinite, infinite),
                crps_truncated_student_t(-z, 1.5, 0.0, 1.0, -infinite, 1.0),
                crps_truncated_student_t(z, 1.5, 0.0, 1.0, 0.0, infinite),
                crps_censored_student_t(z, 3.0, 0.0, 1.0, 0.0, infinite),
            ] {
                assert!((score.expect("it has a score") / z - 1.0).abs() < 1e-14, "{z}: {score:?}");
            }
            // Bounds that far away are none.
            for y in [-0.3, 2.0] {
                let between = crps_truncated_student_t(y, 3.0, 0.0, 1.0, -z, z).expect("it has a score");
                let without = crps_student_t(y, 3.0, 0.0, 1.0).expect("it has a score");
                assert!((between - without).abs() < 1e-13, "{y}, {z}: {between} for {without}");
            }
        }
    }

    #[test]
    fn a_censored_law_that_lies_beyond_a_bound_sits_there() {
        for (score, known) in [
            (crps_censored_normal(0.5, 10.0, 1.0, 0.0, 1.0), 0.5),
            (crps_censored_normal(0.5, 5.5, 0.5, 0.0, 1.0), 0.5),
            (crps_censored_normal(0.1, -20.0, 1.0, 0.0, f64::INFINITY), 0.1),
            (crps_censored_normal(0.25, 100.0, 1.0, 0.0, 1.0), 0.75),
            (crps_censored_logistic(0.25, 900.0, 1.0, 0.0, 1.0), 0.75),
            (crps_censored_student_t(-0.5, 9.0, -1e9, 1.0, 0.0, 1.0), 0.5),
        ] {
            assert!((score.expect("it has a score") - known).abs() < 1e-12, "{score:?} for {known}");
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
