//! Reads a table of questions.

use super::cell::split_list;
use super::table::{Problems, Row, Table};
use super::{Summary, misplaced};
use crate::error::Error;
use crate::forecast::{Question, QuestionKind, Records, day};
use indexmap::IndexMap;
use jiff::civil::Date;

/// Every column of a table of questions, in the order in which they are written.
pub(super) const COLUMNS: [&str; 9] =
    ["id", "ask", "kind", "options", "opens", "closes", "resolves", "cluster", "tags"];

/// What a number that counts something may be called.
const COUNT: &str = "count";

/// What the column of the question may be called in a table without `id`.
const ASKED: [&str; 2] = ["question_id", "question"];

/// What the column of the kind is called by others: where it has such a name it is asked for by its own.
const TYPES: [&str; 2] = ["type", "question_type"];

/// Adds the questions of a table to the records. Without a column of kinds all are yes/no questions.
pub(super) fn read(table: &Table, records: &mut Records) -> Result<Summary, Error> {
    let asked = ASKED.into_iter().find(|name| table.column(name).is_some()).filter(|_| table.column("id").is_none());
    let has_type = TYPES.iter().any(|name| table.column(name).is_some());
    if !table.rows.is_empty() {
        let required: Vec<&str> =
            asked.is_none().then_some("id").into_iter().chain(has_type.then_some("kind")).collect();
        table.require("questions", &required, &COLUMNS)?;
    }
    let mut columns = COLUMNS.map(|name| table.column(name));
    columns[0] = columns[0].or_else(|| table.column(asked?));
    let known: Vec<&str> = COLUMNS.into_iter().chain(asked).collect();
    let mut problems = Problems::of(table);
    let mut questions: IndexMap<String, Question> = IndexMap::new();
    for row in &table.rows {
        let Some(question) = problems.take(row.line, read_one(row, columns)) else { continue };
        if let Err(problem) = question.check().and_then(|()| check_beside(&question, records)) {
            problems.push(row.line, &problem);
        } else if questions.contains_key(&question.id) {
            problems.push(row.line, &format!("the question `{}` stands twice", question.id));
        } else {
            questions.insert(question.id.clone(), question);
        }
    }
    problems.into_result()?;
    let ignored_columns = table.others(&known);
    let summary = Summary {
        file: table.name.clone(),
        rows: table.rows.len(),
        taken: questions.len(),
        questions: questions.len(),
        misplaced_columns: misplaced(&ignored_columns),
        ignored_columns,
        notes: table.slips(&known),
        ..Summary::default()
    };
    records.questions.extend(questions);
    Ok(summary)
}

fn read_one(row: &Row, columns: [Option<usize>; 9]) -> Result<Question, String> {
    let [id, ask, kind, options, opens, closes, resolves, cluster, tags] = columns;
    let named =
        if kind.is_none() { QuestionKind::Binary.name().to_owned() } else { row.cell(kind).to_ascii_lowercase() };
    // Counts are forecast and scored as numbers are.
    let of_count = || (named == COUNT).then_some(QuestionKind::Numeric);
    let kind = QuestionKind::ALL.into_iter().find(|kind| kind.name() == named).or_else(of_count).ok_or_else(|| {
        let names: Vec<&str> = QuestionKind::ALL.iter().map(QuestionKind::name).chain([COUNT]).collect();
        format!("the kind `{named}` is none of {}", names.join(", "))
    })?;
    let optional_day = |name: &str, column| -> Result<Option<Date>, String> {
        let cell = row.cell(column);
        if cell.is_empty() { Ok(None) } else { day(cell).map(Some).map_err(|problem| format!("{name}: {problem}")) }
    };
    Ok(Question {
        id: row.cell(id).to_owned(),
        ask: row.text(ask).to_owned(),
        kind,
        options: split_list(row.text(options)),
        opens: optional_day("opens", opens)?,
        closes: optional_day("closes", closes)?,
        resolves: Some(row.text(resolves).to_owned()).filter(|text| !text.is_empty()),
        cluster: Some(row.cell(cluster).to_owned()).filter(|text| !text.is_empty()),
        tags: split_list(row.text(tags)),
    })
}

/// A question that has forecasts keeps its kind and its options.
fn check_beside(question: &Question, records: &Records) -> Result<(), String> {
    let Some(old) = records.questions.get(&question.id) else { return Ok(()) };
    if old.kind == question.kind && old.options.iter().all(|option| question.options.contains(option)) {
        return Ok(());
    }
    if let Some(record) = records.forecasts.iter().find(|record| record.question == question.id) {
        record.forecast.check_against(question)?;
    }
    if let Some(outcome) = records.outcomes.get(&question.id) {
        outcome.resolution.check_against(question)?;
    }
    Ok(())
}
