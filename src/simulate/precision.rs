//! How exact the figures of a run are, against what was asked.
//!
//! All are held to the same number on the scale of a share: probabilities as they are; of a date the chance of never and the chances
//! of having come by the days that are shown; of a number the quantiles that are shown, in units of the width of its central 90 %, or where they
//! stand on a value that many worlds share, by the shares of worlds below it and up to it; beside a gap between values by the share below that.

use super::answer::{Answer, DateAnswer, NumberAnswer, SHOWN_LEVELS};
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
    let shown = date.quantiles.iter().filter(|quantile| SHOWN_LEVELS.contains(&quantile.level));
    let days = shown.filter_map(|quantile| quantile.day);
    days.map(|day| date.by(day)).chain([date.never]).collect()
}

fn of_number(number: &NumberAnswer) -> f64 {
    if number.minimum == number.maximum {
        return 0.0;
    }
    let width = number.quantile(0.95).value - number.quantile(0.05).value;
    let of_level = |level: f64| {
        number.error_on_step(level).unwrap_or_else(|| {
            let error = number.quantile(level).standard_error;
            if error == 0.0 { 0.0 } else { error / width }
        })
    };
    SHOWN_LEVELS.into_iter().map(of_level).fold(0.0, f64::max)
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

    /// The error of a number with these values and probabilities, as if of so many worlds.
    fn error_of(values: &[(f64, f64)], worlds: f64) -> f64 {
        of_number(&NumberAnswer { effective_worlds: worlds, ..NumberAnswer::exact(values).unwrap() })
    }

    #[test]
    fn quantiles_on_steps_are_held_to_the_shares_of_worlds_about_them() {
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
        let of_share = |share: f64| (share * (1.0 - share) / 1e4_f64).sqrt();
        // The median is 0 or 1, whatever the number of worlds.
        close(error_of(&[(0.0, 0.5), (1.0, 0.5)], 1e4), of_share(0.5));
        // Of two coins: 25 % and 75 % are edges, but are not shown.
        close(error_of(&[(0.0, 0.25), (1.0, 0.5), (2.0, 0.25)], 1e4), of_share(0.25));
        // No number of worlds is needed for what is the same in all.
        close(error_of(&[(3.0, 1.0)], 1e4), 0.0);
        // The central 90 % are 0, up to an edge within the error.
        close(error_of(&[(0.0, 0.9501), (40.0, 0.0499)], 1e4), of_share(0.9501));
    }

    /// Two clusters, 99 apart: no number of worlds tells on which side of the gap the median lies if each has half.
    #[test]
    fn quantiles_beside_gaps_are_held_to_the_share_below_them() {
        let clusters = |share: f64| -> Vec<(f64, f64)> {
            let place = |at: i32| f64::from(at) / 5_000.0;
            let lower = (0..5_000).map(|at| (place(at), share / 5_000.0));
            lower.chain((0..5_000).map(|at| (100.0 + place(at), (1.0 - share) / 5_000.0))).collect()
        };
        let of_share = |share: f64| (share * (1.0 - share) / 1e4_f64).sqrt();
        for share in [0.5, 0.4925, 0.51] {
            let found = error_of(&clusters(share), 1e4);
            assert!((found - of_share(share)).abs() < 1e-9, "{share}: {found}");
        }
        // Six errors off it is told: the median is one of the upper cluster, and its error that of its density there.
        let found = error_of(&clusters(0.47), 1e4);
        assert!(found < 1e-3, "{found}");
        // The errors on the scale of the number, by hand: the gap's, one error of 0.005 off it.
        let clusters = NumberAnswer { effective_worlds: 1e4, ..NumberAnswer::exact(&clusters(0.495)).unwrap() };
        let median = clusters.quantile(0.5);
        // Φ(1) Φ(-1) = 0.841345 · 0.158655.
        let expected = 99.0002 * (0.841_345_f64 * 0.158_655).sqrt();
        assert!((median.standard_error / expected - 1.0).abs() < 1e-3 && median.value > 100.0, "{median:?}");
    }

    #[test]
    fn quantiles_off_steps_are_held_to_the_width_of_the_number() {
        let smooth = |from: f64, share: f64| -> Vec<(f64, f64)> {
            (0..10_000).map(|at| (from + f64::from(at) / 10_000.0, share / 10_000.0)).collect()
        };
        // Uniform: its density is 1, and its central 90 % 0.9 wide.
        let found = error_of(&smooth(0.0, 1.0), 1e4);
        assert!((found - 0.005 / 0.9).abs() < 2e-4, "{found}");
        // The 5 % quantile is the first of a continuous part, next to a step at 0.
        let mut values = smooth(40.0, 0.951);
        values.push((0.0, 0.049));
        let found = error_of(&values, 1e4);
        assert!(found <= 0.006, "on the scale of the value it would be about 20: {found}");
    }
}
