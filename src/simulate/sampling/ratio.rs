//! How differently worlds may weigh by what is known.

use crate::plan::{Draw, Operation, Plan};
use crate::simulate::inputs::{StepInputs, prepare};
use crate::simulate::kernel::number::Likelihood;

/// No world weighs more than this by what is known, dates apart: the product over the steps of what the likeliest row gives. A date weighs
/// as much as its chance of not having come, or of that day; that changes with what it waits for, but has no rows of its own that a run could miss.
pub(super) fn largest_weight(plan: &Plan) -> f64 {
    plan.steps.iter().zip(&prepare(plan, None)).map(|(step, inputs)| of_step(&step.operation, inputs)).product()
}

fn of_step(operation: &Operation, inputs: &StepInputs<'_>) -> f64 {
    match (operation, inputs) {
        (Operation::Bernoulli { evidence: Some((value, _)), .. }, StepInputs::Chances(chances, _)) => {
            largest(chances.iter().map(|chance| if *value { *chance } else { 1.0 - chance }))
        }
        (Operation::Categorical { evidence: Some((option, _)), .. }, StepInputs::Options(rows, _)) => {
            largest(rows.iter().map(|row| row.probabilities[*option]))
        }
        (Operation::Number { draw: Draw::Stream(_), evidence: Some((value, _)), .. }, StepInputs::Numbers(sources)) => {
            largest(sources.iter().map(|source| match source.likelihood(*value) {
                Likelihood::Mass(likelihood) | Likelihood::Density(likelihood) => likelihood,
            }))
        }
        // What shares a uniform with others counts or does not.
        (Operation::Weigh { ratio, .. }, _) => ratio.max(1.0),
        _ => 1.0,
    }
}

fn largest(likelihoods: impl Iterator<Item = f64>) -> f64 {
    likelihoods.fold(0.0, f64::max)
}
