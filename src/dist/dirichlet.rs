//! The Dirichlet distribution: a prior over the probabilities of several options.

use crate::dist::parameter::Argument;
use crate::dist::{Beta, Distribution, ParameterError, Sampler};
use crate::math::{beta, logistic, sum};
use std::sync::Arc;

/// The Dirichlet distribution over the probabilities of `k` options.
///
/// ```text
/// f(p) = Γ(Σ alpha) / Π Γ(alpha_i) · Π p_i^(alpha_i - 1),   Σ p = 1
/// ```
///
/// As a prior it weighs as much as `alpha_i` sightings of option `i`, and learns by adding to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Dirichlet {
    alphas: Vec<f64>,
}

impl Dirichlet {
    /// The Dirichlet distribution with these parameters, one an option.
    ///
    /// # Errors
    /// When there are fewer than two, or one is not positive.
    pub fn new(alphas: &[f64]) -> Result<Self, ParameterError> {
        if alphas.len() < 2 {
            return Err(ParameterError::new(format!(
                "dirichlet(a, b, …) must have at least two parameters, but has {}",
                alphas.len()
            )));
        }
        let check = |(position, alpha): (usize, &f64)| {
            Argument::new("dirichlet(a, b, …)", position, "parameter", *alpha).shape()
        };
        Ok(Self { alphas: alphas.iter().enumerate().map(check).collect::<Result<_, _>>()? })
    }

    /// The prior after these counts of the options, with Jeffreys' ½ added to each.
    ///
    /// # Errors
    /// When there are fewer than two counts, or one is negative.
    pub fn jeffreys(counts: &[f64]) -> Result<Self, ParameterError> {
        for (position, count) in counts.iter().enumerate() {
            let counted = Argument::new("an option", position, "count", *count);
            if counted.finite()? < 0.0 {
                return Err(counted.error("be at least 0"));
            }
        }
        let alphas: Vec<f64> = counts.iter().map(|count| count + 0.5).collect();
        Self::new(&alphas)
    }

    /// The parameters, one an option.
    #[must_use]
    pub fn alphas(&self) -> &[f64] {
        &self.alphas
    }

    /// The sum of the parameters: the weight of the evidence.
    #[must_use]
    pub fn concentration(&self) -> f64 {
        sum(self.alphas.iter().copied())
    }

    /// The mean probability of each option, `alpha_i / Σ alpha`.
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        let total = self.concentration();
        self.alphas.iter().map(|alpha| alpha / total).collect()
    }

    /// The posterior after these many more sightings of each option.
    ///
    /// # Panics
    /// When there is not one count for each option.
    #[must_use]
    pub fn updated(&self, counts: &[f64]) -> Self {
        assert_eq!(counts.len(), self.alphas.len(), "one count for each option");
        debug_assert!(counts.iter().all(|count| *count >= 0.0), "counts are not negative");
        Self { alphas: self.alphas.iter().zip(counts).map(|(alpha, count)| alpha + count).collect() }
    }

    /// The distribution of the probability of option `index` by itself: `Beta(alpha_i, Σ alpha - alpha_i)`.
    ///
    /// # Panics
    /// When there is no such option.
    #[must_use]
    pub fn marginal(&self, index: usize) -> Beta {
        let others = sum(self.alphas.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, alpha)| *alpha));
        stick(self.alphas[index], others)
    }

    /// The probabilities that these `k - 1` uniforms draw, by breaking a stick: option 1 takes a Beta share of the whole,
    /// option 2 a Beta share of the rest, and so on. Each probability rises with its uniform.
    ///
    /// # Panics
    /// When there are not `k - 1` uniforms.
    #[must_use]
    pub fn draw(&self, uniforms: &[f64]) -> Vec<f64> {
        assert_eq!(uniforms.len() + 1, self.alphas.len(), "one uniform fewer than options");
        let mut left = 1.0;
        let mut shares = Vec::with_capacity(self.alphas.len());
        for (stick, uniform) in self.sticks().zip(uniforms) {
            let log_odds = beta::logit_inverse(stick.a(), stick.b(), *uniform, 1.0 - uniform);
            shares.push(left * logistic(log_odds));
            left *= logistic(-log_odds);
        }
        shares.push(left);
        shares
    }

    /// A faster way to draw many times, which agrees with [`Dirichlet::draw`] to 1e-9.
    #[must_use]
    pub fn sampler(&self) -> DirichletSampler {
        let sticks = self.sticks().map(|stick| {
            let stick: Arc<dyn Distribution> = Arc::new(stick);
            Sampler::new(&stick)
        });
        DirichletSampler { sticks: sticks.collect() }
    }

    /// The Beta of each break of the stick.
    fn sticks(&self) -> impl Iterator<Item = Beta> + '_ {
        (1..self.alphas.len()).map(|next| stick(self.alphas[next - 1], sum(self.alphas[next..].iter().copied())))
    }
}

fn stick(first: f64, others: f64) -> Beta {
    // A posterior's sums may pass the largest parameter that a person may state; the Beta is as good as that one then.
    Beta::new(first.min(1e15), others.min(1e15)).expect("the parameters of a Dirichlet distribution are positive")
}

/// Draws from a [`Dirichlet`] distribution by the prepared breaks of a stick.
#[derive(Debug, Clone)]
pub struct DirichletSampler {
    sticks: Vec<Sampler>,
}

impl DirichletSampler {
    /// Writes the probabilities of the `k` options for these `k - 1` uniforms.
    ///
    /// # Panics
    /// When the lengths are not `k - 1` and `k`.
    pub fn draw(&self, uniforms: &[f64], out: &mut [f64]) {
        assert_eq!(uniforms.len(), self.sticks.len(), "one uniform for each break");
        assert_eq!(out.len(), self.sticks.len() + 1, "one probability for each option");
        let mut left = 1.0;
        for ((stick, uniform), share) in self.sticks.iter().zip(uniforms).zip(out.iter_mut()) {
            let taken = stick.draw(*uniform);
            *share = left * taken;
            left *= 1.0 - taken;
        }
        out[self.sticks.len()] = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modelling_case_s4() {
        let posterior = Dirichlet::new(&[2.0, 1.0, 1.0]).unwrap().updated(&[3.0, 0.0, 1.0]);
        assert_eq!(posterior.mean(), [0.625, 0.125, 0.25]);
        assert_eq!((posterior.marginal(1).a(), posterior.marginal(1).b()), (1.0, 7.0));
    }

    #[test]
    fn draws_sum_to_one_and_average_to_the_mean() {
        let dirichlet = Dirichlet::jeffreys(&[6.0, 30.0, 4.0]).unwrap();
        let sampler = dirichlet.sampler();
        let n = 60;
        let mut totals = [0.0; 3];
        for i in 0..n {
            for j in 0..n {
                let uniforms = [(f64::from(i) + 0.5) / f64::from(n), (f64::from(j) + 0.5) / f64::from(n)];
                let shares = dirichlet.draw(&uniforms);
                let mut quick = [0.0; 3];
                sampler.draw(&uniforms, &mut quick);
                assert!((sum(shares.iter().copied()) - 1.0).abs() < 1e-14);
                for k in 0..3 {
                    assert!((shares[k] - quick[k]).abs() < 1e-9);
                    totals[k] += shares[k] / f64::from(n * n);
                }
            }
        }
        // The midpoint rule over the two uniforms.
        for (total, mean) in totals.iter().zip(dirichlet.mean()) {
            assert!((total - mean).abs() < 2e-4, "{total} {mean}");
        }
    }

    #[test]
    fn one_option_is_no_question() {
        assert!(Dirichlet::new(&[1.0]).is_err());
        assert_eq!(
            Dirichlet::jeffreys(&[3.0, -1.0]).unwrap_err().message,
            "the count of an option must be at least 0, but is -1"
        );
    }
}
