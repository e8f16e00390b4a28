//! The logarithmic score: how surprised the forecast was.
//!
//! Of a probability, [`log_score`]; of a law, minus the logarithm of its density at what happened, or of its probability for a count
//! (`log_score_normal` and others). The scores of laws are in nats, lower is better; those of densities can be negative and depend on the unit of
//! `y`: in another unit, in which numbers are `c` times as large, they are `ln c` higher. Where the law calls what happened impossible the score is infinite;
//! `None` stands for a parameter outside of its domain, a number that is none, and a density that is infinite.

mod bounded;
mod continuous;
mod counts;
mod draws;
mod positive;

pub use bounded::{log_score_truncated_logistic, log_score_truncated_normal, log_score_truncated_student_t};
pub use continuous::{
    log_score_gev, log_score_laplace, log_score_logistic, log_score_normal, log_score_normal_mixture,
    log_score_student_t, log_score_triangular, log_score_two_piece_exponential, log_score_two_piece_normal,
    log_score_uniform,
};
pub use counts::{log_score_binomial, log_score_hypergeometric, log_score_negative_binomial, log_score_poisson};
pub use draws::{log_score_normal_kernel, normal_reference_bandwidth};
pub use positive::{
    log_score_beta, log_score_exponential, log_score_gamma, log_score_generalised_pareto, log_score_inverse_gamma,
    log_score_loglaplace, log_score_loglogistic, log_score_lognormal, log_score_weibull,
};

use super::rule::{Case, Floor, Score, ScoringRule, Takes, Unfit, Unit};
use crate::math::{columns, level, ln};

/// What a probability is raised to before its logarithm is taken, unless told otherwise.
///
/// It is the smallest chance that a simulation of a million worlds can tell from none, so a forecast counted in worlds is not
/// punished for more than it knew. It limits the score to 13.8 nats.
pub const LOG_FLOOR: f64 = 1e-6;

/// The logarithmic score of the probability given to what happened, in nats.
///
/// ```text
/// S(p_o) = -ln p_o
/// ```
///
/// Lower is better; 0 is perfect, 0.693 (ln 2) is what 50 % always gets. Infinite for a probability of 0; see
/// [`log_score_floored`]. The only proper score that depends on the probability of what happened alone.
///
/// Good (1952), J. R. Stat. Soc. B 14, 107–114.
#[must_use]
pub fn log_score(probability_of_outcome: f64) -> f64 {
    // 0 rather than -0 for a perfect forecast.
    0.0 - ln(probability_of_outcome)
}

/// [`log_score`] with the probability raised to `floor`, and whether that was needed: so that one forecast of "impossible"
/// shows as what it is, counted, instead of making every mean infinite.
///
/// ```
/// use foretell::score::{Floor, LOG_FLOOR, log_score_floored};
///
/// let (score, floor) = log_score_floored(0.0, LOG_FLOOR);
/// assert!((score - 13.8155).abs() < 1e-4);
/// assert_eq!(floor, Floor::Infinite);
/// ```
#[must_use]
pub fn log_score_floored(probability_of_outcome: f64, floor: f64) -> (f64, Floor) {
    let used = used(probability_of_outcome, floor);
    (log_score(if used == Floor::Unused { probability_of_outcome } else { floor }), used)
}

/// Whether a probability has to be raised to the floor.
fn used(probability_of_outcome: f64, floor: f64) -> Floor {
    if probability_of_outcome >= floor {
        Floor::Unused
    } else if probability_of_outcome > 0.0 {
        Floor::Raised
    } else {
        Floor::Infinite
    }
}

/// The probability that was given to what happened.
fn given_to_outcome(probability: f64, happened: bool) -> f64 {
    if happened { probability } else { 1.0 - probability }
}

/// The ranked logarithmic score of an ordinal forecast, in nats.
///
/// ```text
/// S(p, o) = -sum_k ln |P_k - 1{o > k}|        P_k = p_1 + … + p_k,  k = 1 … K-1
/// ```
///
/// Lower is better: the log scores of the `K - 1` threshold events "at most k", added up. Infinite when one of them was called
/// impossible and happened. `None` when there is no option `outcome`.
///
/// Tödter and Ahrens (2012), Mon. Weather Rev. 140, 2005–2017.
#[must_use]
pub fn ranked_log_score(probabilities: &[f64], outcome: usize) -> Option<f64> {
    if outcome >= probabilities.len() {
        return None;
    }
    let mut below = 0.0;
    let mut score = 0.0;
    for (k, p) in probabilities.iter().enumerate().take(probabilities.len() - 1) {
        below += p;
        let of_what_happened = if outcome <= k { below } else { 1.0 - below };
        score += log_score(of_what_happened.clamp(0.0, 1.0));
    }
    Some(score)
}

/// [`log_score_floored`] as a rule for records.
#[derive(Debug)]
pub(super) struct Logarithmic;

impl ScoringRule for Logarithmic {
    fn id(&self) -> &'static str {
        "log"
    }
    fn name(&self) -> &'static str {
        "logarithmic score, probabilities raised to 1e-6"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Binary, Takes::Categorical, Takes::Ordinal]
    }
    fn unit(&self) -> Unit {
        Unit::Nats
    }
    fn bound(&self) -> Option<f64> {
        Some(-ln(LOG_FLOOR))
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        let of_outcome = match case {
            Case::Binary { probability, happened } => given_to_outcome(*probability, *happened),
            Case::Classes { probabilities, outcome, .. } => *probabilities.get(*outcome).ok_or(Unfit::Kind)?,
            _ => return Err(Unfit::Kind),
        };
        let (value, floor) = log_score_floored(of_outcome, LOG_FLOOR);
        Ok(Score { value, floor })
    }
    fn score_each(&self, probabilities: &[f64], happened: &[bool]) -> Result<Vec<Score>, Unfit> {
        let said: Vec<f64> = probabilities.iter().zip(happened).map(|(p, yes)| given_to_outcome(*p, *yes)).collect();
        let mut values: Vec<f64> = said.iter().map(|p| p.max(LOG_FLOOR)).collect();
        columns::minus_ln(level(), &mut values);
        // A perfect forecast's is -0, and becomes 0.
        let score = |(value, said): (f64, f64)| Score { value: value + 0.0, floor: used(said, LOG_FLOOR) };
        Ok(values.into_iter().zip(said).map(score).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_used_below_it_only_and_an_infinite_score_is_told_apart() {
        assert_eq!(log_score_floored(0.5, 1e-6).1, Floor::Unused);
        assert_eq!(log_score_floored(1e-9, 1e-6).1, Floor::Raised);
        assert_eq!(log_score_floored(0.0, 1e-6).1, Floor::Infinite);
        assert!(log_score_floored(0.0, 1e-6).0.is_finite());
    }

    #[test]
    fn two_classes_make_the_ranked_score_the_plain_one() {
        let ranked = ranked_log_score(&[0.3, 0.7], 1).expect("there is a class 1");
        assert!((ranked - log_score(0.7)).abs() < 1e-15);
    }
}
