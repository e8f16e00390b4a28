//! The Cauchy distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost};
use crate::math::{atan2, tan};
use std::f64::consts::PI;
use std::sync::Arc;

const SIGNATURE: &str = "cauchy(location, scale)";

pub(super) const FAMILY: Family = Family {
    name: "cauchy",
    parameters: &["location", "scale"],
    description: "symmetric with tails so heavy that it has no mean",
    example: "cauchy(0, 1)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Cauchy::new(arguments[0], arguments[1])?)),
};

/// The Cauchy distribution.
///
/// ```text
/// f(x) = 1 / (π scale (1 + z²)),   z = (x - location)/scale
/// ```
///
/// Neither mean nor variance exists; the quartiles lie one scale from the median.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cauchy {
    location: f64,
    scale: f64,
}

impl Cauchy {
    /// The Cauchy distribution with this median and half the distance of its quartiles.
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

impl Distribution for Cauchy {
    fn mean(&self) -> Option<f64> {
        None
    }

    fn variance(&self) -> Option<f64> {
        None
    }

    fn cdf(&self, x: f64) -> f64 {
        atan2(1.0, -self.standardised(x)) / PI
    }

    fn density(&self, x: f64) -> f64 {
        let z = self.standardised(x);
        1.0 / (PI * self.scale * (1.0 + z * z))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * standard_quantile(p.clamp(0.0, 1.0))
    }

    fn survival(&self, x: f64) -> f64 {
        atan2(1.0, self.standardised(x)) / PI
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

/// `-cot(π p)`, through the nearer end.
fn standard_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else if p < 0.25 {
        -1.0 / tan(PI * p)
    } else if p > 0.75 {
        1.0 / tan(PI * (1.0 - p))
    } else {
        tan(PI * (p - 0.5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quartiles_lie_one_scale_from_the_median() {
        let cauchy = Cauchy::new(3.0, 2.0).unwrap();
        assert!((cauchy.quantile(0.75) - 5.0).abs() < 1e-14);
        assert!((cauchy.cdf(1.0) - 0.25).abs() < 1e-15);
        assert_eq!(cauchy.quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(cauchy.quantile(1.0), f64::INFINITY);
    }
}
