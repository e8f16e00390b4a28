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

    fn bit(self, place: u32) -> bool {
        (self.bits >> (63 - place)) & 1 == 1
    }
}

/// The chances of a draw, turned about: for each binary place, the rows whose chance has a one there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chances {
    /// Where it is certain.
    pub(super) always: Rows,
    /// Where it is impossible.
    pub(super) never: Rows,
    /// Where there is a one in each place, the most significant first; behind the last of them there are none.
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
    pub(super) fn none(self) -> bool {
        self.start == self.end && !self.all_but
    }
}

impl Chances {
    /// Of rows that do not overlap and together are everywhere; one without a mask is everywhere by itself.
    #[must_use]
    pub(crate) fn new(rows: &[(Option<PlaneId>, Threshold)]) -> Self {
        let mut chances = Self::default();
        chances.always = chances.list(rows, |threshold| threshold.always);
        chances.never = chances.list(rows, |threshold| threshold.bits == 0 && !threshold.always);
        // Below the last bit set in any chance, equal means not less.
        let any_bits =
            rows.iter().fold(0, |bits, (_, threshold)| bits | if threshold.always { 0 } else { threshold.bits });
        for place in 0..64 - any_bits.trailing_zeros().min(64) {
            let rows = chances.list(rows, |threshold| threshold.bit(place) && !threshold.always);
            chances.places.push(rows);
        }
        chances
    }

    /// The rows of which something is so: they, or if those are fewer, the others.
    fn list(&mut self, rows: &[(Option<PlaneId>, Threshold)], is_so: impl Fn(Threshold) -> bool) -> Rows {
        let so = rows.iter().filter(|(_, threshold)| is_so(*threshold)).count();
        let all_but = 2 * so > rows.len();
        let start = self.masks.len() as u32;
        // A row that is everywhere is the only one, and so in no list: none or all but none.
        self.masks.extend(rows.iter().filter(|(_, row)| is_so(*row) != all_but).filter_map(|(mask, _)| *mask));
        Rows { start, end: self.masks.len() as u32, all_but }
    }

    /// The masks of the rows of a list.
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

/// Four rows at a time, so that what is gathered is seldom read and written.
#[inline(always)]
fn worlds_in<S: Simd>(simd: S, chances: &Chances, rows: Rows, planes: &[Aligned], out: &mut Plane) {
    let plane = |mask: PlaneId| &planes[mask.0 as usize];
    let (fours, rest) = chances.masks(rows).as_chunks::<4>();
    let flip = u64x8::splat(simd, if rows.all_but { u64::MAX } else { 0 });
    match *rest {
        [] => (0..VECTORS).for_each(|at| set_vector(out, at, flip)),
        [one] => {
            let one = plane(one);
            for at in 0..VECTORS {
                set_vector(out, at, vector(simd, one, at) ^ flip);
            }
        }
        [one, two] => {
            let (one, two) = (plane(one), plane(two));
            for at in 0..VECTORS {
                set_vector(out, at, (vector(simd, one, at) | vector(simd, two, at)) ^ flip);
            }
        }
        [one, two, three, ..] => {
            let (one, two, three) = (plane(one), plane(two), plane(three));
            for at in 0..VECTORS {
                let two_of_them = vector(simd, one, at) | vector(simd, two, at);
                set_vector(out, at, (two_of_them | vector(simd, three, at)) ^ flip);
            }
        }
    }
    for [one, two, three, four] in fours {
        let (one, two, three, four) = (plane(*one), plane(*two), plane(*three), plane(*four));
        for at in 0..VECTORS {
            let (first, last) =
                (vector(simd, one, at) | vector(simd, two, at), vector(simd, three, at) | vector(simd, four, at));
            // Rows do not overlap.
            set_vector(out, at, vector(simd, out, at) ^ (first | last));
        }
    }
}
