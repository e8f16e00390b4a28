//! Fatebook's export: one row a forecast, with its question beside it.
//!
//! The export has no ids: a question is told by its title, its maker and its time of creation. An option of a multiple choice is a
//! yes/no question of its own, all of which share a cluster, as they resolve one by one.

use super::content::Content;
use super::reading::{Reading, blank};
use super::values::{binary, day_of, given, joined, moment};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table};
use crate::forecast::{Outcome, Question, QuestionKind, Resolution};

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
    // Line breaks in a title are no part of a name.
    let plain = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let asked = joined([plain.as_str(), cell("question created by"), cell("question created at")]);
    let id = if option.is_empty() { asked.clone() } else { format!("{asked}/{}", joined([option])) };
    if reading.question(&id).is_none() {
        let opens = day_of(cell("question created at")).ok();
        let question = Question {
            ask: if option.is_empty() { title.to_owned() } else { format!("{title} ({option})") },
            opens,
            closes: day_of(cell("question resolve by")).ok().filter(|by| opens.is_none_or(|opens| opens <= *by)),
            resolves: Some(cell("question notes").to_owned()).filter(|notes| !notes.is_empty()),
            cluster: (!option.is_empty()).then_some(asked),
            ..blank(&id, QuestionKind::Binary)
        };
        if !reading.add_question(row.line, question) {
            return;
        }
        resolve(row.line, &id, cell("resolution"), cell("resolved at"), reading);
    }
    match (binary(cell("forecast (scale = 0-1)")), moment(cell("forecast created at"))) {
        (Ok(said), Ok(made_at)) => reading.add_forecast(row.line, &id, cell("forecast created by"), made_at, said),
        (Err(problem), _) => reading.leave_out(row.line, "the forecast is no probability", &problem),
        (_, Err(problem)) => reading.leave_out(row.line, "no time of the forecast", &problem),
    }
}

fn resolve(row: u64, id: &str, word: &str, at: &str, reading: &mut Reading<'_>) {
    let resolution = match word {
        "YES" => Resolution::Yes,
        "NO" => Resolution::No,
        "AMBIGUOUS" => {
            reading.voided(row, "resolved as ambiguous", id);
            Resolution::Annulled
        }
        "" => {
            reading.pending(row, "not resolved", id);
            return;
        }
        other => {
            reading.leave_out(row, "the resolution is none of YES, NO, AMBIGUOUS", other);
            return;
        }
    };
    match moment(at) {
        Ok(resolved_on) => {
            let outcome = Outcome { question: id.to_owned(), resolution, resolved_on, source: None };
            reading.add_outcome(row, outcome);
        }
        Err(problem) => reading.leave_out(row, "no time of the resolution", &problem),
    }
}
