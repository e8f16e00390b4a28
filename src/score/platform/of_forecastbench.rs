//! ForecastBench's scores of forecasts in records.

use super::forecastbench;
use super::of_records::{Better, PlatformRow, Sums, Undefined, sort};
use crate::score::{Case, Standing, brier};
use serde::Serialize;
use std::collections::BTreeSet;

/// Which forecast of a forecaster on a question is taken where a platform scores one.
///
/// ForecastBench asks each question once, on the day on which its forecasts are due, and scores what was said then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// The only one: whoever changed it has no score on the question
    #[default]
    Only,
    /// The first that counts
    First,
    /// The last before the question closed or resolved
    Last,
}

impl Taken {
    /// What is scored of a standing; `None` if the forecast changed and the only one is taken.
    fn of(self, standing: &Standing) -> Option<&Case> {
        let segment = match self {
            Self::Only => standing.segments.first().filter(|_| standing.segments.len() == 1 && standing.forecasts == 1),
            Self::First => standing.segments.first(),
            Self::Last => standing.segments.last(),
        };
        segment.map(|segment| &segment.case)
    }
}

/// The rows of ForecastBench's scores; what has none is counted.
pub(super) fn of_forecastbench<'a>(standings: &'a [Standing], taken: Taken, sums: &mut Sums<'a>) -> Vec<PlatformRow> {
    let mut entries = Vec::new();
    for standing in standings {
        match taken.of(standing) {
            Some(Case::Binary { probability, happened }) => entries.push(forecastbench::Entry {
                forecaster: &standing.forecaster,
                question: &standing.question,
                brier: brier(*probability, *happened),
            }),
            Some(_) => sums.without("difficulty_adjusted", Undefined::Kind),
            None => sums.without("difficulty_adjusted", Undefined::Changed),
        }
    }
    let difficulties = forecastbench::question_difficulties(&entries);
    let adjusted = forecastbench::difficulty_adjusted(&entries, &difficulties, None);
    let peers = forecastbench::peer_scores(&entries);
    let answered = |name: &str| {
        let own: BTreeSet<&str> =
            entries.iter().filter(|entry| entry.forecaster == name).map(|entry| entry.question).collect();
        own.len()
    };
    let row = |score: &'static str, better: Better, name: &str, value: f64| PlatformRow {
        score,
        better,
        forecaster: name.to_owned(),
        value,
        questions: answered(name),
        coverage: None,
        limited: 0,
    };
    let mut all = Vec::new();
    let mut own: Vec<PlatformRow> =
        adjusted.iter().map(|(name, value)| row("difficulty_adjusted", Better::Lower, name, *value)).collect();
    sort(&mut own, Better::Lower);
    all.append(&mut own);
    own = adjusted
        .iter()
        .filter_map(|(name, value)| Some(row("brier_index", Better::Higher, name, forecastbench::brier_index(*value)?)))
        .collect();
    sort(&mut own, Better::Higher);
    all.append(&mut own);
    own = peers.iter().map(|(name, value)| row("peer", Better::Higher, name, *value)).collect();
    sort(&mut own, Better::Higher);
    all.append(&mut own);
    all
}
