//! How likely what is known in a plan is, however rare: nothing else is run or counted.

use super::diagnose::{Total, diagnose};
use super::forest::Forest;
use super::passes::{Arenas, Pass, WORLDS_PER_CHUNK, chunks_of};
use super::program::Program;
use super::sampling::{Conditioned, Sampling, behind_what_is_known, is_known};
use super::{Impossible, Method, Settings, on_threads};
use crate::forecast::Estimate;
use crate::plan::Plan;

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
        let subject = Conditioned::from(&alone);
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
                    return Err(diagnose(&alone, settings.seed, worlds));
                }
                let probability = Estimate { value: mean, standard_error: variance.sqrt(), prior_interval: None };
                return Ok(Rarity { probability, method: sampling.method, worlds });
            }
            (start, end) = (end, (2 * end).min(all));
        }
    })
}

/// The plan with nothing but what is known and what that depends on.
fn what_is_known_alone(plan: &Plan) -> Plan {
    let matters = behind_what_is_known(plan);
    let steps = plan.steps.iter().zip(matters).filter(|(_, matters)| *matters).map(|(step, _)| step.clone()).collect();
    Plan { steps, asks: Vec::new(), joints: Vec::new(), rules: Vec::new(), ..plan.clone() }
}
