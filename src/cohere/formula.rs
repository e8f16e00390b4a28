//! Propositions, and clauses that hold in every possible world.
//!
//! An *atom* is a proposition that is true or false in each world: a question's yes, an option, `bilateral by 31 August`, or a combination of
//! others such as `a and b`, which is an atom of its own with clauses that define it. So every probability looked at is that of one atom, and
//! the possible worlds are the assignments that keep a list of clauses.

/// An atom or its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// Which atom.
    pub atom: usize,
    /// Whether the atom is true.
    pub holds: bool,
}

impl Literal {
    /// The atom itself.
    #[must_use]
    pub const fn of(atom: usize) -> Self {
        Self { atom, holds: true }
    }

    /// The opposite.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { atom: self.atom, holds: !self.holds }
    }
}

/// Literals of which at least one is true.
pub type Clause = Vec<Literal>;

/// `a implies b`.
#[must_use]
pub fn implies(a: Literal, b: Literal) -> Vec<Clause> {
    vec![vec![a.negated(), b]]
}

/// `a exactly if b`.
#[must_use]
pub fn equal(a: Literal, b: Literal) -> Vec<Clause> {
    vec![vec![a.negated(), b], vec![a, b.negated()]]
}

/// At most one of them is true.
#[must_use]
pub fn at_most_one(of: &[Literal]) -> Vec<Clause> {
    let pairs = of.iter().enumerate().flat_map(|(at, a)| of[at + 1..].iter().map(move |b| (a, b)));
    pairs.map(|(a, b)| vec![a.negated(), b.negated()]).collect()
}

/// `whole` is true exactly if all parts are.
#[must_use]
pub fn is_all_of(whole: Literal, parts: &[Literal]) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = parts.iter().map(|part| vec![whole.negated(), *part]).collect();
    clauses.push(std::iter::once(whole).chain(parts.iter().map(|part| part.negated())).collect());
    clauses
}

/// Clauses that say what an atom means; they count as soon as one of `on` is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The atoms it is for.
    pub on: Vec<usize>,
    /// What holds of them.
    pub clauses: Vec<Clause>,
}
