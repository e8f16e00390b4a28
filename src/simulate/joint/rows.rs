//! Worlds one by one: what each facet does and what each number is.

use super::pattern::Facet;
use crate::plan::{NumberId, Plan};
use crate::simulate::block::{Arena, for_each_world};
use crate::simulate::forest::Combine;
use crate::simulate::passes::Gather;
use crate::simulate::tally::Weights;

/// Some worlds, one by one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    /// For each facet, what it does in each world.
    pub codes: Vec<Vec<u16>>,
    /// For each number, what it is in each world.
    pub numbers: Vec<Vec<f64>>,
    /// What each world weighs.
    pub weights: Vec<f64>,
}

#[derive(Debug)]
pub(super) struct Gathered<'a> {
    facets: &'a [Facet],
    numbers: &'a [NumberId],
    most: usize,
    rows: Rows,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(facets: &'a [Facet], numbers: &'a [NumberId], most: usize) -> Self {
        let rows = Rows {
            codes: vec![Vec::new(); facets.len()],
            numbers: vec![Vec::new(); numbers.len()],
            weights: Vec::new(),
        };
        Self { facets, numbers, most, rows }
    }

    pub(super) fn into_rows(self) -> Rows {
        self.rows
    }
}

impl Combine for Gathered<'_> {
    fn combine(&mut self, later: &mut Self) {
        let room = self.most.saturating_sub(self.rows.weights.len()).min(later.rows.weights.len());
        self.rows.weights.extend(&later.rows.weights[..room]);
        for (codes, later) in self.rows.codes.iter_mut().zip(&later.rows.codes) {
            codes.extend(&later[..room]);
        }
        for (numbers, later) in self.rows.numbers.iter_mut().zip(&later.rows.numbers) {
            numbers.extend(&later[..room]);
        }
    }
}

impl Gather for Gathered<'_> {
    fn clear(&mut self) {
        self.rows.weights.clear();
        self.rows.codes.iter_mut().for_each(Vec::clear);
        self.rows.numbers.iter_mut().for_each(Vec::clear);
    }

    fn absorb(&mut self, _: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        for_each_world(&arena.mask, |world| {
            if self.rows.weights.len() >= self.most {
                return;
            }
            self.rows.weights.push(weights.map_or(1.0, |weights| weights.weights[world]));
            for (facet, codes) in self.facets.iter().zip(&mut self.rows.codes) {
                let holds = |plane| (arena.plane(plane)[world / 64] >> (world % 64)) & 1 == 1;
                let held = facet.planes.iter().position(|plane| holds(*plane));
                codes.push(held.map_or(0, |at| at as u16 + 1));
            }
            for (number, column) in self.numbers.iter().zip(&mut self.rows.numbers) {
                column.push(arena.number(*number)[world]);
            }
        });
    }
}
