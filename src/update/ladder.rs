//! The steps of a ladder that state no doubt, where that of another step has moved.
//!
//! The doubt scales the hazards of all steps alike, so that they move together; but what a step states as a fixed number stays as it is written, and only
//! its author can say whether it should. What it would be is
//!
//! ```text
//! P(up to t) = E[1 - exp(-s(p) H(t))],        s(p) = ln(1 - p) / ln(1 - m)
//! ```
//!
//! over the posterior of the chance in doubt, with its mean `m` before and the cumulative hazard `H` of the ladder as it stands.

use super::{Skipped, Update};
use crate::dist::Beta;
use crate::math::{exp_m1, ln_1p, round_to};
use crate::model::{Definition, HazardDoubt, Model};

/// Nobody believes more of a chance than this.
const NEARLY_ONE: f64 = 1.0 - 1e-15;

/// The steps that stay as they are written, with what they would be.
pub(super) fn left_behind(model: &Model, text: &str, update: &Update) -> Vec<Skipped> {
    let mut named = Vec::new();
    for event in &model.events {
        let Definition::When(when) = &event.definition else { continue };
        for row in &when.rows {
            let spec = &row.value;
            let Some((doubt, after)) = spec.doubt.as_ref().and_then(|doubt| Some((doubt, moved(doubt, update)?)))
            else {
                continue;
            };
            let would_be = |day: f64| {
                let level = spec.hazard.cumulative(day);
                let reference = ln_1p(-doubt.belief.mean.min(NEARLY_ONE));
                after.expectation(|p| -exp_m1(-ln_1p(-p.min(NEARLY_ONE)) / reference * level))
            };
            let steps: Vec<String> = spec
                .without_doubt
                .iter()
                .map(|(span, day)| {
                    let stated = text.get(span.range()).unwrap_or_default();
                    format!("`{stated}` would now be {} %", round_to(100.0 * would_be(*day), 4))
                })
                .collect();
            if !steps.is_empty() {
                let why = format!(
                    "the doubt moves all steps of its ladder, but those that state none stay as they are written: {}",
                    steps.join(", ")
                );
                named.push(Skipped { name: event.name.clone(), why });
            }
        }
    }
    named
}

/// The chance in doubt after it has moved, if it has; that of a class moves elsewhere.
fn moved(doubt: &HazardDoubt, update: &Update) -> Option<Beta> {
    if doubt.belief.member.is_some() || !doubt.is_cumulative {
        return None;
    }
    let phrase = &update.replacements.iter().find(|one| one.span == doubt.belief.span)?.phrase;
    let (is_rate, numbers) = match phrase.strip_prefix("beta(").and_then(|inner| inner.strip_suffix(')')) {
        Some(shapes) => (false, shapes.split_once(", ")?),
        None => (true, phrase.split_once(" of ")?),
    };
    let (first, second) = (numbers.0.parse().ok()?, numbers.1.parse().ok()?);
    let beta = if is_rate { Beta::jeffreys(first, second) } else { Beta::new(first, second) };
    beta.ok()
}
