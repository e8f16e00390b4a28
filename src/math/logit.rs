//! Log-odds and back, without overflow or lost digits at either end.

use crate::math::elementary::{exp, ln, ln_1p};

/// The logistic function: the probability with log-odds `x`.
///
/// ```text
/// logistic(x) = 1 / (1 + exp(-x))
/// ```
///
/// Small results keep their relative accuracy: `logistic(-700)` is about 1e-304. `1 - logistic(x)` is best had as
/// `logistic(-x)`.
///
/// ```
/// assert_eq!(foretell::math::logistic(0.0), 0.5);
/// ```
#[must_use]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + exp(-x))
    } else {
        let e = exp(x);
        e / (1.0 + e)
    }
}

/// The log-odds of a probability, `ln(p / (1 - p))`; `-inf` at 0 and `+inf` at 1, NaN outside.
#[must_use]
pub fn logit(p: f64) -> f64 {
    if (0.25..=0.75).contains(&p) {
        // ln((1 + s) / (1 - s)) with s = 2p - 1, which is exact here.
        let s = 2.0 * p - 1.0;
        ln_1p(s) - ln_1p(-s)
    } else if p > 0.5 {
        ln(p) - ln(1.0 - p)
    } else {
        ln(p) - ln_1p(-p)
    }
}

/// `ln(1 + exp(x))`, the soft plus; `-ln_1p_exp(-x)` is the logarithm of `logistic(x)`.
#[must_use]
pub fn ln_1p_exp(x: f64) -> f64 {
    if x > 0.0 { x + ln_1p(exp(-x)) } else { ln_1p(exp(x)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logit_inverts_logistic_over_the_whole_line() {
        for i in -600..=30 {
            let x = f64::from(i);
            assert!((logit(logistic(x)) - x).abs() <= 1e-14 * x.abs().max(1.0) + 3e-16 * exp(x), "{x}");
        }
    }

    #[test]
    fn the_ends_are_limits_and_not_nan() {
        assert_eq!(logistic(f64::INFINITY), 1.0);
        assert_eq!(logistic(f64::NEG_INFINITY), 0.0);
        assert_eq!(logit(0.0), f64::NEG_INFINITY);
        assert_eq!(logit(1.0), f64::INFINITY);
        assert_eq!(ln_1p_exp(1000.0), 1000.0);
        assert_eq!(ln_1p_exp(-1000.0), 0.0);
    }

    #[test]
    fn soft_plus_is_minus_the_log_of_the_logistic() {
        for x in [-20.0, -1.0, 0.0, 0.5, 3.0] {
            assert!((ln_1p_exp(x) + ln(logistic(-x))).abs() < 1e-14);
        }
    }
}
