//! The tests of no difference between two forecasters, beside the interval that decides.
//!
//! Each test asks another question. All of them count clusters, each once, in the order in which their last question closed or
//! resolved; the permutation test exchanges whole clusters. Two kinds stand apart: those that hold if one looks once, and those
//! that hold however often one looks.

use super::bootstrap::BOOTSTRAP_SEED;
use super::confidence_sequence::{BEST_AT, BernsteinSequence};
use super::diebold_mariano::{DieboldMariano, LongRunVariance, diebold_mariano};
use super::evalue::exp_held;
use super::pair::PairedFigures;
use super::permutation::{SignFlips, sign_flips};
use super::rank_tests::{SignedRanks, Signs, signed_ranks};
use super::verdict::{FEWEST_CLUSTERS, LEVEL};
use crate::math::{cbrt, ln};
use indexmap::IndexMap;
use serde::Serialize;

/// Tests of no difference. With fewer than [`FEWEST_CLUSTERS`] clusters there is only what holds at any time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct PairTests {
    /// Diebold and Mariano's, with the correction of Harvey, Leybourne and Newbold, over the clusters in time order; neighbours up to
    /// the cube root of their number apart may depend on each other, with Bartlett's weights: without them the test of so short
    /// series speaks twice as often as it should.
    pub diebold_mariano: Option<DieboldMariano>,
    /// The permutation test by whole clusters.
    pub permutation: Option<SignFlips>,
    /// The sign test over the means of clusters.
    pub sign: Option<SignTest>,
    /// Wilcoxon's signed ranks over the means of clusters.
    pub signed_ranks: Option<SignedRanks>,
    /// What holds however often one looks.
    pub anytime: Anytime,
}

/// In how many clusters one was better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SignTest {
    /// Clusters in which the first was better, the second was better, and neither was.
    #[serde(flatten)]
    pub signs: Signs,
    /// The chance of numbers as uneven, on either side, if each were as likely.
    pub p_two_sided: f64,
}

/// Evidence and an interval that hold however often one looks, and whenever one stops.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct Anytime {
    /// Against "the second is at least as good, on every question": large when the first is better.
    pub a_better: Option<Evidence>,
    /// Against "the first is at least as good, on every question".
    pub b_better: Option<Evidence>,
    /// Yes/no questions that the e-values are made of.
    pub questions: usize,
    /// The 95 % confidence sequence (empirical Bernstein) of the mean difference over clusters, each counting once; `None` where the
    /// score has no bound or the sequence says no more than that.
    pub interval: Option<(f64, f64)>,
}

/// An e-value and its p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Evidence {
    /// What a bet against the hypothesis has made of 1 by now.
    pub evalue: f64,
    /// 1 over the most that it had at any time, 1 at most.
    pub p_anytime: f64,
}

/// What one cluster says.
struct Cluster {
    sum: f64,
    questions: f64,
    ended: f64,
    /// Sums of the e-values of its yes/no questions, and how many there are.
    evidence: (f64, f64, f64),
}

/// Every test of a pair. `bound` is that of the score, if it has one.
pub(super) fn pair_tests(paired: &[PairedFigures], labels: &[usize], bound: Option<f64>) -> PairTests {
    let clusters = in_time_order(paired, labels);
    let means: Vec<f64> = clusters.iter().map(|cluster| cluster.sum / cluster.questions).collect();
    let differences: Vec<f64> = paired.iter().map(|pair| pair.difference).collect();
    let enough = means.len() >= FEWEST_CLUSTERS;
    PairTests {
        diebold_mariano: enough
            .then(|| diebold_mariano(&means, neighbours(means.len()), LongRunVariance::Bartlett))
            .flatten(),
        permutation: enough.then(|| sign_flips(&differences, labels, BOOTSTRAP_SEED)).flatten(),
        sign: enough.then(|| {
            let signs = Signs::of(&means);
            SignTest { signs, p_two_sided: signs.p_two_sided() }
        }),
        signed_ranks: enough.then(|| signed_ranks(&means)).flatten(),
        anytime: Anytime {
            a_better: evidence(&clusters, |cluster| cluster.evidence.0),
            b_better: evidence(&clusters, |cluster| cluster.evidence.1),
            questions: paired.iter().filter(|pair| pair.evidence.is_some()).count(),
            interval: bound.and_then(|bound| sequence(&means, bound)),
        },
    }
}

/// The horizon of the test over so many clusters: differences that many steps apart or more are taken not to depend on each other.
pub(super) fn neighbours(clusters: usize) -> usize {
    cbrt(clusters as f64).floor() as usize + 1
}

/// The clusters in the order in which their last question ended; of two that ended together the one met first comes first, which is that of the least
/// id, as questions come in the order of their ids.
fn in_time_order(paired: &[PairedFigures], labels: &[usize]) -> Vec<Cluster> {
    let mut clusters: IndexMap<usize, Cluster> = IndexMap::new();
    for (pair, label) in paired.iter().zip(labels) {
        let cluster = clusters.entry(*label).or_insert(Cluster {
            sum: 0.0,
            questions: 0.0,
            ended: pair.ended,
            evidence: (0.0, 0.0, 0.0),
        });
        cluster.sum += pair.difference;
        cluster.questions += 1.0;
        cluster.ended = cluster.ended.max(pair.ended);
        if let Some((of_a, of_b)) = pair.evidence {
            cluster.evidence.0 += of_a;
            cluster.evidence.1 += of_b;
            cluster.evidence.2 += 1.0;
        }
    }
    let mut clusters: Vec<Cluster> = clusters.into_values().collect();
    clusters.sort_by(|a, b| a.ended.total_cmp(&b.ended));
    clusters
}

/// The product over clusters of the mean e-value in each: questions that share their fate are averaged, which asks nothing of their
/// dependence, and clusters are multiplied.
fn evidence(clusters: &[Cluster], side: impl Fn(&Cluster) -> f64) -> Option<Evidence> {
    let (mut logarithm, mut highest, mut any) = (0.0, 0.0_f64, false);
    for cluster in clusters.iter().filter(|cluster| cluster.evidence.2 > 0.0) {
        logarithm += ln((side(cluster) / cluster.evidence.2).min(f64::MAX));
        highest = highest.max(logarithm);
        any = true;
    }
    any.then(|| Evidence { evalue: exp_held(logarithm), p_anytime: 1.0 / exp_held(highest) })
}

fn sequence(means: &[f64], bound: f64) -> Option<(f64, f64)> {
    let mut sequence = BernsteinSequence::new(-1.0, 1.0, 1.0 - LEVEL, BEST_AT)?;
    // A difference of scores between 0 and the bound, as a share of it.
    if !means.iter().all(|mean| sequence.push((mean / bound).clamp(-1.0, 1.0))) {
        return None;
    }
    // What lies beyond the bound is known without any data.
    let (lower, upper) = sequence.interval().filter(|(lower, upper)| *lower > -1.0 || *upper < 1.0)?;
    Some((bound * lower.max(-1.0), bound * upper.min(1.0)))
}
