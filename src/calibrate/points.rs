//! Probabilities beside what happened.

use crate::score::{Case, Floor, LOG_FLOOR, Standing, log_score_floored};

/// Probabilities of yes, what happened, and what each pair counts. The three columns have one length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    probabilities: Vec<f64>,
    happened: Vec<bool>,
    weights: Vec<f64>,
    questions: usize,
}

impl Points {
    /// One forecast a question, each counting alike. `None` when the lengths differ or a probability is outside of 0..1.
    #[must_use]
    pub fn new(probabilities: &[f64], happened: &[bool]) -> Option<Self> {
        let fits = probabilities.len() == happened.len() && probabilities.iter().all(|p| (0.0..=1.0).contains(p));
        fits.then(|| Self {
            probabilities: probabilities.to_vec(),
            happened: happened.to_vec(),
            weights: vec![1.0; happened.len()],
            questions: happened.len(),
        })
    }

    /// The forecasts of binary questions, each weighted by the share of the scored time for which it stood: every question
    /// counts 1, so that the mean score of the points is the mean of the time-averaged scores. Each standing comes with the
    /// time from which it counts, in days since 1970-01-01.
    #[must_use]
    pub fn from_standings<'a>(standings: impl IntoIterator<Item = (&'a Standing, f64)>) -> Self {
        let mut points = Self::default();
        for (standing, from) in standings {
            let counted = || standing.segments.iter().filter(|segment| segment.to > from);
            let days: f64 = counted().map(|segment| segment.to - segment.from.max(from)).sum();
            let before = points.weights.len();
            for segment in counted() {
                if let Case::Binary { probability, happened } = segment.case {
                    points.probabilities.push(probability);
                    points.happened.push(happened);
                    points.weights.push((segment.to - segment.from.max(from)) / days);
                }
            }
            points.questions += usize::from(points.weights.len() > before);
        }
        points
    }

    /// Probabilities, what happened and what each counts, of this many questions.
    pub(crate) fn weighted(rows: impl IntoIterator<Item = (f64, bool, f64)>, questions: usize) -> Self {
        let mut points = Self { questions, ..Self::default() };
        for (probability, happened, weight) in rows {
            points.probabilities.push(probability);
            points.happened.push(happened);
            points.weights.push(weight);
        }
        points
    }

    /// The points of both, of questions that differ.
    pub(super) fn joined(first: &Self, second: &Self) -> Self {
        let both = first
            .iter()
            .chain(second.iter())
            .map(|(probability, outcome, weight)| (probability, outcome > 0.5, weight));
        Self::weighted(both, first.questions + second.questions)
    }

    /// The probabilities of yes.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// What happened.
    #[must_use]
    pub fn happened(&self) -> &[bool] {
        &self.happened
    }

    /// What each counts.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How many forecasts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// How many questions.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.questions
    }

    /// Each probability, what happened as 0 or 1, and its weight.
    pub(super) fn iter(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        self.probabilities
            .iter()
            .zip(&self.happened)
            .zip(&self.weights)
            .map(|((&probability, &happened), &weight)| (probability, f64::from(u8::from(happened)), weight))
    }

    /// How many gave what happened a probability that the log score raises to its floor, and how many called it impossible.
    pub(super) fn floored(&self) -> (usize, usize) {
        let (mut raised, mut infinite) = (0, 0);
        for (probability, outcome, _) in self.iter() {
            let of_outcome = if outcome > 0.5 { probability } else { 1.0 - probability };
            match log_score_floored(of_outcome, LOG_FLOOR).1 {
                Floor::Unused => {}
                Floor::Raised => raised += 1,
                Floor::Infinite => infinite += 1,
            }
        }
        (raised, infinite)
    }

    /// The weighted mean of a function of probability and outcome; `None` without points.
    pub(super) fn mean(&self, function: impl Fn(f64, f64) -> f64) -> Option<f64> {
        let total: f64 = self.weights.iter().sum();
        let sum: f64 = self.iter().map(|(probability, outcome, weight)| weight * function(probability, outcome)).sum();
        (total > 0.0).then(|| sum / total)
    }
}
