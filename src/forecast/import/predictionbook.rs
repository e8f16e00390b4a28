//! PredictionBook's forecasts, in the columns that iqisa gives them: one row a forecast, with its question beside it.

use super::content::Content;
use super::reading::{Reading, blank};
use super::values::{binary, given, moment};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table};
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};

/// See the module.
#[derive(Debug)]
pub(super) struct PredictionBook;

impl Importer for PredictionBook {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        content
            .has_columns(&["question_id", "user_id", "probability", "timestamp", "outcome", "resolve_time"])
            .then_some(Recognised { what: "forecasts of PredictionBook (iqisa)", holds: Holds::Forecasts })
    }

    fn read(&self, _: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else { return Ok(()) };
        reading.rows(table.rows.len());
        table.rows.iter().for_each(|row| forecast(table, row, reading));
        Ok(())
    }
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
        let question = Question { ask: cell("q_title").to_owned(), opens, closes, ..blank(id, QuestionKind::Binary) };
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
