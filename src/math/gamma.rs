//! The regularised incomplete gamma function.

use super::{exp, ln, ln_gamma};

/// Terms after which a series or continued fraction is taken as it stands; convergence needs about sqrt(a) of them.
const MAX_TERMS: usize = 10_000;
/// Keeps the denominators of a continued fraction away from 0.
const TINY: f64 = 1e-300;

/// The regularised lower incomplete gamma function P(a, x), the cdf at `x` of a gamma variable of shape `a` and scale 1.
///
/// ```text
/// P(a, x) = 1/Γ(a) ∫_0^x t^(a-1) e^(-t) dt        a > 0
/// ```
///
/// 0 for `x` <= 0. NaN when `a` is not positive or a number is NaN.
///
/// Power series below a + 1, continued fraction above: Abramowitz and Stegun (1964), 6.5.29 and 6.5.31.
#[must_use]
pub fn lower(a: f64, x: f64) -> f64 {
    if a.is_nan() || x.is_nan() || a <= 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if x.is_infinite() {
        return 1.0;
    }
    let front = exp(a * ln(x) - x - ln_gamma(a));
    if x < a + 1.0 {
        let mut term = 1.0 / a;
        let mut sum = term;
        for n in 1..MAX_TERMS {
            term *= x / (a + n as f64);
            sum += term;
            if term < sum * f64::EPSILON {
                break;
            }
        }
        return front * sum;
    }
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for n in 1..MAX_TERMS {
        let n = n as f64;
        let coefficient = -n * (n - a);
        b += 2.0;
        d = 1.0 / away_from_zero(coefficient * d + b);
        c = away_from_zero(b + coefficient / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    1.0 - front * fraction
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_incomplete_gamma_of_shape_one_is_exponential() {
        for x in [0.01, 0.5, 1.0, 3.0, 20.0] {
            assert!((lower(1.0, x) - (1.0 - exp(-x))).abs() < 1e-15);
        }
    }

    #[test]
    fn the_incomplete_gamma_of_whole_shape_is_a_poisson_tail() {
        let poisson_below: f64 = (0..7).map(|k| exp(f64::from(k) * ln(4.2) - 4.2 - ln_gamma(f64::from(k) + 1.0))).sum();
        assert!((lower(7.0, 4.2) - (1.0 - poisson_below)).abs() < 1e-14);
    }
}
