//! Half whoever did best in the past, half the plain mean: for a few forecasters of very different skill who answer everything.

use super::linear::linear;
use super::method::{PoolMethod, Pooling, Said, probabilities};
use super::past::{Past, plain_mean};
use super::penalty::Penalty;

/// The share of the best forecaster; the rest is the plain mean.
const SHARE: f64 = 0.5;

/// The forecasters, by number, with the least mean excess over the plain mean on the questions of each, among those with half as many questions as
/// anybody: one, or all who tie. None where nobody has spoken.
///
/// ```text
/// excess_j = mean over j's questions of S(p_j) - S(mean)
/// ```
pub(super) fn best_in_training(past: &Past<'_>, penalty: Penalty) -> Vec<usize> {
    let mut sums = vec![(0.0, 0_usize); past.forecasters];
    for question in &past.questions {
        let mean = penalty.of(plain_mean(&question.said), question.happened);
        for said in &question.said {
            sums[said.forecaster].0 += penalty.of(said.probability, question.happened) - mean;
            sums[said.forecaster].1 += 1;
        }
    }
    let most = sums.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let excess = |(sum, count): &(f64, usize)| sum / *count as f64;
    let often: Vec<(usize, f64)> = sums
        .iter()
        .enumerate()
        .filter(|(_, (_, count))| *count > 0 && 2 * count >= most)
        .map(|(at, of)| (at, excess(of)))
        .collect();
    let least = often.iter().map(|(_, excess)| *excess).fold(f64::INFINITY, f64::min);
    often.into_iter().filter(|(_, excess)| *excess <= least).map(|(at, _)| at).collect()
}

/// Half the forecaster who scored best in training, half the plain mean.
///
/// ```text
/// p = 1/2 p_best + 1/2 mean_i p_i
/// ```
///
/// The best is [`best_in_training`]; several who tie share that half. Where the best is absent the pool is the plain mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct BestAndMean;

impl PoolMethod for BestAndMean {
    fn name(&self) -> &'static str {
        "best-and-mean"
    }

    fn about(&self) -> &'static str {
        "half whoever scored best, half the mean; the mean alone where the best is absent"
    }

    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>> {
        let best = best_in_training(past, penalty);
        if best.is_empty() {
            return None;
        }
        let mut weights = vec![(1.0 - SHARE) / past.forecasters as f64; past.forecasters];
        best.iter().for_each(|at| weights[*at] += SHARE / best.len() as f64);
        Some(Box::new(Fitted { best, weights }))
    }
}

/// It, with who was best.
#[derive(Debug, Clone)]
struct Fitted {
    best: Vec<usize>,
    /// Of each forecaster, where everybody speaks.
    weights: Vec<f64>,
}

impl Pooling for Fitted {
    fn pool(&self, oldest_first: &[Said]) -> Option<f64> {
        let mean = linear(&probabilities(oldest_first), None)?;
        let best: Vec<f64> = oldest_first
            .iter()
            .filter(|said| self.best.contains(&said.forecaster))
            .map(|said| said.probability)
            .collect();
        let Some(of_best) = linear(&best, None) else { return Some(mean) };
        Some((SHARE * of_best + (1.0 - SHARE) * mean).clamp(0.0, 1.0))
    }

    fn weights(&self) -> Option<&[f64]> {
        Some(&self.weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::{history, said};

    /// Who answers everything, who answers half and better, and who answers one question best of all.
    fn fitted(penalty: Penalty) -> Box<dyn Pooling> {
        let none = f64::NAN;
        let rows: [(&[f64], bool); 4] = [
            (&[0.7, 0.4, 0.8, none], true),
            (&[0.4, 0.5, none, 0.0], false),
            (&[0.6, 0.3, 0.9, none], true),
            (&[0.3, 0.6, none, none], false),
        ];
        BestAndMean.fit(&history(&rows).past(), penalty).expect("somebody has spoken")
    }

    #[test]
    fn half_of_it_is_the_best_of_those_who_have_spoken_often_enough() {
        for penalty in [Penalty::Brier, Penalty::Log] {
            let pool = fitted(penalty);
            // The third is best on two of four questions; the fourth, who was sure and right, has spoken once.
            let pooled = pool.pool(&said(&[0.2, 0.4, 0.9, 0.1])).expect("four");
            assert!((pooled - (0.5 * 0.9 + 0.5 * 0.4)).abs() < 1e-15, "{pooled}");
            assert_eq!(pool.weights(), Some(&[0.125, 0.125, 0.625, 0.125][..]));
            // Without the third it is the mean, with a newcomer as with anybody.
            let newcomer = Said { forecaster: 9, ..said(&[0.6])[0] };
            let others = [said(&[0.2, 0.4]), vec![newcomer]].concat();
            assert!((pool.pool(&others).expect("three") - 0.4).abs() < 1e-15);
            assert_eq!(pool.pool(&[]), None);
            assert_eq!(pool.pool(&said(&[0.2, 0.4, 1.5])), None);
        }
    }

    #[test]
    fn those_who_tie_share_the_half_whatever_their_order() {
        let rows: [(&[f64], bool); 3] = [(&[0.8, 0.3, 0.8], true), (&[0.2, 0.5, 0.2], false), (&[0.6, 0.5, 0.6], true)];
        let pool = BestAndMean.fit(&history(&rows).past(), Penalty::Brier).expect("three questions");
        let pooled = |these: &[f64]| pool.pool(&said(these)).expect("three");
        assert!((pooled(&[0.9, 0.3, 0.3]) - (0.5 * 0.6 + 0.5 * 0.5)).abs() < 1e-15);
        assert!((pooled(&[0.9, 0.3, 0.3]) - pooled(&[0.3, 0.3, 0.9])).abs() < 1e-15);
        // Of two who tie one is there.
        assert!((pooled(&[0.9, 0.3]) - (0.5 * 0.9 + 0.5 * 0.6)).abs() < 1e-15);
    }

    #[test]
    fn of_no_past_nobody_is_the_best() {
        assert!(BestAndMean.fit(&history(&[]).past(), Penalty::Brier).is_none());
    }
}
