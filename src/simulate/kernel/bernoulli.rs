//! Yes/no draws as bit planes.
//!
//! Each world has a uniform `U` of 64 bits and is a yes where `U < p`. The bits are drawn plane by plane, most significant first, for
//! all worlds of the block at once, and compared with the bits of `p`, until every world has decided: 14 planes for 4096
//! worlds, and more in one block of five. Bit `j` of world `w`'s uniform is always the same one of the stream, whatever the chances
//! are; so a slightly higher `p` turns a few noes into yeses and nothing else, and two variants of a scenario can be compared world by
//! world.

use super::by_world::ByWorld;
use crate::plan::PlaneId;
use crate::simulate::block::{Aligned, NOWHERE, Plane, VECTORS, WORDS, set_vector, vector};
use crate::simulate::strata::{BITS, Strata};
use crate::simulate::streams::{Address, Lanes};
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u64x8};

/// A probability in units of 2^-64, rounded down; 1 is apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Threshold {
    bits: u64,
    always: bool,
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
    always: Rows,
    /// Where it is impossible.
    never: Rows,
    places: Vec<Rows>,
    /// The masks of all lists, one after another.
    masks: Vec<PlaneId>,
}

/// A list of rows, as a part of [`Chances::masks`]; or all rows but those.
#[derive(Debug, Clone, Copy, Default)]
struct Rows {
    start: u32,
    end: u32,
    all_but: bool,
}

impl Rows {
    fn none(self) -> bool {
        self.start == self.end && !self.all_but
    }

    /// Whether they are gathered before they are used.
    fn many(self) -> bool {
        self.end - self.start > 2
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

    fn masks(&self, rows: Rows) -> &[PlaneId] {
        &self.masks[rows.start as usize..rows.end as usize]
    }
}

/// How many places are drawn and compared before anything is asked: after 14 of them, one block in five has a world undecided.
const AT_ONCE: usize = 14;

/// The space that draws need.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    /// The bits of the uniforms, place by place.
    random: Vec<Aligned>,
    /// The bits of the chances in the first places.
    gathered: Vec<Aligned>,
}

impl Default for Space {
    fn default() -> Self {
        Self { random: vec![Aligned::default(); 64], gathered: vec![Aligned::default(); AT_ONCE] }
    }
}

/// Draws for every world by one or several chances, the same uniform for all of them: one bit column for each.
pub(crate) fn draw(
    level: Level,
    address: Address<'_>,
    chances: &[Chances],
    planes: &[Aligned],
    space: &mut Space,
    out: &mut [Aligned],
) {
    #[inline(always)]
    fn draw_in<S: Simd>(
        simd: S,
        address: Address<'_>,
        chances: &[Chances],
        planes: &[Aligned],
        Space { random, gathered }: &mut Space,
        out: &mut [Aligned],
    ) {
        let (lanes, strata) = address.open(simd);
        let mut random = Random { lanes, places: random, drawn: 0 };
        if let Some(strata) = strata {
            random.take(&strata);
        }
        for (chances, out) in chances.iter().zip(out) {
            decide(simd, &mut random, chances, planes, gathered, out);
        }
    }
    dispatch!(level, simd => draw_in(simd, address, chances, planes, space, out));
}

/// The bits of the uniforms, place by place from the most significant on; drawn when they are needed first, and kept.
struct Random<'a, S: Simd> {
    lanes: Lanes<S>,
    places: &'a mut [Aligned],
    drawn: usize,
}

impl<S: Simd> Random<'_, S> {
    /// Takes the first places from strata.
    #[inline(always)]
    fn take(&mut self, strata: &Strata) {
        for place in 0..BITS {
            strata.place(place, &mut self.places[place]);
        }
        self.drawn = BITS;
    }

    /// Draws the first so many places.
    #[inline(always)]
    fn draw(&mut self, places: usize) {
        while self.drawn < places {
            let plane = &mut self.places[self.drawn];
            for at in 0..VECTORS {
                set_vector(plane, at, self.lanes.next());
            }
            self.drawn += 1;
        }
    }
}

/// The bits of the chances in one place.
#[derive(Clone, Copy)]
enum Bits<'a> {
    /// The same in every world.
    Everywhere(bool),
    /// Ones in a column, or zeros.
    In(&'a Aligned, u64),
    /// Ones in either column, or zeros.
    InEither(&'a Aligned, &'a Aligned, u64),
}

impl<'a> Bits<'a> {
    /// Of rows that are few, or gathered.
    fn new(chances: &Chances, rows: Rows, planes: &'a [Aligned], gathered: &'a Aligned) -> Self {
        if rows.many() {
            return Self::In(gathered, 0);
        }
        let flip = if rows.all_but { u64::MAX } else { 0 };
        let plane = |mask: PlaneId| &planes[mask.0 as usize];
        match *chances.masks(rows) {
            [one, two, ..] => Self::InEither(plane(one), plane(two), flip),
            [one] => Self::In(plane(one), flip),
            [] => Self::Everywhere(rows.all_but),
        }
    }
}

/// Some worlds on their way: which are a yes, and which are undecided.
#[derive(Clone, Copy)]
struct Deciding<S: Simd> {
    yes: u64x8<S>,
    open: u64x8<S>,
}

impl<S: Simd> Deciding<S> {
    /// Compares a bit of the chances with one of the uniforms.
    #[inline(always)]
    fn compare(&mut self, ones: u64x8<S>, random: u64x8<S>) {
        let differs = self.open & (ones ^ random);
        self.yes |= differs & ones;
        self.open ^= differs;
    }

    /// The same where the bit of the chances is one in all worlds, or in none.
    #[inline(always)]
    fn compare_alike(&mut self, one: bool, random: u64x8<S>) {
        if one {
            self.yes |= self.open & !random;
            self.open &= random;
        } else {
            self.open &= !random;
        }
    }
}

/// Compares with the bits until every world has decided.
#[inline(always)]
fn decide<S: Simd>(
    simd: S,
    random: &mut Random<'_, S>,
    chances: &Chances,
    planes: &[Aligned],
    gathered: &mut [Aligned],
    out: &mut Plane,
) {
    let at_once = chances.places.len().min(AT_ONCE);
    random.draw(at_once);
    for (place, rows) in chances.places[..at_once].iter().enumerate() {
        if rows.many() {
            worlds(simd, chances, *rows, planes, &mut gathered[place]);
        }
    }
    let mut bits = [Bits::Everywhere(false); AT_ONCE];
    for (place, rows) in chances.places[..at_once].iter().enumerate() {
        bits[place] = Bits::new(chances, *rows, planes, &gathered[place]);
    }
    let mut undecided = Aligned([u64::MAX; WORDS]);
    if chances.always.none() && chances.never.none() {
        *out = NOWHERE.0;
    } else {
        worlds(simd, chances, chances.always, planes, out);
        worlds(simd, chances, chances.never, planes, &mut undecided);
        for at in 0..VECTORS {
            let settled = vector(simd, &undecided, at) | vector(simd, out, at);
            set_vector(&mut undecided, at, !settled);
        }
    }
    let mut left = u64x8::splat(simd, 0);
    // Two vectors at a time, so that what a place is like is asked half as often.
    for pair in 0..VECTORS / 2 {
        let (first, second) = (2 * pair, 2 * pair + 1);
        let mut one = Deciding { yes: vector(simd, out, first), open: vector(simd, &undecided, first) };
        let mut two = Deciding { yes: vector(simd, out, second), open: vector(simd, &undecided, second) };
        for (bits, random) in bits[..at_once].iter().zip(&*random.places) {
            let random = (vector(simd, random, first), vector(simd, random, second));
            match *bits {
                Bits::Everywhere(bit) => {
                    one.compare_alike(bit, random.0);
                    two.compare_alike(bit, random.1);
                }
                Bits::In(column, flip) => {
                    let flip = u64x8::splat(simd, flip);
                    one.compare(vector(simd, column, first) ^ flip, random.0);
                    two.compare(vector(simd, column, second) ^ flip, random.1);
                }
                Bits::InEither(column, other, flip) => {
                    let flip = u64x8::splat(simd, flip);
                    one.compare((vector(simd, column, first) | vector(simd, other, first)) ^ flip, random.0);
                    two.compare((vector(simd, column, second) | vector(simd, other, second)) ^ flip, random.1);
                }
            }
        }
        set_vector(out, first, one.yes);
        set_vector(out, second, two.yes);
        set_vector(&mut undecided, first, one.open);
        set_vector(&mut undecided, second, two.open);
        left |= one.open | two.open;
    }
    let mut place = at_once;
    while place < chances.places.len() && !left.simd_eq(0).all_true() {
        random.draw(place + 1);
        worlds(simd, chances, chances.places[place], planes, &mut gathered[0]);
        left = u64x8::splat(simd, 0);
        for at in 0..VECTORS {
            let (ones, open) = (vector(simd, &gathered[0], at), vector(simd, &undecided, at));
            let differs = open & (ones ^ vector(simd, &random.places[place], at));
            set_vector(out, at, vector(simd, out, at) | (differs & ones));
            set_vector(&mut undecided, at, open ^ differs);
            left |= open ^ differs;
        }
        place += 1;
    }
}

/// The worlds of some rows.
#[inline(always)]
fn worlds<S: Simd>(simd: S, chances: &Chances, rows: Rows, planes: &[Aligned], out: &mut Plane) {
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

/// Draws the worlds of a row from uniforms: a high uniform means yes.
pub(crate) fn draw_from_uniforms(uniforms: &[f64], mask: &Plane, chance: ByWorld<'_, f64>, yes: &mut Plane) {
    for word in 0..WORDS {
        let mut bits = 0;
        for bit in 0..64 {
            let world = 64 * word + bit;
            bits |= u64::from(1.0 - uniforms[world] < *chance.at(world)) << bit;
        }
        yes[word] |= bits & mask[word];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::{count, plane_where};
    use crate::simulate::strata::Design;
    use crate::simulate::streams::{LANES, StreamKey, strata_of};

    fn at(key: &StreamKey, block: u64) -> Address<'_> {
        Address { key, block, design: Design::Independent }
    }

    fn draw_rows(key: &StreamKey, block: u64, rows: &[(Option<PlaneId>, Threshold)], planes: &[Aligned]) -> Plane {
        let mut out = [Aligned([9; WORDS])];
        draw(Level::new(), at(key, block), &[Chances::new(rows)], planes, &mut Space::default(), &mut out);
        out[0].0
    }

    fn draw_alike(key: &StreamKey, block: u64, threshold: Threshold) -> Plane {
        draw_rows(key, block, &[(None, threshold)], &[])
    }

    fn share(probability: f64, blocks: u64) -> f64 {
        let key = StreamKey::new(3, "bernoulli");
        let threshold = Threshold::new(probability);
        let yes: u64 = (0..blocks).map(|block| count(&draw_alike(&key, block, threshold))).sum();
        yes as f64 / (blocks as f64 * 4096.0)
    }

    #[test]
    fn zero_never_and_one_always_happens() {
        assert_eq!(share(0.0, 10), 0.0);
        assert_eq!(share(1.0, 10), 1.0);
        assert_eq!(share(1e-30, 10), 0.0);
    }

    #[test]
    fn shares_meet_the_chance() {
        for probability in [0.5, 0.25, 0.3, 1.0 / 3.0, 0.001, 0.999, 0.62, 1.0 - f64::EPSILON / 2.0] {
            let worlds = 500.0 * 4096.0_f64;
            let error = (probability * (1.0 - probability) / worlds).sqrt();
            // 5.2 standard errors in 8 cases: false alarms 1.6e-6.
            assert!((share(probability, 500) - probability).abs() <= 5.2 * error, "{probability}");
        }
    }

    #[test]
    fn a_world_is_a_yes_where_its_64_bits_are_below_the_chance() {
        let probability = 0.37;
        let key = StreamKey::new(5, "plain");
        let mut uniforms = vec![0_u64; 4096];
        let mut stream = key.open(0);
        for place in 0..64 {
            for group in 0..8 {
                for (lane, word) in stream.next_words().into_iter().enumerate() {
                    for bit in 0..64 {
                        uniforms[64 * (8 * group + lane) + bit] |= ((word >> bit) & 1) << (63 - place);
                    }
                }
            }
        }
        let bits = Threshold::new(probability).bits;
        let expected = plane_where(|world| uniforms[world] < bits);
        assert_eq!(draw_alike(&key, 0, Threshold::new(probability)), expected);
        // With certain, impossible and ever more rows.
        for chances in [
            &[0.37, 0.8][..],
            &[0.5, 1.0, 0.0],
            &[0.1, 0.9, 0.9, 0.7, 1.0],
            &[0.0, 0.0, 1e-9],
            &[1.0, 1.0],
            &[0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 0.1, 0.3],
        ] {
            let planes: Vec<Aligned> =
                (0..chances.len()).map(|row| Aligned(plane_where(|world| world % chances.len() == row))).collect();
            let rows: Vec<(Option<PlaneId>, Threshold)> =
                (0..).map(|row| Some(PlaneId(row))).zip(chances.iter().map(|chance| Threshold::new(*chance))).collect();
            let is_yes = |world: usize| {
                let threshold = rows[world % rows.len()].1;
                threshold.always || uniforms[world] < threshold.bits
            };
            assert_eq!(draw_rows(&key, 0, &rows, &planes), plane_where(is_yes), "{chances:?}");
            let mut out = [Aligned([9; WORDS]); 2];
            let both = [Chances::new(&[(None, Threshold::new(probability))]), Chances::new(&rows)];
            draw(Level::new(), at(&key, 0), &both, &planes, &mut Space::default(), &mut out);
            assert_eq!(out.map(|plane| plane.0), [expected, plane_where(is_yes)]);
        }
    }

    #[test]
    fn a_higher_chance_only_adds_worlds() {
        let key = StreamKey::new(6, "monotone");
        let mut before = [0; WORDS];
        for percent in 0..=100 {
            let now = draw_alike(&key, 4, Threshold::new(f64::from(percent) / 100.0));
            assert!(before.iter().zip(&now).all(|(before, now)| before & !now == 0));
            before = now;
        }
    }

    #[test]
    fn a_stratified_world_is_a_yes_where_its_stratum_and_the_bits_below_are_below_the_chance() {
        let key = StreamKey::new(5, "strata");
        let address = Address { design: Design::Stratified, ..at(&key, 3) };
        let strata = strata_of(&address);
        let mut uniforms: Vec<u64> =
            (0..WORDS).flat_map(|word| strata.of_word(word)).map(|stratum| u64::from(stratum) << (64 - BITS)).collect();
        let mut stream = key.open(3);
        // The strata took a word for each word.
        for _ in 0..WORDS / LANES {
            let _ = stream.next_words();
        }
        for place in BITS..64 {
            for group in 0..8 {
                for (lane, word) in stream.next_words().into_iter().enumerate() {
                    for bit in 0..64 {
                        uniforms[64 * (8 * group + lane) + bit] |= ((word >> bit) & 1) << (63 - place);
                    }
                }
            }
        }
        let row = plane_where(|world| world.is_multiple_of(3));
        let planes = [Aligned(row), Aligned(row.map(|word| !word))];
        for chances in [[0.3, 0.7], [0.015_625, 1e-4], [0.5, 0.99]] {
            let thresholds = chances.map(Threshold::new);
            let rows = [(Some(PlaneId(0)), thresholds[0]), (Some(PlaneId(1)), thresholds[1])];
            let mut out = [Aligned([9; WORDS])];
            draw(Level::new(), address, &[Chances::new(&rows)], &planes, &mut Space::default(), &mut out);
            let bits = |world: usize| thresholds[usize::from(!world.is_multiple_of(3))].bits;
            assert_eq!(out[0].0, plane_where(|world| uniforms[world] < bits(world)));
        }
    }

    #[test]
    fn stratified_shares_are_as_near_to_the_chance_as_64_worlds_can_be_and_meet_it_in_the_mean() {
        let key = StreamKey::new(5, "shares");
        let blocks = 500;
        for probability in [0.5, 0.3, 1.0 / 3.0, 0.00007, 0.99995, 0.062_51] {
            let chances = [Chances::new(&[(None, Threshold::new(probability))])];
            let expected = probability * 64.0;
            let mut yes = 0;
            for block in 0..blocks {
                let address = Address { design: Design::Stratified, ..at(&key, block) };
                let mut out = [Aligned([9; WORDS])];
                draw(Level::new(), address, &chances, &[], &mut Space::default(), &mut out);
                assert!(out[0].iter().all(|word| (f64::from(word.count_ones()) - expected).abs() < 1.0));
                yes += count(&out[0]);
            }
            // Each word rounds up with the chance of the fraction; 5.1 standard errors in 6 cases: false alarms 2e-6 at most.
            let (words, fraction) = (64.0 * blocks as f64, expected.fract());
            let error = (fraction * (1.0 - fraction) / words).sqrt();
            assert!((yes as f64 / words - expected).abs() <= 5.1 * error, "{probability}");
        }
    }
}
