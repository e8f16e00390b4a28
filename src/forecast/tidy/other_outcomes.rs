//! Outcomes of a question that differ from file to file, and resolutions beside forecasts that contradict the outcomes: which counts is said with files and
//! rows.

use super::table::Table;
use super::{Fate, Summary, Tally, shortened};
use crate::diagnostic::counted;
use crate::forecast::{Outcome, Records, Resolution};
use std::collections::{BTreeMap, HashMap};

/// An outcome and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct PlacedOutcome<'a> {
    /// Which of several files, by the place of its summary.
    pub file: usize,
    /// The row, counted as in the words of a summary.
    pub row: u64,
    /// The outcome.
    pub outcome: &'a Outcome,
}

/// Notes which outcomes of a file are others than those of a file before it, in whose place they stand.
pub fn note_other_outcomes<'a>(found: impl IntoIterator<Item = PlacedOutcome<'a>>, summaries: &mut [Summary]) {
    let mut latest: HashMap<&str, PlacedOutcome> = HashMap::new();
    let mut others: BTreeMap<(usize, usize), Vec<(u64, String)>> = BTreeMap::new();
    for own in found {
        let Outcome { question, resolution, .. } = own.outcome;
        let Some(before) = latest.insert(question, own) else { continue };
        let known = &before.outcome.resolution;
        if before.file != own.file && known != resolution {
            let words = format!("row {} (`{question}`: {resolution}, there {known} in row {})", own.row, before.row);
            others.entry((own.file, before.file)).or_default().push((own.row, words));
        }
    }
    for ((file, before), places) in others {
        let (rows, words): (Vec<u64>, Vec<String>) = places.into_iter().unzip();
        let which = counted(rows.len(), "outcome");
        let (are, count) = if rows.len() == 1 { ("is another", "counts") } else { ("are others", "count") };
        let note = format!("{which} {are} than in {}, and {count}: {}", summaries[before].file, shortened(&words));
        summaries[file].notes.push(note);
        summaries[file].tallies.extend(Tally::of_rows(
            Fate::Replacing,
            "another outcome than in an earlier file",
            &rows,
        ));
    }
}

/// Notes which rows of a table of forecasts say another resolution than the outcomes do, where it is not taken from there.
pub(super) fn note_other_resolutions(table: &Table, records: &Records, summary: &mut Summary) {
    let (asked, said) = (table.column("question"), table.column("resolution"));
    if said.is_none() {
        return;
    }
    let (mut rows, mut words) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let id = row.cell(asked);
        let (Some(question), Some(outcome)) = (records.questions.get(id), records.outcomes.get(id)) else { continue };
        // What is no answer to the question may mean something else.
        let Ok(resolution) = Resolution::read(row.cell(said), question) else { continue };
        if resolution != outcome.resolution {
            rows.push(row.line);
            words.push(format!("row {} (`{id}`: {resolution}, but {})", row.line, outcome.resolution));
        }
    }
    if rows.is_empty() {
        return;
    }
    let say = if rows.len() == 1 { "says" } else { "say" };
    let which = counted(rows.len(), "row");
    summary
        .notes
        .push(format!("{which} {say} another resolution than the outcomes, which count: {}", shortened(&words)));
    let tally = Tally::of_rows(Fate::InPart, "another resolution than the outcomes, which count", &rows);
    summary.tallies.extend(tally);
}
