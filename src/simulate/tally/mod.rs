//! Counting: each block is absorbed into the [`Counts`] of its chunk, chunks combine in a tree, and in the end they are finished.
//!
//! All sums run in a fixed order, so the counts have the same bits however many threads there are.

mod date;
mod lossless;
mod number;
mod record;
mod share;

pub(crate) use date::DateCounts;
pub(crate) use lossless::{Lossless, Numbers};
pub(crate) use number::{Gap, Histogram, NumberCounts, Pivot, Spread, Squares};
use number::{Pending, Sorting};
pub(crate) use record::CountsRecord;
pub(crate) use share::Mass;

use super::answer::{Answer, Occurrence};
use super::block::{Arena, EVERYWHERE, Plane, both, for_each_world};
use super::kernel::count;
use super::strata::Design;
use crate::forecast::Estimate;
use crate::plan::{Asked, Plan, PlaneId};
use ndarray::Array2;

/// What was counted over some blocks of worlds.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    design: Design,
    total: Mass,
    asks: Vec<AskCounts>,
    /// Pairs `(i, j)` with `i <= j` of the plan's joints, row by row.
    joints: Vec<Mass>,
    rules: Vec<(u64, f64)>,
    divisions: Vec<(u64, f64)>,
}

#[derive(Debug, Clone)]
enum AskCounts {
    /// A binary ask has one option.
    Shares {
        total: Mass,
        options: Vec<Mass>,
    },
    Number(NumberCounts),
    Date(DateCounts),
}

/// Memory that only a chunk in work needs.
#[derive(Debug, Default)]
pub(crate) struct Space {
    pending: Vec<Pending>,
    sorting: Sorting,
}

impl Counts {
    /// Nothing yet. `pivots` are those of the numbers, one for each ask.
    #[must_use]
    pub(crate) fn new(plan: &Plan, pivots: &[Option<Pivot>], design: Design) -> Self {
        let asks = plan
            .asks
            .iter()
            .zip(pivots)
            .map(|(ask, pivot)| match &ask.what {
                Asked::Binary(_) => AskCounts::Shares { total: Mass::default(), options: vec![Mass::default()] },
                Asked::Categorical(options) => {
                    AskCounts::Shares { total: Mass::default(), options: vec![Mass::default(); options.len()] }
                }
                Asked::Number(_) => AskCounts::Number(NumberCounts::new(*pivot)),
                Asked::Date(_) => AskCounts::Date(DateCounts::new(plan.horizon_days)),
            })
            .collect();
        let joints = plan.joints.len() * (plan.joints.len() + 1) / 2;
        Self {
            design,
            total: Mass::default(),
            asks,
            joints: vec![Mass::default(); joints],
            rules: vec![(0, 0.0); plan.rules.len()],
            divisions: vec![(0, 0.0); plan.divisions.len()],
        }
    }

    /// Where the numbers of a block that has run lie; one for each ask.
    #[must_use]
    pub(crate) fn pivots(plan: &Plan, arena: &Arena) -> Vec<Option<Pivot>> {
        plan.asks
            .iter()
            .map(|ask| {
                let Asked::Number(column) = &ask.what else { return None };
                let mask = ask.given.map_or(arena.mask, |given| both(&arena.mask, arena.plane(given)));
                let column = arena.number(*column);
                let mut values = Vec::new();
                for_each_world(&mask, |world| values.push(column[world]));
                Pivot::of(values)
            })
            .collect()
    }

    /// Adds a block. `weights` are those of the arena and their squares, or `None` where each world that counts weighs 1.
    pub(crate) fn absorb(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        let mask = &arena.mask;
        let everywhere = *mask == EVERYWHERE;
        let level = arena.level;
        let stratified = self.design == Design::Stratified;
        let in_block = |mass: Mass, all: f64| if stratified { mass.of_block(all) } else { mass };
        // What the worlds of a column weigh that are among those that count.
        let mass_of = |among: &Plane, everywhere: bool, plane: &Plane| match weights {
            Some(_) => Mass::of(&both(among, plane), weights),
            None if everywhere => Mass::worlds(count::ones(level, plane)),
            None => Mass::worlds(count::common(level, among, plane)),
        };
        // The same of worlds that others are a share of.
        let mass_of_all = |plane: &Plane| match weights {
            Some(_) => Mass::of_all(plane, weights),
            None => Mass::worlds(count::ones(level, plane)),
        };
        let everything = mass_of_all(mask);
        let everything = in_block(everything, everything.weight);
        self.total.add(everything);
        for (ask, counts) in plan.asks.iter().zip(&mut self.asks) {
            let given;
            let (among, all, mass) = match ask.given {
                None => (mask, everywhere, everything),
                Some(plane) => {
                    given = both(mask, arena.plane(plane));
                    let mass = mass_of_all(&given);
                    (&given, false, in_block(mass, mass.weight))
                }
            };
            match (&ask.what, counts) {
                (Asked::Binary(plane), AskCounts::Shares { total, options }) => {
                    total.add(mass);
                    options[0].add(in_block(mass_of(among, all, arena.plane(*plane)), mass.weight));
                }
                (Asked::Categorical(planes), AskCounts::Shares { total, options }) => {
                    total.add(mass);
                    for (plane, option) in planes.iter().zip(options) {
                        option.add(in_block(mass_of(among, all, arena.plane(*plane)), mass.weight));
                    }
                }
                (Asked::Number(column), AskCounts::Number(counts)) => {
                    counts.absorb(among, arena.number(*column), weights, mass);
                }
                (Asked::Date(column), AskCounts::Date(counts)) => {
                    counts.absorb(level, among, arena.number(*column), weights, mass);
                }
                _ => unreachable!("the counts were made for these asks"),
            }
        }
        self.absorb_joints(plan, arena, weights, everything.weight);
        let occurred = |seen: &Plane, (worlds, weight): &mut (u64, f64)| {
            if let Some(weights) = weights {
                let seen = both(mask, seen);
                *worlds += count::ones(level, &seen);
                *weight += Mass::of(&seen, Some(weights)).weight;
            } else {
                let common = count::common(level, mask, seen);
                *worlds += common;
                *weight += common as f64;
            }
        };
        for (rule, seen) in plan.rules.iter().zip(&mut self.rules) {
            occurred(arena.plane(rule.plane), seen);
        }
        for (by_zero, seen) in arena.divided_by_zero.iter().zip(&mut self.divisions) {
            occurred(by_zero, seen);
        }
    }

    fn absorb_joints(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>, all: f64) {
        let stratified = self.design == Design::Stratified;
        let in_block = |mass: Mass| if stratified { mass.of_block(all) } else { mass };
        let as_they_are = weights.is_none() && arena.mask == EVERYWHERE;
        let mut pair = self.joints.iter_mut();
        for (place, left) in plan.joints.iter().enumerate() {
            let left = arena.plane(binary_plane(plan, *left));
            let counting;
            let left = if as_they_are {
                left
            } else {
                counting = both(&arena.mask, left);
                &counting
            };
            let rights = plan.joints[place..].iter().map(|right| arena.plane(binary_plane(plan, *right)));
            match weights {
                None => count::with_each(arena.level, left, rights, |worlds| {
                    pair.next().expect("there is one for each pair").add(in_block(Mass::worlds(worlds)));
                }),
                Some(_) => rights.for_each(|right| {
                    pair.next()
                        .expect("there is one for each pair")
                        .add(in_block(Mass::of(&both(left, right), weights)));
                }),
            }
        }
    }

    /// Nothing again; the memory stays.
    pub(crate) fn clear(&mut self) {
        self.total = Mass::default();
        for counts in &mut self.asks {
            match counts {
                AskCounts::Shares { total, options } => {
                    *total = Mass::default();
                    options.fill(Mass::default());
                }
                AskCounts::Number(counts) => counts.clear(),
                AskCounts::Date(counts) => counts.clear(),
            }
        }
        self.joints.fill(Mass::default());
        self.rules.fill((0, 0.0));
        self.divisions.fill((0, 0.0));
    }

    /// Begins a chunk of blocks in the memory of an earlier one.
    pub(crate) fn begin(&mut self, space: &mut Space) {
        for counts in self.numbers() {
            counts.pending = space.pending.pop().unwrap_or_default();
        }
    }

    /// Ends a chunk of blocks.
    pub(crate) fn settle(&mut self, space: &mut Space) {
        for counts in self.numbers() {
            counts.settle(&mut space.sorting);
            space.pending.push(std::mem::take(&mut counts.pending));
        }
    }

    fn numbers(&mut self) -> impl Iterator<Item = &mut NumberCounts> {
        self.asks.iter_mut().filter_map(|counts| match counts {
            AskCounts::Number(counts) => Some(counts),
            _ => None,
        })
    }

    /// Adds the counts of the blocks that follow.
    pub(crate) fn combine(&mut self, later: &mut Self) {
        self.total.add(later.total);
        for (counts, later) in self.asks.iter_mut().zip(&mut later.asks) {
            match (counts, later) {
                (AskCounts::Shares { total, options }, AskCounts::Shares { total: more, options: later }) => {
                    total.add(*more);
                    for (option, later) in options.iter_mut().zip(later) {
                        option.add(*later);
                    }
                }
                (AskCounts::Number(counts), AskCounts::Number(later)) => counts.combine(later),
                (AskCounts::Date(counts), AskCounts::Date(later)) => counts.combine(later),
                _ => unreachable!("both were made for these asks"),
            }
        }
        for (joint, later) in self.joints.iter_mut().zip(&later.joints) {
            joint.add(*later);
        }
        let seen = self.rules.iter_mut().chain(&mut self.divisions);
        for (seen, later) in seen.zip(later.rules.iter().chain(&later.divisions)) {
            seen.0 += later.0;
            seen.1 += later.1;
        }
    }

    /// The weight of all worlds that count.
    #[must_use]
    pub(crate) fn total(&self) -> Mass {
        self.total
    }

    /// One answer for each ask.
    #[must_use]
    pub(crate) fn answers(&self, plan: &Plan) -> Vec<Answer> {
        plan.asks.iter().zip(&self.asks).map(|(ask, counts)| answer(&ask.what, counts)).collect()
    }

    /// The joint probabilities of the plan's joints, its diagonal the probabilities themselves.
    #[must_use]
    pub(crate) fn joints(&self, plan: &Plan) -> Array2<Estimate> {
        let size = plan.joints.len();
        Array2::from_shape_fn((size, size), |(left, right)| {
            let (low, high) = (left.min(right), left.max(right));
            // Rows before `low` have size, size - 1, … pairs.
            let index = low * size - low * low.saturating_sub(1) / 2 + (high - low);
            self.joints[index].share_of(self.total)
        })
    }

    /// Violations of the plan's rules.
    #[must_use]
    pub(crate) fn rules(&self) -> Vec<Occurrence> {
        self.occurrences(&self.rules)
    }

    /// Divisions by zero.
    #[must_use]
    pub(crate) fn divisions(&self) -> Vec<Occurrence> {
        self.occurrences(&self.divisions)
    }

    fn occurrences(&self, seen: &[(u64, f64)]) -> Vec<Occurrence> {
        seen.iter().map(|(worlds, weight)| Occurrence { worlds: *worlds, share: weight / self.total.weight }).collect()
    }
}

/// What the worlds of a block weigh, and the squares of that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights<'a> {
    /// The weights.
    pub(crate) weights: &'a [f64],
    /// Their squares.
    pub(crate) squares: &'a [f64],
}

fn answer(what: &Asked, counts: &AskCounts) -> Answer {
    match counts {
        AskCounts::Shares { total, .. } if total.weight <= 0.0 => Answer::NoWorlds,
        AskCounts::Shares { total, options } => {
            let shares = || options.iter().map(|option| option.share_of(*total));
            match what {
                Asked::Binary(_) => Answer::Binary(options[0].share_of(*total)),
                _ => Answer::Categorical(shares().collect()),
            }
        }
        AskCounts::Number(counts) => counts.answer().map_or(Answer::NoWorlds, Answer::Number),
        AskCounts::Date(counts) => counts.answer().map_or(Answer::NoWorlds, Answer::Date),
    }
}

fn binary_plane(plan: &Plan, ask: usize) -> PlaneId {
    match plan.asks[ask].what {
        Asked::Binary(plane) => plane,
        _ => unreachable!("joints are counted of binary asks"),
    }
}
