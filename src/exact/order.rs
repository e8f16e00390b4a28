//! In which order variables are summed out.
//!
//! Greedy: next comes the variable whose removal joins the fewest pairs of its neighbours (min-fill), or the one with the smallest
//! table (min-weight); ties go to the other measure, then to the first. If the tables of the first order are not small, both orders are made
//! and the one with the smaller tables is taken. If those are large, more are tried: that in which the variables stand, from either end, and
//! greedy ones whose measure is multiplied by a number of its own for each variable, so that another of the nearly best comes next.
//! These numbers are hashes: the order depends on the graph and nothing else. The graph is rows of bits.
//!
//! Sources: Kjaerulff (1990), Triangulation of graphs – algorithms giving small total state space; Dechter (1999), Bucket
//! elimination, Artificial Intelligence 113, 41–85; Fishelson and Geiger (2004), Optimizing exact genetic linkage computations,
//! J. Comput. Biol. 11, 263–275 (fill weighed by the states of the pairs joined; repeated greedy orders with chance in them).

use super::MOST_CELLS;

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
    /// The pairs of neighbours that are joined.
    Fill,
    /// The same, each as much as the combinations of states that it has.
    WeighedFill,
    /// The cells of the table.
    Weight,
    /// The place of the variable, from the first on.
    Place,
    /// The same from the last on.
    PlaceFromTheEnd,
}

/// What the next variable is chosen by.
#[derive(Debug, Clone, Copy)]
struct Rule {
    measure: Measure,
    /// Which numbers the measure is multiplied by; 0 for none.
    trial: u64,
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

    /// The combinations of states of the pairs of neighbours that are not joined.
    fn weighed_fill(&self, neighbours: &[u32], cards: &[u32]) -> f64 {
        let mut sum = 0.0;
        for (at, left) in neighbours.iter().enumerate() {
            let row = self.row(*left);
            for right in &neighbours[at + 1..] {
                if (row[*right as usize / 64] >> (*right % 64)) & 1 == 0 {
                    sum += f64::from(cards[*left as usize]) * f64::from(cards[*right as usize]);
                }
            }
        }
        sum
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

/// The order with the fewest cells of those tried. Variables marked `last` come after all others.
pub(super) fn eliminate(graph: &Graph, cards: &[u32], last: &[bool]) -> Elimination {
    // Smaller tables are filled in less time than it takes to look for another order.
    const FEW_CELLS: f64 = 131_072.0;
    const MANY_CELLS: f64 = 1_048_576.0;
    let by =
        |measure: Measure, trial: u64, limit: f64| greedy(graph.clone(), cards, last, Rule { measure, trial }, limit);
    let by_fill = by(Measure::Fill, 0, f64::INFINITY);
    if let Some(found) = by_fill.as_ref().filter(|found| found.cells <= FEW_CELLS) {
        return found.clone();
    }
    let limit = by_fill.as_ref().map_or(f64::INFINITY, |one| one.cells);
    let by_weight = by(Measure::Weight, 0, limit);
    let mut best = by_weight.or(by_fill).expect("an order without a limit is always found");
    if best.cells <= MANY_CELLS {
        return best;
    }
    // Each looks at every variable once for every variable.
    let trials = (16_000_000 / (cards.len() * cards.len())).min(24) as u64;
    let greedy = |trial: u64| {
        let measures = [Measure::Fill, Measure::Weight, Measure::WeighedFill];
        (measures[(trial % 3) as usize], trial)
    };
    let in_place = [(Measure::Place, 0), (Measure::PlaceFromTheEnd, 0)];
    for (measure, trial) in in_place.into_iter().filter(|_| trials > 0).chain((1..=trials).map(greedy)) {
        // What is too large in any case need not be followed to its end.
        if let Some(better) = by(measure, trial, best.cells.min(MOST_CELLS)) {
            best = better;
        }
    }
    best
}

/// A number from 0 to 1, the same for the same trial and variable: the finaliser of splitmix64 (Steele, Lea and Flood 2014).
fn number_of(trial: u64, variable: u32) -> f64 {
    let mut bits = trial.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(variable).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Gives up once the tables have more cells than `limit`.
fn greedy(mut graph: Graph, cards: &[u32], last: &[bool], rule: Rule, limit: f64) -> Option<Elimination> {
    let variables = cards.len() as u32;
    let score = |graph: &Graph, variable: u32| -> (f64, f64) {
        let neighbours = graph.neighbours(variable);
        let fill = f64::from(graph.fill(variable, &neighbours));
        let weight = neighbours.iter().map(|other| f64::from(cards[*other as usize])).product::<f64>()
            * f64::from(cards[variable as usize]);
        let (first, second) = match rule.measure {
            Measure::Fill => (fill, weight),
            Measure::WeighedFill => (graph.weighed_fill(&neighbours, cards), weight),
            Measure::Weight => (weight, fill),
            Measure::Place => (f64::from(variable), 0.0),
            Measure::PlaceFromTheEnd => (-f64::from(variable), 0.0),
        };
        let factor = if rule.trial == 0 { 1.0 } else { 1.0 + number_of(rule.trial, variable) };
        (factor * first, second)
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
    fn a_grid_whose_greedy_orders_are_poor_is_taken_in_a_better_one() {
        // Each place depends on the one above and the one to the left, which are joined by that. Row by row no table has more than a row and two.
        const SIDE: u32 = 14;
        let at = |row: u32, column: u32| row * SIDE + column;
        let mut grid = Graph::new((SIDE * SIDE) as usize);
        for row in 0..SIDE {
            for column in 0..SIDE {
                let mut scope = vec![at(row, column)];
                scope.extend((row > 0).then(|| at(row - 1, column)));
                scope.extend((column > 0).then(|| at(row, column - 1)));
                grid.join(&scope);
            }
        }
        let cards = [2; (SIDE * SIDE) as usize];
        let greedy = |measure| {
            greedy(grid.clone(), &cards, &[], Rule { measure, trial: 0 }, f64::INFINITY).expect("it has no limit")
        };
        assert!(greedy(Measure::Fill).cells > MOST_CELLS && greedy(Measure::Weight).cells > MOST_CELLS);
        let found = eliminate(&grid, &cards, &[]);
        let row_by_row = f64::from(SIDE * SIDE) * 65_536.0;
        assert!(found.cells <= row_by_row && found.largest <= 65_536.0, "{} {}", found.cells, found.largest);
        let mut order = found.order.clone();
        order.sort_unstable();
        assert!(order.into_iter().eq(0..SIDE * SIDE));
    }

    #[test]
    fn fill_is_weighed_by_the_states_of_the_pairs() {
        let mut graph = Graph::new(4);
        [[0, 1], [0, 2], [0, 3], [1, 2]].iter().for_each(|pair| graph.join(pair));
        // Of the pairs among 1, 2 and 3 those with 3 are missing.
        assert_eq!(graph.weighed_fill(&[1, 2, 3], &[2, 3, 5, 7]), 3.0 * 7.0 + 5.0 * 7.0);
    }

    #[test]
    fn numbers_of_trials_are_spread_over_the_unit_interval() {
        let numbers: Vec<f64> = (0..10_000).map(|at| number_of(1 + at / 100, (at % 100) as u32)).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        // Six standard errors of the mean of 10,000 uniform numbers: 6 / sqrt(120,000).
        assert!((numbers.iter().sum::<f64>() / 1e4 - 0.5).abs() < 0.0174);
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
