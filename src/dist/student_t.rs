//! Student's t distribution.

use crate::dist::parameter::{Argument, finite_or_none};
use crate::dist::{Distribution, Family, ParameterError};
use crate::math::{beta, exp, ln, ln_1p};
use std::sync::Arc;

const SIGNATURE: &str = "student_t(df, location, scale)";

pub(super) const FAMILY: Family = Family {
    name: "student_t",
    parameters: &["df", "location", "scale"],
    description: "like the normal with heavy tails; the fewer degrees of freedom, the heavier",
    example: "student_t(5, 10, 2)",
    discrete: false,
    build: |arguments| Ok(Arc::new(StudentT::new(arguments[0], arguments[1], arguments[2])?)),
};

/// Student's t distribution, shifted and scaled.
///
/// ```text
/// f(x) = (1 + z²/df)^(-(df+1)/2) / (scale √df B(df/2, ½)),   z = (x - location)/scale
/// ```
///
/// The mean exists for more than 1 degree of freedom, the variance for more than 2. The cdf is an incomplete beta function
/// (Abramowitz and Stegun 26.7.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT {
    df: f64,
    location: f64,
    scale: f64,
}

impl StudentT {
    /// Student's t distribution with these degrees of freedom, median and scale.
    ///
    /// # Errors
    /// When the degrees of freedom or the scale are not positive.
    pub fn new(df: f64, location: f64, scale: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            df: Argument::new(SIGNATURE, 0, "degrees of freedom", df).shape()?,
            location: Argument::new(SIGNATURE, 1, "location", location).finite()?,
            scale: Argument::new(SIGNATURE, 2, "scale", scale).positive()?,
        })
    }

    fn standardised(&self, x: f64) -> f64 {
        (x - self.location) / self.scale
    }

    fn standard_cdf(&self, z: f64) -> f64 {
        // I_x(df/2, ½) with x = df/(df + z²) is the mass of both tails beyond |z|.
        let rise = (z / self.df.sqrt()) * (z / self.df.sqrt());
        let (share, rest) = if rise > 1.0 {
            (1.0 / rise / (1.0 + 1.0 / rise), 1.0 / (1.0 + 1.0 / rise))
        } else {
            (1.0 / (1.0 + rise), rise / (1.0 + rise))
        };
        let (tails, middle) = beta::both(0.5 * self.df, 0.5, share, rest);
        if z < 0.0 { 0.5 * tails } else { 0.5 + 0.5 * middle }
    }

    fn standard_quantile(&self, p: f64) -> f64 {
        let tails = 2.0 * p.min(1.0 - p);
        let log_odds = beta::logit_inverse(0.5 * self.df, 0.5, tails, 1.0 - tails);
        (self.df.sqrt() * exp(-0.5 * log_odds)).copysign(p - 0.5)
    }
}

impl Distribution for StudentT {
    fn mean(&self) -> Option<f64> {
        (self.df > 1.0).then_some(self.location)
    }

    fn variance(&self) -> Option<f64> {
        if self.df <= 2.0 {
            return None;
        }
        finite_or_none(self.scale * self.scale * (self.df / (self.df - 2.0)))
    }

    fn cdf(&self, x: f64) -> f64 {
        self.standard_cdf(self.standardised(x))
    }

    fn density(&self, x: f64) -> f64 {
        let z = self.standardised(x).abs();
        let ln_rise = if z > 1e150 { 2.0 * ln(z) - ln(self.df) } else { ln_1p(z * z / self.df) };
        exp(-0.5 * (self.df + 1.0) * ln_rise - beta::ln_beta(0.5 * self.df, 0.5)) / (self.scale * self.df.sqrt())
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * self.standard_quantile(p.clamp(0.0, 1.0))
    }

    fn survival(&self, x: f64) -> f64 {
        self.standard_cdf(-self.standardised(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * self.standard_quantile(q.clamp(0.0, 1.0))
    }

    fn support(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_met() {
        let student = StudentT::new(5.0, 0.0, 1.0).unwrap();
        assert!((student.quantile(0.975) - 2.570_581_835_636_314).abs() < 1e-13);
        assert!((StudentT::new(1.0, 0.0, 1.0).unwrap().cdf(1.0) - 0.75).abs() < 1e-15);
        assert!(
            (StudentT::new(2.0, 10.0, 2.0).unwrap().quantile(0.9) - (10.0 + 2.0 * 1.885_618_083_164_126_7)).abs()
                < 1e-13
        );
    }

    #[test]
    fn many_degrees_of_freedom_are_normal() {
        let student = StudentT::new(1e12, 0.0, 1.0).unwrap();
        for p in [1e-10, 0.05, 0.4999, 0.9] {
            assert!((student.quantile(p) - crate::math::normal::quantile(p)).abs() < 1e-9);
        }
    }
}
