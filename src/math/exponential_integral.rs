//! The exponential integral.

use crate::math::elementary::{exp, ln};

/// Euler's constant, the limit of `1 + ½ + … + 1/n - ln n`.
pub const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// The exponential integral `E₁(x) = ∫ₓ^∞ e^-t/t dt` of a positive number; infinite for 0, NaN below.
///
/// A power series up to 1, a continued fraction above it (Abramowitz and Stegun 1964, 5.1.11 and 5.1.22).
///
/// ```
/// use foretell::math::exponential_integral;
///
/// assert!((exponential_integral(1.0) - 0.219_383_934_395_520_27).abs() < 1e-15);
/// ```
#[must_use]
pub fn exponential_integral(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        f64::NAN
    } else if x == 0.0 {
        f64::INFINITY
    } else if x <= 1.0 {
        series(x)
    } else {
        // E₁(x) < e^-x/x, which is 0 from here on.
        if x > 750.0 { 0.0 } else { exp(-x) * continued_fraction(x) }
    }
}

/// `-C - ln x - sum_k (-x)^k/(k k!)`.
fn series(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut power = 1.0;
    for k in 1..40_u32 {
        power *= -x / f64::from(k);
        let next = sum + power / f64::from(k);
        if next == sum {
            break;
        }
        sum = next;
    }
    -EULER_GAMMA - ln(x) - sum
}

/// `1/(x + 1/(1 + 1/(x + 2/(1 + 2/(x + …)))))` in its even form, from the far end: `1/(x + 1 - 1/(x + 3 - 4/(x + 5 - …)))`.
fn continued_fraction(x: f64) -> f64 {
    // At x = 1 eighty steps are enough, above it fewer.
    let mut tail = x + 161.0;
    for k in (1..=80_u32).rev() {
        let k = f64::from(k);
        tail = x + 2.0 * k - 1.0 - k * k / tail;
    }
    1.0 / tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_are_met() {
        // Abramowitz and Stegun (1964), tables 5.1 and 5.2.
        for (x, value) in [
            (0.01, 4.037_929_576_538_113),
            (0.5, 0.559_773_594_776_160_7),
            (1.000_000_1, 0.219_383_897_607_579_87),
            (2.0, 0.048_900_510_708_061_125),
            (10.0, 4.156_968_929_685_324e-6),
        ] {
            let ours = exponential_integral(x);
            assert!((ours / value - 1.0).abs() < 2e-14, "{x}: {ours} against {value}");
        }
    }

    #[test]
    fn the_ends_are_known() {
        assert_eq!((exponential_integral(0.0), exponential_integral(f64::INFINITY)), (f64::INFINITY, 0.0));
        assert!(exponential_integral(-1.0).is_nan() && exponential_integral(f64::NAN).is_nan());
        assert!(exponential_integral(700.0) > 0.0);
    }
}
