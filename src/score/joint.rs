//! Scores of joint forecasts: what several questions came to together, held against the probabilities of all patterns.
//!
//! A forecast of each question by itself cannot say that two stand or fall together. The scores of the whole pattern can tell, and beside each
//! stands what the same forecaster would have got with the same chances, had the questions nothing to do with each other: lower with dependence
//! means that what was said of it was worth saying.

use super::clusters::clustered_mean;
use super::evaluate::{Excluded, Reason};
use super::joint_life::stood;
use super::life::Life;
use super::logarithmic::{LOG_FLOOR, log_score_floored};
use super::rule::Floor;
use super::summary::label;
use crate::forecast::{JointForecast, Moment, QuestionKind, Records, Resolution};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the JSON form of [`JointReport`].
pub const JOINT_SCHEMA: &str = "foretell.joint/1";

/// A mean score of patterns or of joint draws. Lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct JointScore {
    /// The mean over sets of questions.
    pub mean: f64,
    /// Its standard error over clusters; `None` with fewer than two.
    pub standard_error: Option<f64>,
    /// What the same chances, or draws, of each question would have got, had the questions been independent.
    pub if_independent: f64,
}

/// One forecaster.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct JointRow {
    /// Who.
    pub forecaster: String,
    /// Sets of questions scored; each counts 1.
    pub sets: usize,
    /// Questions in them.
    pub questions: usize,
    /// Clusters of sets that share their fate.
    pub clusters: usize,
    /// Forecasts scored.
    pub forecasts: usize,
    /// `-ln` of the probability of the pattern that came, raised to 10⁻⁶, in nats.
    pub log: JointScore,
    /// The energy score of the indicators: one of each yes/no question, one of each option.
    pub energy: JointScore,
    /// The variogram score of the indicators.
    pub variogram: JointScore,
    /// Forecasts whose tiny probability was raised to the floor of the log score.
    pub raised: usize,
    /// Forecasts that called the pattern impossible that came.
    pub infinite: usize,
}

/// Joint scores, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct JointReport {
    /// [`JOINT_SCHEMA`].
    pub schema: &'static str,
    /// From the best to the worst mean log score.
    pub rows: Vec<JointRow>,
    /// Joint forecasts left out, with the number of sets of questions.
    pub excluded: Vec<Excluded>,
}

/// A distribution over patterns, as indicators.
#[derive(Debug, Clone, PartialEq)]
struct Patterns {
    /// Indicators of each pattern, with its probability.
    points: Vec<(Vec<bool>, f64)>,
    /// How many indicators each question has: one if it is a yes/no question, else one for each option.
    widths: Vec<usize>,
    /// What came.
    outcome: Vec<bool>,
}

/// The three scores of a distribution, and of the product of its margins.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Three {
    log: f64,
    energy: f64,
    variogram: f64,
}

impl Three {
    fn add(&mut self, other: Self, weight: f64) {
        self.log += weight * other.log;
        self.energy += weight * other.energy;
        self.variogram += weight * other.variogram;
    }
}

/// How many indicators differ.
fn differing(a: &[bool], b: &[bool]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count()
}

impl Patterns {
    /// `None` unless the forecast is of the kinds of questions that have patterns.
    fn new(forecast: &JointForecast, records: &Records, came: &[Resolution]) -> Option<Self> {
        let options: Vec<&[String]> = forecast
            .questions
            .iter()
            .map(|id| records.questions.get(id).map(|question| question.options.as_slice()))
            .collect::<Option<_>>()?;
        let indicators = |answers: &[Resolution]| -> Option<Vec<bool>> {
            let mut all = Vec::new();
            for (answer, options) in answers.iter().zip(&options) {
                match answer {
                    Resolution::Yes => all.push(true),
                    Resolution::No => all.push(false),
                    Resolution::Option(chosen) => all.extend(options.iter().map(|option| option == chosen)),
                    _ => return None,
                }
            }
            Some(all)
        };
        let points = forecast
            .patterns
            .iter()
            .map(|(answers, probability)| Some((indicators(answers)?, *probability)))
            .collect::<Option<_>>()?;
        let widths = options.iter().map(|options| options.len().max(1)).collect();
        Some(Self { points, widths, outcome: indicators(came)? })
    }

    /// The chance of each indicator.
    fn margins(&self) -> Vec<f64> {
        (0..self.outcome.len())
            .map(|at| self.points.iter().filter(|(point, _)| point[at]).map(|(_, p)| p).sum())
            .collect()
    }

    /// ```text
    /// energy = E|X - y| - ½ E|X - X'|        variogram = Σ_ij (1{y_i ≠ y_j} - P(X_i ≠ X_j))²
    /// ```
    fn scores(&self) -> (Three, Floor) {
        let of_outcome = self.points.iter().filter(|(point, _)| *point == self.outcome).map(|(_, p)| p).sum();
        let (log, floor) = log_score_floored(of_outcome, LOG_FLOOR);
        let distance = |a: &[bool], b: &[bool]| (differing(a, b) as f64).sqrt();
        let near: f64 = self.points.iter().map(|(point, p)| p * distance(point, &self.outcome)).sum();
        let mut between = 0.0;
        for (at, (a, p)) in self.points.iter().enumerate() {
            between += self.points[..at].iter().map(|(b, q)| p * q * distance(a, b)).sum::<f64>();
        }
        let apart = |i: usize, j: usize| -> f64 {
            self.points.iter().filter(|(point, _)| point[i] != point[j]).map(|(_, p)| p).sum()
        };
        (Three { log, energy: near - between, variogram: self.variogram(apart) }, floor)
    }

    fn variogram(&self, apart: impl Fn(usize, usize) -> f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.outcome.len() {
            for j in 0..i {
                let seen = f64::from(u8::from(self.outcome[i] != self.outcome[j]));
                let miss = seen - apart(i, j);
                // Each pair counts twice, as in the variogram score of draws.
                sum += 2.0 * miss * miss;
            }
        }
        sum
    }

    /// The scores of the product of the margins. Questions are independent; the options of one still exclude each other.
    fn scores_if_independent(&self) -> Three {
        let margins = self.margins();
        let (mut of_outcome, mut owner) = (1.0, Vec::with_capacity(margins.len()));
        // How the squared distance to what came, and between two draws, is distributed: each question adds 0, or 1 if it is yes/no, or 2.
        let (mut to_outcome, mut between) = (vec![1.0], vec![1.0]);
        let mut first = 0;
        for (question, width) in self.widths.iter().enumerate() {
            let own = first..first + width;
            owner.extend(std::iter::repeat_n(question, *width));
            let (right, same, step) = if *width == 1 {
                let p = margins[first];
                (if self.outcome[first] { p } else { 1.0 - p }, p * p + (1.0 - p) * (1.0 - p), 1)
            } else {
                let right = own.clone().filter(|at| self.outcome[*at]).map(|at| margins[at]).sum();
                (right, own.map(|at| margins[at] * margins[at]).sum(), 2)
            };
            of_outcome *= right;
            to_outcome = with_step(&to_outcome, right, step);
            between = with_step(&between, same, step);
            first += width;
        }
        let mean = |distances: &[f64]| distances.iter().enumerate().map(|(at, p)| p * (at as f64).sqrt()).sum::<f64>();
        let apart = |i: usize, j: usize| {
            let (p, q) = (margins[i], margins[j]);
            if owner[i] == owner[j] { p + q } else { p + q - 2.0 * p * q }
        };
        Three {
            log: log_score_floored(of_outcome, LOG_FLOOR).0,
            energy: mean(&to_outcome) - 0.5 * mean(&between),
            variogram: self.variogram(apart),
        }
    }
}

/// The distribution of a sum to which something is added: `step` with what is left of the probability that it is 0.
fn with_step(distribution: &[f64], none: f64, step: usize) -> Vec<f64> {
    let mut next = vec![0.0; distribution.len() + step];
    for (at, p) in distribution.iter().enumerate() {
        next[at] += p * none;
        next[at + step] += p * (1.0 - none).max(0.0);
    }
    next
}

/// What a forecaster said of a set of questions over time.
struct Scored {
    questions: usize,
    cluster: String,
    forecasts: usize,
    joint: Three,
    independent: Three,
    raised: usize,
    infinite: usize,
}

/// Scores joint forecasts by what their questions came to.
///
/// A joint forecast counts if it was made before each of its questions closed or resolved, and stands until the same forecaster's next one on the same
/// questions, or the first of them ends; of several of one moment the one recorded last stands. Each set of questions counts 1, with the mean over the time for which forecasts stood. Forecasts of sets with a
/// question that has not resolved, was annulled or resolved to no answer of its kind are left out and counted.
///
/// Energy and variogram scores: Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, 359–378; Scheuerer and Hamill (2015), Mon. Weather Rev. 143,
/// 1321–1334 (the order is of no matter for indicators).
#[must_use]
pub fn joint_report(records: &Records, forecasts: &[JointForecast]) -> JointReport {
    let mut sets: IndexMap<(&str, &[String]), Vec<&JointForecast>> = IndexMap::new();
    for forecast in forecasts {
        sets.entry((&forecast.forecaster, &forecast.questions)).or_default().push(forecast);
    }
    let mut left_out: BTreeMap<Reason, (usize, BTreeSet<&[String]>)> = BTreeMap::new();
    let mut people: BTreeMap<&str, Vec<Scored>> = BTreeMap::new();
    for ((forecaster, questions), made) in sets {
        let mut leave_out = |reason: Reason, count: usize| {
            if count > 0 {
                let entry = left_out.entry(reason).or_default();
                entry.0 += count;
                entry.1.insert(questions);
            }
        };
        match fates(records, questions) {
            Err(reason) => leave_out(reason, made.len()),
            Ok((lives, came)) => match scored(records, &made, &lives, &came, &mut leave_out) {
                Some(scored) => people.entry(forecaster).or_default().push(scored),
                None => leave_out(Reason::NoLife, 0),
            },
        }
    }
    let mut rows: Vec<JointRow> = people.into_iter().filter_map(|(name, scored)| row(name, &scored)).collect();
    rows.sort_by(|a, b| a.log.mean.total_cmp(&b.log.mean).then_with(|| a.forecaster.cmp(&b.forecaster)));
    let excluded = left_out
        .into_iter()
        .map(|(reason, (forecasts, sets))| Excluded { reason, forecasts, questions: sets.len() })
        .collect();
    JointReport { schema: JOINT_SCHEMA, rows, excluded }
}

/// The lives of questions, and what they came to.
fn fates(records: &Records, questions: &[String]) -> Result<(Vec<Life>, Vec<Resolution>), Reason> {
    let (mut lives, mut came) = (Vec::new(), Vec::new());
    for id in questions {
        let question = records.questions.get(id).ok_or(Reason::UnknownQuestion)?;
        let outcome = records.outcomes.get(id).ok_or(Reason::Unresolved)?;
        let fits = match (&question.kind, &outcome.resolution) {
            (_, Resolution::Annulled) => return Err(Reason::Annulled),
            (QuestionKind::Binary, Resolution::Yes | Resolution::No) => true,
            (QuestionKind::Categorical | QuestionKind::Ordinal, Resolution::Option(option)) => {
                question.options.contains(option)
            }
            _ => false,
        };
        if !fits {
            return Err(Reason::OutcomeDoesNotFit);
        }
        lives.push(Life::new(question, outcome));
        came.push(outcome.resolution.clone());
    }
    Ok((lives, came))
}

fn scored(
    records: &Records,
    made: &[&JointForecast],
    lives: &[Life],
    came: &[Resolution],
    leave_out: &mut impl FnMut(Reason, usize),
) -> Option<Scored> {
    let moments: Vec<(Moment, f64)> = made.iter().map(|forecast| (forecast.made_at, f64::INFINITY)).collect();
    let stood = stood(&moments, lives, leave_out)?;
    let questions = &made.first()?.questions;
    let cluster = questions.first().map(|id| {
        records.questions.get(id).and_then(|question| question.cluster.clone()).unwrap_or_else(|| id.clone())
    })?;
    let mut sum = Scored {
        questions: questions.len(),
        cluster,
        forecasts: stood.forecasts,
        joint: Three::default(),
        independent: Three::default(),
        raised: 0,
        infinite: 0,
    };
    for (at, share) in stood.shares {
        let Some(patterns) = Patterns::new(made[at], records, came) else { continue };
        let (joint, floor) = patterns.scores();
        sum.joint.add(joint, share);
        sum.independent.add(patterns.scores_if_independent(), share);
        sum.raised += usize::from(floor == Floor::Raised);
        sum.infinite += usize::from(floor == Floor::Infinite);
    }
    Some(sum)
}

fn row(forecaster: &str, scored: &[Scored]) -> Option<JointRow> {
    let clusters = label(scored.iter().map(|of| of.cluster.as_str()));
    let score = |of: fn(&Three) -> f64| {
        let mean = clustered_mean(&scored.iter().map(|set| of(&set.joint)).collect::<Vec<_>>(), &clusters)?;
        let independent = scored.iter().map(|set| of(&set.independent)).sum::<f64>() / scored.len() as f64;
        Some((
            JointScore { mean: mean.mean, standard_error: mean.standard_error, if_independent: independent },
            mean.clusters,
        ))
    };
    let (log, clusters) = score(|three| three.log)?;
    Some(JointRow {
        forecaster: forecaster.to_owned(),
        sets: scored.len(),
        questions: scored.iter().map(|of| of.questions).sum(),
        clusters,
        forecasts: scored.iter().map(|of| of.forecasts).sum(),
        log,
        energy: score(|three| three.energy)?.0,
        variogram: score(|three| three.variogram)?.0,
        raised: scored.iter().map(|of| of.raised).sum(),
        infinite: scored.iter().map(|of| of.infinite).sum(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{EnsembleEstimator, energy_score, variogram_score};

    /// Two yes/no questions and one of three options.
    fn patterns(weights: &[(&[u8], u32)], outcome: &[u8]) -> Patterns {
        let bits = |pattern: &[u8]| pattern.iter().map(|bit| *bit == 1).collect::<Vec<bool>>();
        let total: u32 = weights.iter().map(|(_, weight)| weight).sum();
        Patterns {
            points: weights.iter().map(|(p, w)| (bits(p), f64::from(*w) / f64::from(total))).collect(),
            widths: vec![1, 1, 3],
            outcome: bits(outcome),
        }
    }

    const SOME: [(&[u8], u32); 5] = [
        (&[1, 1, 1, 0, 0], 4),
        (&[1, 0, 0, 1, 0], 1),
        (&[0, 0, 0, 0, 1], 3),
        (&[0, 1, 0, 0, 1], 1),
        (&[0, 0, 1, 0, 0], 1),
    ];

    /// The scores of an ensemble in which each pattern stands as often as it weighs.
    fn of_ensemble(points: &[(Vec<bool>, f64)], times: f64, outcome: &[bool]) -> (f64, f64) {
        let vector = |bits: &[bool]| bits.iter().map(|bit| f64::from(u8::from(*bit))).collect::<Vec<f64>>();
        let draws: Vec<Vec<f64>> = points
            .iter()
            .flat_map(|(point, p)| std::iter::repeat_n(vector(point), (p * times).round() as usize))
            .collect();
        let outcome = vector(outcome);
        let empirical = EnsembleEstimator::Empirical;
        (
            energy_score(&draws, &outcome, empirical).expect("draws"),
            variogram_score(&draws, &outcome, 0.5, None, empirical).expect("draws"),
        )
    }

    #[test]
    fn the_scores_are_those_of_an_ensemble_with_these_shares() {
        for outcome in [[1, 1, 1, 0, 0], [0, 1, 0, 1, 0]] {
            let patterns = patterns(&SOME, &outcome);
            let (found, _) = patterns.scores();
            let (energy, variogram) = of_ensemble(&patterns.points, 10.0, &patterns.outcome);
            assert!((found.energy - energy).abs() < 1e-12 && (found.variogram - variogram).abs() < 1e-12);
        }
        let (found, floor) = patterns(&SOME, &[1, 1, 1, 0, 0]).scores();
        assert!((found.log - -(0.4_f64.ln())).abs() < 1e-15 && floor == Floor::Unused);
        assert_eq!(patterns(&SOME, &[1, 1, 0, 1, 0]).scores().1, Floor::Infinite);
    }

    #[test]
    fn independence_is_the_product_of_the_margins_enumerated() {
        let of = patterns(&SOME, &[0, 1, 0, 0, 1]);
        let margins = of.margins();
        let mut product: Vec<(Vec<bool>, f64)> = Vec::new();
        for first in [true, false] {
            for second in [true, false] {
                for option in 0..3 {
                    let mut point = vec![first, second, false, false, false];
                    point[2 + option] = true;
                    let p = |at: usize, yes: bool| if yes { margins[at] } else { 1.0 - margins[at] };
                    product.push((point, p(0, first) * p(1, second) * margins[2 + option]));
                }
            }
        }
        // Margins in tenths: products are whole thousandths.
        let (energy, variogram) = of_ensemble(&product, 1000.0, &of.outcome);
        let found = of.scores_if_independent();
        assert!((found.energy - energy).abs() < 1e-12, "{} {energy}", found.energy);
        assert!((found.variogram - variogram).abs() < 1e-12);
        let chance = product.iter().find(|(point, _)| *point == of.outcome).expect("it is possible").1;
        assert!((found.log + chance.ln()).abs() < 1e-12);
        // The product itself has nothing to gain from its dependence.
        let same = Patterns { points: product, ..of };
        let (joint, independent) = (same.scores().0, same.scores_if_independent());
        assert!((joint.energy - independent.energy).abs() < 1e-12 && (joint.log - independent.log).abs() < 1e-12);
    }

    #[test]
    fn the_truth_has_the_best_expected_score() {
        // Each of five patterns is what happens as often as it is said; others say something else.
        let truth = patterns(&SOME, &[1, 1, 1, 0, 0]);
        let expected = |said: &Patterns| {
            let mut sum = Three::default();
            for (outcome, p) in &truth.points {
                sum.add(Patterns { outcome: outcome.clone(), ..said.clone() }.scores().0, *p);
            }
            sum
        };
        let best = expected(&truth);
        for at in 0..SOME.len() {
            for shift in [-0.05, 0.1, 0.4] {
                let mut other = truth.clone();
                let moved = (other.points[at].1 + shift).clamp(0.001, 0.99);
                let left = (1.0 - moved) / (1.0 - other.points[at].1);
                other.points.iter_mut().for_each(|(_, p)| *p *= left);
                other.points[at].1 = moved;
                let found = expected(&other);
                assert!(
                    found.log > best.log && found.energy > best.energy && found.variogram >= best.variogram - 1e-12
                );
            }
        }
    }
}
