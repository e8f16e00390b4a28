//! Integrals of smooth functions by the double-exponential rule, singular ends included.

use crate::math::elementary::{cosh, exp, sinh};
use crate::math::sum::CompensatedSum;
use std::f64::consts::FRAC_PI_2;

/// Beyond this the weights of the double-exponential rule are below the smallest double.
const REACH: f64 = 6.1;

/// The most halvings of the step; the last rule has about 12 000 points.
const MOST_HALVINGS: u32 = 10;

/// The integral of `function` from `low` to `high`, by the tanh-sinh rule with the step halved until two rules agree \[1\].
///
/// ```text
/// ∫ f(x) dx,  x = low + (high - low) / (1 + exp(-π sinh s)),  by the trapezoidal rule in s
/// ```
///
/// Halving stops when two successive rules agree within `tolerance` relative to the integral of `|f|`. The function may have
/// integrable singularities at the ends but should be smooth between them: split at kinks. Points next to `low = 0` keep
/// their full relative accuracy, so put the worse singularity there. Values that are not finite count as 0.
///
/// ```
/// let area = foretell::math::quadrature::integrate(|x| 1.0 / x.sqrt(), 0.0, 4.0, 1e-12);
/// assert!((area - 4.0).abs() < 1e-11);
/// ```
///
/// \[1\] Takahasi and Mori (1974), Publ. RIMS 9, 721–741.
#[must_use]
pub fn integrate(mut function: impl FnMut(f64) -> f64, low: f64, high: f64, tolerance: f64) -> f64 {
    let width = high - low;
    if width == 0.0 || !width.is_finite() {
        return 0.0;
    }
    integrate_line(
        |s| {
            let u = FRAC_PI_2 * sinh(s);
            // The share of the width that lies between the point and the nearer end, and its counterpart.
            let e = exp(-2.0 * u.abs());
            let near = e / (1.0 + e);
            let x = if s < 0.0 { low + width * near } else { high - width * near };
            let weight = width * 2.0 * near / (1.0 + e) * FRAC_PI_2 * cosh(s);
            if weight == 0.0 || x <= low.min(high) || x >= low.max(high) { 0.0 } else { weight * function(x) }
        },
        -REACH,
        REACH,
        tolerance,
    )
}

/// The integral over `from..to` of a function that is smooth on the whole line and has died away at both ends, by the
/// trapezoidal rule with the step halved until two rules agree within `tolerance` relative to the integral of `|f|`.
///
/// For such functions the error falls exponentially with the number of points. Values that are not finite count as 0.
#[must_use]
pub fn integrate_line(mut function: impl FnMut(f64) -> f64, from: f64, to: f64, tolerance: f64) -> f64 {
    let mut intervals = 32_u32;
    let mut total = CompensatedSum::default();
    let mut absolute = 0.0;
    let mut add = |total: &mut CompensatedSum, absolute: &mut f64, s: f64| {
        let value = function(s);
        if value.is_finite() {
            total.add(value);
            *absolute += value.abs();
        }
    };
    let mut step = (to - from) / f64::from(intervals);
    for i in 0..=intervals {
        add(&mut total, &mut absolute, from + step * f64::from(i));
    }
    let mut estimate = total.total() * step;
    for halving in 0..MOST_HALVINGS {
        for i in 0..intervals {
            add(&mut total, &mut absolute, from + step * (f64::from(i) + 0.5));
        }
        intervals *= 2;
        step *= 0.5;
        let refined = total.total() * step;
        let change = (refined - estimate).abs();
        estimate = refined;
        // Two coarse rules can agree by accident, so at least two halvings are done.
        if halving >= 1 && change <= tolerance * absolute * step {
            break;
        }
    }
    estimate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{ln, powf};

    #[test]
    fn integrals_with_closed_forms_are_met() {
        assert!((integrate(|x| x * x, 0.0, 3.0, 1e-13) - 9.0).abs() < 1e-12);
        assert!((integrate(ln, 0.0, 1.0, 1e-13) + 1.0).abs() < 1e-12);
        assert!((integrate(|x| powf(x, -0.9), 0.0, 1.0, 1e-13) - 10.0).abs() < 1e-9);
        assert!((integrate_line(|x| exp(-x * x), -7.0, 7.0, 1e-13) - std::f64::consts::PI.sqrt()).abs() < 1e-13);
    }

    #[test]
    fn an_empty_range_has_no_area() {
        assert_eq!(integrate(|x| x, 2.0, 2.0, 1e-12), 0.0);
    }
}
