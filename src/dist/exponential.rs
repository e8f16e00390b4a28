//! The exponential distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{exp, exp_m1, ln, ln_1p};
use std::sync::Arc;

const SIGNATURE: &str = "exponential(rate)";

pub(super) const FAMILY: Family = Family {
    name: "exponential",
    parameters: &["rate"],
    description: "the waiting time for an event of constant hazard, with mean 1/rate",
    example: "exponential(0.5)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Exponential::new(arguments[0])?)),
};

/// The exponential distribution.
///
/// ```text
/// f(x) = rate exp(-rate x),   x >= 0
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    rate: f64,
}

impl Exponential {
    /// The exponential distribution with this rate (events per unit of time).
    ///
    /// # Errors
    /// When the rate is not positive.
    pub fn new(rate: f64) -> Result<Self, ParameterError> {
        Ok(Self { rate: Argument::new(SIGNATURE, 0, "rate", rate).positive()? })
    }
}

impl Distribution for Exponential {
    fn mean(&self) -> Option<f64> {
        Some(1.0 / self.rate)
    }

    fn variance(&self) -> Option<f64> {
        Some(1.0 / (self.rate * self.rate))
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        -exp_m1(-self.rate * x.max(0.0))
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { self.rate * exp(-self.rate * x) }
    }

    fn quantile(&self, p: f64) -> f64 {
        -ln_1p(-p.clamp(0.0, 1.0)) / self.rate
    }

    fn survival(&self, x: f64) -> f64 {
        exp(-self.rate * x.max(0.0))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        -ln(q.clamp(0.0, 1.0)) / self.rate
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_ln_2_over_the_rate() {
        let exponential = Exponential::new(0.5).unwrap();
        assert!((exponential.quantile(0.5) - 2.0 * std::f64::consts::LN_2).abs() < 1e-15);
        assert_eq!(exponential.mean(), Some(2.0));
        assert_eq!(exponential.quantile(1.0), f64::INFINITY);
    }
}
