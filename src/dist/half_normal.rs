//! The half-normal distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{erf, erfc, normal};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI};
use std::sync::Arc;

const SIGNATURE: &str = "half_normal(scale)";

pub(super) const FAMILY: Family = Family {
    name: "half_normal",
    parameters: &["scale"],
    description: "the size of a normal deviation: positive, most likely near 0",
    example: "half_normal(2)",
    discrete: false,
    build: |arguments| Ok(Arc::new(HalfNormal::new(arguments[0])?)),
};

/// The half-normal distribution: the absolute value of a normal variable with mean 0 and standard deviation `scale`.
///
/// ```text
/// f(x) = 2 exp(-z²/2) / (scale √(2π)),   z = x/scale,   x >= 0
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HalfNormal {
    scale: f64,
}

impl HalfNormal {
    /// The absolute value of a normal variable with this standard deviation.
    ///
    /// # Errors
    /// When the scale is not positive.
    pub fn new(scale: f64) -> Result<Self, ParameterError> {
        Ok(Self { scale: Argument::new(SIGNATURE, 0, "scale", scale).positive()? })
    }
}

impl Distribution for HalfNormal {
    fn mean(&self) -> Option<f64> {
        Some(self.scale * FRAC_2_PI.sqrt())
    }

    fn variance(&self) -> Option<f64> {
        Some(self.scale * self.scale * (1.0 - FRAC_2_PI))
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Thin
    }

    fn cdf(&self, x: f64) -> f64 {
        erf(x.max(0.0) / self.scale * FRAC_1_SQRT_2)
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { 2.0 * normal::density(x / self.scale) / self.scale }
    }

    fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        if p > 0.5 {
            return self.upper_quantile(1.0 - p);
        }
        // One Newton step gives a small p the relative accuracy that ½ + p/2 has lost.
        let z = normal::quick_quantile(0.5 + 0.5 * p);
        let error = erf(z * FRAC_1_SQRT_2) - p;
        self.scale * (z - 0.5 * error / normal::density(z)).max(0.0)
    }

    fn survival(&self, x: f64) -> f64 {
        erfc(x.max(0.0) / self.scale * FRAC_1_SQRT_2)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        -self.scale * normal::quantile(0.5 * q.clamp(0.0, 1.0))
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
    fn the_median_is_the_normals_upper_quartile() {
        let half = HalfNormal::new(2.0).unwrap();
        assert!((half.quantile(0.5) - 2.0 * 0.674_489_750_196_081_7).abs() < 1e-14);
        assert!((half.quantile(1e-30) / 2.0 / 1e-30 - 1.253_314_137_315_500_3).abs() < 1e-12);
    }
}
