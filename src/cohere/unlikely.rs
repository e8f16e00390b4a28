//! Figures under conditions to which the nearest figures leave no chance.
//!
//! A forecast under a condition is called off where that does not come about. Where the nearest distribution leaves a condition no chance, each figure
//! under it is as near as any other, but not each keeps what is gained: in the worlds of the condition it has to make up for what others lose there. Let
//! `G(w)` be what the figures that are found gain in a world `w`, and let the others be stated as `p` under conditions `B` that are left no chance. Among the
//! worlds in which one of these conditions comes about
//!
//! ```text
//! sum over worlds of π(w) G(w)  +  sum over the others of π(B) d(π(A|B), p)
//! ```
//!
//! is made least, `d` being the distance of one figure. Its figures gain at least that much in each of these worlds, and it is no less than the distance of the
//! whole, for no figures at all could gain that much in all worlds if it were (von Neumann's minimax theorem; the objective is the same as for the whole,
//! with the gains besides). Conditions that are left no chance there, too, are looked at next in the same way: these are the zero layers of conditional
//! probabilities (Coletti and Scozzafava 2002, Probabilistic Logic in a Coherent Setting, chapter 12).

use super::budget::Budget;
use super::formula::Literal;
use super::problem::{Part, Problem};
use super::program::{Nearest, Solution};
use super::repair::{CutOff, Distance, gain};
use crate::error::Error;
use std::collections::BTreeSet;

/// A condition with less than this is taken to never come about,
pub(super) const NEVER: f64 = 1e-6;
/// or with less than this where chances are known to the digits of the machine.
const NEVER_EXACTLY: f64 = 1e-11;
/// Those with less than this may be left no chance at all, or those with less than that: a solver knows distances better than chances.
const HARDLY: [f64; 2] = [1e-2, 1e-4];
/// Distances that differ by less are the same.
const SAME: f64 = 1e-9;

/// Figures on their way to be repaired.
pub(super) struct Found {
    /// For each figure of the part the coherent one; as stated where it is not found.
    pub(super) figures: Vec<f64>,
    /// The chance of its event, with its condition, and of its condition.
    pub(super) chances: Vec<(f64, f64)>,
    /// Which figures are still to be found, for their conditions are left no chance.
    pub(super) open: Vec<bool>,
    /// Which searches were cut off.
    pub(super) cut_off: CutOff,
}

impl Solution {
    /// The least chance of a condition under which figures are known.
    fn never(&self) -> f64 {
        if self.is_exact { NEVER_EXACTLY } else { NEVER }
    }
}

/// What is repaired, and how.
pub(super) struct Search<'s, 'r> {
    pub(super) problem: &'s Problem<'r>,
    pub(super) part: &'s Part,
    pub(super) relations: &'s [usize],
    pub(super) distance: Distance,
    pub(super) steps: u64,
}

impl Found {
    /// The nearest figures, but for those under conditions that are left no chance.
    pub(super) fn of(solution: &Solution, stated: Vec<f64>, distance: Distance) -> Self {
        let open: Vec<bool> = solution.chances.iter().map(|(_, condition)| *condition < solution.never()).collect();
        let mut figures = stated;
        for ((figure, (event, condition)), open) in figures.iter_mut().zip(&solution.chances).zip(&open) {
            if !open {
                *figure = distance.tidy(event / condition, *figure);
            }
        }
        Self { figures, chances: solution.chances.clone(), open, cut_off: CutOff::default() }
    }
}

impl Search<'_, '_> {
    /// The conditions of some figures, each once.
    fn conditions(&self, of: &[bool]) -> BTreeSet<Literal> {
        let of = self.part.figures.iter().zip(of).filter(|(_, is)| **is);
        of.filter_map(|(figure, _)| self.problem.figures[*figure].conditional.as_ref().map(|(_, of)| of.condition))
            .collect()
    }

    /// What was stated of a figure of the part.
    fn stated(&self, at: usize) -> f64 {
        self.problem.figures[self.part.figures[at]].stated
    }

    /// Finds the other figures exactly where conditions are left hardly any chance: in the worlds without these, if the nearest figures are as near there.
    pub(super) fn sharpen(&self, found: &mut Found, nearest: &Solution) -> Result<(), Error> {
        let mut before = Vec::new();
        for hardly in HARDLY.into_iter().filter(|_| !nearest.is_exact) {
            let rare: Vec<bool> = found.chances.iter().map(|(_, condition)| *condition < hardly).collect();
            if rare != before && self.sharpen_without(&rare, found, nearest)? {
                break;
            }
            before = rare;
        }
        Ok(())
    }

    /// The same for the conditions of some figures; whether it is so.
    fn sharpen_without(&self, rare: &[bool], found: &mut Found, nearest: &Solution) -> Result<bool, Error> {
        let counts: Vec<bool> = rare.iter().map(|is| !is).collect();
        if !rare.contains(&true) || !counts.contains(&true) {
            return Ok(false);
        }
        let without: Vec<_> = self.conditions(rare).iter().map(|condition| vec![condition.negated()]).collect();
        let system = self.problem.system_where(&self.part.figures, self.relations, None, &without);
        let budget = Budget::new(self.steps);
        let Nearest::Found(inner) = system.nearest_of(&counts, self.distance.aim(), None, &mut Vec::new(), &budget)?
        else {
            return Ok(false);
        };
        if inner.cut_off.is_some() || inner.value > nearest.value + SAME {
            return Ok(false);
        }
        let mut chances = inner.chances.iter();
        for (at, counts) in counts.iter().enumerate() {
            let chance = if *counts { chances.next() } else { None };
            let (event, condition) = *chance.unwrap_or(&(0.0, 0.0));
            let stated = self.stated(at);
            found.chances[at] = (event, condition);
            found.open[at] = condition < inner.never();
            found.figures[at] = if found.open[at] { stated } else { self.distance.tidy(event / condition, stated) };
        }
        Ok(true)
    }

    /// Finds figures under conditions that are left no chance, layer by layer.
    pub(super) fn by_layers(&self, found: &mut Found) -> Result<(), Error> {
        while found.open.contains(&true) {
            let some = self.conditions(&found.open).into_iter().collect();
            let mut system = self.problem.system_where(&self.part.figures, self.relations, None, &[some]);
            // Those that are not found are as they were stated, and gain nothing.
            system.adds = gain(&system, &found.figures, self.distance);
            let budget = Budget::new(self.steps);
            let inner = match system.nearest_of(&found.open, self.distance.aim(), None, &mut Vec::new(), &budget)? {
                Nearest::Impossible => return Ok(()),
                Nearest::Unknown => {
                    found.cut_off.figures = true;
                    return Ok(());
                }
                Nearest::Found(inner) => inner,
            };
            found.cut_off.nearest |= inner.cut_off.is_some();
            let places: Vec<usize> = (0..found.open.len()).filter(|at| found.open[*at]).collect();
            let mut goes_on = false;
            for (at, (event, condition)) in places.into_iter().zip(&inner.chances) {
                if *condition >= inner.never() {
                    found.figures[at] = self.distance.tidy(event / condition, self.stated(at));
                    found.open[at] = false;
                    goes_on = true;
                }
            }
            if !goes_on {
                found.cut_off.nearest = true;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Finds figures under conditions that are left no chance in the worlds of each alone: where pins and judgements hold, no gain is promised.
    pub(super) fn under_conditions(&self, found: &mut Found) -> Result<(), Error> {
        for condition in self.problem.conditions(&self.part.figures) {
            let under = self.problem.speaking(&self.part.figures, self.relations, Some(condition));
            let places: Vec<usize> =
                under.iter().filter_map(|figure| self.part.figures.iter().position(|other| other == figure)).collect();
            if places.iter().all(|at| !found.open[*at]) {
                continue;
            }
            let there = self.problem.system(&under, self.relations, Some(condition));
            let inner = match there.nearest(self.distance.aim(), &Budget::new(self.steps))? {
                Nearest::Impossible => continue,
                Nearest::Unknown => {
                    found.cut_off.figures = true;
                    continue;
                }
                Nearest::Found(inner) => inner,
            };
            found.cut_off.nearest |= inner.cut_off.is_some();
            for (at, (event, _)) in places.iter().zip(&inner.chances) {
                if self.problem.figures[self.part.figures[*at]].pin.is_none() {
                    found.figures[*at] = self.distance.tidy(*event, self.stated(*at));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "unlikely_tests.rs"]
mod tests;
