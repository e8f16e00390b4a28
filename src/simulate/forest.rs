//! Combines what chunks of worlds give, always in the same tree.
//!
//! Chunks are the leaves of a binary tree: the node of *level* `l` and *index* `i` holds the `2^l` chunks from `i 2^l` on, and is what
//! its two halves give, combined. A [`Forest`] keeps the roots of what has been combined so far. Whichever nodes arrive, in whichever
//! order, they are only ever joined with their siblings, so the whole has the same bits however its chunks were dealt out; and a run of
//! `n` chunks keeps at most one root for each binary digit of `n`.
//!
//! Uses nothing; knows nothing of worlds.

use std::collections::BTreeMap;
use std::ops::Range;

/// What adds up: sums, counts, histograms.
pub(crate) trait Combine {
    /// Adds what was gathered from the worlds that follow. What then is in `later` is of no use but for its memory.
    fn combine(&mut self, later: &mut Self);
}

/// A node of the tree: an aligned run of `2^level` chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// How often chunks were doubled up.
    pub(crate) level: u32,
    /// Among the nodes of its level.
    pub(crate) index: u64,
}

impl Place {
    /// Its first chunk.
    #[must_use]
    pub(crate) const fn first(self) -> u64 {
        self.index << self.level
    }

    /// Its chunks.
    #[must_use]
    pub(crate) const fn chunks(self) -> Range<u64> {
        self.first()..(self.index + 1) << self.level
    }

    /// The node that holds just these chunks, if there is one.
    #[must_use]
    pub(crate) fn of(chunks: &Range<u64>) -> Option<Self> {
        let length = chunks.end - chunks.start;
        (length.is_power_of_two() && chunks.start.is_multiple_of(length))
            .then(|| Self { level: length.trailing_zeros(), index: chunks.start / length })
    }

    /// Its two halves; `None` if it is one chunk.
    #[must_use]
    pub(crate) fn halves(self) -> Option<(Self, Self)> {
        let level = self.level.checked_sub(1)?;
        Some((Self { level, index: 2 * self.index }, Self { level, index: 2 * self.index + 1 }))
    }

    const fn sibling(self) -> Self {
        Self { level: self.level, index: self.index ^ 1 }
    }

    const fn parent(self) -> Self {
        Self { level: self.level + 1, index: self.index >> 1 }
    }
}

/// Roots of parts of the tree, none of which are siblings.
#[derive(Debug, Clone)]
pub(crate) struct Forest<T> {
    roots: BTreeMap<u64, (u32, T)>,
}

impl<T> Default for Forest<T> {
    fn default() -> Self {
        Self { roots: BTreeMap::new() }
    }
}

impl<T: Combine> Forest<T> {
    /// Adds a node, and joins it with its sibling if that is there, and so on upwards.
    pub(crate) fn insert(&mut self, place: Place, value: T) {
        self.insert_with(place, value, &mut drop);
    }

    /// The same; `spent` gets what has been added to something else.
    pub(crate) fn insert_with(&mut self, mut place: Place, mut value: T, spent: &mut impl FnMut(T)) {
        loop {
            let sibling = place.sibling();
            let is_there = self.roots.get(&sibling.first()).is_some_and(|(level, _)| *level == sibling.level);
            let other = if is_there { self.roots.remove(&sibling.first()) } else { None };
            let Some((_, mut other)) = other else { break };
            if sibling.index < place.index {
                std::mem::swap(&mut value, &mut other);
            }
            value.combine(&mut other);
            spent(other);
            place = place.parent();
        }
        self.roots.insert(place.first(), (place.level, value));
    }

    /// Adds all nodes of another.
    pub(crate) fn extend(&mut self, other: Self) {
        for (first, (level, value)) in other.roots {
            self.insert(Place { level, index: first >> level }, value);
        }
    }

    /// The roots, in order.
    pub(crate) fn roots(&self) -> impl Iterator<Item = (Place, &T)> {
        self.roots.iter().map(|(first, (level, value))| (Place { level: *level, index: first >> level }, value))
    }

    /// Whether these are just the roots that a range of chunks has.
    #[must_use]
    pub(crate) fn covers(&self, chunks: Range<u64>) -> bool {
        self.roots().map(|(place, _)| place).eq(places(chunks))
    }

    /// All of it, the later roots first: just as if the tree were filled up with chunks of nothing. `None` if there is nothing.
    #[must_use]
    pub(crate) fn fold(self) -> Option<T> {
        self.roots.into_values().map(|(_, value)| value).rev().reduce(|mut later, mut earlier| {
            earlier.combine(&mut later);
            earlier
        })
    }
}

/// The roots that a range of chunks has, in order: at most two for each binary digit of its length.
pub(crate) fn places(chunks: Range<u64>) -> impl Iterator<Item = Place> {
    let mut first = chunks.start;
    std::iter::from_fn(move || {
        let left = chunks.end.checked_sub(first).filter(|left| *left > 0)?;
        let level = first.trailing_zeros().min(left.ilog2());
        let place = Place { level, index: first >> level };
        first = place.chunks().end;
        Some(place)
    })
}

/// Where a range of at least two chunks is best cut: at the chunk with which the largest node starts.
#[must_use]
pub(crate) fn cut(chunks: &Range<u64>) -> u64 {
    debug_assert!(chunks.end - chunks.start >= 2, "one chunk cannot be cut");
    // The highest bit in which the first and the last chunk differ: between them lies the only number with so many zeros.
    let level = (chunks.start ^ (chunks.end - 1)).ilog2();
    ((chunks.end - 1) >> level) << level
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Says how it was put together.
    #[derive(Debug, Clone, PartialEq)]
    struct Story(String);

    impl Combine for Story {
        fn combine(&mut self, later: &mut Self) {
            self.0 = format!("({} {})", self.0, later.0);
        }
    }

    fn leaf(chunk: u64) -> Forest<Story> {
        let mut forest = Forest::default();
        forest.insert(Place { level: 0, index: chunk }, Story(chunk.to_string()));
        forest
    }

    /// As the engine does it: halves of halves.
    fn grown(chunks: Range<u64>) -> Forest<Story> {
        match chunks.end - chunks.start {
            0 => Forest::default(),
            1 => leaf(chunks.start),
            _ => {
                let middle = cut(&chunks);
                let mut forest = grown(chunks.start..middle);
                forest.extend(grown(middle..chunks.end));
                forest
            }
        }
    }

    #[test]
    fn seven_chunks_make_the_tree_of_eight_without_its_last() {
        assert_eq!(grown(0..7).fold(), Some(Story("(((0 1) (2 3)) ((4 5) 6))".to_owned())));
        assert_eq!(grown(0..1).fold(), Some(Story("0".to_owned())));
        assert_eq!(grown(0..0).fold(), None);
    }

    #[test]
    fn a_node_is_its_two_halves() {
        for (chunks, halves) in [(0..8, Some((0..4, 4..8))), (24..32, Some((24..28, 28..32))), (5..6, None)] {
            let place = Place::of(&chunks).unwrap();
            assert_eq!(place.chunks(), chunks);
            assert_eq!(place.halves().map(|(left, right)| (left.chunks(), right.chunks())), halves);
        }
        assert!([0..0, 0..7, 4..12].iter().all(|chunks| Place::of(chunks).is_none()));
    }

    #[test]
    fn few_roots_stand_for_many_chunks() {
        let billions = places(12_345..9_876_543_210_123).count();
        assert!(billions <= 2 * 44, "{billions}");
        assert_eq!(places(0..1 << 40).count(), 1);
        assert!(grown(3..61).covers(3..61) && !grown(3..61).covers(3..62));
    }

    proptest! {
        #[test]
        fn any_dealing_in_any_order_gives_the_same_tree(
            chunks in 1_u64..200,
            cuts in prop::collection::vec(0_u64..200, 0..8),
            order in any::<prop::sample::Index>(),
        ) {
            let mut ends: Vec<u64> = cuts.into_iter().map(|cut| cut.min(chunks)).chain([0, chunks]).collect();
            ends.sort_unstable();
            let mut parts: Vec<Forest<Story>> = ends.windows(2).map(|ends| grown(ends[0]..ends[1])).collect();
            let turn = order.index(parts.len());
            parts.rotate_left(turn);
            parts.reverse();
            let mut merged = Forest::default();
            for part in parts {
                merged.extend(part);
            }
            prop_assert!(merged.covers(0..chunks));
            prop_assert_eq!(merged.fold(), grown(0..chunks).fold());
        }
    }
}
