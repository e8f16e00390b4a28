//! A table of cases: one row a case, one column a quantity, blank where it is not known.

use super::table::{Problems, Table};
use crate::error::Error;
use crate::hash::hexadecimal;
use sha2::{Digest, Sha256};
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
    /// The first twelve hexadecimal digits of the SHA-256 of what stands in it.
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
        let mut digest = Sha256::new();
        for cells in std::iter::once(&columns).chain(rows.iter().map(|(_, cells)| cells)) {
            digest.update(cells.join("\u{1f}").as_bytes());
            digest.update([b'\n']);
        }
        let mut digest = hexadecimal(&digest.finalize());
        digest.truncate(12);
        Ok(Self { name: table.name, columns, rows, digest })
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
