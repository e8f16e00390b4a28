//! Scores of rows against those of one forecast, and against columns added one by one.

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
        let quantiles = Array2::from_shape_fn((rows, columns), |_| [-0.0, 0.0, 4.0][stream.below(3)] * stream.unit());
        let outcomes: Vec<f64> = (0..rows).map(|_| stream.unit() * 5.0 - 0.5).collect();
        for (weight, of_median) in [(MedianWeight::Half, 0.5), (MedianWeight::Whole, 1.0)] {
            let found = wis_of_quantiles(quantiles.view(), &levels, &outcomes, weight).expect("finite numbers");
            let alone = wis_without_parts(quantiles.view(), &levels, &outcomes, weight).expect("finite numbers");
            let bits = |scores: &[f64]| scores.iter().map(|score| score.to_bits()).collect::<Vec<u64>>();
            assert_eq!(bits(&alone), bits(&found.score), "{columns} columns");
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
                let alone = wis_without_parts(quantiles.view(), levels, &outcomes, MedianWeight::Half);
                assert_eq!(alone, Err(ColumnProblem::NotFinite { row: 3 }), "{bad} in {at} of {columns}");
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
