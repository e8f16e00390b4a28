//! Tables that cross by the Arrow C interface, without copying.

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{
    Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float64Type, Int64Type, TimestampMillisecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use numpy::{PyArray1, PyArrayMethods};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use pyo3::exceptions::{PyKeyError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyList};
use std::ffi::CStr;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

/// Rows with typed columns. Whatever reads the Arrow PyCapsule interface takes it as it is: `pyarrow.table(table)`, `polars.DataFrame(table)`.
#[pyclass(frozen, from_py_object, module = "foretell._foretell")]
#[derive(Clone)]
pub(crate) struct Table(RecordBatch);

impl Table {
    pub(crate) const fn new(rows: RecordBatch) -> Self {
        Self(rows)
    }
}

#[pymethods]
impl Table {
    /// The rows as a stream of the Arrow C interface; they are not copied.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer may leave a request for other types aside; the consumer looks at the schema.
        let _ = requested_schema;
        let reader = RecordBatchIterator::new([Ok(self.0.clone())], self.0.schema());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
    }

    /// The schema of the Arrow C interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.schema_ref().as_ref()).map_err(no_table)?;
        PyCapsule::new_with_value(py, schema, SCHEMA)
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.0.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// What each column holds: `text`, `whole` numbers, `day`s or `number`s.
    #[getter]
    fn column_kinds(&self) -> Vec<&'static str> {
        let kind = |of: &DataType| match of {
            DataType::Utf8 => "text",
            DataType::Int64 => "whole",
            DataType::Date32 => "day",
            _ => "number",
        };
        self.0.schema_ref().fields().iter().map(|field| kind(field.data_type())).collect()
    }

    /// A table from the bytes of a stream of Arrow's, which `__reduce__` gave.
    #[staticmethod]
    fn of_stream(bytes: &[u8]) -> PyResult<Self> {
        let mut reader = StreamReader::try_new(bytes, None).map_err(no_table)?;
        let rows = reader.next().ok_or_else(|| no_table("it has no rows"))?.map_err(no_table)?;
        Ok(Self(rows))
    }

    /// For pickling and copying.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let mut writer = StreamWriter::try_new(Vec::new(), self.0.schema_ref()).map_err(no_table)?;
        writer.write(&self.0).map_err(no_table)?;
        let bytes = writer.into_inner().map_err(no_table)?;
        Ok((py.get_type::<Self>().getattr("of_stream")?, (PyBytes::new(py, &bytes),)))
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    /// A column as a list, `None` where it has no value; days as `datetime.date`.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let column = self.0.column_by_name(name).ok_or_else(|| {
            PyKeyError::new_err(format!("no column {name:?}; there are {}", self.column_names().join(", ")))
        })?;
        match column.data_type() {
            DataType::Utf8 => PyList::new(py, column.as_string::<i32>().iter()),
            DataType::Int64 => PyList::new(py, column.as_primitive::<Int64Type>().iter()),
            DataType::Date32 => {
                let epoch = py.import("datetime")?.getattr("date")?.getattr("fromordinal")?;
                let days = column.as_primitive::<Date32Type>().iter().map(|day| match day {
                    // 1 January 1970 is day 719,163 of the proleptic Gregorian calendar.
                    Some(day) => epoch.call1((719_163 + day,)).map(Some),
                    None => Ok(None),
                });
                PyList::new(py, days.collect::<PyResult<Vec<_>>>()?)
            }
            _ => PyList::new(py, column.as_primitive::<Float64Type>().iter()),
        }
    }

    /// A column of numbers as an array; NaN where it has no value.
    fn numbers<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let column = self.0.column_by_name(name).filter(|column| *column.data_type() == DataType::Float64);
        let column = column.ok_or_else(|| PyKeyError::new_err(format!("no column of numbers {name:?}")))?;
        let array = PyArray1::<f64>::zeros(py, column.len(), false);
        let values = column.as_primitive::<Float64Type>().iter().map(|value| value.unwrap_or(f64::NAN));
        array.readwrite().as_slice_mut()?.iter_mut().zip(values).for_each(|(slot, value)| *slot = value);
        Ok(array)
    }
}

fn no_table(problem: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("this is no table: {problem}"))
}

/// Writes what has `__arrow_c_stream__` into a Parquet file, batch by batch; the number of rows.
#[pyfunction]
#[expect(unsafe_code, reason = "the C interface hands over a pointer")]
pub(crate) fn write_parquet(py: Python<'_>, data: &Bound<'_, PyAny>, path: PathBuf) -> PyResult<usize> {
    let capsule = data.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
    let pointer = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds such a stream, by the Arrow PyCapsule interface; it is moved out, and marked released for its destructor.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
    let reader = RecordBatchStreamReader::try_new(stream).map_err(no_table)?;
    // Streams of Python objects are read while the interpreter is held: they may call it.
    let _ = py;
    let file = File::create(&path).map_err(|problem| PyOSError::new_err(problem.to_string()))?;
    // Other readers know the plain types of Parquet.
    let options = ArrowWriterOptions::new().with_skip_arrow_metadata(true);
    let schema = known_to_parquet(&reader.schema()).map_err(no_table)?;
    let mut writer = ArrowWriter::try_new_with_options(file, schema.clone(), options).map_err(no_table)?;
    let mut rows = 0;
    for batch in reader {
        let batch = batch.map_err(no_table)?;
        let told = |(column, field): (&ArrayRef, &Arc<Field>)| {
            told_to_parquet(column)
                .map_err(|problem| no_table(format!("the column `{}` cannot be read: {problem}", field.name())))
        };
        let columns = batch.columns().iter().zip(schema.fields().iter()).map(told).collect::<PyResult<Vec<_>>>()?;
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(no_table)?;
        rows += batch.num_rows();
        writer.write(&batch).map_err(no_table)?;
    }
    writer.close().map_err(no_table)?;
    Ok(rows)
}

/// Parquet has no times in seconds, no days in milliseconds and no lengths of time, and knows nothing of the periods of pandas: it would keep them as
/// numbers, which would be scored as such. Lengths of time become texts with their unit: no number is read from those. Numbers of half precision become
/// doubles, which hold each of them.
fn known_to_parquet(schema: &Schema) -> Result<SchemaRef, ArrowError> {
    let known = |field: &Arc<Field>| {
        if field.metadata().get("ARROW:extension:name").is_some_and(|kind| kind == "pandas.period") {
            let what = format!("the column `{}` holds periods: give days, as by `.dt.to_timestamp()`", field.name());
            return Err(ArrowError::SchemaError(what));
        }
        let of = |kind: DataType| Arc::new(field.as_ref().clone().with_data_type(kind));
        Ok(match field.data_type() {
            DataType::Timestamp(TimeUnit::Second, zone) => of(DataType::Timestamp(TimeUnit::Millisecond, zone.clone())),
            DataType::Date64 => of(DataType::Date32),
            DataType::Duration(_) => of(DataType::Utf8),
            DataType::Float16 => of(DataType::Float64),
            _ => Arc::clone(field),
        })
    };
    Ok(Arc::new(Schema::new(schema.fields().iter().map(known).collect::<Result<Vec<_>, _>>()?)))
}

/// A column of the type that [`known_to_parquet`] names; an error where a value has no place there.
fn told_to_parquet(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    const MILLISECONDS_OF_A_DAY: i64 = 86_400_000;
    Ok(match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, zone) => {
            let times = column.as_primitive::<TimestampSecondType>();
            let beyond = |second| ArrowError::ComputeError(format!("{second} seconds since 1970 are no time"));
            let times = times.try_unary::<_, TimestampMillisecondType, _>(|second| {
                second.checked_mul(1_000).ok_or_else(|| beyond(second))
            })?;
            Arc::new(times.with_timezone_opt(zone.clone()))
        }
        DataType::Float16 => Arc::new(column.as_primitive::<Float16Type>().unary::<_, Float64Type>(f64::from)),
        DataType::Date64 => {
            let days = column.as_primitive::<Date64Type>();
            let none = |time| ArrowError::ComputeError(format!("{time} milliseconds since 1970 are no day"));
            Arc::new(days.try_unary::<_, Date32Type, _>(|time| {
                let day = i32::try_from(time / MILLISECONDS_OF_A_DAY).ok();
                day.filter(|_| time % MILLISECONDS_OF_A_DAY == 0).ok_or_else(|| none(time))
            })?)
        }
        DataType::Duration(unit) => {
            let (counts, unit) = match unit {
                TimeUnit::Second => (column.as_primitive::<DurationSecondType>().values(), "s"),
                TimeUnit::Millisecond => (column.as_primitive::<DurationMillisecondType>().values(), "ms"),
                TimeUnit::Microsecond => (column.as_primitive::<DurationMicrosecondType>().values(), "us"),
                TimeUnit::Nanosecond => (column.as_primitive::<DurationNanosecondType>().values(), "ns"),
            };
            let texts = (0..column.len()).map(|row| column.is_valid(row).then(|| format!("{} {unit}", counts[row])));
            Arc::new(texts.collect::<StringArray>())
        }
        _ => Arc::clone(column),
    })
}
