//! What a plan says of discrete variables: which there are, how each depends on others, and what is known.

use super::function::{Indicator, Opaque, Values, union};
use super::law::Law;
use super::table::{Table, size};
use crate::plan::FindingId;
use std::rc::Rc;

/// Functions of more configurations than this are not tabulated; they are taken apart, or the answer is not exact.
pub(super) const MOST_CONFIGURATIONS: f64 = 4096.0;

/// The same of the rows of a table that the plan spells out one by one: a column for each row, with a bit for each, is at most 128 MiB.
pub(super) const MOST_ROWS: f64 = 32_768.0;

/// Where a variable comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A yes/no or categorical draw: the step with this index.
    Step(usize),
    /// A condition, or a part of one: yes or no, and settled by the variables before it.
    Condition,
    /// A number or a date.
    Number,
}

/// The discrete part of a plan.
#[derive(Debug, Default)]
pub(super) struct Network<'a> {
    /// How many states each variable has.
    pub(super) cards: Vec<u32>,
    /// Where each comes from.
    pub(super) sources: Vec<Source>,
    /// The distribution of each variable given those before it that it depends on; itself last.
    pub(super) families: Vec<Table>,
    /// What is known, as factors.
    pub(super) evidence: Vec<(Table, FindingId)>,
    /// What is known of things that are not discrete: the variables it bears on.
    pub(super) opaque_evidence: Vec<(Vec<u32>, FindingId)>,
    /// Conditions believed to hold with some probability.
    pub(super) beliefs: Vec<(Rc<Indicator>, f64, FindingId)>,
    /// Numbers and dates cut into intervals.
    pub(super) cut: Vec<Cut<'a>>,
}

/// A number or a date as a variable over intervals.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    pub(super) variable: u32,
    /// The upper ends of the intervals, all but the last.
    pub(super) cuts: Vec<f64>,
    /// The law in each configuration of the others of its family.
    pub(super) law_of: Vec<u32>,
    pub(super) laws: Vec<Law<'a>>,
}

impl Cut<'_> {
    /// Whether it is a count that is drawn: whole in every configuration.
    pub(super) fn is_count(&self) -> bool {
        self.laws.iter().all(Law::is_whole)
    }
}

impl Network<'_> {
    /// Adds a variable: `fill` writes the probabilities of its states in each configuration of `parents`.
    pub(super) fn variable(
        &mut self,
        source: Source,
        parents: Vec<u32>,
        card: u32,
        mut fill: impl FnMut(usize, &mut [f64]),
    ) -> u32 {
        let variable = self.cards.len() as u32;
        self.sources.push(source);
        let configurations = size(&parents, &self.cards);
        self.cards.push(card);
        let mut cells = vec![0.0; configurations * card as usize];
        for (at, states) in cells.chunks_exact_mut(card as usize).enumerate() {
            fill(at, states);
        }
        let mut scope = parents;
        scope.push(variable);
        self.families.push(Table { scope, cells });
        variable
    }

    /// A variable that says whether a condition holds: state 1 where it does.
    pub(super) fn switch(&mut self, of: &Indicator) -> Indicator {
        let variable = self.variable(Source::Condition, of.scope.clone(), 2, |at, states| {
            states[usize::from(of.holds(at))] = 1.0;
        });
        Indicator::of_states(variable, 2, |state| state == 1)
    }

    /// A variable with a state for each different value, and those values.
    pub(super) fn levels(&mut self, of: &Values) -> (u32, Vec<f64>) {
        let mut levels = of.values.clone();
        levels.sort_unstable_by(f64::total_cmp);
        levels.dedup_by(|left, right| left.total_cmp(right).is_eq());
        let variable = self.variable(Source::Number, of.scope.clone(), levels.len() as u32, |at, states| {
            let level = levels.partition_point(|level| level.total_cmp(&of.values[at]).is_lt());
            states[level] = 1.0;
        });
        (variable, levels)
    }

    /// The variables that these depend on, themselves included.
    pub(super) fn ancestors(&self, of: impl IntoIterator<Item = u32>) -> Vec<bool> {
        let mut marked = vec![false; self.cards.len()];
        of.into_iter().for_each(|variable| marked[variable as usize] = true);
        // Variables depend on those before them only.
        for variable in (0..self.cards.len()).rev() {
            if marked[variable] {
                self.families[variable].scope.iter().for_each(|parent| marked[*parent as usize] = true);
            }
        }
        marked
    }

    /// The variables whose distribution evidence that is not discrete bears on.
    pub(super) fn tainted(&self) -> Vec<bool> {
        if self.opaque_evidence.is_empty() {
            return vec![false; self.cards.len()];
        }
        let known = self.evidence.iter().flat_map(|(table, _)| table.scope.iter());
        let believed = self.beliefs.iter().flat_map(|(indicator, ..)| indicator.scope.iter());
        let opaque = self.opaque_evidence.iter().flat_map(|(touches, _)| touches.iter());
        let relevant = self.ancestors(known.chain(believed).chain(opaque).copied());
        // Groups of variables that share factors once everything else is summed out.
        let mut group: Vec<u32> = (0..self.cards.len() as u32).collect();
        let root = |group: &[u32], mut at: u32| {
            while group[at as usize] != at {
                at = group[at as usize];
            }
            at
        };
        let join = |group: &mut Vec<u32>, scope: &[u32]| {
            for pair in scope.windows(2) {
                let (left, right) = (root(group, pair[0]), root(group, pair[1]));
                group[left.max(right) as usize] = left.min(right);
            }
        };
        for (variable, family) in self.families.iter().enumerate() {
            if relevant[variable] {
                join(&mut group, &family.scope);
            }
        }
        self.evidence.iter().for_each(|(table, _)| join(&mut group, &table.scope));
        // Beliefs are held together, but what is independent stays so.
        self.beliefs.iter().for_each(|(indicator, ..)| join(&mut group, &indicator.scope));
        self.opaque_evidence.iter().for_each(|(touches, _)| join(&mut group, touches));
        let mut bad = vec![false; self.cards.len()];
        for touched in self.opaque_evidence.iter().flat_map(|(touches, _)| touches.iter()) {
            bad[root(&group, *touched) as usize] = true;
        }
        let mut tainted: Vec<bool> = (0..self.cards.len())
            .map(|variable| relevant[variable] && bad[root(&group, variable as u32) as usize])
            .collect();
        // What depends on a tainted variable is tainted.
        for (variable, family) in self.families.iter().enumerate() {
            tainted[variable] |= family.scope.iter().any(|parent| tainted[*parent as usize]);
        }
        tainted
    }
}

/// The rows that hold in each configuration of the variables that their masks depend on.
#[derive(Debug)]
pub(super) struct Cover {
    pub(super) scope: Vec<u32>,
    /// [`Cover::NOWHERE`] in a configuration that cannot be.
    pub(super) row_of: Vec<u32>,
}

impl Cover {
    /// No row.
    pub(super) const NOWHERE: u32 = u32::MAX;

    /// Of masks that do not overlap; `None` is everywhere. Their scopes together must be small.
    pub(super) fn new(masks: &[Option<Rc<Indicator>>], more: &[u32], cards: &[u32]) -> Self {
        let scope = masks.iter().flatten().fold(more.to_vec(), |scope, mask| union(&scope, &mask.scope));
        let mut row_of = vec![Self::NOWHERE; size(&scope, cards)];
        for (row, mask) in masks.iter().enumerate() {
            match mask {
                None => row_of.fill(row as u32),
                Some(mask) if mask.scope == scope => mask.each().for_each(|at| row_of[at] = row as u32),
                Some(mask) => mask.expanded(&scope, cards).each().for_each(|at| row_of[at] = row as u32),
            }
        }
        Self { scope, row_of }
    }
}

/// A column that is not discrete.
pub(super) type Found<T> = Result<T, Rc<Opaque>>;
