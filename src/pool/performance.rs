//! Weights by performance, as far as the past can tell performance from luck.

use super::method::{PoolMethod, Pooling};
use super::past::{Past, plain_mean};
use super::penalty::Penalty;
use super::weighted::{Scale, Weighted};
use crate::math::exp;
use std::collections::BTreeMap;

/// By how much a weight falls with the excess score: that of someone worse than another by 0.01 of the Brier score is a quarter less.
const STEEPNESS: f64 = 30.0;

/// What the past tells of each forecaster's score above that of the plain mean on the same questions.
///
/// ```text
/// x_jg = mean over j's questions of cluster g of S(p_j) - S(mean)         m_j = mean over j's clusters of x_jg
/// σ²   = sum_jg (x_jg - m_j)² / sum_j (G_j - 1)                          G_j clusters of j
/// τ²   = max(0, (sum_j G_j (m_j - m)² - (J - 1) σ²) / (N - sum_j G_j² / N))        N = sum G_j, m = sum G_j m_j / N
/// excess_j = m + (m_j - m) τ² / (τ² + σ² / G_j)
/// ```
///
/// One analysis of variance for all: those of few clusters are drawn to the middle most, and all of them are, where they differ no more
/// than luck would have them (τ² = 0). Somebody without a question is in the middle. In the unit of the score; lower is better; one entry
/// a forecaster. `None` where nobody has two clusters.
///
/// Searle, Casella and McCulloch (1992), Variance Components, section 3.6; shrinkage: Efron and Morris (1975), J. Am. Stat. Assoc. 70,
/// 311–319.
#[must_use]
pub fn shrunk_excess(past: &Past<'_>, penalty: Penalty) -> Option<Vec<f64>> {
    // By forecaster and cluster: sum and count.
    let mut sums: Vec<BTreeMap<usize, (f64, f64)>> = vec![BTreeMap::new(); past.forecasters];
    for question in &past.questions {
        let of_mean = penalty.of(plain_mean(&question.said), question.happened);
        for said in &question.said {
            let entry = sums[said.forecaster].entry(question.cluster).or_insert((0.0, 0.0));
            entry.0 += penalty.of(said.probability, question.happened) - of_mean;
            entry.1 += 1.0;
        }
    }
    shrunk_means(&sums)
}

/// What weights by performance cannot be had without.
const NEEDS: &str = "a forecaster who has spoken on questions of two clusters";

/// The mean of each forecaster's values drawn to the middle as far as they differ by luck, as [`shrunk_excess`] has it; of each the sum and
/// the count of values by cluster. `None` where nobody has two clusters.
pub(super) fn shrunk_means(sums: &[BTreeMap<usize, (f64, f64)>]) -> Option<Vec<f64>> {
    let (mut within, mut freedom) = (0.0, 0.0);
    let mut means = vec![(0.0, 0.0); sums.len()];
    for (clusters, mean) in sums.iter().zip(&mut means).filter(|(clusters, _)| !clusters.is_empty()) {
        let values: Vec<f64> = clusters.values().map(|(sum, count)| sum / count).collect();
        let size = values.len() as f64;
        let middle = values.iter().sum::<f64>() / size;
        within += values.iter().map(|x| (x - middle) * (x - middle)).sum::<f64>();
        freedom += size - 1.0;
        *mean = (middle, size);
    }
    if freedom < 1.0 {
        return None;
    }
    let variance = within / freedom;
    let total: f64 = means.iter().map(|(_, size)| size).sum();
    let middle = means.iter().map(|(mean, size)| mean * size).sum::<f64>() / total;
    let between: f64 = means.iter().map(|(mean, size)| size * (mean - middle) * (mean - middle)).sum();
    let answering = means.iter().filter(|(_, size)| *size > 0.0).count() as f64;
    let scale = total - means.iter().map(|(_, size)| size * size).sum::<f64>() / total;
    let spread = if scale > 0.0 { ((between - (answering - 1.0) * variance) / scale).max(0.0) } else { 0.0 };
    let shrunk = |(mean, size): &(f64, f64)| {
        if *size > 0.0 && spread > 0.0 {
            middle + (mean - middle) * spread / (spread + variance / size)
        } else {
            middle
        }
    };
    Some(means.iter().map(shrunk).collect())
}

/// Weights that fall with the shrunk excess, summing to 1.
fn weights(past: &Past<'_>, penalty: Penalty) -> Option<Vec<f64>> {
    let excess = shrunk_excess(past, penalty)?;
    let least = excess.iter().copied().fold(f64::INFINITY, f64::min);
    let raw: Vec<f64> = excess.iter().map(|excess| exp(-STEEPNESS * penalty.in_brier() * (excess - least))).collect();
    let total: f64 = raw.iter().sum();
    Some(raw.into_iter().map(|weight| weight / total).collect())
}

/// The mean of probabilities weighted by performance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Performance;

/// The mean of log-odds weighted by performance.
#[derive(Debug, Clone, Copy)]
pub(super) struct PerformanceLogOdds;

impl PoolMethod for Performance {
    fn name(&self) -> &'static str {
        "performance"
    }

    fn about(&self) -> &'static str {
        "the mean weighted by past scores, shrunk to equal weights by how many clusters each has"
    }

    fn needs(&self) -> Option<&'static str> {
        Some(NEEDS)
    }

    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Weighted::new(weights(past, penalty)?, Scale::Probability)))
    }
}

impl PoolMethod for PerformanceLogOdds {
    fn name(&self) -> &'static str {
        "performance-log-odds"
    }

    fn about(&self) -> &'static str {
        "the mean of log odds with the weights of `performance`"
    }

    fn needs(&self) -> Option<&'static str> {
        Some(NEEDS)
    }

    fn fit(&self, past: &Past<'_>, penalty: Penalty) -> Option<Box<dyn Pooling>> {
        Some(Box::new(Weighted::new(weights(past, penalty)?, Scale::LogOdds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::past::testing::history;

    #[test]
    fn two_forecasters_have_the_excess_of_the_formula() {
        // Against the mean, forecaster 0 misses by a, 1 by b; worked out by hand from the definition.
        let rows: [(&[f64], bool); 3] = [(&[0.9, 0.5], true), (&[0.2, 0.4], false), (&[0.7, 0.7], false)];
        let history = history(&rows);
        let x = [[0.01 - 0.09, 0.04 - 0.09, 0.0], [0.25 - 0.09, 0.16 - 0.09, 0.0]];
        let means = x.map(|of| of.iter().sum::<f64>() / 3.0);
        let variance = (0..2).flat_map(|j| (0..3).map(move |g| (j, g)));
        let variance: f64 = variance.map(|(j, g)| (x[j][g] - means[j]) * (x[j][g] - means[j])).sum::<f64>() / 4.0;
        let middle = 0.5 * (means[0] + means[1]);
        let between: f64 = means.iter().map(|m| 3.0 * (m - middle) * (m - middle)).sum();
        let spread = (between - variance) / 3.0;
        assert!(spread > 0.0);
        let expected = means.map(|m| middle + (m - middle) * spread / (spread + variance / 3.0));
        let found = shrunk_excess(&history.past(), Penalty::Brier).expect("three clusters each");
        assert!((found[0] - expected[0]).abs() < 1e-15 && (found[1] - expected[1]).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn those_who_differ_by_luck_alone_weigh_alike() {
        let rows: [(&[f64], bool); 4] =
            [(&[0.6, 0.4], true), (&[0.6, 0.4], false), (&[0.3, 0.7], true), (&[0.3, 0.7], false)];
        let history = history(&rows);
        let found = weights(&history.past(), Penalty::Brier).expect("four clusters each");
        assert_eq!(found, [0.5, 0.5]);
    }

    #[test]
    fn one_cluster_says_nothing() {
        let rows: [(&[f64], bool); 1] = [(&[0.9, 0.5], true)];
        assert_eq!(shrunk_excess(&history(&rows).past(), Penalty::Brier), None);
    }
}
