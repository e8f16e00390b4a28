//! Exact limits of what few events make, where some may weigh more than others, and the p-value of limits.
//!
//! With few events a standard error is made of the very events that are too few to show it, and with none it is 0. Limits by the tails of the binomial
//! law need no error. The sum of events of different chances has thinner tails than the binomial of their mean chance \[1\], so the limits hold for the
//! mean chance, too, a little wider than they need be.
//!
//! \[1\] Hoeffding (1956), Ann. Math. Stat. 27, 713–721.

use crate::math::{beta, exp, ln};
use std::collections::BTreeMap;

/// With fewer clusters that hold an event of one kind, or of the other, intervals are by exact limits and not by a standard error.
pub(crate) const FEW_EVENTS: usize = 5;

/// The least tail that a p-value is sought at: one below twice this is given as that.
const LEAST_TAIL: f64 = 1e-15;

/// Halvings of the logarithm of a tail: they leave ten digits.
const HALVINGS: usize = 42;

/// A sum over events that did or did not come, by cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct EventSum {
    /// What those that came add up to.
    pub(crate) seen: f64,
    /// What all would add up to.
    pub(crate) whole: f64,
    /// The squares of what came in each cluster, added up.
    squares: f64,
    /// What all would add up to in the heaviest cluster.
    largest: f64,
}

impl EventSum {
    /// The sum of events, each given by its cluster, its weight and whether it came. Those without weight do not count.
    pub(crate) fn of(events: impl IntoIterator<Item = (usize, f64, bool)>) -> Self {
        let mut clusters: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (cluster, weight, came) in events.into_iter().filter(|(_, weight, _)| *weight > 0.0) {
            let (seen, whole) = clusters.entry(cluster).or_default();
            *whole += weight;
            if came {
                *seen += weight;
            }
        }
        let mut sum = Self::default();
        for (seen, whole) in clusters.into_values() {
            sum.seen += seen;
            sum.whole += whole;
            sum.squares += seen * seen;
            sum.largest = sum.largest.max(whole);
        }
        sum
    }

    /// Limits of what was to be expected of the sum, each missed with a chance of about `tail` at most.
    ///
    /// ```text
    /// lower = W Beta⁻¹(tail; k, n - k + 1)              w = V/S,              k = S/w,        n = W/w
    /// upper = W Beta⁻¹(1 - tail; k, n - k + 1)          w = (V + M²)/(S + M), k = (S + M)/w,  n = W/w
    /// ```
    ///
    /// with `S` what came, `W` what might have come, `V` the sum over clusters of the squares of what came, and `M` what the heaviest cluster might have
    /// held: the upper limit takes one more event, of the heaviest. Where all weigh alike, each alone in its cluster, they are the exact limits of
    /// Clopper and Pearson; where nothing came the upper limit holds for all weights and however the events of a cluster hang together, since the
    /// chance of nothing is largest where few clusters are heavy. In between they are those of \[1\], with the beta in place of the gamma law.
    ///
    /// \[1\] Fay and Feuer (1997), Stat. Med. 16, 791–801.
    pub(crate) fn limits(&self, tail: f64) -> (f64, f64) {
        if self.whole <= 0.0 {
            return (0.0, 0.0);
        }
        let lower = if self.seen > 0.0 {
            let weight = self.squares / self.seen;
            let (events, trials) = (self.seen / weight, self.whole / weight);
            self.whole * beta::inverse(events, (trials - events).max(0.0) + 1.0, tail)
        } else {
            0.0
        };
        let weight = (self.squares + self.largest * self.largest) / (self.seen + self.largest);
        let (events, trials) = ((self.seen + self.largest) / weight, self.whole / weight);
        let rest = trials - events + 1.0;
        // By the symmetry of what came and what did not; a tiny tail keeps its digits.
        let share = if rest > 0.0 { 1.0 - beta::inverse(rest, events, tail) } else { 1.0 };
        (lower.min(self.seen), (self.whole * share).max(self.seen))
    }
}

/// The p-value of an interval that narrows as its two tails grow: twice the largest tail at which it holds what is tested, 1 at most.
pub(crate) fn p_of_limits(holds: impl Fn(f64) -> bool) -> f64 {
    if holds(0.5) {
        return 1.0;
    }
    if !holds(LEAST_TAIL) {
        return 2.0 * LEAST_TAIL;
    }
    let (mut low, mut high) = (ln(LEAST_TAIL), ln(0.5));
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if holds(exp(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    2.0 * exp(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibrate::clopper_pearson;

    #[test]
    fn events_that_weigh_alike_have_the_limits_of_clopper_and_pearson() {
        for came in 0..=12_usize {
            let sum = EventSum::of((0..12).map(|at| (at, 0.25, at < came)));
            let (lower, upper) = sum.limits(0.025);
            let exact = clopper_pearson(came as u64, 12, 0.95).expect("twelve trials");
            assert!((lower / 3.0 - exact.0).abs() < 1e-12 && (upper / 3.0 - exact.1).abs() < 1e-12, "{came}");
        }
        assert_eq!(EventSum::of([(0, 0.0, true)]).limits(0.025), (0.0, 0.0));
    }

    #[test]
    fn unequal_weights_and_chances_are_missed_no_more_often_than_stated() {
        // By enumeration of all histories of ten events; what is missed on either side, at a tail of 2.5 %.
        let weights = [1.0, 2.0, 3.0, 1.0, 4.0, 2.0, 1.0, 3.0, 2.0, 1.0];
        let chances: [fn(f64) -> f64; 6] = [
            |_| 0.03,
            |_| 0.15,
            |_| 0.5,
            |weight| 0.02 * weight,
            |weight| 0.1 / weight,
            |weight| if weight > 3.0 { 0.9 } else { 0.02 },
        ];
        for chance in chances {
            let expected: f64 = weights.iter().map(|weight| weight * chance(*weight)).sum();
            let (mut below, mut above) = (0.0, 0.0);
            for history in 0..1_u32 << 10 {
                let came = |at: usize| history & (1 << at) > 0;
                let of_event = |at: usize| if came(at) { chance(weights[at]) } else { 1.0 - chance(weights[at]) };
                let probability: f64 = (0..10).map(of_event).product();
                let (lower, upper) = EventSum::of((0..10).map(|at| (at, weights[at], came(at)))).limits(0.025);
                below += if expected > upper { probability } else { 0.0 };
                above += if expected < lower { probability } else { 0.0 };
            }
            assert!(below <= 0.025 && above <= 0.025, "{expected}: {below} {above}");
        }
    }

    #[test]
    fn events_that_come_together_are_one_event() {
        let together = EventSum::of((0..40).map(|at| (at / 4, 1.0, at < 8)));
        let single = EventSum::of((0..10).map(|at| (at, 4.0, at < 2)));
        assert_eq!(together, single);
    }

    #[test]
    fn the_p_value_is_twice_the_tail_of_the_binomial() {
        // No event in 40 where 13.2 % were said: twice 0.868^40.
        let sum = EventSum::of((0..40).map(|at| (at, 1.0, false)));
        let p = p_of_limits(|tail| {
            let (lower, upper) = sum.limits(tail);
            lower <= 40.0 * 0.132 && 40.0 * 0.132 <= upper
        });
        assert!((p / (2.0 * 0.868_f64.powi(40)) - 1.0).abs() < 1e-8, "{p}");
        assert_eq!((p_of_limits(|_| true), p_of_limits(|_| false)), (1.0, 2e-15));
    }
}
