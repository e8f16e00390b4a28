//! Forecasts of a stream put together by question, on disk where they are many.
//!
//! Rows come in the order of files; whoever weighs forecasts by how long they stood, or compares forecasters, needs all rows of a question side by
//! side. [`ByQuestion`] deals rows out to [`PARTS`] parts, all of a question to one. What does not fit into 64 MB is written to a temporary file
//! without a name, 36 bytes a row; each part is then read by itself.

use crate::error::Error;
use crate::forecast::Moment;
use jiff::{Span, Timestamp, civil::Date};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

/// How many parts there are. Fixed, for the order of questions hangs on it.
pub const PARTS: usize = 256;

/// Bytes of a row.
const BYTES: usize = 36;

/// Bytes that are held in memory before they are written.
const HELD: usize = 64 << 20;

/// What stands in place of nanoseconds where a whole day is meant.
const WHOLE_DAY: u32 = u32::MAX;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A yes/no forecast whose names are numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberedForecast {
    /// The question's number.
    pub question: u32,
    /// The forecaster's.
    pub forecaster: u32,
    /// When it was made.
    pub made_at: Moment,
    /// The probability of yes.
    pub probability: f64,
    /// Its place among all rows: of two the one that stands later in the files has the greater one.
    pub position: u64,
}

/// Rows that are dealt out.
#[derive(Debug)]
pub struct ByQuestion {
    held: Vec<Vec<u8>>,
    bytes: usize,
    file: Option<Mutex<File>>,
    end: u64,
    /// Where the rows of each part stand in the file, and how many bytes.
    extents: Vec<Vec<(u64, usize)>>,
    rows: u64,
}

impl Default for ByQuestion {
    fn default() -> Self {
        let (held, extents) = (vec![Vec::new(); PARTS], vec![Vec::new(); PARTS]);
        Self { held, bytes: 0, file: None, end: 0, extents, rows: 0 }
    }
}

fn unusable(problem: std::io::Error) -> Error {
    Error::environment("the temporary file that holds forecasts by question cannot be used")
        .because(problem)
        .help("it needs 36 bytes a row; name a folder with room for it: TMPDIR=FOLDER foretell …")
}

impl ByQuestion {
    /// Adds a row to a part, which is that of all rows of its question.
    ///
    /// # Errors
    /// If a temporary file is needed and cannot be written.
    ///
    /// # Panics
    /// If there is no such part: they are [`PARTS`].
    pub fn push(&mut self, part: usize, row: NumberedForecast) -> Result<(), Error> {
        self.held[part].extend_from_slice(&encoded(row));
        self.rows += 1;
        self.bytes += BYTES;
        if self.bytes >= HELD { self.write() } else { Ok(()) }
    }

    /// Writes what is held.
    fn write(&mut self) -> Result<(), Error> {
        if self.file.is_none() {
            self.file = Some(Mutex::new(tempfile::tempfile().map_err(unusable)?));
        }
        let Some(Ok(file)) = self.file.as_mut().map(Mutex::get_mut) else { return Ok(()) };
        for (held, extents) in self.held.iter_mut().zip(&mut self.extents) {
            if !held.is_empty() {
                file.write_all(held).map_err(unusable)?;
                extents.push((self.end, held.len()));
                self.end += held.len() as u64;
                held.clear();
            }
        }
        self.bytes = 0;
        Ok(())
    }

    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The rows of a part, by question, then by position.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    pub fn part(&self, part: usize) -> Result<Vec<NumberedForecast>, Error> {
        let mut bytes = Vec::new();
        if let Some(file) = &self.file {
            let mut file =
                file.lock().map_err(|_| unusable(std::io::Error::other("a thread stopped while it read")))?;
            for (from, length) in &self.extents[part] {
                let before = bytes.len();
                bytes.resize(before + length, 0);
                file.seek(SeekFrom::Start(*from)).map_err(unusable)?;
                file.read_exact(&mut bytes[before..]).map_err(unusable)?;
            }
        }
        bytes.extend_from_slice(&self.held[part]);
        let (rows, _) = bytes.as_chunks::<BYTES>();
        let mut rows: Vec<NumberedForecast> = rows.iter().map(decoded).collect();
        rows.sort_unstable_by_key(|row| (row.question, row.position));
        Ok(rows)
    }
}

fn encoded(row: NumberedForecast) -> [u8; BYTES] {
    let (seconds, nanoseconds) = match row.made_at {
        Moment::Day(day) => (i64::from((day - Date::constant(1970, 1, 1)).get_days()) * DAY, WHOLE_DAY),
        Moment::Instant(instant) => {
            let within = instant.as_nanosecond().rem_euclid(1_000_000_000);
            (instant.as_nanosecond().div_euclid(1_000_000_000) as i64, within as u32)
        }
    };
    let mut bytes = [0; BYTES];
    bytes[..4].copy_from_slice(&row.question.to_le_bytes());
    bytes[4..8].copy_from_slice(&row.forecaster.to_le_bytes());
    bytes[8..16].copy_from_slice(&seconds.to_le_bytes());
    bytes[16..20].copy_from_slice(&nanoseconds.to_le_bytes());
    bytes[20..28].copy_from_slice(&row.probability.to_le_bytes());
    bytes[28..].copy_from_slice(&row.position.to_le_bytes());
    bytes
}

fn decoded(bytes: &[u8; BYTES]) -> NumberedForecast {
    fn field<const N: usize>(bytes: &[u8; BYTES], from: usize) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&bytes[from..from + N]);
        field
    }
    let seconds = i64::from_le_bytes(field(bytes, 8));
    let nanoseconds = u32::from_le_bytes(field(bytes, 16));
    let made_at = if nanoseconds == WHOLE_DAY {
        let span = Span::new().try_days(seconds.div_euclid(DAY)).unwrap_or_default();
        Moment::Day(Date::constant(1970, 1, 1).checked_add(span).unwrap_or(Date::MAX))
    } else {
        let instant = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
        Moment::Instant(Timestamp::from_nanosecond(instant).unwrap_or(Timestamp::MAX))
    };
    NumberedForecast {
        question: u32::from_le_bytes(field(bytes, 0)),
        forecaster: u32::from_le_bytes(field(bytes, 4)),
        made_at,
        probability: f64::from_le_bytes(field(bytes, 20)),
        position: u64::from_le_bytes(field(bytes, 28)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: u64) -> NumberedForecast {
        let made_at = ["2024-02-29", "1969-12-31T23:59:59.25Z", "2025-08-19T14:00:00Z"][at as usize % 3];
        NumberedForecast {
            question: (at * 7 % 300) as u32,
            forecaster: (at % 11) as u32,
            made_at: made_at.parse().expect("a moment"),
            probability: at as f64 / 1e4,
            position: 10_000 - at,
        }
    }

    fn part_of(question: u32) -> usize {
        (question as usize * 37 + 11) % PARTS
    }

    #[test]
    fn rows_come_back_as_they_were_by_question_and_position_from_memory_and_from_disk() {
        for writes in [false, true] {
            let mut by_question = ByQuestion::default();
            for at in 0..5000 {
                let row = row(at);
                by_question.push(part_of(row.question), row).expect("room for a temporary file");
                if writes && at % 1000 == 500 {
                    by_question.write().expect("room for a temporary file");
                }
            }
            let mut found = Vec::new();
            for part in 0..PARTS {
                let rows = by_question.part(part).expect("it can be read");
                assert!(rows.is_sorted_by_key(|row| (row.question, row.position)));
                assert!(rows.iter().all(|row| part_of(row.question) == part));
                found.extend(rows);
            }
            found.sort_by_key(|row| std::cmp::Reverse(row.position));
            assert_eq!(found, (0..5000).map(row).collect::<Vec<_>>());
        }
    }
}
