//! The regularised incomplete gamma functions, their inverse, and the pieces of Stirling's formula.
//!
//! ```text
//! P(a, x) = 1/Γ(a) ∫₀ˣ t^(a-1) e^(-t) dt,     Q(a, x) = 1 - P(a, x)
//! ```
//!
//! A power series below `a + 1`, a continued fraction above \[1\], and for large `a` Temme's uniform expansion \[2\]. The factor
//! in front is computed from its deviance \[3\], so that large `a` costs no digits. The smaller of P and Q has a relative error
//! of about 1e-13.
//!
//! \[1\] Abramowitz and Stegun (1964), 6.5.29 and 6.5.31. \[2\] Temme (1979), SIAM J. Math. Anal. 10, 757–766.
//! \[3\] Loader (2000), Fast and accurate computation of binomial probabilities.

use crate::math::elementary::{erfc, exp, exp_m1, ln, ln_gamma};
use std::f64::consts::PI;

/// `½ ln(2π)`.
pub(crate) const HALF_LN_2_PI: f64 = 0.918_938_533_204_672_8;

/// From this shape on, Temme's expansion is exact to double accuracy near the mean.
const LARGE_SHAPE: f64 = 1e4;

/// The series and the continued fraction need about `8 √a` terms at worst, so this is out of reach.
const MOST_TERMS: u32 = 100_000;

/// The lower regularised incomplete gamma function `P(a, x)`, for `a > 0`; 0 for `x <= 0`.
#[must_use]
pub fn lower(a: f64, x: f64) -> f64 {
    both(a, x).0
}

/// The upper regularised incomplete gamma function `Q(a, x) = 1 - P(a, x)`, without cancellation.
#[must_use]
pub fn upper(a: f64, x: f64) -> f64 {
    both(a, x).1
}

/// `P(a, x)` and `Q(a, x)`, which sum to 1; the smaller keeps its relative accuracy.
#[must_use]
pub fn both(a: f64, x: f64) -> (f64, f64) {
    if x.is_nan() || a.is_nan() || a <= 0.0 {
        (f64::NAN, f64::NAN)
    } else if x <= 0.0 || a == f64::INFINITY {
        (0.0, 1.0)
    } else if x == f64::INFINITY {
        (1.0, 0.0)
    } else {
        both_from_term(a, x, power_term(a, x))
    }
}

/// [`both`] for positive and finite arguments, with their [`power_term`].
fn both_from_term(a: f64, x: f64, term: f64) -> (f64, f64) {
    if a >= LARGE_SHAPE && (x - a).abs() < 0.3 * a {
        uniform_expansion(a, x)
    } else if x < a + 1.0 {
        let lower = (term * series(a, x)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (term * a * continued_fraction(a, x)).min(1.0);
        (1.0 - upper, upper)
    }
}

/// `x^a e^(-x) / Γ(a + 1)`: the Poisson mass, for real `a >= 0` and mean `x`.
#[must_use]
pub fn power_term(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return if a == 0.0 { 1.0 } else { 0.0 };
    }
    if x == f64::INFINITY {
        0.0
    } else if a < 10.0 {
        exp(a * ln(x) - x - ln_gamma(a + 1.0))
    } else {
        exp(-stirling_error(a) - deviance(a, x)) / (2.0 * PI * a).sqrt()
    }
}

/// `ln Γ(a) - [(a - ½) ln a - a + ½ ln 2π]`, the error of Stirling's formula; about `1/(12 a)`.
#[must_use]
pub fn stirling_error(a: f64) -> f64 {
    if a < 10.0 {
        return ln_gamma(a) - (a - 0.5) * ln(a) + a - HALF_LN_2_PI;
    }
    let inverse = 1.0 / a;
    let square = inverse * inverse;
    inverse
        * (1.0 / 12.0
            - square
                * (1.0 / 360.0
                    - square
                        * (1.0 / 1260.0
                            - square * (1.0 / 1680.0 - square * (1.0 / 1188.0 - square * (691.0 / 360_360.0))))))
}

/// `a ln(a/m) + m - a`, never negative, without cancellation where `a` is near `m`.
#[must_use]
pub fn deviance(a: f64, m: f64) -> f64 {
    deviance_by(a, m, m - a)
}

/// [`deviance`] with the difference `m - a` as well, for callers who know it better than `m` tells.
#[must_use]
pub fn deviance_by(a: f64, m: f64, difference: f64) -> f64 {
    if a == 0.0 {
        return m;
    }
    if difference.abs() >= 0.1 * (a + m) {
        return a * ln(a / m) + difference;
    }
    // Loader's series in v = (a - m)/(a + m).
    let v = -difference / (a + m);
    let mut sum = -difference * v;
    let mut term = 2.0 * a * v;
    for j in 1..100 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// `Σ x^n / ((a+1) … (a+n))`, so that `P = power_term * series`.
fn series(a: f64, x: f64) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    let mut denominator = a;
    for _ in 0..MOST_TERMS {
        denominator += 1.0;
        term *= x / denominator;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

/// The continued fraction of `Γ(a, x) / (x^a e^(-x))`, by Lentz's method.
fn continued_fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / if b == 0.0 { TINY } else { b };
    let mut fraction = d;
    for i in 1..MOST_TERMS {
        let i = f64::from(i);
        let numerator = -i * (i - a);
        b += 2.0;
        d = numerator * d + b;
        if d.abs() < TINY {
            d = TINY;
        }
        c = b + numerator / c;
        if c.abs() < TINY {
            c = TINY;
        }
        d = 1.0 / d;
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

/// Temme's expansion: `Q = ½ erfc(η √(a/2)) + R`, `½ η² = λ - 1 - ln λ`, `λ = x/a`.
fn uniform_expansion(a: f64, x: f64) -> (f64, f64) {
    // The coefficients of the three leading terms c₀, c₁, c₂ of R as power series in η (DiDonato and Morris 1986, table 2).
    const C0: [f64; 15] = [
        -1.0 / 3.0,
        1.0 / 12.0,
        -2.0 / 135.0,
        1.0 / 864.0,
        1.0 / 2835.0,
        -139.0 / 777_600.0,
        1.0 / 25_515.0,
        -571.0 / 261_273_600.0,
        -281.0 / 151_559_100.0,
        8.296_711_340_953_086e-7,
        -1.766_595_273_682_607_8e-7,
        6.707_853_543_401_498e-9,
        1.026_180_978_424_030_9e-8,
        -4.382_036_018_453_353e-9,
        9.147_699_582_236_79e-10,
    ];
    const C1: [f64; 9] = [
        -1.0 / 540.0,
        -1.0 / 288.0,
        1.0 / 378.0,
        -77.0 / 77_760.0,
        1.0 / 4860.0,
        -4.018_775_720_164_609e-7,
        -1.809_855_033_448_997_8e-5,
        7.649_160_916_081_11e-6,
        -1.612_090_089_456_344_6e-6,
    ];
    const C2: [f64; 4] = [25.0 / 6048.0, -139.0 / 51_840.0, 1.0 / 1296.0, 2.009_387_860_082_304_5e-6];
    let polynomial = |coefficients: &[f64], eta: f64| coefficients.iter().rev().fold(0.0, |sum, c| sum * eta + c);
    // deviance(a, x)/a = λ - 1 - ln λ.
    let half_square = deviance(a, x) / a;
    let eta = (2.0 * half_square).sqrt().copysign(x - a);
    let correction = (polynomial(&C2, eta) / a + polynomial(&C1, eta)) / a + polynomial(&C0, eta);
    let remainder = exp(-a * half_square) / (2.0 * PI * a).sqrt() * correction;
    let argument = eta * (0.5 * a).sqrt();
    if eta < 0.0 {
        let lower = (0.5 * erfc(-argument) - remainder).clamp(0.0, 1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (0.5 * erfc(argument) + remainder).clamp(0.0, 1.0);
        (1.0 - upper, upper)
    }
}

/// The logarithm of the `x` with `P(a, x) = p`, where `q = 1 - p` is given as well so that neither tail loses digits.
///
/// Newton's method in `t = ln x` on `ln P` or `ln Q`, whichever tail is smaller: both are concave in `t`, so the steps cannot
/// run away. `-inf` at `p = 0` and `+inf` at `q = 0`.
#[must_use]
pub fn ln_inverse(a: f64, p: f64, q: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if q <= 0.0 {
        return f64::INFINITY;
    }
    // Wilson and Hilferty's cube where it holds, the leading power of the series where it does not.
    let leading = (ln(p) + ln_gamma(a + 1.0)) / a;
    let start = if a < 1.0 && leading < -1.0 {
        leading
    } else {
        let z = if p < 0.5 { crate::math::normal::quick_quantile(p) } else { -crate::math::normal::quick_quantile(q) };
        let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
        if cube > 0.1 { ln(a) + 3.0 * ln(cube) } else { leading.min(ln(a)) }
    };
    let smaller_is_lower = p <= q;
    let ln_gamma_above = ln_gamma(a + 1.0);
    newton_on_log_tail(start, ln(p.min(q)), smaller_is_lower, |t| {
        let x = exp(t);
        if x < 1e-290 {
            // The leading power of the series is exact, and stays so where x is no double any more.
            let ln_lower = (a * t - ln_gamma_above).min(0.0);
            return if smaller_is_lower { (ln_lower, a) } else { ln_complement(ln_lower, a) };
        }
        let term = power_term(a, x.min(f64::MAX));
        let (lower, upper) = both_from_term(a, x.min(f64::MAX), term);
        let tail = if smaller_is_lower { lower } else { upper };
        (ln(tail), a * term / tail)
    })
}

/// `ln(1 - e^l)` and minus its derivative, from `l` and its derivative.
pub(crate) fn ln_complement(l: f64, slope: f64) -> (f64, f64) {
    let complement = -exp_m1(l);
    (ln(complement), slope * exp(l) / complement)
}

/// Solves `ln tail(t) = target` by Newton's method, for a tail that rises (a cdf) or falls (its complement) with `t`.
///
/// `at` gives the logarithm of the tail and the size of its derivative. Where the logarithm is concave the steps are monotone
/// after the first; a bracket that tightens with every point guards against rounding and lost derivatives. A step of less than
/// 1e-11 is the last: what it leaves is of the order of its square.
pub(crate) fn newton_on_log_tail(start: f64, target: f64, rising: bool, at: impl Fn(f64) -> (f64, f64)) -> f64 {
    let direction = if rising { 1.0 } else { -1.0 };
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut t = start;
    for _ in 0..200 {
        let (ln_tail, slope) = at(t);
        if (ln_tail < target) == rising {
            low = t;
        } else {
            high = t;
        }
        let mut next = t + direction * (target - ln_tail) / slope;
        let mut settled = 1e-11;
        if next.is_nan() || !(low..=high).contains(&next) || slope <= 0.0 {
            // Out of the bracket, or no derivative: bisect, or walk outwards while one side is open.
            settled = 2e-16;
            next = if low.is_finite() && high.is_finite() {
                0.5 * (low + high)
            } else if low.is_finite() {
                low + low.abs().max(1.0)
            } else {
                high - high.abs().max(1.0)
            };
        }
        let moved = (next - t).abs();
        t = next;
        if moved <= settled * t.abs() || moved < 1e-17 || high - low <= 2e-16 * t.abs() {
            break;
        }
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_shapes_are_poisson_sums() {
        // Q(k + 1, m) is the Poisson cdf at k.
        for m in [0.01, 0.5, 2.0, 9.7, 40.0] {
            let (mut mass, mut sum) = (exp(-m), exp(-m));
            for k in 1..60 {
                assert!((upper(f64::from(k), m) / sum - 1.0).abs() < 1e-13, "{k} {m}");
                mass *= m / f64::from(k);
                sum += mass;
            }
        }
    }

    #[test]
    fn statrs_agrees_to_ten_digits() {
        for a in [0.01, 0.3, 1.0, 2.5, 17.0, 150.0, 3000.0] {
            for ratio in [0.05, 0.5, 0.9, 1.0, 1.1, 2.0] {
                let x = a * ratio;
                assert!((lower(a, x) - statrs::function::gamma::gamma_lr(a, x)).abs() < 1e-10, "{a} {x}");
                assert!((upper(a, x) - statrs::function::gamma::gamma_ur(a, x)).abs() < 1e-10, "{a} {x}");
            }
        }
    }

    #[test]
    fn half_a_shape_is_the_error_function() {
        for x in [1e-12, 0.01, 0.5, 1.4, 3.0, 25.0, 300.0] {
            assert!((upper(0.5, x) / erfc(f64::sqrt(x)) - 1.0).abs() < 3e-13, "{x}");
        }
    }

    #[test]
    fn the_uniform_expansion_joins_the_series_and_the_fraction() {
        for a in [1e4_f64, 3.3e4, 1e6] {
            for z in [-20.0, -8.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 8.0, 20.0] {
                let x = a + z * a.sqrt();
                let (expanded_lower, expanded_upper) = uniform_expansion(a, x);
                if z < 0.0 {
                    let series = power_term(a, x) * series(a, x);
                    assert!((expanded_lower / series - 1.0).abs() < 1e-12, "{a} {z}: {expanded_lower} {series}");
                } else {
                    let fraction = power_term(a, x) * a * continued_fraction(a, x);
                    assert!((expanded_upper / fraction - 1.0).abs() < 1e-12, "{a} {z}: {expanded_upper} {fraction}");
                }
            }
        }
    }

    #[test]
    fn the_inverse_inverts_both_tails() {
        for a in [1e-6, 0.01, 0.5, 1.0, 3.5, 80.0, 1e4, 1e7, 1e12] {
            for p in [1e-300, 1e-20, 1e-5, 0.1, 0.5, 0.9] {
                let t = ln_inverse(a, p, 1.0 - p);
                if t > -600.0 {
                    // Near the mean a relative error of x is multiplied by √a.
                    let tolerance = 1e-12 + 1e-15 * a.sqrt() * 40.0;
                    assert!((lower(a, exp(t)) / p - 1.0).abs() < tolerance, "lower {a} {p}: {}", lower(a, exp(t)));
                }
                let t = ln_inverse(a, 1.0 - p, p);
                let back = upper(a, exp(t));
                if t > -600.0 {
                    assert!((back / p - 1.0).abs() < 1e-9 + 1e-15 * a.sqrt() * 40.0, "upper {a} {p}: {t} {back}");
                }
            }
        }
        // chi-squared, 95 % with 10 degrees of freedom.
        assert!((2.0 * exp(ln_inverse(5.0, 0.95, 0.05)) - 18.307_038_053_275_146).abs() < 1e-12);
    }

    #[test]
    fn stirlings_error_is_continuous_where_the_series_takes_over() {
        let direct = ln_gamma(10.0) - 9.5 * ln(10.0) + 10.0 - HALF_LN_2_PI;
        assert!((stirling_error(10.0) - direct).abs() < 5e-15);
    }

    #[test]
    fn the_ends_are_limits() {
        assert_eq!(both(2.0, -1.0), (0.0, 1.0));
        assert_eq!(both(2.0, f64::INFINITY), (1.0, 0.0));
        assert!(lower(-1.0, 1.0).is_nan());
        for a in [1e-9, 1.0, 1e15] {
            for x in [1e-300, 1e-9, 1.0, 1e15, 1e300] {
                assert!((0.0..=1.0).contains(&lower(a, x)), "{a} {x}");
            }
        }
    }
}
