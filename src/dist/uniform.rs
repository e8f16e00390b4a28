//! The continuous uniform distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost};
use std::sync::Arc;

const SIGNATURE: &str = "uniform(low, high)";

pub(super) const FAMILY: Family = Family {
    name: "uniform",
    parameters: &["low", "high"],
    description: "every value between low and high alike",
    example: "uniform(2, 5)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Uniform::new(arguments[0], arguments[1])?)),
};

/// The uniform distribution: density `1/(high - low)` between `low` and `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    low: f64,
    high: f64,
}

impl Uniform {
    /// The uniform distribution between two bounds.
    ///
    /// # Errors
    /// When `high` is not above `low`.
    pub fn new(low: f64, high: f64) -> Result<Self, ParameterError> {
        let low = Argument::new(SIGNATURE, 0, "lower bound", low).finite()?;
        let upper = Argument::new(SIGNATURE, 1, "upper bound", high);
        let high = upper.finite()?;
        if high <= low {
            return Err(upper.error(&format!("be above the lower bound {low}")));
        }
        Ok(Self { low, high })
    }
}

impl Distribution for Uniform {
    fn mean(&self) -> Option<f64> {
        Some(0.5 * (self.low + self.high))
    }

    fn variance(&self) -> Option<f64> {
        let width = self.high - self.low;
        Some(width * width / 12.0)
    }

    fn cdf(&self, x: f64) -> f64 {
        ((x.clamp(self.low, self.high) - self.low) / (self.high - self.low)).min(1.0)
    }

    fn density(&self, x: f64) -> f64 {
        if (self.low..=self.high).contains(&x) { 1.0 / (self.high - self.low) } else { 0.0 }
    }

    fn quantile(&self, p: f64) -> f64 {
        (self.low + (self.high - self.low) * p.clamp(0.0, 1.0)).clamp(self.low, self.high)
    }

    fn survival(&self, x: f64) -> f64 {
        ((self.high - x.clamp(self.low, self.high)) / (self.high - self.low)).min(1.0)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        (self.high - (self.high - self.low) * q.clamp(0.0, 1.0)).clamp(self.low, self.high)
    }

    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_in_the_wrong_order_are_refused() {
        let error = Uniform::new(5.0, 2.0).unwrap_err();
        assert_eq!(error.message, "the upper bound of uniform(low, high) must be above the lower bound 5, but is 2");
        assert_eq!(Uniform::new(2.0, 5.0).unwrap().quantile(0.5), 3.5);
    }
}
