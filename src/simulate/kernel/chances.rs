//! Chances by the binary places of them, and the worlds of the rows that have a one in a place.

use crate::plan::PlaneId;
use crate::simulate::block::{Aligned, Plane, VECTORS, set_vector, vector};
use fearless_simd::{Simd, SimdBase, u64x8};

/// A probability in units of 2^-64, rounded down; 1 is apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Threshold {
    pub(super) bits: u64,
    pub(super) always: bool,
}

impl Threshold {
    /// Of what is impossible.
    const NEVER: Self = Self { bits: 0, always: false };

    /// Of what is certain.
    pub(crate) const ALWAYS: Self = Self { bits: 0, always: true };

    /// Exact for 0, for 1, and for every probability of at least 2^-12; otherwise less than 2^-64 too low.
    #[must_use]
    pub(crate) fn new(probability: f64) -> Self {
        // The cast saturates, and 2^64 times a number below 1 is below 2^64.
        Self { bits: (probability * 18_446_744_073_709_551_616.0) as u64, always: probability >= 1.0 }
    }

    /// Of what comes next on the number line: the lengths of both together, at most all of it.
    #[must_use]
    pub(crate) fn and_then(self, next: Self) -> Self {
        let (bits, beyond) = self.bits.overflowing_add(next.bits);
        if self.always || next.always || beyond { Self::ALWAYS } else { Self { bits, always: false } }
    }
}

/// The chances of a draw, turned about: for each binary place, the rows whose chance has a one there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chances {
    /// Where it is certain.
    pub(super) always: Rows,
    /// Where it is impossible.
    pub(super) never: Rows,
    /// Rows of the same chance, and the column that they are put together in before anything else.
    pub(super) sums: Vec<(PlaneId, Rows)>,
    /// Where there is a one in each place, the most significant first; behind the last of them there are none. Where it is certain or impossible,
    /// anything may be said.
    pub(super) places: Vec<Rows>,
    /// The masks of all lists, one after another.
    masks: Vec<PlaneId>,
}

/// A list of rows, as a part of the masks of [`Chances`]; or all rows but those.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rows {
    start: u32,
    end: u32,
    /// Whether it is all but those.
    pub(super) all_but: bool,
}

impl Rows {
    /// Whether there are none.
    #[inline(always)]
    pub(super) fn none(self) -> bool {
        self.start == self.end && !self.all_but
    }
}

impl Chances {
    /// Of rows that do not overlap and together are everywhere; one without a mask is everywhere by itself. Columns from `spare` on are free for
    /// sums.
    #[must_use]
    pub(crate) fn new(rows: &[(Option<PlaneId>, Threshold)], spare: PlaneId) -> Self {
        let mut chances = Self::default();
        let all = || rows.iter().copied();
        chances.always = chances.list(all().map(|(mask, threshold)| (mask, threshold.always)));
        chances.never = chances.list(all().map(|(mask, threshold)| (mask, threshold == Threshold::NEVER)));
        let is_open = |threshold: Threshold| !threshold.always && threshold != Threshold::NEVER;
        let mut rows: Vec<(Option<PlaneId>, u64)> = all()
            .filter(|(_, threshold)| is_open(*threshold))
            .map(|(mask, threshold)| (mask, threshold.bits))
            .collect();
        rows.sort_unstable_by_key(|(_, bits)| *bits);
        let mut open = Vec::with_capacity(rows.len());
        for alike in rows.chunk_by(|(_, left), (_, right)| left == right) {
            let (mask, bits) = alike[0];
            let column = if alike.len() == rows.len() {
                // What is the only chance stands in no list.
                None
            } else if alike.len() == 1 {
                mask
            } else {
                let start = chances.masks.len() as u32;
                chances.masks.extend(alike.iter().filter_map(|(mask, _)| *mask));
                let sum = PlaneId(spare.0 + chances.sums.len() as u32);
                chances.sums.push((sum, Rows { start, end: chances.masks.len() as u32, all_but: false }));
                Some(sum)
            };
            open.push((column, bits));
        }
        // Below the last bit set in any chance, equal means not less.
        let any_bits = open.iter().fold(0, |any_bits, (_, bits)| any_bits | bits);
        for place in 0..64 - any_bits.trailing_zeros().min(64) {
            let rows = chances.list(open.iter().map(|(column, bits)| (*column, (bits >> (63 - place)) & 1 == 1)));
            chances.places.push(rows);
        }
        chances
    }

    /// The rows of which something is so: they, or if those are fewer, the others.
    fn list(&mut self, rows: impl Iterator<Item = (Option<PlaneId>, bool)> + Clone) -> Rows {
        let (all, so) = rows.clone().fold((0, 0), |(all, so), (_, is_so)| (all + 1, so + u32::from(is_so)));
        let all_but = 2 * so > all;
        let start = self.masks.len() as u32;
        // A row that is everywhere is the only one, and so in no list: none or all but none.
        self.masks.extend(rows.filter(|(_, is_so)| *is_so != all_but).filter_map(|(column, _)| column));
        Rows { start, end: self.masks.len() as u32, all_but }
    }

    /// How many columns there must be for its sums.
    #[must_use]
    pub(crate) fn columns(&self) -> usize {
        self.sums.last().map_or(0, |(sum, _)| sum.0 as usize + 1)
    }

    /// The masks of a list.
    #[inline(always)]
    pub(super) fn masks(&self, rows: Rows) -> &[PlaneId] {
        &self.masks[rows.start as usize..rows.end as usize]
    }
}

/// Fills a column with the worlds of some rows.
#[inline(always)]
pub(super) fn worlds<S: Simd>(simd: S, chances: &Chances, rows: Rows, planes: &[Aligned], out: &mut Plane) {
    // A function of its own, so that not every caller holds a copy.
    simd.vectorize(
        #[inline(always)]
        || worlds_in(simd, chances, rows, planes, out),
    );
}

/// Half of the worlds at a time, whose vectors stay in registers.
#[inline(always)]
fn worlds_in<S: Simd>(simd: S, chances: &Chances, rows: Rows, planes: &[Aligned], out: &mut Plane) {
    const HALF: usize = VECTORS / 2;
    let plane = |mask: PlaneId| &planes[mask.0 as usize];
    let (pairs, last) = chances.masks(rows).as_chunks::<2>();
    for start in [0, HALF] {
        let mut sum = [u64x8::splat(simd, if rows.all_but { u64::MAX } else { 0 }); HALF];
        // Rows do not overlap.
        for [one, two] in pairs {
            let (one, two) = (plane(*one), plane(*two));
            for (at, sum) in sum.iter_mut().enumerate() {
                *sum ^= vector(simd, one, start + at) ^ vector(simd, two, start + at);
            }
        }
        for one in last {
            let one = plane(*one);
            for (at, sum) in sum.iter_mut().enumerate() {
                *sum ^= vector(simd, one, start + at);
            }
        }
        for (at, sum) in sum.iter().enumerate() {
            set_vector(out, start + at, *sum);
        }
    }
}
