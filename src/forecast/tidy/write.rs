//! Writes tables so that they read back equal.

use super::cell::join_list;
use super::{forecasts, outcomes, parquet, questions};
use crate::error::Error;
use crate::forecast::joint::{COLUMNS as JOINT_COLUMNS, REVISION};
use crate::forecast::{Forecast, ForecastRecord, JointForecast, Outcome, Question, number_text};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Form {
    /// Comma-separated values, one header line.
    #[default]
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Parquet: numbers as numbers, days as days, everything else as text.
    Parquet,
}

impl Form {
    /// The form that a file of this name has; one without an ending is comma-separated.
    ///
    /// # Errors
    /// If the ending is none of `.csv`, `.jsonl`, `.ndjson` and `.parquet`.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let Some(ending) = path.extension() else { return Ok(Self::Csv) };
        match ending.to_string_lossy().to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "jsonl" | "ndjson" => Ok(Self::Jsonl),
            "parquet" => Ok(Self::Parquet),
            _ => {
                Err(Error::input(format!("the ending of `{}` says of no form of a table of forecasts", path.display()))
                    .help("call it `.csv`, `.jsonl` or `.parquet`"))
            }
        }
    }

    /// The extension of its files.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }
}

pub(super) fn failed(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::environment("the table cannot be written").because(problem)
}

/// Rows of text in the form asked for, which is not JSON lines.
fn rows_in(form: Form, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, Error> {
    if form == Form::Parquet {
        return parquet::write(columns, &rows.into_iter().collect::<Vec<_>>());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).map_err(failed)?;
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    writer.into_inner().map_err(|problem| failed(problem.to_string()))
}

fn json_lines(lines: impl IntoIterator<Item = impl Serialize>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, &line).map_err(failed)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// What stands in a file of questions.
///
/// # Errors
/// If the writer fails, which memory does not.
pub fn questions_file<'a>(questions: impl IntoIterator<Item = &'a Question>, form: Form) -> Result<Vec<u8>, Error> {
    if form == Form::Jsonl {
        return json_lines(questions);
    }
    let optional_day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let rows = questions.into_iter().map(|question| {
        vec![
            question.id.clone(),
            question.ask.clone(),
            question.kind.to_string(),
            join_list(&question.options),
            optional_day(question.opens),
            optional_day(question.closes),
            question.resolves.clone().unwrap_or_default(),
            question.cluster.clone().unwrap_or_default(),
            join_list(&question.tags),
        ]
    });
    rows_in(form, &questions::COLUMNS, rows)
}

/// What stands in a file of outcomes.
///
/// # Errors
/// If the writer fails, which memory does not.
pub fn outcomes_file<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>, form: Form) -> Result<Vec<u8>, Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        question: &'a str,
        resolution: String,
        resolved_on: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<&'a str>,
    }
    let lines = outcomes.into_iter().map(|outcome| Line {
        question: &outcome.question,
        resolution: outcome.resolution.to_string(),
        resolved_on: outcome.resolved_on.to_string(),
        source: outcome.source.as_deref(),
    });
    match form {
        Form::Jsonl => json_lines(lines),
        Form::Csv | Form::Parquet => rows_in(
            form,
            &outcomes::COLUMNS,
            lines.map(|line| {
                vec![
                    line.question.to_owned(),
                    line.resolution,
                    line.resolved_on,
                    line.source.unwrap_or_default().to_owned(),
                ]
            }),
        ),
    }
}

/// What stands in a file of joint forecasts, a row a pattern; with the column `revision` only where one of the same forecaster, moment and questions
/// was revised.
///
/// # Errors
/// If the writer fails, which memory does not.
pub fn joint_file(forecasts: &[JointForecast], form: Form) -> Result<Vec<u8>, Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        forecaster: &'a str,
        made_at: String,
        pattern: String,
        probability: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        revision: Option<usize>,
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut before: BTreeMap<(&str, String, &[String]), usize> = BTreeMap::new();
    for forecast in forecasts {
        let made_at = forecast.made_at.to_string();
        let revisions = before.entry((&forecast.forecaster, made_at.clone(), &forecast.questions)).or_default();
        let revision = (*revisions > 0).then_some(*revisions);
        *revisions += 1;
        for (answers, probability) in &forecast.patterns {
            lines.push(Line {
                forecaster: &forecast.forecaster,
                made_at: made_at.clone(),
                pattern: forecast.pattern(answers),
                probability: *probability,
                revision,
            });
        }
    }
    if form == Form::Jsonl {
        return json_lines(lines);
    }
    let has_revisions = lines.iter().any(|line| line.revision.is_some());
    let columns: Vec<&str> = JOINT_COLUMNS.into_iter().chain(has_revisions.then_some(REVISION)).collect();
    let rows = lines.into_iter().map(|line| {
        let revision = line.revision.map(|revision| revision.to_string()).unwrap_or_default();
        let own = [line.forecaster.to_owned(), line.made_at, line.pattern, number_text(line.probability)];
        own.into_iter().chain(has_revisions.then_some(revision)).collect::<Vec<String>>()
    });
    rows_in(form, &columns, rows)
}

/// What stands in a file of forecasts; in CSV and Parquet only with the columns that some forecast needs.
///
/// # Errors
/// If the writer fails, which memory does not.
pub fn forecasts_file<'a>(records: impl IntoIterator<Item = &'a ForecastRecord>, form: Form) -> Result<Vec<u8>, Error> {
    if form == Form::Jsonl {
        return json_lines(records);
    }
    let mut revisions: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    let mut rows: Vec<[String; 17]> = Vec::new();
    for record in records {
        let mut revision = String::new();
        if !matches!(record.forecast, Forecast::Binary { .. }) {
            let key = (record.question.as_str(), record.forecaster.as_str(), record.made_at.to_string());
            let count = revisions.entry(key).or_default();
            if *count > 0 {
                revision = count.to_string();
            }
            *count += 1;
        }
        let (scenario, engine, seed, worlds) = record.provenance.as_ref().map_or_else(Default::default, |from| {
            (from.scenario.clone(), from.engine.clone(), from.seed.to_string(), from.worlds.to_string())
        });
        // On the first row of a forecast alone: it may be long.
        let mut curve = record.curve.as_ref().map(ToString::to_string).unwrap_or_default();
        let until = record.until.map(|until| until.to_string()).unwrap_or_default();
        let said = said(&record.forecast).into_iter();
        rows.extend(said.map(|[probability, option, quantile, value, day, never, distribution]| {
            [
                record.question.clone(),
                record.forecaster.clone(),
                record.made_at.to_string(),
                revision.clone(),
                probability,
                option,
                quantile,
                value,
                day,
                never,
                scenario.clone(),
                engine.clone(),
                seed.clone(),
                worlds.clone(),
                std::mem::take(&mut curve),
                until.clone(),
                distribution,
            ]
        }));
    }
    let columns = || forecasts::COLUMNS.into_iter().chain(["distribution"]);
    let is_needed: Vec<bool> =
        (0..columns().count()).map(|at| at < 3 || at == 4 || rows.iter().any(|row| !row[at].is_empty())).collect();
    let columns: Vec<&str> = columns().zip(&is_needed).filter(|(_, needed)| **needed).map(|(name, _)| name).collect();
    rows_in(
        form,
        &columns,
        rows.into_iter()
            .map(|row| row.into_iter().zip(&is_needed).filter(|(_, needed)| **needed).map(|(cell, _)| cell).collect()),
    )
}

/// What each row of a forecast says: probability, option, quantile, value, day, never, distribution.
fn said(forecast: &Forecast) -> Vec<[String; 7]> {
    let blank = String::new;
    match forecast {
        Forecast::Binary { probability } => {
            vec![[number_text(*probability), blank(), blank(), blank(), blank(), blank(), blank()]]
        }
        Forecast::Categorical { options, probabilities } => options
            .iter()
            .zip(probabilities)
            .map(|(option, p)| [number_text(*p), option.clone(), blank(), blank(), blank(), blank(), blank()])
            .collect(),
        Forecast::Quantiles { levels, values } => levels
            .iter()
            .zip(values)
            .map(|(level, value)| {
                [blank(), blank(), number_text(*level), number_text(*value), blank(), blank(), blank()]
            })
            .collect(),
        Forecast::Distribution { distribution } => {
            vec![[blank(), blank(), blank(), blank(), blank(), blank(), distribution.to_string()]]
        }
        Forecast::Date { levels, days, never } => {
            let never = number_text(*never);
            std::iter::once([blank(), blank(), blank(), blank(), blank(), never, blank()])
                .chain(levels.iter().zip(days).map(|(level, day)| {
                    let day = day.map_or_else(|| "never".to_owned(), |day| day.to_string());
                    [blank(), blank(), number_text(*level), blank(), day, blank(), blank()]
                }))
                .collect()
        }
    }
}
