//! Kalshi: markets and trades, as JSON arrays, one object a line, or pages of the interface.
//!
//! Markets of one event share a cluster. A trade's `yes_price`, in cents, is what the market said from then on, so trades make the
//! forecasts of one forecaster, `kalshi`.

use super::content::{Content, number, text};
use super::reading::{Reading, blank};
use super::values::{closing, moment};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::Holds;
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// Who the price of the market is taken for.
const MARKET: &str = "kalshi";

/// See the module.
#[derive(Debug)]
pub(super) struct Kalshi;

impl Importer for Kalshi {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        if content.has_keys(&["ticker", "event_ticker", "status", "result"]) {
            Some(Recognised { what: "markets of Kalshi", holds: Holds::Questions })
        } else if content.has_keys(&["ticker", "created_time", "yes_price"]) {
            Some(Recognised { what: "trades of Kalshi", holds: Holds::Forecasts })
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
        let mut trades: Vec<(Moment, u64, &Map<String, Value>)> = Vec::new();
        for (row, item) in content.objects() {
            match moment(&text(item, "created_time")) {
                Ok(made_at) => trades.push((made_at, *row, item)),
                Err(problem) => reading.leave_out(*row, "no time of the trade", &problem),
            }
        }
        trades.sort_by(|a, b| a.0.epoch_days().total_cmp(&b.0.epoch_days()));
        for (made_at, row, item) in trades {
            let ticker = text(item, "ticker");
            match number(item, "yes_price") {
                Some(cents) if (0.0..=100.0).contains(&cents) => {
                    let other = number(item, "no_price").filter(|other| (cents + other - 100.0).abs() > 0.5);
                    if let Some(other) = other {
                        let detail = format!("{cents} and {other}");
                        reading.leave_out(row, "the prices of yes and no do not sum to 100 cents", &detail);
                    } else {
                        let said = Forecast::Binary { probability: cents / 100.0 };
                        reading.add_forecast(row, &ticker, MARKET, made_at, said);
                    }
                }
                _ => reading.leave_out(row, "yes_price is no number of cents from 0 to 100", &text(item, "yes_price")),
            }
        }
        Ok(())
    }
}

fn market(row: u64, item: &Map<String, Value>, reading: &mut Reading<'_>) {
    let id = text(item, "ticker");
    let kind = text(item, "market_type");
    if !kind.is_empty() && kind != "binary" {
        reading.leave_out(row, &format!("markets of the type {kind} are not read"), &id);
        return;
    }
    let opens = reading.time(row, "`open_time`", &text(item, "open_time")).map(Moment::day);
    let closing = reading.time(row, "`close_time`", &text(item, "close_time")).map(closing);
    let closing = closing.filter(|(closes, _)| reading.may_close(row, opens, *closes));
    let question = Question {
        ask: text(item, "title"),
        opens,
        closes: closing.as_ref().map(|(day, _)| *day),
        tags: closing.and_then(|(_, time)| time).into_iter().collect(),
        resolves: Some(text(item, "rules_primary")).filter(|rule| !rule.is_empty()),
        cluster: Some(text(item, "event_ticker")).filter(|event| !event.is_empty()),
        ..blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row, question) {
        return;
    }
    let resolution = match text(item, "result").as_str() {
        "yes" => Resolution::Yes,
        "no" => Resolution::No,
        "" => {
            reading.pending(row, &format!("no result; its status is `{}`", text(item, "status")), &id);
            return;
        }
        other => {
            reading.voided(row, "resolved to neither yes nor no", &format!("{id}: {other}"));
            Resolution::Annulled
        }
    };
    let known = [text(item, "settlement_time"), text(item, "close_time"), text(item, "expiration_time")];
    match known.iter().find(|time| !time.is_empty()).map(|time| moment(time)) {
        Some(Ok(resolved_on)) => {
            reading.add_outcome(row, Outcome { question: id, resolution, resolved_on, source: None });
        }
        Some(Err(problem)) => reading.leave_out(row, "no time of the resolution", &problem),
        None => reading.leave_out(row, "no time of the resolution", &id),
    }
}
