//! Calibration in the large: stated against observed on the whole, with an interval that also holds where few questions ended one way.

use super::few_events::{EventSum, FEW_EVENTS, p_of_limits};
use super::rare::clusters_of_rarer;
use super::report::t_of;
use super::{Pairs, Points, Sample};
use crate::math::{normal, sqrt};
use crate::score::{ClusteredMean, clustered_mean};
use serde::Serialize;
use std::fmt;

/// Calibration in the large: stated against observed on the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct InTheLarge {
    /// Mean stated probability.
    pub stated: f64,
    /// Share that came true.
    pub observed: f64,
    /// Stated minus observed: above 0 for a forecaster who says yes too often.
    pub bias: f64,
    /// Its standard error over clusters; absent where all questions are missed alike, which tells nothing of chance.
    pub standard_error: Option<f64>,
    /// Lower end of its interval by Student's t over clusters; by the spread that the stated probabilities promise, where that alone holds 0;
    /// by exact limits of the share of yes, where few clusters hold a yes, or a no.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// The chance of a bias as far from 0 for calibrated forecasts.
    pub p: Option<f64>,
    /// What the interval is by; absent where there is none.
    pub by: Option<BiasBy>,
}

/// What the interval of a bias is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BiasBy {
    /// Student's t over clusters.
    StudentT,
    /// The spread that the stated probabilities promise, which alone holds 0.
    Promised,
    /// Exact limits of the share of yes: fewer than five clusters hold a yes, or a no.
    FewOutcomes,
}

impl fmt::Display for BiasBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::StudentT => "t",
            Self::Promised => "promised",
            Self::FewOutcomes => "few outcomes",
        })
    }
}

/// Stated against observed, with an interval at this level. `None` without forecasts.
pub(super) fn in_the_large(sample: &Sample, level: f64) -> Option<InTheLarge> {
    let mean = clustered_mean(&sample.misses(), &sample.cluster_labels())?;
    let points = sample.points();
    let stated = points.mean(|probability, _| probability)?;
    let is_of_options = sample.pairs() == Some(Pairs::Options);
    let found = match FewOutcomes::of(sample, stated) {
        // Of a question's options the chances sum to 1, and one comes: there is no bias.
        _ if mean.clusters < 2 || is_of_options => None,
        Some(few) => {
            let (lower, upper) = few.ends(0.5 * (1.0 - level));
            Some((lower, upper, few.p(), BiasBy::FewOutcomes))
        }
        // What is promised takes forecasts for independent.
        None if sample.pairs().is_some() => by_clusters(&mean, level),
        None => by_spread(&mean, points, level),
    };
    Some(InTheLarge {
        stated,
        observed: points.mean(|_, outcome| outcome)?,
        bias: if is_of_options { 0.0 } else { mean.mean },
        // Misses that are all alike tell nothing of their spread.
        standard_error: mean.standard_error.filter(|error| *error > 0.0 && !is_of_options),
        // Shares lie no further apart.
        lower: found.map(|(lower, ..)| lower.max(-1.0)),
        upper: found.map(|(_, upper, ..)| upper.min(1.0)),
        p: found.map(|(_, _, p, _)| p),
        by: found.map(|(.., by)| by),
    })
}

/// The ends of the interval of a bias by Student's t over clusters alone, its p-value and what they are by.
fn by_clusters(mean: &ClusteredMean, level: f64) -> Option<(f64, f64, f64, BiasBy)> {
    mean.standard_error.filter(|error| *error > 0.0)?;
    let (reach, p) = t_of(mean, mean.clusters as f64 - 1.0, level)?;
    Some((mean.mean - reach, mean.mean + reach, p, BiasBy::StudentT))
}

/// The ends of the interval of a bias, its p-value and what they are by, where both outcomes are there often enough to show how misses spread.
fn by_spread(mean: &ClusteredMean, points: &Points, level: f64) -> Option<(f64, f64, f64, BiasBy)> {
    let error = mean.standard_error.filter(|error| *error > 0.0);
    let measured = error.and_then(|_| t_of(mean, mean.clusters as f64 - 1.0, level));
    let variance = points.mean(|probability, _| probability * (1.0 - probability))?;
    let promised = sqrt(variance / mean.count as f64);
    let by_promise = (promised > 0.0).then(|| {
        let reach = normal::quantile(0.5 * (1.0 + level)) * promised;
        (reach, 2.0 * normal::cdf(-(mean.mean / promised).abs()))
    });
    let unlikely = 1.0 - level;
    let ((reach, p), by) = match (measured, by_promise) {
        (Some((_, seen)), Some((reach, p))) if seen < unlikely && p >= unlikely => ((reach, p), BiasBy::Promised),
        (Some(measured), _) => (measured, BiasBy::StudentT),
        (None, by_promise) => (by_promise?, BiasBy::Promised),
    };
    Some((mean.mean - reach, mean.mean + reach, p, by))
}

/// Questions of which few ended one way, or none. The outcomes of a cluster may come together, and chances may differ from question to question: neither
/// makes the exact limits of the share of yes miss more often.
struct FewOutcomes {
    stated: f64,
    /// The rarer outcome is the event.
    yes_is_rarer: bool,
    sum: EventSum,
}

impl FewOutcomes {
    /// `None` where [`FEW_EVENTS`] clusters hold a yes and as many a no.
    fn of(sample: &Sample, stated: f64) -> Option<Self> {
        if clusters_of_rarer(sample) >= FEW_EVENTS {
            return None;
        }
        let came = sample.questions.iter().filter(|question| question.happened);
        let yes: f64 = came.map(|question| question.weight).sum();
        let yes_is_rarer = 2.0 * yes <= sample.questions() as f64;
        let events = sample
            .questions
            .iter()
            .map(|question| (question.cluster, question.weight, question.happened == yes_is_rarer));
        Some(Self { stated, yes_is_rarer, sum: EventSum::of(events) })
    }

    /// The ends of the interval of the bias with this tail on either side.
    fn ends(&self, tail: f64) -> (f64, f64) {
        let (least, most) = self.sum.limits(tail);
        let (least, most) = (least / self.sum.whole, most / self.sum.whole);
        if self.yes_is_rarer {
            (self.stated - most, self.stated - least)
        } else {
            (self.stated - 1.0 + least, self.stated - 1.0 + most)
        }
    }

    /// The p-value of no bias.
    fn p(&self) -> f64 {
        p_of_limits(|tail| {
            let (lower, upper) = self.ends(tail);
            lower <= 0.0 && 0.0 <= upper
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;

    fn sample(stated: &[f64], happened: &[bool]) -> Sample {
        let clusters: Vec<usize> = (0..stated.len()).collect();
        Sample::of_pairs(stated, happened, &clusters).expect("well formed")
    }

    #[test]
    fn no_yes_among_unequal_probabilities_leaves_what_none_of_so_many_leaves() {
        // Forty questions of 2 to 30 %, mean 13.4 %, none came.
        let stated: Vec<f64> = (0..40).map(|at| [0.02, 0.05, 0.1, 0.2, 0.3][at % 5]).collect();
        let large = in_the_large(&sample(&stated, &[false; 40]), 0.95).expect("forecasts");
        let most = 1.0 - 0.025_f64.powf(1.0 / 40.0);
        assert!((large.lower.expect("an end") - (0.134 - most)).abs() < 1e-9, "{large:?}");
        assert!((large.upper.expect("an end") - 0.134).abs() < 1e-12, "{large:?}");
        let p = 2.0 * (1.0 - 0.134_f64).powf(40.0);
        assert!((large.p.expect("a p-value") / p - 1.0).abs() < 1e-6 && large.by == Some(BiasBy::FewOutcomes));
        // Yes is no turned round.
        let turned: Vec<f64> = stated.iter().map(|stated| 1.0 - stated).collect();
        let all = in_the_large(&sample(&turned, &[true; 40]), 0.95).expect("forecasts");
        assert!((all.upper.expect("an end") + large.lower.expect("an end")).abs() < 1e-9, "{all:?}");
        assert!((all.p.expect("a p-value") / p - 1.0).abs() < 1e-6);
    }

    #[test]
    fn with_five_of_each_the_spread_decides() {
        let by = |came: usize| {
            let happened: Vec<bool> = (0..30).map(|at| at < came).collect();
            in_the_large(&sample(&[0.3; 30], &happened), 0.95).and_then(|large| large.by)
        };
        assert_eq!((by(4), by(26)), (Some(BiasBy::FewOutcomes), Some(BiasBy::FewOutcomes)));
        assert!(by(5) != Some(BiasBy::FewOutcomes) && by(25) != Some(BiasBy::FewOutcomes));
        let one = Sample::of_pairs(&[0.3; 4], &[false; 4], &[0; 4]).expect("well formed");
        assert_eq!(in_the_large(&one, 0.95).expect("forecasts").lower, None);
    }

    #[test]
    fn intervals_of_a_bias_hold_it_as_often_as_they_say() {
        // 2,000 histories each; a coverage of 95 % shows less than 95 % - 4.75 · 0.49 % once in a million. By the spread alone it falls to 76 %.
        let floor = 0.95 - 4.75 * (0.95_f64 * 0.05 / 2000.0).sqrt();
        let (wide, low): (&[f64], &[f64]) = (&[0.02, 0.05, 0.1, 0.2, 0.3], &[0.01, 0.02, 0.05, 0.1]);
        for (questions, members, said, scale) in
            [(40, 1, wide, 0.4), (100, 1, low, 0.3), (40, 1, wide, 1.0), (60, 3, wide, 0.4), (200, 1, low, 0.5)]
        {
            let mut covered = 0;
            for replication in 0..2000 {
                let mut stream = SplitMix::of_replicate(51, replication);
                let clusters: Vec<usize> = (0..questions).map(|at| at / members).collect();
                let (mut stated, mut happened) = (Vec::with_capacity(questions), Vec::with_capacity(questions));
                let (mut chance, mut lot) = (0.0, 0.0);
                for at in 0..questions {
                    if at % members == 0 {
                        (chance, lot) = (said[stream.below(said.len())], stream.unit());
                    }
                    stated.push(chance);
                    happened.push(lot < scale * chance);
                }
                let sample = Sample::of_pairs(&stated, &happened, &clusters).expect("well formed");
                let mean = clustered_mean(&sample.misses(), &clusters).expect("forecasts");
                let of = stated.iter().sum::<f64>() / questions as f64;
                let ends = FewOutcomes::of(&sample, of).map(|few| few.ends(0.025));
                let spread = || by_spread(&mean, sample.points(), 0.95).map(|(lower, upper, ..)| (lower, upper));
                let (lower, upper) = ends.or_else(spread).expect("many clusters");
                let truth = of * (1.0 - scale);
                covered += u32::from(lower <= truth && truth <= upper);
            }
            let covered = f64::from(covered) / 2000.0;
            println!("{questions} questions in clusters of {members}, chances {scale} of what was said: {covered}");
            assert!(covered >= floor, "{questions} {members} {scale}: {covered}");
        }
    }
}
