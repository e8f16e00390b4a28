//! A sheet as a file that other programs read: CSV, JSON lines or Parquet.

use super::Sheet;
use super::sheet::{Column, Holds};
use crate::error::Error;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
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
        for (at, column) in self.columns().iter().enumerate() {
            let is_one = |cell: &str| match column.holds() {
                Holds::Words => true,
                Holds::Counts => cell.is_empty() || cell.parse::<i64>().is_ok(),
                Holds::Figures => cell.is_empty() || cell.parse::<f64>().is_ok_and(f64::is_finite),
            };
            if let Some(row) = self.rows().iter().find(|row| !is_one(&row[at])) {
                return Err(failed(format!("`{}` under `{}` is no number", row[at], column.heading())));
            }
        }
        match form {
            FileForm::Csv => self.to_csv().map(String::into_bytes),
            FileForm::JsonLines => self.to_json_lines(),
            FileForm::Parquet => self.to_parquet(),
        }
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
        let arrays = self.columns().iter().enumerate().map(|(at, column)| {
            let cells = self.rows().iter().map(|row| row[at].as_str());
            let array: ArrayRef = match column.holds() {
                Holds::Words => Arc::new(StringArray::from_iter_values(cells)),
                Holds::Counts => Arc::new(cells.map(|cell| cell.parse::<i64>().ok()).collect::<Int64Array>()),
                Holds::Figures => Arc::new(cells.map(|cell| cell.parse::<f64>().ok()).collect::<Float64Array>()),
            };
            (column.heading(), array, column.holds() != Holds::Words)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(arrays).map_err(failed)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).map_err(failed)?;
        writer.write(&batch).map_err(failed)?;
        writer.close().map_err(failed)?;
        Ok(bytes)
    }
}

fn json(column: &Column, cell: &str) -> Value {
    match column.holds() {
        Holds::Words => Value::String(cell.to_owned()),
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
    use arrow_array::types::{Float64Type, Int64Type};
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
