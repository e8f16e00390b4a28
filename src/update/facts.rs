//! What the outcomes of questions say about events.

use crate::forecast::{Outcome, Resolution};
use crate::model::{Condition, EventId, Finding, Formula, Known, Model, Question, QuestionTarget};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A fact and the outcomes it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact<T> {
    pub(super) value: T,
    pub(super) from: Vec<String>,
    /// Whether those outcomes agree.
    pub(super) agreed: bool,
}

/// Takes in a fact; outcomes of several questions about one event are one fact.
fn note<T: PartialEq>(facts: &mut BTreeMap<EventId, Fact<T>>, event: EventId, value: T, from: &str) {
    match facts.entry(event) {
        Entry::Vacant(entry) => drop(entry.insert(Fact { value, from: vec![from.to_owned()], agreed: true })),
        Entry::Occupied(mut entry) => {
            let known = entry.get_mut();
            known.agreed &= known.value == value;
            remember(&mut known.from, from);
        }
    }
}

/// One question may say two things about an event; it is named once.
fn remember(list: &mut Vec<String>, from: &str) {
    if !list.iter().any(|known| known == from) {
        list.push(from.to_owned());
    }
}

/// What is known of a date: it came at a day in `(after, by]`, or (with `by` infinite) not up to `after`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DateFact {
    pub(super) after: f64,
    pub(super) by: f64,
    pub(super) from: Vec<String>,
    /// Whether an outcome behind it cannot be together with others.
    refused: bool,
}

impl DateFact {
    /// Whether the outcomes behind it agree.
    pub(super) fn agreed(&self) -> bool {
        self.after < self.by && !self.refused
    }
}

/// When a question closed and when its outcome was settled, in days after `as_of`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    resolved: f64,
    closes: f64,
}

impl Times {
    /// Of what is known as it is stated, whenever that was.
    const AS_STATED: Self = Self { resolved: f64::INFINITY, closes: f64::INFINITY };

    pub(super) fn new(model: &Model, question: &Question, outcome: &Outcome) -> Self {
        Self { resolved: model.day(outcome.resolved_on.day()), closes: model.day(question.closes) }
    }

    /// By which day a "yes" about a deadline tells that it came: a question that resolves yes does so on the day it happens, or a little later.
    pub(super) const fn come_by(self, deadline: f64) -> f64 {
        deadline.min(self.resolved.max(1.0))
    }

    /// Up to which day a "no" about a deadline tells that nothing came: to the deadline, unless the question closed before it and
    /// was settled before it.
    pub(super) const fn silent_to(self, deadline: f64) -> f64 {
        deadline.min(self.closes.max(self.resolved))
    }
}

/// All that is known.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    model: &'a Model,
    binary: BTreeMap<EventId, Fact<bool>>,
    options: BTreeMap<EventId, Fact<usize>>,
    numbers: BTreeMap<EventId, Fact<f64>>,
    dates: BTreeMap<EventId, DateFact>,
    refused: BTreeSet<String>,
}

/// Why the outcome of a question about several events is no fact about one of them; whether it moved anything is another matter.
pub(super) const COMBINATION: &str = "its outcome does not settle the events it asks about one by one";

/// A number in words that are no longer the larger it is.
pub(super) fn short(value: f64) -> String {
    if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") }
}

/// How an outcome is remembered in `learned_from`.
pub(super) fn tag(outcome: &Outcome) -> String {
    let answer = match &outcome.resolution {
        Resolution::Yes => "yes".to_owned(),
        Resolution::No => "no".to_owned(),
        Resolution::Option(option) => option.clone(),
        Resolution::Value(value) => short(*value),
        Resolution::Date(date) => date.to_string(),
        beyond @ (Resolution::BelowBound | Resolution::AboveBound) => beyond.to_string(),
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
            refused: BTreeSet::new(),
        }
    }

    /// Takes in the outcome of one question.
    ///
    /// # Errors
    /// Why it says nothing about a single event.
    pub(super) fn learn(&mut self, question: &Question, outcome: &Outcome) -> Result<(), String> {
        let from = tag(outcome);
        let times = Times::new(self.model, question, outcome);
        if let Some(given) = &question.given
            && self.truth(given) == Some(false)
        {
            return Err("its condition did not hold".to_owned());
        }
        match (&question.target, &outcome.resolution) {
            (QuestionTarget::Holds(condition), Resolution::Yes) => self.holds(condition, true, times, &from),
            (QuestionTarget::Holds(condition), Resolution::No) => self.holds(condition, false, times, &from),
            (QuestionTarget::Which(event), Resolution::Option(option)) => {
                let options = self.model.event(*event).options();
                let Some(at) = options.iter().position(|known| known == option) else {
                    return Err(format!("`{option}` is not one of its options"));
                };
                note(&mut self.options, *event, at, &from);
                Ok(())
            }
            (QuestionTarget::Value(Formula::Event(event)), Resolution::Value(value)) => {
                note(&mut self.numbers, *event, *value, &from);
                Ok(())
            }
            (QuestionTarget::Value(_), Resolution::Value(_)) => Err(COMBINATION.to_owned()),
            (QuestionTarget::When(event), Resolution::Date(date)) => {
                let (day, horizon) = (self.model.day(*date), self.model.horizon_days());
                if day <= 0.0 {
                    return Err(format!("it came on {date}, which is no later than what the file knows anyway"));
                }
                // What comes after the horizon never comes in the world of the file.
                let (after, by) = if day <= horizon { (day - 1.0, day) } else { (horizon, f64::INFINITY) };
                self.date(*event, after, by, &from);
                Ok(())
            }
            (QuestionTarget::When(event), Resolution::No) => {
                self.date(*event, self.model.day(question.closes), f64::INFINITY, &from);
                Ok(())
            }
            (_, resolution) => Err(format!("its outcome {resolution:?} does not answer what it asks")),
        }
    }

    /// Takes in what a piece of news reports; what it says of several events together is no fact about one of them.
    pub(super) fn report(&mut self, finding: &Finding, from: &str) -> Result<(), String> {
        match finding {
            Finding::Binary(event, holds) => note(&mut self.binary, *event, *holds, from),
            Finding::Option(event, option) => note(&mut self.options, *event, *option, from),
            Finding::Number(event, value) => note(&mut self.numbers, *event, *value, from),
            Finding::HappenedOn(event, day) => self.date(*event, day - 1.0, *day, from),
            Finding::NotBy(event, day) => self.date(*event, *day, f64::INFINITY, from),
            Finding::Never(event) => self.date(*event, self.model.horizon_days(), f64::INFINITY, from),
            Finding::Holds(condition) => return self.holds(condition, true, Times::AS_STATED, from),
            Finding::Hint(..) | Finding::Now(..) => {}
        }
        Ok(())
    }

    fn holds(&mut self, condition: &Condition, holds: bool, times: Times, from: &str) -> Result<(), String> {
        match (condition, holds) {
            (Condition::Event(event), _) => {
                note(&mut self.binary, *event, holds, from);
                Ok(())
            }
            (Condition::Not(inner), _) => self.holds(inner, !holds, times, from),
            (Condition::And(left, right), true) | (Condition::Or(left, right), false) => {
                let left = self.holds(left, holds, times, from);
                let right = self.holds(right, holds, times, from);
                left.or(right)
            }
            (Condition::ByDay { event, day: deadline }, true) => {
                self.date(*event, 0.0, times.come_by(*deadline), from);
                Ok(())
            }
            (Condition::ByDay { event, day: deadline }, false) => {
                self.date(*event, times.silent_to(*deadline), f64::INFINITY, from);
                Ok(())
            }
            (Condition::Happens(event), true) => {
                self.date(*event, 0.0, times.come_by(self.model.horizon_days()), from);
                Ok(())
            }
            (Condition::Happens(event), false) => {
                self.date(*event, times.silent_to(self.model.horizon_days()), f64::INFINITY, from);
                Ok(())
            }
            (Condition::Options { event, options }, true) if options.len() == 1 => {
                note(&mut self.options, *event, options[0], from);
                Ok(())
            }
            _ => Err(COMBINATION.to_owned()),
        }
    }

    fn date(&mut self, event: EventId, after: f64, by: f64, from: &str) {
        let unknown = || DateFact { after: 0.0, by: f64::INFINITY, from: Vec::new(), refused: false };
        let fact = self.dates.entry(event).or_insert_with(unknown);
        fact.after = fact.after.max(after);
        fact.by = fact.by.min(by);
        remember(&mut fact.from, from);
    }

    /// Outcomes that cannot be together say nothing about any event.
    pub(super) fn refuse(&mut self, tags: &BTreeSet<String>) {
        let is_refused = |from: &[String]| from.iter().any(|tag| tags.contains(tag));
        self.binary.values_mut().for_each(|fact| fact.agreed &= !is_refused(&fact.from));
        self.options.values_mut().for_each(|fact| fact.agreed &= !is_refused(&fact.from));
        self.numbers.values_mut().for_each(|fact| fact.agreed &= !is_refused(&fact.from));
        self.dates.values_mut().for_each(|fact| fact.refused |= is_refused(&fact.from));
        self.refused.extend(tags.iter().cloned());
    }

    /// Whether an outcome cannot be together with others.
    pub(super) fn is_refused(&self, tag: &String) -> bool {
        self.refused.contains(tag)
    }

    /// The outcomes that say something about an event by themselves.
    pub(super) fn about(&self, event: EventId) -> &[String] {
        let binary = self.binary.get(&event).map(|fact| &fact.from);
        let option = || self.options.get(&event).map(|fact| &fact.from);
        let number = || self.numbers.get(&event).map(|fact| &fact.from);
        let date = || self.dates.get(&event).map(|fact| &fact.from);
        binary.or_else(option).or_else(number).or_else(date).map_or(&[], Vec::as_slice)
    }

    /// Outcomes that contradict each other.
    pub(super) fn contradictions(&self) -> BTreeSet<&str> {
        let binary = self.binary.values().filter(|fact| !fact.agreed).map(|fact| &fact.from);
        let options = self.options.values().filter(|fact| !fact.agreed).map(|fact| &fact.from);
        let numbers = self.numbers.values().filter(|fact| !fact.agreed).map(|fact| &fact.from);
        let dates = self.dates.values().filter(|fact| !fact.agreed()).map(|fact| &fact.from);
        binary.chain(options).chain(numbers).chain(dates).flatten().map(String::as_str).collect()
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
}

impl Known for Facts<'_> {
    fn binary(&self, event: EventId) -> Option<bool> {
        self.binary.get(&event).filter(|fact| fact.agreed).map(|fact| fact.value)
    }

    fn option(&self, event: EventId) -> Option<usize> {
        self.options.get(&event).filter(|fact| fact.agreed).map(|fact| fact.value)
    }

    fn number(&self, event: EventId) -> Option<f64> {
        self.numbers.get(&event).filter(|fact| fact.agreed).map(|fact| fact.value)
    }

    fn dated(&self, event: EventId) -> Option<(f64, f64)> {
        self.dates.get(&event).filter(|fact| fact.agreed()).map(|fact| (fact.after, fact.by))
    }

    fn horizon_days(&self) -> f64 {
        self.model.horizon_days()
    }
}
