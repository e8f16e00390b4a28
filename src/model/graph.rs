//! Which event depends on which: an order to draw them in, or the circle that makes one impossible.

use super::EventId;
use super::definition::Event;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::document::EventNode;
use crate::source::Span;

/// An order in which every event comes after those it depends on, as near to file order as can be; `None`, with every circle
/// printed whole, if there is none.
pub(super) fn order(events: &[Event], nodes: &[EventNode], found: &mut Diagnostics) -> Option<Vec<EventId>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let parents: Vec<Vec<EventId>> = events
        .iter()
        .map(|event| {
            let mut parents = Vec::new();
            event.visit_parents(&mut |parent| {
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            });
            parents
        })
        .collect();
    let mut state = vec![State::New; events.len()];
    let mut order = Vec::with_capacity(events.len());
    let mut circles = 0;
    for start in 0..events.len() {
        if state[start] != State::New {
            continue;
        }
        // Depth first with a stack of our own: a chain of thousands of events must not exhaust the thread's.
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = State::Open;
        while let Some((node, next)) = path.last_mut() {
            let Some(parent) = parents[*node].get(*next) else {
                state[*node] = State::Done;
                order.push(EventId(*node));
                path.pop();
                continue;
            };
            *next += 1;
            match state[parent.0] {
                State::Done => {}
                State::New => {
                    state[parent.0] = State::Open;
                    path.push((parent.0, 0));
                }
                State::Open => {
                    circles += 1;
                    let from = path.iter().position(|(node, _)| *node == parent.0).unwrap_or(0);
                    let members: Vec<usize> = path[from..].iter().map(|(node, _)| *node).collect();
                    found.push(circle(events, nodes, &members));
                }
            }
        }
    }
    (circles == 0).then_some(order)
}

/// The place at which one event names the next.
fn link(nodes: &[EventNode], from: usize, to: usize) -> Span {
    nodes[from].mention(&nodes[to].name.value).unwrap_or(nodes[from].name.span)
}

fn circle(events: &[Event], nodes: &[EventNode], members: &[usize]) -> Diagnostic {
    let first = &events[members[0]];
    let next = |place: usize| members[(place + 1) % members.len()];
    let span = link(nodes, members[0], next(0));
    if members.len() == 1 {
        return Diagnostic::new("E0501", span, format!("`{}` depends on itself", first.name))
            .help("an event cannot be its own condition; leave that part out");
    }
    let mut names: Vec<String> = members.iter().map(|at| format!("`{}`", events[*at].name)).collect();
    names.push(format!("`{}`", first.name));
    let mut diagnostic = Diagnostic::new(
        "E0501",
        span,
        format!("these events depend on one another in a circle: {}", names.join(" needs ")),
    );
    for (place, at) in members.iter().enumerate().skip(1) {
        let label = format!("and `{}` needs `{}`", events[*at].name, events[next(place)].name);
        diagnostic = diagnostic.other(link(nodes, *at, next(place)), label);
    }
    diagnostic.help("leave out the weakest of these links, or let both follow from a third event")
}
