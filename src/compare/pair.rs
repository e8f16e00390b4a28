//! The differences between two forecasters, question by question.

use super::question_evidence::question_evidence;
use crate::score::{ScoringRule, Standing, Unfit};
use indexmap::IndexMap;
use serde::Serialize;

/// Two forecasters on one question, over the time for which both had a standing forecast.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Paired {
    /// The question's id.
    pub question: String,
    /// What the question shares its fate with.
    pub cluster: String,
    /// Mean score of the first over the common time. Lower is better.
    pub score_a: f64,
    /// Mean score of the second over the common time.
    pub score_b: f64,
    /// `score_a - score_b`: below 0 when the first was better.
    pub difference: f64,
    /// How long both stood, in days.
    pub days: f64,
    /// When the question closed or resolved, whichever came first, in days since 1970-01-01.
    pub ended: f64,
    /// Evidence that the first was better on this question (an e-value); `None` unless it is a yes/no question.
    pub evidence_a: Option<f64>,
    /// Evidence that the second was better.
    pub evidence_b: Option<f64>,
}

/// The differences on the questions that both forecasters can be scored on, in the order of the first one's questions.
///
/// A question on which the rule cannot score one of the two is left out; the reasons are given beside.
#[must_use]
pub fn paired_differences(
    standings: &[Standing],
    a: &str,
    b: &str,
    rule: &dyn ScoringRule,
) -> (Vec<Paired>, Vec<(String, Unfit)>) {
    let of_b: IndexMap<&str, &Standing> = standings
        .iter()
        .filter(|standing| standing.forecaster == b)
        .map(|standing| (standing.question.as_str(), standing))
        .collect();
    let mut paired = Vec::new();
    let mut unfit = Vec::new();
    for first in standings.iter().filter(|standing| standing.forecaster == a) {
        let Some(second) = of_b.get(first.question.as_str()) else { continue };
        // Both stand until the question's life ends, so the later start is where the common time begins.
        let from = first.from().max(second.from());
        match (first.score_from(rule, from), second.score_from(rule, from)) {
            (Ok(of_a), Ok(of_b)) => {
                let evidence = question_evidence(first, second, rule);
                paired.push(Paired {
                    question: first.question.clone(),
                    cluster: first.cluster.clone(),
                    score_a: of_a.score,
                    score_b: of_b.score,
                    difference: of_a.score - of_b.score,
                    days: of_a.days,
                    ended: first.segments.last().map_or(from, |segment| segment.to),
                    evidence_a: evidence.map(|evidence| evidence.0),
                    evidence_b: evidence.map(|evidence| evidence.1),
                });
            }
            (Err(reason), _) | (_, Err(reason)) => unfit.push((first.question.clone(), reason)),
        }
    }
    (paired, unfit)
}
