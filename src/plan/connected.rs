//! What in a plan can hang together at all.
//!
//! Two columns are independent in every run if no draw stands behind both, and no evidence connects the draws behind the one with those behind
//! the other: evidence on something that depends on two draws makes each tell of the other.

use super::{Ask, Asked, DateEvidence, Operation, Plan, PlaneId, Touched};
use std::collections::BTreeSet;

type Steps = BTreeSet<usize>;

/// The draws behind each column, joined by what is known.
#[derive(Debug)]
pub(crate) struct Connected {
    planes: Vec<Steps>,
    numbers: Vec<Steps>,
    /// For each step, the first step that it is joined with.
    joined: Vec<usize>,
}

impl Connected {
    /// Of a plan.
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut connected = Self {
            planes: vec![Steps::new(); plan.planes as usize],
            numbers: vec![Steps::new(); plan.numbers as usize],
            joined: (0..plan.steps.len()).collect(),
        };
        for (at, step) in plan.steps.iter().enumerate() {
            let touched = Touched::by(&step.operation);
            let mut behind = Steps::new();
            touched.planes_in.iter().for_each(|plane| behind.extend(&connected.planes[plane.0 as usize]));
            touched.numbers_in.iter().for_each(|number| behind.extend(&connected.numbers[number.0 as usize]));
            if step.operation.is_drawn() {
                behind.insert(at);
            }
            if step.operation.is_evidence() {
                connected.join(&behind);
            }
            if step.operation.is_settled() {
                behind.clear();
            }
            touched.planes_out.iter().for_each(|plane| connected.planes[plane.0 as usize].clone_from(&behind));
            touched.numbers_out.iter().for_each(|number| connected.numbers[number.0 as usize].clone_from(&behind));
        }
        connected
    }

    /// The first step of those that a step is joined with.
    pub(crate) fn root(&self, mut at: usize) -> usize {
        while self.joined[at] != at {
            at = self.joined[at];
        }
        at
    }

    fn join(&mut self, steps: &Steps) {
        let roots: Vec<usize> = steps.iter().map(|step| self.root(*step)).collect();
        let Some(first) = roots.iter().copied().min() else { return };
        roots.into_iter().for_each(|root| self.joined[root] = first);
    }

    /// Of each of some asks, whether it hangs together with another one: what is known of the one may tell of the other.
    pub(crate) fn tell_of(&self, ask: &Ask, others: &[Ask]) -> Vec<bool> {
        let behind = self.behind(&ask.what, ask.given);
        others.iter().map(|other| !self.behind(&other.what, other.given).is_disjoint(&behind)).collect()
    }

    /// What stands behind an ask, as the first steps of what is joined.
    pub(crate) fn behind(&self, what: &Asked, given: Option<PlaneId>) -> Steps {
        let mut draws = Steps::new();
        let mut plane = |plane: &PlaneId| draws.extend(&self.planes[plane.0 as usize]);
        given.iter().for_each(&mut plane);
        match what {
            Asked::Binary(one) => plane(one),
            Asked::Categorical(options) => options.iter().for_each(plane),
            Asked::Number(number) | Asked::Date(number) => draws.extend(&self.numbers[number.0 as usize]),
        }
        draws.into_iter().map(|draw| self.root(draw)).collect()
    }
}

impl Operation {
    /// Whether it draws something.
    pub(crate) fn is_drawn(&self) -> bool {
        matches!(
            self,
            Self::Bernoulli { .. }
                | Self::Categorical { .. }
                | Self::Number { .. }
                | Self::Date { .. }
                | Self::CorrelatedUniforms { .. }
        )
    }

    /// Whether it says something that is known.
    pub(crate) fn is_evidence(&self) -> bool {
        match self {
            Self::Bernoulli { evidence, .. } => evidence.is_some(),
            Self::Categorical { evidence, .. } => evidence.is_some(),
            Self::Number { evidence, .. } => evidence.is_some(),
            // That it has not come before the first day is true of every date.
            Self::Date { evidence, .. } => evidence.is_some_and(|(evidence, _)| evidence != DateEvidence::NotBy(0.0)),
            Self::Require { .. } | Self::Weigh { .. } | Self::Believe { .. } => true,
            _ => false,
        }
    }

    /// Whether the column it fills is the same in every world by what is known.
    pub(crate) fn is_settled(&self) -> bool {
        match self {
            Self::Bernoulli { evidence, .. } => evidence.is_some(),
            Self::Categorical { evidence, .. } => evidence.is_some(),
            Self::Number { evidence, .. } => evidence.is_some(),
            Self::Date { evidence, .. } => matches!(evidence, Some((DateEvidence::On(_) | DateEvidence::Never, _))),
            _ => false,
        }
    }
}
