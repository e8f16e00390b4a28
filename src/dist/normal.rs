//! The normal distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{columns, level, normal};
use std::sync::Arc;

const SIGNATURE: &str = "normal(mean, sd)";

pub(super) const FAMILY: Family = Family {
    name: "normal",
    parameters: &["mean", "sd"],
    description: "the bell curve with this mean and standard deviation",
    example: "normal(10, 2)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Normal::new(arguments[0], arguments[1])?)),
};

/// The normal distribution.
///
/// ```text
/// f(x) = exp(-z²/2) / (sd √(2π)),   z = (x - mean)/sd
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    mean: f64,
    sd: f64,
}

impl Normal {
    /// The normal distribution with this mean and standard deviation.
    ///
    /// # Errors
    /// When the standard deviation is not positive.
    pub fn new(mean: f64, sd: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            mean: Argument::new(SIGNATURE, 0, "mean", mean).finite()?,
            sd: Argument::new(SIGNATURE, 1, "standard deviation", sd).positive()?,
        })
    }

    /// Of parameters that have been looked at.
    pub(super) const fn from_parts(mean: f64, sd: f64) -> Self {
        Self { mean, sd }
    }

    fn standardised(&self, x: f64) -> f64 {
        (x - self.mean) / self.sd
    }
}

impl Distribution for Normal {
    fn mean(&self) -> Option<f64> {
        Some(self.mean)
    }

    fn variance(&self) -> Option<f64> {
        Some(self.sd * self.sd)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Thin
    }

    fn cdf(&self, x: f64) -> f64 {
        normal::cdf(self.standardised(x))
    }

    fn density(&self, x: f64) -> f64 {
        normal::density(self.standardised(x)) / self.sd
    }

    fn quantile(&self, p: f64) -> f64 {
        self.mean + self.sd * normal::quantile(p.clamp(0.0, 1.0))
    }

    fn survival(&self, x: f64) -> f64 {
        normal::cdf(-self.standardised(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.mean - self.sd * normal::quantile(q.clamp(0.0, 1.0))
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }

    fn fill_quantiles(&self, uniforms: &[f64], out: &mut [f64]) {
        assert_eq!(uniforms.len(), out.len(), "one value is written for each uniform");
        columns::normal_quantiles(level(), uniforms, out);
        out.iter_mut().for_each(|value| *value = self.mean + self.sd * *value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_central_95_percent_lie_within_1_96_standard_deviations() {
        let normal = Normal::new(10.0, 2.0).unwrap();
        assert!((normal.quantile(0.975) - (10.0 + 2.0 * 1.959_963_984_540_054)).abs() < 1e-14);
        assert!((normal.cdf(12.0) - 0.841_344_746_068_542_9).abs() < 1e-15);
        assert_eq!(normal.quantile(0.0), f64::NEG_INFINITY);
    }
}
