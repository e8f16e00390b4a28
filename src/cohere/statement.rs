//! Who said what on a day: the forecasts of the records as statements.

use super::formula::{Definition, Literal};
use super::names::of_options;
use super::problem::Figure;
use super::relations::{Builder, Conditional, Relations, Strength, group};
use crate::forecast::{Forecast, ForecastRecord, Moment, Records, SUM_TOLERANCE};
use crate::source::Span;
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

/// Whether options, where there are any, sum to 1.
fn sums_to_one(forecast: &Forecast) -> bool {
    match forecast {
        Forecast::Categorical { probabilities, .. } => (probabilities.iter().sum::<f64>() - 1.0).abs() <= SUM_TOLERANCE,
        _ => true,
    }
}

/// That the options of a question exclude each other and one of them comes, of each question of which somebody's do not sum to 1: there it is a
/// relation that is violated and repaired like any other, and elsewhere what options mean.
#[must_use]
pub fn options_as_relations(records: &Records) -> Relations {
    let mut builder = Builder::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for record in records.forecasts.iter().filter(|record| !sums_to_one(&record.forecast)) {
        let Some(question) = records.questions.get(&record.question) else { continue };
        if !seen.insert(&record.question) {
            continue;
        }
        let asked = |option: &String| builder.question(&record.question, Some(option), Span::default());
        let options: Vec<Literal> = question.options.iter().map(asked).collect();
        let names: Vec<String> = options.iter().map(|option| builder.name(*option)).collect();
        let text = format!("exactly one of {}", names.join(", "));
        builder.holds(&text, Strength::Logic, Span::default(), group(&options, true, true));
    }
    builder.finish()
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
                    // Elsewhere it is a relation: see `options_as_relations`.
                    if sums_to_one(&record.forecast) {
                        definitions.push(of_options(&all));
                    }
                }
                _ => others.push((*question).to_owned()),
            }
        }
        (figures, others, atoms, definitions)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{near, read};
    use super::super::{Options, cohere};
    use super::options_as_relations;
    use crate::forecast::Records;
    use crate::forecast::tidy::TidyFile;

    const TABLE: &str = "question,option,forecaster,made_at,probability\nwin,r,anna,2026-01-01,50%\nwin,g,anna,2026-01-01,40%\n\
        win,b,anna,2026-01-01,35%\nq,,anna,2026-01-01,10%\nwin,r,ben,2026-01-01,50%\nwin,g,ben,2026-01-01,30%\n\
        win,b,ben,2026-01-01,20%\nq,,ben,2026-01-01,10%\n";

    #[test]
    fn options_that_do_not_sum_to_one_are_a_violation_and_repaired() {
        let mut records = Records::default();
        let table = || TidyFile::from_text("t.csv", TABLE).expect("a table");
        let refused = table().forecasts(&mut records).expect_err("others refuse it").to_string();
        assert!(refused.contains("must sum to 1, but sum to 1.25"), "{refused}");
        table().with_options_as_stated().forecasts(&mut records).expect("it is read as it stands");
        let relations = read("logic = [\"q implies win:r\"]\n").joined(options_as_relations(&records));
        let report = cohere(&records, &relations, &Options::default()).expect("it can be looked at");
        let [anna, ben] = report.statements.as_slice() else { panic!("two forecasters") };
        assert_eq!((anna.errors, anna.violated.len()), (1, 1));
        // The nearest that sum to 1 are a third of the excess lower each.
        for (name, stated) in [("win:r", 0.5), ("win:g", 0.4), ("win:b", 0.35)] {
            let figure = anna.figures.iter().find(|figure| figure.name == name).expect("an option is a figure");
            near(figure.stated, stated, 1e-12);
            near(figure.squared, stated - 0.25 / 3.0, 1e-6);
        }
        assert_eq!((ben.errors, ben.violated.len()), (0, 0));
        assert!(ben.figures.iter().all(|figure| (figure.squared - figure.stated).abs() < 1e-9));
    }

    #[test]
    fn where_all_options_sum_to_one_there_is_no_such_relation() {
        let mut records = Records::default();
        let text = "question,option,forecaster,made_at,probability\nwin,r,a,2026-01-01,60%\nwin,g,a,2026-01-01,40%\n";
        TidyFile::from_text("t.csv", text).expect("a table").forecasts(&mut records).expect("they sum to 1");
        assert_eq!(options_as_relations(&records).iter().count(), 0);
    }
}
