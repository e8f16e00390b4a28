//! Edits that need each other → changes.
//!
//! Not every subset of the edits makes a scenario: an event that another depends on cannot be there later than that dependence, and a
//! key that takes the place of another comes with the other's going. What an edit needs is found by trying: the edit is made
//! alone, and if that is no scenario, whatever mends it most is made as well, until it is one. Edits that need each other are one
//! change, and so are the coming or going of an event and the one other edit that goes with it. Of the others, one comes after what it needs.

use super::edits::{Edits, Place};
use super::figures;
use super::tree::Section;
use std::collections::{BTreeMap, BTreeSet};

/// For each edit, whether it is made.
pub(super) type Subset = Vec<bool>;

/// Tries which subsets of the edits are scenarios.
#[derive(Debug)]
pub(super) struct Trial<'a> {
    pub(super) edits: &'a Edits,
    errors: BTreeMap<Subset, usize>,
    closed: BTreeMap<Subset, Subset>,
}

impl<'a> Trial<'a> {
    pub(super) const fn new(edits: &'a Edits) -> Self {
        Self { edits, errors: BTreeMap::new(), closed: BTreeMap::new() }
    }

    fn errors(&mut self, subset: &Subset) -> usize {
        if let Some(errors) = self.errors.get(subset) {
            return *errors;
        }
        let (tree, day) = self.edits.variant(subset);
        let errors = figures::check(&tree, day).err().unwrap_or(0);
        self.errors.insert(subset.clone(), errors);
        errors
    }

    /// The subset with what it needs to be a scenario.
    pub(super) fn close(&mut self, subset: &Subset) -> Subset {
        if let Some(closed) = self.closed.get(subset) {
            return closed.clone();
        }
        let mut closed = subset.clone();
        let mut errors = self.errors(&closed);
        while errors > 0 {
            let mut best: Option<(usize, Subset)> = None;
            for at in (0..closed.len()).filter(|at| !closed[*at]) {
                let more = with(&closed, &[at]);
                let left = self.errors(&more);
                if left < best.as_ref().map_or(errors, |(fewest, _)| *fewest) {
                    best = Some((left, more));
                }
            }
            // Where no single edit mends anything, only the whole is known to be a scenario.
            (errors, closed) = best.unwrap_or_else(|| (0, vec![true; closed.len()]));
        }
        self.closed.insert(subset.clone(), closed.clone());
        closed
    }
}

/// A subset with some more edits.
pub(super) fn with(subset: &Subset, more: &[usize]) -> Subset {
    let mut all = subset.clone();
    more.iter().for_each(|at| all[*at] = true);
    all
}

/// The edits in groups, each of which is one change.
pub(super) fn groups(trial: &mut Trial<'_>) -> Vec<Vec<usize>> {
    let count = trial.edits.all.len();
    let none = vec![false; count];
    let needs: Vec<BTreeSet<usize>> = (0..count)
        .map(|edit| {
            let closed = trial.close(&with(&none, &[edit]));
            (0..count).filter(|other| *other != edit && closed[*other]).collect()
        })
        .collect();
    let mut group: Vec<usize> = (0..count).collect();
    let join = |group: &mut Vec<usize>, one: usize, other: usize| {
        let (low, high) = (group[one].min(group[other]), group[one].max(group[other]));
        group.iter_mut().filter(|own| **own == high).for_each(|own| *own = low);
    };
    for (edit, needs_of) in needs.iter().enumerate() {
        for other in needs_of.iter().filter(|other| needs[**other].contains(&edit)) {
            join(&mut group, edit, *other);
        }
    }
    // What comes or goes by itself moves nothing: it belongs to the one change that goes with it, if there is only one.
    loop {
        let before = group.clone();
        for edit in (0..count).filter(|edit| is_idle(&trial.edits.all[*edit].place)) {
            let linked: BTreeSet<usize> = (0..count)
                .filter(|other| needs[*other].contains(&edit) || needs[edit].contains(other))
                .map(|other| group[other])
                .filter(|other| *other != group[edit])
                .collect();
            if linked.len() == 1
                && let Some(other) = linked.first()
            {
                let (own, other) = (edit, *other);
                join(&mut group, own, other);
            }
        }
        if group == before {
            break;
        }
    }
    let first: BTreeSet<usize> = group.iter().copied().collect();
    first.into_iter().map(|first| (0..count).filter(|edit| group[*edit] == first).collect()).collect()
}

fn is_idle(place: &Place) -> bool {
    matches!(place, Place::Table(Section::Event | Section::Decision | Section::Utility | Section::Prior, _))
}
