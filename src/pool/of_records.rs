//! A pool as one more forecaster among the records.

use super::method::Said;
use crate::forecast::{Forecast, ForecastRecord, Moment, Records};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// The forecasts of a pool of those forecasters whom `member` names, on yes/no questions: a new one at each moment at which one of them
/// spoke, of what each of them had said last and not withdrawn. `number` gives each forecaster their number, by which weights are known; `pool` takes the moment and the
/// probabilities, the oldest first. Where it gives `None` (sure forecasts that contradict each other) no forecast is made.
#[must_use]
pub fn pooled_records(
    records: &Records,
    name: &str,
    member: impl Fn(&str) -> bool,
    number: impl Fn(&str) -> usize,
    pool: impl Fn(Moment, &[Said]) -> Option<f64>,
) -> Vec<ForecastRecord> {
    let mut by_question: IndexMap<&str, Vec<(&ForecastRecord, f64)>> = IndexMap::new();
    for record in records.forecasts.iter().filter(|record| member(&record.forecaster)) {
        if let Forecast::Binary { probability } = record.forecast {
            by_question.entry(record.question.as_str()).or_default().push((record, probability));
        }
    }
    let mut pooled = Vec::new();
    for (question, mut made) in by_question {
        // Stable: of two forecasts of one moment the one recorded later stands.
        made.sort_by(|a, b| a.0.made_at.epoch_days().total_cmp(&b.0.made_at.epoch_days()));
        // By when each spoke last, then by name.
        let mut last: BTreeMap<&str, (usize, f64, Said)> = BTreeMap::new();
        for (at, (record, probability)) in made.iter().enumerate() {
            let (forecaster, made_at) = (number(&record.forecaster), record.made_at.epoch_days());
            let said = Said { forecaster, probability: *probability, made_at };
            last.insert(record.forecaster.as_str(), (at, record.ends(), said));
            let more = made.get(at + 1).is_some_and(|next| next.0.made_at.epoch_days() <= record.made_at.epoch_days());
            if more {
                continue;
            }
            let mut standing: Vec<_> = last.values().copied().filter(|(_, ends, _)| *ends > made_at).collect();
            standing.sort_by_key(|(spoke, ..)| *spoke);
            let oldest_first: Vec<Said> = standing.into_iter().map(|(.., said)| said).collect();
            if let Some(probability) = pool(record.made_at, &oldest_first) {
                pooled.push(ForecastRecord {
                    question: question.to_owned(),
                    forecaster: name.to_owned(),
                    made_at: record.made_at,
                    forecast: Forecast::Binary { probability },
                    provenance: None,
                    until: None,
                    curve: None,
                });
            }
        }
    }
    pooled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::POOLS;
    use crate::pool::past::testing::record;
    use jiff::civil::date;

    fn made_by(name: &str, records: &Records, member: impl Fn(&str) -> bool) -> Vec<ForecastRecord> {
        let method = POOLS.iter().find(|method| method.name() == name).expect("it is listed");
        let pool = method.without_past().expect("it has nothing to learn");
        pooled_records(records, "pool", member, |_| 0, |_, said| pool.pool(said))
    }

    fn said(who: &str, day: i8, probability: f64) -> ForecastRecord {
        record("q", who, day, probability)
    }

    #[test]
    fn a_pool_speaks_when_a_member_does_and_takes_what_each_said_last() {
        let records = Records {
            forecasts: vec![
                said("a", 1, 0.2),
                said("b", 1, 0.4),
                said("outsider", 2, 0.99),
                said("c", 3, 0.9),
                said("a", 4, 0.6),
            ],
            ..Records::default()
        };
        let found = made_by("median", &records, |name| name != "outsider");
        let values: Vec<(i8, f64)> = found
            .iter()
            .map(|record| match record.forecast {
                Forecast::Binary { probability } => (record.made_at.day().day(), probability),
                _ => panic!("a pool of probabilities is one"),
            })
            .collect();
        // Days 1: 0.2, 0.4; 3: 0.2, 0.4, 0.9; 4: 0.4, 0.9, 0.6.
        assert_eq!(values.iter().map(|of| of.0).collect::<Vec<_>>(), [1, 3, 4]);
        for (value, expected) in values.iter().zip([0.3, 0.4, 0.6]) {
            assert!((value.1 - expected).abs() < 1e-12, "{values:?}");
        }
    }

    #[test]
    fn who_has_withdrawn_is_not_in_the_pool() {
        let ended =
            |record: ForecastRecord, day: i8| ForecastRecord { until: Some(Moment::Day(date(2025, 1, day))), ..record };
        let forecasts = vec![ended(said("a", 1, 0.2), 3), said("b", 1, 0.4), said("b", 3, 0.6), said("b", 4, 0.8)];
        let found = made_by("mean", &Records { forecasts, ..Records::default() }, |_| true);
        assert_eq!(found.len(), 3);
        // A day counts to its end.
        for (record, expected) in found.iter().zip([0.3, 0.4, 0.8]) {
            let Forecast::Binary { probability } = record.forecast else { panic!("a pool of probabilities is one") };
            assert!((probability - expected).abs() < 1e-12, "{probability} for {expected}");
        }
    }

    #[test]
    fn sure_forecasts_that_contradict_each_other_have_no_pool_of_log_odds() {
        let records = Records { forecasts: vec![said("a", 1, 0.0), said("b", 1, 1.0)], ..Records::default() };
        assert!(made_by("log-odds", &records, |_| true).is_empty());
        assert_eq!(made_by("mean", &records, |_| true).len(), 1);
    }
}
