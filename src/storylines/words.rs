//! Stories in plain words.
//!
//! What happens comes first, in its order and with its typical day; then what holds without a day of its own; then what does not come about.

use super::bands::Threshold;
use super::facets::Chosen;
use super::report::{Happening, ToldKind};
use jiff::civil::Date;

/// A number with its unit.
pub(super) fn number(value: f64, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => format!("{value} {unit}"),
        None => value.to_string(),
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
            format!("{} {} and {} {}", from_words(from), from.value, to_words(to), number(to.value, unit))
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
            .filter_map(|one| of(&one.id).map(|place| (&chosen[place], codes[place])))
            .collect();
        let typically = typically(&order[at], days);
        // A question for a day is answered by it, and stands first.
        let (when, rest): (Vec<_>, Vec<_>) =
            said.into_iter().partition(|(one, _)| one.asks_for_a_day && typically.is_some());
        let rest: Vec<String> = rest.into_iter().map(|(one, code)| clause(one, code, days)).collect();
        let rest = rest.join(" and at the same moment ");
        let typically = typically.unwrap_or_default();
        let said = if when.is_empty() {
            let comma = if typically.is_empty() { "" } else { ", " };
            format!("{rest}{comma}{typically}")
        } else {
            let when: Vec<&str> = when.into_iter().map(|(one, _)| one.called.as_str()).collect();
            let then = if rest.is_empty() { String::new() } else { format!(", and at the same moment {rest}") };
            format!("{} {typically}{then}", when.join(" and "))
        };
        first.push(said);
        at += together;
    }
    let happens = |one: &Chosen| order.iter().any(|happening| happening.id == one.id);
    let (mut holds, mut fails) = (Vec::new(), Vec::new());
    for (one, code) in chosen.iter().zip(codes).filter(|(one, _)| !happens(one)) {
        let fell_through = matches!(one.kind, ToldKind::YesNo | ToldKind::Date) && one.outcomes[*code] == "no";
        (if fell_through { &mut fails } else { &mut holds }).push(not_dated(one, *code, days));
    }
    let parts = [first.join(if usual.is_some() { "; " } else { "; then " }), holds.join("; "), fails.join("; ")];
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| format!("{}.", capitalised(part)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// What an event does, as part of a sentence.
pub(super) fn clause(one: &Chosen, code: usize, days: Days) -> String {
    match (&one.told[code], one.deadline.filter(|_| one.asks_for_a_day), one.outcomes[code].as_str()) {
        (Some(told), ..) => told.clone(),
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
