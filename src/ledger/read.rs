//! Reads lines back: all of them, those of one question, or folded into records.

use super::{Entry, Ledger, Line, NO_LINE};
use crate::error::Error;
use crate::forecast::Records;
use rusqlite::{OptionalExtension, Row};

/// A line as it stands in the file.
struct RawLine {
    seq: i64,
    recorded_at: String,
    kind: String,
    payload: String,
    hash: String,
}

const COLUMNS: &str = "seq, recorded_at, kind, payload, hash";

impl Ledger {
    /// Number and hash of the last line; 0 and [`NO_LINE`] while there is none.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn head(&self) -> Result<(u64, String), Error> {
        head_of(&self.connection).map_err(|problem| self.failed(problem))
    }

    /// The questions, forecasts, joint ones among them, and outcomes as they stand: a pure function of the lines.
    ///
    /// All forecasts are there, in the order recorded; of two by the same forecaster on the same question at the same moment
    /// the later one is a revision and counts. Of the definitions of a question, and of its outcomes, the last one is there.
    ///
    /// # Errors
    /// If the file cannot be read or a line holds what no entry is.
    pub fn records(&self) -> Result<Records, Error> {
        self.records_at(u64::MAX)
    }

    /// The records as they stood after line `seq`.
    ///
    /// # Errors
    /// As [`Ledger::records`].
    pub fn records_at(&self, seq: u64) -> Result<Records, Error> {
        let mut records = Records::default();
        self.each(
            &format!("SELECT {COLUMNS} FROM entry WHERE seq <= ?1 ORDER BY seq"),
            [signed(seq)],
            |line| match line.entry {
                Entry::Question(question) => {
                    records.questions.insert(question.id.clone(), question);
                }
                Entry::Forecast(forecast) => records.forecasts.push(forecast),
                Entry::Joint(forecast) => records.joints.push(forecast),
                Entry::Outcome(outcome) => {
                    records.outcomes.insert(outcome.question.clone(), outcome);
                }
                Entry::Note(_) => {}
            },
        )?;
        Ok(records)
    }

    /// The lines from number `first` to number `last`, both included.
    ///
    /// # Errors
    /// As [`Ledger::records`].
    pub fn lines(&self, first: u64, last: u64) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        let query = format!("SELECT {COLUMNS} FROM entry WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq");
        self.each(&query, [signed(first), signed(last)], |line| lines.push(line))?;
        Ok(lines)
    }

    /// The lines about one question; those of joint forecasts stand under all of their questions in one text, `ferry|permit`.
    ///
    /// # Errors
    /// As [`Ledger::records`].
    pub fn lines_about(&self, question: &str) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        let query = format!("SELECT {COLUMNS} FROM entry WHERE question = ?1 ORDER BY seq");
        self.each(&query, [question], |line| lines.push(line))?;
        Ok(lines)
    }

    /// The number of the line with this hash, if it is in the ledger.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn line_with_hash(&self, hash: &str) -> Result<Option<u64>, Error> {
        self.connection
            .query_row("SELECT seq FROM entry WHERE hash = ?1", [hash], |row| row.get::<_, i64>(0))
            .optional()
            .map(|found| found.map(unsigned))
            .map_err(|problem| self.failed(problem))
    }

    fn each(&self, query: &str, parameters: impl rusqlite::Params, mut take: impl FnMut(Line)) -> Result<(), Error> {
        let mut statement = self.connection.prepare(query).map_err(|problem| self.failed(problem))?;
        let mut rows = statement.query(parameters).map_err(|problem| self.failed(problem))?;
        while let Some(row) = rows.next().map_err(|problem| self.failed(problem))? {
            let raw = RawLine::from_row(row).map_err(|problem| self.failed(problem))?;
            take(self.parse(raw)?);
        }
        Ok(())
    }

    fn parse(&self, raw: RawLine) -> Result<Line, Error> {
        let unreadable = |problem: String| {
            Error::environment(format!("line {} of the ledger `{}` cannot be read", raw.seq, self.path().display()))
                .because(problem)
                .help("`foretell ledger verify` says whether it was changed")
        };
        Ok(Line {
            seq: unsigned(raw.seq),
            recorded_at: raw.recorded_at.parse().map_err(|problem: jiff::Error| unreadable(problem.to_string()))?,
            entry: Entry::read(&raw.kind, &raw.payload).map_err(unreadable)?,
            hash: raw.hash,
        })
    }
}

impl RawLine {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            recorded_at: row.get(1)?,
            kind: row.get(2)?,
            payload: row.get(3)?,
            hash: row.get(4)?,
        })
    }
}

/// Number and hash of the last line as this connection sees it.
pub(super) fn head_of(connection: &rusqlite::Connection) -> rusqlite::Result<(u64, String)> {
    let found = connection
        .query_row("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map_or_else(|| (0, NO_LINE.to_owned()), |(seq, hash): (i64, String)| (unsigned(seq), hash)))
}

/// SQLite's integers are signed; a number beyond them means no limit.
fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// A line number is positive; a file tampered with may say otherwise, which `verify` reports.
pub(super) fn unsigned(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or(0)
}
