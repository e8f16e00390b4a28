//! Intervals where few outcomes are of one kind: drawing clusters anew then shows too few different histories.
//!
//! Thirty forecasts of 95 % that all came true give the same figures whichever of them are drawn, though a chance of 90 % might have done the same. So
//! the interval of the draws is stretched to what the figure would be at other chances that the outcomes do not rule out ([`OtherChances`]).

use super::estimate::Estimate;
use super::proportion::exact_limits;
use super::resample::{Drawn, at_chances, fit_of_questions};
use super::{CALIBRATION_CLUSTERS, Sample};
use std::collections::BTreeSet;

/// With fewer clusters that hold an answer of one kind, intervals are stretched.
pub(crate) const FEW_OUTCOMES: usize = 10;

/// Whether fewer than [`FEW_OUTCOMES`] clusters hold a yes, or a no.
pub(crate) fn has_few_outcomes(sample: &Sample) -> bool {
    clusters_of_rarer(sample) < FEW_OUTCOMES
}

/// How many clusters hold a yes, or how many a no, whichever are fewer.
pub(super) fn clusters_of_rarer(sample: &Sample) -> usize {
    let holding = |kind: bool| {
        let own = sample.questions.iter().filter(|question| question.happened == kind);
        own.map(|question| question.cluster).collect::<BTreeSet<usize>>().len()
    };
    holding(true).min(holding(false))
}

/// The exact interval of the share of yes, each cluster one trial. `None` with fewer than two of them.
fn share_of_yes(sample: &Sample, level: f64) -> Option<(f64, f64)> {
    let yes: f64 = sample.questions.iter().filter(|question| question.happened).map(|question| question.weight).sum();
    let (questions, clusters) = (sample.questions() as f64, sample.clusters() as f64);
    (clusters > 1.0).then(|| exact_limits(yes / questions * clusters, clusters, level))
}

/// What figures would be at chances that few outcomes do not rule out. Empty where there are enough of both kinds, or no intervals at all.
///
/// These are the isotonic fit, scaled so that its mean lies at either end of the exact interval of the share of yes; and the forecasts themselves,
/// unless draws under calibration refute them. With one stated probability the interval holds the truth as often as it says for every chance: there the
/// figures rise or fall with the share on either side of the forecast.
#[derive(Debug, Default)]
pub(super) struct OtherChances {
    scaled: Vec<Drawn>,
    as_stated: Option<Drawn>,
    /// Below this the forecasts are refuted.
    refuted: f64,
}

impl OtherChances {
    /// Of a sample, at the level of its intervals.
    pub(super) fn of(sample: &Sample, bins: usize, level: f64) -> Self {
        if sample.clusters() < CALIBRATION_CLUSTERS || !has_few_outcomes(sample) {
            return Self::default();
        }
        let (Some((lower, upper)), Some(fit)) = (share_of_yes(sample, level), fit_of_questions(sample)) else {
            return Self::default();
        };
        let weighed = fit.iter().zip(&sample.questions).map(|(chance, question)| question.weight * chance);
        let mean = weighed.sum::<f64>() / sample.questions() as f64;
        let down = if mean > 0.0 { (lower / mean).min(1.0) } else { 1.0 };
        let up = if mean < 1.0 { ((1.0 - upper) / (1.0 - mean)).min(1.0) } else { 1.0 };
        let below: Vec<f64> = fit.iter().map(|chance| chance * down).collect();
        let above: Vec<f64> = fit.iter().map(|chance| 1.0 - (1.0 - chance) * up).collect();
        let stated: Vec<f64> = sample.questions.iter().map(|question| question.probability).collect();
        Self {
            scaled: [below, above].iter().filter_map(|chances| at_chances(sample, bins, chances)).collect(),
            as_stated: at_chances(sample, bins, &stated),
            refuted: 1.0 - level,
        }
    }

    /// An interval that holds what the figure would be at these chances; `p` is that of the figure under calibration.
    pub(super) fn stretch(&self, estimate: Estimate, of: &dyn Fn(&Drawn) -> f64, p: f64) -> Estimate {
        let (Some(lower), Some(upper)) = (estimate.lower, estimate.upper) else { return estimate };
        let stated = self.as_stated.iter().filter(|_| p >= self.refuted);
        let (lower, upper) = self
            .scaled
            .iter()
            .chain(stated)
            // Rounding must not leave a figure below 0.
            .map(|drawn| of(drawn).max(0.0))
            .fold((lower, upper), |(lower, upper), value| (lower.min(value), upper.max(value)));
        Estimate { lower: Some(lower), upper: Some(upper), ..estimate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::estimate::estimate;
    use crate::calibrate::resample::{observed, redrawn_answers, redrawn_clusters};

    /// How often the intervals of the score, MCB and ECE of forecasts of one probability miss their truth, by enumeration of how many come true.
    fn missed(stated: f64, truth: f64, questions: usize) -> [f64; 3] {
        let clusters: Vec<usize> = (0..questions).collect();
        let truths = [
            truth * (1.0 - stated) * (1.0 - stated) + (1.0 - truth) * stated * stated,
            (stated - truth) * (stated - truth),
            (stated - truth).abs(),
        ];
        let figures: [fn(&Drawn) -> f64; 3] =
            [|drawn| drawn.brier[0], |drawn| drawn.brier[1], |drawn| drawn.expected_error];
        let mut missed = [0.0; 3];
        let mut chance = (0..questions).map(|_| 1.0 - truth).product::<f64>();
        for came in 0..=questions {
            if came > 0 {
                chance *= (questions - came + 1) as f64 / came as f64 * truth / (1.0 - truth);
            }
            if chance < 1e-4 {
                continue;
            }
            let happened: Vec<bool> = (0..questions).map(|at| at < came).collect();
            let sample = Sample::of_pairs(&vec![stated; questions], &happened, &clusters).expect("well formed");
            let seen = observed(&sample, 10).expect("there are forecasts");
            let again = redrawn_clusters(&sample, 10, 400, 1);
            let calibrated = redrawn_answers(&sample, 10, 400, 1, &[], 0.9).figures;
            let other = OtherChances::of(&sample, 10, 0.95);
            for (at, of) in figures.iter().enumerate() {
                let draws: Vec<f64> = again.iter().map(of).collect();
                let under: Vec<f64> = calibrated.iter().map(of).collect();
                let as_large = under.iter().filter(|draw| **draw >= of(&seen) - 1e-12).count();
                let p = (as_large + 1) as f64 / 401.0;
                let optimism = if at == 1 { under.iter().sum::<f64>() / 400.0 } else { 0.0 };
                let alone = estimate(of(&seen), &draws, optimism, (0.0, f64::INFINITY), 0.95);
                let interval = other.stretch(alone, of, p);
                let (lower, upper) = (interval.lower.expect("many clusters"), interval.upper.expect("many clusters"));
                if truths[at] < lower - 1e-12 || truths[at] > upper + 1e-12 {
                    missed[at] += chance;
                }
            }
        }
        missed
    }

    #[test]
    fn intervals_of_few_outcomes_hold_the_truth_as_often_as_they_say() {
        // Calibrated or not. The draws alone miss in 12 to 41 %. What chance decides here are 400 draws of clusters, which move the share by less than 2 %.
        for (stated, truth, questions) in
            [(0.95, 0.95, 30), (0.02, 0.02, 100), (0.1, 0.1, 20), (0.98, 0.93, 50), (0.9, 0.97, 40), (0.2, 0.4, 15)]
        {
            let missed = missed(stated, truth, questions);
            assert!(missed.iter().all(|of| *of <= 0.05), "{stated} {truth} {questions}: {missed:?}");
        }
    }

    #[test]
    fn outcomes_of_one_kind_leave_no_interval_without_width_and_refuted_forecasts_stay_refuted() {
        let clusters: Vec<usize> = (0..30).collect();
        let interval = |stated: f64, p: f64| {
            let sample = Sample::of_pairs(&[stated; 30], &[true; 30], &clusters).expect("well formed");
            let of = |drawn: &Drawn| drawn.brier[1];
            let seen = of(&observed(&sample, 10).expect("there are forecasts"));
            let flat = Estimate { value: seen, lower: Some(seen), upper: Some(seen) };
            let wide = OtherChances::of(&sample, 10, 0.95).stretch(flat, &of, p);
            (wide.lower.expect("an end"), wide.upper.expect("an end"))
        };
        // No no in 30: the chance of yes is at least 0.025^(1/30).
        let least = crate::math::exp(crate::math::ln(0.025) / 30.0);
        let (lower, upper) = interval(0.95, 0.4);
        assert!(lower.abs() < 1e-15 && (upper - (0.95 - least) * (0.95 - least)).abs() < 1e-9, "{lower} {upper}");
        let (lower, upper) = interval(0.5, 1e-3);
        assert!((lower - (least - 0.5) * (least - 0.5)).abs() < 1e-9 && (upper - 0.25).abs() < 1e-12);
    }

    #[test]
    fn with_ten_of_both_kinds_the_draws_stand_alone() {
        let clusters: Vec<usize> = (0..40).collect();
        let happened: Vec<bool> = (0..40).map(|at| at < 10).collect();
        let sample = Sample::of_pairs(&[0.3; 40], &happened, &clusters).expect("well formed");
        let alone = Estimate { value: 0.1, lower: Some(0.1), upper: Some(0.1) };
        assert_eq!(OtherChances::of(&sample, 10, 0.95).stretch(alone, &|drawn| drawn.brier[1], 1.0), alone);
    }
}
