//! Checks across events: deadlines that cannot wait for what they hang on, totals that the parts cannot give.

use super::EventId;
use super::definition::{Definition, Event, Trigger, WhenDefinition};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::math::{logistic, logit, round_to};
use jiff::civil::Date;

/// Warns where a date event is due before another that raises or lowers it is: a guarantee within ten days that hangs on talks
/// within fourteen.
///
/// What is compared is the last day at which the event's own chance is stated with the first at which the other's is. A clock that
/// starts with another event counts from the first day of that.
pub(super) fn deadlines(events: &[Event], order: &[EventId], as_of: Date, found: &mut Diagnostics) {
    let mut due: Vec<Option<(f64, f64)>> = vec![None; events.len()];
    for id in order {
        let Definition::When(when) = &events[id.0].definition else { continue };
        let start = when.after.and_then(|parent| due[parent.0]).map_or(0.0, |(first, _)| first);
        let stated = when.rows.iter().flat_map(|row| row.value.stated_days.iter().copied());
        let (first, last) = stated.fold((f64::INFINITY, 0.0_f64), |(first, last), day| (first.min(day), last.max(day)));
        if first.is_finite() {
            due[id.0] = Some((start + first, start + last));
        }
    }
    for (event, own) in events.iter().zip(&due) {
        let Definition::When(when) = &event.definition else { continue };
        let Some((_, last)) = own else { continue };
        if when.after.is_some() {
            continue;
        }
        for (trigger, _) in &when.ratios {
            let Trigger::Date(parent) = trigger else { continue };
            let Some((parent_first, _)) = due[parent.0] else { continue };
            let parent = &events[parent.0];
            let parent_waits = matches!(&parent.definition, Definition::When(when) if when.after.is_some());
            if *last < parent_first && !parent_waits {
                found.push(too_early(event, parent, *last, parent_first));
            }
        }
        if let Some(Trigger::Date(parent)) = &when.requires
            && let (Some(own_last), Some(parent_earliest)) = (latest(when), earliest(&events[parent.0]))
            && own_last <= parent_earliest
        {
            found.push(never_together(event, &events[parent.0], own_last, parent_earliest, as_of));
        }
    }
}

fn too_early(event: &Event, parent: &Event, last: f64, parent_first: f64) -> Diagnostic {
    Diagnostic::new(
        "W0520",
        event.span,
        format!(
            "`{}` is due within {} days, before `{}`, on which it depends, is first due ({} days)",
            event.name,
            round_to(last, 1),
            parent.name,
            round_to(parent_first, 1)
        ),
    )
    .other(parent.span, "it depends on this")
    .help("by that deadline the link can hardly matter; move a deadline, or leave the link out")
}

fn never_together(event: &Event, parent: &Event, last: f64, parent_earliest: f64, as_of: Date) -> Diagnostic {
    let date = |day: f64| {
        let days = jiff::Span::new().try_days(crate::math::ceil_days(day));
        days.and_then(|days| as_of.checked_add(days)).map_or_else(|_| format!("day {day}"), |date| date.to_string())
    };
    Diagnostic::new(
        "W0525",
        event.span,
        format!(
            "`{}` can never happen: it can come only after `{}`, which it requires and which cannot come before {}, but its own last chance is on {}",
            event.name,
            parent.name,
            date(parent_earliest),
            date(last)
        ),
    )
    .other(parent.span, "it requires this")
    .help("move one of the two, or leave `requires` out")
}

/// The last day on which a date event can happen, if there is one: where nothing is left after the last stated day.
fn latest(when: &WhenDefinition) -> Option<f64> {
    if when.after.is_some() {
        return None;
    }
    when.rows.iter().try_fold(0.0_f64, |latest, row| {
        let last = row.value.stated_days.iter().copied().fold(0.0, f64::max);
        let hazard = &row.value.hazard;
        (hazard.probability(f64::MAX) <= hazard.probability(last)).then(|| latest.max(last))
    })
}

/// The first day on which an event can happen, if that is not from the start: where all of it waits for scheduled days.
fn earliest(event: &Event) -> Option<f64> {
    let Definition::When(when) = &event.definition else { return None };
    if when.after.is_some() {
        return None;
    }
    when.rows.iter().try_fold(f64::INFINITY, |earliest, row| {
        let first = row.value.stated_days.iter().copied().fold(f64::INFINITY, f64::min);
        (row.value.hazard.probability(first - 1e-6) <= 0.0).then(|| earliest.min(first))
    })
}

/// Refuses an `overall` chance that the stated parts cannot give, whatever the conditions' chances are.
pub(super) fn overall(events: &[Event], found: &mut Diagnostics) {
    for event in events {
        let (stated, low, high, open) = match &event.definition {
            Definition::Chance(chance) => {
                let Some(stated) = chance.overall else { continue };
                let means = chance.rows.iter().map(|row| row.value.mean);
                let (low, high) = means.fold((1.0_f64, 0.0_f64), |(low, high), mean| (low.min(mean), high.max(mean)));
                let shift = |pick: fn(f64, f64) -> f64| -> f64 {
                    chance.odds.iter().map(|(_, ratio)| pick(crate::math::ln(*ratio), 0.0)).sum()
                };
                let moved = |mean: f64, shift: f64| {
                    if mean <= 0.0 || mean >= 1.0 { mean } else { logistic(logit(mean) + shift) }
                };
                (stated, moved(low, shift(f64::min)), moved(high, shift(f64::max)), chance.requires.is_some())
            }
            Definition::Causes { background, causes, overall: Some(stated), requires } => {
                let base = background.as_ref().map_or(0.0, |belief| belief.mean);
                let none: f64 = causes.iter().map(|(_, _, belief)| 1.0 - belief.mean).product();
                (*stated, base, 1.0 - (1.0 - base) * none, requires.is_some())
            }
            _ => continue,
        };
        let low = if open { 0.0 } else { low };
        let (total, span) = stated;
        if total >= low - 1e-9 && total <= high + 1e-9 {
            continue;
        }
        let percent = |share: f64| format!("{}%", round_to(share * 100.0, 2));
        found.push(
            Diagnostic::new(
                "E0521",
                span,
                format!(
                    "`{}` cannot be {} overall: its parts give between {} and {}",
                    event.name,
                    percent(total),
                    percent(low),
                    percent(high)
                ),
            )
            .help(format!(
                "the nearest total that they can give is `{}`; or change the parts",
                percent(total.clamp(low, high))
            )),
        );
    }
}
