//! The nearest figures by Newton's method, from one world to the next.
//!
//! Near its least value a distance hardly changes: an interior-point method that knows it to 1e-13 knows the figures to 1e-6 alone, and .35 comes out
//! as .349998957. But roughly it soon says which worlds have a share. Among these Newton's method goes to the least distance at once; a world whose
//! share is used up on the way is left out, and one that would lower the distance comes in, until there is none. The figures are coherent at every
//! step, since they are those of a distribution over worlds. Worlds that are found later are taken up from there, which takes a fraction of what a
//! solution from the start does.
//!
//! Wolfe (1976), Math. Program. 11, 128–149, for the squared distance.

use super::budget::Budget;
use super::program::{Aim, FLOOR, Linear, Solution, System, Target};
use super::simplex::A_STEP;
use super::worlds::World;
use crate::math::{Cholesky, ln};

/// So many steps at most.
const STEPS: usize = 400;
/// So many worlds with a share at most: a step takes as much time as the cube of their number.
const MOST: usize = 300;
/// Shares that change by less than this have settled.
const SETTLED: f64 = 1e-12;
/// A world that lowers the distance by less than this changes nothing that is shown.
const LOWERS: f64 = 1e-13;
/// Where a known world would lower the distance by more than this, it has not settled.
const UNSETTLED: f64 = 1e-9;
/// Distances that differ by less are the same but for rounding.
const ROUNDING: f64 = 4.0 * f64::EPSILON;
/// A condition that has less than this is too near to never coming about.
const RARE: f64 = 1e-12;
/// The same for an outcome by divergence, which keeps a chance to each, though it may be as small as an exponential.
const RAREST: f64 = 1e-30;
/// A condition that lowers the distance until it has less than this is left no chance.
const DWINDLED: f64 = 1e-8;
/// What a world costs whose condition is left no chance.
const CLOSED: f64 = 1e3;
/// What a world gets that is needed and has no share.
const SOME: f64 = 1e-7;
/// So much of each entry of the diagonal of a matrix is added to it, so that it has a factor also where the figures cannot tell some worlds apart.
const RIDGE: f64 = 1e-11;

/// The chance that a figure's event comes about and that it does not, where its condition does; or what one world adds to the distance by either.
type Pair = [f64; 2];

/// Figures on their way to the nearest ones.
struct Nearing<'t> {
    aim: Aim,
    targets: &'t [(usize, &'t Target)],
    /// For each known world what comes about in it.
    worlds: Vec<Vec<Pair>>,
    /// What each of them adds.
    adds: Vec<f64>,
    /// For each figure what comes about in some of them.
    can: Vec<[bool; 2]>,
    /// The figures whose conditions are left no chance: no world of theirs gets a share.
    closed: Vec<bool>,
    /// Whether there may be such.
    closes: bool,
}

/// A distribution over worlds.
struct Shares {
    of: Vec<(usize, f64)>,
    chances: Vec<Pair>,
    slopes: Vec<Pair>,
    /// How far its figures are from those stated.
    distance: f64,
}

/// The nearest figures of the worlds that are known, taken up again as worlds are added; without pins and judgements.
pub(super) struct Newton<'t> {
    nearing: Nearing<'t>,
    system: &'t System,
    shares: Vec<(usize, f64)>,
}

impl<'t> Newton<'t> {
    /// From figures that are near them; `None` if there are too many worlds.
    pub(super) fn new(
        near: &Solution,
        aim: Aim,
        targets: &'t [(usize, &'t Target)],
        system: &'t System,
        worlds: &[World],
    ) -> Option<Self> {
        let nearing = Nearing::of(near, aim, targets, system, worlds)?;
        let shares = nearing.with_every_side(near.shares.clone());
        Some(Self { nearing, system, shares })
    }

    /// The nearest figures of these worlds, of which it knows the first already, and what another world would change; `None` where something is too
    /// rare, or it did not settle.
    pub(super) fn settled(
        &mut self,
        worlds: &[World],
        watched: &[Linear],
        budget: &Budget,
    ) -> Option<(Solution, Linear)> {
        for world in &worlds[self.nearing.worlds.len()..] {
            if self.nearing.add(world, self.system) {
                self.shares.push((self.nearing.worlds.len() - 1, 0.0));
            }
        }
        let mut work = 0;
        let found = self.nearing.settled(self.shares.clone(), &mut work);
        budget.spend(work as u64 / A_STEP);
        let found = found?;
        if (0..self.nearing.worlds.len())
            .any(|world| self.nearing.price(world, &found.slopes) < found.distance - UNSETTLED)
        {
            return None;
        }
        let mut change = Linear { constant: -found.distance, terms: Vec::new() };
        change.add(1.0, &self.system.adds);
        for (figure, ((_, target), [yes, no])) in self.nearing.targets.iter().zip(&found.slopes).enumerate() {
            change.add(yes - no, &target.event);
            match &target.condition {
                Some(condition) if self.nearing.closed[figure] => change.add(CLOSED, condition),
                Some(condition) => change.add(*no, condition),
                None => change.constant += no,
            }
        }
        let mean = |of: &Linear| found.of.iter().map(|(world, share)| share * of.at(&worlds[*world])).sum();
        let solution = Solution {
            value: found.distance,
            chances: self.nearing.chances(&found),
            missed: 0.0,
            pulls: Vec::new(),
            shares: found.of.clone(),
            watched: watched.iter().map(mean).collect(),
            cut_off: None,
            is_exact: true,
        };
        self.shares = found.of;
        Some((solution, change))
    }
}

/// What comes about of each figure in a world.
fn outcomes(targets: &[(usize, &Target)], world: &World) -> Vec<Pair> {
    targets.iter().map(|(_, target)| target.outcome(world)).collect()
}

impl Target {
    /// Whether its event comes about in a world, and whether it does not where its condition does.
    fn outcome(&self, world: &World) -> Pair {
        let yes = self.event.at(world);
        let condition = self.condition.as_ref().map_or(1.0, |condition| condition.at(world));
        [yes, condition - yes]
    }
}

impl<'t> Nearing<'t> {
    /// From a solution; `None` if it has too many worlds.
    fn of(
        near: &Solution,
        aim: Aim,
        targets: &'t [(usize, &'t Target)],
        system: &System,
        worlds: &[World],
    ) -> Option<Self> {
        let few = (1..=MOST).contains(&near.shares.len()) && targets.len() * worlds.len() <= 1 << 22;
        few.then(|| {
            let mut nearing = Self {
                aim,
                targets,
                worlds: Vec::new(),
                adds: Vec::new(),
                can: vec![[false; 2]; targets.len()],
                closed: vec![false; targets.len()],
                closes: system.closes,
            };
            for world in worlds {
                nearing.add(world, system);
            }
            nearing
        })
    }

    /// Adds a world; whether it may have a share.
    fn add(&mut self, world: &World, system: &System) -> bool {
        let outcomes = outcomes(self.targets, world);
        let is_closed = outcomes.iter().zip(&self.closed).any(|([yes, no], closed)| *closed && yes + no > 0.0);
        if !is_closed {
            for (can, outcome) in self.can.iter_mut().zip(&outcomes) {
                *can = [can[0] || outcome[0] > 0.0, can[1] || outcome[1] > 0.0];
            }
        }
        self.worlds.push(outcomes);
        self.adds.push(if is_closed { f64::INFINITY } else { system.adds.at(world) });
        !is_closed
    }

    /// Leaves the rarest condition no chance, if it has next to none; what is left to the other worlds.
    fn close(&mut self, now: &Shares) -> Option<Vec<(usize, f64)>> {
        let condition = |figure: &usize| now.chances[*figure][0] + now.chances[*figure][1];
        let conditional =
            |figure: &usize| self.targets[*figure].1.condition.is_some() && self.can[*figure] == [true; 2];
        let figure = (0..self.targets.len())
            .filter(|figure| self.closes && conditional(figure) && condition(figure) < DWINDLED)
            .min_by(|one, other| condition(one).total_cmp(&condition(other)))?;
        self.closed[figure] = true;
        for (world, adds) in self.worlds.iter().zip(&mut self.adds) {
            if world[figure][0] + world[figure][1] > 0.0 {
                *adds = f64::INFINITY;
            }
        }
        let open: Vec<&Vec<Pair>> =
            self.worlds.iter().zip(&self.adds).filter(|(_, adds)| adds.is_finite()).map(|(world, _)| world).collect();
        let can = |figure: usize| [0, 1].map(|side| open.iter().any(|world| world[figure][side] > 0.0));
        self.can = (0..self.targets.len()).map(can).collect();
        let left: Vec<(usize, f64)> =
            now.of.iter().copied().filter(|(world, _)| self.adds[*world].is_finite()).collect();
        (!left.is_empty()).then(|| self.with_every_side(left))
    }

    /// Gives a small share to a world in which a figure's event comes about, and to one in which it does not, where no world of these has any: what is
    /// known roughly leaves out what is unlikely.
    fn with_every_side(&self, mut shares: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
        for (figure, can) in self.can.iter().enumerate() {
            for side in [0, 1] {
                let has = |world: usize| self.worlds[world][figure][side] > 0.0;
                if can[side] && !shares.iter().any(|(world, share)| *share > 0.0 && has(*world)) {
                    let may = |world: &usize| has(*world) && self.adds[*world].is_finite();
                    shares.extend((0..self.worlds.len()).find(may).map(|world| (world, SOME)));
                }
            }
        }
        shares
    }

    /// How much more the distance would be for each share of a world.
    fn price(&self, world: usize, slopes: &[Pair]) -> f64 {
        self.adds[world] + price(&self.worlds[world], slopes)
    }

    /// The chance of each figure's event and of its condition.
    fn chances(&self, shares: &Shares) -> Vec<(f64, f64)> {
        let chances = |([yes, no], (_, target)): (&Pair, &(usize, &Target))| {
            let condition = if target.condition.is_some() { yes + no } else { 1.0 };
            (yes.clamp(0.0, 1.0), condition.clamp(0.0, 1.0))
        };
        shares.chances.iter().zip(self.targets).map(chances).collect()
    }

    /// The nearest figures that the worlds allow, from shares that are near theirs; how many products and sums it took is added to `work`.
    fn settled(&mut self, shares: Vec<(usize, f64)>, work: &mut usize) -> Option<Shares> {
        let mut now = self.shares(shares)?;
        for _ in 0..STEPS {
            let known = now.of.len();
            *work += known * known * (self.targets.len() + known / 3) + self.worlds.len() * self.targets.len();
            let Some(step) = self.step(&now) else { break };
            // A share may be so small that its changes are, too, and its price still far off.
            let is_priced =
                |(world, _): &(usize, f64)| (self.price(*world, &now.slopes) - now.distance).abs() <= UNSETTLED / 2.0;
            if step.iter().all(|change| change.abs() <= SETTLED)
                && (self.aim == Aim::Squared || now.of.iter().all(is_priced))
            {
                let prices = (0..self.worlds.len()).map(|world| (world, self.price(world, &now.slopes)));
                let (world, least) = prices.min_by(|one, other| one.1.total_cmp(&other.1))?;
                // The price of every world that has a share is the distance itself.
                if least >= now.distance - LOWERS || now.of.iter().any(|(known, _)| *known == world) {
                    break;
                }
                now.of.push((world, 0.0));
                continue;
            }
            if let Some(next) = self.stepped(&now, &step) {
                now = next;
            } else if let Some(left) = self.close(&now) {
                now = self.shares(left)?;
            } else {
                // Nothing but rounding is left.
                break;
            }
        }
        Some(now)
    }

    /// What shares come to; `None` where something is too rare.
    fn shares(&self, mut of: Vec<(usize, f64)>) -> Option<Shares> {
        let whole: f64 = of.iter().map(|(_, share)| share).sum();
        of.iter_mut().for_each(|(_, share)| *share /= whole);
        let mut chances = vec![[0.0; 2]; self.targets.len()];
        for (world, share) in &of {
            for (chance, outcome) in chances.iter_mut().zip(&self.worlds[*world]) {
                chance[0] += share * outcome[0];
                chance[1] += share * outcome[1];
            }
        }
        let mut slopes = Vec::with_capacity(chances.len());
        for (([yes, no], can), (_, target)) in chances.iter().zip(&self.can).zip(self.targets) {
            let condition = yes + no;
            let is_information = self.aim == Aim::Information;
            let (of_yes, of_no) = match *can {
                // What can turn out one way alone does so under its condition, however likely that is.
                [true, false] => (1.0, 0.0),
                [false, _] => (0.0, 1.0),
                [true, true] => {
                    if condition < RARE || (is_information && yes.min(*no) < RAREST) {
                        return None;
                    }
                    (yes / condition, no / condition)
                }
            };
            let slope = if *can == [false; 2] {
                [0.0; 2]
            } else if is_information {
                // What cannot turn out otherwise than it was stated is as it was stated.
                let p = match *can {
                    [true, true] => target.stated.clamp(FLOOR, 1.0 - FLOOR),
                    [true, false] => target.stated.max(FLOOR),
                    [false, _] => target.stated.min(1.0 - FLOOR),
                };
                let [by_yes, by_no] = *can;
                [if by_yes { ln(of_yes / p) } else { 0.0 }, if by_no { ln(of_no / (1.0 - p)) } else { 0.0 }]
            } else {
                // Of `condition × (p - r)²`.
                let off = target.stated - of_yes;
                let sum = off * (target.stated + of_yes);
                [sum - 2.0 * off, sum]
            };
            slopes.push(slope.map(|slope| target.weight * slope));
        }
        // It grows in proportion to the chances, so that it is the sum of what each of them adds.
        let added: f64 = of.iter().map(|(world, share)| share * self.adds[*world]).sum();
        let distance = price(&chances, &slopes) + added;
        Some(Shares { of, chances, slopes, distance })
    }

    /// How much each share has to change for the distance to be least where it is taken for a parabola; they change by nothing in all.
    fn step(&self, now: &Shares) -> Option<Vec<f64>> {
        let (first, _) = now.of.iter().enumerate().max_by(|one, other| one.1.1.total_cmp(&other.1.1))?;
        let others: Vec<usize> = (0..now.of.len()).filter(|at| *at != first).collect();
        if others.is_empty() {
            return Some(vec![0.0]);
        }
        // How a figure moves with a share: by `outcome - figure × condition`, times the root of how much that counts.
        let moves = |at: usize| -> Vec<f64> {
            let world = &self.worlds[now.of[at].0];
            let of = world.iter().zip(&now.chances).zip(&self.can).zip(self.targets);
            of.map(|((([yes, no], chance), can), (_, target))| {
                let condition = chance[0] + chance[1];
                // What cannot turn out one way or the other does not move.
                if *can != [true; 2] {
                    return 0.0;
                }
                let figure = chance[0] / condition;
                let counts = if self.aim == Aim::Information {
                    1.0 / (condition * figure * (1.0 - figure))
                } else {
                    2.0 / condition
                };
                (target.weight * counts).sqrt() * (yes - figure * (yes + no))
            })
            .collect()
        };
        let of_first = moves(first);
        let columns: Vec<Vec<f64>> = others
            .iter()
            .map(|at| moves(*at).iter().zip(&of_first).map(|(one, first)| one - first).collect())
            .collect();
        let size = columns.len();
        let mut matrix = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                matrix[row * size + column] = columns[row].iter().zip(&columns[column]).map(|(a, b)| a * b).sum();
            }
        }
        for at in 0..size {
            matrix[at * size + at] += RIDGE * matrix[at * size + at].max(1.0);
        }
        let price_of = |at: usize| self.price(now.of[at].0, &now.slopes);
        let of_first = price_of(first);
        let right: Vec<f64> = others.iter().map(|at| of_first - price_of(*at)).collect();
        let solution = Cholesky::new(size, &matrix)?.solve(&right);
        let mut step = vec![0.0; now.of.len()];
        for (at, change) in others.iter().zip(&solution) {
            step[*at] = *change;
        }
        step[first] = -solution.iter().sum::<f64>();
        Some(step)
    }

    /// As much of a step as leaves every share and lowers the distance; a world whose share is used up is left out.
    fn stepped(&self, now: &Shares, step: &[f64]) -> Option<Shares> {
        let lasts =
            |((_, share), change): (&(usize, f64), &f64)| if *change < 0.0 { share / -change } else { f64::INFINITY };
        let ends = now.of.iter().zip(step).map(lasts).enumerate().min_by(|one, other| one.1.total_cmp(&other.1));
        let (leaves, end) = ends.filter(|(_, end)| *end < 1.0).map_or((None, 1.0), |(at, end)| (Some(at), end));
        let mut length = end;
        loop {
            let mut of: Vec<(usize, f64)> = now
                .of
                .iter()
                .zip(step)
                .map(|((world, share), change)| (*world, (share + length * change).max(0.0)))
                .collect();
            if let Some(at) = leaves.filter(|_| length == end) {
                of.remove(at);
            }
            match self.shares(of) {
                Some(next) if next.distance <= now.distance + ROUNDING * (1.0 + now.distance.abs()) => {
                    return Some(next);
                }
                _ if length > 1e-6 * end => length /= 2.0,
                _ => return None,
            }
        }
    }
}

/// What outcomes or chances come to by so much for each of them.
fn price(outcomes: &[Pair], slopes: &[Pair]) -> f64 {
    outcomes.iter().zip(slopes).map(|(of, slope)| of[0] * slope[0] + of[1] * slope[1]).sum()
}
