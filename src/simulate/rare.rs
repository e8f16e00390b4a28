//! How likely what is known in a plan is, however rare: nothing else is run or counted.

use super::diagnose::{Total, diagnose};
use super::forest::Forest;
use super::passes::{Arenas, Pass, WORLDS_PER_CHUNK, chunks_of};
use super::program::Program;
use super::sampling::{Conditioned, Sampling, behind_what_is_known, is_known};
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
        Self { probability, method, worlds: self.worlds + other.worlds }
    }
}

/// A plan for each part of a disjunction that is required, such that each excludes those before it; the plan itself if nothing of the kind
/// is, or the parts are many.
fn ways(plan: &Plan) -> Vec<Plan> {
    const MOST: usize = 16;
    let sides: BTreeMap<PlaneId, (PlaneId, PlaneId)> = plan
        .steps
        .iter()
        .filter_map(|step| match step.operation {
            Operation::Logic { out, logic: Logic::Or, left, right } => Some((out, (left, right))),
            _ => None,
        })
        .collect();
    let is_either =
        |step: &Step| matches!(&step.operation, Operation::Require { plane, .. } if sides.contains_key(plane));
    let Some(at) = plan.steps.iter().rposition(is_either) else { return vec![plan.clone()] };
    let Operation::Require { plane, finding } = plan.steps[at].operation else { unreachable!("it was just found") };
    let (mut open, mut parts) = (vec![plane], Vec::new());
    while let Some(plane) = open.pop() {
        match sides.get(&plane) {
            Some((left, right)) => open.extend([*right, *left]),
            None => parts.push(plane),
        }
        if open.len() + parts.len() > MOST {
            return vec![plan.clone()];
        }
    }
    let label = &plan.steps[at].label;
    let step = |operation| Step { label: label.clone(), operation };
    (0..parts.len())
        .map(|which| {
            let mut way = Plan { steps: plan.steps[..at].to_vec(), ..plan.clone() };
            way.steps.push(step(Operation::Require { plane: parts[which], finding }));
            for before in &parts[..which] {
                let out = PlaneId(way.planes);
                way.planes += 1;
                way.steps.push(step(Operation::Not { out, of: *before }));
                way.steps.push(step(Operation::Require { plane: out, finding }));
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
            return Ok(Rarity { probability, method: sampling.method, worlds });
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
