//! Convex programs over probability distributions on possible worlds, solved by generating the worlds that matter.
//!
//! Every coherent set of probabilities is that of some distribution over the possible worlds. A program looks for the distribution nearest to what
//! was stated; its *master* knows some worlds only and is solved by an interior-point method (Clarabel); *pricing* then finds the world that would
//! lower it most, among all of them ([`Space::cheapest`]). Once no world would, the master's solution is that of the whole program, and the last
//! price bounds what is left to gain. Where worlds are few, all of them are in the master at once.
//!
//! All of it takes from a [`Budget`]. A program that runs out of it is *cut off*: its figures are coherent, since they are those of a distribution over
//! worlds, but nearer ones may be left; how much nearer, the price of the last search bounds, where there was one.
//!
//! Gilmore and Gomory (1961), Oper. Res. 9, 849–859; for probabilities Jaumard, Hansen and Poggi de Aragão (1991), ORSA J. Comput. 3, 135–148.
//! The solver: Goulart and Chen (2024), arXiv 2405.12762.

use super::budget::Budget;
use super::formula::Literal;
use super::layers::Layers;
use super::relations::Bound;
use super::worlds::{LONG, Least, Space, World};
use crate::error::Error;
use crate::math::{ln, ln_1p};
use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, ExponentialConeT, IPSolver, NonnegativeConeT, SecondOrderConeT, SolverStatus,
    SupportedConeT, ZeroConeT,
};
use std::collections::BTreeSet;

/// So many worlds at most are in the master from the start.
const AT_ONCE: usize = 64;
/// A world whose price is above minus this would change nothing that is shown.
const PRICE: f64 = 1e-9;
/// So many worlds are generated before the program is cut off.
const ROUNDS: usize = 2_000;
/// So many steps a search for a world takes first; only if it finds none that would lower the program, it goes on to [`LONG`].
const QUICK: u64 = 100_000;
/// The first program may take so many times the steps that are left: without it nothing is known.
const FIRST: u64 = 4;
/// A world with less than this has no share.
const SHARE: f64 = 1e-6;
/// What it costs to miss a pin or a judgement, against 1 for a figure.
const MISS: f64 = 1e3;
/// Chances nearer to 0 or 1 count as so far from it in logarithms, as in the logarithmic score.
pub(super) const FLOOR: f64 = 1e-6;

/// A number that each world has: `constant + sum of factor × (1 where the atom is true)`.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Linear {
    pub(super) constant: f64,
    pub(super) terms: Vec<(usize, f64)>,
}

impl Linear {
    /// 1 where a literal is true.
    pub(super) fn of(literal: Literal) -> Self {
        if literal.holds {
            Self { constant: 0.0, terms: vec![(literal.atom, 1.0)] }
        } else {
            Self { constant: 1.0, terms: vec![(literal.atom, -1.0)] }
        }
    }

    pub(super) fn at(&self, world: &World) -> f64 {
        self.constant + self.terms.iter().filter(|(atom, _)| world[*atom]).map(|(_, factor)| factor).sum::<f64>()
    }

    /// Adds a multiple of another.
    pub(super) fn add(&mut self, factor: f64, other: &Self) {
        self.constant += factor * other.constant;
        self.terms.extend(other.terms.iter().map(|(atom, of)| (*atom, factor * of)));
    }

    /// The least that it is in any world, and where, as far as that was searched.
    pub(super) fn least(&self, space: &Space, most: u64, budget: &Budget) -> Least {
        let mut costs = vec![0.0; space.atoms()];
        for (atom, factor) in &self.terms {
            costs[*atom] += factor;
        }
        let mut least = space.cheapest(&costs, most, budget);
        least.best = least.best.map(|(cost, world)| (self.constant + cost, world));
        least.at_least += self.constant;
        least
    }
}

/// A probability that was stated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    /// The event; with a condition, that both hold.
    pub(super) event: Linear,
    /// The condition, if there is one.
    pub(super) condition: Option<Linear>,
    /// What was stated.
    pub(super) stated: f64,
    /// How much it counts.
    pub(super) weight: f64,
    /// What it must become, if that is given.
    pub(super) pin: Option<f64>,
}

/// What was stated, and what is possible.
#[derive(Debug, Clone)]
pub(super) struct System {
    pub(super) space: Space,
    /// For each atom of the space which one of the relations it is, in their order.
    pub(super) atoms: Vec<usize>,
    pub(super) targets: Vec<Target>,
    pub(super) rows: Vec<(Linear, Bound)>,
}

/// What is to be least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    /// The total by which figures move; that of a conditional one is counted times the probability of its condition.
    Amount,
    /// The squared distance.
    Squared,
    /// The information lost, in nats.
    Information,
    /// `factor × (event - ratio × condition)` of one target, while the others stay as they were stated.
    Bound {
        /// Which target.
        of: usize,
        /// 1 for the lower, -1 for the upper bound.
        factor: f64,
        /// The ratio that is tried.
        ratio: f64,
    },
}

/// The nearest coherent figures.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    /// What was to be least.
    pub(super) value: f64,
    /// For each target the probability of the event (with its condition) and that of the condition.
    pub(super) chances: Vec<(f64, f64)>,
    /// By how much pins and judgements are missed.
    pub(super) missed: f64,
    /// For an amount: how much less it would be, were a target's figure one higher; 0 for those that play no part.
    pub(super) pulls: Vec<f64>,
    /// Which of the worlds have a share.
    pub(super) support: Vec<usize>,
    /// Where the program was cut off: what the least value is at least.
    pub(super) cut_off: Option<f64>,
}

impl Solution {
    /// What an amount comes to where each miss counts like a figure; where it was cut off, what it comes to at least.
    pub(super) fn total(&self) -> f64 {
        self.cut_off.unwrap_or(self.value - (MISS - 1.0) * self.missed).max(0.0)
    }
}

/// What a program found.
#[derive(Debug, Clone)]
pub(super) enum Nearest {
    /// No world is possible.
    Impossible,
    /// The search for a first world was cut off.
    Unknown,
    /// The nearest figures; where it was cut off, near ones.
    Found(Solution),
}

impl Nearest {
    /// The solution, if there is one.
    pub(super) fn found(self) -> Option<Solution> {
        match self {
            Self::Found(solution) => Some(solution),
            Self::Impossible | Self::Unknown => None,
        }
    }
}

/// What the others leave a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Range {
    /// They leave its condition no chance.
    Never,
    /// The search was cut off.
    Unknown,
    /// The least and the greatest that it can be.
    Between(f64, f64),
}

/// The master, put together row by row.
#[derive(Default)]
struct Master {
    variables: usize,
    linear: Vec<f64>,
    quadratic: Vec<f64>,
    entries: Vec<(usize, usize, f64)>,
    right: Vec<f64>,
    cones: Vec<SupportedConeT<f64>>,
    /// Variables that are not negative.
    positive: Vec<usize>,
    /// Variables that say by how much a pin or a judgement is missed.
    misses: Vec<usize>,
}

/// Rows of a cone: terms and the right side.
type Rows = Vec<(Vec<(usize, f64)>, f64)>;

impl Master {
    fn variable(&mut self, cost: f64, square: f64) -> usize {
        self.linear.push(cost);
        self.quadratic.push(square);
        self.variables += 1;
        self.variables - 1
    }

    /// `right - sum` lies in the cone that is named next.
    fn row(&mut self, terms: &[(usize, f64)], right: f64) -> usize {
        let row = self.right.len();
        self.entries.extend(terms.iter().filter(|(_, factor)| *factor != 0.0).map(|(at, factor)| (row, *at, *factor)));
        self.right.push(right);
        row
    }

    /// `terms = right` up to misses to the sides, which cost.
    fn soft(&mut self, terms: &[(usize, f64)], right: f64, cost: f64, sides: &[f64]) -> usize {
        let mut terms = terms.to_vec();
        for side in sides {
            let miss = self.variable(cost, 0.0);
            terms.push((miss, *side));
            self.positive.push(miss);
            if cost == MISS {
                self.misses.push(miss);
            }
        }
        self.row(&terms, right)
    }

    /// Solves it as exactly as it can be, by the first of the tolerances that is reached.
    fn solve(&self, tolerances: &[f64]) -> Result<DefaultSolver<f64>, Error> {
        let mut last = Err(Error::environment("the solver could not find the nearest coherent figures"));
        for tolerance in tolerances {
            last = self.solve_to(*tolerance);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    fn solve_to(&self, tolerance: f64) -> Result<DefaultSolver<f64>, Error> {
        let failed = || Error::environment("the solver could not find the nearest coherent figures");
        let matrix = |rows: usize, entries: &[(usize, usize, f64)]| {
            let (mut at, mut column, mut value) = (Vec::new(), Vec::new(), Vec::new());
            for (row, of, factor) in entries {
                at.push(*row);
                column.push(*of);
                value.push(*factor);
            }
            CscMatrix::new_from_triplets(rows, self.variables, at, column, value)
        };
        let squares: Vec<(usize, usize, f64)> = self
            .quadratic
            .iter()
            .enumerate()
            .filter(|(_, square)| **square != 0.0)
            .map(|(at, square)| (at, at, *square))
            .collect();
        let settings = DefaultSettings {
            verbose: false,
            tol_gap_abs: tolerance,
            tol_gap_rel: tolerance,
            tol_feas: tolerance * 10.0,
            reduced_tol_gap_abs: tolerance * 100.0,
            reduced_tol_gap_rel: tolerance * 100.0,
            reduced_tol_feas: tolerance * 1000.0,
            ..DefaultSettings::default()
        };
        let constraints = matrix(self.right.len(), &self.entries);
        let squares = matrix(self.variables, &squares);
        let mut solver = DefaultSolver::new(&squares, &self.linear, &constraints, &self.right, &self.cones, settings)
            .map_err(|problem| failed().because(problem.to_string()))?;
        solver.solve();
        let finite = solver.solution.x.iter().chain(&solver.solution.z).all(|value| value.is_finite());
        match solver.solution.status {
            SolverStatus::Solved | SolverStatus::AlmostSolved if finite => Ok(solver),
            status => Err(failed().because(format!("it stopped with {status:?}"))),
        }
    }
}

impl System {
    /// The nearest coherent figures.
    pub(super) fn nearest(&self, aim: Aim, budget: &Budget) -> Result<Nearest, Error> {
        self.nearest_of(&vec![true; self.targets.len()], aim, None, &mut Vec::new(), budget)
    }

    /// The same of some of the targets.
    ///
    /// With `enough`, it may stop as soon as it is sure on which side of that the least value lies, and give any value on that side. The worlds that
    /// were generated are put into `worlds`, and those that are there already are begun with.
    pub(super) fn nearest_of(
        &self,
        counts: &[bool],
        aim: Aim,
        enough: Option<f64>,
        worlds: &mut Vec<World>,
        budget: &Budget,
    ) -> Result<Nearest, Error> {
        let targets: Vec<(usize, &Target)> = self.targets.iter().enumerate().filter(|(at, _)| counts[*at]).collect();
        let functionals: Vec<&Linear> = targets
            .iter()
            .flat_map(|(_, target)| std::iter::once(&target.event).chain(&target.condition))
            .chain(self.rows.iter().map(|(row, _)| row))
            .collect();
        let size = |worlds: usize| (worlds * functionals.len() * functionals.len() / 10) as u64;
        budget.spend(self.space.listing());
        match self.space.worlds() {
            Some(all) if all.len() <= AT_ONCE => all.clone_into(worlds),
            _ if budget.is_spent() => {
                budget.cut_off();
                return Ok(Nearest::Unknown);
            }
            _ if worlds.is_empty() => {
                let layers = Layers::of(&self.space, &targets, budget);
                if let Some(layers) = &layers {
                    if let Some(stated) = layers.as_stated(&targets, &self.rows).filter(|of| aim.is_least(of)) {
                        *worlds = layers.worlds.iter().map(|(world, _)| world.clone()).collect();
                        return Ok(Nearest::Found(Solution::as_stated(stated, aim, worlds.len())));
                    }
                    // There are worlds, and a first program of so many is too large.
                    if size(2 * targets.len()) / FIRST > budget.left() {
                        budget.cut_off();
                        return Ok(Nearest::Unknown);
                    }
                }
                let (first, is_complete) = self.first_worlds(budget);
                if first.is_empty() && !is_complete {
                    budget.cut_off();
                    return Ok(Nearest::Unknown);
                }
                *worlds = first;
                let known: BTreeSet<World> = worlds.iter().cloned().collect();
                let layers = layers.into_iter().flat_map(|layers| layers.worlds).map(|(world, _)| world);
                let mut new: Vec<World> = layers.filter(|world| !known.contains(world)).collect();
                new.dedup();
                worlds.extend(new);
            }
            _ => {}
        }
        if worlds.is_empty() {
            return Ok(Nearest::Impossible);
        }
        let all_there = self.space.count() == Some(worlds.len());
        // A miss costs more than it counts, so that a bound of the value is none of the amount.
        let misses = !self.rows.is_empty() || targets.iter().any(|(_, target)| target.pin.is_some());
        let cut_off = |mut solution: Solution, at_least: f64| {
            budget.cut_off();
            solution.cut_off = Some(if misses { 0.0 } else { at_least.max(0.0) });
            Ok(Nearest::Found(solution))
        };
        for round in 0..=ROUNDS {
            let steps = size(worlds.len());
            if round == 0 && steps / FIRST > budget.left() {
                budget.spend(steps);
                budget.cut_off();
                return Ok(Nearest::Unknown);
            }
            budget.spend(steps);
            let (solution, prices, least) = self.master(aim, &targets, &functionals, worlds)?;
            // No distance is below 0.
            let is_least = !matches!(aim, Aim::Bound { .. }) && solution.value <= PRICE;
            if all_there || is_least || enough.is_some_and(|enough| solution.value <= enough) {
                return Ok(Nearest::Found(solution));
            }
            if budget.is_spent() {
                return cut_off(solution, 0.0);
            }
            let mut price = Linear { constant: least, terms: Vec::new() };
            for (of, functional) in prices.iter().zip(&functionals) {
                price.add(*of, functional);
            }
            let lowers = |found: &Least, worlds: &[World]| {
                found.best.as_ref().is_some_and(|(cost, world)| *cost < -PRICE && !worlds.contains(world))
            };
            let mut found = price.least(&self.space, QUICK, budget);
            if !found.is_complete && !lowers(&found, worlds.as_slice()) {
                found = price.least(&self.space, LONG, budget);
            }
            // What the price bounds is the value of the whole program: its dual.
            let at_least = solution.value + found.at_least.min(0.0);
            if enough.is_some_and(|enough| at_least > enough) {
                return Ok(Nearest::Found(solution));
            }
            let goes_on = lowers(&found, worlds.as_slice());
            match found.best {
                Some((_, world)) if goes_on && round < ROUNDS => worlds.push(world),
                _ if found.is_complete && !goes_on => return Ok(Nearest::Found(solution)),
                _ => return cut_off(solution, at_least),
            }
        }
        Ok(Nearest::Unknown)
    }

    /// What a target can be while the others stay as they were stated, and the factor of a product, too, even if it is this target.
    ///
    /// A ratio of two sums is bounded by Dinkelbach's method (1967, Manage. Sci. 13, 492–498).
    pub(super) fn range(&self, of: usize, budget: &Budget) -> Result<Range, Error> {
        let mut limits = [0.0; 2];
        for (limit, factor) in limits.iter_mut().zip([1.0, -1.0]) {
            *limit = self.targets[of].stated;
            for _ in 0..20 {
                let found = match self.nearest(Aim::Bound { of, factor, ratio: *limit }, budget)? {
                    Nearest::Impossible => return Ok(Range::Never),
                    Nearest::Unknown => return Ok(Range::Unknown),
                    Nearest::Found(solution) if solution.cut_off.is_some() => return Ok(Range::Unknown),
                    Nearest::Found(solution) => solution,
                };
                let (event, condition) = found.chances[of];
                if condition < 1e-7 {
                    return Ok(Range::Never);
                }
                let next = (event / condition).clamp(0.0, 1.0);
                let done = (next - *limit).abs() < 1e-8;
                *limit = next;
                if done || self.targets[of].condition.is_none() {
                    break;
                }
            }
        }
        Ok(Range::Between(limits[0].min(limits[1]), limits[1].max(limits[0])))
    }

    /// Some worlds to begin with: the likeliest by what was stated, and for each figure one in which it comes true and one in which it does not; and
    /// whether there is none if none was found.
    fn first_worlds(&self, budget: &Budget) -> (Vec<World>, bool) {
        let mut price = Linear::default();
        for target in &self.targets {
            price.add(0.5 - target.stated, &target.event);
        }
        let mut first = price.least(&self.space, QUICK, budget);
        if first.best.is_none() && !first.is_complete {
            first = price.least(&self.space, LONG, budget);
        }
        let Some((_, world)) = first.best else { return (Vec::new(), first.is_complete) };
        let mut worlds = vec![world];
        for target in &self.targets {
            for sign in [4.0, -4.0] {
                if budget.is_spent() {
                    break;
                }
                let mut other = price.clone();
                other.add(sign, &target.event);
                if let Some((_, world)) = other.least(&self.space, QUICK, budget).best
                    && !worlds.contains(&world)
                {
                    worlds.push(world);
                }
            }
        }
        (worlds, true)
    }

    /// Solves the master; gives the solution, the price of each functional and that of the sum of all chances.
    fn master(
        &self,
        aim: Aim,
        targets: &[(usize, &Target)],
        functionals: &[&Linear],
        worlds: &[World],
    ) -> Result<(Solution, Vec<f64>, f64), Error> {
        let mut master = Master::default();
        let shares: Vec<usize> = worlds.iter().map(|_| master.variable(0.0, 0.0)).collect();
        let chances: Vec<usize> = functionals.iter().map(|_| master.variable(0.0, 0.0)).collect();
        let whole: Vec<(usize, f64)> = shares.iter().map(|at| (*at, 1.0)).collect();
        master.row(&whole, 1.0);
        for (functional, chance) in functionals.iter().zip(&chances) {
            let mut terms: Vec<(usize, f64)> =
                worlds.iter().zip(&shares).map(|(world, at)| (*at, functional.at(world))).collect();
            terms.push((*chance, -1.0));
            master.row(&terms, 0.0);
        }
        master.positive.clone_from(&shares);
        let mut at = 0;
        let (mut places, mut pulls) = (Vec::new(), Vec::new());
        let mut cones: Vec<(Rows, bool)> = Vec::new();
        let mut constant = 0.0;
        for (number, target) in targets.iter().copied() {
            let event = chances[at];
            let condition = target.condition.as_ref().map(|_| chances[at + 1]);
            at += 1 + usize::from(condition.is_some());
            places.push((event, condition));
            // `event - p × condition = 0`, with 1 for no condition.
            let against = |p: f64| match condition {
                None => (vec![(event, 1.0)], p),
                Some(condition) => (vec![(event, 1.0), (condition, -p)], 0.0),
            };
            if let Some(pin) = target.pin {
                let (terms, right) = against(pin);
                master.soft(&terms, right, MISS, &[1.0, -1.0]);
            }
            let (p, weight) = (target.stated, target.weight);
            match (aim, condition) {
                (Aim::Amount, _) => {
                    let (terms, right) = against(p);
                    pulls.push(master.soft(&terms, right, weight, &[1.0, -1.0]));
                }
                (Aim::Bound { of, factor, ratio }, _) if of == number => {
                    master.linear[event] += factor;
                    match condition {
                        Some(condition) => master.linear[condition] -= factor * ratio,
                        None => constant -= factor * ratio,
                    }
                }
                (Aim::Bound { .. }, _) => {
                    let (terms, right) = against(p);
                    master.soft(&terms, right, MISS, &[1.0, -1.0]);
                }
                (Aim::Squared, None) => {
                    master.quadratic[event] = 2.0 * weight;
                    master.linear[event] -= 2.0 * weight * p;
                    constant += weight * p * p;
                }
                (Aim::Squared, Some(condition)) => {
                    // (p b - a)² <= t b, as a second-order cone.
                    let loss = master.variable(weight, 0.0);
                    let rows = vec![
                        (vec![(loss, -1.0), (condition, -1.0)], 0.0),
                        (vec![(loss, -1.0), (condition, 1.0)], 0.0),
                        (vec![(condition, -2.0 * p), (event, 2.0)], 0.0),
                    ];
                    cones.push((rows, false));
                }
                (Aim::Information, _) => {
                    // t >= a ln(a / b) and s >= (b - a) ln((b - a) / b), as exponential cones. What is stated counts in the costs: chances near 0
                    // in a cone would cost the solver its digits.
                    let p = p.clamp(FLOOR, 1.0 - FLOOR);
                    let (yes, no) = (master.variable(weight, 0.0), master.variable(weight, 0.0));
                    let whole = || match condition {
                        None => (Vec::new(), 1.0),
                        Some(condition) => (vec![(condition, -1.0)], 0.0),
                    };
                    let (mut rest, right) = whole();
                    rest.push((event, 1.0));
                    cones.push((vec![(vec![(yes, 1.0)], 0.0), (vec![(event, -1.0)], 0.0), whole()], true));
                    cones.push((vec![(vec![(no, 1.0)], 0.0), (rest, right), whole()], true));
                    let (of_yes, of_no) = (-weight * ln(p), -weight * ln_1p(-p));
                    master.linear[event] += of_yes - of_no;
                    match condition {
                        None => constant += of_no,
                        Some(condition) => master.linear[condition] += of_no,
                    }
                }
            }
        }
        for ((_, bound), chance) in self.rows.iter().zip(&chances[at..]) {
            match bound {
                // A sum that must be at least 0 is a surplus, up to a miss.
                Bound::AtLeast => {
                    let surplus = master.variable(0.0, 0.0);
                    master.positive.push(surplus);
                    master.soft(&[(*chance, 1.0), (surplus, -1.0)], 0.0, MISS, &[1.0]);
                }
                Bound::Zero => {
                    master.soft(&[(*chance, 1.0)], 0.0, MISS, &[1.0, -1.0]);
                }
            }
        }
        master.cones.push(ZeroConeT(master.right.len()));
        let positive = std::mem::take(&mut master.positive);
        for variable in &positive {
            master.row(&[(*variable, -1.0)], 0.0);
        }
        master.cones.push(NonnegativeConeT(positive.len()));
        for (rows, is_exponential) in &cones {
            for (terms, right) in rows {
                master.row(terms, *right);
            }
            master.cones.push(if *is_exponential { ExponentialConeT() } else { SecondOrderConeT(rows.len()) });
        }
        let is_linear = matches!(aim, Aim::Amount | Aim::Bound { .. });
        let solver = master.solve(if is_linear { &[1e-9, 1e-8] } else { &[1e-13, 1e-11, 1e-9, 1e-8] })?;
        let (x, z) = (&solver.solution.x, &solver.solution.z);
        let chance = |variable: usize| x[variable].clamp(0.0, 1.0);
        let solution = Solution {
            value: solver.solution.obj_val + constant,
            chances: places.iter().map(|(event, condition)| (chance(*event), condition.map_or(1.0, chance))).collect(),
            missed: master.misses.iter().map(|miss| x[*miss].max(0.0)).sum(),
            pulls: pulls.iter().map(|row| z[*row]).collect(),
            support: shares.iter().enumerate().filter(|(_, at)| x[**at] > SHARE).map(|(world, _)| world).collect(),
            cut_off: None,
        };
        Ok((solution, z[1..=functionals.len()].to_vec(), z[0]))
    }
}
