//! Arithmetic on number columns.

use super::logic::Side;
use crate::math::{Function, columns, power};
use crate::plan::Arithmetic;
use crate::simulate::block::{Plane, WORDS};
use fearless_simd::{Level, Simd, dispatch};

/// A sum, a product, … in every world.
pub(crate) fn combine(level: Level, arithmetic: Arithmetic, left: Side<'_>, right: Side<'_>, out: &mut [f64]) {
    dispatch!(level, simd => combine_in(simd, arithmetic, left, right, out));
}

#[inline(always)]
fn combine_in<S: Simd>(_: S, arithmetic: Arithmetic, left: Side<'_>, right: Side<'_>, out: &mut [f64]) {
    match arithmetic {
        Arithmetic::Add => each(left, right, out, |left, right| left + right),
        Arithmetic::Subtract => each(left, right, out, |left, right| left - right),
        Arithmetic::Multiply => each(left, right, out, |left, right| left * right),
        Arithmetic::Minimum => each(left, right, out, f64::min),
        Arithmetic::Maximum => each(left, right, out, f64::max),
    }
}

#[inline(always)]
fn each(left: Side<'_>, right: Side<'_>, out: &mut [f64], combine: impl Fn(f64, f64) -> f64) {
    match (left, right) {
        (Side::Column(left), Side::Column(right)) => {
            for (out, (left, right)) in out.iter_mut().zip(left.iter().zip(right)) {
                *out = combine(*left, *right);
            }
        }
        (Side::Column(left), Side::Constant(right)) => {
            out.iter_mut().zip(left).for_each(|(out, left)| *out = combine(*left, right));
        }
        (Side::Constant(left), Side::Column(right)) => {
            out.iter_mut().zip(right).for_each(|(out, right)| *out = combine(left, *right));
        }
        (Side::Constant(left), Side::Constant(right)) => out.fill(combine(left, right)),
    }
}

/// A quotient in every world, 0 where the divisor is 0; returns where that is.
pub(crate) fn divide(left: Side<'_>, right: Side<'_>, out: &mut [f64]) -> Plane {
    let mut by_zero = [0; WORDS];
    for (world, out) in out.iter_mut().enumerate() {
        let divisor = right.at(world);
        let zero = divisor == 0.0;
        *out = if zero { 0.0 } else { left.at(world) / divisor };
        by_zero[world / 64] |= u64::from(zero) << (world % 64);
    }
    by_zero
}

/// A power in every world, 0 where it has no value; returns where that is.
pub(crate) fn raise(base: Side<'_>, exponent: Side<'_>, out: &mut [f64]) -> Plane {
    each_that_has_one(out, |world| power(base.at(world), exponent.at(world)))
}

/// A function in every world, 0 where it has no value; returns where that is.
pub(crate) fn apply(level: Level, function: Function, of: Side<'_>, out: &mut [f64]) -> Plane {
    match (function, of) {
        (Function::Exponential, Side::Column(of)) => {
            out.copy_from_slice(of);
            columns::exp(level, out);
            without_value(out)
        }
        (Function::Logarithm, Side::Column(of)) => {
            out.copy_from_slice(of);
            columns::minus_ln(level, out);
            out.iter_mut().for_each(|value| *value = -*value);
            without_value(out)
        }
        _ => each_that_has_one(out, |world| function.value(of.at(world))),
    }
}

/// Writes 0 where an exponential or a logarithm has no value; returns where that is.
fn without_value(out: &mut [f64]) -> Plane {
    let mut without = [0; WORDS];
    for (word, values) in without.iter_mut().zip(out.chunks_mut(64)) {
        for (bit, value) in values.iter_mut().enumerate() {
            // Of no number, of one under 0, of 0.
            let lacks = value.is_nan() || *value == f64::NEG_INFINITY;
            *word |= u64::from(lacks) << bit;
            *value = if lacks { 0.0 } else { *value };
        }
    }
    without
}

#[inline(always)]
fn each_that_has_one(out: &mut [f64], value: impl Fn(usize) -> Option<f64>) -> Plane {
    let mut without = [0; WORDS];
    for (world, out) in out.iter_mut().enumerate() {
        let value = value(world);
        *out = value.unwrap_or(0.0);
        without[world / 64] |= u64::from(value.is_none()) << (world % 64);
    }
    without
}

/// How many of the bit columns hold, in every world.
pub(crate) fn count<'a>(of: impl Iterator<Item = &'a Plane>, out: &mut [f64]) {
    out.fill(0.0);
    for plane in of {
        for (world, out) in out.iter_mut().enumerate() {
            *out += ((plane[world / 64] >> (world % 64)) & 1) as f64;
        }
    }
}

/// One number where a condition holds, another elsewhere.
pub(crate) fn select(condition: &Plane, then: Side<'_>, otherwise: Side<'_>, out: &mut [f64]) {
    for (world, out) in out.iter_mut().enumerate() {
        let holds = (condition[world / 64] >> (world % 64)) & 1 == 1;
        *out = if holds { then.at(world) } else { otherwise.at(world) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::{WORLDS_PER_BLOCK, plane_where};

    #[test]
    fn arithmetic_is_that_of_each_world() {
        let column: Vec<f64> = (0..WORLDS_PER_BLOCK).map(|world| (world % 9) as f64 - 4.0).collect();
        let mut out = vec![0.0; WORLDS_PER_BLOCK];
        let (left, right) = (Side::Column(&column), Side::Constant(1.5));
        combine(Level::new(), Arithmetic::Add, left, right, &mut out);
        assert!(out.iter().zip(&column).all(|(out, value)| *out == value + 1.5));
        combine(Level::new(), Arithmetic::Subtract, right, left, &mut out);
        assert!(out.iter().zip(&column).all(|(out, value)| *out == 1.5 - value));
        combine(Level::new(), Arithmetic::Multiply, left, left, &mut out);
        assert!(out.iter().zip(&column).all(|(out, value)| *out == value * value));
        combine(Level::new(), Arithmetic::Minimum, left, right, &mut out);
        assert!(out.iter().zip(&column).all(|(out, value)| *out == value.min(1.5)));
        combine(Level::new(), Arithmetic::Maximum, left, right, &mut out);
        assert!(out.iter().zip(&column).all(|(out, value)| *out == value.max(1.5)));
    }

    #[test]
    fn dividing_by_zero_gives_zero_and_is_noticed() {
        let column: Vec<f64> = (0..WORLDS_PER_BLOCK).map(|world| (world % 4) as f64).collect();
        let mut out = vec![0.0; WORLDS_PER_BLOCK];
        let by_zero = divide(Side::Constant(6.0), Side::Column(&column), &mut out);
        assert_eq!(by_zero, plane_where(|world| world % 4 == 0));
        assert_eq!(out[..4], [0.0, 6.0, 3.0, 2.0]);
    }

    #[test]
    fn functions_are_those_of_each_world_and_lacking_values_are_noticed() {
        let column: Vec<f64> = (0..WORLDS_PER_BLOCK).map(|world| (world % 4) as f64 - 1.0).collect();
        let mut out = vec![0.0; WORLDS_PER_BLOCK];
        let without = apply(Level::new(), Function::SquareRoot, Side::Column(&column), &mut out);
        assert_eq!(without, plane_where(|world| world % 4 == 0));
        assert_eq!(out[..4], [0.0, 0.0, 1.0, 2.0_f64.sqrt()]);
        let without = apply(Level::new(), Function::Logarithm, Side::Column(&column), &mut out);
        assert_eq!(without, plane_where(|world| world % 4 < 2));
        assert_eq!(out[2..4], [0.0, std::f64::consts::LN_2]);
        assert_eq!(apply(Level::new(), Function::Absolute, Side::Constant(-2.5), &mut out), [0; WORDS]);
        assert!(out.iter().all(|value| *value == 2.5));
    }

    #[test]
    fn columns_are_to_the_bit_what_their_worlds_are_one_by_one() {
        let ends = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 5e-324, -1.0, 1.0, 710.0, -746.0, f64::MAX];
        let column: Vec<f64> = (0..WORLDS_PER_BLOCK)
            .map(|world| if world < 1000 { world as f64 * 0.731 - 300.0 } else { ends[world % ends.len()] })
            .collect();
        let (mut out, mut alone) = (vec![0.0; WORLDS_PER_BLOCK], vec![0.0; WORLDS_PER_BLOCK]);
        for level in columns::levels() {
            for function in [Function::Exponential, Function::Logarithm, Function::SquareRoot] {
                let without = apply(level, function, Side::Column(&column), &mut out);
                let expected = each_that_has_one(&mut alone, |world| function.value(column[world]));
                assert_eq!(without, expected, "{function:?}");
                assert!(out.iter().zip(&alone).all(|(out, alone)| out.to_bits() == alone.to_bits()), "{function:?}");
            }
            for arithmetic in [Arithmetic::Add, Arithmetic::Multiply, Arithmetic::Minimum, Arithmetic::Maximum] {
                let (left, right) = (Side::Column(&column), Side::Constant(3.5));
                combine(level, arithmetic, left, right, &mut out);
                combine(Level::baseline(), arithmetic, left, right, &mut alone);
                let same = |(out, alone): (&f64, &f64)| out == alone || (out.is_nan() && alone.is_nan());
                assert!(out.iter().zip(&alone).all(same), "{arithmetic:?}");
            }
        }
    }

    #[test]
    fn powers_are_those_of_each_world_and_lacking_values_are_noticed() {
        let column: Vec<f64> = (0..WORLDS_PER_BLOCK).map(|world| (world % 4) as f64 - 1.0).collect();
        let mut out = vec![0.0; WORLDS_PER_BLOCK];
        assert_eq!(raise(Side::Column(&column), Side::Constant(3.0), &mut out), [0; WORDS]);
        assert_eq!(out[..4], [-1.0, 0.0, 1.0, 8.0]);
        let without = raise(Side::Column(&column), Side::Constant(0.5), &mut out);
        assert_eq!(without, plane_where(|world| world % 4 == 0));
        assert_eq!(out[..3], [0.0, 0.0, 1.0]);
        let without = raise(Side::Column(&column), Side::Column(&column), &mut out);
        assert_eq!((without, &out[..4]), ([0; WORDS], &[-1.0, 1.0, 1.0, 4.0][..]));
        let without = raise(Side::Constant(0.0), Side::Column(&column), &mut out);
        assert_eq!((without, &out[..4]), (plane_where(|world| world % 4 == 0), &[0.0, 1.0, 0.0, 0.0][..]));
    }

    #[test]
    fn counting_and_selecting_follow_the_bits() {
        let planes = [plane_where(|world| world % 2 == 0), plane_where(|world| world % 3 == 0)];
        let mut out = vec![0.0; WORLDS_PER_BLOCK];
        count(planes.iter(), &mut out);
        assert_eq!(out[..7], [2.0, 0.0, 1.0, 1.0, 1.0, 0.0, 2.0]);
        select(&planes[0], Side::Constant(7.0), Side::Constant(8.0), &mut out);
        assert_eq!(out[4094..], [7.0, 8.0]);
    }
}
