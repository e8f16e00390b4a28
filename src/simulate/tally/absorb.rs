//! Counting the worlds of a block.

use super::{AskCounts, Mass, Weights, binary_plane};
use crate::plan::{Asked, Plan};
use crate::simulate::block::{Arena, EVERYWHERE, Plane, both};
use crate::simulate::kernel::count;
use crate::simulate::strata::Design;

/// A block that has run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) plan: &'a Plan,
    pub(super) arena: &'a Arena,
    pub(super) weights: Option<Weights<'a>>,
    pub(super) design: Design,
}

impl Block<'_> {
    /// What worlds weigh that others are a share of.
    pub(super) fn all(&self, plane: &Plane) -> Mass {
        let mass = match self.weights {
            Some(_) => Mass::of_all(plane, self.weights),
            None => Mass::worlds(count::ones(self.arena.level, plane)),
        };
        self.share(mass, mass.weight)
    }

    /// Of worlds that are a share of others, which weigh so much.
    fn share(&self, mass: Mass, all: f64) -> Mass {
        if self.design == Design::Stratified { mass.of_block(all) } else { mass }
    }

    /// Counts what is asked of some worlds, which weigh `everything` together.
    pub(super) fn count_asks(&self, mask: &Plane, everything: Mass, asks: &mut [AskCounts]) {
        let Self { plan, arena, weights, .. } = *self;
        let level = arena.level;
        let everywhere = *mask == EVERYWHERE;
        // What the worlds of a column weigh that are among those that count.
        let mass_of = |among: &Plane, everywhere: bool, plane: &Plane| match weights {
            Some(_) => Mass::of(&both(among, plane), weights),
            None if everywhere => Mass::worlds(count::ones(level, plane)),
            None => Mass::worlds(count::common(level, among, plane)),
        };
        for (ask, counts) in plan.asks.iter().zip(asks) {
            let given;
            let (among, all, mass) = match ask.given {
                None => (mask, everywhere, everything),
                Some(plane) => {
                    given = both(mask, arena.plane(plane));
                    (&given, false, self.all(&given))
                }
            };
            match (&ask.what, counts) {
                (Asked::Binary(plane), AskCounts::Shares { total, options }) => {
                    total.add(mass);
                    options[0].add(self.share(mass_of(among, all, arena.plane(*plane)), mass.weight));
                }
                (Asked::Categorical(planes), AskCounts::Shares { total, options }) => {
                    total.add(mass);
                    for (plane, option) in planes.iter().zip(options) {
                        option.add(self.share(mass_of(among, all, arena.plane(*plane)), mass.weight));
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
    }

    /// Counts the pairs of joints of some worlds, which weigh so much together.
    pub(super) fn count_joints(&self, mask: &Plane, all: f64, joints: &mut [Mass]) {
        let Self { plan, arena, weights, .. } = *self;
        let as_they_are = weights.is_none() && *mask == EVERYWHERE;
        let mut pair = joints.iter_mut();
        for (place, left) in plan.joints.iter().enumerate() {
            let left = arena.plane(binary_plane(plan, *left));
            let counting;
            let left = if as_they_are {
                left
            } else {
                counting = both(mask, left);
                &counting
            };
            let rights = plan.joints[place..].iter().map(|right| arena.plane(binary_plane(plan, *right)));
            match weights {
                None => count::with_each(arena.level, left, rights, |worlds| {
                    let pair = pair.next().expect("there is one for each pair");
                    pair.add(self.share(Mass::worlds(worlds), all));
                }),
                Some(_) => rights.for_each(|right| {
                    let pair = pair.next().expect("there is one for each pair");
                    pair.add(self.share(Mass::of(&both(left, right), weights), all));
                }),
            }
        }
    }
}
