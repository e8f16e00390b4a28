//! How many worlds bit columns hold in.

use crate::simulate::block::{Plane, VECTORS, vector};
use fearless_simd::{Level, Simd, SimdBase, SimdInt, dispatch, u64x8};

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

/// The worlds of two columns together, counted as the instructions count ones best.
#[inline(always)]
fn total<S: Simd>(simd: S, left: &Plane, right: &Plane) -> u64 {
    let mut ones = u64x8::splat(simd, 0);
    for place in 0..VECTORS {
        ones += (vector(simd, left, place) & vector(simd, right, place)).count_ones();
    }
    ones.to_array().into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::columns::levels;
    use crate::simulate::block::{EVERYWHERE, WORDS, count, plane_where};

    #[test]
    fn counts_are_those_of_each_word() {
        let mut planes = vec![EVERYWHERE, [0; WORDS]];
        planes.extend((1..40).map(|step| plane_where(|world| (world * world / 7) % step == 0)));
        for level in levels() {
            for (place, left) in planes.iter().enumerate() {
                assert_eq!(ones(level, left), count(left));
                let mut together = Vec::new();
                with_each(level, left, planes[place..].iter(), |worlds| together.push(worlds));
                for (right, together) in planes[place..].iter().zip(together) {
                    let both = std::array::from_fn(|word| left[word] & right[word]);
                    assert_eq!(common(level, left, right), count(&both));
                    assert_eq!(together, count(&both));
                }
            }
        }
    }
}
