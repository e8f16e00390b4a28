//! One statement against the relations: which figures hang together, and the system of any part of them.
//!
//! A *figure* is one probability that a forecaster stated. The figures and relations that share propositions, directly or through others, are a
//! *part*; parts have nothing to do with each other and are looked at one by one.

use super::assignment::{Assignment, naming};
use super::budget::Budget;
use super::formula::{Clause, Definition, Literal};
use super::phrase::atoms;
use super::products::Product;
use super::program::{AT_ONCE, Linear, System, Target};
use super::relations::{Conditional, Judgement, Relations, Strength};
use super::worlds::Space;
use crate::forecast::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// Sums of factors are 0 but for the digits of a machine.
const ROUNDING: f64 = 1e-12;

/// One probability of a statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    /// The question, and the option.
    pub(super) question: String,
    pub(super) option: Option<String>,
    /// Its name in reports.
    pub(super) name: String,
    pub(super) atom: usize,
    pub(super) stated: f64,
    pub(super) made_at: Moment,
    pub(super) weight: f64,
    pub(super) pin: Option<f64>,
    /// Where it is conditional: by which relation, and what it means.
    pub(super) conditional: Option<(usize, Conditional)>,
}

/// Figures and relations that hang together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    pub(super) figures: Vec<usize>,
    pub(super) relations: Vec<usize>,
}

/// A statement and the relations.
#[derive(Debug)]
pub(super) struct Problem<'r> {
    pub(super) relations: &'r Relations,
    pub(super) definitions: Vec<Definition>,
    pub(super) atoms: usize,
    pub(super) figures: Vec<Figure>,
    /// For each atom the definitions that say what it means.
    means: BTreeMap<usize, Vec<usize>>,
}

/// The first of those that were joined with one.
pub(super) fn find(leader: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while leader[at] != at {
        leader[at] = leader[leader[at]];
        at = leader[at];
    }
    at
}

/// What is true and what is false in each world without a condition, as far as that follows from clauses at once; `None` if there is none.
fn without(atoms: usize, clauses: &[Clause], condition: Literal) -> Option<Vec<Option<bool>>> {
    let naming = naming(atoms, clauses);
    let mut there = Assignment::new(clauses, &naming);
    (there.units() && there.assume(condition.negated())).then_some(there.value)
}

/// Whether a number is 0 wherever that is true and false which is known to be.
fn is_nothing(row: &Linear, known: &[Option<bool>]) -> bool {
    let mut open: BTreeMap<usize, f64> = BTreeMap::new();
    let mut sum = row.constant;
    for (atom, factor) in &row.terms {
        match known[*atom] {
            Some(is_true) => sum += if is_true { *factor } else { 0.0 },
            None => *open.entry(*atom).or_default() += factor,
        }
    }
    open.values().chain([&sum]).all(|factor| factor.abs() < ROUNDING)
}

impl<'r> Problem<'r> {
    pub(super) fn new(
        relations: &'r Relations,
        definitions: Vec<Definition>,
        atoms: usize,
        figures: Vec<Figure>,
    ) -> Self {
        let mut means: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, definition) in definitions.iter().enumerate() {
            definition.on.iter().for_each(|atom| means.entry(*atom).or_default().push(at));
        }
        Self { relations, definitions, atoms, figures, means }
    }
}

impl Problem<'_> {
    /// The atoms that a figure is about.
    pub(super) fn atoms_of(&self, figure: usize) -> Vec<usize> {
        let figure = &self.figures[figure];
        match &figure.conditional {
            Some((_, of)) => vec![of.both, of.condition.atom, of.event.atom],
            None => vec![figure.atom],
        }
    }

    /// The atoms that a relation is about.
    pub(super) fn atoms_in(&self, relation: usize) -> Vec<usize> {
        let relation = &self.relations.relations[relation];
        let judged = relation.judgements.iter().flat_map(|judgement| match judgement {
            Judgement::Linear(row) => row.terms.iter().map(|(_, literal)| literal.atom).collect(),
            Judgement::Product { a, b, both, .. } => vec![a.atom, b.atom, *both],
        });
        let conditional = relation.conditionals.iter().flat_map(|of| [of.both, of.condition.atom, of.event.atom]);
        atoms(&relation.clauses).chain(judged).chain(conditional).collect()
    }

    /// The parts, in the order of their first figure.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut leader: Vec<usize> = (0..self.atoms).collect();
        let mut join = |together: &[usize]| {
            for pair in together.windows(2) {
                let (a, b) = (find(&mut leader, pair[0]), find(&mut leader, pair[1]));
                leader[a.max(b)] = a.min(b);
            }
        };
        for definition in &self.definitions {
            let all: Vec<usize> = definition.on.iter().copied().chain(atoms(&definition.clauses)).collect();
            join(&all);
        }
        for relation in 0..self.relations.relations.len() {
            join(&self.atoms_in(relation));
        }
        for figure in 0..self.figures.len() {
            join(&self.atoms_of(figure));
        }
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        for figure in 0..self.figures.len() {
            let of = find(&mut leader, self.atoms_of(figure)[0]);
            parts.entry(of).or_default().figures.push(figure);
        }
        for relation in 0..self.relations.relations.len() {
            if let Some(atom) = self.atoms_in(relation).first() {
                let of = find(&mut leader, *atom);
                if let Some(part) = parts.get_mut(&of) {
                    part.relations.push(relation);
                }
            }
        }
        let mut parts: Vec<Part> = parts.into_values().collect();
        parts.sort_by_key(|part| part.figures.first().copied());
        parts
    }

    /// The figures of a part that are never scored, since logic leaves their conditions no world; where that cannot be shown they are let pass.
    pub(super) fn never_scored(&self, part: &Part, steps: u64) -> Vec<usize> {
        let is_logic = |of: &&usize| self.relations.relations[**of].strength == Strength::Logic;
        let logic: Vec<usize> = part.relations.iter().filter(is_logic).copied().collect();
        let mut never = self.conditions(&part.figures);
        never.retain(|condition| !self.system(&[], &logic, Some(*condition)).space.may_be(&Budget::new(steps)));
        let is_under = |figure: &&usize| {
            self.figures[**figure].conditional.as_ref().is_some_and(|(_, of)| never.contains(&of.condition))
        };
        part.figures.iter().filter(is_under).copied().collect()
    }

    /// The conditions under which some of the figures are stated, each once.
    pub(super) fn conditions(&self, figures: &[usize]) -> Vec<Literal> {
        let conditions: BTreeSet<Literal> = figures
            .iter()
            .filter_map(|figure| self.figures[*figure].conditional.as_ref().map(|(_, of)| of.condition))
            .collect();
        conditions.into_iter().collect()
    }

    /// The figures that say something where only these relations are known, and if only worlds of a condition count, under that.
    pub(super) fn speaking(&self, figures: &[usize], relations: &[usize], given: Option<Literal>) -> Vec<usize> {
        let speaks = |figure: &&usize| match (&self.figures[**figure].conditional, given) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((relation, of)), _) => {
                relations.contains(relation) && given.is_none_or(|given| given == of.condition)
            }
        };
        figures.iter().filter(speaks).copied().collect()
    }

    /// Those of the figures that relations speak of, directly or through what their propositions mean.
    pub(super) fn touched(&self, figures: &[usize], relations: &[usize]) -> Vec<usize> {
        let start = relations.iter().flat_map(|relation| self.atoms_in(*relation));
        let (reached, _) = self.reached(start.collect());
        let touches = |figure: &&usize| self.atoms_of(**figure).iter().all(|atom| reached.contains(atom));
        figures.iter().filter(touches).copied().collect()
    }

    /// What the meaning of some atoms names, and the clauses of that.
    pub(super) fn reached(&self, start: BTreeSet<usize>) -> (BTreeSet<usize>, Vec<Clause>) {
        let (mut reached, mut clauses) = (start, Vec::new());
        let mut used = BTreeSet::new();
        let mut open: Vec<usize> = reached.iter().copied().collect();
        while !open.is_empty() {
            let named: BTreeSet<usize> =
                open.iter().filter_map(|atom| self.means.get(atom)).flatten().copied().collect();
            open.clear();
            for at in named {
                if used.insert(at) {
                    let definition = &self.definitions[at];
                    let more = definition.on.iter().copied().chain(atoms(&definition.clauses));
                    open.extend(more.filter(|atom| reached.insert(*atom)));
                    clauses.extend(definition.clauses.iter().cloned());
                }
            }
        }
        (reached, clauses)
    }

    /// The system of some figures and relations, in the worlds of a condition if there is one; figures must speak there.
    ///
    /// A judgement of chances is none of the chances within a condition, unless it says nothing of the worlds without it, as that of `a given b` does of
    /// those without `b`.
    pub(super) fn system(&self, figures: &[usize], relations: &[usize], given: Option<Literal>) -> System {
        self.system_where(figures, relations, given, &[])
    }

    /// The same in the worlds alone that keep some clauses more, about what the figures are about.
    pub(super) fn system_where(
        &self,
        figures: &[usize],
        relations: &[usize],
        given: Option<Literal>,
        more: &[Clause],
    ) -> System {
        let mut start: BTreeSet<usize> = figures.iter().flat_map(|figure| self.atoms_of(*figure)).collect();
        start.extend(relations.iter().flat_map(|relation| self.atoms_in(*relation)));
        start.extend(given.map(|literal| literal.atom));
        let (reached, mut clauses) = self.reached(start);
        clauses.extend_from_slice(more);
        clauses
            .extend(relations.iter().flat_map(|relation| self.relations.relations[*relation].clauses.iter().cloned()));
        let local: BTreeMap<usize, usize> = reached.iter().enumerate().map(|(at, atom)| (*atom, at)).collect();
        let here = |literal: Literal| Literal { atom: local[&literal.atom], holds: literal.holds };
        clauses.iter_mut().flatten().for_each(|literal| *literal = here(*literal));
        let targets = figures.iter().map(|figure| {
            let figure = &self.figures[*figure];
            let (event, condition) = match &figure.conditional {
                Some((_, of)) => (Literal::of(of.both), Some(of.condition)),
                None => (Literal::of(figure.atom), None),
            };
            Target {
                event: Linear::of(here(event)),
                condition: condition.map(|condition| Linear::of(here(condition))),
                stated: figure.stated,
                weight: figure.weight,
                pin: figure.pin,
            }
        });
        let (mut rows, mut products) = (Vec::new(), Vec::new());
        for judgement in relations.iter().flat_map(|relation| &self.relations.relations[*relation].judgements) {
            match judgement {
                Judgement::Linear(stated) => {
                    let mut row = Linear { constant: stated.constant, terms: Vec::new() };
                    stated.terms.iter().for_each(|(factor, literal)| row.add(*factor, &Linear::of(here(*literal))));
                    rows.push((row, stated.bound));
                }
                // Chances within a condition need not be as those of all worlds.
                Judgement::Product { .. } if given.is_some() => {}
                Judgement::Product { a, b, both, sign } => {
                    let both = here(Literal::of(*both)).atom;
                    products.push(Product { a: here(*a), b: here(*b), both, sign: *sign });
                }
            }
        }
        if let Some(condition) = given.map(here) {
            if !rows.is_empty()
                && let Some(known) = without(local.len(), &clauses, condition)
            {
                rows.retain(|(row, _)| is_nothing(row, &known));
            }
            clauses.push(vec![condition]);
        }
        clauses.sort();
        clauses.dedup();
        let atoms = local.keys().copied().collect();
        let space = Space::of_few(local.len(), clauses, AT_ONCE);
        System {
            space,
            atoms,
            targets: targets.collect(),
            rows,
            products,
            watched: Vec::new(),
            adds: Linear::default(),
            closes: true,
        }
    }
}
