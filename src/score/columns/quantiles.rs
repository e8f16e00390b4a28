//! The weighted interval score of many forecasts by quantiles, one a row, with its parts.

use super::problem::ColumnProblem;
use crate::math::level;
use crate::score::{MedianWeight, central_intervals};
use fearless_simd::{Simd, SimdBase, SimdSplit, dispatch, f64x8};
use ndarray::ArrayView2;
use rayon::prelude::*;

/// Rows of a piece of work.
const ROWS: usize = 1 << 12;

/// Numbers of a vector.
const LANES: usize = 8;

/// Weighted interval scores and what they are made of, one a row. Lower is better; in the unit of the outcomes.
///
/// `score = dispersion + underprediction + overprediction`, up to rounding.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuantileScores {
    /// The score.
    pub score: Vec<f64>,
    /// The width of the intervals.
    pub dispersion: Vec<f64>,
    /// What outcomes above the intervals and the median cost: the forecast was too low.
    pub underprediction: Vec<f64>,
    /// What outcomes below them cost: the forecast was too high.
    pub overprediction: Vec<f64>,
}

/// The weighted interval score of every row of an array of quantiles.
///
/// ```text
/// WIS = (w |y - m| + sum_k α_k/2 (u_k - l_k) + sum_k (l_k - y)⁺ + sum_k (y - u_k)⁺) / (K + w)        w = 1/2 or 1
/// ```
///
/// `quantiles` has one row a forecast and one column a level; `outcomes` has what happened, one a row. What the distance to the median costs is
/// part of the under- or the overprediction. Numbers are summed in eight lanes, alike on every machine.
///
/// ```
/// use foretell::score::MedianWeight;
/// use foretell::score::columns::wis_of_quantiles;
/// use ndarray::array;
///
/// let quantiles = array![[2.0, 5.0, 9.0]];
/// let wis = wis_of_quantiles(quantiles.view(), &[0.25, 0.5, 0.75], &[10.0], MedianWeight::Half).expect("a median and an interval");
/// assert!((wis.dispersion[0] - 0.25 * 7.0 / 1.5).abs() < 1e-15);
/// assert!((wis.underprediction[0] - (1.0 + 0.5 * 5.0) / 1.5).abs() < 1e-15);
/// assert_eq!(wis.overprediction[0], 0.0);
/// ```
///
/// # Errors
/// If the numbers of rows or columns differ, the levels are not those of a median and central intervals, or a number is not finite; of several
/// such rows the first is named.
///
/// Bracher et al. (2021), PLoS Comput. Biol. 17(2), e1008618.
pub fn wis_of_quantiles(
    quantiles: ArrayView2<'_, f64>,
    levels: &[f64],
    outcomes: &[f64],
    median: MedianWeight,
) -> Result<QuantileScores, ColumnProblem> {
    let mut scores = QuantileScores::default();
    wis_of_quantiles_into(quantiles, levels, outcomes, median, &mut scores)?;
    Ok(scores)
}

/// [`wis_of_quantiles`] into memory that is there: for who scores again and again. What stood there is lost, also after an error.
///
/// # Errors
/// As [`wis_of_quantiles`].
pub fn wis_of_quantiles_into(
    quantiles: ArrayView2<'_, f64>,
    levels: &[f64],
    outcomes: &[f64],
    median: MedianWeight,
    scores: &mut QuantileScores,
) -> Result<(), ColumnProblem> {
    scored(quantiles, levels, outcomes, median, false, scores)
}

/// [`wis_of_quantiles`] of quantiles that are checked on the way: they must not fall from one level to the next.
///
/// # Errors
/// As [`wis_of_quantiles`], and if quantiles fall; of several such rows, or rows with a number that is not finite, the first is named.
///
/// ```
/// use foretell::score::MedianWeight;
/// use foretell::score::columns::{ColumnProblem, wis_of_rising_quantiles};
/// use ndarray::array;
///
/// let quantiles = array![[2.0, 5.0, 9.0], [2.0, 1.0, 9.0]];
/// let found = wis_of_rising_quantiles(quantiles.view(), &[0.25, 0.5, 0.75], &[10.0, 3.0], MedianWeight::Half);
/// assert_eq!(found, Err(ColumnProblem::Falling { row: 1 }));
/// ```
pub fn wis_of_rising_quantiles(
    quantiles: ArrayView2<'_, f64>,
    levels: &[f64],
    outcomes: &[f64],
    median: MedianWeight,
) -> Result<QuantileScores, ColumnProblem> {
    let mut scores = QuantileScores::default();
    scored(quantiles, levels, outcomes, median, true, &mut scores)?;
    Ok(scores)
}

/// Scores into memory that is there, and checks on the way that quantiles do not fall, or not.
fn scored(
    quantiles: ArrayView2<'_, f64>,
    levels: &[f64],
    outcomes: &[f64],
    median: MedianWeight,
    is_checked: bool,
    scores: &mut QuantileScores,
) -> Result<(), ColumnProblem> {
    let (rows, columns) = quantiles.dim();
    if rows != outcomes.len() {
        return Err(ColumnProblem::Lengths { first: rows, other: outcomes.len() });
    }
    if columns != levels.len() {
        return Err(ColumnProblem::Lengths { first: columns, other: levels.len() });
    }
    let weights = Weights::of(levels, median).ok_or(ColumnProblem::Levels)?;
    let quantiles = quantiles.as_standard_layout();
    let quantiles = quantiles.as_slice().unwrap_or_default();
    for column in [&mut scores.score, &mut scores.dispersion, &mut scores.underprediction, &mut scores.overprediction] {
        column.resize(rows, 0.0);
    }
    let level = level();
    let bad = quantiles
        .par_chunks(ROWS * columns)
        .zip(outcomes.par_chunks(ROWS))
        .zip(scores.score.par_chunks_mut(ROWS).zip(scores.dispersion.par_chunks_mut(ROWS)))
        .zip(scores.underprediction.par_chunks_mut(ROWS).zip(scores.overprediction.par_chunks_mut(ROWS)))
        .enumerate()
        .filter_map(|(at, (((quantiles, outcomes), (score, dispersion)), (under, over)))| {
            let out = Out { score, dispersion, under, over };
            let odd = dispatch!(level, simd => rows_of(simd, quantiles, outcomes, &weights, out));
            // The numbers are still at hand.
            let falling = is_checked.then(|| dispatch!(level, simd => falling_of(simd, quantiles, columns))).flatten();
            let odd = odd.map(|row| (at * ROWS + row, ColumnProblem::NotFinite { row: at * ROWS + row }));
            let falling = falling.map(|row| (at * ROWS + row, ColumnProblem::Falling { row: at * ROWS + row }));
            odd.into_iter().chain(falling).min_by_key(|(row, _)| *row)
        })
        .min_by_key(|(row, _)| *row);
    bad.map_or(Ok(()), |(_, problem)| Err(problem))
}

/// The first row in which a quantile is followed by a lesser one.
///
/// ```
/// use foretell::score::columns::falling_row;
/// use ndarray::array;
///
/// assert_eq!(falling_row(array![[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]].view()), Some(2));
/// ```
#[must_use]
pub fn falling_row(quantiles: ArrayView2<'_, f64>) -> Option<usize> {
    let columns = quantiles.ncols().max(1);
    let quantiles = quantiles.as_standard_layout();
    let level = level();
    let chunks = quantiles.as_slice().unwrap_or_default().par_chunks(ROWS * columns).enumerate();
    chunks
        .filter_map(|(at, rows)| dispatch!(level, simd => falling_of(simd, rows, columns)).map(|row| at * ROWS + row))
        .min()
}

/// The same of some rows.
#[inline(always)]
fn falling_of<S: Simd>(_: S, quantiles: &[f64], columns: usize) -> Option<usize> {
    for row in 0..quantiles.len() / columns {
        let values = &quantiles[row * columns..][..columns];
        // Without a branch, for hardly any row falls.
        let mut falls = 0_u64;
        for at in 1..columns {
            falls |= u64::from(values[at] < values[at - 1]);
        }
        if falls != 0 {
            return Some(row);
        }
    }
    None
}

/// What each column counts for, in whole vectors. From eight columns on the last vector ends with the last column: what it shares with the
/// one before it counts for nothing. With fewer columns it is filled up with what counts for nothing.
struct Weights {
    /// Of the quantile itself, in the dispersion.
    dispersion: Vec<[f64; LANES]>,
    /// Of `(q - y)⁺`.
    over: Vec<[f64; LANES]>,
    /// Of `(y - q)⁺`.
    under: Vec<[f64; LANES]>,
}

impl Weights {
    /// The column with which a vector begins.
    #[inline(always)]
    fn first(vector: usize, columns: usize) -> usize {
        (vector * LANES).min(columns.saturating_sub(LANES))
    }

    fn of(levels: &[f64], median: MedianWeight) -> Option<Self> {
        central_intervals(levels, levels)?;
        let inside = levels.iter().all(|level| *level > 0.0 && *level < 1.0);
        if !inside || !levels.is_sorted_by(|a, b| a < b) {
            return None;
        }
        let middle = levels.len() / 2;
        let of_median = match median {
            MedianWeight::Half => 0.5,
            MedianWeight::Whole => 1.0,
        };
        let total = middle as f64 + of_median;
        let vectors = levels.len().div_ceil(LANES);
        let mut weights = Self {
            dispersion: vec![[0.0; LANES]; vectors],
            over: vec![[0.0; LANES]; vectors],
            under: vec![[0.0; LANES]; vectors],
        };
        for (at, level) in levels.iter().enumerate() {
            let (dispersion, over, under) = match at.cmp(&middle) {
                std::cmp::Ordering::Less => (-level, 1.0, 0.0),
                std::cmp::Ordering::Equal => (0.0, of_median, of_median),
                std::cmp::Ordering::Greater => (levels[levels.len() - 1 - at], 0.0, 1.0),
            };
            let vector = at / LANES;
            let lane = at - Self::first(vector, levels.len());
            weights.dispersion[vector][lane] = dispersion / total;
            weights.over[vector][lane] = over / total;
            weights.under[vector][lane] = under / total;
        }
        Some(weights)
    }
}

/// Where the scores of some rows go.
struct Out<'a> {
    score: &'a mut [f64],
    dispersion: &'a mut [f64],
    under: &'a mut [f64],
    over: &'a mut [f64],
}

/// Scores rows; the first of them with a number that is not finite. The numbers of vectors that are usual are unrolled.
///
/// Rows are counted, here and below: an adaptor such as `zip` may be called row by row, and what is called is not compiled for the level.
#[inline(always)]
fn rows_of<S: Simd>(simd: S, quantiles: &[f64], outcomes: &[f64], weights: &Weights, out: Out<'_>) -> Option<usize> {
    let columns = quantiles.len() / outcomes.len().max(1);
    if columns < LANES {
        return short_rows_of(simd, quantiles, outcomes, weights, out);
    }
    match weights.over.len() {
        2 => long_rows_of::<S, 2>(simd, quantiles, outcomes, weights, out),
        3 => long_rows_of::<S, 3>(simd, quantiles, outcomes, weights, out),
        4 => long_rows_of::<S, 4>(simd, quantiles, outcomes, weights, out),
        _ => wide_rows_of(simd, quantiles, outcomes, weights, out),
    }
}

/// Rows of so many vectors, whose weights are held in registers where there are enough.
#[inline(always)]
fn long_rows_of<S: Simd, const N: usize>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    out: Out<'_>,
) -> Option<usize> {
    let columns = quantiles.len() / outcomes.len().max(1);
    let mut held = [Weight::of(simd, weights, 0); N];
    for (at, own) in held.iter_mut().enumerate() {
        *own = Weight::of(simd, weights, at);
    }
    // The vector with the median: columns before it count for no underprediction, and those after it for no overprediction.
    let middle = (N - 1) / 2;
    // As long as the rows are many, so that no place is compared with a length again.
    let rows = outcomes.len();
    let (score, dispersion) = (&mut out.score[..rows], &mut out.dispersion[..rows]);
    let (under, over) = (&mut out.under[..rows], &mut out.over[..rows]);
    for row in 0..rows {
        let values = &quantiles[row * columns..][..columns];
        let mut sums = Sums::new(simd, outcomes[row]);
        let mut at = 0;
        while at < N {
            let first = Weights::first(at, columns);
            sums.add(simd, &values[first..first + LANES], &held[at], (at <= middle, at >= middle));
            at += 1;
        }
        let width = sums.store(row, score, dispersion, under, over);
        if !(outcomes[row].is_finite() && width.is_finite()) {
            return Some(row);
        }
    }
    None
}

/// Rows of any number of vectors.
#[inline(always)]
fn wide_rows_of<S: Simd>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    out: Out<'_>,
) -> Option<usize> {
    let columns = quantiles.len() / outcomes.len().max(1);
    let vectors = weights.over.len();
    let middle = (vectors - 1) / 2;
    for row in 0..outcomes.len() {
        let values = &quantiles[row * columns..][..columns];
        let mut sums = Sums::new(simd, outcomes[row]);
        for at in 0..vectors {
            let first = Weights::first(at, columns);
            let weight = Weight::of(simd, weights, at);
            sums.add(simd, &values[first..first + LANES], &weight, (at <= middle, at >= middle));
        }
        let width = sums.store(row, &mut *out.score, &mut *out.dispersion, &mut *out.under, &mut *out.over);
        if !(outcomes[row].is_finite() && width.is_finite()) {
            return Some(row);
        }
    }
    None
}

/// Rows of fewer than eight columns.
#[inline(always)]
fn short_rows_of<S: Simd>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    out: Out<'_>,
) -> Option<usize> {
    let columns = quantiles.len() / outcomes.len().max(1);
    let mut padded = [0.0; LANES];
    for row in 0..outcomes.len() {
        padded[..columns].copy_from_slice(&quantiles[row * columns..][..columns]);
        let mut sums = Sums::new(simd, outcomes[row]);
        sums.add(simd, &padded, &Weight::of(simd, weights, 0), (true, true));
        let width = sums.store(row, &mut *out.score, &mut *out.dispersion, &mut *out.under, &mut *out.over);
        if !(outcomes[row].is_finite() && width.is_finite()) {
            return Some(row);
        }
    }
    None
}

/// What the columns of a vector count for.
#[derive(Clone, Copy)]
struct Weight<S: Simd> {
    dispersion: f64x8<S>,
    over: f64x8<S>,
    under: f64x8<S>,
}

impl<S: Simd> Weight<S> {
    #[inline(always)]
    fn of(simd: S, weights: &Weights, at: usize) -> Self {
        Self {
            dispersion: f64x8::load_array_ref(simd, &weights.dispersion[at]),
            over: f64x8::load_array_ref(simd, &weights.over[at]),
            under: f64x8::load_array_ref(simd, &weights.under[at]),
        }
    }
}

/// The sums of a row, in lanes.
struct Sums<S: Simd> {
    outcome: f64x8<S>,
    zero: f64x8<S>,
    dispersion: f64x8<S>,
    over: f64x8<S>,
    under: f64x8<S>,
}

impl<S: Simd> Sums<S> {
    #[inline(always)]
    fn new(simd: S, y: f64) -> Self {
        let zero = f64x8::splat(simd, 0.0);
        Self { outcome: f64x8::splat(simd, y), zero, dispersion: zero, over: zero, under: zero }
    }

    /// Adds eight columns, to the over- and to the underprediction if they have a column that counts for it.
    #[inline(always)]
    fn add(&mut self, simd: S, eight: &[f64], weight: &Weight<S>, (over, under): (bool, bool)) {
        let values = f64x8::from_slice(simd, eight);
        let above = values - self.outcome;
        self.dispersion += values * weight.dispersion;
        if over {
            self.over += above.max(self.zero) * weight.over;
        }
        if under {
            self.under -= above.min(self.zero) * weight.under;
        }
    }

    /// Writes the scores of a row; gives back the width, which is finite if all quantiles are and not otherwise: 0 times what is not finite is no number, and
    /// the weights of either side sum to less than 1/2, so that nothing finite adds up to what is not.
    #[inline(always)]
    fn store(self, row: usize, score: &mut [f64], dispersion: &mut [f64], under: &mut [f64], over: &mut [f64]) -> f64 {
        let (of_width, of_over, of_under) = (total(self.dispersion), total(self.over), total(self.under));
        dispersion[row] = of_width;
        over[row] = of_over;
        under[row] = of_under;
        score[row] = of_width + of_over + of_under;
        of_width
    }
}

/// The sum of the lanes, halves first: of a to h ((a + e) + (c + g)) + ((b + f) + (d + h)).
#[inline(always)]
fn total<S: Simd>(sum: f64x8<S>) -> f64 {
    let (low, high) = sum.split();
    let (low, high) = (low + high).split();
    let mut two = [0.0; 2];
    (low + high).store_slice(&mut two);
    two[0] + two[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::score::weighted_interval_score;
    use ndarray::Array2;
    use proptest::prelude::*;

    const LEVELS: [f64; 23] = [
        0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
        0.95, 0.975, 0.99,
    ];

    fn agree(rows: usize, columns: usize, values: Vec<f64>, outcomes: &[f64]) {
        let cut = (23 - columns) / 2;
        let levels = &LEVELS[cut..23 - cut];
        let quantiles = Array2::from_shape_vec((rows, columns), values).expect("as many numbers");
        for weight in [MedianWeight::Half, MedianWeight::Whole] {
            let scores = wis_of_quantiles(quantiles.view(), levels, outcomes, weight).expect("finite numbers");
            for (row, y) in outcomes.iter().enumerate() {
                let (median, intervals) =
                    central_intervals(levels, &quantiles.row(row).to_vec()).expect("a median and intervals");
                let expected = weighted_interval_score(median, &intervals, *y, weight);
                assert!((scores.score[row] - expected).abs() < 1e-12 * (1.0 + expected.abs()), "row {row}");
                let divisor = intervals.len() as f64 + if weight == MedianWeight::Half { 0.5 } else { 1.0 };
                let width: f64 = intervals.iter().map(|(l, u, alpha)| 0.5 * alpha * (u - l)).sum::<f64>() / divisor;
                assert!((scores.dispersion[row] - width).abs() < 1e-12 * (1.0 + width.abs()));
                assert!(scores.underprediction[row] >= 0.0 && scores.overprediction[row] >= 0.0);
                assert!(scores.overprediction[row] == 0.0 || intervals.iter().any(|(l, ..)| l > y) || median > *y);
            }
        }
    }

    proptest! {
        #[test]
        fn scores_are_those_of_one_forecast(
            half in 0_usize..12, rows in 1_usize..9, seed in prop::collection::vec(-100.0..100.0_f64, 23 * 9), outcomes in prop::collection::vec(-150.0..150.0_f64, 9)
        ) {
            let columns = 2 * half + 1;
            let mut values = seed[..rows * columns].to_vec();
            values.chunks_exact_mut(columns).for_each(|row| row.sort_by(f64::total_cmp));
            agree(rows, columns, values, &outcomes[..rows]);
        }
    }

    /// The sum of eight lanes as it is documented.
    fn total_of([a, b, c, d, e, f, g, h]: [f64; 8]) -> f64 {
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }

    /// What a row comes to, column by column: each in the lane of its vector.
    fn plainly(values: &[f64], levels: &[f64], y: f64, of_median: f64) -> [f64; 4] {
        let (columns, middle) = (values.len(), values.len() / 2);
        let total = middle as f64 + of_median;
        let mut sums = [[0.0; 8]; 3];
        for (at, value) in values.iter().enumerate() {
            let lane = at - (at / 8 * 8).min(columns.max(8) - 8);
            let (width, over, under) = match at.cmp(&middle) {
                std::cmp::Ordering::Less => (-levels[at], 1.0, 0.0),
                std::cmp::Ordering::Equal => (0.0, of_median, of_median),
                std::cmp::Ordering::Greater => (levels[columns - 1 - at], 0.0, 1.0),
            };
            sums[0][lane] += value * (width / total);
            sums[1][lane] += (y - value).max(0.0) * (under / total);
            sums[2][lane] += (value - y).max(0.0) * (over / total);
        }
        let [width, under, over] = sums.map(total_of);
        [width + over + under, width, under, over]
    }

    #[test]
    fn every_width_gives_the_bits_of_columns_added_one_by_one() {
        let mut stream = SplitMix::of_replicate(7, 1);
        for columns in (1..=71).step_by(2) {
            let levels: Vec<f64> = (1..=columns).map(|at| at as f64 / (columns + 1) as f64).collect();
            let rows = 40;
            let quantiles =
                Array2::from_shape_fn((rows, columns), |_| [-0.0, 0.0, 4.0][stream.below(3)] * stream.unit());
            let outcomes: Vec<f64> = (0..rows).map(|_| stream.unit() * 5.0 - 0.5).collect();
            for (weight, of_median) in [(MedianWeight::Half, 0.5), (MedianWeight::Whole, 1.0)] {
                let found = wis_of_quantiles(quantiles.view(), &levels, &outcomes, weight).expect("finite numbers");
                for (row, y) in outcomes.iter().enumerate() {
                    let own = [&found.score, &found.dispersion, &found.underprediction, &found.overprediction];
                    let expected = plainly(&quantiles.row(row).to_vec(), &levels, *y, of_median);
                    let bits = |four: [f64; 4]| four.map(f64::to_bits);
                    assert_eq!(bits(own.map(|column| column[row])), bits(expected), "row {row} of {columns} columns");
                }
            }
        }
    }

    #[test]
    fn many_rows_are_scored_in_their_order() {
        let rows = 3 * ROWS + 17;
        let values = (0..rows * 23).map(|at| (at % 23) as f64 + (at / 23 % 101) as f64).collect();
        let outcomes: Vec<f64> = (0..rows).map(|row| (row * 7 % 130) as f64).collect();
        agree(rows, 23, values, &outcomes);
    }

    #[test]
    fn a_number_that_is_not_finite_is_found_in_whatever_column_it_stands() {
        for columns in [1, 3, 7, 9, 23] {
            let cut = (23 - columns) / 2;
            let levels = &LEVELS[cut..23 - cut];
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                for at in 0..=columns {
                    let mut quantiles = Array2::from_shape_fn((5, columns), |(_, column)| column as f64);
                    let mut outcomes = [1.0; 5];
                    match at {
                        0 => outcomes[3] = bad,
                        _ => quantiles[[3, at - 1]] = bad,
                    }
                    let found = wis_of_quantiles(quantiles.view(), levels, &outcomes, MedianWeight::Half);
                    assert_eq!(found, Err(ColumnProblem::NotFinite { row: 3 }), "{bad} in {at} of {columns}");
                }
            }
        }
        // What is too large to be added up is a number all the same.
        let wide = Array2::from_shape_fn((2, 3), |(_, column)| f64::MAX * (column as f64 - 1.0));
        let found = wis_of_quantiles(wide.view(), &[0.25, 0.5, 0.75], &[0.0, 0.0], MedianWeight::Half);
        assert!(found.is_ok(), "{found:?}");
    }

    #[test]
    fn quantiles_that_fall_are_found_wherever_they_do() {
        let half = MedianWeight::Half;
        for columns in [3, 7, 9, 23, 35] {
            let levels: Vec<f64> = (1..=columns).map(|level| level as f64 / (columns as f64 + 1.0)).collect();
            let rows = ROWS + 3;
            let rising = Array2::from_shape_fn((rows, columns), |(row, column)| (row + column / 2) as f64);
            let outcomes = vec![1.5; rows];
            let score = |quantiles: &Array2<f64>| wis_of_rising_quantiles(quantiles.view(), &levels, &outcomes, half);
            // Checked or not, the scores are the same.
            assert_eq!(score(&rising), wis_of_quantiles(rising.view(), &levels, &outcomes, half));
            for column in 1..columns {
                for row in [0, ROWS - 1, ROWS, rows - 1] {
                    let mut quantiles = rising.clone();
                    quantiles[[row, column]] = rising[[row, column - 1]] - 1e-9;
                    assert_eq!(score(&quantiles), Err(ColumnProblem::Falling { row }), "{row}, {column} of {columns}");
                    assert_eq!(falling_row(quantiles.view()), Some(row));
                    quantiles[[row / 2, 0]] = f64::NEG_INFINITY;
                    assert_eq!(score(&quantiles), Err(ColumnProblem::NotFinite { row: row / 2 }));
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_scored_is_named() {
        let mut quantiles = Array2::from_elem((10_000, 3), 1.0);
        let (levels, outcomes) = ([0.25, 0.5, 0.75], vec![1.0; 10_000]);
        let score = |quantiles: &Array2<f64>, levels: &[f64]| {
            wis_of_quantiles(quantiles.view(), levels, &outcomes, MedianWeight::Half).map(|found| found.score.len())
        };
        assert_eq!(score(&quantiles, &levels), Ok(10_000));
        quantiles[[9_000, 2]] = f64::INFINITY;
        quantiles[[9_500, 0]] = f64::NAN;
        assert_eq!(score(&quantiles, &levels), Err(ColumnProblem::NotFinite { row: 9_000 }));
        assert_eq!(score(&quantiles, &[0.75, 0.5, 0.25]), Err(ColumnProblem::Levels));
        assert_eq!(score(&quantiles, &[0.25, 0.5, 0.8]), Err(ColumnProblem::Levels));
        assert_eq!(score(&quantiles, &[0.5]), Err(ColumnProblem::Lengths { first: 3, other: 1 }));
        let none = Array2::zeros((0, 3));
        assert_eq!(wis_of_quantiles(none.view(), &levels, &[], MedianWeight::Half), Ok(QuantileScores::default()));
    }
}
