//! Which steps of a plan bear on what it asks: what that is drawn from, and everything that evidence connects with it. All else is independent of it,
//! whatever the inputs are.

use crate::plan::{Ask, Asked, ParameterId, Plan, PlaneId, Prior, Touched};
use std::collections::BTreeSet;

/// The plan without the steps that do not bear on its asks.
#[must_use]
pub(super) fn pruned(mut plan: Plan) -> Plan {
    let near = Graph::new(&plan).near(&plan, &plan.asks);
    let mut at = 0;
    plan.steps.retain(|_| {
        at += 1;
        near[at - 1]
    });
    plan
}

/// Which step fills each column, and what each step reads.
struct Graph {
    touched: Vec<Touched>,
    planes: Vec<Option<usize>>,
    numbers: Vec<Option<usize>>,
}

impl Graph {
    fn new(plan: &Plan) -> Self {
        let touched: Vec<Touched> = plan.steps.iter().map(|step| Touched::by(&step.operation)).collect();
        let mut planes = vec![None; plan.planes as usize];
        let mut numbers = vec![None; plan.numbers as usize];
        for (at, of) in touched.iter().enumerate() {
            of.planes_out.iter().for_each(|plane| planes[plane.0 as usize] = Some(at));
            of.numbers_out.iter().for_each(|number| numbers[number.0 as usize] = Some(at));
        }
        Self { touched, planes, numbers }
    }

    /// Of each step, whether some steps depend on it, themselves included.
    fn behind(&self, mut waiting: Vec<usize>) -> Vec<bool> {
        let mut found = vec![false; self.touched.len()];
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut found[at], true) {
                let Touched { planes_in, numbers_in, .. } = &self.touched[at];
                waiting.extend(planes_in.iter().filter_map(|plane| self.planes[plane.0 as usize]));
                waiting.extend(numbers_in.iter().filter_map(|number| self.numbers[number.0 as usize]));
            }
        }
        found
    }

    fn sources(&self, ask: &Ask) -> Vec<usize> {
        let plane = |plane: &PlaneId| self.planes[plane.0 as usize];
        let mut sources: Vec<usize> = match &ask.what {
            Asked::Binary(of) => plane(of).into_iter().collect(),
            Asked::Categorical(options) => options.iter().filter_map(plane).collect(),
            Asked::Number(number) | Asked::Date(number) => self.numbers[number.0 as usize].into_iter().collect(),
        };
        sources.extend(ask.given.as_ref().and_then(plane));
        sources
    }

    /// Of each step, whether it bears on what is asked.
    fn near(&self, plan: &Plan, asks: &[Ask]) -> Vec<bool> {
        let mut near = self.behind(asks.iter().flat_map(|ask| self.sources(ask)).collect());
        let evidence = (0..plan.steps.len()).filter(|at| plan.steps[*at].operation.is_evidence());
        let mut apart: Vec<Vec<bool>> = evidence.map(|at| self.behind(vec![at])).collect();
        loop {
            let (touching, left): (Vec<_>, Vec<_>) =
                apart.into_iter().partition(|steps| steps.iter().zip(&near).any(|(left, right)| *left && *right));
            if touching.is_empty() {
                return near;
            }
            for steps in touching {
                near.iter_mut().zip(steps).for_each(|(near, also)| *near |= also);
            }
            apart = left;
        }
    }
}

/// The doubtful inputs that the steps of a plan draw with, and the classes that they are of.
#[must_use]
pub(super) fn parameters(plan: &Plan) -> BTreeSet<ParameterId> {
    let mut found: BTreeSet<ParameterId> =
        plan.steps.iter().flat_map(|step| step.operation.parameters(|_| true)).collect();
    let classes: Vec<ParameterId> = found
        .iter()
        .filter_map(|id| match &plan.parameters[id.0 as usize].prior {
            Prior::Member { class, .. } => Some(*class),
            _ => None,
        })
        .collect();
    found.extend(classes);
    found
}
