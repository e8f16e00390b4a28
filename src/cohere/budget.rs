//! How much may be searched: counted in steps, never in time, so that the same question has the same answer on any machine.

use std::cell::Cell;

/// So many steps each search of a part of the relations may take, unless it is said otherwise.
pub const STEPS: u64 = 30_000_000;

/// Steps that are left, and how often a search was cut off for want of them.
#[derive(Debug)]
pub struct Budget {
    left: Cell<u64>,
    cut_offs: Cell<u64>,
}

impl Budget {
    /// So many steps.
    #[must_use]
    pub const fn new(steps: u64) -> Self {
        Self { left: Cell::new(steps), cut_offs: Cell::new(0) }
    }

    /// How many steps are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left.get()
    }

    /// Whether none is left.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Takes steps off; what is not there any more is not owed.
    pub(super) fn spend(&self, steps: u64) {
        self.left.set(self.left.get().saturating_sub(steps));
    }

    /// Notes that a search ended without an answer.
    pub(super) fn cut_off(&self) {
        self.cut_offs.set(self.cut_offs.get() + 1);
    }

    /// How many searches ended without an answer.
    pub(super) fn cut_offs(&self) -> u64 {
        self.cut_offs.get()
    }
}
