//! The nearest numbers that keep an order: weighted isotonic regression over a partial order, exactly.
//!
//! ```text
//! minimise  sum_i w_i (x_i - y_i)²   over  x_a <= x_b for each pair (a, b),  low_i <= x_i <= high_i
//! ```
//!
//! Pairs that make a forest – chains, trees, ladders – are solved at one stroke: from the leaves to the top each number hands on the derivative of what
//! the numbers behind it cost, a broken line that never falls; where the pair holds it back, the line ends at its zero. What is pooled that way has one
//! value, the weighted mean, in `O(n log² n)`. Pairs beyond a forest and bounds are added one by one as they are violated ([`Active`]).
//!
//! The same numbers answer two more questions. Those above 0 are the set, closed upwards, whose sum is largest; and halving the values in turn gives
//! the least total by which numbers must move.
//!
//! Barlow, Bartholomew, Bremner and Brunk (1972), Statistical Inference under Order Restrictions; Pardalos and Xue (1999), Algorithmica 23, 211–222;
//! by halves: Stout (2013), Algorithmica 66, 93–112.

use super::active::Active;
use super::budget::Budget;
use super::problem::find;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Numbers, and which of them is at most which other.
#[derive(Debug, Clone)]
pub(super) struct Monotone {
    pub(super) values: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    /// Of each the first is at most the second.
    pub(super) pairs: Vec<(usize, usize)>,
}

/// A place on the line of numbers.
#[derive(Debug, Clone, Copy)]
struct At(f64);

impl PartialEq for At {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for At {}

impl PartialOrd for At {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for At {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// `rise × x + height`.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    rise: f64,
    height: f64,
}

impl Line {
    fn at(self, x: f64) -> f64 {
        self.rise * x + self.height
    }

    fn plus(self, other: Self) -> Self {
        Self { rise: self.rise + other.rise, height: self.height + other.height }
    }

    fn minus(self, other: Self) -> Self {
        Self { rise: self.rise - other.rise, height: self.height - other.height }
    }

    fn zero(self) -> f64 {
        -self.height / self.rise
    }
}

/// A broken line that never falls: what one more in a number costs, with all that hangs on it.
#[derive(Debug)]
struct Slope {
    first: Line,
    last: Line,
    /// By how much the line after a place differs from that before it.
    breaks: BTreeMap<At, Line>,
}

impl Slope {
    fn of(value: f64, weight: f64) -> Self {
        let line = Line { rise: weight, height: -weight * value };
        Self { first: line, last: line, breaks: BTreeMap::new() }
    }

    fn add(&mut self, mut other: Self) {
        if other.breaks.len() > self.breaks.len() {
            std::mem::swap(&mut self.breaks, &mut other.breaks);
        }
        for (at, change) in other.breaks {
            let here = self.breaks.entry(at).or_default();
            *here = here.plus(change);
        }
        self.first = self.first.plus(other.first);
        self.last = self.last.plus(other.last);
    }

    /// Makes it 0 above its zero; gives that place.
    fn end_above(&mut self) -> f64 {
        let (mut line, mut zero) = (self.last, None);
        while let Some((at, change)) = self.breaks.last_key_value().map(|(at, change)| (at.0, *change)) {
            if line.at(at) <= 0.0 {
                break;
            }
            self.breaks.pop_last();
            line = line.minus(change);
            if line.at(at) <= 0.0 {
                zero = Some(at);
                break;
            }
        }
        let zero = zero.unwrap_or_else(|| line.zero());
        let end = self.breaks.entry(At(zero)).or_default();
        *end = end.minus(line);
        self.last = Line::default();
        zero
    }

    /// Makes it 0 below its zero; gives that place.
    fn end_below(&mut self) -> f64 {
        let (mut line, mut zero) = (self.first, None);
        while let Some((at, change)) = self.breaks.first_key_value().map(|(at, change)| (at.0, *change)) {
            if line.at(at) >= 0.0 {
                break;
            }
            self.breaks.pop_first();
            line = line.plus(change);
            if line.at(at) >= 0.0 {
                zero = Some(at);
                break;
            }
        }
        let zero = zero.unwrap_or_else(|| line.zero());
        let end = self.breaks.entry(At(zero)).or_default();
        *end = end.plus(line);
        self.first = Line::default();
        zero
    }
}

impl Monotone {
    /// Bounds must rise along the pairs, as the numbers do. Pairs that bounds imply are left out.
    pub(super) fn new(
        values: Vec<f64>,
        weights: Vec<f64>,
        (low, high): (Vec<f64>, Vec<f64>),
        pairs: &[(usize, usize)],
    ) -> Self {
        let is_free = |number: usize| low[number] < high[number];
        let pairs = pairs.iter().copied().filter(|(below, above)| is_free(*below) && is_free(*above)).collect();
        Self { values, weights, low, high, pairs }
    }

    /// The other end of a pair.
    pub(super) fn other(&self, pair: usize, end: usize) -> usize {
        let (below, above) = self.pairs[pair];
        if below == end { above } else { below }
    }

    /// The nearest numbers that keep the order and the bounds; `None` if the steps were spent before they were found.
    pub(super) fn nearest(&self, budget: &Budget) -> Option<Vec<f64>> {
        budget.spend((self.values.len() + self.pairs.len()) as u64);
        Active::new(self, self.of_forest()).settled(budget)
    }

    /// Of pairs that make a forest those that hold a number back where it is nearest by these alone, without bounds.
    fn of_forest(&self) -> Vec<bool> {
        let count = self.values.len();
        let mut leader: Vec<usize> = (0..count).collect();
        let mut tied: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (pair, (below, above)) in self.pairs.iter().enumerate() {
            let (a, b) = (find(&mut leader, *below), find(&mut leader, *above));
            if a != b {
                leader[a.max(b)] = a.min(b);
                tied[*below].push(pair);
                tied[*above].push(pair);
            }
        }
        // Each number after that through which it hangs on the top of its tree.
        let mut order = Vec::with_capacity(count);
        let mut through: Vec<Option<usize>> = vec![None; count];
        let mut is_seen = vec![false; count];
        for top in 0..count {
            if is_seen[top] {
                continue;
            }
            is_seen[top] = true;
            let mut open = vec![top];
            while let Some(number) = open.pop() {
                order.push(number);
                for pair in &tied[number] {
                    let other = self.other(*pair, number);
                    if !is_seen[other] {
                        is_seen[other] = true;
                        through[other] = Some(*pair);
                        open.push(other);
                    }
                }
            }
        }
        let slope = |number: usize| Slope::of(self.values[number], self.weights[number]);
        let mut slopes: Vec<Option<Slope>> = (0..count).map(|number| Some(slope(number))).collect();
        let mut own = vec![0.0; count];
        for number in order.iter().rev().copied() {
            let Some(mut mine) = slopes[number].take() else { continue };
            own[number] = match through[number] {
                Some(pair) if self.pairs[pair].0 != number => mine.end_below(),
                _ => mine.end_above(),
            };
            if let Some(pair) = through[number]
                && let Some(theirs) = &mut slopes[self.other(pair, number)]
            {
                theirs.add(mine);
            }
        }
        let mut is_tight = vec![false; self.pairs.len()];
        for number in order {
            let Some(pair) = through[number] else { continue };
            let other = own[self.other(pair, number)];
            let holds_back = if self.pairs[pair].0 == number { own[number] > other } else { own[number] < other };
            if holds_back {
                own[number] = other;
                is_tight[pair] = true;
            }
        }
        is_tight
    }
}

/// Which numbers are true where true ones cost least, if all above a true one are; those that are forced, which no pair names, are as they are forced.
/// `None` if the steps were spent.
pub(super) fn cheapest(
    costs: &[f64],
    forced: &[Option<bool>],
    pairs: &[(usize, usize)],
    budget: &Budget,
) -> Option<Vec<bool>> {
    let far = 1.0 + costs.iter().fold(0.0_f64, |most, cost| most.max(cost.abs()));
    let bound = |free: f64| -> Vec<f64> {
        forced.iter().map(|forced| forced.map_or(free, |is_true| if is_true { far } else { -far })).collect()
    };
    let values = costs.iter().map(|cost| -cost).collect();
    let bounds = (bound(f64::NEG_INFINITY), bound(f64::INFINITY));
    let nearest = Monotone::new(values, vec![1.0; costs.len()], bounds, pairs).nearest(budget)?;
    Some(nearest.into_iter().map(|value| value > 0.0).collect())
}

/// The least total by which what is stated must move to keep an order; a number may be stated several times. `None` if the steps were spent.
pub(super) fn least_total(stated: &[Vec<f64>], pairs: &[(usize, usize)], budget: &Budget) -> Option<f64> {
    let mut levels: Vec<f64> = stated.iter().flatten().copied().collect();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let mut to = vec![0.0; stated.len()];
    let numbers: Vec<usize> = (0..stated.len()).collect();
    by_halves(stated, &numbers, pairs, &levels, &mut to, budget)?;
    let moved = stated.iter().zip(&to).flat_map(|(of, to)| of.iter().map(move |stated| (stated - to).abs()));
    Some(moved.sum())
}

/// Puts each number to a level: first whether it belongs to the upper half of them or to the lower, then each half by itself.
fn by_halves(
    stated: &[Vec<f64>],
    numbers: &[usize],
    pairs: &[(usize, usize)],
    levels: &[f64],
    to: &mut [f64],
    budget: &Budget,
) -> Option<()> {
    if numbers.is_empty() {
        return Some(());
    }
    if levels.len() < 2 {
        for number in numbers {
            to[*number] = levels.first().copied().unwrap_or(0.0);
        }
        return Some(());
    }
    let (lower, upper) = levels.split_at(levels.len() / 2);
    let cost =
        |number: &usize| -> f64 { stated[*number].iter().map(|of| if *of < upper[0] { 1.0 } else { -1.0 }).sum() };
    let costs: Vec<f64> = numbers.iter().map(cost).collect();
    let local = |number: usize| numbers.partition_point(|other| *other < number);
    let here: Vec<(usize, usize)> = pairs.iter().map(|(below, above)| (local(*below), local(*above))).collect();
    let is_up = cheapest(&costs, &vec![None; numbers.len()], &here, budget)?;
    for (side, levels) in [(false, lower), (true, upper)] {
        let mine: Vec<usize> = numbers.iter().zip(&is_up).filter(|(_, up)| **up == side).map(|(of, _)| *of).collect();
        let is_mine =
            |((below, above), _): &(&(usize, usize), &(usize, usize))| is_up[*below] == side && is_up[*above] == side;
        let inside: Vec<(usize, usize)> = here.iter().zip(pairs).filter(is_mine).map(|(_, pair)| *pair).collect();
        by_halves(stated, &mine, &inside, levels, to, budget)?;
    }
    Some(())
}
