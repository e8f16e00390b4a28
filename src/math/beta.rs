//! The regularised incomplete beta function.

use super::{exp, ln, ln_1p, ln_gamma};

/// Terms after which a series or continued fraction is taken as it stands; convergence needs about sqrt(a) of them.
const MAX_TERMS: usize = 10_000;
/// Keeps the denominators of a continued fraction away from 0.
const TINY: f64 = 1e-300;

/// The regularised incomplete beta function I_x(a, b), the cdf at `x` of a beta variable.
///
/// ```text
/// I_x(a, b) = 1/B(a, b) ∫_0^x t^(a-1) (1-t)^(b-1) dt        a, b > 0
/// ```
///
/// 0 for `x` <= 0, 1 for `x` >= 1. NaN when a parameter is not positive or a number is NaN.
///
/// Continued fraction of DLMF 8.17.22, on the side where it converges fast.
#[must_use]
pub fn regularised(a: f64, b: f64, x: f64) -> f64 {
    if a.is_nan() || b.is_nan() || x.is_nan() || a <= 0.0 || b <= 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = exp(a * ln(x) + b * ln_1p(-x) + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..MAX_TERMS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_incomplete_beta_of_whole_parameters_is_a_binomial_tail() {
        // I_x(k, n-k+1) = P(Binomial(n, x) >= k)
        let choose = [1.0, 5.0, 10.0, 10.0, 5.0, 1.0];
        let tail: f64 = (2..=5).map(|k| choose[k] * 0.3_f64.powi(k as i32) * 0.7_f64.powi(5 - k as i32)).sum();
        assert!((regularised(2.0, 4.0, 0.3) - tail).abs() < 1e-15);
    }
}
