//! The posterior of the chance of a date event whose outcome tells when it came, or up to when it did not.
//!
//! The chance in doubt scales the whole hazard, so that with the cumulative hazard `H` of the mean chance `m`
//!
//! ```text
//! P(not up to t | p) = exp(-s(p) H(t)),        s(p) = ln(1 - p) / ln(1 - m)
//! ```
//!
//! which is 1 - p on the day to which the chance belongs. That it came by just that day, or did not, is a case like any other; whatever else is known of
//! the day is weighed with the nodes with which a scenario weighs it.

use super::facts::{DateFact, Facts};
use super::posterior::{Applied, Given, applied, beta_phrase, count_case, is_alone, is_news, note_case, write};
use super::{Means, Update};
use crate::dist::Beta;
use crate::math::gauss;
use crate::math::{exp, exp_m1, ln_1p};
use crate::model::{Condition, Definition, Event, EventId, HazardDoubt, Known, Model, Trigger, WhenDefinition};
use crate::plan::BENT_NODES;

/// Two levels of a hazard that differ by less are one.
const SAME: f64 = 1e-12;

/// Nobody believes more of a chance than this.
const NEARLY_ONE: f64 = 1.0 - 1e-15;

/// Learns what the facts say about the chance of a date event.
///
/// # Errors
/// Why they do not settle it by themselves.
pub(super) fn learn(
    given: &Given<'_>,
    id: EventId,
    event: &Event,
    when: &WhenDefinition,
    update: &mut Update,
) -> Result<(), String> {
    let Given { model, facts, .. } = *given;
    let Some(fact) = facts.dated(id) else { return Ok(()) };
    let from = fact.from.as_slice();
    is_news(given, event, from, fact.agreed())?;
    is_alone(given, id)?;
    let spec = match applied(&when.rows, facts) {
        Applied::Row(spec) => spec,
        Applied::Unknown(why) => return Err(why),
    };
    let Some(doubt) = &spec.doubt else {
        return Err("its chances are fixed numbers, which learn nothing: state one as a base rate such as `6 of 20 by 2025-12-31`".to_owned());
    };
    if !doubt.is_cumulative {
        return Err("the chance in doubt is that of one day alone, after others".to_owned());
    }
    let start = start(model, facts, when)?;
    let deadline = start + doubt.day;
    let upto = if fact.by.is_finite() { fact.by } else { fact.after.max(deadline) };
    for (trigger, ratio) in &when.ratios {
        if *ratio != 1.0 && !ruled_out(trigger, upto, facts) {
            return Err(
                "a hazard ratio applied, or may have, so that its outcome does not move the stated chance alone"
                    .to_owned(),
            );
        }
    }
    if let Some(trigger) = &when.requires {
        let held = match trigger {
            Trigger::Condition(condition) => facts.truth(condition) == Some(true),
            Trigger::Date(_) | Trigger::All(_) | Trigger::Any(_) => false,
        };
        if !held {
            return Err("what it requires did not hold all along, or may not have".to_owned());
        }
    }
    let happened = facts.came_by(id, deadline);
    // What lies beyond the scenario's end is no part of it.
    let end = model.horizon_days().max(deadline);
    let level = |day: f64| spec.hazard.cumulative(day.min(end) - start);
    let (before, upto) = (level(fact.after), level(fact.by));
    let came = fact.by.is_finite();
    let is_open = came || level(end) - before > SAME;
    if is_open && given.graph.says_more(given.items, id, from, |child| tells(model, facts, child, id)) {
        return Err("more is known of its day than its own outcomes say".to_owned());
    }
    let own = level(deadline);
    let is_case = if came { before <= 0.0 && (upto - own).abs() <= SAME } else { (before - own).abs() <= SAME };
    match happened {
        Some(happened) if is_case => return count_case(event, from, &doubt.belief, happened, given.text, update),
        // Whether it came put the chance to the test, whatever else is known of the day.
        Some(happened) => note_case(event, from, &doubt.belief, happened, update),
        None => {}
    }
    // The class is weighed, and with it what a member that differs shows of itself.
    if doubt.belief.member.is_none() {
        let (after, mean) = weighed(doubt, before, came.then_some(upto))?;
        let phrase = beta_phrase(&doubt.belief, &after);
        let means = (doubt.belief.mean, mean);
        write(event, from, doubt.belief.span, phrase, means, Means::Exact, given.text, update);
    }
    Ok(())
}

/// The Beta of the mean and variance of a chance after what is known of the day, and the mean: not up to the cumulative hazard `before`, and if it
/// came, up to `upto`.
fn weighed(doubt: &HazardDoubt, before: f64, upto: Option<f64>) -> Result<(Beta, f64), String> {
    let reference = ln_1p(-doubt.belief.mean.min(NEARLY_ONE));
    let likelihood = |p: f64| {
        let scale = ln_1p(-p.min(NEARLY_ONE)) / reference;
        let stays_out = if before > 0.0 { exp(-scale * before) } else { 1.0 };
        upto.map_or(stays_out, |upto| stays_out * -exp_m1(-scale * (upto - before)))
    };
    let nodes = gauss::beta(doubt.prior.a(), doubt.prior.b(), BENT_NODES);
    let evidence = nodes.mean(likelihood);
    if !(evidence > 0.0 && evidence.is_finite()) {
        return Err("its outcome cannot be by its chances".to_owned());
    }
    let mean = nodes.mean(|p| p * likelihood(p)) / evidence;
    let variance = nodes.mean(|p| (p - mean) * (p - mean) * likelihood(p)) / evidence;
    Beta::from_mean_and_variance(mean, variance)
        .map(|after| (after, mean))
        .map_err(|_| "its posterior is too near to certainty to be written as a prior".to_owned())
}

/// When the clock of an event started, to the day; a known day counts as a moment.
fn start(model: &Model, facts: &Facts, when: &WhenDefinition) -> Result<f64, String> {
    let Some(parent) = when.after else { return Ok(0.0) };
    match facts.dated(parent).filter(|known| known.agreed()) {
        Some(DateFact { after, by, .. }) if by - after <= 1.0 => Ok(*by),
        Some(known) if !known.by.is_finite() && known.after >= model.horizon_days() => {
            Err("its clock never started, so its outcome says nothing about its chance".to_owned())
        }
        _ => Err("when its clock started is not known".to_owned()),
    }
}

fn ruled_out(trigger: &Trigger, deadline: f64, facts: &Facts) -> bool {
    match trigger {
        Trigger::Date(event) => facts.came_by(*event, deadline) == Some(false),
        Trigger::Condition(condition) => facts.truth(condition) == Some(false),
        Trigger::All(parts) => parts.iter().any(|part| ruled_out(part, deadline, facts)),
        Trigger::Any(parts) => parts.iter().all(|part| ruled_out(part, deadline, facts)),
    }
}

/// Whether what is known settles how an event depends on another: by conditions alone, each of which it tells.
fn tells(model: &Model, facts: &Facts, event: EventId, on: EventId) -> bool {
    let is_told = |condition: &Condition| {
        let mut mentions = false;
        condition.visit_events(&mut |event| mentions |= event == on);
        !mentions || facts.truth(condition).is_some()
    };
    let told = |condition: Option<&Condition>| condition.is_none_or(is_told);
    match &model.event(event).definition {
        Definition::Chance(chance) => {
            chance.rows.iter().all(|row| told(row.condition.as_ref()))
                && chance.odds.iter().all(|(condition, _)| is_told(condition))
                && told(chance.requires.as_ref())
        }
        Definition::Options(rows) => rows.iter().all(|row| told(row.condition.as_ref())),
        Definition::Holds(condition) => is_told(condition),
        _ => false,
    }
}
