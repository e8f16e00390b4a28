//! Tests that look at signs and ranks of differences, not at their sizes.

use crate::math::{beta, normal, sqrt};
use serde::Serialize;

/// So many differences are tested exactly, by counting all signs.
pub const EXACT_RANKS: usize = 50;

/// What the signed ranks of Wilcoxon found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SignedRanks {
    /// V: the sum of the ranks of the differences above 0.
    pub positive_ranks: f64,
    /// Differences that are not 0.
    pub count: usize,
    /// By the normal approximation with the corrections for ties and continuity; 1 when every difference is 0.
    pub p_two_sided: f64,
    /// By counting all signs, ties included; `None` with more than [`EXACT_RANKS`] differences.
    pub p_exact: Option<f64>,
}

/// Wilcoxon's signed-rank test: are the differences symmetric around 0?
///
/// ```text
/// V = Σ rank |d_i| over d_i > 0,   z = (V - n(n+1)/4 ∓ ½) / √(n(n+1)(2n+1)/24 - Σ (t³-t)/48)
/// ```
///
/// Differences of 0 are left out; ties of t differences share the mean of their ranks. What rounding alone tells apart – a billionth of a thousandth of the largest – is a tie, or 0. Differences must not depend on each other:
/// give one for each cluster. `None` without differences or with one that is not finite.
///
/// ```
/// use foretell::compare::signed_ranks;
///
/// let test = signed_ranks(&[1.0, 2.0, -3.0, 4.0, 5.0]).expect("there are differences");
/// assert_eq!((test.positive_ranks, test.p_exact), (12.0, Some(0.3125)));
/// ```
///
/// Wilcoxon (1945), Biometrics Bull. 1, 80–83; Pratt and Gibbons (1981), Concepts of Nonparametric Theory, chapter 3.
#[must_use]
pub fn signed_ranks(differences: &[f64]) -> Option<SignedRanks> {
    if differences.is_empty() || !differences.iter().all(|difference| difference.is_finite()) {
        return None;
    }
    let rounding = rounding(differences);
    let told = differences.iter().filter(|d| d.abs() > rounding);
    let mut sizes: Vec<(f64, bool)> = told.map(|d| (d.abs(), *d > 0.0)).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = sizes.len();
    // Twice the rank, so that shared ranks are whole numbers.
    let mut doubled = Vec::with_capacity(count);
    let (mut positive, mut ties) = (0, 0.0);
    for tie in sizes.chunk_by(|a, b| b.0 - a.0 <= rounding) {
        let rank = 2 * doubled.len() + tie.len() + 1;
        doubled.resize(doubled.len() + tie.len(), rank);
        positive += rank * tie.iter().filter(|(_, above)| *above).count();
        let t = tie.len() as f64;
        ties += t * t * t - t;
    }
    let n = count as f64;
    let distance = 0.5 * positive as f64 - n * (n + 1.0) / 4.0;
    let spread = sqrt(n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0);
    let z = if distance == 0.0 { 0.0 } else { (distance - 0.5_f64.copysign(distance)) / spread };
    Some(SignedRanks {
        positive_ranks: 0.5 * positive as f64,
        count,
        p_two_sided: (2.0 * normal::cdf(z).min(normal::cdf(-z))).min(1.0),
        p_exact: (count <= EXACT_RANKS).then(|| exact(&doubled, positive)),
    })
}

/// What rounding makes of equal differences.
fn rounding(differences: &[f64]) -> f64 {
    1e-12 * differences.iter().fold(0.0, |largest: f64, difference| largest.max(difference.abs()))
}

/// The chance of a sum of ranks as far from its middle, all signs being as likely.
fn exact(doubled: &[usize], positive: usize) -> f64 {
    let all: usize = doubled.iter().sum();
    // How likely each sum of the ranks with a plus is.
    let mut chances = vec![0.0; all + 1];
    chances[0] = 1.0;
    let mut reached = 0;
    for rank in doubled {
        for sum in (0..=reached).rev() {
            chances[sum] *= 0.5;
            chances[sum + rank] += chances[sum];
        }
        reached += rank;
    }
    let tail: f64 = chances[..=positive.min(all - positive)].iter().sum();
    (2.0 * tail).min(1.0)
}

/// What the sign test found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Signs {
    /// Differences below 0.
    pub below: usize,
    /// Differences above 0.
    pub above: usize,
    /// Differences of 0; they do not count.
    pub equal: usize,
}

impl Signs {
    /// Counts the signs of differences.
    #[must_use]
    pub fn of(differences: &[f64]) -> Self {
        let rounding = rounding(differences);
        let (below, above) = (|d: &&f64| **d < -rounding, |d: &&f64| **d > rounding);
        let (below, above) = (differences.iter().filter(below).count(), differences.iter().filter(above).count());
        Self { below, above, equal: differences.len() - below - above }
    }

    /// The chance of numbers as uneven, on either side, if each sign were as likely as the other; 1 when every difference is 0.
    ///
    /// ```text
    /// p = min(1, 2 P(B <= min(below, above))),   B ~ Binomial(below + above, ½)
    /// ```
    ///
    /// ```
    /// use foretell::compare::Signs;
    ///
    /// let p = Signs::of(&[-1.0, -0.5, -2.0, 0.3, 0.0]).p_two_sided();
    /// assert!((p - 0.625).abs() < 1e-12);
    /// ```
    ///
    /// Arbuthnott (1710), Philos. Trans. 27, 186–190.
    #[must_use]
    pub fn p_two_sided(self) -> f64 {
        let (fewer, more) = (self.below.min(self.above) as f64, self.below.max(self.above) as f64);
        if fewer == more {
            return 1.0;
        }
        // P(B <= k) = I_½(n - k, k + 1)
        (2.0 * beta::regularised(more, fewer + 1.0, 0.5)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact p-value by going through every assignment of signs.
    fn enumerated(differences: &[f64]) -> f64 {
        let mut sizes: Vec<f64> = differences.iter().filter(|d| **d != 0.0).map(|d| d.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let rank = |size: f64| {
            let below = sizes.iter().filter(|other| **other < size).count() as f64;
            let same = sizes.iter().filter(|other| **other == size).count() as f64;
            below + 0.5 * (same + 1.0)
        };
        let ranks: Vec<f64> = sizes.iter().map(|size| rank(*size)).collect();
        let middle = 0.5 * ranks.iter().sum::<f64>();
        let seen: f64 = differences.iter().filter(|d| **d > 0.0).map(|d| rank(*d)).sum();
        let far = (0..1_u32 << ranks.len())
            .filter(|signs| {
                let sum: f64 = (0..ranks.len()).filter(|at| signs >> at & 1 == 1).map(|at| ranks[at]).sum();
                (sum - middle).abs() >= (seen - middle).abs() - 1e-9
            })
            .count();
        far as f64 / f64::from(1_u32 << ranks.len())
    }

    #[test]
    fn the_exact_p_value_is_that_of_all_signs_with_ties_and_zeros() {
        for differences in [
            vec![0.3, -0.1, 0.4, 0.2, -0.3, 0.5, 0.1, 0.7],
            vec![0.5, 0.5, -0.5, 0.25, 0.25, 0.0, 1.0],
            vec![-1.0, -2.0, -3.0, -4.0, -5.0, -6.0],
            vec![0.5],
        ] {
            let test = signed_ranks(&differences).expect("there are differences");
            assert!((test.p_exact.expect("few") - enumerated(&differences)).abs() < 1e-12, "{differences:?}");
        }
    }

    #[test]
    fn the_approximation_is_near_the_exact_figure_for_forty_differences() {
        let differences: Vec<f64> = (1..=40).map(|at| f64::from((at * 17) % 41) - 14.0).collect();
        let test = signed_ranks(&differences).expect("there are differences");
        assert!((test.p_exact.expect("40 at most") - test.p_two_sided).abs() < 0.003, "{test:?}");
    }

    #[test]
    fn what_rounding_tells_apart_is_a_tie() {
        // Nine differences of 0.08 in either direction, as differences of squares come out: all share the middle rank.
        let pairs = [(0.3, 0.1), (0.9, 0.6), (0.5, 0.3), (0.7, 0.4), (0.6, 0.5)];
        let differences: Vec<f64> = (0..9)
            .map(|at| {
                let (p, q): (f64, f64) = pairs[at % pairs.len()];
                let scale = 0.08 / (p * p - q * q);
                (if at % 3 == 0 { -1.0 } else { 1.0 }) * (scale * p * p - scale * q * q)
            })
            .collect();
        assert!(differences.iter().any(|d| d.abs() != 0.08), "rounding makes some of them differ");
        let test = signed_ranks(&differences).expect("there are differences");
        assert_eq!((test.positive_ranks, test.count), (30.0, 9));
        assert_eq!(signed_ranks(&[0.5, 0.25, 1e-17]).map(|test| test.count), Some(2));
        assert_eq!(Signs::of(&[0.5, -0.25, -1e-17]), Signs { below: 1, above: 1, equal: 1 });
    }

    #[test]
    fn differences_of_zero_tell_nothing() {
        let test = signed_ranks(&[0.0, 0.0]).expect("there are differences");
        assert_eq!((test.positive_ranks, test.p_two_sided, test.p_exact), (0.0, 1.0, Some(1.0)));
        assert_eq!(Signs::of(&[0.0, 0.0]).p_two_sided(), 1.0);
        assert!(signed_ranks(&[]).is_none() && signed_ranks(&[f64::NAN]).is_none());
    }

    #[test]
    fn the_sign_test_is_the_binomial_sum() {
        // 12 of 15: 2 (1 + 15 + 105 + 455) / 2^15.
        let differences: Vec<f64> = (0..15).map(|at| if at < 12 { -1.0 } else { 1.0 }).collect();
        assert!((Signs::of(&differences).p_two_sided() - 1152.0 / 32768.0).abs() < 1e-14);
        assert_eq!(Signs::of(&[1.0, -1.0]).p_two_sided(), 1.0);
    }
}
