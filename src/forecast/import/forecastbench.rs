//! ForecastBench: question sets, forecast sets and resolution sets, each one JSON object.
//!
//! A question is asked in a round, `forecast_due_date`, by a source. On a market it is one question; on a dataset, one for each of its
//! resolution dates, which share a cluster. Its id is `due/source/id`, and `/date` behind it on a dataset. Combinations of two
//! questions are left out and counted.

use super::content::{Content, list, number, text};
use super::reading::Reading;
use super::values::{binary, day_of, given, joined};
use super::{Importer, Keyed, Recognised};
use crate::error::Error;
use crate::forecast::tidy::Holds;
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// The sources whose questions are markets: each resolves once, and its price stood when the question was frozen.
const MARKETS: [&str; 6] = ["manifold", "metaculus", "polymarket", "infer", "kalshi", "predictit"];
/// Who the price of a market at the time of the freeze is taken for.
const FREEZE: &str = "market at freeze";

/// See the module.
#[derive(Debug)]
pub(super) struct ForecastBench;

/// Its files.
static FILES: &[Keyed] = &[
    Keyed {
        what: "a ForecastBench question set",
        holds: Holds::Questions,
        keys: &["forecast_due_date", "question_set", "questions"],
    },
    Keyed {
        what: "a ForecastBench forecast set",
        holds: Holds::Forecasts,
        keys: &["forecast_due_date", "question_set", "forecasts"],
    },
    Keyed {
        what: "a ForecastBench resolution set",
        holds: Holds::Outcomes,
        keys: &["forecast_due_date", "question_set", "resolutions"],
    },
];

impl Importer for ForecastBench {
    fn documents(&self) -> &'static [Keyed] {
        FILES
    }

    fn recognises(&self, content: &Content) -> Option<Recognised> {
        content.keyed(FILES)
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        for (_, set) in content.objects() {
            let due = text(set, "forecast_due_date");
            let day = day_of(&due)
                .map_err(|problem| Error::input(format!("{}: forecast_due_date: {problem}", content.name())))?;
            match recognised.holds {
                Holds::Questions => questions(set, &due, Moment::Day(day), reading),
                Holds::Forecasts => forecasts(set, &due, Moment::Day(day), reading),
                Holds::Outcomes => resolutions(set, &due, reading),
            }
        }
        Ok(())
    }
}

/// The id of a question, or why it has none and what stands there.
fn question_id(item: &Map<String, Value>, due: &str, date: &str) -> Result<String, (&'static str, String)> {
    if item.get("id").is_some_and(Value::is_array) {
        return Err(("a combination of two questions", String::new()));
    }
    let (source, id) = (text(item, "source"), text(item, "id"));
    if id.is_empty() {
        return Err(("no id of the question", String::new()));
    }
    let date = if is_market(&source) { None } else { given(date) };
    if let Some(Err(problem)) = date.map(day_of) {
        return Err(("the date of the resolution cannot be", problem));
    }
    Ok(joined([due, &source, &id].into_iter().chain(date)))
}

fn is_market(source: &str) -> bool {
    MARKETS.iter().any(|market| source.eq_ignore_ascii_case(market))
}

fn questions(set: &Map<String, Value>, due: &str, day: Moment, reading: &mut Reading<'_>) {
    let items = list(set, "questions");
    reading.rows(items.len());
    for (row, item) in (1..).zip(items) {
        let source = text(item, "source");
        let dates: Vec<String> = match item.get("resolution_dates") {
            Some(Value::Array(dates)) if !is_market(&source) => {
                dates.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => vec![String::new()],
        };
        for date in dates {
            let id = match question_id(item, due, &date) {
                Ok(id) => id,
                Err((why, detail)) => {
                    reading.leave_out(row, why, &detail);
                    // Of an id that cannot be the other dates cannot be either.
                    if detail.is_empty() {
                        break;
                    }
                    continue;
                }
            };
            let close = text(item, "market_info_close_datetime");
            let (name, close) =
                if is_market(&source) { ("market_info_close_datetime", &close) } else { ("the date", &date) };
            let closes = reading.time(row, name, close).map(Moment::day);
            let closes = closes.filter(|closes| reading.may_close(row, Some(day.day()), *closes));
            let question = Question {
                ask: text(item, "question"),
                opens: Some(day.day()),
                closes,
                resolves: Some(text(item, "resolution_criteria")).filter(|rule| !rule.is_empty()),
                cluster: Some(joined([source.as_str(), &text(item, "id")])),
                tags: vec![source.clone(), (if is_market(&source) { "market" } else { "dataset" }).to_owned()],
                ..Question::blank(&id, QuestionKind::Binary)
            };
            if reading.add_question(row, question)
                && is_market(&source)
                && let Some(price) = number(item, "freeze_datetime_value")
            {
                let frozen = day_of(&text(item, "freeze_datetime")).map_or(day, Moment::Day);
                match binary(&price.to_string()) {
                    Ok(said) => reading.add_forecast(row, &id, FREEZE, frozen, said),
                    Err(problem) => reading.leave_out(row, "the value at the freeze is no probability", &problem),
                }
            }
        }
    }
}

fn forecasts(set: &Map<String, Value>, due: &str, day: Moment, reading: &mut Reading<'_>) {
    let items = list(set, "forecasts");
    reading.rows(items.len());
    let organization = text(set, "organization");
    let model = text(set, "model");
    let set_of = if organization.is_empty() { model } else { format!("{organization}: {model}") };
    for (row, item) in (1..).zip(items) {
        let id = match question_id(item, due, &text(item, "resolution_date")) {
            Ok(id) => id,
            Err((why, detail)) => {
                reading.leave_out(row, why, &detail);
                continue;
            }
        };
        let said = match item.get("forecast") {
            None | Some(Value::Null) => Err("there is none".to_owned()),
            Some(_) => binary(&text(item, "forecast")),
        };
        let person = text(item, "user_id");
        let forecaster = if person.is_empty() { set_of.clone() } else { format!("{set_of} {person}") };
        match said {
            Ok(_) if item.get("imputed").and_then(Value::as_bool) == Some(true) => {
                reading.leave_out(row, "imputed, not forecast", "");
            }
            Ok(said) => reading.add_forecast(row, &id, &forecaster, day, said),
            Err(problem) => reading.leave_out(row, "the forecast is no probability", &problem),
        }
    }
}

fn resolutions(set: &Map<String, Value>, due: &str, reading: &mut Reading<'_>) {
    let items = list(set, "resolutions");
    reading.rows(items.len());
    for (row, item) in (1..).zip(items) {
        let date = text(item, "resolution_date");
        let id = match question_id(item, due, &date) {
            Ok(id) => id,
            Err((why, detail)) => {
                reading.leave_out(row, why, &detail);
                continue;
            }
        };
        if item.get("resolved").and_then(Value::as_bool) == Some(false) {
            reading.pending(row, "not resolved; the value is the market's price", &id);
            continue;
        }
        let resolved_on = match day_of(&date) {
            Ok(day) => Moment::Day(day),
            Err(problem) => {
                reading.leave_out(row, "no day of the resolution", &problem);
                continue;
            }
        };
        let resolution = match number(item, "resolved_to") {
            Some(1.0) => Resolution::Yes,
            Some(0.0) => Resolution::No,
            None => {
                reading.voided(row, "resolved to nothing", &id);
                Resolution::Annulled
            }
            Some(part) => {
                reading.voided(row, "resolved to neither yes nor no", &format!("{id}: {part}"));
                Resolution::Annulled
            }
        };
        reading.add_outcome(row, Outcome { question: id, resolution, resolved_on, source: None });
    }
}
