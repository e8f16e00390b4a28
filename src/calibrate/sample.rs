//! One forecaster's answers to binary questions, with the questions and clusters that they belong to.

use super::Points;
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
    /// The number of its question.
    pub question: usize,
}

/// A question that the forecaster answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answered {
    /// Whether it was yes.
    pub happened: bool,
    /// The number of its cluster.
    pub cluster: usize,
    /// The probability by which its answer is drawn when the forecasts are taken for calibrated: the last one that counts, which
    /// knows all that the earlier ones knew.
    pub probability: f64,
}

/// Forecasts of binary questions by one forecaster, ready to be judged and drawn anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Rising in probability.
    pub(super) rows: Vec<Row>,
    /// In the order in which their first forecasts were made.
    pub(super) questions: Vec<Answered>,
    clusters: usize,
    /// The forecasts that count.
    points: Points,
    /// One forecast a question, in the order in which the first ones were made.
    alone: Points,
}

impl Sample {
    /// The binary questions among these standings, all of one forecaster. Others are passed over.
    #[must_use]
    pub fn new(standings: &[&Standing], chosen: Chosen) -> Self {
        let binary = |standing: &&&Standing| {
            !standing.segments.is_empty()
                && standing.segments.iter().all(|segment| matches!(segment.case, Case::Binary { .. }))
        };
        let mut kept: Vec<&Standing> = standings.iter().filter(binary).copied().collect();
        // By when they were made: the order of the ends would tell yes from no where yes resolves early.
        kept.sort_by(|a, b| a.from().total_cmp(&b.from()).then_with(|| a.question.cmp(&b.question)));
        let clusters = label(kept.iter().map(|standing| standing.cluster.as_str()));
        let mut sample = Self { clusters: clusters.iter().max().map_or(0, |most| most + 1), ..Self::default() };
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
            sample.rows.extend(counted.iter().map(|(probability, of, _)| Row {
                probability: *probability,
                weight: of / days,
                question,
            }));
            let drawn_by = if chosen == Chosen::First { first.0 } else { last.0 };
            sample.questions.push(Answered { happened: first.2, cluster: clusters[question], probability: drawn_by });
            alone.push(if chosen == Chosen::Last { last.0 } else { first.0 });
            answers.push(first.2);
        }
        sample.rows.sort_by(|a, b| a.probability.total_cmp(&b.probability).then(a.question.cmp(&b.question)));
        sample.alone = Points::new(&alone, &answers).unwrap_or_default();
        sample.points = Points::weighted(
            sample.rows.iter().map(|row| (row.probability, sample.questions[row.question].happened, row.weight)),
            sample.questions.len(),
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
            .map(|at| Answered { happened: happened[at], cluster: clusters[at], probability: probabilities[at] })
            .collect();
        let clusters = clusters.iter().max().map_or(0, |most| most + 1);
        Some(Self { rows, questions, clusters, points: alone.clone(), alone })
    }

    /// The forecasts that count, with their weights.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// One forecast a question (the first, or the last if that is what counts), in the order in which the first ones were made: for
    /// tests that take each point for an independent draw.
    #[must_use]
    pub fn one_a_question(&self) -> &Points {
        &self.alone
    }

    /// How many questions.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.questions.len()
    }

    /// How many clusters of questions that share their fate.
    #[must_use]
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    /// The cluster of each question.
    #[must_use]
    pub fn cluster_labels(&self) -> Vec<usize> {
        self.questions.iter().map(|question| question.cluster).collect()
    }

    /// Stated minus observed of each question, time-weighted.
    #[must_use]
    pub fn misses(&self) -> Vec<f64> {
        let mut misses: Vec<f64> =
            self.questions.iter().map(|question| -f64::from(u8::from(question.happened))).collect();
        for row in &self.rows {
            misses[row.question] += row.weight * row.probability;
        }
        misses
    }
}
