//! How sure a forecast is of its own figure: how far the doubt about the inputs reaches over the words of a lexicon.

use super::lexicon::Lexicon;
use super::wording::as_told;
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
    /// By where the figure lies in 90 of 100 draws of the doubtful inputs, its ends rounded as they are told: 19.97 % is told, and called, as 20 %.
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
        let reach = lexicon.place(as_told(high)) - lexicon.place(as_told(low));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::KnownLexicon;

    #[test]
    fn confidence_is_that_of_the_range_that_is_shown() {
        let icd = Lexicon::known(KnownLexicon::Icd203);
        // Shown as 20 % to 22 %, which both are unlikely; as 19 % to 22 %; as 20 % to 45 %, of which the latter is a roughly even chance; and as 20 % to 44 %.
        for (range, expected) in [
            ((0.1997, 0.2204), Confidence::High),
            ((0.1949, 0.2204), Confidence::Moderate),
            ((0.2049, 0.4451), Confidence::Moderate),
            ((0.2049, 0.4449), Confidence::High),
        ] {
            assert_eq!(Confidence::of(range, &icd), expected, "{range:?}");
        }
    }
}
