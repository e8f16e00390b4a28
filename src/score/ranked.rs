//! The ranked probability score: the Brier score of every threshold of an ordered answer.

use super::brier::resized;
use super::rule::{Case, Score, ScoringRule, Takes, Unfit, Unit};

/// The ranked probability score, as the plain sum over the thresholds.
///
/// ```text
/// S(p, o) = sum_{k=1}^{K-1} (P_k - 1{o <= k})²        P_k = p_1 + … + p_k
/// ```
///
/// Lower is better; from 0 to `K - 1`, so it cannot be averaged over questions with different numbers of options; see
/// [`rps_normalised`]. `None` when there is no option `outcome`.
///
/// Epstein (1969), J. Appl. Meteorol. 8, 985–987; Murphy (1971).
#[must_use]
pub fn rps(probabilities: &[f64], outcome: usize) -> Option<f64> {
    if outcome >= probabilities.len() {
        return None;
    }
    let mut below = 0.0;
    let mut score = 0.0;
    for (k, p) in probabilities.iter().enumerate().take(probabilities.len() - 1) {
        below += p;
        let miss = below - f64::from(u8::from(outcome <= k));
        score += miss * miss;
    }
    Some(score)
}

/// The ranked probability score that an ensemble of `size` draws would have on average, estimated from one that counts its draws by ordered option.
///
/// ```text
/// S = sum_{k=1}^{K-1} (P_k - 1{o <= k})² - P_k (1 - P_k) / (M - 1) (1 - M/m)        P_k = (c_1 + … + c_k)/M,  M draws, m = size
/// ```
///
/// Lower is better. With `size` the number of draws it is [`rps`] of their shares, with an infinite one it is fair: without bias for the score of the distribution sampled.
/// `None` when there is no option `outcome`, a count is negative or not finite, there are fewer than two draws, or the size is below 1.
///
/// Ferro, Richardson and Weigel (2008), Meteorol. Appl. 15, 19–24; fair: Ferro (2014), Q. J. R. Meteorol. Soc. 140, 1917–1923.
#[must_use]
pub fn rps_ensemble(counts: &[f64], outcome: usize, size: f64) -> Option<f64> {
    let count: f64 = counts.iter().sum();
    if outcome >= counts.len() || !counts.iter().all(|count| *count >= 0.0) || !count.is_finite() {
        return None;
    }
    // Also where there is but one option, and so no threshold.
    let mut score = resized(0.0, count, false, size)?;
    let mut below = 0.0;
    for (k, own) in counts.iter().enumerate().take(counts.len() - 1) {
        below += own;
        score += resized(below / count, count, outcome <= k, size)?;
    }
    Some(score)
}

/// The ranked probability score as the mean over the thresholds, from 0 to 1.
///
/// ```text
/// S(p, o) = RPS(p, o) / (K - 1)
/// ```
///
/// Lower is better. For two options it is the Brier score on the scale from 0 to 1. `None` for fewer than two options.
#[must_use]
pub fn rps_normalised(probabilities: &[f64], outcome: usize) -> Option<f64> {
    let thresholds = probabilities.len().checked_sub(1).filter(|count| *count > 0)?;
    rps(probabilities, outcome).map(|sum| sum / thresholds as f64)
}

/// The ordered-categories score of Good Judgment Open, on the scale from 0 to 2.
///
/// ```text
/// S(p, o) = 2 RPS(p, o) / (K - 1)
/// ```
///
/// Lower is better: the mean over the thresholds of the two-class Brier score. `None` for fewer than two options.
#[must_use]
pub fn ordinal_brier(probabilities: &[f64], outcome: usize) -> Option<f64> {
    rps_normalised(probabilities, outcome).map(|score| 2.0 * score)
}

/// [`rps_normalised`] as a rule for records.
#[derive(Debug)]
pub(super) struct RankedNormalised;

impl ScoringRule for RankedNormalised {
    fn id(&self) -> &'static str {
        "rps"
    }
    fn name(&self) -> &'static str {
        "ranked probability score, mean over thresholds (0 to 1)"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Ordinal]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn bound(&self) -> Option<f64> {
        Some(1.0)
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        ordered(case, rps_normalised)
    }
}

/// [`rps`] as a rule for records.
#[derive(Debug)]
pub(super) struct RankedSum;

impl ScoringRule for RankedSum {
    fn id(&self) -> &'static str {
        "rps_sum"
    }
    fn name(&self) -> &'static str {
        "ranked probability score, sum over thresholds (0 to K-1)"
    }
    fn takes(&self) -> &'static [Takes] {
        &[Takes::Ordinal]
    }
    fn unit(&self) -> Unit {
        Unit::None
    }
    fn score(&self, case: &Case) -> Result<Score, Unfit> {
        ordered(case, rps)
    }
}

fn ordered(case: &Case, score: fn(&[f64], usize) -> Option<f64>) -> Result<Score, Unfit> {
    match case {
        Case::Classes { probabilities, outcome, ordered: true } => {
            score(probabilities, *outcome).map(Score::from).ok_or(Unfit::Kind)
        }
        _ => Err(Unfit::Kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::brier;

    #[test]
    fn two_options_make_it_the_brier_score() {
        let ranked = rps_normalised(&[0.3, 0.7], 1).expect("two options");
        assert!((ranked - brier(0.7, true)).abs() < 1e-15);
    }

    #[test]
    fn a_near_miss_costs_less_than_a_far_one() {
        let near = rps(&[0.0, 1.0, 0.0, 0.0], 0);
        let far = rps(&[0.0, 0.0, 0.0, 1.0], 0);
        assert_eq!((near, far), (Some(1.0), Some(3.0)));
    }

    #[test]
    fn an_outcome_outside_of_the_options_or_a_single_option_has_no_score() {
        assert_eq!(rps(&[0.5, 0.5], 2), None);
        assert_eq!(rps(&[], 0), None);
        assert_eq!(rps_normalised(&[1.0], 0), None);
    }
}
