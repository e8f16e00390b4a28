//! Columns as functions of discrete variables: yes/no as bits, numbers as values, one for each configuration of a scope.
//!
//! Scopes are in rising order; the last variable is the fastest. A column that depends on something that is not discrete is [`Opaque`]
//! and says why.

use super::table::{Axis, axes, for_each_run, size};
use crate::plan::{Arithmetic, Comparison, Logic};
use std::borrow::Cow;

/// Why a column is no function of discrete variables, and which of them it depends on besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opaque {
    pub(super) why: String,
    pub(super) touches: Vec<u32>,
}

impl Opaque {
    pub(super) fn new(why: String) -> Self {
        Self { why, touches: Vec::new() }
    }

    /// The same, depending on these as well.
    pub(super) fn touching(mut self, more: &[u32]) -> Self {
        self.touches = union(&self.touches, more);
        self
    }
}

/// A yes/no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indicator {
    pub(super) scope: Vec<u32>,
    /// One for each configuration; those past the last are 0.
    bits: Vec<u64>,
}

/// A number column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    pub(super) scope: Vec<u32>,
    /// One for each configuration.
    pub(super) values: Vec<f64>,
}

/// The variables of either, in order.
pub(super) fn union(left: &[u32], right: &[u32]) -> Vec<u32> {
    if left == right || right.is_empty() {
        return left.to_vec();
    }
    if left.is_empty() || (left.len() <= right.len() && left.iter().all(|one| right.contains(one))) {
        return right.to_vec();
    }
    if right.iter().all(|one| left.contains(one)) {
        return left.to_vec();
    }
    let mut all = Vec::with_capacity(left.len() + right.len());
    all.extend_from_slice(left);
    all.extend_from_slice(right);
    all.sort_unstable();
    all.dedup();
    all
}

impl Indicator {
    /// The same everywhere.
    pub(super) fn constant(value: bool) -> Self {
        Self { scope: Vec::new(), bits: vec![u64::from(value)] }
    }

    /// Where a variable is in one of some states.
    pub(super) fn of_states(variable: u32, card: u32, holds: impl Fn(u32) -> bool) -> Self {
        let mut bits = vec![0; (card as usize).div_ceil(64)];
        for state in (0..card).filter(|state| holds(*state)) {
            bits[state as usize / 64] |= 1 << (state % 64);
        }
        Self { scope: vec![variable], bits }
    }

    /// Over a scope, by configuration.
    pub(super) fn over(scope: Vec<u32>, configurations: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut bits = vec![0; configurations.div_ceil(64)];
        for at in (0..configurations).filter(|at| holds(*at)) {
            bits[at / 64] |= 1 << (at % 64);
        }
        Self { scope, bits }
    }

    /// Whether it holds in a configuration.
    pub(super) fn holds(&self, at: usize) -> bool {
        (self.bits[at / 64] >> (at % 64)) & 1 == 1
    }

    /// Over a scope that holds all of its variables.
    pub(super) fn expanded(&self, scope: &[u32], cards: &[u32]) -> Self {
        if scope == self.scope {
            return self.clone();
        }
        let mut bits = vec![0_u64; size(scope, cards).div_ceil(64)];
        for_each_run(&axes(scope, &self.scope, cards), |from, place, Axis { len, stride }| {
            if stride == 0 && !self.holds(place) {
                return;
            }
            for at in (0..len).filter(|at| self.holds(place + at * stride)) {
                bits[(from + at) / 64] |= 1 << ((from + at) % 64);
            }
        });
        Self { scope: scope.to_vec(), bits }
    }

    /// Where it does not hold.
    pub(super) fn not(&self, cards: &[u32]) -> Self {
        let configurations = size(&self.scope, cards);
        let mut bits: Vec<u64> = self.bits.iter().map(|word| !word).collect();
        if !configurations.is_multiple_of(64) {
            bits[configurations / 64] &= (1 << (configurations % 64)) - 1;
        }
        Self { scope: self.scope.clone(), bits }
    }

    /// Boolean algebra.
    pub(super) fn combine(logic: Logic, left: &Self, right: &Self, cards: &[u32]) -> Self {
        let scope = union(&left.scope, &right.scope);
        if logic == Logic::And {
            for (few, other) in [(left, right), (right, left)] {
                let cells = size(&scope, cards);
                let places = few.count() * (cells / size(&few.scope, cards).max(1));
                if places < cells / 64 {
                    return Self { bits: few.narrowed(other, &scope, cards), scope };
                }
            }
        }
        let left = if left.scope == scope { Cow::Borrowed(left) } else { Cow::Owned(left.expanded(&scope, cards)) };
        let right = if right.scope == scope { Cow::Borrowed(right) } else { Cow::Owned(right.expanded(&scope, cards)) };
        let pairs = left.bits.iter().zip(&right.bits);
        let bits = match logic {
            Logic::And => pairs.map(|(left, right)| left & right).collect(),
            Logic::Or => pairs.map(|(left, right)| left | right).collect(),
            Logic::AndNot => pairs.map(|(left, right)| left & !right).collect(),
            Logic::Xor => pairs.map(|(left, right)| left ^ right).collect(),
        };
        Self { scope, bits }
    }

    /// In how many configurations it holds.
    fn count(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Where another holds, too: goes through the configurations where this one does, which must be few, and not through all.
    fn narrowed(&self, other: &Self, scope: &[u32], cards: &[u32]) -> Vec<u64> {
        /// A variable: how many states it has, and how far apart they lie in the whole and in the other.
        #[derive(Clone, Copy)]
        struct Digit {
            card: usize,
            whole: usize,
            other: usize,
        }
        let stride = |of: &[u32], variable: u32| {
            of.iter().position(|known| *known == variable).map_or(0, |at| size(&of[at + 1..], cards))
        };
        let digit = |variable: u32| Digit {
            card: cards[variable as usize] as usize,
            whole: stride(scope, variable),
            other: stride(&other.scope, variable),
        };
        let own: Vec<Digit> = self.scope.iter().map(|variable| digit(*variable)).collect();
        let more = scope.iter().filter(|variable| !self.scope.contains(variable));
        let more: Vec<Digit> = more.map(|variable| digit(*variable)).collect();
        // The places of a configuration of some variables, the last the fastest.
        let places = |mut at: usize, digits: &[Digit]| {
            digits.iter().rev().fold((0, 0), |(whole, other), digit| {
                let state = at % digit.card;
                at /= digit.card;
                (whole + state * digit.whole, other + state * digit.other)
            })
        };
        let free: usize = more.iter().map(|digit| digit.card).product();
        let mut bits = vec![0_u64; size(scope, cards).div_ceil(64)];
        for at in self.each() {
            let (whole, place) = places(at, &own);
            for rest in 0..free {
                let (further, and_there) = places(rest, &more);
                if other.holds(place + and_there) {
                    bits[(whole + further) / 64] |= 1 << ((whole + further) % 64);
                }
            }
        }
        bits
    }

    /// The configurations where it holds, in order.
    pub(super) fn each(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().enumerate().flat_map(|(word_at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(64 * word_at + bit)
            })
        })
    }

    /// 1 where it holds, 0 elsewhere.
    pub(super) fn weights(&self, configurations: usize) -> Vec<f64> {
        (0..configurations).map(|at| f64::from(u8::from(self.holds(at)))).collect()
    }
}

impl Values {
    /// The same everywhere.
    pub(super) fn constant(value: f64) -> Self {
        Self { scope: Vec::new(), values: vec![value] }
    }

    /// Over a scope that holds all of its variables.
    pub(super) fn expanded(&self, scope: &[u32], cards: &[u32]) -> Vec<f64> {
        let mut values = vec![0.0; size(scope, cards)];
        for_each_run(&axes(scope, &self.scope, cards), |from, place, Axis { len, stride }| {
            for at in 0..len {
                values[from + at] = self.values[place + at * stride];
            }
        });
        values
    }

    /// Value by value.
    pub(super) fn combine(left: &Self, right: &Self, cards: &[u32], of: impl Fn(f64, f64) -> f64) -> Self {
        let scope = union(&left.scope, &right.scope);
        let (left, right) = (left.expanded(&scope, cards), right.expanded(&scope, cards));
        let values = left.into_iter().zip(right).map(|(left, right)| of(left, right)).collect();
        Self { scope, values }
    }
}

/// As the simulation does it.
pub(super) fn arithmetic(arithmetic: Arithmetic, left: f64, right: f64) -> f64 {
    match arithmetic {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Minimum => left.min(right),
        Arithmetic::Maximum => left.max(right),
    }
}

/// As the simulation does it.
pub(super) fn compare(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Equal => left == right,
        Comparison::Less => left < right,
        Comparison::LessOrEqual => left <= right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algebra_over_different_scopes_is_that_of_their_union() {
        let cards = [2, 3, 70];
        let left = Indicator::of_states(0, 2, |state| state == 1);
        let right = Indicator::of_states(2, 70, |state| state >= 65);
        let both = Indicator::combine(Logic::And, &left, &right, &cards);
        assert_eq!(both.scope, [0, 2]);
        assert_eq!(both.each().collect::<Vec<_>>(), (135..140).collect::<Vec<_>>());
        let neither = Indicator::combine(Logic::Or, &left, &right, &cards).not(&cards);
        assert_eq!(neither.each().collect::<Vec<_>>(), (0..65).collect::<Vec<_>>());
        // Few places of many are found one by one, from either side.
        let cards_of_three = [40, 30, 20];
        let single = Indicator::of_states(1, 30, |state| state == 7);
        let pair = Indicator::over(vec![0, 2], 800, |at| at == 3 * 20 + 5 || at == 39 * 20);
        for (one, other) in [(&single, &pair), (&pair, &single)] {
            let both = Indicator::combine(Logic::And, one, other, &cards_of_three);
            assert_eq!(both.scope, [0, 1, 2]);
            assert_eq!(both.each().collect::<Vec<_>>(), [(3 * 30 + 7) * 20 + 5, (39 * 30 + 7) * 20]);
        }
        let wider = both.expanded(&[0, 1, 2], &cards);
        assert_eq!(wider.each().count(), 15);
        assert!(wider.holds(210 + 2 * 70 + 69) && !wider.holds(210 + 2 * 70 + 64));
    }
}
