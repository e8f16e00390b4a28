//! The differences between two forecasters, question by question.

use super::question_evidence::question_evidence;
use crate::score::{Common, ScoringRule, Standing, TimeMean, Unfit, common_levels};
use indexmap::IndexMap;
use serde::Serialize;

/// Forecasts that the floor of the log score helped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Floored {
    /// Whose tiny probability was raised to the floor.
    pub raised: usize,
    /// That called impossible what happened: their log score is infinite and enters at the floor.
    pub infinite: usize,
}

impl Floored {
    /// Whether there are none.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.raised == 0 && self.infinite == 0
    }

    /// All of several questions.
    pub(super) fn total(of: impl Iterator<Item = Self>) -> Self {
        of.fold(Self::default(), |sum, of| Self {
            raised: sum.raised + of.raised,
            infinite: sum.infinite + of.infinite,
        })
    }
}

impl From<TimeMean> for Floored {
    fn from(of: TimeMean) -> Self {
        Self { raised: of.raised, infinite: of.infinite }
    }
}

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
    /// The variance of the difference were both as good: minus the product of the difference and of what it would have been had the question ended the other way, 0 where
    /// one of them is better either way. `None` unless it is a yes/no question.
    pub even_variance: Option<f64>,
    /// The difference had the question ended the other way. `None` unless it is a yes/no question.
    pub otherwise: Option<f64>,
    /// Forecasts of the first that stood in the common time.
    pub forecasts_a: usize,
    /// Forecasts of the second.
    pub forecasts_b: usize,
    /// How many levels both state, by which alone they are compared where they state different ones; `None` where they do not.
    pub common_levels: Option<usize>,
    /// By what the question weighs where questions weigh by time: the share of its time from opening to scheduled close for which both stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Evidence that the first was better on this question (an e-value); `None` unless it is a yes/no question.
    pub evidence_a: Option<f64>,
    /// Evidence that the second was better.
    pub evidence_b: Option<f64>,
    /// Forecasts of the first that the floor of the log score helped.
    #[serde(default, skip_serializing_if = "Floored::is_none")]
    pub floored_a: Floored,
    /// Forecasts of the second.
    #[serde(default, skip_serializing_if = "Floored::is_none")]
    pub floored_b: Floored,
}

/// The differences on the questions that both forecasters can be scored on, in the order of the questions' ids: in whatever order forecasts were read,
/// what is made of them is the same.
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
        match pair(first, second, rule) {
            Ok(both) => paired.push(both),
            Err(reason) => unfit.push((first.question.clone(), reason)),
        }
    }
    paired.sort_by(|one, other| one.question.cmp(&other.question));
    (paired, unfit)
}

/// Two standings on one question, over the time for which both stood.
pub(super) fn pair(first: &Standing, second: &Standing, rule: &dyn ScoringRule) -> Result<Paired, Unfit> {
    let figures = PairedFigures::new(first, second, rule)?;
    Ok(Paired {
        question: first.question.clone(),
        cluster: first.cluster.clone(),
        score_a: figures.score_a,
        score_b: figures.score_b,
        difference: figures.difference,
        days: figures.days,
        ended: figures.ended,
        even_variance: figures.even_variance(),
        otherwise: figures.otherwise,
        forecasts_a: figures.forecasts.0,
        forecasts_b: figures.forecasts.1,
        common_levels: figures.common_levels,
        weight: None,
        evidence_a: figures.evidence.map(|evidence| evidence.0),
        evidence_b: figures.evidence.map(|evidence| evidence.1),
        floored_a: figures.floored.0,
        floored_b: figures.floored.1,
    })
}

/// The figures of a [`Paired`], without the names.
#[derive(Debug, Clone, Copy)]
pub(super) struct PairedFigures {
    pub(super) score_a: f64,
    pub(super) score_b: f64,
    pub(super) difference: f64,
    pub(super) days: f64,
    pub(super) ended: f64,
    /// The difference had the question ended the other way; `None` unless it is a yes/no question.
    pub(super) otherwise: Option<f64>,
    /// How many forecasts of each stood in the common time.
    pub(super) forecasts: (usize, usize),
    pub(super) common_levels: Option<usize>,
    pub(super) evidence: Option<(f64, f64)>,
    pub(super) floored: (Floored, Floored),
}

impl PairedFigures {
    pub(super) fn new(first: &Standing, second: &Standing, rule: &dyn ScoringRule) -> Result<Self, Unfit> {
        let both = first.while_both(second);
        let (first, second) = both.as_ref().map_or((first, second), |(first, second)| (first, second));
        if first.segments.is_empty() {
            return Err(Unfit::NoCommonTime);
        }
        // Where nothing was withdrawn both stand until the question's life ends, so the later start is where the common time begins.
        let from = first.from().max(second.from());
        let common = if rule.is_of_draws() { Common::AsTheyAre } else { common_levels(first, second, from) };
        let (first, second, levels) = match &common {
            Common::AsTheyAre => (first, second, None),
            Common::Levels(both, levels) => (&both.0, &both.1, Some(*levels)),
            Common::Nothing => {
                let scored = first.score_from(rule, from).and(second.score_from(rule, from));
                return Err(scored.err().unwrap_or(Unfit::NoCommonLevels));
            }
        };
        let (of_a, of_b) = (first.score_from(rule, from)?, second.score_from(rule, from)?);
        let difference = of_a.score - of_b.score;
        let stood = |of: &Standing| of.segments.iter().filter(|segment| segment.to > from).count();
        let otherwise = first.score_otherwise(rule, from).zip(second.score_otherwise(rule, from));
        Ok(Self {
            score_a: of_a.score,
            score_b: of_b.score,
            difference,
            forecasts: (stood(first), stood(second)),
            common_levels: levels,
            otherwise: otherwise.map(|(a, b)| a - b),
            days: of_a.days,
            ended: first.ended,
            evidence: question_evidence(first, second, rule),
            floored: (of_a.into(), of_b.into()),
        })
    }

    /// The variance of the difference were both as good: with r the chance at which they are, r d_1 + (1 - r) d_0 = 0, it is r (1 - r) (d_1 - d_0)², which is
    /// -d_0 d_1.
    pub(super) fn even_variance(&self) -> Option<f64> {
        self.otherwise.map(|otherwise| (-self.difference * otherwise).max(0.0))
    }
}

impl From<&Paired> for PairedFigures {
    fn from(of: &Paired) -> Self {
        Self {
            score_a: of.score_a,
            score_b: of.score_b,
            difference: of.difference,
            days: of.days,
            ended: of.ended,
            otherwise: of.otherwise,
            forecasts: (of.forecasts_a, of.forecasts_b),
            common_levels: of.common_levels,
            evidence: of.evidence_a.zip(of.evidence_b),
            floored: (of.floored_a, of.floored_b),
        }
    }
}
