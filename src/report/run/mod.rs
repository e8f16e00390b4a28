//! What a run of a scenario found: the same figures for people, for scripts and for the ledger.

mod build;
mod exact;
mod moments;
mod records;
mod table;
mod variance;

pub(crate) use build::forecast_of;
pub use build::report;
pub use exact::{CheckReport, ExactReport, InexactReport};
pub use records::questions;
pub use variance::VarianceReport;

use crate::forecast::{Estimate, Forecast};
use crate::model::Model;
use crate::plan::{Plan, Situation};
use crate::simulate::{Masses, Method, Settings, Tally};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// Version of the JSON form.
pub const SCHEMA: &str = "foretell.run/1";

/// A figure for each part of a forecast: one for a yes/no question, several for options or quantiles.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Figures<T> {
    /// One.
    One(T),
    /// One for each option or level, in order.
    Many(Vec<T>),
}

impl<T: Copy> Figures<Option<T>> {
    /// The only one, or that at a place.
    #[must_use]
    pub fn of(&self, at: usize) -> Option<T> {
        match self {
            Self::One(one) => *one,
            Self::Many(all) => all.get(at).copied().flatten(),
        }
    }
}

/// The result of `foretell run`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RunReport {
    /// Name and version of this form.
    pub schema: &'static str,
    /// Title of the scenario.
    pub scenario: String,
    /// SHA-256 of the scenario file.
    pub scenario_hash: String,
    /// Version of the engine.
    pub engine: &'static str,
    /// The day whose knowledge the forecasts use.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// Worlds simulated; 0 if every figure is exact.
    pub worlds: u64,
    /// Seed.
    pub seed: u64,
    /// How the figures were computed.
    pub method: String,
    /// Conditions of the command line.
    pub given: Vec<String>,
    /// Interventions of the file and the command line.
    pub suppose: Vec<String>,
    /// How many equally weighted worlds the weighted ones are worth; all of them without evidence, 0 if none were simulated.
    pub effective_sample_size: f64,
    /// The chance of all the evidence together before it was known, if there is any.
    pub probability_of_evidence: Option<f64>,
    /// The standard error of that.
    pub error_of_evidence: Option<f64>,
    /// Where worlds were drawn from a fitted proposal: a way to what is known that holds a larger share of the answers than this was drawn with
    /// 95 %, smaller ones may be missing. Standard errors do not hold it. `null` where nothing can be missed so, and
    /// where dates are known of which no such share can be told.
    pub may_be_missed: Option<f64>,
    /// How many equally weighted worlds that agree with what is known each draw of the doubtful inputs was worth in the mean: below about 30 the doubt
    /// is rough, and may be missing where there is some. Left out where nothing is known or no inputs were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt_worth: Option<f64>,
    /// How what is known was met by the simulation; `null` where nothing is known or nothing was simulated.
    pub sampling: Option<Method>,
    /// Forecasts of the questions.
    pub questions: Vec<QuestionReport>,
    /// Forecasts of the events.
    pub events: Vec<EventReport>,
    /// How likely pairs of yes/no questions are to hold together.
    pub joints: Vec<JointReport>,
    /// What was assumed, and in what share of worlds it is violated.
    pub assumptions: Vec<AssumptionReport>,
    /// Total chances that were stated as `overall`, beside those that the parts give.
    pub overall: Vec<OverallReport>,
    /// With `--exact`: what exact inference took, and what was simulated nevertheless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<ExactReport>,
    /// With `--check-exact`: how far the simulation is from the exact figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_exact: Option<CheckReport>,
}

/// The forecast of one question.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QuestionReport {
    /// Its name.
    pub id: String,
    /// In words.
    pub ask: String,
    /// The last day on which a forecast counts.
    #[schemars(with = "String")]
    pub closes: Date,
    /// The forecast and its errors.
    #[serde(flatten)]
    pub figures: FigureReport,
}

/// The forecast of one event.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EventReport {
    /// Its name.
    pub id: String,
    /// In words, if the file says so.
    pub ask: Option<String>,
    /// Its unit, if it is a number.
    pub unit: Option<String>,
    /// Its name in a network, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The names of its options in a network, in their order, where one is another; an empty one is no state there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_labels: Vec<String>,
    /// The forecast and its errors.
    #[serde(flatten)]
    pub figures: FigureReport,
}

impl EventReport {
    /// It in words: as the file asks, its unit, or what a network calls it and its states.
    #[must_use]
    pub fn words(&self) -> String {
        let states: Vec<&str> =
            self.option_labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
        let own = || match &self.label {
            Some(label) if states.is_empty() => label.clone(),
            Some(label) => format!("{label}: {}", states.join(", ")),
            None => states.join(", "),
        };
        self.ask.clone().or_else(|| self.unit.clone()).unwrap_or_else(own)
    }
}

/// A forecast with its errors.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FigureReport {
    /// The forecast; `null` for a conditional question whose condition held in no world.
    pub forecast: Option<Forecast>,
    /// Monte Carlo standard error of each probability or quantile (of a date: in days; `null` where the quantile is never).
    pub standard_error: Option<Figures<Option<f64>>>,
    /// Where the figure lies if doubtful inputs are drawn from their priors: central 90 %; `null` where no doubt reaches it.
    pub prior_interval: Option<Figures<Option<(f64, f64)>>>,
    /// The variance of what becomes of each option, of a number, or of whether a date comes, as chance and doubt share it, with
    /// that of the simulation beside it; `null` where it was not looked for (`--doubt-draws 0`) or does not exist.
    pub variance: Option<Figures<Option<VarianceReport>>>,
    /// Mean of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Estimate>,
    /// Standard deviation of a number over the worlds: chance, not error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_deviation: Option<f64>,
    /// The chance that a date does not come by the horizon, with its error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never: Option<Estimate>,
    /// How much of a number lies on single values, for words.
    #[serde(skip)]
    pub masses: Option<Masses>,
}

impl FigureReport {
    /// The standard error of the only figure, or of the one at a place.
    #[must_use]
    pub fn error_of(&self, at: usize) -> Option<f64> {
        self.standard_error.as_ref()?.of(at)
    }

    /// Where the doubt about the inputs leaves the only figure, or the one at a place: central 90 %.
    #[must_use]
    pub fn doubt_of(&self, at: usize) -> Option<(f64, f64)> {
        self.prior_interval.as_ref()?.of(at)
    }

    /// How chance, doubt and simulation share the variance of the only figure, or of the one at a place.
    #[must_use]
    pub fn variance_of(&self, at: usize) -> Option<VarianceReport> {
        self.variance.as_ref()?.of(at)
    }
}

/// How likely two questions are to hold together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JointReport {
    /// The first.
    pub first: String,
    /// The second.
    pub second: String,
    /// The chance that both hold.
    pub probability: f64,
    /// Its Monte Carlo standard error.
    pub standard_error: f64,
}

/// An assumption and how often it fails.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AssumptionReport {
    /// As written.
    pub rule: String,
    /// Share of worlds that violate it.
    pub violated: f64,
}

/// A stated total chance beside the one that the parts give.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OverallReport {
    /// The event.
    pub event: String,
    /// As stated.
    pub stated: f64,
    /// As the parts give it.
    pub computed: f64,
    /// Monte Carlo standard error of that.
    pub standard_error: f64,
}

/// Where a run came from.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The scenario.
    pub model: &'a Model,
    /// SHA-256 of its file.
    pub hash: &'a str,
    /// From where it was looked at.
    pub situation: &'a Situation,
    /// What it compiled to.
    pub plan: &'a Plan,
    /// The seed; how many worlds were run is the tally's to say.
    pub settings: &'a Settings,
    /// What was counted.
    pub tally: &'a Tally,
}
