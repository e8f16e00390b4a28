//! The junction tree: all marginals in two passes.
//!
//! Each variable is eliminated in a *clique*; a clique sends what is left of it over the variables that it shares with its parent (its
//! *separator*). Variables stand in a clique in reverse order of elimination, so those that it passes on are its slow axes and a message
//! up is a sum over runs of cells. Messages up are scaled to sum to 1 and the scales are kept apart, so that the probability of much
//! evidence does not run out of range; where a separator is 0 both ways, 0 / 0 is 0. In the end each clique holds the joint probability of
//! its variables given the evidence.
//!
//! Sources: Lauritzen & Spiegelhalter (1988), J. R. Statist. Soc. B 50, 157–224; Jensen, Lauritzen & Olesen (1990), Computational
//! Statistics Quarterly 4, 269–282; Shenoy & Shafer (1990), Axioms for probability and belief-function propagation.

use super::order::Elimination;
use super::scale::Scaled;
use super::table::{Axis, Table, add_up, axes, multiply, size};
use std::borrow::Cow;

/// A junction tree that is not filled yet.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    cards: Vec<u32>,
    /// Children before their parents.
    cliques: Vec<Clique>,
    /// The clique in which each variable is eliminated.
    home: Vec<usize>,
    /// The place of each variable in the order.
    position: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Clique {
    /// In reverse order of elimination; the first ones are the separator.
    scope: Vec<u32>,
    separator: usize,
    parent: Option<usize>,
    cells: usize,
    /// How the parent is walked beside the separator.
    in_parent: Vec<Axis>,
}

impl Clique {
    fn separator(&self) -> &[u32] {
        &self.scope[..self.separator]
    }

    /// How the clique itself is walked beside its separator.
    fn own(&self, cards: &[u32]) -> [Axis; 2] {
        let kept = size(self.separator(), cards);
        [Axis { len: kept, stride: 1 }, Axis { len: self.cells / kept, stride: 0 }]
    }
}

/// The tree with the joint probability of each clique given the evidence.
#[derive(Debug, Clone)]
pub(super) struct Calibrated<'a> {
    tree: &'a Tree,
    tables: Vec<Vec<f64>>,
    separators: Vec<Vec<f64>>,
    /// The probability of the evidence.
    pub(super) evidence: Scaled,
}

impl Tree {
    /// Of an elimination order.
    pub(super) fn new(elimination: &Elimination, cards: &[u32]) -> Self {
        let count = elimination.order.len();
        let mut position = vec![0_u32; count];
        for (at, variable) in elimination.order.iter().enumerate() {
            position[*variable as usize] = at as u32;
        }
        // A clique that is all of what another passes on is that other's.
        let mut absorbed_by: Vec<usize> = (0..count).collect();
        let mut scopes: Vec<Vec<u32>> = Vec::with_capacity(count);
        let mut separators: Vec<usize> = Vec::with_capacity(count);
        for (variable, neighbours) in elimination.order.iter().zip(&elimination.neighbours) {
            let mut scope = neighbours.clone();
            scope.push(*variable);
            scope.sort_unstable_by_key(|one| std::cmp::Reverse(position[*one as usize]));
            scopes.push(scope);
            separators.push(neighbours.len());
        }
        let mut last: Vec<usize> = (0..count).collect();
        for at in 0..count {
            let own = find(&absorbed_by, at);
            if own != at || separators[at] == 0 {
                continue;
            }
            // Taken over from the clique at `next` while that is all that is passed on.
            loop {
                if separators[at] == 0 {
                    break;
                }
                let next = position[scopes[at][separators[at] - 1] as usize] as usize;
                let next_is_whole = separators[next] + 1 == separators[at] && find(&absorbed_by, next) == next;
                if !next_is_whole {
                    break;
                }
                absorbed_by[next] = at;
                separators[at] -= 1;
                last[at] = next;
            }
        }
        let mut kept: Vec<usize> = (0..count).filter(|at| absorbed_by[*at] == *at).collect();
        kept.sort_unstable_by_key(|at| last[*at]);
        let mut place = vec![0_usize; count];
        for (index, at) in kept.iter().enumerate() {
            place[*at] = index;
        }
        let mut home = vec![0_usize; count];
        for (at, variable) in elimination.order.iter().enumerate() {
            home[*variable as usize] = place[find(&absorbed_by, at)];
        }
        let mut cliques: Vec<Clique> = kept
            .iter()
            .map(|at| {
                let scope = std::mem::take(&mut scopes[*at]);
                let separator = separators[*at];
                let parent = separator.checked_sub(1).map(|last| home[scope[last] as usize]);
                let cells = size(&scope, cards);
                Clique { scope, separator, parent, cells, in_parent: Vec::new() }
            })
            .collect();
        for at in 0..cliques.len() {
            if let Some(parent) = cliques[at].parent {
                cliques[at].in_parent = axes(&cliques[parent].scope, cliques[at].separator(), cards);
            }
        }
        Self { cards: cards.to_vec(), cliques, home, position }
    }

    /// The clique in which the first of these variables is eliminated: if they are joined, it holds them all.
    fn clique_of(&self, scope: &[u32]) -> Option<usize> {
        let first = scope.iter().min_by_key(|variable| self.position[**variable as usize])?;
        Some(self.home[*first as usize])
    }

    /// Multiplies the factors in and passes messages up, then down. `None` if the evidence is impossible.
    pub(super) fn calibrate(&self, factors: &[Table]) -> Option<Calibrated<'_>> {
        let mut evidence = Scaled::ONE;
        // What a clique is the product of: its factors, and the messages of its children, which come before it.
        let mut parts: Vec<Vec<Cow<'_, Table>>> = vec![Vec::new(); self.cliques.len()];
        for factor in factors {
            match self.clique_of(&factor.scope) {
                Some(clique) => parts[clique].push(Cow::Borrowed(factor)),
                None => evidence.multiply(factor.cells[0]),
            }
        }
        let mut tables: Vec<Vec<f64>> = Vec::with_capacity(self.cliques.len());
        let mut separators: Vec<Vec<f64>> = Vec::with_capacity(self.cliques.len());
        for (at, clique) in self.cliques.iter().enumerate() {
            let mut table = self.product(clique, std::mem::take(&mut parts[at]));
            let mut message = vec![0.0; size(clique.separator(), &self.cards)];
            add_up(&table, &mut message, &clique.own(&self.cards));
            let total: f64 = message.iter().sum();
            if total.is_nan() || total <= 0.0 {
                return None;
            }
            evidence.multiply(total);
            message.iter_mut().for_each(|cell| *cell /= total);
            match clique.parent {
                Some(parent) => {
                    let scope = clique.separator().to_vec();
                    parts[parent].push(Cow::Owned(Table { scope, cells: message.clone() }));
                }
                None => table.iter_mut().for_each(|cell| *cell /= total),
            }
            tables.push(table);
            separators.push(message);
        }
        if evidence.is_zero() {
            return None;
        }
        let mut calibrated = Calibrated { tree: self, tables, separators, evidence };
        for at in (0..self.cliques.len()).rev() {
            calibrated.receive(at);
        }
        Some(calibrated)
    }

    /// The product of all parts of a clique. Small parts are multiplied with one another first, while that stays small beside the clique.
    fn product(&self, clique: &Clique, mut parts: Vec<Cow<'_, Table>>) -> Vec<f64> {
        const SMALL: usize = 4;
        let mut table = vec![1.0; clique.cells];
        parts.sort_by_key(|part| part.cells.len());
        let mut small = Table::one();
        for part in parts {
            let scope: Vec<u32> = clique
                .scope
                .iter()
                .copied()
                .filter(|variable| small.scope.contains(variable) || part.scope.contains(variable))
                .collect();
            if SMALL * size(&scope, &self.cards) > clique.cells {
                multiply(&mut table, &small.cells, &axes(&clique.scope, &small.scope, &self.cards));
                small = part.into_owned();
                continue;
            }
            if scope != small.scope {
                let mut wider = vec![1.0; size(&scope, &self.cards)];
                multiply(&mut wider, &small.cells, &axes(&scope, &small.scope, &self.cards));
                small = Table { scope, cells: wider };
            }
            let axes = axes(&small.scope, &part.scope, &self.cards);
            multiply(&mut small.cells, &part.cells, &axes);
        }
        multiply(&mut table, &small.cells, &axes(&clique.scope, &small.scope, &self.cards));
        table
    }
}

impl Calibrated<'_> {
    /// Takes the message down from the parent, if there is one.
    fn receive(&mut self, at: usize) {
        let clique = &self.tree.cliques[at];
        let Some(parent) = clique.parent else { return };
        let mut message = vec![0.0; self.separators[at].len()];
        add_up(&self.tables[parent], &mut message, &clique.in_parent);
        let ratios = quotient(&message, &self.separators[at]);
        multiply(&mut self.tables[at], &ratios, &clique.own(&self.tree.cards));
        self.separators[at] = message;
    }

    /// The distribution of each variable.
    pub(super) fn marginals(&self) -> Vec<Vec<f64>> {
        let mut marginals = vec![Vec::new(); self.tree.home.len()];
        for (clique, table) in self.tree.cliques.iter().zip(&self.tables) {
            self.tree.own_marginals(clique, table, &mut marginals);
        }
        marginals
    }

    /// The joint distribution of variables that share a factor.
    pub(super) fn joint(&self, scope: &[u32]) -> Table {
        let Some(at) = self.tree.clique_of(scope) else { return Table::one() };
        let clique = &self.tree.cliques[at];
        let mut cells = vec![0.0; size(scope, &self.tree.cards)];
        add_up(&self.tables[at], &mut cells, &axes(&clique.scope, scope, &self.tree.cards));
        Table { scope: scope.to_vec(), cells }
    }

    /// Everything given a condition on one variable, as a weight for each of its states; `None` if it is impossible. Tables that it
    /// does not reach stay as they are, the others sum to its probability.
    pub(super) fn conditioned(&self, variable: u32, weights: &[f64]) -> Option<Self> {
        let everything = vec![true; self.tables.len()];
        let changed = self.changed(variable, weights, &everything);
        let start = self.tree.home[variable as usize];
        let possible = changed[start].as_ref().is_some_and(|table| table.iter().any(|cell| *cell > 0.0));
        let mut now = self.clone();
        for (table, changed) in now.tables.iter_mut().zip(changed) {
            if let Some(changed) = changed {
                *table = changed;
            }
        }
        possible.then_some(now)
    }

    /// The marginals of some variables among worlds where a condition on one variable holds; the others are left empty.
    pub(super) fn marginals_with(&self, variable: u32, weights: &[f64], wanted: &[u32]) -> Vec<Vec<f64>> {
        let mut needed = vec![false; self.tables.len()];
        for variable in wanted {
            let mut at = Some(self.tree.home[*variable as usize]);
            while let Some(clique) = at.filter(|clique| !needed[*clique]) {
                needed[clique] = true;
                at = self.tree.cliques[clique].parent;
            }
        }
        let changed = self.changed(variable, weights, &needed);
        let mut marginals = vec![Vec::new(); self.tree.home.len()];
        for (at, clique) in self.tree.cliques.iter().enumerate().filter(|(at, _)| needed[*at]) {
            self.tree.own_marginals(clique, changed[at].as_ref().unwrap_or(&self.tables[at]), &mut marginals);
        }
        marginals
    }

    /// The tables that a condition on one variable changes, as far as they are needed.
    fn changed(&self, variable: u32, weights: &[f64], needed: &[bool]) -> Vec<Option<Vec<f64>>> {
        let cards = &self.tree.cards;
        let cliques = &self.tree.cliques;
        let start = self.tree.home[variable as usize];
        let mut tables: Vec<Option<Vec<f64>>> = vec![None; self.tables.len()];
        let mut first = self.tables[start].clone();
        multiply(&mut first, weights, &axes(&cliques[start].scope, &[variable], cards));
        tables[start] = Some(first);
        // Up to the root …
        let mut at = start;
        while let Some(parent) = cliques[at].parent {
            let mut message = vec![0.0; self.separators[at].len()];
            add_up(tables[at].as_deref().unwrap_or_default(), &mut message, &cliques[at].own(cards));
            let mut table = self.tables[parent].clone();
            multiply(&mut table, &quotient(&message, &self.separators[at]), &cliques[at].in_parent);
            tables[parent] = Some(table);
            at = parent;
        }
        // … and down everywhere else.
        for at in (0..self.tables.len()).rev() {
            if tables[at].is_some() || !needed[at] {
                continue;
            }
            let Some(changed) = cliques[at].parent.and_then(|parent| tables[parent].as_deref()) else { continue };
            let mut message = vec![0.0; self.separators[at].len()];
            add_up(changed, &mut message, &cliques[at].in_parent);
            let mut table = self.tables[at].clone();
            multiply(&mut table, &quotient(&message, &self.separators[at]), &cliques[at].own(cards));
            tables[at] = Some(table);
        }
        tables
    }
}

impl Tree {
    /// The marginals of the variables that are eliminated in a clique.
    fn own_marginals(&self, clique: &Clique, table: &[f64], marginals: &mut [Vec<f64>]) {
        let own = &clique.scope[clique.separator..];
        let block = size(own, &self.cards);
        let mut sums = vec![0.0; block];
        for run in table.chunks_exact(block) {
            sums.iter_mut().zip(run).for_each(|(sum, cell)| *sum += cell);
        }
        for variable in own {
            let mut marginal = vec![0.0; self.cards[*variable as usize] as usize];
            add_up(&sums, &mut marginal, &axes(own, &[*variable], &self.cards));
            marginals[*variable as usize] = marginal;
        }
    }
}

/// What has absorbed a clique in the end.
fn find(absorbed_by: &[usize], mut at: usize) -> usize {
    while absorbed_by[at] != at {
        at = absorbed_by[at];
    }
    at
}

/// Cell by cell; 0 / 0 is 0.
fn quotient(new: &[f64], old: &[f64]) -> Vec<f64> {
    new.iter().zip(old).map(|(new, old)| if *old > 0.0 { new / old } else { 0.0 }).collect()
}
