//! Reads a table of outcomes, each by the kind of its question.

use super::table::{Problems, Table};
use super::tally::{ANNULLED, OF_UNKNOWN, WITHOUT_RESOLUTION};
use super::{Fate, Summary, Tally, misplaced, shortened};
use crate::error::Error;
use crate::forecast::{Forecast, Outcome, Records, Resolution, check_name, nearest};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Every column of a table of outcomes, in the order in which they are written.
pub(super) const COLUMNS: [&str; 4] = ["question", "resolution", "resolved_on", "source"];

/// Every outcome of a table, in order, for questions that the records know, which must be some of them.
/// `also` are ids that are known beside theirs.
pub(super) fn read(table: &Table, records: &Records, also: &[&str]) -> Result<(Vec<Outcome>, Summary), Error> {
    let (outcomes, summary, unknown) = known_and_unknown(table, records, also)?;
    if outcomes.is_empty() && !unknown.is_empty() {
        return Err(Error::input(format!(
            "{}: no question of these outcomes is known: {}",
            table.name,
            shortened(&unknown)
        ))
        .help("record or import their forecasts or definitions first"));
    }
    Ok((outcomes, summary))
}

/// The same, where it is no fault that none of them is known.
pub(super) fn read_known(table: &Table, records: &Records) -> Result<(Vec<Outcome>, Summary), Error> {
    known_and_unknown(table, records, &[]).map(|(outcomes, summary, _)| (outcomes, summary))
}

/// The outcomes for questions that the records know, and where the others stand.
fn known_and_unknown(
    table: &Table,
    records: &Records,
    also: &[&str],
) -> Result<(Vec<Outcome>, Summary, Vec<String>), Error> {
    if !table.rows.is_empty() {
        table.require("outcomes", &COLUMNS[..3], &COLUMNS)?;
    }
    let [question_column, resolution_column, resolved_on, source] = COLUMNS.map(|name| table.column(name));
    let mut problems = Problems::of(table);
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut outcome_rows: Vec<u64> = Vec::new();
    let mut unknown: Vec<String> = Vec::new();
    let mut ids: Option<BTreeSet<&str>> = None;
    let mut pending: Vec<String> = Vec::new();
    // The row of each question that counts, and whether it annuls it.
    let mut last: IndexMap<&str, (u64, bool)> = IndexMap::new();
    let mut repeated: Vec<String> = Vec::new();
    let place = |line: u64, id: &str| format!("row {line} (`{id}`)");
    let of_counts = of_counts(records);
    let mut no_counts: Vec<String> = Vec::new();
    let (mut open, mut left_out): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let id = row.cell(question_column);
        if problems.take(row.line, check_name("question id", id)).is_none() {
            continue;
        }
        let written = row.cell(resolution_column);
        if written.is_empty() {
            pending.push(place(row.line, id));
            open.push(row.line);
            continue;
        }
        let Some(question) = records.questions.get(id) else {
            // In an order of their own: of ids that are equally near, the one that is named does not hang on the order of files.
            let ids = ids.get_or_insert_with(|| {
                let asked = records.questions.keys().map(String::as_str);
                asked.chain(also.iter().copied()).collect::<BTreeSet<&str>>()
            });
            left_out.push(row.line);
            unknown.push(match nearest(id, ids.iter().copied()) {
                Some(near) => format!("row {} (`{id}`, nearest known: `{near}`)", row.line),
                None => place(row.line, id),
            });
            continue;
        };
        let resolution = problems.take(row.line, Resolution::read(written, question));
        let resolved_on =
            problems.take(row.line, row.cell(resolved_on).parse().map_err(|problem| format!("resolved_on: {problem}")));
        if let (Some(resolution), Some(resolved_on)) = (resolution, resolved_on) {
            if let Resolution::Value(value) = resolution
                && (value < 0.0 || value.fract() != 0.0)
                && of_counts.contains(id)
            {
                no_counts.push(format!("row {} (`{id}`, {written})", row.line));
            }
            let source = Some(row.text(source).to_owned()).filter(|text| !text.is_empty());
            if last.insert(id, (row.line, resolution == Resolution::Annulled)).is_some() {
                repeated.push(place(row.line, id));
            }
            outcomes.push(Outcome { question: id.to_owned(), resolution, resolved_on, source });
            outcome_rows.push(row.line);
        }
    }
    problems.into_result()?;
    let mut notes = table.slips(&COLUMNS);
    notes.extend(told_unknown(&unknown));
    if !no_counts.is_empty() {
        let rows = shortened(&no_counts);
        notes.push(format!("no count came true where counts were forecast, taken as stated: {rows}"));
    }
    if !pending.is_empty() {
        notes.push(format!("{} pending, without a resolution: {}", pending.len(), shortened(&pending)));
    }
    let annulled = last.iter().filter(|(_, (_, annulled))| *annulled);
    let voided: Vec<String> = annulled.map(|(id, (line, _))| place(*line, id)).collect();
    if !voided.is_empty() {
        notes.push(format!("{} voided, annulled: {}", voided.len(), shortened(&voided)));
    }
    if !repeated.is_empty() {
        notes.push(format!("resolved several times, the last counts: {}", shortened(&repeated)));
    }
    let annulled: Vec<u64> = last.values().filter(|(_, annulled)| *annulled).map(|(line, _)| *line).collect();
    let tallies = [
        Tally::of_rows(Fate::LeftOut, OF_UNKNOWN, &left_out),
        Tally::of_rows(Fate::Voided, ANNULLED, &annulled),
        Tally::of_rows(Fate::Pending, WITHOUT_RESOLUTION, &open),
    ];
    let ignored_columns = table.others(&COLUMNS);
    let summary = Summary {
        file: table.name.clone(),
        rows: table.rows.len(),
        taken: outcomes.len(),
        outcomes: outcomes.len(),
        misplaced_columns: misplaced(&ignored_columns),
        ignored_columns,
        notes,
        outcome_rows,
        ..Summary::default()
    };
    let summary = summary.with_tallies(tallies.into_iter().flatten().collect());
    Ok((outcomes, summary, unknown))
}

/// The questions of which somebody forecast a count, by a distribution of such.
fn of_counts(records: &Records) -> BTreeSet<&str> {
    let is_one = |forecast: &Forecast| match forecast {
        Forecast::Distribution { distribution } => distribution.is_of_counts(),
        _ => false,
    };
    records.forecasts.iter().filter(|record| is_one(&record.forecast)).map(|record| record.question.as_str()).collect()
}

/// Says which outcomes are of questions that nobody knows; nothing where there are none.
fn told_unknown(places: &[String]) -> Option<String> {
    let noun = if places.len() == 1 { "outcome of a question" } else { "outcomes of questions" };
    (!places.is_empty()).then(|| format!("{} {noun} not known left out: {}", places.len(), shortened(places)))
}
