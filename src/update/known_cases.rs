//! Cases that have taught a prior before, as `learned_from` remembers them, known again in another table.
//!
//! A table is remembered by what all of its rows say together. That knows the same rows again in any order, and at either end of a longer table, but not
//! scattered among others: rows of yes and no are alike by chance, so that one row proves nothing. Where a column `case` names each case once, a sample of
//! the names is remembered, too, and one name that recurs is enough.

use crate::forecast::tidy::WideTable;
use crate::hash::sha256;
use crate::model::Model;
use std::collections::BTreeSet;
use std::path::Path;

/// The column that names cases.
pub(super) const NAMES: &str = "case";

/// So many names are remembered: those whose hashes come first, which is a sample that any part of the table shares.
const REMEMBERED: usize = 8;

/// So many hexadecimal digits of the hash of a name: of 10,000 others one is taken for one of these once in ten million times.
const DIGITS: usize = 10;

/// A table of cases as `learned_from` remembers it: `7 cases of grants.csv (0123456789ab)`, with hashes of names behind a semicolon.
pub(super) struct Remembered<'a> {
    cases: usize,
    name: &'a str,
    digest: &'a str,
    hashes: &'a str,
}

impl<'a> Remembered<'a> {
    /// `None` of what is no table.
    pub(super) fn of(known: &'a str) -> Option<Self> {
        let (cases, rest) = known.split_once(" case")?;
        let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(" of ")?;
        let (name, digest) = rest.rsplit_once(" (")?;
        let digest = digest.strip_suffix(')')?;
        let (digest, hashes) = digest.split_once("; ").unwrap_or((digest, ""));
        Some(Self { cases: cases.parse().ok()?, name, digest, hashes })
    }

    /// In words, without the hashes.
    pub(super) fn said(&self) -> String {
        let cases = if self.cases == 1 { "case" } else { "cases" };
        format!("{} {cases} of {} ({})", self.cases, self.name, self.digest)
    }
}

/// What is to be remembered of a table.
pub(super) fn tag(model: &Model, table: &WideTable) -> String {
    let hashes: Vec<String> = hashes(model, table).unwrap_or_default().into_iter().take(REMEMBERED).collect();
    let (name, hashes) = (file_name(&table.name), hashes.join(" "));
    let of = Remembered { cases: table.rows.len(), name: &name, digest: &table.digest, hashes: &hashes };
    let said = of.said();
    match said.strip_suffix(')') {
        Some(open) if !of.hashes.is_empty() => format!("{open}; {hashes})"),
        _ => said,
    }
}

/// The hashes of the names of all cases, in their order, none if these are but the numbers of rows; `None` if no column names each case once.
fn hashes(model: &Model, table: &WideTable) -> Option<BTreeSet<String>> {
    let is_event = model.events.iter().any(|event| event.name.eq_ignore_ascii_case(NAMES));
    let column = table.columns.iter().position(|column| column == NAMES).filter(|_| !is_event)?;
    let names: BTreeSet<&str> = table.rows.iter().map(|(_, cells)| cells[column].as_str()).collect();
    let names_each_once = names.len() == table.rows.len() && !names.contains("");
    names_each_once.then(|| {
        if are_row_numbers(&names) {
            return BTreeSet::new();
        }
        names.into_iter().map(|name| sha256(name.as_bytes())[..DIGITS].to_owned()).collect()
    })
}

/// Whether the names do no more than count the rows, from 0 or 1: then they stand in every table and tell no case apart from those of another.
fn are_row_numbers(names: &BTreeSet<&str>) -> bool {
    let numbers: Option<BTreeSet<usize>> = names.iter().map(|name| name.parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        let first = numbers.first().copied().unwrap_or_default();
        first <= 1 && numbers.len() == names.len() && numbers.last().is_some_and(|last| last - first + 1 == names.len())
    })
}

/// Whether a column names each case once.
pub(super) fn has_names(model: &Model, table: &WideTable) -> bool {
    hashes(model, table).is_some()
}

/// Why nothing is to be learned from a table: all of it has taught this already, or some of it, or an earlier state of the same file has. `history` is what was
/// learned from.
pub(super) fn learned_before(model: &Model, history: &[String], table: &WideTable) -> Option<String> {
    let rows = table.rows.len();
    for known in history {
        let Some(learned) = Remembered::of(known) else { continue };
        let (cases, said) = (learned.cases, learned.said());
        if learned.digest == table.digest {
            return Some(format!(
                "it has learned from {said} already, {}",
                if learned.name == file_name(&table.name) {
                    "this table"
                } else {
                    "whose rows stand here, in whatever order"
                }
            ));
        }
        let ends = [(0..cases, "first"), (rows.saturating_sub(cases)..rows, "last")];
        let found =
            ends.into_iter().find(|(range, _)| cases < rows && table.digest_of(range.clone()) == learned.digest);
        if let Some((_, end)) = found {
            return Some(format!(
                "it has learned from {said} already, which are the {end} {cases} of the {rows} rows here: give the new rows alone; if these are other cases that look alike, \
                 tell each apart by a column that names it, such as `{NAMES}`"
            ));
        }
        let here = hashes(model, table).unwrap_or_default();
        let remembered: Vec<&str> = learned.hashes.split_whitespace().collect();
        let again = remembered.iter().filter(|hash| here.contains(**hash)).count();
        if again > 0 {
            return Some(format!(
                "it has learned from {said} already: of {} of its cases that are remembered by their names in `{NAMES}`, {again} {} here again: give the new rows alone; \
                 if these are other cases, give them other names",
                remembered.len(),
                if again == 1 { "stands" } else { "stand" }
            ));
        }
        if learned.name == file_name(&table.name) {
            return Some(format!(
                "it has learned from {said}, an earlier state of this table: give the new rows alone, in a file of another name"
            ));
        }
    }
    None
}

/// The name of a file without its folder.
fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}
