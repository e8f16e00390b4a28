//! What chance does to reliability: clusters drawn anew, and answers drawn anew as if the forecasts were calibrated.
//!
//! Both make the figures of a [`Sample`] many times over, in one pass over its sorted forecasts each. Replicates have streams of their
//! own and may run in any order, so results depend on the sample, the seed and the number of replicates alone.

use super::sample::Sample;
use super::table::mass_bin;
use super::{BandPoint, CorpScore};
use crate::math::{SplitMix, sorted_quantile};
use rayon::prelude::*;

/// How often clusters and answers are drawn anew if nothing else is asked for.
pub const CALIBRATION_REPLICATES: usize = 1000;
/// The seed of the draws if nothing else is asked for.
pub const CALIBRATION_SEED: u64 = 1;

/// With fewer clusters there are no intervals: drawing them anew shows too few different histories.
pub const CALIBRATION_CLUSTERS: usize = 10;

/// The figures of one draw.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Drawn {
    /// Score, MCB, DSC and UNC under the Brier score.
    pub brier: [f64; 4],
    /// The same under the logarithmic score.
    pub log: [f64; 4],
    /// Mean stated probability minus share of yes.
    pub bias: f64,
    /// The area under the curve; NaN without cases of both kinds.
    pub area: f64,
    /// The expected calibration error over bins of equal width.
    pub expected_error: f64,
    /// The largest calibration error of such a bin.
    pub largest_error: f64,
    /// The expected calibration error over bins of equal mass, made anew for each draw.
    pub expected_error_by_mass: f64,
    /// The largest calibration error of such a bin.
    pub largest_error_by_mass: f64,
}

/// A pooled block of the isotonic fit.
#[derive(Debug, Clone, Copy)]
struct Block {
    weight: f64,
    yes: f64,
    /// One past the last row.
    end: usize,
}

/// Works through the rows of a sample for one draw after the other.
#[derive(Debug)]
struct Pass<'a> {
    sample: &'a Sample,
    bins: usize,
    blocks: Vec<Block>,
    /// Of each stated probability what its forecasts weigh, what of that was stated and what came true.
    ties: Vec<(f64, f64, f64)>,
}

impl Pass<'_> {
    /// The figures when each question counts `times` and of its answers the share `yes` is yes, which is 0 or 1 of what was answered. `None` if
    /// nothing counts.
    fn figures(&mut self, times: impl Fn(usize) -> f64, yes_of: impl Fn(usize) -> f64) -> Option<Drawn> {
        let rows = &self.sample.rows;
        self.blocks.clear();
        self.ties.clear();
        let (mut total, mut yes_all, mut stated_all, mut no_below, mut area) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let (mut brier, mut log) = (0.0, 0.0);
        let mut bins = vec![(0.0, 0.0, 0.0); self.bins];
        let mut start = 0;
        while start < rows.len() {
            let probability = rows[start].probability;
            let (mut weight, mut yes) = (0.0, 0.0);
            let mut end = start;
            while end < rows.len() && rows[end].probability == probability {
                let of = rows[end].weight * times(rows[end].question);
                weight += of;
                yes += of * yes_of(rows[end].question);
                end += 1;
            }
            start = end;
            let no = weight - yes;
            brier += yes * (1.0 - probability) * (1.0 - probability) + no * probability * probability;
            log += yes * CorpScore::Log.of(probability, 1.0) + no * CorpScore::Log.of(probability, 0.0);
            area += yes * (no_below + 0.5 * no);
            no_below += no;
            total += weight;
            yes_all += yes;
            stated_all += weight * probability;
            let bin = &mut bins[((probability * self.bins as f64) as usize).min(self.bins - 1)];
            *bin = (bin.0 + weight, bin.1 + weight * probability, bin.2 + yes);
            self.ties.push((weight, weight * probability, yes));
            let mut block = Block { weight, yes, end };
            while let Some(last) = self.blocks.last() {
                // Pooled unless the share rises; a block of no weight takes its neighbour's share.
                if last.yes * block.weight < block.yes * last.weight {
                    break;
                }
                block = Block { weight: last.weight + block.weight, yes: last.yes + block.yes, end };
                self.blocks.pop();
            }
            self.blocks.push(block);
        }
        if total <= 0.0 {
            return None;
        }
        let parts = |score: f64, of: CorpScore| {
            let entropy = |weight: f64, yes: f64| {
                let share = if weight > 0.0 { (yes / weight).clamp(0.0, 1.0) } else { 0.0 };
                yes * of.of(share, 1.0) + (weight - yes) * of.of(share, 0.0)
            };
            let best: f64 = self.blocks.iter().map(|block| entropy(block.weight, block.yes)).sum::<f64>() / total;
            let base = entropy(total, yes_all) / total;
            [score / total, score / total - best, base - best, base]
        };
        let mut masses = vec![(0.0, 0.0, 0.0); self.bins];
        let mut before = 0.0;
        for &(weight, stated, yes) in &self.ties {
            let bin = &mut masses[mass_bin(before, weight, total, self.bins)];
            *bin = (bin.0 + weight, bin.1 + stated, bin.2 + yes);
            before += weight;
        }
        let (expected_error, largest_error) = errors_of(&bins, total);
        let (expected_error_by_mass, largest_error_by_mass) = errors_of(&masses, total);
        Some(Drawn {
            brier: parts(brier, CorpScore::Brier),
            log: parts(log, CorpScore::Log),
            bias: (stated_all - yes_all) / total,
            area: area / (yes_all * (total - yes_all)),
            expected_error,
            largest_error,
            expected_error_by_mass,
            largest_error_by_mass,
        })
    }

    /// The isotonic fit of the last draw at these places, which must rise.
    fn fit_at(&self, places: &[f64], out: &mut [f64]) {
        let rows = &self.sample.rows;
        let mut at = 0;
        for (place, value) in places.iter().zip(out) {
            while at + 1 < self.blocks.len() && rows[self.blocks[at].end - 1].probability < *place {
                at += 1;
            }
            let block = self.blocks[at];
            // Between two blocks: on the straight line from the end of one to the start of the next.
            let from = if at == 0 { 0 } else { self.blocks[at - 1].end };
            let share = |block: Block| if block.weight > 0.0 { block.yes / block.weight } else { 0.0 };
            *value = share(block);
            let begins = rows[from].probability;
            if at > 0 && *place < begins {
                let before = rows[from - 1].probability;
                let left = share(self.blocks[at - 1]);
                *value = left + (share(block) - left) * (place - before) / (begins - before);
            }
        }
    }
}

/// The mean and the largest distance of what bins stated and what came true; of each bin its weight and these two, as sums.
fn errors_of(bins: &[(f64, f64, f64)], total: f64) -> (f64, f64) {
    let errors = || bins.iter().filter(|bin| bin.0 > 0.0).map(|bin| ((bin.1 - bin.2).abs(), bin.0));
    let mean = errors().map(|(error, _)| error).sum::<f64>() / total;
    (mean, errors().map(|(error, weight)| error / weight).fold(0.0, f64::max))
}

fn pass(sample: &Sample, bins: usize) -> Pass<'_> {
    Pass { sample, bins: bins.max(1), blocks: Vec::new(), ties: Vec::new() }
}

/// The figures of the sample as it is. `None` without forecasts.
pub(super) fn observed(sample: &Sample, bins: usize) -> Option<Drawn> {
    pass(sample, bins).figures(|_| 1.0, |question| answer(sample, question))
}

/// 1 for yes, 0 for no.
fn answer(sample: &Sample, question: usize) -> f64 {
    f64::from(u8::from(sample.questions[question].happened))
}

/// What the figures would be on the whole if each question had this chance of yes. `None` without forecasts.
pub(super) fn at_chances(sample: &Sample, bins: usize, chances: &[f64]) -> Option<Drawn> {
    pass(sample, bins).figures(|_| 1.0, |question| chances[question])
}

/// The isotonic fit at the forecast of each question by which its answer is drawn. `None` without forecasts.
pub(super) fn fit_of_questions(sample: &Sample) -> Option<Vec<f64>> {
    let mut whole = pass(sample, 1);
    whole.figures(|_| 1.0, |question| answer(sample, question))?;
    let at = |probability: f64| {
        let mut fit = [0.0];
        whole.fit_at(&[probability], &mut fit);
        fit[0]
    };
    Some(sample.questions.iter().map(|question| at(question.probability)).collect())
}

/// The figures of `replicates` draws of clusters with replacement, in the order of the replicates.
///
/// Empty with fewer than [`CALIBRATION_CLUSTERS`] clusters, which say too little about chance.
pub(super) fn redrawn_clusters(sample: &Sample, bins: usize, replicates: usize, seed: u64) -> Vec<Drawn> {
    let clusters = sample.clusters();
    if clusters < CALIBRATION_CLUSTERS {
        return Vec::new();
    }
    (0..replicates)
        .into_par_iter()
        .filter_map(|replicate| {
            let mut stream = SplitMix::of_replicate(seed, replicate as u64);
            let mut times = vec![0.0; clusters];
            for _ in 0..clusters {
                times[stream.below(clusters)] += 1.0;
            }
            pass(sample, bins)
                .figures(|question| times[sample.questions[question].cluster], |question| answer(sample, question))
        })
        .collect()
}

/// What calibrated forecasts with these probabilities would have shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct UnderCalibration {
    /// The figures of each replicate, in their order.
    pub figures: Vec<Drawn>,
    /// At each place asked for, the band that holds the isotonic fit in the share `level` of the replicates.
    pub band: Vec<BandPoint>,
}

/// Draws each question's answer anew by its forecast, with the stated probabilities as they are.
///
/// Questions are drawn independently, the pairs of one together: where clusters hold several questions the truth varies more.
pub(super) fn redrawn_answers(
    sample: &Sample,
    bins: usize,
    replicates: usize,
    seed: u64,
    places: &[f64],
    level: f64,
) -> UnderCalibration {
    if sample.rows.is_empty() || replicates == 0 {
        return UnderCalibration::default();
    }
    let chances: Vec<f64> = sample.questions.iter().map(|question| question.probability).collect();
    // A family of streams of its own, apart from those of the clusters.
    let draws = drawn(sample, bins, replicates, !seed, places, &chances);
    let (figures, fits): (Vec<Drawn>, Vec<Vec<f64>>) = draws.into_iter().unzip();
    UnderCalibration { figures, band: band(&fits, places, level) }
}

/// Where the isotonic curve may lie: the middle share `level` of the fits when each question's answer is drawn anew by the curve, with the
/// stated probabilities as they are.
///
/// Pointwise, and for independent questions. Where the curve is 0 or 1 no draw differs, so that there the band has no width.
///
/// Dimitriadis, Gneiting and Jordan (2021), PNAS 118(8), e2016191118, supporting information.
pub(super) fn confidence_band(
    sample: &Sample,
    replicates: usize,
    seed: u64,
    places: &[f64],
    level: f64,
) -> Vec<BandPoint> {
    let Some(chances) = fit_of_questions(sample).filter(|_| replicates > 0) else { return Vec::new() };
    // Streams apart from those of clusters and of calibrated answers.
    let draws = drawn(sample, 1, replicates, seed.rotate_left(32) ^ 0x9e37_79b9_7f4a_7c15, places, &chances);
    let fits: Vec<Vec<f64>> = draws.into_iter().map(|(_, fit)| fit).collect();
    band(&fits, places, level)
}

/// The figures, and the isotonic fit at these places, of answers drawn anew by the chances of the questions.
fn drawn(
    sample: &Sample,
    bins: usize,
    replicates: usize,
    seed: u64,
    places: &[f64],
    chances: &[f64],
) -> Vec<(Drawn, Vec<f64>)> {
    (0..replicates)
        .into_par_iter()
        .filter_map(|replicate| {
            let mut stream = SplitMix::of_replicate(seed, replicate as u64);
            let answers: Vec<f64> =
                sample.answers(chances, &mut stream).into_iter().map(|yes| f64::from(u8::from(yes))).collect();
            let mut pass = pass(sample, bins);
            let figures = pass.figures(|_| 1.0, |question| answers[question])?;
            let mut fit = vec![0.0; places.len()];
            pass.fit_at(places, &mut fit);
            Some((figures, fit))
        })
        .collect()
}

/// At each place, what holds the share `level` of the fits between its ends.
fn band(draws: &[Vec<f64>], places: &[f64], level: f64) -> Vec<BandPoint> {
    places
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let mut fits: Vec<f64> = draws.iter().map(|fit| fit[at]).collect();
            fits.sort_by(f64::total_cmp);
            BandPoint {
                stated: *place,
                lower: sorted_quantile(&fits, 0.5 * (1.0 - level)),
                upper: sorted_quantile(&fits, 0.5 * (1.0 + level)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::{
        Bin, area_under_curve, bias, corp, equal_mass_calibration_error, equal_mass_table, expected_calibration_error,
        recalibrated,
    };
    use proptest::prelude::*;

    fn sample(pairs: &[(u8, bool)]) -> Sample {
        let probabilities: Vec<f64> = pairs.iter().map(|pair| f64::from(pair.0) / 20.0).collect();
        let happened: Vec<bool> = pairs.iter().map(|pair| pair.1).collect();
        let clusters: Vec<usize> = (0..pairs.len()).collect();
        Sample::of_pairs(&probabilities, &happened, &clusters).expect("well formed")
    }

    proptest! {
        #[test]
        fn one_pass_gives_what_the_single_figures_give(
            pairs in prop::collection::vec((0u8..=20, any::<bool>()), 1..50)
        ) {
            let sample = sample(&pairs);
            let points = sample.points();
            let drawn = observed(&sample, 10).expect("there are forecasts");
            for (parts, score) in [(drawn.brier, CorpScore::Brier), (drawn.log, CorpScore::Log)] {
                let whole = corp(points, score).expect("there are points");
                let expected = [whole.score, whole.miscalibration, whole.discrimination, whole.uncertainty];
                for (value, expected) in parts.iter().zip(expected) {
                    prop_assert!((value - expected).abs() < 1e-12);
                }
            }
            prop_assert!((drawn.bias - bias(points).expect("points")).abs() < 1e-13);
            prop_assert!((drawn.expected_error - expected_calibration_error(points, 10).expect("points")).abs() < 1e-13);
            let by_mass = equal_mass_calibration_error(points, 10).expect("points");
            prop_assert!((drawn.expected_error_by_mass - by_mass).abs() < 1e-13);
            let apart = |bin: &Bin| (bin.stated.expect("not empty") - bin.observed.expect("not empty")).abs();
            let largest = equal_mass_table(points, 10).iter().map(apart).fold(0.0, f64::max);
            prop_assert!((drawn.largest_error_by_mass - largest).abs() < 1e-13);
            if let Some(area) = area_under_curve(points) {
                prop_assert!((drawn.area - area).abs() < 1e-12);
            }
        }

        #[test]
        fn the_fit_at_the_stated_probabilities_is_the_isotonic_one(
            pairs in prop::collection::vec((0u8..=20, any::<bool>()), 1..50)
        ) {
            let sample = sample(&pairs);
            let mut pass = pass(&sample, 10);
            let _ = pass.figures(|_| 1.0, |question| answer(&sample, question));
            let places: Vec<f64> = sample.rows.iter().map(|row| row.probability).collect();
            let mut fit = vec![0.0; places.len()];
            pass.fit_at(&places, &mut fit);
            // Both rise, so that sorting lays them side by side.
            let mut whole = recalibrated(sample.points());
            whole.sort_by(f64::total_cmp);
            for (value, expected) in fit.iter().zip(whole) {
                prop_assert!((value - expected).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_draws_and_one_cluster_gives_none() {
        let pairs: Vec<(u8, bool)> = (0..12).map(|at| (at, at % 3 == 0)).collect();
        let sample = sample(&pairs);
        assert_eq!(redrawn_clusters(&sample, 10, 50, 3), redrawn_clusters(&sample, 10, 50, 3));
        assert_ne!(redrawn_clusters(&sample, 10, 50, 3), redrawn_clusters(&sample, 10, 50, 4));
        let one = Sample::of_pairs(&[0.1, 0.2], &[true, false], &[0, 0]).expect("well formed");
        assert!(redrawn_clusters(&one, 10, 50, 3).is_empty());
    }

    #[test]
    fn chance_makes_of_the_errors_what_the_binomial_says() {
        // 50 forecasts each of 20 % and of 80 %. Two bins of either kind hold one value each, so that both errors are |share - 0.2| and
        // |share - 0.8|, each of mean E|B(50, 0.2) - 10|/50 = 2·10·b(10; 50, 0.2)·0.8/50 (de Moivre).
        let probabilities: Vec<f64> = (0..100).map(|at| if at < 50 { 0.2 } else { 0.8 }).collect();
        let clusters: Vec<usize> = (0..100).collect();
        let sample = Sample::of_pairs(&probabilities, &[false; 100], &clusters).expect("well formed");
        let drawn = redrawn_answers(&sample, 2, 4000, 1, &[], 0.9).figures;
        // b(10; 50, 0.2) = 50!/(10! 40!) · 0.2^10 · 0.8^40, factor by factor.
        let binomial: f64 = (1..=10).map(|k| (40.0 + f64::from(k)) / f64::from(k) * 0.2).product::<f64>()
            * (0..40).map(|_| 0.8).product::<f64>();
        let expected = 2.0 * 10.0 * 0.8 * binomial / 50.0;
        let mean = drawn.iter().map(|of| of.expected_error_by_mass).sum::<f64>() / 4000.0;
        // The standard deviation of a draw is below that of one share, 0.0566, over √2: 0.04/√4000 = 0.00063; five of them.
        assert!((mean - expected).abs() < 0.0032, "{mean} against {expected}");
        assert!(drawn.iter().all(|of| (of.expected_error_by_mass - of.expected_error).abs() < 1e-13));
    }

    #[test]
    fn the_band_of_one_stated_probability_is_binomial() {
        // 100 forecasts of 30 %: the fit is the share of yes, with quantiles 0.23 and 0.38 at 5 and 95 %.
        let clusters: Vec<usize> = (0..100).collect();
        let sample = Sample::of_pairs(&[0.3; 100], &[false; 100], &clusters).expect("well formed");
        let drawn = redrawn_answers(&sample, 10, 4000, 1, &[0.3], 0.9);
        // Each quantile of 4000 draws lies within one step of the lattice but for a chance below 1e-6.
        assert!((drawn.band[0].lower - 0.23).abs() < 0.0101 && (drawn.band[0].upper - 0.38).abs() < 0.0101);
        // About the curve, which is the share of yes: half of 100, with quantiles 0.42 and 0.58.
        let halves: Vec<bool> = (0..100).map(|at| at % 2 == 0).collect();
        let sample = Sample::of_pairs(&[0.3; 100], &halves, &clusters).expect("well formed");
        let band = confidence_band(&sample, 4000, 1, &[0.3], 0.9);
        assert!((band[0].lower - 0.42).abs() < 0.0101 && (band[0].upper - 0.58).abs() < 0.0101, "{band:?}");
        let mean = drawn.figures.iter().map(|of| of.bias).sum::<f64>() / 4000.0;
        // Standard error 0.0458/√4000 = 0.00072; five of them.
        assert!(mean.abs() < 0.0037, "{mean}");
    }
}
