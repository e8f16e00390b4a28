//! What moved nothing, and the true reason for each.

use super::facts::COMBINATION;
use super::learner::Learner;
use super::members::has_record;
use super::numbered::STATE_DOUBT;
use super::posterior::{Given, PUT_BACK, is_of_this_time, question_of};
use super::weighed::{self, Stated, TOGETHER, Weighed};
use super::{Skipped, Update};
use crate::model::{Definition, Event, EventId, Finding, Formula, Model, Question, QuestionTarget};
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// What an outcome or a piece of news tells, and whether that settles an event.
pub(super) struct Told {
    /// The question, or what the news says.
    name: String,
    /// The number whose value it tells.
    number: Option<EventId>,
    tag: String,
    settles: Result<(), String>,
}

impl Told {
    pub(super) fn by_outcome(question: &Question, tag: String, settles: Result<(), String>) -> Self {
        let number = match question.target {
            QuestionTarget::Value(Formula::Event(event)) => Some(event),
            _ => None,
        };
        Self { name: question.name.clone(), number, tag, settles }
    }

    pub(super) fn by_news(finding: &Finding, tag: &str, settles: Result<(), String>) -> Self {
        let number = match finding {
            Finding::Number(event, _) => Some(*event),
            _ => None,
        };
        Self { name: tag.to_owned(), number, tag: tag.to_owned(), settles }
    }
}

/// A question that was annulled, and what has learned from the outcome it had before.
pub(super) fn annulled(model: &Model, source: &Source, question: &Question) -> Skipped {
    let mut learned: Vec<(String, String)> = Vec::new();
    for learner in Learner::all(model) {
        let history = learner.learned_from(model, source, &[]);
        let of_this = |tag: &&String| {
            question_of(tag) == question.name && !tag.contains(": not yet (") && is_of_this_time(model, tag)
        };
        learned.extend(history.iter().filter(of_this).map(|tag| (learner.name(model), tag.clone())));
    }
    let why = match learned.split_first() {
        None => "it was annulled".to_owned(),
        Some(((name, tag), others)) => {
            let names: Vec<String> = others.iter().map(|(name, _)| format!(", `{name}`")).collect();
            format!("it was annulled, but `{name}`{} learned from {tag}: {PUT_BACK}", names.concat())
        }
    };
    Skipped { name: question.name.clone(), why }
}

/// The outcomes and reports that moved nothing, where no event that they settle says why. `reasons` of events without a prior of their own, whose outcomes moved
/// others (the class that they are like, what they depend on), are taken out, but for those of fixed numbers, which could be stated otherwise.
pub(super) fn unused(
    given: &Given<'_>,
    source: &Source,
    told: &[Told],
    weighed: &Weighed,
    reasons: &mut BTreeMap<String, String>,
    update: &Update,
) -> Vec<Skipped> {
    let Given { model, facts, .. } = *given;
    let is_used = |tag: &String| update.learned.iter().any(|one| one.by.contains(tag));
    let doubtful = doubtful(model);
    for (at, event) in model.events.iter().enumerate() {
        let from = facts.about(EventId(at));
        let is_fixed = || reasons.get(&event.name).is_some_and(|why| why.contains("fixed number"));
        let has_prior = || doubtful.contains(&Learner::Event(EventId(at)));
        if (is_member(event) || !has_prior() && !is_fixed()) && !from.is_empty() && from.iter().all(is_used) {
            reasons.remove(&event.name);
        }
    }
    let is_named = |tag: &String| {
        let mut events = model.events.iter().enumerate();
        facts.is_refused(tag)
            || events.any(|(at, event)| reasons.contains_key(&event.name) && facts.about(EventId(at)).contains(tag))
    };
    let unused = told.iter().filter(|one| !is_used(&one.tag) && !is_named(&one.tag));
    unused
        .map(|one| {
            let why = match &one.settles {
                Err(why) if why != COMBINATION => why.clone(),
                _ => why(given, source, one, weighed, reasons, &doubtful),
            };
            Skipped { name: one.name.clone(), why }
        })
        .collect()
}

fn why(
    given: &Given<'_>,
    source: &Source,
    told: &Told,
    weighed: &Weighed,
    reasons: &BTreeMap<String, String>,
    doubtful: &BTreeSet<Learner>,
) -> String {
    let Given { model, facts, items, graph, .. } = *given;
    if let Some(why) = weighed.unmoved.get(&told.tag) {
        return why.clone();
    }
    let Some(item) = items.iter().position(|item| item.tag == told.tag) else {
        return "its outcome is none that it can have".to_owned();
    };
    if graph.behind(item).is_disjoint(doubtful) {
        return match told.number.map(|event| &model.event(event).definition) {
            Some(Definition::Number(_)) => format!(
                "it is drawn from distributions of fixed numbers, which learn nothing, by chances that state no doubt: {STATE_DOUBT}"
            ),
            _ => NO_DOUBT.to_owned(),
        };
    }
    let bearing = doubtful.iter().filter(|learner| weighed.bearing[*learner].contains(&item));
    let bearing: Vec<Learner> = bearing.copied().collect();
    let has_learned = |learner: &Learner| learner.learned_from(model, source, &[&told.tag]).contains(&told.tag);
    if !bearing.is_empty() && bearing.iter().all(has_learned) {
        let names: Vec<String> = bearing.iter().map(|learner| format!("`{}`", learner.name(model))).collect();
        return format!("learned from it already: {}", names.join(", "));
    }
    let of = |learner: &Learner| Some(learner.name(model)).filter(|name| reasons.contains_key(name));
    let named: Vec<String> = bearing.iter().filter_map(of).map(|name| format!("`{name}`")).collect();
    let mut is_settled = true;
    items[item].condition.visit_events(&mut |event| {
        is_settled &= facts.binary(event).is_some() || facts.option(event).is_some() || facts.number(event).is_some();
    });
    if bearing.is_empty() || is_settled && named.is_empty() {
        return "other outcomes say already what it says".to_owned();
    }
    if reasons.contains_key(TOGETHER) {
        return format!("the chances on which it bears were not weighed: see `{TOGETHER}`");
    }
    if !named.is_empty() {
        return format!("it bears on what did not move for a reason of its own: see {}", named.join(", "));
    }
    "it leaves the chances on which it bears as they were".to_owned()
}

const NO_DOUBT: &str = "no chance on which it bears states a doubt, so that nothing learns from it";

/// The events and classes whose priors state a doubt.
fn doubtful(model: &Model) -> BTreeSet<Learner> {
    let inputs = weighed::inputs(model).into_values();
    let in_doubt = inputs.filter(|input| match &input.belief {
        Stated::Chance(belief) => belief.prior.is_some(),
        Stated::Options(belief) => belief.prior.is_some(),
        Stated::Rate { .. } | Stated::Mean { .. } => true,
    });
    let differing = (0..model.events.len()).map(EventId).filter(|event| has_record(model.event(*event)));
    in_doubt.map(|input| input.learner).chain(differing.map(Learner::Event)).collect()
}

/// Whether all chances of an event are those of classes whose members are alike.
fn is_member(event: &Event) -> bool {
    let (mut all, mut any) = (true, false);
    event.visit_beliefs(&mut |belief| {
        all &= belief.member.as_ref().is_some_and(|member| member.own.is_none());
        any = true;
    });
    all && any
}

/// The steps of ladders that are taken at their means, where something is known of their events.
pub(super) fn ladders(given: &Given<'_>) -> Vec<Skipped> {
    let Given { model, items, text, .. } = *given;
    let is_known = |event: usize| {
        items.iter().any(|item| {
            let mut speaks = false;
            item.condition.visit_events(&mut |of| speaks |= of.0 == event);
            speaks
        })
    };
    let mut named = Vec::new();
    for (at, event) in model.events.iter().enumerate() {
        let Definition::When(when) = &event.definition else { continue };
        let spans = when.rows.iter().flat_map(|row| &row.value.taken_at_mean);
        let steps: Vec<String> =
            spans.map(|span| format!("`{}`", text.get(span.range()).unwrap_or_default())).collect();
        if !steps.is_empty() && is_known(at) {
            let why = format!(
                "of its steps only the last one that states a doubt is in doubt, and learns; {} {} taken at the mean",
                steps.join(" and "),
                if steps.len() == 1 { "is" } else { "are" }
            );
            named.push(Skipped { name: event.name.clone(), why });
        }
    }
    named
}
