//! Elementary functions of whole columns, in the vector instructions of a [`Level`]: bit for bit those of [`elementary`].
//!
//! Each does what its `libm` namesake does, operation by operation and in the same order, without fused multiplications; so every level
//! gives the same bits. What lies outside the common range of an algorithm (zeros, negatives, subnormal, huge or undefined numbers) goes
//! one by one to `libm` itself.
//!
//! Source of the algorithms: FreeBSD's msun, `e_log.c`, `e_exp.c` and `s_erf.c` (Sun Microsystems 1993), as in musl and `libm`; Wichura (1988) as in
//! [`normal::quick_quantile`].
//!
//! [`elementary`]: crate::math::elementary

use crate::math::normal;
use fearless_simd::{Bytes, Level, Select, Simd, SimdBase, SimdFloat, SimdMask, dispatch, f64x8, u64x8};

/// Numbers in a vector.
const LANES: usize = 8;

const LN2_HI: f64 = 6.931_471_803_691_238e-1;
const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;

/// The logarithm of every number with its sign turned: of uniforms, unit exponentials.
pub fn minus_ln(level: Level, values: &mut [f64]) {
    dispatch!(level, simd => each(simd, values, minus_ln_of, |x| -crate::math::ln(x)));
}

/// The exponential of every number.
pub fn exp(level: Level, values: &mut [f64]) {
    dispatch!(level, simd => each(simd, values, exp_of, crate::math::exp));
}

/// [`normal::quick_quantile`] of every probability.
///
/// # Panics
/// When the lengths differ.
pub fn normal_quantiles(level: Level, probabilities: &[f64], out: &mut [f64]) {
    assert_eq!(probabilities.len(), out.len(), "one quantile for each probability");
    dispatch!(level, simd => normal_quantiles_in(simd, probabilities, out));
}

/// [`erfc`](crate::math::erfc) of every number.
pub fn erfc(level: Level, values: &mut [f64]) {
    dispatch!(level, simd => erfc_in(simd, values));
}

/// Whole vectors by `of`, which also says for which lanes it holds; the others and the rest by `alone`.
#[inline(always)]
fn each<S: Simd>(
    simd: S,
    values: &mut [f64],
    of: impl Fn(S, f64x8<S>) -> (f64x8<S>, Common<S>),
    alone: impl Fn(f64) -> f64,
) {
    let (vectors, rest) = values.as_chunks_mut::<LANES>();
    for eight in vectors {
        let (mapped, common) = of(simd, f64x8::from_slice(simd, eight));
        if common.all_true() {
            mapped.store_slice(eight);
        } else {
            eight.iter_mut().for_each(|value| *value = alone(*value));
        }
    }
    rest.iter_mut().for_each(|value| *value = alone(*value));
}

#[inline(always)]
fn splat<S: Simd>(simd: S, value: f64) -> f64x8<S> {
    f64x8::splat(simd, value)
}

/// For which lanes an algorithm holds.
type Common<S> = <f64x8<S> as SimdBase<S>>::Mask;

/// The logarithm where numbers are positive and normal.
#[inline(always)]
fn ln_of<S: Simd>(simd: S, x: f64x8<S>) -> (f64x8<S>, Common<S>) {
    const LG1: f64 = 6.666_666_666_666_735e-1;
    const LG2: f64 = 3.999_999_999_940_942e-1;
    const LG3: f64 = 2.857_142_874_366_239e-1;
    const LG4: f64 = 2.222_219_843_214_978_4e-1;
    const LG5: f64 = 1.818_357_216_161_805e-1;
    const LG6: f64 = 1.531_383_769_920_937_3e-1;
    const LG7: f64 = 1.479_819_860_511_658_6e-1;
    /// The upper half of the square root of ½, as a double.
    const HALF_ROOT: u64 = 0x3fe6_a09e << 32;
    /// Moves that to a power of two.
    const SHIFT: u64 = (0x3ff0_0000 - 0x3fe6_a09e) << 32;
    const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
    /// 2^52 as a double: its low bits hold a whole number.
    const WHOLE: u64 = 0x4330_0000_0000_0000;

    let common = x.simd_ge(f64::MIN_POSITIVE) & x.simd_le(f64::MAX);
    let moved = x.bitcast::<u64x8<S>>() + SHIFT;
    let exponent = ((moved >> 52) | WHOLE).bitcast::<f64x8<S>>() - (4_503_599_627_370_496.0 + 1023.0);
    let x = ((moved & MANTISSA) + HALF_ROOT).bitcast::<f64x8<S>>();
    let f = x - 1.0;
    let half_square = f * 0.5 * f;
    let s = f / (f + 2.0);
    let z = s * s;
    let w = z * z;
    let t1 = w * (splat(simd, LG2) + w * (splat(simd, LG4) + w * LG6));
    let t2 = z * (splat(simd, LG1) + w * (splat(simd, LG3) + w * (splat(simd, LG5) + w * LG7)));
    let r = t2 + t1;
    (s * (half_square + r) + exponent * LN2_LO - half_square + f + exponent * LN2_HI, common)
}

#[inline(always)]
fn minus_ln_of<S: Simd>(simd: S, x: f64x8<S>) -> (f64x8<S>, Common<S>) {
    let (logarithm, common) = ln_of(simd, x);
    (-logarithm, common)
}

/// The exponential where it is a normal number.
#[inline(always)]
fn exp_of<S: Simd>(simd: S, x: f64x8<S>) -> (f64x8<S>, Common<S>) {
    const INVERSE_LN2: f64 = std::f64::consts::LOG2_E;
    const P1: f64 = 1.666_666_666_666_660_2e-1;
    const P2: f64 = -2.777_777_777_701_559_3e-3;
    const P3: f64 = 6.613_756_321_437_934e-5;
    const P4: f64 = -1.653_390_220_546_525_2e-6;
    const P5: f64 = 4.138_136_797_057_238_5e-8;
    /// Where the reduction begins: the upper half of ½ ln 2 and what follows it.
    const REDUCED_FROM: f64 = f64::from_bits(0x3fd6_2e43_0000_0000);
    /// Up to here `1 + x` is all there is.
    const TINY: f64 = f64::from_bits(0x3e30_0001_0000_0000);

    let size = x.abs();
    let common = size.simd_lt(708.0);
    let k = (x * INVERSE_LN2 + splat(simd, 0.5).copysign(x)).trunc();
    let k = size.simd_ge(REDUCED_FROM).select(k, splat(simd, 0.0));
    let high = x - k * LN2_HI;
    let low = k * LN2_LO;
    let reduced = high - low;
    let square = reduced * reduced;
    let c = reduced
        - square
            * (splat(simd, P1)
                + square * (splat(simd, P2) + square * (splat(simd, P3) + square * (splat(simd, P4) + square * P5))));
    let y = splat(simd, 1.0) + (reduced * c / (splat(simd, 2.0) - c) - low + high);
    // 2^k: the exponent's field is the low bits of 2^52 + 1023 + k.
    let power = ((k + (4_503_599_627_370_496.0 + 1023.0)).bitcast::<u64x8<S>>() << 52).bitcast::<f64x8<S>>();
    (size.simd_lt(TINY).select(x + 1.0, y * power), common)
}

#[inline(always)]
fn normal_quantiles_in<S: Simd>(simd: S, probabilities: &[f64], out: &mut [f64]) {
    /// Tails are worked on so many at a time, once they are closed up.
    const BATCH: usize = 256;
    let mut places = [0_u32; BATCH + LANES];
    let mut tails = [0.0_f64; BATCH];
    let mut roots = [0.0_f64; BATCH];
    for (probabilities, out) in probabilities.chunks(BATCH).zip(out.chunks_mut(BATCH)) {
        let (vectors, rest) = probabilities.as_chunks::<LANES>();
        let (out_vectors, out_rest) = out.as_chunks_mut::<LANES>();
        let mut count = 0;
        for (at, (p, out)) in vectors.iter().zip(out_vectors).enumerate() {
            let q = f64x8::from_slice(simd, p) - 0.5;
            let r = splat(simd, 0.180_625) - q * q;
            (q * normal::ratio_of(
                &normal::CENTRE,
                r,
                #[inline(always)]
                |value| splat(simd, value),
            ))
            .store_slice(out);
            // Not `>`: what is undefined belongs to neither and goes to the tails.
            let mut outside = !q.abs().simd_le(normal::CENTRAL).to_bitmask() & 0xff;
            while outside != 0 {
                places[count] = (LANES * at) as u32 + outside.trailing_zeros();
                count += 1;
                outside &= outside - 1;
            }
        }
        for (p, out) in rest.iter().zip(out_rest) {
            *out = normal::quick_quantile(*p);
        }
        let padded = count.next_multiple_of(LANES).min(BATCH);
        tails[..padded].fill(0.5);
        for (tail, place) in tails.iter_mut().zip(&places[..count]) {
            let p = probabilities[*place as usize];
            *tail = if p < 0.5 { p } else { 1.0 - p };
        }
        let mut middle = true;
        for (tail, root) in tails[..padded].as_chunks::<LANES>().0.iter().zip(roots.as_chunks_mut::<LANES>().0) {
            let (logarithm, common) = ln_of(simd, f64x8::from_slice(simd, tail));
            let r = (-logarithm).sqrt();
            middle &= common.all_true() && r.simd_le(normal::MIDDLE_END).all_true();
            normal::ratio_of(
                &normal::MIDDLE,
                r - normal::MIDDLE_START,
                #[inline(always)]
                |value| splat(simd, value),
            )
            .store_slice(root);
        }
        for (root, place) in roots.iter().zip(&places[..count]) {
            let p = probabilities[*place as usize];
            out[*place as usize] = if middle { root.copysign(p - 0.5) } else { normal::quick_quantile(p) };
        }
    }
}

/// A polynomial, its coefficients from the constant term up.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, x: f64x8<S>, coefficients: &[f64; N]) -> f64x8<S> {
    let mut sum = splat(simd, coefficients[N - 1]);
    for coefficient in coefficients[..N - 1].iter().rev() {
        sum = splat(simd, *coefficient) + x * sum;
    }
    sum
}

/// Up to here the error function itself is approximated.
const ERFC_CENTRE: f64 = 0.843_75;

#[inline(always)]
fn erfc_in<S: Simd>(simd: S, values: &mut [f64]) {
    /// Tails are worked on so many at a time, once they are closed up.
    const BATCH: usize = 256;
    let mut places = [0_u16; BATCH];
    let mut tails = [1.0_f64; BATCH];
    for values in values.chunks_mut(BATCH) {
        let (vectors, rest) = values.as_chunks_mut::<LANES>();
        let mut count = 0;
        for (at, eight) in vectors.iter_mut().enumerate() {
            let x = f64x8::from_slice(simd, eight);
            // What is undefined is no part of the centre.
            let mut outside = !x.abs().simd_lt(ERFC_CENTRE).to_bitmask() & 0xff;
            erfc_centre(simd, x).store_slice(eight);
            while outside != 0 {
                let lane = outside.trailing_zeros() as usize;
                places[count] = (LANES * at + lane) as u16;
                let mut lanes = [0.0; LANES];
                x.store_slice(&mut lanes);
                tails[count] = lanes[lane];
                count += 1;
                outside &= outside - 1;
            }
        }
        rest.iter_mut().for_each(|value| *value = crate::math::erfc(*value));
        let padded = count.next_multiple_of(LANES);
        tails[count..padded].fill(1.0);
        for eight in tails[..padded].as_chunks_mut::<LANES>().0 {
            let x = f64x8::from_slice(simd, eight);
            let (mapped, common) = erfc_tail(simd, x);
            if common.all_true() {
                mapped.store_slice(eight);
            } else {
                eight.iter_mut().for_each(|value| *value = crate::math::erfc(*value));
            }
        }
        for (place, tail) in places[..count].iter().zip(&tails) {
            values[usize::from(*place)] = *tail;
        }
    }
}

/// Where `|x|` is less than 0.84375.
#[inline(always)]
fn erfc_centre<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    const PP: [f64; 5] = [
        1.283_791_670_955_125_6e-1,
        -3.250_421_072_470_015e-1,
        -2.848_174_957_559_851e-2,
        -5.770_270_296_489_442e-3,
        -2.376_301_665_665_016_3e-5,
    ];
    const QQ: [f64; 6] = [
        1.0,
        3.979_172_239_591_553_5e-1,
        6.502_224_998_876_73e-2,
        5.081_306_281_875_766e-3,
        1.324_947_380_043_216_4e-4,
        -3.960_228_278_775_368e-6,
    ];
    let z = x * x;
    let y = polynomial(simd, z, &PP) / polynomial(simd, z, &QQ);
    let low = splat(simd, 1.0) - (x + x * y);
    let high = splat(simd, 0.5) - (x - 0.5 + x * y);
    x.simd_lt(0.25).select(low, high)
}

/// Where `|x|` is from 0.84375 to 26.
#[inline(always)]
fn erfc_tail<S: Simd>(simd: S, x: f64x8<S>) -> (f64x8<S>, Common<S>) {
    const ERX: f64 = 8.450_629_115_104_675e-1;
    const PA: [f64; 7] = [
        -2.362_118_560_752_659_4e-3,
        4.148_561_186_837_483_3e-1,
        -3.722_078_760_357_013e-1,
        3.183_466_199_011_617_5e-1,
        -1.108_946_942_823_966_8e-1,
        3.547_830_432_561_823_6e-2,
        -2.166_375_594_868_791e-3,
    ];
    const QA: [f64; 7] = [
        1.0,
        1.064_208_804_008_442_3e-1,
        5.403_979_177_021_71e-1,
        7.182_865_441_419_627e-2,
        1.261_712_198_087_616_4e-1,
        1.363_708_391_202_905e-2,
        1.198_449_984_679_910_7e-2,
    ];
    const RA: [f64; 8] = [
        -9.864_944_034_847_148e-3,
        -6.938_585_727_071_818e-1,
        -1.055_862_622_532_329_1e1,
        -6.237_533_245_032_600_6e1,
        -1.623_966_694_625_734_7e2,
        -1.846_050_929_067_110_4e2,
        -8.128_743_550_630_66e1,
        -9.814_329_344_169_145,
    ];
    const SA: [f64; 9] = [
        1.0,
        1.965_127_166_743_925_7e1,
        1.376_577_541_435_190_4e2,
        4.345_658_774_752_292_3e2,
        6.453_872_717_332_679e2,
        4.290_081_400_275_678_3e2,
        1.086_350_055_417_794_4e2,
        6.570_249_770_319_282,
        -6.042_441_521_485_81e-2,
    ];
    const RB: [f64; 7] = [
        -9.864_942_924_700_1e-3,
        -7.992_832_376_805_23e-1,
        -1.775_795_491_775_475_2e1,
        -1.606_363_848_558_219_2e2,
        -6.375_664_433_683_896e2,
        -1.025_095_131_611_077_2e3,
        -4.835_191_916_086_514e2,
    ];
    const SB: [f64; 8] = [
        1.0,
        3.033_806_074_348_246e1,
        3.257_925_129_965_739e2,
        1.536_729_586_084_437e3,
        3.199_858_219_508_595_5e3,
        2.553_050_406_433_164_4e3,
        4.745_285_412_069_553_7e2,
        -2.244_095_244_658_582e1,
    ];
    /// Where `RB` and `SB` take over: 1/0.35, to the upper half of its bits.
    const FAR: f64 = f64::from_bits(0x4006_db6d << 32);
    const UPPER_HALF: u64 = u64::MAX << 32;

    let size = x.abs();
    let s = size - 1.0;
    let near = splat(simd, 1.0 - ERX) - polynomial(simd, s, &PA) / polynomial(simd, s, &QA);
    let s = splat(simd, 1.0) / (size * size);
    let is_middle = size.simd_lt(FAR);
    let r = is_middle.select(polynomial(simd, s, &RA), polynomial(simd, s, &RB));
    let big_s = is_middle.select(polynomial(simd, s, &SA), polynomial(simd, s, &SB));
    let z = (size.bitcast::<u64x8<S>>() & UPPER_HALF).bitcast::<f64x8<S>>();
    let (first, first_common) = exp_of(simd, -z * z - 0.5625);
    let (second, second_common) = exp_of(simd, (z - size) * (z + size) + r / big_s);
    let far = first * second / size;
    let upper = size.simd_lt(1.25).select(near, far);
    let common = size.simd_lt(26.0) & first_common & second_common;
    (x.simd_lt(0.0).select(splat(simd, 2.0) - upper, upper), common)
}

/// Every level of instructions that this machine has.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    let best = Level::new();
    #[allow(unused_mut)]
    let mut levels = vec![Level::baseline(), best];
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        levels.extend(best.as_sse2().map(Level::Sse2));
        levels.extend(best.as_sse4_2().map(Level::Sse4_2));
        levels.extend(best.as_avx2().map(Level::Avx2));
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(column: impl Fn(Level, &mut [f64]), alone: impl Fn(f64) -> f64, values: &[f64]) {
        for level in levels() {
            let mut out = values.to_vec();
            column(level, &mut out);
            for (value, out) in values.iter().zip(&out) {
                let expected = alone(*value);
                assert!(
                    out.to_bits() == expected.to_bits() || (out.is_nan() && expected.is_nan()),
                    "{value:e}: {out:e}, not {expected:e}"
                );
            }
        }
    }

    fn all_same(values: &[f64]) {
        same(minus_ln, |x| -crate::math::ln(x), values);
        same(exp, crate::math::exp, values);
        same(erfc, crate::math::erfc, values);
        let quantiles = |level, values: &mut [f64]| {
            let p = values.to_vec();
            normal_quantiles(level, &p, values);
        };
        same(quantiles, normal::quick_quantile, values);
    }

    #[test]
    fn edges_are_those_of_libm() {
        let half_ln2 = 0.5 * std::f64::consts::LN_2;
        let mut values = vec![0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, f64::NAN];
        values.extend([f64::NEG_INFINITY, 707.9, 708.5, 709.7, 710.0, -708.0, -708.5, -745.0, -746.0, 1e-9, -1e-9]);
        values.extend([
            0.843_75,
            -0.843_75,
            1.25,
            -1.25,
            1.0 / 0.35,
            f64::from_bits(0x4006_db6d << 32),
            25.9,
            26.0,
            -26.5,
            28.0,
        ]);
        values.extend([3.7e-9, 3.8e-9, half_ln2, -half_ln2, 3.0 * half_ln2, 0.075, 0.925, 1e-12, 1e-300, 0.25, 0.75]);
        for value in values.clone() {
            for steps in [1, 2, 1 << 20, 1 << 32] {
                values.push(f64::from_bits(value.to_bits().wrapping_add(steps)));
                values.push(f64::from_bits(value.to_bits().wrapping_sub(steps)));
            }
            // Alone in a vector of common ones, and a rest that fills none.
            all_same(&[0.3, 0.3, value, 0.6, 0.01, 0.99, 0.3, 0.3, 0.4, value]);
        }
        all_same(&values);
    }

    #[test]
    fn a_block_of_uniforms_is_that_of_libm() {
        let mut uniforms = vec![0.0; 40_000];
        crate::simulate::streams::StreamKey::new(1, "columns").open(0).uniforms(&mut uniforms);
        all_same(&uniforms);
        let wide: Vec<f64> = uniforms.iter().map(|u| (u - 0.5) * 1400.0).collect();
        same(exp, crate::math::exp, &wide);
        let narrow: Vec<f64> = uniforms.iter().map(|u| (u - 0.5) * 3.0).collect();
        same(exp, crate::math::exp, &narrow);
        for width in [2.0, 8.0, 60.0] {
            let values: Vec<f64> = uniforms.iter().map(|u| (u - 0.5) * width).collect();
            same(erfc, crate::math::erfc, &values);
        }
    }

    proptest! {
        #[test]
        fn any_numbers_are_those_of_libm(bits in proptest::collection::vec(any::<u64>(), 1..40)) {
            let values: Vec<f64> = bits.iter().map(|bits| f64::from_bits(*bits)).collect();
            all_same(&values);
        }

        #[test]
        fn any_probabilities_are_those_of_libm(values in proptest::collection::vec(0.0..1.0_f64, 1..600)) {
            all_same(&values);
        }
    }
}
