//! `foretell record`: a forecast of one's own.

use super::ledger_file::{self, LedgerArgument, today};
use super::{Done, console};
use crate::error::Error;
use crate::forecast::tidy::{parse_number, parse_probability};
use crate::forecast::{Forecast, ForecastRecord, Moment, Question, QuestionKind, Records, Resolution, day};
use crate::ledger::Receipt;
use crate::report::{Column, Format, Output, Sheet};
use jiff::civil::Date;
use serde::Serialize;
use std::process::ExitCode;

const EXAMPLE: &str = "Examples:
  foretell record moscow_attends --forecaster anna --probability 35%
  foretell record first_step --forecaster anna --options \"ceasefire=20%,talks=50%,neither=30%\"
  foretell record purchase --forecaster anna --quantiles \"5%:10,50%:40,95%:90\"
  foretell record summit_day --forecaster anna --quantiles \"25%:2025-10-01,50%:never\" --never 60%
  foretell record rain --forecaster anna --probability 10% --ask \"Will it rain?\" --closes 2025-09-01 --tag source=desk";

/// Record a forecast of your own
///
/// It stands until your next one on the question. The same forecast recorded twice counts once; another one with the same
/// `--made-at` revises it, and both lines stay.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Arguments {
    /// The question's id
    question: String,
    /// Who says it
    #[arg(long, value_name = "NAME")]
    forecaster: String,
    #[command(flatten)]
    said: Said,
    /// The chance that the day never comes, with `--quantiles` of days
    #[arg(long, value_name = "P", requires = "quantiles")]
    never: Option<String>,
    /// When it was said: a day or a time [default: today, UTC]
    #[arg(long, value_name = "DATE", value_parser = clap::value_parser!(Moment))]
    made_at: Option<Moment>,
    /// Defines the question, in words, if the ledger does not know it
    #[arg(long, value_name = "TEXT")]
    ask: Option<String>,
    /// The last day on which a forecast counts, for a question defined with `--ask`
    #[arg(long, value_name = "DATE", value_parser = day, requires = "ask")]
    closes: Option<Date>,
    /// A tag of a question defined with `--ask`, such as `source=desk`, `pace=none` or `one-of=winner`; may be given several times
    #[arg(long, value_name = "TAG", requires = "ask")]
    tag: Vec<String>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Said {
    /// The probability of yes
    #[arg(long, value_name = "P")]
    probability: Option<String>,
    /// A probability for each option
    #[arg(long, value_name = "OPTION=P,...")]
    options: Option<String>,
    /// Quantiles of a number or a day
    #[arg(long, value_name = "LEVEL:VALUE,...")]
    quantiles: Option<String>,
}

/// What `--format json` prints.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Recorded<'a> {
    /// `foretell.record/1`.
    schema: &'static str,
    /// The forecast.
    recorded: &'a ForecastRecord,
    /// What was written to the ledger.
    receipt: &'a Receipt,
}

pub(super) fn run(arguments: &Arguments, format: Format) -> Done {
    let records = arguments.ledger.records()?;
    let forecast = arguments.forecast(&records)?;
    let (new, question) = arguments.question(&records, &forecast)?;
    let forecast = forecast.in_order_of(&question);
    forecast.check_against(&question).map_err(Error::input)?;
    let record = ForecastRecord {
        question: question.id.clone(),
        forecaster: arguments.forecaster.clone(),
        made_at: arguments.made_at.unwrap_or_else(|| Moment::Day(today())),
        forecast,
        provenance: None,
        until: None,
        curve: None,
    };
    refuse_hindsight(&records, &record)?;
    let mut ledger = arguments.ledger.open()?;
    let receipt = ledger_file::record(&mut ledger, new.into_iter().collect(), vec![record.clone()])?;
    let mut sheet = Sheet::new(None, ["question", "forecaster", "made at", "forecast"].map(Column::text).to_vec());
    sheet.row(vec![
        record.question.clone(),
        record.forecaster.clone(),
        record.made_at.to_string(),
        record.forecast.to_string(),
    ]);
    let json = Recorded { schema: "foretell.record/1", recorded: &record, receipt: &receipt };
    let output = Output { head: Vec::new(), sheets: vec![sheet], foot: Vec::new(), json: &json };
    console::show(format, &output.render(format)?)?;
    Ok(ExitCode::SUCCESS)
}

/// A forecast made now cannot be older than an answer that is known, nor younger than today.
fn refuse_hindsight(records: &Records, record: &ForecastRecord) -> Result<(), Error> {
    let id = &record.question;
    if record.made_at.day() > today() {
        return Err(Error::input(format!(
            "a forecast cannot have been made on {}, which is still to come",
            record.made_at
        ))
        .help("leave `--made-at` out for today"));
    }
    match records.outcomes.get(id) {
        Some(outcome) if outcome.resolution != Resolution::Annulled => Err(Error::input(format!(
            "`{id}` resolved on {}: a forecast recorded now would be made in hindsight",
            outcome.resolved_on
        ))
        .help("`foretell import` takes tables of forecasts that were made at the time")),
        _ => Ok(()),
    }
}

impl Arguments {
    /// The question, and again as a new one if `--ask` defines it.
    fn question(&self, records: &Records, forecast: &Forecast) -> Result<(Option<Question>, Question), Error> {
        if let Ok(known) = ledger_file::question(records, &self.question) {
            if self.ask.as_ref().is_some_and(|ask| *ask != known.ask) {
                return Err(Error::input(format!("the ledger knows the question `{}` already", known.id))
                    .help("leave `--ask` out, or define it anew with `foretell import --questions`"));
            }
            return Ok((None, known.clone()));
        }
        let Some(ask) = &self.ask else {
            return ledger_file::question(records, &self.question).map(|known| (None, known.clone())).map_err(
                |unknown| {
                    let near = unknown.way_out().unwrap_or_default().to_owned();
                    unknown.help(format!("{near}; `--ask TEXT` defines a new question"))
                },
            );
        };
        let question = Question {
            id: self.question.clone(),
            ask: ask.clone(),
            kind: forecast.kind(),
            options: if let Forecast::Categorical { options, .. } = forecast { options.clone() } else { Vec::new() },
            opens: None,
            closes: self.closes,
            resolves: None,
            cluster: None,
            tags: self.tag.clone(),
        };
        question.check().map_err(Error::input)?;
        Ok((Some(question.clone()), question))
    }

    fn forecast(&self, records: &Records) -> Result<Forecast, Error> {
        let is_date = records.questions.get(&self.question).is_some_and(|known| known.kind == QuestionKind::Date);
        match &self.said {
            Said { probability: Some(text), .. } => {
                parse_probability(text).map(|probability| Forecast::Binary { probability })
            }
            Said { options: Some(text), .. } => read_options(text),
            Said { quantiles, .. } => {
                read_quantiles(quantiles.as_deref().unwrap_or_default(), self.never.as_deref(), is_date)
            }
        }
        .map_err(Error::input)
    }
}

/// Reads `ceasefire=20%,talks=80%`.
fn read_options(text: &str) -> Result<Forecast, String> {
    let (mut options, mut probabilities) = (Vec::new(), Vec::new());
    for part in text.split(',') {
        let (option, probability) = part
            .rsplit_once('=')
            .ok_or_else(|| format!("`{part}` is not an option with its probability, such as `talks=80%`"))?;
        options.push(option.trim().to_owned());
        probabilities.push(parse_probability(probability)?);
    }
    Ok(Forecast::Categorical { options, probabilities })
}

/// Reads `5%:10,50%:40` or `25%:2025-10-01,50%:never`.
fn read_quantiles(text: &str, never: Option<&str>, is_date: bool) -> Result<Forecast, String> {
    let mut parts: Vec<(f64, &str)> = Vec::new();
    for part in text.split(',') {
        let (level, value) = part
            .split_once(':')
            .ok_or_else(|| format!("`{part}` is not a quantile with its value, such as `50%:40`"))?;
        parts.push((parse_probability(level)?, value.trim()));
    }
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let levels: Vec<f64> = parts.iter().map(|(level, _)| *level).collect();
    let is_day = |value: &str| value.eq_ignore_ascii_case("never") || day(value).is_ok();
    if is_date || never.is_some() || parts.iter().any(|(_, value)| value.contains('-') && is_day(value)) {
        let never = never.ok_or("quantiles of a day need the chance that it never comes: give `--never P`")?;
        let read = |value: &str| if value.eq_ignore_ascii_case("never") { Ok(None) } else { day(value).map(Some) };
        let days = parts.iter().map(|(_, value)| read(value)).collect::<Result<_, _>>()?;
        Ok(Forecast::Date { levels, days, never: parse_probability(never)? })
    } else {
        let values = parts.iter().map(|(_, value)| parse_number(value)).collect::<Result<_, _>>()?;
        Ok(Forecast::Quantiles { levels, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_quantiles_are_read_as_people_write_them() {
        assert_eq!(
            read_options("a=10%, b c=0.9"),
            Ok(Forecast::Categorical {
                options: vec!["a".to_owned(), "b c".to_owned()],
                probabilities: vec![0.1, 0.9]
            })
        );
        assert_eq!(
            read_quantiles("95%:90,5%:-40", None, false),
            Ok(Forecast::Quantiles { levels: vec![0.05, 0.95], values: vec![-40.0, 90.0] })
        );
        assert_eq!(
            read_quantiles("25%:2025-10-01,50%:never", Some("60%"), false),
            Ok(Forecast::Date {
                levels: vec![0.25, 0.5],
                days: vec![Some(jiff::civil::date(2025, 10, 1)), None],
                never: 0.6
            })
        );
        assert!(read_quantiles("25%:2025-10-01", None, false).unwrap_err().contains("--never"));
        assert!(read_quantiles("25%", None, false).is_err());
        assert!(read_options("a").is_err());
    }
}
