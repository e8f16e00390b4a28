//! Numbers: moments that merge, and a histogram of bounded size.

mod answer;
mod masses;
mod moments;
mod ones;
mod order;
mod pivot;
mod record;
mod spread;
mod squares;

pub(crate) use self::masses::Gap;
use self::moments::Moments;
pub(super) use self::ones::Sorting;
pub(crate) use self::pivot::Pivot;
pub(crate) use self::spread::Spread;
pub(crate) use self::squares::Squares;
use super::{Mass, Weights};
use crate::simulate::block::{EVERYWHERE, Plane, for_each_world};

/// What is known of a number column.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberCounts {
    total: Mass,
    undefined: Mass,
    moments: Moments,
    /// The same, each world weighing the square of its weight; unused where all weigh 1.
    squared: Option<Moments>,
    /// If blocks are stratified, what their means are.
    spread: Option<Box<Spread>>,
    histogram: Histogram,
    /// The same, each world weighing the square of its weight; empty where all weigh 1.
    squares: Histogram,
    kept: Kept,
    pub(super) pending: Pending,
}

/// What is kept of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kept {
    /// Moments and histograms.
    #[default]
    Values,
    /// Moments alone.
    Moments,
}

/// Values not in the histogram yet, and what they weigh; no weights where all weigh 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    values: Vec<f64>,
    weights: Vec<f64>,
}

impl NumberCounts {
    /// Nothing yet; the histogram is fine about `pivot`.
    #[must_use]
    pub(crate) fn new(pivot: Option<Pivot>) -> Self {
        let empty = || Histogram { pivot, ..Histogram::default() };
        Self { histogram: empty(), squares: empty(), ..Self::default() }
    }

    /// That keeps this of the values.
    #[must_use]
    pub(super) fn keeping(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// Nothing again; the memory stays.
    pub(crate) fn clear(&mut self) {
        let Self { total, undefined, moments, squared, spread, histogram, squares, kept: _, pending } = self;
        (*total, *undefined, *moments, *squared) = Default::default();
        if let Some(spread) = spread {
            **spread = Spread::default();
        }
        for histogram in [histogram, squares] {
            histogram.bins.clear();
            histogram.coarseness = 0;
        }
        pending.values.clear();
        pending.weights.clear();
    }

    /// Adds the worlds of a block that count, which weigh `mass` together.
    pub(crate) fn absorb(&mut self, mask: &Plane, column: &[f64], weights: Option<Weights<'_>>, mass: Mass) {
        self.total.add(mass);
        let first = self.pending.values.len();
        let Self { pending, undefined, .. } = self;
        if *mask == EVERYWHERE && weights.is_none() && !column.iter().any(|value| value.is_nan()) {
            // Minus zero becomes zero, here and below.
            pending.values.extend(column.iter().map(|value| value + 0.0));
        } else {
            for_each_world(mask, |world| {
                let value = column[world];
                if value.is_nan() {
                    let weight = weights.map_or(1.0, |weights| weights.weights[world]);
                    undefined.add(Mass { weight, square: weight * weight, ..Mass::default() });
                } else {
                    pending.values.push(value + 0.0);
                    if let Some(weights) = weights {
                        pending.weights.push(weights.weights[world]);
                    }
                }
            });
        }
        let values = &self.pending.values[first..];
        if weights.is_some() {
            let weighted = values.iter().copied().zip(self.pending.weights[first..].iter().copied());
            let squared = Moments::of(weighted.map(|(value, weight)| (value, weight * weight)));
            self.squared.get_or_insert_default().combine(&squared);
        }
        let of_block = match weights {
            Some(_) => Moments::of(values.iter().copied().zip(self.pending.weights[first..].iter().copied())),
            None => Moments::of(values.iter().map(|value| (*value, 1.0))),
        };
        self.moments.combine(&of_block);
        if mass.between > 0.0 {
            self.spread.get_or_insert_default().add_block(&of_block);
        }
    }

    /// Takes what is pending into the histogram.
    pub(super) fn settle(&mut self, sorting: &mut Sorting) {
        let Pending { values, weights } = &mut self.pending;
        if self.kept == Kept::Moments {
            values.clear();
            weights.clear();
            return;
        }
        if weights.is_empty() {
            self.histogram.add_ones(values, sorting);
        } else {
            sorting.weighted.clear();
            sorting.weighted.extend(values.iter().copied().zip(weights.iter().copied()));
            sorting
                .weighted
                .sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
            self.histogram.add_sorted(&sorting.weighted);
            sorting.weighted.iter_mut().for_each(|(_, weight)| *weight *= *weight);
            self.squares.add_sorted(&sorting.weighted);
        }
        values.clear();
        weights.clear();
        if let Some(spread) = &mut self.spread {
            spread.add_chunk(self.moments.weight, &self.histogram);
        }
    }

    /// Adds the counts of the blocks that follow.
    pub(crate) fn combine(&mut self, later: &mut Self) {
        self.total.add(later.total);
        self.undefined.add(later.undefined);
        self.moments.combine(&later.moments);
        if let Some(later) = &later.squared {
            self.squared.get_or_insert_default().combine(later);
        }
        if let Some(later) = &later.spread {
            self.spread.get_or_insert_default().combine(later);
        }
        self.histogram.combine(&mut later.histogram);
        self.squares.combine(&mut later.squares);
    }
}

/// A histogram over the bits of a number (of its place about a pivot, where there is one): its bins share sign, exponent and the first
/// 12 bits of the mantissa. Each remembers how much lies exactly on its smallest and largest value, so values that many worlds share at the
/// edge of the others (0, a cap) keep their exact place.
///
/// There are at most [`MOST_BINS`] of them: where there would be more, neighbours are thrown together, first those far from the pivot, until
/// they are so few. How coarse that makes the bins depends on which values were seen and not on the order, so histograms merge to the
/// same whatever is merged first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Histogram {
    bins: Vec<Bin>,
    pivot: Option<Pivot>,
    /// How many of the 12 bits (then of the exponent's) no longer count; see [`Histogram::coarse_key`].
    coarseness: u32,
}

/// More bins than this are thrown together.
const MOST_BINS: usize = 8192;

/// Bits of the mantissa in a key, below 11 of the exponent and the sign.
const KEY_MANTISSA_BITS: u32 = 12;

/// Bits of a key.
const KEY_BITS: u32 = 24;

#[derive(Debug, Clone, Copy)]
struct Bin {
    key: u32,
    weight: f64,
    minimum: f64,
    maximum: f64,
    at_minimum: f64,
    at_maximum: f64,
}

impl Bin {
    fn combine(&mut self, later: &Self) {
        self.weight += later.weight;
        if later.minimum < self.minimum {
            (self.minimum, self.at_minimum) = (later.minimum, later.at_minimum);
        } else if later.minimum == self.minimum {
            self.at_minimum += later.at_minimum;
        }
        if later.maximum > self.maximum {
            (self.maximum, self.at_maximum) = (later.maximum, later.at_maximum);
        } else if later.maximum == self.maximum {
            self.at_maximum += later.at_maximum;
        }
    }

    /// The value with `weight` below it in this bin.
    fn value_at(&self, weight: f64) -> f64 {
        if weight <= self.at_minimum || self.minimum == self.maximum {
            return self.minimum;
        }
        let between = self.weight - self.at_minimum - self.at_maximum;
        if weight > self.weight - self.at_maximum || between <= 0.0 {
            return self.maximum;
        }
        self.minimum + (self.maximum - self.minimum) * ((weight - self.at_minimum) / between).clamp(0.0, 1.0)
    }
}

/// In the order of the numbers.
fn key(value: f64) -> u32 {
    let bits = value.to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
    (ordered >> 40) as u32
}

/// How many keys stand in both.
fn shared(left: &[Bin], right: &[Bin]) -> usize {
    let (mut left, mut right) = (left.iter().map(|bin| bin.key).peekable(), right.iter().map(|bin| bin.key).peekable());
    let mut shared = 0;
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let order = first.cmp(second);
        shared += usize::from(order.is_eq());
        if order.is_le() {
            left.next();
        }
        if order.is_ge() {
            right.next();
        }
    }
    shared
}

/// Values and their weights, each with its key.
fn keyed(values: &[(f64, f64)], pivot: Option<Pivot>) -> impl Iterator<Item = (u32, f64, f64)> {
    values.iter().map(move |(value, weight)| (key(pivot.map_or(*value, |pivot| pivot.place(*value))), *value, *weight))
}

impl Histogram {
    /// Of values in order, with their weights.
    fn of_sorted(values: &[(f64, f64)], pivot: Option<Pivot>) -> Self {
        let mut histogram = Self { bins: Vec::new(), pivot, coarseness: 0 };
        histogram.fill(keyed(values, pivot));
        histogram
    }

    /// Adds values in order, with their weights.
    fn add_sorted(&mut self, values: &[(f64, f64)]) {
        if self.bins.is_empty() && self.coarseness == 0 {
            self.fill(keyed(values, self.pivot));
            self.limit();
        } else {
            self.combine(&mut Self::of_sorted(values, self.pivot));
        }
    }

    /// Fills an empty one with values in the order of their keys, with their weights.
    fn fill(&mut self, values: impl Iterator<Item = (u32, f64, f64)>) {
        let bins = &mut self.bins;
        for (key, value, weight) in values {
            let bin = Bin { key, weight, minimum: value, maximum: value, at_minimum: weight, at_maximum: weight };
            match bins.last_mut() {
                Some(last) if last.key == bin.key => last.combine(&bin),
                _ => bins.push(bin),
            }
        }
    }

    /// The key of the coarser bin that holds a bin. Once bins are thrown together at all, those more than about twice the scale from the
    /// pivot lose one bit more for each doubling of the distance, down to 16 bins for each: so heavy tails do not cost the middle its
    /// exactness.
    fn coarse_key(key: u32, coarseness: u32, about_pivot: bool) -> u32 {
        if coarseness == 0 {
            return key;
        }
        let magnitude = if key >> (KEY_BITS - 1) == 1 { key } else { !key } & ((1 << (KEY_BITS - 1)) - 1);
        let doublings = (magnitude >> KEY_MANTISSA_BITS).saturating_sub(1023);
        let in_tail = if about_pivot { doublings.saturating_sub(1).min(8) } else { 0 };
        let dropped = coarseness.max(in_tail).min(KEY_BITS);
        key >> dropped << dropped
    }

    /// Throws bins together until it is as coarse as that.
    fn coarsen(&mut self, coarseness: u32) {
        if coarseness <= self.coarseness {
            return;
        }
        self.coarseness = coarseness;
        let about_pivot = self.pivot.is_some();
        self.bins.iter_mut().for_each(|bin| bin.key = Self::coarse_key(bin.key, coarseness, about_pivot));
        self.bins.dedup_by(|later, kept| {
            let same = later.key == kept.key;
            if same {
                kept.combine(later);
            }
            same
        });
    }

    /// Of values in order with their probabilities, each in a bin of its own.
    #[must_use]
    pub(crate) fn exact(values: &[(f64, f64)]) -> Self {
        let mut bins: Vec<Bin> = values.iter().flat_map(|pair| Self::of_sorted(&[*pair], None).bins).collect();
        bins.iter_mut().zip(0..).for_each(|(bin, key)| bin.key = key);
        Self { bins, pivot: None, coarseness: 0 }
    }

    /// Adds another's bins.
    fn combine(&mut self, later: &mut Self) {
        let coarseness = self.coarseness.max(later.coarseness);
        self.coarsen(coarseness);
        later.coarsen(coarseness);
        self.add_bins(&later.bins);
        self.limit();
    }

    /// Throws bins together until they are few enough.
    fn limit(&mut self) {
        while self.bins.len() > MOST_BINS && self.coarseness < KEY_BITS {
            self.coarsen(self.coarseness + 1);
        }
    }

    /// Adds bins that are as coarse, in place: from the last one down, each goes where it is in the end.
    fn add_bins(&mut self, later: &[Bin]) {
        let Some(filler) = later.first() else { return };
        let (mut left, mut right) = (self.bins.len(), later.len());
        let mut place = left + right - shared(&self.bins, later);
        self.bins.resize(place, *filler);
        while right > 0 {
            place -= 1;
            let second = later[right - 1];
            let first = left.checked_sub(1).map(|last| self.bins[last]);
            self.bins[place] = match first {
                Some(first) if first.key > second.key => {
                    left -= 1;
                    first
                }
                Some(mut first) if first.key == second.key => {
                    first.combine(&second);
                    left -= 1;
                    right -= 1;
                    first
                }
                _ => {
                    right -= 1;
                    second
                }
            };
        }
    }

    /// The smallest value that a share `level` of the weight does not pass.
    #[must_use]
    pub(crate) fn quantile(&self, level: f64) -> f64 {
        let target = level * self.weight();
        let mut below = 0.0;
        for bin in &self.bins {
            if bin.weight > 0.0 && below + bin.weight >= target {
                return bin.value_at(target - below);
            }
            below += bin.weight;
        }
        self.bins.last().map_or(f64::NAN, |bin| bin.maximum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(values: &[f64]) -> Histogram {
        let mut sorted: Vec<(f64, f64)> = values.iter().map(|value| (*value, 1.0)).collect();
        sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
        Histogram::of_sorted(&sorted, None)
    }

    #[test]
    fn quantiles_lie_within_a_bin_of_the_exact_ones() {
        let values: Vec<f64> = (0..20_000).map(|index| f64::from(index * 7919 % 20_000) / 100.0 - 70.0).collect();
        let mut merged = Histogram::default();
        for chunk in values.chunks(999) {
            merged.combine(&mut histogram(chunk));
        }
        for percent in 1..100 {
            let exact = f64::from(percent) * 2.0 - 70.0;
            let found = merged.quantile(f64::from(percent) / 100.0);
            assert!((found - exact).abs() <= 0.011 + exact.abs() / 2048.0, "{percent}: {found} {exact}");
        }
    }

    #[test]
    fn values_that_weigh_one_need_no_order() {
        let far = heavy(30_000).into_iter().chain([0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY]).collect();
        let near = (0..30_000_u32).map(|at| f64::from(at.wrapping_mul(2_654_435_761) >> 8).sqrt() - 1000.0).collect();
        let few = (0..30_000).map(|at| f64::from(at % 7) - 3.0).collect();
        for values in [far, near, few] as [Vec<f64>; 3] {
            for pivot in [None, Pivot::of(values.clone())] {
                let empty = || Histogram { pivot, ..Histogram::default() };
                let (mut ones, mut expected, mut space) = (empty(), empty(), Sorting::default());
                // Nothing, into what is empty, and into what is coarse already.
                for part in [0, values.len(), 100] {
                    ones.add_ones(&values[..part], &mut space);
                    let mut part: Vec<(f64, f64)> = values[..part].iter().map(|value| (*value, 1.0)).collect();
                    part.sort_by(|left, right| left.0.total_cmp(&right.0));
                    expected.add_sorted(&part);
                    assert_eq!(ones.coarseness, expected.coarseness);
                    assert_eq!(format!("{:?}", ones.bins), format!("{:?}", expected.bins));
                }
            }
        }
    }

    #[test]
    fn shared_values_are_exact() {
        let mut values = vec![90.0; 500];
        values.extend((0..400).map(|index| 40.0 + f64::from(index) / 8.0));
        values.extend([0.0; 100]);
        let histogram = histogram(&values);
        assert_eq!(histogram.quantile(0.05), 0.0);
        assert_eq!(histogram.quantile(0.1), 0.0);
        assert_eq!(histogram.quantile(0.51), 90.0);
        assert_eq!(histogram.quantile(0.99), 90.0);
        assert_eq!(histogram.quantile(0.1001), 40.0);
    }

    #[test]
    fn moments_merge_to_those_of_the_whole() {
        let values: Vec<(f64, f64)> =
            (0..1000).map(|index| (1e6 + f64::from(index % 17), f64::from(index % 3))).collect();
        let whole = Moments::of(values.iter().copied());
        let mut merged = Moments::default();
        for chunk in values.chunks(7) {
            merged.combine(&Moments::of(chunk.iter().copied()));
        }
        assert!((whole.mean - merged.mean).abs() < 1e-8);
        assert!((whole.squares / merged.squares - 1.0).abs() < 1e-9);
        let infinite = Moments::of([(1.0, 1.0), (f64::INFINITY, 1.0)].into_iter());
        assert_eq!((infinite.mean, infinite.squares), (f64::INFINITY, f64::INFINITY));
    }

    #[test]
    fn a_narrow_number_far_from_zero_keeps_its_quantiles() {
        // Normal scores about 427.15 with a standard deviation of 0.03.
        let values: Vec<f64> = (0..20_000)
            .map(|at| 427.15 + 0.03 * crate::math::normal::quantile((f64::from(at) + 0.5) / 20_000.0))
            .collect();
        let mut sorted: Vec<(f64, f64)> = values.iter().map(|value| (*value, 1.0)).collect();
        sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
        let pivot = Pivot::of(values.iter().copied().step_by(7).collect());
        let histogram = Histogram::of_sorted(&sorted, pivot);
        for level in [0.05, 0.5, 0.95] {
            let exact = 427.15 + 0.03 * crate::math::normal::quantile(level);
            assert!(
                (histogram.quantile(level) - exact).abs() < 3e-5,
                "{level}: {} against {exact}",
                histogram.quantile(level)
            );
        }
    }

    #[test]
    fn low_quantiles_of_a_number_of_many_magnitudes_are_right() {
        // Lognormal scores whose central 90 % runs from 1 to 10^6 either way.
        for sign in [1.0, -1.0] {
            let of = |level: f64| {
                sign * crate::math::exp(6.907_755_279 + 4.199_559_2 * crate::math::normal::quantile(level))
            };
            let values: Vec<f64> = (0..400_000).map(|at| of((f64::from(at) + 0.5) / 400_000.0)).collect();
            let mut sorted: Vec<(f64, f64)> = values.iter().map(|value| (*value, 1.0)).collect();
            sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
            let mut histogram =
                Histogram { pivot: Pivot::of(values.iter().copied().step_by(97).collect()), ..Histogram::default() };
            histogram.add_sorted(&sorted);
            for level in [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] {
                let (found, exact) = (histogram.quantile(level), of(if sign > 0.0 { level } else { 1.0 - level }));
                assert!((found / exact - 1.0).abs() < 1e-3, "{level}: {found} against {exact}");
            }
        }
    }

    /// Of a Cauchy far into its tails, in the order of a shuffle.
    fn heavy(count: u32) -> Vec<f64> {
        (0..count)
            .map(|at| {
                let level = (f64::from(at.wrapping_mul(2_654_435_761) % count) + 0.5) / f64::from(count);
                let angle = std::f64::consts::PI * (level - 0.5);
                crate::math::tan(angle)
            })
            .collect()
    }

    #[test]
    fn bins_stay_few_and_merge_the_same_in_any_order() {
        let values = heavy(400_009);
        for pivot in [Pivot::of(values[..4096].to_vec()), None] {
            let chunks: Vec<Histogram> = values
                .chunks(9_973)
                .map(|chunk| {
                    let mut sorted: Vec<(f64, f64)> = chunk.iter().map(|value| (*value, 1.0)).collect();
                    sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
                    Histogram::of_sorted(&sorted, pivot)
                })
                .collect();
            let empty = || Histogram { pivot, ..Histogram::default() };
            let merge = |chunks: &[&Histogram]| {
                chunks.iter().fold(empty(), |mut all, chunk| {
                    all.combine(&mut Histogram::clone(chunk));
                    all
                })
            };
            let in_order: Vec<&Histogram> = chunks.iter().collect();
            let forwards = merge(&in_order);
            let backwards = merge(&in_order.iter().rev().copied().collect::<Vec<_>>());
            let mut halves = merge(&in_order[..20]);
            halves.combine(&mut merge(&in_order[20..]));
            assert!(forwards.coarseness > 0 && forwards.bins.len() <= MOST_BINS, "{}", forwards.bins.len());
            assert_eq!(format!("{forwards:?}"), format!("{backwards:?}"));
            assert_eq!(format!("{forwards:?}"), format!("{halves:?}"));
            for (level, exact) in [(0.5, 0.0), (0.75, 1.0), (0.95, 6.313_751_5), (0.05, -6.313_751_5)] {
                let found = forwards.quantile(level);
                // About a pivot 1/1024 of the scale, farther out of the distance; without one 1/64 of the value.
                let allowed = if pivot.is_some() { 0.003 } else { 0.001 + f64::abs(exact) / 64.0 };
                assert!((found - exact).abs() < allowed, "{pivot:?} {level}: {found} {exact}");
            }
        }
    }
}
