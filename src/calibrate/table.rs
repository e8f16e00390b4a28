//! The binned view of reliability.

use super::Points;
use serde::Serialize;

/// Forecasts of nearly one probability, and how often they came true.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Bin {
    /// Lower edge, included.
    pub from: f64,
    /// Upper edge, not included except for the last.
    pub to: f64,
    /// Forecasts in it.
    pub forecasts: usize,
    /// What they weigh, in questions.
    pub weight: f64,
    /// Mean probability stated; `None` for an empty bin.
    pub stated: Option<f64>,
    /// Share that came true; `None` for an empty bin.
    pub observed: Option<f64>,
}

/// Stated and observed shares in bins of equal width; [`equal_mass_table`] has bins of equal mass.
///
/// Bins are closed on the left; 1 falls into the last. Empty ones are kept. At least one bin.
#[must_use]
pub fn reliability_table(points: &Points, bins: usize) -> Vec<Bin> {
    let bins = bins.max(1);
    let mut sums = vec![(0_usize, 0.0, 0.0, 0.0); bins];
    for (probability, outcome, weight) in points.iter() {
        let at = ((probability * bins as f64).floor() as usize).min(bins - 1);
        let sum = &mut sums[at];
        sum.0 += 1;
        sum.1 += weight;
        sum.2 += weight * probability;
        sum.3 += weight * outcome;
    }
    sums.into_iter()
        .enumerate()
        .map(|(at, (forecasts, weight, stated, came_true))| Bin {
            from: at as f64 / bins as f64,
            to: (at + 1) as f64 / bins as f64,
            forecasts,
            weight,
            stated: (weight > 0.0).then(|| stated / weight),
            observed: (weight > 0.0).then(|| came_true / weight),
        })
        .collect()
}

/// Stated and observed shares in bins that weigh about the same (quantile bins).
///
/// Equal probabilities are never parted: all of one value fall into the bin to which the middle of their weight belongs. So there may be fewer
/// bins than asked for, and none is empty. The first begins at 0, each other at the least probability in it. At most `bins`, at least one
/// unless there are no points.
#[must_use]
pub fn equal_mass_table(points: &Points, bins: usize) -> Vec<Bin> {
    let bins = bins.max(1);
    let mut sorted: Vec<(f64, f64, f64)> = points.iter().collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = sorted.iter().map(|(_, _, weight)| weight).sum();
    let (mut table, mut sums): (Vec<Bin>, Vec<(usize, f64, f64)>) = (Vec::new(), Vec::new());
    let mut before = 0.0;
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let probability = tie[0].0;
        let weight: f64 = tie.iter().map(|(_, _, weight)| weight).sum();
        let came_true: f64 = tie.iter().map(|(_, outcome, weight)| outcome * weight).sum();
        let own = mass_bin(before, weight, total, bins);
        before += weight;
        if sums.last().is_none_or(|(last, _, _)| *last != own) {
            let from = if let Some(last) = table.last_mut() {
                last.to = probability;
                probability
            } else {
                0.0
            };
            table.push(Bin { from, to: 1.0, forecasts: 0, weight: 0.0, stated: None, observed: None });
            sums.push((own, 0.0, 0.0));
        }
        if let (Some(bin), Some(sum)) = (table.last_mut(), sums.last_mut()) {
            bin.forecasts += tie.len();
            bin.weight += weight;
            sum.1 += weight * probability;
            sum.2 += came_true;
        }
    }
    for (bin, (_, stated, came_true)) in table.iter_mut().zip(sums) {
        bin.stated = (bin.weight > 0.0).then(|| stated / bin.weight);
        bin.observed = (bin.weight > 0.0).then(|| came_true / bin.weight);
    }
    table
}

/// The bin of equal mass to which forecasts of one probability belong: they weigh `weight`, those below them `before`, all `total`.
pub(super) fn mass_bin(before: f64, weight: f64, total: f64, bins: usize) -> usize {
    // A middle on an edge falls to the right, whatever rounding made of it.
    let place = (before + 0.5 * weight) / total * bins as f64 + 1e-9;
    (place.floor() as usize).min(bins - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_of_equal_mass_keep_ties_together_and_leave_none_empty() {
        // Two of eight a bin. The middle of the three at 10 % is 1.5: the first bin; of the one at 20 % 3.5: the second; then two and two.
        let probabilities = [0.9, 0.1, 0.1, 0.7, 0.2, 0.1, 0.6, 0.4];
        let happened = [true, false, true, true, false, false, false, true];
        let points = Points::new(&probabilities, &happened).expect("eight pairs");
        let table = equal_mass_table(&points, 4);
        assert_eq!(table.iter().map(|bin| bin.forecasts).collect::<Vec<_>>(), [3, 1, 2, 2]);
        assert_eq!(
            table.iter().map(|bin| (bin.from, bin.to)).collect::<Vec<_>>(),
            [(0.0, 0.2), (0.2, 0.4), (0.4, 0.7), (0.7, 1.0)]
        );
        let expected = [(0.1, 1.0 / 3.0), (0.2, 0.0), (0.5, 0.5), (0.8, 1.0)];
        for (bin, (stated, observed)) in table.iter().zip(expected) {
            assert!((bin.stated.expect("not empty") - stated).abs() < 1e-15);
            assert!((bin.observed.expect("not empty") - observed).abs() < 1e-15);
        }
        // However many bins are asked for, there are no more than different probabilities, and one value makes one bin.
        assert_eq!(equal_mass_table(&points, 100).len(), 6);
        let alike = Points::new(&[0.3; 5], &[true, false, false, false, true]).expect("five pairs");
        assert_eq!(equal_mass_table(&alike, 10).iter().map(|bin| bin.forecasts).collect::<Vec<_>>(), [5]);
        assert!(equal_mass_table(&Points::default(), 10).is_empty());
    }

    #[test]
    fn a_middle_on_an_edge_falls_to_the_right_however_weights_round() {
        // Ten thirds, of which the middle of the whole lies in the tie of four: at exactly 5/3 of 10/3.
        let weights = |probabilities: &[f64]| -> Vec<(f64, bool, f64)> {
            probabilities.iter().map(|probability| (*probability, false, 1.0 / 3.0)).collect()
        };
        let points = Points::weighted(weights(&[0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.8, 0.8, 0.8]), 10);
        let table = equal_mass_table(&points, 2);
        assert_eq!(table.iter().map(|bin| bin.forecasts).collect::<Vec<_>>(), [3, 7]);
    }

    #[test]
    fn edges_fall_to_the_right_and_one_into_the_last_bin() {
        let points = Points::new(&[0.0, 0.25, 0.5, 1.0], &[false, true, false, true]).expect("four pairs");
        let table = reliability_table(&points, 4);
        assert_eq!(table.iter().map(|bin| bin.forecasts).collect::<Vec<_>>(), [1, 1, 1, 1]);
        assert_eq!(table[3].stated, Some(1.0));
        assert_eq!(reliability_table(&points, 10)[3].observed, None);
    }
}
