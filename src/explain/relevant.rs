//! Which steps of a plan bear on what it asks: what that is drawn from, and everything that evidence connects with it. All else is independent of it,
//! whatever the inputs are.

use crate::plan::{
    Asked, HazardSource, NumberSource, Operation, ParameterId, Plan, Prior, Touched,
};
use std::collections::BTreeSet;

/// The plan without the steps that do not bear on its asks.
#[must_use]
pub(super) fn pruned(mut plan: Plan) -> Plan {
    let near = near(&plan);
    let mut at = 0;
    plan.steps.retain(|_| {
        at += 1;
        near[at - 1]
    });
    plan
}

/// Of each step, whether it bears on what is asked.
fn near(plan: &Plan) -> Vec<bool> {
    let touched: Vec<Touched> = plan.steps.iter().map(|step| Touched::by(&step.operation)).collect();
    let mut planes = vec![None; plan.planes as usize];
    let mut numbers = vec![None; plan.numbers as usize];
    for (at, of) in touched.iter().enumerate() {
        of.planes_out.iter().for_each(|plane| planes[plane.0 as usize] = Some(at));
        of.numbers_out.iter().for_each(|number| numbers[number.0 as usize] = Some(at));
    }
    let behind = |waiting: Vec<usize>| {
        let mut waiting = waiting;
        let mut found = vec![false; touched.len()];
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut found[at], true) {
                waiting.extend(touched[at].planes_in.iter().filter_map(|plane| planes[plane.0 as usize]));
                waiting.extend(touched[at].numbers_in.iter().filter_map(|number| numbers[number.0 as usize]));
            }
        }
        found
    };
    let mut roots: Vec<usize> = Vec::new();
    for ask in &plan.asks {
        match &ask.what {
            Asked::Binary(plane) => roots.extend(planes[plane.0 as usize]),
            Asked::Categorical(options) => roots.extend(options.iter().filter_map(|plane| planes[plane.0 as usize])),
            Asked::Number(number) | Asked::Date(number) => roots.extend(numbers[number.0 as usize]),
        }
        roots.extend(ask.given.and_then(|given| planes[given.0 as usize]));
    }
    let mut near = behind(roots);
    let mut apart: Vec<Vec<bool>> = (0..plan.steps.len())
        .filter(|at| is_evidence(&plan.steps[*at].operation))
        .map(|at| behind(vec![at]))
        .collect();
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

/// Whether an operation says something that is known.
#[must_use]
pub(super) fn is_evidence(operation: &Operation) -> bool {
    match operation {
        Operation::Bernoulli { evidence, .. } => evidence.is_some(),
        Operation::Categorical { evidence, .. } => evidence.is_some(),
        Operation::Number { evidence, .. } => evidence.is_some(),
        Operation::Date { evidence, .. } => evidence.is_some(),
        Operation::Require { .. } | Operation::Weigh { .. } | Operation::Believe { .. } => true,
        _ => false,
    }
}

/// The doubtful inputs that the steps of a plan draw with, and the classes that they are of.
#[must_use]
pub(super) fn parameters(plan: &Plan) -> BTreeSet<ParameterId> {
    let mut found = BTreeSet::new();
    for step in &plan.steps {
        match &step.operation {
            Operation::Bernoulli { rows, .. } => {
                found.extend(rows.iter().filter_map(|row| row.value.drawn).map(|drawn| drawn.parameter));
            }
            Operation::Categorical { rows, .. } => found.extend(rows.iter().filter_map(|row| row.value.drawn)),
            Operation::Number { rows, .. } => found.extend(rows.iter().filter_map(|row| match &row.value {
                NumberSource::PoissonGamma { parameter, .. } => Some(*parameter),
                NumberSource::Constant(_) | NumberSource::Sampler(_) => None,
            })),
            Operation::Date { rows, .. } => {
                let scale = |source: &HazardSource| source.scale.map(|scale| scale.parameter);
                found.extend(rows.iter().filter_map(|row| scale(&row.value)));
            }
            _ => {}
        }
    }
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
