//! What a run says.

use super::tally::{DateCounts, Gap, Histogram, Spread, Squares, Under};
use crate::forecast::Estimate;
use crate::math::normal;

/// The answer to one [`crate::plan::Ask`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Answer {
    /// How often it holds.
    Binary(Estimate),
    /// How often each option holds.
    Categorical(Vec<Estimate>),
    /// Of a number.
    Number(NumberAnswer),
    /// Of a date.
    Date(DateAnswer),
    /// Its condition held in no world, so there is nothing to say.
    NoWorlds,
}

/// A number over all worlds that count.
#[derive(Debug, Clone)]
pub struct NumberAnswer {
    /// Its mean; infinite if some world's number is.
    pub mean: Estimate,
    /// The value that half of the worlds do not pass.
    pub median: Estimate,
    /// Spread between worlds, in the unit of the number.
    pub standard_deviation: f64,
    /// The smallest seen.
    pub minimum: f64,
    /// The largest seen.
    pub maximum: f64,
    /// The [`QUANTILE_LEVELS`] and their quantiles.
    pub quantiles: Vec<(f64, Estimate)>,
    /// The share of worlds in which it is undefined (the difference of two dates that never come); all else is over the others.
    pub undefined: f64,
    pub(super) histogram: Histogram,
    pub(super) effective_worlds: f64,
    pub(super) spread: Option<Box<Spread>>,
    /// Where worlds weigh differently.
    pub(super) squares: Option<Squares>,
}

/// The levels of the quantiles that are always given.
pub const QUANTILE_LEVELS: [f64; 7] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/// Those of them that tables for people show, and that a precision is asked of.
pub const SHOWN_LEVELS: [f64; 3] = [0.05, 0.5, 0.95];

impl NumberAnswer {
    /// Whether more than one world counts, so that something is known of the errors.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.effective_worlds > 1.0
    }

    /// The smallest value that a share `level` of the worlds does not pass, for a level strictly between 0 and 1.
    ///
    /// The histogram behind it has at most 8,192 bins, finest about the median (about 1/1024 of the distance of the quartiles, for a normal), and
    /// interpolates within; a value that many worlds share exactly (0, a cap) comes out exactly. The standard error is half the distance of the quantiles one standard error of the share
    /// of worlds up to it to either side, the binomial one or, where worlds weigh differently, that of a ratio of sums of weights (Woodruff 1952, J. Amer. Statist. Assoc. 47, 635–646);
    /// of stratified worlds that is an upper bound, and at [`QUANTILE_LEVELS`] the spread of the quantiles of 16 and more chunks of 32,768
    /// worlds takes its place.
    ///
    /// Where most of what lies within three such errors is a gap between values, no density says how far off the quantile is: other worlds put it on the other side with the probability
    /// that their share below the gap passes the level (the bootstrap of a quantile, Maritz and Jarrett 1978, J. Amer. Statist. Assoc. 73, 194–196):
    ///
    /// ```text
    /// se² = d² + g² Φ(z) Φ(-z)        g wide, z = (share below - level) / e, d as above without the gap
    /// ```
    ///
    /// of chunks, each may fall on either side, which says nothing of all together.
    #[must_use]
    pub fn quantile(&self, level: f64) -> Estimate {
        let error = self.error_of_level(level);
        let (low, high) = (self.histogram.quantile(level - error), self.histogram.quantile(level + error));
        let distance = if low == high { 0.0 } else { (high - low) / 2.0 };
        let value = self.histogram.quantile(level);
        let standard_error = if let Some(gap) = self.gap(level) {
            let z = (gap.below - level) / error;
            let beside = if 2.0 * distance >= gap.width { distance - gap.width / 2.0 } else { distance };
            (beside * beside + gap.width * gap.width * normal::cdf(z) * normal::cdf(-z)).sqrt()
        } else {
            let between = self.spread.as_ref().and_then(|spread| spread.error_of_quantile(level, value));
            between.unwrap_or(distance)
        };
        Estimate { value, standard_error, prior_interval: None }
    }

    /// How far off the share of worlds up to the quantile at a level may be.
    fn error_of_level(&self, level: f64) -> f64 {
        match &self.squares {
            Some(squares) => squares.error_of_level(&self.histogram, level),
            None => (level * (1.0 - level) / self.effective_worlds).sqrt(),
        }
    }

    /// How many worlds of equal weight lie within one error of a level.
    fn worlds_within(&self, error: f64, level: f64) -> f64 {
        match &self.squares {
            Some(squares) => squares.worth_between(&self.histogram, level - error, level + error) / 2.0,
            None => error * self.effective_worlds,
        }
    }

    /// A gap that other worlds may put the quantile on the other side of, where there are enough worlds to tell a gap from chance: of 60 that lie evenly,
    /// two leave half of their stretch empty between them with a probability of 1e-16.
    fn gap(&self, level: f64) -> Option<Gap> {
        const WORLDS_WITHIN_ERROR: f64 = 10.0;
        const ERRORS: f64 = 3.0;
        let error = self.error_of_level(level);
        let is_told = self.worlds_within(error, level) >= WORLDS_WITHIN_ERROR;
        is_told.then(|| self.histogram.gap_between(level - ERRORS * error, level + ERRORS * error))?
    }

    /// Where a quantile stands on a value that many worlds share, or one binomial standard error beside such a value: the larger of the errors of the
    /// shares of worlds below that value and up to it, which is how exact the quantile is on the scale of a share. Beside a gap between values, the error of the share
    /// of worlds below that. `None` elsewhere.
    ///
    /// On the scale of the value such a quantile need not become exact with any number of worlds: of 0 and 1 with a chance of one half each the median
    /// is the one or the other.
    #[must_use]
    pub(super) fn error_on_step(&self, level: f64) -> Option<f64> {
        let error_of = |share: f64| self.error_of_level(share.clamp(0.0, 1.0));
        let error = error_of(level);
        // What fewer worlds share than the error is of cannot be told from a continuous law.
        let step = |level: f64| self.histogram.around(self.histogram.quantile(level)).filter(|(_, at)| *at > error);
        match step(level) {
            Some((below, at)) => Some(error_of(below).max(error_of(below + at))),
            None if [level - error, level + error].into_iter().any(|level| step(level).is_some()) => Some(error),
            None => self.gap(level).map(|gap| error_of(gap.below)),
        }
    }

    /// How much of it lies on single values. Exact for values at the edge of all others (0, a cap), and for those that stand apart, as whole numbers do.
    #[must_use]
    pub fn masses(&self) -> Masses {
        let (low, high) = (self.histogram.quantile(0.05), self.histogram.quantile(0.95));
        let below = self.histogram.around(low).map_or(0.05, |(below, _)| below);
        let upto = self.histogram.around(high).map_or(0.95, |(below, at)| below + at);
        Masses {
            most: self.histogram.most(),
            within: (upto - below).clamp(0.0, 1.0),
            on_median: self.histogram.around(self.histogram.quantile(0.5)).map_or(0.0, |(_, at)| at),
        }
    }
}

/// What of a number lies on single values, and how much a range of it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Masses {
    /// The value that most worlds share exactly, and their share.
    pub most: (f64, f64),
    /// The share of worlds from the 5 % to the 95 % quantile, both included: 0.9, and more where many worlds lie exactly on an end.
    pub within: f64,
    /// The share of worlds exactly on the median.
    pub on_median: f64,
}

/// A date over all worlds that count.
#[derive(Debug, Clone)]
pub struct DateAnswer {
    /// The share of worlds in which it does not come by the horizon.
    pub never: Estimate,
    /// The [`QUANTILE_LEVELS`] and their days.
    pub quantiles: Vec<DayQuantile>,
    pub(super) counts: DateCounts,
    pub(super) under: Option<Under<DateCounts>>,
}

/// The day by which a share of the worlds has seen the event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayQuantile {
    /// The share.
    pub level: f64,
    /// The first day, in days after `as_of`, by whose end at least that share has; `None` if it is beyond the horizon.
    pub day: Option<f64>,
    /// In days: half the distance of the days one standard error of that share to either side; `None` if one of them is beyond the
    /// horizon, or only one world counts.
    pub standard_error: Option<f64>,
}

impl DateAnswer {
    /// The chance that it comes by the end of a day, in days after `as_of`. From the horizon on the share that comes at all.
    #[must_use]
    pub fn by(&self, day: f64) -> Estimate {
        self.counts.by(day, self.under.as_ref())
    }

    /// The day by whose end at least a share `level` of the worlds has seen it.
    #[must_use]
    pub fn quantile(&self, level: f64) -> DayQuantile {
        self.counts.quantile(level, self.under.as_ref())
    }
}

/// How many worlds something was seen in, and what share of the weight they carry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occurrence {
    /// Worlds that count.
    pub worlds: u64,
    /// Of the weight of all worlds that count.
    pub share: f64,
}
