//! Atoms that are true, false or open, and what clauses make of them: unit propagation.

use super::formula::{Clause, Literal};

/// For each atom the clauses that name it.
pub(super) fn naming(atoms: usize, clauses: &[Clause]) -> Vec<Vec<usize>> {
    let mut naming = vec![Vec::new(); atoms];
    for (at, clause) in clauses.iter().enumerate() {
        for literal in clause {
            naming[literal.atom].push(at);
        }
    }
    naming
}

/// An assignment in the making.
#[derive(Debug)]
pub(super) struct Assignment<'c> {
    clauses: &'c [Clause],
    naming: &'c [Vec<usize>],
    /// True, false or open.
    pub(super) value: Vec<Option<bool>>,
    trail: Vec<usize>,
}

impl<'c> Assignment<'c> {
    /// All open; `naming` says for each atom which clauses name it.
    pub(super) fn new(clauses: &'c [Clause], naming: &'c [Vec<usize>]) -> Self {
        Self { clauses, naming, value: vec![None; naming.len()], trail: Vec::new() }
    }

    fn is(&self, literal: Literal) -> Option<bool> {
        self.value[literal.atom].map(|value| value == literal.holds)
    }

    /// Makes a literal true with all that follows; false if that contradicts a clause.
    pub(super) fn assume(&mut self, literal: Literal) -> bool {
        match self.is(literal) {
            Some(holds) => return holds,
            None => self.set(literal),
        }
        let naming = self.naming;
        let mut at = self.trail.len() - 1;
        while at < self.trail.len() {
            for clause in &naming[self.trail[at]] {
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
        let clauses = self.clauses;
        for literal in &clauses[clause] {
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

    /// How many atoms are set.
    pub(super) fn length(&self) -> usize {
        self.trail.len()
    }

    /// Opens the atoms again that were set since there were so many.
    pub(super) fn back_to(&mut self, length: usize) {
        for atom in self.trail.drain(length..) {
            self.value[atom] = None;
        }
    }

    /// The clauses of one literal or none, at the start.
    pub(super) fn units(&mut self) -> bool {
        let clauses = self.clauses;
        clauses.iter().all(|clause| match clause.as_slice() {
            [] => false,
            [literal] => self.assume(*literal),
            _ => true,
        })
    }
}

/// Whether a world that keeps clauses is found without turning back: each atom in turn is taken to be true with all that follows, or else false. Where
/// clauses have two literals at most, there is none otherwise (Even, Itai and Shamir 1976, SIAM J. Comput. 5, 691–703).
pub(super) fn is_kept_straight_away(atoms: usize, clauses: &[Clause]) -> bool {
    let naming = naming(atoms, clauses);
    let mut assignment = Assignment::new(clauses, &naming);
    assignment.units()
        && (0..atoms).all(|atom| {
            assignment.value[atom].is_some()
                || [true, false].into_iter().any(|holds| {
                    let length = assignment.length();
                    let can_be = assignment.assume(Literal { atom, holds });
                    if !can_be {
                        assignment.back_to(length);
                    }
                    can_be
                })
        })
}
