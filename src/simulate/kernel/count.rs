//! How many worlds bit columns hold in.

use crate::simulate::block::{Plane, VECTORS, vector};
use fearless_simd::{Level, Simd, SimdBase, dispatch, u64x8};

/// How many worlds a bit column holds in.
#[must_use]
pub(crate) fn ones(level: Level, plane: &Plane) -> u64 {
    dispatch!(level, simd => total(simd, plane, plane))
}

/// How many worlds two bit columns hold in together.
#[must_use]
pub(crate) fn common(level: Level, left: &Plane, right: &Plane) -> u64 {
    dispatch!(level, simd => total(simd, left, right))
}

/// How many worlds a bit column holds in together with each of others, in their order.
pub(crate) fn with_each<'a>(
    level: Level,
    left: &Plane,
    others: impl Iterator<Item = &'a Plane>,
    tell: impl FnMut(u64),
) {
    #[inline(always)]
    fn with_each_in<'a, S: Simd>(
        simd: S,
        left: &Plane,
        others: impl Iterator<Item = &'a Plane>,
        mut tell: impl FnMut(u64),
    ) {
        for right in others {
            tell(total(simd, left, right));
        }
    }
    dispatch!(level, simd => with_each_in(simd, left, others, tell));
}

/// The ones in all vectors of two columns together: added up by carries, counted in each byte, then summed.
#[inline(always)]
fn total<S: Simd>(simd: S, left: &Plane, right: &Plane) -> u64 {
    let mut vectors = [u64x8::splat(simd, 0); VECTORS];
    for (place, both) in vectors.iter_mut().enumerate() {
        *both = vector(simd, left, place) & vector(simd, right, place);
    }
    let (ones_a, twos_a) = add(vectors[0], vectors[1], vectors[2]);
    let (ones_b, twos_b) = add(vectors[3], vectors[4], vectors[5]);
    let (ones_c, twos_c) = add(ones_a, ones_b, vectors[6]);
    let (ones, twos_d) = (ones_c ^ vectors[7], ones_c & vectors[7]);
    let (twos_e, fours_a) = add(twos_a, twos_b, twos_c);
    let (twos, fours_b) = (twos_e ^ twos_d, twos_e & twos_d);
    let (fours, eights) = (fours_a ^ fours_b, fours_a & fours_b);
    let sums = in_bytes(ones) + (in_bytes(twos) << 1) + (in_bytes(fours) << 2) + (in_bytes(eights) << 3);
    // 64 a byte at most, 128 in each pair of bytes, 512 in each word.
    let pairs = (sums & 0x00ff_00ff_00ff_00ff) + ((sums >> 8) & 0x00ff_00ff_00ff_00ff);
    let quads = pairs + (pairs >> 32);
    let words = (quads + (quads >> 16)) & 0xffff;
    words.to_array().into_iter().sum()
}

/// Three bits in each place become the low and the high bit of their sum.
#[inline(always)]
fn add<S: Simd>(a: u64x8<S>, b: u64x8<S>, c: u64x8<S>) -> (u64x8<S>, u64x8<S>) {
    let differs = a ^ b;
    (differs ^ c, (a & b) | (differs & c))
}

/// The ones in each byte.
#[inline(always)]
fn in_bytes<S: Simd>(word: u64x8<S>) -> u64x8<S> {
    let twos = word - ((word >> 1) & 0x5555_5555_5555_5555);
    let fours = (twos & 0x3333_3333_3333_3333) + ((twos >> 2) & 0x3333_3333_3333_3333);
    (fours + (fours >> 4)) & 0x0f0f_0f0f_0f0f_0f0f
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::{EVERYWHERE, WORDS, count, plane_where};

    #[test]
    fn counts_are_those_of_each_word() {
        let mut planes = vec![EVERYWHERE, [0; WORDS]];
        planes.extend((1..40).map(|step| plane_where(|world| (world * world / 7) % step == 0)));
        for (place, left) in planes.iter().enumerate() {
            assert_eq!(ones(Level::new(), left), count(left));
            let mut together = Vec::new();
            with_each(Level::new(), left, planes[place..].iter(), |worlds| together.push(worlds));
            for (right, together) in planes[place..].iter().zip(together) {
                let both = std::array::from_fn(|word| left[word] & right[word]);
                assert_eq!(common(Level::new(), left, right), count(&both));
                assert_eq!(together, count(&both));
            }
        }
    }
}
