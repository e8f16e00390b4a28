//! Good Judgment Open: daily Brier scores over all classes, the crowd's median, and accuracy against it.
//!
//! On each full day of a question the forecast that stood last on that day is scored; what a forecaster said before is carried on.
//! Scores are on the scale from 0 to 2, **lower is better**; accuracy and relative scores are differences from the crowd, so below
//! 0 is better than the crowd.
//!
//! Source: the platform's FAQ, and the open implementations that quote it.

use crate::score::{brier_all, median};
use std::collections::BTreeMap;

/// Of which days the crowd's median is averaged when a forecaster is held against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CrowdWindow {
    /// All days of the question, whether or not the forecaster was active: the text of the FAQ and its worked example.
    #[default]
    WholeQuestion,
    /// Only the days on which the forecaster had a forecast.
    ActiveDays,
}

/// The score of one forecaster on each day, `None` before the first forecast.
pub type DailyScores = Vec<Option<f64>>;

/// The daily scores of one forecaster.
///
/// `forecasts` are pairs of the day on which each was made (0 is the first of `days` days) and the score it gets; of several on
/// one day the last in the list stands. Those made before the first day stand from it; those after the last day are left out.
#[must_use]
pub fn daily_scores(forecasts: &[(i64, f64)], days: usize) -> DailyScores {
    let mut ordered: Vec<(i64, f64)> = forecasts.to_vec();
    // Stable: within a day the order of the list is kept.
    ordered.sort_by_key(|(day, _)| *day);
    (0..days as i64)
        .map(|day| ordered.iter().take_while(|(made, _)| *made <= day).last().map(|(_, score)| *score))
        .collect()
}

/// [`daily_scores`] from probabilities of all classes by the Brier score from 0 to 2.
///
/// `None` if a forecast has no option `outcome`.
#[must_use]
pub fn daily_brier(forecasts: &[(i64, Vec<f64>)], outcome: usize, days: usize) -> Option<DailyScores> {
    let scored: Vec<(i64, f64)> =
        forecasts.iter().map(|(day, p)| brier_all(p, outcome).map(|score| (*day, score))).collect::<Option<_>>()?;
    Some(daily_scores(&scored, days))
}

/// The mean over the days with a forecast: the forecaster's score of the question. `None` if there was none.
#[must_use]
pub fn average_daily(scores: &[Option<f64>]) -> Option<f64> {
    let active: Vec<f64> = scores.iter().flatten().copied().collect();
    (!active.is_empty()).then(|| active.iter().sum::<f64>() / active.len() as f64)
}

/// The share of the question's days on which the forecaster had a forecast. 0 for a question without days.
#[must_use]
pub fn participation(scores: &[Option<f64>]) -> f64 {
    let active = scores.iter().flatten().count();
    if scores.is_empty() { 0.0 } else { active as f64 / scores.len() as f64 }
}

/// The median over forecasters of each day's scores, `None` on days on which nobody had a forecast.
///
/// The order of the forecasters does not matter. Forecasters whose days differ in number are read up to the longest.
#[must_use]
pub fn crowd_median(forecasters: &[DailyScores]) -> DailyScores {
    let days = forecasters.iter().map(Vec::len).max().unwrap_or(0);
    (0..days)
        .map(|day| {
            let scores: Vec<f64> = forecasters.iter().filter_map(|of| of.get(day).copied().flatten()).collect();
            median(&scores)
        })
        .collect()
}

/// The accuracy score: how much better than the crowd, counted for the days taken part in.
///
/// ```text
/// accuracy = (own mean daily score - mean of the crowd's daily medians) · participation
/// ```
///
/// Lower is better, below 0 is better than the crowd. Implementations differ in the days over which the crowd is averaged, so they
/// are named. `None` if the forecaster never had a forecast.
#[must_use]
pub fn accuracy(own: &[Option<f64>], crowd: &[Option<f64>], window: CrowdWindow) -> Option<f64> {
    let mean = average_daily(own)?;
    let medians: Vec<f64> = match window {
        CrowdWindow::WholeQuestion => crowd.iter().flatten().copied().collect(),
        CrowdWindow::ActiveDays => {
            own.iter().zip(crowd).filter(|(own, _)| own.is_some()).filter_map(|(_, crowd)| *crowd).collect()
        }
    };
    let reference = medians.iter().sum::<f64>() / medians.len() as f64;
    (!medians.is_empty()).then(|| (mean - reference) * participation(own))
}

/// The relative score: the sum of the daily differences from the crowd's median, over the days of the question.
///
/// ```text
/// relative = sum over active days (own - median) / all days
/// ```
///
/// Lower is better; the same as [`accuracy`] by [`CrowdWindow::ActiveDays`]. `None` for a question without days.
#[must_use]
pub fn relative(own: &[Option<f64>], crowd: &[Option<f64>]) -> Option<f64> {
    let differences: f64 = own.iter().zip(crowd).filter_map(|(own, crowd)| Some((*own)? - (*crowd)?)).sum();
    (!own.is_empty()).then(|| differences / own.len() as f64)
}

/// The daily scores of several forecasters by name, from a list of forecasts in the order in which they were made.
///
/// Each entry is the forecaster, the day and the probabilities of all classes. `None` if a forecast has no option `outcome`.
#[must_use]
pub fn daily_brier_by_forecaster<'a>(
    forecasts: &[(&'a str, i64, Vec<f64>)],
    outcome: usize,
    days: usize,
) -> Option<BTreeMap<&'a str, DailyScores>> {
    let mut by_name: BTreeMap<&str, Vec<(i64, Vec<f64>)>> = BTreeMap::new();
    for (name, day, probabilities) in forecasts {
        by_name.entry(name).or_default().push((*day, probabilities.clone()));
    }
    by_name.into_iter().map(|(name, made)| daily_brier(&made, outcome, days).map(|scores| (name, scores))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_forecast_of_a_day_stands_and_is_carried_on() {
        let scores = daily_scores(&[(3, 0.1), (1, 0.5), (1, 0.4), (9, 0.0)], 5);
        assert_eq!(scores, [None, Some(0.4), Some(0.4), Some(0.1), Some(0.1)]);
        assert_eq!(participation(&scores), 0.8);
        assert_eq!(daily_scores(&[(-2, 0.3)], 1), [Some(0.3)]);
    }

    #[test]
    fn relative_is_accuracy_by_active_days() {
        let own = [None, Some(0.4), Some(0.4), Some(0.1)];
        let crowd = crowd_median(&[own.to_vec(), vec![Some(0.5), Some(0.8), Some(0.2), Some(0.2)], vec![Some(1.0); 4]]);
        let by_days = accuracy(&own, &crowd, CrowdWindow::ActiveDays).expect("active");
        assert!((by_days - relative(&own, &crowd).expect("days")).abs() < 1e-15);
        assert_ne!(accuracy(&own, &crowd, CrowdWindow::WholeQuestion), Some(by_days));
    }

    #[test]
    fn somebody_who_never_forecast_has_no_score() {
        assert_eq!(accuracy(&[None, None], &[Some(0.5); 2], CrowdWindow::WholeQuestion), None);
        assert_eq!((average_daily(&[None]), participation(&[])), (None, 0.0));
        assert_eq!(crowd_median(&[vec![None], vec![None]]), [None]);
    }
}
