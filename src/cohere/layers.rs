//! A distribution in layers: as likely as stated, where nothing but that one thing follows from another ties the figures.
//!
//! With one number drawn between 0 and 1 for all of them, each event comes true if the number lies below its figure: then each is as likely as stated,
//! and whatever holds wherever a larger figure's event does holds in every layer (the upper bound of Fréchet, the comonotone distribution). Between
//! one figure and the next the world is the same, so that there is one more world than there are different figures. A chain of thousands of figures is
//! coherent by this, without a program to solve; and where it is not, most layers are still worlds to begin with.

use super::budget::Budget;
use super::program::{Aim, FLOOR, Linear, Solution, Target};
use super::relations::Bound;
use super::worlds::{Space, World};

/// So many steps the search for the world of one layer may take.
const STEPS: u64 = 100_000;
/// Chances that differ by less are the same.
const SAME: f64 = 1e-9;

/// Worlds with their shares, which add up to 1.
#[derive(Debug)]
pub(super) struct Layers {
    pub(super) worlds: Vec<(World, f64)>,
}

impl Layers {
    /// The layers of figures without conditions, each the nearest world to what they say; `None` where a figure has a condition, or where a search
    /// was cut off, or all of them took a quarter of the steps that are left.
    pub(super) fn of(space: &Space, targets: &[(usize, &Target)], budget: &Budget) -> Option<Self> {
        if targets.iter().any(|(_, target)| target.condition.is_some()) {
            return None;
        }
        let mut ends: Vec<f64> = targets.iter().map(|(_, target)| target.stated.clamp(0.0, 1.0)).collect();
        ends.extend([0.0, 1.0]);
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let mut worlds = Vec::with_capacity(ends.len() - 1);
        let enough = budget.left() / 4 * 3;
        for end in ends.windows(2) {
            if budget.left() <= enough {
                return None;
            }
            let middle = 0.5 * (end[0] + end[1]);
            let mut price = Linear::default();
            for (_, target) in targets {
                price.add(middle - target.stated, &target.event);
            }
            let least = price.least(space, STEPS, budget);
            let (_, world) = least.best.filter(|_| least.is_complete)?;
            worlds.push((world, end[1] - end[0]));
        }
        Some(Self { worlds })
    }

    /// The mean of a number that each world has.
    fn chance(&self, of: &Linear) -> f64 {
        self.worlds.iter().map(|(world, share)| share * of.at(world)).sum()
    }

    /// The chance of each figure, if all are as they were stated, and as they are pinned, and the bounds are kept.
    pub(super) fn as_stated(&self, targets: &[(usize, &Target)], rows: &[(Linear, Bound)]) -> Option<Vec<f64>> {
        let is_kept = |(row, bound): &(Linear, Bound)| match bound {
            Bound::Zero => self.chance(row).abs() <= SAME,
            Bound::AtLeast => self.chance(row) >= -SAME,
        };
        let met = targets.iter().map(|(_, target)| {
            let is_met = target.pin.is_none_or(|pin| (pin - target.stated).abs() <= SAME)
                && (self.chance(&target.event) - target.stated).abs() <= SAME;
            is_met.then_some(target.stated)
        });
        let met: Option<Vec<f64>> = met.collect();
        met.filter(|_| rows.iter().all(is_kept))
    }

    /// What a program finds where its figures are coherent as they were stated.
    pub(super) fn stated(&self, stated: Vec<f64>, aim: Aim, watched: &[Linear]) -> Solution {
        let pulls = if aim == Aim::Amount { vec![0.0; stated.len()] } else { Vec::new() };
        let chances = stated.into_iter().map(|p| (p, 1.0)).collect();
        let shares = self.worlds.iter().map(|(_, share)| *share).enumerate().collect();
        let watched = watched.iter().map(|of| self.chance(of)).collect();
        Solution { value: 0.0, chances, missed: 0.0, pulls, shares, watched, cut_off: None, is_exact: true }
    }
}

impl Aim {
    /// Whether no figures are nearer than the stated ones, if these are coherent.
    pub(super) fn is_least(self, stated: &[f64]) -> bool {
        match self {
            Self::Amount | Self::Squared => true,
            // Nearer to 0 and 1 a chance counts as one within.
            Self::Information => stated.iter().all(|p| (FLOOR..=1.0 - FLOOR).contains(p)),
            Self::Bound { .. } => false,
        }
    }
}
