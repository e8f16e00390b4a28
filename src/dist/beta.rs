//! The Beta distribution, also as a prior over a probability.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, Family, ParameterError};
use crate::math::{beta, exp, ln, ln_1p, ln_1p_exp, logistic, quadrature, sinh};
use rayon::prelude::*;
use std::sync::Arc;

const SIGNATURE: &str = "beta(a, b)";

pub(super) const FAMILY: Family = Family {
    name: "beta",
    parameters: &["a", "b"],
    description: "between 0 and 1: as if a successes and b failures had been seen",
    example: "beta(2, 8)",
    discrete: false,
    build: |arguments| Ok(Arc::new(Beta::new(arguments[0], arguments[1])?)),
};

/// The Beta distribution.
///
/// ```text
/// f(x) = x^(a-1) (1-x)^(b-1) / B(a, b),   0 <= x <= 1
/// ```
///
/// As a prior over a probability it weighs as much as `a` successes and `b` failures, and learns by adding to them.
///
/// ```
/// let prior = foretell::dist::Beta::jeffreys(6.0, 20.0)?; // 6 of 20
/// assert!((prior.mean() - 6.5 / 21.0).abs() < 1e-15);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// The Beta distribution with these parameters.
    ///
    /// # Errors
    /// When a parameter is not positive.
    pub fn new(a: f64, b: f64) -> Result<Self, ParameterError> {
        Ok(Self {
            a: Argument::new(SIGNATURE, 0, "first parameter", a).shape()?,
            b: Argument::new(SIGNATURE, 1, "second parameter", b).shape()?,
        })
    }

    /// The prior after `successes` of `trials`, with Jeffreys' ½ added to successes and failures.
    ///
    /// # Errors
    /// When a count is negative or there are more successes than trials.
    pub fn jeffreys(successes: f64, trials: f64) -> Result<Self, ParameterError> {
        const COUNTS: &str = "a base rate";
        let counted = Argument::new(COUNTS, 0, "number of successes", successes);
        let tried = Argument::new(COUNTS, 1, "number of trials", trials);
        for argument in [counted, tried] {
            if argument.finite()? < 0.0 {
                return Err(argument.error("be at least 0"));
            }
        }
        if successes > trials {
            return Err(counted.error(&format!("be at most the number of trials {trials}")));
        }
        Self::new(successes + 0.5, trials - successes + 0.5)
    }

    /// The first parameter: as a prior, the successes it weighs.
    #[must_use]
    pub fn a(&self) -> f64 {
        self.a
    }

    /// The second parameter: as a prior, the failures it weighs.
    #[must_use]
    pub fn b(&self) -> f64 {
        self.b
    }

    /// The mean, `a/(a + b)`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// The variance, `mean (1 - mean)/(a + b + 1)`.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let n = self.a + self.b;
        self.a / n * (self.b / n) / (n + 1.0)
    }

    /// The probability of a value at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        beta::regularised(self.a, self.b, x)
    }

    /// The value with probability `p` below it.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        logistic(beta::logit_inverse(self.a, self.b, p, 1.0 - p))
    }

    /// The logarithm of the density; infinite where the density has a pole, `-inf` outside 0 to 1.
    #[must_use]
    pub fn log_density(&self, x: f64) -> f64 {
        if !(0.0..=1.0).contains(&x) {
            return f64::NEG_INFINITY;
        }
        let power = |exponent: f64, ln_base: f64| if exponent == 0.0 { 0.0 } else { exponent * ln_base };
        power(self.a - 1.0, ln(x)) + power(self.b - 1.0, ln_1p(-x)) - beta::ln_beta(self.a, self.b)
    }

    /// The posterior after these many more successes and failures: they are added to `a` and `b`.
    ///
    /// # Panics
    /// In debug builds, when a number is negative.
    #[must_use]
    pub fn updated(&self, successes: f64, failures: f64) -> Self {
        debug_assert!(successes >= 0.0 && failures >= 0.0, "counts are not negative");
        Self { a: self.a + successes, b: self.b + failures }
    }

    /// The conditional means of `n` strata of equal probability, from the lowest; their average is the mean.
    ///
    /// ```text
    /// E[X; X < x] = mean I_x(a + 1, b)
    /// ```
    #[must_use]
    pub fn stratum_means(&self, n: usize) -> Vec<f64> {
        // One after the other, so that each begins where the one before ended; some at a time, which does not depend on the threads.
        const AT_A_TIME: usize = 32;
        let shares_below = |first: usize| {
            let mut near = None;
            (first..(first + AT_A_TIME).min(n + 1)).map(move |i| match i {
                0 => 0.0,
                i if i == n => 1.0,
                i => {
                    let p = i as f64 / n as f64;
                    let log_odds = beta::logit_inverse_near(self.a, self.b, (p, 1.0 - p), near);
                    near = Some(log_odds);
                    beta::both(self.a + 1.0, self.b, logistic(log_odds), logistic(-log_odds)).0
                }
            })
        };
        let below: Vec<f64> =
            (0..n / AT_A_TIME + 1).into_par_iter().flat_map_iter(|chunk| shares_below(chunk * AT_A_TIME)).collect();
        let mean = |ends: &[f64]| ((ends[1] - ends[0]).max(0.0) * n as f64 * self.mean()).clamp(0.0, 1.0);
        below.windows(2).map(mean).collect()
    }

    /// The expectation of a smooth function of the probability, to about 1e-10 of its size.
    ///
    /// The trapezoidal rule in the log-odds, where the density is smooth whatever `a` and `b` are, with points that spread out
    /// towards the tails. For the mean of a probability shifted on the log-odds scale, say:
    ///
    /// ```
    /// use foretell::{dist::Beta, math::{logistic, logit}};
    /// let doubted = Beta::new(2.0, 8.0)?.expectation(|p| logistic(logit(p) + 1.0));
    /// assert!((doubted - 0.378360).abs() < 1e-6);
    /// # Ok::<(), foretell::dist::ParameterError>(())
    /// ```
    #[must_use]
    pub fn expectation(&self, mut function: impl FnMut(f64) -> f64) -> f64 {
        let (a, b) = (self.a, self.b);
        let ln_beta = beta::ln_beta(a, b);
        // The mode of the log-odds, and their spread there or the length of a tail, whichever is less.
        let centre = ln(a / b);
        let spread = (1.0 / a + 1.0 / b).sqrt().min(1.0 / a.max(b)).max((1.0 / a.max(1.0) + 1.0 / b.max(1.0)).sqrt());
        let weight = |t: f64| {
            if t.abs() < 600.0 {
                beta::power_term(a, b, logistic(t), logistic(-t))
            } else {
                exp(-a * ln_1p_exp(-t) - b * ln_1p_exp(t) - ln_beta)
            }
        };
        // Far enough that both tails, exp(a t) and exp(-b t), are spent.
        let reach = |rate: f64| crate::math::asinh((80.0 / rate + 10.0 * spread + centre.abs()) / spread);
        quadrature::integrate_line(
            |s| {
                let t = centre + spread * sinh(s);
                let weight = weight(t) * spread * crate::math::cosh(s);
                if weight == 0.0 { 0.0 } else { weight * function(logistic(t)) }
            },
            -reach(a),
            reach(b),
            1e-13,
        )
    }

    /// The probability at most `x` and above it, given `x` and `1 - x`.
    pub(super) fn both_tails(&self, x: f64, rest: f64) -> (f64, f64) {
        beta::both(self.a, self.b, x, rest)
    }
}

impl Distribution for Beta {
    fn mean(&self) -> Option<f64> {
        Some(Self::mean(self))
    }

    fn variance(&self) -> Option<f64> {
        Some(Self::variance(self))
    }

    fn cdf(&self, x: f64) -> f64 {
        Self::cdf(self, x)
    }

    fn density(&self, x: f64) -> f64 {
        if x > 0.0 && x < 1.0 {
            // With the pieces of Stirling's formula, which keep the digits that the logarithm loses for large parameters.
            return beta::power_term(self.a, self.b, x, 1.0 - x) / x / (1.0 - x);
        }
        exp(self.log_density(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        Self::quantile(self, p)
    }

    fn survival(&self, x: f64) -> f64 {
        self.both_tails(x, 1.0 - x).1
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let q = q.clamp(0.0, 1.0);
        logistic(beta::logit_inverse(self.a, self.b, 1.0 - q, q))
    }

    fn support(&self) -> (f64, f64) {
        (0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{logit, sum};

    #[test]
    fn modelling_cases_s1_and_s4() {
        let posterior = Beta::new(2.0, 3.0).unwrap().updated(4.0, 1.0);
        assert_eq!(posterior.mean(), 0.6);
        assert!((posterior.quantile(0.05) - 0.344_941).abs() < 5e-7);
        assert!((posterior.quantile(0.95) - 0.831_250).abs() < 5e-7);
        assert!((posterior.expectation(|p| p * p) - 0.381_818_181_818).abs() < 1e-11);
        let rare = Beta::new(1.0, 1.0).unwrap().updated(0.0, 10.0);
        assert!((rare.mean() - 0.083_333_333_333).abs() < 1e-11);
        assert!((rare.quantile(0.95) - 0.238_404).abs() < 5e-7);
    }

    #[test]
    fn the_strata_average_to_the_mean_and_lie_in_order() {
        for (a, b) in [(2.0, 8.0), (0.5, 0.5), (0.05, 3.0), (1e6, 2e6), (6.5, 14.5)] {
            let beta = Beta::new(a, b).unwrap();
            for n in [1, 7, 64, 1000] {
                let means = beta.stratum_means(n);
                assert!((sum(means.iter().copied()) / n as f64 - beta.mean()).abs() < 1e-12, "{a} {b} {n}");
                assert!(means.windows(2).all(|pair| pair[0] <= pair[1]), "{a} {b} {n}");
            }
        }
        // Uniform: the strata's middles.
        let means = Beta::new(1.0, 1.0).unwrap().stratum_means(4);
        assert!(means.iter().zip([0.125, 0.375, 0.625, 0.875]).all(|(x, y)| (x - y).abs() < 1e-14));
    }

    #[test]
    fn moments_by_quadrature_are_the_closed_forms() {
        for a in [1e-3, 0.05, 0.5, 1.0, 6.5, 400.0, 1e7] {
            for b in [1e-3, 0.3, 1.0, 14.5, 1e3, 1e9] {
                let beta = Beta::new(a, b).unwrap();
                assert!((beta.expectation(|_| 1.0) - 1.0).abs() < 1e-10, "{a} {b}: {}", beta.expectation(|_| 1.0));
                assert!((beta.expectation(|p| p) - beta.mean()).abs() < 1e-10, "{a} {b}");
                let second = a / (a + b) * ((a + 1.0) / (a + b + 1.0));
                assert!((beta.expectation(|p| p * p) - second).abs() < 1e-10, "{a} {b}");
            }
        }
    }

    #[test]
    fn the_mean_of_shifted_log_odds_has_a_closed_form_for_the_uniform() {
        // ∫ p k/(1 - p + p k) dp = k/(k-1) - k ln k/(k-1)² for the odds ratio k.
        let k: f64 = 4.0;
        let closed = k / (k - 1.0) - k * ln(k) / ((k - 1.0) * (k - 1.0));
        let shifted = Beta::new(1.0, 1.0).unwrap().expectation(|p| logistic(logit(p) + ln(k)));
        assert!((shifted - closed).abs() < 1e-12);
    }

    #[test]
    fn more_successes_than_trials_are_refused() {
        assert_eq!(
            Beta::jeffreys(7.0, 5.0).unwrap_err().message,
            "the number of successes of a base rate must be at most the number of trials 5, but is 7"
        );
        let beta = Beta::jeffreys(6.0, 20.0).unwrap();
        assert_eq!((beta.a(), beta.b()), (6.5, 14.5));
    }
}
