//! The Gumbel distribution (of maxima).

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{exp, exp_m1, ln, ln_1p};
use std::f64::consts::{EULER_GAMMA, PI};
use std::sync::Arc;

const SIGNATURE: &str = "gumbel(location, scale)";

pub(super) const FAMILY: Family = Family {
    name: "gumbel",
    parameters: &["location", "scale"],
    description: "the largest of many: skewed to the right",
    example: "gumbel(10, 2)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Gumbel::new(arguments[0], arguments[1])?)),
};

/// The Gumbel distribution of maxima.
///
/// ```text
/// F(x) = exp(-exp(-z)),   z = (x - location)/scale
/// ```
///
/// The mean is `location + 0.5772 scale`, the standard deviation `scale π/√6`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gumbel {
    location: f64,
    scale: f64,
}

impl Gumbel {
    /// The Gumbel distribution with this mode and scale.
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

impl Distribution for Gumbel {
    fn mean(&self) -> Option<f64> {
        Some(self.location + self.scale * EULER_GAMMA)
    }

    fn variance(&self) -> Option<f64> {
        Some(self.scale * self.scale * PI * PI / 6.0)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        exp(-exp(-self.standardised(x)))
    }

    fn density(&self, x: f64) -> f64 {
        let e = exp(-self.standardised(x));
        if e == f64::INFINITY { 0.0 } else { e * exp(-e) / self.scale }
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location - self.scale * ln(-ln(p.clamp(0.0, 1.0)))
    }

    fn survival(&self, x: f64) -> f64 {
        -exp_m1(-exp(-self.standardised(x)))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * ln(-ln_1p(-q.clamp(0.0, 1.0)))
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
    fn the_mode_has_probability_1_over_e_below_it() {
        let gumbel = Gumbel::new(10.0, 2.0).unwrap();
        assert!((gumbel.cdf(10.0) - exp(-1.0)).abs() < 1e-16);
        assert!((gumbel.mean().unwrap() - 11.154_431_329_803_065).abs() < 1e-14);
    }
}
