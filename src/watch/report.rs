//! What [`watch`](super::watch) says, as it is written down.

use crate::forecast::Estimate;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// What to watch for a question.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Watch {
    /// The question whose forecast is to move.
    pub target: Target,
    /// Findings known by the end of this day count.
    #[schemars(with = "String")]
    pub by: Date,
    /// What would move it, most first.
    pub findings: Vec<Watched>,
    /// What is independent of it, whatever happens.
    pub unrelated: Vec<String>,
    /// Open questions that close only after `by`.
    pub too_late: Vec<String>,
    /// Questions that have closed already: what they came to is for the news of the file to say.
    pub closed: Vec<String>,
    /// Other questions and events that the question comes to as it stands: to know them is to know the answer.
    pub itself: Vec<String>,
    /// Open questions that are asked under a condition: nobody knows on which day they are answered, if at all, so they are not waited for.
    pub conditional: Vec<String>,
    /// What an open decision changes: before that is taken, nobody can say what to expect of it.
    pub undecided: Vec<String>,
    /// What turns out one way in every world that counts for the question, so that nothing is learned from it.
    pub sure: Vec<String>,
    /// What stands under another name.
    pub told_as: Vec<ToldAs>,
    /// What becomes known when, and matters.
    pub calendar: Vec<Day>,
    /// What would carry the forecast over a line, if one was named.
    pub changers: Option<Changers>,
    /// Worlds simulated; 0 if everything was computed.
    pub worlds: u64,
    /// The seed they were drawn with.
    pub seed: u64,
}

impl Watch {
    /// Whether it plays a part by which day something is known.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.target.closes.is_some()
            || !self.too_late.is_empty()
            || self.findings.iter().any(|finding| finding.known_on.is_some())
    }
}

/// The question whose forecast is to move, or the event that stands for one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Target {
    /// Its name.
    pub question: String,
    /// In words, where it has some; a question has.
    pub ask: Option<String>,
    /// The day it closes; `null` of an event.
    #[schemars(with = "Option<String>")]
    pub closes: Option<Date>,
    /// `yes or no`, `options` or `number`. Of a date it is whether it comes by the day the question closes, or by the horizon.
    pub kind: &'static str,
    /// What it stands at today: `yes`, each option, or the `mean`.
    pub now: Vec<Part>,
    /// The Brier score expected of today's forecast, which perfect knowledge would bring to 0: `p (1 - p)` for yes or no and for two
    /// options, `1 - Σ p²` for more, the variance of a number.
    pub expected_brier: f64,
    /// The logarithmic score expected of it: its entropy in nats. `null` for a number.
    pub expected_log: Option<f64>,
}

/// An event that a question asks about as it stands, which is told of under the name of the question; or a question for the day of a date event, which is told
/// of under the name of the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToldAs {
    /// Its name.
    pub name: String,
    /// The name under which it stands.
    pub told_as: String,
}

/// A part of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Part {
    /// `yes`, an option, or `mean`.
    pub part: String,
    /// Its figure; `null` where nothing can be said.
    pub figure: Option<Estimate>,
}

/// Whether a finding is a question or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// It resolves on a day of its own.
    Question,
    /// A date event: it has happened by the day looked at, or not.
    Date,
    /// An event without a day: it is known whenever someone finds out.
    Event,
}

/// Something that will be known, and what it would do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Watched {
    /// Of the question or event.
    pub name: String,
    /// What it is.
    pub kind: Event,
    /// In words, where it has some.
    pub ask: Option<String>,
    /// The day on which it is known; `null` if no day is stated.
    #[schemars(with = "Option<String>")]
    pub known_on: Option<Date>,
    /// What it can turn out to be.
    pub outcomes: Vec<Outcome>,
    /// How far it is expected to move the forecast: of yes, half the sum over options, of the mean.
    pub expected_change: Estimate,
    /// How much better the Brier score of the target is expected to be with it: the variance it takes away.
    pub brier_gain: Estimate,
    /// The same as a share of what there is to gain.
    pub share: f64,
    /// How much better the logarithmic score is expected to be with it: their mutual information, in nats. `null` for a number.
    pub log_gain: Option<Estimate>,
    /// Whether its figures were computed, without error.
    pub exact: bool,
    /// Whether it was seen to matter; of simulated figures a test that errs once in a million says so.
    pub matters: bool,
    /// Whether one of its outcomes settles the question.
    pub settles: bool,
    /// An earlier finding whose outcomes have the same chances and the same forecasts then, to the last digit, as those have that say the same.
    pub same_as: Option<String>,
}

/// One way a finding can turn out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Outcome {
    /// `yes`, `no`, an option, or a range.
    pub outcome: String,
    /// How likely it is.
    pub chance: Estimate,
    /// The forecast once it is known, part by part as in `now` of the target; a figure is `null` where the outcome cannot be.
    pub then: Vec<Part>,
}

/// A day of the calendar and one thing that is known by its end.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Day {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// What is known then.
    pub name: String,
    /// A question that closes, or a date event that has happened by then or not.
    pub kind: Event,
    /// What it can turn out to be by then.
    pub outcomes: Vec<Outcome>,
    /// How far it is expected to move the forecast.
    pub expected_change: Estimate,
    /// How much better the Brier score of the target is expected to be with it.
    pub brier_gain: Estimate,
    /// Whether one of its outcomes settles the question.
    pub settles: bool,
}

/// What would carry the forecast over a line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Changers {
    /// The line, as a probability.
    pub line: f64,
    /// The part of the forecast that is to cross it: `yes` or an option.
    pub part: String,
    /// Whether the forecast is to rise to it; otherwise it is to fall below it.
    pub upwards: bool,
    /// The smallest sets that do it, likeliest first; empty if none does.
    pub sets: Vec<FindingSet>,
    /// How many findings they have; if there is no set, the largest size that was looked at.
    pub size: usize,
    /// How many sets of that size do it.
    pub found: usize,
    /// Sets less likely than this were not looked at.
    pub least_probability: f64,
    /// How many outcomes of findings were combined.
    pub outcomes: usize,
    /// Findings that settle the question by what they say, alone or, the likeliest, together; they stand in no set.
    pub settling: Vec<String>,
    /// Worlds that were searched.
    pub worlds: u64,
}

/// Findings that carry the forecast over a line together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FindingSet {
    /// What has to be found, in words of the scenario.
    pub findings: Vec<String>,
    /// How likely they are to turn out so together.
    pub probability: Estimate,
    /// The forecast then.
    pub forecast: Estimate,
}
