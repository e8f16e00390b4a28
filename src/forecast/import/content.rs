//! What stands in a file before anybody has said what it means: a table, JSON objects, or a folder.

use super::{Keyed, Recognised};
use crate::error::Error;
use crate::forecast::tidy::Table;
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Keys under which interfaces answer with a list, and how many keys such an answer has at most: the others turn the page.
const PAGES: [&str; 5] = ["markets", "trades", "data", "results", "predictions"];
const PAGE_KEYS: usize = 5;

/// A file or folder, read but not understood.
#[derive(Debug)]
pub(super) enum Content {
    /// Rows and columns; the names of columns are in small letters.
    Table(Table),
    /// JSON objects.
    Documents(Documents),
    /// A folder, whose files are read one after another.
    Folder(PathBuf),
}

impl Content {
    /// The name, as the user wrote it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Table(table) => table.name.clone(),
            Self::Documents(documents) => documents.name.clone(),
            Self::Folder(path) => path.display().to_string(),
        }
    }

    /// Whether it is a table with all of these columns.
    pub(super) fn has_columns(&self, names: &[&str]) -> bool {
        matches!(self, Self::Table(table) if names.iter().all(|name| table.column(name).is_some()))
    }

    /// Whether it is JSON whose first object has all of these keys.
    pub(super) fn has_keys(&self, names: &[&str]) -> bool {
        matches!(self, Self::Documents(documents)
            if documents.items.first().is_some_and(|(_, first)| names.iter().all(|name| first.contains_key(*name))))
    }

    /// Which of these files it is, by the keys of its first object.
    pub(super) fn keyed(&self, files: &[Keyed]) -> Option<Recognised> {
        let found = files.iter().find(|file| self.has_keys(file.keys));
        found.map(|file| Recognised { what: file.what, holds: file.holds })
    }

    /// Its table, if it is one.
    pub(super) const fn table(&self) -> Option<&Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// Its objects with their numbers, counted from 1; none if it is no JSON.
    pub(super) fn objects(&self) -> &[(u64, Map<String, Value>)] {
        if let Self::Documents(documents) = self { &documents.items } else { &[] }
    }
}

/// JSON objects: one, the items of an array, or one a line.
#[derive(Debug)]
pub(super) struct Documents {
    name: String,
    items: Vec<(u64, Map<String, Value>)>,
}

impl Documents {
    /// The first object of a file, if it is JSON, and whether it stands in a page of an interface's answer: only so much of it is read.
    pub(super) fn first(bytes: &[u8]) -> Option<(Map<String, Value>, bool)> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let text = if bytes.first() == Some(&b'[') { &bytes[1..] } else { bytes };
        if text.trim_ascii_start().first() != Some(&b'{') {
            return None;
        }
        let first = serde_json::Deserializer::from_slice(text).into_iter::<Map<String, Value>>().next()?.ok()?;
        let is_page = page_of(&first).is_some();
        Some((unwrapped(first).into_iter().next()?, is_page))
    }

    /// A file of one object, to ask the importers about.
    pub(super) fn sample(name: &str, first: Map<String, Value>) -> Self {
        Self { name: name.to_owned(), items: vec![(1, first)] }
    }

    /// Every object of a file.
    pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        let bad =
            |problem: serde_json::Error| Error::input(format!("`{name}` cannot be read as JSON")).because(problem);
        let objects: Vec<Map<String, Value>> = if bytes.first() == Some(&b'[') {
            serde_json::from_slice(bytes).map_err(bad)?
        } else {
            serde_json::Deserializer::from_slice(bytes).into_iter().collect::<Result<_, _>>().map_err(bad)?
        };
        let objects = objects.into_iter().flat_map(unwrapped);
        Ok(Self { name: name.to_owned(), items: (1..).zip(objects).collect() })
    }
}

/// The objects in a page of an interface's answer, `{"markets": [...], "cursor": ""}`; any other object is itself.
fn unwrapped(mut object: Map<String, Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Array(items)) = page_of(&object).and_then(|key| object.remove(&key)) else { return vec![object] };
    let objects = items.into_iter().filter_map(|item| if let Value::Object(item) = item { Some(item) } else { None });
    objects.collect()
}

/// Under which key such a page has its objects.
fn page_of(object: &Map<String, Value>) -> Option<String> {
    let lists: Vec<&String> = object.iter().filter(|(_, value)| value.is_array()).map(|(key, _)| key).collect();
    match lists.as_slice() {
        [only] if PAGES.contains(&only.as_str()) && object.len() <= PAGE_KEYS => Some((*only).clone()),
        _ => None,
    }
}

/// The text of a key, or of a number under it; empty where there is none.
pub(super) fn text(object: &Map<String, Value>, key: &str) -> String {
    match object.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    }
}

/// The number of a key, also where it is written as a text.
pub(super) fn number(object: &Map<String, Value>, key: &str) -> Option<f64> {
    match object.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// The objects of a list under a key.
pub(super) fn list<'a>(object: &'a Map<String, Value>, key: &str) -> Vec<&'a Map<String, Value>> {
    let items = object.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_object).collect()
}
