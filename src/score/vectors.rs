//! Scores of draws of several numbers, and beside them what the same draws would score if the numbers had nothing to do with each other.
//!
//! *Shuffled* draws are those of which each number's values are put into an order of their own, each order as likely as another: they keep what is said of each
//! number and lose what is said of how they hang together, and there are as many of them, so that their number costs both alike. What they score on average is reckoned without
//! going through orders: each draw of it is any value of each number, and each pair any two different values of each.
//!
//! Columns are draws of one number; those at the same place are of one world. Sums run in a fixed order.

use super::dawid_sebastiani::{VarianceDivisor, dawid_sebastiani_ensemble, dawid_sebastiani_vectors};
use super::multivariate::EnsembleEstimator;
use crate::math::{SplitMix, powf};

/// The seed of the orders: the same draws give the same figures.
const SEED: u64 = 0x666f_7265_7465_6c6c;
/// At most so many pairs of vectors are joined in one round; with up to 1,025 draws each pair of a number comes equally often.
const MOST_PAIRS: usize = 1 << 20;
/// At least so many vectors and pairs, in rounds of other orders where there are few draws.
const FEWEST: usize = 1 << 16;
/// And no more rounds than this.
const MOST_ROUNDS: usize = 4096;
/// With up to so many draws the variogram goes through all pairs of values of two numbers, else through as many as these have.
const ALL_PAIRS: usize = 256;

/// The scores of one forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OfVectors {
    /// The energy score.
    pub(super) energy: f64,
    /// The variogram score.
    pub(super) variogram: f64,
    /// The Dawid–Sebastiani score, where the covariances have an inverse; shuffled, of the variances alone.
    pub(super) dawid_sebastiani: Option<f64>,
}

/// The scores of draws, and their means over shuffled draws: of two numbers and two draws at least, all finite.
pub(super) fn scores(
    columns: &[&[f64]],
    outcome: &[f64],
    estimator: EnsembleEstimator,
    order: f64,
) -> (OfVectors, OfVectors) {
    let count = columns.first().map_or(0, |column| column.len());
    let orders = |round: usize| -> Vec<Turned> {
        columns.iter().enumerate().map(|(at, column)| Turned::new(column, round * columns.len() + at)).collect()
    };
    let first = orders(0);
    let root = |distance: f64| distance.sqrt();
    let variogram = if order == 0.5 {
        variograms(columns, outcome, &first, estimator, root)
    } else if order == 1.0 {
        variograms(columns, outcome, &first, estimator, |distance| distance)
    } else {
        variograms(columns, outcome, &first, estimator, |distance| powf(distance, order))
    };
    let divisor = match estimator {
        EnsembleEstimator::Empirical => VarianceDivisor::Count,
        EnsembleEstimator::Fair => VarianceDivisor::CountLessOne,
    };
    let draws: Vec<Vec<f64>> = (0..count).map(|draw| columns.iter().map(|column| column[draw]).collect()).collect();
    let joint = dawid_sebastiani_vectors(&draws, outcome, divisor);
    let alone: Option<f64> =
        columns.iter().zip(outcome).map(|(column, y)| dawid_sebastiani_ensemble(column, *y, divisor)).sum();
    let of_draws = OfVectors {
        energy: energy(columns, outcome, estimator),
        variogram: variogram.0,
        dawid_sebastiani: joint.filter(|_| alone.is_some()),
    };
    let of_shuffled = OfVectors {
        energy: shuffled_energy(first, orders, outcome, estimator),
        variogram: variogram.1,
        dawid_sebastiani: alone.filter(|_| joint.is_some()),
    };
    (of_draws, of_shuffled)
}

/// Half of the mean distance of two draws, as the estimator takes it, of their mean distance where they are different ones.
fn half_apart(distance: f64, count: usize, estimator: EnsembleEstimator) -> f64 {
    match estimator {
        EnsembleEstimator::Empirical => 0.5 * distance * (count as f64 - 1.0) / count as f64,
        EnsembleEstimator::Fair => 0.5 * distance,
    }
}

/// The sum of the roots, in eight lanes.
fn sum_of_roots(squares: &[f64]) -> f64 {
    sum(squares, f64::sqrt)
}

fn sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    let (eights, rest) = values.as_chunks::<8>();
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane += of(*value);
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().map(|value| of(*value)).sum::<f64>()
}

/// Adds the squared distances of the values to a number.
fn add_squares_to(squares: &mut [f64], values: &[f64], number: f64) {
    for (square, value) in squares.iter_mut().zip(values) {
        *square += (value - number) * (value - number);
    }
}

/// Adds the squared distances of values side by side.
fn add_squares(squares: &mut [f64], some: &[f64], others: &[f64]) {
    for ((square, a), b) in squares.iter_mut().zip(some).zip(others) {
        *square += (a - b) * (a - b);
    }
}

/// The energy score, as [`energy_score`](super::energy_score) of the same draws.
fn energy(columns: &[&[f64]], outcome: &[f64], estimator: EnsembleEstimator) -> f64 {
    let count = columns.first().map_or(0, |column| column.len());
    let mut squares = vec![0.0; count];
    for (column, y) in columns.iter().zip(outcome) {
        add_squares_to(&mut squares, column, *y);
    }
    let near = sum_of_roots(&squares) / count as f64;
    let mut between = 0.0;
    for apart in 1..count {
        let squares = &mut squares[..count - apart];
        squares.fill(0.0);
        for column in columns {
            add_squares(squares, column, &column[apart..]);
        }
        between += sum_of_roots(squares);
    }
    let pairs = count as f64 * (count as f64 - 1.0) / 2.0;
    near - half_apart(between / pairs, count, estimator)
}

/// The values of one number in an order of their own.
struct Turned {
    /// Three times one after the other, so that a turn of them lies in one piece.
    values: Vec<f64>,
    /// How far apart the values of a pair lie in that order: 1 to one less than there are, in an order of their own.
    steps: Vec<usize>,
    stream: SplitMix,
}

impl Turned {
    /// The order of this number.
    fn new(column: &[f64], number: usize) -> Self {
        let mut stream = SplitMix::of_replicate(SEED, number as u64);
        let mut values = column.to_vec();
        // What comes of it depends on the values, and not on the order in which they were given.
        values.sort_by(f64::total_cmp);
        stream.shuffle(&mut values);
        let mut steps: Vec<usize> = (1..column.len()).collect();
        stream.shuffle(&mut steps);
        Self { values: values.repeat(3), steps, stream }
    }
}

/// The mean energy score of shuffled draws.
///
/// Values of different numbers meet by turning their orders against each other: each value of each comes equally often in every turn, and with all turns each value of the first with each of any
/// other. Pairs meet likewise, each number with steps of its own.
fn shuffled_energy(
    first: Vec<Turned>,
    orders: impl Fn(usize) -> Vec<Turned>,
    outcome: &[f64],
    estimator: EnsembleEstimator,
) -> f64 {
    let count = first.first().map_or(0, |turned| turned.values.len() / 3);
    let steps = (count - 1).min((MOST_PAIRS / count).max(1));
    let rounds = FEWEST.div_ceil(steps * count).min(MOST_ROUNDS);
    let turns = count.min(FEWEST.div_ceil(count));
    let mut squares = vec![0.0; count];
    let (mut near, mut between) = (0.0, 0.0);
    let mut columns = first;
    for round in 0..rounds {
        if round > 0 {
            columns = orders(round);
        }
        for turn in 0..turns {
            squares.fill(0.0);
            for (at, (column, y)) in columns.iter().zip(outcome).enumerate() {
                let from = at * turn % count;
                add_squares_to(&mut squares, &column.values[from..from + count], *y);
            }
            near += sum_of_roots(&squares);
        }
        for step in 0..steps {
            squares.fill(0.0);
            for column in &mut columns {
                let from = column.stream.below(count);
                let other = from + column.steps[step];
                add_squares(&mut squares, &column.values[from..from + count], &column.values[other..]);
            }
            between += sum_of_roots(&squares);
        }
    }
    let vectors = |of: usize| (rounds * of * count) as f64;
    near / vectors(turns) - half_apart(between / vectors(steps), count, estimator)
}

/// The variogram score, as [`variogram_score`](super::variogram_score) of the same draws, and its mean over shuffled ones.
fn variograms(
    columns: &[&[f64]],
    outcome: &[f64],
    turned: &[Turned],
    estimator: EnsembleEstimator,
    raise: impl Fn(f64) -> f64 + Copy,
) -> (f64, f64) {
    let count = columns.first().map_or(0, |column| column.len());
    let n = count as f64;
    // What the mean over draws varies by, which the fair score is rid of.
    let less = |variance: f64| if estimator == EnsembleEstimator::Fair { variance / (n - 1.0) } else { 0.0 };
    let (mut joint, mut shuffled) = (0.0, 0.0);
    let mut said = vec![0.0; count];
    for j in 0..columns.len() {
        for i in 0..j {
            let seen = raise((outcome[i] - outcome[j]).abs());
            for ((said, a), b) in said.iter_mut().zip(columns[i]).zip(columns[j]) {
                *said = raise((a - b).abs());
            }
            let mean = sum(&said, |value| value) / n;
            let variance = sum(&said, |value| (value - mean) * (value - mean)) / n;
            // Each pair counts twice.
            joint += 2.0 * ((seen - mean) * (seen - mean) - less(variance));
            let of = Apart::new(&turned[i].values[..count], &turned[j].values, raise);
            let variance = of.square - of.mean * of.mean - of.variance_of_mean;
            shuffled += 2.0 * ((seen - of.mean) * (seen - of.mean) + of.variance_of_mean - less(variance));
        }
    }
    (joint, shuffled)
}

/// How far apart values of two numbers are, raised to the order, over pairs of any values of both.
struct Apart {
    mean: f64,
    /// The mean square.
    square: f64,
    /// By how much the mean over draws varies from order to order.
    variance_of_mean: f64,
}

impl Apart {
    /// ```text
    /// variance of the mean = Σ_kl (g_kl - g_k· - g_·l + g_··)² / (n² (n - 1))        g_kl of the k-th value of the first and the l-th of the second
    /// ```
    ///
    /// Through all n² pairs, or else that of the means of turns, of which each is one order \[1\].
    ///
    /// \[1\] Hoeffding (1951), Ann. Math. Stat. 22, 558–566.
    fn new(first: &[f64], second: &[f64], raise: impl Fn(f64) -> f64) -> Self {
        let count = first.len();
        let n = count as f64;
        let turns = if count <= ALL_PAIRS { count } else { (ALL_PAIRS * ALL_PAIRS / count).max(2) };
        let (mut of_first, mut of_second, mut squares) = (vec![0.0; count], vec![0.0; 2 * count], vec![0.0; count]);
        let mut said = vec![0.0; count];
        let mut means = Vec::with_capacity(turns);
        for turn in 0..turns {
            for ((said, a), b) in said.iter_mut().zip(first).zip(&second[turn..]) {
                *said = raise((a - b).abs());
            }
            for ((of_first, square), said) in of_first.iter_mut().zip(&mut squares).zip(&said) {
                *of_first += said;
                *square += said * said;
            }
            for (of_second, said) in of_second[turn..].iter_mut().zip(&said) {
                *of_second += said;
            }
            means.push(sum(&said, |value| value) / n);
        }
        let mean = means.iter().sum::<f64>() / turns as f64;
        let square = sum(&squares, |value| value) / (turns as f64 * n);
        let off = |value: f64| (value - mean) * (value - mean);
        let variance_of_mean = if turns == count {
            let by_first = sum(&of_first, |value| off(value / n));
            let by_second: f64 = (0..count).map(|at| off((of_second[at] + of_second[at + count]) / n)).sum();
            (square - mean * mean - (by_first + by_second) / n).max(0.0) / (n - 1.0)
        } else {
            // Turns of one order exclude each other's pairs, so their means differ by n/(n - 1) more.
            means.iter().map(|value| off(*value)).sum::<f64>() / (turns as f64 - 1.0) * (n - 1.0) / n
        };
        Self { mean, square, variance_of_mean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{energy_score, variogram_score};

    /// Draws of so many numbers, which hang together and differ in scale.
    fn some(count: usize, numbers: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut stream = SplitMix::new(seed);
        let worlds: Vec<f64> = (0..count).map(|_| 2.0 * stream.unit() - 1.0).collect();
        (0..numbers)
            .map(|at| worlds.iter().map(|world| world + (at as f64 + 1.0) * (stream.unit() - 0.5)).collect())
            .collect()
    }

    fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
        columns.iter().map(Vec::as_slice).collect()
    }

    fn rows(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
        (0..columns[0].len()).map(|draw| columns.iter().map(|column| column[draw]).collect()).collect()
    }

    const BOTH: [EnsembleEstimator; 2] = [EnsembleEstimator::Empirical, EnsembleEstimator::Fair];

    #[test]
    fn draws_score_as_the_functions_of_the_library_say() {
        let outcome = [0.3, -0.2, 1.1, 0.0];
        for (count, seed) in [(2, 1), (9, 2), (61, 3), (300, 4)] {
            let columns = some(count, 4, seed);
            for estimator in BOTH {
                for order in [0.5, 1.0, 1.7] {
                    let (found, _) = scores(&slices(&columns), &outcome, estimator, order);
                    let energy = energy_score(&rows(&columns), &outcome, estimator).expect("draws");
                    let variogram = variogram_score(&rows(&columns), &outcome, order, None, estimator).expect("draws");
                    assert!((found.energy - energy).abs() < 1e-12, "{count}: {} {energy}", found.energy);
                    assert!((found.variogram - variogram).abs() < 1e-11, "{count}: {} {variogram}", found.variogram);
                }
            }
        }
    }

    /// The mean of a score over all orders of each number but the first, whose order is of no matter.
    fn over_all_orders(columns: &[Vec<f64>], score: &dyn Fn(&[Vec<f64>]) -> f64) -> f64 {
        fn orders(values: &[f64]) -> Vec<Vec<f64>> {
            if values.len() < 2 {
                return vec![values.to_vec()];
            }
            let mut all = Vec::new();
            for at in 0..values.len() {
                let mut rest = values.to_vec();
                let first = rest.remove(at);
                all.extend(orders(&rest).into_iter().map(|mut order| {
                    order.push(first);
                    order
                }));
            }
            all
        }
        let mut worlds = vec![vec![columns[0].clone()]];
        for column in &columns[1..] {
            let next = orders(column);
            worlds = worlds
                .iter()
                .flat_map(|known| next.iter().map(|order| [known.as_slice(), std::slice::from_ref(order)].concat()))
                .collect();
        }
        worlds.iter().map(|columns| score(&rows(columns))).sum::<f64>() / worlds.len() as f64
    }

    #[test]
    fn shuffled_draws_score_as_all_their_orders_do_on_average() {
        for (columns, outcome, near) in [
            (some(4, 3, 5), &[0.3, -0.2, 1.1][..], 3e-3),
            (some(6, 2, 6), &[0.3, 0.9], 3e-3),
            (some(2, 4, 7), &[0.0, 0.1, -2.0, 1.0], 3e-3),
        ] {
            for estimator in BOTH {
                for order in [0.5, 1.0] {
                    let (_, found) = scores(&slices(&columns), outcome, estimator, order);
                    let energy =
                        over_all_orders(&columns, &|draws| energy_score(draws, outcome, estimator).expect("draws"));
                    let variogram = over_all_orders(&columns, &|draws| {
                        variogram_score(draws, outcome, order, None, estimator).expect("draws")
                    });
                    assert!((found.energy - energy).abs() < near * energy.abs(), "{} {energy}", found.energy);
                    assert!((found.variogram - variogram).abs() < 1e-12, "{} {variogram}", found.variogram);
                }
            }
        }
    }

    #[test]
    fn shuffled_scores_are_the_same_however_draws_are_joined() {
        let columns = some(50, 3, 9);
        let mut others = columns.clone();
        others[1].reverse();
        others[2].rotate_left(7);
        let outcome = [0.3, -0.2, 1.1];
        for estimator in BOTH {
            let (first, alone) = scores(&slices(&columns), &outcome, estimator, 0.5);
            let (second, same) = scores(&slices(&others), &outcome, estimator, 0.5);
            assert_eq!((alone.energy, alone.variogram), (same.energy, same.variogram));
            assert!((first.energy - second.energy).abs() > 0.01 && first.variogram != second.variogram);
        }
    }

    #[test]
    fn with_many_draws_some_pairs_stand_for_all() {
        let columns = some(600, 2, 8);
        let pairs = || columns[0].iter().flat_map(|a| columns[1].iter().map(move |b| (a - b).abs().sqrt()));
        let n = 360_000.0;
        let mean = pairs().sum::<f64>() / n;
        let square = pairs().map(|value| value * value).sum::<f64>() / n;
        let (_, found) = scores(&slices(&columns), &[0.0, 0.5], EnsembleEstimator::Fair, 0.5);
        let variance = square - mean * mean;
        // 109 turns of 600 pairs. The mean is off by 5.2 standard errors with 2e-7, and the fair score by what single values vary by, over the number of draws.
        let error = 5.2 * (variance / (109.0 * 600.0)).sqrt();
        let miss = 0.5_f64.sqrt() - mean;
        let bound = 2.0 * (2.0 * miss.abs() * error + error * error) + 2.0 * variance / 599.0;
        assert!((found.variogram - 2.0 * miss * miss).abs() < bound, "{} {}", found.variogram, 2.0 * miss * miss);
    }

    #[test]
    fn dawid_and_sebastiani_hold_covariances_against_variances_alone() {
        // Variances 2/3 and covariance 1/3: ((2, 1), (1, 2))/3, with the inverse ((2, -1), (-1, 2)) and the determinant 1/3.
        let columns = [vec![1.0, 0.0, -1.0], vec![0.0, 1.0, -1.0]];
        let (joint, alone) = scores(&slices(&columns), &[1.0, 2.0], EnsembleEstimator::Empirical, 0.5);
        let close = |found: Option<f64>, expected: f64| (found.expect("an inverse") - expected).abs() < 1e-13;
        assert!(close(joint.dawid_sebastiani, 6.0 + (1.0_f64 / 3.0).ln()));
        assert!(close(alone.dawid_sebastiani, (1.0 + 4.0) * 1.5 + 2.0 * (2.0_f64 / 3.0).ln()));
        let follows = [vec![1.0, 0.0, -1.0], vec![2.0, 0.0, -2.0]];
        let (joint, alone) = scores(&slices(&follows), &[1.0, 2.0], EnsembleEstimator::Empirical, 0.5);
        assert_eq!((joint.dawid_sebastiani, alone.dawid_sebastiani), (None, None));
    }
}
