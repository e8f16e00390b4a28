//! The same questions answered by exact inference, where the scenario allows.
//!
//! The discrete part of a [`Plan`] is read as a Bayesian network: yes/no and categorical draws, and numbers and dates that are only
//! compared with constants, as variables over the intervals between those. A junction tree gives all marginals in two passes. What
//! is not discrete is left out with everything that depends on it, and says why; so is what evidence on it bears on. An exact figure is
//! the expectation of the simulated one.
//!
//! Sums run in a fixed order on one thread: same plan, same bits.
//!
//! Uses `plan`, `dist` and the answers of `simulate`; draws nothing.

mod answer;
mod compare;
mod function;
mod law;
mod network;
mod numbers;
mod order;
mod posterior;
mod problem;
mod read;
mod scale;
mod storyline;
mod table;
mod tree;

pub use answer::{Exact, solve};
pub use compare::{Comparison, Difference, compare, compare_evidence};
pub use posterior::{conditioned, subject};
pub use storyline::{Outcome, Storyline, StorylineFailure, storylines};

use crate::plan::Plan;
use crate::simulate::Impossible;
use std::fmt;

/// All tables of a junction tree together may have so many cells: 128 MiB of them. A larger tree is not built.
pub const MOST_CELLS: f64 = 16_777_216.0;

/// Why there is no exact answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// What is known cannot be.
    Impossible(Impossible),
    /// The events depend on one another too tightly.
    TooWide(TooWide),
}

/// Tables that would have too many cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TooWide {
    /// Of the largest table.
    pub largest: f64,
    /// Of all tables; [`MOST_CELLS`] are allowed.
    pub cells: f64,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Impossible(impossible) => impossible.fmt(formatter),
            Self::TooWide(wide) => wide.fmt(formatter),
        }
    }
}

impl fmt::Display for TooWide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "exact inference would need tables of {} cells, the largest of {}; at most {} are allowed",
            count(self.cells),
            count(self.largest),
            count(MOST_CELLS)
        )
    }
}

/// In full while that can be read, in groups of three digits.
fn count(cells: f64) -> String {
    if cells >= 1e15 {
        return format!("{cells:.1e}");
    }
    let digits = format!("{cells}");
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

impl std::error::Error for Failure {}

impl From<Impossible> for Failure {
    fn from(problem: Impossible) -> Self {
        Self::Impossible(problem)
    }
}

/// What exact inference would take, found without doing it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Discrete variables that matter to what is asked.
    pub variables: usize,
    /// The cells of the largest table.
    pub largest: f64,
    /// The cells of all tables.
    pub cells: f64,
    /// For each of [`Plan::asks`], why it cannot be answered exactly; `None` if it can.
    pub inexact: Vec<Option<String>>,
    /// Whether everything that is known is discrete, so that its probability is exact.
    pub evidence: bool,
}

impl Cost {
    /// Whether the tables are small enough.
    #[must_use]
    pub fn is_feasible(&self) -> bool {
        self.cells <= MOST_CELLS
    }
}

/// What exact inference on a plan would take: reads it and finds an order of elimination, but computes nothing.
///
/// ```
/// use foretell::exact::cost;
/// use foretell::plan::Plan;
/// assert!(cost(&Plan::default()).is_feasible());
/// ```
#[must_use]
pub fn cost(plan: &Plan) -> Cost {
    problem::Problem::new(plan).cost()
}
