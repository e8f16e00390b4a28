//! Some patterns followed through all worlds: how often each comes about, on which days what happens in it does, and in which order.

use super::pattern::{Facet, Layout, Pattern, Reader};
use super::tallied::Weighed;
use crate::math;
use crate::plan::Plan;
use crate::simulate::block::{Arena, for_each_world};
use crate::simulate::forest::Combine;
use crate::simulate::passes::Gather;
use crate::simulate::tally::Weights;
use std::collections::BTreeMap;

/// A pattern that was followed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Story {
    /// The worlds of this pattern.
    pub worlds: Weighed,
    /// For each facet, the days after `as_of` on which it came about, with what the worlds weigh in which it did; empty for those that did not,
    /// or have no moment.
    pub days: Vec<BTreeMap<i32, f64>>,
    /// The orders in which what happens did, and what their worlds weigh.
    pub orders: BTreeMap<Pattern, f64>,
}

/// What was found on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// One for each pattern that was to be followed.
    pub stories: Vec<Story>,
    /// For each facet, how often it does what, by the number of that.
    pub facets: Vec<Vec<Weighed>>,
    /// All worlds that count.
    pub all: Weighed,
}

/// What is followed.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    facets: &'a [Facet],
    layout: &'a Layout,
    places: BTreeMap<Pattern, usize>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(facets: &'a [Facet], layout: &'a Layout, patterns: &[Pattern]) -> Self {
        Self { facets, layout, places: patterns.iter().enumerate().map(|(at, pattern)| (*pattern, at)).collect() }
    }
}

#[derive(Debug)]
pub(super) struct Following<'a> {
    wanted: &'a Wanted<'a>,
    reader: Reader,
    found: Followed,
}

impl<'a> Following<'a> {
    pub(super) fn new(wanted: &'a Wanted<'a>) -> Self {
        let facets = wanted.facets;
        let story = Story { days: vec![BTreeMap::new(); facets.len()], ..Story::default() };
        let found = Followed {
            stories: vec![story; wanted.places.len()],
            facets: facets.iter().map(|facet| vec![Weighed::default(); facet.planes.len() + 1]).collect(),
            all: Weighed::default(),
        };
        Self { wanted, reader: Reader::new(facets), found }
    }

    pub(super) fn into_followed(self) -> Followed {
        self.found
    }
}

impl Combine for Following<'_> {
    fn combine(&mut self, later: &mut Self) {
        let (found, more) = (&mut self.found, &later.found);
        found.all.add(more.all);
        for (codes, more) in found.facets.iter_mut().zip(&more.facets) {
            codes.iter_mut().zip(more).for_each(|(code, more)| code.add(*more));
        }
        for (story, more) in found.stories.iter_mut().zip(&more.stories) {
            story.worlds.add(more.worlds);
            for (days, more) in story.days.iter_mut().zip(&more.days) {
                more.iter().for_each(|(day, weight)| *days.entry(*day).or_default() += weight);
            }
            more.orders.iter().for_each(|(order, weight)| *story.orders.entry(*order).or_default() += weight);
        }
    }
}

impl Gather for Following<'_> {
    fn clear(&mut self) {
        *self = Self::new(self.wanted);
    }

    fn absorb(&mut self, _: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        let Wanted { facets, layout, places } = self.wanted;
        self.reader.read(facets, layout, arena);
        let found = &mut self.found;
        for_each_world(&arena.mask, |world| {
            let weight = weights.map_or(1.0, |weights| weights.weights[world]);
            found.all.count(weight);
            let whole = self.reader.patterns[world];
            for (facet, codes) in found.facets.iter_mut().enumerate() {
                codes[layout.code(whole, facet)].count(weight);
            }
            let pattern = if layout.is_ordered() { whole } else { layout.without_order(whole) };
            let Some(place) = places.get(&pattern) else { return };
            let story = &mut found.stories[*place];
            story.worlds.count(weight);
            let mut dated = self.reader.moments.iter();
            for (facet, days) in facets.iter().zip(&mut story.days) {
                if facet.moment.is_some()
                    && let Some(moment) = dated.next().map(|column| column[world]).filter(|moment| moment.is_finite())
                {
                    *days.entry(math::ceil_days(moment) as i32).or_default() += weight;
                }
            }
            *story.orders.entry(whole).or_default() += weight;
        });
    }
}
