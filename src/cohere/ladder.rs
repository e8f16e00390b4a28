//! Deadlines of one event, the hazards that they imply, and windows after another event.
//!
//! What came by an earlier day came by a later one; so probabilities rise along a ladder, and between two rungs lies a hazard. A *window* says
//! that one event came within so many days after another. Which combinations of rungs a window allows follows from the days alone.

use super::formula::{Clause, Literal};
use crate::math::ln_1p;
use crate::source::Span;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Deadlines of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// The event.
    pub name: String,
    /// The first day on which it can come, if that is known.
    pub from: Option<Date>,
    /// For each deadline the atom `by that day`.
    pub rungs: BTreeMap<Date, usize>,
    /// The atom that it comes at all.
    pub ever: usize,
    /// Where it stands.
    pub span: Span,
}

/// That one event comes within so many days after another; on the same day counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The atom that says so.
    pub atom: usize,
    /// The ladder of the event.
    pub event: usize,
    /// The ladder of what comes first.
    pub after: usize,
    /// How many days.
    pub days: i64,
    /// How the time between them is counted.
    pub clock: Clock,
}

/// How the time between two events is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// From day to day: what comes on the same day or `days` days later is within.
    #[default]
    Days,
    /// From moment to moment: on the same day the one may still come before the other, and on the last day too late.
    Moments,
}

/// Days of one cell of a ladder: after the rung before it, up to its own. The last cell holds the later days and never.
struct Cell {
    first: i64,
    last: i64,
    /// What is to be denied for an event in this cell: literals of which all are false in it.
    outside: Clause,
}

const NEVER: i64 = i64::MAX / 4;
/// Chances that differ by no more than this do so by the digits of a machine.
const FALL: f64 = 1e-12;

fn cells(ladder: &Ladder) -> Vec<Cell> {
    let number = |day: Date| i64::from((day - jiff::civil::date(1970, 1, 1)).get_days());
    let mut first = ladder.from.map_or(-NEVER, number);
    let mut before: Option<usize> = None;
    let mut cells = Vec::new();
    for (day, atom) in &ladder.rungs {
        let outside = std::iter::once(Literal::of(*atom).negated()).chain(before.map(Literal::of)).collect();
        cells.push(Cell { first, last: number(*day), outside });
        first = number(*day) + 1;
        before = Some(*atom);
    }
    cells.push(Cell { first, last: NEVER, outside: before.map(Literal::of).into_iter().collect() });
    cells
}

/// What the days of both ladders leave open to a window.
///
/// A window is true for some days of two cells if one event can come `0` to `days` days after the other, and false if it can come outside of
/// that; the last cell of a ladder holds *never*, for which it is false. Each pair of cells that leaves only one of the two gives a clause.
pub(super) fn window_clauses(window: &Window, ladders: &[Ladder]) -> Vec<Clause> {
    let (event, after) = (&ladders[window.event], &ladders[window.after]);
    let within = Literal::of(window.atom);
    let mut clauses =
        vec![vec![within.negated(), Literal::of(event.ever)], vec![within.negated(), Literal::of(after.ever)]];
    for first in cells(after) {
        for second in cells(event) {
            if first.first > first.last || second.first > second.last {
                continue;
            }
            let can_hold = second.last >= first.first && second.first <= first.last.saturating_add(window.days);
            let slack = i64::from(window.clock == Clock::Moments);
            let can_fail = first.last == NEVER
                || second.last == NEVER
                || second.first < first.last + slack
                || second.last > first.first.saturating_add(window.days) - slack;
            let outside: Clause = first.outside.iter().chain(&second.outside).copied().collect();
            if !can_hold {
                clauses.push(outside.iter().copied().chain([within.negated()]).collect());
            }
            if !can_fail {
                clauses.push(outside.iter().copied().chain([within]).collect());
            }
        }
    }
    clauses
}

/// The hazard between two chances that an event came by a day.
///
/// ```text
/// conditional = (p₂ - p₁) / (1 - p₁)        rate = -ln(1 - conditional) / days
/// ```
///
/// Gives the chance that it comes between the two days if it has not by the first, and the constant rate per day that makes it so. `None` where nothing is
/// left to come (`p₁ = 1`), and where the later deadline has the smaller chance, which no hazard makes so; no rate where it is infinite.
///
/// ```
/// use foretell::cohere::hazard;
///
/// let (conditional, rate) = hazard(0.0, 0.4, 14.0).expect("something is left");
/// assert!((conditional - 0.4).abs() < 1e-12);
/// assert!((rate.expect("it is finite") - 0.036_487_5).abs() < 1e-6);
/// assert_eq!(hazard(0.3, 0.25, 28.0), None);
/// ```
#[must_use]
pub fn hazard(before: f64, by: f64, days: f64) -> Option<(f64, Option<f64>)> {
    let left = 1.0 - before;
    if left <= 0.0 || days <= 0.0 || by < before - FALL {
        return None;
    }
    let conditional = ((by - before) / left).max(0.0);
    Some((conditional, (conditional < 1.0).then(|| -ln_1p(-conditional) / days)))
}

#[cfg(test)]
mod tests {
    use super::hazard;

    /// From 30 % to 25 % no chance between the two days leads: neither a hazard nor one below 0. What the digits of a machine make smaller is no fall.
    #[test]
    fn a_ladder_that_falls_has_no_hazard() {
        assert_eq!(hazard(0.3, 0.25, 28.0), None);
        assert_eq!(hazard(0.1 + 0.2, 0.3, 28.0).map(|(conditional, _)| conditional), Some(0.0));
        assert_eq!(hazard(0.5, 0.75, 30.0).map(|(conditional, _)| conditional), Some(0.5));
    }
}
