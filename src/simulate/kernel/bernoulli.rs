//! Yes/no draws as bit planes.
//!
//! Each world has a uniform `U` of 64 bits and is a yes where `U < p`. The bits are drawn plane by plane, most significant first, for
//! all worlds of the block at once, and compared with the bits of `p` as they come, until every world has decided: after 12 planes one
//! world of 4096 is undecided in the mean. Bit `j` of world `w`'s uniform is always the same one of the stream, whatever the chances
//! are; so a slightly higher `p` turns a few noes into yeses and nothing else, and two variants of a scenario can be compared world by
//! world.

use super::by_world::ByWorld;
use super::chances::{Chances, worlds};
use crate::plan::PlaneId;
use crate::simulate::block::{Aligned, Plane, VECTORS, WORDS, set_vector, vector};
use crate::simulate::strata::{BITS, Strata};
use crate::simulate::streams::{Address, Lanes};
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u64x8};

/// How many places are compared before it is asked whether every world has decided.
const PLACES_BEFORE_ASKING: usize = 12;

/// The space that draws need.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    /// The bits of the uniforms, place by place.
    random: Vec<Aligned>,
}

impl Default for Space {
    fn default() -> Self {
        Self { random: vec![Aligned::default(); 64] }
    }
}

/// Draws for every world by one or several chances, the same uniform for all of them: one bit column for each.
pub(crate) fn draw(
    level: Level,
    address: Address<'_>,
    chances: &[Chances],
    planes: &mut [Aligned],
    space: &mut Space,
    out: &[PlaneId],
) {
    #[inline(always)]
    fn draw_in<S: Simd>(
        simd: S,
        address: Address<'_>,
        chances: &[Chances],
        planes: &mut [Aligned],
        Space { random }: &mut Space,
        out: &[PlaneId],
    ) {
        let (lanes, strata) = address.open(simd);
        if let (None, [chances], [out]) = (&strata, chances, out) {
            decide(simd, &mut Once(lanes), chances, planes, *out);
            return;
        }
        let mut kept = Kept { lanes, places: random, drawn: 0 };
        if let Some(strata) = &strata {
            kept.take(strata);
        }
        for (chances, out) in chances.iter().zip(out) {
            decide(simd, &mut kept, chances, planes, *out);
        }
    }
    dispatch!(level, simd => draw_in(simd, address, chances, planes, space, out));
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
}

/// A place of the chances: ones in the worlds of some rows, or in all others.
struct Place<'a, S: Simd, const ROWS: usize> {
    simd: S,
    number: usize,
    rows: [&'a Aligned; ROWS],
    flip: u64x8<S>,
}

impl<S: Simd, const ROWS: usize> Place<'_, S, ROWS> {
    /// Its bits in some worlds.
    #[inline(always)]
    fn ones(&self, at: usize) -> u64x8<S> {
        let mut listed = u64x8::splat(self.simd, 0);
        for row in self.rows {
            listed |= vector(self.simd, row, at);
        }
        listed ^ self.flip
    }
}

/// The bits of the uniforms, asked for place by place from the most significant on.
trait Bits<S: Simd> {
    /// Compares all worlds with a place of the chances. How many rows it has is known to the compiler, so that nothing is asked on the way.
    fn compare<const ROWS: usize>(&mut self, block: &mut [Deciding<S>; VECTORS], place: Place<'_, S, ROWS>);
}

/// Bits that are asked for once, straight from the stream.
struct Once<S: Simd>(Lanes<S>);

impl<S: Simd> Bits<S> for Once<S> {
    #[inline(always)]
    fn compare<const ROWS: usize>(&mut self, block: &mut [Deciding<S>; VECTORS], place: Place<'_, S, ROWS>) {
        for (at, deciding) in block.iter_mut().enumerate() {
            deciding.compare(place.ones(at), self.0.next());
        }
    }
}

/// Bits that are asked for again, or come from strata: drawn when they are needed first, and kept.
struct Kept<'a, S: Simd> {
    lanes: Lanes<S>,
    places: &'a mut [Aligned],
    drawn: usize,
}

impl<S: Simd> Kept<'_, S> {
    /// Takes the first places from strata.
    #[inline(always)]
    fn take(&mut self, strata: &Strata) {
        for place in 0..BITS {
            strata.place(place, &mut self.places[place]);
        }
        self.drawn = BITS;
    }
}

impl<S: Simd> Bits<S> for Kept<'_, S> {
    #[inline(always)]
    fn compare<const ROWS: usize>(&mut self, block: &mut [Deciding<S>; VECTORS], place: Place<'_, S, ROWS>) {
        let kept = &mut self.places[place.number];
        if place.number < self.drawn {
            for (at, deciding) in block.iter_mut().enumerate() {
                deciding.compare(place.ones(at), vector(place.simd, kept, at));
            }
        } else {
            for (at, deciding) in block.iter_mut().enumerate() {
                let words = self.lanes.next();
                set_vector(kept, at, words);
                deciding.compare(place.ones(at), words);
            }
            self.drawn += 1;
        }
    }
}

/// Compares with the bits until every world has decided.
#[inline(always)]
fn decide<S: Simd>(simd: S, bits: &mut impl Bits<S>, chances: &Chances, planes: &mut [Aligned], out: PlaneId) {
    for (sum, rows) in &chances.sums {
        let (planes, sums) = planes.split_at_mut(sum.0 as usize);
        worlds(simd, chances, *rows, planes, &mut sums[0]);
    }
    let plane = |mask: PlaneId| &planes[mask.0 as usize];
    // Here rather than in the space, so that the stack begins where a line of the cache does: vectors that find no register are put there.
    let (mut gathered, mut never) = (Aligned::default(), Aligned::default());
    let none = u64x8::splat(simd, 0);
    let mut block = [Deciding { yes: none, open: !none }; VECTORS];
    if !chances.always.none() || !chances.never.none() {
        worlds(simd, chances, chances.always, planes, &mut gathered);
        worlds(simd, chances, chances.never, planes, &mut never);
        for (at, deciding) in block.iter_mut().enumerate() {
            let yes = vector(simd, &gathered, at);
            *deciding = Deciding { yes, open: !(yes | vector(simd, &never, at)) };
        }
    }
    for (number, rows) in chances.places.iter().enumerate() {
        let flip = u64x8::splat(simd, if rows.all_but { u64::MAX } else { 0 });
        macro_rules! compare {
            ($($row:expr),*) => {
                bits.compare(&mut block, Place { simd, number, rows: [$($row),*], flip })
            };
        }
        // Few rows are read where they stand.
        match *chances.masks(*rows) {
            [] => compare!(),
            [a] => compare!(plane(a)),
            [a, b] => compare!(plane(a), plane(b)),
            [a, b, c] => compare!(plane(a), plane(b), plane(c)),
            [a, b, c, d] => compare!(plane(a), plane(b), plane(c), plane(d)),
            [a, b, c, d, e] => compare!(plane(a), plane(b), plane(c), plane(d), plane(e)),
            [a, b, c, d, e, f] => compare!(plane(a), plane(b), plane(c), plane(d), plane(e), plane(f)),
            _ => {
                worlds(simd, chances, *rows, planes, &mut gathered);
                bits.compare(&mut block, Place { simd, number, rows: [&gathered], flip: none });
            }
        }
        if number + 1 >= PLACES_BEFORE_ASKING {
            let mut open = none;
            for deciding in &block {
                open |= deciding.open;
            }
            if open.simd_eq(0).all_true() {
                break;
            }
        }
    }
    let out = &mut planes[out.0 as usize];
    for (at, deciding) in block.iter().enumerate() {
        set_vector(out, at, deciding.yes);
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
    use crate::math::columns::levels;
    use crate::simulate::block::{count, plane_where};
    use crate::simulate::kernel::chances::Threshold;
    use crate::simulate::strata::Design;
    use crate::simulate::streams::{LANES, Stream, StreamKey, strata_of};

    fn at(key: &StreamKey, block: u64) -> Address<'_> {
        Address { key, block, design: Design::Independent }
    }

    /// The bits of each world's uniform from a place on, one after another.
    fn draw_plainly(stream: &mut Stream, first: usize, uniforms: &mut [u64]) {
        for place in first..64 {
            for group in 0..8 {
                for (lane, word) in stream.next_words().into_iter().enumerate() {
                    for bit in 0..64 {
                        uniforms[64 * (8 * group + lane) + bit] |= ((word >> bit) & 1) << (63 - place);
                    }
                }
            }
        }
    }

    /// Columns of these masks, of sums and of what is drawn: the last of them, of each of the chances.
    fn drawn(level: Level, address: Address<'_>, chances: &[Chances], planes: &[Aligned]) -> Vec<Plane> {
        let first = chances.iter().map(Chances::columns).fold(planes.len(), usize::max);
        let mut planes = planes.to_vec();
        planes.resize(first + chances.len(), Aligned([9; WORDS]));
        let out: Vec<PlaneId> = (first..planes.len()).map(|plane| PlaneId(plane as u32)).collect();
        draw(level, address, chances, &mut planes, &mut Space::default(), &out);
        planes[first..].iter().map(|plane| plane.0).collect()
    }

    fn chances_of(rows: &[(Option<PlaneId>, Threshold)]) -> Chances {
        Chances::new(rows, PlaneId(rows.len() as u32))
    }

    fn draw_rows(key: &StreamKey, block: u64, rows: &[(Option<PlaneId>, Threshold)], planes: &[Aligned]) -> Plane {
        drawn(Level::new(), at(key, block), &[chances_of(rows)], planes)[0]
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
        draw_plainly(&mut stream, 0, &mut uniforms);
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
            let both = [chances_of(&[(None, Threshold::new(probability))]), chances_of(&rows)];
            assert_eq!(drawn(Level::new(), at(&key, 0), &both, &planes), [expected, plane_where(is_yes)]);
        }
    }

    #[test]
    fn any_number_of_rows_is_compared_alike_by_any_instructions_whether_bits_are_kept_or_not() {
        let key = StreamKey::new(8, "rows");
        let mut stream = key.open(2);
        let mut uniforms = vec![0_u64; 4096];
        draw_plainly(&mut stream, 0, &mut uniforms);
        let alike = chances_of(&[(None, Threshold::new(0.4))]);
        for rows in 1..=20_usize {
            // Multiples of the golden section are spread out. Two rows have the same chance, the first two none.
            let thresholds: Vec<Threshold> =
                (0..rows).map(|row| Threshold::new((row / 2) as f64 * 0.618_033_988_75 % 1.0)).collect();
            let row_of = |world: usize| world * world / 5 % rows;
            let planes: Vec<Aligned> =
                (0..rows).map(|row| Aligned(plane_where(|world| row_of(world) == row))).collect();
            let masked: Vec<(Option<PlaneId>, Threshold)> =
                (0..).map(|row| Some(PlaneId(row))).zip(thresholds.iter().copied()).collect();
            let chances = chances_of(&masked);
            let expected = plane_where(|world| uniforms[world] < thresholds[row_of(world)].bits);
            for level in levels() {
                assert_eq!(
                    drawn(level, at(&key, 2), std::slice::from_ref(&chances), &planes),
                    [expected],
                    "{rows} {level:?}"
                );
                let kept = [alike.clone(), chances.clone(), chances.clone()];
                assert_eq!(drawn(level, at(&key, 2), &kept, &planes)[1..], [expected; 2], "{rows} {level:?}");
            }
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
        draw_plainly(&mut stream, BITS, &mut uniforms);
        let row = plane_where(|world| world.is_multiple_of(3));
        let planes = [Aligned(row), Aligned(row.map(|word| !word))];
        for chances in [[0.3, 0.7], [0.015_625, 1e-4], [0.5, 0.99]] {
            let thresholds = chances.map(Threshold::new);
            let rows = [(Some(PlaneId(0)), thresholds[0]), (Some(PlaneId(1)), thresholds[1])];
            let out = drawn(Level::new(), address, &[chances_of(&rows)], &planes);
            let bits = |world: usize| thresholds[usize::from(!world.is_multiple_of(3))].bits;
            assert_eq!(out, [plane_where(|world| uniforms[world] < bits(world))]);
        }
    }

    #[test]
    fn stratified_shares_are_as_near_to_the_chance_as_64_worlds_can_be_and_meet_it_in_the_mean() {
        let key = StreamKey::new(5, "shares");
        let blocks = 500;
        for probability in [0.5, 0.3, 1.0 / 3.0, 0.00007, 0.99995, 0.062_51] {
            let chances = [chances_of(&[(None, Threshold::new(probability))])];
            let expected = probability * 64.0;
            let mut yes = 0;
            for block in 0..blocks {
                let address = Address { design: Design::Stratified, ..at(&key, block) };
                let out = drawn(Level::new(), address, &chances, &[]);
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
