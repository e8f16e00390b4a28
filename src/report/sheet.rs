//! A titled table of text cells, for the terminal and for CSV.

use crate::error::Error;
use crate::forecast::number_text;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::borrow::Cow;

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// What the cells of a column are, in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Words,
    Counts,
    Figures,
    Days,
    /// A figure, a day, or the word `never`.
    FiguresOrDays,
}

/// A column: its heading and how it stands.
#[derive(Debug, Clone)]
pub struct Column {
    heading: String,
    align: Align,
    holds: Holds,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn text(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), align: Align::Left, holds: Holds::Words }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), align: Align::Right, holds: Holds::Figures }
    }

    /// A column of whole numbers.
    #[must_use]
    pub fn count(heading: impl Into<String>) -> Self {
        Self { holds: Holds::Counts, ..Self::number(heading) }
    }

    /// A column of intervals, which are words in a file and stand like numbers.
    #[must_use]
    pub fn interval(heading: impl Into<String>) -> Self {
        Self { holds: Holds::Words, ..Self::number(heading) }
    }

    /// A column of days, as `2025-08-19`.
    #[must_use]
    pub fn day(heading: impl Into<String>) -> Self {
        Self { holds: Holds::Days, ..Self::text(heading) }
    }

    /// A column of numbers in which a date's quantiles are days, or `never`.
    #[must_use]
    pub fn number_or_day(heading: impl Into<String>) -> Self {
        Self { holds: Holds::FiguresOrDays, ..Self::number(heading) }
    }

    /// Its heading.
    #[must_use]
    pub fn heading(&self) -> &str {
        &self.heading
    }

    /// Whether its cells are numbers.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.align == Align::Right
    }

    pub(super) const fn holds(&self) -> Holds {
        self.holds
    }
}

/// A titled table.
#[derive(Debug, Clone)]
pub struct Sheet {
    title: Option<String>,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    /// An empty table.
    #[must_use]
    pub fn new(title: Option<&str>, columns: Vec<Column>) -> Self {
        Self { title: title.map(str::to_owned), columns, rows: Vec::new() }
    }

    /// Adds a row; a row shorter than the heading is filled with empty cells.
    pub fn row(&mut self, mut cells: Vec<String>) {
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// What stands above it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Its rows, each with a cell for every column.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As aligned text, without a newline at the end.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.columns.iter().map(|column| column.heading.as_str()));
        for row in &self.rows {
            table.add_row(row);
        }
        for (column, style) in table.column_iter_mut().zip(&self.columns) {
            column.set_padding((0, 2));
            column.set_cell_alignment(match style.align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            });
        }
        let body: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        let body = body.join("\n");
        match &self.title {
            Some(title) => format!("{title}\n{body}"),
            None => body,
        }
    }

    /// As a table of Markdown, with its title as a heading.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
        let mut text = self.title.as_ref().map_or_else(String::new, |title| format!("### {}\n\n", plain(title)));
        text.push_str(&line(&mut self.columns.iter().map(|column| plain(&column.heading))));
        let rule = |column: &Column| if column.is_number() { "--:" } else { "---" }.to_owned();
        text.push_str(&line(&mut self.columns.iter().map(rule)));
        for row in &self.rows {
            text.push_str(&line(&mut row.iter().map(|cell| plain(cell))));
        }
        text
    }

    /// As CSV with a header line. A figure of more than 32 signs, such as a chance of 1e-268, stands with an exponent.
    ///
    /// # Errors
    /// If the writer fails, which memory does not.
    pub fn to_csv(&self) -> Result<String, Error> {
        let failed = |problem: csv::Error| Error::environment("the table cannot be written as CSV").because(problem);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|column| column.heading.as_str())).map_err(failed)?;
        for row in &self.rows {
            for (column, cell) in self.columns.iter().zip(row) {
                let cell = match column.holds {
                    Holds::Figures | Holds::FiguresOrDays => shortest(cell),
                    Holds::Words | Holds::Counts | Holds::Days => Cow::Borrowed(cell.as_str()),
                };
                writer.write_field(cell.as_bytes()).map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|problem| Error::environment("the table cannot be written as CSV").because(problem.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A figure in the shortest form that reads back to the same bits, where the one it stands in is long.
fn shortest(cell: &str) -> Cow<'_, str> {
    const LONG: usize = 32;
    let figure = if cell.len() > LONG { cell.parse::<f64>().ok() } else { None };
    figure.filter(|figure| figure.is_finite()).map_or(Cow::Borrowed(cell), |figure| Cow::Owned(number_text(figure)))
}

/// Words that neither break a table of Markdown nor mark anything up.
#[must_use]
pub fn plain(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '~' => text.extend(['\\', letter]),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tiny_and_a_huge_figure_stand_with_an_exponent_and_names_of_digits_as_they_are() {
        let mut sheet = Sheet::new(None, vec![Column::text("id"), Column::number("value")]);
        let id = "1".repeat(40);
        let figures = [2.667_959_629_171_482_5e-268, 1e300, f64::MIN_POSITIVE, -5e-324, 0.1 + 0.2, 0.0];
        for figure in figures {
            sheet.row(vec![id.clone(), figure.to_string()]);
        }
        let csv = sheet.to_csv().expect("memory can be written");
        let cells: Vec<&str> =
            csv.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(_, cell)| cell).collect();
        assert_eq!(cells[..2], ["2.6679596291714825e-268", "1e300"]);
        assert!(cells.iter().all(|cell| cell.len() <= 24), "{csv}");
        let back: Vec<u64> = cells.iter().filter_map(|cell| cell.parse::<f64>().ok()).map(f64::to_bits).collect();
        assert_eq!(back, figures.map(f64::to_bits));
        assert!(csv.lines().skip(1).all(|line| line.starts_with(&format!("{id},"))));
    }

    #[test]
    fn what_a_file_says_marks_nothing_up() {
        assert_eq!(plain("a|b *c* <d> [e](f)\n# g"), "a\\|b \\*c\\* \\<d\\> \\[e\\](f) \\# g");
        let mut sheet = Sheet::new(Some("T"), vec![Column::text("a_b"), Column::number("n")]);
        sheet.row(vec!["x|y".to_owned(), "1".to_owned()]);
        assert_eq!(sheet.to_markdown(), "### T\n\n| a\\_b | n |\n| --- | --: |\n| x\\|y | 1 |\n");
    }
}
