//! Boolean algebra on bit columns, and bit columns from comparisons of numbers.

use crate::plan::{Comparison, Logic};
use crate::simulate::block::{Plane, VECTORS, set_vector, vector};
use crate::simulate::streams::LANES;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, f64x8, u64x8};

/// Combines two columns.
pub(crate) fn combine(level: Level, logic: Logic, left: &Plane, right: &Plane, out: &mut Plane) {
    match logic {
        Logic::And => {
            dispatch!(level, simd => zip(simd, left, right, out, #[inline(always)] |left, right| left & right));
        }
        Logic::Or => {
            dispatch!(level, simd => zip(simd, left, right, out, #[inline(always)] |left, right| left | right));
        }
        Logic::AndNot => {
            dispatch!(level, simd => zip(simd, left, right, out, #[inline(always)] |left, right| left & !right));
        }
        Logic::Xor => {
            dispatch!(level, simd => zip(simd, left, right, out, #[inline(always)] |left, right| left ^ right));
        }
    }
}

/// The opposite.
pub(crate) fn not(level: Level, of: &Plane, out: &mut Plane) {
    dispatch!(level, simd => zip(simd, of, of, out, #[inline(always)] |word, _| !word));
}

#[inline(always)]
fn zip<S: Simd>(
    simd: S,
    left: &Plane,
    right: &Plane,
    out: &mut Plane,
    combine: impl Fn(u64x8<S>, u64x8<S>) -> u64x8<S>,
) {
    for place in 0..VECTORS {
        set_vector(out, place, combine(vector(simd, left, place), vector(simd, right, place)));
    }
}

/// A column or the same number everywhere, as the kernels read it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side<'a> {
    /// A column.
    Column(&'a [f64]),
    /// A number.
    Constant(f64),
}

impl Side<'_> {
    /// Its value in a world.
    #[inline(always)]
    #[must_use]
    pub(crate) fn at(&self, world: usize) -> f64 {
        match self {
            Self::Column(column) => column[world],
            Self::Constant(value) => *value,
        }
    }

    /// Its values in the worlds from `8 at` on.
    #[inline(always)]
    fn eight<S: Simd>(self, simd: S, at: usize) -> f64x8<S> {
        match self {
            Self::Column(column) => f64x8::from_slice(simd, &column[LANES * at..LANES * (at + 1)]),
            Self::Constant(value) => f64x8::splat(simd, value),
        }
    }
}

/// Compares two numbers in every world. Infinities are equal to themselves; an undefined number compares as no.
pub(crate) fn compare(level: Level, comparison: Comparison, left: Side<'_>, right: Side<'_>, out: &mut Plane) {
    match comparison {
        Comparison::Equal => {
            dispatch!(level, simd => compare_by(simd, left, right, out, SimdBase::simd_eq));
        }
        Comparison::Less => {
            dispatch!(level, simd => compare_by(simd, left, right, out, SimdBase::simd_lt));
        }
        Comparison::LessOrEqual => {
            dispatch!(level, simd => compare_by(simd, left, right, out, SimdBase::simd_le));
        }
    }
}

#[inline(always)]
fn compare_by<S: Simd>(
    simd: S,
    left: Side<'_>,
    right: Side<'_>,
    out: &mut Plane,
    holds: impl Fn(f64x8<S>, f64x8<S>) -> <f64x8<S> as SimdBase<S>>::Mask,
) {
    for (word_index, word) in out.iter_mut().enumerate() {
        *word = 0;
        for byte in 0..8 {
            let at = 8 * word_index + byte;
            *word |= holds(left.eight(simd, at), right.eight(simd, at)).to_bitmask() << (8 * byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::{WORDS, plane_where};

    fn combined(logic: Logic, left: &Plane, right: &Plane) -> Plane {
        let mut out = [9; WORDS];
        combine(Level::new(), logic, left, right, &mut out);
        out
    }

    fn compared(comparison: Comparison, left: Side<'_>, right: Side<'_>) -> Plane {
        let mut out = [9; WORDS];
        compare(Level::new(), comparison, left, right, &mut out);
        out
    }

    #[test]
    fn algebra_is_that_of_each_world() {
        let left = plane_where(|world| world % 2 == 0);
        let right = plane_where(|world| world % 3 == 0);
        assert_eq!(combined(Logic::And, &left, &right), plane_where(|world| world % 6 == 0));
        assert_eq!(combined(Logic::Or, &left, &right), plane_where(|world| world % 2 == 0 || world % 3 == 0));
        assert_eq!(combined(Logic::AndNot, &left, &right), plane_where(|world| world % 2 == 0 && world % 3 != 0));
        assert_eq!(combined(Logic::Xor, &left, &right), plane_where(|world| (world % 2 == 0) != (world % 3 == 0)));
        let mut out = [9; WORDS];
        not(Level::new(), &left, &mut out);
        assert_eq!(out, plane_where(|world| world % 2 != 0));
    }

    #[test]
    fn comparisons_are_those_of_each_world() {
        let column: Vec<f64> =
            (0..4096).map(|world| if world % 5 == 0 { f64::INFINITY } else { f64::from(world % 7) }).collect();
        let three = Side::Constant(3.0);
        let left = Side::Column(&column);
        assert_eq!(compared(Comparison::Less, left, three), plane_where(|world| column[world] < 3.0));
        assert_eq!(compared(Comparison::LessOrEqual, three, left), plane_where(|world| column[world] >= 3.0));
        assert_eq!(compared(Comparison::Equal, left, left), plane_where(|_| true));
        assert_eq!(compared(Comparison::Less, left, left), plane_where(|_| false));
    }
}
