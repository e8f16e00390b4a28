//! A value without uncertainty.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, ParameterError, QuantileCost};

/// The distribution with all its mass on one value; discrete.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant(f64);

impl Constant {
    /// All mass on `value`.
    ///
    /// # Errors
    /// When the value is not a number, or above 1e100 in size.
    pub fn new(value: f64) -> Result<Self, ParameterError> {
        Ok(Self(Argument::new("the constant", 0, "value", value).finite()?))
    }
}

impl Distribution for Constant {
    fn mean(&self) -> Option<f64> {
        Some(self.0)
    }

    fn variance(&self) -> Option<f64> {
        Some(0.0)
    }

    fn cdf(&self, x: f64) -> f64 {
        if x >= self.0 { 1.0 } else { 0.0 }
    }

    fn density(&self, x: f64) -> f64 {
        if x == self.0 { 1.0 } else { 0.0 }
    }

    fn quantile(&self, _: f64) -> f64 {
        self.0
    }

    fn is_discrete(&self) -> bool {
        true
    }

    fn support(&self) -> (f64, f64) {
        (self.0, self.0)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }

    fn next_value(&self, _: f64) -> f64 {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantile_is_the_value() {
        let constant = Constant::new(42.0).unwrap();
        assert_eq!(constant.quantile(0.01), 42.0);
        assert_eq!((constant.cdf(41.9), constant.cdf(42.0)), (0.0, 1.0));
        assert!(Constant::new(f64::NAN).is_err());
    }
}
