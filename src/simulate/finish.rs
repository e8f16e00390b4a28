//! Counts and draws of the inputs → a [`Tally`].

use super::doubt;
use super::inputs;
use super::run::Groundwork;
use super::sampling;
use super::tally::{Counts, Mass};
use super::{Answer, Impossible, Tally, diagnose, is_conditioned, precision};
use crate::forecast::Estimate;
use crate::plan::{Asked, Draw, Operation, Plan, PlaneId};
use crate::simulate::{Settings, Stop};
use std::collections::BTreeMap;

/// What a run of so many worlds says.
pub(crate) fn finish(
    plan: &Plan,
    settings: &Settings,
    worlds: u64,
    groundwork: &Groundwork,
    counts: &Counts,
    draws: &[doubt::DrawResult],
) -> Result<Tally, Impossible> {
    let total = counts.total();
    if total.weight <= 0.0 {
        return Err(diagnose::diagnose(plan, settings.seed, worlds));
    }
    let mut answers = answers(plan, counts);
    let short_of = match settings.stop {
        Stop::AtPrecision { standard_error, first_ask } => precision::worst(&answers, first_ask, standard_error),
        _ => None,
    };
    let (doubt, doubt_errors) = add_doubt(plan, &mut answers, draws);
    Ok(Tally {
        answers,
        doubt,
        doubt_errors,
        doubt_worth: doubt::worth(draws).filter(|_| is_conditioned(plan)),
        joints: counts.joints(plan),
        rules: counts.rules(),
        divisions: counts.divisions(),
        effective_sample_size: total.effective_worlds(),
        evidence: if let Some(value) = groundwork.sampling.evidence {
            let exact = Estimate { value, standard_error: 0.0, prior_interval: None };
            evidence_of(plan).filter(|known| *known).map(|_| exact)
        } else {
            // What became known after a belief is as likely as the belief made it.
            let before = groundwork.before_beliefs.filter(|_| !plan.has_later_evidence());
            probability_of_evidence(plan, before.unwrap_or(total), worlds)
        },
        worlds,
        weighted: groundwork.sampling.weighs || !groundwork.sampling.figures.is_empty(),
        method: groundwork.sampling.method,
        short_of,
        may_be_missed: (!groundwork.sampling.figures.is_empty())
            .then(|| sampling::may_be_missed(plan, &groundwork.factors, total.weight))
            .flatten(),
    })
}

/// The answers, without what the doubt run adds.
pub(crate) fn answers(plan: &Plan, counts: &Counts) -> Vec<Answer> {
    let mut answers = counts.answers(plan);
    settle_certain(plan, &mut answers);
    settle_believed(plan, &mut answers);
    answers
}

fn probability_of_evidence(plan: &Plan, total: Mass, worlds: u64) -> Option<Estimate> {
    let count = worlds as f64;
    let mean = total.weight / count;
    let variance = (total.square / count - mean * mean).max(0.0) / count;
    let estimate = Estimate { value: mean, standard_error: variance.sqrt(), prior_interval: None };
    evidence_of(plan).filter(|known| *known).map(|_| estimate)
}

/// Whether anything is known; `None` if something is that has no probability.
pub(crate) fn evidence_of(plan: &Plan) -> Option<bool> {
    let mut known = false;
    for step in &plan.steps {
        match &step.operation {
            Operation::Bernoulli { evidence: Some(_), .. }
            | Operation::Categorical { evidence: Some(_), .. }
            | Operation::Number { evidence: Some(_), draw: Draw::Column(_), .. }
            | Operation::Date { evidence: Some(_), .. }
            | Operation::Require { .. } => known = true,
            Operation::Number { evidence: Some((value, _)), rows, .. } => {
                if rows.iter().any(|row| inputs::has_density_at(&row.value, *value)) {
                    return None;
                }
                known = true;
            }
            Operation::Weigh { .. } => return None,
            _ => {}
        }
    }
    Some(known)
}

/// What is known, made so or follows from that is the same in every world: it has no simulation error.
fn settle_certain(plan: &Plan, answers: &mut [Answer]) {
    let certain = plan.certain();
    let settle = |estimate: &mut Estimate, plane: PlaneId| {
        if let Some(value) = certain[plane.0 as usize] {
            *estimate = Estimate { value: f64::from(u8::from(value)), standard_error: 0.0, prior_interval: None };
        }
    };
    for (ask, answer) in plan.asks.iter().zip(answers) {
        match (&ask.what, answer) {
            (Asked::Binary(plane), Answer::Binary(estimate)) => settle(estimate, *plane),
            (Asked::Categorical(planes), Answer::Categorical(estimates)) => {
                planes.iter().zip(estimates).for_each(|(plane, estimate)| settle(estimate, *plane));
            }
            _ => {}
        }
    }
}

/// What is believed, and its opposite, has just the probability stated, whichever worlds were drawn: they are weighed until it has, but for rounding.
fn settle_believed(plan: &Plan, answers: &mut [Answer]) {
    const ROUNDING: f64 = 1e-9;
    let mut believed: BTreeMap<PlaneId, f64> = BTreeMap::new();
    for step in &plan.steps {
        if let Operation::Believe { plane, probability, .. } = step.operation {
            believed.insert(plane, probability);
        }
    }
    if believed.is_empty() {
        return;
    }
    for step in &plan.steps {
        if let Operation::Not { out, of } = step.operation {
            match (believed.get(&out).copied(), believed.get(&of).copied()) {
                (Some(probability), None) => drop(believed.insert(of, 1.0 - probability)),
                (None, Some(probability)) => drop(believed.insert(out, 1.0 - probability)),
                _ => {}
            }
        }
    }
    let settle = |estimate: &mut Estimate, plane: PlaneId| {
        if let Some(probability) = believed.get(&plane)
            && (estimate.value - probability).abs() <= ROUNDING
        {
            *estimate = Estimate { value: *probability, standard_error: 0.0, prior_interval: None };
        }
    };
    for (ask, answer) in plan.asks.iter().zip(answers).filter(|(ask, _)| ask.given.is_none()) {
        match (&ask.what, answer) {
            (Asked::Binary(plane), Answer::Binary(estimate)) => settle(estimate, *plane),
            (Asked::Categorical(planes), Answer::Categorical(estimates)) => {
                planes.iter().zip(estimates).for_each(|(plane, estimate)| settle(estimate, *plane));
            }
            _ => {}
        }
    }
}

/// Adds the intervals to the answers; the variances of their figures apart, and the standard errors of these.
fn add_doubt(plan: &Plan, answers: &mut [Answer], draws: &[doubt::DrawResult]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let mut place = 0;
    let (mut variances, mut errors) = (Vec::with_capacity(answers.len()), Vec::with_capacity(answers.len()));
    for (ask, answer) in plan.asks.iter().zip(answers) {
        let figures = doubt::figures(&ask.what);
        let estimates: Vec<&mut Estimate> = match answer {
            Answer::Binary(estimate) => vec![estimate],
            Answer::Categorical(options) => options.iter_mut().collect(),
            Answer::Number(number) => vec![&mut number.mean, &mut number.median],
            Answer::Date(date) => vec![&mut date.never],
            Answer::NoWorlds => Vec::new(),
        };
        let (mut of_ask, mut errors_of_ask) = (vec![0.0; figures.len()], vec![0.0; figures.len()]);
        for (offset, (estimate, figure)) in estimates.into_iter().zip(&figures).enumerate() {
            let spread = doubt::spread(draws, place + offset, *figure, estimate.value, ask.given.is_some());
            estimate.prior_interval = spread.map(|spread| spread.interval);
            of_ask[offset] = spread.map_or(0.0, |spread| spread.variance);
            errors_of_ask[offset] = spread.map_or(0.0, |spread| spread.variance_error);
        }
        place += figures.len();
        variances.push(of_ask);
        errors.push(errors_of_ask);
    }
    (variances, errors)
}
