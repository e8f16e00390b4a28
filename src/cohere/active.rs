//! The nearest numbers that keep an order, by adding what is violated: a dual method of active sets.
//!
//! Pairs that are *tight* tie numbers into *blocks* of one value, each tied like a tree; a block may be *anchored* at a bound, else its value is the
//! weighted mean. Each tie pushes its ends apart, never together. A pair that is violated is tied by pushing its blocks towards each other, until they
//! meet; a tie whose push is used up by then gives way. The distance grows with each step, so that no set of ties comes twice and the last is the nearest.
//!
//! Goldfarb and Idnani (1983), Math. Program. 27, 1–33.

use super::budget::Budget;
use super::monotone::Monotone;

/// What is violated by no more than this, against the size of the numbers, is kept.
const SLACK: f64 = 1e-13;

/// A bound at which a number is held.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    at_high: bool,
    push: f64,
}

/// Numbers, and what holds them.
#[derive(Debug)]
pub(super) struct Active<'m> {
    of: &'m Monotone,
    /// For each number the pairs that name it.
    around: Vec<Vec<usize>>,
    values: Vec<f64>,
    is_tight: Vec<bool>,
    /// How strongly each pair holds its ends apart.
    push: Vec<f64>,
    anchors: Vec<Option<Anchor>>,
    /// For each number what its part of a block takes of a push, while that is computed.
    taken: Vec<f64>,
}

/// What is violated.
#[derive(Debug, Clone, Copy)]
enum Violated {
    Pair(usize),
    High(usize),
    Low(usize),
}

/// What holds a block together, or where it is.
#[derive(Debug, Clone, Copy)]
enum Held {
    By(usize),
    At(usize),
}

/// What becomes of a block for one more of a push.
#[derive(Debug)]
struct Side {
    members: Vec<usize>,
    /// By how much the pushes of what holds it grow.
    held: Vec<(Held, f64)>,
    /// By how much its value grows.
    rate: f64,
}

impl<'m> Active<'m> {
    /// Numbers that are nearest by pairs that make a forest, of which these are tight; bounds are added like the other pairs.
    pub(super) fn new(of: &'m Monotone, is_tight: Vec<bool>) -> Self {
        let count = of.values.len();
        let mut around = vec![Vec::new(); count];
        for (pair, (below, above)) in of.pairs.iter().enumerate() {
            around[*below].push(pair);
            around[*above].push(pair);
        }
        let push = vec![0.0; is_tight.len()];
        let mut active = Self {
            of,
            around,
            values: vec![0.0; count],
            is_tight,
            push,
            anchors: vec![None; count],
            taken: vec![0.0; count],
        };
        let mut is_done = vec![false; count];
        for number in 0..count {
            if is_done[number] {
                continue;
            }
            let block = active.block(number);
            block.iter().for_each(|(member, _)| is_done[*member] = true);
            active.begin(&block);
        }
        active
    }

    /// The numbers that are tied to one, each with the pair through which it was reached.
    fn block(&self, start: usize) -> Vec<(usize, Option<usize>)> {
        let mut block = vec![(start, None)];
        let mut at = 0;
        while at < block.len() {
            let (number, through) = block[at];
            for pair in &self.around[number] {
                if self.is_tight[*pair] && Some(*pair) != through {
                    block.push((self.of.other(*pair, number), Some(*pair)));
                }
            }
            at += 1;
        }
        block
    }

    fn mean(&self, block: &[(usize, Option<usize>)]) -> f64 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (member, _) in block {
            sum += self.of.weights[*member] * self.of.values[*member];
            weight += self.of.weights[*member];
        }
        sum / weight
    }

    /// The value of a block and the pushes within it, as if there were no bounds: so none of them is negative.
    fn begin(&mut self, block: &[(usize, Option<usize>)]) {
        let value = self.mean(block);
        for (member, _) in block {
            self.values[*member] = value;
            self.taken[*member] = self.of.weights[*member] * (value - self.of.values[*member]);
        }
        for (member, pair) in block.iter().rev() {
            let Some(pair) = *pair else { continue };
            let taken = self.taken[*member];
            let push = if self.of.pairs[pair].0 == *member { -taken } else { taken };
            self.push[pair] = push.max(0.0);
            self.taken[self.of.other(pair, *member)] += taken;
        }
    }

    /// What becomes of the block of a number that is pushed down (1) or up (-1).
    fn side(&mut self, number: usize, sign: f64) -> Side {
        let block = self.block(number);
        let anchor = block.iter().find_map(|(member, _)| self.anchors[*member].map(|anchor| (*member, anchor)));
        let weight: f64 = block.iter().map(|(member, _)| self.of.weights[*member]).sum();
        for (member, _) in &block {
            self.taken[*member] = match anchor {
                Some((at, _)) if at == *member => sign,
                Some(_) => 0.0,
                None => sign * self.of.weights[*member] / weight,
            };
        }
        let mut held = Vec::with_capacity(block.len());
        for (member, pair) in block.iter().rev() {
            let Some(pair) = *pair else { continue };
            let taken = self.taken[*member];
            held.push((Held::By(pair), if self.of.pairs[pair].0 == *member { taken } else { -taken }));
            self.taken[self.of.other(pair, *member)] += taken;
        }
        if let Some((at, anchor)) = anchor {
            held.push((Held::At(at), if anchor.at_high { -sign } else { sign }));
        }
        let rate = if anchor.is_some() { 0.0 } else { -sign / weight };
        Side { members: block.into_iter().map(|(member, _)| member).collect(), held, rate }
    }

    fn push_of(&self, held: Held) -> f64 {
        match held {
            Held::By(pair) => self.push[pair],
            Held::At(number) => self.anchors[number].map_or(0.0, |anchor| anchor.push),
        }
    }

    /// The numbers once nothing is violated; `None` if the steps were spent before.
    pub(super) fn settled(mut self, budget: &Budget) -> Option<Vec<f64>> {
        let size = self.of.values.iter().fold(1.0_f64, |most, value| most.max(value.abs()));
        let slack = SLACK * size;
        loop {
            let mut is_settled = true;
            for pair in 0..self.of.pairs.len() {
                if self.gap(Violated::Pair(pair)) > slack {
                    is_settled = false;
                    self.enforce(Violated::Pair(pair), budget)?;
                }
            }
            for number in 0..self.values.len() {
                for violated in [Violated::High(number), Violated::Low(number)] {
                    if self.gap(violated) > slack {
                        is_settled = false;
                        self.enforce(violated, budget)?;
                    }
                }
            }
            if is_settled {
                break;
            }
            budget.spend(self.of.pairs.len() as u64);
        }
        // From the data once more, without what the steps have lost.
        let mut is_done = vec![false; self.values.len()];
        for number in 0..self.values.len() {
            if is_done[number] {
                continue;
            }
            let block = self.block(number);
            let anchor = block.iter().find_map(|(member, _)| self.anchors[*member].map(|anchor| (*member, anchor)));
            let value = match anchor {
                Some((at, anchor)) if anchor.at_high => self.of.high[at],
                Some((at, _)) => self.of.low[at],
                None => self.mean(&block),
            };
            for (member, _) in block {
                self.values[member] = value;
                is_done[member] = true;
            }
        }
        Some(self.values)
    }

    /// By how much something is violated.
    fn gap(&self, violated: Violated) -> f64 {
        match violated {
            Violated::Pair(pair) => {
                let (below, above) = self.of.pairs[pair];
                self.values[below] - self.values[above]
            }
            Violated::High(number) => self.values[number] - self.of.high[number],
            Violated::Low(number) => self.of.low[number] - self.values[number],
        }
    }

    /// Pushes until what is violated is kept, and holds it there.
    fn enforce(&mut self, violated: Violated, budget: &Budget) -> Option<()> {
        let mut pushed = 0.0;
        loop {
            if budget.is_spent() {
                return None;
            }
            let sides = match violated {
                Violated::Pair(pair) => {
                    let (below, above) = self.of.pairs[pair];
                    vec![self.side(below, 1.0), self.side(above, -1.0)]
                }
                Violated::High(number) => vec![self.side(number, 1.0)],
                Violated::Low(number) => vec![self.side(number, -1.0)],
            };
            budget.spend(sides.iter().map(|side| side.members.len() as u64).sum());
            let rate: f64 = sides.iter().map(|side| side.rate.abs()).sum();
            let closes = if rate > 0.0 { self.gap(violated).max(0.0) / rate } else { f64::INFINITY };
            let mut gives_way: Option<(f64, Held)> = None;
            for (held, growth) in sides.iter().flat_map(|side| &side.held) {
                let lasts = self.push_of(*held) / -growth;
                if *growth < 0.0 && gives_way.is_none_or(|(least, _)| lasts < least) {
                    gives_way = Some((lasts, *held));
                }
            }
            let gives_way = gives_way.filter(|(lasts, _)| *lasts < closes);
            let step = gives_way.map_or(closes, |(lasts, _)| lasts);
            // What contradicts itself never comes to an end.
            if !step.is_finite() {
                return None;
            }
            pushed += step;
            for side in &sides {
                for member in &side.members {
                    self.values[*member] += step * side.rate;
                }
                for (held, growth) in &side.held {
                    match held {
                        Held::By(pair) => self.push[*pair] = (self.push[*pair] + step * growth).max(0.0),
                        Held::At(number) => {
                            if let Some(anchor) = &mut self.anchors[*number] {
                                anchor.push = (anchor.push + step * growth).max(0.0);
                            }
                        }
                    }
                }
            }
            match (gives_way, violated) {
                (Some((_, Held::By(pair))), _) => {
                    self.is_tight[pair] = false;
                    self.push[pair] = 0.0;
                }
                (Some((_, Held::At(number))), _) => self.anchors[number] = None,
                (None, Violated::Pair(pair)) => {
                    self.is_tight[pair] = true;
                    self.push[pair] = pushed;
                    return Some(());
                }
                (None, Violated::High(number) | Violated::Low(number)) => {
                    let at_high = matches!(violated, Violated::High(_));
                    self.anchors[number] = Some(Anchor { at_high, push: pushed });
                    return Some(());
                }
            }
        }
    }
}
