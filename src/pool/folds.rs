//! Folds: which questions a pool learns from, and on which it is then judged.
//!
//! In order of time where days allow it: a question is judged by what had resolved before the first forecast on it was made. Otherwise by
//! clusters dealt out at random by fixed seeds, each cluster as a whole.

use super::past::Past;
use super::trial::FEWEST_CLUSTERS;
use crate::math::SplitMix;
use serde::Serialize;
use std::collections::BTreeSet;

/// Parts into which the questions are dealt out.
const PARTS: usize = 5;
/// Stretches of time: the first is only learned from.
const STRETCHES: usize = PARTS + 1;
/// With fewer stretches that can be judged, time gives no order.
const FEWEST_STRETCHES: usize = 3;
const SEED: u64 = 0x706f_6f6c_2066_6f6c;

/// How the folds were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Folding {
    /// Learned from what had resolved before the forecasts judged were made.
    ByTime,
    /// Clusters dealt out at random.
    ByCluster,
    /// There are too few clusters to set any apart.
    Impossible,
}

/// What is learned from, and what is judged: places among the questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Learned from.
    pub learn: Vec<usize>,
    /// Judged; shares no cluster with the other.
    pub judge: Vec<usize>,
}

/// The folds of a past, the random ones dealt out `repeats` times over.
#[must_use]
pub fn folds(past: &Past<'_>, repeats: usize) -> (Folding, Vec<Fold>) {
    if let Some(folds) = by_time(past) {
        return (Folding::ByTime, folds);
    }
    let labels: Vec<usize> = past.clusters().into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    if labels.len() < 2 {
        return (Folding::Impossible, Vec::new());
    }
    let parts = PARTS.min(labels.len());
    let clusters = past.clusters();
    let mut all = Vec::new();
    for repeat in 0..repeats {
        let mut stream = SplitMix::of_replicate(SEED, repeat as u64);
        let mut dealt = labels.clone();
        stream.shuffle(&mut dealt);
        for part in 0..parts {
            let judged: BTreeSet<usize> = dealt.iter().copied().skip(part).step_by(parts).collect();
            let (judge, learn) = (0..clusters.len()).partition(|at| judged.contains(&clusters[*at]));
            all.push(Fold { learn, judge });
        }
    }
    (Folding::ByCluster, all)
}

/// Stretches of as many questions, by the day of the first forecast on each. `None` where too little had resolved before.
fn by_time(past: &Past<'_>) -> Option<Vec<Fold>> {
    let questions = &past.questions;
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.sort_by(|a, b| questions[*a].first_made.total_cmp(&questions[*b].first_made));
    // Where each stretch begins; what was asked on one day stays together.
    let mut starts: Vec<usize> = (1..STRETCHES)
        .map(|stretch| stretch * order.len() / STRETCHES)
        .filter(|at| *at > 0)
        .map(|at| {
            let made = questions[order[at]].first_made;
            order.partition_point(|place| questions[*place].first_made < made)
        })
        .collect();
    starts.dedup();
    let mut folds = Vec::new();
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(order.len());
        let judge: Vec<usize> = order[*start..end].to_vec();
        let begins = judge.first().map(|place| questions[*place].first_made)?;
        let judged: BTreeSet<usize> = judge.iter().map(|place| questions[*place].cluster).collect();
        let learn: Vec<usize> = (0..questions.len())
            .filter(|place| questions[*place].resolved <= begins && !judged.contains(&questions[*place].cluster))
            .collect();
        if past.part(&learn).cluster_count() >= FEWEST_CLUSTERS {
            folds.push(Fold { learn, judge });
        }
    }
    let judged: usize = folds.iter().map(|fold| fold.judge.len()).sum();
    (folds.len() >= FEWEST_STRETCHES && 2 * judged >= order.len()).then_some(folds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::history;

    #[test]
    fn clusters_are_dealt_out_whole_and_each_once_a_repeat() {
        let rows: Vec<(&[f64], bool)> = vec![(&[0.5], true); 40];
        let mut history = history(&rows);
        history.questions.iter_mut().enumerate().for_each(|(at, question)| question.cluster = at / 3);
        let past = history.past();
        let (folding, folds) = folds(&past, 2);
        assert_eq!((folding, folds.len()), (Folding::ByCluster, 10));
        let mut judged = [0; 40];
        for fold in &folds {
            fold.judge.iter().for_each(|at| judged[*at] += 1);
            let learned: BTreeSet<usize> = fold.learn.iter().map(|at| at / 3).collect();
            assert!(fold.judge.iter().all(|at| !learned.contains(&(at / 3))));
            assert_eq!(fold.learn.len() + fold.judge.len(), 40);
        }
        assert!(judged.iter().all(|times| *times == 2));
        assert_ne!(folds[0], folds[5]);
    }

    #[test]
    fn with_days_nothing_is_learned_from_what_was_not_known_yet() {
        let rows: Vec<(&[f64], bool)> = vec![(&[0.5], true); 300];
        let mut history = history(&rows);
        for (at, question) in history.questions.iter_mut().enumerate() {
            question.first_made = at as f64;
            question.resolved = at as f64 + if at % 10 == 0 { 200.0 } else { 3.0 };
        }
        let (folding, folds) = folds(&history.past(), 2);
        assert_eq!((folding, folds.len()), (Folding::ByTime, 5));
        for fold in &folds {
            for judged in &fold.judge {
                assert!(
                    fold.learn
                        .iter()
                        .all(|at| history.questions[*at].resolved <= history.questions[*judged].first_made)
                );
            }
        }
    }

    #[test]
    fn one_cluster_cannot_be_set_apart() {
        let rows: [(&[f64], bool); 1] = [(&[0.5], true)];
        assert_eq!(folds(&history(&rows).past(), 2), (Folding::Impossible, Vec::new()));
    }
}
