//! Polymarket: markets and trades, as JSON arrays, one object a line, or pages of the interface.
//!
//! A market of the tokens Yes and No is a question, by its `condition_id`, as the interface of the order book (CLOB) gives it; or by its `conditionId`, as
//! [Gamma](super::polymarket_gamma) does. A trade's price is the probability of the outcome traded, so
//! trades make the forecasts of one forecaster, `polymarket`. So do price histories; since they do not say which market they are of, the name of their
//! file must: the market's `condition_id` or `market_slug`, whose prices are those of yes, or the `token_id` of Yes or No.

use super::content::{Content, list, number, text};
use super::reading::Reading;
use super::values::{binary, day_of, from_milliseconds};
use super::{Importer, Keyed, Recognised, polymarket_gamma};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::tidy::Holds;
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution, check_probability};
use crate::math::round_to;
use serde_json::{Map, Value};
use std::path::Path;

/// Who the price of the market is taken for.
const MARKET: &str = "polymarket";

/// What a file of prices is called.
const HISTORY: &str = "a price history of Polymarket";

/// See the module.
#[derive(Debug)]
pub(super) struct Polymarket;

/// What a file of markets of Gamma is called.
const GAMMA: &str = "markets of Polymarket (Gamma)";

/// Its files that are told by their keys.
static FILES: &[Keyed] = &[
    Keyed {
        what: "markets of Polymarket (CLOB)",
        holds: Holds::Questions,
        keys: &["condition_id", "question", "tokens"],
    },
    Keyed { what: GAMMA, holds: Holds::Questions, keys: &["conditionId", "question", "outcomes"] },
    Keyed {
        what: "trades of Polymarket",
        holds: Holds::Forecasts,
        keys: &["conditionId", "price", "timestamp", "outcomeIndex"],
    },
];

impl Importer for Polymarket {
    fn documents(&self) -> &'static [Keyed] {
        FILES
    }

    fn recognises(&self, content: &Content) -> Option<Recognised> {
        let is_history = || content.objects().first().is_some_and(|(_, first)| is_history(first));
        let history = || is_history().then_some(Recognised { what: HISTORY, holds: Holds::Forecasts });
        content.keyed(FILES).or_else(history)
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        if recognised.what == HISTORY {
            content.objects().iter().for_each(|(_, item)| history(item, &content.name(), reading));
            return Ok(());
        }
        reading.rows(content.objects().len());
        if recognised.holds == Holds::Questions {
            let of_gamma = recognised.what == GAMMA;
            for (row, item) in content.objects() {
                if of_gamma {
                    polymarket_gamma::market(*row, item, reading);
                } else {
                    market(*row, item, reading);
                }
            }
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
    let end = text(item, "end_date_iso");
    let closes = day_of(&end);
    if closes.is_err() {
        reading.time(row, "`end_date_iso`", &end);
    }
    let rule = text(item, "description");
    let question = Question {
        ask: text(item, "question"),
        closes: closes.clone().ok(),
        resolves: Some(rule).filter(|rule| !rule.is_empty()),
        ..Question::blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row, question) {
        return;
    }
    for (name, is_of_yes) in [
        (id.clone(), true),
        (text(item, "market_slug"), true),
        (text(yes, "token_id"), true),
        (text(no, "token_id"), false),
    ] {
        if !name.is_empty() {
            reading.beside.priced.insert(name, (id.clone(), is_of_yes));
        }
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
        // What is voided is named already.
        Err(_) if resolution == Resolution::Annulled => {}
        Err(problem) => reading.leave_out(row, "no day of the resolution", &problem),
    }
}

/// Whether an object is a price history: a list of times and prices, and nothing else.
fn is_history(item: &Map<String, Value>) -> bool {
    // A point that lacks one of the two is named when it is read.
    let is_point = |point: &Value| point.get("t").is_some() || point.get("p").is_some();
    item.len() == 1 && item.get("history").and_then(Value::as_array).is_some_and(|points| points.iter().all(is_point))
}

/// The prices of a history, whose file is named after its market.
fn history(item: &Map<String, Value>, file: &str, reading: &mut Reading<'_>) {
    let points = list(item, "history");
    reading.rows(points.len());
    let name = Path::new(file).file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let Some((question, is_of_yes)) = reading.beside.priced.get(&name).cloned() else {
        reading.note(format!(
            "{} left out: `{name}` is no market that is known; name the file after the condition_id, the market_slug or the token_id, and read the markets with it",
            counted(points.len(), "price")
        ));
        return;
    };
    for (row, point) in (1..).zip(points) {
        match price(point, is_of_yes) {
            Ok((made_at, said)) => reading.add_forecast(row, &question, MARKET, made_at, said),
            Err(problem) => reading.leave_out(row, "the price cannot be", &problem),
        }
    }
}

/// What the market said at a time.
fn price(point: &Map<String, Value>, is_of_yes: bool) -> Result<(Moment, Forecast), String> {
    let seconds = number(point, "t").ok_or_else(|| "it has no time".to_owned())?;
    let price = number(point, "p").ok_or_else(|| "it has no price".to_owned())?;
    Ok((from_milliseconds(seconds * 1000.0)?, of_yes(price, is_of_yes)?))
}

/// What a price of yes or no says of yes: of 0.9 for no, 0.1 and not its last bits.
fn of_yes(price: f64, is_of_yes: bool) -> Result<Forecast, String> {
    check_probability("its price", price)?;
    let probability = if is_of_yes { price } else { round_to(1.0 - price, 12) };
    binary(&probability.to_string())
}

/// What the market said after a trade.
fn trade(seconds: f64, item: &Map<String, Value>) -> Result<(Moment, Forecast), String> {
    let outcome = text(item, "outcome");
    if !(outcome.is_empty() || ["yes", "no"].iter().any(|name| outcome.eq_ignore_ascii_case(name))) {
        return Err(format!("its outcome `{outcome}` is neither Yes nor No"));
    }
    let price = number(item, "price").ok_or_else(|| "it has no price".to_owned())?;
    let said = match number(item, "outcomeIndex") {
        Some(0.0) => of_yes(price, true)?,
        Some(1.0) => of_yes(price, false)?,
        _ => return Err("outcomeIndex is neither 0 nor 1".to_owned()),
    };
    Ok((from_milliseconds(seconds * 1000.0)?, said))
}

#[cfg(test)]
mod tests {
    use crate::forecast::Forecast;
    use crate::forecast::import::InputFile;
    use crate::forecast::import::tests::{has, read, said};

    const MARKETS: &str = r#"[{"condition_id": "0x1", "question": "Will it?", "market_slug": "will-it", "end_date_iso": "2025-03-01T00:00:00Z", "closed": true,
        "tokens": [{"token_id": "71", "outcome": "Yes", "winner": true}, {"token_id": "72", "outcome": "No", "winner": false}]}]"#;
    const PRICES: &str =
        r#"{"history": [{"t": 1735689600, "p": 0.1}, {"t": 1735776000, "p": 0.5}, {"t": 1735776001, "p": 1.5}]}"#;

    #[test]
    fn a_price_history_is_of_the_market_that_its_file_is_named_after() {
        for (name, first) in [("prices/71.json", 0.1), ("72.json", 0.9), ("will-it.json", 0.1), ("0x1.json", 0.1)] {
            let (records, remarks) = read(&[(name, PRICES), ("m.json", MARKETS)]).unwrap();
            let expected = [first, 0.5].map(|probability| Forecast::Binary { probability });
            assert_eq!(said(&records, "0x1", "polymarket"), expected.iter().collect::<Vec<_>>(), "{name}");
            has(&remarks, "1 left out, the price cannot be: row 3");
        }
    }

    #[test]
    fn a_market_that_closed_without_a_winner_is_voided_once_and_a_price_is_named_as_it_stands() {
        let markets = r#"[{"condition_id": "0x1", "question": "Q", "end_date_iso": null, "closed": true,
            "tokens": [{"token_id": "71", "outcome": "Yes", "winner": false}, {"token_id": "72", "outcome": "No", "winner": false}]}]"#;
        let trade =
            r#"[{"conditionId": "0x1", "price": 3, "timestamp": 1735776000, "outcome": "No", "outcomeIndex": 1}]"#;
        let (_, remarks) =
            read(&[("m.json", markets), ("72.json", PRICES), ("t.json", &trade.replace("3,", "0.3,"))]).unwrap();
        has(&remarks, "1 voided, closed without a winner: row 1 (0x1)");
        assert!(!remarks.contains("no day of the resolution"), "{remarks}");
        let told = read(&[("m.json", markets), ("t.json", trade)]).unwrap_err().to_string();
        assert!(told.contains("row 1 (its price must lie between 0 and 1, but is 3)"), "{told}");
    }

    #[test]
    fn json_of_no_source_is_told_what_the_nearest_lacks() {
        let of = |text: &str| InputFile::from_bytes("x.json", text.as_bytes()).unwrap_err();
        let told = of(r#"{"trades": [{"ticker": "A", "created_time": "2025-01-05T10:00:00Z", "price": 0.4}]}"#);
        assert!(told.to_string().contains("is JSON whose objects are those of no known source"), "{told}");
        let help = told.way_out().unwrap().to_owned();
        has(&help, "the nearest are trades of Kalshi in cents, whose objects have `yes_price`, too");
        has(&help, "known are a ForecastBench question set");
        has(&help, "markets of Polymarket (Gamma)");
        assert!(!of("[{\"a\": 1}]").way_out().unwrap().contains("nearest"));
    }

    #[test]
    fn a_point_without_a_price_is_named_and_the_others_are_read() {
        let prices = r#"{"history": [{"t": 1735689600, "p": 0.1}, {"t": 1735776000}]}"#;
        let (records, remarks) = read(&[("71.json", prices), ("m.json", MARKETS)]).unwrap();
        assert_eq!(said(&records, "0x1", "polymarket"), [&Forecast::Binary { probability: 0.1 }]);
        has(&remarks, "1 left out, the price cannot be: row 2 (it has no price)");
    }

    #[test]
    fn a_price_history_of_no_known_market_says_how_to_name_it() {
        let (records, remarks) = read(&[("prices.json", PRICES), ("m.json", MARKETS)]).unwrap();
        assert!(records.forecasts.is_empty());
        has(&remarks, "3 prices left out: `prices` is no market that is known; name the file after the condition_id");
    }
}
