//! The same results as terminal tables, JSON, CSV and Markdown.
//!
//! A command builds [`Sheet`]s (for people and for CSV) and a serialisable value (for JSON); [`Output`] renders the one asked for.

pub mod figure;
mod file;
pub mod part;
mod plot;
pub mod run;
mod sheet;

pub use file::FileForm;
pub use plot::{Reliable, Whisker, reliability_plot, whisker_plot};
pub use sheet::{Align, Column, Sheet, plain};

use crate::error::Error;
use serde::Serialize;

/// How results are written to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Aligned text for people.
    #[default]
    Table,
    /// One JSON document with a `schema` field that names its version.
    Json,
    /// Comma-separated values, one header line.
    Csv,
    /// Markdown, such as for a comment on a change.
    Md,
}

/// What a command has to say, in every form.
#[derive(Debug)]
pub struct Output<'a, T> {
    /// Lines before the tables (only in the table form).
    pub head: Vec<String>,
    /// The tables; CSV writes the first one only.
    pub sheets: Vec<Sheet>,
    /// Lines after the tables (only in the table form).
    pub foot: Vec<String>,
    /// The whole result, for JSON.
    pub json: &'a T,
}

impl<T: Serialize> Output<'_, T> {
    /// The text to write to stdout, ending in a newline.
    ///
    /// # Errors
    /// If the result holds a number that JSON cannot hold (a bug of ours: such numbers should not exist).
    pub fn render(&self, format: Format) -> Result<String, Error> {
        match format {
            Format::Json => serde_json::to_string_pretty(self.json)
                .map(|text| text + "\n")
                .map_err(|problem| Error::environment("the result cannot be written as JSON").because(problem)),
            Format::Csv => self.sheets.first().map_or_else(|| Ok(String::new()), Sheet::to_csv),
            Format::Md => {
                // Lines that part groups of others in the table form would be runs of blank lines here.
                let said = |lines: &[String]| {
                    let lines = lines.iter().filter(|line| !line.is_empty());
                    lines.map(|line| plain(line) + "\n\n").collect::<String>()
                };
                let tables = self.sheets.iter().map(|sheet| sheet.to_markdown() + "\n").collect::<String>();
                let text = format!("{}{tables}{}", said(&self.head), said(&self.foot));
                Ok(text.trim_end().to_owned() + "\n")
            }
            Format::Table => {
                let mut parts: Vec<String> = Vec::new();
                if !self.head.is_empty() {
                    parts.push(self.head.join("\n"));
                }
                parts.extend(self.sheets.iter().map(Sheet::to_text));
                if !self.foot.is_empty() {
                    parts.push(self.foot.join("\n"));
                }
                Ok(parts.join("\n\n") + "\n")
            }
        }
    }
}
