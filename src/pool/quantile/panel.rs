//! What each member said of each target, at common levels.

use super::pivot::at_level;
use crate::forecast::{Forecast, ForecastRecord, Moment, NamedDistribution, Records, Resolution, Scale};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// What is forecast at one moment: a question, what every member had said of it last, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The question's id.
    pub question: String,
    /// When the youngest of the forecasts was made.
    pub made_at: Moment,
    /// The number that came, if it is known.
    pub outcome: Option<f64>,
    /// When it could be known.
    pub resolved_on: Option<Moment>,
    /// The quantiles of each member at the panel's levels, as they stand (on the natural scale); `None` where it said nothing, or not enough.
    pub said: Vec<Option<Vec<f64>>>,
}

/// Forecasts by quantiles: targets in the order of their moments, members by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// Names, sorted.
    pub members: Vec<String>,
    /// Increasing, strictly between 0 and 1.
    pub levels: Vec<f64>,
    /// In the order of `made_at`, then of questions as the records have them.
    pub targets: Vec<Target>,
    /// How many forecasts were brought from other levels to these.
    pub brought: usize,
    /// How many forecasts were left out because they do not reach as far out as the levels.
    pub short: usize,
    /// How many forecasts were left out because they have numbers below 0, which the scale does not hold.
    pub off_scale: usize,
}

/// The levels that most forecasts by quantiles have; of several the longest. A distribution by name or by its cdf states every level, and counts for its even ones where
/// nobody states others. Empty when there are none.
pub(super) fn usual_levels(records: &Records, member: impl Fn(&str) -> bool) -> Vec<f64> {
    let mut counts: IndexMap<Vec<u64>, (usize, &[f64])> = IndexMap::new();
    for record in records.forecasts.iter().filter(|record| member(&record.forecaster)) {
        if let Forecast::Quantiles { levels, .. } = &record.forecast {
            let key = levels.iter().map(|level| level.to_bits()).collect();
            counts.entry(key).or_insert((0, levels)).0 += 1;
        }
    }
    let usual = counts.values().max_by_key(|(count, levels)| (*count, levels.len()));
    let is_distribution = |record: &ForecastRecord| {
        member(&record.forecaster) && matches!(record.forecast, Forecast::Distribution { .. })
    };
    match usual {
        Some((_, levels)) => levels.to_vec(),
        None if records.forecasts.iter().any(is_distribution) => NamedDistribution::even_levels().to_vec(),
        None => Vec::new(),
    }
}

impl Panel {
    /// The panel of those members' forecasts at those levels: a target for each question and each moment at which one of them spoke.
    ///
    /// A distribution by name or by its cdf has its own values there. A forecast with other levels is brought to these on straight lines between its own; one that does not reach as far
    /// out is left out and counted. A forecast made when the outcome was known does not count.
    #[must_use]
    pub fn new(records: &Records, members: Vec<String>, levels: Vec<f64>) -> Self {
        Self::on(Scale::Natural, records, members, levels)
    }

    /// The same of those forecasts that stand on a scale: on the logarithmic one, without numbers below 0 at the levels. The others are left out and counted.
    pub(super) fn on(scale: Scale, records: &Records, members: Vec<String>, levels: Vec<f64>) -> Self {
        let places: BTreeMap<String, usize> = members.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        let mut panel = Self { members, levels, ..Self::default() };
        let mut by_question: IndexMap<&str, Vec<(usize, &ForecastRecord)>> = IndexMap::new();
        for record in &records.forecasts {
            if let (Forecast::Quantiles { .. } | Forecast::Distribution { .. }, Some(place)) =
                (&record.forecast, places.get(&record.forecaster))
            {
                by_question.entry(record.question.as_str()).or_default().push((*place, record));
            }
        }
        for (question, mut made) in by_question {
            let known = records.outcomes.get(question);
            if let Some(known) = known {
                made.retain(|(_, record)| is_before(record.made_at, known.resolved_on));
            }
            made.sort_by(|a, b| a.1.made_at.epoch_days().total_cmp(&b.1.made_at.epoch_days()));
            let outcome = known.and_then(|known| match known.resolution {
                Resolution::Value(value) => Some(value),
                _ => None,
            });
            let mut last: Vec<Option<Vec<f64>>> = vec![None; panel.members.len()];
            let mut ends = vec![f64::INFINITY; panel.members.len()];
            for (at, (place, record)) in made.iter().enumerate() {
                last[*place] = panel.at_levels(&record.forecast).filter(|values| {
                    let holds = scale == Scale::Natural || values.iter().all(|value| *value >= 0.0);
                    panel.off_scale += usize::from(!holds);
                    holds
                });
                ends[*place] = record.ends();
                let now = record.made_at.epoch_days();
                last.iter_mut().zip(&ends).filter(|(_, ends)| **ends <= now).for_each(|(last, _)| *last = None);
                let more =
                    made.get(at + 1).is_some_and(|next| next.1.made_at.epoch_days() <= record.made_at.epoch_days());
                if more || last.iter().all(Option::is_none) {
                    continue;
                }
                panel.targets.push(Target {
                    question: question.to_owned(),
                    made_at: record.made_at,
                    outcome,
                    resolved_on: known.map(|known| known.resolved_on),
                    said: last.clone(),
                });
            }
        }
        panel.targets.sort_by(|a, b| a.made_at.epoch_days().total_cmp(&b.made_at.epoch_days()));
        panel
    }

    /// A forecast's values at the panel's levels.
    fn at_levels(&mut self, forecast: &Forecast) -> Option<Vec<f64>> {
        if let Forecast::Distribution { distribution } = forecast {
            return Some(self.levels.iter().map(|level| distribution.law().quantile(*level)).collect());
        }
        let Forecast::Quantiles { levels, values } = forecast else { return None };
        if *levels == self.levels {
            return Some(values.clone());
        }
        let found: Option<Vec<f64>> = self.levels.iter().map(|level| at_level(levels, values, *level)).collect();
        if found.is_some() {
            self.brought += 1;
        } else {
            self.short += 1;
        }
        found
    }
}

/// Whether something said at this moment was said before that was known.
pub(super) fn is_before(made_at: Moment, known: Moment) -> bool {
    made_at.epoch_days() < known.epoch_days()
}
