//! Rows of a part of a Parquet file, some at a time, checked.
//!
//! Probabilities and outcomes are decoded into columns as they are kept, names into codes of the dictionary that the file keeps them in. Each code is looked up
//! once a dictionary.

use super::piece::Rows;
use super::source::{Column, Part, Source};
use crate::error::Error;
use crate::forecast::{check_name, number_text};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, StringArray};
use indexmap::IndexSet;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Type;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{BoolType, DataType, DoubleType, FloatType, Int32Type as Whole32, Int64Type as Whole64};
use parquet::errors::ParquetError;
use parquet::file::serialized_reader::SerializedPageReader;
use std::fs::File;
use std::sync::Arc;

/// The number of a name that has not been met.
const UNKNOWN: u32 = u32::MAX;

/// Reads a part.
pub(super) struct Reader<'a> {
    source: &'a Source,
    names: Option<Names<'a>>,
    probabilities: Probabilities,
    outcomes: Outcomes,
    rows: Rows,
    /// The row of the file that follows, counted from 0.
    next: u64,
    /// How many follow.
    left: u64,
    /// How many are read at a time.
    at_once: usize,
}

/// What is wrong with a row, counted from 0 within what is read at a time.
struct Flaw {
    row: usize,
    what: String,
    help: Option<&'static str>,
}

impl Flaw {
    fn missing(row: usize, column: &str) -> Self {
        Self { row, what: format!("the column `{column}` has no value"), help: None }
    }
}

/// A column of numbers or truths as they are kept.
struct Values<T: DataType> {
    reader: ColumnReaderImpl<T>,
    /// For each row whether it has a value.
    levels: Vec<i16>,
    found: Vec<T::T>,
}

enum Probabilities {
    Doubles(Values<DoubleType>),
    Singles(Values<FloatType>),
}

enum Outcomes {
    Truths(Values<BoolType>),
    Whole(Values<Whole32>),
    LongWhole(Values<Whole64>),
    Doubles(Values<DoubleType>),
    Singles(Values<FloatType>),
}

impl<'a> Reader<'a> {
    /// Begins to read a part.
    pub(super) fn new(source: &'a Source, part: &Part, at_once: usize) -> Result<Self, Error> {
        let damaged = |problem: ParquetError| source.damaged(part.before, &problem);
        let names = match &source.forecaster {
            Some(column) => Some(Names::new(source, column, part, at_once)?),
            None => None,
        };
        let file = Arc::new(source.file()?);
        let probabilities = match source.described(&source.probability).physical_type() {
            Type::FLOAT => Values::new(source, &source.probability, part, &file).map(Probabilities::Singles),
            _ => Values::new(source, &source.probability, part, &file).map(Probabilities::Doubles),
        };
        let outcome = &source.outcome;
        let outcomes = match source.described(outcome).physical_type() {
            Type::BOOLEAN => Values::new(source, outcome, part, &file).map(Outcomes::Truths),
            Type::INT32 => Values::new(source, outcome, part, &file).map(Outcomes::Whole),
            Type::INT64 => Values::new(source, outcome, part, &file).map(Outcomes::LongWhole),
            Type::FLOAT => Values::new(source, outcome, part, &file).map(Outcomes::Singles),
            _ => Values::new(source, outcome, part, &file).map(Outcomes::Doubles),
        };
        Ok(Self {
            source,
            names,
            probabilities: probabilities.map_err(damaged)?,
            outcomes: outcomes.map_err(damaged)?,
            rows: Rows::default(),
            next: part.before,
            left: part.rows,
            at_once,
        })
    }

    /// The next rows, whose forecasters have their numbers among `known`; none at the end.
    ///
    /// # Errors
    /// If bytes are damaged; or of the first row that cannot be scored.
    pub(super) fn next(&mut self, known: &mut IndexSet<String>) -> Result<Option<&Rows>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        let source = self.source;
        let damaged = |row: u64| move |problem: ParquetError| source.damaged(row, &problem);
        let mut count = self.left.min(self.at_once as u64) as usize;
        let rows = &mut self.rows;
        let of_names = if let Some(names) = &mut self.names {
            names.read(count, &mut rows.forecasters, known).map_err(damaged(self.next))?
        } else {
            rows.forecasters.clear();
            rows.forecasters.resize(count, 0);
            None
        };
        // The reader of names says how many there are at a time.
        count = rows.forecasters.len();
        let of_probabilities = self
            .probabilities
            .read(count, &mut rows.probabilities, &source.probability.name)
            .map_err(damaged(self.next))?;
        let of_outcomes =
            self.outcomes.read(count, &mut rows.happened, &source.outcome.name).map_err(damaged(self.next))?;
        let flaws = [of_names, of_probabilities, of_outcomes].into_iter().flatten();
        if let Some(Flaw { row, what, help }) = flaws.min_by_key(|flaw| flaw.row) {
            let error = Error::input(format!("{}:{}: {what}", source.name, self.next + row as u64 + 1));
            return Err(match help {
                Some(help) => error.help(help),
                None => error,
            });
        }
        self.next += count as u64;
        self.left = self.left.saturating_sub(count as u64);
        Ok(Some(&self.rows))
    }
}

/// What is said of a column that ends before its group.
fn ends_early(column: &str) -> ParquetError {
    ParquetError::General(format!("the column `{column}` ends before its group does"))
}

impl<T: DataType> Values<T> {
    fn new(source: &Source, column: &Column, part: &Part, file: &Arc<File>) -> Result<Self, ParquetError> {
        let group = source.metadata.metadata().row_group(part.group);
        let rows = group.num_rows().max(0) as usize;
        let pages = SerializedPageReader::new(Arc::clone(file), group.column(column.place), rows, None)?;
        let mut reader = ColumnReaderImpl::new(source.described(column), Box::new(pages));
        let skipped = part.skipped as usize;
        if skipped > 0 && reader.skip_records(skipped)? < skipped {
            return Err(ends_early(&column.name));
        }
        Ok(Self { reader, levels: Vec::new(), found: Vec::new() })
    }

    /// Reads the values of so many rows, up to the first that has none; whether there is such a row.
    fn read_into(&mut self, count: usize, found: &mut Vec<T::T>, column: &str) -> Result<Option<Flaw>, ParquetError> {
        self.levels.clear();
        found.clear();
        let mut rows = 0;
        while rows < count {
            let (more, _, _) = self.reader.read_records(count - rows, Some(&mut self.levels), None, found)?;
            if more == 0 {
                return Err(ends_early(column));
            }
            rows += more;
        }
        if found.len() == count {
            return Ok(None);
        }
        let row = self.levels.iter().position(|level| *level == 0).unwrap_or(found.len());
        found.truncate(row);
        Ok(Some(Flaw::missing(row, column)))
    }

    /// The same, each value made another.
    fn read_as<U>(
        &mut self,
        count: usize,
        column: &str,
        made: &mut Vec<U>,
        make: impl Fn(&T::T) -> U,
    ) -> Result<Option<Flaw>, ParquetError> {
        let mut found = std::mem::take(&mut self.found);
        let flaw = self.read_into(count, &mut found, column);
        made.clear();
        made.extend(found.iter().map(make));
        self.found = found;
        flaw
    }

    /// Reads outcomes that are numbers, by what they are told by: whether each is 0 and whether it is 1.
    fn read_answers(
        &mut self,
        count: usize,
        happened: &mut Vec<bool>,
        column: &str,
        tell: impl Fn(&T::T) -> (bool, bool),
        text: impl Fn(&T::T) -> String,
    ) -> Result<Option<Flaw>, ParquetError> {
        let missing = self.read_as(count, column, happened, |value| tell(value).1)?;
        let is_none = |value: &&T::T| matches!(tell(value), (false, false));
        // Counted, since that takes vectors and a search does not.
        if self.found.iter().filter(is_none).count() == 0 {
            return Ok(missing);
        }
        let bad = self.found.iter().enumerate().find(|(_, value)| is_none(value));
        let told = bad.map(|(row, value)| Flaw {
            row,
            what: format!("the outcome in the column `{column}` must be 0 or 1, but is {}", text(value)),
            help: None,
        });
        Ok(told.or(missing))
    }
}

impl Probabilities {
    fn read(&mut self, count: usize, read: &mut Vec<f64>, column: &str) -> Result<Option<Flaw>, ParquetError> {
        let missing = match self {
            Self::Doubles(values) => values.read_into(count, read, column),
            Self::Singles(values) => values.read_as(count, column, read, |value| f64::from(*value)),
        }?;
        let is_none = |value: &&f64| !(0.0..=1.0).contains(*value);
        // Counted, since that takes vectors and a search does not.
        if read.iter().filter(is_none).count() == 0 {
            return Ok(missing);
        }
        let bad = read.iter().enumerate().find(|(_, value)| is_none(value));
        let told = bad.map(|(row, value)| Flaw {
            row,
            what: format!(
                "the probability in the column `{column}` must lie between 0 and 1, but is {}",
                number_text(*value)
            ),
            help: (1.0..=100.0).contains(value).then_some("if the column holds percentages, divide it by 100"),
        });
        Ok(told.or(missing))
    }
}

impl Outcomes {
    fn read(&mut self, count: usize, happened: &mut Vec<bool>, column: &str) -> Result<Option<Flaw>, ParquetError> {
        match self {
            Self::Truths(values) => values.read_into(count, happened, column),
            Self::Whole(values) => {
                let tell = |value: &i32| (*value == 0, *value == 1);
                values.read_answers(count, happened, column, tell, ToString::to_string)
            }
            Self::LongWhole(values) => {
                let tell = |value: &i64| (*value == 0, *value == 1);
                values.read_answers(count, happened, column, tell, ToString::to_string)
            }
            Self::Doubles(values) => {
                let tell = |value: &f64| (*value == 0.0, *value == 1.0);
                values.read_answers(count, happened, column, tell, |value| number_text(*value))
            }
            Self::Singles(values) => {
                let tell = |value: &f32| (*value == 0.0, *value == 1.0);
                values.read_answers(count, happened, column, tell, ToString::to_string)
            }
        }
    }
}

/// Names as codes.
pub(super) struct Names<'a> {
    column: &'a str,
    reader: ParquetRecordBatchReader,
    /// The dictionary of the rows that were read last. It is kept so that another one cannot lie where it does.
    texts: StringArray,
    /// The number of each of its codes, as far as they have been met.
    numbers: Vec<u32>,
}

impl<'a> Names<'a> {
    /// Begins to read the names of a part.
    pub(super) fn new(source: &Source, column: &'a Column, part: &Part, at_once: usize) -> Result<Self, Error> {
        let mask = ProjectionMask::leaves(source.metadata.parquet_schema(), [column.place]);
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(source.file()?, source.metadata.clone())
            .with_row_groups(vec![part.group])
            .with_projection(mask)
            .with_batch_size(at_once);
        let builder = if part.is_whole {
            builder
        } else {
            builder.with_offset(part.skipped as usize).with_limit(part.rows as usize)
        };
        let reader = builder.build().map_err(|problem| source.damaged(part.before, &problem))?;
        Ok(Self { column: &column.name, reader, texts: StringArray::new_null(0), numbers: Vec::new() })
    }

    /// The numbers of the next names, at most so many, among those that are known, to which new ones are added; up to the first that is none.
    fn read(
        &mut self,
        count: usize,
        read: &mut Vec<u32>,
        known: &mut IndexSet<String>,
    ) -> Result<Option<Flaw>, ParquetError> {
        read.clear();
        let early = || ends_early(self.column);
        let batch =
            self.reader.next().ok_or_else(early)?.map_err(|problem| ParquetError::ArrowError(problem.to_string()))?;
        let array = batch.columns().first().ok_or_else(early)?;
        let dictionary = array.as_dictionary_opt::<Int32Type>();
        let coded = dictionary.and_then(|coded| Some((coded.keys(), coded.values().as_string_opt::<i32>()?)));
        let Some((codes, texts)) = coded else {
            return Err(ParquetError::General(format!("the column `{}` cannot be read as texts", self.column)));
        };
        if codes.is_empty() || codes.len() > count {
            return Err(ends_early(self.column));
        }
        if !is_same(texts, &self.texts) {
            self.numbers.clear();
            self.numbers.resize(texts.len(), UNKNOWN);
            self.texts = texts.clone();
        }
        read.resize(codes.len(), 0);
        for (row, (number, code)) in read.iter_mut().zip(codes.values()).enumerate() {
            match self.numbers.get(*code as usize) {
                Some(found) if *found != UNKNOWN && codes.null_count() == 0 => *number = *found,
                _ if codes.is_null(row) => return Ok(Some(Flaw::missing(row, self.column))),
                _ => {
                    let name = texts.value(*code as usize).trim();
                    if let Err(problem) = check_name("forecaster", name) {
                        let what = format!("{problem}, in the column `{}`", self.column);
                        return Ok(Some(Flaw { row, what, help: None }));
                    }
                    *number = number_of(name, known);
                    if let Some(slot) = self.numbers.get_mut(*code as usize) {
                        *slot = *number;
                    }
                }
            }
        }
        Ok(None)
    }

    /// Adds the names of a part to those that are known, up to the first that is none.
    pub(super) fn count(mut self, known: &mut IndexSet<String>) {
        let mut read = Vec::new();
        while let Ok(None) = self.read(usize::MAX, &mut read, known) {}
    }
}

/// The number of a name.
fn number_of(name: &str, known: &mut IndexSet<String>) -> u32 {
    let at = known.get_index_of(name).unwrap_or_else(|| known.insert_full(name.to_owned()).0);
    at as u32
}

/// Whether these are the same bytes, where they lie.
fn is_same(texts: &StringArray, others: &StringArray) -> bool {
    texts.len() == others.len()
        && texts.offsets().as_ptr() == others.offsets().as_ptr()
        && texts.values().as_ptr() == others.values().as_ptr()
}
