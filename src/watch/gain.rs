//! What knowing a finding is worth to a forecast, from the table of both.
//!
//! All figures come with their Monte Carlo errors by the delta method, from how many equally weighted worlds the table was counted in; a table
//! that was computed has none. The expected gains are biased upwards where they are counted, since chance alone makes rows of a table
//! differ; the bias is taken off (Miller 1955 for the information, the same expansion for the variance).

use crate::forecast::Estimate;
use crate::math::ln;

/// The joint probabilities of a finding (rows) and a target (columns).
#[derive(Debug, Clone, PartialEq)]
pub struct Contingency {
    cells: Vec<Vec<f64>>,
    worlds: Option<f64>,
}

/// What a finding is expected to do to a forecast once it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gains {
    /// By how much the forecast moves: of the probability of yes, half the sum over several options, of the mean of a number.
    pub change: Estimate,
    /// By how much the Brier score falls: the variance that the finding takes away. Over all options where there are more than two; of a number the fall of its squared error.
    pub brier: Estimate,
    /// By how much the logarithmic score falls: their mutual information, in nats. `None` for a number.
    pub log: Option<Estimate>,
    /// Whether the finding and the target are told apart from independence: exactly, or by a test that errs once in a million.
    pub seen: bool,
}

impl Contingency {
    /// From the probability of each outcome of the finding (rows) together with each outcome of the target (columns), and the number of
    /// equally weighted worlds they were counted in; `None` for computed ones. Probabilities are normalised; `None` if they sum to nothing.
    ///
    /// ```
    /// use foretell::watch::Contingency;
    /// let table = Contingency::new(vec![vec![0.3, 0.1], vec![0.2, 0.4]], None).unwrap();
    /// let gains = table.gains();
    /// // Var(E[Q | X]) = 0.4 (0.25 - 0.5)² + 0.6 (2/3 - 0.5)²
    /// assert!((gains.brier.value - (0.4 * 0.0625 + 0.6 / 36.0)).abs() < 1e-15);
    /// ```
    #[must_use]
    pub fn new(cells: Vec<Vec<f64>>, worlds: Option<f64>) -> Option<Self> {
        let columns = cells.first()?.len();
        let sane = cells.iter().all(|row| row.len() == columns && row.iter().all(|cell| cell.is_finite()));
        let cells: Vec<Vec<f64>> =
            cells.into_iter().map(|row| row.into_iter().map(|cell| cell.max(0.0)).collect()).collect();
        let all: f64 = cells.iter().flatten().sum();
        if !sane || all <= 0.0 || all.is_infinite() {
            return None;
        }
        let cells = cells.into_iter().map(|row| row.into_iter().map(|cell| cell / all).collect()).collect();
        Some(Self { cells, worlds: worlds.filter(|worlds| *worlds > 0.0) })
    }

    /// The joint probabilities, a row for each outcome of the finding.
    #[must_use]
    pub fn cells(&self) -> &[Vec<f64>] {
        &self.cells
    }

    /// The probability of each outcome of the finding.
    #[must_use]
    pub fn rows(&self) -> Vec<f64> {
        self.cells.iter().map(|row| row.iter().sum()).collect()
    }

    /// The probability of each outcome of the target.
    #[must_use]
    pub fn columns(&self) -> Vec<f64> {
        let columns = self.cells.first().map_or(0, Vec::len);
        (0..columns).map(|at| self.cells.iter().map(|row| row[at]).sum()).collect()
    }

    /// What the finding is worth.
    ///
    /// ```text
    /// change = ½ Σ_x P(x) Σ_q |P(q | x) - P(q)|
    /// brier  = Σ_x P(x) Σ_q (P(q | x) - P(q))²        halved for yes and no, whose score is that of yes alone
    /// log    = Σ_x Σ_q P(x, q) ln (P(x, q) / (P(x) P(q)))
    /// ```
    #[must_use]
    pub fn gains(&self) -> Gains {
        let (rows, columns) = (self.rows(), self.columns());
        // The Brier score of a yes/no question is that of yes alone, half the sum over both.
        let scale = if columns.len() == 2 { 0.5 } else { 1.0 };
        let (mut change, mut brier, mut log) = (0.0, 0.0, 0.0);
        let mut within = 0.0;
        // How fast each figure rises with a cell, and for the variance of that the mean and the mean square.
        let mut slopes: Vec<(f64, [f64; 3])> = Vec::new();
        let sign = |at: usize, column: usize| -> f64 {
            let apart = self.cells[at][column] - rows[at] * columns[column];
            if apart > 0.0 { 1.0 } else { -1.0 }
        };
        let by_column: Vec<f64> = (0..columns.len())
            .map(|column| rows.iter().enumerate().map(|(at, row)| row * sign(at, column)).sum())
            .collect();
        for (at, (cells, row)) in self.cells.iter().zip(&rows).enumerate() {
            if *row <= 0.0 {
                continue;
            }
            let shares: Vec<f64> = cells.iter().map(|cell| cell / row).collect();
            let squares: f64 = shares.iter().map(|share| share * share).sum();
            let by_row: f64 = columns.iter().enumerate().map(|(column, share)| share * sign(at, column)).sum();
            within += shares.iter().map(|share| share * (1.0 - share)).sum::<f64>();
            for (column, (cell, whole)) in cells.iter().zip(&columns).enumerate() {
                let share = shares[column];
                change += 0.5 * (cell - row * whole).abs();
                brier += scale * row * (share - whole) * (share - whole);
                if *cell > 0.0 {
                    let surprise = ln(share / whole);
                    log += cell * surprise;
                    let of_change = 0.5 * (sign(at, column) - by_row - by_column[column]);
                    let of_brier = scale * (2.0 * share - squares - 2.0 * whole);
                    slopes.push((*cell, [of_change, of_brier, surprise]));
                }
            }
        }
        let Some(worlds) = self.worlds else {
            // Sums of rounded numbers.
            let seen = brier > 1e-15;
            let clean = |value: f64| Estimate::new(if seen { value } else { 0.0 }, 0.0);
            return Gains { change: clean(change), brier: clean(brier), log: Some(clean(log)), seen };
        };
        let marginal: f64 = columns.iter().map(|share| share * (1.0 - share)).sum();
        let live = |shares: &[f64]| shares.iter().filter(|share| **share > 0.0).count().max(1) as f64 - 1.0;
        let freedom = live(&rows) * live(&columns);
        let bias = [0.0, scale * (within - marginal) / worlds, freedom / (2.0 * worlds)];
        let error = |figure: usize| {
            let mean: f64 = slopes.iter().map(|(cell, slope)| cell * slope[figure]).sum();
            let square: f64 = slopes.iter().map(|(cell, slope)| cell * slope[figure] * slope[figure]).sum();
            // Where nothing hangs together the first order vanishes; the figure then has the spread of a chi-squared over its degrees of freedom.
            let second = std::f64::consts::SQRT_2 * bias[figure] / freedom.max(1.0).sqrt();
            ((square - mean * mean).max(0.0) / worlds + second * second).sqrt()
        };
        // Where a finding and the target hang together in no way, the change is all noise: that of covariances of nothing.
        let of_rows: f64 = rows.iter().map(|share| share * (1.0 - share)).sum();
        let floor = (of_rows * marginal / worlds).sqrt();
        Gains {
            change: Estimate::new(change, error(0).max(if freedom > 0.0 && change <= 0.0 { floor } else { 0.0 })),
            brier: Estimate::new((brier - bias[1]).max(0.0), error(1)),
            log: Some(Estimate::new((log - bias[2]).max(0.0), error(2))),
            // The likelihood-ratio statistic; the bound holds for a chi-squared (Laurent & Massart 2000, lemma 1).
            seen: 2.0 * worlds * log > unlikely_chi_squared(freedom),
        }
    }
}

/// A value that a chi-squared passes at most once in a million: `d + 2 √(d x) + 2 x` with `e^(-x) = 1e-6`.
fn unlikely_chi_squared(freedom: f64) -> f64 {
    let x = -ln(1e-6);
    freedom + 2.0 * (freedom * x).sqrt() + 2.0 * x
}

/// What is known of a number once a finding is: for each outcome of the finding its probability, and the number's mean and standard
/// deviation there.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// For each outcome.
    pub rows: Vec<[f64; 3]>,
    /// Over all of them: mean and standard deviation.
    pub whole: [f64; 2],
    /// Equally weighted worlds that they were counted in; `None` if they were computed.
    pub worlds: Option<f64>,
}

impl Moments {
    /// What the finding is worth.
    ///
    /// ```text
    /// change = Σ_x P(x) |E[Y | x] - E[Y]|
    /// brier  = Σ_x P(x) (E[Y | x] - E[Y])²        the variance it takes away
    /// ```
    ///
    /// ```
    /// use foretell::watch::Moments;
    /// let heights = Moments { rows: vec![[0.5, 1.0, 0.0], [0.5, 3.0, 0.0]], whole: [2.0, 1.0], worlds: None };
    /// assert_eq!((heights.gains().change.value, heights.gains().brier.value), (1.0, 1.0));
    /// ```
    #[must_use]
    pub fn gains(&self) -> Gains {
        let [whole, spread] = self.whole;
        let live: Vec<&[f64; 3]> = self.rows.iter().filter(|row| row[0] > 0.0).collect();
        let change: f64 = live.iter().map(|[chance, mean, _]| chance * (mean - whole).abs()).sum();
        let square = |mean: f64| (mean - whole) * (mean - whole);
        let between: f64 = live.iter().map(|[chance, mean, _]| chance * square(*mean)).sum();
        let Some(worlds) = self.worlds else {
            let seen = between > 1e-15 * (spread * spread).max(whole * whole);
            let clean = |value: f64| Estimate::new(if seen { value } else { 0.0 }, 0.0);
            return Gains { change: clean(change), brier: clean(between), log: None, seen };
        };
        let within: f64 = live.iter().map(|[_, _, spread]| spread * spread).sum();
        let bias = (within - spread * spread).max(0.0) / worlds;
        let mut variance = 0.0;
        for [chance, mean, spread] in &live {
            let apart = square(*mean) - between;
            variance += chance * (4.0 * spread * spread * square(*mean) + apart * apart);
        }
        let freedom = live.len().max(1) as f64 - 1.0;
        let second = std::f64::consts::SQRT_2 * bias / freedom.max(1.0).sqrt();
        let error = (variance / worlds + second * second).sqrt();
        // The same for the change: how fast it rises with each world of an outcome.
        let sign = |mean: f64| if mean > whole { 1.0 } else { -1.0 };
        let tilt: f64 = live.iter().map(|[chance, mean, _]| chance * sign(*mean)).sum();
        let of_change: f64 = live
            .iter()
            .map(|[chance, mean, spread]| {
                let slope = sign(*mean) - tilt;
                chance * slope * slope * (spread * spread + square(*mean))
            })
            .sum::<f64>()
            - change * change;
        let of_change = if change > 0.0 { of_change.max(0.0) } else { spread * spread };
        Gains {
            change: Estimate::new(change, if freedom > 0.0 { (of_change / worlds).sqrt() } else { 0.0 }),
            brier: Estimate::new((between - bias).max(0.0), error),
            log: None,
            seen: spread > 0.0 && between * worlds / (spread * spread) > unlikely_chi_squared(freedom),
        }
    }
}
