//! Batches of a Parquet file: the columns that matter, several row groups side by side.

use super::{Batch, Came, Lines, Names, OutcomeColumn, Places, ROWS, checked, moments, other_kind};
use crate::error::Error;
use crate::forecast::tidy::{Problems, cell_texts, parse_probability, unreadable};
use crate::forecast::{Moment, check_name, number_text, without_rounding};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use jiff::civil::Date;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use rayon::prelude::*;
use std::collections::VecDeque;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Row groups that are read side by side. Fixed, for the order of batches hangs on it.
const LANES: usize = 4;

/// A Parquet file.
pub(super) struct Columnar {
    lanes: Vec<Lane>,
    whole: Arc<Whole>,
}

/// What all lanes know of the file.
struct Whole {
    name: String,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    /// Names of the columns, in small letters.
    columns: Vec<String>,
    places: Places,
    /// Whether every time falls on midnight, so that times are days.
    is_dated: bool,
}

/// Every fourth row group.
struct Lane {
    /// With the number of rows before each.
    groups: VecDeque<(usize, u64)>,
    reader: Option<(ParquetRecordBatchReader, u64)>,
}

impl Columnar {
    /// Opens a file; returns the columns that are not used.
    pub(super) fn open(path: &Path, name: &str, outcomes: OutcomeColumn) -> Result<(Self, Vec<String>), Error> {
        let damaged = |problem: parquet::errors::ParquetError| damaged(name, &problem);
        let file = open(path, name)?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(damaged)?;
        let columns: Vec<String> =
            plain.schema().fields().iter().map(|field| field.name().trim().to_lowercase()).collect();
        let places = Places::of(name, &columns, outcomes)?;
        // Texts come as they are kept, as codes into a dictionary, if the reader allows it.
        let coded = ArrowReaderOptions::new().with_schema(coded(plain.schema(), &places.said[..3]));
        let metadata = ArrowReaderMetadata::load(&file, coded).unwrap_or(plain);
        let mut whole =
            Whole { name: name.to_owned(), path: path.to_owned(), metadata, columns, places, is_dated: false };
        whole.is_dated = whole.is_dated()?;
        let unused = whole.places.unused(&whole.columns);
        let mut lanes: Vec<Lane> = (0..LANES).map(|_| Lane { groups: VecDeque::new(), reader: None }).collect();
        let mut before = 0;
        for (at, group) in whole.metadata.metadata().row_groups().iter().enumerate() {
            lanes[at % LANES].groups.push_back((at, before));
            before += group.num_rows().max(0) as u64;
        }
        Ok((Self { lanes, whole: Arc::new(whole) }, unused))
    }

    /// The next batch of each lane; none at the end.
    pub(super) fn next(&mut self) -> Result<Vec<Batch>, Error> {
        let whole = &self.whole;
        let read: Vec<Result<Option<Batch>, Error>> = self.lanes.par_iter_mut().map(|lane| lane.next(whole)).collect();
        let mut batches = Vec::with_capacity(LANES);
        for batch in read {
            batches.extend(batch?);
        }
        Ok(batches)
    }
}

fn open(path: &Path, name: &str) -> Result<File, Error> {
    File::open(path).map_err(|problem| Error::environment(format!("`{name}` cannot be read")).because(problem))
}

fn damaged(name: &str, problem: &dyn std::fmt::Display) -> Error {
    unreadable(name, problem.to_string())
}

/// The schema with these columns, where they are texts, as dictionaries.
fn coded(schema: &SchemaRef, places: &[usize]) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            if places.contains(&at) && is_text {
                let codes = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                field.as_ref().clone().with_data_type(codes)
            } else {
                field.as_ref().clone()
            }
        })
        .collect();
    Arc::new(Schema::new(fields))
}

impl Whole {
    /// A reader of these columns of a row group.
    fn reader(&self, group: usize, columns: &[usize]) -> Result<ParquetRecordBatchReader, Error> {
        let file = open(&self.path, &self.name)?;
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(ROWS)
            .build()
            .map_err(|problem| damaged(&self.name, &problem))
    }

    /// Whether the column of moments holds times that all fall on midnight in UTC: that is how data frames keep days.
    fn is_dated(&self) -> Result<bool, Error> {
        let [_, _, made_at, _] = self.places.said;
        if !matches!(self.metadata.schema().field(made_at).data_type(), DataType::Timestamp(_, _)) {
            return Ok(false);
        }
        for group in 0..self.metadata.metadata().num_row_groups() {
            for batch in self.reader(group, &[made_at])? {
                let batch = batch.map_err(|problem| damaged(&self.name, &problem))?;
                if !moments::are_midnights(batch.column(0)) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// What the rows of a batch say.
    fn batch(&self, read: &RecordBatch, before: u64) -> Result<Batch, Error> {
        // The columns of a projection stand in the order of the file.
        let mut projected = self.places.all();
        projected.sort_unstable();
        let column = |place: usize| {
            let at = projected.iter().position(|one| *one == place).unwrap_or_default();
            read.column(at)
        };
        let mut problems = Problems::new(&self.name);
        let line = |row: usize| before + row as u64 + 1;
        for place in &self.places.empty {
            let array = column(*place);
            let filled = self.texts(array, before, *place)?;
            for (row, _) in filled.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
                problems.push(line(row), &other_kind(&self.columns[*place]));
            }
        }
        let [question, forecaster, made_at, probability] = self.places.said;
        let questions = self.names(column(question), before, question)?;
        let forecasters = self.names(column(forecaster), before, forecaster)?;
        for (what, names) in [("question id", &questions), ("forecaster", &forecasters)] {
            check_names(what, names, &mut problems, before);
        }
        let made_at = self.moments(column(made_at), before, made_at, &mut problems)?;
        let probabilities = self.probabilities(column(probability), before, probability, &mut problems)?;
        let mut came = Vec::new();
        if let Some(place) = self.places.came {
            let outcomes = self.texts(column(place), before, place)?;
            let known = match self.places.known {
                Some(place) => self.texts(column(place), before, place)?,
                None => vec![String::new(); outcomes.len()],
            };
            for (row, (outcome, known)) in outcomes.iter().zip(&known).enumerate() {
                came.push(problems.take(line(row), Came::read(outcome, known)).unwrap_or_default());
            }
        }
        checked(problems)?;
        Ok(Batch { questions, forecasters, made_at, probabilities, came, lines: Lines::From(before + 1) })
    }

    fn texts(&self, array: &ArrayRef, before: u64, place: usize) -> Result<Vec<String>, Error> {
        cell_texts(array).map_err(|(row, what)| {
            let row = before + row as u64 + 1;
            Error::input(format!("{}:{row}: the column `{}` {what}", self.name, self.columns[place]))
        })
    }

    fn names(&self, array: &ArrayRef, before: u64, place: usize) -> Result<Names, Error> {
        if let Some(dictionary) = array.as_dictionary_opt::<Int32Type>()
            && let Some(texts) = dictionary.values().as_string_opt::<i32>()
        {
            let codes = dictionary.keys().iter().map(|key| key.map_or(u32::MAX, |key| key as u32)).collect();
            return Ok(Names::new(texts.clone(), codes));
        }
        if let Some(texts) = array.as_string_opt::<i32>() {
            return Ok(Names::of_rows(texts.clone()));
        }
        Ok(Names::of_rows(StringArray::from(self.texts(array, before, place)?)))
    }

    fn moments(
        &self,
        array: &ArrayRef,
        before: u64,
        place: usize,
        problems: &mut Problems,
    ) -> Result<Vec<Moment>, Error> {
        let nowhen = Moment::Day(Date::constant(1970, 1, 1));
        let mut moment =
            |row: usize, found: Result<Moment, String>| problems.take(before + row as u64 + 1, found).unwrap_or(nowhen);
        let neither = |row: usize| {
            let missing = array.is_null(row);
            let what = if missing { "the row has no day" } else { "the day lies outside of the calendar" };
            moment(row, Err(format!("made_at: {what}")))
        };
        if let Some(found) = moments::of_column(array, self.is_dated, neither) {
            return Ok(found);
        }
        let names = self.names(array, before, place)?;
        let mut known: Vec<Option<Moment>> = vec![None; names.texts()];
        let each = |(row, code): (usize, &u32)| {
            if let Some(found) = known.get(*code as usize).copied().flatten() {
                return found;
            }
            let found = moment(row, names.text(*code).parse().map_err(|problem| format!("made_at: {problem}")));
            if let Some(slot) = known.get_mut(*code as usize) {
                *slot = Some(found);
            }
            found
        };
        Ok(names.codes().iter().enumerate().map(each).collect())
    }

    fn probabilities(
        &self,
        array: &ArrayRef,
        before: u64,
        place: usize,
        problems: &mut Problems,
    ) -> Result<Vec<f64>, Error> {
        let line = |row: usize| before + row as u64 + 1;
        if let Some(numbers) = array.as_primitive_opt::<Float64Type>() {
            let mut said = numbers.values().to_vec();
            for (row, p) in numbers.iter().enumerate() {
                match p {
                    None => problems.push(line(row), "the row has no probability"),
                    Some(p) if (0.0..=1.0).contains(&p) => {}
                    Some(p) if (0.0..=1.0).contains(&without_rounding(p)) => said[row] = without_rounding(p),
                    // As a text is told that says the same.
                    Some(p) => {
                        let told = parse_probability(&number_text(p));
                        problems.take(line(row), told.and(Err::<f64, _>(format!("the probability is {p}"))));
                    }
                }
            }
            return Ok(said);
        }
        let texts = self.texts(array, before, place)?;
        let read = |(row, text): (usize, &String)| {
            let missing = text.trim().is_empty();
            let found = if missing { Err("the row has no probability".to_owned()) } else { parse_probability(text) };
            problems.take(line(row), found).unwrap_or_default()
        };
        Ok(texts.iter().enumerate().map(read).collect())
    }
}

impl Lane {
    fn next(&mut self, whole: &Whole) -> Result<Option<Batch>, Error> {
        loop {
            if let Some((reader, before)) = &mut self.reader {
                if let Some(read) = reader.next() {
                    let read = read.map_err(|problem| damaged(&whole.name, &problem))?;
                    let batch = whole.batch(&read, *before)?;
                    *before += read.num_rows() as u64;
                    return Ok(Some(batch));
                }
                self.reader = None;
            }
            let Some((group, before)) = self.groups.pop_front() else { return Ok(None) };
            self.reader = Some((whole.reader(group, &whole.places.all())?, before));
        }
    }
}

/// Tells of each bad name where it first stands.
fn check_names(what: &str, names: &Names, problems: &mut Problems, before: u64) {
    let mut seen = vec![false; names.texts()];
    for (row, code) in names.codes().iter().enumerate() {
        match seen.get_mut(*code as usize) {
            Some(seen) if *seen => continue,
            Some(seen) => *seen = true,
            None => {}
        }
        problems.take(before + row as u64 + 1, check_name(what, names.text(*code)));
    }
}
