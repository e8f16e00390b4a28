//! Patterns: what every facet does in a world, packed into one number.

use super::moment::Moment;
use crate::plan::PlaneId;
use crate::simulate::block::{Arena, WORLDS_PER_BLOCK, for_each_world};

/// One thing that is looked at in every world.
#[derive(Debug, Clone, PartialEq)]
pub struct Facet {
    /// Bit columns of which at most one holds. What the facet does in a world is the number of that one, counted from 1, or 0 if none holds.
    pub planes: Vec<PlaneId>,
    /// When that came about.
    pub moment: Option<Moment>,
}

/// What every facet does in a world and, if the layout says so, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(u128);

/// Bits of a place in the order of what happens.
const PLACE_BITS: u32 = 4;

/// The most facets that have a moment: one place in the order each, and 0 for no place.
const MOST_MOMENTS: usize = (1 << PLACE_BITS) - 1;

/// Where in a [`Pattern`] what stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Where what a facet does stands, and in how many bits.
    codes: Vec<(u32, u32)>,
    /// Where its place in the order stands, if it has a moment.
    places: Vec<Option<u32>>,
    ordered: bool,
}

impl Layout {
    /// For some facets; `None` if they do not fit into a pattern. If `ordered`, patterns that differ in the order of what happens are not the
    /// same.
    #[must_use]
    pub fn new(facets: &[Facet], ordered: bool) -> Option<Self> {
        let mut at = 0;
        let mut take = |bits: u32| {
            at += bits;
            at - bits
        };
        let mut codes = Vec::with_capacity(facets.len());
        for facet in facets {
            let bits = usize::BITS - facet.planes.len().leading_zeros();
            codes.push((take(bits), bits));
        }
        let places: Vec<Option<u32>> =
            facets.iter().map(|facet| facet.moment.as_ref().map(|_| take(PLACE_BITS))).collect();
        let fits = at <= u128::BITS && places.iter().flatten().count() <= MOST_MOMENTS;
        fits.then_some(Self { codes, places, ordered })
    }

    /// What a facet does.
    #[must_use]
    pub fn code(&self, pattern: Pattern, facet: usize) -> usize {
        let (at, bits) = self.codes[facet];
        ((pattern.0 >> at) & ((1 << bits) - 1)) as usize
    }

    /// The place of a facet in the order of what happens, counted from 1; what happens at one moment has one place. `None` if it has no moment
    /// in this pattern.
    #[must_use]
    pub fn place(&self, pattern: Pattern, facet: usize) -> Option<usize> {
        let place = (pattern.0 >> self.places[facet]?) & ((1 << PLACE_BITS) - 1);
        (place > 0).then_some(place as usize)
    }

    /// The pattern of what each facet does, without an order.
    #[must_use]
    pub fn pattern(&self, codes: &[usize]) -> Pattern {
        Pattern(self.codes.iter().zip(codes).fold(0, |bits, ((at, _), code)| bits | (*code as u128) << at))
    }

    /// The same pattern without an order.
    #[must_use]
    pub fn without_order(&self, pattern: Pattern) -> Pattern {
        let end = self.codes.last().map_or(0, |(at, bits)| at + bits);
        Pattern(if end < u128::BITS { pattern.0 & ((1 << end) - 1) } else { pattern.0 })
    }

    /// Whether patterns that differ in the order of what happens are not the same.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        self.ordered
    }
}

/// The patterns of a block and the moments behind them.
#[derive(Debug)]
pub(super) struct Reader {
    /// Of each world that counts; of the others anything.
    pub(super) patterns: Vec<Pattern>,
    /// For each facet with a moment, a column of them: finite where it came about.
    pub(super) moments: Vec<Vec<f64>>,
}

impl Reader {
    pub(super) fn new(facets: &[Facet]) -> Self {
        let dated = facets.iter().filter(|facet| facet.moment.is_some()).count();
        Self { patterns: vec![Pattern(0); WORLDS_PER_BLOCK], moments: vec![vec![0.0; WORLDS_PER_BLOCK]; dated] }
    }

    /// Reads a block that has run, always with the order.
    pub(super) fn read(&mut self, facets: &[Facet], layout: &Layout, arena: &Arena) {
        self.patterns.fill(Pattern(0));
        for (facet, (at, _)) in facets.iter().zip(&layout.codes) {
            for (code, plane) in (1_u128..).zip(&facet.planes) {
                for_each_world(arena.plane(*plane), |world| self.patterns[world].0 |= code << at);
            }
        }
        let dated = facets.iter().filter_map(|facet| facet.moment.as_ref());
        for (moment, column) in dated.zip(&mut self.moments) {
            for_each_world(&arena.mask, |world| column[world] = moment.of(arena, world));
        }
        let places: Vec<u32> = layout.places.iter().flatten().copied().collect();
        let mut times: Vec<f64> = Vec::with_capacity(places.len());
        for_each_world(&arena.mask, |world| {
            times.clear();
            times.extend(self.moments.iter().map(|column| column[world]).filter(|moment| moment.is_finite()));
            if times.is_empty() {
                return;
            }
            times.sort_unstable_by(f64::total_cmp);
            times.dedup();
            for (column, at) in self.moments.iter().zip(&places) {
                if let Some(earlier) = times.iter().position(|time| *time == column[world]) {
                    self.patterns[world].0 |= (earlier as u128 + 1) << at;
                }
            }
        });
    }
}
