//! Yes/no forecasts of many forecasters: mean Brier and log scores and the bins of Murphy's decomposition in one pass.

use super::problem::ColumnProblem;
use super::tree::in_tree;
use crate::math::ln;
use crate::score::LOG_FLOOR;

/// Rows of a chunk, unless there are so many forecasters that their sums would cost more than the rows.
const CHUNK: usize = 1 << 16;

/// Sums kept beside each other for each forecaster, taken in turn, so that an addition need not wait for the one before it.
const LANES: usize = 4;

/// A product of probabilities below this has its logarithm taken; one more factor, at least the floor, does not make it subnormal.
const SMALL: f64 = 1e-290;

/// How a column says whether it happened: `bool`, or 0 and 1 as `u8`.
pub trait YesNo: Copy + Sync {
    /// Whether it happened; the value that stands there if that is no answer.
    ///
    /// # Errors
    /// For a number that is neither 0 nor 1.
    fn happened(self) -> Result<bool, u8>;
}

impl YesNo for bool {
    #[inline(always)]
    fn happened(self) -> Result<bool, u8> {
        Ok(self)
    }
}

impl YesNo for u8 {
    #[inline(always)]
    fn happened(self) -> Result<bool, u8> {
        if self < 2 { Ok(self == 1) } else { Err(self) }
    }
}

/// Forecasts of yes/no questions as columns: row `i` says what forecaster `forecasters[i]` thought of it, and what happened.
///
/// ```
/// use foretell::score::columns::BinaryColumns;
///
/// let columns = BinaryColumns::new(&[0.9, 0.2, 0.6], &[true, false, false], &[0, 0, 1], 2).expect("three rows");
/// let scores = columns.score(20).expect("probabilities");
/// let ada = scores.forecasters[0].expect("two forecasts");
/// assert!((ada.brier - (0.01 + 0.04) / 2.0).abs() < 1e-15);
/// assert!((scores.overall.expect("three forecasts").brier - (0.01 + 0.04 + 0.36) / 3.0).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BinaryColumns<'a, Y = bool> {
    probabilities: &'a [f64],
    happened: &'a [Y],
    /// None where one made them all.
    forecasters: Option<&'a [u32]>,
    count: usize,
}

/// Means of one forecaster, or of all forecasts. Lower is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanScores {
    /// How many forecasts.
    pub forecasts: u64,
    /// Mean Brier score, from 0 to 1.
    pub brier: f64,
    /// Mean log score in nats, probabilities raised to [`LOG_FLOOR`].
    pub log: f64,
    /// Forecasts whose probability was raised to the floor, infinite ones not counted.
    pub raised: u64,
    /// Forecasts that called impossible what happened: infinite without the floor.
    pub infinite: u64,
}

/// What was stated and what happened in one bin of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProbabilityBin {
    /// Forecasts.
    pub forecasts: u64,
    /// Of these, how many came true.
    pub events: u64,
    /// Sum of the stated probabilities.
    pub stated: f64,
    /// Sum of their squares.
    pub stated_squared: f64,
    /// Sum of the stated probabilities of those that came true.
    pub stated_of_events: f64,
}

/// What one pass over columns gives.
#[derive(Debug, Clone, PartialEq)]
pub struct BinaryScores {
    /// Of all forecasts, each counting alike; `None` if there are none.
    pub overall: Option<MeanScores>,
    /// By the number of the forecaster; `None` for who has no forecast.
    pub forecasters: Vec<Option<MeanScores>>,
    /// Bins of equal width, closed on the right, 0 in the first: what Murphy's decomposition is made of.
    pub bins: Vec<ProbabilityBin>,
}

/// What stands for the column of forecasters where there is but one, for a chunk.
static ALONE: [u32; CHUNK] = [0; CHUNK];

impl<'a, Y: YesNo> BinaryColumns<'a, Y> {
    /// Columns of one length, all by one forecaster.
    ///
    /// # Errors
    /// If the lengths differ.
    pub fn of_one(probabilities: &'a [f64], happened: &'a [Y]) -> Result<Self, ColumnProblem> {
        let (first, other) = (probabilities.len(), happened.len());
        if first != other {
            return Err(ColumnProblem::Lengths { first, other });
        }
        Ok(Self { probabilities, happened, forecasters: None, count: 1 })
    }

    /// Columns of one length, by so many forecasters.
    ///
    /// # Errors
    /// If the lengths differ.
    pub fn new(
        probabilities: &'a [f64],
        happened: &'a [Y],
        forecasters: &'a [u32],
        count: usize,
    ) -> Result<Self, ColumnProblem> {
        let first = probabilities.len();
        match [happened.len(), forecasters.len()].into_iter().find(|other| *other != first) {
            Some(other) => Err(ColumnProblem::Lengths { first, other }),
            None => Ok(Self { probabilities, happened, forecasters: Some(forecasters), count }),
        }
    }

    /// Mean Brier and log scores, of each forecaster and of all, and the bins of the probabilities: one pass.
    ///
    /// ```text
    /// Brier = 1/n sum (p - y)²        log = -1/n sum ln max(p of what happened, floor)
    /// ```
    ///
    /// The logarithms are those of products of many probabilities, which is as exact as their sum (each factor adds half a unit in the
    /// last place) and costs a multiplication. Memory is a few sums for each forecaster, bin and thread.
    ///
    /// # Errors
    /// Of the first row with a probability outside of 0 to 1, an outcome that is none or a forecaster that is not there; or without bins.
    pub fn score(&self, bins: usize) -> Result<BinaryScores, ColumnProblem> {
        if bins == 0 {
            return Err(ColumnProblem::TooFew { found: 0, needed: 1 });
        }
        let chunk = CHUNK.max((8 * self.count).next_power_of_two());
        let leaf = |rows: std::ops::Range<usize>| {
            let mut tally = BinaryTally::new(self.count, bins);
            let forecasters = self.forecasters.map_or(&ALONE[..rows.len()], |forecasters| &forecasters[rows.clone()]);
            tally
                .add(&self.probabilities[rows.clone()], &self.happened[rows.clone()], forecasters)
                .map_err(|problem| problem.further(rows.start))?;
            tally.close();
            Ok(tally)
        };
        let tally = in_tree(0..self.probabilities.len(), chunk, &leaf, &|left: &mut BinaryTally, right| {
            left.merge(&right);
        })?;
        Ok(tally.scores())
    }
}

impl ColumnProblem {
    /// The same so many rows further on.
    fn further(mut self, rows: usize) -> Self {
        match &mut self {
            Self::Probability { row, .. } | Self::Outcome { row, .. } | Self::Forecaster { row, .. } => *row += rows,
            _ => {}
        }
        self
    }
}

/// One lane of a forecaster's sums.
#[derive(Debug, Clone, Copy)]
struct Sums {
    brier: f64,
    /// Of the probabilities of what happened, since a logarithm was last taken.
    product: f64,
    log: f64,
    forecasts: u64,
    raised: u64,
    infinite: u64,
}

impl Sums {
    const NONE: Self = Self { brier: 0.0, product: 1.0, log: 0.0, forecasts: 0, raised: 0, infinite: 0 };

    fn close(&mut self) {
        self.log -= ln(self.product);
        self.product = 1.0;
    }

    fn merge(&mut self, later: &Self) {
        self.brier += later.brier;
        self.log += later.log;
        self.forecasts += later.forecasts;
        self.raised += later.raised;
        self.infinite += later.infinite;
    }

    fn means(&self) -> Option<MeanScores> {
        (self.forecasts > 0).then(|| {
            let n = self.forecasts as f64;
            MeanScores {
                forecasts: self.forecasts,
                brier: self.brier / n,
                // 0 rather than -0 for perfect forecasts.
                log: 0.0 + self.log / n,
                raised: self.raised,
                infinite: self.infinite,
            }
        })
    }
}

/// One lane of a bin's sums, for one answer.
#[derive(Debug, Clone, Copy, Default)]
struct Stated {
    forecasts: u64,
    sum: f64,
    squares: f64,
}

/// Running sums of yes/no forecasts that come in pieces, such as the batches of a file.
///
/// ```
/// use foretell::score::columns::BinaryTally;
///
/// let mut tally = BinaryTally::new(1, 20);
/// tally.add(&[0.9, 0.2], &[true, false], &[0, 0]).expect("two rows");
/// tally.add(&[0.6], &[false], &[0]).expect("a row");
/// assert_eq!(tally.scores().overall.expect("three forecasts").forecasts, 3);
/// ```
#[derive(Debug, Clone)]
pub struct BinaryTally {
    /// For each forecaster one to each lane.
    forecasters: Vec<[Sums; LANES]>,
    /// For each bin no and yes, for each of these one to each lane.
    bins: Vec<[[Stated; LANES]; 2]>,
    /// Lower edges; the first lies below 0, which belongs to the first bin.
    edges: Vec<f64>,
}

impl BinaryTally {
    /// Nothing yet, of so many forecasters and with so many bins of probabilities.
    #[must_use]
    pub fn new(forecasters: usize, bins: usize) -> Self {
        let mut edges: Vec<f64> = (0..=bins).map(|at| at as f64 / bins as f64).collect();
        edges[0] = -1.0;
        Self {
            forecasters: vec![[Sums::NONE; LANES]; forecasters],
            bins: vec![[[Stated::default(); LANES]; 2]; bins],
            edges,
        }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Of the first row that cannot be scored; the rows before it are then part of the sums. Rows are counted within this call.
    pub fn add<Y: YesNo>(
        &mut self,
        probabilities: &[f64],
        happened: &[Y],
        forecasters: &[u32],
    ) -> Result<(), ColumnProblem> {
        /// A double that is added to this has its nearest whole number in the low bits.
        const WHOLE: f64 = 4_503_599_627_370_496.0;
        let count = self.forecasters.len();
        let bins = self.bins.len() as f64;
        for (row, ((&p, &y), &forecaster)) in probabilities.iter().zip(happened).zip(forecasters).enumerate() {
            if !(0.0..=1.0).contains(&p) {
                return Err(ColumnProblem::Probability { row, value: p });
            }
            let yes = y.happened().map_err(|value| ColumnProblem::Outcome { row, value })?;
            let Some(lanes) = self.forecasters.get_mut(forecaster as usize) else {
                return Err(ColumnProblem::Forecaster { row, value: forecaster, forecasters: count });
            };
            let lane = row % LANES;
            let sums = &mut lanes[lane];
            let rest = 1.0 - p;
            let (of_outcome, miss) = if yes { (p, rest) } else { (rest, p) };
            sums.brier += miss * miss;
            sums.forecasts += 1;
            let mut factor = of_outcome;
            if of_outcome < LOG_FLOOR {
                factor = LOG_FLOOR;
                if of_outcome > 0.0 {
                    sums.raised += 1;
                } else {
                    sums.infinite += 1;
                }
            }
            sums.product *= factor;
            if sums.product < SMALL {
                sums.close();
            }
            // The nearest edge; a bin holds its upper edge and not its lower one.
            let edge = (p * bins + WHOLE).to_bits() as u32 as usize;
            let at = (edge + usize::from(p > self.edges[edge])) - 1;
            let stated = &mut self.bins[at][usize::from(yes)][lane];
            stated.forecasts += 1;
            stated.sum += p;
            stated.squares += p * p;
        }
        Ok(())
    }

    /// Joins lanes, so that what is merged has one set of sums.
    fn close(&mut self) {
        for lanes in &mut self.forecasters {
            lanes.iter_mut().for_each(Sums::close);
            let [first, rest @ ..] = lanes;
            for lane in rest {
                first.merge(lane);
                *lane = Sums::NONE;
            }
        }
        for answer in self.bins.iter_mut().flatten() {
            let [first, rest @ ..] = answer;
            for lane in rest {
                first.forecasts += lane.forecasts;
                first.sum += lane.sum;
                first.squares += lane.squares;
                *lane = Stated::default();
            }
        }
    }

    /// Adds what another tally of the same forecasters and bins gathered from the rows that follow.
    pub fn merge(&mut self, later: &Self) {
        for (lanes, later) in self.forecasters.iter_mut().zip(&later.forecasters) {
            for (lane, later) in lanes.iter_mut().zip(later) {
                let mut later = *later;
                later.close();
                lane.merge(&later);
            }
        }
        for (lane, later) in self.bins.iter_mut().flatten().flatten().zip(later.bins.iter().flatten().flatten()) {
            lane.forecasts += later.forecasts;
            lane.sum += later.sum;
            lane.squares += later.squares;
        }
    }

    /// Makes room for more forecasters.
    pub fn grow(&mut self, forecasters: usize) {
        if forecasters > self.forecasters.len() {
            self.forecasters.resize(forecasters, [Sums::NONE; LANES]);
        }
    }

    /// The means and bins so far.
    #[must_use]
    pub fn scores(&self) -> BinaryScores {
        let mut closed = self.clone();
        closed.close();
        let mut all = Sums::NONE;
        closed.forecasters.iter().for_each(|[sums, ..]| all.merge(sums));
        BinaryScores {
            overall: all.means(),
            forecasters: closed.forecasters.iter().map(|[sums, ..]| sums.means()).collect(),
            bins: closed
                .bins
                .iter()
                .map(|[[no, ..], [yes, ..]]| ProbabilityBin {
                    forecasts: no.forecasts + yes.forecasts,
                    events: yes.forecasts,
                    stated: no.sum + yes.sum,
                    stated_squared: no.squares + yes.squares,
                    stated_of_events: yes.sum,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;
    use crate::score::{brier, log_score_floored};
    use proptest::prelude::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * (1.0 + b.abs())
    }

    /// What the functions of one forecast give.
    fn one_by_one(rows: &[(f64, bool, u32)], forecaster: Option<u32>) -> Option<(usize, f64, f64)> {
        let of: Vec<_> = rows.iter().filter(|row| forecaster.is_none_or(|one| row.2 == one)).collect();
        let n = of.len() as f64;
        (!of.is_empty()).then(|| {
            let of_outcome = |p: f64, y: bool| if y { p } else { 1.0 - p };
            (
                of.len(),
                of.iter().map(|(p, y, _)| brier(*p, *y)).sum::<f64>() / n,
                of.iter().map(|(p, y, _)| log_score_floored(of_outcome(*p, *y), LOG_FLOOR).0).sum::<f64>() / n,
            )
        })
    }

    fn score(rows: &[(f64, bool, u32)], forecasters: usize, bins: usize) -> BinaryScores {
        let p: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let y: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let f: Vec<u32> = rows.iter().map(|row| row.2).collect();
        BinaryColumns::new(&p, &y, &f, forecasters).expect("one length").score(bins).expect("rows that can be scored")
    }

    proptest! {
        #[test]
        fn means_are_those_of_the_scores_one_by_one(
            rows in prop::collection::vec((prop_oneof![0.0..=1.0_f64, Just(0.0), Just(1.0), Just(1e-9)], any::<bool>(), 0_u32..5), 0..300)
        ) {
            let scores = score(&rows, 6, 7);
            for forecaster in 0..6 {
                match (scores.forecasters[forecaster as usize], one_by_one(&rows, Some(forecaster))) {
                    (Some(means), Some((count, brier, log))) => {
                        prop_assert_eq!(means.forecasts as usize, count);
                        prop_assert!(near(means.brier, brier) && near(means.log, log));
                    }
                    (means, expected) => prop_assert!(means.is_none() && expected.is_none()),
                }
            }
            let held: u64 = scores.bins.iter().map(|bin| bin.forecasts).sum();
            prop_assert_eq!(held as usize, rows.len());
        }
    }

    #[test]
    fn many_rows_of_many_forecasters_agree_with_the_scores_one_by_one_at_any_number_of_threads() {
        let mut stream = SplitMix::of_replicate(5, 1);
        let uniform = |bits: u64| (bits >> 11) as f64 / (1_u64 << 53) as f64;
        let rows: Vec<(f64, bool, u32)> = (0..300_000)
            .map(|_| (uniform(stream.next_u64()), stream.next_u64().is_multiple_of(3), stream.below(40) as u32))
            .collect();
        let under = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| score(&rows, 40, 20))
        };
        let scores = under(1);
        assert_eq!(scores, under(3));
        for forecaster in 0..40 {
            let (count, brier, log) = one_by_one(&rows, Some(forecaster)).expect("forecasts");
            let means = scores.forecasters[forecaster as usize].expect("forecasts");
            assert_eq!(means.forecasts as usize, count);
            assert!(near(means.brier, brier) && near(means.log, log));
        }
        let (_, brier, log) = one_by_one(&rows, None).expect("forecasts");
        let overall = scores.overall.expect("forecasts");
        assert!(near(overall.brier, brier) && near(overall.log, log));
    }

    #[test]
    fn a_bin_holds_its_upper_edge() {
        // 0.3 is less than 3/10 in neither bits nor sense; 0 belongs to the first bin.
        let rows: Vec<(f64, bool, u32)> = (0..=10).map(|at| (f64::from(at) / 10.0, at % 2 == 0, 0)).collect();
        let counts: Vec<u64> = score(&rows, 1, 10).bins.iter().map(|bin| bin.forecasts).collect();
        assert_eq!(counts, [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn the_floor_is_counted() {
        let scores = score(&[(0.0, true, 0), (1e-7, true, 0), (1.0, false, 0), (0.5, true, 0)], 1, 10);
        let means = scores.overall.expect("four forecasts");
        assert_eq!((means.raised, means.infinite), (1, 2));
        assert!(near(means.log, (3.0 * -crate::math::ln(1e-6) + std::f64::consts::LN_2) / 4.0));
    }

    #[test]
    fn what_cannot_be_scored_is_named_by_its_row() {
        let ten = vec![0.5; 200_000];
        let mut p = ten.clone();
        p[150_003] = f64::NAN;
        p[190_000] = 2.0;
        let (y, f) = (vec![1_u8; 200_000], vec![0_u32; 200_000]);
        let problem = BinaryColumns::new(&p, &y, &f, 1).expect("one length").score(10).expect_err("no probability");
        assert!(problem.to_string().starts_with("row 150003: the probability"), "{problem}");
        let mut y = y;
        y[70_000] = 255;
        let columns = BinaryColumns::new(&ten, &y, &f, 1).expect("one length");
        assert_eq!(columns.score(10), Err(ColumnProblem::Outcome { row: 70_000, value: 255 }));
        let columns = BinaryColumns::new(&ten[..3], &[true; 3], &[0, 7, 0], 2).expect("one length");
        assert_eq!(columns.score(10), Err(ColumnProblem::Forecaster { row: 1, value: 7, forecasters: 2 }));
        assert!(BinaryColumns::new(&[0.5], &[true, false], &[0], 1).is_err());
    }

    #[test]
    fn no_rows_have_no_means() {
        let scores = score(&[], 2, 10);
        assert_eq!(scores.overall, None);
        assert_eq!(scores.forecasters, [None, None]);
    }
}
