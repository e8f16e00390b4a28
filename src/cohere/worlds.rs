//! The possible worlds among some propositions: all of them where they are few, and the cheapest by elimination or search where they are many.
//!
//! A [`Space`] is a number of atoms and clauses over them. Its worlds are listed if there are few; else [`Space::cheapest`] finds one by eliminating
//! atoms, exactly where few hang together at a time; where many do, worlds are listed up to [`LISTED`], and beyond that there is a search with the bounds
//! from the elimination. A search that reaches its limit says so: it still has a bound below which no world costs, and mostly a world.

use super::assignment::{Assignment, naming};
use super::budget::Budget;
use super::elimination::Elimination;
use super::formula::{Clause, Literal};
use std::sync::OnceLock;

/// Up to so many worlds are listed,
pub const LISTED: usize = 1 << 11;
/// if they are found within so many steps.
const LISTING: u64 = 1 << 18;
/// So many steps a search may take at most, whatever the budget: two seconds or so.
pub(super) const LONG: u64 = 4_000_000;

/// True or false for each atom.
pub type World = Vec<bool>;

/// What can be the case among so many atoms.
#[derive(Debug, Clone)]
pub struct Space {
    atoms: usize,
    clauses: Vec<Clause>,
    /// For each atom the clauses that name it.
    naming: Vec<Vec<usize>>,
    listed: Option<Vec<World>>,
    /// How many steps it took to list them, or to see that they are many.
    listing: u64,
    /// The worlds, where they are listed since no elimination is the answer; `None` where they are too many for that.
    listed_late: OnceLock<Option<Vec<World>>>,
    /// Prepared for searches when the first is made.
    elimination: OnceLock<Elimination>,
}

/// The least that true atoms can cost, as far as it was searched.
#[derive(Debug, Clone, PartialEq)]
pub struct Least {
    /// The cheapest world that was found, and what it costs.
    pub best: Option<(f64, World)>,
    /// No world costs less; infinite where there is none.
    pub at_least: f64,
    /// Whether the search came to its end. Then the best world is the cheapest of all, and where none was found there is none.
    pub is_complete: bool,
}

/// Worlds one after the other.
struct Listing<'s> {
    assignment: Assignment<'s>,
    left: u64,
}

impl Listing<'_> {
    /// Calls `visit` with each world until it returns false; whether all were visited.
    fn all(&mut self, visit: &mut dyn FnMut(World) -> bool) -> bool {
        let Some(atom) = self.assignment.value.iter().position(Option::is_none) else {
            return visit(self.assignment.value.iter().map(|value| value.unwrap_or(false)).collect());
        };
        for holds in [true, false] {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            let length = self.assignment.length();
            if self.assignment.assume(Literal { atom, holds }) && !self.all(visit) {
                return false;
            }
            self.assignment.back_to(length);
        }
        true
    }
}

impl Space {
    /// The worlds that keep the clauses.
    #[must_use]
    pub fn new(atoms: usize, clauses: Vec<Clause>) -> Self {
        Self::of_few(atoms, clauses, LISTED)
    }

    /// The same with a list only if there are no more than so many.
    pub(super) fn of_few(atoms: usize, clauses: Vec<Clause>, most: usize) -> Self {
        let mut space = Self { listed_late: OnceLock::new(), ..Self::searched(atoms, clauses) };
        (space.listed, space.listing) = space.list(most);
        space
    }

    /// The worlds, if there are no more than so many, and how many steps it took to see.
    fn list(&self, most: usize) -> (Option<Vec<World>>, u64) {
        let mut worlds = Vec::new();
        let mut listing = Listing { assignment: Assignment::new(&self.clauses, &self.naming), left: LISTING };
        let few = !listing.assignment.units() || {
            listing.all(&mut |world| {
                worlds.push(world);
                worlds.len() <= most
            })
        };
        (few.then_some(worlds), LISTING - listing.left)
    }

    /// The same without any list, however few worlds there are.
    #[must_use]
    pub fn searched(atoms: usize, clauses: Vec<Clause>) -> Self {
        let naming = naming(atoms, &clauses);
        Self {
            atoms,
            clauses,
            naming,
            listed: None,
            listing: 0,
            listed_late: OnceLock::from(None),
            elimination: OnceLock::new(),
        }
    }

    /// How many worlds there are, if they are listed.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        self.listed.as_ref().map(Vec::len)
    }

    /// The worlds, if they are listed.
    #[must_use]
    pub fn worlds(&self) -> Option<&[World]> {
        self.listed.as_deref()
    }

    /// The clauses.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// How many atoms there are.
    #[must_use]
    pub const fn atoms(&self) -> usize {
        self.atoms
    }

    /// How many steps it took to list the worlds, or to see that they are many.
    pub(super) const fn listing(&self) -> u64 {
        self.listing
    }

    /// Whether there is a world: no only if that is proven, and not where the search for one was cut off.
    #[must_use]
    pub fn may_be(&self, budget: &Budget) -> bool {
        let least = self.cheapest(&vec![0.0; self.atoms], LONG, budget);
        least.best.is_some() || !least.is_complete
    }

    /// A world in which the true atoms cost least, and what they cost, after about `most` steps of the budget.
    ///
    /// # Panics
    /// If there is not one cost for each atom.
    #[must_use]
    pub fn cheapest(&self, costs: &[f64], most: u64, budget: &Budget) -> Least {
        assert_eq!(costs.len(), self.atoms, "one cost for each atom");
        let cost =
            |world: &World| -> f64 { world.iter().zip(costs).filter(|(holds, _)| **holds).map(|(_, cost)| cost).sum() };
        let elimination = || {
            self.elimination.get_or_init(|| {
                let made = Elimination::new(self.atoms, &self.clauses, &exclusive_groups(self.atoms, &self.clauses));
                budget.spend(made.effort);
                made
            })
        };
        let late = || {
            self.listed_late.get_or_init(|| {
                let (worlds, steps) = self.list(LISTED);
                budget.spend(steps);
                worlds
            })
        };
        let listed = self.listed.as_ref().or_else(|| if elimination().is_whole { None } else { late().as_ref() });
        if let Some(worlds) = listed {
            budget.spend(1 + worlds.len() as u64);
            let mut best: Option<(f64, &World)> = None;
            for world in worlds {
                let of = cost(world);
                if best.is_none_or(|(least, _)| of < least) {
                    best = Some((of, world));
                }
            }
            return Least {
                best: best.map(|(of, world)| (of, world.clone())),
                at_least: best.map_or(f64::INFINITY, |(of, _)| of),
                is_complete: true,
            };
        }
        let found = elimination().cheapest(costs, most.min(budget.left()));
        budget.spend(found.steps);
        let best = found.world.map(|world| (cost(&world), world));
        // The bound is added up in another order than the cost: they differ in their last bits.
        let at_least = match &best {
            Some((least, _)) if found.is_complete => *least,
            Some((least, _)) => found.at_least.min(*least),
            None => found.at_least,
        };
        Least { best, at_least, is_complete: found.is_complete }
    }
}

/// Disjoint groups of atoms that exclude each other pair by pair, found greedily.
pub(super) fn exclusive_groups(atoms: usize, clauses: &[Clause]) -> Vec<Vec<usize>> {
    let mut excludes: Vec<std::collections::BTreeSet<usize>> = vec![std::collections::BTreeSet::new(); atoms];
    for clause in clauses {
        if let [a, b] = clause.as_slice()
            && !a.holds
            && !b.holds
        {
            excludes[a.atom].insert(b.atom);
            excludes[b.atom].insert(a.atom);
        }
    }
    let mut used = vec![false; atoms];
    let mut groups = Vec::new();
    for atom in 0..atoms {
        if used[atom] {
            continue;
        }
        let mut group = vec![atom];
        for other in &excludes[atom] {
            if !used[*other] && group.iter().all(|member| excludes[*member].contains(other)) {
                group.push(*other);
            }
        }
        if group.len() > 1 {
            group.iter().for_each(|member| used[*member] = true);
            groups.push(group);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohere::formula::{implies, is_all_of};
    use crate::cohere::relations::group;
    use crate::math::SplitMix;

    /// Clauses as relations make them: implications, groups, combinations.
    fn random(stream: &mut SplitMix, atoms: usize) -> Vec<Clause> {
        let pick = |stream: &mut SplitMix| (stream.unit() * atoms as f64) as usize;
        let mut clauses = Vec::new();
        for _ in 0..atoms {
            let (a, b, c) = (pick(stream), pick(stream), pick(stream));
            if a == b || b == c || a == c {
                continue;
            }
            let [a, b, c] = [a, b, c].map(|atom| Literal { atom, holds: stream.unit() < 0.8 });
            match (stream.unit() * 4.0) as usize {
                0 => clauses.extend(group(&[a, b, c], false, true)),
                1 => clauses.extend(is_all_of(a, &[b, c])),
                _ => clauses.extend(implies(a, b)),
            }
        }
        clauses
    }

    #[test]
    fn listing_and_search_find_the_least_cost_of_plain_enumeration() {
        let mut stream = SplitMix::of_replicate(5, 1);
        for _ in 0..300 {
            let atoms = 3 + (stream.unit() * 8.0) as usize;
            let clauses = random(&mut stream, atoms);
            let keeps = |bits: usize| {
                clauses.iter().all(|clause| clause.iter().any(|of| (bits >> of.atom & 1 == 1) == of.holds))
            };
            let possible: Vec<usize> = (0..1 << atoms).filter(|bits| keeps(*bits)).collect();
            let (listed, searched) = (Space::new(atoms, clauses.clone()), Space::searched(atoms, clauses.clone()));
            assert_eq!(listed.count(), Some(possible.len()));
            for sparse in [false, true] {
                let costs: Vec<f64> =
                    (0..atoms).map(|_| if sparse && stream.unit() < 0.5 { 0.0 } else { stream.unit() - 0.5 }).collect();
                let cost = |bits: usize| (0..atoms).filter(|at| bits >> at & 1 == 1).map(|at| costs[at]).sum::<f64>();
                let least = possible.iter().map(|bits| cost(*bits)).fold(f64::INFINITY, f64::min);
                for space in [&listed, &searched] {
                    let of = space.cheapest(&costs, LONG, &Budget::new(LONG));
                    assert!(of.is_complete);
                    assert!(of.at_least == least || (of.at_least - least).abs() < 1e-12);
                    match of.best {
                        Some((found, world)) => {
                            assert!((found - least).abs() < 1e-12, "{found} {least}");
                            let bits = world.iter().enumerate().map(|(at, holds)| usize::from(*holds) << at).sum();
                            assert!(keeps(bits) && (cost(bits) - least).abs() < 1e-12);
                        }
                        None => assert!(possible.is_empty()),
                    }
                }
            }
        }
    }
}
