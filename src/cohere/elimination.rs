//! The cheapest world by eliminating one atom after the other, and by search where that would take too much room.
//!
//! Atoms that no clause ties together are looked at apart. In each component atoms are eliminated in an order that ties few others together (least
//! fill first): what the cheaper of *true* and *false* costs is kept in a table over the neighbours. Where all tables are small they are the
//! answer: one step back through them gives the cheapest world, however many worlds there are. Where a table would become too wide, it is split into
//! several of fewer atoms, each of which chooses for itself; the sum is then a lower bound. A search by depth first assigns the atoms in the reverse
//! order, the more constrained before those that follow from them, with the bound at each node from the tables, and with unit propagation; it takes
//! the child of the smaller bound first and drops what cannot become cheaper than the best so far. Where no table was split the bound is exact, and
//! the search walks straight to the cheapest world.
//!
//! A search that runs out of nodes still has its best world, and a bound that is proven: the least of that world's cost and of the bounds of the
//! nodes that were left open.
//!
//! Bucket elimination: Dechter (1999), Artif. Intell. 113, 41–85; bounds from split buckets: Dechter and Rish (2003), J. ACM 50, 107–153; search with
//! them: Kask and Dechter (2001), Artif. Intell. 129, 91–131.

use super::assignment::{Assignment, naming};
use super::encoded::encoded;
use super::formula::{Clause, Literal};
use std::collections::BTreeSet;
use std::ops::Range;

/// Tables over so many neighbours at most are kept whole,
const WIDE: usize = 16;
/// if they have no more entries than this together;
const ENTRIES: u64 = 1 << 19;
/// else tables are split to so many.
const NARROW: usize = 10;
/// What is cheaper by no more than this is as cheap.
const SLACK: f64 = 1e-12;
/// So many entries of tables count as one step of a search.
const A_STEP: u64 = 64;
/// A table takes as long as so many entries, however few it has.
const A_TABLE: u64 = 32;

/// The clauses of a space, prepared.
#[derive(Debug, Clone)]
pub(super) struct Elimination {
    /// How many atoms the space has; those beyond stand for parts of clauses.
    atoms: usize,
    clauses: Vec<Clause>,
    naming: Vec<Vec<usize>>,
    components: Vec<Component>,
    /// Whether no table was split, so that the tables are the answer.
    pub(super) is_whole: bool,
    /// How many steps the preparation took.
    pub(super) effort: u64,
}

/// Atoms that hang together.
#[derive(Debug, Clone)]
struct Component {
    /// In the order of elimination.
    steps: Vec<Step>,
    tables: Vec<Table>,
    /// How many entries are computed for new costs, with what each table takes beside them.
    entries: u64,
}

#[derive(Debug, Clone)]
struct Step {
    atom: usize,
    /// Its tables; one where it was not split.
    tables: Range<usize>,
}

/// What an atom's elimination costs at least, for each assignment of its neighbours.
#[derive(Debug, Clone)]
struct Table {
    /// The neighbours; the first is the lowest bit of a place.
    scope: Vec<usize>,
    /// Which places contradict a clause; the eliminated atom is the highest bit.
    blocked: Vec<bool>,
    inputs: Vec<Input>,
}

/// An earlier table that is added into one.
#[derive(Debug, Clone)]
struct Input {
    from: usize,
    /// How far the place in it moves from one place to the next, by how many bits change from 1 to 0.
    jumps: Vec<usize>,
}

/// What is waiting to be put into a table.
enum Waiting {
    Clause(usize),
    Table(usize),
}

fn degree(neighbours: &[u64]) -> usize {
    neighbours.iter().map(|word| word.count_ones() as usize).sum()
}

/// Which bits are set.
fn bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words
        .iter()
        .enumerate()
        .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
}

/// How many pairs of neighbours of one are no neighbours yet.
fn filled(neighbours: &[Vec<u64>], of: usize) -> usize {
    let around = &neighbours[of];
    let missing = |other: usize| -> usize {
        let open = around.iter().zip(&neighbours[other]).map(|(mine, its)| (mine & !its).count_ones() as usize);
        // A neighbour is none of itself.
        open.sum::<usize>() - 1
    };
    bits(around).map(missing).sum::<usize>() / 2
}

/// What a search for the cheapest world found.
pub(super) struct Found {
    /// The true atoms of the best world, for each atom of the space.
    pub(super) world: Option<Vec<bool>>,
    /// No world costs less.
    pub(super) at_least: f64,
    pub(super) is_complete: bool,
    /// How many steps it took.
    pub(super) steps: u64,
}

impl Elimination {
    /// Prepares clauses; `groups` are disjoint groups of atoms that exclude each other by them.
    pub(super) fn new(atoms: usize, clauses: &[Clause], groups: &[Vec<usize>]) -> Self {
        Self::of_width(atoms, clauses, groups, (WIDE, NARROW))
    }

    /// The same with other widths: up to which tables are kept whole, and to which they are split otherwise, two at least.
    pub(super) fn of_width(
        atoms: usize,
        clauses: &[Clause],
        groups: &[Vec<usize>],
        (wide, narrow): (usize, usize),
    ) -> Self {
        let (all, clauses) = encoded(atoms, clauses, groups);
        let naming = naming(all, &clauses);
        let mut elimination = Self { atoms, clauses, naming, components: Vec::new(), is_whole: true, effort: 0 };
        for members in elimination.tied() {
            let (order, work) = elimination.order(&members);
            let is_whole = order.iter().all(|(_, width)| *width <= wide)
                && order.iter().map(|(_, width)| 1_u64 << (width + 1)).sum::<u64>() <= ENTRIES;
            let component = elimination.component(&members, &order, if is_whole { wide } else { narrow });
            elimination.is_whole &= is_whole;
            elimination.effort += 1 + work + component.entries / A_STEP;
            elimination.components.push(component);
        }
        elimination
    }

    /// The atoms that hang together, in groups.
    fn tied(&self) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.naming.len()];
        let mut groups = Vec::new();
        for start in 0..seen.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut group = vec![start];
            let mut at = 0;
            while at < group.len() {
                for literal in self.naming[group[at]].iter().flat_map(|clause| &self.clauses[*clause]) {
                    if !seen[literal.atom] {
                        seen[literal.atom] = true;
                        group.push(literal.atom);
                    }
                }
                at += 1;
            }
            group.sort_unstable();
            groups.push(group);
        }
        groups
    }

    /// An order in which eliminating an atom ties few of its neighbours together that were not tied, each with how many neighbours it has by then; and
    /// how many steps that took.
    fn order(&self, members: &[usize]) -> (Vec<(usize, usize)>, u64) {
        let count = members.len();
        let mut local = vec![0_usize; self.naming.len()];
        for (at, atom) in members.iter().enumerate() {
            local[*atom] = at;
        }
        // For each member a bit for each neighbour.
        let words = count.div_ceil(64);
        let mut neighbours = vec![vec![0_u64; words]; count];
        for (at, atom) in members.iter().enumerate() {
            for literal in self.naming[*atom].iter().flat_map(|clause| &self.clauses[*clause]) {
                let other = local[literal.atom];
                if other != at {
                    neighbours[at][other / 64] |= 1 << (other % 64);
                }
            }
        }
        let mut work = 0_u64;
        let mut fill: Vec<usize> = (0..count).map(|at| filled(&neighbours, at)).collect();
        let mut open: Vec<usize> = (0..count).collect();
        let mut order = Vec::with_capacity(count);
        let mut degrees: Vec<usize> = neighbours.iter().map(|of| degree(of)).collect();
        while let Some(next) = (0..open.len()).min_by_key(|at| (fill[open[*at]], degrees[open[*at]], open[*at])) {
            let at = open.swap_remove(next);
            let around = std::mem::replace(&mut neighbours[at], vec![0; words]);
            order.push((members[at], degrees[at]));
            let mut touched = around.clone();
            for neighbour in bits(&around) {
                for (word, more) in neighbours[neighbour].iter_mut().zip(&around) {
                    *word |= more;
                }
                neighbours[neighbour][neighbour / 64] &= !(1 << (neighbour % 64));
                neighbours[neighbour][at / 64] &= !(1 << (at % 64));
                for (word, more) in touched.iter_mut().zip(&neighbours[neighbour]) {
                    *word |= more;
                }
            }
            for other in bits(&touched) {
                degrees[other] = degree(&neighbours[other]);
                fill[other] = filled(&neighbours, other);
                work += (words * (1 + degrees[other])) as u64;
            }
        }
        (order, work / A_STEP)
    }

    fn component(&self, members: &[usize], order: &[(usize, usize)], most: usize) -> Component {
        let mut place = vec![usize::MAX; self.naming.len()];
        for (at, (atom, _)) in order.iter().enumerate() {
            place[*atom] = at;
        }
        // For each step what names its atom and no earlier one.
        let mut waiting: Vec<Vec<Waiting>> = order.iter().map(|_| Vec::new()).collect();
        let mine: BTreeSet<usize> = members.iter().flat_map(|atom| &self.naming[*atom]).copied().collect();
        for clause in mine {
            if let Some(first) = self.clauses[clause].iter().map(|literal| place[literal.atom]).min() {
                waiting[first].push(Waiting::Clause(clause));
            }
        }
        let mut component = Component { steps: Vec::new(), tables: Vec::new(), entries: 0 };
        for (at, (atom, _)) in order.iter().enumerate() {
            let begin = component.tables.len();
            for (scope, parts) in self.divided(*atom, std::mem::take(&mut waiting[at]), &component.tables, most) {
                let table = self.table(*atom, &scope, &parts, &component.tables);
                component.entries += A_TABLE + table.blocked.len() as u64 * (1 + table.inputs.len() as u64);
                if let Some(next) = scope.iter().map(|other| place[*other]).min() {
                    waiting[next].push(Waiting::Table(component.tables.len()));
                }
                component.tables.push(table);
            }
            component.steps.push(Step { atom: *atom, tables: begin..component.tables.len() });
        }
        component
    }

    /// The parts of an atom's tables with the neighbours that each names, no more than `most` if that can be; one without parts if there are none.
    fn divided(
        &self,
        atom: usize,
        waiting: Vec<Waiting>,
        tables: &[Table],
        most: usize,
    ) -> Vec<(Vec<usize>, Vec<Waiting>)> {
        let mut all: Vec<(BTreeSet<usize>, Waiting)> = Vec::new();
        for part in waiting {
            let named: BTreeSet<usize> = match &part {
                Waiting::Clause(clause) => self.clauses[*clause].iter().map(|literal| literal.atom).collect(),
                Waiting::Table(table) => tables[*table].scope.iter().copied().collect(),
            };
            all.push((named.into_iter().filter(|other| *other != atom).collect(), part));
        }
        all.sort_by_key(|(named, _)| std::cmp::Reverse(named.len()));
        let mut divided: Vec<(BTreeSet<usize>, Vec<Waiting>)> = Vec::new();
        for (named, part) in all {
            let fits = |(scope, _): &&mut (BTreeSet<usize>, Vec<Waiting>)| scope.union(&named).count() <= most;
            if let Some((scope, parts)) = divided.iter_mut().find(fits) {
                scope.extend(named);
                parts.push(part);
            } else {
                divided.push((named, vec![part]));
            }
        }
        if divided.is_empty() {
            divided.push((BTreeSet::new(), Vec::new()));
        }
        divided.into_iter().map(|(scope, parts)| (scope.into_iter().collect(), parts)).collect()
    }

    fn table(&self, atom: usize, scope: &[usize], parts: &[Waiting], tables: &[Table]) -> Table {
        let bits = scope.len() + 1;
        let bit = |of: usize| scope.iter().position(|other| *other == of).unwrap_or(scope.len());
        let mut blocked = vec![false; 1 << bits];
        let mut inputs = Vec::new();
        for part in parts {
            match part {
                Waiting::Clause(clause) => {
                    // A place contradicts a clause if each of its literals is false there.
                    let (mut mask, mut pattern) = (0_usize, 0_usize);
                    for literal in &self.clauses[*clause] {
                        mask |= 1 << bit(literal.atom);
                        pattern |= usize::from(!literal.holds) << bit(literal.atom);
                    }
                    for (place, blocked) in blocked.iter_mut().enumerate() {
                        *blocked |= place & mask == pattern;
                    }
                }
                Waiting::Table(from) => {
                    let mut strides = vec![0_usize; bits];
                    for (at, other) in tables[*from].scope.iter().enumerate() {
                        strides[bit(*other)] = 1 << at;
                    }
                    debug_assert!(bit(atom) == scope.len(), "an atom is no neighbour of itself");
                    let mut jumps = Vec::with_capacity(bits + 1);
                    let mut lower = 0_usize;
                    for stride in strides {
                        jumps.push(stride.wrapping_sub(lower));
                        lower += stride;
                    }
                    // After the last place nothing is read.
                    jumps.push(0);
                    inputs.push(Input { from: *from, jumps });
                }
            }
        }
        Table { scope: scope.to_vec(), blocked, inputs }
    }

    /// The cheapest world by what its true atoms cost, after at most `most` nodes.
    pub(super) fn cheapest(&self, costs: &[f64], most: u64) -> Found {
        let mut found = Found { world: Some(vec![false; self.atoms]), at_least: 0.0, is_complete: true, steps: 1 };
        let mut assignment = Assignment::new(&self.clauses, &self.naming);
        if !assignment.units() {
            return Found { world: None, at_least: f64::INFINITY, ..found };
        }
        for component in &self.components {
            let messages = component.messages(costs);
            found.steps += component.entries / A_STEP;
            // One walk down is always made, so that what needs no search is found whatever is left.
            let nodes = most.saturating_sub(found.steps).max(2 * component.steps.len() as u64);
            let mut descent =
                Descent { component, costs, messages: &messages, assignment, best: None, open: None, nodes };
            descent.down(component.steps.len(), component.bound(&messages));
            found.steps += nodes - descent.nodes;
            let (best, open) = (descent.best, descent.open);
            assignment = descent.assignment;
            let cost = best.as_ref().map_or(f64::INFINITY, |(cost, _)| *cost);
            found.at_least += open.map_or(cost, |open| open.min(cost));
            found.is_complete &= open.is_none();
            match best {
                Some((_, values)) => {
                    if let Some(world) = &mut found.world {
                        for step in component.steps.iter().filter(|step| step.atom < self.atoms) {
                            world[step.atom] = values[step.atom].unwrap_or(false);
                        }
                    }
                }
                // Without this component there is no world, whatever the others have.
                None if open.is_none() => {
                    return Found { world: None, at_least: f64::INFINITY, is_complete: true, steps: found.steps };
                }
                None => found.world = None,
            }
        }
        found
    }
}

impl Component {
    /// The tables for some costs: what each neighbourhood costs at least.
    fn messages(&self, costs: &[f64]) -> Vec<Vec<f64>> {
        let mut messages: Vec<Vec<f64>> = Vec::with_capacity(self.tables.len());
        for step in &self.steps {
            let cost = costs.get(step.atom).copied().unwrap_or(0.0);
            for at in step.tables.clone() {
                let table = &self.tables[at];
                let mut sums: Vec<f64> =
                    table.blocked.iter().map(|blocked| if *blocked { f64::INFINITY } else { 0.0 }).collect();
                for input in &table.inputs {
                    let message = &messages[input.from];
                    let mut place = 0_usize;
                    for (index, sum) in sums.iter_mut().enumerate() {
                        *sum += message[place];
                        place = place.wrapping_add(input.jumps[(index + 1).trailing_zeros() as usize]);
                    }
                }
                let (no, yes) = sums.split_at(sums.len() / 2);
                // Its own cost counts once.
                let own = if at == step.tables.start { cost } else { 0.0 };
                messages.push(no.iter().zip(yes).map(|(no, yes)| no.min(*yes + own)).collect());
            }
        }
        messages
    }

    /// The least that a world can cost by the tables.
    fn bound(&self, messages: &[Vec<f64>]) -> f64 {
        self.tables.iter().zip(messages).filter(|(table, _)| table.scope.is_empty()).map(|(_, of)| of[0]).sum()
    }
}

/// A search by depth first.
struct Descent<'e, 'm> {
    component: &'e Component,
    costs: &'m [f64],
    messages: &'m [Vec<f64>],
    assignment: Assignment<'e>,
    best: Option<(f64, Vec<Option<bool>>)>,
    /// The least bound of the nodes that were left open, if some were.
    open: Option<f64>,
    nodes: u64,
}

impl Descent<'_, '_> {
    fn place(&self, scope: &[usize], also: (usize, bool)) -> usize {
        let is = |atom: usize| if atom == also.0 { also.1 } else { self.assignment.value[atom] == Some(true) };
        scope.iter().enumerate().map(|(bit, atom)| usize::from(is(*atom)) << bit).sum()
    }

    /// By how much the bound rises if the atom of a step is set.
    fn rise(&self, step: &Step, holds: bool) -> f64 {
        let also = (step.atom, holds);
        let mut rise = if holds { self.costs.get(step.atom).copied().unwrap_or(0.0) } else { 0.0 };
        for at in step.tables.clone() {
            let table = &self.component.tables[at];
            let place = self.place(&table.scope, also);
            if table.blocked[place | usize::from(holds) << table.scope.len()] {
                return f64::INFINITY;
            }
            for input in &table.inputs {
                rise += self.messages[input.from][self.place(&self.component.tables[input.from].scope, also)];
            }
            rise -= self.messages[at][place];
        }
        rise
    }

    /// Whether nothing below a node of this bound is cheaper than the best so far.
    fn is_no_better(&self, bound: f64) -> bool {
        bound == f64::INFINITY || self.best.as_ref().is_some_and(|(least, _)| bound >= *least - SLACK)
    }

    /// Assigns the first steps, of which there are so many left; `bound` is the least that this can cost.
    fn down(&mut self, left: usize, bound: f64) {
        if self.is_no_better(bound) {
            return;
        }
        if left == 0 {
            self.best = Some((bound, self.assignment.value.clone()));
            return;
        }
        if self.nodes == 0 {
            self.open = Some(self.open.map_or(bound, |open| open.min(bound)));
            return;
        }
        let component = self.component;
        let step = &component.steps[left - 1];
        let (no, yes) = (bound + self.rise(step, false), bound + self.rise(step, true));
        let set = self.assignment.value[step.atom];
        let children = if yes < no { [(true, yes), (false, no)] } else { [(false, no), (true, yes)] };
        for (holds, bound) in children {
            if set.is_some_and(|value| value != holds) {
                continue;
            }
            self.nodes = self.nodes.saturating_sub(1);
            // Before anything follows from it: along a chain all of it would.
            if self.is_no_better(bound) {
                continue;
            }
            let length = self.assignment.length();
            if self.assignment.assume(Literal { atom: step.atom, holds }) {
                self.down(left - 1, bound);
            }
            self.assignment.back_to(length);
        }
    }
}
