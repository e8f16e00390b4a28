//! What the findings of a situation settle, and which beliefs they overtake.

use crate::model::{Condition, Definition, EventId, Finding, Known, Made, Model};
use std::collections::BTreeMap;

/// Hard facts of a situation.
#[derive(Clone)]
pub(super) struct Facts<'a> {
    model: &'a Model,
    binary: BTreeMap<EventId, bool>,
    options: BTreeMap<EventId, usize>,
    numbers: BTreeMap<EventId, f64>,
    dates: BTreeMap<EventId, (f64, f64)>,
    stated: Vec<(Condition, bool)>,
}

impl<'a> Facts<'a> {
    pub(super) const fn new(model: &'a Model) -> Self {
        Self {
            model,
            binary: BTreeMap::new(),
            options: BTreeMap::new(),
            numbers: BTreeMap::new(),
            dates: BTreeMap::new(),
            stated: Vec::new(),
        }
    }

    /// What an intervention makes of its event.
    pub(super) fn make(&mut self, event: EventId, made: Made) {
        match made {
            Made::Binary(value) => drop(self.binary.insert(event, value)),
            Made::Option(option) => drop(self.options.insert(event, option)),
            Made::Number(value) => drop(self.numbers.insert(event, value)),
            Made::On(day) => self.date(event, day - 1.0, day),
            Made::Never => self.date(event, f64::INFINITY, f64::INFINITY),
        }
    }

    /// What a finding says for certain; nothing for a hint or a belief.
    pub(super) fn learn(&mut self, finding: &Finding) {
        match finding {
            Finding::Binary(event, value) => self.hold(&Condition::Event(*event), *value),
            Finding::Option(event, option) => drop(self.options.insert(*event, *option)),
            Finding::Number(event, value) => drop(self.numbers.insert(*event, *value)),
            Finding::HappenedOn(event, day) => self.date(*event, day - 1.0, *day),
            Finding::NotBy(event, day) => self.not_by(*event, *day),
            Finding::Never(event) => self.not_by(*event, f64::INFINITY),
            Finding::Holds(condition) => self.hold(condition, true),
            Finding::Hint(..) | Finding::Now(..) => {}
        }
    }

    /// A date event has not come up to a day.
    pub(super) fn not_by(&mut self, event: EventId, day: f64) {
        self.date(event, day, f64::INFINITY);
    }

    /// Whether a date event is known to have come by a day.
    pub(super) fn has_come(&self, event: EventId, day: f64) -> bool {
        self.dates.get(&event).is_some_and(|(_, by)| *by <= day)
    }

    fn date(&mut self, event: EventId, after: f64, by: f64) {
        let known = self.dates.entry(event).or_insert((0.0, f64::INFINITY));
        *known = (known.0.max(after), known.1.min(by));
    }

    /// A condition holds or not, and with it whatever it says of its parts.
    fn hold(&mut self, condition: &Condition, holds: bool) {
        self.stated.push((condition.clone(), holds));
        match (condition, holds) {
            (Condition::Event(event), _) => {
                self.binary.insert(*event, holds);
                if let Definition::Holds(meaning) = &self.model.event(*event).definition {
                    self.hold(meaning, holds);
                }
            }
            (Condition::Not(inner), _) => self.hold(inner, !holds),
            (Condition::And(left, right), true) | (Condition::Or(left, right), false) => {
                self.hold(left, holds);
                self.hold(right, holds);
            }
            (Condition::ByDay { event, day }, true) => self.date(*event, 0.0, *day),
            (Condition::ByDay { event, day }, false) => self.not_by(*event, *day),
            (Condition::Happens(event), true) => self.date(*event, 0.0, self.model.horizon_days()),
            (Condition::Happens(event), false) => self.not_by(*event, f64::INFINITY),
            (Condition::Options { event, options }, true) if options.len() == 1 => {
                self.options.insert(*event, options[0]);
            }
            _ => {}
        }
    }

    /// The first of some date events, or (their number) that none comes.
    fn first(&self, dates: &[EventId]) -> Option<usize> {
        let known: Vec<(f64, f64)> = dates.iter().map(|date| self.dated(*date)).collect::<Option<_>>()?;
        if known.iter().all(|(after, _)| *after >= self.model.horizon_days()) {
            return Some(dates.len());
        }
        let by = known.iter().map(|(_, by)| *by).fold(f64::INFINITY, f64::min);
        let first = known.iter().position(|(_, own)| own.is_finite() && *own <= by)?;
        let others_later = known.iter().enumerate().all(|(at, (after, _))| at == first || *after >= by);
        others_later.then_some(first)
    }
}

impl Known for Facts<'_> {
    fn binary(&self, event: EventId) -> Option<bool> {
        self.binary.get(&event).copied().or_else(|| match &self.model.event(event).definition {
            Definition::Holds(meaning) => self.truth(meaning),
            _ => None,
        })
    }

    fn option(&self, event: EventId) -> Option<usize> {
        self.options.get(&event).copied().or_else(|| match &self.model.event(event).definition {
            Definition::FirstOf(dates) => self.first(dates),
            _ => None,
        })
    }

    fn number(&self, event: EventId) -> Option<f64> {
        self.numbers.get(&event).copied().or_else(|| match &self.model.event(event).definition {
            Definition::Equals(formula) => self.figure(formula),
            _ => None,
        })
    }

    fn dated(&self, event: EventId) -> Option<(f64, f64)> {
        self.dates.get(&event).copied()
    }

    fn horizon_days(&self) -> f64 {
        self.model.horizon_days()
    }

    fn stated(&self, condition: &Condition) -> Option<bool> {
        self.stated.iter().find(|(known, _)| known == condition).map(|(_, holds)| *holds)
    }
}

/// Beliefs stated (Jeffrey's rule) hold on their day and move on with later evidence about the same thing: a belief stated anew
/// replaces them, a later hint multiplies their odds. `findings` stand in the order of their days, each with where it comes from.
pub(super) fn moved_on<T>(findings: Vec<(T, Finding)>) -> Vec<(T, Finding)> {
    let mut kept: Vec<(T, Finding)> = Vec::with_capacity(findings.len());
    for (told, finding) in findings {
        match &finding {
            Finding::Now(condition, _) => {
                kept.retain(
                    |(_, earlier)| !matches!(earlier, Finding::Now(known, _) if agreement(known, condition).is_some()),
                );
            }
            Finding::Hint(condition, ratio) => {
                let belief = kept.iter_mut().find_map(|(_, earlier)| match earlier {
                    Finding::Now(known, probability) => agreement(known, condition).map(|same| (probability, same)),
                    _ => None,
                });
                if let Some((probability, same)) = belief {
                    let ratio = if same { *ratio } else { 1.0 / ratio };
                    let favour = *probability * ratio;
                    *probability = if favour > 0.0 { favour / (favour + 1.0 - *probability) } else { 0.0 };
                    continue;
                }
            }
            _ => {}
        }
        kept.push((told, finding));
    }
    kept
}

/// Whether two conditions are the same thing (true) or each other's opposite (false).
fn agreement(one: &Condition, other: &Condition) -> Option<bool> {
    if one == other {
        Some(true)
    } else if one.clone().negated() == *other {
        Some(false)
    } else {
        None
    }
}

/// Leaves out the beliefs that later news has settled. `all` is everything known for certain by news, silence and interventions; `findings` stand in the order of
/// their days, each with where it comes from.
/// A belief that was settled before it was stated stays: it contradicts what was known.
pub(super) fn unsettled<T>(findings: Vec<(T, Finding)>, all: &Facts<'_>) -> Vec<(T, Finding)> {
    let mut before = Facts::new(all.model);
    findings
        .into_iter()
        .filter(|(_, finding)| {
            before.learn(finding);
            match finding {
                Finding::Now(condition, _) => all.truth(condition).is_none() || before.truth(condition).is_some(),
                _ => true,
            }
        })
        .collect()
}
