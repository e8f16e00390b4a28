//! The logistic distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{logistic, logit};
use std::f64::consts::PI;
use std::sync::Arc;

const SIGNATURE: &str = "logistic(location, scale)";

pub(super) const FAMILY: Family = Family {
    name: "logistic",
    parameters: &["location", "scale"],
    description: "like the normal with heavier tails; its cdf is the logistic function",
    example: "logistic(10, 2)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Logistic::new(arguments[0], arguments[1])?)),
};

/// The logistic distribution.
///
/// ```text
/// F(x) = 1 / (1 + exp(-z)),   z = (x - location)/scale
/// ```
///
/// The standard deviation is `scale π/√3`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logistic {
    location: f64,
    scale: f64,
}

impl Logistic {
    /// The logistic distribution with this median and scale.
    ///
    /// # Errors
    /// When the scale is not positive.
    pub fn new(location: f64, scale: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            location: Argument::new(SIGNATURE, 0, "location", location).finite()?,
            scale: Argument::new(SIGNATURE, 1, "scale", scale).positive()?,
        })
    }

    fn standardised(&self, x: f64) -> f64 {
        (x - self.location) / self.scale
    }
}

impl Distribution for Logistic {
    fn mean(&self) -> Option<f64> {
        Some(self.location)
    }

    fn variance(&self) -> Option<f64> {
        Some(self.scale * self.scale * PI * PI / 3.0)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        logistic(self.standardised(x))
    }

    fn density(&self, x: f64) -> f64 {
        let z = self.standardised(x);
        logistic(z) * logistic(-z) / self.scale
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * logit(p.clamp(0.0, 1.0))
    }

    fn survival(&self, x: f64) -> f64 {
        logistic(-self.standardised(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * logit(q.clamp(0.0, 1.0))
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_to_one_odds_lie_ln_3_scales_above_the_median() {
        let logistic = Logistic::new(10.0, 2.0).unwrap();
        assert!((logistic.quantile(0.75) - (10.0 + 2.0 * crate::math::ln(3.0))).abs() < 1e-14);
        assert!((logistic.density(10.0) - 0.125).abs() < 1e-16);
    }
}
