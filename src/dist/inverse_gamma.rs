//! The inverse Gamma distribution.

use crate::dist::parameter::{Argument, finite_or_none};
use crate::dist::{Distribution, Family, ParameterError};
use crate::math::{exp, gamma, ln};
use std::sync::Arc;

const SIGNATURE: &str = "inverse_gamma(shape, scale)";

pub(super) const FAMILY: Family = Family {
    name: "inverse_gamma",
    parameters: &["shape", "scale"],
    description: "the inverse of a Gamma variable: positive with a power-law upper tail",
    example: "inverse_gamma(3, 4)",
    discrete: false,
    build: |arguments| Ok(Arc::new(InverseGamma::new(arguments[0], arguments[1])?)),
};

/// The inverse Gamma distribution: `1/X` is Gamma with this shape and the rate `scale`.
///
/// ```text
/// f(x) = scale^shape x^(-shape-1) exp(-scale/x) / Γ(shape),   x > 0
/// ```
///
/// The mean exists for a shape above 1, the variance for a shape above 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseGamma {
    shape: f64,
    scale: f64,
}

impl InverseGamma {
    /// The inverse Gamma distribution of this shape and scale.
    ///
    /// # Errors
    /// When the shape or the scale is not positive.
    pub fn new(shape: f64, scale: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            shape: Argument::new(SIGNATURE, 0, "shape", shape).shape()?,
            scale: Argument::new(SIGNATURE, 1, "scale", scale).positive()?,
        })
    }

    fn inverse(&self, x: f64) -> f64 {
        self.scale / x.max(0.0)
    }
}

impl Distribution for InverseGamma {
    fn mean(&self) -> Option<f64> {
        if self.shape <= 1.0 {
            return None;
        }
        finite_or_none(self.scale / (self.shape - 1.0))
    }

    fn variance(&self) -> Option<f64> {
        if self.shape <= 2.0 {
            return None;
        }
        let mean = self.mean()?;
        finite_or_none(mean * mean / (self.shape - 2.0))
    }

    fn cdf(&self, x: f64) -> f64 {
        gamma::upper(self.shape, self.inverse(x))
    }

    fn density(&self, x: f64) -> f64 {
        let inverse = self.inverse(x);
        if x <= 0.0 || inverse == 0.0 || inverse == f64::INFINITY {
            return 0.0;
        }
        self.shape * gamma::power_term(self.shape, inverse) / x
    }

    fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        exp(ln(self.scale) - gamma::ln_inverse(self.shape, 1.0 - p, p))
    }

    fn survival(&self, x: f64) -> f64 {
        gamma::lower(self.shape, self.inverse(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let q = q.clamp(0.0, 1.0);
        exp(ln(self.scale) - gamma::ln_inverse(self.shape, q, 1.0 - q))
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Gamma;

    #[test]
    fn it_is_the_inverse_of_a_gamma_variable() {
        let (inverse, gamma) = (InverseGamma::new(3.0, 4.0).unwrap(), Gamma::new(3.0, 4.0).unwrap());
        for p in [0.01, 0.3, 0.5, 0.9] {
            assert!((inverse.quantile(p) * gamma.quantile(1.0 - p) - 1.0).abs() < 1e-13);
        }
        assert_eq!((inverse.mean(), inverse.variance()), (Some(2.0), Some(4.0)));
    }
}
