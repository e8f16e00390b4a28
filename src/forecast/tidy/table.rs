//! A file as rows of text cells with line numbers, whether it is CSV, JSON lines or Parquet.

use super::cell::join_list;
use super::object::object_of;
use super::{forecasts, outcomes, parquet, questions};
use crate::error::Error;
use crate::forecast::{joint, nearest};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

/// How many bad rows are shown.
const SHOWN: usize = 20;

/// A table of text.
#[derive(Debug)]
pub(in crate::forecast) struct Table {
    /// The file, as named by the user.
    pub(in crate::forecast) name: String,
    columns: Vec<String>,
    pub(in crate::forecast) rows: Vec<Row>,
    /// Rows that are no rows of this table, each with what is wrong with it.
    bad: Vec<(u64, String)>,
}

/// A row and where it stands.
#[derive(Debug)]
pub(in crate::forecast) struct Row {
    /// Counted from 1: the line of a text, the row of a Parquet file.
    pub(in crate::forecast) line: u64,
    cells: Vec<String>,
    /// The object that stood there, if it holds a whole forecast.
    pub(in crate::forecast) whole: Option<Value>,
}

impl Row {
    /// A row of plain cells.
    pub(in crate::forecast) fn new(line: u64, cells: Vec<String>) -> Self {
        Self { line, cells, whole: None }
    }

    /// Takes an ending off what stands in a column.
    pub(in crate::forecast) fn shorten(&mut self, column: usize, ending: &str) {
        if let Some(cell) = self.cells.get_mut(column)
            && cell.ends_with(ending)
        {
            cell.truncate(cell.len() - ending.len());
        }
    }

    /// What stands in a column, without space around it; empty where the table has no such column.
    pub(in crate::forecast) fn cell(&self, column: Option<usize>) -> &str {
        self.text(column).trim()
    }

    /// What stands in a column, as it is.
    pub(in crate::forecast) fn text(&self, column: Option<usize>) -> &str {
        column.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}

/// A file's name for messages, and its bytes; `-` is standard input.
pub(in crate::forecast) fn read_whole(path: &Path) -> Result<(String, Vec<u8>), Error> {
    let mut bytes = Vec::new();
    let (name, read) = if path.as_os_str() == "-" {
        ("standard input".to_owned(), std::io::stdin().lock().read_to_end(&mut bytes))
    } else {
        let opened = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
        (path.display().to_string(), opened)
    };
    read.map_err(|problem| Error::environment(format!("`{name}` cannot be read")).because(problem))?;
    check_unpacked(&name, &bytes)?;
    Ok((name, bytes))
}

/// By what a file is packed as a whole, if it is, by its first bytes.
pub(crate) fn packed_by(first: &[u8]) -> Option<&'static str> {
    let kinds = [
        (&b"\x1f\x8b"[..], "gzip"),
        (&b"PK\x03\x04"[..], "zip"),
        (&b"\x28\xb5\x2f\xfd"[..], "zstd"),
        (&b"BZh"[..], "bzip2"),
    ];
    kinds.iter().find(|(begins, _)| first.starts_with(begins)).map(|(_, kind)| *kind)
}

/// Refuses a file that is packed as a whole.
pub(in crate::forecast) fn check_unpacked(name: &str, first: &[u8]) -> Result<(), Error> {
    match packed_by(first) {
        None => Ok(()),
        Some(kind) => Err(Error::input(format!("`{name}` is packed ({kind})"))
            .help("unpack it first; Parquet files are compressed within, and read as they are")),
    }
}

/// The line of a row. The reader's position lies before what is left of the line break, and before empty lines.
fn line_at(bytes: &[u8], position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).map_or(&[][..], |at| bytes.get(at..).unwrap_or_default());
    let breaks = from.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + breaks.filter(|byte| **byte == b'\n').count() as u64
}

impl Table {
    pub(in crate::forecast) fn open(path: &Path) -> Result<Self, Error> {
        let (name, bytes) = read_whole(path)?;
        Self::from_bytes(&name, &bytes)
    }

    /// The table of a file in which every row is of its form.
    pub(in crate::forecast) fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let table = Self::read(name, bytes)?;
        table.check_rows()?;
        Ok(table)
    }

    /// One error with all rows that are not of the table's form, if there are any.
    pub(in crate::forecast) fn check_rows(&self) -> Result<(), Error> {
        Problems::of(self).into_result()
    }

    /// The same of a file in which rows may be of another form. Whoever reads it begins with [`Problems::of`], so that they are named together with
    /// what else is wrong.
    pub(in crate::forecast) fn open_with_bad_rows(path: &Path) -> Result<Self, Error> {
        let (name, bytes) = read_whole(path)?;
        Self::read(&name, &bytes)
    }

    /// As [`Table::open_with_bad_rows`], of what stands in a file of that name.
    pub(in crate::forecast) fn read(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        if bytes.starts_with(parquet::MAGIC) {
            return parquet::read(name, bytes);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let extension = Path::new(name).extension().and_then(|text| text.to_str()).unwrap_or_default();
        let is_tabbed = ["tsv", "tab"].iter().any(|ending| extension.eq_ignore_ascii_case(ending));
        let is_json = match extension.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => true,
            "csv" | "tsv" | "tab" => false,
            _ => bytes.trim_ascii_start().first() == Some(&b'{'),
        };
        if is_json {
            Ok(Self::from_json_lines(name, bytes))
        } else {
            Self::from_csv(name, bytes, if is_tabbed { b'\t' } else { b',' })
        }
    }

    /// The table of a text with separators.
    fn from_csv(name: &str, bytes: &[u8], delimiter: u8) -> Result<Self, Error> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(bytes);
        let mut table = Self { name: name.to_owned(), columns: Vec::new(), rows: Vec::new(), bad: Vec::new() };
        let mut record = csv::ByteRecord::new();
        loop {
            let more = reader
                .read_byte_record(&mut record)
                .map_err(|problem| Error::input(format!("`{name}` cannot be read as CSV")).because(problem))?;
            if !more {
                break;
            }
            let line = record.position().map_or(0, |position| line_at(bytes, position));
            let cells: Result<Vec<String>, _> =
                record.iter().map(|cell| std::str::from_utf8(cell).map(str::to_owned)).collect();
            let Ok(cells) = cells else {
                table.bad.push((line, "the row is not UTF-8; save the file as UTF-8".to_owned()));
                if table.columns.is_empty() {
                    // Without a header nothing can be said of what follows it.
                    break;
                }
                continue;
            };
            if table.columns.is_empty() {
                table.columns = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
                let mut problems = Problems::new(name);
                check_header(&table.columns, line, &mut problems);
                problems.into_result()?;
            } else if cells.len() == table.columns.len() {
                table.rows.push(Row { line, cells, whole: None });
            } else {
                let told = format!("the row has {} cells, but the header has {}", cells.len(), table.columns.len());
                table.bad.push((line, told));
            }
        }
        if table.columns.is_empty() {
            table.check_rows()?;
            return Err(Error::input(format!("`{name}` is empty")).help("its first line names the columns"));
        }
        Ok(table)
    }

    fn from_json_lines(name: &str, bytes: &[u8]) -> Self {
        let mut table = Self { name: name.to_owned(), columns: Vec::new(), rows: Vec::new(), bad: Vec::new() };
        for (at, text) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = at as u64 + 1;
            if text.trim_ascii().is_empty() {
                continue;
            }
            match object_of(text) {
                Ok(object) => table.push_object(line, object),
                Err(problem) => table.bad.push((line, problem)),
            }
        }
        table
    }

    fn push_object(&mut self, line: u64, object: Map<String, Value>) {
        let bad = self.bad.len();
        let mut cells = vec![String::new(); self.columns.len()];
        let is_whole = object.get("forecast").is_some_and(Value::is_object);
        let mut filled = BTreeSet::new();
        for (key, value) in &object {
            let key = key.trim().to_lowercase();
            let at = self.columns.iter().position(|column| *column == key).unwrap_or_else(|| {
                self.columns.push(key.clone());
                self.columns.len() - 1
            });
            cells.resize(self.columns.len(), String::new());
            if !filled.insert(at) {
                self.bad.push((line, format!("the key `{key}` stands twice")));
            }
            match cell_text(value) {
                Some(text) => cells[at] = text,
                // What means nothing anywhere is named with the columns that are not used.
                None if is_whole || !is_meant(&key) => {}
                None => self.bad.push((line, format!("`{key}` is an object; here stands a text, a number or a list"))),
            }
        }
        if self.bad.len() == bad {
            self.rows.push(Row { line, cells, whole: is_whole.then_some(Value::Object(object)) });
        }
    }

    /// A table that another reader filled; each row's cells stand in the order of the columns.
    pub(in crate::forecast) fn of_rows(name: &str, columns: Vec<String>, rows: Vec<Row>) -> Self {
        Self { name: name.to_owned(), columns, rows, bad: Vec::new() }
    }

    /// The names of its columns, in small letters.
    pub(in crate::forecast) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many of its rows could be read batch by batch: all of a table of probabilities of yes, and else none.
    pub(in crate::forecast) fn streamable_rows(&self) -> usize {
        let has = |names: &[&str]| names.iter().any(|name| self.column(name).is_some());
        let is_of_yes = has(&["forecaster"]) && has(&["probability", "forecast", "prob"]);
        if is_of_yes && !has(&["option", "quantile", "value", "day"]) { self.rows.len() } else { 0 }
    }

    /// Where a column stands.
    pub(in crate::forecast) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Checks that columns are there which must be.
    pub(in crate::forecast) fn require(&self, holds: &str, required: &[&str], known: &[&str]) -> Result<(), Error> {
        let missing: Vec<&str> = required.iter().copied().filter(|name| self.column(name).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let (mut help, found) = self.rename(holds, &missing, known);
        let absent: Vec<String> =
            missing.iter().filter(|name| !found.contains(name)).map(|name| format!("`{name}`")).collect();
        if !found.is_empty() && !absent.is_empty() {
            help = format!("{help}, and add {}", and_listed(&absent));
        } else if !found.is_empty() && holds == "forecasts" && BESIDE.iter().any(|name| self.column(name).is_some()) {
            help.push_str("; the outcome beside each forecast is then read, too");
        }
        let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        Err(Error::input(format!(
            "{}:1: a table of {holds} needs the {} {}, but has {}",
            self.name,
            if names.len() == 1 { "column" } else { "columns" },
            and_listed(&names),
            self.columns.join(", ")
        ))
        .help(help))
    }

    /// Checks that one of these columns is there, if any is named.
    pub(in crate::forecast) fn require_one(&self, holds: &str, wanted: &[&str], known: &[&str]) -> Result<(), Error> {
        let [first, others @ ..] = wanted else { return Ok(()) };
        let others = others.iter().map(|name| format!(" and no column `{name}`")).collect::<Vec<_>>().concat();
        let (help, _) = self.rename(holds, wanted, known);
        Err(Error::input(format!(
            "{}:1: there is no column `{first}`{others}, but {}",
            self.name,
            self.columns.join(", ")
        ))
        .help(help))
    }

    /// Which columns may have been meant for those wanted and for others that are not there, and for which; or else which columns there are.
    fn rename<'k>(&self, holds: &str, wanted: &[&'k str], known: &[&'k str]) -> (String, Vec<&'k str>) {
        let mut absent: Vec<&str> = known.iter().copied().filter(|name| self.column(name).is_none()).collect();
        let (mut renamed, mut found) = (Vec::new(), Vec::new());
        for column in self.others(known) {
            if let Some(meant) = synonym(&column, &absent).or_else(|| likeliest(&column, wanted))
                && absent.contains(&meant)
            {
                absent.retain(|name| *name != meant);
                renamed.push(format!("`{column}` to `{meant}`"));
                found.push(meant);
            }
        }
        if !wanted.iter().any(|name| found.contains(name)) {
            return (format!("a table of {holds} has the columns {}", known.join(", ")), Vec::new());
        }
        let what = if renamed.len() == 1 { "column" } else { "columns" };
        (format!("rename the {what} {}", and_listed(&renamed)), found)
    }

    /// For each column that is not known, but nearly, which it may have been meant for.
    pub(in crate::forecast) fn slips(&self, known: &[&str]) -> Vec<String> {
        let absent: Vec<&str> = known.iter().copied().filter(|name| self.column(name).is_none()).collect();
        let near = |column: &String| {
            let near = likeliest(column, &absent)?;
            Some(format!("there is no column `{column}`, and the nearest is `{near}`: rename it if that was meant"))
        };
        self.others(known).iter().filter_map(near).collect()
    }

    /// The columns that are not among the known ones.
    pub(in crate::forecast) fn others(&self, known: &[&str]) -> Vec<String> {
        self.columns.iter().filter(|column| !known.contains(&column.as_str())).cloned().collect()
    }
}

/// What tables of others call the columns of ours.
const SYNONYMS: [(&str, &[&str]); 7] = [
    (
        "forecaster",
        &[
            "user",
            "username",
            "user_name",
            "user_id",
            "name",
            "who",
            "person",
            "author",
            "model",
            "predictor",
            "expert",
        ],
    ),
    ("made_at", &["date", "time", "timestamp", "datetime", "created_at", "forecast_date", "made", "when"]),
    ("probability", &["prob", "p", "chance", "forecast", "prediction", "probability_yes", "p_yes", "yes"]),
    ("question", &["question_id", "id", "item", "event", "title", "market", "ask"]),
    ("resolution", &["outcome", "answer", "result", "resolved_to", "actual", "truth"]),
    ("resolved_on", &["date", "resolution_date", "resolved_at", "resolve_date", "known_on"]),
    ("kind", &["type", "question_type"]),
];

/// Columns that say what came true beside a forecast.
const BESIDE: [&str; 5] = ["outcome", "answer", "obs", "resolved_to", "resolution"];

/// Which of these columns others call so.
fn synonym<'k>(column: &str, absent: &[&'k str]) -> Option<&'k str> {
    let calls = |known: &str| SYNONYMS.iter().any(|(own, others)| *own == known && others.contains(&column));
    absent.iter().copied().find(|known| calls(known))
}

/// Words in a row, `and` before the last.
fn and_listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The known column that a name is nearly, or of which it is the beginning.
fn likeliest<'k>(unknown: &str, known: &[&'k str]) -> Option<&'k str> {
    let begins = |name: &&&str| unknown.len() >= 3 && name.starts_with(unknown);
    nearest(unknown, known.iter().copied()).or_else(|| known.iter().find(begins).copied())
}

/// Tells of columns that stand twice, and of a separator that is none.
pub(in crate::forecast) fn check_header(columns: &[String], line: u64, problems: &mut Problems) {
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].contains(column) {
            problems.push(line, &format!("the column `{column}` stands twice"));
        }
    }
    if let [only] = columns
        && let Some(separator) = [';', '\t'].into_iter().find(|separator| only.contains(*separator))
    {
        problems.push(line, &format!("the columns are separated by {separator:?}; separate them by commas"));
    }
}

/// Columns by which tables of others are read.
const OF_OTHERS: [&str; 12] = [
    "forecast",
    "observed",
    "predicted",
    "true_value",
    "prediction",
    "output_type",
    "output_type_id",
    "oracle_value",
    "observation",
    "outcome",
    "answer",
    "resolved_to",
];

/// Whether a column of that name means something in any table.
fn is_meant(key: &str) -> bool {
    let own: [&[&str]; 5] =
        [&forecasts::COLUMNS, &forecasts::SHAPES, &outcomes::COLUMNS, &questions::COLUMNS, &joint::COLUMNS];
    own.iter().any(|columns| columns.contains(&key)) || OF_OTHERS.contains(&key)
}

/// The text of a JSON value as it would stand in a CSV cell; `None` for an object.
pub(in crate::forecast) fn cell_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().map(cell_text).collect::<Option<Vec<_>>>().map(|items| join_list(&items)),
        Value::Object(_) => None,
    }
}

/// The bad rows of one file.
#[derive(Debug)]
pub(in crate::forecast) struct Problems {
    file: String,
    found: Vec<(u64, String)>,
}

impl Problems {
    pub(in crate::forecast) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    /// The rows of a table that are not of its form.
    pub(in crate::forecast) fn of(table: &Table) -> Self {
        Self { file: table.name.clone(), found: table.bad.clone() }
    }

    pub(in crate::forecast) fn push(&mut self, line: u64, problem: &str) {
        self.found.push((line, problem.to_owned()));
    }

    /// Keeps a value, or the problem with it.
    pub(in crate::forecast) fn take<T>(&mut self, line: u64, result: Result<T, String>) -> Option<T> {
        result.map_err(|problem| self.push(line, &problem)).ok()
    }

    /// One error with all of them, in the order of the lines; the first twenty in words.
    pub(in crate::forecast) fn into_result(mut self) -> Result<(), Error> {
        if self.found.is_empty() {
            return Ok(());
        }
        self.found.sort();
        self.found.dedup();
        let shown = self.found.iter().take(SHOWN).map(|(line, problem)| format!("{}:{line}: {problem}", self.file));
        let mut message = shown.collect::<Vec<_>>().join("\n");
        if self.found.len() > SHOWN {
            let _ = write!(message, "\nand {} more in {}", self.found.len() - SHOWN, self.file);
        }
        Err(Error::input(message).help("mend these rows; nothing was taken from the file"))
    }
}
