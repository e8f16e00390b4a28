//! `[decision.NAME]` and `[utility.NAME]` → [`Decision`]s and what they are judged by.

use super::definition::{CaseRow, Definition, Event, Kind};
use super::evidence::News;
use super::finite::Means;
use super::names::{Names, listed, nearest};
use super::number::NumberSpec;
use super::tails::Tail;
use super::{EventId, Intervention};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::scenario::document::{DecisionNode, EventNode};
use crate::source::Span;
use std::collections::BTreeSet;

/// What is for us to choose. Decisions are taken in file order, and what was known or chosen before is not forgotten.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The event that stands for it: its options are what can be chosen, and nothing is known of it until it is chosen.
    pub event: EventId,
    /// What is learned right before it is taken: events that no later decision changes.
    pub knows: Vec<EventId>,
    /// What each option costs, in the unit of the utilities: of a yes/no decision no, then yes.
    pub costs: Vec<f64>,
}

/// For each event, the decisions (by their place) that it depends on or is.
fn behind(events: &[Event], order: &[EventId], decisions: &[Option<EventId>]) -> Vec<BTreeSet<usize>> {
    let mut behind: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); events.len()];
    for id in order {
        let mut mine: BTreeSet<usize> =
            decisions.iter().enumerate().filter(|(_, event)| **event == Some(*id)).map(|(at, _)| at).collect();
        events[id.0].visit_parents(&mut |parent| mine.extend(&behind[parent.0]));
        behind[id.0] = mine;
    }
    behind
}

/// Every decision in file order; where one is wrong a diagnostic says so.
pub(super) fn decisions(
    document: &Document,
    names: &Names,
    (events, order): (&[Event], Option<&[EventId]>),
    found: &mut Diagnostics,
) -> (Vec<Decision>, Vec<EventId>) {
    let ids: Vec<Option<EventId>> = document.decisions.iter().map(|node| names.get(&node.name.value)).collect();
    let utilities: Vec<EventId> = document.utilities.iter().filter_map(|name| names.get(&name.value)).collect();
    let behind = order.map(|order| behind(events, order, &ids));
    let mut decisions = Vec::new();
    for (at, (node, id)) in document.decisions.iter().zip(&ids).enumerate() {
        let Some(event) = *id else { continue };
        let knows = knows(node, at, (document, names, behind.as_deref()), found);
        decisions.push(Decision { event, knows, costs: costs(node, &events[event.0], found) });
    }
    for utility in &utilities {
        finite(&events[utility.0], &document.events[utility.0], found);
    }
    if let Some(behind) = behind.filter(|_| !document.decisions.is_empty()) {
        of_use(document, &decisions, (&utilities, &behind), found);
    }
    (decisions, utilities)
}

/// What a decision knows, each of it something that can be known then.
fn knows(
    node: &DecisionNode,
    at: usize,
    (document, names, behind): (&Document, &Names, Option<&[BTreeSet<usize>]>),
    found: &mut Diagnostics,
) -> Vec<EventId> {
    let mut known = Vec::new();
    let name = &node.name.value;
    for text in node.knows.iter().flat_map(|(_, names)| names) {
        let Some(id) = names.find(&text.value, text.span, found) else { continue };
        if known.contains(&id) {
            continue;
        }
        let later = behind.and_then(|behind| behind[id.0].iter().find(|decision| **decision >= at));
        if let Some(later) = later {
            let other = &document.decisions[*later].name.value;
            let (message, help) = if *later == at {
                (
                    format!("`{name}` cannot know `{}`, which depends on it", text.value),
                    "a decision knows what comes before it; leave that out of `knows`".to_owned(),
                )
            } else {
                (
                    format!(
                        "`{name}` cannot know `{}`, which depends on `{other}`, which is decided later",
                        text.value
                    ),
                    format!(
                        "decisions are taken in the order of the file: put `[decision.{other}]` before `[decision.{name}]`"
                    ),
                )
            };
            found.push(Diagnostic::new("E1401", text.span, message).help(help));
            continue;
        }
        match names.kind(id) {
            Kind::Binary | Kind::Categorical { .. } => known.push(id),
            kind => {
                let message = format!(
                    "`{name}` can know yes/no events and events with options, but `{}` is {}",
                    text.value,
                    kind.words()
                );
                let about = if *kind == Kind::Date { "by 2026-06-01" } else { "> 10" };
                let help = format!(
                    "give what is known of it an event of its own, such as `holds = \"{} {about}\"`, and name that",
                    text.value
                );
                found.push(Diagnostic::new("E1402", text.span, message).help(help));
            }
        }
    }
    known
}

/// The options of a decision by name, in their order.
fn option_names(event: &Event) -> Vec<String> {
    match &event.kind {
        Kind::Categorical { options, .. } => options.clone(),
        _ => vec!["no".to_owned(), "yes".to_owned()],
    }
}

fn costs(node: &DecisionNode, event: &Event, found: &mut Diagnostics) -> Vec<f64> {
    let options = option_names(event);
    let mut costs = vec![0.0; options.len()];
    for (option, cost) in node.costs.iter().flat_map(|(_, costs)| costs) {
        if let Some(at) = options.iter().position(|name| *name == option.value) {
            costs[at] = cost.value;
        } else if !node.unread.has("options") {
            let problem = Diagnostic::new(
                "E0408",
                option.span,
                format!("the decision `{}` has no option `{}`", event.name, option.value),
            );
            found.push(match nearest(&option.value, options.iter().map(String::as_str)) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem.help(format!("its options are {}", listed(options.iter()))),
            });
        }
    }
    costs
}

/// A utility must have a mean, or no option can be said to be better than another.
fn finite(event: &Event, node: &EventNode, found: &mut Diagnostics) {
    let rows: &[CaseRow<NumberSpec>] = match &event.definition {
        Definition::Number(number) => &number.rows,
        _ => &[],
    };
    let endless =
        rows.iter().filter_map(|row| row.value.law()).any(|law| law.mean().is_none_or(|mean| !mean.is_finite()));
    if endless {
        let span: Span = node.value.as_ref().map_or(node.name.span, |(span, _)| *span);
        found.push(
            Diagnostic::new("E1403", span, format!("the utility `{}` has no finite mean", event.name))
                .help("cap it, as in `\"…, at most 1000\"`: an expected utility is a mean"),
        );
    }
}

/// What a formula gives must have a mean, too, as far as that can be told.
pub(super) fn means(
    document: &Document,
    (events, order): (&[Event], &[EventId]),
    (decisions, utilities): (&[Decision], &[EventId]),
    (news, suppose): (&[News], &[Intervention]),
    found: &mut Diagnostics,
) {
    let chosen: Vec<EventId> = decisions.iter().map(|decision| decision.event).collect();
    let mut learned: Vec<EventId> = suppose.iter().map(|made| made.event).collect();
    for one in news {
        one.finding.visit_events(&mut |event| learned.push(event));
    }
    let mut means = Means::new((events, order), &chosen, learned.into_iter());
    for utility in utilities {
        let (event, node) = (&events[utility.0], &document.events[utility.0]);
        let Definition::Equals(formula) = &event.definition else { continue };
        let span: Span = node.equals.as_ref().map_or(node.name.span, |(span, _)| *span);
        let (worst, without) = means.worst(formula);
        let names = listed(without.iter().map(|event| &events[event.0].name));
        match worst {
            Tail::Thin | Tail::Moderate | Tail::Heavy | Tail::Finite => {}
            Tail::Endless => {
                let message = format!("the utility `{}` has no finite mean", event.name);
                found.push(Diagnostic::new("E1403", span, message).help(format!(
                    "limit {names} on both sides, where it is stated, as in `\"…, at least -1000, at most 1000\"`, or here, as in `max(-1000, min(1000, …))`: an expected utility is a mean"
                )));
            }
            Tail::Unknown => {
                let message = format!("whether the utility `{}` has a finite mean cannot be told", event.name);
                let of = if without.is_empty() {
                    "what it divides by, or what far-out values are multiplied with".to_owned()
                } else {
                    format!("{names}, which has none")
                };
                found.push(
                    Diagnostic::new("W1407", span, message)
                        .help(format!("without one its expected utility means nothing: limit {of}")),
                );
            }
        }
    }
}

/// Utilities and decisions that have nothing to do with one another.
fn of_use(
    document: &Document,
    decisions: &[Decision],
    (utilities, behind): (&[EventId], &[BTreeSet<usize>]),
    found: &mut Diagnostics,
) {
    for (utility, name) in utilities.iter().zip(&document.utilities) {
        let node = &document.events[utility.0];
        let says_something = node.value.is_some() || node.equals.is_some();
        if says_something && behind[utility.0].is_empty() {
            found.push(
                Diagnostic::new("W1404", name.span, format!("no decision bears on the utility `{}`", name.value))
                    .help("it adds the same to every option; name a decision, or what depends on one, in it"),
            );
        }
    }
    for (at, (decision, node)) in decisions.iter().zip(&document.decisions).enumerate() {
        let bears = utilities.iter().any(|utility| behind[utility.0].contains(&at));
        if !bears && decision.costs.iter().all(|cost| *cost == 0.0) && !node.unread.anything {
            let name = &node.name.value;
            found.push(
                Diagnostic::new(
                    "W1405",
                    node.name.span,
                    format!("the decision `{name}` bears on no utility and costs nothing"),
                )
                .help("every option is as good as every other; name it in a `[utility.…]`, or in what one depends on"),
            );
        }
    }
}

/// A decision is taken, not learned of: news about one is refused.
pub(super) fn news(decisions: &[Decision], names: &Names, news: &[News], found: &mut Diagnostics) {
    for one in news {
        let mut about = None;
        one.finding.visit_events(&mut |event| {
            about = about.or_else(|| decisions.iter().find(|decision| decision.event == event));
        });
        if let Some(decision) = about {
            let name = names.name(decision.event);
            found.push(Diagnostic::new("E1406", one.span, format!("news about `{name}`, which is a decision")).help(
                format!("a decision is taken: write `suppose = [\"{name} …\"]`, or `--suppose` on the command line"),
            ));
        }
    }
}

/// The decisions that nobody has taken, by the file or by these suppositions.
pub(super) fn open<'a>(
    decisions: &'a [Decision],
    supposed: impl Iterator<Item = &'a Intervention> + Clone,
) -> impl Iterator<Item = &'a Decision> {
    decisions.iter().filter(move |decision| !supposed.clone().any(|made| made.event == decision.event))
}
