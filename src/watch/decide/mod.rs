//! Which option is best: expected utilities, the best policy, and what knowing more would be worth.
//!
//! A *choice* is one option for every decision; a *pattern* is what has been learned by the last decision. A decision depends on what is
//! known when it is taken, on what was known before and on what was chosen before: nothing is forgotten. The best policy follows by
//! backward induction over choices and patterns (Howard & Matheson 1981; Shachter 1986).
//!
//! What happens is computed under each choice, by intervention. Where the scenario is discrete the figures are exact; elsewhere all choices
//! are simulated in the same worlds, and a policy is chosen in one half of them and judged in the other, since a maximum of noisy means is too high.

mod exactly;
mod induction;
mod intervals;
mod policy;
mod problem;
mod report;
mod sampled;
mod sampling;
mod terms;
mod value;

pub use induction::{Payoffs, Solution};
pub use report::{Advice, ChoiceValue, DecisionReport, EventValue, OptionWorth, Perfect, Rule, SampleValue, Worth};
pub use sampling::Sample;
pub use value::{Settings, decide};

#[cfg(test)]
mod tests;
