//! Intervals for a mean that hold at all times at once, and the evidence that belongs to them.
//!
//! A confidence sequence contains the mean after every value with the stated probability, however often one looks. It needs
//! bounded values and nothing about their distribution; what it holds is the mean of the expectations, each given its past.

use super::evalue::exp_held;
use crate::math::{find_root, gamma, ln, ln_gamma, sqrt};

/// The intrinsic time at which the sequences are made narrowest, where none is stated.
pub const BEST_AT: f64 = 10.0;

/// Hoeffding's confidence sequence: the width follows from the bounds and the number of values alone.
///
/// ```text
/// mean ± √((v + ρ)(ln(1 + v/ρ) + 2 ln(1/α))) / t          v = t (high - low)²/4,  ρ = v_best / (2 ln(1/α) + ln(1 + 2 ln(1/α)))
/// ```
///
/// Howard, Ramdas, McAuliffe and Sekhon (2021), Ann. Stat. 49, 1055–1080, equation 14; Choe and Ramdas (2023), Oper. Res. 72, theorem 1.
#[derive(Debug, Clone, PartialEq)]
pub struct HoeffdingSequence {
    low: f64,
    high: f64,
    alpha: f64,
    rho: f64,
    count: usize,
    sum: f64,
}

impl HoeffdingSequence {
    /// A sequence for values between two bounds that misses the mean at any time with probability `alpha` at most, narrowest at the
    /// intrinsic time `best_at`. `None` unless the bounds are finite and in order, `alpha` lies in 0..1 and `best_at` is positive.
    #[must_use]
    pub fn new(low: f64, high: f64, alpha: f64, best_at: f64) -> Option<Self> {
        let usable = in_order(low, high) && (0.0..1.0).contains(&alpha) && alpha > 0.0 && best_at > 0.0;
        usable.then(|| Self { low, high, alpha, rho: best_rho(best_at, alpha), count: 0, sum: 0.0 })
    }

    /// Takes a value; whether it lay within the bounds. One that did not is not taken.
    #[must_use]
    pub fn push(&mut self, value: f64) -> bool {
        let within = (self.low..=self.high).contains(&value);
        if within {
            self.count += 1;
            self.sum += value;
        }
        within
    }

    /// The interval after the values so far; `None` before the first.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        if self.count == 0 {
            return None;
        }
        let t = self.count as f64;
        let half = 0.5 * (self.high - self.low);
        let v = half * half * t;
        let radius = sqrt((v + self.rho) * (ln(1.0 + v / self.rho) + 2.0 * ln(1.0 / self.alpha))) / t;
        Some((self.sum / t - radius, self.sum / t + radius))
    }
}

/// The empirical Bernstein confidence sequence: narrow where the values hardly vary.
///
/// ```text
/// mean ± u(max(1, V)) / t,   V = Σ (x_i - mean of x before i)²,   u: where the mixture M(u, V) reaches 2/α
/// M(s, V) = gamma-exponential mixture of exp(λ s - ψ(λ) V),  ψ(λ) = (-ln(1 - cλ) - cλ)/c²,  c = high - low
/// ```
///
/// M at the sum of the values is itself evidence: an e-process against "the mean is 0 or less".
///
/// Howard, Ramdas, McAuliffe and Sekhon (2021), Ann. Stat. 49, 1055–1080, proposition 9 and theorem 4; Choe and Ramdas (2023),
/// Oper. Res. 72, theorems 2 and 3.
#[derive(Debug, Clone, PartialEq)]
pub struct BernsteinSequence {
    low: f64,
    high: f64,
    alpha: f64,
    mixture: Mixture,
    count: usize,
    sum: f64,
    intrinsic_time: f64,
}

impl BernsteinSequence {
    /// As [`HoeffdingSequence::new`].
    #[must_use]
    pub fn new(low: f64, high: f64, alpha: f64, best_at: f64) -> Option<Self> {
        let usable = in_order(low, high) && (0.0..1.0).contains(&alpha) && alpha > 0.0 && best_at > 0.0;
        usable.then(|| Self {
            low,
            high,
            alpha,
            mixture: Mixture::new(best_rho(best_at, alpha), high - low),
            count: 0,
            sum: 0.0,
            intrinsic_time: 0.0,
        })
    }

    /// Takes a value; whether it lay within the bounds. One that did not is not taken.
    #[must_use]
    pub fn push(&mut self, value: f64) -> bool {
        let within = (self.low..=self.high).contains(&value);
        if within {
            let before = if self.count == 0 { 0.0 } else { self.sum / self.count as f64 };
            self.intrinsic_time += (value - before) * (value - before);
            self.count += 1;
            self.sum += value;
        }
        within
    }

    /// The interval after the values so far; `None` before the first.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        if self.count == 0 {
            return None;
        }
        let t = self.count as f64;
        let radius = self.mixture.reaches(ln(2.0 / self.alpha), self.intrinsic_time.max(1.0))? / t;
        Some((self.sum / t - radius, self.sum / t + radius))
    }

    /// The e-value against "the mean is 0 or less" after the values so far; 1 before the first.
    #[must_use]
    pub fn evidence_above(&self) -> f64 {
        exp_held(self.mixture.ln_value(self.sum, self.intrinsic_time))
    }

    /// The e-value against "the mean is 0 or more".
    #[must_use]
    pub fn evidence_below(&self) -> f64 {
        exp_held(self.mixture.ln_value(-self.sum, self.intrinsic_time))
    }
}

fn in_order(low: f64, high: f64) -> bool {
    low.is_finite() && high.is_finite() && low < high
}

/// The spread of the mixture that is best at an intrinsic time.
fn best_rho(best_at: f64, alpha: f64) -> f64 {
    let depth = 2.0 * ln(1.0 / alpha);
    best_at / (depth + ln(1.0 + depth))
}

/// The gamma-exponential mixture.
#[derive(Debug, Clone, PartialEq)]
struct Mixture {
    rho: f64,
    scale: f64,
    leading: f64,
}

impl Mixture {
    fn new(rho: f64, scale: f64) -> Self {
        let a = rho / (scale * scale);
        Self { rho, scale, leading: a * ln(a) - ln_gamma(a) - ln(gamma::lower(a, a)) }
    }

    /// Its logarithm at a sum and an intrinsic time.
    fn ln_value(&self, sum: f64, v: f64) -> f64 {
        let square = self.scale * self.scale;
        let a = (v + self.rho) / square;
        let x = (self.scale * sum + v + self.rho) / square;
        self.leading - self.rho / square + x + ln_scaled_lower(a, x)
    }

    /// The sum at which the logarithm reaches a height.
    fn reaches(&self, height: f64, v: f64) -> Option<f64> {
        let mut above = sqrt(2.0 * v * height) + self.scale;
        for _ in 0..64 {
            if self.ln_value(above, v) > height {
                return find_root(|sum| self.ln_value(sum, v) - height, 0.0, above, 1e-12 * above);
            }
            above *= 2.0;
        }
        None
    }
}

/// `ln [γ(a, x) x^(-a)]`, which is finite for every `x`, also below 0: there the sum was so low that the bets lost.
fn ln_scaled_lower(a: f64, x: f64) -> f64 {
    if x > a + 1.0 {
        return ln_gamma(a) + ln(gamma::lower(a, x)) - a * ln(x);
    }
    if x >= 0.0 {
        // e^(-x)/a Σ x^k / ((a+1)…(a+k))
        let (mut term, mut sum, mut next) = (1.0, 1.0, a + 1.0);
        while term > 1e-17 * sum {
            term *= x / next;
            sum += term;
            next += 1.0;
        }
        return ln(sum / a) - x;
    }
    // e^(-x) times the mean of 1/(a + K) over K ~ Poisson(-x), summed outwards from its mode.
    let rate = -x;
    let mode = rate.floor();
    let top = gamma::power_term(mode, rate);
    let mut sum = top / (a + mode);
    let (mut mass, mut k) = (top, mode);
    while k > 0.0 && mass > 1e-17 * top {
        mass *= k / rate;
        k -= 1.0;
        sum += mass / (a + k);
    }
    (mass, k) = (top, mode);
    while mass > 1e-17 * top {
        k += 1.0;
        mass *= rate / k;
        sum += mass / (a + k);
    }
    ln(sum) - x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::quadrature::integrate;
    use crate::math::{exp, powf};

    /// The mixture by its definition: λ in (0, 1/c), a gamma law of ρ/c² for the slope of ψ, cut off and normed.
    fn integrated(rho: f64, scale: f64, sum: f64, v: f64) -> f64 {
        // With θ = 1 - cλ in (0, 1): exp(λ s - ψ(λ) v) = exp((1-θ)(s/c + v/c²)) θ^(v/c²); weight ∝ θ^(ρ/c² - 1) e^(-θ ρ/c²), of
        // which u = θ^(ρ/c²) takes the power.
        let (shape, time) = (rho / (scale * scale), v / (scale * scale));
        let theta = |u: f64| powf(u, 1.0 / shape);
        let weight = |u: f64| exp(-shape * theta(u));
        let value = |u: f64| weight(u) * exp((1.0 - theta(u)) * (sum / scale + time) + time * ln(theta(u)));
        integrate(value, 1e-12, 1.0, 1e-13) / integrate(weight, 1e-12, 1.0, 1e-13)
    }

    #[test]
    fn the_mixture_is_the_integral_that_defines_it() {
        for (rho, scale) in [(5.0, 2.0), (1.26, 0.5), (40.0, 2.0)] {
            let mixture = Mixture::new(rho, scale);
            for (sum, v) in [(0.0, 1.0), (3.0, 2.0), (-1.5, 2.0), (-8.0, 3.0), (12.0, 9.0), (0.0, 0.0)] {
                let expected = integrated(rho, scale, sum, v);
                let value = exp(mixture.ln_value(sum, v));
                assert!((value / expected - 1.0).abs() < 1e-5, "{rho} {scale} {sum} {v}: {value} {expected}");
            }
        }
    }

    #[test]
    fn the_ends_are_where_the_mixture_reaches_its_threshold() {
        // Without variation the intrinsic time counts as 1. Here rho is that of BEST_AT and 5 %, and 2/0.05 the threshold.
        for values in [vec![0.0], vec![0.25; 9], vec![0.9, -0.8, 0.7, -0.9, 0.3]] {
            let mut sequence = BernsteinSequence::new(-1.0, 1.0, 0.05, BEST_AT).expect("bounds in order");
            assert!(values.iter().all(|value| sequence.push(*value)));
            let (mut time, mut sum) = (0.0, 0.0);
            for (at, value) in values.iter().enumerate() {
                let before = if at == 0 { 0.0 } else { sum / at as f64 };
                time += (value - before) * (value - before);
                sum += value;
            }
            let (lower, upper) = sequence.interval().expect("there are values");
            let reach = 0.5 * (upper - lower) * values.len() as f64;
            let rho = 10.0 / (2.0 * ln(20.0) + ln(1.0 + 2.0 * ln(20.0)));
            assert!((integrated(rho, 2.0, reach, f64::max(time, 1.0)) / 40.0 - 1.0).abs() < 1e-4, "{values:?}");
        }
    }

    #[test]
    fn far_out_the_mixture_stays_a_number() {
        let mixture = Mixture::new(1.26, 2.0);
        let mut last = f64::NEG_INFINITY;
        for sum in [-1e6, -1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4, 1e6] {
            let value = mixture.ln_value(sum, 5e4);
            assert!(value.is_finite() && value > last, "{sum}: {value}");
            last = value;
        }
    }

    #[test]
    fn before_the_first_value_there_is_no_interval_and_evidence_is_one() {
        let mut sequence = BernsteinSequence::new(-1.0, 1.0, 0.05, BEST_AT).expect("bounds in order");
        assert_eq!(sequence.interval(), None);
        assert!((sequence.evidence_above() - 1.0).abs() < 1e-12);
        assert!(!sequence.push(1.5) && sequence.push(0.5));
        assert!(BernsteinSequence::new(1.0, -1.0, 0.05, BEST_AT).is_none());
        assert!(HoeffdingSequence::new(0.0, 1.0, 1.0, BEST_AT).is_none());
    }

    #[test]
    fn little_variation_makes_bernstein_the_narrower() {
        let mut bernstein = BernsteinSequence::new(-1.0, 1.0, 0.05, BEST_AT).expect("bounds in order");
        let mut hoeffding = HoeffdingSequence::new(-1.0, 1.0, 0.05, BEST_AT).expect("bounds in order");
        for at in 0..2000 {
            let value = 0.05 + 0.01 * f64::from(at % 5 - 2);
            assert!(bernstein.push(value) && hoeffding.push(value));
        }
        let (lower, upper) = bernstein.interval().expect("2000 values");
        let (wide_lower, wide_upper) = hoeffding.interval().expect("2000 values");
        assert!(lower > 0.0 && upper < 0.1 && wide_lower < 0.0 && wide_upper > 0.1);
        assert!(bernstein.evidence_above() > 1e6 && bernstein.evidence_below() < 1.0);
    }
}
