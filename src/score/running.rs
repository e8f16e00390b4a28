//! Means of scores that come one by one, with the sums that their standard errors are made of.

use super::evaluate::TimeMean;
use super::summary::Row;
use crate::math::{FixedSum, squares_about};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Numbers, their sum and that of their squares, whose order does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Spread {
    count: usize,
    sum: Fixed,
    squares: Fixed,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum.0.add(value);
        self.squares.0.add_square(value);
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.0.merge(&other.sum.0);
        self.squares.0.merge(&other.squares.0);
    }

    /// The sum of squares about a centre.
    fn about(&self, centre: f64) -> f64 {
        squares_about(self.count as f64, &self.sum.0, &self.squares.0, centre)
    }
}

/// A sum as it is kept in a file: four words in hexadecimal digits, the highest first.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Fixed(pub(super) FixedSum);

impl Serialize for Fixed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.write() {
            Some([a, b, c, d]) => serializer.serialize_str(&format!("{a:016x}{b:016x}{c:016x}{d:016x}")),
            None => Err(serde::ser::Error::custom("a sum of scores is too large to be held")),
        }
    }
}

impl<'de> Deserialize<'de> for Fixed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = words_of(&String::deserialize(deserializer)?);
        let four = words.and_then(|words| <[u64; 4]>::try_from(words).ok());
        four.map(|four| Self(FixedSum::read(four))).ok_or_else(|| serde::de::Error::custom("not a sum"))
    }
}

impl JsonSchema for Fixed {
    fn schema_name() -> Cow<'static, str> {
        "Sum".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

/// Words of 16 hexadecimal digits each.
fn words_of(text: &str) -> Option<Vec<u64>> {
    let is_hexadecimal = text.bytes().all(|letter| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter));
    if !is_hexadecimal || !text.len().is_multiple_of(16) {
        return None;
    }
    text.as_bytes().chunks(16).map(|word| u64::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()).collect()
}

/// Sums of the scores of a forecaster under a rule. What is merged does not depend on what came first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RunningMean {
    forecasts: usize,
    /// The least and the greatest score; nothing before the first.
    range: Option<(f64, f64)>,
    /// Of questions that are clusters of their own.
    alone: Spread,
    /// Of the others.
    together: Spread,
    coverage: Fixed,
    covered: usize,
    raised: usize,
    infinite: usize,
}

impl RunningMean {
    /// Adds the score of a question of so many forecasts; sums of clusters of several questions are kept elsewhere.
    pub(super) fn add(&mut self, score: &TimeMean, forecasts: usize, coverage: Option<f64>, is_alone: bool) {
        self.forecasts += forecasts;
        self.widen(score.score, score.score);
        let spread = if is_alone { &mut self.alone } else { &mut self.together };
        spread.add(score.score);
        if let Some(coverage) = coverage {
            self.coverage.0.add(coverage);
            self.covered += 1;
        }
        self.raised += score.raised;
        self.infinite += score.infinite;
    }

    /// Adds what another one has gathered of other questions.
    pub(super) fn merge(&mut self, other: &Self) {
        self.forecasts += other.forecasts;
        if let Some((least, greatest)) = other.range {
            self.widen(least, greatest);
        }
        self.alone.merge(&other.alone);
        self.together.merge(&other.together);
        self.coverage.0.merge(&other.coverage.0);
        self.covered += other.covered;
        self.raised += other.raised;
        self.infinite += other.infinite;
    }

    fn widen(&mut self, least: f64, greatest: f64) {
        let (low, high) = self.range.unwrap_or((least, greatest));
        self.range = Some((low.min(least), high.max(greatest)));
    }

    /// The row of a rule, given the number of questions and the sum of scores of each cluster of several questions; the formulas are those
    /// of [`super::clustered_mean`]. `None` if nothing was added.
    pub(super) fn row(
        &self,
        rule: &'static str,
        of: Option<&str>,
        forecaster: &str,
        shared: &[(u32, f64)],
    ) -> Option<Row> {
        let (least, greatest) = self.range?;
        let mut every = self.alone;
        every.merge(&self.together);
        let n = every.count as f64;
        let mean = every.sum.0.total() / n;
        let clusters = self.alone.count + shared.len();
        let between = self.alone.about(mean)
            + shared
                .iter()
                .map(|(count, sum)| {
                    let off = sum - f64::from(*count) * mean;
                    off * off
                })
                .sum::<f64>();
        let all = every.about(mean);
        let rounding = 8.0 * f64::EPSILON * least.abs().max(greatest.abs());
        let alike = (mean - least).max(greatest - mean) <= rounding;
        let (between, all) = if alike { (0.0, 0.0) } else { (between, all) };
        let g = clusters as f64;
        let known = clusters > 1;
        Some(Row {
            rule,
            of: of.map(str::to_owned),
            forecaster: forecaster.to_owned(),
            mean,
            standard_error: (known && between > 0.0).then(|| (g / (g - 1.0) * between).sqrt() / n),
            questions: every.count,
            clusters,
            effective_questions: (known && all > 0.0 && between > 0.0).then(|| (n * all / between).min(n)),
            forecasts: self.forecasts,
            coverage: (self.covered > 0).then(|| self.coverage.0.total() / self.covered as f64),
            raised: self.raised,
            infinite: self.infinite,
        })
    }
}

/// More words than a set may have: numbers are below 2³².
const MOST_WORDS: usize = 1 << 26;

/// A set of small numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Adds a number; says whether it was new.
    pub(crate) fn insert(&mut self, at: u32) -> bool {
        let (word, bit) = (at as usize / 64, 1 << (at % 64));
        if word >= self.words.len() {
            self.words.resize((word + 1).next_power_of_two(), 0);
        }
        let is_new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        is_new
    }

    /// How many numbers.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Adds the numbers of another set.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    /// Takes out the numbers that another set does not have.
    pub(super) fn keep(&mut self, other: &Self) {
        let theirs = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter_mut().zip(theirs).for_each(|(word, theirs)| *word &= theirs);
    }

    /// Whether another set has one of its numbers.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(word, more)| word & more != 0)
    }

    /// Its numbers, in order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        let of_word = |(at, word): (usize, &u64)| {
            let (at, word) = (at as u32 * 64, *word);
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at + bit)
        };
        self.words.iter().enumerate().flat_map(of_word)
    }

    /// As text: for each stretch of words that are not 0 its first word, a colon and 16 hexadecimal digits a word, with commas between; `3:00000000000000ff`
    /// holds 192 to 199.
    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        let mut follows = false;
        for (at, word) in self.words.iter().enumerate() {
            if *word == 0 {
                follows = false;
                continue;
            }
            if !follows {
                let comma = if text.is_empty() { "" } else { "," };
                // A string takes everything.
                let _ = write!(text, "{comma}{at}:");
            }
            let _ = write!(text, "{word:016x}");
            follows = true;
        }
        text
    }

    /// From such text.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut bits = Self::default();
        for stretch in text.split(',').filter(|_| !text.is_empty()) {
            let (first, digits) = stretch.split_once(':')?;
            let (first, words) = (first.parse::<u32>().ok()? as usize, words_of(digits)?);
            if first < bits.words.len() || first > MOST_WORDS {
                return None;
            }
            bits.words.resize(first, 0);
            bits.words.extend(words);
        }
        Some(bits)
    }

    /// How many words it keeps.
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sets_are_written_by_their_stretches() {
        let mut bits = Bits::default();
        (192..200).for_each(|at| assert!(bits.insert(at)));
        assert_eq!(bits.write(), "3:00000000000000ff");
        assert!(bits.insert(0) && !bits.insert(195));
        assert_eq!(bits.write(), "0:0000000000000001,3:00000000000000ff");
        assert_eq!(Bits::default().write(), "");
        for bad in [
            "x",
            "3",
            "3:",
            ":00000000000000ff",
            "3:ff",
            "3:00000000000000FF",
            "9:00000000000000ff,3:00000000000000ff",
            "99999999:",
        ] {
            assert!(Bits::read(bad).is_none() || bad == "3:", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_set_is_what_was_written(numbers in prop::collection::btree_set(0..2000_u32, 0..80), more in prop::collection::btree_set(0..2000_u32, 0..80)) {
            let of = |numbers: &std::collections::BTreeSet<u32>| {
                let mut bits = Bits::default();
                numbers.iter().for_each(|at| { bits.insert(*at); });
                bits
            };
            let read = Bits::read(&of(&numbers).write()).unwrap();
            prop_assert!(read.numbers().eq(numbers.iter().copied()));
            prop_assert_eq!(read.meets(&of(&more)), numbers.intersection(&more).next().is_some());
            let mut shared = read.clone();
            shared.keep(&of(&more));
            prop_assert!(shared.numbers().eq(numbers.intersection(&more).copied()));
            let mut both = read;
            both.merge(&of(&more));
            prop_assert!(both.numbers().eq(numbers.union(&more).copied()));
        }
    }
}
