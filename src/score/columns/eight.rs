//! Eight ensembles at a time: their sums over sorted members, without sorting the members themselves.
//!
//! What is sorted is a *key* of 32 bits for each member: in its upper bits the *cell* in which the member lies, of millions of equal width
//! between the bounds of its ensemble; in its lower bits which member it is. That is half of what the members take, and no member is moved before
//! the sums are. Members that share a cell are few and put in order by their values. Whether the order is right is seen by the members
//! themselves as they are summed; where it is not, because nearly all of them share a few cells, they are sorted after all.
//!
//! So the sums are those of the sorted members to the last bit, whatever the keys are.

use crate::math::sort_lanes::{BLOCK, HALVES, Keys, LANES, Numbers, Row, sort_keys, sort_lanes};
use fearless_simd::{Bytes, Level, Simd, SimdBase, SimdMask, SimdSplit, dispatch, f64x8, u32x8, u32x16, u64x8};

/// The most members of an ensemble: those of all lanes are counted in 16 bits, so that no place has to be compared with a length.
pub(super) const MOST_MEMBERS: usize = (1 << 16) / LANES;

/// Members of all lanes.
type Members = [f64; MOST_MEMBERS * LANES];

/// From so many members on the bounds of cells leave out what lies far off, and the next members are read ahead.
const MANY: usize = 128;

/// Members whose places are found at a time.
const STEP: usize = 16;

/// What one thread holds to score eight ensembles after another.
#[derive(Debug)]
pub(super) struct Eight {
    /// The members of ensembles behind which not so many others lie as there is room for.
    own: Box<Members>,
    sorting: Sorting,
}

/// How eight ensembles are sorted that lie one behind the other.
#[derive(Debug)]
struct Sorting {
    level: Level,
    /// Of an ensemble.
    count: usize,
    /// The bits of a key that say which member it is.
    bits: u32,
    /// Those of the first half of the places in the lanes, those of the second eight lanes further on; beyond the members greater than any key.
    keys: Vec<Keys>,
    /// Lower bounds of the cells of each lane.
    lowest: [f64; LANES],
    /// Upper bounds.
    highest: [f64; LANES],
}

/// Of sorted members the shortfalls below and above an outcome, and half the sum of all distances between two members.
pub(super) type Sums = [[f64; LANES]; 3];

impl Eight {
    /// For ensembles of so many members, at least one and at most [`MOST_MEMBERS`].
    pub(super) fn new(level: Level, count: usize) -> Self {
        let room = count.next_power_of_two().max(2 * BLOCK);
        // Made on the heap: half a megabyte, of which what is not used is never touched.
        let own = vec![0.0; MOST_MEMBERS * LANES].into_boxed_slice().try_into().expect("as many as were made");
        let keys = vec![Row([u32::MAX; HALVES]); room / 2];
        let (lowest, highest) = ([0.0; LANES], [0.0; LANES]);
        Self { own, sorting: Sorting { level, count, bits: room.trailing_zeros(), keys, lowest, highest } }
    }

    /// The sums of each ensemble about its outcome: of the first eight of those that lie one behind the other, or of as many as there are outcomes. The
    /// first of them with a number that is not finite is an error.
    pub(super) fn sums(&mut self, ensembles: &[f64], outcomes: &[f64]) -> Result<Sums, usize> {
        let Self { own, sorting } = self;
        if let (Some(members), Some(outcomes)) = (ensembles.first_chunk(), outcomes.first_chunk()) {
            return sorting.sums(members, outcomes);
        }
        let lanes = outcomes.len().min(LANES);
        let mut y = [0.0; LANES];
        y[..lanes].copy_from_slice(&outcomes[..lanes]);
        let taken = lanes * sorting.count;
        own[..taken].copy_from_slice(&ensembles[..taken]);
        own[taken..LANES * sorting.count].fill(0.0);
        sorting.sums(own, &y)
    }
}

impl Sorting {
    /// The sums of each lane about its outcome.
    fn sums(&mut self, members: &Members, outcomes: &[f64; LANES]) -> Result<Sums, usize> {
        let bad = dispatch!(self.level, simd => self.find_bounds(simd, members, outcomes));
        if let Some(lane) = bad {
            return Err(lane);
        }
        let sums = dispatch!(self.level, simd => self.sums_by_keys(simd, members, outcomes));
        Ok(sums.unwrap_or_else(|| self.sums_by_members(members, outcomes)))
    }

    /// Finds the bounds of each lane; the first of them with a number that is not finite.
    #[inline(always)]
    fn find_bounds<S: Simd>(&mut self, simd: S, members: &Members, outcomes: &[f64; LANES]) -> Option<usize> {
        for lane in 0..LANES {
            let members = &members[lane * self.count..][..self.count];
            match bounds(simd, members) {
                Some(bounds) if outcomes[lane].is_finite() => (self.lowest[lane], self.highest[lane]) = bounds,
                _ => return Some(lane),
            }
        }
        None
    }

    /// The sums, unless the keys are not in the order of the members.
    #[inline(always)]
    fn sums_by_keys<S: Simd>(&mut self, simd: S, members: &Members, outcomes: &[f64; LANES]) -> Option<Sums> {
        self.find_keys(simd, members);
        let ahead = self.ahead(members);
        sort_keys(simd, &mut self.keys, ahead);
        // Where members are equal there is mostly nothing to be done: cells that hold such are all looked at only if need be.
        for equals in [32, usize::MAX] {
            self.order_cells(simd, members, equals);
            let sums = self.sum(simd, members, outcomes);
            if sums.is_some() {
                return sums;
            }
        }
        None
    }

    /// The members of the next eight ensembles, where they are many and not too far ahead: reading them takes the memory as long as sorting keys takes
    /// the processor.
    #[inline(always)]
    fn ahead<'a>(&self, members: &'a Members) -> &'a [f64] {
        let own = LANES * self.count;
        if self.count < MANY { &[] } else { members.get(own..2 * own).unwrap_or_default() }
    }

    /// Finds the key of each member.
    ///
    /// A greater member never has a lesser cell: products, sums and bounds keep an order, however they are rounded.
    ///
    /// Here and in [`sum`](Self::sum) what is called is always inlined, and loops count: adaptors such as `zip` may be called, and what is called is not
    /// compiled for the level.
    #[inline(always)]
    fn find_keys<S: Simd>(&mut self, simd: S, members: &Members) {
        let low = (1_u64 << self.bits) - 1;
        let cells = f64::from((u32::MAX >> self.bits) - 1);
        // A double that is added to this has its whole part above so many low bits, and in them its fraction.
        let whole = (1_u64 << (52 - self.bits)) as f64;
        let (mut scales, mut offsets) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            let width = self.highest[lane] - self.lowest[lane];
            let scale = if width > 0.0 { cells / width } else { 0.0 };
            (scales[lane], offsets[lane]) = (scale, whole - self.lowest[lane] * scale);
        }
        let own = Finding {
            scales: &scales,
            offsets: &offsets,
            lowest: f64x8::splat(simd, whole),
            highest: f64x8::splat(simd, whole + cells),
            lower: u64x8::splat(simd, u64::from(u32::MAX)),
            cells: u64x8::splat(simd, !(low | low << 32)),
        };
        let count = self.count;
        let mut which = u64x8::load_array(simd, EACH);
        let places = self.keys.as_chunks_mut::<LANES>().0;
        for block in 0..self.count.div_ceil(LANES) {
            let first = LANES * block;
            // Two lanes go together in 64 bits, and these become places as wholes.
            let a = own.of_pair::<0>(simd, members, first, count + first, which);
            let b = own.of_pair::<2>(simd, members, 2 * count + first, 3 * count + first, which);
            let c = own.of_pair::<4>(simd, members, 4 * count + first, 5 * count + first, which);
            let d = own.of_pair::<6>(simd, members, 6 * count + first, 7 * count + first, which);
            let upper = usize::from(block >= places.len());
            let places = &mut places[block - upper * places.len()];
            let (even, odd) = (a.zip_low(c), b.zip_low(d));
            store_two(even.zip_low(odd), places, 0, upper);
            store_two(even.zip_high(odd), places, 2, upper);
            let (even, odd) = (a.zip_high(c), b.zip_high(d));
            store_two(even.zip_low(odd), places, 4, upper);
            store_two(even.zip_high(odd), places, 6, upper);
            which += u64x8::splat(simd, (LANES as u64) << 32 | LANES as u64);
        }
        for place in self.count..1 << self.bits {
            let (row, upper) = self.row(place);
            *half_mut(&mut self.keys[row], upper) = [u32::MAX; LANES];
        }
    }

    /// Puts members that share a cell in the order of their values, until many more than so many are found to be in order already, or so many are not
    /// that sorting takes less time.
    #[inline(always)]
    fn order_cells<S: Simd>(&mut self, simd: S, members: &Members, equals: usize) {
        let cell = 1_u32 << self.bits;
        let (mut steps, mut ordered) = (0, 0);
        let mut before = u32x8::load_array_ref(simd, half(&self.keys[0], 0)) ^ u32::MAX;
        for upper in 0..2 {
            for at in 0..self.rows(upper) {
                let own = u32x8::load_array_ref(simd, half(&self.keys[at], upper));
                let apart = before ^ own;
                before = own;
                if apart.simd_lt(cell).any_true() {
                    let by = self.insert(members, upper * self.keys.len() + at);
                    steps += by;
                    ordered += usize::from(by == 0);
                    if steps > self.count / 2 || ordered > equals.saturating_add(4 * steps) {
                        return;
                    }
                    before = u32x8::load_array_ref(simd, half(&self.keys[at], upper));
                }
            }
        }
    }

    /// Rows that have members in one half.
    #[inline(always)]
    fn rows(&self, upper: usize) -> usize {
        self.count.saturating_sub(upper * self.keys.len()).min(self.keys.len())
    }

    /// The key of a lane at a place.
    #[inline(always)]
    fn key(&mut self, place: usize, lane: usize) -> &mut u32 {
        let (row, upper) = self.row(place);
        &mut half_mut(&mut self.keys[row], upper)[lane]
    }

    /// Where the keys of a place are.
    #[inline(always)]
    fn row(&self, place: usize) -> (usize, usize) {
        let upper = place >> (self.bits - 1);
        (place - (upper << (self.bits - 1)), upper)
    }

    /// Moves the keys at a place to before those of their cells that have greater members; by how many places in all.
    #[inline(never)]
    fn insert(&mut self, members: &Members, at: usize) -> usize {
        let mut steps = 0;
        for lane in 0..LANES {
            let (begin, mask) = (lane * self.count, !(u32::MAX << self.bits));
            let which = |key: u32| begin + (key & mask) as usize;
            let key = *self.key(at, lane);
            let mut to = at;
            while to > 0 {
                let before = *self.key(to - 1, lane);
                if (before ^ key) >> self.bits != 0 || members[which(before)] <= members[which(key)] {
                    break;
                }
                *self.key(to, lane) = before;
                to -= 1;
            }
            // What stays is not written, since a vector that is read after a part of it was written waits.
            if to < at {
                *self.key(to, lane) = key;
                steps += at - to;
            }
        }
        steps
    }

    /// The sums over members in the order of keys; `None` if that is not theirs.
    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, members: &Members, outcomes: &[f64; LANES]) -> Option<Sums> {
        let which = u32x8::splat(simd, !(u32::MAX << self.bits));
        let begin = u32x8::load_array(simd, [0, 1, 2, 3, 4, 5, 6, 7]) * self.count as u32;
        let mut sums = Summing::new(simd, outcomes, self.count);
        let mut before = f64x8::splat(simd, f64::NEG_INFINITY);
        let mut ordered = before.simd_le(before);
        let mut places = [[0; LANES]; STEP];
        for upper in 0..2 {
            let (steps, rest) = self.keys[..self.rows(upper)].as_chunks::<STEP>();
            for keys in steps {
                for at in 0..STEP {
                    let keys = u32x8::load_array_ref(simd, half(&keys[at], upper));
                    ((keys & which) + begin).store_array(&mut places[at]);
                }
                for at in 0..STEP {
                    let own = fetch(simd, members, &places, at);
                    ordered &= before.simd_le(own);
                    before = own;
                    sums.add(own);
                }
            }
            for keys in rest {
                let keys = u32x8::load_array_ref(simd, half(keys, upper));
                ((keys & which) + begin).store_array(&mut places[0]);
                let own = fetch(simd, members, &places, 0);
                ordered &= before.simd_le(own);
                before = own;
                sums.add(own);
            }
        }
        if ordered.all_true() { Some(sums.finish()) } else { None }
    }

    /// The sums over members that are sorted themselves.
    #[inline(never)]
    fn sums_by_members(&self, members: &Members, outcomes: &[f64; LANES]) -> Sums {
        // What is beyond the members is greater than all of them and stays at the end.
        let mut sorted = vec![Row([f64::INFINITY; LANES]); 2 * self.keys.len()];
        for lane in 0..LANES {
            let members = &members[lane * self.count..][..self.count];
            for (place, member) in sorted.iter_mut().zip(members) {
                place.0[lane] = *member;
            }
        }
        sort_lanes(self.level, &mut sorted);
        dispatch!(self.level, simd => sums_of(simd, &sorted[..self.count], outcomes))
    }
}

/// The member of each lane at one of several places. Written out: what is read in a loop would lie in memory before it is a vector.
#[inline(always)]
fn fetch<S: Simd>(simd: S, members: &Members, places: &[[u32; LANES]; STEP], at: usize) -> f64x8<S> {
    let [a, b, c, d, e, f, g, h] = places[at];
    let eight = [
        members[usize::from(a as u16)],
        members[usize::from(b as u16)],
        members[usize::from(c as u16)],
        members[usize::from(d as u16)],
        members[usize::from(e as u16)],
        members[usize::from(f as u16)],
        members[usize::from(g as u16)],
        members[usize::from(h as u16)],
    ];
    f64x8::load_array(simd, eight)
}

/// The sums of sorted members.
#[inline(always)]
fn sums_of<S: Simd>(simd: S, sorted: &[Numbers], outcomes: &[f64; LANES]) -> Sums {
    let mut sums = Summing::new(simd, outcomes, sorted.len());
    for members in sorted {
        sums.add(f64x8::from_slice(simd, &members.0));
    }
    sums.finish()
}

/// Bounds between which most or all members lie, or `None` if one is not finite.
///
/// Where there are many, eight parts of them have their bounds each, and what lies further off than twice the distance of the innermost of
/// these is left out: a few members far from the others do not make all others share a cell.
#[inline(always)]
fn bounds<S: Simd>(simd: S, members: &[f64]) -> Option<(f64, f64)> {
    let (eights, rest) = members.as_chunks::<LANES>();
    let mut low = f64x8::splat(simd, f64::INFINITY);
    let mut high = f64x8::splat(simd, f64::NEG_INFINITY);
    let mut sum = f64x8::splat(simd, 0.0);
    for eight in eights {
        let eight = f64x8::load_array_ref(simd, eight);
        low = low.min(eight);
        high = high.max(eight);
        sum += eight;
    }
    let mut found = [[0.0; LANES]; 3];
    low.store_slice(&mut found[0]);
    high.store_slice(&mut found[1]);
    sum.store_slice(&mut found[2]);
    let [lows, highs, sums] = found;
    let mut sum = 0.0;
    let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut inner_low, mut inner_high) = (f64::NEG_INFINITY, f64::INFINITY);
    for lane in 0..LANES {
        lowest = lowest.min(lows[lane]);
        highest = highest.max(highs[lane]);
        inner_low = inner_low.max(lows[lane]);
        inner_high = inner_high.min(highs[lane]);
        sum += sums[lane];
    }
    for member in rest {
        lowest = lowest.min(*member);
        highest = highest.max(*member);
        sum += *member;
    }
    // Whatever is not finite makes a sum that is not. So do very great numbers.
    if !sum.is_finite() && !all_finite(members) {
        return None;
    }
    let inner = inner_high - inner_low;
    if members.len() >= MANY && inner > 0.0 {
        lowest = lowest.max(inner_low - 2.0 * inner);
        highest = highest.min(inner_high + 2.0 * inner);
    }
    Some((lowest, highest))
}

#[cold]
fn all_finite(members: &[f64]) -> bool {
    members.iter().all(|member| member.is_finite())
}

/// Which members a block begins with, in both halves of 64 bits.
const EACH: [u64; LANES] = {
    let mut each = [0; LANES];
    let mut at = 0;
    while at < LANES {
        each[at] = (at as u64) << 32 | at as u64;
        at += 1;
    }
    each
};

/// What keys are found with.
struct Finding<'a, S: Simd> {
    /// Cells to a unit.
    scales: &'a [f64; LANES],
    /// The cell of zero.
    offsets: &'a [f64; LANES],
    /// The first cell.
    lowest: f64x8<S>,
    /// The last one.
    highest: f64x8<S>,
    /// The lower of two lanes.
    lower: u64x8<S>,
    /// The bits of the cells of both.
    cells: u64x8<S>,
}

impl<S: Simd> Finding<'_, S> {
    /// The keys of eight members each of a lane and of the one after it.
    #[inline(always)]
    fn of_pair<const LANE: usize>(
        &self,
        simd: S,
        members: &Members,
        first: usize,
        second: usize,
        which: u64x8<S>,
    ) -> u64x8<S> {
        let first = self.cells_of(simd, &members[first..first + LANES], LANE);
        let second = self.cells_of(simd, &members[second..second + LANES], LANE + 1);
        (((first & self.lower) | (second << 32)) & self.cells) | which
    }

    /// The cells of eight members of a lane, with their fractions.
    #[inline(always)]
    fn cells_of(&self, simd: S, members: &[f64], lane: usize) -> u64x8<S> {
        let (scale, offset) = (f64x8::splat(simd, self.scales[lane]), f64x8::splat(simd, self.offsets[lane]));
        (f64x8::from_slice(simd, members) * scale + offset).max(self.lowest).min(self.highest).bitcast()
    }
}

/// Stores the keys of a place and of the one after it.
#[inline(always)]
fn store_two<S: Simd>(keys: u64x8<S>, places: &mut [Keys; LANES], at: usize, upper: usize) {
    let (first, second) = keys.bitcast::<u32x16<S>>().split();
    first.store_array(half_mut(&mut places[at], upper));
    second.store_array(half_mut(&mut places[at + 1], upper));
}

/// The keys of a place in one half.
#[inline(always)]
fn half(keys: &Keys, upper: usize) -> &[u32; LANES] {
    &keys.0.as_chunks::<LANES>().0[upper]
}

/// The same, to be changed.
#[inline(always)]
fn half_mut(keys: &mut Keys, upper: usize) -> &mut [u32; LANES] {
    &mut keys.0.as_chunks_mut::<LANES>().0[upper]
}

/// Sums over sorted members, the least first.
struct Summing<S: Simd> {
    zero: f64x8<S>,
    outcomes: f64x8<S>,
    below: f64x8<S>,
    above: f64x8<S>,
    pairs: f64x8<S>,
    /// How often the next member is the greater one of a pair, less how often it is the lesser one.
    factor: f64x8<S>,
}

impl<S: Simd> Summing<S> {
    #[inline(always)]
    fn new(simd: S, outcomes: &[f64; LANES], count: usize) -> Self {
        let zero = f64x8::splat(simd, 0.0);
        let outcomes = f64x8::from_slice(simd, outcomes);
        Self { zero, outcomes, below: zero, above: zero, pairs: zero, factor: f64x8::splat(simd, 1.0 - count as f64) }
    }

    #[inline(always)]
    fn add(&mut self, members: f64x8<S>) {
        let short = self.outcomes - members;
        self.below += short.max(self.zero);
        self.above -= short.min(self.zero);
        self.pairs += members * self.factor;
        self.factor += 2.0;
    }

    #[inline(always)]
    fn finish(self) -> Sums {
        let mut out = [[0.0; LANES]; 3];
        self.below.store_slice(&mut out[0]);
        self.above.store_slice(&mut out[1]);
        self.pairs.store_slice(&mut out[2]);
        out
    }
}

#[cfg(test)]
#[path = "eight_tests.rs"]
mod tests;
