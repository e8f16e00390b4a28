//! The standard normal distribution.

use super::{erfc, exp};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The density at `x`.
#[must_use]
pub fn density(x: f64) -> f64 {
    exp(-0.5 * x * x) / (2.0 * PI).sqrt()
}

/// The chance of a value of at most `x`.
#[must_use]
pub fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}
