//! The geometric distribution.

use crate::dist::lattice::{is_whole, smallest_whole};
use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError, TailWeight};
use crate::math::{exp, exp_m1, ln, ln_1p};
use std::sync::Arc;

const SIGNATURE: &str = "geometric(p)";

pub(super) const FAMILY: Family = Family {
    name: "geometric",
    parameters: &["p"],
    description: "failures before the first success, each trial with chance p",
    example: "geometric(0.25)",
    discrete: true,
    build: |arguments| Ok(Arc::new(Geometric::new(arguments[0])?)),
};

/// The geometric distribution: the number of failures before the first success.
///
/// ```text
/// P(X = k) = p (1-p)^k,   k = 0, 1, 2, …
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometric {
    p: f64,
}

impl Geometric {
    /// The number of failures before the first success, each trial of chance `p`.
    ///
    /// # Errors
    /// When `p` is not above 0 and at most 1.
    pub fn new(p: f64) -> Result<Self, ParameterError> {
        Ok(Self { p: Argument::new(SIGNATURE, 0, "chance of success", p).positive_probability()? })
    }

    /// The logarithm of the probability of more than `x` failures.
    fn ln_survival(self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { (x.floor() + 1.0) * ln_1p(-self.p) }
    }
}

impl Distribution for Geometric {
    fn mean(&self) -> Option<f64> {
        Some((1.0 - self.p) / self.p)
    }

    fn variance(&self) -> Option<f64> {
        Some((1.0 - self.p) / self.p / self.p)
    }

    fn tail_weight(&self) -> TailWeight {
        TailWeight::Moderate
    }

    fn cdf(&self, x: f64) -> f64 {
        -exp_m1(self.ln_survival(x))
    }

    fn density(&self, x: f64) -> f64 {
        if is_whole(x) { self.p * exp(self.ln_survival(x - 1.0)) } else { 0.0 }
    }

    fn quantile(&self, p: f64) -> f64 {
        if p >= 1.0 {
            return self.support().1;
        }
        smallest_whole((ln_1p(-p) / ln_1p(-self.p)).ceil() - 1.0, 0.0, |k| self.cdf(k) >= p)
    }

    fn survival(&self, x: f64) -> f64 {
        exp(self.ln_survival(x))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if q <= 0.0 {
            return self.support().1;
        }
        smallest_whole((ln(q) / ln_1p(-self.p)).ceil() - 1.0, 0.0, |k| self.survival(k) <= q)
    }

    fn is_discrete(&self) -> bool {
        true
    }

    fn support(&self) -> (f64, f64) {
        (0.0, if self.p == 1.0 { 0.0 } else { f64::INFINITY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_negative_binomial_of_one_success() {
        let geometric = Geometric::new(0.25).unwrap();
        let negative_binomial = crate::dist::NegativeBinomial::new(1.0, 0.25).unwrap();
        for k in 0..40 {
            assert!((geometric.cdf(f64::from(k)) - negative_binomial.cdf(f64::from(k))).abs() < 1e-14);
            assert!((geometric.density(f64::from(k)) - negative_binomial.density(f64::from(k))).abs() < 1e-14);
        }
        assert_eq!(geometric.mean(), Some(3.0));
        assert_eq!(Geometric::new(1.0).unwrap().quantile(0.999), 0.0);
    }
}
