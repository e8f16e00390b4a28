//! Boolean algebra on bit columns, and bit columns from comparisons of numbers.

use crate::plan::{Comparison, Logic};
use crate::simulate::block::{Plane, WORDS};

/// Combines two columns.
#[must_use]
pub(crate) fn combine(logic: Logic, left: &Plane, right: &Plane) -> Plane {
    match logic {
        Logic::And => zip(left, right, |left, right| left & right),
        Logic::Or => zip(left, right, |left, right| left | right),
        Logic::AndNot => zip(left, right, |left, right| left & !right),
        Logic::Xor => zip(left, right, |left, right| left ^ right),
    }
}

/// The opposite.
#[must_use]
pub(crate) fn not(of: &Plane) -> Plane {
    zip(of, of, |word, _| !word)
}

#[inline(always)]
fn zip(left: &Plane, right: &Plane, combine: impl Fn(u64, u64) -> u64) -> Plane {
    let mut out = [0; WORDS];
    for (out, (left, right)) in out.iter_mut().zip(left.iter().zip(right)) {
        *out = combine(*left, *right);
    }
    out
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
}

/// Compares two numbers in every world. Infinities are equal to themselves; an undefined number compares as no.
#[must_use]
pub(crate) fn compare(comparison: Comparison, left: Side<'_>, right: Side<'_>) -> Plane {
    match comparison {
        Comparison::Equal => compare_by(left, right, |left, right| left == right),
        Comparison::Less => compare_by(left, right, |left, right| left < right),
        Comparison::LessOrEqual => compare_by(left, right, |left, right| left <= right),
    }
}

#[inline(always)]
fn compare_by(left: Side<'_>, right: Side<'_>, holds: impl Fn(f64, f64) -> bool) -> Plane {
    let mut out = [0; WORDS];
    for (word_index, word) in out.iter_mut().enumerate() {
        for bit in 0..64 {
            let world = 64 * word_index + bit;
            *word |= u64::from(holds(left.at(world), right.at(world))) << bit;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::plane_where;

    #[test]
    fn algebra_is_that_of_each_world() {
        let left = plane_where(|world| world % 2 == 0);
        let right = plane_where(|world| world % 3 == 0);
        assert_eq!(combine(Logic::And, &left, &right), plane_where(|world| world % 6 == 0));
        assert_eq!(combine(Logic::Or, &left, &right), plane_where(|world| world % 2 == 0 || world % 3 == 0));
        assert_eq!(combine(Logic::AndNot, &left, &right), plane_where(|world| world % 2 == 0 && world % 3 != 0));
        assert_eq!(combine(Logic::Xor, &left, &right), plane_where(|world| (world % 2 == 0) != (world % 3 == 0)));
        assert_eq!(not(&left), plane_where(|world| world % 2 != 0));
    }

    #[test]
    fn comparisons_are_those_of_each_world() {
        let column: Vec<f64> =
            (0..4096).map(|world| if world % 5 == 0 { f64::INFINITY } else { f64::from(world % 7) }).collect();
        let three = Side::Constant(3.0);
        let left = Side::Column(&column);
        assert_eq!(compare(Comparison::Less, left, three), plane_where(|world| column[world] < 3.0));
        assert_eq!(compare(Comparison::LessOrEqual, three, left), plane_where(|world| column[world] >= 3.0));
        assert_eq!(compare(Comparison::Equal, left, left), plane_where(|_| true));
        assert_eq!(compare(Comparison::Less, left, left), plane_where(|_| false));
    }
}
