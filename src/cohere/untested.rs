//! Assumptions that a statement leaves untested, and why: whatever its figures are, they could not violate them.
//!
//! It is said only where it is sure. Leave the assumption out, and the meaning of the `a and b` that it speaks of; if then nothing ties its two sides
//! together, any distribution of the one goes with any of the other, and they can be joined so that a dependence holds; or, if no figure tells of either, the
//! one can be sure and the other as likely as both. And if no figure tells of one
//! of them, and nothing else restrains it, its chance can be whatever a range or an order asks for.

use super::budget::Budget;
use super::formula::{Clause, Literal};
use super::phrase::atoms;
use super::problem::{Part, Problem, find};
use super::relations::{Judgement, Relation, Strength};
use super::worlds::Space;

/// So many steps are taken to see whether a proposition can be true and false.
const STEPS: u64 = 100_000;

/// An assumption that was not tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Untested {
    pub(super) relation: usize,
    pub(super) why: String,
}

/// The assumptions that the figures could not violate.
pub(super) fn untested(problem: &Problem<'_>, parts: &[Part]) -> Vec<Untested> {
    let mut found = Vec::new();
    for (at, relation) in problem.relations.relations.iter().enumerate() {
        if relation.strength != Strength::Assume {
            continue;
        }
        let why = match parts.iter().find(|part| part.relations.contains(&at)) {
            None => Some("no figure is stated on anything that it has to do with".to_owned()),
            Some(part) => {
                let whys: Option<Vec<String>> =
                    relation.judgements.iter().map(|judgement| reason(problem, part, at, judgement)).collect();
                let says_more = !relation.clauses.is_empty() || !relation.conditionals.is_empty();
                whys.filter(|_| !says_more).and_then(|whys| whys.into_iter().next())
            }
        };
        found.extend(why.map(|why| Untested { relation: at, why }));
    }
    found
}

/// Why one judgement is not tested; `None` if it is, or may be.
fn reason(problem: &Problem<'_>, part: &Part, relation: usize, judgement: &Judgement) -> Option<String> {
    let name = |literal: Literal| problem.relations.name(literal);
    match judgement {
        Judgement::Product { a, b, both, .. } => {
            let is_stated = |literal: &Literal| {
                let mut of = part.figures.iter().map(|figure| &problem.figures[*figure]);
                of.any(|figure| figure.conditional.is_none() && figure.atom == literal.atom)
            };
            let mut without = Without::new(problem, relation, Some(*both));
            let (a_side, b_side) = (without.side(*a), without.side(*b));
            let neither_stated = !is_stated(a) && !is_stated(b) && without.is_loose(*a) && without.is_loose(*b);
            let both = Literal::of(*both);
            let both_side = without.side(both);
            let is_apart = a_side != b_side && both_side != a_side && both_side != b_side;
            let (a, b) = (name(*a), name(*b));
            if is_apart && neither_stated {
                return Some(format!("neither the chance of `{a}` nor that of `{b}` is stated"));
            }
            (is_apart && without.is_loose(both)).then(|| {
                format!(
                    "nothing that is stated tells of `{a}` and `{b}` together: state that, or the one given the other"
                )
            })
        }
        Judgement::Linear(row) => {
            let [(_, first), (_, second)] = row.terms.as_slice() else { return None };
            if row.constant != 0.0 {
                return None;
            }
            // In `a given b` the first is `a and b`.
            let event = joint(problem, *first, *second);
            let mut without = Without::new(problem, relation, event.map(|_| first.atom));
            let sides = [event.unwrap_or(*first), *second];
            let [one, other] = sides.map(|side| without.side(side));
            let whole = without.side(*first);
            if one == other || (event.is_some() && (whole == one || whole == other || !without.is_loose(*first))) {
                return None;
            }
            let loose = sides.into_iter().find(|side| without.is_loose(*side))?;
            Some(format!("nothing that is stated tells of `{}`", name(loose)))
        }
    }
}

/// The `a` of a proposition that means `a and b`.
fn joint(problem: &Problem<'_>, whole: Literal, b: Literal) -> Option<Literal> {
    let definition = problem.definitions.iter().find(|definition| definition.on == [whole.atom])?;
    let parts: Vec<Literal> = definition
        .clauses
        .iter()
        .filter_map(|clause| match clause.as_slice() {
            [no, part] if *no == whole.negated() => Some(*part),
            _ => None,
        })
        .collect();
    match parts.as_slice() {
        [first, second] if *second == b => Some(*first),
        [first, second] if *first == b => Some(*second),
        _ => None,
    }
}

/// A problem without the judgements of a relation and without the meaning of an atom: what still hangs together.
struct Without<'p, 'r> {
    problem: &'p Problem<'r>,
    leader: Vec<usize>,
    clauses: Vec<Clause>,
    /// Atoms that figures or other judgements speak of.
    spoken_of: Vec<usize>,
}

impl<'p, 'r> Without<'p, 'r> {
    fn new(problem: &'p Problem<'r>, relation: usize, meaning: Option<usize>) -> Self {
        let (mut groups, mut clauses, mut spoken_of) = (Vec::new(), Vec::new(), Vec::new());
        for definition in &problem.definitions {
            if meaning.is_some_and(|atom| definition.on == [atom]) {
                continue;
            }
            groups.push(definition.on.iter().copied().chain(atoms(&definition.clauses)).collect::<Vec<usize>>());
            clauses.extend(definition.clauses.iter().cloned());
        }
        for (at, other) in problem.relations.relations.iter().enumerate() {
            clauses.extend(other.clauses.iter().cloned());
            if at == relation {
                let Relation { clauses, conditionals, .. } = other;
                groups.extend(clauses.iter().map(|clause| clause.iter().map(|literal| literal.atom).collect()));
                groups.extend(conditionals.iter().map(|of| vec![of.both, of.condition.atom, of.event.atom]));
            } else {
                let named = problem.atoms_in(at);
                if !other.judgements.is_empty() {
                    spoken_of.extend(named.iter().copied());
                }
                groups.push(named);
            }
        }
        for figure in 0..problem.figures.len() {
            let named = problem.atoms_of(figure);
            spoken_of.extend(named.iter().copied());
            groups.push(named);
        }
        let mut leader: Vec<usize> = (0..problem.atoms).collect();
        for pair in groups.iter().flat_map(|group| group.windows(2)) {
            let (a, b) = (find(&mut leader, pair[0]), find(&mut leader, pair[1]));
            leader[a.max(b)] = a.min(b);
        }
        Self { problem, leader, clauses, spoken_of }
    }

    /// What a literal hangs together with, by one atom of it.
    fn side(&mut self, literal: Literal) -> usize {
        find(&mut self.leader, literal.atom)
    }

    /// Whether a literal may have any chance: no figure and no other judgement has to do with it, and it can be true and false.
    fn is_loose(&mut self, literal: Literal) -> bool {
        let side = self.side(literal);
        let leader = &mut self.leader;
        !self.spoken_of.iter().any(|atom| find(leader, *atom) == side) && self.can_be_either(literal)
    }

    /// Whether some world has a literal and some world has not.
    fn can_be_either(&self, literal: Literal) -> bool {
        [literal, literal.negated()].into_iter().all(|literal| {
            let clauses = self.clauses.iter().cloned().chain([vec![literal]]).collect();
            let space = Space::searched(self.problem.atoms, clauses);
            let costs = vec![0.0; self.problem.atoms];
            space.cheapest(&costs, STEPS, &Budget::new(STEPS)).best.is_some()
        })
    }
}
