//! Stories in plain words.
//!
//! What happens comes first, in its order and with its typical day; then what holds without a day of its own; then what does not come about. What several
//! questions ask of one event is said once.

use super::bands::Threshold;
use super::facets::Chosen;
use super::report::{Happening, ToldKind};
use crate::math::thousands_apart;
use crate::model::EventId;
use jiff::civil::Date;

/// A number with its unit, its thousands apart.
pub(super) fn number(value: f64, unit: Option<&str>) -> String {
    let digits = thousands_apart(&value.to_string());
    match unit {
        Some(unit) => format!("{digits} {unit}"),
        None => digits,
    }
}

/// A band in words.
pub(super) fn band_words(from: Option<Threshold>, to: Option<Threshold>, unit: Option<&str>) -> String {
    let from_words = |one: Threshold| if one.is_low { "over" } else { "at least" };
    let to_words = |one: Threshold| if one.is_low { "at most" } else { "under" };
    match (from, to) {
        (None, None) => "any number".to_owned(),
        (None, Some(to)) => format!("{} {}", to_words(to), number(to.value, unit)),
        (Some(from), None) => format!("{} {}", from_words(from), number(from.value, unit)),
        (Some(from), Some(to)) => {
            format!("{} {} and {} {}", from_words(from), number(from.value, None), to_words(to), number(to.value, unit))
        }
    }
}

/// How days are written: with the year only where the scenario spans several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    with_year: bool,
}

impl Days {
    pub(super) fn between(first: Date, last: Date) -> Self {
        Self { with_year: first.year() != last.year() }
    }

    fn full(self, date: Date) -> String {
        date.strftime(if self.with_year { "%-d %B %Y" } else { "%-d %B" }).to_string()
    }

    fn short(self, date: Date) -> String {
        date.strftime(if self.with_year { "%-d %b %Y" } else { "%-d %b" }).to_string()
    }
}

/// A story as a sentence or a few. `usual` is how usual the order is, where there are others: then the days are those of all of them, and nothing is
/// said to follow.
pub(super) fn sentence(
    chosen: &[Chosen],
    codes: &[usize],
    order: &[Happening],
    usual: Option<f64>,
    days: Days,
) -> String {
    let of = |id: &str| chosen.iter().position(|one| one.id == id);
    let mut first: Vec<String> = Vec::new();
    let mut at = 0;
    while at < order.len() {
        let as_one = order[at..].iter().take_while(|one| one.place == order[at].place).count();
        let together = if usual.is_some() { 1 } else { as_one };
        let said: Vec<(&Chosen, usize)> = order[at..at + together]
            .iter()
            .filter_map(|one| of(&one.id).filter(|place| !is_said(chosen, codes, *place)))
            .map(|place| (&chosen[place], codes[place]))
            .collect();
        let typically = typically(&order[at], days);
        at += together;
        if said.is_empty() {
            continue;
        }
        // A question for a day is answered by it, and stands first.
        let (when, rest): (Vec<_>, Vec<_>) =
            said.into_iter().partition(|(one, _)| one.asks_for_a_day && typically.is_some());
        let typically = typically.unwrap_or_default();
        let (beside, rest): (Vec<_>, Vec<_>) = by_event(&rest, days)
            .into_iter()
            .partition(|(event, _)| event.is_some() && when.iter().any(|(one, _)| one.event == *event));
        let [beside, rest]: [Vec<String>; 2] =
            [beside, rest].map(|all| all.into_iter().map(|(_, told)| told).collect());
        let rest = rest.join(" and at the same moment ");
        let said = if when.is_empty() {
            let comma = if typically.is_empty() { "" } else { ", " };
            format!("{rest}{comma}{typically}")
        } else {
            let when: Vec<&str> = when.into_iter().map(|(one, _)| one.called.as_str()).collect();
            let mut then = String::new();
            for told in beside {
                then.push_str(", ");
                then.push_str(&told);
            }
            if !rest.is_empty() {
                then.push_str(", and at the same moment ");
                then.push_str(&rest);
            }
            format!("{} {typically}{then}", when.join(" and "))
        };
        first.push(said);
    }
    let happens = |one: &Chosen| order.iter().any(|happening| happening.id == one.id);
    let (mut holds, mut fails) = (Vec::new(), Vec::new());
    for (place, (one, code)) in chosen.iter().zip(codes).enumerate() {
        if happens(one) || is_said(chosen, codes, place) {
            continue;
        }
        let fell_through = matches!(one.kind, ToldKind::YesNo | ToldKind::Date) && one.outcomes[*code] == "no";
        let (list, told) = (if fell_through { &mut fails } else { &mut holds }, not_dated(one, *code, days));
        if !list.contains(&told) {
            list.push(told);
        }
    }
    let parts = [first.join(if usual.is_some() { "; " } else { "; then " }), holds.join("; "), fails.join("; ")];
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| format!("{}.", capitalised(part)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether another one says in the same event's words what the one at a place says, or more than it: that the event comes by an earlier day, or does not
/// come by a later one.
fn is_said(chosen: &[Chosen], codes: &[usize], place: usize) -> bool {
    let outcome = |at: usize| chosen[at].outcomes[codes[at]].as_str();
    let told = |at: usize| {
        let (event, by) = chosen[at].of_event.filter(|_| chosen[at].told[codes[at]].is_some())?;
        // What is told up to no day is told up to the last one.
        Some((event, by.unwrap_or(Date::MAX)))
    };
    let Some((event, by)) = told(place) else { return false };
    let says_it = |other: usize| {
        let Some((_, day)) = told(other).filter(|(own, _)| *own == event) else { return false };
        outcome(other) == outcome(place)
            && match outcome(place) {
                _ if day == by => other < place,
                "yes" => day < by,
                "no" => day > by,
                _ => false,
            }
    };
    (0..chosen.len()).any(|other| other != place && says_it(other))
}

/// What some do at one moment: clauses of one event beside each other.
fn by_event(all: &[(&Chosen, usize)], days: Days) -> Vec<(Option<EventId>, String)> {
    let mut said: Vec<(Option<EventId>, Vec<String>)> = Vec::new();
    for (one, code) in all {
        let told = clause(one, *code, days);
        match said.iter_mut().find(|(event, _)| event.is_some() && *event == one.event) {
            Some((_, clauses)) if clauses.contains(&told) => {}
            Some((_, clauses)) => clauses.push(told),
            None => said.push((one.event, vec![told])),
        }
    }
    said.into_iter().map(|(event, clauses)| (event, clauses.join(", "))).collect()
}

/// What an event does, as part of a sentence.
pub(super) fn clause(one: &Chosen, code: usize, days: Days) -> String {
    match (&one.told[code], one.deadline.filter(|_| one.asks_for_a_day), one.outcomes[code].as_str()) {
        (Some(told), ..) => match one.of_event {
            Some((_, Some(day))) => format!("{told} by {}", days.full(day)),
            _ => told.clone(),
        },
        (None, Some(deadline), "yes") => format!("{} by {}", one.called, days.full(deadline)),
        (None, Some(deadline), "no") => format!("{} not by {}", one.called, days.full(deadline)),
        (None, _, outcome) => format!("{} {outcome}", one.called),
    }
}

fn not_dated(one: &Chosen, code: usize, days: Days) -> String {
    match (one.kind, one.deadline) {
        (ToldKind::Date, Some(deadline)) if one.outcomes[code] == "no" && one.told[code].is_none() => {
            format!("{} not by {}", one.called, days.full(deadline))
        }
        _ => clause(one, code, days),
    }
}

fn typically(happening: &Happening, days: Days) -> Option<String> {
    let median = happening.median?;
    Some(match happening.interval_80 {
        Some((from, to)) if from == to => format!("on {}", days.full(median)),
        Some((from, to)) => {
            format!("typically by {} (80 %: {} – {})", days.full(median), days.short(from), days.short(to))
        }
        None => format!("typically by {}", days.full(median)),
    })
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
