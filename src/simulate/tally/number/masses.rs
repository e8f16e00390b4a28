//! How much of a number lies on single values, and where nothing of it lies.

use super::Histogram;

/// A stretch between two values that no world has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gap {
    /// The share of the weight below it.
    pub(crate) below: f64,
    /// How wide it is.
    pub(crate) width: f64,
}

impl Histogram {
    /// The widest gap between the quantiles at two levels, if it is more than half of what lies between them: then there is no density there that tells
    /// how far a quantile may be off.
    #[must_use]
    pub(crate) fn gap_between(&self, low: f64, high: f64) -> Option<Gap> {
        let total = self.weight();
        let mut widest: Option<Gap> = None;
        let (mut below, mut last) = (0.0, f64::NAN);
        for bin in self.bins.iter().filter(|bin| bin.weight > 0.0) {
            let gap = Gap { below: below / total, width: bin.minimum - last };
            if gap.below > low && gap.below < high && gap.width > widest.map_or(0.0, |widest| widest.width) {
                widest = Some(gap);
            }
            below += bin.weight;
            last = bin.maximum;
        }
        let between = self.quantile(high) - self.quantile(low);
        widest.filter(|gap| gap.width.is_finite() && 2.0 * gap.width > between)
    }

    /// The share of the weight below a value, and that exactly on it; `None` if the value is at no edge of a bin.
    #[must_use]
    pub(crate) fn around(&self, value: f64) -> Option<(f64, f64)> {
        let (mut total, mut below, mut at) = (0.0, 0.0, 0.0);
        for bin in &self.bins {
            total += bin.weight;
            if bin.maximum < value {
                below += bin.weight;
            } else if bin.minimum == value {
                at += bin.at_minimum;
            } else if bin.maximum == value {
                below += bin.weight - bin.at_maximum;
                at += bin.at_maximum;
            }
        }
        (at > 0.0).then_some((below / total, at / total))
    }

    /// The value at an edge of a bin that carries most of the weight, the lowest of such, and its share.
    #[must_use]
    pub(crate) fn most(&self) -> (f64, f64) {
        let total = self.weight();
        let edges = self.bins.iter().flat_map(|bin| {
            let other = (bin.minimum < bin.maximum).then_some((bin.maximum, bin.at_maximum));
            std::iter::once((bin.minimum, bin.at_minimum)).chain(other)
        });
        let (mut most, mut last) = ((f64::NAN, 0.0), (f64::NAN, 0.0));
        for (value, weight) in edges {
            // Figures that were computed may hold one value in several bins.
            last = if value == last.0 { (value, last.1 + weight) } else { (value, weight) };
            if last.1 > most.1 {
                most = last;
            }
        }
        (most.0, most.1 / total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_where_more_than_half_of_the_stretch_is_empty() {
        let cluster = |from: f64| (0..500).map(move |index| (from + f64::from(index) / 500.0, 1.0));
        let histogram = Histogram::of_sorted(&cluster(0.0).chain(cluster(100.0)).collect::<Vec<_>>(), None);
        let gap = histogram.gap_between(0.45, 0.55).expect("there is one");
        assert!(gap.below == 0.5 && (gap.width - 99.002).abs() < 1e-9, "{gap:?}");
        // Within a cluster there is none, nor anywhere near one, nor between whole numbers that are all alike.
        assert_eq!(histogram.gap_between(0.2, 0.3), None);
        assert_eq!(histogram.gap_between(0.5, 0.5), None);
        let whole: Vec<(f64, f64)> = (0..10).map(|value| (f64::from(value), 100.0)).collect();
        assert_eq!(Histogram::of_sorted(&whole, None).gap_between(0.15, 0.45), None);
        assert_eq!(Histogram::of_sorted(&whole, None).gap_between(0.25, 0.35).map(|gap| gap.width), Some(1.0));
    }

    #[test]
    fn how_much_lies_on_a_value_is_exact_at_the_edges() {
        let mut values = vec![(0.0, 1.0); 100];
        values.extend((0..400).map(|index| (40.0 + f64::from(index) / 8.0, 1.0)));
        values.extend([(90.0, 1.0); 500]);
        let histogram = Histogram::of_sorted(&values, None);
        // Of 1000 worlds 100 are at 0, one at 40, one at each eighth above it, and 500 at the cap.
        assert_eq!(histogram.most(), (90.0, 0.5));
        assert_eq!(histogram.around(0.0), Some((0.0, 0.1)));
        assert_eq!(histogram.around(40.0), Some((0.1, 0.001)));
        assert_eq!(histogram.around(90.0), Some((0.5, 0.5)));
        assert_eq!(histogram.around(30.0), None);
        let computed = Histogram::exact(&[(0.0, 0.25), (1.0, 0.375), (1.0, 0.25), (2.0, 0.125)]);
        assert_eq!((computed.most(), computed.around(1.0)), ((1.0, 0.625), Some((0.25, 0.625))));
    }
}
