//! Manifold's dumps: contracts (markets) and bets, each a JSON array or one object a line.
//!
//! A contract of yes/no is a question. A bet moves the market; the probability after it is what the market says from then on, so
//! bets make the forecasts of one forecaster, `manifold`. Redemptions move nothing and are left out and counted.

use super::content::{Content, number, text};
use super::reading::{Reading, UNDEFINED};
use super::values::{binary, closing, from_milliseconds};
use super::{Importer, Keyed, Recognised};
use crate::error::Error;
use crate::forecast::tidy::Holds;
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// Who the price of the market is taken for.
const MARKET: &str = "manifold";

/// See the module.
#[derive(Debug)]
pub(super) struct Manifold;

/// Its files.
static FILES: &[Keyed] = &[
    Keyed {
        what: "contracts of Manifold",
        holds: Holds::Questions,
        keys: &["id", "outcomeType", "createdTime", "question"],
    },
    Keyed { what: "bets of Manifold", holds: Holds::Forecasts, keys: &["contractId", "createdTime", "probAfter"] },
];

impl Importer for Manifold {
    fn documents(&self) -> &'static [Keyed] {
        FILES
    }

    fn recognises(&self, content: &Content) -> Option<Recognised> {
        content.keyed(FILES)
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        reading.rows(content.objects().len());
        if recognised.holds == Holds::Questions {
            content.objects().iter().for_each(|(row, item)| contract(*row, item, reading));
            return Ok(());
        }
        // The dump has the newest bets first; what stands is the last one of a moment.
        let mut bets: Vec<(Option<f64>, u64, &Map<String, Value>)> =
            content.objects().iter().map(|(row, item)| (number(item, "createdTime"), *row, item)).collect();
        bets.sort_by(|a, b| a.0.unwrap_or(0.0).total_cmp(&b.0.unwrap_or(0.0)));
        for (_, row, item) in bets {
            bet(row, item, reading);
        }
        Ok(())
    }
}

fn time(item: &Map<String, Value>, key: &str) -> Result<Moment, String> {
    let missing = || match text(item, key) {
        there if there.is_empty() => format!("{key} is not given"),
        there => format!("{key}: `{there}` is no time in milliseconds"),
    };
    number(item, key).ok_or_else(missing).and_then(from_milliseconds)
}

/// The same if it is given; what cannot be read is named and not used.
fn time_or_none(row: u64, item: &Map<String, Value>, key: &str, reading: &mut Reading<'_>) -> Option<Moment> {
    if text(item, key).is_empty() {
        return None;
    }
    match time(item, key) {
        Ok(moment) => Some(moment),
        Err(problem) => {
            reading.in_part(row, &format!("`{key}` cannot be read, and is not used"), &problem);
            None
        }
    }
}

fn contract(row: u64, item: &Map<String, Value>, reading: &mut Reading<'_>) {
    let id = text(item, "id");
    let kind = text(item, "outcomeType");
    if kind != "BINARY" {
        reading.leave_out(row, &format!("contracts of the type {kind} are not read"), &id);
        return;
    }
    let opens = time_or_none(row, item, "createdTime", reading).map(Moment::day);
    let closing = time_or_none(row, item, "closeTime", reading).map(closing);
    let closing = closing.filter(|(closes, _)| reading.may_close(row, opens, *closes));
    let question = Question {
        ask: text(item, "question"),
        opens,
        closes: closing.as_ref().map(|(day, _)| *day),
        tags: closing.and_then(|(_, time)| time).into_iter().collect(),
        ..Question::blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row, question) {
        return;
    }
    if item.get("isResolved").and_then(Value::as_bool) != Some(true) {
        reading.pending(row, "not resolved", &id);
        return;
    }
    let resolution = match text(item, "resolution").as_str() {
        "YES" => Resolution::Yes,
        "NO" => Resolution::No,
        "CANCEL" => {
            reading.voided(row, "cancelled", &id);
            Resolution::Annulled
        }
        "MKT" => {
            let probability = text(item, "resolutionProbability");
            reading.voided(row, "resolved to a probability", &format!("{id}: {probability}"));
            Resolution::Annulled
        }
        other => {
            reading.leave_out(row, "the resolution is none of YES, NO, MKT, CANCEL", &format!("{id}: {other}"));
            return;
        }
    };
    match time(item, "resolutionTime") {
        Ok(resolved_on) => reading.add_outcome(row, Outcome { question: id, resolution, resolved_on, source: None }),
        Err(problem) => reading.leave_out(row, "no time of the resolution", &problem),
    }
}

fn bet(row: u64, item: &Map<String, Value>, reading: &mut Reading<'_>) {
    let id = text(item, "contractId");
    if item.get("isRedemption").and_then(Value::as_bool) == Some(true) {
        reading.leave_out(row, "a redemption, which moves no price", "");
        return;
    }
    if !text(item, "answerId").is_empty() {
        reading.leave_out(row, "a bet on one answer of several", "");
        return;
    }
    if reading.question(&id).is_none() {
        reading.leave_out(row, &format!("{UNDEFINED} as one of yes/no"), &id);
        return;
    }
    let said = number(item, "probAfter").ok_or_else(|| "probAfter is not given".to_owned());
    match (said.and_then(|price| binary(&price.to_string())), time(item, "createdTime")) {
        (Ok(said), Ok(made_at)) => reading.add_forecast(row, &id, MARKET, made_at, said),
        (Err(problem), _) => reading.leave_out(row, "the price is no probability", &problem),
        (_, Err(problem)) => reading.leave_out(row, "no time of the bet", &problem),
    }
}
