//! Target data of a hub: what was observed, matched to questions by the task columns that both have.
//!
//! A question's tags hold its task, `location=US`; a row of target data answers every question whose tags agree with all of the row's
//! columns that any question has. Of several versions (`as_of`), the latest counts.

use super::reading::Reading;
use super::scoringutils::TARGET;
use super::values::{day_after, day_of, given, number};
use crate::diagnostic::counted;
use crate::forecast::tidy::{Row, Table, shortened};
use crate::forecast::{Moment, Outcome, Question, QuestionKind, Resolution};
use indexmap::IndexMap;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of target data that are no part of a task.
const VALUES: [&str; 5] = ["as_of", "output_type", "output_type_id", "oracle_value", "observation"];

/// What is known of one target.
struct Known {
    row: u64,
    as_of: Option<Date>,
    resolution: Resolution,
    target: Option<Date>,
}

/// Questions without an answer, by id, and why.
pub(super) type Unanswered = BTreeMap<String, Lacks>;

/// What a question without an answer lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lacks {
    /// Its task lacks a column by which the target data tell their rows apart.
    Column,
    /// The target data lack a row.
    Row,
}

/// Says how many questions a file, or several, have no answer for.
pub(super) fn say(unanswered: &Unanswered, file: &str, more: &str, reading: &mut Reading<'_>) {
    for (lacks, why) in [
        (Lacks::Column, format!("their task lacks a column of {file}")),
        (Lacks::Row, format!("no row for them in {file}{more}")),
    ] {
        let lacking = unanswered.iter().filter(|(_, of)| **of == lacks);
        let named: Vec<String> = lacking.map(|(id, _)| format!("`{id}`")).collect();
        if !named.is_empty() {
            let which = counted(named.len(), "question");
            reading.count_pending(named.len(), &why);
            reading.note(format!("{which} pending: {why}: {}", shortened(&named)));
        }
    }
}

/// Reads oracle output or a time series; returns the questions that have no answer in it.
pub(super) fn read(table: &Table, reading: &mut Reading<'_>) -> Unanswered {
    let names = table.columns();
    let tag_names: BTreeSet<String> = reading
        .questions()
        .flat_map(|question| &question.tags)
        .filter_map(|tag| tag.split_once('=').map(|(name, _)| name.to_owned()))
        .collect();
    let keys: Vec<usize> = (0..names.len())
        .filter(|at| !VALUES.contains(&names[*at].as_str()) && tag_names.contains(&names[*at]))
        .collect();
    let unused = (0..names.len()).filter(|at| !VALUES.contains(&names[*at].as_str()) && !keys.contains(at));
    reading.ignore(unused.map(|at| names[at].clone()));
    let mut known: BTreeMap<(bool, Vec<String>), Known> = BTreeMap::new();
    for row in &table.rows {
        let key: Vec<String> = keys.iter().map(|at| row.cell(Some(*at)).to_owned()).collect();
        match observation(table, row) {
            Ok(Some((is_pmf, resolution))) => {
                let as_of = table.column("as_of").and_then(|at| day_of(row.cell(Some(at))).ok());
                let target = TARGET.iter().find_map(|name| table.column(name));
                let target = target.and_then(|at| day_of(row.cell(Some(at))).ok());
                let new = Known { row: row.line, as_of, resolution, target };
                let slot = (is_pmf, key);
                match known.get(&slot) {
                    Some(before) if before.as_of == new.as_of && before.resolution != new.resolution => {
                        let detail = format!("{}, in row {} {}", new.resolution, before.row, before.resolution);
                        reading.leave_out(row.line, "contradicts an earlier row, which counts", &detail);
                    }
                    Some(before) if before.as_of > new.as_of => {}
                    _ => {
                        known.insert(slot, new);
                    }
                }
            }
            Ok(None) => {}
            Err(problem) => reading.leave_out(row.line, "the observation cannot be", &problem),
        }
    }
    let output_type = table.column("output_type");
    let of_cdf = table.rows.iter().filter(|row| ["cdf", "cmf"].contains(&row.cell(output_type))).count();
    if of_cdf > 0 && known.keys().all(|(is_pmf, _)| *is_pmf) {
        reading.note(format!(
            "{} of a cdf are not used: they say between which places a number lies, and not which it is",
            counted(of_cdf, "row")
        ));
    }
    let mut last_made: IndexMap<String, Date> = IndexMap::new();
    for (question, made_at) in reading.made() {
        let day = last_made.entry(question.to_owned()).or_insert_with(|| made_at.day());
        *day = (*day).max(made_at.day());
    }
    let key_names: Vec<&str> = keys.iter().map(|at| names[*at].as_str()).collect();
    let questions: Vec<Question> =
        reading.questions().filter(|question| question.tags.iter().any(|tag| tag.contains('='))).cloned().collect();
    let mut unanswered = Unanswered::new();
    for question in questions {
        let is_pmf = question.kind != QuestionKind::Numeric;
        let Some(key) = key_names.iter().map(|name| tag(&question, name)).collect::<Option<Vec<String>>>() else {
            unanswered.insert(question.id, Lacks::Column);
            continue;
        };
        let Some(found) = known.get(&(is_pmf, key)) else {
            unanswered.insert(question.id, Lacks::Row);
            continue;
        };
        let made = last_made.get(&question.id).copied().unwrap_or(Date::MIN);
        let target = TARGET.iter().find_map(|name| tag(&question, name)).and_then(|text| day_of(&text).ok());
        let observed = found.target.or(target).unwrap_or(made);
        let resolved_on = match found.as_of {
            Some(as_of) if as_of > made => as_of,
            _ => day_after(observed, made),
        };
        let outcome = Outcome {
            question: question.id,
            resolution: found.resolution.clone(),
            resolved_on: Moment::Day(resolved_on),
            source: None,
        };
        reading.add_outcome(found.row, outcome);
    }
    unanswered
}

/// The value of a tag of that name.
fn tag(question: &Question, name: &str) -> Option<String> {
    question
        .tags
        .iter()
        .filter_map(|tag| tag.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// What a row says came true, and whether it is about categories; `None` if it says what did not.
fn observation(table: &Table, row: &Row) -> Result<Option<(bool, Resolution)>, String> {
    let cell = |name: &str| table.column(name).map_or("", |at| row.cell(Some(at)));
    if table.column("oracle_value").is_none() {
        return given(cell("observation"))
            .map_or(Ok(None), |text| number(text).map(|value| Some((false, Resolution::Value(value)))));
    }
    let Some(text) = given(cell("oracle_value")) else { return Ok(None) };
    let value = number(text)?;
    match cell("output_type") {
        "pmf" if value == 1.0 => Ok(Some((true, Resolution::Option(cell("output_type_id").to_owned())))),
        "pmf" if value == 0.0 => Ok(None),
        "pmf" => Err(format!("the oracle value of a category is 0 or 1, but is {text}")),
        "cdf" | "cmf" => Ok(None),
        _ => Ok(Some((false, Resolution::Value(value)))),
    }
}
