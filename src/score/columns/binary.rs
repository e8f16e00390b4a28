//! Yes/no forecasts of many forecasters: mean Brier and log scores and the bins of Murphy's decomposition in one pass.

use super::problem::ColumnProblem;
use super::tree::in_tree;
use crate::math::ln;
use crate::score::LOG_FLOOR;

/// Rows of a chunk, unless there are so many forecasters that their sums would cost more than the rows.
const CHUNK: usize = 1 << 16;

/// Sums kept beside each other for each forecaster, taken in turn, so that an addition need not wait for the one before it.
pub(super) const LANES: usize = 4;

/// Rows of a chunk of what so many forecasters say: a power of two, and the same for all numbers of them up to [`FEW_FORECASTERS`].
pub(super) fn rows_of_chunk(forecasters: usize) -> usize {
    CHUNK.max((8 * forecasters).next_power_of_two())
}

/// The most forecasters for whom a chunk has no more rows than for one.
pub(super) const FEW_FORECASTERS: usize = CHUNK / 8;

/// The most bins of probabilities: more could not be told apart in a table or a picture, and every chunk of rows has its own.
pub const MOST_BINS: usize = 1000;

/// A product of probabilities below this has its logarithm taken; one more factor, at least the floor, does not make it subnormal.
const SMALL: f64 = 1e-290;

/// How a column says whether it happened: `bool`, or 0 and 1 as `u8`.
pub trait YesNo: Copy + Sync {
    /// Whether it happened; the value that stands there if that is no answer.
    ///
    /// # Errors
    /// For a number that is neither 0 nor 1.
    fn happened(self) -> Result<bool, u8>;

    /// [`BinaryTally::add`] of such a column. It is compiled here and not wherever it is called, so that everybody gets the same loop.
    ///
    /// # Errors
    /// Of the first row that cannot be scored.
    #[doc(hidden)]
    fn add(tally: &mut BinaryTally, p: &[f64], happened: &[Self], forecasters: &[u32]) -> Result<(), ColumnProblem>;
}

impl YesNo for bool {
    #[inline(always)]
    fn happened(self) -> Result<bool, u8> {
        Ok(self)
    }

    #[inline(never)]
    fn add(tally: &mut BinaryTally, p: &[f64], happened: &[Self], forecasters: &[u32]) -> Result<(), ColumnProblem> {
        tally.add_rows(p, happened, forecasters)
    }
}

impl YesNo for u8 {
    #[inline(always)]
    fn happened(self) -> Result<bool, u8> {
        if self < 2 { Ok(self == 1) } else { Err(self) }
    }

    #[inline(never)]
    fn add(tally: &mut BinaryTally, p: &[f64], happened: &[Self], forecasters: &[u32]) -> Result<(), ColumnProblem> {
        tally.add_rows(p, happened, forecasters)
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
    /// Of the first row with a probability outside of 0 to 1, an outcome that is none or a forecaster that is not there; or without bins, or of more than
    /// [`MOST_BINS`].
    pub fn score(&self, bins: usize) -> Result<BinaryScores, ColumnProblem> {
        if bins == 0 {
            return Err(ColumnProblem::TooFew { found: 0, needed: 1 });
        }
        if bins > MOST_BINS {
            return Err(ColumnProblem::TooManyBins { found: bins, most: MOST_BINS });
        }
        let chunk = rows_of_chunk(self.count);
        let leaf = |rows: std::ops::Range<usize>| {
            let mut tally = BinaryTally::new(self.count, bins);
            let forecasters = match self.forecasters {
                Some(forecasters) => &forecasters[rows.clone()],
                None => &ALONE[..rows.len()],
            };
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

/// One lane of a bin's sums, for one answer. Both sums lie where one vector of two is loaded, added to and stored.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(32))]
struct Stated {
    sum: f64,
    squares: f64,
    forecasts: u64,
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
    /// Nothing yet, of so many forecasters and with so many bins of probabilities, for all of which memory is taken here.
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
        Y::add(self, probabilities, happened, forecasters)
    }

    #[inline(always)]
    fn add_rows<Y: YesNo>(
        &mut self,
        probabilities: &[f64],
        happened: &[Y],
        forecasters: &[u32],
    ) -> Result<(), ColumnProblem> {
        let rows = probabilities.len().min(happened.len()).min(forecasters.len());
        let (fours, rest) = probabilities[..rows].as_chunks::<LANES>();
        let (happened_in_fours, happened) = happened[..rows].as_chunks::<LANES>();
        let (forecasters_in_fours, forecasters) = forecasters[..rows].as_chunks::<LANES>();
        let mut sums = Adding {
            width: self.bins.len() as f64,
            forecasters: &mut self.forecasters,
            bins: &mut self.bins,
            edges: &self.edges,
        };
        let mut row = 0;
        for ((four, happened), forecasters) in fours.iter().zip(happened_in_fours).zip(forecasters_in_fours) {
            let ([a, b, c, d], [of_a, of_b, of_c, of_d], [by_a, by_b, by_c, by_d]) = (*four, *happened, *forecasters);
            sums.add::<Y, 0>(row, a, of_a, by_a)?;
            sums.add::<Y, 1>(row + 1, b, of_b, by_b)?;
            sums.add::<Y, 2>(row + 2, c, of_c, by_c)?;
            sums.add::<Y, 3>(row + 3, d, of_d, by_d)?;
            row += LANES;
        }
        for (lane, ((p, y), forecaster)) in rest.iter().zip(happened).zip(forecasters).enumerate() {
            match lane {
                0 => sums.add::<Y, 0>(row, *p, *y, *forecaster)?,
                1 => sums.add::<Y, 1>(row + 1, *p, *y, *forecaster)?,
                _ => sums.add::<Y, 2>(row + 2, *p, *y, *forecaster)?,
            }
        }
        Ok(())
    }

    /// Joins lanes, so that what is merged has one set of sums.
    pub(super) fn close(&mut self) {
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

    /// How many forecasters there is room for.
    pub(super) fn forecasters(&self) -> usize {
        self.forecasters.len()
    }

    /// The same with other numbers for its forecasters, among so many.
    pub(super) fn renumbered(self, numbers: &[u32], count: usize) -> Self {
        let mut forecasters = vec![[Sums::NONE; LANES]; count];
        for (lanes, number) in self.forecasters.iter().zip(numbers) {
            forecasters[*number as usize] = *lanes;
        }
        Self { forecasters, ..self }
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

/// The sums of a tally while rows are added to them.
struct Adding<'a> {
    forecasters: &'a mut [[Sums; LANES]],
    bins: &'a mut [[[Stated; LANES]; 2]],
    edges: &'a [f64],
    /// How many bins there are.
    width: f64,
}

impl Adding<'_> {
    /// Adds a row to a lane, which is known when this is compiled.
    #[inline(always)]
    fn add<Y: YesNo, const LANE: usize>(
        &mut self,
        row: usize,
        p: f64,
        y: Y,
        forecaster: u32,
    ) -> Result<(), ColumnProblem> {
        /// A double that is added to this has its nearest whole number in the low bits.
        const WHOLE: f64 = 4_503_599_627_370_496.0;
        // One comparison for nearly all: what is negative or no number has greater bits than 1, too. So has -0, which is 0.
        if p.to_bits() > 1.0_f64.to_bits() {
            check_closely(row, p)?;
        }
        let yes = y.happened().map_err(|value| ColumnProblem::Outcome { row, value })?;
        let count = self.forecasters.len();
        let Some(lanes) = self.forecasters.get_mut(forecaster as usize) else {
            return Err(ColumnProblem::Forecaster { row, value: forecaster, forecasters: count });
        };
        let sums = &mut lanes[LANE];
        // If it happened, the one is exchanged for the other. In bits, since a choice between doubles becomes a branch, and which way it goes nobody can
        // foresee.
        let (stated, rest) = (p.to_bits(), (1.0 - p).to_bits());
        let exchanged = (stated ^ rest) & u64::from(yes).wrapping_neg();
        let of_outcome = f64::from_bits(rest ^ exchanged);
        let miss = f64::from_bits(stated ^ exchanged);
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
        let edge = (p * self.width + WHOLE).to_bits() as u32 as usize;
        let at = (edge + usize::from(p > self.edges[edge])) - 1;
        let stated = &mut self.bins[at][usize::from(yes)][LANE];
        stated.sum += p;
        stated.squares += p * p;
        stated.forecasts += 1;
        Ok(())
    }
}

/// Whether a number is a probability.
#[cold]
fn check_closely(row: usize, p: f64) -> Result<(), ColumnProblem> {
    if (0.0..=1.0).contains(&p) { Ok(()) } else { Err(ColumnProblem::Probability { row, value: p }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::SplitMix;

    /// What stands in a tally, every number by its bits.
    fn contents(tally: &BinaryTally) -> Vec<[u64; 6]> {
        let of_forecasters = tally.forecasters.iter().flatten().map(|sums| {
            let Sums { brier, product, log, forecasts, raised, infinite } = *sums;
            [brier.to_bits(), product.to_bits(), log.to_bits(), forecasts, raised, infinite]
        });
        let of_bins = tally.bins.iter().flatten().flatten();
        let of_bins = of_bins.map(|stated| [stated.sum.to_bits(), stated.squares.to_bits(), stated.forecasts, 0, 0, 0]);
        of_forecasters.chain(of_bins).collect()
    }

    /// Adds rows to a tally one by one, as it is defined: each to the lane of its number.
    fn add_plainly(tally: &mut BinaryTally, p: &[f64], y: &[u8], forecasters: &[u32]) {
        let bins = tally.bins.len();
        for row in 0..p.len() {
            let lane = row % LANES;
            let (p, yes) = (p[row], y[row] == 1);
            let of_outcome = if yes { p } else { 1.0 - p };
            let miss = if yes { 1.0 - p } else { p };
            let sums = &mut tally.forecasters[forecasters[row] as usize][lane];
            sums.forecasts += 1;
            sums.brier += miss * miss;
            sums.raised += u64::from(of_outcome > 0.0 && of_outcome < LOG_FLOOR);
            sums.infinite += u64::from(of_outcome <= 0.0);
            sums.product *= of_outcome.max(LOG_FLOOR);
            if sums.product < SMALL {
                sums.log -= ln(sums.product);
                sums.product = 1.0;
            }
            let bin = (0..bins).rfind(|at| *at == 0 || p > *at as f64 / bins as f64).expect("the first takes all");
            let stated = &mut tally.bins[bin][usize::from(yes)][lane];
            stated.forecasts += 1;
            stated.sum += p;
            stated.squares += p * p;
        }
    }

    #[test]
    fn sums_are_those_of_rows_one_by_one_to_the_last_bit() {
        let mut stream = SplitMix::of_replicate(5, 2);
        let special = [0.0, -0.0, 1.0, 1e-7, 5e-324, 0.5, 0.3, 1.0 - f64::EPSILON / 2.0, 1e-6];
        for rows in (0..=70).chain([127, 128, 129, 20_000]) {
            let p: Vec<f64> = (0..rows)
                .map(|_| match stream.below(4) {
                    0 => special[stream.below(special.len())],
                    1 => stream.below(8) as f64 / 7.0,
                    _ => stream.unit(),
                })
                .collect();
            let y: Vec<u8> = (0..rows).map(|_| stream.below(2) as u8).collect();
            let forecasters: Vec<u32> = (0..rows).map(|_| stream.below(3) as u32).collect();
            let (mut own, mut plain) = (BinaryTally::new(3, 7), BinaryTally::new(3, 7));
            // A second call begins with the first lane again.
            for _ in 0..2 {
                own.add(&p, &y, &forecasters).expect("rows that can be scored");
                add_plainly(&mut plain, &p, &y, &forecasters);
            }
            assert_eq!(contents(&own), contents(&plain), "{rows} rows");
        }
    }

    #[test]
    fn rows_before_the_first_that_cannot_be_scored_are_part_of_the_sums() {
        for bad in 0..11 {
            for what in 0..4 {
                let (mut p, mut y, mut forecasters) = ([0.25; 11], [1; 11], [0; 11]);
                let expected = match what {
                    0 => {
                        p[bad] = -1e-300;
                        ColumnProblem::Probability { row: bad, value: -1e-300 }
                    }
                    1 => {
                        p[bad] = 1.0 + f64::EPSILON;
                        ColumnProblem::Probability { row: bad, value: 1.0 + f64::EPSILON }
                    }
                    2 => {
                        y[bad] = 2;
                        ColumnProblem::Outcome { row: bad, value: 2 }
                    }
                    _ => {
                        forecasters[bad] = 1;
                        ColumnProblem::Forecaster { row: bad, value: 1, forecasters: 1 }
                    }
                };
                let (mut own, mut plain) = (BinaryTally::new(1, 7), BinaryTally::new(1, 7));
                assert_eq!(own.add(&p, &y, &forecasters), Err(expected));
                add_plainly(&mut plain, &p[..bad], &y, &forecasters);
                assert_eq!(contents(&own), contents(&plain), "{expected:?}");
            }
        }
    }
}
