//! Yes/no draws as bit planes.
//!
//! Each world has a uniform `U` of 64 bits and is a yes where `U < p`. The bits are drawn plane by plane, most significant first, for
//! all worlds of the block at once, and compared with the bits of `p`, until every world has decided: about 13 planes for 4096
//! worlds. Bit `j` of world `w`'s uniform is always the same one of the stream, whatever the chances are; so a slightly
//! higher `p` turns a few noes into yeses and nothing else, and two variants of a scenario can be compared world by world.

use crate::simulate::block::{Plane, WORDS};
use crate::simulate::streams::{LANES, Stream};

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
}

/// Draws for the worlds in `among`, from rows of (where, chance); no elsewhere.
#[must_use]
pub(crate) fn draw<'a>(
    stream: &mut Stream,
    among: &Plane,
    rows: &(impl Iterator<Item = (&'a Plane, Threshold)> + Clone),
) -> Plane {
    let mut yes = [0; WORDS];
    let mut undecided = [0; WORDS];
    let mut any_bits = 0;
    for (mask, threshold) in rows.clone() {
        any_bits |= threshold.bits;
        for word in 0..WORDS {
            if threshold.always {
                yes[word] |= mask[word] & among[word];
            } else if threshold.bits != 0 {
                undecided[word] |= mask[word] & among[word];
            }
        }
    }
    // Below the last bit set in any chance, equal means not less.
    let planes = 64 - any_bits.trailing_zeros().min(64);
    for place in 0..planes {
        if undecided.iter().all(|word| *word == 0) {
            break;
        }
        let bit = 63 - place;
        let mut chance_bits = [0; WORDS];
        for (mask, threshold) in rows.clone() {
            if (threshold.bits >> bit) & 1 == 1 {
                for word in 0..WORDS {
                    chance_bits[word] |= mask[word];
                }
            }
        }
        for group in (0..WORDS).step_by(LANES) {
            let random = stream.next_words();
            for (lane, random) in random.into_iter().enumerate() {
                let word = group + lane;
                let differs = chance_bits[word] ^ random;
                yes[word] |= undecided[word] & differs & chance_bits[word];
                undecided[word] &= !differs;
            }
        }
    }
    yes
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
    use crate::simulate::block::{EVERYWHERE, count, plane_where};
    use crate::simulate::streams::StreamKey;

    fn draw_alike(stream: &mut Stream, threshold: Threshold) -> Plane {
        draw(stream, &EVERYWHERE, &std::iter::once((&EVERYWHERE, threshold)))
    }

    fn share(probability: f64, blocks: u64) -> f64 {
        let key = StreamKey::new(3, "bernoulli");
        let threshold = Threshold::new(probability);
        let yes: u64 = (0..blocks).map(|block| count(&draw_alike(&mut key.open(block), threshold))).sum();
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
        assert_eq!(draw_alike(&mut key.open(0), Threshold::new(probability)), expected);
        let rows = [plane_where(|world| world % 3 == 0), plane_where(|world| world % 3 != 0)];
        let thresholds = [Threshold::new(0.37), Threshold::new(0.8)];
        let drawn = draw(&mut key.open(0), &EVERYWHERE, &rows.iter().zip(thresholds));
        let expected = plane_where(|world| uniforms[world] < thresholds[usize::from(world % 3 != 0)].bits);
        assert_eq!(drawn, expected);
    }

    #[test]
    fn a_higher_chance_only_adds_worlds() {
        let key = StreamKey::new(6, "monotone");
        let mut before = [0; WORDS];
        for percent in 0..=100 {
            let now = draw_alike(&mut key.open(4), Threshold::new(f64::from(percent) / 100.0));
            assert!(before.iter().zip(&now).all(|(before, now)| before & !now == 0));
            before = now;
        }
    }
}
