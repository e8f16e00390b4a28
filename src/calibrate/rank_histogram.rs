//! Rank histograms of ensembles and cells of quantiles, and the test that they are as flat as they should be.

use crate::math::gamma;
use serde::Serialize;

/// A test of a histogram against what calibrated forecasts would fill it with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct HistogramTest {
    /// Pearson's statistic, with one degree of freedom less than there are cells.
    pub chi_squared: f64,
    /// The part of it that a slope explains (bias), one degree of freedom.
    pub linear: f64,
    /// The part that a U or a hump explains (too narrow or too wide), one degree of freedom.
    pub u_shape: f64,
    /// The chance of as large a `chi_squared` for calibrated, independent forecasts.
    pub p_chi_squared: f64,
    /// The chance of as large a `linear`.
    pub p_linear: f64,
    /// The chance of as large a `u_shape`.
    pub p_u_shape: f64,
}

/// The rank of each outcome among the draws of its ensemble, counted: how many ensembles had 0, 1, … draws below the outcome.
///
/// An outcome equal to some of the draws counts in equal parts for every rank it could have. `None` unless all ensembles have one
/// number of draws, at least one, and no number is NaN; every pair is an outcome and its draws.
#[must_use]
pub fn rank_histogram(ensembles: &[(f64, Vec<f64>)]) -> Option<Vec<f64>> {
    let size = ensembles.first()?.1.len();
    let mut counts = vec![0.0; size + 1];
    for (outcome, draws) in ensembles {
        if draws.len() != size || size == 0 || outcome.is_nan() || draws.iter().any(|draw| draw.is_nan()) {
            return None;
        }
        let below = draws.iter().filter(|draw| *draw < outcome).count();
        let equal = draws.iter().filter(|draw| *draw == outcome).count();
        for count in &mut counts[below..=below + equal] {
            *count += 1.0 / (equal + 1) as f64;
        }
    }
    Some(counts)
}

/// The test of a histogram, with the slope and the U shape tested by themselves.
///
/// ```text
/// x_i = (n_i - e_i)/√e_i,  χ² = sum x_i²,  part = (sum u_i x_i)²        u the slope or the U shape, of length 1
/// ```
///
/// The shapes are orthogonal to each other and to √e. `expected` holds the share that belongs to each cell, equal shares if it is
/// absent; shapes run over the cells' places on the scale from 0 to 1. `None` with fewer than three cells, without counts, or if a
/// count is negative or an expected share is not positive.
///
/// Jolliffe and Primo (2008), Mon. Weather Rev. 136, 2133–2139.
#[must_use]
pub fn rank_histogram_test(counts: &[f64], expected: Option<&[f64]>) -> Option<HistogramTest> {
    let cells = counts.len();
    let total: f64 = counts.iter().sum();
    let shares: Vec<f64> = expected.map_or_else(|| vec![1.0 / cells as f64; cells], <[f64]>::to_vec);
    let sound = cells >= 3
        && shares.len() == cells
        && total > 0.0
        && total.is_finite()
        && counts.iter().all(|count| *count >= 0.0)
        && shares.iter().all(|share| *share > 0.0 && share.is_finite());
    if !sound {
        return None;
    }
    let all: f64 = shares.iter().sum();
    let shares: Vec<f64> = shares.iter().map(|share| share / all).collect();
    let deviations: Vec<f64> =
        counts.iter().zip(&shares).map(|(count, share)| (count - total * share) / (total * share).sqrt()).collect();
    let mut below = 0.0;
    let places: Vec<f64> = shares
        .iter()
        .map(|share| {
            below += share;
            below - 0.5 * share
        })
        .collect();
    // Polynomials in the place, orthogonal under the shares; times √share they are the unit vectors.
    let inner =
        |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).zip(&shares).map(|((a, b), share)| a * b * share).sum() };
    let ones = vec![1.0; cells];
    let centre = inner(&places, &ones);
    let slope: Vec<f64> = places.iter().map(|place| place - centre).collect();
    let squares: Vec<f64> = slope.iter().map(|place| place * place).collect();
    let (level, tilt) = (inner(&squares, &ones), inner(&squares, &slope) / inner(&slope, &slope));
    let bend: Vec<f64> = squares.iter().zip(&slope).map(|(square, place)| square - level - tilt * place).collect();
    let part = |shape: &[f64]| {
        let along: f64 = shape
            .iter()
            .zip(&shares)
            .zip(&deviations)
            .map(|((of, share), deviation)| of * share.sqrt() * deviation)
            .sum();
        along * along / inner(shape, shape)
    };
    let chi_squared: f64 = deviations.iter().map(|deviation| deviation * deviation).sum();
    let (linear, u_shape) = (part(&slope), part(&bend));
    let tail = |degrees: f64, statistic: f64| gamma::upper(0.5 * degrees, 0.5 * statistic);
    Some(HistogramTest {
        chi_squared,
        linear,
        u_shape,
        p_chi_squared: tail(cells as f64 - 1.0, chi_squared),
        p_linear: tail(1.0, linear),
        p_u_shape: tail(1.0, u_shape),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_three_cells_the_two_shapes_explain_everything() {
        for expected in [None, Some([0.05, 0.9, 0.05].as_slice())] {
            let test = rank_histogram_test(&[4.0, 11.0, 9.0], expected).expect("three cells");
            assert!((test.linear + test.u_shape - test.chi_squared).abs() < 1e-12);
        }
    }

    #[test]
    fn a_tie_is_shared_by_the_ranks_it_could_have() {
        let ensembles = [(1.0, vec![0.0, 1.0, 2.0]), (5.0, vec![0.0, 1.0, 2.0])];
        assert_eq!(rank_histogram(&ensembles), Some(vec![0.0, 0.5, 0.5, 1.0]));
        assert_eq!(rank_histogram(&[(1.0, vec![])]), None);
        assert_eq!(rank_histogram(&[(1.0, vec![1.0]), (1.0, vec![1.0, 2.0])]), None);
    }

    #[test]
    fn too_few_cells_have_no_test() {
        assert_eq!(rank_histogram_test(&[1.0, 2.0], None), None);
        assert_eq!(rank_histogram_test(&[0.0; 4], None), None);
    }
}
