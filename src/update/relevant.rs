//! Which observations bear on the chances of which events: d-separation.

use super::facts::Facts;
use super::items::Item;
use super::learner::Learner;
use crate::model::{EventId, Model};
use std::collections::BTreeSet;

/// The graph of a scenario with what was observed of it.
#[derive(Debug)]
pub(super) struct Graph {
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
    observed: Vec<bool>,
    events: usize,
    items: usize,
    /// Where the reference classes begin.
    classes: usize,
}

impl Graph {
    /// Nodes are the events, then the observations, each with the events it speaks of as parents, then the groups of events that are drawn together,
    /// then the news of the file, then the reference classes.
    pub(super) fn new(model: &Model, facts: &Facts<'_>, items: &[Item]) -> Self {
        let events = model.events.len();
        let news = events + items.len() + model.groups.len();
        let classes = news + model.news.len();
        let count = classes + model.priors.len();
        let mut parents = vec![Vec::new(); count];
        for (at, event) in model.events.iter().enumerate() {
            event.visit_parents(&mut |parent| parents[at].push(parent.0));
        }
        for (at, item) in items.iter().enumerate() {
            item.condition.visit_events(&mut |event| parents[events + at].push(event.0));
        }
        for (at, group) in model.groups.iter().enumerate() {
            for event in &group.events {
                parents[event.0].push(events + items.len() + at);
            }
        }
        for (at, one) in model.news.iter().enumerate() {
            one.finding.visit_events(&mut |event| parents[news + at].push(event.0));
        }
        for (at, event) in model.events.iter().enumerate() {
            event.visit_beliefs(&mut |belief| {
                parents[at].extend(belief.member.as_ref().map(|member| classes + member.class));
            });
        }
        let mut children = vec![Vec::new(); count];
        for (node, of) in parents.iter().enumerate() {
            of.iter().for_each(|parent| children[*parent].push(node));
        }
        let observed = (0..count)
            .map(|node| {
                let event = EventId(node);
                let settled = || facts.binary(event).is_some() || facts.option(event).is_some();
                if node < events { settled() } else { node < events + items.len() || (news..classes).contains(&node) }
            })
            .collect();
        Self { parents, children, observed, events, items: items.len(), classes }
    }

    /// The observations that bear on the chances of an event or of a reference class, given all others: those that the ball of Shachter (1998, "Bayes-Ball", UAI 14)
    /// reaches from a parent of it.
    pub(super) fn bearing_on(&self, learner: Learner) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let start = match learner {
            Learner::Event(event) => event.0,
            Learner::Prior(class) => self.classes + class,
        };
        let mut waiting = vec![(start, true)];
        while let Some((node, from_parent)) = waiting.pop() {
            if !seen.insert((node, from_parent)) {
                continue;
            }
            let own = |reached: &mut BTreeSet<usize>| {
                if node < self.events {
                    // An event that is settled is known by the observations about it.
                    let about = self.children[node].iter().filter(|child| self.is_item(**child));
                    reached.extend(about.map(|child| child - self.events));
                } else if self.is_item(node) {
                    reached.insert(node - self.events);
                }
            };
            match (self.observed[node], from_parent) {
                (true, true) => {
                    own(&mut reached);
                    waiting.extend(self.parents[node].iter().map(|parent| (*parent, false)));
                }
                (true, false) => {}
                (false, true) => waiting.extend(self.children[node].iter().map(|child| (*child, true))),
                (false, false) => {
                    waiting.extend(self.parents[node].iter().map(|parent| (*parent, false)));
                    waiting.extend(self.children[node].iter().map(|child| (*child, true)));
                }
            }
        }
        reached
    }

    fn is_item(&self, node: usize) -> bool {
        (self.events..self.events + self.items).contains(&node)
    }
}
