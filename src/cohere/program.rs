//! Convex programs over probability distributions on possible worlds, solved by generating the worlds that matter.
//!
//! Every coherent set of probabilities is that of some distribution over the possible worlds. A program looks for the distribution nearest to what
//! was stated; its *master* knows some worlds only and is solved by the simplex method where it is linear ([`Simplex`]), by Newton's where it is not
//! ([`Newton`]), and where pins or judgements hold it by an interior-point method (Clarabel); *pricing* then finds the world that would lower it most, among all of them ([`Space::cheapest`]). Once no world would, the
//! master's solution is that of the whole program, and the last price bounds what is left to gain. Where worlds are few, all of them are in the master at
//! once.
//!
//! Whether figures conflict is a linear question, asked hundreds of times for one statement: there the master goes on from the vertex that it had reached.
//!
//! All of it takes from a [`Budget`]. A program that runs out of it is *cut off*: its figures are coherent, since they are those of a distribution over
//! worlds, but nearer ones may be left; how much nearer, the price of the last search bounds, where there was one.
//!
//! Gilmore and Gomory (1961), Oper. Res. 9, 849–859; for probabilities Jaumard, Hansen and Poggi de Aragão (1991), ORSA J. Comput. 3, 135–148.

use super::budget::Budget;
use super::formula::Literal;
use super::layers::Layers;
use super::newton::Newton;
use super::products::Product;
use super::relations::Bound;
use super::simplex::{Row, Simplex, Vertex};
use super::worlds::{LONG, Least, Space, World};
use crate::error::Error;
use std::collections::BTreeSet;

/// So many worlds at most are in the master from the start.
pub(super) const AT_ONCE: usize = 64;
/// A world whose price is above minus this would change nothing that is shown.
const PRICE: f64 = 1e-9;
/// So many worlds are generated before the program is cut off.
const ROUNDS: usize = 2_000;
/// So many steps a search for a world takes first; only if it finds none that would lower the program, it goes on to [`LONG`].
const QUICK: u64 = 100_000;
/// The first program may take so many times the steps that are left: without it nothing is known.
const FIRST: u64 = 4;
/// A world with less than this has no share.
pub(super) const SHARE: f64 = 1e-6;
/// What it costs to miss a pin or a judgement, against 1 for a figure.
pub(super) const MISS: f64 = 1e3;
/// So exactly does the interior-point method solve what Newton's method goes on from.
const ROUGH: f64 = 1e-7;
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

impl Target {
    /// That the figure is one chance, and what it costs to miss it by one.
    fn row(&self, chance: f64, cost: f64) -> Row {
        let mut of = self.event.clone();
        let right = match &self.condition {
            None => chance,
            Some(condition) => {
                of.add(-chance, condition);
                0.0
            }
        };
        Row { of, right, short: cost, over: cost }
    }
}

/// What was stated, and what is possible.
#[derive(Debug, Clone)]
pub(super) struct System {
    pub(super) space: Space,
    /// For each atom of the space which one of the relations it is, in their order.
    pub(super) atoms: Vec<usize>,
    pub(super) targets: Vec<Target>,
    pub(super) rows: Vec<(Linear, Bound)>,
    pub(super) products: Vec<Product>,
    /// Numbers whose mean is told with a solution.
    pub(super) watched: Vec<Linear>,
    /// What each world adds to a squared distance or a divergence.
    pub(super) adds: Linear,
    /// Whether a condition whose chance dwindles is taken to be left none, for its figures to be looked at by themselves.
    pub(super) closes: bool,
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
    /// So many times the event of one target and so many times its condition, while the others stay as they were stated.
    Bound {
        /// Which target.
        of: usize,
        /// What its event counts.
        event: f64,
        /// What its condition counts.
        condition: f64,
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
    /// Which of the worlds have a share, and how much of the whole.
    pub(super) shares: Vec<(usize, f64)>,
    /// The means of the numbers that are watched.
    pub(super) watched: Vec<f64>,
    /// Where the program was cut off: what the least value is at least.
    pub(super) cut_off: Option<f64>,
    /// Whether it is known to the digits of the machine, and not only to those of the interior-point method.
    pub(super) is_exact: bool,
}

impl Solution {
    /// What a vertex of a linear program says, and what another world would change.
    fn of_vertex(
        vertex: Vertex,
        aim: Aim,
        targets: &[(usize, &Target)],
        watched: &[Linear],
        worlds: &[World],
    ) -> (Self, Linear) {
        let chance = |of: &Linear| -> f64 {
            vertex.shares.iter().map(|(world, share)| share * of.at(&worlds[*world])).sum::<f64>().clamp(0.0, 1.0)
        };
        let chances = targets
            .iter()
            .map(|(_, target)| (chance(&target.event), target.condition.as_ref().map_or(1.0, chance)))
            .collect();
        let watched = watched.iter().map(chance).collect();
        let (mut missed, mut pulls, mut row) = (0.0, Vec::new(), 0);
        for (number, target) in targets {
            if target.pin.is_some() {
                missed += vertex.missed[row];
                row += 1;
            }
            match aim {
                Aim::Amount => {
                    pulls.push(vertex.prices[row]);
                    row += 1;
                }
                Aim::Bound { of, .. } if of == *number => {}
                _ => {
                    missed += vertex.missed[row];
                    row += 1;
                }
            }
        }
        missed += vertex.missed[row..].iter().sum::<f64>();
        let shares = vertex.shares.iter().copied().filter(|(_, share)| *share > SHARE).collect();
        (
            Self { value: vertex.value, chances, missed, pulls, shares, watched, cut_off: None, is_exact: true },
            vertex.price,
        )
    }

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
        if !self.products.is_empty() {
            return self.nearest_of_products(counts, aim, enough, worlds, budget);
        }
        let targets: Vec<(usize, &Target)> = self.targets.iter().enumerate().filter(|(at, _)| counts[*at]).collect();
        self.generated(&targets, aim, enough, worlds, budget)
    }

    /// The nearest figures by the worlds that matter.
    fn generated(
        &self,
        targets: &[(usize, &Target)],
        aim: Aim,
        enough: Option<f64>,
        worlds: &mut Vec<World>,
        budget: &Budget,
    ) -> Result<Nearest, Error> {
        let functionals: Vec<&Linear> = targets
            .iter()
            .flat_map(|(_, target)| std::iter::once(&target.event).chain(&target.condition))
            .chain(self.rows.iter().map(|(row, _)| row))
            .collect();
        let mut simplex =
            self.is_linear(aim, targets).then(|| Simplex::new(aim.cost(targets), self.rows_of(aim, targets)));
        let is_linear = simplex.is_some();
        let size = |worlds: usize| {
            if is_linear {
                Simplex::expected(functionals.len(), worlds)
            } else {
                interior_steps(functionals.len(), worlds)
            }
        };
        budget.spend(self.space.listing());
        match self.space.worlds() {
            Some(all) if all.len() <= AT_ONCE => all.clone_into(worlds),
            _ if budget.is_spent() => {
                budget.cut_off();
                return Ok(Nearest::Unknown);
            }
            _ if worlds.is_empty() => {
                let layers = Layers::of(&self.space, targets, budget);
                if let Some(layers) = &layers {
                    if let Some(stated) = layers.as_stated(targets, &self.rows).filter(|of| aim.is_least(of)) {
                        *worlds = layers.worlds.iter().map(|(world, _)| world.clone()).collect();
                        return Ok(Nearest::Found(layers.stated(stated, aim, &self.watched)));
                    }
                    // There are worlds, and a first program of so many is too large.
                    if size(2 * targets.len()) / FIRST > budget.left() {
                        budget.cut_off();
                        return Ok(Nearest::Unknown);
                    }
                }
                let (first, is_complete) = self.first_worlds(is_linear, budget);
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
        let is_smooth = !misses && !is_linear && (all_there || self.has_both(targets, worlds, budget));
        let mut newton = None;
        for round in 0..=ROUNDS {
            let steps = size(worlds.len());
            if round == 0 && steps / FIRST > budget.left() {
                budget.spend(steps);
                budget.cut_off();
                return Ok(Nearest::Unknown);
            }
            let of_vertex = simplex.as_mut().and_then(|simplex| settled(simplex, worlds, budget));
            let (solution, price) = if let Some(vertex) = of_vertex {
                Solution::of_vertex(vertex, aim, targets, &self.watched, worlds)
            } else {
                // Numbers that the simplex method cannot trust are for the other one.
                simplex = None;
                if round == 0 && is_smooth {
                    newton = self.begun(aim, targets, &functionals, worlds, budget);
                }
                let settle = |newton: &mut Option<Newton<'_>>| newton.as_mut()?.settled(worlds, &self.watched, budget);
                if let Some(settled) = settle(&mut newton) {
                    settled
                } else {
                    // Where it does not go on, it begins anew, if it can, from as near as may be.
                    budget.spend(interior_steps(functionals.len(), worlds.len()));
                    let (near, price) = self.interior(aim, targets, &functionals, worlds, exactly(aim))?;
                    newton = if is_smooth { Newton::new(&near, aim, targets, self, worlds) } else { None };
                    settle(&mut newton).unwrap_or((near, price))
                }
            };
            // No distance is below 0.
            let is_distance = !matches!(aim, Aim::Bound { .. }) && self.adds == Linear::default();
            let is_least = is_distance && solution.value <= PRICE;
            if all_there || is_least || enough.is_some_and(|enough| solution.value <= enough) {
                return Ok(Nearest::Found(solution));
            }
            if budget.is_spent() {
                return cut_off(solution, 0.0);
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

    /// Some worlds to begin with: the likeliest by what was stated, and for each figure one in which it comes true and one in which it does not; and
    /// whether there is none if none was found.
    fn first_worlds(&self, one_is_enough: bool, budget: &Budget) -> (Vec<World>, bool) {
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
        for target in self.targets.iter().filter(|_| !one_is_enough) {
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

    /// Makes a world known in which each figure comes true, and one in which it does not where its condition holds, if there are such and none is known;
    /// whether that was searched to the end.
    fn has_both(&self, targets: &[(usize, &Target)], worlds: &mut Vec<World>, budget: &Budget) -> bool {
        for (_, target) in targets {
            let mut other = target.event.clone();
            match &target.condition {
                Some(condition) => other.add(-1.0, condition),
                None => other.constant -= 1.0,
            }
            let mut event = Linear::default();
            event.add(-1.0, &target.event);
            for side in [event, other] {
                if worlds.iter().any(|world| side.at(world) < 0.0) {
                    continue;
                }
                let found = side.least(&self.space, QUICK, budget);
                match found.best {
                    Some((cost, world)) if cost < 0.0 => worlds.push(world),
                    _ if found.is_complete => {}
                    _ => return false,
                }
            }
        }
        true
    }

    /// Newton's method from what the interior-point method finds roughly.
    fn begun<'t>(
        &'t self,
        aim: Aim,
        targets: &'t [(usize, &'t Target)],
        functionals: &[&Linear],
        worlds: &[World],
        budget: &Budget,
    ) -> Option<Newton<'t>> {
        budget.spend(interior_steps(functionals.len(), worlds.len()));
        let (near, _) = self.interior(aim, targets, functionals, worlds, &[ROUGH]).ok()?;
        Newton::new(&near, aim, targets, self, worlds)
    }

    /// Whether the simplex method answers it.
    fn is_linear(&self, aim: Aim, targets: &[(usize, &Target)]) -> bool {
        match aim {
            Aim::Amount => true,
            Aim::Squared | Aim::Information => false,
            // Between the planes of products a ratio is sought away from the vertices.
            Aim::Bound { of, .. } => {
                self.watched.is_empty()
                    || targets.iter().any(|(number, target)| *number == of && target.condition.is_none())
            }
        }
    }

    /// The rows of a linear program: what is stated and pinned of its targets, and its own.
    fn rows_of(&self, aim: Aim, targets: &[(usize, &Target)]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (number, target) in targets {
            if let Some(pin) = target.pin {
                rows.push(target.row(pin, MISS));
            }
            match aim {
                Aim::Amount => rows.push(target.row(target.stated, target.weight)),
                Aim::Bound { of, .. } if of == *number => {}
                _ => rows.push(target.row(target.stated, MISS)),
            }
        }
        for (of, bound) in &self.rows {
            let over = if *bound == Bound::Zero { MISS } else { 0.0 };
            rows.push(Row { of: of.clone(), right: 0.0, short: MISS, over });
        }
        rows
    }
}

/// How exactly the interior-point method solves a program: the first of these that it reaches.
const fn exactly(aim: Aim) -> &'static [f64] {
    match aim {
        Aim::Amount | Aim::Bound { .. } => &[1e-9, 1e-8],
        Aim::Squared | Aim::Information => &[1e-13, 1e-11, 1e-9, 1e-8],
    }
}

/// How many steps the interior-point method takes for so many functionals and worlds.
const fn interior_steps(functionals: usize, worlds: usize) -> u64 {
    (worlds * functionals * functionals / 10) as u64
}

/// The vertex of the worlds that are known by now.
fn settled(simplex: &mut Simplex, worlds: &[World], budget: &Budget) -> Option<Vertex> {
    worlds[simplex.known()..].iter().for_each(|world| simplex.add(world));
    let is_settled = simplex.settle();
    budget.spend(simplex.steps());
    is_settled.then(|| simplex.vertex())
}

impl Aim {
    /// What a world costs in a linear program.
    fn cost(self, targets: &[(usize, &Target)]) -> Linear {
        let mut cost = Linear::default();
        if let Self::Bound { of, event, condition } = self
            && let Some((_, target)) = targets.iter().find(|(number, _)| *number == of)
        {
            cost.add(event, &target.event);
            match &target.condition {
                Some(of) => cost.add(condition, of),
                None => cost.constant += condition,
            }
        }
        cost
    }
}
