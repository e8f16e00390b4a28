//! How likely what is known in a plan is, however rare: nothing else is run or counted.

use super::diagnose::{Total, diagnose};
use super::forest::Forest;
use super::passes::{Arenas, Pass, WORLDS_PER_CHUNK, chunks_of};
use super::program::Program;
use super::sampling::{Conditioned, Sampling, behind_what_is_known, is_known, may_be_missed};
use super::{Impossible, Method, Settings, on_threads};
use crate::forecast::Estimate;
use crate::plan::{Logic, Operation, Plan, PlaneId, Step};
use std::collections::BTreeMap;

/// The probability of what is known in a plan, by simulation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rarity {
    /// The mean weight; a likelihood, where something is known that has no probability.
    pub probability: Estimate,
    /// How it was found; `None` if nothing is known.
    pub method: Option<Method>,
    /// Worlds run, the pilot's apart.
    pub worlds: u64,
    /// The share of the probability that one way of coming about may hold without having been met, with 95 %; the standard error does not hold it.
    /// At most 1; 0 where nothing can be missed so.
    pub may_be_missed: f64,
}

/// Whether something is known in a plan, beliefs apart.
#[must_use]
pub fn is_conditioned(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| is_known(&step.operation))
}

/// Runs worlds, at most those of the settings, until the standard error of the probability of what is known is at most this share of it:
/// looked at after each power of two of chunks, so that the result depends on the plan, the seed and the worlds alone. Beliefs are not held.
///
/// ```
/// use foretell::plan::{Chance, Draw, FindingId, Operation, Plan, PlaneId, Row, Step, StreamId};
/// use foretell::simulate::{Settings, rarity};
///
/// let strike = Operation::Bernoulli {
///     out: PlaneId(0),
///     draw: Draw::Stream(StreamId(0)),
///     rows: vec![Row { mask: None, value: Chance { predictive: 1e-9, drawn: None } }],
///     evidence: Some((true, FindingId(0))),
/// };
/// let plan = Plan {
///     steps: vec![Step { label: "strike".to_owned(), operation: strike }],
///     planes: 1,
///     streams: vec!["strike".to_owned()],
///     findings: vec!["strike".to_owned()],
///     ..Plan::default()
/// };
/// let found = rarity(&plan, &Settings::default(), 0.01)?;
/// assert!((found.probability.value - 1e-9).abs() < 1e-15);
/// # Ok::<(), foretell::simulate::Impossible>(())
/// ```
///
/// # Errors
/// If no world agrees with what is known.
pub fn rarity(plan: &Plan, settings: &Settings, relative_error: f64) -> Result<Rarity, Impossible> {
    on_threads(settings.threads, || {
        let alone = what_is_known_alone(plan);
        let mut found: Option<Rarity> = None;
        let mut failure = None;
        // Each way in which it can come about has a proposal of its own.
        for way in ways(&alone) {
            match one_way(&way, settings, relative_error) {
                Ok(one) => found = Some(found.map_or(one, |all| all.or(one))),
                Err(problem) => failure = failure.or(Some(problem)),
            }
        }
        match (found, failure) {
            (Some(found), _) => Ok(found),
            (None, Some(problem)) => Err(problem),
            (None, None) => unreachable!("there is at least one way"),
        }
    })
}

impl Rarity {
    /// Of one or the other of two things that exclude each other.
    fn or(self, other: Self) -> Self {
        let (one, two) = (self.probability, other.probability);
        let standard_error = one.standard_error.hypot(two.standard_error);
        let probability = Estimate { value: one.value + two.value, standard_error, prior_interval: None };
        let method = if two.value > one.value { other.method } else { self.method };
        let missed = self.may_be_missed * one.value + other.may_be_missed * two.value;
        Self { probability, method, worlds: self.worlds + other.worlds, may_be_missed: missed / probability.value }
    }
}

/// A bit column, and whether it must hold or must not.
type Literal = (PlaneId, bool);

/// What a bit column that must hold, or must not, comes apart into: parts of which one must be so. `None` if it does not.
fn parts_of(plan: &Plan) -> impl Fn(Literal) -> Option<Vec<Literal>> {
    let steps: BTreeMap<PlaneId, Operation> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.operation {
            Operation::Logic { out, .. } | Operation::Not { out, .. } => Some((*out, step.operation.clone())),
            _ => None,
        })
        .collect();
    move |(plane, holds)| match (steps.get(&plane)?, holds) {
        (Operation::Not { of, .. }, _) => Some(vec![(*of, !holds)]),
        (Operation::Logic { logic: Logic::Or, left, right, .. }, true) => Some(vec![(*left, true), (*right, true)]),
        // De Morgan.
        (Operation::Logic { logic: Logic::And, left, right, .. }, false) => Some(vec![(*left, false), (*right, false)]),
        (Operation::Logic { logic: Logic::AndNot, left, right, .. }, false) => {
            Some(vec![(*left, false), (*right, true)])
        }
        _ => None,
    }
}

/// The parts of which one must be so, as far as they come apart; `None` if they are too many.
fn all_parts(plane: PlaneId, parts_of: &dyn Fn(Literal) -> Option<Vec<Literal>>) -> Option<Vec<Literal>> {
    const MOST: usize = 16;
    let (mut open, mut parts) = (vec![(plane, true)], Vec::new());
    while let Some(literal) = open.pop() {
        match parts_of(literal) {
            Some(of_it) => open.extend(of_it.into_iter().rev()),
            None => parts.push(literal),
        }
        if open.len() + parts.len() > MOST {
            return None;
        }
    }
    Some(parts)
}

/// A plan for each part of a disjunction that is required, such that each excludes those before it; the plan itself if nothing of the kind
/// is, or the parts are many.
fn ways(plan: &Plan) -> Vec<Plan> {
    let parts_of = parts_of(plan);
    let either = plan.steps.iter().enumerate().rev().find_map(|(at, step)| match step.operation {
        Operation::Require { plane, finding } => {
            all_parts(plane, &parts_of).filter(|parts| parts.len() > 1).map(|parts| (at, finding, parts))
        }
        _ => None,
    });
    let Some((at, finding, parts)) = either else { return vec![plan.clone()] };
    let label = &plan.steps[at].label;
    let require = |way: &mut Plan, (plane, holds): Literal| {
        let step = |operation| Step { label: label.clone(), operation };
        let mut required = plane;
        if !holds {
            required = PlaneId(way.planes);
            way.planes += 1;
            way.steps.push(step(Operation::Not { out: required, of: plane }));
        }
        way.steps.push(step(Operation::Require { plane: required, finding }));
    };
    (0..parts.len())
        .map(|which| {
            let mut way = Plan { steps: plan.steps[..at].to_vec(), ..plan.clone() };
            require(&mut way, parts[which]);
            for (plane, holds) in &parts[..which] {
                require(&mut way, (*plane, !holds));
            }
            way.steps.extend(plan.steps[at + 1..].iter().cloned());
            way
        })
        .collect()
}

fn one_way(alone: &Plan, settings: &Settings, relative_error: f64) -> Result<Rarity, Impossible> {
    let subject = Conditioned::from(alone);
    let sampling = Sampling::choose(&subject, settings)?;
    let program =
        Program::new(&sampling.plan, settings.seed, None, &[]).tilted_to(settings.seed, sampling.proposal.as_ref());
    let arenas = Arenas::new(&sampling.plan);
    let most = settings.worlds.max(1);
    let pass = Pass { program: &program, arenas: &arenas, worlds: most };
    let mut forest: Forest<Total> = Forest::default();
    let (mut start, mut end, all) = (0, 1, chunks_of(most));
    loop {
        pass.grow(&mut forest, start..end, Total::default, &mut |_| {});
        let worlds = most.min(end * WORLDS_PER_CHUNK);
        let total = forest.clone().fold().unwrap_or_default().0;
        let mean = total.weight / worlds as f64;
        let variance = (total.square / worlds as f64 - mean * mean).max(0.0) / worlds as f64;
        let exact_enough = mean > 0.0 && variance.sqrt() <= relative_error * mean;
        if exact_enough || end == all {
            if mean <= 0.0 {
                return Err(diagnose(alone, settings.seed, worlds));
            }
            let probability = Estimate { value: mean, standard_error: variance.sqrt(), prior_interval: None };
            let may_be_missed = match &sampling.proposal {
                Some(_) => may_be_missed(&sampling.plan, &[], total.weight).map_or(1.0, |share| share.min(1.0)),
                None => 0.0,
            };
            return Ok(Rarity { probability, method: sampling.method, worlds, may_be_missed });
        }
        (start, end) = (end, (2 * end).min(all));
    }
}

/// The plan with nothing but what is known and what that depends on.
fn what_is_known_alone(plan: &Plan) -> Plan {
    let matters = behind_what_is_known(plan);
    let steps = plan.steps.iter().zip(matters).filter(|(_, matters)| *matters).map(|(step, _)| step.clone()).collect();
    Plan { steps, asks: Vec::new(), joints: Vec::new(), rules: Vec::new(), ..plan.clone() }
}
