//! Walks the chain and names every line that was changed, removed, inserted or moved.
//!
//! A line is *intact* if its hash fits its content and number. One that is not may have *moved*: its hash fits its content with
//! the number that it had before somebody renumbered it. What is neither was changed, or was never part of the chain.
//!
//! What the chain cannot show by itself: a tail cut off, and a chain recomputed as a whole from some line on. Both show as soon
//! as a head noted earlier is no longer in the chain ([`Verification::line_of`]).

use super::open::SCHEMA;
use super::read::unsigned;
use super::{Entry, Ledger, NO_LINE, line_hash};
use crate::error::Error;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What was done to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// The content of the line, its time or its hash is not what was recorded.
    Changed,
    /// The line is gone.
    Removed,
    /// The line was not recorded by appending it.
    Inserted,
    /// The line was recorded under another number.
    Moved,
    /// The line fits the chain but holds what this version cannot read.
    Unreadable,
    /// The tables or their guards are not as they were made.
    Schema,
    /// SQLite finds the file itself damaged.
    File,
}

/// One thing that verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The first line concerned; `None` if it concerns the file.
    pub line: Option<u64>,
    /// The last line concerned.
    pub last_line: Option<u64>,
    /// What was done.
    pub what: FindingKind,
    /// In words.
    pub message: String,
}

/// What verification saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// How many lines there are.
    pub lines: u64,
    /// The hash of the last line.
    pub head: String,
    /// What is wrong; empty if the ledger is as it was recorded.
    pub findings: Vec<Finding>,
    /// Hash of every sound line, with its number.
    sound: BTreeMap<String, u64>,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// The number of the line whose hash is `head` or begins with it (at least 8 digits), if that line is in the chain and
    /// sound.
    #[must_use]
    pub fn line_of(&self, head: &str) -> Option<u64> {
        let head = head.trim().to_ascii_lowercase();
        if head == NO_LINE {
            return Some(0);
        }
        let (hash, line) = self.sound.range(head.clone()..).next()?;
        (head.len() >= 8 && hash.starts_with(&head)).then_some(*line)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// A line as bytes, whatever a stranger may have written into it.
struct Stored {
    seq: i64,
    recorded_at: Vec<u8>,
    kind: Vec<u8>,
    payload: Vec<u8>,
    previous: String,
    hash: String,
}

impl Stored {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Self {
            seq: row.get(0)?,
            recorded_at: bytes(row, 1)?,
            kind: bytes(row, 2)?,
            payload: bytes(row, 3)?,
            previous: text(bytes(row, 4)?),
            hash: text(bytes(row, 5)?),
        })
    }

    /// Whether its hash fits its content under the number `seq`.
    fn fits(&self, seq: i64) -> bool {
        line_hash(seq, &self.recorded_at, &self.kind, &self.payload, self.previous.as_bytes()) == self.hash
    }
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
        ValueRef::Integer(number) => number.to_string().into_bytes(),
        ValueRef::Real(number) => number.to_string().into_bytes(),
        ValueRef::Null => Vec::new(),
    })
}

impl Ledger {
    /// Checks every line against its hash and the line before, the guards of the tables, and the SQLite file itself.
    ///
    /// # Errors
    /// If the file cannot be read at all. What is wrong in it is no error but a finding.
    pub fn verify(&mut self) -> Result<Verification, Error> {
        let path = self.path.clone();
        let failed = |problem| super::open::failed(&path, problem);
        let snapshot = self.connection.transaction().map_err(failed)?;
        let mut findings = Vec::new();
        check_file(&snapshot, &mut findings);
        check_schema(&snapshot, &mut findings).map_err(failed)?;
        let stored = match read(&snapshot) {
            Ok(stored) => stored,
            Err(problem) => {
                findings.push(about_file(FindingKind::File, format!("the lines cannot be read: {problem}")));
                Vec::new()
            }
        };
        let mut sound = BTreeMap::new();
        check_chain(&stored, &mut findings, &mut sound);
        findings.sort_by_key(|finding| (finding.line, finding.what));
        Ok(Verification {
            lines: stored.len() as u64,
            head: stored.last().map_or_else(|| NO_LINE.to_owned(), |line| line.hash.clone()),
            findings,
            sound,
        })
    }
}

fn read(connection: &Connection) -> rusqlite::Result<Vec<Stored>> {
    connection
        .prepare("SELECT seq, recorded_at, kind, payload, previous, hash FROM entry NOT INDEXED ORDER BY seq")?
        .query_map([], Stored::from_row)?
        .collect()
}

fn about_file(what: FindingKind, message: String) -> Finding {
    Finding { line: None, last_line: None, what, message }
}

/// SQLite's own check of pages, types and indexes.
fn check_file(connection: &Connection, findings: &mut Vec<Finding>) {
    let answers = connection.prepare("PRAGMA integrity_check").and_then(|mut statement| {
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
    });
    match answers {
        Ok(answers) => findings.extend(
            answers
                .into_iter()
                .filter(|answer| answer != "ok")
                .map(|answer| about_file(FindingKind::File, format!("the SQLite file is damaged: {answer}"))),
        ),
        Err(problem) => {
            findings.push(about_file(FindingKind::File, format!("the SQLite file cannot be checked: {problem}")));
        }
    }
}

/// Whether tables, guards and views are those that were made, and no other ones.
fn check_schema(connection: &Connection, findings: &mut Vec<Finding>) -> rusqlite::Result<()> {
    for (name, made) in SCHEMA {
        let found: Option<String> = connection
            .query_row("SELECT sql FROM sqlite_master WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        let message = match found {
            Some(found) if found == made => continue,
            Some(_) => format!("`{name}` of the file is not as it was made"),
            None => format!("`{name}` of the file is missing; somebody took it away"),
        };
        findings.push(about_file(FindingKind::Schema, message));
    }
    let names: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for name in names {
        if !SCHEMA.iter().any(|(known, _)| *known == name) {
            findings
                .push(about_file(FindingKind::Schema, format!("the file holds `{name}`, which foretell did not make")));
        }
    }
    Ok(())
}

/// What a line turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Recorded under this number.
    Recorded(i64),
    /// Its hash fits neither its content nor any number that the chain gives it.
    Broken,
}

fn check_chain(stored: &[Stored], findings: &mut Vec<Finding>, sound: &mut BTreeMap<String, u64>) {
    let states = recover_numbers(stored);
    let mut claims: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, state) in states.iter().enumerate() {
        if let State::Recorded(number) = state {
            claims.entry(*number).or_default().push(at);
        }
    }
    // A line is denied if others stand where the next one should and none of them was written after it.
    let is_denied = |at: usize, number: i64| {
        claims
            .get(&number.saturating_add(1))
            .is_some_and(|next| next.iter().all(|&next| stored[next].previous != stored[at].hash))
    };
    // Of several lines under one number the one that the next line follows is the true one; else the one in its place.
    let is_rightful = |at: usize, number: i64| {
        let rivals = claims.get(&number).map_or(&[][..], Vec::as_slice);
        rivals.iter().copied().min_by_key(|&rival| (is_denied(rival, number), stored[rival].seq != number)) == Some(at)
    };
    let mut runs = Runs::default();
    let mut present: Vec<i64> = claims.keys().copied().collect();
    for (at, (line, state)) in stored.iter().zip(&states).enumerate() {
        match *state {
            State::Broken if claims.contains_key(&line.seq) || line.seq < 1 => {
                runs.add(FindingKind::Inserted, line.seq, 0)
            }
            State::Broken => {
                present.push(line.seq);
                runs.add(FindingKind::Changed, line.seq, 0);
            }
            State::Recorded(number) => {
                if number < 1 || !is_rightful(at, number) {
                    runs.add(FindingKind::Inserted, line.seq, 0);
                } else if is_denied(at, number) || (number == 1 && line.previous != NO_LINE) {
                    runs.add(FindingKind::Changed, line.seq, 0);
                } else if number != line.seq {
                    runs.add(FindingKind::Moved, line.seq, line.seq.saturating_sub(number));
                } else {
                    sound.insert(line.hash.clone(), unsigned(line.seq));
                    if let Err(problem) = readable(line) {
                        findings.push(Finding {
                            line: Some(unsigned(line.seq)),
                            last_line: Some(unsigned(line.seq)),
                            what: FindingKind::Unreadable,
                            message: format!("line {} cannot be read: {problem}", line.seq),
                        });
                    }
                }
            }
        }
    }
    present.sort_unstable();
    let mut expected = 1;
    for number in present {
        if number > expected {
            runs.add_run(FindingKind::Removed, expected, number - 1, 0);
        }
        expected = expected.max(number.saturating_add(1));
    }
    findings.extend(runs.0.into_iter().map(Run::into_finding));
}

/// Neighbouring lines to which the same was done.
struct Run {
    what: FindingKind,
    first: i64,
    last: i64,
    /// By how much the number grew, for lines that moved.
    shift: i64,
}

#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn add(&mut self, what: FindingKind, seq: i64, shift: i64) {
        self.add_run(what, seq, seq, shift);
    }

    fn add_run(&mut self, what: FindingKind, first: i64, last: i64, shift: i64) {
        match self.0.last_mut() {
            Some(run) if run.what == what && run.shift == shift && run.last.checked_add(1) == Some(first) => {
                run.last = last
            }
            _ => self.0.push(Run { what, first, last, shift }),
        }
    }
}

impl Run {
    fn into_finding(self) -> Finding {
        let (lines, was, has) = if self.first == self.last {
            (format!("line {}", self.first), "was", "its hash does")
        } else {
            (format!("lines {} to {}", self.first, self.last), "were", "their hashes do")
        };
        let message = match self.what {
            FindingKind::Changed => format!("{lines} {was} changed: {has} not fit what {was} recorded"),
            FindingKind::Removed => format!("{lines} {was} removed"),
            FindingKind::Inserted => format!("{lines} {was} inserted: no recording wrote it there"),
            FindingKind::Moved => format!(
                "{lines} {was} renumbered: recorded as {}",
                if self.first == self.last {
                    format!("line {}", self.first - self.shift)
                } else {
                    format!("lines {} to {}", self.first - self.shift, self.last - self.shift)
                }
            ),
            FindingKind::Unreadable | FindingKind::Schema | FindingKind::File => lines,
        };
        Finding { line: Some(unsigned(self.first)), last_line: Some(unsigned(self.last)), what: self.what, message }
    }
}

/// How far from its number the number of a line is looked for whose line before is gone too.
const REACH: i64 = 64;

/// Finds for each line the number under which it was recorded: its own if its hash fits; otherwise the one after the line that
/// it says came before, if its hash fits with that; otherwise one near its own.
fn recover_numbers(stored: &[Stored]) -> Vec<State> {
    let mut states: Vec<State> =
        stored.iter().map(|line| if line.fits(line.seq) { State::Recorded(line.seq) } else { State::Broken }).collect();
    let mut waiting: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut known: Vec<(&str, i64)> = vec![(NO_LINE, 0)];
    for (at, line) in stored.iter().enumerate() {
        match states[at] {
            State::Recorded(number) => known.push((&line.hash, number)),
            State::Broken => waiting.entry(&line.previous).or_default().push(at),
        }
    }
    for at in 0..=stored.len() {
        while let Some((hash, number)) = known.pop() {
            for at in waiting.remove(hash).unwrap_or_default() {
                let candidate = number.saturating_add(1);
                if stored[at].fits(candidate) {
                    states[at] = State::Recorded(candidate);
                    known.push((&stored[at].hash, candidate));
                }
            }
        }
        if let Some(line) = stored.get(at)
            && states[at] == State::Broken
        {
            let near = (1..=REACH).flat_map(|off| [line.seq.saturating_add(off), line.seq.saturating_sub(off)]);
            if let Some(number) = near.into_iter().find(|number| line.fits(*number)) {
                states[at] = State::Recorded(number);
                known.push((&line.hash, number));
            }
        }
    }
    states
}

fn readable(line: &Stored) -> Result<(), String> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|problem| problem.to_string());
    Entry::read(&text(&line.kind)?, &text(&line.payload)?).map(|_| ())
}
