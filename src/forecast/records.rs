//! Questions, forecasts and outcomes side by side.

use super::{Curve, Forecast, JointForecast, Resolution};
use indexmap::IndexMap;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When something was said or became known: a day, or a point in time.
///
/// A day as such (`2025-08-19`) carries the knowledge of that whole day; so a forecast dated by its day is not earlier than
/// an outcome of the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub enum Moment {
    /// A whole day.
    Day(Date),
    /// A point in time.
    Instant(Timestamp),
}

impl Moment {
    /// Stands for a moment that nobody knows: forecasts of tables that do not say when they were made are taken for made then, before anything else.
    pub const UNDATED: Self = Self::Day(Date::constant(1970, 1, 1));

    /// Whether it is a moment, and does not stand for one that nobody knows.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::UNDATED
    }

    /// The day it falls on, in UTC.
    #[must_use]
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Instant(instant) => instant.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
        }
    }

    /// Days since 1970-01-01 in UTC, with fractions; a whole day counts from its start.
    #[must_use]
    pub fn epoch_days(self) -> f64 {
        match self {
            Self::Day(day) => epoch_day(day),
            Self::Instant(instant) => {
                instant.as_second() as f64 / 86_400.0 + f64::from(instant.subsec_nanosecond()) / 86_400e9
            }
        }
    }
}

/// Whole days since 1970-01-01.
fn epoch_day(day: Date) -> f64 {
    (day.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24) as f64
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(formatter, "{day}"),
            Self::Instant(instant) => write!(formatter, "{instant}"),
        }
    }
}

impl std::str::FromStr for Moment {
    type Err = String;

    /// Reads `2025-08-19` or an RFC 3339 timestamp such as `2025-08-19T14:00:00Z`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Self::Instant(instant));
        }
        day(text).map(Self::Day).map_err(|_| {
            format!("`{text}` is neither a day such as 2025-08-19 nor a time such as 2025-08-19T14:00:00Z")
        })
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Reads a day such as `2025-08-19`, and nothing more: a time beside it would be lost.
///
/// # Errors
/// If the text is not a day.
pub fn day(text: &str) -> Result<Date, String> {
    if text.contains([':', 'T', 't', ' ']) {
        return Err(format!("`{text}` is not a day such as 2025-08-19"));
    }
    text.parse::<Date>().map_err(|_| format!("`{text}` is not a day such as 2025-08-19"))
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum QuestionKind {
    /// Yes or no.
    Binary,
    /// One of several options.
    Categorical,
    /// One of several options in an order.
    Ordinal,
    /// A number.
    Numeric,
    /// A day, or never.
    Date,
}

/// A proposition that will resolve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its name, unique among the records.
    pub id: String,
    /// In words.
    pub ask: String,
    /// What kind of answer it takes.
    pub kind: QuestionKind,
    /// Options of a categorical or ordinal question, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The day it opens, if known.
    pub opens: Option<Date>,
    /// The last day on which a forecast counts, if known.
    pub closes: Option<Date>,
    /// The resolution rule.
    #[serde(default)]
    pub resolves: Option<String>,
    /// What it shares its fate with: a scenario, an event group. Questions of one cluster are not independent evidence.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl Question {
    /// A question of which only the kind is known.
    pub(crate) fn blank(id: &str, kind: QuestionKind) -> Self {
        Self {
            id: id.to_owned(),
            ask: String::new(),
            kind,
            options: Vec::new(),
            opens: None,
            closes: None,
            resolves: None,
            cluster: None,
            tags: Vec::new(),
        }
    }
}

/// Where a computed forecast came from, so that it can be made again to the bit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Provenance {
    /// SHA-256 of the scenario file, in hexadecimal.
    pub scenario: String,
    /// Version of the engine.
    pub engine: String,
    /// Seed.
    pub seed: u64,
    /// Worlds.
    pub worlds: u64,
}

/// One forecast by one forecaster at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ForecastRecord {
    /// The question's id.
    pub question: String,
    /// Who said it.
    pub forecaster: String,
    /// When; it stands until the same forecaster's next one on the question.
    pub made_at: Moment,
    /// When it was withdrawn or ran out, if it did: it stands no longer than that, a day counted to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// What.
    pub forecast: Forecast,
    /// Where it came from, if it was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// What it becomes while nothing happens, if that was recorded with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
}

impl ForecastRecord {
    /// When it stops standing even if the same forecaster says nothing more, in days since 1970-01-01; infinite if it does not.
    #[must_use]
    pub fn ends(&self) -> f64 {
        ends_of(self.until)
    }

    /// Whether it stands at the end of a day, unless the same forecaster has said something else by then.
    #[must_use]
    pub(crate) fn stands_on(&self, day: Date) -> bool {
        self.made_at.day() <= day && self.ends() >= Moment::Day(day).epoch_days() + 1.0
    }

    /// Checks that it stands for some time.
    ///
    /// # Errors
    /// If it ends before it begins.
    pub fn check_until(&self) -> Result<(), String> {
        match self.until {
            Some(until) if self.ends() <= self.made_at.epoch_days() => {
                Err(format!("until: {until} is not after {}, when the forecast was made", self.made_at))
            }
            _ => Ok(()),
        }
    }
}

/// When what stands until then ends, in days since 1970-01-01: a day counts to its end, and what has no end is infinite.
pub(crate) fn ends_of(until: Option<Moment>) -> f64 {
    match until {
        None => f64::INFINITY,
        Some(day @ Moment::Day(_)) => day.epoch_days() + 1.0,
        Some(instant) => instant.epoch_days(),
    }
}

/// What became of one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Outcome {
    /// The question's id.
    pub question: String,
    /// What it resolved to.
    pub resolution: Resolution,
    /// When the answer could be known.
    pub resolved_on: Moment,
    /// Where it is documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Questions, forecasts and outcomes, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// By id.
    pub questions: IndexMap<String, Question>,
    /// In the order recorded.
    pub forecasts: Vec<ForecastRecord>,
    /// The outcome that counts for each question: the last one stated.
    pub outcomes: IndexMap<String, Outcome>,
    /// Forecasts of several questions together, in the order recorded.
    pub joints: Vec<JointForecast>,
}
