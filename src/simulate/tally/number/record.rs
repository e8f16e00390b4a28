//! Numbers counted as numbers in a file, and back.

use super::{Bin, Histogram, KEY_BITS, MOST_BINS, Moments, NumberCounts, Pivot, Spread};
use crate::simulate::tally::{Lossless, Mass, Numbers};

impl NumberCounts {
    /// In numbers: the total, undefined ones, moments, whether there are squared moments and those, whether there is a spread between blocks
    /// and that, the coarseness of the histogram, and its bins; the same of the squares, if there are squared moments.
    pub(crate) fn write(&self, out: &mut Vec<Lossless>) {
        debug_assert!(self.pending.values.is_empty(), "a chunk is settled before it is written");
        self.total.write(out);
        self.undefined.write(out);
        self.moments.write(out);
        out.push(Lossless(f64::from(u8::from(self.squared.is_some()))));
        self.squared.unwrap_or_default().write(out);
        out.push(Lossless(f64::from(u8::from(self.spread.is_some()))));
        if let Some(spread) = &self.spread {
            spread.write(out);
        }
        self.histogram.write(out);
        if self.squared.is_some() {
            self.squares.write(out);
        }
    }

    /// From its numbers, into counts that are empty.
    pub(crate) fn read(mut self, numbers: &mut Numbers<'_>) -> Option<Self> {
        self.total = Mass::read(numbers)?;
        self.undefined = Mass::read(numbers)?;
        self.moments = Moments::read(numbers)?;
        let has_squared = numbers.next()? == 1.0;
        let squared = Moments::read(numbers)?;
        self.squared = has_squared.then_some(squared);
        let has_spread = numbers.next()? == 1.0;
        self.spread = if has_spread { Some(Box::new(Spread::read(numbers)?)) } else { None };
        self.histogram = self.histogram.read(numbers)?;
        if has_squared {
            self.squares = self.squares.read(numbers)?;
        }
        (!has_squared || self.squares.has_bins_of(&self.histogram)).then_some(self)
    }
}

impl Moments {
    pub(super) fn write(self, out: &mut Vec<Lossless>) {
        out.extend([self.weight, self.mean, self.squares].map(Lossless));
    }

    pub(super) fn read(numbers: &mut Numbers<'_>) -> Option<Self> {
        Some(Self { weight: numbers.next()?, mean: numbers.next()?, squares: numbers.next()? })
    }
}

impl Pivot {
    /// In numbers.
    pub(crate) fn write(self) -> [Lossless; 2] {
        [self.centre, self.scale].map(Lossless)
    }

    /// From its numbers.
    #[must_use]
    pub(crate) fn read([centre, scale]: [Lossless; 2]) -> Self {
        Self { centre: centre.0, scale: scale.0 }
    }
}

impl Histogram {
    /// In numbers: how coarse it is, how many bins there are, and of each its key, its weight, its smallest and its largest value, and the
    /// weights at those.
    fn write(&self, out: &mut Vec<Lossless>) {
        out.extend([f64::from(self.coarseness), self.bins.len() as f64].map(Lossless));
        for bin in &self.bins {
            let numbers = [f64::from(bin.key), bin.weight, bin.minimum, bin.maximum, bin.at_minimum, bin.at_maximum];
            out.extend(numbers.map(Lossless));
        }
    }

    /// From its numbers, into a histogram that is empty.
    fn read(mut self, numbers: &mut Numbers<'_>) -> Option<Self> {
        let whole = |numbers: &mut Numbers<'_>, most: u32| {
            numbers.next_whole().and_then(|value| u32::try_from(value).ok()).filter(|value| *value <= most)
        };
        self.coarseness = whole(numbers, KEY_BITS)?;
        for _ in 0..whole(numbers, MOST_BINS as u32)? {
            let bin = Bin {
                key: whole(numbers, (1 << KEY_BITS) - 1)?,
                weight: numbers.next()?,
                minimum: numbers.next()?,
                maximum: numbers.next()?,
                at_minimum: numbers.next()?,
                at_maximum: numbers.next()?,
            };
            if self.bins.last().is_some_and(|last| last.key >= bin.key) {
                return None;
            }
            self.bins.push(bin);
        }
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::block::EVERYWHERE;
    use crate::simulate::tally::Weights;

    /// Of a whole block: some shared values, infinite and undefined ones.
    fn counts(weighted: bool) -> NumberCounts {
        let column: Vec<f64> = (0..4096_u32)
            .map(|world| match world % 7 {
                0 => f64::NAN,
                1 => f64::INFINITY,
                2 => 0.0,
                _ => f64::from(world) / 3.0 - 500.0,
            })
            .collect();
        let weights: Vec<f64> = (0..4096_u32).map(|world| 1.0 / f64::from(1 + world)).collect();
        let squares: Vec<f64> = weights.iter().map(|weight| weight * weight).collect();
        let mut counts = NumberCounts::new(Pivot::of(column.clone()));
        let weights = weighted.then_some(Weights { weights: &weights, squares: &squares });
        counts.absorb(&EVERYWHERE, &column, weights, Mass::of(&EVERYWHERE, weights));
        counts.settle(&mut crate::simulate::tally::Sorting::default());
        counts
    }

    #[test]
    fn counts_come_back_from_their_numbers() {
        for counts in [counts(false), counts(true), NumberCounts::new(None)] {
            let mut numbers = Vec::new();
            counts.write(&mut numbers);
            let empty = || NumberCounts::new(counts.histogram.pivot);
            let read = empty().read(&mut Numbers(&numbers)).unwrap();
            assert_eq!(format!("{read:?}"), format!("{counts:?}"));
            assert!(empty().read(&mut Numbers(&numbers[..numbers.len() - 1])).is_none());
            numbers[18] = Lossless(99.0);
            assert!(empty().read(&mut Numbers(&numbers)).is_none(), "no histogram is as coarse as that");
        }
    }
}
