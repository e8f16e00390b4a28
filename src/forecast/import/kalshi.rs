//! Kalshi: markets and trades, as JSON arrays, one object a line, or pages of the interface.
//!
//! Markets of one event share a cluster. A trade's `yes_price_dollars`, or its `yes_price` in cents, is what the market said from then on, so trades make
//! the forecasts of one forecaster, `kalshi`.

use super::content::{Content, number, text};
use super::reading::Reading;
use super::values::{closing, moment};
use super::{Importer, Keyed, Recognised};
use crate::error::Error;
use crate::forecast::tidy::Holds;
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// Who the price of the market is taken for.
const MARKET: &str = "kalshi";

/// See the module.
#[derive(Debug)]
pub(super) struct Kalshi;

/// Its files.
static FILES: &[Keyed] = &[
    Keyed { what: "markets of Kalshi", holds: Holds::Questions, keys: &["ticker", "event_ticker", "status", "result"] },
    Keyed {
        what: "trades of Kalshi in cents",
        holds: Holds::Forecasts,
        keys: &["ticker", "created_time", "yes_price"],
    },
    Keyed {
        what: "trades of Kalshi in dollars",
        holds: Holds::Forecasts,
        keys: &["ticker", "created_time", "yes_price_dollars"],
    },
];

impl Importer for Kalshi {
    fn documents(&self) -> &'static [Keyed] {
        FILES
    }

    fn recognises(&self, content: &Content) -> Option<Recognised> {
        content.keyed(FILES)
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
            match price(item) {
                Ok(probability) => {
                    reading.add_forecast(row, &ticker, MARKET, made_at, Forecast::Binary { probability });
                }
                Err((why, detail)) => reading.leave_out(row, why, &detail),
            }
        }
        Ok(())
    }
}

/// What a trade says of yes, or why it says nothing and what stands there. Dollars are finer than cents, where both are there.
fn price(item: &Map<String, Value>) -> Result<f64, (&'static str, String)> {
    let both = |yes: f64, other: f64| format!("{yes} and {other}");
    if item.contains_key("yes_price_dollars") {
        return match number(item, "yes_price_dollars") {
            Some(yes) if (0.0..=1.0).contains(&yes) => {
                match number(item, "no_price_dollars").filter(|other| (yes + other - 1.0).abs() > 0.005) {
                    Some(other) => Err(("the prices of yes and no do not sum to a dollar", both(yes, other))),
                    None => Ok(yes),
                }
            }
            _ => Err(("yes_price_dollars is no number from 0 to 1", text(item, "yes_price_dollars"))),
        };
    }
    match number(item, "yes_price") {
        Some(cents) if (0.0..=100.0).contains(&cents) => {
            match number(item, "no_price").filter(|other| (cents + other - 100.0).abs() > 0.5) {
                Some(other) => Err(("the prices of yes and no do not sum to 100 cents", both(cents, other))),
                None => Ok(cents / 100.0),
            }
        }
        _ => Err(("yes_price is no number of cents from 0 to 100", text(item, "yes_price"))),
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
        ..Question::blank(&id, QuestionKind::Binary)
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

#[cfg(test)]
mod tests {
    use crate::forecast::Forecast;
    use crate::forecast::import::tests::{has, read, said};

    #[test]
    fn trades_in_dollars_are_read_as_those_in_cents_are() {
        let trades = r#"{"trades": [
            {"trade_id": "1", "ticker": "A-1", "count_fp": "3.00", "created_time": "2025-01-05T10:00:00Z", "yes_price_dollars": "0.6550", "no_price_dollars": "0.3450", "taker_side": "yes"},
            {"trade_id": "2", "ticker": "A-1", "count_fp": "1.00", "created_time": "2025-01-06T10:00:00Z", "yes_price_dollars": "0.8000", "no_price_dollars": "0.4000", "taker_side": "no"},
            {"trade_id": "3", "ticker": "A-1", "count_fp": "1.00", "created_time": "2025-01-07T10:00:00Z", "yes_price_dollars": "65", "taker_side": "no"}], "cursor": ""}"#;
        let (records, remarks) = read(&[("trades.json", trades)]).unwrap();
        assert_eq!(said(&records, "A-1", "kalshi"), [&Forecast::Binary { probability: 0.655 }]);
        has(&remarks, "1 left out, the prices of yes and no do not sum to a dollar: row 2 (0.8 and 0.4)");
        has(&remarks, "1 left out, yes_price_dollars is no number from 0 to 1: row 3 (65)");
        assert!(!remarks.contains("no file of questions"), "none was read: {remarks}");
    }

    #[test]
    fn trades_on_a_market_that_is_not_in_the_file_of_markets_are_named() {
        let markets = r#"[{"ticker": "A-1", "event_ticker": "A", "status": "active", "result": ""}]"#;
        let trade = |ticker: &str| {
            format!(r#"{{"ticker": "{ticker}", "created_time": "2025-01-05T10:00:00Z", "yes_price": 40}}"#)
        };
        let trades = format!("[{}, {}]", trade("A-1"), trade("A-9"));
        let (records, remarks) = read(&[("t.json", &trades), ("m.json", markets)]).unwrap();
        assert_eq!(said(&records, "A-9", "kalshi").len(), 1);
        has(&remarks, "1 taken, of a question that no file of questions defines: row 2 (A-9)");
    }
}
