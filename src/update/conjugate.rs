//! Bayes' rule in closed form: two hypotheses, chances of success, means of normal numbers.

use crate::math::beta::{inverse, ln_beta};
use crate::math::ln_gamma;

/// The probability of a hypothesis after evidence.
///
/// ```text
/// P(H | E) = P(H) P(E | H) / (P(H) P(E | H) + P(not H) P(E | not H))
/// ```
///
/// `None` when the prior lies outside of 0..=1, a likelihood is negative or not finite, or the evidence was impossible under both.
///
/// ```
/// let posterior = foretell::update::bayes_binary(0.5, 0.8, 0.2).expect("the evidence is possible");
/// assert!((posterior - 0.8).abs() < 1e-15);
/// ```
#[must_use]
pub fn bayes_binary(prior: f64, likelihood: f64, likelihood_otherwise: f64) -> Option<f64> {
    let sound = (0.0..=1.0).contains(&prior)
        && [likelihood, likelihood_otherwise].iter().all(|of| *of >= 0.0 && of.is_finite());
    let (with, without) = (prior * likelihood, (1.0 - prior) * likelihood_otherwise);
    (sound && with + without > 0.0).then(|| with / (with + without))
}

/// A Beta distribution of a chance after trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaPosterior {
    /// The first parameter: prior plus successes.
    pub a: f64,
    /// The second parameter: prior plus failures.
    pub b: f64,
    /// The mean chance.
    pub mean: f64,
    /// How likely the trials in their order were before they were seen: the logarithm of B(a', b') / B(a, b).
    pub ln_evidence_in_order: f64,
    /// How likely this number of successes was: the above with the number of orders, the beta-binomial probability.
    pub ln_evidence: f64,
}

impl BetaPosterior {
    /// The central interval that holds the chance with probability `level`. `None` for a level outside of 0..1.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let tail = 0.5 * (1.0 - level);
        (level > 0.0 && level < 1.0).then(|| (inverse(self.a, self.b, tail), inverse(self.a, self.b, 1.0 - tail)))
    }
}

/// What `successes` in `trials` make of a Beta prior for the chance of success.
///
/// ```text
/// Beta(a, b) -> Beta(a + successes, b + trials - successes)
/// ```
///
/// `None` unless both parameters are positive and finite and there are no more successes than trials.
#[must_use]
pub fn beta_binomial(a: f64, b: f64, successes: u64, trials: u64) -> Option<BetaPosterior> {
    let failures = trials.checked_sub(successes)? as f64;
    let successes = successes as f64;
    (a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite()).then(|| {
        let (after_a, after_b) = (a + successes, b + failures);
        let in_order = ln_beta(after_a, after_b) - ln_beta(a, b);
        let orders = ln_gamma(successes + failures + 1.0) - ln_gamma(successes + 1.0) - ln_gamma(failures + 1.0);
        BetaPosterior {
            a: after_a,
            b: after_b,
            mean: after_a / (after_a + after_b),
            ln_evidence_in_order: in_order,
            ln_evidence: in_order + orders,
        }
    })
}

/// A normal distribution of a mean after observations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalPosterior {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
}

/// What observations of known standard deviation make of a normal prior for their mean.
///
/// ```text
/// 1/sd'² = 1/sd² + n/s²        mean' = sd'² (mean/sd² + sum of observations/s²)
/// ```
///
/// Without observations the prior stays. `None` unless both standard deviations are positive and everything is finite.
#[must_use]
pub fn normal_normal(mean: f64, sd: f64, observations: &[f64], observation_sd: f64) -> Option<NormalPosterior> {
    let finite = [mean, sd, observation_sd].iter().chain(observations).all(|value| value.is_finite());
    if !(finite && sd > 0.0 && observation_sd > 0.0) {
        return None;
    }
    let (prior, each) = (1.0 / (sd * sd), 1.0 / (observation_sd * observation_sd));
    let precision = prior + observations.len() as f64 * each;
    // About the prior's mean, so that nothing cancels.
    let pull: f64 = observations.iter().map(|x| each * (x - mean)).sum();
    Some(NormalPosterior { mean: mean + pull / precision, sd: 1.0 / precision.sqrt() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::exp;

    #[test]
    fn evidence_that_is_impossible_under_both_has_no_posterior() {
        assert_eq!(bayes_binary(0.5, 0.0, 0.0), None);
        assert_eq!(bayes_binary(0.0, 0.0, 0.3), Some(0.0));
        assert_eq!(bayes_binary(1.2, 0.1, 0.3), None);
    }

    #[test]
    fn the_chances_of_all_numbers_of_successes_sum_to_one() {
        let sum: f64 = (0..=9).map(|k| exp(beta_binomial(0.7, 2.0, k, 9).expect("sound").ln_evidence)).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert_eq!(beta_binomial(1.0, 1.0, 3, 2), None);
    }

    #[test]
    fn one_observation_after_the_other_is_all_at_once() {
        let at_once = normal_normal(1.0, 2.0, &[2.0, -1.0], 0.5).expect("sound");
        let first = normal_normal(1.0, 2.0, &[2.0], 0.5).expect("sound");
        let second = normal_normal(first.mean, first.sd, &[-1.0], 0.5).expect("sound");
        assert!((at_once.mean - second.mean).abs() < 1e-14 && (at_once.sd - second.sd).abs() < 1e-15);
        assert_eq!(normal_normal(1.0, 2.0, &[], 0.5), Some(NormalPosterior { mean: 1.0, sd: 2.0 }));
        assert_eq!(normal_normal(1.0, 0.0, &[], 0.5), None);
    }
}
