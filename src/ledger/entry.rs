//! What a line of the ledger holds, and the hash that chains it to the one before.

use crate::error::Error;
use crate::forecast::{ForecastRecord, JointForecast, Outcome, Question};
use crate::hash::hexadecimal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What stands as the hash of the line before the first.
pub const NO_LINE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Something that is kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Entry {
    /// The definition of a question; a later one of the same id takes its place.
    Question(Question),
    /// A forecast; a later one of the same forecaster, question and moment takes its place.
    Forecast(ForecastRecord),
    /// A forecast of several questions together; a later one of the same forecaster, questions and moment takes its place.
    Joint(JointForecast),
    /// What became of a question; a later one takes its place.
    Outcome(Outcome),
    /// A remark. It enters no score.
    Note(Note),
}

/// A remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The question that it is about, if about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The remark.
    pub text: String,
}

/// A joint forecast as it is kept: before it all of its questions in one text, by which its line is found.
#[derive(Serialize)]
struct KeptJoint<'a> {
    question: String,
    #[serde(flatten)]
    forecast: &'a JointForecast,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its number, from 1.
    pub seq: u64,
    /// When it was written.
    pub recorded_at: Timestamp,
    /// What it holds.
    pub entry: Entry,
    /// Its hash.
    pub hash: String,
}

impl Entry {
    /// The kind of entry as it stands in the file: `question`, `forecast`, `joint`, `outcome` or `note`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Question(_) => "question",
            Self::Forecast(_) => "forecast",
            Self::Joint(_) => "joint",
            Self::Outcome(_) => "outcome",
            Self::Note(_) => "note",
        }
    }

    /// The id of the question that it is about; none of a joint forecast, which is about several.
    #[must_use]
    pub fn question(&self) -> Option<&str> {
        match self {
            Self::Question(question) => Some(&question.id),
            Self::Forecast(forecast) => Some(&forecast.question),
            Self::Joint(_) => None,
            Self::Outcome(outcome) => Some(&outcome.question),
            Self::Note(note) => note.question.as_deref(),
        }
    }

    /// Its canonical text: JSON without white space, keys in the order of the type's fields, numbers in the shortest form that
    /// reads back to the same bits. An empty text where there may be none is none.
    ///
    /// # Errors
    /// If it cannot be written as JSON, which a checked entry can.
    pub(super) fn payload(&self) -> Result<String, Error> {
        let unwritable = |problem| Error::environment("the entry cannot be written as JSON").because(problem);
        match self {
            Self::Question(question) => {
                let mut question = question.clone();
                question.resolves = question.resolves.filter(|text| !text.is_empty());
                serde_json::to_string(&question)
            }
            Self::Forecast(forecast) => serde_json::to_string(forecast),
            Self::Joint(forecast) => serde_json::to_string(&KeptJoint { question: forecast.set(), forecast }),
            Self::Outcome(outcome) => {
                let mut outcome = outcome.clone();
                outcome.source = outcome.source.filter(|text| !text.is_empty());
                serde_json::to_string(&outcome)
            }
            Self::Note(note) => serde_json::to_string(note),
        }
        .map_err(unwritable)
    }

    /// Reads what [`Entry::payload`] wrote.
    pub(super) fn read(kind: &str, payload: &str) -> Result<Self, String> {
        match kind {
            "question" => serde_json::from_str(payload).map(Self::Question),
            "forecast" => serde_json::from_str(payload).map(Self::Forecast),
            "joint" => serde_json::from_str(payload).map(Self::Joint),
            "outcome" => serde_json::from_str(payload).map(Self::Outcome),
            "note" => serde_json::from_str(payload).map(Self::Note),
            other => return Err(format!("`{other}` is not a kind of entry")),
        }
        .map_err(|problem| problem.to_string())
    }
}

/// The hash of a line: SHA-256, in lower-case hexadecimal, over its five fields, each framed as a netstring (its length in
/// bytes in decimal, a colon, the bytes, a comma), so that no two different lines have the same framing:
///
/// ```text
/// hash = SHA-256( frame(seq) frame(recorded_at) frame(kind) frame(payload) frame(previous) )     frame(x) = len(x) ":" x ","
/// ```
///
/// `seq` in decimal; `previous` the hash of the line before, 64 zeros for the first.
///
/// ```
/// use foretell::ledger::{NO_LINE, line_hash};
/// let hash = line_hash(1, b"2025-08-19T00:00:00Z", b"note", br#"{"text":"hello"}"#, NO_LINE.as_bytes());
/// assert_eq!(hash.len(), 64);
/// ```
#[must_use]
pub fn line_hash(seq: i64, recorded_at: &[u8], kind: &[u8], payload: &[u8], previous: &[u8]) -> String {
    let mut digest = Sha256::new();
    for field in [seq.to_string().as_bytes(), recorded_at, kind, payload, previous] {
        digest.update(field.len().to_string());
        digest.update(b":");
        digest.update(field);
        digest.update(b",");
    }
    hexadecimal(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256_over_netstrings() {
        // printf '1:1,1:a,1:b,1:c,1:d,' | sha256sum
        assert_eq!(
            line_hash(1, b"a", b"b", b"c", b"d"),
            "6edb2e82fc66d730737cbedd33cb15c95baca8e3cc4aab491bd23a391334d0e4"
        );
    }

    #[test]
    fn moving_a_byte_from_one_field_to_the_next_changes_the_hash() {
        assert_ne!(line_hash(1, b"ab", b"c", b"", b""), line_hash(1, b"a", b"bc", b"", b""));
        assert_ne!(line_hash(11, b"", b"", b"", b""), line_hash(1, b"1", b"", b"", b""));
    }
}
