//! Exponential weights: what is left of equal stakes when each forecaster bets on what they said.

use super::method::{PoolMethod, Pooling};
use super::past::{Past, plain_mean};
use super::penalty::Penalty;
use super::weighted::{Scale, Weighted};
use crate::math::exp;
use std::collections::BTreeMap;

/// The weights of forecasters after a past, summing to 1.
///
/// ```text
/// w_j proportional to exp(-η sum_g x_jg)        x_jg = mean over j's questions of cluster g of S(p_j) - S(mean)
/// ```
///
/// η is the largest for which the loss of a weighted mean is no more than the weighted mean of losses on the scale of `exp(-η S)`: 1/2 for the
/// Brier score, 1 for the logarithmic score, where the weights are those of Bayes. With J forecasters the sum of scores over G clusters then stays within
/// `ln J / η` of the best forecaster's, whatever happens; nothing is fitted. A forecaster without a forecast on a question stakes nothing on it. `None`
/// without questions or forecasters.
///
/// Kivinen and Warmuth (1999), EuroCOLT, LNCS 1572, 153–167; those who are absent: Freund, Schapire, Singer and Warmuth (1997), STOC, 334–343.
#[must_use]
pub fn exponential_weights(past: &Past<'_>, penalty: Penalty) -> Option<Vec<f64>> {
    if past.forecasters == 0 || past.questions.is_empty() {
        return None;
    }
    let mut sums: Vec<BTreeMap<usize, (f64, f64)>> = vec![BTreeMap::new(); past.forecasters];
    for question in &past.questions {
        let of_mean = penalty.of(plain_mean(&question.said), question.happened);
        for said in &question.said {
            let entry = sums[said.forecaster].entry(question.cluster).or_insert((0.0, 0.0));
            entry.0 += penalty.of(said.probability, question.happened) - of_mean;
            entry.1 += 1.0;
        }
    }
    let totals: Vec<f64> = sums.iter().map(|of| of.values().map(|(sum, count)| sum / count).sum()).collect();
    let least = totals.iter().copied().fold(f64::INFINITY, f64::min);
    let rate = match penalty {
        Penalty::Brier => 0.5,
        Penalty::Log => 1.0,
    };
    let raw: Vec<f64> = totals.iter().map(|total| exp(-rate * (total - least))).collect();
    let total: f64 = raw.iter().sum();
    Some(raw.into_iter().map(|weight| weight / total).collect())
}

/// The mean by exponential weights, as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exponential;

impl PoolMethod for Exponential {
    fn name(&self) -> &'static str {
        "exponential"
    }

    fn about(&self) -> &'static str {
        "the mean with the weights that each would have if they had bet on what they said"
    }

    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Weighted::new(exponential_weights(past, penalty)?, Scale::Probability)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::history;

    #[test]
    fn under_the_log_score_the_weights_are_those_of_bayes() {
        let rows: [(&[f64], bool); 3] = [(&[0.9, 0.5], true), (&[0.2, 0.4], false), (&[0.3, 0.7], true)];
        let found = exponential_weights(&history(&rows).past(), Penalty::Log).expect("three questions");
        // Likelihoods 0.9 · 0.8 · 0.3 and 0.5 · 0.6 · 0.7.
        let (a, b) = (0.9 * 0.8 * 0.3, 0.5 * 0.6 * 0.7);
        assert!((found[0] - a / (a + b)).abs() < 1e-12, "{found:?}");
    }

    /// The promise, played through question by question: never more than ln J / η behind the best.
    #[test]
    fn the_sum_of_scores_stays_near_that_of_the_best_whatever_happens() {
        for pattern in 0..64_u32 {
            let rows: Vec<(Vec<f64>, bool)> = (0..30_u32)
                .map(|at| {
                    let row = (0..4).map(|who| f64::from((at * (2 * who + 3) + who * 7) % 11) / 10.0).collect();
                    (row, (at * pattern) % 7 < 3)
                })
                .collect();
            let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, came)| (row.as_slice(), *came)).collect();
            let history = history(&rows);
            let mut own = 0.0;
            let mut theirs = [0.0; 4];
            for (at, question) in history.questions.iter().enumerate() {
                let places: Vec<usize> = (0..at).collect();
                let weights = exponential_weights(&history.past().part(&places), Penalty::Brier);
                let weights = weights.unwrap_or_else(|| vec![0.25; 4]);
                let pooled: f64 = question.said.iter().map(|said| weights[said.forecaster] * said.probability).sum();
                own += Penalty::Brier.of(pooled, question.happened);
                for said in &question.said {
                    theirs[said.forecaster] += Penalty::Brier.of(said.probability, question.happened);
                }
            }
            let best = theirs.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(own <= best + 4_f64.ln() / 0.5, "{pattern}: {own} {best}");
        }
    }
}
