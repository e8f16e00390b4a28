//! Which figures of a large order cannot stand together.
//!
//! In an order two figures conflict if the lower one is the greater by more than the tolerance, and it takes the relations of one way from the one to
//! the other; several pairs within the tolerance may conflict together. Each relation alone gives as many pairs as have no figure in common, all of
//! them together those that are left; nothing is searched for, so that thousands of figures take no longer than to read them.
//!
//! A figure that is sure to be 0 or 1 conflicts by itself, with the relations by which it is.
//!
//! That there is no other set is said only where it is sure: if all the pairs were found, each has one way only, and what is left once each has lost a
//! figure stays within the tolerance.

use super::budget::Budget;
use super::conflict::{ASKED, Conflict, Conflicts, FEW, Look, Violation};
use super::monotone::least_total;
use super::order::Order;
use super::problem::{Part, Problem};
use super::relations::Strength;
use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};

/// So many pairs within the tolerance at most are looked at for a set that is not.
const TOGETHER: usize = 100;

/// The relations of a way, if there is one by those that count.
type Way<'w> = dyn Fn(&dyn Fn(usize) -> bool) -> Option<Vec<usize>> + 'w;

/// The greatest that is stated so far, and at which place.
type Greatest = Option<(f64, usize)>;

/// A figure and one above it that is smaller, by their places in an order, and by how much.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    below: usize,
    above: usize,
    amount: f64,
}

/// An order with what is stated in it.
#[derive(Debug)]
struct Stated<'p, 'r> {
    problem: &'p Problem<'r>,
    order: Order,
    figures: Vec<usize>,
    /// For each number what is stated of it, and at which place.
    of: Vec<Vec<(f64, usize)>>,
    /// The places of figures that are sure to be 0 or 1, each with how far it is from there.
    bound: Vec<(usize, f64)>,
}

impl<'p, 'r> Stated<'p, 'r> {
    /// `None` if some relation says more than an order.
    fn new(problem: &'p Problem<'r>, figures: &[usize], relations: &[usize]) -> Option<Self> {
        let order = Order::of(problem, figures, relations).filter(|order| !order.is_forced)?;
        let (mut of, mut bound) = (vec![Vec::new(); order.numbers], Vec::new());
        for (place, (spot, figure)) in order.spots.iter().zip(figures).enumerate() {
            let chance = problem.figures[*figure].stated;
            if let Some(sure) = order.sure(place) {
                bound.push((place, (chance - sure).abs()));
                continue;
            }
            of[spot.number].push((if spot.upright { chance } else { 1.0 - chance }, place));
        }
        Some(Self { problem, order, figures: figures.to_vec(), of, bound })
    }

    /// Walks the numbers upwards with the greatest figure so far among those that are not left out, that of the number with it; the nearer of two as great.
    fn upwards(&self, is_out: &mut [bool], visit: &mut dyn FnMut(usize, &mut Greatest, &mut [bool])) {
        let larger = |a: Greatest, b: Greatest| match (a, b) {
            (Some(a), Some(b)) => Some(if b.0 >= a.0 { b } else { a }),
            (one, other) => one.or(other),
        };
        let mut greatest: Vec<Greatest> = vec![None; self.order.numbers];
        let mut pair = 0;
        for number in 0..self.order.numbers {
            let mut best = None;
            while let Some((below, _)) = self.order.pairs.get(pair).filter(|(_, above)| *above == number) {
                best = larger(best, greatest[*below].filter(|(_, place)| !is_out[*place]));
                pair += 1;
            }
            for own in &self.of[number] {
                best = larger(best, Some(*own).filter(|(_, place)| !is_out[*place]));
            }
            visit(number, &mut best, is_out);
            greatest[number] = best;
        }
    }

    /// Pairs without a figure in common that miss the order by more than this, until none is left or there are `most`; their figures are left out then.
    fn pairs(&self, above: f64, most: usize, is_out: &mut [bool]) -> Vec<Pair> {
        let mut pairs = Vec::new();
        loop {
            let before = pairs.len();
            self.upwards(is_out, &mut |number, best, is_out| {
                for (chance, place) in &self.of[number] {
                    if is_out[*place] || pairs.len() >= most {
                        continue;
                    }
                    if let Some((greatest, other)) =
                        best.filter(|(greatest, other)| other != place && greatest - chance > above)
                    {
                        pairs.push(Pair { below: other, above: *place, amount: greatest - chance });
                        (is_out[*place], is_out[other]) = (true, true);
                        *best = None;
                    }
                }
            });
            if pairs.len() == before {
                return pairs;
            }
        }
    }

    /// Figures that are sure to be something else, by more than this, until there are `most`; they are left out then.
    fn singles(&self, above: f64, most: usize, is_out: &mut [bool]) -> Vec<Conflict> {
        let mut found = Vec::new();
        for (place, amount) in &self.bound {
            if found.len() == most {
                break;
            }
            if *amount > above && !is_out[*place] {
                is_out[*place] = true;
                found.push(self.single(*place, *amount));
            }
        }
        found
    }

    fn single(&self, place: usize, amount: f64) -> Conflict {
        let why = |counts: &dyn Fn(usize) -> bool| self.order.why_sure(place, counts);
        let is = self.order.sure(place).unwrap_or_default();
        Conflict {
            figures: vec![self.figures[place]],
            relations: self.fewest(&why),
            given: None,
            amount,
            may_be_less: false,
            allowed: Some(vec![(is, is)]),
        }
    }

    /// A total by which figures need not move more: that by which each falls short of the greatest below it, and what is sure of what it is.
    fn at_most(&self, is_out: &mut [bool]) -> f64 {
        let mut total: f64 = self.bound.iter().filter(|(place, _)| !is_out[*place]).map(|(_, amount)| amount).sum();
        self.upwards(is_out, &mut |number, best, is_out| {
            let own = self.of[number].iter().filter(|(_, place)| !is_out[*place]);
            total += own.filter_map(|(chance, _)| best.map(|(greatest, _)| (greatest - chance).max(0.0))).sum::<f64>();
        });
        total
    }

    /// The least total by which the figures would have to move; `None` if the steps were spent.
    fn amount(&self, budget: &Budget) -> Option<f64> {
        let stated: Vec<Vec<f64>> = self.of.iter().map(|of| of.iter().map(|(chance, _)| *chance).collect()).collect();
        let bound: f64 = self.bound.iter().map(|(_, amount)| amount).sum();
        least_total(&stated, &self.order.pairs, budget).map(|total| total + bound)
    }

    /// Every pair that misses the order by more than the tolerance, if there are no more than a few.
    fn every_pair(&self, tolerance: f64) -> Option<Vec<Pair>> {
        let mut is_out = vec![false; self.figures.len()];
        let mut late: Vec<(usize, f64, usize)> = Vec::new();
        self.upwards(&mut is_out, &mut |number, best, _| {
            let Some((greatest, _)) = *best else { return };
            let wrong = self.of[number].iter().filter(|(chance, _)| greatest - chance > tolerance);
            late.extend(wrong.map(|(chance, place)| (number, *chance, *place)));
        });
        let mut pairs = Vec::new();
        for (number, chance, above) in late {
            if pairs.len() > FEW {
                return None;
            }
            let (mut open, mut is_seen) = (vec![number], BTreeSet::from([number]));
            while let Some(number) = open.pop() {
                let wrong = self.of[number].iter().filter(|(other, _)| other - chance > tolerance);
                pairs.extend(wrong.map(|(other, below)| Pair { below: *below, above, amount: other - chance }));
                for (below, _) in self.order.below(number) {
                    if is_seen.insert(*below) {
                        open.push(*below);
                    }
                }
            }
        }
        (pairs.len() <= FEW).then_some(pairs)
    }

    /// The relations of a pair.
    fn relations(&self, pair: Pair) -> Vec<usize> {
        self.fewest(&|counts: &dyn Fn(usize) -> bool| self.order.way(pair.below, pair.above, counts))
    }

    /// The relations of a way: of logic alone if that is enough, and none that can be left out.
    fn fewest(&self, way: &Way<'_>) -> Vec<usize> {
        let is_logic = |relation: usize| self.problem.relations.relations[relation].strength == Strength::Logic;
        let mut relations = way(&is_logic).or_else(|| way(&|_| true)).unwrap_or_default();
        for relation in relations.clone() {
            let less = way(&|other| other != relation && relations.contains(&other));
            relations = less.unwrap_or(relations);
        }
        relations
    }

    fn conflict(&self, pair: Pair) -> Conflict {
        let stated = |place: usize| self.problem.figures[self.figures[place]].stated;
        let mut figures = [(pair.below, pair.above), (pair.above, pair.below)].map(|(place, other)| {
            let (mine, its) = (self.order.spots[place].upright, self.order.spots[other].upright);
            let limit = if mine == its { stated(other) } else { 1.0 - stated(other) };
            // The lower one may be anything up to the other; what is turned, anything from there.
            let is_up_to = (place == pair.below) == mine;
            (self.figures[place], if is_up_to { (0.0, limit) } else { (limit, 1.0) })
        });
        figures.sort_by_key(|(figure, _)| *figure);
        Conflict {
            figures: figures.iter().map(|(figure, _)| *figure).collect(),
            relations: self.relations(pair),
            given: None,
            amount: pair.amount,
            may_be_less: false,
            allowed: Some(figures.iter().map(|(_, range)| *range).collect()),
        }
    }

    /// Pairs within the tolerance that are together above it, as one conflict, and whether it is sure that there is one or none.
    fn together(&self, tolerance: f64, budget: &Budget) -> Result<(Option<Conflict>, bool), Error> {
        if self.at_most(&mut vec![false; self.figures.len()]) <= tolerance {
            return Ok((None, true));
        }
        if self.amount(budget).is_some_and(|amount| amount <= tolerance) {
            return Ok((None, true));
        }
        let mut pairs = self.pairs(0.0, usize::MAX, &mut vec![false; self.figures.len()]);
        pairs.sort_by(|a, b| b.amount.total_cmp(&a.amount));
        let mut total = 0.0;
        let enough = pairs.iter().position(|pair| {
            total += pair.amount;
            total > tolerance
        });
        let Some(last) = enough.filter(|last| *last < TOGETHER) else { return Ok((None, false)) };
        let (mut figures, mut relations) = (Vec::new(), BTreeSet::new());
        for pair in &pairs[..=last] {
            figures.extend([self.figures[pair.below], self.figures[pair.above]]);
            relations.extend(self.relations(*pair));
        }
        figures.sort_unstable();
        let look = Look::new(self.problem, &figures, relations.into_iter().collect(), None, tolerance, budget);
        let found = look.map(|look| look.minimal(&figures, &[])).transpose()?.flatten();
        Ok((found, true))
    }

    /// Whether a figure that is sure to be 0 or 1 is not: with others within the tolerance it may be above it, which no pairs tell.
    fn misses_bounds(&self) -> bool {
        self.bound.iter().any(|(_, amount)| *amount > 0.0)
    }

    /// Whether it is sure that these are all the conflicts there are.
    fn is_all(&self, found: &[Conflict], tolerance: f64) -> bool {
        // What is sure may be so in several ways.
        if self.misses_bounds() {
            return false;
        }
        let Some(pairs) = self.every_pair(tolerance) else { return false };
        let is_only = |pair: &Pair| {
            let relations = self.relations(*pair);
            let has_other = |of: &usize| self.order.way(pair.below, pair.above, &|other| other != *of).is_some();
            let mut figures = [self.figures[pair.below], self.figures[pair.above]];
            figures.sort_unstable();
            !relations.iter().any(has_other) && found.iter().any(|conflict| conflict.figures == figures)
        };
        if pairs.len() != found.len() || !pairs.iter().all(is_only) {
            return false;
        }
        // Any other set would have to do without one figure of each.
        (0..1_usize << pairs.len()).all(|choice| {
            let mut is_out = vec![false; self.figures.len()];
            for (at, pair) in pairs.iter().enumerate() {
                is_out[if choice >> at & 1 == 1 { pair.below } else { pair.above }] = true;
            }
            self.at_most(&mut is_out) <= tolerance
        })
    }
}

/// The conflicts of a part that is an order; `None` if it is none.
pub(super) fn in_order(
    problem: &Problem<'_>,
    part: &Part,
    tolerance: f64,
    steps: u64,
) -> Result<Option<Conflicts>, Error> {
    let Some(whole) = Stated::new(problem, &part.figures, &part.relations) else { return Ok(None) };
    let budget = Budget::new(steps);
    let mut conflicts = Conflicts::default();
    let mut is_sure = true;
    let by_atom: BTreeMap<usize, usize> =
        part.figures.iter().map(|figure| (problem.figures[*figure].atom, *figure)).collect();
    for relation in &part.relations {
        let (reached, _) = problem.reached(problem.atoms_in(*relation).into_iter().collect());
        let touched: BTreeSet<usize> = reached.iter().filter_map(|atom| by_atom.get(atom).copied()).collect();
        let touched: Vec<usize> = touched.into_iter().collect();
        let Some(alone) = Stated::new(problem, &touched, &[*relation]) else { continue };
        if alone.at_most(&mut vec![false; touched.len()]) <= tolerance {
            continue;
        }
        let pairs = alone.pairs(tolerance, usize::MAX, &mut vec![false; touched.len()]);
        let mut mine: Vec<Conflict> = pairs.into_iter().map(|pair| alone.conflict(pair)).collect();
        mine.extend(alone.singles(tolerance, usize::MAX, &mut vec![false; touched.len()]));
        if mine.is_empty() {
            if alone.misses_bounds() {
                return Ok(None);
            }
            let (found, sure) = alone.together(tolerance, &budget)?;
            mine.extend(found);
            is_sure &= sure;
        }
        if !mine.is_empty() {
            let exact = alone.amount(&budget);
            is_sure &= exact.is_some();
            // Without it the pairs still say what it comes to at least.
            let amount = exact.unwrap_or_else(|| mine.iter().map(|conflict| conflict.amount).sum());
            conflicts.violated.push(Violation { relation: *relation, given: None, amount });
        }
        conflicts.found.extend(mine);
    }
    // What logic alone forbids is said, too, where an assumption forbids it more directly.
    let is_logic = |relation: &usize| problem.relations.relations[*relation].strength == Strength::Logic;
    let logic: Vec<usize> = part.relations.iter().filter(|relation| is_logic(relation)).copied().collect();
    let is_mixed = logic.len() < part.relations.len();
    let by_logic = if is_mixed { Stated::new(problem, &part.figures, &logic) } else { None };
    for (stated, counts_all) in by_logic.iter().map(|stated| (stated, false)).chain([(&whole, true)]) {
        let counts = |conflict: &&Conflict| counts_all || conflict.relations.iter().all(is_logic);
        let known = conflicts.found.iter().filter(counts);
        let in_one: BTreeSet<usize> = known.flat_map(|conflict| conflict.figures.iter().copied()).collect();
        let mut is_out: Vec<bool> = stated.figures.iter().map(|figure| in_one.contains(figure)).collect();
        let pairs = stated.pairs(tolerance, ASKED, &mut is_out);
        conflicts.found.extend(pairs.into_iter().map(|pair| stated.conflict(pair)));
        conflicts.found.extend(stated.singles(tolerance, ASKED, &mut is_out));
    }
    if conflicts.found.is_empty() {
        if whole.misses_bounds() && whole.at_most(&mut vec![false; whole.figures.len()]) > tolerance {
            return Ok(None);
        }
        let (found, sure) = whole.together(tolerance, &budget)?;
        conflicts.more = found.is_some();
        is_sure &= sure;
        conflicts.found.extend(found);
    } else {
        conflicts.more = !whole.is_all(&conflicts.found, tolerance);
    }
    conflicts.cut_off = !is_sure || budget.cut_offs() > 0;
    conflicts.more |= conflicts.cut_off;
    Ok(Some(conflicts))
}
