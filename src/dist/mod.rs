//! Probability distributions: one file a family, and how a range, quantiles or counts become one.
//!
//! A [`Distribution`] is a fixed, checked object: its constructor refuses parameters outside their range, so nothing later can
//! give NaN. [`FAMILIES`] is the list that the scenario language, the checks, the schema and the law tests derive from; a family
//! is one file and one line there. [`from_interval`], [`from_quantiles`] and [`PiecewiseCdf`] turn what people say into a distribution,
//! [`Limited`] caps or cuts one, [`Beta`], [`Dirichlet`] and [`Gamma`] are also priors that learn, and [`Sampler`] draws.
//!
//! Uses `math` only; knows nothing of files or scenarios: a [`ParameterError`] has no place, and its caller locates it.

mod parameter;
mod family;
mod interval;
mod hazard;
mod limited;
mod moments;
mod piecewise_cdf;
mod quantiles;
mod rounded;
mod sampler;

mod beta;
mod beta_elicited;
mod binomial;
mod cauchy;
mod chi_squared;
mod constant;
mod dirichlet;
mod exponential;
mod gamma;
mod geometric;
mod gumbel;
mod half_normal;
mod inverse_gamma;
mod laplace;
mod lattice;
mod logged;
mod logistic;
mod lognormal;
mod mean_in_doubt;
mod negative_binomial;
mod normal;
mod pareto;
mod partially_pooled;
mod pert;
mod poisson;
mod student_t;
mod triangular;
mod uniform;
mod weibull;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod peers;

pub use beta::Beta;
pub use binomial::Binomial;
pub use cauchy::Cauchy;
pub use chi_squared::ChiSquared;
pub use constant::Constant;
pub use dirichlet::{Dirichlet, DirichletSampler};
pub use exponential::Exponential;
pub use family::{Build, FAMILIES, Family, family};
pub use gamma::Gamma;
pub use geometric::Geometric;
pub use gumbel::Gumbel;
pub use half_normal::HalfNormal;
pub use hazard::{Hazard, Knot};
pub use interval::from_interval;
pub use inverse_gamma::InverseGamma;
pub use laplace::Laplace;
pub use limited::{Bound, Limited};
pub(crate) use logged::Logged;
pub use logistic::Logistic;
pub use lognormal::LogNormal;
pub use mean_in_doubt::{MeanInDoubt, MeanOf};
pub use moments::expectation;
pub use negative_binomial::NegativeBinomial;
pub use normal::Normal;
pub use parameter::ParameterError;
pub use pareto::Pareto;
pub use partially_pooled::PartiallyPooled;
pub use pert::Pert;
pub use piecewise_cdf::PiecewiseCdf;
pub use poisson::Poisson;
pub use quantiles::{PiecewiseQuantiles, from_quantiles};
pub use rounded::Rounded;
pub use sampler::Sampler;
pub use student_t::StudentT;
pub use triangular::Triangular;
pub use uniform::Uniform;
pub use weibull::Weibull;

/// A probability distribution over the real line.
///
/// No method gives NaN for a number that is not NaN. Values beyond the largest double are infinite.
pub trait Distribution: std::fmt::Debug + Send + Sync {
    /// The mean; `None` where it does not exist or is not a finite number.
    fn mean(&self) -> Option<f64>;

    /// The variance; `None` where it does not exist or is not a finite number.
    fn variance(&self) -> Option<f64>;

    /// How heavy its tails are at most, where it has a variance.
    fn tail_weight(&self) -> TailWeight {
        TailWeight::Heavy
    }

    /// The probability of a value at most `x`.
    fn cdf(&self, x: f64) -> f64;

    /// The probability density at `x`; for a discrete distribution the probability of `x` itself.
    ///
    /// Infinite where the density has a pole; a mass of a mixed distribution (a cap) has infinite density.
    fn density(&self, x: f64) -> f64;

    /// The smallest value with probability at least `p` at or below it; the ends of the support for `p <= 0` and `p >= 1`.
    fn quantile(&self, p: f64) -> f64;

    /// The probability of a value above `x`, `1 - cdf(x)`; the families override it where the difference would lose digits.
    fn survival(&self, x: f64) -> f64 {
        1.0 - self.cdf(x)
    }

    /// The value with probability `q` above it, `quantile(1 - q)`; the families override it where `1 - q` would lose digits.
    fn upper_quantile(&self, q: f64) -> f64 {
        self.quantile(1.0 - q)
    }

    /// Whether the distribution sits on isolated values (for all families here: whole numbers).
    fn is_discrete(&self) -> bool {
        false
    }

    /// The least and greatest value possible; infinite where there is none.
    fn support(&self) -> (f64, f64);

    /// The probabilities strictly between 0 and 1 at which the quantile function is not smooth; quadrature splits there.
    fn kinks(&self) -> Vec<f64> {
        Vec::new()
    }

    /// How dear one quantile is; tells a [`Sampler`] whether to make a table.
    fn quantile_cost(&self) -> QuantileCost {
        QuantileCost::Iterative
    }

    /// Writes the quantile of every uniform to `out`, possibly by a faster way that agrees to 1e-14 with [`quantile`].
    ///
    /// # Panics
    /// When the lengths differ.
    ///
    /// [`quantile`]: Distribution::quantile
    fn fill_quantiles(&self, uniforms: &[f64], out: &mut [f64]) {
        assert_eq!(uniforms.len(), out.len(), "one value is written for each uniform");
        for (uniform, value) in uniforms.iter().zip(out) {
            *value = self.quantile(*uniform);
        }
    }

    /// For a discrete distribution: the next candidate for a possible value above `x`.
    fn next_value(&self, x: f64) -> f64 {
        x.floor() + 1.0
    }
}

/// How heavy the tails of a distribution are: of which functions of its values there is a mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TailWeight {
    /// Of every exponential function: they fall as fast as those of a normal law, or there are none.
    Thin,
    /// Of every power.
    Moderate,
    /// Of the square, and perhaps of no higher power.
    Heavy,
}

/// How dear one quantile of a distribution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantileCost {
    /// A formula of a few elementary functions.
    ClosedForm,
    /// A root is found.
    Iterative,
}
