//! The CRPS of many ensembles, one a row.

use super::problem::ColumnProblem;
use crate::math::level;
use crate::math::sort_lanes::{LANES, sort_lanes};
use crate::score::EnsembleEstimator;
use crate::score::crps::{crps_ensemble, crps_ensemble_fair};
use fearless_simd::{Simd, SimdBase, dispatch, f64x8};
use ndarray::{ArrayView1, ArrayView2, s};
use rayon::prelude::*;

/// Ensembles with more members are sorted one by one: eight of them together would not stay in the caches.
const MOST_MEMBERS: usize = 1 << 13;

/// Rows of a piece of work.
const ROWS: usize = 16 * LANES;

/// The CRPS of every row of an array of ensembles: as [`crps_ensemble`] and [`crps_ensemble_fair`] give it, bit for bit.
///
/// `ensembles` has one row a forecast and one column a member; `outcomes` has what happened, one a row. Lower is better; in the unit of the
/// outcomes. Eight rows are sorted side by side in a network without branches, so the time does not depend on the numbers.
///
/// ```
/// use foretell::score::EnsembleEstimator;
/// use foretell::score::columns::crps_of_ensembles;
/// use ndarray::array;
///
/// let ensembles = array![[3.0, -1.0, 2.5], [0.0, 0.0, 1.0]];
/// let scores = crps_of_ensembles(ensembles.view(), &[1.0, 0.0], EnsembleEstimator::Empirical).expect("finite numbers");
/// assert!((scores[1] - 1.0 / 9.0).abs() < 1e-15);
/// ```
///
/// # Errors
/// If the numbers of rows differ, there are no members (or one, for the fair score), or a number is not finite; of several such rows the
/// first is named.
pub fn crps_of_ensembles(
    ensembles: ArrayView2<'_, f64>,
    outcomes: &[f64],
    estimator: EnsembleEstimator,
) -> Result<Vec<f64>, ColumnProblem> {
    let (rows, members) = ensembles.dim();
    if rows != outcomes.len() {
        return Err(ColumnProblem::Lengths { first: rows, other: outcomes.len() });
    }
    let needed = if estimator == EnsembleEstimator::Fair { 2 } else { 1 };
    if members < needed {
        return Err(ColumnProblem::TooFew { found: members, needed });
    }
    let mut scores = vec![0.0; rows];
    let bad = scores
        .par_chunks_mut(ROWS)
        .zip(outcomes.par_chunks(ROWS))
        .enumerate()
        .filter_map(|(at, (scores, outcomes))| {
            let ensembles = ensembles.slice(s![at * ROWS..at * ROWS + outcomes.len(), ..]);
            let bad = if members > MOST_MEMBERS {
                one_by_one(ensembles, outcomes, estimator, scores)
            } else {
                side_by_side(ensembles, outcomes, estimator, scores)
            };
            bad.map(|row| at * ROWS + row)
        })
        .min();
    match bad {
        Some(row) => Err(ColumnProblem::NotFinite { row }),
        None => Ok(scores),
    }
}

/// Scores row by row; the first row with a number that is not finite.
fn one_by_one(
    ensembles: ArrayView2<'_, f64>,
    outcomes: &[f64],
    estimator: EnsembleEstimator,
    scores: &mut [f64],
) -> Option<usize> {
    let mut members = Vec::new();
    for (row, ((ensemble, y), score)) in ensembles.rows().into_iter().zip(outcomes).zip(scores).enumerate() {
        members.clear();
        members.extend(ensemble.iter().copied());
        if !y.is_finite() || !members.iter().all(|member| member.is_finite()) {
            return Some(row);
        }
        let found = match estimator {
            EnsembleEstimator::Empirical => crps_ensemble(&members, *y),
            EnsembleEstimator::Fair => crps_ensemble_fair(&members, *y),
        };
        *score = found?;
    }
    None
}

/// Scores eight rows at a time; the first row with a number that is not finite.
fn side_by_side(
    ensembles: ArrayView2<'_, f64>,
    outcomes: &[f64],
    estimator: EnsembleEstimator,
    scores: &mut [f64],
) -> Option<usize> {
    let members = ensembles.ncols();
    let level = level();
    // What is beyond the members is greater than all of them and stays at the end.
    let mut lanes = vec![[f64::INFINITY; LANES]; members.next_power_of_two().max(8)];
    for (at, (outcomes, scores)) in outcomes.chunks(LANES).zip(scores.chunks_mut(LANES)).enumerate() {
        lanes[members..].fill([f64::INFINITY; LANES]);
        let mut y = [0.0; LANES];
        for (lane, outcome) in outcomes.iter().enumerate() {
            let row = at * LANES + lane;
            y[lane] = *outcome;
            if !(outcome.is_finite() && fill(&mut lanes, lane, ensembles.row(row))) {
                return Some(row);
            }
        }
        sort_lanes(level, &mut lanes);
        let sums = dispatch!(level, simd => sums(simd, &lanes[..members], &y));
        let count = members as f64;
        let pairs_of = match estimator {
            EnsembleEstimator::Empirical => count,
            EnsembleEstimator::Fair => count - 1.0,
        };
        for (lane, score) in scores.iter_mut().enumerate() {
            let [below, above, pairs] = sums.map(|sum| sum[lane]);
            *score = below / count + above / count - 2.0 * pairs / (2.0 * count * pairs_of);
        }
    }
    None
}

/// Writes a row into a lane; says whether all of it is finite.
fn fill(lanes: &mut [[f64; LANES]], lane: usize, row: ArrayView1<'_, f64>) -> bool {
    let mut largest = 0;
    let mut put = |(place, value): (&mut [f64; LANES], &f64)| {
        place[lane] = *value;
        largest = largest.max(value.to_bits() & (u64::MAX >> 1));
    };
    match row.as_slice() {
        Some(values) => lanes.iter_mut().zip(values).for_each(&mut put),
        None => lanes.iter_mut().zip(row.iter()).for_each(&mut put),
    }
    largest < f64::INFINITY.to_bits()
}

/// Of sorted lanes the shortfalls below and above `y`, and half the sum of all distances between two members.
#[inline(always)]
fn sums<S: Simd>(simd: S, lanes: &[[f64; LANES]], y: &[f64; LANES]) -> [[f64; LANES]; 3] {
    let zero = f64x8::splat(simd, 0.0);
    let y = f64x8::from_slice(simd, y);
    let count = lanes.len() as f64;
    let (mut below, mut above, mut pairs) = (zero, zero, zero);
    for (at, place) in lanes.iter().enumerate() {
        let member = f64x8::from_slice(simd, place);
        below += (y - member).max(zero);
        above += (member - y).max(zero);
        pairs += member * (2.0 * at as f64 + 1.0 - count);
    }
    let mut out = [[0.0; LANES]; 3];
    below.store_slice(&mut out[0]);
    above.store_slice(&mut out[1]);
    pairs.store_slice(&mut out[2]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use ndarray::Array2;
    use proptest::prelude::*;

    fn agree(ensembles: &Array2<f64>, outcomes: &[f64]) {
        let empirical = crps_of_ensembles(ensembles.view(), outcomes, EnsembleEstimator::Empirical).expect("finite");
        let fair = crps_of_ensembles(ensembles.view(), outcomes, EnsembleEstimator::Fair);
        for (row, y) in outcomes.iter().enumerate() {
            let members = ensembles.row(row).to_vec();
            assert_eq!(Some(empirical[row]), crps_ensemble(&members, *y), "row {row}");
            match &fair {
                Ok(fair) => assert_eq!(Some(fair[row]), crps_ensemble_fair(&members, *y), "row {row}"),
                Err(_) => assert_eq!(members.len(), 1),
            }
        }
    }

    #[test]
    fn every_shape_gives_the_bits_of_the_score_of_one_ensemble() {
        let mut stream = SplitMix::of_replicate(4, 4);
        for (rows, members) in [(1, 1), (7, 2), (9, 3), (130, 8), (3, 1000), (260, 33), (2, MOST_MEMBERS + 1)] {
            let ensembles = Array2::from_shape_fn((rows, members), |_| (stream.unit() * 40.0).floor() / 4.0 - 5.0);
            let outcomes: Vec<f64> = (0..rows).map(|_| stream.unit() * 10.0 - 5.0).collect();
            agree(&ensembles, &outcomes);
            let by_columns = ensembles.t().as_standard_layout().into_owned();
            let turned = crps_of_ensembles(by_columns.t(), &outcomes, EnsembleEstimator::Empirical);
            assert_eq!(turned, crps_of_ensembles(ensembles.view(), &outcomes, EnsembleEstimator::Empirical));
        }
    }

    proptest! {
        #[test]
        fn any_numbers_give_the_bits_of_the_score_of_one_ensemble(
            values in prop::collection::vec(-1e9..1e9_f64, 60), outcomes in prop::collection::vec(-1e9..1e9_f64, 5)
        ) {
            let ensembles = Array2::from_shape_vec((5, 12), values).expect("sixty numbers");
            agree(&ensembles, &outcomes);
        }
    }

    #[test]
    fn what_cannot_be_scored_is_named_by_its_row() {
        let mut ensembles = Array2::from_elem((300, 5), 1.0);
        ensembles[[299, 0]] = f64::NAN;
        ensembles[[201, 4]] = f64::INFINITY;
        let outcomes = vec![0.0; 300];
        let score = |estimator| crps_of_ensembles(ensembles.view(), &outcomes, estimator);
        assert_eq!(score(EnsembleEstimator::Fair), Err(ColumnProblem::NotFinite { row: 201 }));
        let none = Array2::zeros((0, 5));
        assert_eq!(crps_of_ensembles(none.view(), &[], EnsembleEstimator::Fair), Ok(Vec::new()));
        let one = Array2::zeros((1, 1));
        assert!(crps_of_ensembles(one.view(), &[1.0], EnsembleEstimator::Fair).is_err());
        assert!(crps_of_ensembles(one.view(), &[], EnsembleEstimator::Empirical).is_err());
    }
}
