//! Draws from the binomial distribution: how many of so many draws fall into a part.

use crate::math::{SplitMix, exp, ln, ln_1p, ln_gamma, sqrt};

/// How many of `count` draws have a chance of `share` come true.
///
/// Exact: transformed rejection with squeeze where ten or more are expected on the rarer side, otherwise by adding up the masses from 0.
///
/// Hörmann (1993), J. Stat. Comput. Simul. 46, 101–110, algorithm BTRS.
pub(super) fn binomial(stream: &mut SplitMix, count: usize, share: f64) -> usize {
    if share > 0.5 {
        return count - binomial(stream, count, 1.0 - share);
    }
    if share <= 0.0 || count == 0 {
        return 0;
    }
    let n = count as f64;
    if n * share < 10.0 { added_up(stream, n, share) as usize } else { transformed(stream, n, share) as usize }
}

fn added_up(stream: &mut SplitMix, n: f64, p: f64) -> f64 {
    let odds = p / (1.0 - p);
    let mut mass = exp(n * ln_1p(-p));
    let mut left = stream.inner_unit() - mass;
    let mut k = 0.0;
    while left > 0.0 && k < n {
        mass *= odds * (n - k) / (k + 1.0);
        k += 1.0;
        left -= mass;
    }
    k
}

fn transformed(stream: &mut SplitMix, n: f64, p: f64) -> f64 {
    let spread = sqrt(n * p * (1.0 - p));
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let middle = n * p + 0.5;
    let squeeze = 0.92 - 4.2 / b;
    loop {
        let u = stream.inner_unit() - 0.5;
        let v = stream.inner_unit();
        let edge = 0.5 - u.abs();
        let k = ((2.0 * a / edge + b) * u + middle).floor();
        if edge >= 0.07 && v <= squeeze {
            return k;
        }
        if k < 0.0 || k > n {
            continue;
        }
        let mode = ((n + 1.0) * p).floor();
        let height = ln(v * (2.83 + 5.1 / b) * spread / (a / (edge * edge) + b));
        let ratio = ln_gamma(mode + 1.0) + ln_gamma(n - mode + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
            + (k - mode) * ln(p / (1.0 - p));
        if height <= ratio {
            return k;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_binomial_masses() {
        // A chi-square of df degrees lies below df + 6 √(2 df) + 30 but for less than one time in a million.
        for (seed, (count, share)) in
            [(40_usize, 0.5), (300, 0.04), (1000, 0.02), (90, 0.9), (25, 0.1)].into_iter().enumerate()
        {
            let mut stream = SplitMix::new(seed as u64);
            let draws = 200_000;
            let mut seen = vec![0.0; count + 1];
            for _ in 0..draws {
                seen[binomial(&mut stream, count, share)] += 1.0;
            }
            let n = count as f64;
            let mass = |k: usize| {
                let k = k as f64;
                exp(ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
                    + k * ln(share)
                    + (n - k) * ln(1.0 - share))
            };
            let (mut square, mut bins, mut rest_seen, mut rest) = (0.0, 0.0, 0.0, 0.0);
            for (k, seen) in seen.iter().enumerate() {
                let expected = mass(k) * f64::from(draws);
                if expected >= 10.0 {
                    square += (seen - expected) * (seen - expected) / expected;
                    bins += 1.0;
                } else {
                    rest_seen += seen;
                    rest += expected;
                }
            }
            if rest > 1.0 {
                square += (rest_seen - rest) * (rest_seen - rest) / rest;
            }
            assert!(square < bins + 6.0 * f64::sqrt(2.0 * bins) + 30.0, "{count} {share}: {square} for {bins}");
        }
    }

    #[test]
    fn certain_and_impossible_need_no_draw() {
        let mut stream = SplitMix::new(1);
        assert_eq!(binomial(&mut stream, 50, 0.0), 0);
        assert_eq!(binomial(&mut stream, 50, 1.0), 50);
        assert_eq!(binomial(&mut stream, 0, 0.3), 0);
    }
}
