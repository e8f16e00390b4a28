//! The plainest conflicts: those of two or three relations.
//!
//! Where a search for all conflicts ends early, what it found depends on where it began, and it may have passed by the one that is easiest to understand.
//! So every two relations that have something in common are looked at by themselves, and every three, as long as these are few.

use super::budget::Budget;
use super::conflict::{Conflict, Look};
use crate::error::Error;
use std::collections::BTreeSet;

/// So many sets of relations are looked at.
const MOST: usize = 64;

impl Look<'_, '_> {
    /// Finds conflicts of two or three of its relations that are not known.
    pub(super) fn of_few_relations(&self, budget: &Budget, known: &mut Vec<Conflict>) -> Result<(), Error> {
        let pairs = self.with_one_more(&self.relations.iter().map(|of| vec![*of]).collect::<Vec<_>>());
        let triples = if pairs.len() < MOST { self.with_one_more(&pairs) } else { Vec::new() };
        for size in [&pairs, &triples] {
            if size.len() > MOST {
                return Ok(());
            }
            for relations in size {
                self.of_these(relations, budget, known)?;
            }
        }
        Ok(())
    }

    /// Each of the sets with one more of its relations that has something in common with them, each once.
    fn with_one_more(&self, sets: &[Vec<usize>]) -> Vec<Vec<usize>> {
        let reached = |relation: usize| self.problem.reached(self.problem.atoms_in(relation).into_iter().collect()).0;
        let reached: Vec<BTreeSet<usize>> = self.relations.iter().map(|relation| reached(*relation)).collect();
        let mut more = BTreeSet::new();
        for set in sets {
            for (relation, atoms) in self.relations.iter().zip(&reached) {
                let has_to_do = |of: &usize| {
                    self.relations.iter().position(|one| one == of).is_some_and(|at| !reached[at].is_disjoint(atoms))
                };
                if !set.contains(relation) && set.iter().any(has_to_do) {
                    let mut larger = [set.as_slice(), &[*relation]].concat();
                    larger.sort_unstable();
                    more.insert(larger);
                }
            }
            if more.len() > MOST {
                break;
            }
        }
        more.into_iter().collect()
    }

    /// Finds the conflicts of just these relations, among figures that are in none that is known of some of them.
    fn of_these(&self, relations: &[usize], budget: &Budget, known: &mut Vec<Conflict>) -> Result<(), Error> {
        let is_within = |conflict: &&Conflict| {
            conflict.given == self.given && conflict.relations.iter().all(|relation| relations.contains(relation))
        };
        let within: Vec<&Conflict> = known.iter().filter(is_within).collect();
        if within.iter().any(|conflict| conflict.figures.is_empty()) || budget.is_spent() {
            return Ok(());
        }
        let mut figures = self.problem.touched(&self.figures, relations);
        figures.retain(|figure| !within.iter().any(|conflict| conflict.figures.contains(figure)));
        let figures = self.problem.speaking(&figures, relations, self.given);
        if self.known(&figures, relations) == Some(false) {
            return Ok(());
        }
        let look = Look::new(self.problem, &figures, relations.to_vec(), self.given, self.tolerance, budget);
        let Some(look) = look.map(|look| look.knowing(self.learned)) else { return Ok(()) };
        look.apart(known)
    }
}
