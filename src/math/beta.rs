//! The beta function, its regularised incomplete form, and the inverse of that.
//!
//! ```text
//! I_x(a, b) = 1/B(a, b) ∫₀ˣ t^(a-1) (1-t)^(b-1) dt
//! ```
//!
//! A continued fraction [1, 2], from the side on which it converges fast, with the factor in front from its deviance \[3\];
//! where both parameters are huge, the leading terms of Temme's uniform expansion \[4\]. Every function takes or gives `x` and
//! `1 - x` together where one of them could lose its digits.
//!
//! \[1\] Press et al. (2007), Numerical Recipes, 6.4. \[2\] Didonato and Morris (1992), ACM TOMS 18, 360–373, equation 9.
//! \[3\] Loader (2000), Fast and accurate computation of binomial probabilities. \[4\] Temme (1996), Special Functions, 11.3.3.2.

use crate::math::elementary::{erfc, exp, ln, ln_1p};
use crate::math::gamma::{HALF_LN_2_PI, deviance_by, ln_complement, newton_on_log_tail, stirling_error};
use crate::math::logit::logistic;
use std::f64::consts::PI;

/// With both parameters above this, the uniform expansion is exact to double accuracy.
const LARGE: f64 = 1e7;

/// With one parameter above this and the other at most 1, the plain fraction would lose digits at the far end.
const LOPSIDED: f64 = 1e3;

/// The fraction needs about `5 √min(a, b)` terms at worst, so this is out of reach.
const MOST_TERMS: u32 = 200_000;

/// The logarithm of the beta function, `ln Γ(a) + ln Γ(b) - ln Γ(a + b)`, without cancellation for large arguments.
#[must_use]
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let n = a + b;
    let ln_share = |part: f64, rest: f64| if part < rest { ln(part / n) } else { ln_1p(-rest / n) };
    (a - 0.5) * ln_share(a, b) + (b - 0.5) * ln_share(b, a) - 0.5 * ln(n)
        + HALF_LN_2_PI
        + (stirling_error(a) + stirling_error(b) - stirling_error(n))
}

/// The logarithm of the binomial coefficient "n over k", for 0 <= k <= n, without cancellation for large arguments.
///
/// ```
/// use foretell::math::{beta::ln_choose, exp};
///
/// assert!((exp(ln_choose(49.0, 6.0)) / 13_983_816.0 - 1.0).abs() < 1e-13);
/// ```
#[must_use]
pub fn ln_choose(n: f64, k: f64) -> f64 {
    if k == 0.0 || k == n { 0.0 } else { -ln_beta(k + 1.0, n - k + 1.0) - ln_1p(n) }
}

/// `x^a y^b / B(a, b)` with `y = 1 - x`: the density of the log-odds of a Beta variable.
#[must_use]
pub fn power_term(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let term = power_front(a, b) * exp(-total_deviance(a, b, x, y));
    if term.is_nan() { 0.0 } else { term }
}

/// [`power_term`] at the centre `x = a/(a + b)`: `√(a b / (2π n))` and Stirling's errors.
fn power_front(a: f64, b: f64) -> f64 {
    let n = a + b;
    exp(stirling_error(n) - stirling_error(a) - stirling_error(b)) * (a / n * b / (2.0 * PI)).sqrt()
}

/// `a ln(a/(n x)) + b ln(b/(n y))`, `n = a + b`: how far `x` is from the centre `a/n`.
fn total_deviance(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    // Through the smaller of x and y, which has the more digits: n x - a = -(n y - b).
    let difference = if x < y { n * x - a } else { b - n * y };
    deviance_by(a, n * x, difference) + deviance_by(b, n * y, -difference)
}

/// The regularised incomplete beta function `I_x(a, b)`, for `a, b > 0`: the cdf of a Beta variable; 0 below 0, 1 above 1.
#[must_use]
pub fn regularised(a: f64, b: f64, x: f64) -> f64 {
    both(a, b, x, 1.0 - x).0
}

/// `I_x(a, b)` and its complement `I_y(b, a)`, given `x` and `y = 1 - x`; the smaller keeps its relative accuracy.
#[must_use]
pub fn both(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x.is_nan() || y.is_nan() || !(a > 0.0 && b > 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 || a == f64::INFINITY {
        return (0.0, 1.0);
    }
    if y <= 0.0 || b == f64::INFINITY {
        return (1.0, 0.0);
    }
    both_from_term(a, b, x, y, power_term(a, b, x, y))
}

/// [`both`] for arguments within their domain, with their [`power_term`].
fn both_from_term(a: f64, b: f64, x: f64, y: f64, term: f64) -> (f64, f64) {
    if a > LARGE && b > LARGE {
        return uniform_expansion(a, b, x, y);
    }
    if x <= (a + 1.0) / (a + b + 2.0) {
        if b <= 1.0 && a > LOPSIDED {
            // x is next to 1 and 1 - x is what counts; one step up in b, where the other fraction keeps its digits.
            let (lower, upper) = both(a, b + 1.0, x, y);
            return ((lower - term / b).clamp(0.0, 1.0), (upper + term / b).clamp(0.0, 1.0));
        }
        let lower = (term * tail_over_term(a, b, x, y)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        if a <= 1.0 && b > LOPSIDED {
            let (lower, upper) = both(a + 1.0, b, x, y);
            return ((lower + term / a).clamp(0.0, 1.0), (upper - term / a).clamp(0.0, 1.0));
        }
        let upper = (term * tail_over_term(b, a, y, x)).min(1.0);
        (1.0 - upper, upper)
    }
}

/// `I_x(a, b) / (x^a y^b / B(a, b))`, for `x` below about the mean.
fn tail_over_term(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if a > 1.0 && b > 1.0 { contracted_fraction(a, b, x, y) } else { continued_fraction(a, b, x) / a }
}

/// The continued fraction of Didonato and Morris, in which `x` enters by its distance `λ = a - (a + b) x` from the mean, so
/// that nothing is lost where `x` is next to 1.
fn contracted_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let lambda = if a > b { (a + b) * y - b } else { a - (a + b) * x };
    let c = 1.0 + lambda;
    let c0 = b / a;
    let c1 = 1.0 + 1.0 / a;
    let mut p = 1.0;
    let mut s = a + 1.0;
    let (mut numerator_before, mut denominator_before) = (0.0, 1.0);
    let (mut numerator, mut denominator) = (1.0, c / c1);
    let mut fraction = c1 / c;
    for n in 1..MOST_TERMS {
        let n = f64::from(n);
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + c0) * e * e * (w * x);
        let e = (t + 1.0) / (c1 + t + t);
        let beta = n + w / s + e * (c + n * (1.0 + y));
        p = t + 1.0;
        s += 2.0;
        (numerator, numerator_before) = (alpha * numerator_before + beta * numerator, numerator);
        (denominator, denominator_before) = (alpha * denominator_before + beta * denominator, denominator);
        let next = numerator / denominator;
        let change = (next - fraction).abs();
        fraction = next;
        if change <= 1e-16 * fraction {
            break;
        }
        // Rescaled to the denominator, so that neither overflows.
        numerator_before /= denominator;
        denominator_before /= denominator;
        numerator = fraction;
        denominator = 1.0;
    }
    fraction
}

/// The continued fraction of `a I_x(a, b) / (x^a y^b / B(a, b))`, by Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..MOST_TERMS {
        let m = f64::from(m);
        let even = m * ((b - m) / (a + 2.0 * m)) * (x / (a + 2.0 * m - 1.0));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) / (a + 2.0 * m) * ((a + b + m) / (a + 2.0 * m + 1.0)) * x;
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

/// `I_x = ½ erfc(-η √(n/2)) + R` with `½ η²` the deviance per observation, and the leading term of R.
fn uniform_expansion(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    let n = a + b;
    let (centre, centre_rest) = (a / n, b / n);
    let spread = (centre * centre_rest).sqrt();
    // Through the smaller of x and y: its difference to the centre has the fewer lost digits.
    let difference = if x < y { x - centre } else { centre_rest - y };
    let total = total_deviance(a, b, x, y);
    let eta = (2.0 * total / n).sqrt().copysign(difference);
    let leading = if difference.abs() < 1e-5 * spread * spread {
        (centre_rest - centre) / (3.0 * spread)
    } else {
        1.0 / eta - spread / difference
    };
    let remainder = exp(-total) / (2.0 * PI * n).sqrt() * leading;
    let argument = eta * (0.5 * n).sqrt();
    if eta < 0.0 {
        let lower = (0.5 * erfc(-argument) + remainder).clamp(0.0, 1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (0.5 * erfc(argument) - remainder).clamp(0.0, 1.0);
        (1.0 - upper, upper)
    }
}

/// The `x` with `I_x(a, b) = p`: the quantile of a Beta variable; 0 at `p = 0` and 1 at `p = 1`.
///
/// ```
/// let x = foretell::math::beta::inverse(6.0, 4.0, 0.05);
/// assert!((x - 0.344941).abs() < 1e-6);
/// ```
#[must_use]
pub fn inverse(a: f64, b: f64, p: f64) -> f64 {
    logistic(logit_inverse(a, b, p, 1.0 - p))
}

/// The log-odds of the `x` with `I_x(a, b) = p`, where `q = 1 - p` is given as well so that neither tail loses digits.
///
/// Newton's method on `ln I` or its complement's logarithm, whichever tail is smaller; in the log-odds both are concave, so
/// the steps cannot run away. `-inf` at `p = 0` and `+inf` at `q = 0`.
#[must_use]
pub fn logit_inverse(a: f64, b: f64, p: f64, q: f64) -> f64 {
    logit_inverse_near(a, b, (p, q), None)
}

/// [`logit_inverse`], from where one may know it to be near.
pub(crate) fn logit_inverse_near(a: f64, b: f64, (p, q): (f64, f64), near: Option<f64>) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if q <= 0.0 {
        return f64::INFINITY;
    }
    let ln_beta = ln_beta(a, b);
    // The leading powers of either tail; between them the normal approximation of the log-odds.
    let lower_power = (ln(p) + ln(a) + ln_beta) / a;
    let upper_power = -(ln(q) + ln(b) + ln_beta) / b;
    let start = if let Some(near) = near {
        near
    } else if p <= q && lower_power < -4.0 {
        lower_power
    } else if q < p && upper_power > 4.0 {
        upper_power
    } else {
        let z = if p < 0.5 { crate::math::normal::quick_quantile(p) } else { -crate::math::normal::quick_quantile(q) };
        ln(a / b) + z * (1.0 / a + 1.0 / b).sqrt()
    };
    let smaller_is_lower = p <= q;
    let front = power_front(a, b);
    newton_on_log_tail(start, ln(p.min(q)), smaller_is_lower, |t| {
        let (x, y) = (logistic(t), logistic(-t));
        if x > 1e-290 && y > 1e-290 {
            let term = front * exp(-total_deviance(a, b, x, y));
            let (lower, upper) = both_from_term(a, b, x, y, term);
            let tail = if smaller_is_lower { lower } else { upper };
            return (ln(tail), term / tail);
        }
        // The leading power is exact, and stays so where x or y is no double any more.
        let (power, shape) = if t < 0.0 { (a * t, a) } else { (-b * t, b) };
        let ln_near = (power - ln(shape) - ln_beta).min(0.0);
        if smaller_is_lower == (t < 0.0) { (ln_near, shape) } else { ln_complement(ln_near, shape) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_parameters_are_binomial_sums() {
        // I_x(k, n - k + 1) = P(Binomial(n, x) >= k).
        let (n, x) = (12, 0.3_f64);
        let mut mass = (1.0 - x).powi(n);
        let mut below = 0.0;
        for k in 1..=n {
            below += mass;
            let upper = both(f64::from(k), f64::from(n - k + 1), x, 1.0 - x).0;
            assert!((upper - (1.0 - below)).abs() < 1e-14, "{k}");
            mass *= f64::from(n - k + 1) / f64::from(k) * x / (1.0 - x);
        }
    }

    #[test]
    fn statrs_agrees_to_ten_digits() {
        for a in [0.05, 0.5, 1.0, 3.0, 40.0, 900.0] {
            for b in [0.05, 0.5, 2.0, 17.0, 1200.0] {
                for x in [0.001, 0.1, 0.4, 0.5, 0.77, 0.999] {
                    let ours = regularised(a, b, x);
                    let theirs = statrs::function::beta::beta_reg(a, b, x);
                    assert!((ours - theirs).abs() < 1e-10, "{a} {b} {x}: {ours} {theirs}");
                }
                assert!((ln_beta(a, b) - statrs::function::beta::ln_beta(a, b)).abs() < 1e-10, "{a} {b}");
            }
        }
    }

    #[test]
    fn powers_and_the_arc_sine_law_are_met_to_full_accuracy() {
        for x in [1e-200, 1e-9, 0.2, 0.5, 0.9] {
            assert!((both(3.0, 1.0, x, 1.0 - x).0 / (x * x * x) - 1.0).abs() < 1e-14 || x < 1e-100);
            let (lower, upper) = both(1.0, 7.0, x, 1.0 - x);
            assert!((upper - crate::math::powf(1.0 - x, 7.0)).abs() < 1e-15, "{lower} {upper}");
        }
        // I_x(½, ½) = 2/π asin √x, and asin √¼ = π/6.
        assert!((regularised(0.5, 0.5, 0.25) - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn the_uniform_expansion_joins_the_fraction() {
        for (a, b) in [(2e7, 2e7), (1.5e7, 9e7), (3e7, 4e11)] {
            let n: f64 = a + b;
            for z in [-6.0, -2.0, -0.3, -1e-3, 0.0, 1e-3, 0.3, 2.0, 6.0] {
                let x = a / n + z * (a / n * (b / n) / n).sqrt();
                let y = b / n - z * (a / n * (b / n) / n).sqrt();
                let lower = power_term(a, b, x, y) * tail_over_term(a, b, x, y);
                let upper = power_term(a, b, x, y) * tail_over_term(b, a, y, x);
                let expanded = uniform_expansion(a, b, x, y);
                let (one, other) = if z < 0.0 { (expanded.0, lower) } else { (expanded.1, upper) };
                // The digits of x itself allow no more than 1e-16 √n.
                assert!((one / other - 1.0).abs() < 1e-11 + 3e-15 * n.sqrt(), "{a} {b} {z}: {one} {other}");
            }
        }
    }

    #[test]
    fn with_one_huge_parameter_it_is_the_incomplete_gamma_function() {
        // I_x(a, b) -> P(a, b x) with an error of order 1/b.
        for a in [0.01, 0.5, 1.0, 3.0, 500.0] {
            let b = 1e14;
            for ratio in [0.2, 0.8, 1.0, 1.5, 4.0] {
                let x: f64 = a * ratio / b;
                let (lower, upper) = both(a, b, x, 1.0 - x);
                let limit = crate::math::gamma::both(a, b * x);
                assert!((lower / limit.0 - 1.0).abs() < 1e-9 + a * a / b, "{a} {ratio}: {lower} {}", limit.0);
                assert!((upper - limit.1).abs() <= limit.1 * (1e-9 + a * a / b), "{a} {ratio}: {upper} {}", limit.1);
            }
        }
    }

    #[test]
    fn the_inverse_inverts_both_tails() {
        for a in [1e-3, 0.2, 1.0, 6.0, 300.0, 1e6] {
            for b in [1e-3, 0.5, 4.0, 1e3, 1e8] {
                for p in [1e-300, 1e-12, 0.01, 0.3, 0.5] {
                    for (below, above) in [(p, 1.0 - p), (1.0 - p, p)] {
                        let t = logit_inverse(a, b, below, above);
                        assert!(!t.is_nan());
                        if t.abs() < 600.0 {
                            let (lower, upper) = both(a, b, logistic(t), logistic(-t));
                            let back = if below <= above { lower / below } else { upper / above };
                            // One step up in the small parameter costs digits in a tail so far out.
                            let tolerance = if p < 1e-100 { 1e-6 } else { 1e-9 };
                            assert!((back - 1.0).abs() < tolerance, "{a} {b} {below}: {t} {back}");
                        }
                    }
                }
            }
        }
        // Modelling case S1: Beta(6, 4).
        assert!((inverse(6.0, 4.0, 0.05) - 0.344_941).abs() < 5e-7);
        assert!((inverse(6.0, 4.0, 0.95) - 0.831_250).abs() < 5e-7);
    }

    #[test]
    fn the_ends_are_limits() {
        assert_eq!(inverse(2.0, 3.0, 0.0), 0.0);
        assert_eq!(inverse(2.0, 3.0, 1.0), 1.0);
        assert_eq!(regularised(2.0, 3.0, -0.5), 0.0);
        assert_eq!(regularised(2.0, 3.0, 1.5), 1.0);
        for a in [1e-9, 1e-3, 1.0, 1e9, 1e15] {
            for b in [1e-9, 1.0, 1e6, 1e15] {
                for x in [1e-300, 1e-9, 0.5, 1.0 - 1e-12] {
                    assert!((0.0..=1.0).contains(&regularised(a, b, x)), "{a} {b} {x}");
                }
            }
        }
    }
}
