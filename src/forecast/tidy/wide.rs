//! A table of cases: one row a case, one column a quantity, blank where it is not known.

use super::table::{Problems, Table};
use crate::error::Error;
use crate::hash::hexadecimal;
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::Path;

/// The cells of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WideTable {
    /// The file, as named by the user.
    pub name: String,
    /// The names of the columns, in small letters.
    pub columns: Vec<String>,
    /// Where each row stands, and its cells without space around them; as many as there are columns.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Of all of its rows: see [`WideTable::digest_of`].
    pub digest: String,
}

impl WideTable {
    /// Reads a file: CSV, TSV, JSON lines or Parquet.
    ///
    /// # Errors
    /// If it cannot be read, has no header, or a row is not of its form.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let table = Table::open(path)?;
        let columns = table.columns().to_vec();
        let rows: Vec<(u64, Vec<String>)> = table
            .rows
            .iter()
            .map(|row| (row.line, (0..columns.len()).map(|at| row.cell(Some(at)).to_owned()).collect()))
            .collect();
        let mut whole = Self { name: table.name, columns, rows, digest: String::new() };
        whole.digest = whole.digest_of(0..whole.rows.len());
        Ok(whole)
    }

    /// The first twelve hexadecimal digits of the SHA-256 of some of its rows, the same in whatever order these and the columns stand.
    #[must_use]
    pub fn digest_of(&self, rows: Range<usize>) -> String {
        let mut order: Vec<usize> = (0..self.columns.len()).collect();
        order.sort_by_key(|at| &self.columns[*at]);
        let in_order = |cells: &[String]| {
            let cells: Vec<&str> = order.iter().map(|at| cells[*at].as_str()).collect();
            cells.join("\u{1f}")
        };
        let rows = self.rows.get(rows).unwrap_or_default();
        let mut lines: Vec<String> = rows.iter().map(|(_, cells)| in_order(cells)).collect();
        lines.sort_unstable();
        let mut digest = Sha256::new();
        for line in std::iter::once(&in_order(&self.columns)).chain(&lines) {
            digest.update(line.as_bytes());
            digest.update([b'\n']);
        }
        let mut digest = hexadecimal(&digest.finalize());
        digest.truncate(12);
        digest
    }

    /// One error with all rows at fault, if there are any.
    ///
    /// # Errors
    /// If there are any.
    pub fn refuse(&self, problems: Vec<(u64, String)>) -> Result<(), Error> {
        let mut found = Problems::new(&self.name);
        problems.iter().for_each(|(line, problem)| found.push(*line, problem));
        found.into_result()
    }
}
