//! How sure a forecast is of its own figure: how far the doubt about the inputs reaches over the words of a lexicon.

use super::lexicon::Lexicon;
use serde::Serialize;

/// How far a figure can be relied on, apart from how likely what it speaks of is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The doubt reaches over two neighbouring terms and more.
    Low,
    /// It reaches into one neighbouring term.
    Moderate,
    /// It stays within one term.
    High,
}

/// What is known of the doubt about the inputs behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// No doubtful input bears on the question.
    None,
    /// One does, but how far it moves the figure was not looked for.
    NotLookedFor,
    /// One does, but moves the figure by less than the simulation can show.
    NotSeen,
    /// One does, and how far it moves the figure was seen.
    Seen,
}

impl Confidence {
    /// By where the figure lies in 90 of 100 draws of the doubtful inputs.
    ///
    /// ```
    /// use foretell::brief::{Confidence, KnownLexicon, Lexicon};
    ///
    /// let icd = Lexicon::known(KnownLexicon::Icd203);
    /// assert_eq!(Confidence::of((0.08, 0.12), &icd), Confidence::High);
    /// assert_eq!(Confidence::of((0.08, 0.31), &icd), Confidence::Moderate);
    /// assert_eq!(Confidence::of((0.02, 0.31), &icd), Confidence::Low);
    /// ```
    #[must_use]
    pub fn of((low, high): (f64, f64), lexicon: &Lexicon) -> Self {
        let reach = lexicon.place(high) - lexicon.place(low);
        if reach < 0.75 {
            Self::High
        } else if reach < 1.75 {
            Self::Moderate
        } else {
            Self::Low
        }
    }

    /// In one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Moderate => "moderate",
            Self::Low => "low",
        }
    }
}
