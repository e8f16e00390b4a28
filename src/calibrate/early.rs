//! Early resolution: which questions may be counted without favouring those that resolved because something happened.
//!
//! A question with a deadline can resolve yes early and no only late. While its deadline lies ahead it is among the resolved only if it
//! was yes, so calibrated forecasts look timid: of forecasts of 30 % with twelve months to go, made evenly over the eighteen months
//! before, 46 % of the resolved came true. Only questions whose scheduled close has passed tell the truth.

use super::Sample;
use crate::forecast::{Moment, Records};
use crate::score::{ClusteredMean, Standing, clustered_mean};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;

/// Standings by whether their questions may count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BySchedule<'a> {
    /// On questions whose scheduled close has passed, or that have none.
    pub counted: Vec<&'a Standing>,
    /// On questions that resolved although their scheduled close lies ahead.
    pub early: Vec<&'a Standing>,
}

/// The latest day that the records know of: of a forecast or of an outcome. `None` for empty records.
#[must_use]
pub fn latest_day(records: &Records) -> Option<Date> {
    let made = records.forecasts.iter().map(|forecast| forecast.made_at.day());
    let resolved = records.outcomes.values().map(|outcome| outcome.resolved_on.day());
    made.chain(resolved).max()
}

/// Parts standings by whether the scheduled close of their question has passed on a day; the closing day itself counts as passed.
#[must_use]
pub fn by_schedule<'a>(standings: &'a [Standing], records: &Records, as_of: Date) -> BySchedule<'a> {
    let passed = |standing: &&Standing| {
        let closes = records.questions.get(&standing.question).and_then(|question| question.closes);
        closes.is_none_or(|closes| Moment::Day(closes).epoch_days() <= Moment::Day(as_of).epoch_days())
    };
    let (counted, early) = standings.iter().partition(passed);
    BySchedule { counted, early }
}

/// How many different questions these standings are on.
#[must_use]
pub fn count_questions(standings: &[&Standing]) -> usize {
    standings.iter().map(|standing| standing.question.as_str()).collect::<BTreeSet<_>>().len()
}

/// What all resolved questions show, whether or not their scheduled close has passed.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Naive {
    /// Questions.
    pub questions: usize,
    /// Of these, resolved ahead of their scheduled close.
    pub early: usize,
    /// Mean stated probability.
    pub stated: f64,
    /// Share that came true.
    pub observed: f64,
    /// Stated and observed in bins.
    pub bins: Vec<super::Bin>,
    /// Whether stated minus observed differs, beyond chance at two standard errors, between the questions resolved ahead of their close
    /// and those whose close has passed: then the naive curve misleads.
    pub misleads: bool,
}

/// Whether stated minus observed differs beyond chance, at two standard errors, between two samples.
///
/// A sample of one cluster has no standard error of its own; the other's is taken for it, scaled by the numbers of clusters.
#[must_use]
pub(super) fn differ(counted: &Sample, early: &Sample) -> bool {
    let of = |sample: &Sample| clustered_mean(&sample.misses(), &sample.cluster_labels());
    let (Some(counted), Some(early)) = (of(counted), of(early)) else { return false };
    let scaled = |from: &ClusteredMean, to: &ClusteredMean| {
        from.standard_error.map(|error| error * (from.clusters as f64 / to.clusters as f64).sqrt())
    };
    let first = counted.standard_error.or_else(|| scaled(&early, &counted));
    let second = early.standard_error.or_else(|| scaled(&counted, &early));
    match (first, second) {
        (Some(first), Some(second)) => {
            (counted.mean - early.mean).abs() > 2.0 * (first * first + second * second).sqrt()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_differ_are_told_from_groups_that_do_not() {
        let clusters: Vec<usize> = (0..40).collect();
        let half: Vec<bool> = (0..40).map(|at| at % 2 == 0).collect();
        let even = Sample::of_pairs(&[0.5; 40], &half, &clusters).expect("forty");
        let low = Sample::of_pairs(&[0.3; 40], &[true; 40], &clusters).expect("forty");
        assert!(differ(&even, &low) && !differ(&even, &even) && !differ(&even, &Sample::default()));
    }
}
