//! Means of scores that come one by one, with the sums that their standard errors are made of.

use super::evaluate::TimeMean;
use super::summary::Row;
use crate::math::CompensatedSum;

/// A mean and the sum of squares about it, by Welford's recurrence.
#[derive(Debug, Clone, Copy, Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let off = value - self.mean;
        self.mean += off / self.count;
        self.squares += off * (value - self.mean);
    }

    /// The sum of squares about another centre.
    fn about(self, centre: f64) -> f64 {
        let off = self.mean - centre;
        self.squares + self.count * off * off
    }
}

/// Sums of the scores of a forecaster under a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunningMean {
    count: usize,
    forecasts: usize,
    sum: CompensatedSum,
    least: f64,
    greatest: f64,
    all: Spread,
    /// Of questions that are clusters of their own.
    alone: Spread,
    coverage: CompensatedSum,
    covered: usize,
    raised: usize,
    infinite: usize,
}

impl Default for RunningMean {
    fn default() -> Self {
        Self {
            count: 0,
            forecasts: 0,
            sum: CompensatedSum::default(),
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
            all: Spread::default(),
            alone: Spread::default(),
            coverage: CompensatedSum::default(),
            covered: 0,
            raised: 0,
            infinite: 0,
        }
    }
}

impl RunningMean {
    /// Adds the score of a question of so many forecasts; sums of clusters of several questions are kept elsewhere.
    pub(super) fn add(&mut self, score: &TimeMean, forecasts: usize, coverage: Option<f64>, is_alone: bool) {
        self.count += 1;
        self.forecasts += forecasts;
        self.sum.add(score.score);
        self.least = self.least.min(score.score);
        self.greatest = self.greatest.max(score.score);
        self.all.add(score.score);
        if is_alone {
            self.alone.add(score.score);
        }
        if let Some(coverage) = coverage {
            self.coverage.add(coverage);
            self.covered += 1;
        }
        self.raised += score.raised;
        self.infinite += score.infinite;
    }

    /// The row of a rule, given the number of questions and the sum of scores of each cluster of several questions; the formulas are those
    /// of [`super::clustered_mean`]. `None` if nothing was added.
    pub(super) fn row(
        &self,
        rule: &'static str,
        of: Option<&str>,
        forecaster: &str,
        shared: &[(u32, f64)],
    ) -> Option<Row> {
        if self.count == 0 {
            return None;
        }
        let n = self.count as f64;
        let mean = self.sum.total() / n;
        let clusters = self.alone.count as usize + shared.len();
        let between = self.alone.about(mean)
            + shared
                .iter()
                .map(|(count, sum)| {
                    let off = sum - f64::from(*count) * mean;
                    off * off
                })
                .sum::<f64>();
        let all = self.all.about(mean);
        let rounding = 8.0 * f64::EPSILON * self.least.abs().max(self.greatest.abs());
        let alike = (mean - self.least).max(self.greatest - mean) <= rounding;
        let (between, all) = if alike { (0.0, 0.0) } else { (between, all) };
        let g = clusters as f64;
        let known = clusters > 1;
        Some(Row {
            rule,
            of: of.map(str::to_owned),
            forecaster: forecaster.to_owned(),
            mean,
            standard_error: known.then(|| (g / (g - 1.0) * between).sqrt() / n),
            questions: self.count,
            clusters,
            effective_questions: (known && all > 0.0 && between > 0.0).then(|| (n * all / between).min(n)),
            forecasts: self.forecasts,
            coverage: (self.covered > 0).then(|| self.coverage.total() / self.covered as f64),
            raised: self.raised,
            infinite: self.infinite,
        })
    }
}

/// A set of small numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Adds a number; says whether it was new.
    pub(crate) fn insert(&mut self, at: u32) -> bool {
        let (word, bit) = (at as usize / 64, 1 << (at % 64));
        if word >= self.words.len() {
            self.words.resize((word + 1).next_power_of_two(), 0);
        }
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    /// How many numbers.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many words it keeps.
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }
}
