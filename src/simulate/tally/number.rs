//! Numbers: moments that merge, and a histogram of bounded size.

mod record;

use super::{Mass, Weights};
use crate::forecast::Estimate;
use crate::simulate::answer::{NumberAnswer, QUANTILE_LEVELS};
use crate::simulate::block::{Plane, for_each_world};

/// What is known of a number column.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberCounts {
    total: Mass,
    undefined: Mass,
    moments: Moments,
    /// The same, each world weighing the square of its weight; unused where all weigh 1.
    squared: Option<Moments>,
    histogram: Histogram,
    /// Values not in the histogram yet, and what they weigh; no weights where all weigh 1.
    pending: Vec<f64>,
    pending_weights: Vec<f64>,
}

impl NumberCounts {
    /// Nothing yet; the histogram is fine about `pivot`.
    #[must_use]
    pub(crate) fn new(pivot: Option<Pivot>) -> Self {
        Self { histogram: Histogram { pivot, ..Histogram::default() }, ..Self::default() }
    }

    /// Adds the worlds of a block that count, which weigh `mass` together.
    pub(crate) fn absorb(&mut self, mask: &Plane, column: &[f64], weights: Option<Weights<'_>>, mass: Mass) {
        self.total.add(mass);
        let first = self.pending.len();
        let Self { pending, pending_weights, undefined, .. } = self;
        for_each_world(mask, |world| {
            let value = column[world];
            if value.is_nan() {
                let weight = weights.map_or(1.0, |weights| weights.weights[world]);
                undefined.add(Mass { weight, square: weight * weight });
            } else {
                // Minus zero becomes zero.
                pending.push(value + 0.0);
                if let Some(weights) = weights {
                    pending_weights.push(weights.weights[world]);
                }
            }
        });
        let values = &self.pending[first..];
        if weights.is_some() {
            let weighted = values.iter().copied().zip(self.pending_weights[first..].iter().copied());
            self.moments.combine(&Moments::of(weighted.clone()));
            let squared = Moments::of(weighted.map(|(value, weight)| (value, weight * weight)));
            self.squared.get_or_insert_default().combine(&squared);
        } else {
            self.moments.combine(&Moments::of(values.iter().map(|value| (*value, 1.0))));
        }
    }

    /// Takes what is pending into the histogram.
    pub(crate) fn settle(&mut self) {
        let pivot = self.histogram.pivot;
        let pending = if self.pending_weights.is_empty() {
            Histogram::of_ones(&self.pending, pivot)
        } else {
            let mut pending: Vec<_> = self.pending.iter().copied().zip(self.pending_weights.iter().copied()).collect();
            pending.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
            Histogram::of_sorted(&pending, pivot)
        };
        self.histogram.combine(&pending);
        // Not only emptied: chunks wait for each other, and would keep their space.
        (self.pending, self.pending_weights) = (Vec::new(), Vec::new());
    }

    /// Adds the counts of the blocks that follow.
    pub(crate) fn combine(&mut self, later: &Self) {
        self.total.add(later.total);
        self.undefined.add(later.undefined);
        self.moments.combine(&later.moments);
        if let Some(later) = &later.squared {
            self.squared.get_or_insert_default().combine(later);
        }
        self.histogram.combine(&later.histogram);
    }

    /// The answer; `None` if it is defined in no world that counts.
    #[must_use]
    pub(crate) fn answer(&self) -> Option<NumberAnswer> {
        let (first, last) = (self.histogram.bins.first()?, self.histogram.bins.last()?);
        if self.moments.weight <= 0.0 {
            return None;
        }
        let squared = self.squared.as_ref().unwrap_or(&self.moments);
        let mut answer = NumberAnswer {
            mean: Estimate {
                value: self.moments.mean,
                standard_error: squared.spread_about(self.moments.mean).sqrt() / self.moments.weight,
                prior_interval: None,
            },
            median: Estimate { value: 0.0, standard_error: 0.0, prior_interval: None },
            standard_deviation: (self.moments.squares / self.moments.weight).sqrt(),
            minimum: first.minimum,
            maximum: last.maximum,
            quantiles: Vec::new(),
            undefined: self.undefined.weight / self.total.weight,
            histogram: self.histogram.clone(),
            effective_worlds: self.moments.weight * self.moments.weight / squared.weight,
        };
        answer.median = answer.quantile(0.5);
        answer.quantiles = QUANTILE_LEVELS.iter().map(|level| (*level, answer.quantile(*level))).collect();
        Some(answer)
    }
}

/// Weighted mean and squares about it, which merge without losing digits.
///
/// Source: Chan, Golub & LeVeque (1983), Amer. Statist. 37, 242–247.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    weight: f64,
    mean: f64,
    /// `Σ w (x - mean)²`.
    squares: f64,
}

impl Moments {
    fn of(values: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let (mut weight, mut sum) = (0.0, 0.0);
        for (value, world_weight) in values.clone() {
            if world_weight > 0.0 {
                weight += world_weight;
                sum += world_weight * value;
            }
        }
        if weight <= 0.0 {
            return Self::default();
        }
        let mean = sum / weight;
        let squares =
            values.fold(
                0.0,
                |squares, (value, weight)| {
                    if weight > 0.0 { squares + weight * (value - mean) * (value - mean) } else { squares }
                },
            );
        Self { weight, mean, squares }.or_infinite()
    }

    fn combine(&mut self, later: &Self) {
        if later.weight <= 0.0 {
            return;
        }
        if self.weight <= 0.0 {
            *self = *later;
            return;
        }
        let weight = self.weight + later.weight;
        let distance = later.mean - self.mean;
        let mean =
            if distance.is_finite() { self.mean + distance * (later.weight / weight) } else { self.mean + later.mean };
        let squares = self.squares + later.squares + distance * distance * (self.weight * later.weight / weight);
        *self = Self { weight, mean, squares }.or_infinite();
    }

    /// With infinite numbers among them the spread is infinite.
    fn or_infinite(mut self) -> Self {
        if !self.mean.is_finite() || self.squares.is_nan() {
            self.squares = f64::INFINITY;
        }
        self
    }

    /// `Σ w (x - centre)²`.
    fn spread_about(&self, centre: f64) -> f64 {
        let spread = self.squares + self.weight * (self.mean - centre) * (self.mean - centre);
        if spread.is_nan() { f64::INFINITY } else { spread }
    }
}

/// Where the worlds of a number lie, as its first block of worlds shows: what the bins of a [`Histogram`] are fine about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pivot {
    centre: f64,
    scale: f64,
}

impl Pivot {
    /// The median of some values, and the distance of their quartiles (or, where that is nothing, of the whole). `None` if there are no finite
    /// ones, or all are the same.
    #[must_use]
    pub(crate) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.retain(|value| value.is_finite());
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let quartiles = values[last * 3 / 4] - values[last / 4];
        let scale = if quartiles > 0.0 { quartiles } else { values[last] - values[0] };
        (scale > 0.0 && scale.is_finite()).then_some(Self { centre: values[last / 2], scale })
    }

    /// Distance from the centre in units of the scale, moved one away from 0 on either side: bins over the bits of this are 1/4096 of the
    /// scale wide at the centre, and grow with the distance.
    fn place(self, value: f64) -> f64 {
        let distance = (value - self.centre) / self.scale;
        if distance < 0.0 { distance - 1.0 } else { distance + 1.0 }
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

/// Sorts by keys of [`KEY_BITS`]: in two passes, by the lower and by the upper half of their bits.
///
/// Source: Knuth (1998), The Art of Computer Programming 3, 5.2.5, algorithm R.
fn by_key(mut values: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    const HALF: u32 = KEY_BITS / 2;
    let mut sorted = vec![(0, 0.0); values.len()];
    for shift in [0, HALF] {
        let digit = |key: u32| (key >> shift) as usize & ((1 << HALF) - 1);
        let mut places = [0_u32; 1 << HALF];
        values.iter().for_each(|(key, _)| places[digit(*key)] += 1);
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        for pair in &values {
            let place = &mut places[digit(pair.0)];
            sorted[*place as usize] = *pair;
            *place += 1;
        }
        std::mem::swap(&mut values, &mut sorted);
    }
    values
}

impl Histogram {
    /// Of values that weigh 1 each: ordered by their keys alone.
    fn of_ones(values: &[f64], pivot: Option<Pivot>) -> Self {
        let keyed: Vec<_> = match pivot {
            None => values.iter().map(|value| (key(*value), *value)).collect(),
            Some(pivot) => values.iter().map(|value| (key(pivot.place(*value)), *value)).collect(),
        };
        Self::of_keyed(by_key(keyed).into_iter().map(|(key, value)| (key, value, 1.0)), pivot)
    }

    /// Of values in order, with their weights.
    fn of_sorted(values: &[(f64, f64)], pivot: Option<Pivot>) -> Self {
        let key = |value: f64| key(pivot.map_or(value, |pivot| pivot.place(value)));
        Self::of_keyed(values.iter().map(|(value, weight)| (key(*value), *value, *weight)), pivot)
    }

    /// Of values in the order of their keys, with their weights.
    fn of_keyed(values: impl Iterator<Item = (u32, f64, f64)>, pivot: Option<Pivot>) -> Self {
        let mut bins: Vec<Bin> = Vec::new();
        for (key, value, weight) in values {
            let bin = Bin { key, weight, minimum: value, maximum: value, at_minimum: weight, at_maximum: weight };
            match bins.last_mut() {
                Some(last) if last.key == bin.key => last.combine(&bin),
                _ => bins.push(bin),
            }
        }
        Self { bins, pivot, coarseness: 0 }
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
    fn combine(&mut self, later: &Self) {
        let coarseness = self.coarseness.max(later.coarseness);
        self.coarsen(coarseness);
        if later.coarseness == coarseness {
            self.add_bins(later);
        } else {
            let mut later = later.clone();
            later.coarsen(coarseness);
            self.add_bins(&later);
        }
        while self.bins.len() > MOST_BINS && self.coarseness < KEY_BITS {
            self.coarsen(self.coarseness + 1);
        }
    }

    /// Adds the bins of one that is as coarse.
    fn add_bins(&mut self, later: &Self) {
        if self.bins.is_empty() {
            self.bins.clone_from(&later.bins);
            return;
        }
        let earlier = std::mem::take(&mut self.bins);
        self.bins.reserve(earlier.len() + later.bins.len());
        let (mut left, mut right) = (earlier.iter().peekable(), later.bins.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some(first), Some(second)) if first.key == second.key => {
                    let mut bin = **first;
                    bin.combine(second);
                    self.bins.push(bin);
                    left.next();
                    right.next();
                }
                (Some(first), Some(second)) if first.key < second.key => {
                    self.bins.push(**first);
                    left.next();
                }
                (Some(first), None) => {
                    self.bins.push(**first);
                    left.next();
                }
                (_, Some(second)) => {
                    self.bins.push(**second);
                    right.next();
                }
                (None, None) => break,
            }
        }
    }

    /// The smallest value that a share `level` of the weight does not pass.
    #[must_use]
    pub(crate) fn quantile(&self, level: f64) -> f64 {
        let total: f64 = self.bins.iter().map(|bin| bin.weight).sum();
        let target = level * total;
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
            merged.combine(&histogram(chunk));
        }
        for percent in 1..100 {
            let exact = f64::from(percent) * 2.0 - 70.0;
            let found = merged.quantile(f64::from(percent) / 100.0);
            assert!((found - exact).abs() <= 0.011 + exact.abs() / 2048.0, "{percent}: {found} {exact}");
        }
    }

    #[test]
    fn values_that_weigh_one_need_no_order() {
        let values: Vec<f64> = heavy(30_000).into_iter().chain([0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY]).collect();
        let mut sorted: Vec<(f64, f64)> = values.iter().map(|value| (*value, 1.0)).collect();
        sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
        for pivot in [None, Pivot::of(values.clone())] {
            let (ones, expected) = (Histogram::of_ones(&values, pivot), Histogram::of_sorted(&sorted, pivot));
            assert_eq!(format!("{:?}", ones.bins), format!("{:?}", expected.bins));
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
                    all.combine(chunk);
                    all
                })
            };
            let in_order: Vec<&Histogram> = chunks.iter().collect();
            let forwards = merge(&in_order);
            let backwards = merge(&in_order.iter().rev().copied().collect::<Vec<_>>());
            let mut halves = merge(&in_order[..20]);
            halves.combine(&merge(&in_order[20..]));
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
