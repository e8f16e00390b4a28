//! One forecaster's answers to binary questions, or to pairs of questions and options, with the questions and clusters that they belong to.

use super::{Pairs, Points};
use crate::math::SplitMix;
use crate::score::{Case, Standing, label};
use serde::Serialize;

/// Which of a forecaster's forecasts on a question count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// All, each weighted by how long it stood; every question counts 1
    #[default]
    Standing,
    /// The first one on each question
    First,
    /// The last one on each question before it closed or resolved
    Last,
}

/// A forecast among those that count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    /// The stated probability.
    pub probability: f64,
    /// Its share of what its question counts.
    pub weight: f64,
    /// The number of its question, or pair.
    pub question: usize,
}

/// A question, or a pair of a question and an option, that the forecaster answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answered {
    /// Whether it was yes.
    pub happened: bool,
    /// The number of its cluster.
    pub cluster: usize,
    /// The number of the question that was asked, of which there are several pairs.
    pub asked: usize,
    /// What it counts: 1, or the share of a pair in its question.
    pub weight: f64,
    /// The probability by which its answer is drawn when the forecasts are taken for calibrated: the last one that counts, which
    /// knows all that the earlier ones knew.
    pub probability: f64,
}

/// Forecasts of binary questions by one forecaster, ready to be judged and drawn anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Rising in probability.
    pub(super) rows: Vec<Row>,
    /// In the order in which their first forecasts were made; the pairs of one question stand together.
    pub(super) questions: Vec<Answered>,
    /// Questions that were asked.
    asked: usize,
    clusters: usize,
    /// The forecasts that count.
    points: Points,
    /// One forecast a question or pair, in the order in which the first ones were made.
    alone: Points,
    /// What the pairs are, if they are pairs.
    pairs: Option<Pairs>,
}

impl Sample {
    /// The binary questions among these standings, all of one forecaster. Others are passed over.
    #[must_use]
    pub fn new(standings: &[&Standing], chosen: Chosen) -> Self {
        Self::judged(standings, chosen, None)
    }

    /// The same of pairs, those of one question under its id.
    pub(super) fn judged(standings: &[&Standing], chosen: Chosen, pairs: Option<Pairs>) -> Self {
        let binary = |standing: &&&Standing| {
            !standing.segments.is_empty()
                && standing.segments.iter().all(|segment| matches!(segment.case, Case::Binary { .. }))
        };
        let mut kept: Vec<&Standing> = standings.iter().filter(binary).copied().collect();
        // By when they were made: the order of the ends would tell yes from no where yes resolves early.
        kept.sort_by(|a, b| a.from().total_cmp(&b.from()).then_with(|| a.question.cmp(&b.question)));
        let clusters = label(kept.iter().map(|standing| standing.cluster.as_str()));
        let asked: Vec<usize> = if pairs.is_some() {
            label(kept.iter().map(|standing| standing.question.as_str()))
        } else {
            (0..kept.len()).collect()
        };
        let count = |labels: &[usize]| labels.iter().max().map_or(0, |most| most + 1);
        let mut pairs_of = vec![0.0; count(&asked)];
        for question in &asked {
            pairs_of[*question] += 1.0;
        }
        let mut sample = Self { pairs, asked: count(&asked), clusters: count(&clusters), ..Self::default() };
        let (mut alone, mut answers) = (Vec::new(), Vec::new());
        for (question, standing) in kept.iter().enumerate() {
            let said: Vec<(f64, f64, bool)> = standing
                .segments
                .iter()
                .filter_map(|segment| match segment.case {
                    Case::Binary { probability, happened } => Some((probability, segment.days(), happened)),
                    _ => None,
                })
                .collect();
            let (Some(first), Some(last)) = (said.first(), said.last()) else { continue };
            let counted: &[(f64, f64, bool)] = match chosen {
                Chosen::Standing => &said,
                Chosen::First => std::slice::from_ref(first),
                Chosen::Last => std::slice::from_ref(last),
            };
            let days: f64 = counted.iter().map(|(_, days, _)| days).sum();
            let weight = 1.0 / pairs_of[asked[question]];
            sample.rows.extend(counted.iter().map(|(probability, of, _)| Row {
                probability: *probability,
                weight: weight * (of / days),
                question,
            }));
            let drawn_by = if chosen == Chosen::First { first.0 } else { last.0 };
            sample.questions.push(Answered {
                happened: first.2,
                cluster: clusters[question],
                asked: asked[question],
                weight,
                probability: drawn_by,
            });
            alone.push(if chosen == Chosen::Last { last.0 } else { first.0 });
            answers.push(first.2);
        }
        sample.rows.sort_by(|a, b| a.probability.total_cmp(&b.probability).then(a.question.cmp(&b.question)));
        sample.alone = Points::new(&alone, &answers).unwrap_or_default();
        sample.points = Points::weighted(
            sample.rows.iter().map(|row| (row.probability, sample.questions[row.question].happened, row.weight)),
            sample.asked,
        );
        sample
    }

    /// One forecast a question, each a cluster of its own and each counting alike. `None` when the lengths differ or a probability
    /// lies outside of 0..=1.
    #[must_use]
    pub fn of_pairs(probabilities: &[f64], happened: &[bool], clusters: &[usize]) -> Option<Self> {
        let alone = Points::new(probabilities, happened)?;
        if clusters.len() != happened.len() {
            return None;
        }
        let mut rows: Vec<Row> = probabilities
            .iter()
            .enumerate()
            .map(|(question, probability)| Row { probability: *probability, weight: 1.0, question })
            .collect();
        rows.sort_by(|a, b| a.probability.total_cmp(&b.probability).then(a.question.cmp(&b.question)));
        let questions: Vec<Answered> = (0..happened.len())
            .map(|at| Answered {
                happened: happened[at],
                cluster: clusters[at],
                asked: at,
                weight: 1.0,
                probability: probabilities[at],
            })
            .collect();
        let clusters = clusters.iter().max().map_or(0, |most| most + 1);
        let asked = questions.len();
        Some(Self { rows, questions, asked, clusters, points: alone.clone(), alone, pairs: None })
    }

    /// The forecasts that count, with their weights.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// One forecast a question, or pair (the first, or the last if that is what counts), in the order in which the first ones were made: for
    /// tests that take each point of a question for an independent draw.
    #[must_use]
    pub fn one_a_question(&self) -> &Points {
        &self.alone
    }

    /// How many questions; the pairs of one count once.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.asked
    }

    /// What the pairs are, where options are judged; absent for yes/no questions.
    #[must_use]
    pub fn pairs(&self) -> Option<Pairs> {
        self.pairs
    }

    /// Answers of the questions or pairs, drawn anew by these chances: one uniform number a question.
    pub(super) fn answers(&self, chances: &[f64], stream: &mut SplitMix) -> Vec<bool> {
        let Some(pairs) = self.pairs else {
            return chances.iter().map(|chance| stream.unit() < *chance).collect();
        };
        let mut answers = Vec::with_capacity(chances.len());
        for question in self.questions.chunk_by(|a, b| a.asked == b.asked) {
            let from = answers.len();
            answers.extend(pairs.answers(&chances[from..from + question.len()], stream.unit()));
        }
        answers
    }

    /// How many clusters of questions that share their fate.
    #[must_use]
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    /// The cluster of each question.
    #[must_use]
    pub fn cluster_labels(&self) -> Vec<usize> {
        let mut labels = vec![0; self.asked];
        for question in &self.questions {
            labels[question.asked] = question.cluster;
        }
        labels
    }

    /// Stated minus observed of each question, time-weighted; in the mean over its pairs, where there are some.
    #[must_use]
    pub fn misses(&self) -> Vec<f64> {
        let mut misses = vec![0.0; self.asked];
        for question in &self.questions {
            misses[question.asked] -= question.weight * f64::from(u8::from(question.happened));
        }
        for row in &self.rows {
            misses[self.questions[row.question].asked] += row.weight * row.probability;
        }
        misses
    }
}
