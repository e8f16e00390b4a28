//! PredictionBook's forecasts: as its interface gave them (`my_predictions`), an object a question with its `responses`; or in the columns that iqisa gives
//! them, one row a forecast, with its question beside it.
//!
//! Of a response the `confidence` in percent counts; one without it is a comment. An outcome was known at `last_judgement_at`; where that is missing, on the
//! day after the deadline and the last response. Predictions of one group share a cluster.

use super::content::{Content, list, number, text};
use super::reading::Reading;
use super::values::{binary, day_after, given, moment};
use super::{Importer, Keyed, Recognised};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table};
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use serde_json::{Map, Value};

/// See the module.
#[derive(Debug)]
pub(super) struct PredictionBook;

/// Its file of JSON.
static FILES: &[Keyed] = &[Keyed {
    what: "predictions of PredictionBook",
    holds: Holds::Forecasts,
    keys: &["id", "description", "deadline", "outcome", "responses"],
}];

impl Importer for PredictionBook {
    fn documents(&self) -> &'static [Keyed] {
        FILES
    }

    fn recognises(&self, content: &Content) -> Option<Recognised> {
        let table = content
            .has_columns(&["question_id", "user_id", "probability", "timestamp", "outcome", "resolve_time"])
            .then_some(Recognised { what: "forecasts of PredictionBook (iqisa)", holds: Holds::Forecasts });
        table.or_else(|| content.keyed(FILES))
    }

    fn read(&self, _: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else {
            reading.rows(content.objects().len());
            let comments: usize = content.objects().iter().map(|(row, item)| prediction(*row, item, reading)).sum();
            if comments > 0 {
                reading.note(format!("{} without a confidence: no forecasts", counted(comments, "response")));
            }
            return Ok(());
        };
        reading.rows(table.rows.len());
        table.rows.iter().for_each(|row| forecast(table, row, reading));
        Ok(())
    }
}

/// Adds a question with its responses and its outcome; returns how many responses have no confidence.
fn prediction(row: u64, item: &Map<String, Value>, reading: &mut Reading<'_>) -> usize {
    let id = text(item, "id");
    let opens = reading.time(row, "`created_at`", &text(item, "created_at")).map(Moment::day);
    let deadline = reading.time(row, "`deadline`", &text(item, "deadline")).map(Moment::day);
    let closes = deadline.filter(|closes| reading.may_close(row, opens, *closes));
    let asked = [text(item, "description_with_group"), text(item, "description")];
    let question = Question {
        ask: asked.into_iter().find(|ask| !ask.is_empty()).unwrap_or_default(),
        opens,
        closes,
        cluster: Some(text(item, "prediction_group_id"))
            .filter(|group| !group.is_empty())
            .map(|group| format!("group {group}")),
        ..Question::blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row, question) {
        return 0;
    }
    let (mut comments, mut last) = (0, None);
    for response in list(item, "responses") {
        let who = text(response, "user_label");
        match (number(response, "confidence"), moment(&text(response, "created_at"))) {
            (None, _) if text(response, "confidence").is_empty() => comments += 1,
            (Some(percent), Ok(made_at)) if (0.0..=100.0).contains(&percent) => {
                last = last.max(Some(made_at.day()));
                let said = Forecast::Binary { probability: percent / 100.0 };
                reading.add_forecast(row, &id, &who, made_at, said);
            }
            (_, Err(problem)) => reading.leave_out(row, "no time of the forecast", &problem),
            (_, Ok(_)) => {
                let detail = format!("{} by {who}", text(response, "confidence"));
                reading.leave_out(row, "the confidence of a response is no percentage", &detail);
            }
        }
    }
    let withdrawn = item.get("withdrawn").and_then(Value::as_bool) == Some(true);
    let resolution = match (withdrawn, item.get("outcome").and_then(Value::as_bool)) {
        (true, _) => {
            reading.voided(row, "withdrawn", &id);
            Resolution::Annulled
        }
        (false, Some(true)) => Resolution::Yes,
        (false, Some(false)) => Resolution::No,
        (false, None) => {
            reading.pending(row, "no outcome", &id);
            return comments;
        }
    };
    let judged = reading.time(row, "`last_judgement_at`", &text(item, "last_judgement_at"));
    let after = deadline.or(last).map(|day| Moment::Day(day_after(day, last.unwrap_or(day))));
    match judged.or(after) {
        Some(resolved_on) => {
            reading.add_outcome(row, Outcome { question: id, resolution, resolved_on, source: None });
        }
        None if withdrawn => {}
        None => reading.leave_out(row, "no time of the resolution", &id),
    }
    comments
}

fn forecast(table: &Table, row: &Row, reading: &mut Reading<'_>) {
    let cell = |name: &str| table.column(name).and_then(|at| given(row.cell(Some(at)))).unwrap_or_default();
    let id = cell("question_id");
    let options = cell("n_opts");
    if !options.is_empty() && options.parse() != Ok(2.0) {
        reading.leave_out(row.line, "a question of more than two options", id);
        return;
    }
    if reading.question(id).is_none() {
        let opens = reading.time(row.line, "`open_time`", cell("open_time")).map(Moment::day);
        let closes = reading.close(row.line, opens, "`close_time`", cell("close_time"));
        let question =
            Question { ask: cell("q_title").to_owned(), opens, closes, ..Question::blank(id, QuestionKind::Binary) };
        if !reading.add_question(row.line, question) {
            return;
        }
        resolve(row.line, id, [cell("outcome"), cell("q_status"), cell("resolve_time")], reading);
    } else {
        reading.beside_outcome(row.line, id, said_of(cell("q_status"), cell("outcome")).as_ref());
    }
    // A probability of the option `b` or 0 is one of no.
    let said = binary(cell("probability")).and_then(|said| match (cell("answer_option"), said) {
        ("b" | "0" | "0.0" | "no", crate::forecast::Forecast::Binary { probability }) => {
            Ok(crate::forecast::Forecast::Binary { probability: 1.0 - probability })
        }
        ("a" | "1" | "1.0" | "yes" | "", said) => Ok(said),
        (other, _) => Err(format!("the answer `{other}` is neither yes nor no")),
    });
    match (said, moment(cell("timestamp"))) {
        (Ok(said), Ok(made_at)) => reading.add_forecast(row.line, id, cell("user_id"), made_at, said),
        (Err(problem), _) => reading.leave_out(row.line, "the forecast is no probability", &problem),
        (_, Err(problem)) => reading.leave_out(row.line, "no time of the forecast", &problem),
    }
}

/// What status and outcome say.
fn said_of(status: &str, outcome: &str) -> Option<Resolution> {
    match (status, outcome) {
        ("voided" | "withdrawn", _) => Some(Resolution::Annulled),
        (_, "1" | "1.0" | "a" | "yes") => Some(Resolution::Yes),
        (_, "0" | "0.0" | "b" | "no") => Some(Resolution::No),
        _ => None,
    }
}

fn resolve(row: u64, id: &str, [outcome, status, at]: [&str; 3], reading: &mut Reading<'_>) {
    let Some(resolution) = said_of(status, outcome) else {
        if outcome.is_empty() {
            reading.pending(row, "no outcome", id);
        } else {
            reading.leave_out(row, "the outcome is neither yes nor no", outcome);
        }
        return;
    };
    if resolution == Resolution::Annulled {
        reading.voided(row, &format!("its status is `{status}`"), id);
    }
    match moment(at) {
        Ok(resolved_on) => {
            let outcome = Outcome { question: id.to_owned(), resolution, resolved_on, source: None };
            reading.add_outcome(row, outcome);
        }
        Err(problem) => reading.leave_out(row, "no time of the resolution", &problem),
    }
}

#[cfg(test)]
mod tests {
    use crate::forecast::import::tests::{has, read, resolved, said};
    use crate::forecast::{Forecast, Resolution};
    use jiff::civil::date;

    const ONE: &str = r#"{"id": 1, "description": "It rains", "description_with_group": "[Weather] It rains", "prediction_group_id": 4, "created_at": "2025-01-01T10:00:00.000Z",
        "deadline": "2025-02-01T00:00:00.000Z", "outcome": true, "withdrawn": false, "responses": [
        {"confidence": 70, "created_at": "2025-01-01T10:00:00.000Z", "user_label": "anna"},
        {"confidence": 90, "created_at": "2025-02-03T10:00:00.000Z", "user_label": "ben"},
        {"confidence": null, "comment": "hm", "created_at": "2025-01-01T10:00:00.000Z", "user_label": "cy"},
        {"confidence": 170, "created_at": "2025-01-01T10:00:00.000Z", "user_label": "dee"}]}"#;
    const OTHERS: &str = r#"{"id": 2, "description": "P", "created_at": "2025-01-01T10:00:00Z", "deadline": "2025-02-01T00:00:00Z", "outcome": false,
        "last_judgement_at": "2025-01-20T08:00:00Z", "withdrawn": false, "responses": []},
        {"id": 3, "description": "Q", "created_at": "2025-01-01T10:00:00Z", "deadline": "2025-02-01T00:00:00Z", "outcome": null, "withdrawn": false, "responses": []},
        {"id": 4, "description": "R", "created_at": "2025-01-01T10:00:00Z", "deadline": "2025-02-01T00:00:00Z", "outcome": true, "withdrawn": true, "responses": []}"#;

    #[test]
    fn predictions_with_their_responses_are_questions_with_forecasts() {
        let page = format!(r#"{{"user": {{"name": "anna"}}, "predictions": [{ONE}, {OTHERS}]}}"#);
        let array = format!("[{ONE}, {OTHERS}]");
        for text in [page, array] {
            let (records, remarks) = read(&[("my_predictions.json", &text)]).unwrap();
            assert_eq!(said(&records, "1", "anna"), [&Forecast::Binary { probability: 0.7 }]);
            assert_eq!(records.forecasts.len(), 2);
            assert_eq!(records.questions["1"].ask, "[Weather] It rains");
            assert_eq!(records.questions["1"].cluster.as_deref(), Some("group 4"));
            let found = ["1", "2", "3", "4"].map(|id| resolved(&records, id));
            let void = Some(&Resolution::Annulled);
            assert_eq!(found, [Some(&Resolution::Yes), Some(&Resolution::No), None, void]);
            assert_eq!(records.outcomes["1"].resolved_on.day(), date(2025, 2, 4), "the day after the last response");
            assert_eq!(records.outcomes["2"].resolved_on.day(), date(2025, 1, 20), "when it was judged");
            has(&remarks, "1 response without a confidence: no forecasts");
            has(&remarks, "1 left out, the confidence of a response is no percentage: row 1 (170 by dee)");
            has(&remarks, "1 pending, no outcome: row 3 (3)");
            has(&remarks, "1 voided, withdrawn: row 4 (4)");
        }
    }
}
