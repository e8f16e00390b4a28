//! Means and bins of columns against the scores of one forecast.

use super::{BinaryColumns, BinaryScores, ColumnProblem, MOST_BINS};
use crate::math::SplitMix;
use crate::score::{LOG_FLOOR, brier, log_score_floored};
use proptest::prelude::*;

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + b.abs())
}

/// What the functions of one forecast give.
fn one_by_one(rows: &[(f64, bool, u32)], forecaster: Option<u32>) -> Option<(usize, f64, f64)> {
    let of: Vec<_> = rows.iter().filter(|row| forecaster.is_none_or(|one| row.2 == one)).collect();
    let n = of.len() as f64;
    (!of.is_empty()).then(|| {
        let of_outcome = |p: f64, y: bool| if y { p } else { 1.0 - p };
        (
            of.len(),
            of.iter().map(|(p, y, _)| brier(*p, *y)).sum::<f64>() / n,
            of.iter().map(|(p, y, _)| log_score_floored(of_outcome(*p, *y), LOG_FLOOR).0).sum::<f64>() / n,
        )
    })
}

fn score(rows: &[(f64, bool, u32)], forecasters: usize, bins: usize) -> BinaryScores {
    let p: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let y: Vec<bool> = rows.iter().map(|row| row.1).collect();
    let f: Vec<u32> = rows.iter().map(|row| row.2).collect();
    BinaryColumns::new(&p, &y, &f, forecasters).expect("one length").score(bins).expect("rows that can be scored")
}

proptest! {
    #[test]
    fn means_are_those_of_the_scores_one_by_one(
        rows in prop::collection::vec((prop_oneof![0.0..=1.0_f64, Just(0.0), Just(1.0), Just(1e-9)], any::<bool>(), 0_u32..5), 0..300)
    ) {
        let scores = score(&rows, 6, 7);
        for forecaster in 0..6 {
            match (scores.forecasters[forecaster as usize], one_by_one(&rows, Some(forecaster))) {
                (Some(means), Some((count, brier, log))) => {
                    prop_assert_eq!(means.forecasts as usize, count);
                    prop_assert!(near(means.brier, brier) && near(means.log, log));
                }
                (means, expected) => prop_assert!(means.is_none() && expected.is_none()),
            }
        }
        let held: u64 = scores.bins.iter().map(|bin| bin.forecasts).sum();
        prop_assert_eq!(held as usize, rows.len());
    }
}

#[test]
fn many_rows_of_many_forecasters_agree_with_the_scores_one_by_one_at_any_number_of_threads() {
    let mut stream = SplitMix::of_replicate(5, 1);
    let uniform = |bits: u64| (bits >> 11) as f64 / (1_u64 << 53) as f64;
    let rows: Vec<(f64, bool, u32)> = (0..300_000)
        .map(|_| (uniform(stream.next_u64()), stream.next_u64().is_multiple_of(3), stream.below(40) as u32))
        .collect();
    let under = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| score(&rows, 40, 20))
    };
    let scores = under(1);
    assert_eq!(scores, under(3));
    for forecaster in 0..40 {
        let (count, brier, log) = one_by_one(&rows, Some(forecaster)).expect("forecasts");
        let means = scores.forecasters[forecaster as usize].expect("forecasts");
        assert_eq!(means.forecasts as usize, count);
        assert!(near(means.brier, brier) && near(means.log, log));
    }
    let (_, brier, log) = one_by_one(&rows, None).expect("forecasts");
    let overall = scores.overall.expect("forecasts");
    assert!(near(overall.brier, brier) && near(overall.log, log));
}

#[test]
fn more_forecasters_than_one_chunk_has_sums_for_have_their_scores() {
    let rows: Vec<(f64, bool, u32)> = (0..140_000).map(|at| (0.25, at % 20_000 < 5_000, at % 20_000)).collect();
    let scores = score(&rows, 20_000, 10);
    for (forecaster, means) in scores.forecasters.iter().enumerate() {
        let expected = if forecaster < 5_000 { 0.5625 } else { 0.0625 };
        assert_eq!(means.map(|means| (means.forecasts, means.brier)), Some((7, expected)), "{forecaster}");
    }
}

#[test]
fn a_bin_holds_its_upper_edge() {
    // 0.3 is less than 3/10 in neither bits nor sense; 0 belongs to the first bin.
    let rows: Vec<(f64, bool, u32)> = (0..=10).map(|at| (f64::from(at) / 10.0, at % 2 == 0, 0)).collect();
    let counts: Vec<u64> = score(&rows, 1, 10).bins.iter().map(|bin| bin.forecasts).collect();
    assert_eq!(counts, [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
}

#[test]
fn the_floor_is_counted() {
    let scores = score(&[(0.0, true, 0), (1e-7, true, 0), (1.0, false, 0), (0.5, true, 0)], 1, 10);
    let means = scores.overall.expect("four forecasts");
    assert_eq!((means.raised, means.infinite), (1, 2));
    assert!(near(means.log, (3.0 * -crate::math::ln(1e-6) + std::f64::consts::LN_2) / 4.0));
}

#[test]
fn what_cannot_be_scored_is_named_by_its_row() {
    let ten = vec![0.5; 200_000];
    let mut p = ten.clone();
    p[150_003] = f64::NAN;
    p[190_000] = 2.0;
    let (y, f) = (vec![1_u8; 200_000], vec![0_u32; 200_000]);
    let problem = BinaryColumns::new(&p, &y, &f, 1).expect("one length").score(10).expect_err("no probability");
    assert!(problem.to_string().starts_with("row 150003: the probability"), "{problem}");
    let mut y = y;
    y[70_000] = 255;
    let columns = BinaryColumns::new(&ten, &y, &f, 1).expect("one length");
    assert_eq!(columns.score(10), Err(ColumnProblem::Outcome { row: 70_000, value: 255 }));
    let columns = BinaryColumns::new(&ten[..3], &[true; 3], &[0, 7, 0], 2).expect("one length");
    assert_eq!(columns.score(10), Err(ColumnProblem::Forecaster { row: 1, value: 7, forecasters: 2 }));
    assert!(BinaryColumns::new(&[0.5], &[true, false], &[0], 1).is_err());
}

#[test]
fn no_rows_have_no_means() {
    let scores = score(&[], 2, 10);
    assert_eq!(scores.overall, None);
    assert_eq!(scores.forecasters, [None, None]);
}

#[test]
fn more_bins_than_there_may_be_are_an_error_that_names_the_most() {
    let columns = BinaryColumns::of_one(&[0.25], &[true]).expect("one row");
    assert_eq!(columns.score(MOST_BINS).expect("as many as there may be").bins.len(), MOST_BINS);
    for bins in [MOST_BINS + 1, usize::MAX] {
        let told = columns.score(bins).expect_err("too many");
        assert_eq!(told, ColumnProblem::TooManyBins { found: bins, most: MOST_BINS });
        assert_eq!(told.to_string(), format!("there may be 1000 bins at most, but {bins} are asked for"));
    }
}
