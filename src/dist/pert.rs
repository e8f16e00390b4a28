//! The PERT distribution.

use crate::dist::triangular::three_points;
use crate::dist::{Beta, Distribution, Family, ParameterError};
use std::sync::Arc;

const SIGNATURE: &str = "pert(low, mode, high)";

pub(super) const FAMILY: Family = Family {
    name: "pert",
    parameters: &["low", "mode", "high"],
    description: "a smooth hump from low over the mode to high, mean (low + 4 mode + high)/6",
    example: "pert(1, 2, 6)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Pert::new(arguments[0], arguments[1], arguments[2])?)),
};

/// The PERT distribution: a Beta stretched over `low..high` so that its mean is `(low + 4 mode + high)/6`.
///
/// ```text
/// X = low + (high - low) B,   B ~ Beta(1 + 4 (mode - low)/(high - low), 1 + 4 (high - mode)/(high - low))
/// ```
///
/// Malcolm, Roseboom, Clark and Fazar (1959), Oper. Res. 7, 646–669; with the usual weight 4 of the mode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pert {
    low: f64,
    high: f64,
    standard: Beta,
}

impl Pert {
    /// The PERT distribution over `low..high` with this mode, which may lie on a bound.
    ///
    /// # Errors
    /// When `high` is not above `low`, or the mode is outside.
    pub fn new(low: f64, mode: f64, high: f64) -> Result<Self, ParameterError> {
        let (low, mode, high) = three_points(SIGNATURE, low, mode, high)?;
        let width = high - low;
        let standard = Beta::new(1.0 + 4.0 * ((mode - low) / width), 1.0 + 4.0 * ((high - mode) / width))?;
        Ok(Self { low, high, standard })
    }

    fn width(&self) -> f64 {
        self.high - self.low
    }

    fn share(&self, x: f64) -> (f64, f64) {
        ((x - self.low) / self.width(), (self.high - x) / self.width())
    }
}

impl Distribution for Pert {
    fn mean(&self) -> Option<f64> {
        Some(self.low + self.width() * self.standard.mean())
    }

    fn variance(&self) -> Option<f64> {
        Some(self.width() * self.width() * self.standard.variance())
    }

    fn cdf(&self, x: f64) -> f64 {
        let (share, rest) = self.share(x);
        self.standard.both_tails(share, rest).0
    }

    fn density(&self, x: f64) -> f64 {
        Distribution::density(&self.standard, self.share(x).0) / self.width()
    }

    fn quantile(&self, p: f64) -> f64 {
        self.low + self.width() * Distribution::quantile(&self.standard, p)
    }

    fn survival(&self, x: f64) -> f64 {
        let (share, rest) = self.share(x);
        self.standard.both_tails(share, rest).1
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.low + self.width() * self.standard.upper_quantile(q)
    }

    fn support(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modelling_case_e4() {
        let pert = Pert::new(1.0, 2.0, 6.0).unwrap();
        assert!((pert.mean().unwrap() - 2.5).abs() < 1e-15);
        assert!((pert.variance().unwrap() - 0.75).abs() < 1e-15);
        assert_eq!(pert.support(), (1.0, 6.0));
    }
}
