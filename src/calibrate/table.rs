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

/// Stated and observed shares in bins of equal width.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_fall_to_the_right_and_one_into_the_last_bin() {
        let points = Points::new(&[0.0, 0.25, 0.5, 1.0], &[false, true, false, true]).expect("four pairs");
        let table = reliability_table(&points, 4);
        assert_eq!(table.iter().map(|bin| bin.forecasts).collect::<Vec<_>>(), [1, 1, 1, 1]);
        assert_eq!(table[3].stated, Some(1.0));
        assert_eq!(reliability_table(&points, 10)[3].observed, None);
    }
}
