//! Tallies and answers made of exact figures, and what exact inference shares with the simulation: how beliefs are fitted and which
//! findings are at fault.
//!
//! `exact` computes; a tally holds its figures like any others, without a standard error.

use super::answer::{Answer, DateAnswer, NumberAnswer, Occurrence, QUANTILE_LEVELS};
use super::finish::evidence_of;
use super::tally::{DateCounts, Histogram};
use super::{Impossible, MOST_BELIEFS, Tally, believe, diagnose};
use crate::forecast::Estimate;
use crate::plan::Plan;
use ndarray::Array2;

pub(crate) use super::believe::{Belief, beliefs, fit, fit_in_order};

/// As many worlds as make a standard error vanish in every sum.
const WORLDS_WITHOUT_ERROR: f64 = 1e300;

/// Whether there are too many beliefs.
pub(crate) fn check_beliefs(beliefs: &[believe::Belief]) -> Result<(), Impossible> {
    if beliefs.len() > MOST_BELIEFS { Err(Impossible::TooManyBeliefs { beliefs: beliefs.len() }) } else { Ok(()) }
}

/// Names the findings that are impossible, alone or together; `leaves_none` says whether those of a plan are.
pub(crate) fn diagnose(plan: &Plan, leaves_none: &dyn Fn(&Plan) -> bool) -> Impossible {
    diagnose::diagnose_by(plan, 0, leaves_none)
}

/// Whether something is known, and all of it has a probability.
pub(crate) fn evidence_has_probability(plan: &Plan) -> bool {
    evidence_of(plan) == Some(true)
}

/// Exact figures; `None` where there is none.
#[derive(Debug, Clone)]
pub(crate) struct ExactFigures<'a> {
    /// For each ask.
    pub(crate) answers: &'a [Result<Answer, String>],
    /// For each pair of joints.
    pub(crate) joints: &'a Array2<Option<Estimate>>,
    /// For each rule.
    pub(crate) rules: &'a [Option<Occurrence>],
    /// Of the evidence.
    pub(crate) evidence: Option<Estimate>,
}

impl Tally {
    /// A tally of nothing but exact figures; `None` if one is missing. No worlds were run for it.
    pub(crate) fn exact(figures: &ExactFigures<'_>) -> Option<Self> {
        let missing = Estimate { value: f64::NAN, standard_error: 0.0, prior_interval: None };
        Some(Self {
            answers: figures.answers.iter().map(|answer| answer.clone().ok()).collect::<Option<_>>()?,
            doubt: Vec::new(),
            doubt_errors: Vec::new(),
            doubt_worth: None,
            joints: figures.joints.map(|joint| joint.unwrap_or(missing)),
            rules: figures.rules.iter().copied().collect::<Option<_>>()?,
            divisions: Vec::new(),
            effective_sample_size: 0.0,
            evidence: figures.evidence,
            worlds: 0,
            weighted: false,
            method: None,
            short_of: None,
            may_be_missed: None,
        })
    }

    /// Puts exact figures in the place of simulated ones. The intervals of the doubt about the inputs stay.
    pub(crate) fn replace(&mut self, figures: &ExactFigures<'_>) {
        for (answer, exact) in self.answers.iter_mut().zip(figures.answers) {
            let Ok(exact) = exact else { continue };
            let mut exact = exact.clone();
            for (new, old) in exact.estimates_mut().into_iter().zip(answer.estimates_mut()) {
                new.prior_interval = old.prior_interval;
            }
            *answer = exact;
        }
        for (joint, exact) in self.joints.iter_mut().zip(figures.joints) {
            if let Some(exact) = exact {
                *joint = *exact;
            }
        }
        for (rule, exact) in self.rules.iter_mut().zip(figures.rules) {
            if let Some(exact) = exact {
                *rule = Occurrence { worlds: rule.worlds.max(exact.worlds), share: exact.share };
            }
        }
        if figures.answers.iter().all(Result::is_ok) {
            self.may_be_missed = None;
        }
        if let (Some(exact), Some(drawn), Some(share)) = (figures.evidence, self.evidence, self.may_be_missed) {
            // What the worlds lack of a chance that is known is all that they can have missed.
            let lacking = (exact.value - drawn.value).max(0.0) + 2.0 * drawn.standard_error;
            self.may_be_missed = Some(share.min(lacking / exact.value));
        }
        self.evidence = figures.evidence.or(self.evidence);
    }
}

impl Answer {
    /// The figures that doubt about the inputs moves.
    fn estimates_mut(&mut self) -> Vec<&mut Estimate> {
        match self {
            Self::Binary(estimate) => vec![estimate],
            Self::Categorical(options) => options.iter_mut().collect(),
            Self::Number(number) => vec![&mut number.mean, &mut number.median],
            Self::Date(date) => vec![&mut date.never],
            Self::NoWorlds => Vec::new(),
        }
    }
}

impl DateAnswer {
    /// Of the probability of each day, from day 0 on, and of never.
    pub(crate) fn exact(days: &[f64], never: f64) -> Self {
        let counts = DateCounts::exact(days, never, WORLDS_WITHOUT_ERROR);
        let total: f64 = days.iter().sum::<f64>() + never;
        Self {
            never: Estimate { value: (never / total).clamp(0.0, 1.0), standard_error: 0.0, prior_interval: None },
            quantiles: QUANTILE_LEVELS.iter().map(|level| counts.quantile(*level, None)).collect(),
            counts,
            under: None,
        }
    }
}

impl NumberAnswer {
    /// Of values and their probabilities, in any order; `None` if none is defined.
    pub(crate) fn exact(values: &[(f64, f64)]) -> Option<Self> {
        let mut sorted: Vec<(f64, f64)> =
            values.iter().copied().filter(|(value, mass)| !value.is_nan() && *mass > 0.0).collect();
        sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
        let (first, last) = (sorted.first()?.0, sorted.last()?.0);
        let total: f64 = sorted.iter().map(|(_, mass)| mass).sum();
        let undefined: f64 = values.iter().filter(|(value, _)| value.is_nan()).map(|(_, mass)| mass).sum();
        let mean = sorted.iter().map(|(value, mass)| value * mass).sum::<f64>() / total;
        let variance = sorted.iter().map(|(value, mass)| (value - mean) * (value - mean) * mass).sum::<f64>() / total;
        let exactly = |value: f64| Estimate { value, standard_error: 0.0, prior_interval: None };
        let mut answer = Self {
            mean: exactly(mean),
            median: exactly(0.0),
            standard_deviation: if variance.is_nan() { f64::INFINITY } else { variance.sqrt() },
            minimum: first,
            maximum: last,
            quantiles: Vec::new(),
            undefined: undefined / (undefined + total),
            histogram: Histogram::exact(&sorted),
            effective_worlds: WORLDS_WITHOUT_ERROR,
            spread: None,
            squares: None,
        };
        answer.median = answer.quantile(0.5);
        answer.quantiles = QUANTILE_LEVELS.iter().map(|level| (*level, answer.quantile(*level))).collect();
        Some(answer)
    }
}
