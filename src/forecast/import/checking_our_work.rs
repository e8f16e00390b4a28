//! FiveThirtyEight's games with their outcomes, as published beside "How Good Are FiveThirtyEight Forecasts?": one row a game.
//!
//! `prob1` is the chance that `team1` wins, `prob1_outcome` whether it did. The chance of the other team says nothing new and is left
//! out. A game's id is `date/team1/team2`; forecasts were made before the game of that day, which is known on the day after.

use super::content::Content;
use super::reading::Reading;
use super::values::{binary, day_after, day_of, given, joined};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table};
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};

/// See the module.
#[derive(Debug)]
pub(super) struct CheckingOurWork;

impl Importer for CheckingOurWork {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        content
            .has_columns(&["date", "team1", "team2", "prob1", "prob1_outcome"])
            .then_some(Recognised { what: "games of FiveThirtyEight", holds: Holds::Forecasts })
    }

    fn read(&self, _: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else { return Ok(()) };
        reading.rows(table.rows.len());
        reading.ignore(["prob2", "prob2_outcome"].map(str::to_owned));
        table.rows.iter().for_each(|row| game(table, row, reading));
        Ok(())
    }
}

fn game(table: &Table, row: &Row, reading: &mut Reading<'_>) {
    let cell = |name: &str| table.column(name).and_then(|at| given(row.cell(Some(at)))).unwrap_or_default();
    let day = match day_of(cell("date")) {
        Ok(day) => day,
        Err(problem) => return reading.leave_out(row.line, "no day of the game", &problem),
    };
    let id = joined([cell("date"), cell("team1"), cell("team2")]);
    let said = match binary(cell("prob1")) {
        Ok(said) => said,
        Err(problem) => return reading.leave_out(row.line, "the forecast is no probability", &problem),
    };
    let season = cell("season");
    let tags = if season.is_empty() { Vec::new() } else { vec![format!("season={season}")] };
    let question = Question {
        ask: format!("Will {} beat {}?", cell("team1"), cell("team2")),
        tags,
        ..Question::blank(&id, QuestionKind::Binary)
    };
    if !reading.add_question(row.line, question) {
        return;
    }
    reading.add_forecast(row.line, &id, "fivethirtyeight", Moment::Day(day), said);
    let resolution = match cell("prob1_outcome") {
        "1" | "1.0" => Resolution::Yes,
        "0" | "0.0" => Resolution::No,
        "" => return reading.pending(row.line, "no outcome", &id),
        other => return reading.leave_out(row.line, "the outcome is neither 1 nor 0", other),
    };
    let resolved_on = Moment::Day(day_after(day, day));
    reading.add_outcome(row.line, Outcome { question: id, resolution, resolved_on, source: None });
}
