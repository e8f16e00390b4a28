//! The Laplace (double exponential) distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{exp, ln};
use std::sync::Arc;

const SIGNATURE: &str = "laplace(location, scale)";

pub(super) const FAMILY: Family = Family {
    name: "laplace",
    parameters: &["location", "scale"],
    description: "symmetric with exponential tails on both sides",
    example: "laplace(10, 2)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Laplace::new(arguments[0], arguments[1])?)),
};

/// The Laplace distribution.
///
/// ```text
/// f(x) = exp(-|z|) / (2 scale),   z = (x - location)/scale
/// ```
///
/// The standard deviation is `scale √2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laplace {
    location: f64,
    scale: f64,
}

impl Laplace {
    /// The Laplace distribution with this median and scale.
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

impl Distribution for Laplace {
    fn mean(&self) -> Option<f64> {
        Some(self.location)
    }

    fn variance(&self) -> Option<f64> {
        Some(2.0 * self.scale * self.scale)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        standard_cdf(self.standardised(x))
    }

    fn density(&self, x: f64) -> f64 {
        0.5 * exp(-self.standardised(x).abs()) / self.scale
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * standard_quantile(p.clamp(0.0, 1.0))
    }

    fn survival(&self, x: f64) -> f64 {
        standard_cdf(-self.standardised(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * standard_quantile(q.clamp(0.0, 1.0))
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }
}

fn standard_cdf(z: f64) -> f64 {
    if z < 0.0 { 0.5 * exp(z) } else { 1.0 - 0.5 * exp(-z) }
}

fn standard_quantile(p: f64) -> f64 {
    if p < 0.5 { ln(2.0 * p) } else { -ln(2.0 * (1.0 - p)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_each_side_lies_within_ln_2_scales() {
        let laplace = Laplace::new(10.0, 2.0).unwrap();
        assert!((laplace.quantile(0.75) - (10.0 + 2.0 * std::f64::consts::LN_2)).abs() < 1e-14);
        assert!((laplace.cdf(8.0) - 0.5 * exp(-1.0)).abs() < 1e-16);
    }
}
