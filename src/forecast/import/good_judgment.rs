//! The published data of the Good Judgment Project: `ifps.csv` and `survey_fcasts.yr1.csv` to `.yr4.csv`.
//!
//! A question of two options is one of yes/no, of its option `a`; one of type 6 is ordinal. The rows of one forecast, an option each, are
//! told by `forecast_id`. Withdrawals (`fcast_type` 4) are counted and left out; the forecast before stands on. Days stand in
//! the American order.

use super::content::Content;
use super::reading::{OTHER_ROW, Reading, UNDEFINED, first};
use super::values::{american_day, categorical, given, moment};
use super::{Importer, Recognised};
use crate::error::Error;
use crate::forecast::tidy::{Holds, Row, Table, parse_probability};
use crate::forecast::{Forecast, Moment, Outcome, Question, QuestionKind, Resolution};
use indexmap::IndexMap;

/// The letters of the options.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// See the module.
#[derive(Debug)]
pub(super) struct GoodJudgment;

impl Importer for GoodJudgment {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        if content.has_columns(&["ifp_id", "q_status", "outcome", "n_opts"]) {
            Some(Recognised { what: "questions of the Good Judgment Project", holds: Holds::Questions })
        } else if content.has_columns(&["ifp_id", "user_id", "answer_option", "value"]) {
            Some(Recognised { what: "survey forecasts of the Good Judgment Project", holds: Holds::Forecasts })
        } else {
            None
        }
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else { return Ok(()) };
        reading.rows(table.rows.len());
        match recognised.holds {
            Holds::Questions => table.rows.iter().for_each(|row| question(table, row, reading)),
            Holds::Forecasts | Holds::Outcomes => forecasts(table, reading),
        }
        Ok(())
    }
}

fn cell<'t>(table: &'t Table, row: &'t Row, name: &str) -> &'t str {
    table.column(name).and_then(|at| given(row.cell(Some(at)))).unwrap_or_default()
}

fn question(table: &Table, row: &Row, reading: &mut Reading<'_>) {
    let cell = |name: &str| cell(table, row, name);
    let id = cell("ifp_id");
    let Some(count) = cell("n_opts").parse::<usize>().ok().filter(|count| (2..=LETTERS.len()).contains(count)) else {
        reading.leave_out(row.line, "n_opts is no number of options", cell("n_opts"));
        return;
    };
    let kind = match (count, cell("q_type")) {
        (2, _) => QuestionKind::Binary,
        (_, "6") => QuestionKind::Ordinal,
        _ => QuestionKind::Categorical,
    };
    let options = if count == 2 { Vec::new() } else { LETTERS.chars().take(count).map(String::from).collect() };
    let day = |name: &str| american_day(cell(name));
    let mut given_day = |name: &str| match given(cell(name)).map(american_day).transpose() {
        Ok(day) => day,
        Err(problem) => {
            reading.in_part(row.line, &format!("`{name}` cannot be read, and is not used"), &problem);
            None
        }
    };
    let (opens, closes) = (given_day("date_start"), given_day("date_to_close"));
    let closes = closes.filter(|closes| reading.may_close(row.line, opens, *closes));
    let question = Question {
        ask: format!("{} {}", cell("q_text"), cell("options")).trim().to_owned(),
        options,
        opens,
        closes,
        // `1306-1` and `1306-2` ask the same under two conditions.
        cluster: id.split_once('-').map(|(ifp, _)| ifp.to_owned()).filter(|ifp| !ifp.is_empty()),
        ..Question::blank(id, kind)
    };
    if !reading.add_question(row.line, question.clone()) {
        return;
    }
    let resolution = match (cell("q_status"), cell("outcome")) {
        ("voided", _) => {
            reading.voided(row.line, "its status is `voided`", id);
            Ok(Resolution::Annulled)
        }
        ("closed", "a") if count == 2 => Ok(Resolution::Yes),
        ("closed", "b") if count == 2 => Ok(Resolution::No),
        ("closed", letter) if question.options.iter().any(|option| option == letter) => {
            Ok(Resolution::Option(letter.to_owned()))
        }
        ("closed", letter) => Err(format!("the outcome `{letter}` is none of its {count} options")),
        (status, _) => {
            reading.pending(row.line, &format!("its status is `{status}`"), id);
            return;
        }
    };
    match (resolution, day("date_closed")) {
        (Ok(resolution), Ok(closed)) => {
            let outcome =
                Outcome { question: id.to_owned(), resolution, resolved_on: Moment::Day(closed), source: None };
            reading.add_outcome(row.line, outcome);
        }
        (Err(problem), _) | (_, Err(problem)) => reading.leave_out(row.line, "the outcome cannot be", &problem),
    }
}

/// One forecast's rows.
struct Group {
    /// Where those stand that can be.
    rows: Vec<u64>,
    question: String,
    made_at: Moment,
    options: Vec<(String, f64)>,
    is_whole: bool,
}

fn forecasts(table: &Table, reading: &mut Reading<'_>) {
    let mut groups: IndexMap<(String, String, String, String), Group> = IndexMap::new();
    for row in &table.rows {
        let cell = |name: &str| cell(table, row, name);
        let user = cell("user_id");
        if user.is_empty() {
            reading.leave_out(row.line, "no user_id", "");
            continue;
        }
        if cell("fcast_type") == "4" {
            reading.leave_out(row.line, "a withdrawal; the forecast before stands on", "");
            continue;
        }
        let when = if cell("timestamp").is_empty() { cell("fcast_date") } else { cell("timestamp") };
        let made_at = match moment(when).or_else(|_| american_day(when).map(Moment::Day)) {
            Ok(made_at) => made_at,
            Err(problem) => {
                reading.leave_out(row.line, "no time of the forecast", &problem);
                continue;
            }
        };
        let key = (cell("ifp_id").to_owned(), user.to_owned(), cell("forecast_id").to_owned(), when.to_owned());
        let group = groups.entry(key).or_insert_with(|| Group {
            rows: Vec::new(),
            question: cell("ifp_id").to_owned(),
            made_at,
            options: Vec::new(),
            is_whole: true,
        });
        match parse_probability(cell("value")) {
            Ok(probability) => {
                group.rows.push(row.line);
                group.options.push((cell("answer_option").to_owned(), probability));
            }
            Err(problem) => {
                group.is_whole = false;
                reading.leave_out(row.line, "the value is no probability, so the forecast is not taken", &problem);
            }
        }
    }
    for ((_, user, _, _), group) in groups {
        if !group.is_whole {
            reading.leave_out_all(&group.rows, OTHER_ROW, "");
            continue;
        }
        let Some(question) = reading.question(&group.question) else {
            reading.leave_out_all(&group.rows, UNDEFINED, &group.question);
            continue;
        };
        let letters: Vec<String> = match question.kind {
            QuestionKind::Binary => vec!["a".to_owned(), "b".to_owned()],
            _ => question.options.clone(),
        };
        let is_binary = question.kind == QuestionKind::Binary;
        match said(&group, letters, is_binary) {
            Ok(said) => reading.add_forecast(first(&group.rows), &group.question, &user, group.made_at, said),
            Err(problem) => reading.leave_out_all(&group.rows, "the forecast cannot be", &problem),
        }
    }
}

fn said(group: &Group, letters: Vec<String>, is_binary: bool) -> Result<Forecast, String> {
    for (at, (letter, _)) in group.options.iter().enumerate() {
        if !letters.contains(letter) {
            return Err(format!("its question has no option `{letter}`"));
        }
        if group.options[..at].iter().any(|(before, _)| before == letter) {
            return Err(format!("the option `{letter}` stands twice"));
        }
    }
    let of = |letter: &str| group.options.iter().find(|(named, _)| named == letter).map(|(_, p)| *p);
    match (is_binary, of("a"), of("b")) {
        (true, Some(probability), None) => Ok(Forecast::Binary { probability }),
        (true, None, Some(other)) => Ok(Forecast::Binary { probability: 1.0 - other }),
        (true, Some(yes), Some(no)) => match categorical(letters, vec![yes, no])? {
            Forecast::Categorical { probabilities, .. } => Ok(Forecast::Binary { probability: probabilities[0] }),
            other => Ok(other),
        },
        _ => {
            let probabilities = letters.iter().map(|letter| of(letter).unwrap_or(0.0)).collect();
            categorical(letters, probabilities)
        }
    }
}
