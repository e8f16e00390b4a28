//! Runs a [`Plan`](crate::plan::Plan) over many worlds and counts what happened in them.
//!
//! A *world* is one joint draw of every event. Worlds run in *blocks*; a block holds one column per event. Blocks run in
//! parallel and are merged in a tree of their places, so the result depends on the plan, the seed and the number of worlds, and on
//! nothing else: one run, and the [`Part`]s of several machines put together, say the same to the last bit.
//!
//! Evidence is met as each step says: worlds that disagree do not count, or every world draws what is known and weighs as much as its
//! chance of that (likelihood weighting: Shachter & Peot 1989, Fung & Chang 1989). Beliefs are fitted over the same worlds in a
//! second pass. A separate doubt run draws the doubtful inputs from their priors and says how far each answer moves.
//!
//! Uses `plan`, `dist` and `forecast`; knows nothing of files or scores.

mod answer;
mod batches;
mod believe;
mod block;
mod counterfactual;
mod diagnose;
mod doubt;
mod exact_value;
pub(crate) mod exactly;
mod finish;
mod forest;
mod impossible;
mod inputs;
pub mod joint;
mod keep;
mod kernel;
mod part;
mod passes;
mod precision;
mod program;
mod rare;
mod run;
mod sampling;
mod settings;
mod strata;
pub mod streams;
mod tally;
mod worlds;

#[cfg(test)]
mod tests;

pub use answer::{Answer, DateAnswer, DayQuantile, Masses, NumberAnswer, Occurrence, QUANTILE_LEVELS, SHOWN_LEVELS};
pub use batches::{Batch, Batched, LEAST_WORLDS_IN_BATCHES, simulate_in_batches};
pub use believe::MOST_BELIEFS;
pub use block::WORLDS_PER_BLOCK;
pub use counterfactual::{Contrast, Counterfactual, counterfactual};
pub(crate) use exact_value::known_exactly;
pub use impossible::Impossible;
pub use keep::{KeptWorlds, keep};
pub use part::{Merging, Mismatch, Part, PartRecord, simulate_part};
pub use precision::ShortOf;
pub use rare::{Rarity, is_conditioned, rarity};
pub use sampling::Conditioned;
pub(crate) use sampling::Posterior;
pub use settings::{Method, Settings, Shard, Stop};
pub use strata::Design;
pub(crate) use worlds::Worlds;

use crate::forecast::Estimate;
use ndarray::Array2;

/// What a run counted.
#[derive(Debug, Clone)]
pub struct Tally {
    answers: Vec<Answer>,
    doubt: Vec<Vec<f64>>,
    doubt_errors: Vec<Vec<f64>>,
    doubt_worth: Option<f64>,
    joints: Array2<Estimate>,
    rules: Vec<Occurrence>,
    divisions: Vec<Occurrence>,
    effective_sample_size: f64,
    evidence: Option<Estimate>,
    worlds: u64,
    weighted: bool,
    method: Option<Method>,
    short_of: Option<ShortOf>,
    may_be_missed: Option<f64>,
}

impl Tally {
    /// One for each of [`Plan::asks`](crate::plan::Plan::asks).
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// The variance of the figures of an ask that doubt about the inputs causes: of its probability, of that of each option, of a
    /// number's mean and its median, or of a date's chance of never. 0 where no doubt was found to reach the figure, or none was
    /// looked for.
    ///
    /// By the law of total variance what it leaves of the variance of an outcome is chance.
    #[must_use]
    pub fn doubt(&self, ask: usize) -> &[f64] {
        self.doubt.get(ask).map_or(&[], Vec::as_slice)
    }

    /// The standard errors of [`Self::doubt`], by how its draws of the inputs differ; 0 where that is.
    #[must_use]
    pub fn doubt_error(&self, ask: usize) -> &[f64] {
        self.doubt_errors.get(ask).map_or(&[], Vec::as_slice)
    }

    /// How many worlds of equal weight that agree with what is known each draw of the doubtful inputs was worth in the mean: with few of them the
    /// intervals of the doubt are rough, or missing. `None` where nothing is known or no inputs were drawn.
    #[must_use]
    pub fn doubt_worth(&self) -> Option<f64> {
        self.doubt_worth
    }

    /// The probability that both hold, for each pair of [`Plan::joints`](crate::plan::Plan::joints); on the diagonal that of each one. Without intervals for
    /// the doubt about the inputs.
    #[must_use]
    pub fn joints(&self) -> &Array2<Estimate> {
        &self.joints
    }

    /// Violations of each of [`Plan::rules`](crate::plan::Plan::rules).
    #[must_use]
    pub fn rules(&self) -> &[Occurrence] {
        &self.rules
    }

    /// Worlds that divided by zero, for each of [`Plan::divisions`](crate::plan::Plan::divisions).
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

    /// How what is known was met; `None` where nothing is known.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        self.method
    }

    /// Where worlds were drawn from a proposal, which need not know every way in which what is known can come about: a way that holds a larger share of
    /// the posterior than this was drawn with 95 %. Standard errors do not hold it. `None` where nothing can be missed so, or dates are known of which
    /// no such share can be told.
    #[must_use]
    pub fn may_be_missed(&self) -> Option<f64> {
        self.may_be_missed.map(|share| share.min(1.0))
    }

    /// About how many worlds bring [`Self::may_be_missed`] down to a share.
    #[must_use]
    pub fn worlds_to_miss_at_most(&self, share: f64) -> Option<f64> {
        self.may_be_missed.map(|missed| (self.worlds as f64 * missed / share).ceil())
    }

    /// The figure that is furthest from the precision that was asked for, if the worlds were used up before it was reached.
    #[must_use]
    pub fn short_of(&self) -> Option<ShortOf> {
        self.short_of
    }
}

/// Runs a plan, or one that draws its posterior where that was found. `progress` is told the share that is done, from 0 to 1, now and then.
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
pub fn simulate<'a>(
    subject: impl Into<Conditioned<'a>>,
    settings: &Settings,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Tally, Impossible> {
    let subject = subject.into();
    on_threads(settings.threads, || run::run(&subject, settings, progress))
}

/// Works on so many threads; on those there are, where the system grants no more.
fn on_threads<R: Send>(threads: Option<usize>, work: impl FnOnce() -> R + Send) -> R {
    match threads.and_then(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
