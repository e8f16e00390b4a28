//! How exact the shares of worlds below a quantile are where worlds weigh differently.

use super::{Bin, Histogram};
use crate::simulate::tally::{Mass, Under};

/// The worlds of a number by the squares of their weights.
#[derive(Debug, Clone)]
pub(crate) struct Squares {
    histogram: Histogram,
    largest: f64,
    /// For each belief the weights where it holds, and their squares, over the same bins.
    under: Option<Under<[Histogram; 2]>>,
}

impl Squares {
    /// Of the same values as another histogram, each weighing the square of what it weighs there; `largest` is the largest weight.
    #[must_use]
    pub(crate) fn new(histogram: Histogram, largest: f64) -> Self {
        Self { histogram, largest, under: None }
    }

    /// The same, where worlds are weighed for beliefs.
    #[must_use]
    pub(super) fn under(self, under: Under<[Histogram; 2]>) -> Self {
        Self { under: Some(under), ..self }
    }

    /// The standard error of the share of worlds up to the quantile `q` at a level `p`: of a ratio of sums, as for any share.
    ///
    /// ```text
    /// se² = Σ w² (1{x <= q} - p)² / (Σ w)²
    /// ```
    ///
    /// Worlds that weigh more below a quantile than above it make it less exact than their number, or what all of them are worth, would say. The
    /// distance of the quantiles one such error to either side is that of Woodruff (1952), J. Amer. Statist. Assoc. 47, 635–646.
    #[must_use]
    pub(crate) fn error_of_level(&self, of: &Histogram, level: f64) -> f64 {
        let all =
            Mass { weight: of.weight(), square: self.histogram.weight(), largest: self.largest, ..Mass::default() };
        let square = upto(&self.histogram, of, level);
        let Some(Under { beliefs, held }) = &self.under else { return all.error_of_level(level, square) };
        let sums = |held: &[Histogram; 2]| {
            let upto_level = held.each_ref().map(|histogram| upto(histogram, of, level));
            (upto_level, held.each_ref().map(Histogram::weight))
        };
        beliefs.error_of_level(level, square, all, held.iter().map(sums))
    }

    /// How many worlds of equal weight those between the quantiles at two levels are worth.
    #[must_use]
    pub(crate) fn worth_between(&self, of: &Histogram, low: f64, high: f64) -> f64 {
        let weight = (high.min(1.0) - low.max(0.0)) * of.weight();
        weight * weight / (upto(&self.histogram, of, high) - upto(&self.histogram, of, low))
    }
}

/// What the worlds up to the quantile of a histogram at a level weigh in another of the same bins.
fn upto(histogram: &Histogram, of: &Histogram, level: f64) -> f64 {
    let target = level * of.weight();
    let (mut below, mut squares) = (0.0, 0.0);
    for (bin, square) in of.bins.iter().zip(&histogram.bins) {
        if bin.weight > 0.0 && below + bin.weight >= target {
            return squares + bin.square_upto(target - below, square);
        }
        below += bin.weight;
        squares += square.weight;
    }
    squares
}

impl Bin {
    /// What the worlds with `weight` below the last of them weigh in a bin of the same worlds: piece by piece of it, those on its smallest value,
    /// those between, and those on its largest.
    fn square_upto(&self, weight: f64, square: &Self) -> f64 {
        if self.minimum == self.maximum {
            return square.weight * (weight / self.weight).clamp(0.0, 1.0);
        }
        let pieces = [
            (self.at_minimum, square.at_minimum),
            (
                self.weight - self.at_minimum - self.at_maximum,
                (square.weight - square.at_minimum - square.at_maximum).max(0.0),
            ),
            (self.at_maximum, square.at_maximum),
        ];
        let (mut left, mut squares) = (weight, 0.0);
        for (weight, square) in pieces {
            if weight > 0.0 {
                squares += square * (left / weight).clamp(0.0, 1.0);
                left -= weight;
            }
        }
        squares
    }

    /// What lies on a value, as far as it is an edge.
    fn weight_on(&self, value: f64) -> f64 {
        if self.minimum == value {
            self.at_minimum
        } else if self.maximum == value {
            self.at_maximum
        } else {
            0.0
        }
    }
}

impl Histogram {
    /// The same over the bins of a histogram of these values and others.
    #[must_use]
    pub(super) fn over_bins_of(&self, all: &Self) -> Self {
        let mut these = self.clone();
        these.coarsen(all.coarseness);
        let mut left = these.bins.iter().peekable();
        let bins = all
            .bins
            .iter()
            .map(|bin| match left.next_if(|these| these.key == bin.key) {
                Some(these) => Bin {
                    weight: these.weight,
                    at_minimum: these.weight_on(bin.minimum),
                    at_maximum: these.weight_on(bin.maximum),
                    ..*bin
                },
                None => Bin { weight: 0.0, at_minimum: 0.0, at_maximum: 0.0, ..*bin },
            })
            .collect();
        Self { bins, pivot: all.pivot, coarseness: all.coarseness }
    }

    /// What all of it weighs.
    #[must_use]
    pub(super) fn weight(&self) -> f64 {
        self.bins.iter().map(|bin| bin.weight).sum()
    }

    /// Whether its bins are those of another, of the same values with other weights.
    #[must_use]
    pub(super) fn has_bins_of(&self, other: &Self) -> bool {
        self.bins.iter().map(|bin| bin.key).eq(other.bins.iter().map(|bin| bin.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 worlds at 0, 0.001, … whose weights alternate, heavier below one half; a tenth more at 0.
    fn weighted() -> Vec<(f64, f64)> {
        let weight = |at: u32| if at < 500 { 1.0 + f64::from(at % 3) } else { 0.1 };
        let zeros = (0..100).map(|_| (0.0, 0.5));
        zeros.chain((0..1000).map(|at| (f64::from(at) / 1000.0, weight(at)))).collect()
    }

    #[test]
    fn the_error_of_a_level_is_that_of_the_share_of_worlds_up_to_its_quantile() {
        let values = weighted();
        let squared: Vec<(f64, f64)> = values.iter().map(|(value, weight)| (*value, weight * weight)).collect();
        let histogram = Histogram::of_sorted(&values, None);
        let squares = Squares::new(Histogram::of_sorted(&squared, None), 3.0);
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        for upto in [0.1, 0.3, 0.499, 0.6, 0.9, 0.999] {
            let below = values.iter().filter(|(value, _)| *value <= upto);
            let level = below.map(|(_, weight)| weight).sum::<f64>() / total;
            let deviation = |(value, weight): &(f64, f64)| {
                let off = f64::from(u8::from(*value <= upto)) - level;
                weight * weight * off * off
            };
            let by_hand = (values.iter().map(deviation).sum::<f64>().sqrt() / total).max(3.0 / total);
            let found = squares.error_of_level(&histogram, level);
            assert!((found / by_hand - 1.0).abs() < 1e-2, "{upto}: {found} against {by_hand}");
        }
        // Half of a tenth of the worlds at 0: half of the squares there.
        assert!((upto(&squares.histogram, &histogram, 25.5 / total) - 13.0).abs() < 1e-9);
        assert_eq!(
            (upto(&squares.histogram, &histogram, -0.1), upto(&squares.histogram, &histogram, 1.1)),
            (0.0, squares.histogram.weight())
        );
    }

    #[test]
    fn worlds_of_one_weight_have_the_binomial_error() {
        let values: Vec<(f64, f64)> = (0..1000).map(|at| (f64::from(at), 0.25)).collect();
        let squared: Vec<(f64, f64)> = values.iter().map(|(value, _)| (*value, 0.0625)).collect();
        let histogram = Histogram::of_sorted(&values, None);
        let squares = Squares::new(Histogram::of_sorted(&squared, None), 0.25);
        for level in [0.05, 0.5, 0.95] {
            let found = squares.error_of_level(&histogram, level);
            assert!((found - (level * (1.0 - level) / 1000.0_f64).sqrt()).abs() < 1e-12, "{level}: {found}");
        }
        assert!((squares.worth_between(&histogram, 0.4, 0.6) - 200.0).abs() < 1e-9);
    }
}
