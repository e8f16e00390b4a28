//! A test of calibration by betting: evidence that may be looked at after every outcome.

use super::Points;
use super::cox::limited;
use crate::math::{exp, isotonic, ln};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many past outcomes the stated probability itself counts for in the bet.
const PRIOR_COUNT: f64 = 10.0;
/// Past forecasts are put together to this fineness before they are smoothed.
const GRID: f64 = 1000.0;

/// What betting against the stated probabilities has earned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ETest {
    /// The natural logarithm of the e-value after the last outcome.
    pub ln_e_value: f64,
    /// The largest that it ever was, 0 at the start included.
    pub ln_largest: f64,
    /// The chance, at most, that calibrated forecasts would ever have let a bet earn as much as the largest: `1 / largest e-value`.
    pub p_anytime: f64,
    /// Outcomes.
    pub count: usize,
}

/// A safe version of the Hosmer–Lemeshow test: the e-value of a bet against the stated probabilities.
///
/// ```text
/// E = product over t of (q_t/p_t)^{y_t} ((1 - q_t)/(1 - p_t))^{1 - y_t}
/// q_t = (10 p_t + n_t m_t) / (10 + n_t)
/// ```
///
/// where `m_t` is the share of yes in the block of an isotonic regression of the outcomes before t that holds `p_t`, and `n_t` how many
/// outcomes are in that block: q bets on what the past says and holds back as long as the past is short. Under calibration the
/// expected product is 1 at most whenever one stops, so an e-value of 20 is about as rare as a p-value of 0.05 and may be watched as
/// it grows.
///
/// Points must come in an order that was fixed without sight of the outcomes, such as that in which the forecasts were made (not that
/// in which questions resolved: yes resolves early), one forecast a question, of independent questions or each made in sight of the
/// outcomes before it; weights are not looked at. Probabilities
/// nearer to 0 or 1 than 10⁻⁶ are moved there. `None` without points.
///
/// Henzi, Puke, Dimitriadis and Ziegel (2023), A safe Hosmer–Lemeshow test, N. Engl. J. Stat. Data Sci. 2, 175–189 (with an isotonic
/// regression of the past in place of their splits of the data).
#[must_use]
pub fn e_test(points: &Points) -> Option<ETest> {
    if points.is_empty() {
        return None;
    }
    let mut past = Past::default();
    let (mut sum, mut largest) = (0.0, 0.0_f64);
    for (probability, outcome, _) in points.iter() {
        let p = limited(probability);
        let cell = (probability * GRID).round() as u32;
        let (count, yes) = past.block(cell);
        let q = (PRIOR_COUNT * p + yes) / (PRIOR_COUNT + count);
        sum += if outcome > 0.5 { ln(q / p) } else { ln((1.0 - q) / (1.0 - p)) };
        largest = largest.max(sum);
        past.add(cell, outcome);
    }
    Some(ETest { ln_e_value: sum, ln_largest: largest, p_anytime: exp(-largest), count: points.len() })
}

/// The outcomes so far, and an isotonic regression of them.
#[derive(Debug, Default)]
struct Past {
    /// Count and yes of each cell of the grid.
    cells: BTreeMap<u32, (f64, f64)>,
    /// Outcomes so far.
    count: usize,
    /// Outcomes that the fit has seen.
    fitted_count: usize,
    /// The fit: cell, count and share of yes of the block that holds it.
    fit: Vec<(u32, f64, f64)>,
}

impl Past {
    fn add(&mut self, cell: u32, outcome: f64) {
        let seen = self.cells.entry(cell).or_default();
        seen.0 += 1.0;
        seen.1 += outcome;
        self.count += 1;
        // Any fit that knows the past alone is fair; one that is a hundredth old does as well as the newest.
        if self.count - self.fitted_count > self.fitted_count / 100 {
            self.refit();
        }
    }

    fn refit(&mut self) {
        let places: Vec<f64> = self.cells.keys().map(|cell| f64::from(*cell)).collect();
        let counts: Vec<f64> = self.cells.values().map(|(count, _)| *count).collect();
        let shares: Vec<f64> = self.cells.values().map(|(count, yes)| yes / count).collect();
        let Some(fitted) = isotonic(&places, &shares, &counts) else { return };
        let rows: Vec<(u32, f64, f64)> =
            self.cells.keys().zip(counts).zip(fitted).map(|((cell, count), share)| (*cell, count, share)).collect();
        self.fit = rows
            .chunk_by(|a, b| a.2 == b.2)
            .flat_map(|block| {
                let count: f64 = block.iter().map(|(_, count, _)| count).sum();
                block.iter().map(move |(cell, _, share)| (*cell, count, *share))
            })
            .collect();
        self.fitted_count = self.count;
    }

    /// Count and yes of the block of the nearest cell; of two as near, of the lower.
    fn block(&self, cell: u32) -> (f64, f64) {
        let above = self.fit.partition_point(|(at, _, _)| *at < cell);
        let around = [above.checked_sub(1), Some(above)].into_iter().flatten().filter_map(|at| self.fit.get(at));
        around
            .min_by_key(|(at, _, _)| at.abs_diff(cell))
            .map_or((0.0, 0.0), |(_, count, share)| (*count, count * share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_e_value_is_one_whatever_was_said() {
        // All 2^10 outcomes of ten forecasts, weighted by their chances under calibration.
        let said = [0.1, 0.7, 0.7, 0.3, 0.9, 0.1, 0.5, 0.7, 0.3, 0.999];
        let mut expected = 0.0;
        for bits in 0..1024_u32 {
            let happened: Vec<bool> = (0..10).map(|at| bits >> at & 1 == 1).collect();
            let chance: f64 = said.iter().zip(&happened).map(|(p, y)| if *y { *p } else { 1.0 - p }).product();
            let test = e_test(&Points::new(&said, &happened).expect("ten pairs")).expect("points");
            expected += chance * exp(test.ln_e_value);
        }
        assert!((expected - 1.0).abs() < 1e-12, "{expected}");
    }

    #[test]
    fn plain_overconfidence_is_found_and_calibration_is_not_accused() {
        // 10 % came true half of the time.
        let happened: Vec<bool> = (0..60).map(|at| at % 2 == 0).collect();
        let wrong = e_test(&Points::new(&[0.1; 60], &happened).expect("pairs")).expect("points");
        assert!(wrong.p_anytime < 1e-6, "{wrong:?}");
        let right = e_test(&Points::new(&[0.5; 60], &happened).expect("pairs")).expect("points");
        assert!(right.p_anytime > 0.2, "{right:?}");
        assert_eq!(e_test(&Points::default()), None);
    }

    #[test]
    fn an_impossible_event_that_happened_leaves_finite_evidence() {
        let test = e_test(&Points::new(&[0.0, 0.0], &[true, true]).expect("pairs")).expect("points");
        assert!(test.ln_e_value.is_finite() && test.p_anytime < 1e-3);
    }
}
