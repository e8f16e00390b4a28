//! The chi-squared distribution.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, Gamma, ParameterError, TailWeight};
use std::sync::Arc;

const SIGNATURE: &str = "chi_squared(df)";

pub(super) const FAMILY: Family = Family {
    name: "chi_squared",
    parameters: &["df"],
    description: "the sum of df squared standard normals",
    example: "chi_squared(4)",
    discrete: false,
    build: |arguments| Ok(Arc::new(ChiSquared::new(arguments[0])?)),
};

/// The chi-squared distribution: the Gamma distribution of shape `df/2` and rate ½.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquared(Gamma);

impl ChiSquared {
    /// The distribution of the sum of `df` squared standard normals; `df` need not be whole.
    ///
    /// # Errors
    /// When the degrees of freedom are not positive.
    pub fn new(df: f64) -> Result<Self, ParameterError> {
        let df = Argument::new(SIGNATURE, 0, "degrees of freedom", df).shape()?;
        Ok(Self(Gamma::new((0.5 * df).max(1e-6), 0.5)?))
    }
}

impl Distribution for ChiSquared {
    fn mean(&self) -> Option<f64> {
        Distribution::mean(&self.0)
    }

    fn variance(&self) -> Option<f64> {
        Distribution::variance(&self.0)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        Distribution::cdf(&self.0, x)
    }

    fn density(&self, x: f64) -> f64 {
        self.0.density(x)
    }

    fn quantile(&self, p: f64) -> f64 {
        Distribution::quantile(&self.0, p)
    }

    fn survival(&self, x: f64) -> f64 {
        self.0.survival(x)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.0.upper_quantile(q)
    }

    fn support(&self) -> (f64, f64) {
        self.0.support()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_met() {
        assert!((ChiSquared::new(10.0).unwrap().quantile(0.95) - 18.307_038_053_275_146).abs() < 1e-12);
        assert!((ChiSquared::new(1.0).unwrap().quantile(0.95) - 3.841_458_820_694_124).abs() < 1e-12);
    }
}
