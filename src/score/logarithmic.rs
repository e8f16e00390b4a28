//! The logarithmic score: how surprised the forecast was.

use super::rule::{Case, Floor, Score, ScoringRule, Takes, Unfit, Unit};
use crate::math::beta::ln_beta;
use crate::math::{ln, ln_1p};
use std::f64::consts::PI;

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
    if probability_of_outcome >= floor {
        (log_score(probability_of_outcome), Floor::Unused)
    } else if probability_of_outcome > 0.0 {
        (log_score(floor), Floor::Raised)
    } else {
        (log_score(floor), Floor::Infinite)
    }
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

/// The logarithmic score of a lognormal forecast: minus the log density at `y`, in nats.
///
/// ```text
/// S = ln y + ln σ + ½ ln 2π + ½ ((ln y - μ)/σ)²        y > 0
/// ```
///
/// Lower is better; can be negative, and depends on the unit of `y`. `None` for `y` <= 0 (an infinite score) or `sigma` <= 0.
#[must_use]
pub fn log_score_lognormal(y: f64, mu: f64, sigma: f64) -> Option<f64> {
    if !(y > 0.0 && sigma > 0.0) {
        return None;
    }
    let z = (ln(y) - mu) / sigma;
    Some(ln(y) + ln(sigma) + 0.5 * ln(2.0 * PI) + 0.5 * z * z)
}

/// The logarithmic score of a beta forecast: minus the log density at `y`, in nats.
///
/// ```text
/// S = ln B(a, b) - (a-1) ln y - (b-1) ln(1-y)        0 < y < 1
/// ```
///
/// Lower is better; can be negative. `None` outside of 0 < y < 1 or when a parameter is not positive.
#[must_use]
pub fn log_score_beta(y: f64, a: f64, b: f64) -> Option<f64> {
    if !(y > 0.0 && y < 1.0 && a > 0.0 && b > 0.0) {
        return None;
    }
    Some(ln_beta(a, b) - (a - 1.0) * ln(y) - (b - 1.0) * ln_1p(-y))
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
            Case::Binary { probability, happened } => {
                if *happened {
                    *probability
                } else {
                    1.0 - probability
                }
            }
            Case::Classes { probabilities, outcome, .. } => *probabilities.get(*outcome).ok_or(Unfit::Kind)?,
            _ => return Err(Unfit::Kind),
        };
        let (value, floor) = log_score_floored(of_outcome, LOG_FLOOR);
        Ok(Score { value, floor })
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
