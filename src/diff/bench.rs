//! Subsets of the changes → figures: each variant is worked out once, several at a time, and one that cannot be stands for the next that can.

use super::figures::{Figures, Refusal, Shape, Variant, check};
use super::groups::{Subset, Trial, with};
use crate::error::Error;
use crate::simulate::Settings;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How figures are come by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Means<'a> {
    /// Tables of at most so many cells.
    Computed(f64),
    Simulated(&'a Settings),
}

/// A variant's figures; none where nothing can be computed.
type Outcome = Result<Option<Figures>, Refusal>;

/// Variants and their figures by one means.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    means: Means<'a>,
    shapes: &'a [Shape],
    groups: &'a [Vec<usize>],
    given: &'a [String],
    done: BTreeMap<Subset, Outcome>,
    instead: BTreeMap<Subset, Subset>,
}

impl<'a> Bench<'a> {
    pub(super) const fn new(
        means: Means<'a>,
        shapes: &'a [Shape],
        groups: &'a [Vec<usize>],
        given: &'a [String],
    ) -> Self {
        Self { means, shapes, groups, given, done: BTreeMap::new(), instead: BTreeMap::new() }
    }

    /// How many variants were worked out.
    pub(super) fn variants(&self) -> usize {
        self.done.len()
    }

    /// Works out all of some closed subsets.
    ///
    /// # Errors
    /// If one of the two scenarios themselves has no figures.
    pub(super) fn work(
        &mut self,
        trial: &mut Trial<'_>,
        subsets: &BTreeSet<Subset>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), Error> {
        let new: Vec<&Subset> = subsets.iter().filter(|subset| !self.done.contains_key(*subset)).collect();
        let this: &Self = self;
        let edits = trial.edits;
        let outcomes: Vec<(Subset, Outcome)> = new
            .par_iter()
            .map(|subset| {
                let outcome = this.outcome(edits, subset);
                progress(1);
                ((*subset).clone(), outcome)
            })
            .collect();
        self.done.extend(outcomes);
        // The old scenario and the new one must have figures.
        for subset in subsets.iter().filter(|subset| subset.iter().all(|made| *made == subset[0])) {
            self.mend(trial, subset)?;
        }
        Ok(())
    }

    /// Lets what can be stand for those of some variants that cannot.
    ///
    /// # Errors
    /// If the new scenario has no figures.
    pub(super) fn mend_all<'s>(
        &mut self,
        trial: &mut Trial<'_>,
        subsets: impl Iterator<Item = &'s Subset>,
    ) -> Result<(), Error> {
        for subset in subsets {
            self.mend(trial, subset)?;
        }
        Ok(())
    }

    fn outcome(&self, edits: &super::edits::Edits, subset: &Subset) -> Outcome {
        let (tree, day) = edits.variant(subset);
        let model = check(&tree, day).map_err(|_| Refusal("the two files cannot be compared in parts".to_owned()))?;
        let variant = Variant::new(model, day, self.shapes, self.given)?;
        match self.means {
            Means::Computed(most_cells) => variant.computed(self.shapes, most_cells),
            Means::Simulated(settings) => variant.simulated(self.shapes, settings).map(Some),
        }
    }

    /// Finds what stands for a variant that cannot be: the first that can with one more change, else the new scenario.
    fn mend(&mut self, trial: &mut Trial<'_>, subset: &Subset) -> Result<(), Error> {
        let Some(Err(Refusal(why))) = self.done.get(subset) else { return Ok(()) };
        if self.instead.contains_key(subset) {
            return Ok(());
        }
        let (none, all) = (subset.iter().all(|made| !made), subset.iter().all(|made| *made));
        if none || all {
            let which = if all { "new" } else { "old" };
            return Err(Error::input(format!("the {which} scenario has no figures: {why}"))
                .help("`foretell run` with `--as-of` shows the same; correct it before comparing"));
        }
        for group in self.groups.iter().filter(|group| group.iter().any(|at| !subset[*at])) {
            let more = trial.close(&with(subset, group));
            if !self.done.contains_key(&more) {
                let outcome = self.outcome(trial.edits, &more);
                self.done.insert(more.clone(), outcome);
            }
            if matches!(self.done.get(&more), Some(Ok(_))) {
                self.instead.insert(subset.clone(), more);
                return Ok(());
            }
        }
        let all = vec![true; subset.len()];
        if !self.done.contains_key(&all) {
            let outcome = self.outcome(trial.edits, &all);
            self.done.insert(all.clone(), outcome);
        }
        self.instead.insert(subset.clone(), all.clone());
        self.mend(trial, &all)
    }

    /// Whether a variant cannot be.
    pub(super) fn is_refused(&self, subset: &Subset) -> bool {
        matches!(self.done.get(subset), Some(Err(_)))
    }

    /// The figures of a subset that was worked out, or of what stands for it.
    pub(super) fn figures(&self, subset: &Subset) -> Option<&Figures> {
        let subset = self.instead.get(subset).unwrap_or(subset);
        self.done.get(subset)?.as_ref().ok()?.as_ref()
    }
}
