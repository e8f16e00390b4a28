//! A plan taken apart into what has nothing in common.
//!
//! Where no draw stands behind two asks, and no evidence connects the draws behind the one with those behind the other, what is known of the one says
//! nothing of the other. Each is then answered by a plan of its own with nothing but its own evidence: one that cannot be computed does not keep the
//! other from being computed, and worlds need not agree with what bears on something else.

use super::{Asked, Connected, NumberId, Operation, Plan, PlaneId, Touched};
use std::collections::BTreeSet;

/// A part of a plan.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// What its asks depend on, and what is known of that. Columns, streams, parameters and findings keep their places; rules and joints are left out.
    pub(crate) plan: Plan,
    /// Which of the asks of the whole plan its asks are, in order.
    pub(crate) asks: Vec<usize>,
}

impl Plan {
    /// The plan in parts that have nothing to do with each other, in the order of their first asks.
    #[must_use]
    pub(crate) fn apart(&self) -> Vec<Part> {
        let connected = Connected::new(self);
        let mut groups: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
        for (at, ask) in self.asks.iter().enumerate() {
            let mut draws = connected.behind(&ask.what, ask.given);
            let mut asks = vec![at];
            let (joined, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(of, _)| !of.is_disjoint(&draws));
            for (of, before) in joined {
                draws.extend(of);
                asks.extend(before);
            }
            asks.sort_unstable();
            groups = others;
            groups.push((draws, asks));
        }
        groups.sort_by_key(|(_, asks)| asks.first().copied());
        groups.into_iter().map(|(draws, asks)| self.part(&connected, &draws, asks)).collect()
    }

    /// What some asks depend on, with the evidence on these draws.
    fn part(&self, connected: &Connected, draws: &BTreeSet<usize>, asks: Vec<usize>) -> Part {
        let mut planes: BTreeSet<PlaneId> = BTreeSet::new();
        let mut numbers: BTreeSet<NumberId> = BTreeSet::new();
        for ask in asks.iter().map(|ask| &self.asks[*ask]) {
            planes.extend(ask.given);
            match &ask.what {
                Asked::Binary(plane) => planes.extend([*plane]),
                Asked::Categorical(options) => planes.extend(options),
                Asked::Number(number) | Asked::Date(number) => numbers.extend([*number]),
            }
        }
        let mut steps = Vec::new();
        for (at, step) in self.steps.iter().enumerate().rev() {
            let touched = Touched::by(&step.operation);
            let is_read = touched.planes_out.iter().any(|plane| planes.contains(plane))
                || touched.numbers_out.iter().any(|number| numbers.contains(number));
            if is_read || bears_on(connected, at, &step.operation, draws) {
                planes.extend(touched.planes_in);
                numbers.extend(touched.numbers_in);
                steps.push(step.clone());
            }
        }
        steps.reverse();
        let own = asks.iter().map(|ask| self.asks[*ask].clone()).collect();
        let plan = Self { steps, asks: own, joints: Vec::new(), rules: Vec::new(), ..self.clone() };
        Part { plan, asks }
    }
}

/// Whether a step says something about one of these draws; what is known of nothing that is drawn concerns everybody.
fn bears_on(connected: &Connected, at: usize, operation: &Operation, draws: &BTreeSet<usize>) -> bool {
    if !operation.is_evidence() {
        return false;
    }
    if operation.is_drawn() {
        return draws.contains(&connected.root(at));
    }
    let planes = Touched::by(operation).planes_in;
    let behind: BTreeSet<usize> =
        planes.into_iter().flat_map(|plane| connected.behind(&Asked::Binary(plane), None)).collect();
    behind.is_empty() || !behind.is_disjoint(draws)
}
