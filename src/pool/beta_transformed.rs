//! The beta-transformed linear pool: the mean of probabilities, bent so that it is calibrated again.

use super::linear::linear;
use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::{Past, plain_mean};
use super::penalty::Penalty;
use crate::math::{beta, exp, ln};

/// The inverse variance of the normal prior on ln a and ln b.
const PULL: f64 = 10.0;
const MOST_ROUNDS: usize = 60;

/// The weighted mean of probabilities sent through the cdf of a beta distribution.
///
/// ```text
/// p = I_{a,b}(sum_i w_i p_i / sum_i w_i)        I the regularised incomplete beta function
/// ```
///
/// With a = b = 1 it is the linear pool; with a = b > 1 it is pushed away from 1/2. `None` as for [`linear`](super::linear()), and when a or b
/// is not above 0 and finite.
///
/// ```
/// let pooled = foretell::pool::beta_transformed(&[0.7, 0.9], None, 2.0, 2.0).expect("two probabilities");
/// assert!((pooled - (3.0 * 0.8f64.powi(2) - 2.0 * 0.8f64.powi(3))).abs() < 1e-14);
/// ```
///
/// Ranjan and Gneiting (2010), J. R. Stat. Soc. B 72, 71–91.
#[must_use]
pub fn beta_transformed(probabilities: &[f64], weights: Option<&[f64]>, a: f64, b: f64) -> Option<f64> {
    let mean = linear(probabilities, weights)?;
    let sound = a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite();
    sound.then(|| beta::regularised(a, b, mean).clamp(0.0, 1.0))
}

/// The beta-transformed mean with a and b fitted to the past.
#[derive(Debug, Clone, Copy)]
pub(super) struct BetaTransformed;

#[derive(Debug, Clone, Copy)]
struct Bent {
    a: f64,
    b: f64,
}

impl PoolMethod for BetaTransformed {
    fn name(&self) -> &'static str {
        "beta-transformed"
    }

    fn about(&self) -> &'static str {
        "the mean sent through a beta cdf fitted to the past, pulled towards no change"
    }

    /// By maximum likelihood with normal priors of standard deviation 0.32 on ln a and ln b, by halving steps along both axes.
    fn fit(&self, past: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        let means: Vec<(f64, bool)> =
            past.questions.iter().map(|question| (plain_mean(&question.said), question.happened)).collect();
        let loss = |logs: [f64; 2]| {
            let [a, b] = logs.map(exp);
            let data: f64 = means
                .iter()
                .map(|(mean, yes)| {
                    let (below, above) = beta::both(a, b, *mean, 1.0 - mean);
                    -ln((if *yes { below } else { above }).max(1e-300))
                })
                .sum();
            data + 0.5 * PULL * (logs[0] * logs[0] + logs[1] * logs[1])
        };
        let mut at = [0.0, 0.0];
        let mut least = loss(at);
        let mut step = 0.5;
        // Along the axes and the diagonals: a and b move together where the pool is too timid.
        const WAYS: [[f64; 2]; 8] =
            [[1.0, 1.0], [-1.0, -1.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [1.0, -1.0], [-1.0, 1.0]];
        for _ in 0..MOST_ROUNDS {
            let mut moved = false;
            for way in WAYS {
                let tried = [at[0] + step * way[0], at[1] + step * way[1]];
                let found = loss(tried);
                if found < least {
                    (at, least, moved) = (tried, found, true);
                }
            }
            if !moved {
                step *= 0.5;
                if step < 1e-6 {
                    break;
                }
            }
        }
        let [a, b] = at.map(exp);
        Some(Box::new(Bent { a, b }))
    }
}

impl Pooling for Bent {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        beta_transformed(&probabilities(oldest_first), None, self.a, self.b)
    }

    fn learned(&self) -> Option<String> {
        Some(format!("a {:.3}, b {:.3}", self.a, self.b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::{history, said};

    #[test]
    fn ones_change_nothing_and_what_is_no_parameter_is_refused() {
        let pooled = beta_transformed(&[0.2, 0.6], None, 1.0, 1.0).expect("two probabilities");
        assert!((pooled - 0.4).abs() < 1e-14);
        assert_eq!(beta_transformed(&[0.2], None, 0.0, 1.0), None);
        assert_eq!(beta_transformed(&[1.0], None, 2.0, 3.0), Some(1.0));
    }

    #[test]
    fn a_timid_past_makes_it_bold() {
        // 70 % said and nine in ten came; 30 % said and one in ten came.
        let rows: Vec<(&[f64], bool)> = (0..20_000)
            .map(|at| if at % 2 == 0 { (&[0.7][..], at % 20 != 0) } else { (&[0.3][..], at % 20 == 1) })
            .collect();
        let history = history(&rows);
        let pool = BetaTransformed.fit(&history.past(), Penalty::Brier).expect("a fit");
        let (high, low) = (pool.pool(&said(&[0.7])).expect("one"), pool.pool(&said(&[0.3])).expect("one"));
        assert!((high - 0.9).abs() < 0.01 && (low - 0.1).abs() < 0.01, "{high} {low}");
        assert!((high + low - 1.0).abs() < 1e-4, "what is symmetric stays so: {high} {low}");
    }
}
