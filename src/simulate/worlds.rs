//! Single blocks of worlds of a plan with one ask, each stream by a seed of its own.
//!
//! Two runs that share the seeds of some streams and not of others share what those streams draw and nothing else: that is how what one
//! event adds to the variance of an outcome is told.

use super::block::{Plane, WORLDS_PER_BLOCK, both, count, for_each_world};
use super::kernel::evidence::sum_where;
use super::passes::{Arenas, weights_of};
use super::program::Program;
use crate::plan::{Asked, Plan};
use std::ops::Range;

/// Where blocks run of a plan and of others with the same columns.
#[derive(Debug)]
pub(crate) struct Worlds<'a> {
    arenas: Arenas<'a>,
}

impl<'a> Worlds<'a> {
    /// For a plan whose first ask is a yes/no one or a number.
    #[must_use]
    pub(crate) fn new(plan: &'a Plan) -> Self {
        Self { arenas: Arenas::new(plan) }
    }

    /// The mean of the first ask over some blocks, by the weights of what is known; `None` where no world counts.
    #[must_use]
    pub(crate) fn mean(&self, plan: &Plan, seed: u64, blocks: Range<u64>) -> Option<f64> {
        let program = Program::new(plan, seed, None, &[]);
        let ask = plan.asks.first()?;
        let (mut weight, mut sum) = (0.0, 0.0);
        self.arenas.with(|arena| {
            for block in blocks {
                program.run(arena, block, WORLDS_PER_BLOCK);
                let weights = weights_of(&program, arena);
                let mass = |plane: &Plane| {
                    weights.map_or_else(|| count(plane) as f64, |weights| sum_where(weights.weights, plane))
                };
                let mask = both(&arena.mask, arena.mask_of(ask.given));
                match &ask.what {
                    Asked::Binary(plane) => {
                        weight += mass(&mask);
                        sum += mass(&both(&mask, arena.plane(*plane)));
                    }
                    Asked::Number(number) => {
                        let column = arena.number(*number);
                        for_each_world(&mask, |world| {
                            let one = weights.map_or(1.0, |weights| weights.weights[world]);
                            if column[world].is_finite() {
                                weight += one;
                                sum += one * column[world];
                            }
                        });
                    }
                    Asked::Categorical(_) | Asked::Date(_) => {}
                }
            }
        });
        (weight > 0.0).then(|| sum / weight)
    }

    /// What the first ask comes to in each world of some blocks, where each stream has its own seed. Nothing may be known in the plan. `None` if a
    /// number is not finite somewhere.
    #[must_use]
    pub(crate) fn outcomes(&self, plan: &Plan, seeds: &[u64], blocks: Range<u64>) -> Option<Vec<f64>> {
        let program = Program::new(plan, 0, None, &[]).seeded(seeds);
        let ask = plan.asks.first()?;
        let mut outcomes = Vec::with_capacity((blocks.end - blocks.start) as usize * WORLDS_PER_BLOCK);
        self.arenas.with(|arena| {
            for block in blocks {
                program.run(arena, block, WORLDS_PER_BLOCK);
                match &ask.what {
                    Asked::Binary(plane) => {
                        let plane = arena.plane(*plane);
                        let bit = |world: usize| ((plane[world / 64] >> (world % 64)) & 1) as f64;
                        outcomes.extend((0..WORLDS_PER_BLOCK).map(bit));
                    }
                    Asked::Number(number) => outcomes.extend_from_slice(arena.number(*number)),
                    Asked::Categorical(_) | Asked::Date(_) => {}
                }
            }
        });
        (!outcomes.is_empty() && outcomes.iter().all(|value| value.is_finite())).then_some(outcomes)
    }
}
