//! Calibration of columns: the CORP decomposition and Murphy's, of millions of yes/no forecasts in memory.

use super::corp::{Corp, CorpScore};
use super::murphy::{BiasCorrection, MurphyParts, parts_of_bins};
use crate::score::columns::{BinaryColumns, BinaryScores, ColumnProblem, ProbabilityBin, YesNo, in_tree};
use rayon::prelude::*;

/// Bins of equal width in which forecasts are counted before any of them is sorted.
const BINS: usize = 1 << 17;

/// Rows of a chunk when bins are counted: the bins of a chunk cost as much as so many rows.
const COUNTED_ROWS: usize = 1 << 22;

/// Rows of a chunk otherwise.
const ROWS: usize = 1 << 16;

/// Scores of yes/no forecasts and Murphy's decomposition of their mean Brier score.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryFigures {
    /// Means of each forecaster and of all.
    pub scores: BinaryScores,
    /// The parts of the mean Brier score of all; `None` without forecasts.
    pub murphy: Option<MurphyParts>,
}

/// Mean Brier and log scores of every forecaster and of all, and Murphy's decomposition over bins of equal width, in one pass.
///
/// ```
/// use foretell::calibrate::figures_of_columns;
/// use foretell::score::columns::BinaryColumns;
///
/// let columns = BinaryColumns::new(&[0.25, 0.25, 0.75, 0.75], &[false, true, true, true], &[0, 0, 1, 1], 2).expect("four rows");
/// let figures = figures_of_columns(&columns, 20).expect("probabilities");
/// let murphy = figures.murphy.expect("four forecasts");
/// assert!((murphy.reliability - 0.0625).abs() < 1e-15);
/// assert!((murphy.resolution - 0.0625).abs() < 1e-15);
/// ```
///
/// # Errors
/// As [`BinaryColumns::score`].
pub fn figures_of_columns<Y: YesNo>(
    columns: &BinaryColumns<'_, Y>,
    bins: usize,
) -> Result<BinaryFigures, ColumnProblem> {
    let scores = columns.score(bins)?;
    let murphy = murphy_of_bins(&scores, BiasCorrection::Raw);
    Ok(BinaryFigures { scores, murphy })
}

/// Murphy's decomposition from what [`BinaryColumns::score`] counted, as [`murphy_decomposition`] makes it of points.
///
/// `None` without forecasts.
///
/// [`murphy_decomposition`]: super::murphy_decomposition
#[must_use]
pub fn murphy_of_bins(scores: &BinaryScores, correction: BiasCorrection) -> Option<MurphyParts> {
    let all = scores.overall?;
    Some(parts_of_bins(&scores.bins, all.brier, correction))
}

/// The CORP decompositions of columns of yes/no forecasts, by the Brier and the log score at once; as [`corp`] makes them of points.
///
/// Forecasts are counted in bins first. A bin of which no forecast can be a corner of the isotonic fit, wherever in it they lie, is
/// pooled as a whole; only the others are sorted. The fit is found in whole numbers, so it is the one that sorting them all would give.
/// `None` without rows.
///
/// ```
/// use foretell::calibrate::corp_of_columns;
///
/// let [brier, log] = corp_of_columns(&[0.1, 0.1, 0.9, 0.9], &[false, false, true, true]).expect("probabilities").expect("rows");
/// assert!((brier.miscalibration - 0.01).abs() < 1e-12);
/// assert!((log.uncertainty - std::f64::consts::LN_2).abs() < 1e-12);
/// ```
///
/// # Errors
/// If the lengths differ; of the first row with a probability outside of 0 to 1 or an outcome that is none.
///
/// Dimitriadis, Gneiting and Jordan (2021), Proc. Natl. Acad. Sci. 118(8), e2016191118.
///
/// [`corp`]: super::corp
pub fn corp_of_columns<Y: YesNo>(probabilities: &[f64], happened: &[Y]) -> Result<Option<[Corp; 2]>, ColumnProblem> {
    // The means, and every row checked; the one bin says how many came true.
    let scores = BinaryColumns::of_one(probabilities, happened)?.score(1)?;
    let Some(means) = scores.overall else { return Ok(None) };
    let counted = counted(probabilities, happened);
    let unsure = unsure(&counted);
    let sorted = sorted(probabilities, happened, &unsure);
    let fit = fit(&counted, &unsure, &sorted);
    let base: Pool = scores.bins.iter().fold(Pool::default(), |all, bin: &ProbabilityBin| Pool {
        cases: all.cases + bin.forecasts,
        events: all.events + bin.events,
    });
    let of = |score: CorpScore, mean: f64| {
        let best = fit.iter().map(|pool| pool.loss(score)).sum::<f64>() / base.cases as f64;
        let uncertainty = base.loss(score) / base.cases as f64;
        Corp { score: mean, miscalibration: mean - best, discrimination: uncertainty - best, uncertainty }
    };
    Ok(Some([of(CorpScore::Brier, means.brier), of(CorpScore::Log, means.log)]))
}

/// Forecasts that have one value of the fit: how many, and how many came true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Pool {
    cases: u64,
    events: u64,
}

impl Pool {
    fn share(self) -> f64 {
        self.events as f64 / self.cases as f64
    }

    /// The summed score of stating the share that came true.
    fn loss(self, score: CorpScore) -> f64 {
        let (share, events, others) = (self.share(), self.events as f64, (self.cases - self.events) as f64);
        let mut loss = 0.0;
        if events > 0.0 {
            loss += events * score.of(share, 1.0);
        }
        if others > 0.0 {
            loss += others * score.of(share, 0.0);
        }
        loss
    }

    /// Whether its share is at least that of the pool after it.
    fn is_not_below(self, later: Self) -> bool {
        u128::from(self.events) * u128::from(later.cases) >= u128::from(later.events) * u128::from(self.cases)
    }
}

/// Pools that are not increasing become one; the pools stay sorted by their shares.
fn push(pools: &mut Vec<Pool>, mut pool: Pool) {
    while let Some(last) = pools.last().copied().filter(|last| last.is_not_below(pool)) {
        pools.pop();
        pool = Pool { cases: last.cases + pool.cases, events: last.events + pool.events };
    }
    pools.push(pool);
}

fn bin(probability: f64) -> usize {
    ((probability * BINS as f64) as u32 as usize).min(BINS - 1)
}

fn is_yes<Y: YesNo>(answer: Y) -> bool {
    answer.happened() == Ok(true)
}

/// How many forecasts each bin holds, and how many of these came true.
fn counted<Y: YesNo>(probabilities: &[f64], happened: &[Y]) -> Vec<Pool> {
    let leaf = |rows: std::ops::Range<usize>| {
        // Cases in the low half, events in the high one: a chunk has fewer rows than either can count.
        let mut counts = vec![0_u64; BINS];
        for (p, y) in probabilities[rows.clone()].iter().zip(&happened[rows]) {
            counts[bin(*p)] += 1 + (u64::from(is_yes(*y)) << 32);
        }
        let pool = |count: u64| Pool { cases: count & u64::from(u32::MAX), events: count >> 32 };
        Ok::<_, ColumnProblem>(counts.into_iter().map(pool).collect::<Vec<Pool>>())
    };
    let join = |left: &mut Vec<Pool>, right: Vec<Pool>| {
        for (left, right) in left.iter_mut().zip(right) {
            left.cases += right.cases;
            left.events += right.events;
        }
    };
    in_tree(0..probabilities.len(), COUNTED_ROWS, &leaf, &join).unwrap_or_default()
}

/// Which bins may hold a corner of the fit between their edges.
///
/// Cumulated events over cumulated cases, the fit is the greatest convex line that nowhere lies above the points. With the bins as points it
/// can only be too high. In a bin the points lie lowest if its events come last; where even that point lies above the line of
/// the bins, none of them is a corner.
fn unsure(counted: &[Pool]) -> Vec<bool> {
    let mut coarse: Vec<Pool> = Vec::new();
    counted.iter().filter(|bin| bin.cases > 0).for_each(|bin| push(&mut coarse, *bin));
    let mut segments = coarse.into_iter();
    let mut segment = Pool::default();
    let mut before = Pool::default();
    counted
        .iter()
        .map(|bin| {
            if bin.cases == 0 {
                return false;
            }
            if before.cases == segment.cases {
                segment = segments.next().unwrap_or_default();
                before = Pool::default();
            }
            let at = before.cases + bin.cases - bin.events;
            let touches =
                u128::from(before.events) * u128::from(segment.cases) <= u128::from(segment.events) * u128::from(at);
            before = Pool { cases: before.cases + bin.cases, events: before.events + bin.events };
            bin.events > 0 && bin.events < bin.cases && touches
        })
        .collect()
}

/// The forecasts of the unsure bins in order: the bits of the probability, which sort as it does, and below them the answer.
fn sorted<Y: YesNo>(probabilities: &[f64], happened: &[Y], unsure: &[bool]) -> Vec<u64> {
    if !unsure.contains(&true) {
        return Vec::new();
    }
    let parts: Vec<Vec<u64>> = probabilities
        .par_chunks(ROWS)
        .zip(happened.par_chunks(ROWS))
        .map(|(probabilities, happened)| {
            let mut keys = vec![0; probabilities.len() + 1];
            let mut filled = 0;
            for (p, y) in probabilities.iter().zip(happened) {
                // Adding 0 makes -0 the 0 that it equals.
                keys[filled] = ((p + 0.0).to_bits() << 1) | u64::from(is_yes(*y));
                filled += usize::from(unsure[bin(*p)]);
            }
            keys.truncate(filled);
            keys.shrink_to_fit();
            keys
        })
        .collect();
    let mut keys = parts.concat();
    keys.par_sort_unstable();
    keys
}

/// The pools of the isotonic fit.
fn fit(counted: &[Pool], unsure: &[bool], sorted: &[u64]) -> Vec<Pool> {
    let mut pools = Vec::new();
    let mut at = 0;
    for (bin, unsure) in counted.iter().zip(unsure) {
        if !unsure {
            if bin.cases > 0 {
                push(&mut pools, *bin);
            }
            continue;
        }
        let end = at + bin.cases as usize;
        for tie in sorted[at..end].chunk_by(|a, b| a >> 1 == b >> 1) {
            push(&mut pools, Pool { cases: tie.len() as u64, events: tie.iter().map(|key| key & 1).sum() });
        }
        at = end;
    }
    pools
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::{Points, corp, murphy_decomposition};
    use crate::math::SplitMix;
    use proptest::prelude::*;

    fn agree(probabilities: &[f64], happened: &[bool]) {
        let found = corp_of_columns(probabilities, happened).expect("probabilities").expect("rows");
        let points = Points::new(probabilities, happened).expect("well formed");
        for (found, score) in found.into_iter().zip([CorpScore::Brier, CorpScore::Log]) {
            let expected = corp(&points, score).expect("points");
            for (found, expected) in [
                (found.score, expected.score),
                (found.miscalibration, expected.miscalibration),
                (found.discrimination, expected.discrimination),
                (found.uncertainty, expected.uncertainty),
            ] {
                assert!((found - expected).abs() < 1e-11, "{found} against {expected}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_parts_are_those_of_points(
            rows in prop::collection::vec((prop_oneof![0.0..=1.0_f64, (0_u8..=20).prop_map(|k| f64::from(k) / 20.0)], any::<bool>()), 1..120)
        ) {
            let probabilities: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let happened: Vec<bool> = rows.iter().map(|row| row.1).collect();
            agree(&probabilities, &happened);
            let forecasters = vec![0; rows.len()];
            let columns = BinaryColumns::new(&probabilities, &happened, &forecasters, 1).expect("one length");
            let points = Points::new(&probabilities, &happened).expect("well formed");
            for correction in [BiasCorrection::Raw, BiasCorrection::Corrected] {
                let found = murphy_of_bins(&columns.score(20).expect("probabilities"), correction).expect("rows");
                let expected = murphy_decomposition(&points, 20, correction).expect("points");
                for (found, expected) in [
                    (found.reliability, expected.reliability),
                    (found.resolution, expected.resolution),
                    (found.uncertainty, expected.uncertainty),
                    (found.within_bins, expected.within_bins),
                    (found.reliability_error.unwrap_or(-1.0), expected.reliability_error.unwrap_or(-1.0)),
                ] {
                    prop_assert!((found - expected).abs() < 1e-11, "{} against {}", found, expected);
                }
            }
        }
    }

    /// Probabilities by a function of a uniform number, coming true by another.
    fn drawn(count: usize, stated: impl Fn(f64) -> f64, truth: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<bool>) {
        let mut stream = SplitMix::of_replicate(8, 8);
        (0..count)
            .map(|_| {
                let p = stated(stream.unit());
                (p, stream.unit() < truth(p))
            })
            .unzip()
    }

    #[test]
    fn forecasts_that_crowd_one_bin_or_few_agree_with_points() {
        let near = |p: f64| 0.5 + (p - 0.5) * 1e-6;
        for (stated, truth) in [
            (Box::new(|u| u) as Box<dyn Fn(f64) -> f64>, Box::new(|p| p) as Box<dyn Fn(f64) -> f64>),
            (Box::new(near), Box::new(move |p: f64| (p - 0.5) * 1e6 + 0.5)),
            (Box::new(|u| u * u * 1e-3), Box::new(|p| p * 300.0)),
            (Box::new(|u| (u * 100.0).floor() / 100.0), Box::new(|p| 1.0 - p)),
            (Box::new(|u| u), Box::new(|p| 0.3 + 0.4 * p)),
        ] {
            let (probabilities, happened) = drawn(150_000, stated, truth);
            agree(&probabilities, &happened);
        }
    }

    #[test]
    fn most_calibrated_forecasts_need_no_sorting() {
        let (probabilities, happened) = drawn(1_000_000, |u| u, |p| p);
        let counted = counted(&probabilities, &happened);
        let unsure = unsure(&counted);
        let kept: u64 = counted.iter().zip(&unsure).filter(|(_, unsure)| **unsure).map(|(bin, _)| bin.cases).sum();
        assert!(kept < 200_000, "{kept}");
    }

    #[test]
    fn what_cannot_be_scored_is_named_and_nothing_has_no_parts() {
        assert_eq!(corp_of_columns::<bool>(&[], &[]), Ok(None));
        assert_eq!(corp_of_columns(&[0.5], &[2_u8]), Err(ColumnProblem::Outcome { row: 0, value: 2 }));
        assert!(corp_of_columns(&[0.5, f64::NAN], &[true, true]).is_err());
        assert!(corp_of_columns(&[0.5], &[true, true]).is_err());
    }
}
