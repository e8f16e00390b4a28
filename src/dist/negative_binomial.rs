//! The negative binomial distribution.

use crate::dist::lattice::{guess, is_whole, smallest_whole};
use crate::dist::parameter::{Argument, finite_or_none};
use crate::dist::{Distribution, Family, ParameterError, TailWeight};
use crate::math::beta;
use std::sync::Arc;

const SIGNATURE: &str = "negative_binomial(r, p)";

pub(super) const FAMILY: Family = Family {
    name: "negative_binomial",
    parameters: &["r", "p"],
    description: "failures before the r-th success, each trial with chance p; counts more spread than Poisson",
    example: "negative_binomial(3, 0.4)",
    discrete: true,
    build: |arguments| Ok(Arc::new(NegativeBinomial::new(arguments[0], arguments[1])?)),
};

/// The negative binomial distribution: the number of failures before the `r`-th success.
///
/// ```text
/// P(X = k) = Γ(k + r) / (k! Γ(r)) p^r (1-p)^k,   k = 0, 1, 2, …
/// ```
///
/// `r` need not be whole. It is also the Poisson distribution whose mean is Gamma distributed with shape `r` and rate
/// `p/(1-p)`. The cdf is the incomplete beta function `I_p(r, k + 1)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NegativeBinomial {
    r: f64,
    p: f64,
    q: f64,
}

impl NegativeBinomial {
    /// The number of failures before the `r`-th success, each trial of chance `p`.
    ///
    /// # Errors
    /// When `r` is not positive or `p` is not above 0 and at most 1.
    pub fn new(r: f64, p: f64) -> Result<Self, ParameterError> {
        let r = Argument::new(SIGNATURE, 0, "number of successes", r).shape()?;
        let p = Argument::new(SIGNATURE, 1, "chance of success", p).positive_probability()?;
        Ok(Self { r, p, q: 1.0 - p })
    }

    /// The distribution with `p` and `q = 1 - p`, either of which may be too small to be had from the other.
    pub(super) fn from_parts(r: f64, p: f64, q: f64) -> Self {
        Self { r, p, q }
    }

    fn guess(&self, p: f64) -> f64 {
        let spread = (self.r * self.q).sqrt();
        guess(p, self.r * self.q / self.p, spread / self.p, (1.0 + self.q) / spread.max(1e-100))
    }

    fn both_tails(&self, x: f64) -> (f64, f64) {
        if x < 0.0 { (0.0, 1.0) } else { beta::both(self.r, x.floor() + 1.0, self.p, self.q) }
    }
}

impl Distribution for NegativeBinomial {
    fn mean(&self) -> Option<f64> {
        finite_or_none(self.r * self.q / self.p)
    }

    fn variance(&self) -> Option<f64> {
        finite_or_none(self.r * self.q / self.p / self.p)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        self.both_tails(x).0
    }

    fn density(&self, x: f64) -> f64 {
        if !is_whole(x) {
            return 0.0;
        }
        if self.q == 0.0 {
            return if x == 0.0 { 1.0 } else { 0.0 };
        }
        beta::power_term(self.r, x + 1.0, self.p, self.q) / (self.r + x) / self.q
    }

    fn quantile(&self, p: f64) -> f64 {
        if p >= 1.0 {
            return self.support().1;
        }
        smallest_whole(self.guess(p), 0.0, |k| self.cdf(k) >= p)
    }

    fn survival(&self, x: f64) -> f64 {
        self.both_tails(x).1
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
        (0.0, if self.q == 0.0 { 0.0 } else { f64::INFINITY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_masses_are_the_textbooks() {
        let counts = NegativeBinomial::new(3.0, 0.4).unwrap();
        assert!((counts.density(0.0) - 0.064).abs() < 1e-15);
        assert!((counts.density(2.0) - 6.0 * 0.064 * 0.36).abs() < 1e-15);
        assert!((counts.mean().unwrap() - 4.5).abs() < 1e-14);
        assert!((counts.cdf(1.0) - (0.064 + 3.0 * 0.064 * 0.6)).abs() < 1e-15);
    }

    #[test]
    fn modelling_case_t9() {
        let counts = NegativeBinomial::new(2.0, 0.5).unwrap();
        assert!((counts.survival(2.0) - 0.3125).abs() < 1e-15);
    }
}
