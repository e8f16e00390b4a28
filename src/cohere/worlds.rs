//! The possible worlds among some propositions: all of them where they are few, and the cheapest by search where they are many.
//!
//! A [`Space`] is a number of atoms and clauses over them. Its worlds are listed if there are at most [`LISTED`]; else [`Space::cheapest`] branches
//! on the atoms that cost or gain something, drops whatever cannot become cheaper than the best so far, and lets the clauses decide what follows.
//! Both are exact, and give the same least cost.

use super::formula::{Clause, Literal};

/// Up to so many worlds are listed.
pub const LISTED: usize = 1 << 11;

/// True or false for each atom.
pub type World = Vec<bool>;

/// What can be the case among so many atoms.
#[derive(Debug, Clone)]
pub struct Space {
    atoms: usize,
    clauses: Vec<Clause>,
    /// For each atom the clauses that name it.
    naming: Vec<Vec<usize>>,
    /// Groups of atoms of which at most one is true; each atom is in one at most.
    exclusive: Vec<Vec<usize>>,
    listed: Option<Vec<World>>,
}

/// An assignment in the making.
struct Search<'s> {
    space: &'s Space,
    value: Vec<Option<bool>>,
    trail: Vec<usize>,
}

impl Search<'_> {
    fn new(space: &Space) -> Search<'_> {
        Search { space, value: vec![None; space.atoms], trail: Vec::new() }
    }

    fn is(&self, literal: Literal) -> Option<bool> {
        self.value[literal.atom].map(|value| value == literal.holds)
    }

    /// Makes a literal true with all that follows; false if that contradicts a clause.
    fn assume(&mut self, literal: Literal) -> bool {
        match self.is(literal) {
            Some(holds) => return holds,
            None => self.set(literal),
        }
        let mut at = self.trail.len() - 1;
        while at < self.trail.len() {
            let space = self.space;
            for clause in &space.naming[self.trail[at]] {
                if !self.follow(*clause) {
                    return false;
                }
            }
            at += 1;
        }
        true
    }

    fn set(&mut self, literal: Literal) {
        self.value[literal.atom] = Some(literal.holds);
        self.trail.push(literal.atom);
    }

    /// Sets the last open literal of a clause; false if none is left.
    fn follow(&mut self, clause: usize) -> bool {
        let mut open = None;
        let space = self.space;
        for literal in &space.clauses[clause] {
            match self.is(*literal) {
                Some(true) => return true,
                Some(false) => {}
                None if open.is_some() => return true,
                None => open = Some(*literal),
            }
        }
        match open {
            Some(literal) => {
                self.set(literal);
                true
            }
            None => false,
        }
    }

    fn back_to(&mut self, length: usize) {
        for atom in self.trail.drain(length..) {
            self.value[atom] = None;
        }
    }

    /// The clauses of one literal or none, at the start.
    fn units(&mut self) -> bool {
        let space = self.space;
        space.clauses.iter().all(|clause| match clause.as_slice() {
            [] => false,
            [literal] => self.assume(*literal),
            _ => true,
        })
    }

    fn world(&self) -> World {
        self.value.iter().map(|value| value.unwrap_or(false)).collect()
    }

    /// Calls `visit` with each world until it returns false; whether all were visited.
    fn all(&mut self, visit: &mut dyn FnMut(World) -> bool) -> bool {
        let Some(atom) = self.value.iter().position(Option::is_none) else { return visit(self.world()) };
        for holds in [true, false] {
            let length = self.trail.len();
            if self.assume(Literal { atom, holds }) && !self.all(visit) {
                return false;
            }
            self.back_to(length);
        }
        true
    }

    /// Completes the assignment, if it can be.
    fn complete(&mut self) -> bool {
        let mut done = false;
        let length = self.trail.len();
        let mut kept = None;
        self.all(&mut |world| {
            kept = Some(world);
            done = true;
            false
        });
        self.back_to(length);
        if let Some(world) = kept {
            for (atom, holds) in world.into_iter().enumerate() {
                if self.value[atom].is_none() {
                    self.set(Literal { atom, holds });
                }
            }
        }
        done
    }
}

impl Space {
    /// The worlds that keep the clauses.
    #[must_use]
    pub fn new(atoms: usize, clauses: Vec<Clause>) -> Self {
        let mut space = Self::searched(atoms, clauses);
        let mut worlds = Vec::new();
        let mut search = Search::new(&space);
        let few = !search.units() || {
            search.all(&mut |world| {
                worlds.push(world);
                worlds.len() <= LISTED
            })
        };
        space.listed = few.then_some(worlds);
        space
    }

    /// The same without the list, however few worlds there are.
    #[must_use]
    pub fn searched(atoms: usize, clauses: Vec<Clause>) -> Self {
        let mut naming = vec![Vec::new(); atoms];
        for (at, clause) in clauses.iter().enumerate() {
            for literal in clause {
                naming[literal.atom].push(at);
            }
        }
        let exclusive = exclusive_groups(atoms, &clauses);
        Self { atoms, clauses, naming, exclusive, listed: None }
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

    /// Any world; `None` if there is none.
    #[must_use]
    pub fn any(&self) -> Option<World> {
        self.cheapest(&vec![0.0; self.atoms]).map(|(_, world)| world)
    }

    /// A world in which the true atoms cost least, and what they cost; `None` if there is no world.
    ///
    /// # Panics
    /// If there is not one cost for each atom.
    #[must_use]
    pub fn cheapest(&self, costs: &[f64]) -> Option<(f64, World)> {
        assert_eq!(costs.len(), self.atoms, "one cost for each atom");
        let cost =
            |world: &World| -> f64 { world.iter().zip(costs).filter(|(holds, _)| **holds).map(|(_, cost)| cost).sum() };
        if let Some(worlds) = &self.listed {
            let mut best: Option<(f64, &World)> = None;
            for world in worlds {
                let of = cost(world);
                if best.is_none_or(|(least, _)| of < least) {
                    best = Some((of, world));
                }
            }
            return best.map(|(of, world)| (of, world.clone()));
        }
        let mut order: Vec<usize> = (0..self.atoms).filter(|atom| costs[*atom] != 0.0).collect();
        order.sort_by(|a, b| costs[*b].abs().total_cmp(&costs[*a].abs()));
        let mut search = Search::new(self);
        let mut best: Option<(f64, World)> = None;
        if search.units() {
            self.branch(&mut search, costs, &order, &mut best);
        }
        best.map(|(_, world)| (cost(&world), world))
    }

    /// The least that any completion can cost: each open atom that gains is counted, of an exclusive group the best one only.
    fn at_least(&self, search: &Search<'_>, costs: &[f64]) -> f64 {
        let mut total = 0.0;
        let mut free: Vec<bool> = vec![true; self.atoms];
        for group in &self.exclusive {
            let mut best = 0.0_f64;
            for atom in group {
                free[*atom] = false;
                match search.value[*atom] {
                    Some(true) => total += costs[*atom],
                    Some(false) => {}
                    None => best = best.min(costs[*atom]),
                }
            }
            total += best;
        }
        for atom in (0..self.atoms).filter(|atom| free[*atom]) {
            match search.value[atom] {
                Some(true) => total += costs[atom],
                None => total += costs[atom].min(0.0),
                Some(false) => {}
            }
        }
        total
    }

    fn branch(&self, search: &mut Search<'_>, costs: &[f64], order: &[usize], best: &mut Option<(f64, World)>) {
        let bound = self.at_least(search, costs);
        if best.as_ref().is_some_and(|(least, _)| bound >= *least - 1e-15) {
            return;
        }
        let Some(place) = order.iter().position(|atom| search.value[*atom].is_none()) else {
            let length = search.trail.len();
            if search.complete() {
                *best = Some((bound, search.world()));
            }
            search.back_to(length);
            return;
        };
        let atom = order[place];
        let cheap = costs[atom] < 0.0;
        for holds in [cheap, !cheap] {
            let length = search.trail.len();
            if search.assume(Literal { atom, holds }) {
                self.branch(search, costs, &order[place + 1..], best);
            }
            search.back_to(length);
        }
    }
}

/// Disjoint groups of atoms that exclude each other pair by pair, found greedily.
fn exclusive_groups(atoms: usize, clauses: &[Clause]) -> Vec<Vec<usize>> {
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
                    match space.cheapest(&costs) {
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
