//! Boolean algebra on bit columns, and bit columns from comparisons of numbers.

use crate::plan::{Comparison, Logic, Operation, Step};
use crate::simulate::block::{Aligned, Plane, VECTORS, set_vector, vector};
use crate::simulate::streams::LANES;
use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, f64x8};

/// Fills the columns of boolean operations, one after another, up to the first operation of another kind; how many there were. Together they take
/// the place of many short calls: half of the steps of a network say where the rows of its tables hold.
pub(crate) fn combine(level: Level, steps: &[Step], planes: &mut [Aligned]) -> usize {
    #[inline(always)]
    fn combine_in<S: Simd>(simd: S, steps: &[Step], planes: &mut [Aligned]) {
        macro_rules! fill {
            ($out:expr, ($left:ident, $right:ident) => $words:expr) => {{
                let (left, right, out) = ($left.0 as usize, $right.0 as usize, $out.0 as usize);
                for place in 0..VECTORS {
                    let ($left, $right) = (vector(simd, &planes[left], place), vector(simd, &planes[right], place));
                    set_vector(&mut planes[out], place, $words);
                }
            }};
        }
        for step in steps {
            match step.operation {
                Operation::Logic { out, logic: Logic::And, left, right } => fill!(out, (left, right) => left & right),
                Operation::Logic { out, logic: Logic::Or, left, right } => fill!(out, (left, right) => left | right),
                Operation::Logic { out, logic: Logic::AndNot, left, right } => {
                    fill!(out, (left, right) => left & !right);
                }
                Operation::Logic { out, logic: Logic::Xor, left, right } => fill!(out, (left, right) => left ^ right),
                Operation::Not { out, of: left } => {
                    let right = left;
                    fill!(out, (left, right) => !(left & right));
                }
                _ => unreachable!("only boolean operations are taken"),
            }
        }
    }
    let is_boolean = |step: &&Step| matches!(step.operation, Operation::Logic { .. } | Operation::Not { .. });
    let steps = &steps[..steps.iter().take_while(is_boolean).count()];
    if !steps.is_empty() {
        dispatch!(level, simd => combine_in(simd, steps, planes));
    }
    steps.len()
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
    use crate::math::columns::levels;
    use crate::plan::PlaneId;
    use crate::simulate::block::{EVERYWHERE, WORDS, plane_where};

    fn step(operation: Operation) -> Step {
        Step { label: String::new(), operation }
    }

    fn combined(logic: Logic, left: &Plane, right: &Plane) -> Plane {
        let [out, left_id, right_id] = [2, 0, 1].map(PlaneId);
        let steps = [step(Operation::Logic { out, logic, left: left_id, right: right_id })];
        let mut planes = [Aligned(*left), Aligned(*right), Aligned([9; WORDS])];
        assert_eq!(combine(Level::new(), &steps, &mut planes), 1);
        planes[2].0
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
    }

    #[test]
    fn boolean_steps_read_those_before_them_up_to_one_of_another_kind() {
        let (a, b, c) = (PlaneId(0), PlaneId(1), PlaneId(2));
        let steps = [
            step(Operation::Not { out: b, of: a }),
            step(Operation::Logic { out: c, logic: Logic::Or, left: a, right: b }),
            // In the place of what it reads.
            step(Operation::Logic { out: a, logic: Logic::Xor, left: a, right: c }),
            step(Operation::ConstantPlane { out: a, value: true }),
            step(Operation::Not { out: c, of: a }),
        ];
        let even = plane_where(|world| world % 2 == 0);
        for level in levels() {
            let mut planes = [Aligned(even), Aligned([9; WORDS]), Aligned([9; WORDS])];
            assert_eq!(combine(level, &steps, &mut planes), 3);
            assert_eq!(planes.map(|plane| plane.0), [even.map(|word| !word), even.map(|word| !word), EVERYWHERE]);
            assert_eq!(combine(level, &steps[3..], &mut planes), 0);
        }
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
