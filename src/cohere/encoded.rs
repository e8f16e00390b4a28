//! Clauses of many literals as clauses of three at most, with atoms of their own.
//!
//! `at most one of` many is counted along a chain, and a long `or` is one link after the other. Each new atom is true exactly if what it stands for is,
//! so that every world of the old atoms belongs to exactly one of the new, and few atoms hang together directly.

use super::formula::{Clause, Literal};

/// A group of so many is counted along a chain; fewer exclude each other pair by pair.
const COUNTED: usize = 4;

/// How many atoms there are now, and the clauses; `groups` are disjoint groups of atoms of which the clauses let one be true at most.
pub(super) fn encoded(atoms: usize, clauses: &[Clause], groups: &[Vec<usize>]) -> (usize, Vec<Clause>) {
    let mut whole = Encoder { atoms, clauses: Vec::new() };
    let mut group_of: Vec<Option<usize>> = vec![None; atoms];
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| group.len() >= COUNTED) {
        group.iter().for_each(|member| group_of[*member] = Some(at));
        whole.count(group);
    }
    for clause in clauses {
        let mut clause = clause.clone();
        clause.sort_unstable();
        clause.dedup();
        let is_always = clause.windows(2).any(|pair| pair[0].atom == pair[1].atom);
        let is_counted = match clause.as_slice() {
            [a, b] => !a.holds && !b.holds && group_of[a.atom].is_some() && group_of[a.atom] == group_of[b.atom],
            _ => false,
        };
        if !is_always && !is_counted {
            whole.chain(&clause);
        }
    }
    (whole.atoms, whole.clauses)
}

struct Encoder {
    atoms: usize,
    clauses: Vec<Clause>,
}

impl Encoder {
    /// A new atom that is true exactly if one of two literals is.
    fn either(&mut self, a: Literal, b: Literal) -> Literal {
        let new = Literal::of(self.atoms);
        self.atoms += 1;
        self.clauses.push(vec![new.negated(), a, b]);
        self.clauses.push(vec![new, a.negated()]);
        self.clauses.push(vec![new, b.negated()]);
        new
    }

    /// At most one of them is true.
    fn count(&mut self, group: &[usize]) {
        let Some((first, others)) = group.split_first() else { return };
        // Whether one of those so far is true.
        let mut before = Literal::of(*first);
        for (at, member) in others.iter().enumerate() {
            let member = Literal::of(*member);
            self.clauses.push(vec![member.negated(), before.negated()]);
            if at + 1 < others.len() {
                before = self.either(before, member);
            }
        }
    }

    /// One of them is true.
    fn chain(&mut self, clause: &[Literal]) {
        if clause.len() <= 3 {
            self.clauses.push(clause.to_vec());
            return;
        }
        let mut rest = clause[clause.len() - 1];
        for literal in clause[2..clause.len() - 1].iter().rev() {
            rest = self.either(*literal, rest);
        }
        self.clauses.push(vec![clause[0], clause[1], rest]);
    }
}
