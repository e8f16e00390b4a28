//! The lognormal distribution.

use crate::dist::parameter::{Argument, finite_or_none};
use crate::dist::{Distribution, Family, ParameterError, QuantileCost, TailWeight};
use crate::math::{columns, exp, exp_m1, level, ln, normal};
use std::sync::Arc;

const SIGNATURE: &str = "lognormal(mu, sigma)";

pub(super) const FAMILY: Family = Family {
    name: "lognormal",
    parameters: &["mu", "sigma"],
    description: "positive; its logarithm is normal with mean mu and standard deviation sigma",
    example: "lognormal(3, 0.5)",
    discrete: false,
    build: |arguments| Ok(Arc::new(LogNormal::new(arguments[0], arguments[1])?)),
};

/// The lognormal distribution: `ln X` is normal.
///
/// ```text
/// f(x) = exp(-z²/2) / (x sigma √(2π)),   z = (ln x - mu)/sigma,   x > 0
/// ```
///
/// The median is `exp(mu)`, the mean `exp(mu + sigma²/2)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogNormal {
    mu: f64,
    sigma: f64,
}

impl LogNormal {
    /// The distribution whose logarithm has mean `mu` and standard deviation `sigma`.
    ///
    /// # Errors
    /// When `sigma` is not positive.
    pub fn new(mu: f64, sigma: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            mu: Argument::new(SIGNATURE, 0, "mean of the logarithm", mu).finite()?,
            sigma: Argument::new(SIGNATURE, 1, "standard deviation of the logarithm", sigma).positive()?,
        })
    }

    /// Of parameters that have been looked at.
    pub(super) const fn from_parts(mu: f64, sigma: f64) -> Self {
        Self { mu, sigma }
    }

    /// The mean of the logarithm.
    #[must_use]
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// The standard deviation of the logarithm.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    fn standardised(&self, x: f64) -> f64 {
        (ln(x.max(0.0)) - self.mu) / self.sigma
    }
}

impl Distribution for LogNormal {
    fn mean(&self) -> Option<f64> {
        finite_or_none(exp(self.mu + 0.5 * self.sigma * self.sigma))
    }

    fn variance(&self) -> Option<f64> {
        let square = self.sigma * self.sigma;
        finite_or_none(exp_m1(square) * exp(2.0 * self.mu + square))
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        normal::cdf(self.standardised(x))
    }

    fn density(&self, x: f64) -> f64 {
        if x <= 0.0 || x == f64::INFINITY {
            return 0.0;
        }
        let z = self.standardised(x);
        exp(-0.5 * z * z - ln(x)) / (self.sigma * (2.0 * std::f64::consts::PI).sqrt())
    }

    fn quantile(&self, p: f64) -> f64 {
        exp(self.mu + self.sigma * normal::quantile(p.clamp(0.0, 1.0)))
    }

    fn survival(&self, x: f64) -> f64 {
        normal::cdf(-self.standardised(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        exp(self.mu - self.sigma * normal::quantile(q.clamp(0.0, 1.0)))
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }

    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::ClosedForm
    }

    fn fill_quantiles(&self, uniforms: &[f64], out: &mut [f64]) {
        assert_eq!(uniforms.len(), out.len(), "one value is written for each uniform");
        columns::normal_quantiles(level(), uniforms, out);
        out.iter_mut().for_each(|value| *value = self.mu + self.sigma * *value);
        columns::exp(level(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_median_are_the_textbooks() {
        let lognormal = LogNormal::new(3.0, 0.5).unwrap();
        assert!((lognormal.quantile(0.5) - exp(3.0)).abs() < 1e-13);
        assert!((lognormal.mean().unwrap() - exp(3.125)).abs() < 1e-13);
        assert_eq!(LogNormal::new(800.0, 1.0).unwrap().mean(), None);
    }
}
