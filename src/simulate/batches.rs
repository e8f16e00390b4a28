//! A run and what each of several stretches of its worlds says, for the errors of figures that several runs make together.
//!
//! Differences between runs of the same seed are far surer than each of the runs, since all draw the same worlds; how sure, the spread of the
//! differences between batches shows. The whole has the bits of [`simulate`](super::simulate()).

use super::finish::{answers, finish};
use super::forest::Forest;
use super::passes::{WORLDS_PER_CHUNK, chunks_of};
use super::run::Run;
use super::sampling::{Conditioned, Sampling};
use super::settings::Shard;
use super::tally::Counts;
use super::{Answer, Impossible, Settings, Tally, on_threads};
use rayon::prelude::*;

/// The most batches of a run.
const MOST_BATCHES: u64 = 32;

/// A run with fewer worlds has fewer than eight batches, whose spread says little.
pub const LEAST_WORLDS_IN_BATCHES: u64 = 8 * WORLDS_PER_CHUNK;

/// Some of a run's worlds.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its part of all worlds.
    pub share: f64,
    /// One answer for each of [`Plan::asks`](crate::plan::Plan::asks), of these worlds alone.
    pub answers: Vec<Answer>,
}

/// A run and its batches.
#[derive(Debug, Clone)]
pub struct Batched {
    /// All worlds.
    pub whole: Tally,
    /// Up to 32 of them, which together are all worlds, in their order.
    pub batches: Vec<Batch>,
}

/// Runs a plan in batches, without a doubt run; `settings.stop` must be [`Stop::AtWorlds`](super::Stop::AtWorlds).
///
/// # Errors
/// If no world is left by what is known, or a belief cannot be met; see [`Impossible`].
pub fn simulate_in_batches<'a>(
    subject: impl Into<Conditioned<'a>>,
    settings: &Settings,
) -> Result<Batched, Impossible> {
    let subject = subject.into();
    let settings = Settings { doubt_draws: 0, ..*settings };
    on_threads(settings.threads, || {
        let plan = subject.plan;
        let sampling = Sampling::choose(&subject, &settings)?;
        let run = Run::new(&sampling, &settings)?;
        let worlds = settings.worlds.max(1);
        let all = chunks_of(worlds);
        let (groundwork, _) = run.some(0..0, worlds, &mut |_| {})?;
        let of = all.min(MOST_BATCHES);
        let shards: Vec<Shard> = (1..=of).filter_map(|number| Shard::new(number, of)).collect();
        let mut forest: Forest<Counts> = Forest::default();
        let mut batches = Vec::with_capacity(shards.len());
        // A few at a time: each holds counts of its own until it has joined the others.
        for some in shards.chunks(8) {
            let done: Vec<(Batch, Forest<Counts>)> = some
                .par_iter()
                .map(|shard| {
                    let chunks = shard.chunks(all);
                    let counted = (chunks.end * WORLDS_PER_CHUNK).min(worlds) - chunks.start * WORLDS_PER_CHUNK;
                    let mut own = Forest::default();
                    run.gather_counts(&groundwork, &mut own, chunks, worlds, &mut |_| {});
                    let counts = own.clone().fold();
                    let counts = counts.unwrap_or_else(|| Counts::new(plan, &groundwork.pivots, settings.design));
                    let batch = Batch { share: counted as f64 / worlds as f64, answers: answers(plan, &counts) };
                    (batch, own)
                })
                .collect();
            for (batch, own) in done {
                batches.push(batch);
                forest.extend(own);
            }
        }
        let counts = forest.fold().unwrap_or_else(|| Counts::new(plan, &groundwork.pivots, settings.design));
        Ok(Batched { whole: finish(plan, &settings, worlds, &groundwork, &counts, &[])?, batches })
    })
}
