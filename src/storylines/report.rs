//! What is said of the likeliest stories.

use crate::simulate::Method;
use indexmap::IndexMap;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// The likeliest joint stories over some events and questions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Storylines {
    /// What the stories are told over, in the order in which it was chosen.
    pub over: Vec<Told>,
    /// How that was chosen; `null` if it was named.
    pub choice: Option<Choice>,
    /// Whether the shares were computed (by max-product), or counted in simulated worlds.
    pub exact: bool,
    /// Whether stories that differ only in the order of what happens are different stories.
    pub ordered: bool,
    /// Which worlds were simulated, if any were.
    pub seed: u64,
    /// Worlds simulated: for shares that are not computed, and for the dates and the order of what happens.
    pub worlds: u64,
    /// How many worlds without evidence would be as exact; 0 if none were simulated.
    pub effective_worlds: f64,
    /// How what is known was met; `null` where nothing is known or nothing was simulated.
    pub method: Option<Method>,
    /// Where worlds were drawn from a fitted proposal: how much of the probability may lie in explanations of what is known that no world has met;
    /// in no standard error.
    pub may_be_missed: Option<f64>,
    /// Likeliest first.
    pub stories: Vec<Story>,
    /// All other stories together.
    pub others: Others,
    /// Whether the first two cannot be told apart: their shares differ by less than two standard errors of the difference.
    pub first_is_uncertain: bool,
}

impl Storylines {
    /// The standard error of how likely an outcome is by itself; 0 if computed, or not told of.
    #[must_use]
    pub fn error_of(&self, id: &str, outcome: &str) -> f64 {
        let told = self.over.iter().find(|told| told.id == id);
        let share = told.and_then(|told| told.outcomes.iter().find(|share| share.outcome == outcome));
        share.map_or(0.0, |share| share.standard_error)
    }
}

/// What stories are told over.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Told {
    /// The event or question.
    pub id: String,
    /// Whether it is a question.
    pub question: bool,
    /// In words, where the file has some.
    pub ask: Option<String>,
    /// Of which kind it is.
    pub kind: ToldKind,
    /// The day up to which a date counts as come.
    #[schemars(with = "Option<String>")]
    pub deadline: Option<Date>,
    /// The day on which a question closed, where it has by the day that is looked from: stories then tell what is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub closed: Option<Date>,
    /// Where the bands of a number come from.
    pub bands: Option<Bands>,
    /// What it can do, and how likely that is by itself.
    pub outcomes: Vec<OutcomeShare>,
}

/// What is asked of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToldKind {
    /// Whether it holds.
    YesNo,
    /// Which option.
    Options,
    /// Whether it comes by a day.
    Date,
    /// In which band it lies.
    Number,
}

/// Where the bands of a number come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bands {
    /// The questions of the file compare the number with these thresholds.
    Questions,
    /// Thirds of its distribution, rounded.
    Thirds,
}

/// One thing that an event can do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OutcomeShare {
    /// `yes`, `no`, the option, the band.
    pub outcome: String,
    /// How likely it is by itself.
    pub probability: f64,
    /// 0 if computed.
    pub standard_error: f64,
}

/// How it was chosen what the stories are told over.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Choice {
    /// The rule, in words.
    pub rule: String,
    /// What it left out, and why.
    pub left_out: Vec<LeftOut>,
}

/// What the stories are not told over.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// The question or event.
    pub id: String,
    /// Why.
    pub why: WhyLeftOut,
    /// How often it is guessed from what was chosen before it: the probability of its likeliest outcome given that, on average.
    /// `null` where that was not looked at.
    pub guessed: Option<f64>,
}

/// Why something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// Its likeliest outcome by itself is as nearly certain as `rule` says.
    NearlyCertain,
    /// Given what was chosen, its likeliest outcome is so on average.
    SettledByOthers,
    /// As many others as `rule` allows say more of all questions.
    EnoughOthers,
    /// It is a number that no question compares with anything: its bands would be thirds.
    NoThresholds,
    /// It has closed: what became of it is no forecast.
    Closed,
    /// It is asked under a condition, which may fail.
    Conditional,
}

/// What happens together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Story {
    /// In plain words.
    pub sentence: String,
    /// How likely it is, given what is known.
    pub probability: f64,
    /// 0 if computed.
    pub standard_error: f64,
    /// How likely it is that this story or a likelier one comes about.
    pub cumulative: f64,
    /// What each event does: `yes`, `no`, its option, its band.
    pub outcomes: IndexMap<String, String>,
    /// What happens, in its order; what happens at one moment stands together. Only what has a date.
    pub order: Vec<Happening>,
    /// The probability of this order among the worlds of the story; `null` where there is only one, or orders are different stories.
    pub order_probability: Option<f64>,
    /// What it does otherwise than the likeliest story; empty for that itself.
    pub differs: Vec<Differs>,
    /// Whether what happens in both does so in another order than in the likeliest story.
    pub differs_in_order: bool,
    /// What it holds although something else is likelier by itself.
    pub against_the_odds: Vec<AgainstTheOdds>,
}

/// Something that happens in a story.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Happening {
    /// The event or question.
    pub id: String,
    /// Its place in the order, counted from 1; what comes at one moment shares one.
    pub place: usize,
    /// The day by which it has come in half of the worlds of this story; `null` if too few were simulated.
    #[schemars(with = "Option<String>")]
    pub median: Option<Date>,
    /// The days between which it comes in 80 % of them: the first has 10 % up to it, the second 90 %.
    #[schemars(with = "Option<(String, String)>")]
    pub interval_80: Option<(Date, Date)>,
}

/// Something that two stories do not share.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Differs {
    /// The event or question.
    pub id: String,
    /// What it does in this story.
    pub here: String,
    /// What it does in the likeliest.
    pub in_first: String,
    /// What it does in this story, as a clause of it.
    pub told: String,
}

/// An outcome in a story that is not the likeliest by itself.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AgainstTheOdds {
    /// The event or question.
    pub id: String,
    /// What it does in this story.
    pub here: String,
    /// The same as a clause of the story.
    pub told: String,
    /// How likely that is by itself.
    pub probability: f64,
    /// What is likelier by itself.
    pub likelier: String,
    /// The same as a story would tell it.
    pub likelier_told: String,
    /// How likely that is.
    pub likelier_probability: f64,
}

/// The stories that are not told.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Others {
    /// How many of them were seen in the simulated worlds; `null` if shares were computed.
    pub stories: Option<usize>,
    /// How likely it is that one of them comes about.
    pub probability: f64,
    /// 0 if computed.
    pub standard_error: f64,
}
