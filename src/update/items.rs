//! What is observed, as conditions of the scenario.

use super::facts::{Facts, Times, tag};
use crate::forecast::{Outcome, Resolution};
use crate::model::{Condition, Definition, EventId, Formula, Kind, Model, Question, QuestionTarget};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Something observed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// As `learned_from` remembers it.
    pub(super) tag: String,
    /// What is known by it.
    pub(super) condition: Condition,
}

/// What an outcome says, if it answers what is asked and can be. A question that turned out yes is known to have come by the day it resolved;
/// a no about a deadline is known up to the day to which the question was looked at.
pub(super) fn outcome(model: &Model, question: &Question, outcome: &Outcome) -> Option<Item> {
    let times = Times::new(model, question, outcome);
    let equal =
        |formula: &Formula, value: f64| Condition::Equal(Box::new(formula.clone()), Box::new(Formula::Constant(value)));
    let condition = match (&question.target, &outcome.resolution) {
        (QuestionTarget::Holds(condition), Resolution::Yes) => known(model, condition, true, times),
        (QuestionTarget::Holds(condition), Resolution::No) => known(model, condition, false, times),
        (QuestionTarget::Which(event), Resolution::Option(option)) => {
            let at = model.event(*event).options().iter().position(|known| known == option)?;
            Condition::Options { event: *event, options: vec![at] }
        }
        (QuestionTarget::Value(formula), Resolution::Value(value)) => {
            let counts = matches!(formula, Formula::Event(event) if matches!(model.event(*event).kind, Kind::Count));
            if counts && (*value < 0.0 || value.fract() != 0.0) || !has_worlds(model, formula) {
                return None;
            }
            equal(formula, *value)
        }
        (QuestionTarget::When(event), Resolution::Date(date)) => {
            let (day, horizon) = (model.day(*date), model.horizon_days());
            if day <= 0.0 {
                return None;
            }
            let by = |day: f64| Condition::ByDay { event: *event, day };
            if day <= horizon { by(day).and(by(day - 1.0).negated()) } else { by(horizon).negated() }
        }
        (QuestionTarget::When(event), Resolution::No) => {
            Condition::ByDay { event: *event, day: model.day(question.closes) }.negated()
        }
        _ => return None,
    };
    let condition = match &question.given {
        None => condition,
        Some(given) => known(model, given, true, times).and(condition),
    };
    Some(Item { tag: tag(outcome), condition })
}

/// Whether any world can have just the value that a formula is known to have: it is drawn as it stands, or follows from what is discrete alone.
pub(super) fn has_worlds(model: &Model, formula: &Formula) -> bool {
    match formula {
        Formula::Event(event) => match &model.event(*event).definition {
            Definition::Number(_) | Definition::Count(_) => true,
            Definition::Equals(of) => is_discrete(model, of),
            _ => false,
        },
        of => is_discrete(model, of),
    }
}

fn is_discrete(model: &Model, formula: &Formula) -> bool {
    let mut discrete = true;
    formula.visit_events(&mut |event| {
        discrete &= match &model.event(event).definition {
            Definition::Number(_) | Definition::When(_) => false,
            Definition::Equals(of) => is_discrete(model, of),
            _ => true,
        };
    });
    discrete
}

/// What is known where `condition` turned out to hold, or not to.
fn known(model: &Model, condition: &Condition, holds: bool, times: Times) -> Condition {
    let inner = |of: &Condition, holds: bool| known(model, of, holds, times);
    let dated = |event: EventId, deadline: f64| {
        if holds {
            Condition::ByDay { event, day: times.come_by(deadline) }
        } else {
            Condition::ByDay { event, day: times.silent_to(deadline) }.negated()
        }
    };
    match condition {
        Condition::Not(of) => inner(of, !holds),
        Condition::And(left, right) if holds => inner(left, true).and(inner(right, true)),
        Condition::And(left, right) => inner(left, false).or(inner(right, false)),
        Condition::Or(left, right) if holds => inner(left, true).or(inner(right, true)),
        Condition::Or(left, right) => inner(left, false).and(inner(right, false)),
        Condition::ByDay { event, day } => dated(*event, *day),
        Condition::Happens(event) => dated(*event, model.horizon_days()),
        other if holds => other.clone(),
        other => other.clone().negated(),
    }
}

/// That date events had not come: those that would be reported, by the end of `until`; and those whose silence was learned from, up to the day of that, which is
/// known whatever is observed now and would be unlearned without it. Of one event the longer silence says what the shorter one does.
pub(super) fn silence(
    model: &Model,
    facts: &Facts<'_>,
    learned_from: &BTreeSet<String>,
    until: Option<Date>,
) -> Vec<Item> {
    let mut learned: BTreeMap<EventId, Date> = BTreeMap::new();
    let remembered = learned_from.iter().filter_map(|tag| silent(model, tag));
    for (event, then) in remembered.filter(|(event, then)| is_open(model, facts, *event, *then)) {
        let known = learned.entry(event).or_insert(then);
        *known = then.max(*known);
    }
    let longest = |event: EventId| {
        let Definition::When(when) = &model.event(event).definition else { return None };
        // What came before `until` was silent all the same up to the day to which that was learned from.
        let now = until.filter(|until| when.observed && is_open(model, facts, event, *until));
        not_yet(model, event, now.max(learned.get(&event).copied())?)
    };
    (0..model.events.len()).map(EventId).filter_map(longest).collect()
}

/// Whether silence up to a day says something of an event: it is neither known to have come by then, nor not to have come for longer.
fn is_open(model: &Model, facts: &Facts<'_>, event: EventId, until: Date) -> bool {
    let day = silent_to(model, until);
    facts.dated(event).is_none_or(|known| known.by > day && known.after < day)
}

/// Silence of the scenario's time that was learned from, up to a day by which an outcome says that the event had come: as `learned_from` remembers it.
pub(super) fn contradicted(
    model: &Model,
    facts: &Facts<'_>,
    learned_from: &BTreeSet<String>,
) -> Vec<(String, EventId, Date)> {
    let had_come = |event: EventId, until: Date| {
        facts.dated(event).is_some_and(|known| known.agreed() && known.by <= silent_to(model, until))
    };
    let remembered = learned_from.iter().filter_map(|tag| silent(model, tag).map(|(event, until)| (tag, event, until)));
    remembered
        .filter(|(_, event, until)| *until > model.as_of && had_come(*event, *until))
        .map(|(tag, event, until)| (tag.clone(), event, until))
        .collect()
}

/// That silence which was learned from is taken back, once for each event.
pub(super) fn taken_back(model: &Model, facts: &Facts<'_>, contradicted: &[(String, EventId, Date)]) -> Vec<String> {
    let mut longest: BTreeMap<EventId, Date> = BTreeMap::new();
    for (_, event, until) in contradicted {
        let known = longest.entry(*event).or_insert(*until);
        *known = (*known).max(*until);
    }
    let note = |(event, until): (EventId, Date)| {
        format!(
            "{}: that it had not come by {until} was learned from, and {} says that it had: what that silence taught is taken back",
            model.event(event).name,
            facts.about(event).join(", ")
        )
    };
    longest.into_iter().map(note).collect()
}

/// Why the value of a number that follows from others teaches nothing, and what does.
pub(super) fn no_value(model: &Model, formula: &Formula, outcome: &Outcome) -> String {
    let why = "it asks about a number that follows from others: no world has just this value";
    match (formula, &outcome.resolution) {
        (Formula::Event(event), Resolution::Value(value)) => {
            let name = &model.event(*event).name;
            format!(
                "{why}; a question whether it lies in a band as wide as it is measured teaches, such as `holds = \"{name} > {} and {name} < {}\"` of whole numbers",
                value - 0.5,
                value + 0.5
            )
        }
        _ => format!("{why}; a question whether it lies in a band as wide as it is measured teaches"),
    }
}

fn silent_to(model: &Model, until: Date) -> f64 {
    model.day(until).min(model.horizon_days())
}

/// `None` of a day that is no later than what the file knows anyway.
fn not_yet(model: &Model, event: EventId, until: Date) -> Option<Item> {
    let day = silent_to(model, until);
    let tag = format!("{}: not yet ({until})", model.event(event).name);
    (day > 0.0).then(|| Item { tag, condition: Condition::ByDay { event, day }.negated() })
}

/// The event that was silent, and up to which day, by what `learned_from` remembers.
fn silent(model: &Model, tag: &str) -> Option<(EventId, Date)> {
    let (name, rest) = tag.split_once(": not yet (")?;
    Some((model.find(name)?, rest.strip_suffix(')')?.parse().ok()?))
}

/// Whether one tag remembers silence of this scenario's time and another a longer one of the same event, which says all that the first one does.
pub(super) fn is_outlasted(model: &Model, tag: &str, by: &str) -> bool {
    // A class that several scenarios share names the scenario behind.
    let of = |tag: &str| match tag.split_once(") in ") {
        Some((tag, scenario)) => (silent(model, &format!("{tag})")), scenario.to_owned()),
        None => (silent(model, tag), String::new()),
    };
    let ((one, of_one), (other, of_other)) = (of(tag), of(by));
    let (Some((event, until)), Some((same, longer))) = (one, other) else { return false };
    event == same && of_one == of_other && model.as_of < until && until < longer
}

/// The silence that an event has learned from already, from what `learned_from` remembers.
pub(super) fn remembered_silence(model: &Model, tag: &str) -> Option<Item> {
    let (event, until) = silent(model, tag)?;
    not_yet(model, event, until)
}

#[cfg(test)]
mod tests {
    use super::is_outlasted;
    use crate::update::tests::{HEAD, checked};

    #[test]
    fn only_a_longer_silence_of_the_same_event_and_scenario_stands_for_another() {
        let model = checked(&format!(
            "{HEAD}[event.a]\nwhen = \"30% by 2025-12-31\"\n[event.b]\nwhen = \"30% by 2025-12-31\"\n"
        ));
        let july = "a: not yet (2025-07-01)";
        assert!(is_outlasted(&model, july, "a: not yet (2025-08-01)"));
        assert!(is_outlasted(&model, "a: not yet (2025-07-01) in x", "a: not yet (2025-08-01) in x"));
        let others =
            ["a: not yet (2025-07-01)", "a: not yet (2025-06-01)", "b: not yet (2025-08-01)", "a: yes (2025-08-01)"];
        assert!(others.iter().all(|other| !is_outlasted(&model, july, other)));
        assert!(!is_outlasted(&model, "a: not yet (2025-07-01) in x", "a: not yet (2025-08-01) in y"));
        // What was learned in an earlier time of the scenario is part of the prior.
        assert!(!is_outlasted(&model, "a: not yet (2024-07-01)", "a: not yet (2025-08-01)"));
    }
}
