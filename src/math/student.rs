//! Student's t distribution: its cdf and the inverse of that, for intervals and tests.

use super::{beta, exp, ln, ln_gamma};
use std::f64::consts::PI;

/// The density of Student's t with `degrees` of freedom at `t`.
///
/// ```text
/// f(t) = Γ((n+1)/2) / (sqrt(n π) Γ(n/2)) (1 + t²/n)^(-(n+1)/2)
/// ```
#[must_use]
pub fn density(degrees: f64, t: f64) -> f64 {
    let front = ln_gamma(0.5 * (degrees + 1.0)) - ln_gamma(0.5 * degrees) - 0.5 * ln(degrees * PI);
    exp(front - 0.5 * (degrees + 1.0) * ln(1.0 + t * t / degrees))
}

/// The chance that Student's t with `degrees` of freedom is at most `t`.
///
/// NaN when `degrees` is not positive. Abramowitz and Stegun (1964), 26.7.1.
#[must_use]
pub fn cdf(degrees: f64, t: f64) -> f64 {
    let tail = 0.5 * beta::regularised(0.5 * degrees, 0.5, degrees / (degrees + t * t));
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The value that Student's t with `degrees` of freedom stays below with probability `level`.
///
/// `None` unless 0 < `level` < 1 and `degrees` > 0. By bisection on the cdf: slow, right, and never out of its bracket.
#[must_use]
pub fn quantile(degrees: f64, level: f64) -> Option<f64> {
    if !(level > 0.0 && level < 1.0 && degrees > 0.0 && degrees.is_finite()) {
        return None;
    }
    // On the upper half the tail is computed without cancellation; the lower half follows by symmetry.
    let tail = level.min(1.0 - level);
    if tail == 0.5 {
        return Some(0.0);
    }
    let beyond = |t: f64| 0.5 * beta::regularised(0.5 * degrees, 0.5, degrees / (degrees + t * t));
    let (mut low, mut high) = (0.0, 1.0);
    while beyond(high) > tail {
        low = high;
        high *= 2.0;
        if high > 1e300 {
            return None;
        }
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if beyond(middle) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    let size = 0.5 * (low + high);
    Some(if level < 0.5 { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_degree_of_freedom_is_cauchy() {
        // The quantile of Cauchy at 3/4 is 1, at 7/8 it is 1 + sqrt 2.
        assert!((quantile(1.0, 0.75).expect("in range") - 1.0).abs() < 1e-12);
        assert!((quantile(1.0, 0.125).expect("in range") + 1.0 + 2.0_f64.sqrt()).abs() < 1e-12);
        assert!((cdf(1.0, 1.0) - 0.75).abs() < 1e-15);
    }

    #[test]
    fn two_degrees_of_freedom_have_a_closed_form() {
        // F(t) = 1/2 + t / (2 sqrt(2 + t²))
        for t in [-3.0, -0.2, 0.0, 0.7, 12.0] {
            let closed = 0.5 + t / (2.0 * f64::sqrt(2.0 + t * t));
            assert!((cdf(2.0, t) - closed).abs() < 1e-14, "{t}");
            assert!((quantile(2.0, closed).expect("in range") - t).abs() < 1e-9, "{t}");
        }
    }

    #[test]
    fn the_quantile_agrees_with_r_for_59_degrees_of_freedom() {
        // R 4.2.2: pt(-2.06591503585341, 59) * 2
        assert!((2.0 * cdf(59.0, -2.06591503585341) - 0.0432366001013697).abs() < 1e-12);
        assert!((quantile(59.0, 0.0432366001013697 / 2.0).expect("in range") + 2.06591503585341).abs() < 1e-9);
    }

    #[test]
    fn a_level_outside_of_0_to_1_has_no_quantile() {
        assert_eq!(quantile(5.0, 0.0), None);
        assert_eq!(quantile(5.0, 1.0), None);
        assert_eq!(quantile(0.0, 0.5), None);
        assert_eq!(quantile(5.0, 0.5), Some(0.0));
    }
}
