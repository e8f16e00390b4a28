//! A normal or lognormal number whose mean is in doubt: `normal(normal(10, 2), 3)`.

use crate::dist::parameter::Argument;
use crate::dist::{Distribution, LogNormal, Normal, ParameterError};
use crate::math::gauss::{self, Nodes};
use crate::math::{exp, ln, normal};
use std::sync::Arc;

/// What the mean in doubt is the mean of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeanOf {
    /// The number, which is normal about it.
    Number,
    /// Its logarithm, so that the number is lognormal.
    Logarithm,
}

/// A number that is normal about a mean which is itself known only so far; or whose logarithm is.
///
/// ```text
/// X | m ~ Normal(m, sd)        m ~ Normal(mean, doubt)        X ~ Normal(mean, √(doubt² + sd²))
/// ```
///
/// `doubt` is what outcomes lessen; `sd` is stated and stays.
///
/// ```
/// use foretell::dist::{Distribution, MeanInDoubt, MeanOf};
/// let price = MeanInDoubt::new(MeanOf::Number, 10.0, 3.0, 4.0)?;
/// assert_eq!(price.predictive().variance(), Some(25.0));
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
///
/// Gelman et al. (2013), Bayesian Data Analysis, section 2.5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanInDoubt {
    of: MeanOf,
    mean: f64,
    doubt: f64,
    sd: f64,
}

/// So many nodes of a quadrature of the mean are used at most.
const MOST_NODES: f64 = 256.0;

/// The nodes of the mean stand this many standard deviations of the narrowest posterior apart at most: then what is left out of a sum over them
/// is a share of `exp(-2 π² / 1.5²)`, about 1.5e-4 (Poisson's summation formula, of a normal).
const NODES_APART: f64 = 1.5;

impl MeanInDoubt {
    /// A number (or its logarithm) with the standard deviation `sd` about a mean that is `mean` with the standard deviation `doubt`.
    ///
    /// # Errors
    /// When a standard deviation is not positive. The arguments of an error are counted in this order.
    pub fn new(of: MeanOf, mean: f64, doubt: f64, sd: f64) -> Result<Self, ParameterError> {
        let signature = match of {
            MeanOf::Number => "normal(normal(mean, doubt), sd)",
            MeanOf::Logarithm => "lognormal(normal(mean, doubt), sd)",
        };
        Ok(Self {
            of,
            mean: Argument::new(signature, 0, "mean", mean).finite()?,
            doubt: Argument::new(signature, 1, "doubt about the mean", doubt).positive()?,
            sd: Argument::new(signature, 2, "standard deviation", sd).positive()?,
        })
    }

    /// What the mean is the mean of.
    #[must_use]
    pub fn of(&self) -> MeanOf {
        self.of
    }

    /// What the mean is thought to be.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation of what it may be.
    #[must_use]
    pub fn doubt(&self) -> f64 {
        self.doubt
    }

    /// The standard deviation about the mean, whatever that is.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// The mean of the number itself.
    #[must_use]
    pub fn mean_of_number(&self) -> f64 {
        match self.of {
            MeanOf::Number => self.mean,
            MeanOf::Logarithm => exp(self.mean + 0.5 * (self.doubt * self.doubt + self.sd * self.sd)),
        }
    }

    /// A number on the scale of the mean; `None` of one that cannot be.
    #[must_use]
    pub fn on_scale(&self, number: f64) -> Option<f64> {
        match self.of {
            MeanOf::Number => number.is_finite().then_some(number),
            MeanOf::Logarithm => (number > 0.0 && number.is_finite()).then(|| ln(number)),
        }
    }

    /// What is expected of the number, with the doubt in it.
    #[must_use]
    pub fn predictive(&self) -> Arc<dyn Distribution> {
        self.about(self.mean, (self.doubt * self.doubt + self.sd * self.sd).sqrt())
    }

    /// What the number is drawn from if its mean is this.
    #[must_use]
    pub fn given(&self, mean: f64) -> Arc<dyn Distribution> {
        self.about(mean, self.sd)
    }

    fn about(&self, mean: f64, sd: f64) -> Arc<dyn Distribution> {
        match self.of {
            MeanOf::Number => Arc::new(Normal::from_parts(mean, sd)),
            MeanOf::Logarithm => Arc::new(LogNormal::from_parts(mean, sd)),
        }
    }

    /// The mean that is not passed with the probability `p`.
    #[must_use]
    pub fn quantile_of_mean(&self, p: f64) -> f64 {
        self.mean + self.doubt * normal::quantile(p.clamp(0.0, 1.0))
    }

    /// The conditional means of the mean in `n` strata of equal probability, from the lowest; their average is the mean.
    ///
    /// ```text
    /// E[Z; Z < z] = -φ(z)        Z standard normal
    /// ```
    #[must_use]
    pub fn stratum_means(&self, n: usize) -> Vec<f64> {
        let density_at = |i: usize| {
            let is_end = i == 0 || i == n;
            if is_end { 0.0 } else { normal::density(normal::quantile(i as f64 / n as f64)) }
        };
        let densities: Vec<f64> = (0..=n).map(density_at).collect();
        densities.windows(2).map(|ends| self.mean + self.doubt * n as f64 * (ends[0] - ends[1])).collect()
    }

    /// How many quadrature nodes tell the mean after an outcome: they must stand closer than what one outcome may leave of the doubt.
    fn nodes_needed(&self) -> f64 {
        // The middle nodes of n stand π/√n doubts apart.
        let left = self.sd / (self.doubt * self.doubt + self.sd * self.sd).sqrt();
        let root = std::f64::consts::PI / (NODES_APART * left);
        (root * root).ceil()
    }

    /// Whether one outcome would leave so little of the doubt that the nodes of a quadrature do not tell how much.
    #[must_use]
    pub fn is_too_sharp(&self) -> bool {
        self.nodes_needed() > MOST_NODES
    }

    /// The nodes of a quadrature of the mean: at least so many, and more where outcomes say much about it.
    #[must_use]
    pub fn nodes(&self, least: usize) -> Nodes {
        gauss::normal(self.mean, self.doubt, least.max(self.nodes_needed().min(MOST_NODES) as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(of: MeanOf) -> MeanInDoubt {
        MeanInDoubt::new(of, 1.0, 0.3, 0.4).expect("sound")
    }

    #[test]
    fn what_is_expected_is_the_mean_over_what_the_mean_may_be() {
        for of in [MeanOf::Number, MeanOf::Logarithm] {
            let law = law(of);
            let nodes = law.nodes(40);
            for x in [0.2, 1.0, 1.7, 3.0, 6.0] {
                let mixed = nodes.mean(|mean| law.given(mean).cdf(x));
                assert!((mixed - law.predictive().cdf(x)).abs() < 1e-10, "{of:?} at {x}: {mixed}");
            }
            let mixed = nodes.mean(|mean| law.given(mean).mean().expect("it has one"));
            assert!((mixed - law.mean_of_number()).abs() < 1e-12, "{mixed}");
            assert!((law.predictive().mean().expect("it has one") - law.mean_of_number()).abs() < 1e-12);
        }
    }

    #[test]
    fn strata_hold_the_mean_and_nearly_all_of_the_doubt() {
        let law = law(MeanOf::Number);
        let strata = law.stratum_means(256);
        let mean = strata.iter().sum::<f64>() / 256.0;
        let variance = strata.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 256.0;
        assert!((mean - 1.0).abs() < 1e-12 && strata.is_sorted(), "{mean}");
        // What strata leave out is the spread within each: under 0.3 % of it here.
        assert!((0.997..1.0).contains(&(variance / 0.09)), "{variance}");
        // Of two strata, the means of half normals: ±√(2/π) doubts.
        let half = (2.0 / std::f64::consts::PI).sqrt() * 0.3;
        let two = law.stratum_means(2);
        assert!((two[0] - (1.0 - half)).abs() < 1e-12 && (two[1] - (1.0 + half)).abs() < 1e-12, "{two:?}");
    }

    #[test]
    fn nodes_stand_close_enough_for_one_outcome_or_it_is_said_that_they_do_not() {
        for sd in [0.1, 0.2, 0.5, 1.0, 4.0] {
            let law = MeanInDoubt::new(MeanOf::Number, 0.0, 0.7, 0.7 * sd).expect("sound");
            assert_eq!(law.is_too_sharp(), sd < 0.15, "{sd}");
            if law.is_too_sharp() {
                continue;
            }
            // An outcome 1.3 doubts up, by the nodes and by the conjugate rule.
            let (nodes, outcome) = (law.nodes(24), 0.91);
            let weight = |mean: f64| law.given(mean).density(outcome);
            let all = nodes.mean(weight);
            let mean = nodes.mean(|mean| mean * weight(mean)) / all;
            let variance = nodes.mean(|at| (at - mean) * (at - mean) * weight(at)) / all;
            let left = sd * sd / (1.0 + sd * sd);
            assert!((mean - outcome * (1.0 - left)).abs() < 5e-4, "{sd}: {mean}");
            assert!((variance / (0.49 * left) - 1.0).abs() < 0.005, "{sd}: {variance}");
        }
    }

    #[test]
    fn what_is_wrong_is_laid_at_its_door() {
        for (arguments, at) in [([f64::NAN, 1.0, 1.0], 0), ([0.0, 0.0, 1.0], 1), ([0.0, 1.0, -1.0], 2)] {
            let [mean, doubt, sd] = arguments;
            for (of, family) in [(MeanOf::Number, " normal(normal("), (MeanOf::Logarithm, " lognormal(normal(")] {
                let problem = MeanInDoubt::new(of, mean, doubt, sd).expect_err("wrong");
                assert_eq!(problem.argument, Some(at));
                assert!(problem.to_string().contains(family), "{problem}");
            }
        }
        assert_eq!(law(MeanOf::Logarithm).on_scale(-1.0), None);
        assert_eq!(law(MeanOf::Number).on_scale(-1.0), Some(-1.0));
    }
}
