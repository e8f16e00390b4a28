//! Polymarket: markets and trades, as JSON arrays, one object a line, or pages of the interface.
//!
//! A market of the tokens Yes and No is a question, by its `condition_id`. A trade's price is the probability of the outcome traded, so
//! trades make the forecasts of one forecaster, `polymarket`. A price history does not say which market it is of and is not read.

use super::content::{Content, list, number, text};
use super::reading::{Reading, blank};
use super::values::{binary, day_of, from_milliseconds};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::Holds;
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// Who the price of the market is taken for.
const MARKET: &str = "polymarket";

/// See the module.
#[derive(Debug)]
pub(super) struct Polymarket;

impl Importer for Polymarket {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        if content.has_keys(&["condition_id", "question", "tokens"]) {
            Some(Recognised { what: "markets of Polymarket", holds: Holds::Questions })
        } else if content.has_keys(&["conditionId", "price", "timestamp", "outcomeIndex"]) {
            Some(Recognised { what: "trades of Polymarket", holds: Holds::Forecasts })
        } else {
            None
        }
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        reading.rows(content.objects().len());
        if recognised.holds == Holds::Questions {
            content.objects().iter().for_each(|(row, item)| market(*row, item, reading));
            return Ok(());
        }
        let mut trades: Vec<(f64, u64, &Map<String, Value>)> = Vec::new();
        for (row, item) in content.objects() {
            match number(item, "timestamp") {
                Some(seconds) => trades.push((seconds, *row, item)),
                None => reading.leave_out(*row, "no time of the trade", ""),
            }
        }
        trades.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (seconds, row, item) in trades {
            match trade(seconds, item) {
                Ok((made_at, said)) => reading.add_forecast(row, &text(item, "conditionId"), MARKET, made_at, said),
                Err(problem) => reading.leave_out(row, "the trade cannot be", &problem),
            }
        }
        Ok(())
    }
}

fn market(row: u64, item: &Map<String, Value>, reading: &mut Reading<'_>) {
    let id = text(item, "condition_id");
    let tokens = list(item, "tokens");
    let is = |token: &&Map<String, Value>, name: &str| text(token, "outcome").eq_ignore_ascii_case(name);
    let yes = tokens.iter().find(|token| is(token, "yes"));
    let no = tokens.iter().find(|token| is(token, "no"));
    let (Some(yes), Some(no)) = (yes, no) else {
        reading.leave_out(row, "a market whose outcomes are not Yes and No", &id);
        return;
    };
    let closes = day_of(&text(item, "end_date_iso"));
    let rule = text(item, "description");
    let question = Question {
        ask: text(item, "question"),
        closes: closes.clone().ok(),
        resolves: Some(rule).filter(|rule| !rule.is_empty()),
        ..blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row, question) {
        return;
    }
    let won = |token: &Map<String, Value>| token.get("winner").and_then(Value::as_bool) == Some(true);
    let is_closed = item.get("closed").and_then(Value::as_bool) == Some(true);
    let resolution = match (won(yes), won(no)) {
        (true, false) => Resolution::Yes,
        (false, true) => Resolution::No,
        (false, false) if !is_closed => {
            reading.pending(row, "not closed", &id);
            return;
        }
        _ => {
            reading.voided(row, "closed without a winner", &id);
            Resolution::Annulled
        }
    };
    match closes {
        Ok(day) => {
            let outcome = Outcome { question: id, resolution, resolved_on: Moment::Day(day), source: None };
            reading.add_outcome(row, outcome);
        }
        Err(problem) => reading.leave_out(row, "no day of the resolution", &problem),
    }
}

/// What the market said after a trade.
fn trade(seconds: f64, item: &Map<String, Value>) -> Result<(Moment, Forecast), String> {
    let outcome = text(item, "outcome");
    if !(outcome.is_empty() || ["yes", "no"].iter().any(|name| outcome.eq_ignore_ascii_case(name))) {
        return Err(format!("its outcome `{outcome}` is neither Yes nor No"));
    }
    let price = number(item, "price").ok_or_else(|| "it has no price".to_owned())?;
    let said = match number(item, "outcomeIndex") {
        Some(0.0) => binary(&price.to_string())?,
        Some(1.0) => binary(&(1.0 - price).to_string())?,
        _ => return Err("outcomeIndex is neither 0 nor 1".to_owned()),
    };
    Ok((from_milliseconds(seconds * 1000.0)?, said))
}
