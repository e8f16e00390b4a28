//! How differently worlds may weigh by what is known.

use crate::math::{exp, exp_m1, ln};
use crate::plan::{DateEvidence, Draw, HazardSource, Operation, Plan, Row};
use crate::simulate::inputs::{ReadyScale, StepInputs, Strata, prepare};
use crate::simulate::kernel::number::Likelihood;
use crate::simulate::kernel::tilted::DEFENSIVE;

/// No world weighs more than this by what is known, dates apart: the product over the steps of what the likeliest row gives. A date weighs
/// as much as its chance of not having come, or of that day; that changes with what it waits for, but has no rows of its own that a run could miss.
pub(super) fn largest_weight(plan: &Plan) -> f64 {
    plan.steps.iter().zip(&prepare(plan, None)).map(|(step, inputs)| of_step(&step.operation, inputs)).product()
}

/// The share of the posterior that one way to what is known may hold without having been drawn: a run sees a larger one with 95 %.
///
/// One world in eight draws as planned, whatever the proposal. Of a way that holds a share `m` of what is known, whose worlds weigh at most `L` each,
/// one draws at least `m p / L`, where `p` is what a world weighs on average; so none of `n` worlds does with a chance of at most
/// `exp(-n m p / (8 L))`, which is 1/20 at
///
/// ```text
/// m = 8 ln(20) L / (n p)        n p: what all worlds weigh together
/// ```
///
/// More than 1 where too few worlds were drawn to tell anything. `None` if nothing can be said: a date that is known weighs as much as it was likely, and how likely that can have been at the most may be
/// far more than it ever is.
pub(crate) fn may_be_missed(plan: &Plan, factors: &[f64], total_weight: f64) -> Option<f64> {
    let largest_factor = factors.iter().copied().fold(0.0, f64::max);
    let dates = plan.steps.iter().zip(prepare(plan, None));
    let dates = dates.filter_map(|(step, inputs)| of_date(&step.operation, &inputs, plan.horizon_days));
    let (count, largest_of_dates) = dates.fold((0, 1.0), |(count, product), largest| (count + 1, product * largest));
    let largest = largest_weight(plan) * largest_of_dates * if factors.is_empty() { 1.0 } else { largest_factor };
    let share = ln(20.0) * largest / (DEFENSIVE * total_weight);
    (share < 1.0 || count == 0).then_some(share)
}

/// No world weighs more than this by a date that is known; `None` if it is no such step.
fn of_date(operation: &Operation, inputs: &StepInputs<'_>, horizon: f64) -> Option<f64> {
    let (
        Operation::Date { draw, rows, clock, multipliers, evidence: Some((evidence, _)), .. },
        StepInputs::Scales(scales),
    ) = (operation, inputs)
    else {
        return None;
    };
    if clock.is_some() || !matches!(draw, Draw::Stream(_)) {
        return Some(1.0);
    }
    let (least, most) = multipliers
        .iter()
        .fold((1.0, 1.0), |(least, most), by| (least * by.before.min(by.after), most * by.before.max(by.after)));
    let of_row = |(row, scale): (&Row<HazardSource>, &ReadyScale)| {
        let (low, high) = match scale {
            ReadyScale::Constant(scale) => (*scale, *scale),
            ReadyScale::Chosen(Strata { values, .. }) => {
                (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max))
            }
        };
        // Not before, and on that day: what is never fewer, and never more than that.
        let survives = |day: f64| {
            let accumulated = row.value.hazard.cumulative(day);
            if accumulated > 0.0 && least * low > 0.0 { exp(-least * low * accumulated) } else { 1.0 }
        };
        match *evidence {
            DateEvidence::NotBy(day) => survives(day),
            DateEvidence::Never => survives(horizon),
            DateEvidence::On(day) => {
                let (before, after) = (row.value.hazard.cumulative(day - 1.0), row.value.hazard.cumulative(day));
                let rise = if after > before { most * high * (after - before) } else { 0.0 };
                survives(day - 1.0) * -exp_m1(-rise)
            }
        }
    };
    Some(largest(rows.iter().zip(scales).map(of_row)))
}

fn of_step(operation: &Operation, inputs: &StepInputs<'_>) -> f64 {
    match (operation, inputs) {
        (Operation::Bernoulli { evidence: Some((value, _)), .. }, StepInputs::Chances(chances, ..)) => {
            largest(chances.iter().map(|chance| if *value { *chance } else { 1.0 - chance }))
        }
        (Operation::Categorical { evidence: Some((option, _)), .. }, StepInputs::Options(rows, ..)) => {
            largest(rows.iter().map(|row| row.probabilities[*option]))
        }
        (
            Operation::Number { draw: Draw::Stream(_), evidence: Some((value, _)), .. },
            StepInputs::Numbers(sources, _),
        ) => largest(sources.iter().map(|source| match source.likelihood(*value) {
            Likelihood::Mass(likelihood) | Likelihood::Density(likelihood) => likelihood,
        })),
        // What shares a uniform with others counts or does not.
        (Operation::Weigh { ratio, .. }, _) => ratio.max(1.0),
        _ => 1.0,
    }
}

fn largest(likelihoods: impl Iterator<Item = f64>) -> f64 {
    likelihoods.fold(0.0, f64::max)
}
