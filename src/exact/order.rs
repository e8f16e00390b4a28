//! In which order variables are summed out.
//!
//! Greedy: next comes the variable whose removal joins the fewest pairs of its neighbours (min-fill), or the one with the smallest
//! table (min-weight); ties go to the other measure, then to the first. If the tables of the first order are not small, both orders are made
//! and the one with the smaller tables is taken.
//! The graph is rows of bits.
//!
//! Sources: Kjaerulff (1990), Triangulation of graphs – algorithms giving small total state space; Dechter (1999), Bucket
//! elimination, Artificial Intelligence 113, 41–85.

/// An order of elimination and what it leads to.
#[derive(Debug, Clone)]
pub(super) struct Elimination {
    /// The variables, first eliminated first.
    pub(super) order: Vec<u32>,
    /// For each place of the order, the neighbours that are left then.
    pub(super) neighbours: Vec<Vec<u32>>,
    /// The cells of all tables together, and of the largest.
    pub(super) cells: f64,
    /// The cells of the largest table.
    pub(super) largest: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Fill,
    Weight,
}

/// Which variables share a factor.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    words: usize,
    rows: Vec<u64>,
}

impl Graph {
    /// Of so many variables, none joined.
    pub(super) fn new(variables: usize) -> Self {
        let words = variables.div_ceil(64);
        Self { words, rows: vec![0; variables * words] }
    }

    /// Joins all variables of a scope with one another.
    pub(super) fn join(&mut self, scope: &[u32]) {
        for left in scope {
            for right in scope {
                if left != right {
                    self.rows[*left as usize * self.words + *right as usize / 64] |= 1 << (*right % 64);
                }
            }
        }
    }

    fn row(&self, variable: u32) -> &[u64] {
        &self.rows[variable as usize * self.words..(variable as usize + 1) * self.words]
    }

    fn neighbours(&self, variable: u32) -> Vec<u32> {
        let mut found = Vec::new();
        for (word_at, word) in self.row(variable).iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                found.push(64 * word_at as u32 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        found
    }

    /// How many pairs of neighbours are not joined.
    fn fill(&self, variable: u32, neighbours: &[u32]) -> u32 {
        let own = self.row(variable);
        let joined: u32 = neighbours
            .iter()
            .map(|other| own.iter().zip(self.row(*other)).map(|(left, right)| (left & right).count_ones()).sum::<u32>())
            .sum();
        let count = neighbours.len() as u32;
        (count * count.saturating_sub(1) - joined) / 2
    }

    /// Joins the neighbours of a variable and takes it away.
    fn eliminate(&mut self, variable: u32, neighbours: &[u32]) {
        let own = self.row(variable).to_vec();
        for other in neighbours {
            let from = *other as usize * self.words;
            for (word, more) in self.rows[from..from + self.words].iter_mut().zip(&own) {
                *word |= more;
            }
            self.rows[from + *other as usize / 64] &= !(1 << (*other % 64));
            self.rows[from + variable as usize / 64] &= !(1 << (variable % 64));
        }
    }
}

/// The better of the two greedy orders. Variables marked `last` come after all others.
pub(super) fn eliminate(graph: &Graph, cards: &[u32], last: &[bool]) -> Elimination {
    // Smaller tables are filled in less time than it takes to look for another order.
    const FEW_CELLS: f64 = 131_072.0;
    let by_fill = greedy(graph.clone(), cards, last, Measure::Fill, f64::INFINITY);
    if let Some(found) = by_fill.as_ref().filter(|found| found.cells <= FEW_CELLS) {
        return found.clone();
    }
    let limit = by_fill.as_ref().map_or(f64::INFINITY, |one| one.cells);
    let by_weight = greedy(graph.clone(), cards, last, Measure::Weight, limit);
    by_weight.or(by_fill).expect("an order without a limit is always found")
}

/// Gives up once the tables have more cells than `limit`.
fn greedy(mut graph: Graph, cards: &[u32], last: &[bool], measure: Measure, limit: f64) -> Option<Elimination> {
    let variables = cards.len() as u32;
    let score = |graph: &Graph, variable: u32| -> (f64, f64) {
        let neighbours = graph.neighbours(variable);
        let fill = f64::from(graph.fill(variable, &neighbours));
        let weight = neighbours.iter().map(|other| f64::from(cards[*other as usize])).product::<f64>()
            * f64::from(cards[variable as usize]);
        if measure == Measure::Fill { (fill, weight) } else { (weight, fill) }
    };
    let mut scores: Vec<(f64, f64)> = (0..variables).map(|variable| score(&graph, variable)).collect();
    let mut found = Elimination { order: Vec::new(), neighbours: Vec::new(), cells: 0.0, largest: 0.0 };
    let mut waiting: Vec<u32> = (0..variables).collect();
    let mut stale: Vec<u32> = Vec::new();
    while !waiting.is_empty() {
        let key = |variable: u32| (last.get(variable as usize).copied().unwrap_or(false), scores[variable as usize]);
        let best = (1..waiting.len()).fold(0, |best, at| {
            let (one, other) = (key(waiting[at]), key(waiting[best]));
            if one < other || (one == other && waiting[at] < waiting[best]) { at } else { best }
        });
        let variable = waiting.swap_remove(best);
        let neighbours = graph.neighbours(variable);
        let clique = neighbours.iter().map(|other| f64::from(cards[*other as usize])).product::<f64>()
            * f64::from(cards[variable as usize]);
        found.cells += clique;
        found.largest = found.largest.max(clique);
        if found.cells >= limit {
            return None;
        }
        let fills = graph.fill(variable, &neighbours) > 0;
        graph.eliminate(variable, &neighbours);
        stale.clear();
        stale.extend(&neighbours);
        if fills {
            // A new edge matters to whoever is next to both of its ends.
            for other in &neighbours {
                stale.extend(graph.neighbours(*other));
            }
            stale.sort_unstable();
            stale.dedup();
        }
        for other in &stale {
            scores[*other as usize] = score(&graph, *other);
        }
        found.order.push(variable);
        found.neighbours.push(neighbours);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_needs_pairs_and_a_ring_needs_triples() {
        let mut chain = Graph::new(100);
        (0..99).for_each(|at| chain.join(&[at, at + 1]));
        assert_eq!(eliminate(&chain, &[2; 100], &[]).largest, 4.0);
        chain.join(&[0, 99]);
        let ring = eliminate(&chain, &[2; 100], &[]);
        assert_eq!(ring.largest, 8.0);
        assert_eq!(ring.order.len(), 100);
    }

    #[test]
    fn what_comes_last_comes_last() {
        let mut star = Graph::new(5);
        (1..5).for_each(|at| star.join(&[0, at]));
        let mut last = [false; 5];
        (last[1], last[2]) = (true, true);
        let order = eliminate(&star, &[2; 5], &last).order;
        assert_eq!(&order[3..], &[1, 2]);
    }
}
