//! The standard normal distribution: density, cdf, quantile.

use crate::math::elementary::{erfc, exp, ln};
use std::f64::consts::FRAC_1_SQRT_2;
use std::ops::{Add, Div, Mul};

/// `√(2π)`.
const SQRT_2_PI: f64 = 2.506_628_274_631_000_5;

/// The density `exp(-x²/2) / √(2π)`.
#[must_use]
pub fn density(x: f64) -> f64 {
    exp(-0.5 * x * x) / SQRT_2_PI
}

/// The probability of a value at most `x`, `½ erfc(-x/√2)`; keeps its relative accuracy in the lower tail.
///
/// For the upper tail use `cdf(-x)`.
#[must_use]
pub fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// The point with probability `p` below it, to full double accuracy; `-inf` at 0 and `+inf` at 1, NaN outside.
///
/// Wichura's rational approximation [`quick_quantile`] and one step of Halley's method on the cdf. In the upper tail the accuracy is
/// that of `p` itself; where `1 - p` is known, use `-quantile(1 - p)`.
///
/// ```
/// assert!((foretell::math::normal::quantile(0.975) - 1.959963984540054).abs() < 1e-15);
/// ```
#[must_use]
pub fn quantile(p: f64) -> f64 {
    let start = quick_quantile(p);
    if !start.is_finite() || p == 0.5 {
        return start;
    }
    // On the smaller tail: its probability is known to a relative error, and 1 - p is exact for p >= 1/2.
    let (tail, x) = if p < 0.5 { (p, start) } else { (1.0 - p, -start) };
    let density = density(x);
    if density < f64::MIN_POSITIVE {
        return start;
    }
    let error = (cdf(x) - tail) / density;
    let refined = x - error / (1.0 + 0.5 * x * error);
    if p < 0.5 { refined } else { -refined }
}

/// The point with probability `p` below it, to a relative error of about 1e-15: the algorithm AS 241 (PPND16) \[1\].
///
/// Faster than [`quantile`] by one `erfc` and one `exp`; in the central 85 % it takes no transcendental function at all.
///
/// \[1\] Wichura (1988), Appl. Statist. 37, 477–484.
#[must_use]
pub fn quick_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= CENTRAL {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return match tail {
            0.0 => f64::INFINITY.copysign(q),
            _ => f64::NAN,
        };
    }
    let r = (-ln(tail)).sqrt();
    let x = if r <= MIDDLE_END { ratio(r - MIDDLE_START, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    x.copysign(q)
}

/// Half the width of the part about the median that takes no logarithm.
pub(crate) const CENTRAL: f64 = 0.425;

/// Where the approximation of the middle tails is centred, and up to where it holds, as `√(-ln tail)`.
pub(crate) const MIDDLE_START: f64 = 1.6;
pub(crate) const MIDDLE_END: f64 = 5.0;

/// Numerator and denominator of a rational function, each from the constant term up.
pub(crate) struct Ratio([f64; 8], [f64; 8]);

#[inline(always)]
fn ratio(r: f64, ratio: &Ratio) -> f64 {
    ratio_of(ratio, r, |coefficient| coefficient)
}

/// A rational function of a number or of a vector of them; `splat` makes one of a coefficient.
#[inline(always)]
pub(crate) fn ratio_of<V>(Ratio(a, b): &Ratio, r: V, splat: impl Fn(f64) -> V) -> V
where
    V: Copy + Add<Output = V> + Mul<Output = V> + Div<Output = V>,
{
    let (mut numerator, mut denominator) = (splat(a[7]), splat(b[7]));
    for place in (0..7).rev() {
        numerator = numerator * r + splat(a[place]);
        denominator = denominator * r + splat(b[place]);
    }
    numerator / denominator
}

pub(crate) const CENTRE: Ratio = Ratio(
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
);

pub(crate) const MIDDLE: Ratio = Ratio(
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const FAR: Ratio = Ratio(
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_points_are_met() {
        // Wichura (1988), table of test values, and standard tables.
        for (p, x) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813),
            (1e-20, -9.262_340_089_798_408),
            (0.95, 1.644_853_626_951_472_7),
            (0.975, 1.959_963_984_540_054),
            (0.5, 0.0),
        ] {
            assert!((quantile(p) - x).abs() <= 2e-15 * x.abs(), "{p}: {}", quantile(p));
            assert!((quick_quantile(p) - x).abs() <= 3e-15 * x.abs(), "{p}: {}", quick_quantile(p));
        }
    }

    #[test]
    fn the_quantile_inverts_the_cdf_down_to_the_smallest_tails() {
        for i in 1..=300 {
            let p = crate::math::powf(10.0, -f64::from(i));
            let back = cdf(quantile(p));
            assert!((back / p - 1.0).abs() < 1e-12, "1e-{i}: {back}");
            assert!((quick_quantile(p) / quantile(p) - 1.0).abs() < 2e-15, "1e-{i}");
        }
        for i in 1..1000 {
            let p = f64::from(i) / 1000.0;
            assert!((cdf(quantile(p)) - p).abs() < 2e-16, "{p}");
            assert!((quick_quantile(p) - quantile(p)).abs() < 4e-15, "{p}");
        }
    }

    #[test]
    fn the_ends_are_infinite_and_the_outside_is_not_a_number() {
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(-0.1).is_nan() && quantile(1.1).is_nan() && quantile(f64::NAN).is_nan());
        assert!(quantile(f64::MIN_POSITIVE).is_finite() && quantile(5e-324).is_finite());
    }
}
