//! A run dealt out to several machines: each runs a [`Part`], and [`Merging`] puts them together.
//!
//! A part holds the roots of its chunks in the tree of all chunks (see [`Forest`]) and its share of the draws of the inputs, so that
//! what is merged has the bits of one run. The pass that fits beliefs is run by every part over all worlds: the factors
//! must be those of all worlds before the first one can be counted.

use super::doubt::DrawResult;
use super::finish::finish;
use super::forest::{Forest, Place, places};
use super::passes::chunks_of;
use super::run::{Groundwork, Meter, Run};
use super::sampling::{Conditioned, Drawn, Sampling};
use super::tally::{Counts, CountsRecord, Lossless, Mass, Pivot};
use super::{Impossible, Method, Settings, Shard, Tally, on_threads};
use crate::plan::Plan;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What one of several machines counted.
#[derive(Debug, Clone)]
pub struct Part {
    shard: Shard,
    groundwork: Groundwork,
    counts: Forest<Counts>,
    draws: Vec<DrawResult>,
}

/// Runs one part of a run; `settings` are those of the whole, whose `stop` must be [`Stop::AtWorlds`](super::Stop::AtWorlds).
///
/// # Errors
/// If a belief cannot be met, or what is known leaves no world where that is found out beforehand; see [`Impossible`].
pub fn simulate_part<'a>(
    subject: impl Into<Conditioned<'a>>,
    settings: &Settings,
    shard: Shard,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Part, Impossible> {
    let subject = subject.into();
    on_threads(settings.threads, || {
        let sampling = Sampling::choose(&subject, settings)?;
        let run = Run::new(&sampling, settings)?;
        let worlds = settings.worlds.max(1);
        let (chunks, draws) = (shard.chunks(chunks_of(worlds)), shard.draws(run.doubt_draws()));
        let mut meter = Meter::new(run.blocks(&chunks, &draws, worlds), progress);
        let (groundwork, counts) = run.some(chunks, worlds, &mut |blocks| meter.add(blocks))?;
        let draws = run.doubt(&groundwork, draws, worlds, &mut |blocks| meter.add(blocks));
        Ok(Part { shard, groundwork, counts, draws })
    })
}

/// A [`Part`] as it is kept in a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Part")]
pub struct PartRecord {
    /// The mass of all worlds before the beliefs are held; nothing if there are none.
    before_beliefs: Option<[Lossless; 2]>,
    /// How what is known is met; nothing if nothing is.
    method: Option<Method>,
    /// The figures of what worlds are drawn from instead of what the scenario says.
    proposal: Vec<Lossless>,
    /// The probability of what is known, if worlds are drawn from the posterior; nothing otherwise.
    evidence: Option<Lossless>,
    /// For each pattern of beliefs, what the worlds that show it weigh.
    factors: Vec<Lossless>,
    /// For each event and question, the centre and the scale of a number's histogram.
    pivots: Vec<Option<[Lossless; 2]>>,
    /// What the chunks of worlds gave, combined as far as they belong together.
    subtrees: Vec<Subtree>,
    /// For each draw of the doubtful inputs, the weight of what is known and three numbers a figure.
    draws: Vec<Vec<Lossless>>,
}

/// A node of the tree of all chunks of 32,768 worlds.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Subtree {
    /// It holds 2^level chunks …
    level: u32,
    /// … from the one numbered index · 2^level on.
    index: u64,
    /// What was counted in them.
    counts: CountsRecord,
}

impl Part {
    /// Which part it is.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// As it is kept in a file.
    #[must_use]
    pub fn record(&self) -> PartRecord {
        let lossless = |numbers: &[f64]| numbers.iter().copied().map(Lossless).collect();
        PartRecord {
            before_beliefs: self.groundwork.before_beliefs.map(|mass| [mass.weight, mass.square].map(Lossless)),
            method: self.groundwork.sampling.method,
            proposal: lossless(&self.groundwork.sampling.figures),
            evidence: self.groundwork.sampling.evidence.map(Lossless),
            factors: lossless(&self.groundwork.factors),
            pivots: self.groundwork.pivots.iter().map(|pivot| pivot.map(Pivot::write)).collect(),
            subtrees: self
                .counts
                .roots()
                .map(|(place, counts)| Subtree { level: place.level, index: place.index, counts: counts.write() })
                .collect(),
            draws: self
                .draws
                .iter()
                .map(|draw| {
                    let mut numbers = Vec::new();
                    draw.write(&mut numbers);
                    numbers
                })
                .collect(),
        }
    }

    /// From a file; `None` if the record does not fit the plan, the settings of the whole run or the shard.
    #[must_use]
    pub fn from_record(plan: &Plan, settings: &Settings, shard: Shard, record: &PartRecord) -> Option<Self> {
        let sampling = Sampling::as_recorded(plan, record.method);
        let run = Run::new(&sampling, settings).ok()?;
        let chunks = shard.chunks(chunks_of(settings.worlds.max(1)));
        let groundwork = Groundwork {
            before_beliefs: record.before_beliefs.map(|[weight, square]| Mass {
                weight: weight.0,
                square: square.0,
                ..Mass::default()
            }),
            factors: record.factors.iter().map(|factor| factor.0).collect(),
            pivots: record.pivots.iter().map(|pivot| pivot.map(Pivot::read)).collect(),
            sampling: Drawn {
                figures: record.proposal.iter().map(|figure| figure.0).collect(),
                evidence: record.evidence.map(|evidence| evidence.0),
                ..sampling.drawn()
            },
        };
        let draws = shard.draws(run.doubt_draws());
        let fits = run.fits(&groundwork)
            && record.subtrees.iter().map(|one| Place { level: one.level, index: one.index }).eq(places(chunks))
            && record.draws.len() == draws.len();
        if !fits {
            return None;
        }
        let mut counts = Forest::default();
        for subtree in &record.subtrees {
            let place = Place { level: subtree.level, index: subtree.index };
            counts.insert(place, Counts::read(plan, &groundwork.pivots, settings.design, &subtree.counts)?);
        }
        let draws = record.draws.iter().map(|draw| DrawResult::read(plan, draw)).collect::<Option<Vec<_>>>()?;
        Some(Self { shard, groundwork, counts, draws })
    }
}

/// Why a part does not go with those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// It is one of another number of parts.
    OtherNumberOfParts {
        /// How many parts those before it are of.
        expected: u64,
    },
    /// It is there already.
    Twice,
    /// What all parts work out alike came out otherwise on its machine.
    OtherGroundwork,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherNumberOfParts { expected } => write!(formatter, "the other parts are of {expected}"),
            Self::Twice => formatter.write_str("it is given twice"),
            Self::OtherGroundwork => {
                formatter.write_str("what every part works out alike came out differently than in the others")
            }
        }
    }
}

impl std::error::Error for Mismatch {}

/// Parts being put together, in any order. Neighbours are joined as they come, so that in order they need little memory.
#[derive(Debug, Default)]
pub struct Merging {
    counts: Forest<Counts>,
    common: Option<(u64, Groundwork)>,
    seen: std::collections::BTreeMap<u64, Vec<DrawResult>>,
}

impl Merging {
    /// Adds a part.
    ///
    /// # Errors
    /// If it does not go with those before it; then nothing is changed.
    pub fn add(&mut self, part: Part) -> Result<(), Mismatch> {
        if let Some((of, groundwork)) = &self.common {
            if *of != part.shard.of() {
                return Err(Mismatch::OtherNumberOfParts { expected: *of });
            }
            if *groundwork != part.groundwork {
                return Err(Mismatch::OtherGroundwork);
            }
        }
        if self.seen.contains_key(&part.shard.number()) {
            return Err(Mismatch::Twice);
        }
        self.common.get_or_insert((part.shard.of(), part.groundwork));
        self.counts.extend(part.counts);
        self.seen.insert(part.shard.number(), part.draws);
        Ok(())
    }

    /// The parts that are not there yet; all of them are one if none is there.
    #[must_use]
    pub fn missing(&self) -> Vec<u64> {
        let of = self.common.as_ref().map_or(1, |(of, _)| *of);
        (1..=of).filter(|number| !self.seen.contains_key(number)).collect()
    }

    /// What one run of all worlds says.
    ///
    /// # Errors
    /// If no world is left by what is known; see [`Impossible`].
    ///
    /// # Panics
    /// If parts are [missing](Self::missing).
    pub fn finish(self, plan: &Plan, settings: &Settings) -> Result<Tally, Impossible> {
        let missing = self.missing();
        assert!(missing.is_empty(), "parts {missing:?} are missing");
        let (_, groundwork) = self.common.expect("there is a part");
        let worlds = settings.worlds.max(1);
        debug_assert!(self.counts.covers(0..chunks_of(worlds)), "all parts are all chunks");
        let counts = self.counts.fold().unwrap_or_else(|| Counts::new(plan, &groundwork.pivots, settings.design));
        let draws: Vec<DrawResult> = self.seen.into_values().flatten().collect();
        finish(plan, settings, worlds, &groundwork, &counts, &draws)
    }
}
