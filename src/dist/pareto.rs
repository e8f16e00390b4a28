//! The Pareto distribution (type I).

use crate::dist::parameter::{Argument, finite_or_none};
use crate::dist::{Distribution, Family, ParameterError, QuantileCost};
use crate::math::{exp, exp_m1, ln, ln_1p};
use std::sync::Arc;

const SIGNATURE: &str = "pareto(minimum, shape)";

pub(super) const FAMILY: Family = Family {
    name: "pareto",
    parameters: &["minimum", "shape"],
    description: "a power-law tail above a minimum; the smaller the shape, the heavier",
    example: "pareto(1, 3)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Pareto::new(arguments[0], arguments[1])?)),
};

/// The Pareto distribution, type I.
///
/// ```text
/// P(X > x) = (minimum/x)^shape,   x >= minimum
/// ```
///
/// The mean exists for a shape above 1, the variance for a shape above 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pareto {
    minimum: f64,
    shape: f64,
}

impl Pareto {
    /// The Pareto distribution with this least value and tail exponent.
    ///
    /// # Errors
    /// When the minimum or the shape is not positive.
    pub fn new(minimum: f64, shape: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            minimum: Argument::new(SIGNATURE, 0, "minimum", minimum).positive()?,
            shape: Argument::new(SIGNATURE, 1, "shape", shape).shape()?,
        })
    }

    fn ln_survival(&self, x: f64) -> f64 {
        -self.shape * ln(x.max(self.minimum) / self.minimum)
    }
}

impl Distribution for Pareto {
    fn mean(&self) -> Option<f64> {
        if self.shape <= 1.0 {
            return None;
        }
        finite_or_none(self.minimum * self.shape / (self.shape - 1.0))
    }

    fn variance(&self) -> Option<f64> {
        if self.shape <= 2.0 {
            return None;
        }
        let mean = self.mean()?;
        finite_or_none(mean * mean / (self.shape * (self.shape - 2.0)))
    }

    fn cdf(&self, x: f64) -> f64 {
        -exp_m1(self.ln_survival(x))
    }

    fn density(&self, x: f64) -> f64 {
        if x < self.minimum || x == f64::INFINITY { 0.0 } else { self.shape / x * exp(self.ln_survival(x)) }
    }

    fn quantile(&self, p: f64) -> f64 {
        self.minimum * exp(-ln_1p(-p.clamp(0.0, 1.0)) / self.shape)
    }

    fn survival(&self, x: f64) -> f64 {
        exp(self.ln_survival(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.minimum * exp(-ln(q.clamp(0.0, 1.0)) / self.shape)
    }

    fn support(&self) -> (f64, f64) {
        (self.minimum, f64::INFINITY)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_minimum_is_exceeded_with_a_power_of_one_half() {
        let pareto = Pareto::new(1.0, 3.0).unwrap();
        assert!((pareto.survival(2.0) - 0.125).abs() < 1e-16);
        assert_eq!((pareto.mean(), pareto.variance()), (Some(1.5), Some(0.75)));
        assert_eq!(Pareto::new(1.0, 1.0).unwrap().mean(), None);
    }
}
