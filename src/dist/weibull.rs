//! The Weibull distribution.

use crate::dist::parameter::{Argument, finite_or_none};
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{exp, exp_m1, ln, ln_1p, ln_gamma, powf};
use std::f64::consts::PI;
use std::sync::Arc;

const SIGNATURE: &str = "weibull(shape, scale)";

pub(super) const FAMILY: Family = Family {
    name: "weibull",
    parameters: &["shape", "scale"],
    description: "a waiting time whose hazard rises (shape above 1) or falls (below 1)",
    example: "weibull(1.7, 30)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Weibull::new(arguments[0], arguments[1])?)),
};

/// The Weibull distribution.
///
/// ```text
/// P(X > x) = exp(-(x/scale)^shape),   x >= 0
/// ```
///
/// The hazard goes with the power `shape - 1` of the time; `shape = 1` is the exponential distribution with mean `scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weibull {
    shape: f64,
    scale: f64,
}

impl Weibull {
    /// The Weibull distribution of this shape and scale.
    ///
    /// # Errors
    /// When the shape or the scale is not positive.
    pub fn new(shape: f64, scale: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            shape: Argument::new(SIGNATURE, 0, "shape", shape).shape()?,
            scale: Argument::new(SIGNATURE, 1, "scale", scale).positive()?,
        })
    }
}

impl Distribution for Weibull {
    fn mean(&self) -> Option<f64> {
        finite_or_none(self.scale * exp(ln_gamma(1.0 + 1.0 / self.shape)))
    }

    fn variance(&self) -> Option<f64> {
        let inverse = 1.0 / self.shape;
        let relative = if inverse < 1e-5 {
            // Γ(1 + 2/k) / Γ(1 + 1/k)² - 1, whose difference of logarithms has no digits left here.
            PI * PI / 6.0 * inverse * inverse
        } else {
            exp_m1(ln_gamma(1.0 + 2.0 * inverse) - 2.0 * ln_gamma(1.0 + inverse))
        };
        let mean = self.mean()?;
        finite_or_none(mean * mean * relative)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        -exp_m1(-powf(x.max(0.0) / self.scale, self.shape))
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x == f64::INFINITY {
            return 0.0;
        }
        let ratio = x / self.scale;
        let power = powf(ratio, self.shape);
        if power == f64::INFINITY {
            return 0.0;
        }
        self.shape / self.scale * powf(ratio, self.shape - 1.0) * exp(-power)
    }

    fn quantile(&self, p: f64) -> f64 {
        self.scale * powf(-ln_1p(-p.clamp(0.0, 1.0)), 1.0 / self.shape)
    }

    fn survival(&self, x: f64) -> f64 {
        exp(-powf(x.max(0.0) / self.scale, self.shape))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.scale * powf(-ln(q.clamp(0.0, 1.0)), 1.0 / self.shape)
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
    fn shape_1_is_exponential_and_shape_2_rayleigh() {
        let one = Weibull::new(1.0, 2.0).unwrap();
        assert!((one.cdf(3.0) - (1.0 - exp(-1.5))).abs() < 1e-15);
        let two = Weibull::new(2.0, 1.0).unwrap();
        assert!((two.mean().unwrap() - 0.5 * PI.sqrt()).abs() < 1e-14);
        assert!((two.variance().unwrap() - (1.0 - PI / 4.0)).abs() < 1e-14);
    }
}
