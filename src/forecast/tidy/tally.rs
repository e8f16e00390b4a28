//! What was not taken as it stood, counted by reason: for programs, beside the [`Summary`]'s words for people.

use super::Summary;
use std::collections::BTreeMap;
use std::fmt;

/// What became of a row that was not taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It was not taken.
    LeftOut,
    /// It was taken, in place of an earlier one.
    Replacing,
    /// It was taken, of a question that nobody defined.
    Undefined,
    /// It was taken but for a cell.
    InPart,
    /// Its question will have no answer.
    Voided,
    /// Its question has no answer yet.
    Pending,
}

impl fmt::Display for Fate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::LeftOut => "left out",
            Self::Replacing | Self::Undefined => "taken",
            Self::InPart => "taken in part",
            Self::Voided => "voided",
            Self::Pending => "pending",
        })
    }
}

/// Rows that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Stretch {
    /// The file in which they stand, where a folder was read.
    pub part: Option<String>,
    /// The first row, counted as in the words: the line of a table, the number of an object or of a row of Parquet.
    pub first: u64,
    /// The last row.
    pub last: u64,
}

/// Rows that share a fate and a reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Tally {
    /// What became of them.
    pub fate: Fate,
    /// Why, in the words of the notes.
    pub reason: String,
    /// How many rows, or questions where these have no rows of their own.
    pub count: usize,
    /// Where they stand: all, or the first thousand stretches of them; none where questions are counted.
    pub rows: Vec<Stretch>,
}

impl Tally {
    /// How many stretches are kept.
    pub(in crate::forecast) const MOST: usize = 1000;

    /// Single rows of one file.
    pub(super) fn of_rows(fate: Fate, reason: &str, rows: &[u64]) -> Option<Self> {
        let ends = |run: &[u64]| Some(Stretch { part: None, first: *run.first()?, last: *run.last()? });
        let stretches = rows.chunk_by(|a, b| a + 1 == *b).filter_map(ends).take(Self::MOST).collect();
        (!rows.is_empty()).then(|| Self { fate, reason: reason.to_owned(), count: rows.len(), rows: stretches })
    }
}

/// Rows of all files that share a fate and a reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct NotTaken {
    /// What became of them.
    pub fate: Fate,
    /// Why.
    pub reason: String,
    /// How many rows, or questions where these have no rows of their own.
    pub count: usize,
}

/// What was not taken of several files as it stands: by fate, then by reason.
#[must_use]
pub fn not_taken(summaries: &[Summary]) -> Vec<NotTaken> {
    let mut counts: BTreeMap<(Fate, &str), usize> = BTreeMap::new();
    for tally in summaries.iter().flat_map(|summary| &summary.tallies) {
        *counts.entry((tally.fate, tally.reason.as_str())).or_default() += tally.count;
    }
    counts.into_iter().map(|((fate, reason), count)| NotTaken { fate, reason: reason.to_owned(), count }).collect()
}

/// What tables of outcomes hold that was not taken: rows of questions that nobody knows, questions annulled, and rows without a resolution.
pub(crate) fn outcomes_not_taken([unknown, annulled, open]: [usize; 3]) -> Vec<NotTaken> {
    let all = [
        (Fate::LeftOut, OF_UNKNOWN, unknown),
        (Fate::Voided, ANNULLED, annulled),
        (Fate::Pending, WITHOUT_RESOLUTION, open),
    ];
    let told = |(fate, reason, count): (Fate, &str, usize)| NotTaken { fate, reason: reason.to_owned(), count };
    all.into_iter().filter(|(.., count)| *count > 0).map(told).collect()
}

/// Why rows of a table of outcomes are not taken.
pub(super) const OF_UNKNOWN: &str = "of a question that is not known";
pub(crate) const ANNULLED: &str = "annulled";
pub(super) const WITHOUT_RESOLUTION: &str = "without a resolution";

/// Why outcomes beside forecasts are not.
pub(crate) const NO_OUTCOME: &str = "no outcome";
pub(crate) const CONTESTED: &str = "the rows of a question have different outcomes";

/// Why forecasts that come after another of the same question, forecaster and moment are not taken, or are taken in its place.
pub(crate) const TWICE: &str = "stands twice";
pub(crate) const SAME_MOMENT: &str = "in place of an earlier row of the same moment";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_follow_each_other_are_one_stretch() {
        assert_eq!(Tally::of_rows(Fate::Pending, "open", &[]), None);
        let tally = Tally::of_rows(Fate::Pending, "open", &[2, 3, 4, 7]).expect("there are rows");
        let stretches: Vec<(u64, u64)> = tally.rows.iter().map(|rows| (rows.first, rows.last)).collect();
        assert_eq!((tally.count, stretches), (4, vec![(2, 4), (7, 7)]));
        assert_eq!(serde_json::to_value(Fate::LeftOut).expect("a text"), "left_out");
    }

    #[test]
    fn files_are_summed_by_fate_and_reason() {
        let file = |fate, reason, rows: &[u64]| {
            Summary::default().with_tallies(Tally::of_rows(fate, reason, rows).into_iter().collect())
        };
        let files =
            [file(Fate::Pending, "open", &[2]), file(Fate::LeftOut, "bad", &[3]), file(Fate::Pending, "open", &[4, 9])];
        assert_eq!((files[2].left_out, files[2].voided, files[2].pending), (0, 0, 2));
        let found: Vec<(Fate, String, usize)> =
            not_taken(&files).into_iter().map(|of| (of.fate, of.reason, of.count)).collect();
        assert_eq!(found, [(Fate::LeftOut, "bad".to_owned(), 1), (Fate::Pending, "open".to_owned(), 3)]);
    }
}
