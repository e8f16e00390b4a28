//! How much of a number lies on single values.

use super::Histogram;

impl Histogram {
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
        let total: f64 = self.bins.iter().map(|bin| bin.weight).sum();
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
