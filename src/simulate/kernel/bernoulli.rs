//! Yes/no draws as bit planes.
//!
//! Each world has a uniform `U` of 64 bits and is a yes where `U < p`. The bits are drawn plane by plane, most significant first, for
//! all worlds of the block at once, and compared with the bits of `p`, until every world has decided: about 13 planes for 4096
//! worlds. Bit `j` of world `w`'s uniform is always the same one of the stream, whatever the chances are; so a slightly
//! higher `p` turns a few noes into yeses and nothing else, and two variants of a scenario can be compared world by world.

use crate::plan::PlaneId;
use crate::simulate::block::{Plane, VECTORS, WORDS, set_vector, vector};
use crate::simulate::streams::StreamKey;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u64x8};

/// A probability in units of 2^-64, rounded down; 1 is apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Threshold {
    bits: u64,
    always: bool,
}

impl Threshold {
    /// Exact for 0, for 1, and for every probability of at least 2^-12; otherwise less than 2^-64 too low.
    #[must_use]
    pub(crate) fn new(probability: f64) -> Self {
        // The cast saturates, and 2^64 times a number below 1 is below 2^64.
        Self { bits: (probability * 18_446_744_073_709_551_616.0) as u64, always: probability >= 1.0 }
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

    /// The worlds of some rows, in one vector.
    #[inline(always)]
    fn worlds<S: Simd>(&self, simd: S, rows: Rows, planes: &[Plane], place: usize) -> u64x8<S> {
        let mut worlds = u64x8::splat(simd, 0);
        for mask in &self.masks[rows.start as usize..rows.end as usize] {
            worlds |= vector(simd, &planes[mask.0 as usize], place);
        }
        if rows.all_but { !worlds } else { worlds }
    }
}

/// Draws for the worlds in `among` (everywhere, if there is none); no elsewhere.
pub(crate) fn draw(
    level: Level,
    (key, block, part): (&StreamKey, u64, u64),
    among: Option<&Plane>,
    chances: &Chances,
    planes: &[Plane],
    out: &mut Plane,
) {
    dispatch!(level, simd => draw_in(simd, (key, block, part), among, chances, planes, out));
}

#[inline(always)]
fn draw_in<S: Simd>(
    simd: S,
    (key, block, part): (&StreamKey, u64, u64),
    among: Option<&Plane>,
    chances: &Chances,
    planes: &[Plane],
    out: &mut Plane,
) {
    let zero = u64x8::splat(simd, 0);
    let mut yes = [zero; VECTORS];
    let mut undecided = [!zero; VECTORS];
    if let Some(among) = among {
        for (place, undecided) in undecided.iter_mut().enumerate() {
            *undecided = vector(simd, among, place);
        }
    }
    if !(chances.always.none() && chances.never.none()) {
        for place in 0..VECTORS {
            let (always, never) = (
                chances.worlds(simd, chances.always, planes, place),
                chances.worlds(simd, chances.never, planes, place),
            );
            yes[place] = undecided[place] & always;
            undecided[place] &= !(always | never);
        }
    }
    let mut lanes = key.open_lanes(simd, block, part);
    for rows in &chances.places {
        let mut left = zero;
        if rows.start < rows.end {
            for place in 0..VECTORS {
                let (bits, random) = (chances.worlds(simd, *rows, planes, place), lanes.next());
                let open = undecided[place];
                yes[place] |= open & bits & !random;
                let still = open & !(bits ^ random);
                undecided[place] = still;
                left |= still;
            }
        } else if rows.all_but {
            for place in 0..VECTORS {
                let random = lanes.next();
                let open = undecided[place];
                yes[place] |= open & !random;
                undecided[place] = open & random;
                left |= open & random;
            }
        } else {
            for place in 0..VECTORS {
                let still = undecided[place] & !lanes.next();
                undecided[place] = still;
                left |= still;
            }
        }
        if left.simd_eq(0).all_true() {
            break;
        }
    }
    for (place, yes) in yes.into_iter().enumerate() {
        set_vector(out, place, yes);
    }
}

/// Draws from uniforms: a high uniform means yes.
#[must_use]
pub(crate) fn draw_from_uniforms<'a>(uniforms: &[f64], rows: impl Iterator<Item = (&'a Plane, f64)>) -> Plane {
    let mut yes = [0; WORDS];
    for (mask, chance) in rows {
        for word in 0..WORDS {
            let mut bits = 0;
            for bit in 0..64 {
                bits |= u64::from(1.0 - uniforms[64 * word + bit] < chance) << bit;
            }
            yes[word] |= bits & mask[word];
        }
    }
    yes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::{count, plane_where};

    fn draw_rows(key: &StreamKey, block: u64, rows: &[(Option<PlaneId>, Threshold)], planes: &[Plane]) -> Plane {
        let mut out = [0; WORDS];
        draw(Level::new(), (key, block, 0), None, &Chances::new(rows), planes, &mut out);
        out
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
        for chances in [&[0.37, 0.8][..], &[0.5, 1.0, 0.0], &[0.1, 0.9, 0.9, 0.7, 1.0], &[0.0, 0.0, 1e-9], &[1.0, 1.0]]
        {
            let planes: Vec<Plane> =
                (0..chances.len()).map(|row| plane_where(|world| world % chances.len() == row)).collect();
            let rows: Vec<(Option<PlaneId>, Threshold)> =
                (0..).map(|row| Some(PlaneId(row))).zip(chances.iter().map(|chance| Threshold::new(*chance))).collect();
            let is_yes = |world: usize| {
                let threshold = rows[world % rows.len()].1;
                threshold.always || uniforms[world] < threshold.bits
            };
            assert_eq!(draw_rows(&key, 0, &rows, &planes), plane_where(is_yes), "{chances:?}");
            let among = plane_where(|world| world % 7 < 2);
            let mut out = [9; WORDS];
            draw(Level::new(), (&key, 0, 0), Some(&among), &Chances::new(&rows), &planes, &mut out);
            assert_eq!(out, plane_where(|world| world % 7 < 2 && is_yes(world)));
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
}
