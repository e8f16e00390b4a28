//! Counting: each block is absorbed into the [`Counts`] of its chunk, chunks combine in a tree, and in the end they are finished.
//!
//! All sums run in a fixed order, so the counts have the same bits however many threads there are.

mod absorb;
mod beliefs;
mod date;
mod lossless;
mod number;
mod record;
mod share;

use absorb::Block;
pub(crate) use beliefs::{Beliefs, Off, Under};
pub(crate) use date::DateCounts;
pub(crate) use lossless::{Lossless, Numbers};
pub(crate) use number::{Gap, Histogram, NumberCounts, Pivot, Spread, Squares};
use number::{Kept, Pending, Sorting};
pub(crate) use record::CountsRecord;
pub(crate) use share::Mass;

use super::answer::{Answer, Occurrence};
use super::block::{Arena, Plane, WORLDS_PER_BLOCK, both, for_each_world};
use super::kernel::{count, evidence};
use super::program::believed;
use super::strata::Design;
use crate::forecast::Estimate;
use crate::plan::{Asked, Plan, PlaneId};
use ndarray::Array2;

/// Of more beliefs than this, what their fit takes from the errors of quantiles of numbers is not told: each would need histograms of its own.
const MOST_BELIEFS_OF_QUANTILES: usize = 3;

/// What was counted over some blocks of worlds.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    design: Design,
    total: Mass,
    asks: Vec<AskCounts>,
    /// Pairs `(i, j)` with `i <= j` of the plan's joints, row by row.
    joints: Vec<Mass>,
    /// The worlds of each pattern of beliefs: bit `j` of the index says whether belief `j` holds. None if nothing is believed.
    patterns: Vec<Mass>,
    /// Those where a belief holds, for each belief.
    held: Vec<Held>,
    rules: Vec<(u64, f64)>,
    divisions: Vec<(u64, f64)>,
}

/// What was counted over the worlds where a belief holds.
#[derive(Debug, Clone)]
struct Held {
    total: Mass,
    asks: Vec<AskCounts>,
    joints: Vec<Mass>,
}

#[derive(Debug, Clone)]
enum AskCounts {
    /// A binary ask has one option.
    Shares {
        total: Mass,
        options: Vec<Mass>,
    },
    Number(Box<NumberCounts>),
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
        // Where other evidence follows a belief, the factors were not fitted to the worlds that are counted, and errors are those of weights that stood beforehand.
        let beliefs = if plan.has_later_evidence() { 0 } else { believed(plan).count() };
        let asks = |kept: Kept| -> Vec<AskCounts> {
            let asks = plan.asks.iter().zip(pivots);
            asks.map(|(ask, pivot)| AskCounts::new(plan, &ask.what, *pivot, kept)).collect()
        };
        let joints = || vec![Mass::default(); plan.joints.len() * (plan.joints.len() + 1) / 2];
        let kept = if beliefs > MOST_BELIEFS_OF_QUANTILES { Kept::Moments } else { Kept::Values };
        let held = || Held { total: Mass::default(), asks: asks(kept), joints: joints() };
        Self {
            design,
            total: Mass::default(),
            asks: asks(Kept::Values),
            joints: joints(),
            patterns: if beliefs > 0 { vec![Mass::default(); 1 << beliefs] } else { Vec::new() },
            held: std::iter::repeat_with(held).take(beliefs).collect(),
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
        let (mask, level) = (&arena.mask, arena.level);
        let block = Block { plan, arena, weights, design: self.design };
        let everything = block.all(mask);
        self.total.add(everything);
        block.count_asks(mask, everything, &mut self.asks);
        block.count_joints(mask, everything.weight, &mut self.joints);
        if !self.held.is_empty() {
            self.absorb_held(plan, arena, weights);
        }
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

    /// Adds a block to what is counted for each belief. Worlds are taken as drawn each by itself.
    fn absorb_held(&mut self, plan: &Plan, arena: &Arena, weights: Option<Weights<'_>>) {
        let mut seen = [0; WORLDS_PER_BLOCK];
        evidence::patterns(believed(plan).map(|plane| arena.plane(plane)), &mut seen);
        for_each_world(&arena.mask, |world| {
            let [weight, square] =
                weights.map_or([1.0, 1.0], |weights| [weights.weights[world], weights.squares[world]]);
            self.patterns[usize::from(seen[world])].add(Mass { weight, square, ..Mass::default() });
        });
        let block = Block { plan, arena, weights, design: Design::Independent };
        for (plane, held) in believed(plan).zip(&mut self.held) {
            let among = both(&arena.mask, arena.plane(plane));
            let everything = block.all(&among);
            held.total.add(everything);
            block.count_asks(&among, everything, &mut held.asks);
            block.count_joints(&among, everything.weight, &mut held.joints);
        }
    }

    /// Nothing again; the memory stays.
    pub(crate) fn clear(&mut self) {
        self.total = Mass::default();
        self.asks.iter_mut().for_each(AskCounts::clear);
        self.joints.fill(Mass::default());
        self.patterns.fill(Mass::default());
        for held in &mut self.held {
            held.total = Mass::default();
            held.asks.iter_mut().for_each(AskCounts::clear);
            held.joints.fill(Mass::default());
        }
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
        let held = self.held.iter_mut().flat_map(|held| &mut held.asks);
        self.asks.iter_mut().chain(held).filter_map(|counts| match counts {
            AskCounts::Number(counts) => Some(&mut **counts),
            _ => None,
        })
    }

    /// Adds the counts of the blocks that follow.
    pub(crate) fn combine(&mut self, later: &mut Self) {
        self.total.add(later.total);
        combine_all(&mut self.asks, &mut later.asks, AskCounts::combine);
        combine_all(&mut self.joints, &mut later.joints, add);
        combine_all(&mut self.patterns, &mut later.patterns, add);
        combine_all(&mut self.held, &mut later.held, |held, later| {
            held.total.add(later.total);
            combine_all(&mut held.asks, &mut later.asks, AskCounts::combine);
            combine_all(&mut held.joints, &mut later.joints, add);
        });
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
        let beliefs = Beliefs::of(&self.patterns);
        let asks = plan.asks.iter().zip(&self.asks).enumerate();
        asks.map(|(place, (ask, counts))| {
            let under = beliefs.clone().map(|beliefs| {
                let held: Vec<&AskCounts> = self.held.iter().map(|held| &held.asks[place]).collect();
                Under { beliefs, held }
            });
            answer(&ask.what, counts, under)
        })
        .collect()
    }

    /// The joint probabilities of the plan's joints, its diagonal the probabilities themselves.
    #[must_use]
    pub(crate) fn joints(&self, plan: &Plan) -> Array2<Estimate> {
        let size = plan.joints.len();
        let beliefs = Beliefs::of(&self.patterns);
        Array2::from_shape_fn((size, size), |(left, right)| {
            let (low, high) = (left.min(right), left.max(right));
            // Rows before `low` have size, size - 1, … pairs.
            let index = low * size - low * low.saturating_sub(1) / 2 + (high - low);
            let held = self.held.iter().map(|held| (held.joints[index], held.total));
            match &beliefs {
                Some(beliefs) => beliefs.share(self.joints[index], self.total, held),
                None => self.joints[index].share_of(self.total),
            }
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

impl AskCounts {
    /// Nothing yet.
    fn new(plan: &Plan, what: &Asked, pivot: Option<Pivot>, kept: Kept) -> Self {
        let shares = |options| Self::Shares { total: Mass::default(), options: vec![Mass::default(); options] };
        match what {
            Asked::Binary(_) => shares(1),
            Asked::Categorical(options) => shares(options.len()),
            Asked::Number(_) => Self::Number(Box::new(NumberCounts::new(pivot).keeping(kept))),
            Asked::Date(_) => Self::Date(DateCounts::new(plan.horizon_days)),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Shares { total, options } => {
                *total = Mass::default();
                options.fill(Mass::default());
            }
            Self::Number(counts) => counts.clear(),
            Self::Date(counts) => counts.clear(),
        }
    }

    fn combine(&mut self, later: &mut Self) {
        match (self, later) {
            (Self::Shares { total, options }, Self::Shares { total: more, options: later }) => {
                total.add(*more);
                combine_all(options, later, add);
            }
            (Self::Number(counts), Self::Number(later)) => counts.combine(later),
            (Self::Date(counts), Self::Date(later)) => counts.combine(later),
            _ => unreachable!("both were made for these asks"),
        }
    }
}

fn combine_all<T>(counts: &mut [T], later: &mut [T], combine: impl Fn(&mut T, &mut T)) {
    counts.iter_mut().zip(later).for_each(|(counts, later)| combine(counts, later));
}

fn add(mass: &mut Mass, later: &mut Mass) {
    mass.add(*later);
}

fn answer(what: &Asked, counts: &AskCounts, under: Option<Under<&AskCounts>>) -> Answer {
    match counts {
        AskCounts::Shares { total, .. } if total.weight <= 0.0 => Answer::NoWorlds,
        AskCounts::Shares { total, options } => {
            let mut shares = (0..options.len()).map(|option| share_of(option, *total, options, under.as_ref()));
            match what {
                Asked::Binary(_) => Answer::Binary(shares.next().expect("a binary ask has one option")),
                _ => Answer::Categorical(shares.collect()),
            }
        }
        AskCounts::Number(counts) => {
            let under = under.map(|under| {
                under.map(|held| match held {
                    AskCounts::Number(held) => &**held,
                    _ => unreachable!("they were made for the same asks"),
                })
            });
            counts.answer(under.as_ref()).map_or(Answer::NoWorlds, Answer::Number)
        }
        AskCounts::Date(counts) => {
            let under = under.map(|under| {
                under.map(|held| match held {
                    AskCounts::Date(held) => held.clone(),
                    _ => unreachable!("they were made for the same asks"),
                })
            });
            counts.answer(under).map_or(Answer::NoWorlds, Answer::Date)
        }
    }
}

/// The share of an option.
fn share_of(option: usize, total: Mass, options: &[Mass], under: Option<&Under<&AskCounts>>) -> Estimate {
    let Some(under) = under else { return options[option].share_of(total) };
    let held = under.held.iter().map(|held| match held {
        AskCounts::Shares { total, options } => (options[option], *total),
        _ => unreachable!("they were made for the same asks"),
    });
    under.beliefs.share(options[option], total, held)
}

fn binary_plane(plan: &Plan, ask: usize) -> PlaneId {
    match plan.asks[ask].what {
        Asked::Binary(plane) => plane,
        _ => unreachable!("joints are counted of binary asks"),
    }
}
