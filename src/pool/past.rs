//! Questions that resolved, with what each forecaster said last: what pools learn from.

use super::method::Said;
use super::relation::{Relation, Relations};
use crate::forecast::{Forecast, ForecastRecord, Records, Resolution};
use crate::score::Life;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// One question that resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct PastQuestion {
    /// Its id.
    pub id: String,
    /// What it shares its fate with, by number.
    pub cluster: usize,
    /// Whether it came true.
    pub happened: bool,
    /// The last forecast of each forecaster that counted, the oldest first. Never empty.
    pub said: Vec<Said>,
    /// When the first of these was made, in days since 1970-01-01.
    pub first_made: f64,
    /// When the answer was known.
    pub resolved: f64,
    /// How it hangs together with other questions.
    pub relations: Vec<Relation>,
}

/// Everything there is to learn from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Their names, in the order of the first forecast of each; their place is their number.
    pub forecasters: Vec<String>,
    /// In the order of the records.
    pub questions: Vec<PastQuestion>,
}

/// A part of a history.
#[derive(Debug, Clone)]
pub struct Past<'a> {
    /// How many forecasters there are.
    pub forecasters: usize,
    /// The questions of the part.
    pub questions: Vec<&'a PastQuestion>,
}

impl History {
    /// The yes/no questions among the records that resolved, with the forecasts that counted: made before the question closed and
    /// resolved, by forecasters whom `member` names.
    #[must_use]
    pub fn new(records: &Records, member: impl Fn(&str) -> bool) -> Self {
        let mut numbers: IndexMap<&str, usize> = IndexMap::new();
        let mut by_question: IndexMap<&str, Vec<(&ForecastRecord, f64)>> = IndexMap::new();
        for record in records.forecasts.iter().filter(|record| member(&record.forecaster)) {
            if let Forecast::Binary { probability } = record.forecast
                && (0.0..=1.0).contains(&probability)
            {
                by_question.entry(record.question.as_str()).or_default().push((record, probability));
            }
        }
        let related = Relations::new(records);
        let shared = related.clusters(records);
        let mut clusters: BTreeMap<usize, usize> = BTreeMap::new();
        let mut questions = Vec::new();
        for (id, mut made) in by_question {
            let (Some(question), Some(outcome)) = (records.questions.get(id), records.outcomes.get(id)) else {
                continue;
            };
            let happened = match outcome.resolution {
                Resolution::Yes => true,
                Resolution::No => false,
                _ => continue,
            };
            let life = Life::new(question, outcome);
            made.retain(|(record, _)| life.counts(record.made_at));
            made.sort_by(|a, b| a.0.made_at.epoch_days().total_cmp(&b.0.made_at.epoch_days()));
            // By when each spoke last; who withdrew before the end says nothing.
            let mut last: BTreeMap<usize, (usize, Said)> = BTreeMap::new();
            for (at, (record, probability)) in made.iter().enumerate() {
                let next = numbers.len();
                let forecaster = *numbers.entry(record.forecaster.as_str()).or_insert(next);
                let made_at = record.made_at.epoch_days();
                if record.ends() < life.ends() {
                    last.remove(&forecaster);
                } else {
                    last.insert(forecaster, (at, Said { forecaster, probability: *probability, made_at }));
                }
            }
            let mut said: Vec<(usize, Said)> = last.into_values().collect();
            said.sort_by_key(|(at, _)| *at);
            let Some(first_made) = said.first().map(|(_, first)| first.made_at) else { continue };
            let count = clusters.len();
            let cluster = *clusters.entry(shared[id]).or_insert(count);
            questions.push(PastQuestion {
                id: id.to_owned(),
                cluster,
                happened,
                said: said.into_iter().map(|(_, said)| said).collect(),
                first_made,
                resolved: outcome.resolved_on.epoch_days(),
                relations: related.of(question),
            });
        }
        Self { forecasters: numbers.into_keys().map(str::to_owned).collect(), questions }
    }

    /// The part whose answers were known before a moment (in days since 1970-01-01), with those forecasters alone who are in it.
    #[must_use]
    pub fn known_before(&self, moment: f64) -> Self {
        self.part(|question| question.resolved < moment)
    }

    /// The part without these questions, with those forecasters alone who are in it.
    #[must_use]
    pub fn without(&self, ids: &BTreeSet<String>) -> Self {
        self.part(|question| !ids.contains(&question.id))
    }

    fn part(&self, keeps: impl Fn(&PastQuestion) -> bool) -> Self {
        let mut questions: Vec<PastQuestion> =
            self.questions.iter().filter(|question| keeps(question)).cloned().collect();
        if questions.len() == self.questions.len() {
            return self.clone();
        }
        let present: BTreeSet<usize> =
            questions.iter().flat_map(|question| &question.said).map(|said| said.forecaster).collect();
        let numbers: BTreeMap<usize, usize> = present.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        for said in questions.iter_mut().flat_map(|question| &mut question.said) {
            said.forecaster = numbers[&said.forecaster];
        }
        Self { forecasters: present.iter().map(|at| self.forecasters[*at].clone()).collect(), questions }
    }

    /// All of it.
    #[must_use]
    pub fn past(&self) -> Past<'_> {
        Past { forecasters: self.forecasters.len(), questions: self.questions.iter().collect() }
    }
}

impl Past<'_> {
    /// The questions at these places.
    #[must_use]
    pub fn part(&self, places: &[usize]) -> Self {
        Self { forecasters: self.forecasters, questions: places.iter().map(|at| self.questions[*at]).collect() }
    }

    /// What happened, question by question.
    #[must_use]
    pub fn happened(&self) -> Vec<bool> {
        self.questions.iter().map(|question| question.happened).collect()
    }

    /// The cluster of each question, by number.
    #[must_use]
    pub fn clusters(&self) -> Vec<usize> {
        self.questions.iter().map(|question| question.cluster).collect()
    }

    /// How many clusters there are.
    #[must_use]
    pub fn cluster_count(&self) -> usize {
        let mut clusters = self.clusters();
        clusters.sort_unstable();
        clusters.dedup();
        clusters.len()
    }
}

/// The plain mean of what was said.
pub(super) fn plain_mean(said: &[Said]) -> f64 {
    said.iter().map(|said| said.probability).sum::<f64>() / said.len().max(1) as f64
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::forecast::Moment;
    use jiff::civil::date;

    /// A history of questions, each a cluster of its own, from rows of probabilities (NaN: not answered) and outcomes.
    pub(in crate::pool) fn history(rows: &[(&[f64], bool)]) -> History {
        let count = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
        let question = |(at, (row, happened)): (usize, &(&[f64], bool))| PastQuestion {
            id: format!("q{at}"),
            cluster: at,
            happened: *happened,
            said: row
                .iter()
                .enumerate()
                .filter(|(_, p)| !p.is_nan())
                .map(|(forecaster, p)| Said { forecaster, probability: *p, made_at: 0.0 })
                .collect(),
            first_made: 0.0,
            resolved: 1.0,
            relations: Vec::new(),
        };
        History {
            forecasters: (0..count).map(|at| format!("f{at}")).collect(),
            questions: rows.iter().enumerate().map(question).collect(),
        }
    }

    /// What somebody said of a question on a day of January 2025.
    pub(in crate::pool) fn record(question: &str, forecaster: &str, day: i8, probability: f64) -> ForecastRecord {
        ForecastRecord {
            question: question.to_owned(),
            forecaster: forecaster.to_owned(),
            made_at: Moment::Day(date(2025, 1, day)),
            forecast: Forecast::Binary { probability },
            provenance: None,
            until: None,
            curve: None,
        }
    }

    /// What forecasters 0, 1, … say.
    pub(in crate::pool) fn said(probabilities: &[f64]) -> Vec<Said> {
        let one = |(forecaster, p): (usize, &f64)| Said { forecaster, probability: *p, made_at: 0.0 };
        probabilities.iter().enumerate().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{Moment, Outcome, Question, QuestionKind};
    use jiff::civil::date;

    #[test]
    fn each_is_taken_at_their_last_word_before_the_answer_was_known() {
        let mut records = Records::default();
        let question = Question {
            id: "q".to_owned(),
            ask: String::new(),
            kind: QuestionKind::Binary,
            options: Vec::new(),
            opens: None,
            closes: None,
            resolves: None,
            cluster: Some("c".to_owned()),
            tags: Vec::new(),
        };
        records.questions.insert("q".to_owned(), question);
        let resolved_on = Moment::Day(date(2025, 2, 1));
        let outcome = Outcome { question: "q".to_owned(), resolution: Resolution::Yes, resolved_on, source: None };
        records.outcomes.insert("q".to_owned(), outcome);
        for (who, month, day, probability) in
            [("a", 1, 1, 0.1), ("b", 1, 2, 0.2), ("a", 1, 9, 0.3), ("late", 2, 1, 1.0), ("out", 1, 1, 0.5)]
        {
            records.forecasts.push(ForecastRecord {
                question: "q".to_owned(),
                forecaster: who.to_owned(),
                made_at: Moment::Day(date(2025, month, day)),
                forecast: Forecast::Binary { probability },
                provenance: None,
                until: None,
                curve: None,
            });
        }
        let history = History::new(&records, |name| name != "out");
        assert_eq!(history.forecasters, ["a", "b"]);
        let said = &history.questions[0].said;
        let made_at = Moment::Day(date(2025, 1, 2)).epoch_days();
        assert_eq!(said[0], Said { forecaster: 1, probability: 0.2, made_at });
        assert_eq!(said[1], Said { forecaster: 0, probability: 0.3, made_at: made_at + 7.0 });
    }
}
