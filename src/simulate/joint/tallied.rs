//! How often each pattern comes about.

use super::pattern::{Facet, Layout, Pattern, Reader};
use crate::plan::Plan;
use crate::simulate::block::{Arena, both, count, for_each_world};
use crate::simulate::forest::Combine;
use crate::simulate::passes::Gather;
use crate::simulate::tally::Weights;
use std::collections::BTreeMap;

/// What some worlds weigh together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weighed {
    /// The sum of their weights; how many they are where all weigh alike.
    pub weight: f64,
    /// The sum of the squares.
    pub square: f64,
}

impl Weighed {
    pub(super) fn add(&mut self, more: Self) {
        self.weight += more.weight;
        self.square += more.square;
    }

    /// One world more.
    pub(super) fn count(&mut self, weight: f64) {
        self.weight += weight;
        self.square += weight * weight;
    }

    /// `(Σ w)² / Σ w²`: how many worlds that weigh alike they are worth; 0 if there are none.
    #[must_use]
    pub fn effective(self) -> f64 {
        if self.square > 0.0 { self.weight * self.weight / self.square } else { 0.0 }
    }

    /// Their share of others, among which they are, and its standard error.
    ///
    /// ```text
    /// p = W / T        s.e.² = (S (1 - p)² + (Q - S) p²) / T²
    /// ```
    ///
    /// with `W` and `S` the weight and squares of these, `T` and `Q` those of all. A share of 0 or 1 of which nothing else was seen takes the
    /// error of half a world more. `None` if the others weigh nothing.
    #[must_use]
    pub fn share_of(self, all: Self) -> Option<(f64, f64)> {
        if all.weight <= 0.0 {
            return None;
        }
        let share = (self.weight / all.weight).clamp(0.0, 1.0);
        if share > 0.0 && share < 1.0 {
            let variance =
                self.square * (1.0 - share) * (1.0 - share) + (all.square - self.square).max(0.0) * share * share;
            return Some((share, variance.sqrt() / all.weight));
        }
        let worlds = all.effective();
        let softened = 0.5 / (worlds + 1.0);
        Some((share, (softened * (1.0 - softened) / worlds).sqrt()))
    }
}

/// How often each pattern comes about.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// In their order.
    pub patterns: BTreeMap<Pattern, Weighed>,
    /// All worlds that count.
    pub all: Weighed,
    /// For each of [`Plan::rules`], the worlds that violate it.
    pub violations: Vec<u64>,
    /// For each of [`Plan::divisions`], the worlds that divided by zero.
    pub divisions: Vec<u64>,
}

#[derive(Debug)]
pub(super) struct Tallied<'a> {
    facets: &'a [Facet],
    layout: &'a Layout,
    reader: Reader,
    found: Patterns,
}

impl<'a> Tallied<'a> {
    pub(super) fn new(facets: &'a [Facet], layout: &'a Layout, plan: &Plan) -> Self {
        let found = Patterns {
            patterns: BTreeMap::new(),
            all: Weighed::default(),
            violations: vec![0; plan.rules.len()],
            divisions: vec![0; plan.divisions.len()],
        };
        Self { facets, layout, reader: Reader::new(facets), found }
    }

    pub(super) fn into_patterns(self) -> Patterns {
        self.found
    }
}

impl Combine for Tallied<'_> {
    fn combine(&mut self, later: &mut Self) {
        self.found.all.add(later.found.all);
        for (pattern, weighed) in &later.found.patterns {
            self.found.patterns.entry(*pattern).or_default().add(*weighed);
        }
        let (found, more) = (&mut self.found, &later.found);
        found.violations.iter_mut().zip(&more.violations).for_each(|(count, more)| *count += more);
        found.divisions.iter_mut().zip(&more.divisions).for_each(|(count, more)| *count += more);
    }
}

impl Gather for Tallied<'_> {
    fn clear(&mut self) {
        self.found.patterns.clear();
        self.found.all = Weighed::default();
        self.found.violations.fill(0);
        self.found.divisions.fill(0);
    }

    fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        self.reader.read(self.facets, self.layout, arena);
        let found = &mut self.found;
        for_each_world(&arena.mask, |world| {
            let weight = weights.map_or(1.0, |weights| weights.weights[world]);
            let pattern = self.reader.patterns[world];
            let pattern = if self.layout.is_ordered() { pattern } else { self.layout.without_order(pattern) };
            found.patterns.entry(pattern).or_default().count(weight);
            found.all.count(weight);
        });
        for (rule, violations) in plan.rules.iter().zip(&mut found.violations) {
            *violations += count(&both(&arena.mask, arena.plane(rule.plane)));
        }
        for (plane, divisions) in arena.divided_by_zero.iter().zip(&mut found.divisions) {
            *divisions += count(&both(&arena.mask, plane));
        }
    }
}
