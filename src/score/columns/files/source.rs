//! A Parquet file that is opened: where its columns stand, and the parts in which it is read.

use super::BinaryFiles;
use crate::error::Error;
use crate::forecast::tidy::unreadable;
use crate::forecast::way_to_name;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file with its columns.
#[derive(Debug)]
pub(super) struct Source {
    /// The file, as messages call it.
    pub(super) name: String,
    path: PathBuf,
    /// What its footer says, with names of forecasters read as codes into dictionaries.
    pub(super) metadata: ArrowReaderMetadata,
    /// The column of probabilities.
    pub(super) probability: Column,
    /// The column of what happened.
    pub(super) outcome: Column,
    /// The column of names, if there is one.
    pub(super) forecaster: Option<Column>,
}

/// A column of a file.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its name there.
    pub(super) name: String,
    /// Its place among the columns of values.
    pub(super) place: usize,
}

/// What a column must hold.
#[derive(Debug, Clone, Copy)]
struct Kind {
    what: &'static str,
    takes: fn(&DataType) -> bool,
    help: &'static str,
}

const PROBABILITIES: Kind = Kind {
    what: "probabilities",
    takes: |kind| matches!(kind, DataType::Float32 | DataType::Float64),
    help: "probabilities are numbers of double or single precision: cast the column to one of them, and write the file anew",
};

const OUTCOMES: Kind = Kind {
    what: "outcomes",
    takes: |kind| kind.is_integer() || matches!(kind, DataType::Boolean | DataType::Float32 | DataType::Float64),
    help: "outcomes are true or false, or the numbers 0 and 1",
};

const FORECASTERS: Kind = Kind {
    what: "names of forecasters",
    takes: |kind| matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    help: "names of forecasters are texts, which may be kept as dictionaries",
};

impl Source {
    /// Opens a file and finds its columns.
    pub(super) fn open(path: &Path, files: &BinaryFiles) -> Result<Self, Error> {
        let name = path.display().to_string();
        let damaged = |problem: ParquetError| unreadable(&name, problem.to_string());
        let plain = ArrowReaderMetadata::load(&opened(path, &name)?, ArrowReaderOptions::new()).map_err(damaged)?;
        let probability = column(&name, &plain, &files.probability, PROBABILITIES)?;
        let outcome = column(&name, &plain, &files.outcome, OUTCOMES)?;
        let forecaster = match &files.forecaster {
            Some(wanted) => Some(column(&name, &plain, wanted, FORECASTERS)?),
            None => None,
        };
        let metadata = match &forecaster {
            Some(column) => {
                let options = ArrowReaderOptions::new().with_schema(coded(plain.schema(), &column.name));
                ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).map_err(damaged)?
            }
            None => plain,
        };
        Ok(Self { name, path: path.to_owned(), metadata, probability, outcome, forecaster })
    }

    /// The file, opened once more: what reads it side by side has a place of its own in it.
    pub(super) fn file(&self) -> Result<File, Error> {
        opened(&self.path, &self.name)
    }

    /// What is said of bytes that are no such file.
    pub(super) fn damaged(&self, row: u64, problem: &ParquetError) -> Error {
        unreadable(&self.name, format!("after row {row}: {problem}"))
    }

    /// What the file says of a column.
    pub(super) fn described(&self, column: &Column) -> ColumnDescPtr {
        self.metadata.parquet_schema().column(column.place)
    }

    /// How many rows each of its groups has.
    fn rows_of_groups(&self) -> impl Iterator<Item = u64> {
        self.metadata.metadata().row_groups().iter().map(|group| group.num_rows().max(0) as u64)
    }
}

fn opened(path: &Path, name: &str) -> Result<File, Error> {
    File::open(path).map_err(|problem| Error::environment(format!("`{name}` cannot be read")).because(problem))
}

/// Finds a column by its name, which is compared as in all tables: without regard to capital letters and to space around it.
fn column(file: &str, metadata: &ArrowReaderMetadata, wanted: &str, kind: Kind) -> Result<Column, Error> {
    let plain = |name: &str| name.trim().to_lowercase();
    let fields = metadata.schema().fields();
    let mut found: Vec<&Field> =
        fields.iter().map(AsRef::as_ref).filter(|field| plain(field.name()) == plain(wanted)).collect();
    if found.len() > 1 {
        found.retain(|field| field.name() == wanted);
    }
    let field = match found.as_slice() {
        [only] => *only,
        [] if !fields.iter().any(|field| plain(field.name()) == plain(wanted)) => {
            let names = fields.iter().map(|field| field.name().as_str());
            return Err(
                Error::input(format!("`{file}` has no column `{wanted}`")).help(way_to_name(wanted, "columns", names))
            );
        }
        _ => return Err(Error::input(format!("`{file}`: the column `{wanted}` stands twice"))),
    };
    let is_it = |path: &[String]| matches!(path, [only] if only == field.name());
    let place = metadata.parquet_schema().columns().iter().position(|column| is_it(column.path().parts()));
    match place {
        Some(place) if (kind.takes)(values(field.data_type())) => Ok(Column { name: field.name().clone(), place }),
        _ => Err(Error::input(format!(
            "`{file}`: the column `{}` is of the type {}, and holds no {}",
            field.name(),
            field.data_type(),
            kind.what
        ))
        .help(kind.help)),
    }
}

/// The type of the values that a column holds, also where they are kept as a dictionary.
fn values(kind: &DataType) -> &DataType {
    match kind {
        DataType::Dictionary(_, values) => values,
        plain => plain,
    }
}

/// The schema with a column of texts as codes into a dictionary.
fn coded(schema: &Schema, name: &str) -> Arc<Schema> {
    let fields = schema.fields().iter().map(|field| {
        if field.name() == name {
            let codes = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(field.as_ref().clone().with_data_type(codes))
        } else {
            Arc::clone(field)
        }
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Rows of a group that are read one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The number of the file.
    pub(super) source: usize,
    /// The group within it.
    pub(super) group: usize,
    /// Whether these are all of its rows.
    pub(super) is_whole: bool,
    /// The rows of the group that stand before them.
    pub(super) skipped: u64,
    /// The rows of the file that stand before them.
    pub(super) before: u64,
    /// The rows of all files that stand before them.
    pub(super) first: u64,
    /// How many they are.
    pub(super) rows: u64,
}

/// All rows of all files in order, in tasks of at most so many: small groups are put together, and large ones cut.
pub(super) fn tasks(sources: &[Source], most: u64) -> Vec<Vec<Part>> {
    let mut tasks: Vec<Vec<Part>> = Vec::new();
    let (mut first, mut in_last) = (0, most);
    for (source, file) in sources.iter().enumerate() {
        let mut before = 0;
        for (group, rows) in file.rows_of_groups().enumerate() {
            let size = rows.div_ceil(rows.div_ceil(most).max(1));
            let mut skipped = 0;
            while skipped < rows {
                let taken = size.min(rows - skipped);
                let part = Part { source, group, is_whole: taken == rows, skipped, before, first, rows: taken };
                match tasks.last_mut() {
                    Some(last) if in_last + taken <= most => {
                        last.push(part);
                        in_last += taken;
                    }
                    _ => {
                        tasks.push(vec![part]);
                        in_last = taken;
                    }
                }
                skipped += taken;
                before += taken;
                first += taken;
            }
        }
    }
    tasks
}
