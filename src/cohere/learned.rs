//! What is known of sets of figures and relations: what holds a set that conflicts does so, too, and what lies within one that agrees agrees.
//!
//! True since a relation says the same whatever is stated.

use super::problem::Part;

/// Figures and relations of a part, a bit for each.
type Members = Vec<u64>;

/// Sets that were decided.
#[derive(Debug)]
pub(super) struct Learned {
    part: Part,
    /// None of them lies within another.
    agree: Vec<Members>,
    /// None of them holds another.
    conflict: Vec<Members>,
}

fn is_within(less: &Members, more: &Members) -> bool {
    less.iter().zip(more).all(|(less, more)| less & !more == 0)
}

impl Learned {
    /// Nothing yet.
    pub(super) fn new(part: &Part) -> Self {
        Self { part: part.clone(), agree: Vec::new(), conflict: Vec::new() }
    }

    /// `None` if it is not about figures and relations of the part alone.
    fn members(&self, figures: &[usize], relations: &[usize]) -> Option<Members> {
        let count = self.part.figures.len();
        let mut members = vec![0_u64; (count + self.part.relations.len()).div_ceil(64)];
        let figures = figures.iter().map(|figure| self.part.figures.binary_search(figure).ok());
        let relations = relations.iter().map(|of| self.part.relations.binary_search(of).ok().map(|at| at + count));
        for at in figures.chain(relations) {
            let at = at?;
            members[at / 64] |= 1 << (at % 64);
        }
        Some(members)
    }

    /// Whether a set conflicts, if that follows.
    pub(super) fn conflicts(&self, figures: &[usize], relations: &[usize]) -> Option<bool> {
        let members = self.members(figures, relations)?;
        if self.conflict.iter().any(|less| is_within(less, &members)) {
            Some(true)
        } else {
            self.agree.iter().any(|more| is_within(&members, more)).then_some(false)
        }
    }

    /// Keeps what was decided by itself.
    pub(super) fn decided(&mut self, figures: &[usize], relations: &[usize], conflicts: bool) {
        let Some(members) = self.members(figures, relations) else { return };
        if conflicts {
            self.conflict.retain(|more| !is_within(&members, more));
            self.conflict.push(members);
        } else {
            self.agree.retain(|less| !is_within(less, &members));
            self.agree.push(members);
        }
    }
}
