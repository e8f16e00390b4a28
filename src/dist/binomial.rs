//! The binomial distribution.

use crate::dist::lattice::{guess, is_whole, smallest_whole};
use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError};
use crate::math::beta;
use std::sync::Arc;

const SIGNATURE: &str = "binomial(n, p)";

pub(super) const FAMILY: Family = Family {
    name: "binomial",
    parameters: &["n", "p"],
    description: "how many of n independent trials succeed, each with chance p",
    example: "binomial(10, 0.3)",
    discrete: true,
    build: |arguments| Ok(Arc::new(Binomial::new(arguments[0], arguments[1])?)),
};

/// The binomial distribution.
///
/// ```text
/// P(X = k) = C(n, k) p^k (1-p)^(n-k),   k = 0 … n
/// ```
///
/// The cdf is the incomplete beta function `I_(1-p)(n - k, k + 1)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binomial {
    n: f64,
    p: f64,
}

impl Binomial {
    /// The number of successes in `n` trials of chance `p`.
    ///
    /// # Errors
    /// When `n` is not a whole number from 0 to 1e15, or `p` is not a probability.
    pub fn new(n: f64, p: f64) -> Result<Self, ParameterError> {
        let trials = Argument::new(SIGNATURE, 0, "number of trials", n);
        if !(is_whole(trials.finite()?) && n <= 1e15) {
            return Err(trials.error("be a whole number from 0 to 1e15"));
        }
        Ok(Self { n, p: Argument::new(SIGNATURE, 1, "chance of success", p).probability()? })
    }

    fn guess(&self, p: f64) -> f64 {
        let sd = (self.n * self.p * (1.0 - self.p)).sqrt();
        guess(p, self.n * self.p, sd, (1.0 - 2.0 * self.p) / sd.max(1e-100))
    }

    fn both_tails(&self, x: f64) -> (f64, f64) {
        if x < 0.0 {
            return (0.0, 1.0);
        }
        let k = x.floor();
        if k >= self.n {
            return (1.0, 0.0);
        }
        beta::both(self.n - k, k + 1.0, 1.0 - self.p, self.p)
    }
}

impl Distribution for Binomial {
    fn mean(&self) -> Option<f64> {
        Some(self.n * self.p)
    }

    fn variance(&self) -> Option<f64> {
        Some(self.n * self.p * (1.0 - self.p))
    }

    fn cdf(&self, x: f64) -> f64 {
        self.both_tails(x).0
    }

    fn density(&self, x: f64) -> f64 {
        if !is_whole(x) || x > self.n {
            return 0.0;
        }
        let (p, q) = (self.p, 1.0 - self.p);
        if p == 0.0 || q == 0.0 {
            return if x == self.n * p { 1.0 } else { 0.0 };
        }
        beta::power_term(x + 1.0, self.n - x + 1.0, p, q) / (self.n + 1.0) / p / q
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
        match self.p {
            0.0 => (0.0, 0.0),
            1.0 => (self.n, self.n),
            _ => (0.0, self.n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_tosses_of_a_coin_are_counted_on_the_fingers() {
        let binomial = Binomial::new(3.0, 0.5).unwrap();
        for (k, mass, cdf) in [(0.0, 0.125, 0.125), (1.0, 0.375, 0.5), (2.0, 0.375, 0.875), (3.0, 0.125, 1.0)] {
            assert!((binomial.density(k) - mass).abs() < 1e-15);
            assert!((binomial.cdf(k) - cdf).abs() < 1e-15);
        }
        assert_eq!(binomial.quantile(0.6), 2.0);
    }

    #[test]
    fn certain_trials_leave_no_doubt() {
        for (p, value) in [(0.0, 0.0), (1.0, 10.0)] {
            let binomial = Binomial::new(10.0, p).unwrap();
            assert_eq!(
                (binomial.quantile(1e-9), binomial.quantile(0.999), binomial.density(value)),
                (value, value, 1.0)
            );
        }
        assert!(Binomial::new(2.5, 0.5).is_err());
    }
}
