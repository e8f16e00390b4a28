//! Runs blocks in parallel and combines what they give, always in the same tree.
//!
//! Blocks are dealt out in *chunks* of a fixed number, whatever the number of threads; a chunk absorbs its blocks one after another,
//! and chunks are the leaves of a [`Forest`]. They run a *window* at a time, whose size changes nothing. So sums have the same bits, and
//! memory holds a few roots of the tree and what the threads have in hand, however many worlds there are.

use super::block::{Arena, WORLDS_PER_BLOCK};
use super::forest::{self, Combine, Forest, Place};
use super::program::Program;
use super::tally::{Counts, Weights};
use crate::plan::Plan;
use std::ops::Range;
use std::sync::Mutex;

const BLOCKS_PER_CHUNK: u64 = 8;

/// Worlds in a chunk.
pub(crate) const WORLDS_PER_CHUNK: u64 = BLOCKS_PER_CHUNK * WORLDS_PER_BLOCK as u64;

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
pub(crate) trait Gather: Combine + Send {
    /// Adds a block that has run.
    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>);
    /// Ends a chunk.
    fn settle(&mut self) {}
}

impl Combine for Counts {
    fn combine(&mut self, later: Self) {
        Self::combine(self, later);
    }
}

impl Gather for Counts {
    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        Self::absorb(self, plan, arena, weights);
    }

    fn settle(&mut self) {
        Self::settle(self);
    }
}

/// How many blocks hold that many worlds.
#[must_use]
pub(crate) fn blocks_of(worlds: u64) -> u64 {
    worlds.div_ceil(WORLDS_PER_BLOCK as u64)
}

/// How many chunks hold that many worlds.
#[must_use]
pub(crate) fn chunks_of(worlds: u64) -> u64 {
    worlds.div_ceil(WORLDS_PER_CHUNK)
}

/// How many blocks the chunks of a run of so many worlds have.
#[must_use]
pub(crate) fn blocks_in(chunks: &Range<u64>, worlds: u64) -> u64 {
    let blocks = blocks_of(worlds);
    let block = |chunk: u64| (chunk * BLOCKS_PER_CHUNK).min(blocks);
    block(chunks.end) - block(chunks.start)
}

/// How finely a range of chunks is cut into windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Windows {
    /// So that threads seldom wait for each other.
    Long,
    /// So that the clock can be looked at.
    Short,
}

/// A range of chunks cut at round numbers.
pub(crate) fn windows(chunks: Range<u64>, length: Windows) -> impl Iterator<Item = Range<u64>> {
    let threads = rayon::current_num_threads() as u64;
    let size = match length {
        Windows::Long => (16 * threads).next_power_of_two().max(64),
        Windows::Short => (4 * threads).next_power_of_two().min(64),
    };
    let mut next = chunks.start;
    std::iter::from_fn(move || {
        let start = next;
        next = ((start / size + 1) * size).min(chunks.end);
        (start < chunks.end).then_some(start..next)
    })
}

/// A program that runs through worlds, of which there are so many in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass<'a> {
    /// The program.
    pub(crate) program: &'a Program<'a>,
    /// Where it runs.
    pub(crate) arenas: &'a Arenas<'a>,
    /// The worlds; the last chunk may be a short one.
    pub(crate) worlds: u64,
}

impl Pass<'_> {
    /// Runs some chunks.
    pub(crate) fn run<G: Gather>(&self, chunks: Range<u64>, new: &(impl Fn() -> G + Sync)) -> Forest<G> {
        match chunks.end - chunks.start {
            0 => Forest::default(),
            1 => Forest::of(Place { level: 0, index: chunks.start }, self.chunk(chunks.start, new())),
            _ => {
                let middle = forest::cut(&chunks);
                let (mut earlier, later) =
                    rayon::join(|| self.run(chunks.start..middle, new), || self.run(middle..chunks.end, new));
                earlier.extend(later);
                earlier
            }
        }
    }

    /// Runs some chunks window by window; tells `done` how many blocks have run.
    pub(crate) fn grow<G: Gather>(
        &self,
        forest: &mut Forest<G>,
        chunks: Range<u64>,
        new: &(impl Fn() -> G + Sync),
        done: &mut dyn FnMut(u64),
    ) {
        for window in windows(chunks, Windows::Long) {
            forest.extend(self.run(window.clone(), new));
            done(blocks_in(&window, self.worlds));
        }
    }

    fn chunk<G: Gather>(&self, chunk: u64, mut gathered: G) -> G {
        self.arenas.with(|arena| {
            let first = chunk * BLOCKS_PER_CHUNK;
            for block in first..(first + BLOCKS_PER_CHUNK).min(blocks_of(self.worlds)) {
                let left = self.worlds - block * WORLDS_PER_BLOCK as u64;
                self.program.run(arena, block, left.min(WORLDS_PER_BLOCK as u64) as usize);
                gathered.absorb(self.arenas.plan, arena, weights_of(self.program, arena));
            }
            gathered.settle();
            gathered
        })
    }
}

/// Runs all worlds.
pub(crate) fn gather<G: Gather>(
    program: &Program<'_>,
    arenas: &Arenas<'_>,
    worlds: u64,
    new: impl Fn() -> G + Sync,
) -> G {
    let mut forest = Forest::default();
    Pass { program, arenas, worlds }.grow(&mut forest, 0..chunks_of(worlds), &new, &mut |_| {});
    forest.fold().unwrap_or_else(new)
}

/// What the worlds of a block that has run weigh.
#[must_use]
pub(crate) fn weights_of<'a>(program: &Program<'_>, arena: &'a Arena) -> Option<Weights<'a>> {
    program.weighted().then(|| Weights { weights: &arena.weights, squares: &arena.squares })
}
