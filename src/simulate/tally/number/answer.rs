//! What counts of a number say.

use super::{Kept, Moments, NumberCounts, Squares};
use crate::forecast::Estimate;
use crate::simulate::answer::{NumberAnswer, QUANTILE_LEVELS};
use crate::simulate::tally::{Off, Under};

impl NumberCounts {
    /// The answer; `None` if it is defined in no world that counts.
    #[must_use]
    pub(crate) fn answer(&self, under: Option<&Under<&Self>>) -> Option<NumberAnswer> {
        let (first, last) = (self.histogram.bins.first()?, self.histogram.bins.last()?);
        if self.moments.weight <= 0.0 {
            return None;
        }
        let squared = self.squared.as_ref().unwrap_or(&self.moments);
        let mut answer = NumberAnswer {
            mean: Estimate {
                value: self.moments.mean,
                standard_error: self.off_mean(squared, under).sqrt() / self.moments.weight,
                prior_interval: None,
            },
            median: Estimate { value: 0.0, standard_error: 0.0, prior_interval: None },
            standard_deviation: (self.moments.squares / self.moments.weight).sqrt(),
            minimum: first.minimum,
            maximum: last.maximum,
            quantiles: Vec::new(),
            undefined: self.undefined.weight / self.total.weight,
            histogram: self.histogram.clone(),
            effective_worlds: self.moments.weight * self.moments.weight / squared.weight,
            spread: self.spread.clone(),
            squares: self.squared.is_some().then(|| self.squares_under(under)),
        };
        if let Some(spread) = &self.spread
            && let Some(error) = spread.error_of_mean(self.moments.mean)
        {
            answer.mean.standard_error = error;
        }
        if first.minimum == last.maximum {
            // One value in all worlds: what their weights make of its mean and spread is rounding.
            answer.mean = Estimate { value: first.minimum, standard_error: 0.0, prior_interval: None };
            answer.standard_deviation = 0.0;
        }
        answer.median = answer.quantile(0.5);
        answer.quantiles = QUANTILE_LEVELS.iter().map(|level| (*level, answer.quantile(*level))).collect();
        Some(answer)
    }

    /// `Σ w² (x - mean)²`, of what the beliefs leave of that.
    fn off_mean(&self, squared: &Moments, under: Option<&Under<&Self>>) -> f64 {
        let mean = self.moments.mean;
        let squares = squared.spread_about(mean);
        let Some(under) = under else { return squares };
        let sum = |moments: &Moments| if moments.weight > 0.0 { moments.weight * (moments.mean - mean) } else { 0.0 };
        let held =
            under.held.iter().map(|held| [sum(&held.moments), sum(held.squared.as_ref().unwrap_or(&held.moments))]);
        under.beliefs.left(&Off { squares, squared: sum(squared), held: held.collect() })
    }

    fn squares_under(&self, under: Option<&Under<&Self>>) -> Squares {
        let squares = Squares::new(self.squares.clone(), self.total.largest);
        match under {
            Some(under) if under.held.iter().all(|held| held.kept == Kept::Values) => {
                let over_bins = |held: &&Self| {
                    [&held.histogram, &held.squares].map(|histogram| histogram.over_bins_of(&self.histogram))
                };
                let held = under.held.iter().map(over_bins).collect();
                squares.under(Under { beliefs: under.beliefs.clone(), held })
            }
            _ => squares,
        }
    }
}
