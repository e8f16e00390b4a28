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
//! \[1\] Kull, Perello Nieto, Kängsepp, Silva Filho, Song and Flach (2019), Adv. Neural Inf. Process. Syst. 32 (classwise calibration).
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
        (0..pairs).filter_map(|pair| self.alone(standing, pair)).collect()
    }

    /// A pair of a standing as the standing of a yes/no question; `None` where the forecasts are of another kind, or there are none.
    pub(super) fn alone(self, standing: &Standing, pair: usize) -> Option<Standing> {
        let segment = |segment: &Segment| {
            let case = self.looked_at(&segment.case, pair)?;
            Some(Segment { from: segment.from, to: segment.to, case })
        };
        let segments: Vec<Segment> = standing.segments.iter().map(segment).collect::<Option<_>>()?;
        (!segments.is_empty()).then(|| Standing {
            question: standing.question.clone(),
            forecaster: standing.forecaster.clone(),
            cluster: standing.cluster.clone(),
            tags: Vec::new(),
            segments,
            ended: standing.ended,
            forecasts: standing.forecasts,
            coverage: standing.coverage,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::estimate::estimate;
    use crate::calibrate::in_the_large::in_the_large;
    use crate::calibrate::resample::{observed, redrawn_answers, redrawn_clusters};
    use crate::calibrate::{CorpScore, Points, corp, spiegelhalter};
    use crate::math::SplitMix;
    use crate::score::{ScoringRule, rule};

    fn standing(question: usize, cluster: usize, case: Case) -> Standing {
        Standing {
            question: format!("q{question:04}"),
            forecaster: "ann".to_owned(),
            cluster: format!("c{cluster}"),
            tags: Vec::new(),
            segments: vec![Segment { from: 0.0, to: 1.0, case }],
            ended: 1.0,
            forecasts: 1,
            coverage: None,
        }
    }

    /// Forecasts of three options in sixteenths, and what came.
    fn asked(ordered: bool) -> Vec<Standing> {
        let said = [[8, 5, 3], [2, 10, 4], [1, 1, 14], [6, 6, 4], [12, 3, 1], [4, 4, 8], [0, 9, 7]];
        (0..42)
            .map(|at| {
                let probabilities = said[at % 7].iter().map(|part| f64::from(*part) / 16.0).collect();
                standing(at, at, Case::Classes { probabilities, outcome: (at * at + at / 3) % 3, ordered })
            })
            .collect()
    }

    fn sample(pairs: Pairs, standings: &[Standing]) -> Sample {
        pairs.sample(&standings.iter().collect::<Vec<_>>(), Chosen::Standing)
    }

    fn mean_score(standings: &[Standing], id: &str) -> f64 {
        let rule: &dyn ScoringRule = rule(id).expect("it is in the list");
        let scores = standings.iter().map(|of| of.score(rule).expect("options").score);
        scores.sum::<f64>() / standings.len() as f64
    }

    #[test]
    fn the_parts_are_those_of_a_table_of_pairs_and_the_score_that_of_the_whole_question() {
        for (pairs, of_question) in [(Pairs::Options, 3), (Pairs::Thresholds, 2)] {
            let standings = asked(pairs == Pairs::Thresholds);
            // The table by hand.
            let (mut stated, mut happened) = (Vec::new(), Vec::new());
            for of in &standings {
                let Case::Classes { probabilities: p, outcome, .. } = &of.segments[0].case else { panic!("options") };
                let by_hand = match pairs {
                    Pairs::Options => vec![(p[0], *outcome == 0), (p[1], *outcome == 1), (p[2], *outcome == 2)],
                    Pairs::Thresholds => vec![(p[1] + p[2], *outcome > 0), (p[2], *outcome > 1)],
                };
                stated.extend(by_hand.iter().map(|pair| pair.0));
                happened.extend(by_hand.iter().map(|pair| pair.1));
            }
            let points = Points::new(&stated, &happened).expect("probabilities");
            let sample = sample(pairs, &standings);
            assert_eq!((sample.questions(), sample.clusters(), sample.points().len()), (42, 42, 42 * of_question));
            let drawn = observed(&sample, 10).expect("forecasts");
            for (found, score) in [(drawn.brier, CorpScore::Brier), (drawn.log, CorpScore::Log)] {
                let parts = corp(&points, score).expect("points");
                let expected = [parts.score, parts.miscalibration, parts.discrimination, parts.uncertainty];
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-12, "{pairs}: {found} {expected}");
                }
            }
            let whole = match pairs {
                Pairs::Options => mean_score(&standings, "brier_all") / 3.0,
                Pairs::Thresholds => mean_score(&standings, "rps"),
            };
            assert!((drawn.brier[0] - whole).abs() < 1e-12, "{pairs}: {} {whole}", drawn.brier[0]);
            let large = in_the_large(&sample, 0.95).expect("forecasts");
            assert_eq!(large.lower.is_none(), pairs == Pairs::Options, "{large:?}");
        }
        assert_eq!(sample(Pairs::Options, &asked(true)).questions(), 0);
        assert_eq!(sample(Pairs::Thresholds, &asked(false)).questions(), 0);
    }

    #[test]
    fn questions_count_alike_however_many_options_they_have() {
        let of = |at: usize, probabilities: Vec<f64>| {
            standing(at, at, Case::Classes { probabilities, outcome: 0, ordered: false })
        };
        let standings = [of(0, vec![0.6, 0.4]), of(1, vec![0.3, 0.1, 0.2, 0.4])];
        let drawn = observed(&sample(Pairs::Options, &standings), 10).expect("forecasts");
        let expected = 0.5 * (0.32 / 2.0 + (0.49 + 0.01 + 0.04 + 0.16) / 4.0);
        assert!((drawn.brier[0] - expected).abs() < 1e-12, "{}", drawn.brier[0]);
    }

    #[test]
    fn one_threshold_is_a_yes_no_question_and_two_options_are_two_views_of_one() {
        let stated: Vec<f64> = (0..60).map(|at| f64::from((at * 7) % 32) / 32.0).collect();
        let happened: Vec<bool> = (0..60).map(|at| (at * 5) % 7 < 3).collect();
        let of = |ordered: bool| -> Vec<Standing> {
            (0..60)
                .map(|at| {
                    let probabilities = vec![1.0 - stated[at], stated[at]];
                    standing(at, at / 2, Case::Classes { probabilities, outcome: usize::from(happened[at]), ordered })
                })
                .collect()
        };
        let clusters: Vec<usize> = (0..60).map(|at| at / 2).collect();
        let binary = Sample::of_pairs(&stated, &happened, &clusters).expect("probabilities");
        let threshold = sample(Pairs::Thresholds, &of(true));
        // Draws of clusters and of answers are the same to the bit.
        assert_eq!(redrawn_clusters(&threshold, 10, 20, 1), redrawn_clusters(&binary, 10, 20, 1));
        let drawn = |sample: &Sample| redrawn_answers(sample, 10, 20, 1, &[0.25, 0.5], 0.9);
        assert_eq!(drawn(&threshold), drawn(&binary));
        let of_yes_no = spiegelhalter(binary.points()).expect("a spread");
        for sample in [threshold, sample(Pairs::Options, &of(false))] {
            let found = spiegelhalter_of_pairs(&sample).expect("a spread");
            assert!((found.z - of_yes_no.z).abs() < 1e-9, "{found:?} {of_yes_no:?}");
            let score = observed(&sample, 10).expect("forecasts").brier[0];
            assert!((score - observed(&binary, 10).expect("forecasts").brier[0]).abs() < 1e-12);
        }
    }

    #[test]
    fn answers_of_a_question_are_drawn_together_each_with_its_chance() {
        let chances = [0.5, 0.2, 0.05, 0.25];
        let draws = 4000;
        for pairs in Pairs::ALL {
            let said = match pairs {
                Pairs::Options => chances,
                Pairs::Thresholds => [0.9, 0.6, 0.35, 0.1],
            };
            let mut came = [0.0; 4];
            for at in 0..draws {
                let uniform = (f64::from(at) + 0.5) / f64::from(draws);
                let answers: Vec<bool> = pairs.answers(&said, uniform).collect();
                let yes = answers.iter().filter(|yes| **yes).count();
                match pairs {
                    Pairs::Options => assert_eq!(yes, 1, "{uniform}"),
                    Pairs::Thresholds => assert!(answers[..yes].iter().all(|yes| *yes), "{uniform}: {answers:?}"),
                }
                for (came, yes) in came.iter_mut().zip(answers) {
                    *came += f64::from(u8::from(yes)) / f64::from(draws);
                }
            }
            for (came, chance) in came.iter().zip(said) {
                assert!((came - chance).abs() < 1e-3, "{pairs}: {came} {chance}");
            }
        }
        // Chances that sum to 1.5, as those of a curve may: one or two come.
        let curve = [0.75, 0.5, 0.25];
        let yes = |uniform: f64| Pairs::Options.answers(&curve, uniform).filter(|yes| *yes).count();
        assert_eq!((yes(0.1), yes(0.4), yes(0.6), yes(0.9)), (2, 2, 1, 1));
    }

    #[test]
    fn spiegelhalter_of_three_options_is_that_of_their_squares() {
        // S = Σ p² - 2 p_o + 1, of mean 1 - Σ p² and variance 4 (Σ p³ - (Σ p²)²).
        let standings = asked(false);
        let (mut excess, mut variance) = (0.0, 0.0);
        for of in &standings {
            let Case::Classes { probabilities: p, outcome, .. } = &of.segments[0].case else { panic!("options") };
            let (squares, cubes): (f64, f64) = (p.iter().map(|p| p * p).sum(), p.iter().map(|p| p * p * p).sum());
            excess += 2.0 * (squares - p[*outcome]);
            variance += 4.0 * (cubes - squares * squares);
        }
        let found = spiegelhalter_of_pairs(&sample(Pairs::Options, &standings)).expect("a spread");
        assert!((found.z - excess / sqrt(variance)).abs() < 1e-9, "{found:?}");
        // With equal chances every end scores alike.
        let even = |at: usize| {
            standing(at, at, Case::Classes { probabilities: vec![1.0 / 3.0; 3], outcome: at % 3, ordered: false })
        };
        assert_eq!(spiegelhalter_of_pairs(&sample(Pairs::Options, &(0..9).map(even).collect::<Vec<_>>())), None);
    }

    /// How often intervals of MCB and DSC hold the truth when overconfident forecasts of three options come in clusters of so many questions that one
    /// number decides; and how often if each pair were taken for a cluster of its own.
    fn held(clusters: usize, size: usize) -> ([f64; 2], [f64; 2]) {
        let said = [[0.7, 0.2, 0.1], [0.6, 0.25, 0.15]];
        let chances = [[0.5, 0.3, 0.2], [0.45, 0.32, 0.23]];
        let mean = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
            said.iter().zip(&chances).flat_map(|(p, q)| p.iter().zip(q)).map(|(p, q)| of(*p, *q)).sum::<f64>() / 6.0
        };
        let truths = [mean(&|p, q| (p - q) * (p - q)), mean(&|_, q| (q - 1.0 / 3.0) * (q - 1.0 / 3.0))];
        let holds = |sample: &Sample, seed: u64| {
            let seen = observed(sample, 10).expect("forecasts").brier;
            let calibrated = redrawn_answers(sample, 10, 40, seed, &[], 0.9).figures;
            let optimism = calibrated.iter().map(|drawn| drawn.brier[1]).sum::<f64>() / 40.0;
            let again = redrawn_clusters(sample, 10, 200, seed);
            [0, 1].map(|at| {
                let drawn: Vec<f64> = again.iter().map(|drawn| drawn.brier[at + 1]).collect();
                let interval = estimate(seen[at + 1], &drawn, optimism, (0.0, f64::INFINITY), 0.95);
                let (lower, upper) = (interval.lower.expect("many clusters"), interval.upper.expect("many clusters"));
                f64::from(u8::from(lower <= truths[at] && truths[at] <= upper)) / 200.0
            })
        };
        let (mut together, mut apart) = ([0.0; 2], [0.0; 2]);
        for simulation in 0..200 {
            let mut stream = SplitMix::of_replicate(73, simulation);
            let mut standings = Vec::new();
            for cluster in 0..clusters {
                let decides = stream.unit();
                for _ in 0..size {
                    let which = stream.below(2);
                    let q = chances[which];
                    let outcome = usize::from(decides >= q[0]) + usize::from(decides >= q[0] + q[1]);
                    let case = Case::Classes { probabilities: said[which].to_vec(), outcome, ordered: false };
                    standings.push(standing(standings.len(), cluster, case));
                }
            }
            let whole = sample(Pairs::Options, &standings);
            let points = whole.points();
            let alone: Vec<usize> = (0..points.len()).collect();
            let parted = Sample::of_pairs(points.probabilities(), points.happened(), &alone).expect("probabilities");
            for (held, sample) in [(&mut together, &whole), (&mut apart, &parted)] {
                for (held, holds) in held.iter_mut().zip(holds(sample, simulation)) {
                    *held += holds;
                }
            }
        }
        (together, apart)
    }

    #[test]
    fn intervals_of_pairs_hold_the_truth_about_as_often_as_they_say() {
        let few = held(40, 3).0;
        let (together, apart) = held(300, 2);
        println!(
            "MCB and DSC by 300 clusters of two: {together:?}; each pair alone: {apart:?}; by 40 of three: {few:?}"
        );
        // Of 200 intervals that hold the truth in 90 % no more than 156 do so with a chance below 1e-6.
        assert!(together.iter().all(|share| *share > 0.7825), "{together:?}");
        // Taken for independent they are far too narrow.
        assert!(together.iter().zip(apart).all(|(together, apart)| *together > apart + 0.1), "{together:?} {apart:?}");
    }
}
