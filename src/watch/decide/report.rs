//! What [`decide`](super::decide) says, as it is written down.

use crate::forecast::Estimate;
use schemars::JsonSchema;
use serde::Serialize;

/// What to decide, and what knowing more would be worth.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Advice {
    /// The unit of all utilities, where one is stated.
    pub unit: Option<String>,
    /// The decisions in the order in which they are taken.
    pub decisions: Vec<DecisionReport>,
    /// The expected utility of the best policy, each decision knowing what it knows.
    pub expected_utility: Worth,
    /// The expected utility of the best choice if nothing is learned on the way.
    pub without_information: Worth,
    /// What the information is worth that the decisions have: the first less the second. `null` if they have none.
    pub information: Option<Worth>,
    /// What it would be worth to know everything beforehand that no decision changes.
    pub perfect: Perfect,
    /// Choices made once and for all, best first.
    pub choices: Vec<ChoiceValue>,
    /// How many choices there are in all.
    pub all_choices: usize,
    /// What to do, decision by decision, after each history that the policy can come to.
    pub policy: Vec<Rule>,
    /// What it would be worth to know single events before the first decision, most first.
    pub events: Vec<EventValue>,
    /// What samples would be worth that were asked about.
    pub samples: Vec<SampleValue>,
    /// Whether all figures were computed, without error.
    pub exact: bool,
    /// Why not, where something was simulated.
    pub simulated_because: Option<String>,
    /// Worlds simulated for each choice; 0 if everything was computed.
    pub worlds: u64,
    /// The seed they were drawn with.
    pub seed: u64,
}

/// A figure of which a maximum was taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Worth {
    /// The figure. Where it was simulated, what was found best in one half of the worlds is judged in the other, so that it is not too high.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// The same worlds used for both, which is too high by chance: on average the truth lies between the two.
    pub at_most: f64,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DecisionReport {
    /// Its name.
    pub name: String,
    /// In words.
    pub ask: Option<String>,
    /// What can be chosen.
    pub options: Vec<String>,
    /// What is learned right before it.
    pub knows: Vec<String>,
}

/// One choice, made once and for all.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChoiceValue {
    /// The option of each decision, in their order.
    pub options: Vec<String>,
    /// Its expected utility.
    pub expected_utility: Estimate,
}

/// What to do after one history.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rule {
    /// The decision.
    pub decision: String,
    /// What has been learned, with how it turned out.
    pub known: Vec<String>,
    /// How likely that is under the policy.
    pub chance: Estimate,
    /// Each option and what is expected of it then, if all goes on as well as it can.
    pub options: Vec<OptionWorth>,
    /// The best option.
    pub best: String,
    /// Other options that are as good, as far as can be told.
    pub as_good: Vec<String>,
}

/// An option and its expected utility.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OptionWorth {
    /// The option.
    pub option: String,
    /// What is expected of it.
    pub expected_utility: Estimate,
}

/// What knowing everything beforehand would be worth.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Perfect {
    /// The expected value of perfect information: over deciding without any. `null` if it cannot be told.
    pub value: Option<Worth>,
    /// What it is worth beyond what the decisions know anyway.
    pub beyond: Option<Worth>,
    /// What would be known: everything that bears on a utility and that no decision changes.
    pub of: Vec<String>,
    /// Why it cannot be told.
    pub why_not: Option<String>,
}

/// What knowing one event beforehand would be worth.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventValue {
    /// The event.
    pub event: String,
    /// Over deciding without any information.
    pub value: Worth,
    /// Beyond what the decisions know anyway.
    pub beyond: Worth,
}

/// What a sample would be worth.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SampleValue {
    /// The event whose chance or value is sampled.
    pub event: String,
    /// Of how many.
    pub size: u32,
    /// The standard deviation of each measurement, of a number.
    pub deviation: Option<f64>,
    /// Over deciding without any information.
    pub value: Worth,
    /// Beyond what the decisions know anyway.
    pub beyond: Worth,
}
