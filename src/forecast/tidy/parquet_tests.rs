//! Parquet files as data frames write them, read as the same table of text.

use super::*;
use crate::forecast::{Forecast, Moment};
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, DictionaryArray, Float32Array, Float64Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use jiff::civil::date;
use std::sync::Arc;

/// The bytes of a Parquet file with these columns, in row groups of two rows.
fn file(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("the columns are of one length");
    let properties =
        WriterProperties::builder().set_compression(compression).set_max_row_group_row_count(Some(2)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("the schema is plain");
    writer.write(&batch).expect("the batch is of the schema");
    writer.close().expect("memory can be written");
    bytes
}

fn read(bytes: &[u8]) -> Result<(Records, Summary), Error> {
    let mut records = Records::default();
    let table = table::Table::from_bytes("f.parquet", bytes)?;
    let summary = TidyFile::of_table(table).forecasts(&mut records)?;
    Ok((records, summary))
}

/// The same three forecasts in every compression that data frames use.
#[test]
fn columns_of_every_kind_are_read_in_every_compression() {
    let names: DictionaryArray<Int8Type> = vec!["ann", "bob", "ann"].into_iter().collect();
    let midnight = 1_735_689_600_000_000;
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        Compression::GZIP(::parquet::basic::GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let bytes = file(
            vec![
                ("question", Arc::new(StringArray::from(vec!["a", "a", "b"]))),
                ("Forecaster", Arc::new(names.clone())),
                ("made_at", Arc::new(TimestampMicrosecondArray::from(vec![midnight; 3]).with_timezone("UTC"))),
                ("probability", Arc::new(Float32Array::from(vec![Some(0.35), Some(0.1), None]))),
                ("quantile", Arc::new(Float64Array::from(vec![None, None, Some(0.5)]))),
                ("value", Arc::new(Int64Array::from(vec![None, None, Some(-3)]))),
                ("is_bot", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
                ("day", Arc::new(Date32Array::from(vec![None::<i32>; 3]))),
            ],
            compression,
        );
        let (records, summary) = read(&bytes).unwrap();
        let said: Vec<(&str, &str, &Forecast)> = records
            .forecasts
            .iter()
            .map(|record| (record.question.as_str(), record.forecaster.as_str(), &record.forecast))
            .collect();
        assert_eq!(
            said,
            [
                ("a", "ann", &Forecast::Binary { probability: 0.35 }),
                ("a", "bob", &Forecast::Binary { probability: 0.1 }),
                ("b", "ann", &Forecast::Quantiles { levels: vec![0.5], values: vec![-3.0] }),
            ],
            "{compression:?}"
        );
        assert!(records.forecasts.iter().all(|record| record.made_at == Moment::Day(date(2025, 1, 1))));
        assert_eq!(summary.ignored_columns, ["is_bot"]);
    }
}

#[test]
fn times_of_day_stay_times_and_days_are_days() {
    let table =
        |array: ArrayRef| table::Table::from_bytes("t", &file(vec![("x", array)], Compression::SNAPPY)).unwrap();
    let cells =
        |array: ArrayRef| -> Vec<String> { table(array).rows.iter().map(|row| row.cell(Some(0)).to_owned()).collect() };
    let one_second = Arc::new(TimestampMicrosecondArray::from(vec![0, 1_000_000]));
    assert_eq!(cells(one_second), ["1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"]);
    assert_eq!(cells(Arc::new(Date32Array::from(vec![Some(-1), None]))), ["1969-12-31", ""]);
    assert_eq!(cells(Arc::new(Float64Array::from(vec![0.1 + 0.2, f64::NAN]))), ["0.30000000000000004", "NaN"]);
    assert_eq!(cells(Arc::new(BooleanArray::from(vec![true, false]))), ["true", "false"]);
}

#[test]
fn a_bad_value_is_named_with_its_row_and_a_bad_column_with_its_name() {
    let columns = |probabilities: ArrayRef| -> Vec<(&str, ArrayRef)> {
        vec![
            ("question", Arc::new(StringArray::from(vec!["a", "b", "c"]))),
            ("forecaster", Arc::new(StringArray::from(vec!["ann"; 3]))),
            ("made_at", Arc::new(Date32Array::from(vec![20_000; 3]))),
            ("probability", probabilities),
        ]
    };
    let wrong = file(columns(Arc::new(Float64Array::from(vec![0.1, 0.2, 1.3]))), Compression::SNAPPY);
    assert!(read(&wrong).unwrap_err().to_string().starts_with("f.parquet:3: the probability `1.3` must lie"));
    let bytes = file(columns(Arc::new(BinaryArray::from_vec(vec![b"x", b"y", b"z"]))), Compression::SNAPPY);
    assert!(read(&bytes).unwrap_err().to_string().contains("the column `probability` is of the type Binary"));
    let mut cut = wrong;
    cut.truncate(60);
    assert!(read(&cut).unwrap_err().to_string().contains("cannot be read as Parquet"));
}
