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
    /// Where the news of the file begins.
    news: usize,
    /// Where the reference classes begin.
    classes: usize,
    /// Of each event the classes that it is like, where it has no chance of its own: what others say of them says nothing of how it differs from them.
    own_classes: Vec<Vec<usize>>,
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
        let mut own_classes = vec![Vec::new(); events];
        for (at, event) in model.events.iter().enumerate() {
            let (mut of, mut has_own) = (Vec::new(), false);
            event.visit_beliefs(&mut |belief| {
                of.extend(belief.member.as_ref().map(|member| classes + member.class));
                has_own |= belief.member.is_none();
            });
            parents[at].extend(&of);
            if !has_own {
                own_classes[at] = of;
            }
        }
        let mut children = vec![Vec::new(); count];
        for (node, of) in parents.iter().enumerate() {
            of.iter().for_each(|parent| children[*parent].push(node));
        }
        let observed = (0..count)
            .map(|node| {
                let event = EventId(node);
                let settled = || {
                    facts.binary(event).is_some_and(|fact| fact.agreed)
                        || facts.option(event).is_some_and(|fact| fact.agreed)
                };
                if node < events { settled() } else { node < events + items.len() || (news..classes).contains(&node) }
            })
            .collect();
        Self { parents, children, observed, events, items: items.len(), news, classes, own_classes }
    }

    /// The observations that bear on the chances of an event or of a reference class, given all others: those that the ball of Shachter (1998, "Bayes-Ball", UAI 14)
    /// reaches from a parent of it.
    pub(super) fn bearing_on(&self, learner: Learner) -> BTreeSet<usize> {
        let (start, without) = match learner {
            Learner::Event(event) => (event.0, self.own_classes[event.0].as_slice()),
            Learner::Prior(class) => (self.classes + class, &[][..]),
        };
        self.reached(vec![(start, true)], without).0
    }

    /// Whether something is known, by outcomes, silence or the news of the file, of the events that are drawn together with this one.
    pub(super) fn is_tied(&self, model: &Model, event: EventId) -> bool {
        let Some((group, _)) = model.event(event).group else { return false };
        let others = model.groups[group].events.iter().filter(|other| **other != event);
        let (items, news) = self.reached(others.map(|other| (other.0, true)).collect(), &[event.0]);
        !items.is_empty() || news
    }

    /// Whether an observation besides those of this name, which are about the event alone, bears on it by what depends on it; of a date that is
    /// known to lie in a time they say more. `tells` says of an event whether what is known settles how it depends on this one.
    pub(super) fn says_more(
        &self,
        items: &[Item],
        event: EventId,
        from: &[String],
        tells: impl Fn(EventId) -> bool,
    ) -> bool {
        let is_own = |node: usize| {
            self.is_item(node) && {
                let item = &items[node - self.events];
                let mut alone = true;
                item.condition.visit_events(&mut |other| alone &= other == event);
                alone && from.contains(&item.tag)
            }
        };
        let children = self.children[event.0].iter().filter(|child| {
            let is_told = **child < self.events && tells(EventId(**child));
            !is_own(**child) && !is_told
        });
        !self.reached(children.map(|child| (*child, true)).collect(), &[event.0]).0.is_empty()
    }

    /// The observations that the ball reaches, and whether it reaches news of the file; `without` are nodes that it does not pass.
    fn reached(&self, mut waiting: Vec<(usize, bool)>, without: &[usize]) -> (BTreeSet<usize>, bool) {
        let mut reached = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut news = false;
        while let Some((node, from_parent)) = waiting.pop() {
            if without.contains(&node) || !seen.insert((node, from_parent)) {
                continue;
            }
            news |= (self.news..self.classes).contains(&node);
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
                // What is known of a parent tells which case applied.
                (true, false) => own(&mut reached),
                (false, true) => waiting.extend(self.children[node].iter().map(|child| (*child, true))),
                (false, false) => {
                    waiting.extend(self.parents[node].iter().map(|parent| (*parent, false)));
                    waiting.extend(self.children[node].iter().map(|child| (*child, true)));
                }
            }
        }
        (reached, news)
    }

    /// All events and reference classes from which an observation follows.
    pub(super) fn behind(&self, item: usize) -> BTreeSet<Learner> {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![self.events + item];
        while let Some(node) = waiting.pop() {
            if seen.insert(node) {
                waiting.extend(&self.parents[node]);
            }
        }
        let learner = |node: usize| match node {
            event if event < self.events => Some(Learner::Event(EventId(event))),
            class if class >= self.classes => Some(Learner::Prior(class - self.classes)),
            _ => None,
        };
        seen.into_iter().filter_map(learner).collect()
    }

    fn is_item(&self, node: usize) -> bool {
        (self.events..self.events + self.items).contains(&node)
    }
}
