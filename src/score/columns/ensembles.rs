//! The CRPS of many ensembles, one a row.

use super::eight::{Eight, MOST_MEMBERS};
use super::problem::ColumnProblem;
use crate::math::level;
use crate::math::sort_lanes::LANES;
use crate::score::EnsembleEstimator;
use crate::score::crps::{crps_ensemble, crps_ensemble_fair};
use ndarray::{ArrayView2, s};
use rayon::prelude::*;

/// Rows of a piece of work.
const ROWS: usize = 16 * LANES;

/// The CRPS of every row of an array of ensembles: as [`crps_ensemble`] and [`crps_ensemble_fair`] give it, bit for bit.
///
/// `ensembles` has one row a forecast and one column a member; `outcomes` has what happened, one a row. Lower is better; in the unit of the
/// outcomes. Eight rows are sorted side by side in a network without branches; rows nearly all of whose members lie together in next to nothing of
/// what they span take longer.
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
    let whole = ensembles.as_slice();
    let bad = scores
        .par_chunks_mut(ROWS)
        .zip(outcomes.par_chunks(ROWS))
        .enumerate()
        .map_init(
            // Ensembles with more members are sorted one by one: eight of them together would not stay in the caches.
            || (members <= MOST_MEMBERS).then(|| Eight::new(level(), members)),
            |eight, (at, (scores, outcomes))| {
                let first = at * ROWS;
                let piece = ensembles.slice(s![first..first + outcomes.len(), ..]);
                let bad = match (eight, whole) {
                    (Some(eight), Some(whole)) => {
                        side_by_side(eight, members, &whole[first * members..], outcomes, estimator, scores)
                    }
                    (Some(eight), None) => {
                        let own: Vec<f64> = piece.iter().copied().collect();
                        side_by_side(eight, members, &own, outcomes, estimator, scores)
                    }
                    (None, _) => one_by_one(piece, outcomes, estimator, scores),
                };
                bad.map(|row| first + row)
            },
        )
        .flatten_iter()
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

/// Scores eight rows of so many members at a time; the first row with a number that is not finite. What lies behind the last of them does not count.
fn side_by_side(
    eight: &mut Eight,
    members: usize,
    ensembles: &[f64],
    outcomes: &[f64],
    estimator: EnsembleEstimator,
    scores: &mut [f64],
) -> Option<usize> {
    let count = members as f64;
    let pairs_of = match estimator {
        EnsembleEstimator::Empirical => count,
        EnsembleEstimator::Fair => count - 1.0,
    };
    for (at, (outcomes, scores)) in outcomes.chunks(LANES).zip(scores.chunks_mut(LANES)).enumerate() {
        let first = at * LANES;
        let sums = match eight.sums(&ensembles[first * members..], outcomes) {
            Ok(sums) => sums,
            Err(lane) => return Some(first + lane),
        };
        for (lane, score) in scores.iter_mut().enumerate() {
            let [below, above, pairs] = sums.map(|sum| sum[lane]);
            *score = below / count + above / count - 2.0 * pairs / (2.0 * count * pairs_of);
        }
    }
    None
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
        for (rows, members) in
            [(1, 1), (7, 2), (9, 3), (130, 8), (3, 1000), (260, 33), (90, 1000), (2, MOST_MEMBERS + 1)]
        {
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
        // Where there are so many numbers that most rows are not copied.
        let mut many = Array2::from_elem((300, 500), 1.0);
        many[[130, 499]] = f64::NAN;
        many[[129, 500 - 8]] = f64::NEG_INFINITY;
        let found = crps_of_ensembles(many.view(), &outcomes, EnsembleEstimator::Fair);
        assert_eq!(found, Err(ColumnProblem::NotFinite { row: 129 }));
        let none = Array2::zeros((0, 5));
        assert_eq!(crps_of_ensembles(none.view(), &[], EnsembleEstimator::Fair), Ok(Vec::new()));
        let one = Array2::zeros((1, 1));
        assert!(crps_of_ensembles(one.view(), &[1.0], EnsembleEstimator::Fair).is_err());
        assert!(crps_of_ensembles(one.view(), &[], EnsembleEstimator::Empirical).is_err());
    }
}
