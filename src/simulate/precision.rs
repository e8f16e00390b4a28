//! How exact the figures of a run are, against what was asked.
//!
//! All are held to the same number on the scale of a share: probabilities as they are; of a date the chance of never and the chances
//! of having come by the days that are given; of a number its quantiles, in units of the width of its central 90 %.

use super::answer::{Answer, DateAnswer, NumberAnswer};
use crate::forecast::Estimate;

/// The figure furthest from the precision that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShortOf {
    /// An index into [`Plan::asks`](crate::plan::Plan::asks).
    pub ask: usize,
    /// Its error, on the scale of a share; `None` if its condition held in no world, so that there is no figure at all.
    pub standard_error: Option<f64>,
}

/// The figure with the largest error among the asks from `first_ask` on; `None` if even that is as small as `wanted`.
#[must_use]
pub(crate) fn worst(answers: &[Answer], first_ask: usize, wanted: f64) -> Option<ShortOf> {
    let errors = answers.iter().enumerate().skip(first_ask).map(|(ask, answer)| (ask, error(answer)));
    // A figure that is not there is the furthest; of equals the first is named.
    let size = |error: Option<f64>| error.unwrap_or(f64::INFINITY);
    let worst = errors.reduce(|worst, next| if size(next.1) > size(worst.1) { next } else { worst })?;
    (size(worst.1) > wanted).then_some(ShortOf { ask: worst.0, standard_error: worst.1 })
}

/// The largest error of an answer, on the scale of a share.
fn error(answer: &Answer) -> Option<f64> {
    let of_shares = |shares: &[Estimate]| shares.iter().map(|share| share.standard_error).fold(0.0, f64::max);
    match answer {
        Answer::Binary(share) => Some(share.standard_error),
        Answer::Categorical(shares) => Some(of_shares(shares)),
        Answer::Number(number) => Some(of_number(number)),
        Answer::Date(date) => Some(of_shares(&of_date(date))),
        Answer::NoWorlds => None,
    }
}

fn of_date(date: &DateAnswer) -> Vec<Estimate> {
    let days = date.quantiles.iter().filter_map(|quantile| quantile.day);
    days.map(|day| date.by(day)).chain([date.never]).collect()
}

fn of_number(number: &NumberAnswer) -> f64 {
    let largest = number.quantiles.iter().map(|(_, quantile)| quantile.standard_error).fold(0.0, f64::max);
    let width = number.quantile(0.95).value - number.quantile(0.05).value;
    // Where the central 90 % are one value, its neighbours decide how sure that is: any distance at all is too much.
    if largest == 0.0 { 0.0 } else { largest / width }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(standard_error: f64) -> Estimate {
        Estimate { value: 0.5, standard_error, prior_interval: None }
    }

    #[test]
    fn the_worst_of_the_asks_that_count_is_named() {
        let answers = [
            Answer::Binary(share(0.3)),
            Answer::Categorical(vec![share(0.01), share(0.02)]),
            Answer::Binary(share(0.01)),
        ];
        assert_eq!(worst(&answers, 1, 0.015), Some(ShortOf { ask: 1, standard_error: Some(0.02) }));
        assert_eq!(worst(&answers, 1, 0.02), None);
        assert_eq!(worst(&answers, 3, 0.0), None);
        let none = [Answer::Binary(share(0.3)), Answer::NoWorlds];
        assert_eq!(worst(&none, 0, 0.5), Some(ShortOf { ask: 1, standard_error: None }));
    }
}
