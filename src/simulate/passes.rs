//! Runs blocks in parallel and combines what they give in block order.
//!
//! Blocks are dealt out in chunks of a fixed number, whatever the number of threads; a chunk absorbs its blocks one after another,
//! and chunks are combined in order, a window of them at a time. So sums run in the same order, and memory stays bounded.

use super::block::{Arena, WORLDS_PER_BLOCK};
use super::program::Program;
use super::tally::{Counts, Weights};
use crate::plan::Plan;
use rayon::prelude::*;
use std::sync::Mutex;

const BLOCKS_PER_CHUNK: u64 = 8;
const CHUNKS_PER_WINDOW: u64 = 64;

/// Arenas that wait for a thread.
#[derive(Debug)]
pub(crate) struct Arenas<'a> {
    plan: &'a Plan,
    idle: Mutex<Vec<Arena>>,
}

impl<'a> Arenas<'a> {
    /// For blocks of a plan.
    #[must_use]
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Self { plan, idle: Mutex::new(Vec::new()) }
    }

    /// Works in one of them.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut Arena) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let waiting = idle().pop();
        let mut arena = waiting.unwrap_or_else(|| Arena::new(self.plan));
        let result = work(&mut arena);
        idle().push(arena);
        result
    }
}

/// What is gathered from blocks.
pub(crate) trait Gather: Send {
    /// Adds a block that has run.
    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>);
    /// Ends a chunk.
    fn settle(&mut self) {}
    /// Adds what was gathered from the blocks that follow.
    fn combine(&mut self, later: Self);
}

impl Gather for Counts {
    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        Self::absorb(self, plan, arena, weights);
    }

    fn settle(&mut self) {
        Self::settle(self);
    }

    fn combine(&mut self, later: Self) {
        Self::combine(self, later);
    }
}

/// How many blocks hold that many worlds.
#[must_use]
pub(crate) fn blocks_of(worlds: u64) -> u64 {
    worlds.div_ceil(WORLDS_PER_BLOCK as u64)
}

/// Runs all worlds; tells `done` how many blocks have run, now and then.
pub(crate) fn gather<G: Gather>(
    program: &Program<'_>,
    arenas: &Arenas<'_>,
    worlds: u64,
    new: impl Fn() -> G + Sync,
    done: &mut dyn FnMut(u64),
) -> G {
    let blocks = blocks_of(worlds);
    let chunks = blocks.div_ceil(BLOCKS_PER_CHUNK);
    let mut all = new();
    for window in (0..chunks).step_by(CHUNKS_PER_WINDOW as usize) {
        let in_window: Vec<u64> = (window..(window + CHUNKS_PER_WINDOW).min(chunks)).collect();
        let gathered: Vec<G> = in_window
            .par_iter()
            .with_max_len(1)
            .map(|chunk| {
                arenas.with(|arena| {
                    let mut gathered = new();
                    let first = chunk * BLOCKS_PER_CHUNK;
                    for block in first..(first + BLOCKS_PER_CHUNK).min(blocks) {
                        let left = worlds - block * WORLDS_PER_BLOCK as u64;
                        program.run(arena, block, left.min(WORLDS_PER_BLOCK as u64) as usize);
                        gathered.absorb(arenas.plan, arena, weights_of(program, arena));
                    }
                    gathered.settle();
                    gathered
                })
            })
            .collect();
        for later in gathered {
            all.combine(later);
        }
        done((in_window.len() as u64 * BLOCKS_PER_CHUNK).min(blocks - window * BLOCKS_PER_CHUNK));
    }
    all
}

/// What the worlds of a block that has run weigh.
#[must_use]
pub(crate) fn weights_of<'a>(program: &Program<'_>, arena: &'a Arena) -> Option<Weights<'a>> {
    program.weighted().then(|| Weights { weights: &arena.weights, squares: &arena.squares })
}
