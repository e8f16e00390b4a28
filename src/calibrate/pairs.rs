//! Forecasts of options as yes/no forecasts: each question and option make a pair, which is judged as a question is.
//!
//! Options without an order are judged one by one: that this one comes \[1\]. Ordered ones are judged by thresholds: that what comes lies above an
//! option, for each but the last \[2\]. The pairs of a question weigh as much as one question together, so that the mean Brier score of options is
//! `brier_all` over their number, and that of thresholds `rps`. Forecasts that are calibrated as a whole are calibrated pair by pair; the other way round
//! it need not be so.
//!
//! The pairs of a question hang together. They share its cluster, so that drawing clusters anew keeps them together, and where answers are drawn anew
//! one number decides all of a question: as the forecast has it, one option comes, and what is above a threshold is above those below it. What takes
//! forecasts for independent is left out; Spiegelhalter's test is formed of whole questions ([`spiegelhalter_of_pairs`]).
//!
//! \[1\] Kull, Perello Nieto, Kängsepp, Silva Filho, Song and Flach (2019), NeurIPS 32 (classwise calibration).
//! \[2\] Gneiting and Resin (2023), Electron. J. Stat. 17, 3226–3286 (threshold calibration).

use super::{Chosen, Sample, SpiegelhalterTest};
use crate::math::{erfc, sqrt};
use crate::score::{Case, Segment, Standing, brier};
use serde::Serialize;
use std::f64::consts::FRAC_1_SQRT_2;
use std::fmt;

/// Sums of probabilities are held to so many parts of 1: those that differ in their last bits are one probability.
const PARTS: f64 = 1e12;

/// What the pairs of a row are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pairs {
    /// Questions and their options, which have no order: that this one comes.
    Options,
    /// Questions and their ordered options, the last left out: that what comes lies above this one.
    Thresholds,
}

impl fmt::Display for Pairs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Options => "options",
            Self::Thresholds => "thresholds",
        })
    }
}

impl Pairs {
    /// Both.
    pub(super) const ALL: [Self; 2] = [Self::Options, Self::Thresholds];

    /// How many pairs a forecast makes; none where it is of another kind.
    fn of(self, case: &Case) -> usize {
        match (self, case) {
            (Self::Options, Case::Classes { probabilities, ordered: false, .. }) => probabilities.len(),
            (Self::Thresholds, Case::Classes { probabilities, ordered: true, .. }) => {
                probabilities.len().saturating_sub(1)
            }
            _ => 0,
        }
    }

    /// A forecast of options as the yes/no forecast of a pair.
    fn looked_at(self, case: &Case, pair: usize) -> Option<Case> {
        let Case::Classes { probabilities, outcome, .. } = case else { return None };
        let (probability, happened) = match self {
            Self::Options => (*probabilities.get(pair)?, *outcome == pair),
            Self::Thresholds => {
                let above: f64 = probabilities.get(pair + 1..)?.iter().sum();
                ((above * PARTS).round() / PARTS, *outcome > pair)
            }
        };
        Some(Case::Binary { probability: probability.clamp(0.0, 1.0), happened })
    }

    /// The pairs of a standing, each as the standing of a yes/no question; none where it is of another kind.
    fn each(self, standing: &Standing) -> Vec<Standing> {
        let pairs = standing.segments.first().map_or(0, |first| self.of(&first.case));
        if standing.segments.iter().any(|segment| self.of(&segment.case) != pairs) {
            return Vec::new();
        }
        let alone = |pair: usize| {
            let segment = |segment: &Segment| {
                let case = self.looked_at(&segment.case, pair)?;
                Some(Segment { from: segment.from, to: segment.to, case })
            };
            Some(Standing {
                question: standing.question.clone(),
                forecaster: standing.forecaster.clone(),
                cluster: standing.cluster.clone(),
                tags: Vec::new(),
                segments: standing.segments.iter().map(segment).collect::<Option<_>>()?,
                ended: standing.ended,
                forecasts: standing.forecasts,
                coverage: standing.coverage,
            })
        };
        (0..pairs).filter_map(alone).collect()
    }

    /// The pairs among these standings, all of one forecaster. Others are passed over.
    pub(super) fn sample(self, standings: &[&Standing], chosen: Chosen) -> Sample {
        let pairs: Vec<Standing> = standings.iter().flat_map(|standing| self.each(standing)).collect();
        Sample::judged(&pairs.iter().collect::<Vec<_>>(), chosen, Some(self))
    }

    /// Which of the pairs of a question come by this uniform number, if these are their chances.
    ///
    /// Options lie beside each other, each as wide as its chance, and those come in which the number lies, or the number and a whole one: each has its
    /// chance, and one comes where chances sum to 1 (systematic sampling, Madow 1949). Thresholds lie on each other, each from 0 to its chance.
    pub(super) fn answers(self, chances: &[f64], uniform: f64) -> impl Iterator<Item = bool> {
        let mut below = 0.0_f64;
        chances.iter().map(move |chance| match self {
            Self::Thresholds => uniform < *chance,
            Self::Options => {
                let from = below;
                below += chance;
                (below - uniform).ceil() > (from - uniform).ceil()
            }
        })
    }

    /// Of a question with these probabilities of its pairs, the chance of each way in which it can end, and the summed Brier score there.
    fn endings(self, stated: &[f64]) -> Vec<(f64, f64)> {
        let score = |came: &dyn Fn(usize) -> bool| -> f64 {
            stated.iter().enumerate().map(|(pair, probability)| brier(*probability, came(pair))).sum()
        };
        match self {
            Self::Options => stated.iter().enumerate().map(|(at, p)| (*p, score(&|pair| pair == at))).collect(),
            Self::Thresholds => (0..=stated.len())
                .map(|at| {
                    let from = if at == 0 { 1.0 } else { stated[at - 1] };
                    let to = stated.get(at).copied().unwrap_or(0.0);
                    (from - to, score(&|pair| pair < at))
                })
                .collect(),
        }
    }
}

/// Spiegelhalter's test with whole questions for cases.
///
/// ```text
/// z = sum_q (S_q - E S_q) / sqrt(sum_q Var S_q)        S_q the mean Brier score of the pairs of a question
/// ```
///
/// where expectation and variance are over the ways in which the question can end, with the chances that were stated. With two options, and with
/// one threshold, it is the test of yes/no forecasts. Questions are taken for independent. `None` of yes/no questions, and where no score has a spread.
pub(super) fn spiegelhalter_of_pairs(sample: &Sample) -> Option<SpiegelhalterTest> {
    let pairs = sample.pairs()?;
    let stated = sample.one_a_question();
    let (mut excess, mut variance) = (0.0, 0.0);
    let mut start = 0;
    for question in sample.questions.chunk_by(|a, b| a.asked == b.asked) {
        let end = start + question.len();
        let of = &stated.probabilities()[start..end];
        let happened = &stated.happened()[start..end];
        start = end;
        let weight = question[0].weight;
        let endings = pairs.endings(of);
        let mean: f64 = endings.iter().map(|(chance, score)| chance * score).sum();
        let spread: f64 = endings.iter().map(|(chance, score)| chance * (score - mean) * (score - mean)).sum();
        let seen: f64 = of.iter().zip(happened).map(|(probability, came)| brier(*probability, *came)).sum();
        excess += weight * (seen - mean);
        // Scores that differ by rounding alone have no spread.
        variance += weight * weight * if spread > 1e-24 { spread } else { 0.0 };
    }
    (variance > 0.0).then(|| {
        let z = excess / sqrt(variance);
        SpiegelhalterTest { z, p_two_sided: erfc(z.abs() * FRAC_1_SQRT_2) }
    })
}
