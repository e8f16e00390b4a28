//! The Poisson distribution.

use crate::dist::lattice::{guess, is_whole, smallest_whole};
use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, TailWeight};
use crate::math::gamma;
use std::sync::Arc;

const SIGNATURE: &str = "poisson(mean)";

pub(super) const FAMILY: Family = Family {
    name: "poisson",
    parameters: &["mean"],
    description: "a number of events that come independently at a steady pace",
    example: "poisson(2)",
    discrete: true,
    build: |arguments| Ok(Arc::new(Poisson::new(arguments[0])?)),
};

/// The Poisson distribution.
///
/// ```text
/// P(X = k) = mean^k exp(-mean) / k!,   k = 0, 1, 2, …
/// ```
///
/// The cdf is the incomplete gamma function `Q(k + 1, mean)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poisson {
    mean: f64,
}

impl Poisson {
    /// The Poisson distribution with this mean, which may be 0.
    ///
    /// # Errors
    /// When the mean is negative or above 1e15.
    pub fn new(mean: f64) -> Result<Self, ParameterError> {
        let argument = Argument::new(SIGNATURE, 0, "mean", mean);
        if !(0.0..=1e15).contains(&argument.finite()?) {
            return Err(argument.error("lie between 0 and 1e15"));
        }
        Ok(Self { mean })
    }

    fn guess(self, p: f64) -> f64 {
        let sd = self.mean.sqrt();
        guess(p, self.mean, sd, 1.0 / sd.max(1e-100))
    }
}

impl Distribution for Poisson {
    fn mean(&self) -> Option<f64> {
        Some(self.mean)
    }

    fn variance(&self) -> Option<f64> {
        Some(self.mean)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Thin
    }

    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { gamma::upper(x.floor() + 1.0, self.mean) }
    }

    fn density(&self, x: f64) -> f64 {
        if is_whole(x) { gamma::power_term(x, self.mean) } else { 0.0 }
    }

    fn quantile(&self, p: f64) -> f64 {
        if p >= 1.0 {
            return self.support().1;
        }
        smallest_whole(self.guess(p), 0.0, |k| self.cdf(k) >= p)
    }

    fn survival(&self, x: f64) -> f64 {
        if x < 0.0 { 1.0 } else { gamma::lower(x.floor() + 1.0, self.mean) }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if q <= 0.0 {
            return self.support().1;
        }
        smallest_whole(self.guess(1.0 - q), 0.0, |k| self.survival(k) <= q)
    }

    fn is_discrete(&self) -> bool {
        true
    }

    fn support(&self) -> (f64, f64) {
        (0.0, if self.mean == 0.0 { 0.0 } else { f64::INFINITY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modelling_case_t9() {
        let poisson = Poisson::new(2.0).unwrap();
        assert!((poisson.survival(2.0) - 0.323_324).abs() < 5e-7);
        assert_eq!((poisson.quantile(0.5), poisson.quantile(0.9)), (2.0, 4.0));
        assert_eq!(poisson.density(1.5), 0.0);
    }

    #[test]
    fn no_events_are_expected_of_a_mean_of_0() {
        let none = Poisson::new(0.0).unwrap();
        assert_eq!((none.cdf(0.0), none.density(0.0), none.density(1.0), none.quantile(0.999)), (1.0, 1.0, 0.0, 0.0));
        assert_eq!(
            Poisson::new(-1.0).unwrap_err().message,
            "the mean of poisson(mean) must lie between 0 and 1e15, but is -1"
        );
    }
}
