//! A sheet as a file that other programs read: CSV, JSON lines or Parquet.

use super::Sheet;
use super::sheet::{Column, Holds};
use crate::error::Error;
use arrow_array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::{Date, date};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Number, Value};
use std::path::Path;
use std::sync::Arc;

/// The form of a file of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Comma-separated values, one header line.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// Parquet.
    Parquet,
}

impl FileForm {
    /// The form that the ending of a name asks for.
    ///
    /// # Errors
    /// If it is none of `.csv`, `.jsonl`, `.ndjson` and `.parquet`.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Self::Csv),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            "parquet" => Ok(Self::Parquet),
            _ => Err(Error::input(format!("the ending of `{}` says of no form of a table", path.display()))
                .help("call it `.csv`, `.jsonl` or `.parquet`")),
        }
    }
}

impl Sheet {
    /// The bytes of a file of this form. Columns keep their headings; words are texts, counts whole numbers, figures numbers of double
    /// precision, and an empty cell of a number is no value.
    ///
    /// # Errors
    /// If a cell of a number holds none (a bug of ours), or the writer fails, which memory does not.
    pub fn to_file(&self, form: FileForm) -> Result<Vec<u8>, Error> {
        self.check_cells()?;
        match form {
            FileForm::Csv => self.to_csv().map(String::into_bytes),
            FileForm::JsonLines => self.to_json_lines(),
            FileForm::Parquet => self.to_parquet(),
        }
    }

    fn check_cells(&self) -> Result<(), Error> {
        for (at, column) in self.columns().iter().enumerate() {
            let is_figure = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite);
            let is_one = |cell: &str| match column.holds() {
                _ if cell.is_empty() => true,
                Holds::Words => true,
                Holds::Counts => cell.parse::<i64>().is_ok(),
                Holds::Figures => is_figure(cell),
                Holds::Days => day_number(cell).is_some(),
                Holds::FiguresOrDays => is_figure(cell) || cell == NEVER || day_number(cell).is_some(),
            };
            if let Some(row) = self.rows().iter().find(|row| !is_one(&row[at])) {
                let what = if column.holds() == Holds::Days { "day" } else { "number" };
                return Err(failed(format!("`{}` under `{}` is no {what}", row[at], column.heading())));
            }
        }
        Ok(())
    }

    /// With typed columns: words are texts, counts whole numbers, figures numbers of double precision, days days, and an empty cell of any of these
    /// but the first is no value. A column in which figures and days stand becomes two, the second with `_day` after its name; `never` is
    /// infinite in the first.
    ///
    /// # Errors
    /// If a cell of a number or a day holds none, which is a bug of ours.
    pub fn to_record_batch(&self) -> Result<RecordBatch, Error> {
        self.check_cells()?;
        let mut arrays: Vec<(String, ArrayRef, bool)> = Vec::new();
        for (at, column) in self.columns().iter().enumerate() {
            let cells = || self.rows().iter().map(move |row| row[at].as_str());
            let figures = || Arc::new(cells().map(|cell| cell.parse::<f64>().ok()).collect::<Float64Array>());
            let days = || Arc::new(cells().map(day_number).collect::<Date32Array>());
            let array: ArrayRef = match column.holds() {
                Holds::Words => Arc::new(StringArray::from_iter_values(cells())),
                Holds::Counts => Arc::new(cells().map(|cell| cell.parse::<i64>().ok()).collect::<Int64Array>()),
                Holds::Figures => figures(),
                Holds::FiguresOrDays => {
                    let figure =
                        |cell: &str| if cell == NEVER { Some(f64::INFINITY) } else { cell.parse::<f64>().ok() };
                    Arc::new(cells().map(figure).collect::<Float64Array>())
                }
                Holds::Days => days(),
            };
            arrays.push((column.heading().to_owned(), array, column.holds() != Holds::Words));
            if column.holds() == Holds::FiguresOrDays {
                arrays.push((format!("{}_day", column.heading()), days(), true));
            }
        }
        RecordBatch::try_from_iter_with_nullable(arrays).map_err(failed)
    }

    fn to_json_lines(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        for row in self.rows() {
            let line: Map<String, Value> = self
                .columns()
                .iter()
                .zip(row)
                .map(|(column, cell)| (column.heading().to_owned(), json(column, cell)))
                .collect();
            serde_json::to_writer(&mut bytes, &line).map_err(failed)?;
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    fn to_parquet(&self) -> Result<Vec<u8>, Error> {
        let batch = self.to_record_batch()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).map_err(failed)?;
        writer.write(&batch).map_err(failed)?;
        writer.close().map_err(failed)?;
        Ok(bytes)
    }
}

/// A quantile that is no day any more.
const NEVER: &str = "never";

/// Days since 1 January 1970, of a day as it is written.
fn day_number(cell: &str) -> Option<i32> {
    let day = cell.parse::<Date>().ok()?;
    (day - date(1970, 1, 1)).get_days().into()
}

fn json(column: &Column, cell: &str) -> Value {
    match column.holds() {
        Holds::Days | Holds::FiguresOrDays if cell.is_empty() => Value::Null,
        Holds::FiguresOrDays => {
            cell.parse::<f64>().ok().and_then(Number::from_f64).map_or_else(|| cell.into(), Value::Number)
        }
        Holds::Words | Holds::Days => Value::String(cell.to_owned()),
        Holds::Counts => cell.parse::<i64>().map_or(Value::Null, Value::from),
        Holds::Figures => cell.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number),
    }
}

fn failed(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::environment("the table cannot be written").because(problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Date32Type, Float64Type, Int64Type};
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn sheet() -> Sheet {
        let columns = vec![Column::text("forecaster"), Column::number("mean"), Column::count("questions")];
        let mut sheet = Sheet::new(None, columns);
        sheet.row(vec!["a, \"b\"".to_owned(), "0.1".to_owned(), "12".to_owned()]);
        sheet.row(vec!["ç".to_owned(), String::new(), "3".to_owned()]);
        sheet
    }

    #[test]
    fn every_form_holds_the_same_cells_with_their_types() {
        let lines = sheet().to_file(FileForm::JsonLines).expect("memory can be written");
        let expected = "{\"forecaster\":\"a, \\\"b\\\"\",\"mean\":0.1,\"questions\":12}\n\
                        {\"forecaster\":\"ç\",\"mean\":null,\"questions\":3}\n";
        assert_eq!(String::from_utf8(lines).expect("UTF-8"), expected);
        let csv = sheet().to_file(FileForm::Csv).expect("memory can be written");
        assert_eq!(
            String::from_utf8(csv).expect("UTF-8"),
            "forecaster,mean,questions\n\"a, \"\"b\"\"\",0.1,12\nç,,3\n"
        );
        let file = Bytes::from(sheet().to_file(FileForm::Parquet).expect("memory can be written"));
        let mut reader =
            ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("plain columns");
        let batch = reader.next().expect("a batch").expect("it can be read");
        assert_eq!(batch.column(0).as_string::<i32>().value(0), "a, \"b\"");
        assert_eq!(batch.column(1).as_primitive::<Float64Type>().value(0), 0.1);
        assert!(batch.column(1).is_null(1));
        assert_eq!(batch.column(2).as_primitive::<Int64Type>().values(), &[12, 3]);
    }

    #[test]
    fn days_are_days_and_stand_beside_figures() {
        let columns = vec![Column::day("closes"), Column::number_or_day("value"), Column::number("error")];
        let mut sheet = Sheet::new(None, columns);
        for cells in [["2025-12-31", "0.25", "0.5"], ["1970-01-02", "2025-10-13", ""], ["", "never", ""]] {
            sheet.row(cells.map(str::to_owned).to_vec());
        }
        let batch = sheet.to_record_batch().expect("typed columns");
        let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ["closes", "value", "value_day", "error"]);
        // Days since 1970 by `date -d 2025-12-31 +%s` / 86400 and of 2025-10-13.
        assert_eq!(
            batch.column(0).as_primitive::<Date32Type>().iter().collect::<Vec<_>>(),
            [Some(20453), Some(1), None]
        );
        assert_eq!(
            batch.column(1).as_primitive::<Float64Type>().iter().collect::<Vec<_>>(),
            [Some(0.25), None, Some(f64::INFINITY)]
        );
        assert_eq!(batch.column(2).as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [None, Some(20374), None]);
        sheet.row(vec!["soon".to_owned()]);
        assert!(sheet.to_record_batch().expect_err("no day").to_string().contains("`soon` under `closes` is no day"));
    }

    #[test]
    fn the_ending_says_the_form_and_an_unknown_one_is_refused() {
        assert_eq!(FileForm::of(Path::new("a/b.PARQUET")).expect("a form"), FileForm::Parquet);
        assert_eq!(FileForm::of(Path::new("b.ndjson")).expect("a form"), FileForm::JsonLines);
        let mut bad = sheet();
        bad.row(vec![String::new(), "–".to_owned()]);
        assert!(
            bad.to_file(FileForm::Parquet).expect_err("a dash").to_string().contains("`–` under `mean` is no number")
        );
        assert!(FileForm::of(Path::new("b.xlsx")).is_err() && FileForm::of(Path::new("b")).is_err());
    }
}
