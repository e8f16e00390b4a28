//! Cases that have taught a prior before, as `learned_from` remembers them, known again in another table.
//!
//! A table is remembered by what all of its rows say together. That knows the same rows again in any order, and at either end of a longer table, but not
//! scattered among others: rows of yes and no are alike by chance, so that one row proves nothing. Where a column `case` names the cases, their names are
//! remembered, too, all of them up to some thousands, and one name that recurs is enough.

use crate::error::Error;
use crate::forecast::tidy::WideTable;
use crate::hash::sha256;
use crate::model::Model;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

/// The column that names cases.
pub(super) const NAMES: &str = "case";

/// So many names of a table are remembered: of more, those whose hashes come first, which is a sample that any part of the table shares.
pub(super) const REMEMBERED: usize = 4_000;

/// What stands before the hashes of names.
const MARK: &str = "names ";

/// So many letters each name has: 42 bits of its hash. Of 4,000 names one is taken for one of 4,000 others once in 270,000 tables.
const LETTERS: usize = 7;

/// What six bits are written as (RFC 4648, section 5).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A table of cases as `learned_from` remembers it: `7 cases of grants.csv (0123456789ab)`, with hashes of names behind a semicolon.
pub(super) struct Remembered<'a> {
    cases: usize,
    name: &'a str,
    digest: &'a str,
    /// One a name: where its hash lies.
    hashes: Vec<RangeInclusive<u64>>,
}

impl<'a> Remembered<'a> {
    /// `None` of what is no table.
    pub(super) fn of(known: &'a str) -> Option<Self> {
        let (cases, rest) = known.split_once(" case")?;
        let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(" of ")?;
        let (name, digest) = rest.rsplit_once(" (")?;
        let digest = digest.strip_suffix(')')?;
        let (digest, names) = digest.split_once("; ").unwrap_or((digest, ""));
        Some(Self { cases: cases.parse().ok()?, name, digest, hashes: hashes(names) })
    }

    /// In words, without the hashes.
    pub(super) fn said(&self) -> String {
        let cases = if self.cases == 1 { "case" } else { "cases" };
        format!("{} {cases} of {} ({})", self.cases, self.name, self.digest)
    }

    /// The same, with how many of its cases would have been known again by name; `None` if all would.
    pub(super) fn in_doubt(&self, names: &Names<'_>) -> Option<String> {
        match (names, self.hashes.len()) {
            (Names::Of(_), known) if known >= self.cases => None,
            (Names::Of(_), known) if known > 0 => {
                Some(format!("{}, of which {} are remembered by name,", self.said(), share(known, self.cases)))
            }
            _ => Some(self.said()),
        }
    }
}

/// The names of the cases of a table.
pub(super) enum Names<'a> {
    /// No column names them.
    Absent,
    /// A column would, but is empty.
    Blank,
    /// A column does no more than count the rows, from 0 or 1: its names stand in every table and tell no case apart from those of another.
    Numbers,
    /// By their hashes.
    Of(BTreeMap<u64, &'a str>),
}

impl<'a> Names<'a> {
    /// Those that the column `case` holds, if no event is called so.
    ///
    /// # Errors
    /// If a name stands twice, or some cases have none: then nobody could tell which of them have taught before.
    pub(super) fn of(model: &Model, table: &'a WideTable) -> Result<Self, Error> {
        let is_event = model.events.iter().any(|event| event.name.eq_ignore_ascii_case(NAMES));
        let column = table.columns.iter().position(|column| column == NAMES).filter(|_| !is_event);
        let Some(column) = column else { return Ok(Self::Absent) };
        let mut first: BTreeMap<&str, u64> = BTreeMap::new();
        let mut problems = Vec::new();
        for (line, cells) in &table.rows {
            let name = cells[column].as_str();
            if name.is_empty() {
                problems.push((
                    *line,
                    format!("`{NAMES}` is empty here and names other cases: give each a name, or leave the column out"),
                ));
            } else if let Some(first) = first.get(name) {
                problems.push((
                    *line,
                    format!("the case `{name}` stands in row {first} already, and a case counts once: take one of them out, or give another name to a case of its own; a column that names no cases must not be called `{NAMES}`"),
                ));
            } else {
                first.insert(name, *line);
            }
        }
        if first.is_empty() {
            return Ok(Self::Blank);
        }
        table.refuse(problems)?;
        let names: BTreeSet<&'a str> = table.rows.iter().map(|(_, cells)| cells[column].as_str()).collect();
        if are_row_numbers(&names) {
            return Ok(Self::Numbers);
        }
        Ok(Self::Of(names.into_iter().map(|name| (hash(name), name)).collect()))
    }

    /// Why the cases are not remembered by the names that a column has, if that is so.
    pub(super) const fn unused(&self) -> Option<&'static str> {
        match self {
            Self::Blank => Some("it is empty, so that the cases are not remembered by their names"),
            Self::Numbers => Some("it only counts the rows, so that the cases are not remembered by these names"),
            Self::Absent | Self::Of(_) => None,
        }
    }

    /// What is to be said of a table that has more names than are remembered.
    pub(super) fn too_many(&self) -> Option<String> {
        let Self::Of(names) = self else { return None };
        (names.len() > REMEMBERED).then(|| {
            format!(
                "`learned_from` remembers {} of the cases by name, a sample: each of the others is not known again by its name should it stand in a later table",
                share(REMEMBERED, names.len())
            )
        })
    }

    /// The names here that a table is remembered by.
    fn again(&self, known: &Remembered<'_>) -> Vec<&'a str> {
        let Self::Of(names) = self else { return Vec::new() };
        known.hashes.iter().filter_map(|hash| names.range(hash.clone()).next().map(|(_, name)| *name)).collect()
    }
}

/// So many of so many, and in per cent.
fn share(known: usize, all: usize) -> String {
    format!("{known} of {all} ({} %)", (100.0 * known as f64 / all as f64).round())
}

/// The first 42 bits of the hash of a name.
fn hash(name: &str) -> u64 {
    u64::from_str_radix(&sha256(name.as_bytes())[..16], 16).unwrap_or_default() >> 22
}

/// Hashes as letters, seven each.
fn letters<'n>(hashes: impl Iterator<Item = &'n u64>) -> String {
    let mut text = String::new();
    for hash in hashes {
        for place in (0..LETTERS).rev() {
            text.push(char::from(ALPHABET[(hash >> (6 * place)) as usize % 64]));
        }
    }
    text
}

/// Where the hashes lie that are written so; none of what is not. Files of before have ten hexadecimal digits for each of a few names, 40 bits.
fn hashes(written: &str) -> Vec<RangeInclusive<u64>> {
    let of_letters = |letters: &[u8]| {
        let hash = letters.iter().try_fold(0_u64, |hash, letter| {
            let bits = ALPHABET.iter().position(|known| known == letter)?;
            Some(64 * hash + bits as u64)
        })?;
        (letters.len() == LETTERS).then_some(hash..=hash)
    };
    let of_digits = |digits: &str| {
        let hash = u64::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 10)?;
        Some(4 * hash..=4 * hash + 3)
    };
    let read: Option<Vec<RangeInclusive<u64>>> = match written.strip_prefix(MARK) {
        Some(letters) => letters.as_bytes().chunks(LETTERS).map(of_letters).collect(),
        None => written.split_whitespace().map(of_digits).collect(),
    };
    read.unwrap_or_default()
}

/// What is to be remembered of a table.
pub(super) fn tag(table: &WideTable, names: &Names<'_>) -> String {
    let name = file_name(&table.name);
    let of = Remembered { cases: table.rows.len(), name: &name, digest: &table.digest, hashes: Vec::new() };
    let said = of.said();
    match (names, said.strip_suffix(')')) {
        (Names::Of(names), Some(open)) => format!("{open}; {MARK}{})", letters(names.keys().take(REMEMBERED))),
        _ => said,
    }
}

/// Whether the names do no more than count the rows.
fn are_row_numbers(names: &BTreeSet<&str>) -> bool {
    let numbers: Option<BTreeSet<usize>> = names.iter().map(|name| name.parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        let first = numbers.first().copied().unwrap_or_default();
        first <= 1 && numbers.len() == names.len() && numbers.last().is_some_and(|last| last - first + 1 == names.len())
    })
}

/// Why nothing is to be learned from a table.
pub(super) struct Before {
    pub(super) why: String,
    /// Whether it is the same table once more, of which nothing new was to be learned.
    pub(super) same: bool,
}

/// Why nothing is to be learned from a table: all of it has taught this already, or some of it, or an earlier state of the same file has. `history` is what was
/// learned from.
pub(super) fn learned_before(history: &[String], table: &WideTable, names: &Names<'_>) -> Option<Before> {
    let rows = table.rows.len();
    let refused = |why: String| Some(Before { why, same: false });
    for known in history {
        let Some(learned) = Remembered::of(known) else { continue };
        let (cases, said) = (learned.cases, learned.said());
        let is_called_so = learned.name == file_name(&table.name);
        if learned.digest == table.digest {
            let how = if is_called_so { "this table" } else { "whose rows stand here, in whatever order" };
            return Some(Before { why: format!("it has learned from {said} already, {how}"), same: is_called_so });
        }
        let ends = [(0..cases, "first"), (rows.saturating_sub(cases)..rows, "last")];
        let found =
            ends.into_iter().find(|(range, _)| cases < rows && table.digest_of(range.clone()) == learned.digest);
        if let Some((_, end)) = found {
            return refused(format!(
                "it has learned from {said} already, which are the {end} {cases} of the {rows} rows here: give the new rows alone; if these are other cases that look alike, \
                 tell each apart by a column that names it, such as `{NAMES}`"
            ));
        }
        let again = names.again(&learned);
        if !again.is_empty() {
            return refused(format!(
                "it has learned from {said} already: of {} of its cases that are remembered by their names in `{NAMES}`, {} {} here again ({}): give the new rows alone; \
                 if these are other cases, give them other names",
                learned.hashes.len(),
                again.len(),
                if again.len() == 1 { "stands" } else { "stand" },
                listed(again)
            ));
        }
        if is_called_so {
            return refused(format!(
                "it has learned from {said}, an earlier state of this table: give the new rows alone, in a file of another name"
            ));
        }
    }
    None
}

/// Names in their order, the first of them where there are many.
fn listed(mut names: Vec<&str>) -> String {
    const SHOWN: usize = 5;
    names.sort_unstable();
    let shown = names[..names.len().min(SHOWN)].join(", ");
    if names.len() <= SHOWN { shown } else { format!("{shown} and {} more", names.len() - SHOWN) }
}

/// The name of a file without its folder.
fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}
