//! What the outcomes of questions say about events.

use crate::forecast::{Outcome, Resolution};
use crate::model::{Condition, EventId, Formula, Model, Question, QuestionTarget};
use std::collections::BTreeMap;

/// A fact and the outcome it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact<T> {
    pub(super) value: T,
    pub(super) from: String,
}

/// What is known of a date: it came at a day in `(after, by]`, or (with `by` infinite) not up to `after`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DateFact {
    pub(super) after: f64,
    pub(super) by: f64,
    pub(super) from: Vec<String>,
}

/// All that is known.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    model: &'a Model,
    binary: BTreeMap<EventId, Fact<bool>>,
    options: BTreeMap<EventId, Fact<usize>>,
    numbers: BTreeMap<EventId, Fact<f64>>,
    dates: BTreeMap<EventId, DateFact>,
}

/// How an outcome is remembered in `learned_from`.
fn tag(outcome: &Outcome) -> String {
    let answer = match &outcome.resolution {
        Resolution::Yes => "yes".to_owned(),
        Resolution::No => "no".to_owned(),
        Resolution::Option(option) => option.clone(),
        Resolution::Value(value) => value.to_string(),
        Resolution::Date(date) => date.to_string(),
        Resolution::Annulled => "annulled".to_owned(),
    };
    format!("{}: {answer} ({})", outcome.question, outcome.resolved_on.day())
}

impl<'a> Facts<'a> {
    pub(super) const fn new(model: &'a Model) -> Self {
        Self {
            model,
            binary: BTreeMap::new(),
            options: BTreeMap::new(),
            numbers: BTreeMap::new(),
            dates: BTreeMap::new(),
        }
    }

    /// Takes in the outcome of one question.
    ///
    /// # Errors
    /// Why it says nothing about a single event.
    pub(super) fn learn(&mut self, question: &Question, outcome: &Outcome) -> Result<(), String> {
        let from = tag(outcome);
        let day = self.model.day(outcome.resolved_on.day());
        if let Some(given) = &question.given
            && self.truth(given) == Some(false)
        {
            return Err("its condition did not hold".to_owned());
        }
        match (&question.target, &outcome.resolution) {
            (QuestionTarget::Holds(condition), Resolution::Yes) => self.holds(condition, true, day, &from),
            (QuestionTarget::Holds(condition), Resolution::No) => self.holds(condition, false, day, &from),
            (QuestionTarget::Which(event), Resolution::Option(option)) => {
                let options = self.model.event(*event).options();
                let Some(at) = options.iter().position(|known| known == option) else {
                    return Err(format!("`{option}` is not one of its options"));
                };
                self.options.insert(*event, Fact { value: at, from });
                Ok(())
            }
            (QuestionTarget::Value(Formula::Event(event)), Resolution::Value(value)) => {
                self.numbers.insert(*event, Fact { value: *value, from });
                Ok(())
            }
            (QuestionTarget::Value(_), Resolution::Value(_)) => {
                Err("it asks about a formula of several events".to_owned())
            }
            (QuestionTarget::When(event), Resolution::Date(date)) => {
                let day = self.model.day(*date);
                self.date(*event, day - 1.0, day, &from);
                Ok(())
            }
            (QuestionTarget::When(event), Resolution::No) => {
                self.date(*event, self.model.day(question.closes), f64::INFINITY, &from);
                Ok(())
            }
            (_, resolution) => Err(format!("its outcome {resolution:?} does not answer what it asks")),
        }
    }

    fn holds(&mut self, condition: &Condition, holds: bool, day: f64, from: &str) -> Result<(), String> {
        match (condition, holds) {
            (Condition::Event(event), _) => {
                self.binary.insert(*event, Fact { value: holds, from: from.to_owned() });
                Ok(())
            }
            (Condition::Not(inner), _) => self.holds(inner, !holds, day, from),
            (Condition::And(left, right), true) | (Condition::Or(left, right), false) => {
                let left = self.holds(left, holds, day, from);
                let right = self.holds(right, holds, day, from);
                left.or(right)
            }
            (Condition::ByDay { event, day: deadline }, true) => {
                // A question that resolves yes does so on the day it happens, or a little later.
                self.date(*event, 0.0, deadline.min(day.max(1.0)), from);
                Ok(())
            }
            (Condition::ByDay { event, day: deadline }, false) => {
                self.date(*event, *deadline, f64::INFINITY, from);
                Ok(())
            }
            (Condition::Happens(event), true) => {
                self.date(*event, 0.0, self.model.horizon_days().min(day.max(1.0)), from);
                Ok(())
            }
            (Condition::Happens(event), false) => {
                self.date(*event, self.model.horizon_days(), f64::INFINITY, from);
                Ok(())
            }
            (Condition::Options { event, options }, true) if options.len() == 1 => {
                self.options.insert(*event, Fact { value: options[0], from: from.to_owned() });
                Ok(())
            }
            _ => Err("it asks about a combination of events, which its outcome does not settle one by one".to_owned()),
        }
    }

    fn date(&mut self, event: EventId, after: f64, by: f64, from: &str) {
        let fact = self.dates.entry(event).or_insert(DateFact { after: 0.0, by: f64::INFINITY, from: Vec::new() });
        fact.after = fact.after.max(after);
        fact.by = fact.by.min(by);
        fact.from.push(from.to_owned());
    }

    pub(super) fn binary(&self, event: EventId) -> Option<&Fact<bool>> {
        self.binary.get(&event)
    }

    pub(super) fn option(&self, event: EventId) -> Option<&Fact<usize>> {
        self.options.get(&event)
    }

    pub(super) fn number(&self, event: EventId) -> Option<&Fact<f64>> {
        self.numbers.get(&event)
    }

    pub(super) fn dated(&self, event: EventId) -> Option<&DateFact> {
        self.dates.get(&event)
    }

    /// Whether a date event came by a day; `None` if that is not known.
    pub(super) fn came_by(&self, event: EventId, day: f64) -> Option<bool> {
        let fact = self.dates.get(&event)?;
        if fact.by <= day {
            Some(true)
        } else if fact.after >= day {
            Some(false)
        } else {
            None
        }
    }

    /// Whether a condition holds, as far as that is known.
    pub(super) fn truth(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Constant(value) => Some(*value),
            Condition::Event(event) => self.binary.get(event).map(|fact| fact.value),
            Condition::Happens(event) => self.came_by(*event, self.model.horizon_days()),
            Condition::Options { event, options } => self.options.get(event).map(|fact| options.contains(&fact.value)),
            Condition::ByDay { event, day } => self.came_by(*event, *day),
            Condition::Before { event, other } => {
                let (one, two) = (self.dates.get(event)?, self.dates.get(other)?);
                if one.by <= two.after {
                    Some(true)
                } else if two.by <= one.after {
                    Some(false)
                } else {
                    None
                }
            }
            Condition::WithinOf { .. } => None,
            Condition::LessOrEqual(left, right) => Some(self.figure(left)? <= self.figure(right)?),
            Condition::Less(left, right) => Some(self.figure(left)? < self.figure(right)?),
            Condition::Equal(left, right) => Some(self.figure(left)? == self.figure(right)?),
            Condition::Not(inner) => self.truth(inner).map(|value| !value),
            Condition::And(left, right) => match (self.truth(left), self.truth(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(left, right) => match (self.truth(left), self.truth(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }

    fn figure(&self, formula: &Formula) -> Option<f64> {
        match formula {
            Formula::Constant(value) => Some(*value),
            Formula::Event(event) => self.numbers.get(event).map(|fact| fact.value),
            Formula::Indicator(condition) => self.truth(condition).map(f64::from),
            Formula::Count(items) => items.iter().map(|item| self.truth(item).map(f64::from)).sum(),
            Formula::Select(condition, then, otherwise) => {
                if self.truth(condition)? {
                    self.figure(then)
                } else {
                    self.figure(otherwise)
                }
            }
            Formula::Arithmetic(..) | Formula::Divide(..) => None,
        }
    }
}
