//! Runs a [`Plan`] over many worlds and counts what happened in them.
//!
//! A *world* is one joint draw of every event. Worlds run in *blocks*; a block holds one column per event. Blocks run in
//! parallel and are merged in block order, so the result depends on the plan, the seed and the number of worlds, and on nothing else.
//!
//! Evidence is met as each step says: worlds that disagree do not count, or every world draws what is known and weighs as much as its
//! chance of that (likelihood weighting: Shachter & Peot 1989, Fung & Chang 1989). Beliefs are fitted over the same worlds in a
//! second pass. A separate doubt run draws the doubtful inputs from their priors and says how far each answer moves.
//!
//! Uses `plan`, `dist` and `forecast`; knows nothing of files or scores.

mod answer;
mod believe;
mod block;
mod diagnose;
mod doubt;
pub(crate) mod exactly;
mod inputs;
mod kernel;
mod passes;
mod program;
pub mod streams;
mod tally;

#[cfg(test)]
mod tests;

pub use answer::{Answer, DateAnswer, DayQuantile, NumberAnswer, Occurrence, QUANTILE_LEVELS};
pub use believe::MOST_BELIEFS;
pub use block::WORLDS_PER_BLOCK;

use crate::forecast::Estimate;
use crate::plan::{Asked, Draw, Operation, Plan, PlaneId};
use ndarray::Array2;
use std::fmt;
use tally::{Counts, Mass};

/// How much to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Worlds of the main run; at least one is run.
    pub worlds: u64,
    /// Which worlds.
    pub seed: u64,
    /// Threads; `None` is one for each core. The result does not depend on it.
    pub threads: Option<usize>,
    /// Draws of the doubtful inputs, from 64 on rounded up to a multiple of 8; 0 leaves the doubt run out.
    pub doubt_draws: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { worlds: 1_000_000, seed: 1, threads: None, doubt_draws: 200 }
    }
}

/// Why there is no answer: what is known cannot be, or was seen in no world.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Impossible {
    /// A finding that no world agrees with, even alone.
    Evidence {
        /// An index into [`Plan::findings`].
        finding: usize,
        /// Its name.
        name: String,
        /// How many worlds were looked at; 0 if it was computed exactly.
        worlds: u64,
    },
    /// Findings each of which is possible, but not all of them together; none of them can be left out of the contradiction.
    Contradiction {
        /// Indices into [`Plan::findings`].
        findings: Vec<usize>,
        /// Their names.
        names: Vec<String>,
        /// How many worlds were looked at; 0 if it was computed exactly.
        worlds: u64,
    },
    /// A belief that cannot be met: what it is about never or always holds, or the other beliefs rule it out.
    Belief {
        /// An index into [`Plan::findings`].
        finding: usize,
        /// Its name.
        name: String,
        /// As stated.
        probability: f64,
        /// The nearest that could be reached; undefined if the other beliefs leave no world.
        reached: f64,
    },
    /// More than [`MOST_BELIEFS`] beliefs.
    TooManyBeliefs {
        /// How many.
        beliefs: usize,
    },
    /// An exact value of a continuous number that is drawn in correlation with other events: no simulated world has just that value.
    CorrelatedNumber {
        /// An index into [`Plan::findings`].
        finding: usize,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Impossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evidence { name, worlds: 0, .. } => {
                write!(formatter, "`{name}` is impossible in this scenario: its probability is 0")
            }
            Self::Evidence { name, worlds, .. } => {
                write!(formatter, "`{name}` is impossible in this scenario: none of {worlds} worlds agrees with it")
            }
            Self::Contradiction { names, worlds, .. } => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let names = names.join(" and ");
                write!(formatter, "{names} contradict each other in this scenario: ")?;
                match worlds {
                    0 => write!(formatter, "the probability of all of them together is 0"),
                    _ => write!(formatter, "none of {worlds} worlds agrees with all of them"),
                }
            }
            Self::Belief { name, probability, reached, .. } if reached.is_nan() => write!(
                formatter,
                "`{name}` cannot be given the probability {probability}: the other beliefs leave no world for it"
            ),
            Self::Belief { name, probability, reached, .. } => write!(
                formatter,
                "`{name}` cannot be given the probability {probability}: with all else that is known, the worlds of this scenario allow no nearer than {reached:.4}"
            ),
            Self::TooManyBeliefs { beliefs } => {
                write!(formatter, "at most {MOST_BELIEFS} beliefs can be held together, but there are {beliefs}")
            }
            Self::CorrelatedNumber { name, .. } => write!(
                formatter,
                "`{name}` states the exact value of a number that is correlated with other events; state a range instead"
            ),
        }
    }
}

impl std::error::Error for Impossible {}

/// What a run counted.
#[derive(Debug, Clone)]
pub struct Tally {
    answers: Vec<Answer>,
    joints: Array2<Estimate>,
    rules: Vec<Occurrence>,
    divisions: Vec<Occurrence>,
    effective_sample_size: f64,
    evidence: Option<Estimate>,
    worlds: u64,
    weighted: bool,
}

impl Tally {
    /// One for each of [`Plan::asks`].
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// The probability that both hold, for each pair of [`Plan::joints`]; on the diagonal that of each one. Without intervals for
    /// the doubt about the inputs.
    #[must_use]
    pub fn joints(&self) -> &Array2<Estimate> {
        &self.joints
    }

    /// Violations of each of [`Plan::rules`].
    #[must_use]
    pub fn rules(&self) -> &[Occurrence] {
        &self.rules
    }

    /// Worlds that divided by zero, for each of [`Plan::divisions`].
    #[must_use]
    pub fn divisions(&self) -> &[Occurrence] {
        &self.divisions
    }

    /// `(Σ w)² / Σ w²`: how many worlds without evidence would be as exact.
    #[must_use]
    pub fn effective_sample_size(&self) -> f64 {
        self.effective_sample_size
    }

    /// The probability of everything that is known, hints and beliefs apart: the mean weight. `None` if nothing is known, or if something is
    /// that has no probability (the exact value of a number, a likelihood ratio).
    #[must_use]
    pub fn evidence(&self) -> Option<Estimate> {
        self.evidence
    }

    /// How many worlds were run.
    #[must_use]
    pub fn worlds(&self) -> u64 {
        self.worlds
    }

    /// Whether worlds weigh differently, rather than count or not.
    #[must_use]
    pub fn weighted(&self) -> bool {
        self.weighted
    }
}

/// Runs a plan. `progress` is told the share that is done, from 0 to 1, now and then.
///
/// ```
/// use foretell::plan::{Ask, Asked, Chance, Draw, Operation, Plan, PlaneId, Row, Step, StreamId};
/// use foretell::simulate::{Answer, Settings, simulate};
///
/// let rain = Operation::Bernoulli {
///     out: PlaneId(0),
///     draw: Draw::Stream(StreamId(0)),
///     rows: vec![Row { mask: None, value: Chance { predictive: 0.3, drawn: None } }],
///     evidence: None,
/// };
/// let plan = Plan {
///     steps: vec![Step { label: "rain".to_owned(), operation: rain }],
///     planes: 1,
///     streams: vec!["rain".to_owned()],
///     asks: vec![Ask { name: "rain".to_owned(), what: Asked::Binary(PlaneId(0)), given: None }],
///     ..Plan::default()
/// };
/// let tally = simulate(&plan, &Settings { worlds: 100_000, ..Settings::default() }, &|_| ())?;
/// let Answer::Binary(rain) = &tally.answers()[0] else { unreachable!() };
/// assert!((rain.value - 0.3).abs() < 5.0 * rain.standard_error);
/// # Ok::<(), foretell::simulate::Impossible>(())
/// ```
///
/// # Errors
/// If no world is left by what is known, or a belief cannot be met; see [`Impossible`].
pub fn simulate(plan: &Plan, settings: &Settings, progress: &(dyn Fn(f64) + Sync)) -> Result<Tally, Impossible> {
    let pool = settings.threads.and_then(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok());
    match pool {
        Some(pool) => pool.install(|| run(plan, settings, progress)),
        // Also where the system grants no more threads.
        None => run(plan, settings, progress),
    }
}

fn run(plan: &Plan, settings: &Settings, progress: &(dyn Fn(f64) + Sync)) -> Result<Tally, Impossible> {
    let worlds = settings.worlds.max(1);
    let beliefs = believe::beliefs(plan);
    if beliefs.len() > MOST_BELIEFS {
        return Err(Impossible::TooManyBeliefs { beliefs: beliefs.len() });
    }
    check_correlated_numbers(plan)?;
    let doubt_draws = if plan.parameters.is_empty() { 0 } else { doubt::rounded(settings.doubt_draws) };
    let blocks_per_draw = doubt_blocks(worlds, doubt_draws);
    let passes = 1 + u64::from(!beliefs.is_empty());
    let all_blocks = passes * passes::blocks_of(worlds) + u64::from(doubt_draws) * blocks_per_draw;
    let mut blocks_done = 0;
    let mut done = |blocks: u64| {
        blocks_done += blocks;
        progress(blocks_done as f64 / all_blocks as f64);
    };

    let arenas = passes::Arenas::new(plan);
    let mut before_beliefs = None;
    let mut factors = Vec::new();
    if !beliefs.is_empty() {
        let program = program::Program::new(plan, settings.seed, None, &[]);
        let new = || believe::Patterns::new(beliefs.len());
        let patterns = passes::gather(&program, &arenas, worlds, new, &mut done);
        if patterns.total.weight <= 0.0 {
            return Err(diagnose::diagnose(plan, settings.seed, worlds));
        }
        factors = believe::fit(plan, &patterns.masses, &beliefs)?;
        before_beliefs = Some(patterns.total);
    }

    let program = program::Program::new(plan, settings.seed, None, &factors);
    // The first block is looked at beforehand, whatever the number of worlds: the bins of numbers depend on the plan and the seed alone.
    let pivots = arenas.with(|arena| {
        program.run(arena, 0, WORLDS_PER_BLOCK);
        Counts::pivots(plan, arena)
    });
    let counts = passes::gather(&program, &arenas, worlds, || Counts::new(plan, &pivots), &mut done);
    let total = counts.total();
    if total.weight <= 0.0 {
        return Err(diagnose::diagnose(plan, settings.seed, worlds));
    }
    let mut answers = counts.answers(plan);
    settle_certain(plan, &mut answers);
    if doubt_draws > 0 {
        let draws = doubt::run(plan, settings.seed, doubt_draws, blocks_per_draw, &factors, &mut done);
        add_intervals(plan, &mut answers, &draws);
    }
    Ok(Tally {
        answers,
        joints: counts.joints(plan),
        rules: counts.rules(),
        divisions: counts.divisions(),
        effective_sample_size: total.effective_worlds(),
        evidence: probability_of_evidence(plan, before_beliefs.unwrap_or(total), worlds),
        worlds,
        weighted: program.weighted(),
    })
}

/// Blocks for each draw of the inputs: about half as many worlds in all as the main run has, at least one block, at most four.
fn doubt_blocks(worlds: u64, draws: u32) -> u64 {
    let worlds_per_draw = worlds / (2 * u64::from(draws.max(1)));
    (worlds_per_draw / WORLDS_PER_BLOCK as u64).clamp(1, 4)
}

fn check_correlated_numbers(plan: &Plan) -> Result<(), Impossible> {
    for step in &plan.steps {
        if let Operation::Number { draw: Draw::Column(_), rows, evidence: Some((value, finding)), .. } = &step.operation
            && rows.iter().any(|row| inputs::has_density_at(&row.value, *value))
        {
            let finding = finding.0 as usize;
            return Err(Impossible::CorrelatedNumber { finding, name: plan.findings[finding].clone() });
        }
    }
    Ok(())
}

fn probability_of_evidence(plan: &Plan, total: Mass, worlds: u64) -> Option<Estimate> {
    let count = worlds as f64;
    let mean = total.weight / count;
    let variance = (total.square / count - mean * mean).max(0.0) / count;
    let estimate = Estimate { value: mean, standard_error: variance.sqrt(), prior_interval: None };
    evidence_of(plan).filter(|known| *known).map(|_| estimate)
}

/// Whether anything is known; `None` if something is that has no probability.
fn evidence_of(plan: &Plan) -> Option<bool> {
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

fn add_intervals(plan: &Plan, answers: &mut [Answer], draws: &[doubt::DrawResult]) {
    let mut place = 0;
    for (ask, answer) in plan.asks.iter().zip(answers) {
        let figures = doubt::figures(&ask.what);
        let estimates: Vec<&mut Estimate> = match answer {
            Answer::Binary(estimate) => vec![estimate],
            Answer::Categorical(options) => options.iter_mut().collect(),
            Answer::Number(number) => vec![&mut number.mean, &mut number.median],
            Answer::Date(date) => vec![&mut date.never],
            Answer::NoWorlds => Vec::new(),
        };
        for (offset, (estimate, figure)) in estimates.into_iter().zip(&figures).enumerate() {
            estimate.prior_interval =
                doubt::interval(draws, place + offset, *figure, estimate.value, ask.given.is_some());
        }
        place += figures.len();
    }
}
