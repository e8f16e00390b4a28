//! Joint forecasts: probabilities of what several questions come to together.
//!
//! A table has a row for each *pattern*, with the columns `forecaster`, `made_at`, `pattern` and `probability`; a pattern says of each question what it
//! comes to, `permit=yes|ferry=no`. The rows of one forecaster, moment and set of questions are one forecast, and sum to 1; a column `revision` keeps apart
//! several of them.

use super::tidy::{Problems, Row, Table, join_list, parse_probability, split_list};
use super::{Moment, Question, QuestionKind, Records, Resolution, SUM_TOLERANCE, check_name, check_probability};
use crate::error::Error;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// How far probabilities may be from summing to 1; they are then scaled.
const ROUNDING: f64 = 1e-3;

pub(super) const COLUMNS: [&str; 4] = ["forecaster", "made_at", "pattern", "probability"];
/// The column that keeps apart several forecasts of the same questions, forecaster and moment.
pub(super) const REVISION: &str = "revision";

/// What somebody said at one time about several questions together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointForecast {
    /// Who.
    pub forecaster: String,
    /// When.
    pub made_at: Moment,
    /// The questions, by id, in alphabetical order.
    pub questions: Vec<String>,
    /// What each question comes to, and how probable that is; together 1.
    pub patterns: Vec<(Vec<Resolution>, f64)>,
}

impl JointForecast {
    /// The questions in one text, as lists are written in files: `ferry|permit`.
    #[must_use]
    pub fn set(&self) -> String {
        join_list(&self.questions)
    }

    /// A pattern as it stands in files: `ferry=no|permit=yes`.
    #[must_use]
    pub fn pattern(&self, answers: &[Resolution]) -> String {
        let parts: Vec<String> =
            self.questions.iter().zip(answers).map(|(id, answer)| format!("{id}={answer}")).collect();
        join_list(&parts)
    }

    /// Checks it against its questions, of which `known` has the definition or says that there is none.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check_against<'q>(&self, known: impl Fn(&str) -> Result<&'q Question, String>) -> Result<(), String> {
        check_name("forecaster", &self.forecaster)?;
        if self.questions.len() < 2 || !self.questions.is_sorted_by(|a, b| a < b) {
            return Err("a joint forecast names two questions at least, each once and in alphabetical order".to_owned());
        }
        let questions = self.questions.iter().map(|id| known(id)).collect::<Result<Vec<&Question>, String>>()?;
        for (at, (answers, probability)) in self.patterns.iter().enumerate() {
            if answers.len() != questions.len() {
                return Err("a pattern answers each question of its joint forecast".to_owned());
            }
            for (answer, question) in answers.iter().zip(&questions) {
                answer.check_against(question)?;
                let has_patterns = !matches!(question.kind, QuestionKind::Numeric | QuestionKind::Date);
                if !has_patterns || *answer == Resolution::Annulled {
                    return Err(format!("`{}={answer}`: a pattern is of yes/no questions and of options", question.id));
                }
            }
            check_probability(&format!("the probability of `{}`", self.pattern(answers)), *probability)?;
            if self.patterns[..at].iter().any(|(other, _)| other == answers) {
                return Err(format!("the pattern `{}` stands twice", self.pattern(answers)));
            }
        }
        let sum: f64 = self.patterns.iter().map(|(_, probability)| probability).sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(format!("the patterns sum to {sum:.4}, but must sum to 1"));
        }
        Ok(())
    }
}

/// Which rows are one forecast: the forecaster, the moment, the questions, the revision.
type Key = (String, Moment, Vec<String>, String);

/// The line of the first of them, and what each says.
type Group = (u64, Vec<(Vec<Resolution>, f64)>);

/// What a row says: by question, in alphabetical order.
type Pattern = BTreeMap<String, Resolution>;

/// Reads a table of joint forecasts on questions of the records, which must be yes/no questions or have options.
///
/// # Errors
/// If the file cannot be read, a row cannot be (each is named), or the patterns of a forecast do not sum to 1 within 0.001.
pub fn read_joint_forecasts(path: &Path, records: &Records) -> Result<Vec<JointForecast>, Error> {
    of_table(&Table::open_with_bad_rows(path)?, records)
}

/// The same of a table that was read.
pub(super) fn of_table(table: &Table, records: &Records) -> Result<Vec<JointForecast>, Error> {
    if table.rows.is_empty() {
        // Of rows that cannot be read there may be no columns.
        table.check_rows()?;
    }
    table.require("joint forecasts", &COLUMNS, &COLUMNS)?;
    let mut problems = Problems::of(table);
    let places = COLUMNS.map(|name| table.column(name));
    let revision = table.column(REVISION);
    let mut groups: IndexMap<Key, Group> = IndexMap::new();
    for row in &table.rows {
        let Some((forecaster, made_at, pattern, probability)) = problems.take(row.line, said(row, places, records))
        else {
            continue;
        };
        let (questions, answers): (Vec<String>, Vec<Resolution>) = pattern.into_iter().unzip();
        let key = (forecaster, made_at, questions, row.cell(revision).to_owned());
        let group = groups.entry(key).or_insert((row.line, Vec::new()));
        if group.1.iter().any(|(known, _)| *known == answers) {
            problems.push(row.line, "the pattern stands twice in this forecast");
        }
        group.1.push((answers, probability));
    }
    let mut forecasts = Vec::with_capacity(groups.len());
    for ((forecaster, made_at, questions, _), (line, mut patterns)) in groups {
        let sum: f64 = patterns.iter().map(|(_, probability)| probability).sum();
        if (sum - 1.0).abs() > ROUNDING {
            problems.push(
                line,
                &format!("the patterns of this forecast sum to {sum:.4}, but must sum to 1: give those left out"),
            );
            continue;
        }
        // What is rounding of the last digits alone stays as it is, so that what was written reads back the same.
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            patterns.iter_mut().for_each(|(_, probability)| *probability /= sum);
        }
        forecasts.push(JointForecast { forecaster, made_at, questions, patterns });
    }
    problems.into_result()?;
    Ok(forecasts)
}

fn said(
    row: &Row,
    [forecaster, made_at, pattern, probability]: [Option<usize>; 4],
    records: &Records,
) -> Result<(String, Moment, Pattern, f64), String> {
    let name = row.cell(forecaster);
    check_name("forecaster", name)?;
    let made_at = row.cell(made_at).parse().map_err(|problem| format!("made_at: {problem}"))?;
    let mut answers = Pattern::new();
    for part in split_list(row.cell(pattern)) {
        let (question, answer) = answer(&part, records)?;
        if answers.insert(question.id.clone(), answer).is_some() {
            return Err(format!("the pattern names `{}` twice", question.id));
        }
    }
    if answers.len() < 2 {
        return Err("a pattern is of two questions at least, such as `permit=yes|ferry=no`".to_owned());
    }
    Ok((name.to_owned(), made_at, answers, parse_probability(row.cell(probability))?))
}

/// What a part such as `permit=yes` says.
fn answer<'a>(part: &str, records: &'a Records) -> Result<(&'a Question, Resolution), String> {
    // Names may hold an equals sign: the first that leaves a question before it counts.
    let mut splits = part.match_indices('=').map(|(at, _)| (part[..at].trim(), part[at + 1..].trim()));
    let found = splits.find_map(|(id, answer)| records.questions.get(id).map(|question| (question, answer)));
    let Some((question, answer)) = found else {
        return Err(format!("`{part}` is no answer to a known question, such as `permit=yes`"));
    };
    match Resolution::read(answer, question)? {
        read @ (Resolution::Yes | Resolution::No | Resolution::Option(_)) => Ok((question, read)),
        _ => Err(format!(
            "`{part}`: a pattern is of yes/no questions and of options, not of a {} question",
            question.kind
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::tidy::{Form, joint_file};

    fn records() -> Records {
        let mut records = Records::default();
        for (id, kind, options) in [
            ("permit", QuestionKind::Binary, &[][..]),
            ("a=b", QuestionKind::Binary, &[]),
            ("who", QuestionKind::Categorical, &["ann", "bo=b"]),
            ("price", QuestionKind::Numeric, &[]),
        ] {
            let question = Question {
                id: id.to_owned(),
                ask: String::new(),
                kind,
                options: options.iter().map(|option| (*option).to_owned()).collect(),
                opens: None,
                closes: None,
                resolves: None,
                cluster: None,
                tags: Vec::new(),
            };
            records.questions.insert(id.to_owned(), question);
        }
        records
    }

    fn read(rows: &str) -> Result<Vec<JointForecast>, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j.csv");
        std::fs::write(&path, format!("forecaster,made_at,pattern,probability\n{rows}")).expect("a file");
        read_joint_forecasts(&path, &records())
    }

    #[test]
    fn rows_of_the_same_questions_are_one_forecast_however_they_are_ordered() {
        let found = read("ann,2025-01-01,permit=yes|a=b=no,60%\nann,2025-01-01,a=b=yes|permit=no,0.4004\nann,2025-01-01,permit=no|who=bo=b,1\n")
            .expect("two forecasts");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].questions, ["a=b", "permit"]);
        assert_eq!(found[0].patterns[0].0, [Resolution::No, Resolution::Yes]);
        assert!((found[0].patterns.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-15);
        assert_eq!(found[1].patterns[0].0[1], Resolution::Option("bo=b".to_owned()));
    }

    #[test]
    fn what_is_written_reads_back_the_same_with_its_revisions() {
        let thirds = JointForecast {
            forecaster: "ann".to_owned(),
            made_at: "2025-01-01".parse().expect("a day"),
            questions: ["a=b", "who"].map(str::to_owned).to_vec(),
            patterns: [(Resolution::Yes, "ann"), (Resolution::No, "ann"), (Resolution::Yes, "bo=b")]
                .map(|(answer, who)| (vec![answer, Resolution::Option(who.to_owned())], 1.0 / 3.0))
                .to_vec(),
        };
        let mut revised = thirds.clone();
        revised.patterns.truncate(1);
        revised.patterns[0].1 = 1.0;
        let folder = tempfile::tempdir().expect("a folder");
        for (form, name) in [(Form::Csv, "j.csv"), (Form::Jsonl, "j.jsonl"), (Form::Parquet, "j.parquet")] {
            let path = folder.path().join(name);
            let said = [thirds.clone(), revised.clone(), thirds.clone()];
            std::fs::write(&path, joint_file(&said, form).expect("bytes")).expect("a file");
            assert_eq!(read_joint_forecasts(&path, &records()).expect("three forecasts"), said, "{name}");
        }
        let records = records();
        let known = |id: &str| records.questions.get(id).ok_or_else(|| format!("no `{id}`"));
        assert_eq!(thirds.check_against(known), Ok(()));
        let wrong = |change: &dyn Fn(&mut JointForecast)| {
            let mut forecast = thirds.clone();
            change(&mut forecast);
            forecast.check_against(known).expect_err("it cannot be")
        };
        assert!(wrong(&|of| of.questions.reverse()).contains("alphabetical order"));
        assert!(wrong(&|of| of.questions[1] = "whom".to_owned()).contains("no `whom`"));
        assert!(wrong(&|of| of.patterns[0].1 = 0.5).contains("sum to 1.1667"));
        assert!(wrong(&|of| of.patterns[1] = of.patterns[0].clone()).contains("`a=b=yes|who=ann` stands twice"));
        assert!(wrong(&|of| of.patterns[0].0[1] = Resolution::Yes).contains("cannot resolve to `yes`"));
    }

    #[test]
    fn what_cannot_be_is_named_with_its_row() {
        for (rows, told) in [
            ("ann,2025-01-01,permit=yes|a=b=no,0.6\n", "j.csv:2: the patterns of this forecast sum to 0.6000"),
            ("ann,2025-01-01,permit=yes,1\n", "two questions at least"),
            ("ann,2025-01-01,permit=yes|permit=no,1\n", "names `permit` twice"),
            ("ann,2025-01-01,permit=maybe|a=b=no,1\n", "cannot resolve to `maybe`"),
            ("ann,2025-01-01,permits=yes|a=b=no,1\n", "`permits=yes` is no answer to a known question"),
            ("ann,2025-01-01,price=3|a=b=no,1\n", "not of a numeric question"),
            (
                "ann,2025-01-01,permit=yes|a=b=no,0.5\nann,2025-01-01,a=b=no|permit=yes,0.5\n",
                "j.csv:3: the pattern stands twice",
            ),
        ] {
            let problem = read(rows).expect_err(rows).to_string();
            assert!(problem.contains(told), "{problem}");
        }
    }
}
