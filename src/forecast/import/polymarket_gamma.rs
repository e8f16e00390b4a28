//! Markets of Polymarket as its Gamma interface gives them (`/markets`), whose lists are texts of JSON: `"outcomes": "[\"Yes\", \"No\"]"`.
//!
//! A market came out as the outcome whose price is 1 once it is closed, unless `umaResolutionStatus` says that it is not resolved; one that resolved to
//! other prices is voided. It was known at `closedTime`, or by its `endDate` where that is missing.

use super::content::text;
use super::reading::Reading;
use super::values::{given, listed, moment, number};
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// The status of a market whose outcome is settled.
const RESOLVED: &str = "resolved";

/// Adds a market, what its prices may be called, and its outcome.
pub(super) fn market(row: u64, item: &Map<String, Value>, reading: &mut Reading<'_>) {
    let id = text(item, "conditionId");
    let outcomes = list(item, "outcomes");
    let place = |name: &str| outcomes.iter().position(|outcome| outcome.eq_ignore_ascii_case(name));
    let (Some(yes), Some(no), 2) = (place("yes"), place("no"), outcomes.len()) else {
        reading.leave_out(row, "a market whose outcomes are not Yes and No", &id);
        return;
    };
    let opens = reading.time(row, "`startDate`", &time(item, "startDate")).map(Moment::day);
    let closes = reading.close(row, opens, "`endDate`", &time(item, "endDate"));
    let question = Question {
        ask: text(item, "question"),
        opens,
        closes,
        resolves: Some(text(item, "description")).filter(|rule| !rule.is_empty()),
        ..Question::blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row, question) {
        return;
    }
    let tokens = list(item, "clobTokenIds");
    let token = |at: usize| tokens.get(at).cloned().unwrap_or_default();
    for (name, is_of_yes) in [(id.clone(), true), (text(item, "slug"), true), (token(yes), true), (token(no), false)] {
        if !name.is_empty() {
            reading.beside.priced.insert(name, (id.clone(), is_of_yes));
        }
    }
    let status = text(item, "umaResolutionStatus");
    if item.get("closed").and_then(Value::as_bool) != Some(true) {
        reading.pending(row, "not closed", &id);
        return;
    }
    if !(status.is_empty() || status.eq_ignore_ascii_case(RESOLVED)) {
        reading.pending(row, &format!("closed, but its `umaResolutionStatus` is `{status}`"), &id);
        return;
    }
    let prices = list(item, "outcomePrices");
    let price = |at: usize| prices.get(at).and_then(|price| number(price).ok());
    let resolution = match (price(yes), price(no)) {
        (Some(1.0), Some(0.0)) => Resolution::Yes,
        (Some(0.0), Some(1.0)) => Resolution::No,
        (Some(_), Some(_)) if !status.is_empty() => {
            reading.voided(row, "resolved to neither yes nor no", &format!("{id}: {}", prices.join(", ")));
            Resolution::Annulled
        }
        _ => {
            let detail = format!("{id}: {}", prices.join(", "));
            reading.leave_out(row, "closed, and its prices are not those of an outcome", &detail);
            return;
        }
    };
    let known = [time(item, "closedTime"), time(item, "endDate")];
    match known.iter().find(|time| given(time).is_some()).map(|time| moment(time)) {
        Some(Ok(resolved_on)) => {
            reading.add_outcome(row, Outcome { question: id, resolution, resolved_on, source: None });
        }
        // What is voided is named already.
        _ if resolution == Resolution::Annulled => {}
        Some(Err(problem)) => reading.leave_out(row, "no time of the resolution", &problem),
        None => reading.leave_out(row, "no time of the resolution", &id),
    }
}

/// A list, or a text that holds one.
fn list(item: &Map<String, Value>, key: &str) -> Vec<String> {
    match item.get(key) {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect(),
        Some(Value::String(text)) => listed(text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A time, of which the whole hours of an offset may stand alone: `2025-01-30 12:00:00+00`.
fn time(item: &Map<String, Value>, key: &str) -> String {
    let text = text(item, key);
    match text.strip_suffix("+00") {
        Some(time) if time.contains(' ') => format!("{time}+00:00"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use crate::forecast::import::tests::{has, read, resolved, said};
    use crate::forecast::{Forecast, Resolution};
    use jiff::civil::date;

    fn market(id: &str, more: &str) -> String {
        format!(
            r#"{{"id": "1", "question": "Will it?", "conditionId": "{id}", "slug": "slug-{id}", "startDate": "2025-01-01T00:00:00Z", "endDate": "2025-02-01T00:00:00Z", {more}}}"#
        )
    }

    const YES_NO: &str = r#""outcomes": "[\"Yes\", \"No\"]", "clobTokenIds": "[\"71\", \"72\"]""#;

    #[test]
    fn markets_of_gamma_resolve_by_their_prices() {
        let closed = r#""closed": true, "closedTime": "2025-01-30 12:00:00+00""#;
        let of = |prices: &str, status: &str| {
            format!(r#"{YES_NO}, {closed}, "outcomePrices": "[\"{}\"]"{status}"#, prices.replace(' ', r#"\", \""#))
        };
        let resolved_status = r#", "umaResolutionStatus": "resolved""#;
        let markets = [
            market("a", &of("1 0", resolved_status)),
            market("b", &of("0 1", "")),
            market("c", &of("0.5 0.5", resolved_status)),
            market("d", &of("0.97 0.03", "")),
            market("e", &of("1 0", r#", "umaResolutionStatus": "proposed""#)),
            market("f", &format!(r#"{YES_NO}, "closed": false, "outcomePrices": "[\"0.4\", \"0.6\"]""#)),
            market("g", r#""outcomes": "[\"Trump\", \"Harris\"]", "closed": false"#),
            market("h", &format!(r#""outcomes": ["No", "Yes"], {closed}, "outcomePrices": ["0", "1"]"#)),
        ];
        let (records, remarks) = read(&[("markets.json", &format!("[{}]", markets.join(", ")))]).unwrap();
        let found = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|id| resolved(&records, id));
        let (yes, no, void) = (Some(&Resolution::Yes), Some(&Resolution::No), Some(&Resolution::Annulled));
        assert_eq!(found, [yes, no, void, None, None, None, None, yes]);
        assert_eq!(records.outcomes["a"].resolved_on.day(), date(2025, 1, 30));
        assert_eq!(records.questions["a"].opens, Some(date(2025, 1, 1)));
        assert!(!records.questions.contains_key("g"));
        has(&remarks, "1 left out, closed, and its prices are not those of an outcome: row 4 (d: 0.97, 0.03)");
        has(&remarks, "1 left out, a market whose outcomes are not Yes and No: row 7 (g)");
        has(&remarks, "1 voided, resolved to neither yes nor no: row 3 (c: 0.5, 0.5)");
        has(&remarks, "1 pending, closed, but its `umaResolutionStatus` is `proposed`: row 5 (e)");
        has(&remarks, "1 pending, not closed: row 6 (f)");
    }

    #[test]
    fn prices_are_told_by_the_tokens_of_gamma() {
        let markets = format!("[{}]", market("a", &format!(r#"{YES_NO}, "closed": false"#)));
        let prices = r#"{"history": [{"t": 1735689600, "p": 0.1}]}"#;
        let (records, _) = read(&[("72.json", prices), ("m.json", &markets)]).unwrap();
        assert_eq!(said(&records, "a", "polymarket"), [&Forecast::Binary { probability: 0.9 }]);
    }
}
