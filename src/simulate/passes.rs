//! Runs blocks in parallel and combines what they give, always in the same tree.
//!
//! Blocks are dealt out in *chunks* of a fixed number, whatever the number of threads; a chunk absorbs its blocks one after another,
//! and chunks are the leaves of a [`Forest`]. They run a *window* at a time, whose size changes nothing. So sums have the same bits, and
//! memory holds a few roots of the tree and what the threads have in hand, however many worlds there are. Whatever has been added to
//! something else is used again, so that nothing is allocated but for another root, when the worlds are twice as many.

use super::block::{Arena, WORLDS_PER_BLOCK};
use super::forest::{self, Combine, Forest, Place};
use super::program::Program;
use super::tally::{Counts, Space, Weights};
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
    idle: Mutex<Vec<(Arena, Space)>>,
}

impl<'a> Arenas<'a> {
    /// For blocks of a plan.
    #[must_use]
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Self { plan, idle: Mutex::new(Vec::new()) }
    }

    /// Works in one of them.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut Arena) -> R) -> R {
        self.with_space(|arena, _| work(arena))
    }

    fn with_space<R>(&self, work: impl FnOnce(&mut Arena, &mut Space) -> R) -> R {
        let idle = || self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let waiting = idle().pop();
        let (mut arena, mut space) = waiting.unwrap_or_else(|| (Arena::new(self.plan), Space::default()));
        let result = work(&mut arena, &mut space);
        idle().push((arena, space));
        result
    }
}

/// Makes what nothing has been added to.
pub(crate) trait New<G>: Fn() -> G + Sync {}

impl<G, F: Fn() -> G + Sync> New<G> for F {}

/// Where what is gathered comes from, and goes when it has been added to something else.
#[derive(Debug)]
pub(crate) struct Spares<N, G> {
    new: N,
    idle: Mutex<Vec<G>>,
}

impl<N: Fn() -> G, G: Gather> Spares<N, G> {
    /// None yet; `new` makes one of nothing.
    pub(crate) fn new(new: N) -> Self {
        Self { new, idle: Mutex::new(Vec::new()) }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<G>> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// One of nothing.
    fn take(&self) -> G {
        let spare = self.idle().pop();
        spare.map_or_else(&self.new, |mut spare| {
            spare.clear();
            spare
        })
    }

    fn put(&self, spent: G) {
        self.idle().push(spent);
    }
}

/// What is gathered from blocks.
pub(crate) trait Gather: Combine + Send {
    /// Nothing again.
    fn clear(&mut self);
    /// Begins a chunk.
    fn begin(&mut self, _space: &mut Space) {}
    /// Adds a block that has run.
    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>);
    /// Ends a chunk.
    fn settle(&mut self, _space: &mut Space) {}
}

impl Combine for Counts {
    fn combine(&mut self, later: &mut Self) {
        Self::combine(self, later);
    }
}

impl Gather for Counts {
    fn clear(&mut self) {
        Self::clear(self);
    }

    fn begin(&mut self, space: &mut Space) {
        Self::begin(self, space);
    }

    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        Self::absorb(self, plan, arena, weights);
    }

    fn settle(&mut self, space: &mut Space) {
        Self::settle(self, space);
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
    pub(crate) fn run<G: Gather>(&self, forest: &mut Forest<G>, chunks: Range<u64>, spares: &Spares<impl New<G>, G>) {
        let mut spent = |spent| spares.put(spent);
        if let Some(place) = Place::of(&chunks) {
            forest.insert_with(place, self.node(place, spares), &mut spent);
        } else {
            self.nodes(chunks, spares)
                .into_iter()
                .for_each(|(place, node)| forest.insert_with(place, node, &mut spent));
        }
    }

    /// Those that the chunks make up, at once.
    fn nodes<G: Gather>(&self, chunks: Range<u64>, spares: &Spares<impl New<G>, G>) -> Vec<(Place, G)> {
        match (chunks.is_empty(), Place::of(&chunks)) {
            (true, _) => Vec::new(),
            (_, Some(place)) => vec![(place, self.node(place, spares))],
            (_, None) => {
                let middle = forest::cut(&chunks);
                let (mut earlier, later) =
                    rayon::join(|| self.nodes(chunks.start..middle, spares), || self.nodes(middle..chunks.end, spares));
                earlier.extend(later);
                earlier
            }
        }
    }

    /// A node of the tree.
    fn node<G: Gather>(&self, place: Place, spares: &Spares<impl New<G>, G>) -> G {
        let Some((earlier, later)) = place.halves() else { return self.chunk(place.index, spares.take()) };
        let (mut earlier, mut later) = rayon::join(|| self.node(earlier, spares), || self.node(later, spares));
        earlier.combine(&mut later);
        spares.put(later);
        earlier
    }

    /// Runs some chunks window by window; tells `done` how many blocks have run.
    pub(crate) fn grow<G: Gather>(
        &self,
        forest: &mut Forest<G>,
        chunks: Range<u64>,
        new: impl New<G>,
        done: &mut dyn FnMut(u64),
    ) {
        let spares = Spares::new(new);
        for window in windows(chunks, Windows::Long) {
            self.run(forest, window.clone(), &spares);
            done(blocks_in(&window, self.worlds));
        }
    }

    fn chunk<G: Gather>(&self, chunk: u64, mut gathered: G) -> G {
        self.arenas.with_space(|arena, space| {
            gathered.begin(space);
            let first = chunk * BLOCKS_PER_CHUNK;
            for block in first..(first + BLOCKS_PER_CHUNK).min(blocks_of(self.worlds)) {
                let left = self.worlds - block * WORLDS_PER_BLOCK as u64;
                self.program.run(arena, block, left.min(WORLDS_PER_BLOCK as u64) as usize);
                gathered.absorb(self.arenas.plan, arena, weights_of(self.program, arena));
            }
            gathered.settle(space);
            gathered
        })
    }
}

/// Runs all worlds.
pub(crate) fn gather<G: Gather>(program: &Program<'_>, arenas: &Arenas<'_>, worlds: u64, new: impl New<G>) -> G {
    let mut forest = Forest::default();
    Pass { program, arenas, worlds }.grow(&mut forest, 0..chunks_of(worlds), &new, &mut |_| {});
    forest.fold().unwrap_or_else(new)
}

/// What the worlds of a block that has run weigh.
#[must_use]
pub(crate) fn weights_of<'a>(program: &Program<'_>, arena: &'a Arena) -> Option<Weights<'a>> {
    program.weighted().then(|| Weights { weights: &arena.weights, squares: &arena.squares })
}
