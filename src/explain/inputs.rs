//! The shares of variance of any function of uncertain numbers.

use super::lattice::lattice;
use super::shares::{Effort, Mixture, Twice, VarianceShares, estimate};
use crate::dist::Distribution;
use crate::math::{Cholesky, normal};
use ndarray::Array2;
use std::convert::Infallible;
use std::sync::Arc;

/// Uncertain numbers that a function takes.
#[derive(Debug, Clone)]
pub struct Inputs {
    distributions: Vec<Arc<dyn Distribution>>,
    correlation: Option<Array2<f64>>,
}

impl Inputs {
    /// Numbers that have nothing to do with each other.
    #[must_use]
    pub const fn independent(distributions: Vec<Arc<dyn Distribution>>) -> Self {
        Self { distributions, correlation: None }
    }

    /// Numbers whose normal scores have this correlation (a Gaussian copula; between normals their correlation itself). `None` unless it is a positive definite matrix with
    /// a row and a column for each, and ones on its diagonal.
    #[must_use]
    pub fn correlated(distributions: Vec<Arc<dyn Distribution>>, correlation: Array2<f64>) -> Option<Self> {
        let count = distributions.len();
        let sound = correlation.dim() == (count, count)
            && correlation.diag().iter().all(|one| *one == 1.0)
            && correlation.indexed_iter().all(|((row, column), one)| *one == correlation[[column, row]])
            && Cholesky::new(count, &correlation.iter().copied().collect::<Vec<f64>>()).is_some();
        sound.then_some(Self { distributions, correlation: Some(correlation) })
    }

    pub(super) fn distributions(&self) -> &[Arc<dyn Distribution>] {
        &self.distributions
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.distributions.len()
    }
}

/// How many points are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Points of a replicate.
    pub points: usize,
    /// Independent replicates, at least 4: errors come from the spread between them.
    pub replicates: u64,
    /// Which points.
    pub seed: u64,
    /// Orders for the Shapley effects that each replicate walks through, both ways.
    pub orders: usize,
    /// Whether the shares of pairs of independent inputs are worked out, too.
    pub pairs: bool,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { points: 1021, replicates: 32, seed: 1, orders: 3, pairs: false }
    }
}

/// How much of the variance of `function` each of its inputs carries: first-order and total Sobol indices and Shapley effects.
///
/// ```text
/// first order    Var(E[f | x_i]) / Var(f)
/// total          E[Var(f | all others)] / Var(f)
/// Shapley        the mean over all orders of  Var(E[f | those before and x_i]) - Var(E[f | those before]),  over Var(f)
/// ```
///
/// First order by the products of Azzini and Rosati \[1\], total by Jansen's squares \[2\], Shapley effects by walks through random orders \[3, 4\], over randomly shifted
/// lattices; errors by the jackknife over replicates. The function is called `replicates * points` times for each of `2 + 2 d + 2 orders (d + 1)` mixtures of two samples of its `d` inputs (more where they
/// are correlated, or pairs are asked for). For correlated inputs the first-order share is `Var(E[f | x_i]) / Var(f)` and the total one `E[Var(f | others)] / Var(f)`, which then
/// do not bracket each other; their Shapley effects still sum to 1. `None` if the variance is not told apart from 0, or the function is not finite.
///
/// ```
/// use foretell::dist::{Distribution, Uniform};
/// use foretell::explain::{Inputs, Sampling, variance_shares};
/// use std::sync::Arc;
///
/// // x + 2 y: the second carries 4 of 5 parts.
/// let uniform: Arc<dyn Distribution> = Arc::new(Uniform::new(0.0, 1.0)?);
/// let inputs = Inputs::independent(vec![Arc::clone(&uniform), uniform]);
/// let sampling = Sampling { points: 101, replicates: 16, ..Sampling::default() };
/// let shares = variance_shares(&inputs, &sampling, |x| x[0] + 2.0 * x[1]).expect("it varies");
/// assert!((shares.inputs[1].first.value - 0.8).abs() < 0.01);
/// assert!((shares.inputs[1].shapley.value - 0.8).abs() < 0.01);
/// # Ok::<(), foretell::dist::ParameterError>(())
/// ```
///
/// \[1\] Azzini and Rosati (2021), Reliability Engineering & System Safety 213, 107647. \[2\] Jansen (1999), Computer Physics Communications 117,
/// 35–43. \[3\] Song, Nelson and Staum (2016), SIAM/ASA J. Uncertainty Quantification 4, 1060–1083. \[4\] Goda (2021), Reliability Engineering & System
/// Safety 213, 107702.
#[must_use]
pub fn variance_shares(
    inputs: &Inputs,
    sampling: &Sampling,
    function: impl Fn(&[f64]) -> f64 + Sync,
) -> Option<VarianceShares> {
    let subject = Closure { inputs, sampling, function };
    let effort = Effort {
        replicates: sampling.replicates.max(4),
        walks: sampling.orders.max(1),
        pairs: sampling.pairs && inputs.correlation.is_none(),
        seed: sampling.seed,
    };
    match estimate(&subject, effort) {
        Ok(shares) => shares.filter(|shares| shares.variance.value.is_finite()),
        Err(never) => match never {},
    }
}

/// First-order and total indices `(first, total)` of each input: a short way to [`variance_shares`].
#[must_use]
pub fn sobol_indices(
    inputs: &Inputs,
    sampling: &Sampling,
    function: impl Fn(&[f64]) -> f64 + Sync,
) -> Option<Vec<(f64, f64)>> {
    let shares = variance_shares(inputs, sampling, function)?;
    Some(shares.inputs.iter().map(|one| (one.first.value, one.total.value)).collect())
}

/// The Shapley effect of each input: a short way to [`variance_shares`].
#[must_use]
pub fn shapley_effects(
    inputs: &Inputs,
    sampling: &Sampling,
    function: impl Fn(&[f64]) -> f64 + Sync,
) -> Option<Vec<f64>> {
    let shares = variance_shares(inputs, sampling, function)?;
    Some(shares.inputs.iter().map(|one| one.shapley.value).collect())
}

struct Closure<'a, F> {
    inputs: &'a Inputs,
    sampling: &'a Sampling,
    function: F,
}

impl<F: Fn(&[f64]) -> f64 + Sync> Closure<'_, F> {
    /// The rows of the factor of the correlation, in an order.
    fn factor(&self, order: &[usize]) -> Option<Vec<Vec<f64>>> {
        let correlation = self.inputs.correlation.as_ref()?;
        let permuted: Vec<f64> =
            order.iter().flat_map(|row| order.iter().map(|column| correlation[[*row, *column]])).collect();
        let factor = Cholesky::new(order.len(), &permuted).expect("a reordered positive definite matrix is one, too");
        Some((0..order.len()).map(|row| factor.row(row).to_vec()).collect())
    }
}

impl<F: Fn(&[f64]) -> f64 + Sync> Mixture for Closure<'_, F> {
    type Failure = Infallible;

    fn inputs(&self) -> usize {
        self.inputs.count()
    }

    fn hangs_together(&self, input: usize) -> bool {
        let apart = |correlation: &Array2<f64>| {
            correlation.row(input).iter().enumerate().all(|(other, one)| other == input || *one == 0.0)
        };
        !self.inputs.correlation.as_ref().is_none_or(apart)
    }

    fn values(&self, replicate: u64, order: &[usize], second: &[bool]) -> Result<Twice, Infallible> {
        let count = self.inputs.count();
        let columns = lattice(self.sampling.points, 2 * count, self.sampling.seed, replicate);
        let factor = self.factor(order);
        let mut numbers = vec![0.0; count];
        let mut scores = vec![0.0; count];
        let values = (0..self.sampling.points.max(1))
            .map(|point| {
                let uniform = |input: usize| columns[input + if second[input] { count } else { 0 }][point];
                for (place, input) in order.iter().enumerate() {
                    let level = match &factor {
                        None => uniform(*input),
                        Some(rows) => {
                            scores[place] = normal::quantile(uniform(*input));
                            let score: f64 = rows[place].iter().zip(&scores).map(|(loading, one)| loading * one).sum();
                            normal::cdf(score).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0)
                        }
                    };
                    numbers[*input] = self.inputs.distributions[*input].quantile(level);
                }
                (self.function)(&numbers)
            })
            .collect();
        Ok(Twice::exactly(values))
    }
}
