//! The Gamma distribution, also as a prior over a rate.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, NegativeBinomial, ParameterError, TailWeight};
use crate::math::{exp, gamma, ln};
use rayon::prelude::*;
use std::sync::Arc;

const SIGNATURE: &str = "gamma(shape, rate)";

pub(super) const FAMILY: Family = Family {
    name: "gamma",
    parameters: &["shape", "rate"],
    description: "positive and skewed to the right, mean shape/rate",
    example: "gamma(2, 0.5)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Gamma::new(arguments[0], arguments[1])?)),
};

/// The Gamma distribution.
///
/// ```text
/// f(x) = rate^shape x^(shape-1) exp(-rate x) / Γ(shape),   x >= 0
/// ```
///
/// As a prior over the rate of events it weighs as much as `shape` events seen in an exposure (a time) `rate`, and learns by
/// adding to both. Its predictive distribution of counts is the negative binomial.
///
/// ```
/// let prior = foretell::dist::Gamma::new(2.0, 40.0)?; // 2 events in 40 days
/// let posterior = prior.updated(1.0, 60.0); // and 1 in the next 60
/// assert_eq!(posterior.mean(), 0.03);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    shape: f64,
    rate: f64,
}

impl Gamma {
    /// The Gamma distribution of this shape and rate (the inverse of the scale).
    ///
    /// # Errors
    /// When the shape or the rate is not positive.
    pub fn new(shape: f64, rate: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            shape: Argument::new(SIGNATURE, 0, "shape", shape).shape()?,
            rate: Argument::new(SIGNATURE, 1, "rate", rate).positive()?,
        })
    }

    /// The prior over a rate after `events` in an exposure (a time), with Jeffreys' ½ event: `Gamma(events + ½, exposure)`.
    ///
    /// # Errors
    /// When the number of events is negative or the exposure is not positive.
    pub fn jeffreys(events: f64, exposure: f64) -> Result<Self, ParameterError> {
        const COUNTS: &str = "a rate from counts";
        let counted = Argument::new(COUNTS, 0, "number of events", events);
        if counted.finite()? < 0.0 {
            return Err(counted.error("be at least 0"));
        }
        let exposure = Argument::new(COUNTS, 1, "time", exposure).positive()?;
        Self::new(events + 0.5, exposure)
    }

    /// The shape: as a prior, the number of events it weighs.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The rate, the inverse of the scale: as a prior, the exposure it weighs.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The mean, `shape/rate`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.shape / self.rate
    }

    /// The variance, `shape/rate²`.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.shape / self.rate / self.rate
    }

    /// The probability of a value at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        gamma::lower(self.shape, self.rate * x)
    }

    /// The value with probability `p` below it.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        exp(gamma::ln_inverse(self.shape, p, 1.0 - p) - ln(self.rate))
    }

    /// The posterior after `events` in `exposure`: `Gamma(shape + events, rate + exposure)`.
    ///
    /// # Panics
    /// In debug builds, when a number is negative.
    #[must_use]
    pub fn updated(&self, events: f64, exposure: f64) -> Self {
        debug_assert!(events >= 0.0 && exposure >= 0.0, "counts and exposures are not negative");
        Self { shape: self.shape + events, rate: self.rate + exposure }
    }

    /// The distribution of the number of events in `exposure`, the rate being unknown as this prior says: negative binomial
    /// with `r = shape` and `p = rate/(rate + exposure)`.
    #[must_use]
    pub fn predictive(&self, exposure: f64) -> Arc<dyn Distribution> {
        let total = self.rate + exposure;
        Arc::new(NegativeBinomial::from_parts(self.shape, self.rate / total, exposure / total))
    }

    /// The conditional means of `n` strata of equal probability, from the lowest; their average is the mean.
    ///
    /// ```text
    /// E[X; X < x] = mean P(shape + 1, rate x)
    /// ```
    #[must_use]
    pub fn stratum_means(&self, n: usize) -> Vec<f64> {
        let share_below = |i: usize| match i {
            0 => 0.0,
            i if i == n => 1.0,
            i => gamma::lower(self.shape + 1.0, self.rate * self.quantile(i as f64 / n as f64)),
        };
        let below: Vec<f64> = (0..=n).into_par_iter().map(share_below).collect();
        below.windows(2).map(|ends| (ends[1] - ends[0]).max(0.0) * n as f64 * self.mean()).collect()
    }
}

impl Distribution for Gamma {
    fn mean(&self) -> Option<f64> {
        Some(Self::mean(self))
    }

    fn variance(&self) -> Option<f64> {
        Some(Self::variance(self))
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        Self::cdf(self, x)
    }

    fn density(&self, x: f64) -> f64 {
        if x < 0.0 || x == f64::INFINITY {
            return 0.0;
        }
        if x == 0.0 {
            return match self.shape {
                shape if shape < 1.0 => f64::INFINITY,
                1.0 => self.rate,
                _ => 0.0,
            };
        }
        self.shape * gamma::power_term(self.shape, self.rate * x) / x
    }

    fn quantile(&self, p: f64) -> f64 {
        Self::quantile(self, p)
    }

    fn survival(&self, x: f64) -> f64 {
        gamma::upper(self.shape, self.rate * x)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let q = q.clamp(0.0, 1.0);
        exp(gamma::ln_inverse(self.shape, 1.0 - q, q) - ln(self.rate))
    }

    fn support(&self) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modelling_cases_s4_and_t9() {
        let posterior = Gamma::new(2.0, 40.0).unwrap().updated(1.0, 60.0);
        assert!((posterior.mean() - 0.03).abs() < 1e-16);
        assert!((posterior.predictive(14.0).cdf(0.0) - 0.674_972).abs() < 5e-7);
        let counts = Gamma::new(2.0, 1.0).unwrap().predictive(1.0);
        assert!((counts.survival(2.0) - 0.3125).abs() < 1e-15);
    }

    #[test]
    fn the_strata_average_to_the_mean_and_lie_in_order() {
        for gamma in [Gamma::new(0.5, 2.0).unwrap(), Gamma::new(3.5, 180.0).unwrap(), Gamma::new(1e6, 1.0).unwrap()] {
            let means = gamma.stratum_means(50);
            let average = crate::math::sum(means.iter().copied()) / 50.0;
            assert!((average / gamma.mean() - 1.0).abs() < 1e-12);
            assert!(means.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn a_rate_from_counts_has_half_an_event_more() {
        let gamma = Gamma::jeffreys(3.0, 180.0).unwrap();
        assert_eq!((gamma.shape(), gamma.rate()), (3.5, 180.0));
        assert_eq!(
            Gamma::jeffreys(-3.0, 180.0).unwrap_err().message,
            "the number of events of a rate from counts must be at least 0, but is -3"
        );
    }
}
