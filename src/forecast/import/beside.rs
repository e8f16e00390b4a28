//! Tables of yes/no forecasts with the outcome beside each, as collections of forecasts are often kept; and the table of their questions.
//!
//! A table of forecasts has a column for the probability, one for the outcome and one for the question, each under one of the names below; so
//! has a tidy table of probabilities of yes with one more column for the outcome. Without the column for the outcome it is told by that of the question, unless it is a tidy
//! table: nobody says yet what came.
//! A column `crowd` or `market` is what that forecaster said at the same time. Other columns that are the same in all rows of a question and
//! shared by several questions become tags, `source=manifold`. Rows that a column `leaky` marks are left out. A table of questions has `question_id` and what they share their fate with,
//! `base`.

use super::content::Content;
use super::reading::Reading;
use super::values::{binary, day_after, day_of, given, joined, moment};
use super::{Importer, Recognised};
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::stream::Answer;
use crate::forecast::tidy::{ANNULLED, CONTESTED, Holds, NO_OUTCOME, Row, Table};
use crate::forecast::{Moment, Outcome, Question, QuestionKind};
use indexmap::IndexMap;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Names of the column of the probability, the first that is there counts.
const SAID: [&str; 4] = ["forecast", "probability", "prob", "prediction"];
/// Names of the column of the outcome.
const CAME: [&str; 5] = ["outcome", "answer", "obs", "resolved_to", "resolution"];
/// Names of the column of the question; an event alone does not tell two days of it apart.
const ASKED: [&str; 4] = ["question_id", "item", EVENT, TIDY];
/// One of them.
const EVENT: &str = "event";
/// One of them, if none of the others is there: else it holds the words of the question.
const TIDY: &str = "question";
/// Columns of tidy tables that hold more than the probability of yes.
const MORE: [&str; 5] = ["option", "quantile", "value", "day", "curve"];
/// Names of the column of the day of the forecast.
const MADE: [&str; 3] = ["forecast_date", "made_at", "date"];
/// Names of the column of the day on which the answer was known.
const KNOWN: [&str; 2] = ["resolution_date", "resolved_on"];
/// Names of the column of the scheduled close.
const CLOSES: [&str; 2] = ["closes", "close_date"];
/// Names of the column of what questions share their fate with.
const SHARED: [&str; 2] = ["base", "cluster"];
/// Columns that are forecasters themselves.
const FORECASTERS: [&str; 2] = ["crowd", "market"];
/// What a column `leaky` says of a forecast made when the outcome could be known.
const LEAKY: [&str; 3] = ["true", "1", "yes"];
/// Names of the column of the question's words.
const ASK: [&str; 2] = ["question", "text"];
/// The longest value of a tag.
const LONGEST_TAG: usize = 48;

/// See the module.
#[derive(Debug)]
pub(super) struct Beside;

impl Importer for Beside {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        let any = |names: &[&str]| names.iter().any(|name| content.has_columns(&[name]));
        let is_tidy = !any(&ASKED[..3]);
        let is_more = is_tidy && any(&MORE);
        if any(&SAID) && any(&CAME) && any(&ASKED) && content.has_columns(&["forecaster"]) && !is_more {
            return Some(Recognised { what: "forecasts with the outcome beside each", holds: Holds::Forecasts });
        }
        // Outcomes that are held back take their column with them. `question` holds words where another column names the question.
        let names = ASKED.iter().find(|name| content.has_columns(&[name])).copied();
        let is_named = names.is_some_and(|name| name != TIDY && (name != EVENT || !content.has_columns(&[TIDY])));
        let is_own = content.has_columns(&[TIDY, "made_at"]);
        if is_named && !is_own && any(&SAID) && content.has_columns(&["forecaster"]) && !any(&MORE) {
            return Some(Recognised { what: "forecasts without outcomes", holds: Holds::Forecasts });
        }
        let questions = content.has_columns(&["question_id", "base"]);
        questions
            .then_some(Recognised { what: "questions with what they share their fate with", holds: Holds::Questions })
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        let Some(table) = content.table() else { return Ok(()) };
        reading.rows(table.rows.len());
        let columns = Columns::of(table);
        let asked = columns.questions(table, recognised.holds == Holds::Forecasts);
        columns.days(table, reading);
        reading.ignore(columns.unused(table, &asked));
        for (id, asked) in &asked {
            if reading.question(id).is_none() {
                reading.add_question(asked.row, asked.question.clone());
            }
        }
        if recognised.holds == Holds::Forecasts {
            if columns.made.is_none() {
                let undated = Moment::UNDATED;
                reading
                    .note(format!("no column says when the forecasts were made; they are taken for made on {undated}"));
            }
            columns.forecasts(table, reading);
            if columns.came.is_some() {
                outcomes(asked, reading);
            } else {
                let why = "there is no column of outcomes";
                reading.count_pending(asked.len(), why);
                reading.note(format!("{why}: {} pending", counted(asked.len(), "question")));
            }
        }
        Ok(())
    }
}

/// Where what stands.
#[derive(Debug)]
struct Columns {
    asked: Option<usize>,
    is_event: bool,
    forecaster: Option<usize>,
    said: Option<usize>,
    came: Option<usize>,
    made: Option<usize>,
    known: Option<usize>,
    closes: Option<usize>,
    shared: Option<usize>,
    ask: Option<usize>,
    until: Option<usize>,
    others: Vec<usize>,
}

/// What the rows of a question say about it.
struct Asked {
    row: u64,
    question: Question,
    /// The first outcome that is given, and its row.
    came: Option<(u64, String)>,
    /// The first that is another one.
    contested: Option<(u64, String)>,
    known: Option<Date>,
    last_made: Date,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| table.column(name));
        let asked = first(&ASKED);
        let columns = Self {
            asked,
            is_event: asked.is_some() && asked == table.column(EVENT),
            forecaster: table.column("forecaster"),
            said: first(&SAID),
            came: first(&CAME),
            made: first(&MADE),
            known: first(&KNOWN),
            closes: first(&CLOSES),
            shared: first(&SHARED),
            ask: first(&ASK).filter(|ask| asked != Some(*ask)),
            until: table.column("until"),
            others: Vec::new(),
        };
        let mut used = vec![columns.asked, columns.forecaster, columns.said, columns.came, columns.made, columns.known];
        used.extend([columns.closes, columns.shared, columns.ask, columns.until]);
        used.push(table.column("leaky"));
        used.extend(FORECASTERS.map(|name| table.column(name)));
        let others = (0..table.columns().len()).filter(|at| !used.contains(&Some(*at))).collect();
        Self { others, ..columns }
    }

    /// The question of a row: its id, or the event with its day and whatever else is given before it.
    fn id(&self, row: &Row) -> String {
        if self.is_event {
            joined([row.cell(self.made), row.cell(self.asked)])
        } else {
            row.cell(self.asked).to_owned()
        }
    }

    /// Names what stands for a day and is none.
    fn days(&self, table: &Table, reading: &mut Reading<'_>) {
        for row in &table.rows {
            for at in [self.known, self.closes].into_iter().flatten() {
                reading.time(row.line, &format!("`{}`", table.columns()[at]), row.cell(Some(at)));
            }
        }
    }

    fn questions(&self, table: &Table, forecast: bool) -> IndexMap<String, Asked> {
        let tags = self.tags(table);
        let names = table.columns();
        let mut asked: IndexMap<String, Asked> = IndexMap::new();
        for row in &table.rows {
            let id = self.id(row);
            if id.is_empty() {
                continue;
            }
            let made = self.made.and_then(|at| day_of(row.cell(Some(at))).ok());
            let made = made.unwrap_or(Moment::UNDATED.day());
            let came = if forecast { given(row.cell(self.came)) } else { None };
            let entry = asked.entry(id.clone()).or_insert_with(|| Asked {
                row: row.line,
                question: Question {
                    ask: row.cell(self.ask).to_owned(),
                    closes: self.closes.and_then(|at| day_of(row.cell(Some(at))).ok()),
                    cluster: given(row.cell(self.shared)).map(str::to_owned),
                    tags: tags
                        .iter()
                        .filter(|at| given(row.cell(Some(**at))).is_some())
                        .map(|at| format!("{}={}", names[*at], row.cell(Some(*at))))
                        .collect(),
                    ..Question::blank(&id, QuestionKind::Binary)
                },
                came: None,
                contested: None,
                known: self.known.and_then(|at| day_of(row.cell(Some(at))).ok()),
                last_made: made,
            });
            entry.last_made = entry.last_made.max(made);
            match (&entry.came, came) {
                (None, Some(came)) => entry.came = Some((row.line, came.to_owned())),
                (Some((_, before)), Some(came)) if entry.contested.is_none() && answer(before) != answer(came) => {
                    entry.contested = Some((row.line, came.to_owned()));
                }
                (Some(_), Some(_)) | (_, None) => {}
            }
        }
        asked
    }

    /// The other columns that say something about questions: the same in all rows of each, shared by several, short and no fraction.
    fn tags(&self, table: &Table) -> Vec<usize> {
        let is_tag = |at: &usize| {
            let mut of: BTreeMap<String, &str> = BTreeMap::new();
            for row in &table.rows {
                let value = row.cell(Some(*at));
                let is_fraction = value.parse::<f64>().is_ok_and(|number| number.fract() != 0.0);
                if value.chars().count() > LONGEST_TAG || is_fraction {
                    return false;
                }
                if *of.entry(self.id(row)).or_insert(value) != value {
                    return false;
                }
            }
            let values: BTreeSet<&str> = of.values().copied().collect();
            2 * values.len() <= of.len()
        };
        self.others.iter().copied().filter(is_tag).collect()
    }

    fn unused(&self, table: &Table, asked: &IndexMap<String, Asked>) -> Vec<String> {
        let is_tag = |name: &str| {
            asked.values().any(|asked| asked.question.tags.iter().any(|tag| tag.split('=').next() == Some(name)))
        };
        let names = self.others.iter().map(|at| table.columns()[*at].clone());
        names.filter(|name| !is_tag(name)).collect()
    }

    fn forecasts(&self, table: &Table, reading: &mut Reading<'_>) {
        let crowds: Vec<(&str, usize)> =
            FORECASTERS.into_iter().filter_map(|name| table.column(name).map(|at| (name, at))).collect();
        let leaky = table.column("leaky");
        let mut told: BTreeSet<(String, &str, String)> = BTreeSet::new();
        let mut of_crowds: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &table.rows {
            let id = self.id(row);
            if id.is_empty() {
                reading.leave_out(row.line, "no question", "");
                continue;
            }
            if LEAKY.contains(&row.cell(leaky).to_ascii_lowercase().as_str()) {
                reading.leave_out(row.line, "leaky: made when the outcome could be known", "");
                continue;
            }
            let made_at = match self.made.and_then(|at| given(row.cell(Some(at)))).map(moment) {
                None => {
                    if self.made.is_some() {
                        let why = format!("no day of the forecast, taken for made on {}", Moment::UNDATED);
                        reading.in_part(row.line, &why, "");
                    }
                    Moment::UNDATED
                }
                Some(Ok(made_at)) => made_at,
                Some(Err(problem)) => {
                    reading.leave_out(row.line, "no day of the forecast", &problem);
                    continue;
                }
            };
            let until = match given(row.cell(self.until)).map(moment).transpose() {
                Ok(until) => until,
                Err(problem) => {
                    reading.leave_out(row.line, "no time in `until`", &problem);
                    continue;
                }
            };
            match given(row.cell(self.said)).map(binary) {
                None => reading.leave_out(row.line, "no probability", ""),
                Some(Ok(said)) => {
                    reading.add_forecast_until(row.line, &id, row.cell(self.forecaster), (made_at, until), said);
                }
                Some(Err(problem)) => reading.leave_out(row.line, "the forecast is no probability", &problem),
            }
            for (name, at) in &crowds {
                let Some(value) = given(row.cell(Some(*at))) else { continue };
                if told.insert((id.clone(), name, made_at.to_string())) {
                    match binary(value) {
                        Ok(said) => {
                            *of_crowds.entry(name).or_default() += 1;
                            reading.add_forecast(row.line, &id, name, made_at, said);
                        }
                        Err(problem) => reading.leave_out(row.line, &format!("`{name}` is no probability"), &problem),
                    }
                }
            }
        }
        for (name, count) in of_crowds {
            let which = counted(count, "forecast");
            reading.note(format!("the column `{name}` is a forecaster of that name: {which} beside those of the rows"));
        }
    }
}

/// What became of the questions.
fn outcomes(asked: IndexMap<String, Asked>, reading: &mut Reading<'_>) {
    for (id, asked) in asked {
        let Some((row, came)) = asked.came else {
            reading.pending(asked.row, NO_OUTCOME, &id);
            continue;
        };
        if let Some((other_row, other)) = asked.contested {
            let detail = contested(&id, &words(&came), (other_row, &words(&other)));
            reading.leave_out(row, CONTESTED, &detail);
            continue;
        }
        let Some(answer) = answer(&came) else {
            reading.leave_out(asked.row, "the outcome is neither yes nor no", &came);
            continue;
        };
        if answer == Answer::Annulled {
            reading.voided(asked.row, ANNULLED, &id);
        }
        let resolution = answer.resolution();
        let resolved_on = Moment::Day(asked.known.unwrap_or_else(|| day_after(asked.last_made, asked.last_made)));
        reading.add_outcome(asked.row, Outcome { question: id, resolution, resolved_on, source: None });
    }
}

/// What is said of a question of which two rows have different outcomes.
pub(crate) fn contested(id: &str, outcome: &str, (other_row, other): (u64, &str)) -> String {
    format!("{id}: {outcome}, in row {other_row} {other}")
}

/// An outcome in the words of resolutions; one that cannot be read, as it stands.
fn words(came: &str) -> String {
    answer(came).map_or_else(|| came.to_owned(), |answer| answer.resolution().to_string())
}

/// What an outcome says.
pub(in crate::forecast) fn answer(came: &str) -> Option<Answer> {
    match came.to_ascii_lowercase().as_str() {
        "1" | "1.0" | "yes" | "true" => Some(Answer::Yes),
        "0" | "0.0" | "no" | "false" => Some(Answer::No),
        "annulled" | "void" => Some(Answer::Annulled),
        _ => None,
    }
}
