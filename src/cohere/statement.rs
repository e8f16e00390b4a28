//! Who said what on a day: the forecasts of the records as statements.

use super::formula::Definition;
use super::names::of_options;
use super::problem::Figure;
use super::relations::{Conditional, Relations};
use crate::forecast::{Forecast, ForecastRecord, Moment, Records};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Which forecasts make a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The last forecast on each question: it stands until the next.
    #[default]
    Standing,
    /// Only those made on the day itself.
    SameDay,
}

/// What one forecaster says on one day.
#[derive(Debug, Clone)]
pub(super) struct Statement<'r> {
    pub(super) forecaster: &'r str,
    pub(super) day: Date,
    /// The last forecast on each question.
    pub(super) said: BTreeMap<&'r str, &'r ForecastRecord>,
}

/// The statements of each forecaster: on the last day up to `as_of`, or on every day on which something was said.
pub(super) fn statements(
    records: &Records,
    standing: Standing,
    as_of: Option<Date>,
    every_day: bool,
) -> Vec<Statement<'_>> {
    let mut of: BTreeMap<&str, Vec<&ForecastRecord>> = BTreeMap::new();
    for record in &records.forecasts {
        if as_of.is_none_or(|as_of| record.made_at.day() <= as_of) {
            of.entry(&record.forecaster).or_default().push(record);
        }
    }
    let mut statements = Vec::new();
    for (forecaster, mut all) in of {
        all.sort_by(|a, b| a.made_at.epoch_days().total_cmp(&b.made_at.epoch_days()));
        let days: BTreeSet<Date> = all.iter().map(|record| record.made_at.day()).collect();
        let days: Vec<Date> =
            if every_day { days.into_iter().collect() } else { days.into_iter().next_back().into_iter().collect() };
        for day in days {
            let counts = |record: &&&ForecastRecord| match standing {
                Standing::Standing => record.made_at.day() <= day,
                Standing::SameDay => record.made_at.day() == day,
            };
            let mut said: BTreeMap<&str, &ForecastRecord> =
                all.iter().filter(counts).map(|record| (record.question.as_str(), *record)).collect();
            said.retain(|_, record| record.stands_on(day));
            statements.push(Statement { forecaster, day, said });
        }
    }
    statements
}

impl Statement<'_> {
    /// The moment at which all of it had been said.
    pub(super) fn moment(&self) -> Moment {
        let last =
            self.said.values().map(|record| record.made_at).max_by(|a, b| a.epoch_days().total_cmp(&b.epoch_days()));
        last.unwrap_or(Moment::Day(self.day))
    }

    /// Its figures on the propositions of the relations, with the options that are not named there beside those that are; and the questions that
    /// are named and answered in a form that is no probability; how many propositions there are now, and what they mean. Those of other names that are
    /// `asked` for are among them.
    pub(super) fn figures(
        &self,
        relations: &Relations,
        asked: &BTreeSet<&str>,
    ) -> (Vec<Figure>, Vec<String>, usize, Vec<Definition>) {
        let mut definitions = relations.definitions.clone();
        let mut atoms = relations.propositions.len();
        let mut named: BTreeMap<&str, BTreeMap<Option<&str>, usize>> = BTreeMap::new();
        for (at, proposition) in relations.propositions.iter().enumerate() {
            if let Some((question, option)) = &proposition.question {
                named.entry(question).or_default().insert(option.as_deref(), at);
            }
        }
        for (question, record) in &self.said {
            let is_option = |option: &String| asked.contains(format!("{question}:{option}").as_str());
            match &record.forecast {
                Forecast::Binary { .. } if asked.contains(question) && !named.contains_key(question) => {
                    named.entry(question).or_default().insert(None, atoms);
                    atoms += 1;
                }
                Forecast::Categorical { options, .. } if options.iter().any(is_option) => {
                    named.entry(question).or_default();
                }
                _ => {}
            }
        }
        let mut conditionals: BTreeMap<usize, (usize, Conditional)> = BTreeMap::new();
        for (at, relation) in relations.relations.iter().enumerate() {
            for of in &relation.conditionals {
                conditionals.entry(of.name).or_insert((at, *of));
            }
        }
        let (mut figures, mut others) = (Vec::new(), Vec::new());
        for (question, record) in &self.said {
            let Some(places) = named.get(question) else { continue };
            let mut push = |option: Option<&str>, atom: usize, stated: f64| {
                let name = option.map_or_else(|| (*question).to_owned(), |option| format!("{question}:{option}"));
                figures.push(Figure {
                    question: (*question).to_owned(),
                    option: option.map(str::to_owned),
                    name,
                    atom,
                    stated,
                    made_at: record.made_at,
                    weight: 1.0,
                    pin: None,
                    conditional: conditionals.get(&atom).copied(),
                });
            };
            match (&record.forecast, places.get(&None)) {
                (Forecast::Binary { probability }, Some(atom)) => push(None, *atom, *probability),
                (Forecast::Categorical { options, probabilities }, None) => {
                    let mut all = Vec::new();
                    for (option, probability) in options.iter().zip(probabilities) {
                        let atom = places.get(&Some(option.as_str())).copied().unwrap_or_else(|| {
                            atoms += 1;
                            atoms - 1
                        });
                        push(Some(option), atom, *probability);
                        all.push(atom);
                    }
                    definitions.push(of_options(&all));
                }
                _ => others.push((*question).to_owned()),
            }
        }
        (figures, others, atoms, definitions)
    }
}
