//! The names of a column: texts, and for each row which of them.

use arrow_array::{Array, StringArray};
use std::collections::HashMap;

/// The code of a missing name.
const NONE: u32 = u32::MAX;

/// Names of the rows of a batch, as codes into texts; two codes may have the same text.
#[derive(Debug)]
pub struct Names {
    texts: StringArray,
    codes: Vec<u32>,
}

impl Names {
    pub(super) const fn new(texts: StringArray, codes: Vec<u32>) -> Self {
        Self { texts, codes }
    }

    /// A text for each row.
    pub(super) fn of_rows(texts: StringArray) -> Self {
        let codes = (0..texts.len()).map(|row| if texts.is_null(row) { NONE } else { row as u32 }).collect();
        Self { texts, codes }
    }

    /// The code of each row; a missing name has one that stands for no text.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// One more than the greatest code that stands for a text.
    #[must_use]
    pub fn texts(&self) -> usize {
        self.texts.len()
    }

    /// The name that a code stands for, without space around it.
    #[must_use]
    pub fn text(&self, code: u32) -> &str {
        let at = code as usize;
        if at < self.texts.len() && !self.texts.is_null(at) { self.texts.value(at).trim() } else { "" }
    }
}

/// Gives each name that a batch meets a code.
#[derive(Debug, Default)]
pub(super) struct Collected {
    codes: Vec<u32>,
    texts: Vec<String>,
    known: HashMap<String, u32>,
}

impl Collected {
    pub(super) fn push(&mut self, name: &str) {
        let code = if let Some(code) = self.known.get(name) {
            *code
        } else {
            let code = self.texts.len() as u32;
            self.texts.push(name.to_owned());
            self.known.insert(name.to_owned(), code);
            code
        };
        self.codes.push(code);
    }

    pub(super) fn finish(self) -> Names {
        Names::new(StringArray::from(self.texts), self.codes)
    }
}
