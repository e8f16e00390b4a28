//! Weights by coherence: who contradicts themselves less on related questions counts more.

use super::method::{PoolMethod, Pooling};
use super::past::Past;
use super::penalty::Penalty;
use super::performance::shrunk_means;
use super::relation::{RelationKind, incoherence};
use super::weighted::{Scale, Weighted};
use crate::math::exp;
use std::collections::{BTreeMap, BTreeSet};

/// By how much a weight falls with incoherence: that of someone whose probabilities lie 0.1 further from coherent ones is e⁻¹, 0.37 of the other's.
const STEEPNESS: f64 = 10.0;

/// The weight of each forecaster by how incoherent their probabilities are on the related questions of the past, summing to 1.
///
/// ```text
/// w_j = exp(-10 I_j) / sum_k exp(-10 I_k)        I_j = mean over j's relations of the distance to coherent probabilities, shrunk
/// ```
///
/// The mean is drawn to that of all as far as forecasters differ by luck ([`shrunk_excess`](super::shrunk_excess)). Outcomes play no part. `None`
/// where nobody answered two related questions, two relations being what it takes to see a spread.
///
/// Karvetski, Olson, Mandel and Twardy (2013), Decis. Anal. 10, 305–326; weights that fall exponentially: Wang, Kulkarni, Poor and Osherson (2011),
/// Decis. Anal. 8, 128–144.
#[must_use]
pub fn coherence_weights(past: &Past<'_>) -> Option<Vec<f64>> {
    // What each forecaster stated on each relation.
    let mut stated: BTreeMap<(&str, usize), Vec<(RelationKind, f64)>> = BTreeMap::new();
    for question in &past.questions {
        for relation in &question.relations {
            for said in &question.said {
                let of = stated.entry((relation.key.as_str(), said.forecaster)).or_default();
                of.push((relation.kind, said.probability));
            }
        }
    }
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut sums: Vec<BTreeMap<usize, (f64, f64)>> = vec![BTreeMap::new(); past.forecasters];
    for ((key, forecaster), of) in &stated {
        let next = numbers.len();
        let number = *numbers.entry(key).or_insert(next);
        if let Some(distance) = incoherence(of) {
            sums[*forecaster].insert(number, (distance, 1.0));
        }
    }
    let incoherence = shrunk_means(&sums)?;
    let least = incoherence.iter().copied().fold(f64::INFINITY, f64::min);
    let raw: Vec<f64> = incoherence.iter().map(|of| exp(-STEEPNESS * (of - least))).collect();
    let total: f64 = raw.iter().sum();
    Some(raw.into_iter().map(|weight| weight / total).collect())
}

/// The mean of probabilities weighted by coherence, as a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coherence;

impl PoolMethod for Coherence {
    fn name(&self) -> &'static str {
        "coherence"
    }

    fn about(&self) -> &'static str {
        "the mean weighted by how little each contradicts themselves on related questions"
    }

    fn needs(&self) -> Option<&'static str> {
        Some(
            "questions related by the tags `one-of=KEY`, `above=KEY:NUMBER` or `by=KEY:DAY`; options of one question and quantiles of one number cannot \
             contradict each other",
        )
    }

    fn fit(&self, past: &Past<'_>, _: Penalty) -> Option<Box<dyn Pooling>> {
        let keys = past.questions.iter().flat_map(|question| &question.relations).map(|relation| relation.key.as_str());
        let count = keys.collect::<BTreeSet<_>>().len();
        let weighted = Weighted::new(coherence_weights(past)?, Scale::Probability);
        Some(Box::new(weighted.saying(format!("weights from {count} groups of related questions"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::pool::History;
    use crate::pool::past::testing::history;
    use crate::pool::relation::Relation;

    /// Pairs of an event and its complement. Everybody sees the same chance through noise of their own; the first three through little.
    fn pairs(seed: u64, count: usize) -> History {
        let mut stream = SplitMix::of_replicate(31, seed);
        let mut rows: Vec<(Vec<f64>, bool)> = Vec::new();
        for _ in 0..count {
            let chance = 0.1 + 0.8 * stream.unit();
            let happened = stream.unit() < chance;
            for (p, came) in [(chance, happened), (1.0 - chance, !happened)] {
                let noise = |who: usize| if who < 3 { 0.03 } else { 0.4 };
                let row = (0..9).map(|who| (p + noise(who) * (stream.unit() - 0.5)).clamp(0.0, 1.0)).collect();
                rows.push((row, came));
            }
        }
        let rows: Vec<(&[f64], bool)> = rows.iter().map(|(row, came)| (row.as_slice(), *came)).collect();
        let mut history = history(&rows);
        for (at, question) in history.questions.iter_mut().enumerate() {
            question.cluster = at / 2;
            question.relations = vec![Relation { key: format!("one-of={}", at / 2), kind: RelationKind::OneOf(2) }];
        }
        history
    }

    #[test]
    fn who_contradicts_themselves_weighs_less_and_the_pool_gains() {
        let (mut weighted, mut plain) = (0.0, 0.0);
        for seed in 0..20 {
            let past = pairs(seed, 40);
            let pool = Coherence.fit(&past.past(), Penalty::Brier).expect("there are relations");
            let weights = pool.weights().expect("it has weights");
            assert!(weights[..3].iter().all(|good| weights[3..].iter().all(|bad| good > bad)), "{weights:?}");
            for question in &pairs(1000 + seed, 40).questions {
                let mean = question.said.iter().map(|said| said.probability).sum::<f64>() / 9.0;
                weighted += Penalty::Brier.of(pool.pool(&question.said).expect("nine"), question.happened);
                plain += Penalty::Brier.of(mean, question.happened);
            }
        }
        assert!(weighted < plain, "{weighted} {plain}");
    }

    #[test]
    fn without_relations_there_are_no_weights_and_equal_incoherence_weighs_alike() {
        let mut some = pairs(1, 5);
        some.questions.iter_mut().for_each(|question| question.relations.clear());
        assert_eq!(coherence_weights(&some.past()), None);
        let rows: [(&[f64], bool); 4] =
            [(&[0.6, 0.6], true), (&[0.6, 0.6], false), (&[0.3, 0.3], true), (&[0.3, 0.3], false)];
        let mut same = history(&rows);
        for (at, question) in same.questions.iter_mut().enumerate() {
            question.relations = vec![Relation { key: format!("one-of={}", at / 2), kind: RelationKind::OneOf(2) }];
        }
        assert_eq!(coherence_weights(&same.past()), Some(vec![0.5, 0.5]));
    }
}
