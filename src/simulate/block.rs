//! Blocks of worlds and the memory they run in.
//!
//! A block is [`WORLDS_PER_BLOCK`] worlds. A bit column ([`Plane`]) is 64 words, word `w` bit `b` being world `64 w + b`; a number
//! column holds one `f64` a world. An [`Arena`] owns every column of a plan and the scratch space of the kernels; a thread reuses
//! one for all of its blocks, so that nothing is allocated while blocks run.

use super::kernel::bernoulli::Space;
use super::kernel::chances::Chances;
use super::kernel::date;
use super::kernel::logic;
use super::kernel::tilted::{LogRatios, Tilting};
use crate::math;
use crate::plan::{NumberId, Plan, PlaneId, Row, Step};
use crate::simulate::streams::LANES;
use fearless_simd::{Level, Simd, SimdBase, u64x8};
use std::ops::{Deref, DerefMut};

/// Worlds in a block.
pub const WORLDS_PER_BLOCK: usize = 4096;

/// Words in a bit column.
pub(crate) const WORDS: usize = WORLDS_PER_BLOCK / 64;

/// One bit a world.
pub(crate) type Plane = [u64; WORDS];

/// A bit column that starts where a line of the cache does, so that no vector of it lies in two of them.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Aligned(pub(crate) Plane);

impl Default for Aligned {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl Deref for Aligned {
    type Target = Plane;

    fn deref(&self) -> &Plane {
        &self.0
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut Plane {
        &mut self.0
    }
}

/// Vectors of words in a bit column.
pub(crate) const VECTORS: usize = WORDS / LANES;

/// Eight words of a bit column.
#[inline(always)]
pub(crate) fn vector<S: Simd>(simd: S, plane: &Plane, place: usize) -> u64x8<S> {
    u64x8::from_slice(simd, &plane[LANES * place..LANES * (place + 1)])
}

/// Puts eight words into a bit column.
#[inline(always)]
pub(crate) fn set_vector<S: Simd>(plane: &mut Plane, place: usize, words: u64x8<S>) {
    words.store_slice(&mut plane[LANES * place..LANES * (place + 1)]);
}

/// The bit column that holds everywhere.
pub(crate) const EVERYWHERE: Plane = [u64::MAX; WORDS];

/// The bit column that holds nowhere.
pub(crate) static NOWHERE: Aligned = Aligned([0; WORDS]);

/// How many worlds a bit column holds in.
#[must_use]
pub(crate) fn count(plane: &Plane) -> u64 {
    plane.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// The worlds where both hold.
#[must_use]
pub(crate) fn both(left: &Plane, right: &Plane) -> Plane {
    let mut out = [0; WORDS];
    for (out, (left, right)) in out.iter_mut().zip(left.iter().zip(right)) {
        *out = left & right;
    }
    out
}

/// The worlds where the first holds and the second does not.
#[must_use]
pub(crate) fn without(left: &Plane, right: &Plane) -> Plane {
    let mut out = [0; WORDS];
    for (out, (left, right)) in out.iter_mut().zip(left.iter().zip(right)) {
        *out = left & !right;
    }
    out
}

/// Calls with every world that the bit column holds in, in order.
#[inline]
pub(crate) fn for_each_world(plane: &Plane, mut visit: impl FnMut(usize)) {
    for (word_index, word) in plane.iter().enumerate() {
        let mut rest = *word;
        while rest != 0 {
            visit(64 * word_index + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// For each byte, where its bits stand; what follows them does not count.
static PLACES: [[u16; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut found) = (0, 0);
        while bit < 8 {
            if (byte >> bit) & 1 == 1 {
                places[byte][found] = bit;
                found += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};

/// How many bits are set in each byte.
static ONES: [u8; 256] = {
    let mut ones = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        ones[byte] = (byte as u8).count_ones() as u8;
        byte += 1;
    }
    ones
};

/// Lists every world that the bit column holds in, in order: [`for_each_world`] without its branches, where each of them has more to do. What is
/// behind the list is kept, so that it need not be cleared again.
pub(crate) fn list_worlds<'a>(plane: &Plane, worlds: &'a mut Vec<u16>) -> &'a [u16] {
    worlds.resize(WORLDS_PER_BLOCK + 8, 0);
    let mut count = 0;
    for (first, word) in (0_u16..).step_by(64).zip(plane) {
        let mut rest = *word;
        let mut first = first;
        while rest != 0 {
            let byte = (rest & 0xff) as usize;
            let (eight, _) = worlds[count..].split_first_chunk_mut::<8>().expect("room for a byte is left");
            for (world, place) in eight.iter_mut().zip(PLACES[byte]) {
                *world = first + place;
            }
            count += usize::from(ONES[byte]);
            rest >>= 8;
            first += 8;
        }
    }
    &worlds[..count]
}

/// The bit column of the worlds where a predicate of the index holds.
#[cfg(test)]
pub(crate) fn plane_where(predicate: impl Fn(usize) -> bool) -> Plane {
    let mut plane = [0; WORDS];
    for (word_index, word) in plane.iter_mut().enumerate() {
        for bit in 0..64 {
            *word |= u64::from(predicate(64 * word_index + bit)) << bit;
        }
    }
    plane
}

/// All columns of one block and the scratch space to fill them.
#[derive(Debug)]
pub(crate) struct Arena {
    /// Those of the plan, then those of [`Self::halve`] and the sums of [`Chances`], which last for a draw.
    planes: Vec<Aligned>,
    plan_planes: usize,
    numbers: Vec<Vec<f64>>,
    /// Worlds that count.
    pub(crate) mask: Plane,
    /// What each world weighs; all 1 unless the plan has evidence that weighs.
    pub(crate) weights: Vec<f64>,
    /// The squares of the weights, once they are settled.
    pub(crate) squares: Vec<f64>,
    /// For each division, the worlds that divided by zero.
    pub(crate) divided_by_zero: Vec<Plane>,
    /// Which worlds draw from a proposal, if there is one.
    pub(crate) tilting: Tilting,
    /// The instructions of its kernels.
    pub(crate) level: Level,
    /// Scratch for the kernels.
    pub(crate) scratch: Scratch,
    /// That of draws by bits.
    space: Space,
}

/// Columns that kernels use and leave behind.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Uniforms or exponentials.
    pub(crate) uniforms: Vec<f64>,
    /// Those of the worlds of one row, closed up.
    pub(crate) gathered: Vec<f64>,
    /// Their draws.
    pub(crate) drawn: Vec<f64>,
    /// A factor for each world.
    pub(crate) factors: Vec<f64>,
    /// What dates need.
    pub(crate) dates: date::Space,
    /// Random bytes.
    pub(crate) bytes: Vec<u8>,
    /// Columns of independent normals, grown once to the largest group.
    pub(crate) normals: Vec<Vec<f64>>,
    /// Onsets of multipliers in one world.
    pub(crate) onsets: Vec<f64>,
    /// The pattern of the believed planes in each world.
    pub(crate) patterns: Vec<u16>,
    /// The bit columns of options, grown once to the largest number of them.
    pub(crate) planes: Vec<Aligned>,
}

impl Arena {
    /// Room for a block of this plan.
    #[must_use]
    pub(crate) fn new(plan: &Plan) -> Self {
        let column = || vec![0.0; WORLDS_PER_BLOCK];
        Self {
            planes: vec![Aligned::default(); plan.planes as usize],
            plan_planes: plan.planes as usize,
            numbers: (0..plan.numbers).map(|_| column()).collect(),
            mask: EVERYWHERE,
            weights: vec![1.0; WORLDS_PER_BLOCK],
            squares: vec![1.0; WORLDS_PER_BLOCK],
            divided_by_zero: vec![[0; WORDS]; plan.divisions.len()],
            tilting: Tilting::default(),
            level: math::level(),
            space: Space::default(),
            scratch: Scratch {
                uniforms: column(),
                gathered: column(),
                drawn: column(),
                factors: column(),
                dates: date::Space::default(),
                bytes: vec![0; WORLDS_PER_BLOCK],
                normals: Vec::new(),
                onsets: Vec::new(),
                patterns: vec![0; WORLDS_PER_BLOCK],
                planes: Vec::new(),
            },
        }
    }

    /// Starts a block of which the first `worlds` count. The weights stay as they were.
    pub(crate) fn start(&mut self, worlds: usize) {
        for (word_index, word) in self.mask.iter_mut().enumerate() {
            let valid = worlds.saturating_sub(64 * word_index).min(64);
            *word = if valid == 64 { u64::MAX } else { (1 << valid) - 1 };
        }
        self.divided_by_zero.fill([0; WORDS]);
    }

    /// A bit column.
    #[must_use]
    pub(crate) fn plane(&self, id: PlaneId) -> &Plane {
        &self.planes[id.0 as usize]
    }

    /// Draws bit columns by chances, which read others. Room for sums is made in the first block.
    pub(crate) fn draw_planes(&mut self, chances: &[Chances], draw: impl FnOnce(&mut [Aligned], &mut Space)) {
        let columns = chances.iter().map(Chances::columns).fold(self.planes.len(), usize::max);
        self.planes.resize(columns, Aligned::default());
        draw(&mut self.planes, &mut self.space);
    }

    /// Fills a bit column.
    pub(crate) fn set_plane(&mut self, id: PlaneId, plane: &Plane) {
        self.planes[id.0 as usize].0 = *plane;
    }

    /// Fills the bit columns of the boolean steps that come first; how many there are.
    pub(crate) fn combine_planes(&mut self, steps: &[Step]) -> usize {
        logic::combine(self.level, steps, &mut self.planes)
    }

    /// A bit column, or everywhere.
    #[must_use]
    pub(crate) fn mask_of(&self, id: Option<PlaneId>) -> &Plane {
        id.map_or(&EVERYWHERE, |id| self.plane(id))
    }

    /// Splits rows into the worlds that draw from a proposal and the others. The halves stand behind the columns of the plan, and room
    /// is made for them in the first block.
    pub(crate) fn halve(&mut self, masks: impl Iterator<Item = Option<PlaneId>>) {
        let mut half = self.plan_planes;
        for mask in masks {
            self.planes.resize(self.planes.len().max(half + 2), Aligned::default());
            for word in 0..WORDS {
                let mask = mask.map_or(u64::MAX, |id| self.planes[id.0 as usize][word]);
                let tilted = self.tilting.tilted[word];
                self.planes[half][word] = mask & tilted;
                self.planes[half + 1][word] = mask & !tilted;
            }
            half += 2;
        }
    }

    /// Counts how much likelier the proposal made what was drawn.
    pub(crate) fn count_tilted<T>(&mut self, rows: &[Row<T>], log_ratios: &LogRatios, out: &[PlaneId]) {
        for (row, log_ratios) in rows.iter().zip(log_ratios) {
            let Some(log_ratios) = log_ratios else { continue };
            let mask = row.mask.map_or(&EVERYWHERE, |id| &*self.planes[id.0 as usize]);
            match log_ratios[..] {
                [no, yes] if let [out] = out => {
                    let holds = &self.planes[out.0 as usize];
                    self.tilting.count(&both(mask, &holds.map(|word| !word)), no);
                    self.tilting.count(&both(mask, holds), yes);
                }
                _ => {
                    for (out, log_ratio) in out.iter().zip(log_ratios) {
                        self.tilting.count(&both(mask, &self.planes[out.0 as usize]), *log_ratio);
                    }
                }
            }
        }
    }

    /// A number column.
    #[must_use]
    pub(crate) fn number(&self, id: NumberId) -> &[f64] {
        &self.numbers[id.0 as usize]
    }

    /// Fills a number column from the others.
    pub(crate) fn fill_number(&mut self, id: NumberId, fill: impl FnOnce(&mut Self, &mut [f64])) {
        let mut column = std::mem::take(&mut self.numbers[id.0 as usize]);
        fill(self, &mut column);
        self.numbers[id.0 as usize] = column;
    }

    /// Lets only these worlds count.
    pub(crate) fn require(&mut self, plane: &Plane) {
        self.mask = both(&self.mask, plane);
    }

    /// Ends a block: worlds that do not count weigh nothing, worlds that weigh nothing do not count.
    pub(crate) fn settle_weights(&mut self) {
        for (word_index, word) in self.mask.iter_mut().enumerate() {
            for bit in 0..64 {
                let weight = &mut self.weights[64 * word_index + bit];
                if (*word >> bit) & 1 == 0 {
                    *weight = 0.0;
                } else if *weight == 0.0 {
                    *word &= !(1 << bit);
                }
            }
        }
        for (square, weight) in self.squares.iter_mut().zip(&self.weights) {
            *square = weight * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_worlds_of_a_partial_block_count() {
        let mut arena = Arena::new(&Plan::default());
        for worlds in [0, 1, 63, 64, 65, 4095, 4096] {
            arena.start(worlds);
            assert_eq!(count(&arena.mask), worlds as u64);
            assert_eq!(arena.mask, plane_where(|world| world < worlds));
        }
    }

    #[test]
    fn listed_worlds_are_those_visited() {
        let planes =
            [EVERYWHERE, NOWHERE.0, plane_where(|world| world % 63 == 5), plane_where(|world| world * world % 7 < 3)];
        let mut room = vec![9; 3];
        for plane in planes {
            let listed = list_worlds(&plane, &mut room);
            let mut visited = Vec::new();
            for_each_world(&plane, |world| visited.push(world as u16));
            assert_eq!(listed, visited);
        }
    }

    #[test]
    fn worlds_are_visited_in_order() {
        let plane = plane_where(|world| world % 63 == 5);
        let mut visited = Vec::new();
        for_each_world(&plane, |world| visited.push(world));
        assert_eq!(visited, (0..WORLDS_PER_BLOCK).filter(|world| world % 63 == 5).collect::<Vec<_>>());
    }
}
