//! Batches of a CSV file or one of JSON lines.

use super::names::Collected;
use super::{
    Batch, CAME, COLUMNS, COLUMNS_BESIDE, Came, KNOWN, Lines, OF_MORE, OF_OTHER_KINDS, OutcomeColumn, Places, ROWS,
    UNTIL, WITHOUT_MEANING, checked, other_kind,
};
use crate::error::Error;
use crate::forecast::tidy::{Problems, cell_text, check_header, object_of, parse_probability};
use crate::forecast::{Forecast, ForecastRecord, Moment, check_name};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Bytes that are read at a time.
const BUFFER: usize = 1 << 20;

/// A text file, read line by line.
pub(super) struct Text {
    name: String,
    form: Form,
    outcomes: OutcomeColumn,
    /// Keys of JSON lines that are not used.
    unused: BTreeSet<String>,
}

enum Form {
    Csv { reader: Box<csv::Reader<Seen>>, columns: Vec<String>, places: Places },
    Json { reader: BufReader<File>, line: u64 },
}

/// What a row says, and what of the outcome if it has a place for that which is read; or what is wrong with it.
type Said = Result<(String, String, Moment, f64, Option<Came>), String>;

impl Text {
    /// Opens a file of which the first bytes are known; returns the columns that are not used.
    pub(super) fn open(
        path: &Path,
        name: &str,
        first: &[u8],
        outcomes: OutcomeColumn,
    ) -> Result<(Self, Vec<String>), Error> {
        let unreadable = |problem| Error::environment(format!("`{name}` cannot be read")).because(problem);
        let file = File::open(path).map_err(unreadable)?;
        let extension = path.extension().and_then(|text| text.to_str()).unwrap_or_default().to_ascii_lowercase();
        let is_json = match extension.as_str() {
            "jsonl" | "ndjson" => true,
            "csv" | "tsv" | "tab" => false,
            _ => first.strip_prefix(BYTE_ORDER).unwrap_or(first).trim_ascii_start().first() == Some(&b'{'),
        };
        let own = name.to_owned();
        if is_json {
            let form = Form::Json { reader: BufReader::with_capacity(BUFFER, file), line: 0 };
            return Ok((Self { name: own, form, outcomes, unused: BTreeSet::new() }, Vec::new()));
        }
        let delimiter = if ["tsv", "tab"].contains(&extension.as_str()) { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .buffer_capacity(BUFFER)
            .delimiter(delimiter)
            .from_reader(Seen::new(file));
        let header = reader.headers().map_err(|problem| unlike(name, problem))?;
        let columns: Vec<String> = header.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let breaks = breaks_in(header.as_byte_record().as_slice());
        if columns.is_empty() {
            return Err(Error::input(format!("`{name}` is empty")).help("its first line names the columns"));
        }
        let mut problems = Problems::new(name);
        check_header(&columns, last_line(&reader) - breaks, &mut problems);
        problems.into_result()?;
        let places = Places::of(name, &columns, outcomes)?;
        let unused = places.unused(&columns);
        let form = Form::Csv { reader: Box::new(reader), columns, places };
        Ok((Self { name: own, form, outcomes, unused: BTreeSet::new() }, unused))
    }

    /// Keys of JSON lines, of those read so far, that are not used.
    pub(super) fn unused(&self) -> impl Iterator<Item = &String> {
        self.unused.iter()
    }

    /// The next batch; none at the end.
    pub(super) fn next(&mut self) -> Result<Vec<Batch>, Error> {
        let name = &self.name;
        let rows = match &mut self.form {
            Form::Csv { reader, columns, places } => csv_rows(name, reader, columns, places)?,
            Form::Json { reader, line } => json_rows(name, reader, line, (self.outcomes, &mut self.unused))?,
        };
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut problems = Problems::new(name);
        let (mut questions, mut forecasters) = (Collected::default(), Collected::default());
        let (mut made_at, mut probabilities) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let (mut lines, mut came) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        let mut has_outcomes = false;
        for (line, said) in rows {
            if let Some((question, forecaster, moment, probability, outcome)) = problems.take(line, said) {
                has_outcomes |= outcome.is_some();
                came.push(outcome.unwrap_or_default());
                questions.push(&question);
                forecasters.push(&forecaster);
                made_at.push(moment);
                probabilities.push(probability);
                lines.push(line);
            }
        }
        checked(problems)?;
        if !has_outcomes {
            came.clear();
        }
        let (questions, forecasters) = (questions.finish(), forecasters.finish());
        Ok(vec![Batch { questions, forecasters, made_at, probabilities, came, lines: Lines::Each(lines) }])
    }
}

/// What may stand before a text in UTF-8.
const BYTE_ORDER: &[u8] = b"\xef\xbb\xbf";

/// A file that keeps what was last read of it: how a row ended is not told by the reader of rows, which takes what is left of a line break of two bytes, and empty
/// lines, for the beginning of the next row.
struct Seen {
    file: File,
    /// The bytes that were last read.
    last: Vec<u8>,
    /// Where they begin in the file.
    from: u64,
    at_end: bool,
}

impl Seen {
    fn new(file: File) -> Self {
        Self { file, last: Vec::new(), from: 0, at_end: false }
    }
}

impl Read for Seen {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        if read == 0 {
            self.at_end = !buffer.is_empty();
        } else {
            self.from += self.last.len() as u64;
            self.last.clear();
            self.last.extend_from_slice(&buffer[..read]);
        }
        Ok(read)
    }
}

/// The line on which the row that was just read ends.
fn last_line(reader: &csv::Reader<Seen>) -> u64 {
    let (position, seen) = (reader.position(), reader.get_ref());
    // The end of the file is met only when a row goes on to it.
    let before = position.byte().checked_sub(seen.from + 1).filter(|_| !seen.at_end);
    let ends = before.and_then(|at| usize::try_from(at).ok()).and_then(|at| seen.last.get(at));
    position.line() - u64::from(ends == Some(&b'\n'))
}

/// How many lines end within a row.
fn breaks_in(row: &[u8]) -> u64 {
    row.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

fn unlike(name: &str, problem: csv::Error) -> Error {
    Error::input(format!("`{name}` cannot be read as CSV")).because(problem)
}

fn csv_rows(
    name: &str,
    reader: &mut csv::Reader<Seen>,
    columns: &[String],
    places: &Places,
) -> Result<Vec<(u64, Said)>, Error> {
    let mut records = Vec::with_capacity(ROWS);
    let mut record = csv::ByteRecord::new();
    while records.len() < ROWS && reader.read_byte_record(&mut record).map_err(|problem| unlike(name, problem))? {
        records.push((last_line(reader), record.clone()));
    }
    let row = |(last, record): &(u64, csv::ByteRecord)| {
        let line = last - breaks_in(record.as_slice());
        let said = || {
            if record.len() != columns.len() {
                return Err(format!("the row has {} cells, but the header has {}", record.len(), columns.len()));
            }
            let cell = |at: usize| {
                std::str::from_utf8(record.get(at).unwrap_or_default())
                    .map(str::trim)
                    .map_err(|_| "the row is not UTF-8; save the file as UTF-8".to_owned())
            };
            for at in &places.empty {
                if !cell(*at)?.is_empty() {
                    return Err(other_kind(&columns[*at]));
                }
            }
            let [question, forecaster, made_at, probability] = places.said;
            let came = match places.came {
                Some(came) => Some(Came::read(cell(came)?, places.known.map_or(Ok(""), cell)?)?),
                None => None,
            };
            said(cell(question)?, cell(forecaster)?, cell(made_at)?, cell(probability)?, came)
        };
        (line, said())
    };
    Ok(records.par_iter().map(row).collect())
}

fn json_rows(
    name: &str,
    reader: &mut BufReader<File>,
    line: &mut u64,
    (outcomes, unused): (OutcomeColumn, &mut BTreeSet<String>),
) -> Result<Vec<(u64, Said)>, Error> {
    let mut texts = Vec::with_capacity(ROWS);
    while texts.len() < ROWS {
        let mut text = Vec::new();
        let read = reader
            .read_until(b'\n', &mut text)
            .map_err(|problem| Error::environment(format!("`{name}` cannot be read")).because(problem))?;
        if read == 0 {
            break;
        }
        *line += 1;
        if *line == 1 && text.starts_with(BYTE_ORDER) {
            text.drain(..BYTE_ORDER.len());
        }
        if !text.trim_ascii().is_empty() {
            texts.push((*line, text));
        }
    }
    let read: Vec<(u64, Said, Vec<String>)> = texts
        .par_iter()
        .map(|(line, text)| {
            let mut others = Vec::new();
            (*line, json_row(text, outcomes, &mut others), others)
        })
        .collect();
    let mut rows = Vec::with_capacity(read.len());
    for (line, said, others) in read {
        unused.extend(others);
        rows.push((line, said));
    }
    Ok(rows)
}

/// Reads a line; keys that mean nothing go to `others`.
fn json_row(text: &[u8], outcomes: OutcomeColumn, others: &mut Vec<String>) -> Said {
    let object = object_of(text)?;
    let is_whole = object.get("forecast").is_some_and(Value::is_object);
    let has = |names: &[&str]| object.keys().any(|key| names.contains(&key.trim().to_lowercase().as_str()));
    let is_used = outcomes.is_used(has) && !(is_whole && outcomes == OutcomeColumn::IfThere);
    let of_whole = ["forecast", "provenance"];
    let means_nothing = |key: &str| !(is_read(key, is_used) || is_whole && of_whole.contains(&key));
    others.extend(object.keys().map(|key| key.trim().to_lowercase()).filter(|key| means_nothing(key)));
    if is_whole {
        let mut record: ForecastRecord =
            serde_json::from_value(Value::Object(object)).map_err(|problem| problem.to_string())?;
        record.forecast.drop_rounding();
        let Forecast::Binary { probability } = record.forecast else {
            return Err(format!(
                "the forecast is of a {} question, but only yes/no forecasts can be streamed",
                record.forecast.kind()
            ));
        };
        if record.until.is_some() {
            return Err(not_read(UNTIL));
        }
        record.forecast.check()?;
        check_name("question id", &record.question)?;
        check_name("forecaster", &record.forecaster)?;
        if is_used {
            return Err("the row has no outcome".to_owned());
        }
        return Ok((record.question, record.forecaster, record.made_at, probability, None));
    }
    let mut cells: Vec<(String, String)> = Vec::with_capacity(object.len());
    for (key, value) in &object {
        let key = key.trim().to_lowercase();
        let Some(text) = cell_text(value) else {
            if is_read(&key, is_used) || OF_MORE.contains(&key.as_str()) {
                return Err(format!("`{key}` is an object; here stands a text, a number or a list"));
            }
            // It is among the keys that are not used.
            continue;
        };
        if OF_OTHER_KINDS.contains(&key.as_str()) && !text.trim().is_empty() {
            return Err(other_kind(&key));
        }
        if (is_used && OF_MORE.contains(&key.as_str())) || (key == UNTIL && !text.trim().is_empty()) {
            return Err(not_read(&key));
        }
        cells.push((key, text));
    }
    let cell = |names: &[&str]| {
        let found = names.iter().find_map(|name| cells.iter().find(|(key, _)| key == name));
        found.map_or("", |(_, text)| text.trim())
    };
    let came = if is_used { Some(Came::read(cell(&CAME), cell(&KNOWN))?) } else { None };
    let [question, forecaster, made_at, probability] = (if is_used { COLUMNS_BESIDE } else { COLUMNS }).map(cell);
    said(question, forecaster, made_at, probability, came)
}

/// Whether a key of a line means something; `is_used` says that outcomes beside forecasts do.
fn is_read(key: &str, is_used: bool) -> bool {
    let named = if is_used { COLUMNS_BESIDE } else { COLUMNS };
    named.iter().any(|names| names.contains(&key))
        || OF_OTHER_KINDS.contains(&key)
        || WITHOUT_MEANING.contains(&key)
        || key == UNTIL
        || (is_used && (CAME.contains(&key) || KNOWN.contains(&key)))
}

fn not_read(key: &str) -> String {
    format!("`{key}` is not read where a table is streamed")
}

fn said(question: &str, forecaster: &str, made_at: &str, probability: &str, came: Option<Came>) -> Said {
    check_name("question id", question)?;
    check_name("forecaster", forecaster)?;
    let moment = made_at.parse().map_err(|problem| format!("made_at: {problem}"))?;
    if probability.is_empty() {
        return Err("the row has no probability".to_owned());
    }
    Ok((question.to_owned(), forecaster.to_owned(), moment, parse_probability(probability)?, came))
}
