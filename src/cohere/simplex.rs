//! Linear programs over distributions on possible worlds, by the simplex method.
//!
//! ```text
//! minimise    sum over worlds of cost(w) share(w) + sum over rows of short_r u_r + over_r v_r
//! subject to  sum share(w) = 1,   sum row_r(w) share(w) + u_r - v_r = right_r,   share, u, v >= 0
//! ```
//!
//! Each row may be missed to either side at a price, so that any world alone, with what it misses, is a vertex to begin with. A basis has one column
//! more than there are rows, a few dozen at most, and its inverse is kept; worlds that are added later are taken up from the vertex that was reached. The
//! prices at the end say which world would lower it further, if one that is not known would.
//!
//! The column that gains most enters; where none gains for long, the first that would, which never runs in a circle. Dantzig (1963), Linear Programming
//! and Extensions; Bland (1977), Math. Oper. Res. 2, 103–107.

use super::program::Linear;
use super::worlds::World;

/// A column gains nothing that gains no more than this, against the dearest price.
const GAIN: f64 = 1e-11;
/// A column is not exchanged for another by a number as small as this.
const PIVOT: f64 = 1e-9;
/// A step as short as this is none.
const STEP: f64 = 1e-13;
/// After so many exchanges the inverse is computed anew.
const ANEW: usize = 50;
/// What fewer exchanges have lost is below all that counts.
const FRESH: usize = 16;
/// So many exchanges for each row and column are enough.
const ENOUGH: usize = 50;
/// So many products and sums count as one step of a search.
pub(super) const A_STEP: u64 = 512;

/// A number that is to become `right`, and what one costs that is missing or too much.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) of: Linear,
    pub(super) right: f64,
    pub(super) short: f64,
    pub(super) over: f64,
}

/// What has a share in a vertex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    World(usize),
    Short(usize),
    Over(usize),
}

/// A program, and the vertex that was reached.
#[derive(Debug)]
pub(super) struct Simplex {
    cost: Linear,
    rows: Vec<Row>,
    /// How many columns a basis has.
    size: usize,
    /// The columns of the worlds one after the other, each beginning with its part of the sum of all shares.
    columns: Vec<f64>,
    costs: Vec<f64>,
    basis: Vec<Column>,
    is_basic: Vec<bool>,
    /// The inverse of the basis, row by row.
    inverse: Vec<f64>,
    values: Vec<f64>,
    /// What one more of the sum of all shares and of each right side would cost.
    prices: Vec<f64>,
    /// What gains no more than this gains nothing.
    gain: f64,
    /// Exchanges since the inverse was computed.
    exchanged: usize,
    /// How many products and sums it took.
    work: u64,
}

/// A vertex than which none is lower.
#[derive(Debug)]
pub(super) struct Vertex {
    pub(super) value: f64,
    /// The worlds that have a share, and what that is.
    pub(super) shares: Vec<(usize, f64)>,
    /// By how much each row is missed at a price.
    pub(super) missed: Vec<f64>,
    /// What one more of each right side would cost.
    pub(super) prices: Vec<f64>,
    /// What a world would change, were it added: what lies below 0 lowers the value.
    pub(super) price: Linear,
}

impl Simplex {
    /// A program that knows no world yet.
    pub(super) fn new(cost: Linear, rows: Vec<Row>) -> Self {
        let size = rows.len() + 1;
        let dearest = rows.iter().fold(1.0_f64, |most, row| most.max(row.short).max(row.over));
        Self {
            cost,
            rows,
            size,
            columns: Vec::new(),
            costs: Vec::new(),
            basis: Vec::new(),
            is_basic: Vec::new(),
            inverse: Vec::new(),
            values: Vec::new(),
            prices: Vec::new(),
            gain: GAIN * dearest,
            exchanged: 0,
            work: 0,
        }
    }

    /// Makes another world known.
    pub(super) fn add(&mut self, world: &World) {
        self.columns.push(1.0);
        self.columns.extend(self.rows.iter().map(|row| row.of.at(world)));
        self.costs.push(self.cost.at(world));
        self.is_basic.push(false);
        if self.costs.len() == 1 {
            self.begin();
        }
    }

    /// How many worlds are known.
    pub(super) const fn known(&self) -> usize {
        self.costs.len()
    }

    /// How many steps it took since this was asked last.
    pub(super) fn steps(&mut self) -> u64 {
        std::mem::take(&mut self.work) / A_STEP
    }

    /// How many steps a program of so many rows and worlds takes, roughly.
    pub(super) const fn expected(rows: usize, worlds: usize) -> u64 {
        (rows * (rows + worlds)) as u64 * 2 * rows as u64 / A_STEP
    }

    fn column(&self, world: usize) -> &[f64] {
        &self.columns[world * self.size..(world + 1) * self.size]
    }

    fn cost_of(&self, column: Column) -> f64 {
        match column {
            Column::World(world) => self.costs[world],
            Column::Short(row) => self.rows[row].short,
            Column::Over(row) => self.rows[row].over,
        }
    }

    /// The first world alone.
    fn begin(&mut self) {
        self.basis = vec![Column::World(0)];
        self.is_basic[0] = true;
        for (row, of) in self.rows.iter().enumerate() {
            let is_short = of.right >= self.columns[row + 1];
            self.basis.push(if is_short { Column::Short(row) } else { Column::Over(row) });
        }
        let size = self.size;
        self.inverse = vec![0.0; size * size];
        self.inverse[0] = 1.0;
        for at in 1..size {
            let sign = if matches!(self.basis[at], Column::Short(_)) { 1.0 } else { -1.0 };
            self.inverse[at * size] = -sign * self.columns[at];
            self.inverse[at * size + at] = sign;
        }
        self.read();
    }

    /// The values and prices of the basis by its inverse.
    fn read(&mut self) {
        let right = |row: usize| if row == 0 { 1.0 } else { self.rows[row - 1].right };
        let rights: Vec<f64> = (0..self.size).map(right).collect();
        self.values = self.inverse.chunks_exact(self.size).map(|row| product(row, &rights).max(0.0)).collect();
        let mut prices = vec![0.0; self.size];
        for (column, row) in self.basis.iter().zip(self.inverse.chunks_exact(self.size)) {
            let cost = self.cost_of(*column);
            if cost != 0.0 {
                prices.iter_mut().zip(row).for_each(|(price, of)| *price += cost * of);
            }
        }
        self.prices = prices;
        self.work += 2 * (self.size * self.size) as u64;
    }

    /// Computes the inverse of the basis anew; whether there is one.
    fn invert(&mut self) -> bool {
        let size = self.size;
        // The basis beside what becomes its inverse, row by row.
        let width = 2 * size;
        let mut table = vec![0.0; size * width];
        for (at, column) in self.basis.iter().enumerate() {
            match *column {
                Column::World(world) => {
                    for (row, entry) in self.column(world).iter().enumerate() {
                        table[row * width + at] = *entry;
                    }
                }
                Column::Short(row) => table[(row + 1) * width + at] = 1.0,
                Column::Over(row) => table[(row + 1) * width + at] = -1.0,
            }
        }
        for at in 0..size {
            table[at * width + size + at] = 1.0;
        }
        for at in 0..size {
            let largest = (at..size).max_by(|a, b| table[a * width + at].abs().total_cmp(&table[b * width + at].abs()));
            let Some(largest) = largest.filter(|row| table[row * width + at].abs() > PIVOT) else { return false };
            if largest != at {
                let (above, below) = table.split_at_mut(largest * width);
                above[at * width..(at + 1) * width].swap_with_slice(&mut below[..width]);
            }
            let pivot = table[at * width + at];
            table[at * width..(at + 1) * width].iter_mut().for_each(|entry| *entry /= pivot);
            let lead = table[at * width..(at + 1) * width].to_vec();
            for (row, entries) in table.chunks_exact_mut(width).enumerate() {
                let factor = entries[at];
                if row != at && factor != 0.0 {
                    entries.iter_mut().zip(&lead).for_each(|(entry, of)| *entry -= factor * of);
                }
            }
        }
        for (row, entries) in self.inverse.chunks_exact_mut(size).zip(table.chunks_exact(width)) {
            row.copy_from_slice(&entries[size..]);
        }
        self.exchanged = 0;
        self.work += (size * size * width) as u64;
        self.read();
        true
    }

    /// Each column that would gain, with what one of it gains.
    fn gaining(&self) -> impl Iterator<Item = (Column, f64)> {
        let worlds = (0..self.costs.len()).filter(|world| !self.is_basic[*world]).map(|world| {
            let gain = product(self.column(world), &self.prices) - self.costs[world];
            (Column::World(world), gain)
        });
        let misses = self.rows.iter().zip(&self.prices[1..]).enumerate().flat_map(|(row, (of, price))| {
            [(Column::Short(row), price - of.short), (Column::Over(row), -price - of.over)]
        });
        misses.chain(worlds).filter(|(_, gain)| *gain > self.gain)
    }

    /// What each column of the basis loses for one of another.
    fn direction(&self, column: Column) -> Vec<f64> {
        let rows = self.inverse.chunks_exact(self.size);
        match column {
            Column::World(world) => rows.map(|row| product(row, self.column(world))).collect(),
            Column::Short(at) => rows.map(|row| row[at + 1]).collect(),
            Column::Over(at) => rows.map(|row| -row[at + 1]).collect(),
        }
    }

    /// Exchanges columns until none that is known would gain; whether it came to that, and not to numbers that cannot be trusted.
    pub(super) fn settle(&mut self) -> bool {
        let most = ENOUGH * (self.size + self.costs.len());
        let (mut still, mut is_sure) = (0, false);
        for _ in 0..most {
            self.work += (self.size * (self.costs.len() + 2 * self.size)) as u64;
            let is_stuck = still > 2 * self.size;
            let entering = if is_stuck {
                self.gaining().next()
            } else {
                self.gaining().fold(None, |best: Option<(Column, f64)>, one| match best {
                    Some(best) if best.1 >= one.1 => Some(best),
                    _ => Some(one),
                })
            };
            let Some((entering, gain)) = entering else {
                // What many exchanges have lost is put right before it is believed.
                if self.exchanged < FRESH || is_sure {
                    return true;
                }
                is_sure = true;
                if !self.invert() {
                    return false;
                }
                continue;
            };
            let direction = self.direction(entering);
            let Some((leaving, step)) = self.leaving(&direction, is_stuck) else { return false };
            still = if step > STEP { 0 } else { still + 1 };
            self.exchange(entering, gain, leaving, step, &direction);
            if self.exchanged >= ANEW && !self.invert() {
                return false;
            }
        }
        false
    }

    /// The place of the basis that is used up first, and after how much; of several the one of the largest number, or if it is stuck the first column.
    fn leaving(&self, direction: &[f64], is_stuck: bool) -> Option<(usize, f64)> {
        let rank = |at: usize| match self.basis[at] {
            Column::Short(row) => 2 * row,
            Column::Over(row) => 2 * row + 1,
            Column::World(world) => 2 * self.rows.len() + world,
        };
        let mut best: Option<(usize, f64)> = None;
        for (at, (value, of)) in self.values.iter().zip(direction).enumerate() {
            if *of <= PIVOT {
                continue;
            }
            let step = value / of;
            let is_first = best.is_none_or(|(other, least)| {
                if (step - least).abs() > STEP {
                    step < least
                } else if is_stuck {
                    rank(at) < rank(other)
                } else {
                    *of > direction[other]
                }
            });
            if is_first {
                best = Some((at, step));
            }
        }
        best
    }

    fn exchange(&mut self, entering: Column, gain: f64, leaving: usize, step: f64, direction: &[f64]) {
        let size = self.size;
        let pivot = direction[leaving];
        for (value, of) in self.values.iter_mut().zip(direction) {
            *value = (*value - step * of).max(0.0);
        }
        self.values[leaving] = step;
        let lead: Vec<f64> =
            self.inverse[leaving * size..(leaving + 1) * size].iter().map(|entry| entry / pivot).collect();
        for (at, (row, factor)) in self.inverse.chunks_exact_mut(size).zip(direction).enumerate() {
            if at == leaving {
                row.copy_from_slice(&lead);
            } else if *factor != 0.0 {
                row.iter_mut().zip(&lead).for_each(|(entry, of)| *entry -= factor * of);
            }
        }
        self.prices.iter_mut().zip(&lead).for_each(|(price, of)| *price -= gain * of);
        if let Column::World(world) = self.basis[leaving] {
            self.is_basic[world] = false;
        }
        if let Column::World(world) = entering {
            self.is_basic[world] = true;
        }
        self.basis[leaving] = entering;
        self.exchanged += 1;
        self.work += (size * size) as u64;
    }

    /// What was reached.
    pub(super) fn vertex(&self) -> Vertex {
        let (mut value, mut shares, mut missed) = (0.0, Vec::new(), vec![0.0; self.rows.len()]);
        for (column, share) in self.basis.iter().zip(&self.values) {
            let cost = self.cost_of(*column);
            value += cost * share;
            match *column {
                Column::World(world) => shares.push((world, *share)),
                Column::Short(row) | Column::Over(row) if cost > 0.0 => missed[row] += share,
                Column::Short(_) | Column::Over(_) => {}
            }
        }
        shares.sort_unstable_by_key(|(world, _)| *world);
        let mut price = self.cost.clone();
        price.constant -= self.prices[0];
        for (row, of) in self.rows.iter().zip(&self.prices[1..]) {
            if *of != 0.0 {
                price.add(-of, &row.of);
            }
        }
        Vertex { value, shares, missed, prices: self.prices[1..].to_vec(), price }
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
