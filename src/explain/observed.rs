//! What each event tells of an outcome, and what the figure would be if it were known, or made so.

use super::bench::Worked;
use super::joint::{Table, tables};
use super::relevant::pruned;
use super::report::{EventInformation, Figure, Information, WhatIf, WhatIfRow};
use super::states::{Row, States, opposite, states};
use super::subject::Subject;
use super::target::Doubt;
use crate::error::Error;
use crate::model::{EventId, Intervention, Made, Question, QuestionTarget};
use crate::plan::{self, Ask, Asked, Connected, Plan};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Both tables; `information` and `what_if` say which are wanted.
pub(super) fn observed(
    subject: &Subject<'_>,
    information: bool,
    what_if: bool,
) -> Result<(Option<Information>, Option<WhatIf>), Error> {
    if !information && !what_if {
        return Ok((None, None));
    }
    let mut plan = plan::compile(subject.model, subject.situation);
    let target = subject.target.ask(&mut plan);
    let events: Vec<EventId> = (0..subject.model.events.len())
        .map(EventId)
        .filter(|id| !is_asked(subject, *id))
        .filter(|id| is_event(subject, *id) && !subject.undecided.changes(*id))
        .collect();
    let own: Vec<Ask> = events.iter().map(|id| plan.asks[id.0].clone()).collect();
    let telling = Connected::new(&plan).tell_of(&target, &own);
    let near: Vec<EventId> = events.iter().zip(&telling).filter(|(_, tells)| **tells).map(|(id, _)| *id).collect();
    let mut all = states(subject, &mut plan, &near)?;
    let mut silent: Vec<(String, bool)> = Vec::new();
    let known = |of: &[States], id: EventId| of.iter().any(|states| states.event == Some(id));
    let without: Vec<EventId> = events.iter().copied().filter(|id| !known(&all, *id)).collect();
    silent.extend(without.iter().map(|id| (subject.model.event(*id).name.clone(), false)));
    if information {
        let (told, nothing) = questions(subject, &mut plan, &target);
        all.extend(told);
        silent.extend(nothing.into_iter().map(|name| (name, true)));
    }
    let found = tables(subject, plan, &target, &all)?;
    let informed = information.then(|| Information {
        entropy: found
            .iter()
            .flatten()
            .next()
            .map_or_else(|| entropy_alone(subject), |counted| counted.figure(Table::entropy)),
        events: {
            let told = all.iter().zip(&found).filter_map(|(states, counted)| {
                let counted = counted.as_ref()?;
                Some(EventInformation {
                    event: states.name.clone(),
                    is_question: states.event.is_none(),
                    bits: counted.bits(),
                    variance_share: counted.variance_share(),
                    states: states.planes.len(),
                })
            });
            let nothing = Figure { value: 0.0, standard_error: 0.0 };
            let silent = silent.iter().map(|(name, is_question)| EventInformation {
                event: name.clone(),
                is_question: *is_question,
                bits: nothing,
                variance_share: nothing,
                states: 0,
            });
            let mut events: Vec<EventInformation> = told.chain(silent).collect();
            events.sort_by(|left, right| right.bits.value.total_cmp(&left.bits.value));
            events
        },
    });
    let tabled = if what_if {
        let plan = subject.plan(Doubt::Drawn);
        let base = subject.bench.work(&plan)?;
        let drawn: BTreeSet<&str> = plan.steps.iter().map(|step| step.label.as_str()).collect();
        let pairs: Vec<_> = all.iter().zip(&found).filter(|(states, _)| states.event.is_some()).collect();
        let rows: Vec<Vec<WhatIfRow>> = pairs
            .par_iter()
            .map(|(states, counted)| {
                let rows = states.rows.iter();
                rows.map(|row| what_if_row(subject, states, row, counted.as_ref(), &base, &drawn)).collect()
            })
            .collect();
        Some(WhatIf {
            figure: base.figure(),
            rows: rows.into_iter().flatten().collect(),
            without_bearing: without.iter().map(|id| subject.model.event(*id).name.clone()).collect(),
        })
    } else {
        None
    };
    Ok((informed, tabled))
}

/// Whether an event is what is explained, as it stands or as a question of its name asks about it: that tells all of it.
fn is_asked(subject: &Subject<'_>, id: EventId) -> bool {
    let event = subject.model.event(id);
    let question = subject.model.questions.iter().find(|question| question.name == subject.target.name);
    let as_it_stands = question.is_none_or(|question| {
        let asked = matches!(question.target, QuestionTarget::When(asked) if asked == id);
        asked || question.target.just_an_event() == Some(id)
    });
    event.name == subject.target.name && as_it_stands
}

/// Whether it is one, rather than a decision or what outcomes are worth: these are no news.
fn is_event(subject: &Subject<'_>, id: EventId) -> bool {
    let model = subject.model;
    !model.utilities.contains(&id) && !model.decisions.iter().any(|decision| decision.event == id)
}

/// The events and other yes/no questions that hang on what is yet to be decided, so that nothing can be said of them.
pub(super) fn undecided(subject: &Subject<'_>) -> Vec<String> {
    let model = subject.model;
    let ids = (0..model.events.len()).map(EventId);
    let hanging = ids.filter(|id| is_event(subject, *id) && subject.undecided.changes(*id));
    let mut names: Vec<String> = hanging.map(|id| model.event(id).name.clone()).collect();
    for question in model.questions.iter().filter(|question| question.given.is_none()) {
        let is_yes_or_no = matches!(question.target, QuestionTarget::Holds(_));
        if is_yes_or_no && hangs(subject, question) && !names.contains(&question.name) {
            names.push(question.name.clone());
        }
    }
    names
}

fn hangs(subject: &Subject<'_>, question: &Question) -> bool {
    let mut hangs = false;
    question.visit_events(&mut |event| hangs |= subject.undecided.changes(event));
    hangs
}

/// Where nothing tells of the outcome, what there is to tell.
fn entropy_alone(subject: &Subject<'_>) -> Figure {
    let value = subject.bench.work(&subject.plan(Doubt::Drawn)).map_or(0.0, |worked| worked.value);
    let part = |share: f64| if share > 0.0 && share < 1.0 { -share * crate::math::log2(share) } else { 0.0 };
    let entropy = if subject.target.explained.is_probability() { part(value) + part(1.0 - value) } else { 0.0 };
    Figure { value: entropy, standard_error: 0.0 }
}

/// The other yes/no questions that have no condition of their own, and the names of those that tell nothing; what asks about an event of its name just
/// as it stands is that event.
fn questions(subject: &Subject<'_>, plan: &mut Plan, target: &Ask) -> (Vec<States>, Vec<String>) {
    let first = subject.model.events.len();
    let (mut asks, mut open) = (Vec::new(), Vec::new());
    for (at, question) in subject.model.questions.iter().enumerate() {
        let ask = plan.asks[first + at].clone();
        let Asked::Binary(yes) = ask.what else { continue };
        let event = question.target.just_an_event();
        let is_event = event.is_some_and(|event| subject.model.event(event).name == question.name);
        if ask.given.is_none() && question.name != subject.target.name && !is_event && !hangs(subject, question) {
            asks.push(ask);
            open.push((question.name.clone(), yes));
        }
    }
    let telling = Connected::new(plan).tell_of(target, &asks);
    let (mut told, mut silent) = (Vec::new(), Vec::new());
    for ((name, yes), tells) in open.into_iter().zip(telling) {
        if tells {
            let no = opposite(plan, yes);
            told.push(States { name, event: None, planes: vec![yes, no], rows: Vec::new() });
        } else {
            silent.push(name);
        }
    }
    (told, silent)
}

fn what_if_row(
    subject: &Subject<'_>,
    states: &States,
    row: &Row,
    counted: Option<&super::joint::Counted>,
    base: &Worked,
    drawn: &BTreeSet<&str>,
) -> WhatIfRow {
    let chance = counted.map(|counted| counted.figure(|table| table.chance(&row.states)));
    let observed = counted
        .filter(|counted| counted.whole.chance(&row.states) > 0.0)
        .map(|counted| counted.figure(|table| table.figure(&row.states)))
        .filter(|figure| figure.value.is_finite());
    let making = row.making.clone().zip(states.event);
    let made = making.and_then(|((made, words), event)| {
        if !drawn.contains(states.name.as_str()) {
            // Nothing that it asks about depends on it.
            return Some((words, base.clone()));
        }
        let plan = pruned(made_so(subject, event, made));
        subject.bench.work(&plan).ok().map(|worked| (words, worked))
    });
    let (made, worked) = made.map_or((None, None), |(words, worked)| (words, Some(worked)));
    WhatIfRow {
        event: states.name.clone(),
        outcome: row.outcome.clone(),
        chance: chance.unwrap_or(Figure { value: 0.0, standard_error: 0.0 }),
        observed,
        made,
        made_so: worked.as_ref().map(Worked::figure),
        effect: worked.as_ref().map(|worked| worked.less(base)),
    }
}

fn made_so(subject: &Subject<'_>, event: EventId, made: Made) -> Plan {
    let mut situation = subject.situation.clone();
    situation.suppose.retain(|one| one.event != event);
    let mut model = subject.model.clone();
    model.suppose.retain(|one| one.event != event);
    situation.suppose.push(Intervention { event, made, text: String::new() });
    subject.target.plan(&model, &situation, Doubt::Drawn)
}
