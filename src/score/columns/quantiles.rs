//! The weighted interval score of many forecasts by quantiles, one a row, with its parts.

use super::problem::ColumnProblem;
use crate::math::level;
use crate::math::prefetch::prefetch_lines;
use crate::score::{MedianWeight, central_intervals};
use fearless_simd::{Simd, SimdBase, SimdMask, SimdSplit, dispatch, f64x8, mask64x8};
use ndarray::{ArrayView2, CowArray, Ix2};
use rayon::prelude::*;

/// Rows of a piece of work.
const ROWS: usize = 1 << 12;

/// How many numbers ahead of a row memory is asked for.
const AHEAD: usize = 256;

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
    let table = Table::of(quantiles, levels, outcomes, median)?;
    table.score::<false, _>(scores.parts(outcomes.len()))
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
    let table = Table::of(quantiles, levels, outcomes, median)?;
    let mut scores = QuantileScores::default();
    table.score::<true, _>(scores.parts(outcomes.len()))?;
    Ok(scores)
}

/// The `score` of [`wis_of_quantiles`] without its parts: to the same bits, and a quarter less memory to go through.
///
/// ```
/// use foretell::score::MedianWeight;
/// use foretell::score::columns::wis_without_parts;
/// use ndarray::array;
///
/// let quantiles = array![[2.0, 5.0, 9.0]];
/// let scores = wis_without_parts(quantiles.view(), &[0.25, 0.5, 0.75], &[10.0], MedianWeight::Half).expect("a median and an interval");
/// assert!((scores[0] - (0.25 * 7.0 + 1.0 + 0.5 * 5.0) / 1.5).abs() < 1e-15);
/// ```
///
/// # Errors
/// As [`wis_of_quantiles`].
pub fn wis_without_parts(
    quantiles: ArrayView2<'_, f64>,
    levels: &[f64],
    outcomes: &[f64],
    median: MedianWeight,
) -> Result<Vec<f64>, ColumnProblem> {
    let mut scores = Vec::new();
    wis_without_parts_into(quantiles, levels, outcomes, median, &mut scores)?;
    Ok(scores)
}

/// [`wis_without_parts`] into memory that is there. What stood there is lost, also after an error.
///
/// # Errors
/// As [`wis_of_quantiles`].
pub fn wis_without_parts_into(
    quantiles: ArrayView2<'_, f64>,
    levels: &[f64],
    outcomes: &[f64],
    median: MedianWeight,
    scores: &mut Vec<f64>,
) -> Result<(), ColumnProblem> {
    let table = Table::of(quantiles, levels, outcomes, median)?;
    make_room(scores, outcomes.len());
    table.score::<false, _>(scores.par_chunks_mut(ROWS).map(|score| Whole { score }))
}

/// Makes a column so long. Memory that is new is asked for empty, and so touched by the threads that write there.
fn make_room(column: &mut Vec<f64>, rows: usize) {
    if column.capacity() < rows {
        *column = vec![0.0; rows];
    } else {
        column.resize(rows, 0.0);
    }
}

impl QuantileScores {
    /// Room for so many rows, by pieces of work.
    fn parts(&mut self, rows: usize) -> impl IndexedParallelIterator<Item = Parts<'_>> {
        for column in [&mut self.score, &mut self.dispersion, &mut self.underprediction, &mut self.overprediction] {
            make_room(column, rows);
        }
        let whole = self.score.par_chunks_mut(ROWS).zip(self.dispersion.par_chunks_mut(ROWS));
        let sides = self.underprediction.par_chunks_mut(ROWS).zip(self.overprediction.par_chunks_mut(ROWS));
        whole.zip(sides).map(|((score, dispersion), (under, over))| Parts { score, dispersion, under, over })
    }
}

/// What is scored.
struct Table<'a> {
    quantiles: CowArray<'a, f64, Ix2>,
    outcomes: &'a [f64],
    weights: Weights,
}

/// Why a row is not scored.
#[derive(Debug, Clone, Copy)]
enum Odd {
    NotFinite,
    Falling,
}

impl<'a> Table<'a> {
    fn of(
        quantiles: ArrayView2<'a, f64>,
        levels: &[f64],
        outcomes: &'a [f64],
        median: MedianWeight,
    ) -> Result<Self, ColumnProblem> {
        let (rows, columns) = quantiles.dim();
        if rows != outcomes.len() {
            return Err(ColumnProblem::Lengths { first: rows, other: outcomes.len() });
        }
        if columns != levels.len() {
            return Err(ColumnProblem::Lengths { first: columns, other: levels.len() });
        }
        let weights = Weights::of(levels, median).ok_or(ColumnProblem::Levels)?;
        Ok(Self { quantiles: as_rows(quantiles), outcomes, weights })
    }

    /// Scores all rows, and checks on the way that quantiles do not fall, or not. The first problem is told.
    fn score<const CHECKED: bool, O: Out + Send>(
        &self,
        outs: impl IndexedParallelIterator<Item = O>,
    ) -> Result<(), ColumnProblem> {
        let level = level();
        let quantiles = self.quantiles.as_slice().unwrap_or_default();
        let bad = quantiles
            .par_chunks(ROWS * self.quantiles.ncols())
            .zip(self.outcomes.par_chunks(ROWS))
            .zip(outs)
            .enumerate()
            .filter_map(|(at, ((quantiles, outcomes), out))| {
                let odd =
                    dispatch!(level, simd => rows_of::<_, _, CHECKED>(simd, quantiles, outcomes, &self.weights, out));
                odd.map(|(row, odd)| (at * ROWS + row, odd))
            })
            .min_by_key(|(row, _)| *row);
        match bad {
            None => Ok(()),
            Some((row, Odd::NotFinite)) => Err(ColumnProblem::NotFinite { row }),
            Some((row, Odd::Falling)) => Err(ColumnProblem::Falling { row }),
        }
    }
}

/// An array row by row, copied where it lies otherwise.
fn as_rows(array: ArrayView2<'_, f64>) -> CowArray<'_, f64, Ix2> {
    if array.is_standard_layout() { array.into() } else { array.as_standard_layout().into_owned().into() }
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
trait Out {
    /// For so many rows, so that no place is compared with a length again.
    fn cut(self, rows: usize) -> Self;

    /// Writes the scores of a row.
    fn put(&mut self, row: usize, width: f64, over: f64, under: f64);
}

/// Scores with their parts.
struct Parts<'a> {
    score: &'a mut [f64],
    dispersion: &'a mut [f64],
    under: &'a mut [f64],
    over: &'a mut [f64],
}

impl Out for Parts<'_> {
    #[inline(always)]
    fn cut(self, rows: usize) -> Self {
        Self {
            score: &mut self.score[..rows],
            dispersion: &mut self.dispersion[..rows],
            under: &mut self.under[..rows],
            over: &mut self.over[..rows],
        }
    }

    #[inline(always)]
    fn put(&mut self, row: usize, width: f64, over: f64, under: f64) {
        self.dispersion[row] = width;
        self.over[row] = over;
        self.under[row] = under;
        self.score[row] = width + over + under;
    }
}

/// Scores alone.
struct Whole<'a> {
    score: &'a mut [f64],
}

impl Out for Whole<'_> {
    #[inline(always)]
    fn cut(self, rows: usize) -> Self {
        Self { score: &mut self.score[..rows] }
    }

    #[inline(always)]
    fn put(&mut self, row: usize, width: f64, over: f64, under: f64) {
        self.score[row] = width + over + under;
    }
}

/// Scores rows; the first of them that is odd. The numbers of vectors that are usual are unrolled.
///
/// Rows are counted, here and below: an adaptor such as `zip` may be called row by row, and what is called is not compiled for the level.
#[inline(always)]
fn rows_of<S: Simd, O: Out, const CHECKED: bool>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    out: O,
) -> Option<(usize, Odd)> {
    let columns = quantiles.len() / outcomes.len().max(1);
    if columns < LANES {
        return short_rows_of::<S, O, CHECKED>(simd, quantiles, outcomes, weights, out);
    }
    match weights.over.len() {
        2 => long_rows_of::<S, O, 2, CHECKED>(simd, quantiles, outcomes, weights, out),
        3 => long_rows_of::<S, O, 3, CHECKED>(simd, quantiles, outcomes, weights, out),
        4 => long_rows_of::<S, O, 4, CHECKED>(simd, quantiles, outcomes, weights, out),
        _ => wide_rows_of::<S, O, CHECKED>(simd, quantiles, outcomes, weights, out),
    }
}

/// Rows of so many vectors, whose weights are held in registers where there are enough.
#[inline(always)]
fn long_rows_of<S: Simd, O: Out, const N: usize, const CHECKED: bool>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    out: O,
) -> Option<(usize, Odd)> {
    let columns = quantiles.len() / outcomes.len().max(1);
    let mut held = [Weight::of(simd, weights, 0); N];
    for (at, own) in held.iter_mut().enumerate() {
        *own = Weight::of(simd, weights, at);
    }
    // The vector with the median: columns before it count for no underprediction, and those after it for no overprediction.
    let middle = (N - 1) / 2;
    let mut out = out.cut(outcomes.len());
    for row in 0..outcomes.len() {
        let values = &quantiles[row * columns..][..columns];
        prefetch_lines(simd, quantiles, row * columns + AHEAD, N);
        let mut sums = Sums::new(simd, outcomes[row]);
        let mut at = 0;
        while at < N {
            let first = Weights::first(at, columns);
            sums.add(simd, &values[first..first + LANES], &held[at], (at <= middle, at >= middle));
            if CHECKED {
                let first = first - usize::from(at == N - 1);
                sums.compare(simd, &values[first..=first + LANES]);
            }
            at += 1;
        }
        let odd = sums.store::<O, CHECKED>(row, outcomes[row], &mut out);
        if odd.is_some() {
            return odd.map(|odd| (row, odd));
        }
    }
    None
}

/// Rows of any number of vectors.
#[inline(always)]
fn wide_rows_of<S: Simd, O: Out, const CHECKED: bool>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    mut out: O,
) -> Option<(usize, Odd)> {
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
            if CHECKED {
                let first = first - usize::from(at == vectors - 1);
                sums.compare(simd, &values[first..=first + LANES]);
            }
        }
        let odd = sums.store::<O, CHECKED>(row, outcomes[row], &mut out);
        if odd.is_some() {
            return odd.map(|odd| (row, odd));
        }
    }
    None
}

/// Rows of fewer than eight columns.
#[inline(always)]
fn short_rows_of<S: Simd, O: Out, const CHECKED: bool>(
    simd: S,
    quantiles: &[f64],
    outcomes: &[f64],
    weights: &Weights,
    mut out: O,
) -> Option<(usize, Odd)> {
    let columns = quantiles.len() / outcomes.len().max(1);
    let mut padded = [0.0; LANES];
    for row in 0..outcomes.len() {
        let values = &quantiles[row * columns..][..columns];
        padded[..columns].copy_from_slice(values);
        let mut sums = Sums::new(simd, outcomes[row]);
        sums.add(simd, &padded, &Weight::of(simd, weights, 0), (true, true));
        if CHECKED {
            // What fills up is no number that falls.
            let mut filled = [padded[columns - 1]; LANES + 1];
            filled[..columns].copy_from_slice(values);
            sums.compare(simd, &filled);
        }
        let odd = sums.store::<O, CHECKED>(row, outcomes[row], &mut out);
        if odd.is_some() {
            return odd.map(|odd| (row, odd));
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
    /// Where a quantile is followed by a lesser one.
    falls: mask64x8<S>,
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
        let falls = zero.simd_lt(zero);
        Self { falls, outcome: f64x8::splat(simd, y), zero, dispersion: zero, over: zero, under: zero }
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

    /// Compares each of nine columns with the one before it.
    #[inline(always)]
    fn compare(&mut self, simd: S, nine: &[f64]) {
        let (before, after) = (f64x8::from_slice(simd, &nine[..LANES]), f64x8::from_slice(simd, &nine[1..]));
        self.falls |= after.simd_lt(before);
    }

    /// Writes the scores of a row; what is odd about it. The width is finite if all quantiles are and not otherwise: 0 times what is not finite is no
    /// number, and the weights of either side sum to less than 1/2, so that nothing finite adds up to what is not.
    #[inline(always)]
    fn store<O: Out, const CHECKED: bool>(self, row: usize, outcome: f64, out: &mut O) -> Option<Odd> {
        let width = total(self.dispersion);
        out.put(row, width, total(self.over), total(self.under));
        if !(outcome.is_finite() && width.is_finite()) {
            return Some(Odd::NotFinite);
        }
        (CHECKED && self.falls.any_true()).then_some(Odd::Falling)
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
#[path = "quantiles_tests.rs"]
mod tests;
