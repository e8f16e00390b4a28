//! What drives a figure, as it is told.

use super::shares::{InputShares, Share};
use super::target::Explained;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// A figure and its simulation error; 0 where it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Figure {
    /// A probability, or a mean in the unit of the question.
    pub value: f64,
    /// Of the same unit.
    pub standard_error: f64,
}

/// What drives the figure of a question.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Explanation {
    /// The question, or the event.
    pub question: String,
    /// In words.
    pub ask: Option<String>,
    /// The day on which it closed, where it has by the day that is looked from: the figure is then what is known of it, not a forecast that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub closed: Option<Date>,
    /// Which figure of it.
    pub explained: Explained,
    /// Worlds of each simulated variant; 0 if all figures of variants are computed.
    pub worlds: u64,
    /// Of the random streams.
    pub seed: u64,
    /// The figure, and its three kinds of uncertainty apart.
    pub forecast: Uncertainty,
    /// How far each doubtful input moves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tornado: Option<Tornado>,
    /// How the doubt about it is shared between the inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Shares>,
    /// How the variance of the outcome is shared between what happens by chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance: Option<Shares>,
    /// What each other event tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub information: Option<Information>,
    /// What it would be, were an event known or made so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIf>,
    /// Events and yes/no questions that an open decision changes, so that nothing is said of what they tell.
    pub undecided: Vec<String>,
    /// What the engine filled in, and what it would be otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filled: Option<Filled>,
}

/// A figure with its three kinds of uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Uncertainty {
    /// The probability, or the mean.
    pub value: f64,
    /// Simulation: its standard error. More worlds make it smaller.
    pub standard_error: f64,
    /// Whether a doubtful input bears on it.
    pub reached: bool,
    /// Doubt: where it would lie if the doubtful inputs were known; central 90 %. `null` where no doubt was stated that reaches it, or none was seen to move it. More
    /// cases make it smaller.
    pub doubt_interval: Option<(f64, f64)>,
    /// Doubt, as a variance: that which is shared out between the inputs, or that of the draws behind `doubt_interval`, whichever is known more exactly.
    pub doubt_variance: f64,
    /// The standard error of `doubt_variance`, which is that of `chance_variance`, too.
    pub doubt_variance_error: f64,
    /// Chance, as a variance: that of the outcome if all inputs were known, in the mean. Nothing makes it smaller.
    pub chance_variance: f64,
    /// Simulation, as a variance. It is no part of the variance of the outcome.
    pub simulation_variance: f64,
}

/// How far each doubtful input moves a figure, the widest first.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Tornado {
    /// The figure with all doubtful inputs at their means; numbers that chance draws are left to it.
    pub at_means: Figure,
    /// One for each input that bears on it.
    pub bars: Vec<Bar>,
    /// Inputs of the scenario that do not bear on it, whatever they are.
    pub without_bearing: Vec<String>,
    /// Inputs that have no bar, and why: what is known cannot be, or is too rare to be simulated, at some point of theirs.
    pub without_figure: Vec<String>,
}

/// Where an input stands in the scenario.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Place {
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// As written there.
    pub text: String,
}

/// How far an input moves a figure.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Bar {
    /// The input: its event, and which of its chances.
    pub input: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it is a stated doubt (`doubt`) or a number that chance draws (`chance`).
    pub kind: BarKind,
    /// Its mean.
    pub mean: f64,
    /// Its 5 % and 95 % quantiles.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// The figure at its 5 % quantile, all others at their means.
    pub at_low: Figure,
    /// The figure at its 95 % quantile.
    pub at_high: Figure,
    /// `at_high` less `at_low`, with its error within the same worlds.
    pub swing: Figure,
    /// The least and the greatest figure at its 5, 25, 50, 75 and 95 % quantiles: wider than the ends if the figure turns in between.
    pub range: (f64, f64),
    /// Whether it was seen to move the figure between any two of these; of simulated figures a test that errs once in a million says so.
    pub told_apart: bool,
}

/// What a bar of a tornado varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BarKind {
    /// A prior.
    Doubt,
    /// A number that is drawn from a distribution: its value is made so, and everything else left to chance.
    Chance,
}

/// How a variance is shared.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Shares {
    /// The variance; `null` where it is not told apart from 0, or why not else stands in `note`.
    pub variance: Option<Share>,
    /// One for each input, the largest Shapley effect first.
    pub inputs: Vec<NamedShares>,
    /// What there is to know about them.
    pub note: Option<String>,
}

/// What one input carries of a variance.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NamedShares {
    /// The input.
    pub input: String,
    /// Its shares.
    #[serde(flatten)]
    pub shares: InputShares,
}

/// What each event tells of a question.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Information {
    /// How uncertain the outcome is, in bits. That of a number: of which of its eighths it is in.
    pub entropy: Figure,
    /// One for each event, the most telling first.
    pub events: Vec<EventInformation>,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventInformation {
    /// The event, or another yes/no question.
    pub event: String,
    /// Whether it is a question.
    pub is_question: bool,
    /// Mutual information: by how many bits the outcome would be less uncertain in the mean, were it known how this comes out.
    pub bits: Figure,
    /// By which part of its variance: `Var(E[outcome | event]) / Var(outcome)`.
    pub variance_share: Figure,
    /// How finely it is looked at: how many outcomes of the event are told apart.
    pub states: usize,
}

/// What a figure would be if events were known, or made so.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhatIf {
    /// Without knowing.
    pub figure: Figure,
    /// By event, in file order; within an event by its outcomes.
    pub rows: Vec<WhatIfRow>,
    /// Events that do not bear on it: it stays as it is whatever they are.
    pub without_bearing: Vec<String>,
}

/// One outcome of an event.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhatIfRow {
    /// The event.
    pub event: String,
    /// The outcome: `yes`, an option, `over 12.5`, `by 2026-04-01`.
    pub outcome: String,
    /// How likely that is.
    pub chance: Figure,
    /// The figure where it is observed so; `null` where that happens in no world.
    pub observed: Option<Figure>,
    /// What is made so, if not just `outcome`: a number at the middle of its half, a date on the middle of its days.
    pub made: Option<String>,
    /// The figure where it is made so, everything that it depends on left as it is; `null` where it cannot be made so.
    pub made_so: Option<Figure>,
    /// `made_so` less the figure, with its error within the same worlds.
    pub effect: Option<Figure>,
}

/// What the engine filled in where the file is silent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Filled {
    /// Without a change.
    pub figure: Figure,
    /// Each with what it would be otherwise, the greatest effect first.
    pub values: Vec<FilledValue>,
    /// Filled-in values that do not bear on the figure, or move it by nothing.
    pub without_effect: Vec<String>,
}

/// One value that the engine filled in.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FilledValue {
    /// What was filled in.
    pub what: String,
    /// Where.
    pub place: Place,
    /// What else it could reasonably be, and the figure then.
    pub otherwise: Vec<Otherwise>,
    /// The largest change, without its sign.
    pub moves: f64,
}

/// Another value in the place of a filled-in one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Otherwise {
    /// The value.
    pub value: String,
    /// The figure with it.
    pub figure: Figure,
    /// Less the figure as it is, with its error within the same worlds.
    pub change: Figure,
}
