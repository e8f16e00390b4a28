//! Reads a Parquet file as a table of text cells, so that every reader of tables takes it; and writes one.
//!
//! Numbers become the shortest text that reads back to the same bits, days and times ISO 8601, yes/no `true` and `false`, missing
//! values empty cells, lists texts separated by `|`. A column of times that all fall on midnight in UTC is one of days: that is how
//! data frames keep days. Rows are counted from 1 through all row groups.

use super::cell::join_list;
use super::table::{Row, Table};
use super::write::failed;
use crate::error::Error;
use crate::forecast::number_text;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, TimeUnit};
use jiff::{Span, Timestamp, civil::Date};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

/// The first four bytes of every Parquet file.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// What a time at the start of a day ends with.
const MIDNIGHT: &str = "T00:00:00Z";

/// Why a Parquet file cannot be read, and the way out where it is compressed in a way that is not built in.
pub(crate) fn unreadable(name: &str, problem: String) -> Error {
    let is_compression = problem.contains("Disabled feature");
    let error = Error::input(format!("`{name}` cannot be read as Parquet")).because(problem);
    if is_compression {
        error.help("its compression is not built in; write it with zstd, snappy, gzip, lz4 or none")
    } else {
        error
    }
}

/// The rows of a Parquet file.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Table, Error> {
    let damaged = |problem: String| unreadable(name, problem);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes))
        .map_err(|problem| damaged(problem.to_string()))?;
    let schema = builder.schema().clone();
    let columns: Vec<String> = schema.fields().iter().map(|field| field.name().trim().to_lowercase()).collect();
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].contains(column) {
            return Err(Error::input(format!("`{name}`: the column `{column}` stands twice")));
        }
    }
    let is_time: Vec<bool> =
        schema.fields().iter().map(|field| matches!(field.data_type(), DataType::Timestamp(_, _))).collect();
    let reader = builder.build().map_err(|problem| damaged(problem.to_string()))?;
    let mut rows: Vec<Row> = Vec::new();
    for batch in reader {
        let before = rows.len() as u64;
        let batch = batch.map_err(|problem| damaged(format!("after row {before}: {problem}")))?;
        let mut cells: Vec<Vec<String>> = vec![Vec::with_capacity(columns.len()); batch.num_rows()];
        for (array, column) in batch.columns().iter().zip(&columns) {
            let texts = texts(array).map_err(|problem| {
                let row = before + problem.row as u64 + 1;
                Error::input(format!("{name}:{row}: the column `{column}` {}", problem.what))
                    .help("numbers, texts, days, times, yes/no, dictionaries and lists of them can be read")
            })?;
            cells.iter_mut().zip(texts).for_each(|(row, text)| row.push(text));
        }
        rows.extend(cells.into_iter().zip(before + 1..).map(|(cells, line)| Row::new(line, cells)));
    }
    for column in (0..columns.len()).filter(|column| is_time[*column]) {
        let at_midnight = |row: &Row| row.cell(Some(column)).is_empty() || row.cell(Some(column)).ends_with(MIDNIGHT);
        if rows.iter().all(at_midnight) {
            rows.iter_mut().for_each(|row| row.shorten(column, MIDNIGHT));
        }
    }
    Ok(Table::of_rows(name, columns, rows))
}

/// Columns whose cells are numbers.
const NUMBERS: [&str; 4] = ["probability", "quantile", "value", "never"];

/// Columns whose cells are days, unless one of them is a time.
const DAYS: [&str; 5] = ["made_at", "until", "resolved_on", "opens", "closes"];

/// A Parquet file with these rows: numbers as numbers, days as days, the rest as text; empty cells are missing values.
pub(super) fn write(columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let cells = |at: usize| rows.iter().map(move |row| row.get(at).map(String::as_str).filter(|cell| !cell.is_empty()));
    let columns = columns.iter().enumerate().map(|(at, name)| {
        let numbers = || cells(at).map(|cell| cell.map(str::parse::<f64>).transpose().ok()).collect::<Option<Vec<_>>>();
        let days = || cells(at).map(|cell| cell.map(days_since_1970).transpose()).collect::<Result<Vec<_>, ()>>().ok();
        let array: ArrayRef = if let Some(numbers) = NUMBERS.contains(name).then(numbers).flatten() {
            Arc::new(Float64Array::from(numbers))
        } else if let Some(days) = DAYS.contains(name).then(days).flatten() {
            Arc::new(Date32Array::from(days))
        } else {
            Arc::new(cells(at).collect::<StringArray>())
        };
        (*name, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(failed)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).map_err(failed)?;
    writer.write(&batch).map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(bytes)
}

/// The number of a day such as `2025-08-19`; no other text reads back as it was.
fn days_since_1970(text: &str) -> Result<i32, ()> {
    let day: Date = text.parse().map_err(|_| ())?;
    if day.to_string() == text { Ok((day - Date::constant(1970, 1, 1)).get_days()) } else { Err(()) }
}

/// A value that has no text.
struct Unreadable {
    /// Counted from 0 in its array.
    row: usize,
    what: String,
}

/// The cells of a column, as many as it has rows; or the row, counted from 0, with a value that has no text, and what is wrong with it.
pub(in crate::forecast) fn cell_texts(array: &ArrayRef) -> Result<Vec<String>, (usize, String)> {
    texts(array).map_err(|problem| (problem.row, problem.what))
}

/// The cells of a column, as many as it has rows.
fn texts(array: &ArrayRef) -> Result<Vec<String>, Unreadable> {
    let plain = |text: &dyn Fn(usize) -> String| -> Result<Vec<String>, Unreadable> {
        Ok((0..array.len()).map(|at| if array.is_null(at) { String::new() } else { text(at) }).collect())
    };
    let tested = |text: &dyn Fn(usize) -> Option<String>| -> Result<Vec<String>, Unreadable> {
        let outside = |row| Unreadable { row, what: "holds a time outside the years -9999 to 9999".to_owned() };
        let cell = |row: usize| {
            if array.is_null(row) { Ok(String::new()) } else { text(row).ok_or_else(|| outside(row)) }
        };
        (0..array.len()).map(cell).collect()
    };
    match array.data_type() {
        DataType::Null => plain(&|_| String::new()),
        DataType::Boolean => plain(&|at| array.as_boolean().value(at).to_string()),
        DataType::Int8 => Ok(numbers::<Int8Type>(array)),
        DataType::Int16 => Ok(numbers::<Int16Type>(array)),
        DataType::Int32 => Ok(numbers::<Int32Type>(array)),
        DataType::Int64 => Ok(numbers::<Int64Type>(array)),
        DataType::UInt8 => Ok(numbers::<UInt8Type>(array)),
        DataType::UInt16 => Ok(numbers::<UInt16Type>(array)),
        DataType::UInt32 => Ok(numbers::<UInt32Type>(array)),
        DataType::UInt64 => Ok(numbers::<UInt64Type>(array)),
        DataType::Float32 => Ok(numbers::<Float32Type>(array)),
        DataType::Float64 => plain(&|at| number_text(array.as_primitive::<Float64Type>().value(at))),
        DataType::Decimal128(_, _) => plain(&|at| array.as_primitive::<Decimal128Type>().value_as_string(at)),
        DataType::Utf8 => plain(&|at| array.as_string::<i32>().value(at).to_owned()),
        DataType::LargeUtf8 => plain(&|at| array.as_string::<i64>().value(at).to_owned()),
        DataType::Utf8View => plain(&|at| array.as_string_view().value(at).to_owned()),
        DataType::Date32 => tested(&|at| day_text(i64::from(array.as_primitive::<Date32Type>().value(at)))),
        DataType::Date64 => tested(&|at| day_text(array.as_primitive::<Date64Type>().value(at).div_euclid(86_400_000))),
        DataType::Timestamp(unit, _) => tested(&|at| {
            let instant = match unit {
                TimeUnit::Second => Timestamp::from_second(array.as_primitive::<TimestampSecondType>().value(at)),
                TimeUnit::Millisecond => {
                    Timestamp::from_millisecond(array.as_primitive::<TimestampMillisecondType>().value(at))
                }
                TimeUnit::Microsecond => {
                    Timestamp::from_microsecond(array.as_primitive::<TimestampMicrosecondType>().value(at))
                }
                TimeUnit::Nanosecond => {
                    Timestamp::from_nanosecond(i128::from(array.as_primitive::<TimestampNanosecondType>().value(at)))
                }
            };
            instant.ok().map(|instant| instant.to_string())
        }),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let values = texts(dictionary.values())?;
            let keys = dictionary.normalized_keys();
            plain(&|at| keys.get(at).and_then(|key| values.get(*key)).cloned().unwrap_or_default())
        }
        DataType::List(_) => lists(array, |at| array.as_list::<i32>().value(at)),
        DataType::LargeList(_) => lists(array, |at| array.as_list::<i64>().value(at)),
        other => Err(Unreadable { row: 0, what: format!("is of the type {other}") }),
    }
}

fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef) -> Vec<String>
where
    T::Native: std::fmt::Display,
{
    let values = array.as_primitive::<T>();
    (0..array.len()).map(|at| if array.is_null(at) { String::new() } else { values.value(at).to_string() }).collect()
}

fn lists(array: &ArrayRef, items: impl Fn(usize) -> ArrayRef) -> Result<Vec<String>, Unreadable> {
    let cell = |row: usize| {
        if array.is_null(row) {
            return Ok(String::new());
        }
        texts(&items(row)).map(|items| join_list(&items)).map_err(|problem| Unreadable { row, what: problem.what })
    };
    (0..array.len()).map(cell).collect()
}

/// The day so many days after 1970-01-01; `None` outside of the calendar.
fn day_text(days: i64) -> Option<String> {
    let span = Span::new().try_days(days).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok().map(|day| day.to_string())
}
