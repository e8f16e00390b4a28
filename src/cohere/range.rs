//! What the others leave a figure: the least and the greatest that it can be while they stay as they were stated.

use super::budget::Budget;
use super::program::{Aim, Linear, Nearest, System};
use super::relations::Bound;
use super::worlds::World;
use crate::error::Error;

/// A condition with less than this is left no chance.
const SHARE_OF_A_CONDITION: f64 = 1e-7;
/// Ratios that differ by less are the same.
const SAME_RATIO: f64 = 1e-8;
/// So many ratios are tried at most; it takes a few.
const TRIED: usize = 50;
/// A bound counts so much less than what is missed, where it would pay for missing what the others say.
const LESSER: [f64; 2] = [1e-3, 1e-5];
/// What is missed by no more than this is missed for the digits of the machine,
const EXACTLY: f64 = 1e-10;
/// or for those of the interior-point method.
const ROUGHLY: f64 = 1e-6;
/// Pieces of a range that are nearer to each other are one.
const PIECE: f64 = 1e-5;

/// What the others leave a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Range {
    /// They leave its condition no chance.
    Never,
    /// The search was cut off.
    Unknown,
    /// The least and the greatest that it can be; where dependence is assumed perhaps first below what was stated, and then above it.
    Between((f64, f64), Option<(f64, f64)>),
}

/// How far one side of a range goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Limit {
    /// The condition is left no chance.
    Never,
    /// The search was cut off.
    Unknown,
    /// To here.
    At(f64),
}

impl System {
    /// What a target can be while the others stay as they were stated.
    ///
    /// What keeps a product may lie in pieces, so that what was stated lies between them; then each side of it has its own limits.
    pub(super) fn range(&self, of: usize, budget: &Budget) -> Result<Range, Error> {
        let worlds = &mut Vec::new();
        let (low, high) = match (self.limit(of, 1.0, worlds, budget)?, self.limit(of, -1.0, worlds, budget)?) {
            (Limit::At(low), Limit::At(high)) => (low.min(high), high.max(low)),
            (Limit::Unknown, _) | (_, Limit::Unknown) => return Ok(Range::Unknown),
            (Limit::Never, _) | (_, Limit::Never) => return Ok(Range::Never),
        };
        let stated = self.targets[of].stated;
        if self.products.is_empty() || stated < low + PIECE || stated > high - PIECE {
            return Ok(Range::Between((low, high), None));
        }
        let (below, above) = (self.beside(of, -1.0), self.beside(of, 1.0));
        Ok(match (below.limit(of, -1.0, worlds, budget)?, above.limit(of, 1.0, worlds, budget)?) {
            (Limit::At(below), Limit::At(above)) if below < stated - PIECE && above > stated + PIECE => {
                Range::Between((low, below.max(low)), Some((above.min(high), high)))
            }
            (Limit::Unknown, _) | (_, Limit::Unknown) => Range::Unknown,
            _ => Range::Between((low, high), None),
        })
    }

    /// The same where a target is at most what was stated of it (-1), or at least that (1).
    fn beside(&self, of: usize, side: f64) -> Self {
        let target = &self.targets[of];
        let always = Linear { constant: 1.0, terms: Vec::new() };
        let mut row = Linear::default();
        row.add(side, &target.event);
        row.add(-side * target.stated, target.condition.as_ref().unwrap_or(&always));
        let mut beside = self.clone();
        beside.rows.push((row, Bound::AtLeast));
        beside
    }

    /// The least (1) or the greatest (-1) that a target can be while the others stay as they were stated.
    ///
    /// A ratio of two sums is bounded by Dinkelbach's method (1967, Manage. Sci. 13, 492–498): from one that can be, always to one that is lower, until
    /// none is. The first is that where the condition is as likely as it can be, so that a condition that is left no chance is seen at once.
    fn limit(&self, of: usize, factor: f64, worlds: &mut Vec<World>, budget: &Budget) -> Result<Limit, Error> {
        let target = &self.targets[of];
        let mut limit = None;
        let (mut event, mut condition) = if target.condition.is_some() { (0.0, -1.0) } else { (factor, 0.0) };
        for _ in 0..TRIED {
            let found = match self.bound(of, (event, condition), worlds, budget)? {
                Nearest::Impossible => return Ok(Limit::Never),
                Nearest::Unknown => return Ok(Limit::Unknown),
                Nearest::Found(solution) if solution.cut_off.is_some() => return Ok(Limit::Unknown),
                Nearest::Found(solution) => solution,
            };
            let (both, whole) = found.chances[of];
            // The worlds of a condition that is left no chance are no ratio: none is lower than the last.
            if whole < SHARE_OF_A_CONDITION {
                break;
            }
            let next = (both / whole).clamp(0.0, 1.0);
            if limit.is_some_and(|limit| factor * (limit - next) < SAME_RATIO) {
                break;
            }
            limit = Some(next);
            if target.condition.is_none() {
                break;
            }
            (event, condition) = (factor, -factor * next);
        }
        Ok(limit.map_or(Limit::Never, Limit::At))
    }

    /// The least that so many times the event of a target and so many times its condition come to, where no more of the others is missed than has to be.
    ///
    /// To miss them costs more than the bound counts; but where a figure is near 0 or 1 under a condition, little has to be missed for much of the
    /// bound. Then what has to be is sought alone, and the bound counts less until it pays no more.
    fn bound(
        &self,
        of: usize,
        (event, condition): (f64, f64),
        worlds: &mut Vec<World>,
        budget: &Budget,
    ) -> Result<Nearest, Error> {
        let every = vec![true; self.targets.len()];
        let mut counted = |share: f64| {
            let aim = Aim::Bound { of, event: share * event, condition: share * condition };
            self.nearest_of(&every, aim, None, worlds, budget)
        };
        let missed = |found: &Nearest| match found {
            Nearest::Found(solution) if solution.cut_off.is_none() => {
                let digits = if solution.is_exact { EXACTLY } else { ROUGHLY };
                (solution.missed > digits).then_some((solution.missed, digits))
            }
            _ => None,
        };
        let mut found = counted(1.0)?;
        if !self.products.is_empty() || missed(&found).is_none() {
            return Ok(found);
        }
        let least = missed(&counted(0.0)?).map_or(0.0, |(least, _)| least);
        for lesser in LESSER {
            if missed(&found).is_none_or(|(missed, digits)| missed <= least + digits) {
                break;
            }
            found = counted(lesser)?;
        }
        Ok(found)
    }
}
