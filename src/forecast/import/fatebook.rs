//! Fatebook's export: one row a forecast, with its question beside it.
//!
//! The export has no ids: a question is told by its title, its maker and its time of creation. An option of a multiple choice is a
//! yes/no question of its own, all of which share a cluster, as they resolve one by one.

use super::content::Content;
use super::reading::Reading;
use super::values::{binary, given, joined, moment};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table};
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};

/// See the module.
#[derive(Debug)]
pub(super) struct Fatebook;

impl Importer for Fatebook {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        content
            .has_columns(&["question title", "forecast created by", "forecast (scale = 0-1)", "resolution"])
            .then_some(Recognised { what: "an export of Fatebook", holds: Holds::Forecasts })
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
    let (title, option) = (cell("question title"), cell("multiple choice option"));
    if title.is_empty() {
        reading.leave_out(row.line, "no title of the question", "");
        return;
    }
    // Line breaks in a title are no part of a name.
    let plain = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let asked = joined([plain.as_str(), cell("question created by"), cell("question created at")]);
    let id = if option.is_empty() { asked.clone() } else { format!("{asked}/{}", joined([option])) };
    if reading.question(&id).is_none() {
        let opens = reading.time(row.line, "the time of creation", cell("question created at")).map(Moment::day);
        let closes = reading.close(row.line, opens, "`resolve by`", cell("question resolve by"));
        let question = Question {
            ask: if option.is_empty() { title.to_owned() } else { format!("{title} ({option})") },
            opens,
            closes,
            resolves: Some(cell("question notes").to_owned()).filter(|notes| !notes.is_empty()),
            cluster: (!option.is_empty()).then_some(asked),
            ..Question::blank(&id, QuestionKind::Binary)
        };
        if !reading.add_question(row.line, question) {
            return;
        }
        resolve(row.line, &id, cell("resolution"), cell("resolved at"), reading);
    } else {
        reading.beside_outcome(row.line, &id, said_of(cell("resolution")).as_ref());
    }
    match (binary(cell("forecast (scale = 0-1)")), moment(cell("forecast created at"))) {
        (Ok(said), Ok(made_at)) => reading.add_forecast(row.line, &id, cell("forecast created by"), made_at, said),
        (Err(problem), _) => reading.leave_out(row.line, "the forecast is no probability", &problem),
        (_, Err(problem)) => reading.leave_out(row.line, "no time of the forecast", &problem),
    }
}

/// What a resolution says.
fn said_of(word: &str) -> Option<Resolution> {
    match word {
        "YES" => Some(Resolution::Yes),
        "NO" => Some(Resolution::No),
        "AMBIGUOUS" => Some(Resolution::Annulled),
        _ => None,
    }
}

fn resolve(row: u64, id: &str, word: &str, at: &str, reading: &mut Reading<'_>) {
    let Some(resolution) = said_of(word) else {
        if word.is_empty() {
            reading.pending(row, "not resolved", id);
        } else {
            reading.leave_out(row, "the resolution is none of YES, NO, AMBIGUOUS", word);
        }
        return;
    };
    if resolution == Resolution::Annulled {
        reading.voided(row, "resolved as ambiguous", id);
    }
    match moment(at) {
        Ok(resolved_on) => {
            let outcome = Outcome { question: id.to_owned(), resolution, resolved_on, source: None };
            reading.add_outcome(row, outcome);
        }
        Err(problem) => reading.leave_out(row, "no time of the resolution", &problem),
    }
}
