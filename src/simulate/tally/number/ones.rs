//! Bins of values that weigh 1 each: counted by their keys, and put in order by them.

use super::order::{repeated_early, sort_by_key};
use super::{Bin, Histogram, KEY_BITS, KEY_MANTISSA_BITS, MOST_BINS, Pivot, key};

/// Keys are counted one by one where they lie so close together: 32 doublings where there is no pivot. The table lies in the second cache.
const WINDOW: usize = 1 << 17;

/// So many keys are passed over at once if no value has any of them, as in tails.
const PASSED: usize = 16;

/// The first key of numbers from 0 on.
const MIDDLE: u32 = 1 << (KEY_BITS - 1);

/// Places about a pivot are at least one away from 0 on either side: so many keys lie between 0 and one.
const EMPTY: u32 = 1023 << KEY_MANTISSA_BITS;

/// Space to put values in order in.
#[derive(Debug, Default)]
pub(in crate::simulate::tally) struct Sorting {
    values: Vec<f64>,
    keys: Vec<u32>,
    /// How many values have each key of the window, then where they go.
    places: Vec<u32>,
    /// The values in the order of their keys.
    ordered: Vec<f64>,
    groups: Vec<Group>,
    pairs: Vec<(u32, f64)>,
    sorted: Vec<(u32, f64)>,
    pub(super) weighted: Vec<(f64, f64)>,
    /// Of values that come to others.
    bins: Vec<Bin>,
}

/// Values in order that come into one bin, behind those of the group before it.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    key: u32,
    /// Behind the values of its first key: its smallest one is among them.
    first_end: u32,
    /// Where the values of its last key begin: its largest one is among them.
    last_start: u32,
    end: u32,
}

impl Histogram {
    /// Adds values that weigh 1 each, in any order.
    pub(super) fn add_ones(&mut self, values: &[f64], space: &mut Sorting) {
        if self.bins.is_empty() {
            self.fill_with_ones(values, space);
            return;
        }
        let bins = std::mem::take(&mut space.bins);
        let mut later = Self { bins, pivot: self.pivot, coarseness: self.coarseness };
        later.fill_with_ones(values, space);
        self.combine(&mut later);
        later.bins.clear();
        space.bins = later.bins;
    }

    /// Fills an empty one, as coarse as it is at least, and as these values need it to be.
    fn fill_with_ones(&mut self, values: &[f64], space: &mut Sorting) {
        let common = repeated_early(values);
        // A value that many worlds share need not be put in order more than once.
        let mut times = 0_u32;
        space.values.clear();
        if let Some(common) = common {
            space.values.extend(values.iter().filter(|value| **value != common));
            times = (values.len() - space.values.len()) as u32;
            space.values.push(common);
        } else {
            space.values.extend(values);
        }
        space.put_in_order(self.pivot);
        let about_pivot = self.pivot.is_some();
        if self.coarseness > 0 {
            space.coarsen(self.coarseness, about_pivot);
        }
        while space.groups.len() > MOST_BINS && self.coarseness < KEY_BITS {
            self.coarseness += 1;
            space.coarsen(self.coarseness, about_pivot);
        }
        space.fill(&mut self.bins);
        if let Some(common) = common {
            let key = Self::coarse_key(key_of(common, self.pivot), self.coarseness, about_pivot);
            if let Ok(place) = self.bins.binary_search_by_key(&key, |bin| bin.key) {
                self.bins[place].add_to_edge(common, f64::from(times) - 1.0);
            }
        }
    }
}

impl Bin {
    /// Adds weight to one of its edges, or within it.
    fn add_to_edge(&mut self, value: f64, weight: f64) {
        self.weight += weight;
        if value == self.minimum {
            self.at_minimum += weight;
        }
        if value == self.maximum {
            self.at_maximum += weight;
        }
    }
}

/// The key of a value, of its place about a pivot where there is one.
fn key_of(value: f64, pivot: Option<Pivot>) -> u32 {
    key(pivot.map_or(value, |pivot| pivot.place(value)))
}

/// A key without the gap about a pivot.
fn folded(key: u32) -> u32 {
    if key < MIDDLE { key + EMPTY } else { key - EMPTY }
}

fn unfolded(key: u32) -> u32 {
    if key < MIDDLE { key - EMPTY } else { key + EMPTY }
}

impl Sorting {
    /// Puts the values in the order of their keys, each key a group.
    fn put_in_order(&mut self, pivot: Option<Pivot>) {
        let Self { values, keys, .. } = self;
        keys.clear();
        match pivot {
            Some(pivot) => keys.extend(values.iter().map(|value| folded(key(pivot.place(*value))))),
            None => keys.extend(values.iter().map(|value| key(*value))),
        }
        let (lowest, highest) = keys.iter().fold((u32::MAX, 0), |(low, high), key| (low.min(*key), high.max(*key)));
        self.groups.clear();
        self.ordered.clear();
        if self.values.is_empty() {
            return;
        }
        if ((highest - lowest) as usize) < WINDOW {
            self.by_counting(lowest, (highest - lowest) as usize + 1);
        } else {
            self.by_sorting();
        }
        if pivot.is_some() {
            self.groups.iter_mut().for_each(|group| group.key = unfolded(group.key));
        }
    }

    /// Counts keys, which are so many from the lowest on.
    ///
    /// Source: Knuth (1998), The Art of Computer Programming 3, 5.2, algorithm D (distribution counting).
    fn by_counting(&mut self, lowest: u32, keys: usize) {
        self.places.clear();
        self.places.resize(keys, 0);
        for key in &self.keys {
            self.places[(key - lowest) as usize] += 1;
        }
        // Written for every key, and kept where there is a value: without a branch, for one of two has some.
        self.groups.resize(keys.min(self.values.len()) + 1, Group::default());
        let (mut start, mut groups) = (0, 0);
        for (places, from) in self.places.chunks_mut(PASSED).zip((lowest..).step_by(PASSED)) {
            if places.iter().fold(0, |any, values| any | values) == 0 {
                continue;
            }
            for (place, key) in places.iter_mut().zip(from..) {
                let end = start + *place;
                self.groups[groups] = Group { key, first_end: end, last_start: start, end };
                groups += usize::from(*place > 0);
                *place = start;
                start = end;
            }
        }
        self.groups.truncate(groups);
        self.ordered.resize(self.values.len(), 0.0);
        for (key, value) in self.keys.iter().zip(&self.values) {
            let place = &mut self.places[(key - lowest) as usize];
            self.ordered[*place as usize] = *value;
            *place += 1;
        }
    }

    /// Sorts keys, which lie far apart.
    fn by_sorting(&mut self) {
        self.pairs.clear();
        self.pairs.extend(self.keys.iter().copied().zip(self.values.iter().copied()));
        sort_by_key(&mut self.pairs, &mut self.sorted);
        for ((key, value), place) in self.pairs.iter().zip(0..) {
            self.ordered.push(*value);
            match self.groups.last_mut() {
                Some(group) if group.key == *key => (group.first_end, group.end) = (place + 1, place + 1),
                _ => {
                    self.groups.push(Group { key: *key, first_end: place + 1, last_start: place, end: place + 1 });
                }
            }
        }
    }

    /// Throws groups together until they are as coarse as that.
    fn coarsen(&mut self, coarseness: u32, about_pivot: bool) {
        self.groups.iter_mut().for_each(|group| {
            group.key = Histogram::coarse_key(group.key, coarseness, about_pivot);
        });
        self.groups.dedup_by(|later, kept| {
            let same = later.key == kept.key;
            if same {
                (kept.last_start, kept.end) = (later.last_start, later.end);
            }
            same
        });
    }

    /// A bin for every group.
    fn fill(&self, bins: &mut Vec<Bin>) {
        bins.reserve(self.groups.len());
        let mut start = 0;
        for group in &self.groups {
            let first = &self.ordered[start as usize..group.first_end as usize];
            let last = &self.ordered[group.last_start as usize..group.end as usize];
            let (minimum, at_minimum) = extreme(first, |value, least| value < least);
            let (maximum, at_maximum) = extreme(last, |value, most| value > most);
            let weight = f64::from(group.end - start);
            bins.push(Bin { key: group.key, weight, minimum, maximum, at_minimum, at_maximum });
            start = group.end;
        }
    }
}

/// The value that passes all others, and how often it stands there.
#[inline(always)]
fn extreme(values: &[f64], passes: impl Fn(f64, f64) -> bool) -> (f64, f64) {
    let (mut found, mut times) = (values[0], 1.0);
    for value in &values[1..] {
        if passes(*value, found) {
            (found, times) = (*value, 1.0);
        } else if *value == found {
            times += 1.0;
        }
    }
    (found, times)
}
